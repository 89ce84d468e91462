"""The reject workbook: the rows that were refused, as they stand in their file, with the reasons and what is proposed.

It is written after the rows were read, by going through the sheets again: while reading nothing of them is kept. Beside a
refused row stand those without which it would mean something else when the workbook is read by itself (`companions`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from revisit import i18n
from revisit.access import Viewer
from revisit.db import Sql
from revisit.errors import Refused
from revisit.i18n import N_, _
from revisit.intake import whom
from revisit.intake.accepted import rows_of
from revisit.intake.cells import CellError, Doubt, code, text
from revisit.intake.columns import readers, shown
from revisit.intake.headers import Field, is_total_row
from revisit.intake.nearest import Nearest
from revisit.intake.proposals import Offers
from revisit.intake.refusals import BadValue, Reject, RowLabel
from revisit.intake.rejectsheet import Columns, Entry, sheet_of
from revisit.intake.rows import Hints, Part, Reading
from revisit.sheets import BadCell, Row, column_letter
from revisit.sheets.marked import MarkedSheet, fits, write_marked
from revisit.sheets.writing import write_beside

MOST_COLUMNS, MOST_ROWS = 16_384, 1_048_575
DAYS = ("day", "birthday", "moment", "instant")
COMPANION = N_("not refused; it stands here because of row {row}")
SAME_ORDER = N_("not refused; a line of an order of which another line was refused")
TOO_LONG = N_("{column}: the text is longer than a cell can hold, and was left out")
SAME_NAME = N_("not refused; it bears the same name as a row that was refused")


def write_rejects(path: Path, reading: Reading, sql: Sql, viewer: Viewer, *, replace: bool = False) -> None:
    """The rejects of an import as a workbook, its owner's alone. Raises Refused where it cannot be written."""
    found = _Rejected(reading, sql, viewer)

    def write(beside: Path) -> None:
        beside.touch(mode=0o600)
        write_marked(beside, found.sheets(i18n.language()))

    write_beside(path, write, replace=replace)


@dataclass
class _Plan:
    """What is written of a sheet: its width, and the columns for which anything is proposed."""

    width: int = 0
    rows: int = 0
    fixed: set[int] = field(default_factory=set)


class _Rejected:
    """The rejects of a reading by row, their companions, and what is proposed for their cells."""

    def __init__(self, reading: Reading, sql: Sql, viewer: Viewer) -> None:
        self._reading = reading
        self._rejects: dict[RowLabel, Reject] = {reject.row: reject for reject in reading.rejects}
        self._read = readers(reading.layout, reading.epoch1904, reading.hints)
        self._plain = readers(reading.layout, False, Hints())
        self._offers = Offers(reading.layout, self._read)
        unknown = [reject for reject in reading.rejects if reject.template in (whom.NO_CODE, whom.NO_NAME)]
        names = [reject.value for reject in unknown if reject.template == whom.NO_NAME]
        self._nearest = Nearest(sql, viewer, [reject.value for reject in unknown], names)
        self._companions = dict(self._named_by_rejects())
        self._fields = {part.name: _fields(part, reading) for part in reading.parts}
        self._plans = {part.name: self._plan(part) for part in reading.parts}

    def sheets(self, language: str) -> Iterator[MarkedSheet]:
        """The sheets of which any row was refused."""
        for part in self._reading.parts:
            plan = self._plans[part.name]
            if plan.rows:
                columns = Columns(
                    {column.index: column.title for column in part.header.columns},
                    plan.width,
                    frozenset(
                        index for index, one in self._fields[part.name].items() if one.type in ("code", "phones")
                    ),
                    {index: part.titles[index] for index in sorted(plan.fixed)},
                )
                yield sheet_of(part.sheet.name, columns, self._entries(part), language)

    def _entries(self, part: Part) -> Iterator[Entry]:
        for row, label in self._rows(part):
            yield self._entry(part, row, label)

    def _entry(self, part: Part, row: Row, label: RowLabel) -> Entry:
        fields = self._fields[part.name]
        cells = [self._kept(fields.get(index), cell) for index, cell in enumerate(row.cells)]
        reject = self._rejects.get(label)
        bad: dict[int, str] = {}
        fixes: dict[int, str] = {}
        reasons = [
            _(TOO_LONG).format(column=part.titles.get(index, column_letter(index)))
            for index, cell in enumerate(cells)
            if isinstance(cell, str) and not fits(cell)
        ]
        if reject is None:
            return Entry(row.number, cells, {}, {}, [self._companions[label], *reasons])
        for one in reject.cells:
            reasons.append(f"{one.column}: {one.reason}")
            index = _place(part, one, self._reading)
            if index is not None:
                bad[index] = one.reason
                proposed = self._proposed(fields.get(index), one, row, index)
                if proposed is not None:
                    fixes[index] = proposed
        return Entry(row.number, cells, bad, fixes, reasons)

    def _kept(self, one: Field | None, cell: object) -> object:
        """The cell; a day that is understood only by what was said of this file, or by its calendar, as the day that it is."""
        if one is None:
            return shown(cell) if isinstance(cell, BadCell) and cell.code != "error_value" else cell
        if cell is None or one.type not in DAYS:
            return cell
        if self._reading.hints.dates is None and not self._reading.epoch1904:
            return cell
        meant = _value(self._read[one.name], cell)
        return cell if meant is None or meant == _value(self._plain[one.name], cell) else meant

    def _proposed(self, one: Field | None, bad: BadValue, row: Row, index: int) -> str | None:
        if one is None:
            return None
        if bad.template in (whom.NO_CODE, whom.NO_NAME):
            return self._customer(one, bad)
        return self._offers.of(one, row.cells[index] if index < len(row.cells) else None)

    def _customer(self, one: Field, bad: BadValue) -> str | None:
        """The customer that is nearest to an unknown one, by its code or its name, as the column asks for it."""
        if one.name != "name":
            found = self._nearest.code(bad.value)
            if found is not None or one.name == "code":
                return found
        named = self._nearest.name(bad.value)
        if named is None:
            return None
        if self._nearest.is_unique(named[1]):
            return named[1]
        return named[0] if one.name == "customer" else None

    # --- which rows, and how wide

    def _rows(self, part: Part) -> Iterator[tuple[Row, RowLabel]]:
        """The rows to be written, as they were read."""
        wanted = self._rejects.keys() | self._companions.keys()
        for row in rows_of(part.sheet.rows, part.header):
            if row.number > part.header.row_number and (label := part.label(row.number)) in wanted:
                yield row, label

    def _plan(self, part: Part) -> _Plan:
        plan = _Plan(width=max((column.index for column in part.header.columns), default=-1) + 1)
        fields = self._fields[part.name]
        for row, label in self._rows(part):
            plan.rows += 1
            plan.width = max(plan.width, _filled(row))
            for one in self._rejects[label].cells if label in self._rejects else ():
                index = _place(part, one, self._reading)
                if index is not None and self._proposed(fields.get(index), one, row, index) is not None:
                    plan.fixed.add(index)
        if plan.rows > MOST_ROWS or plan.width + len(plan.fixed) + 3 > MOST_COLUMNS:
            raise Refused(
                N_("no workbook holds the rejected rows of {name}: {rows} rows, {columns} columns"),
                N_("import it without --rejects, and look at the first reasons"),
                name=part.sheet.name, rows=plan.rows, columns=plan.width,
            )  # fmt: skip
        return plan

    # --- rows that were not refused and have to stand beside those that were

    def _named_by_rejects(self) -> Iterator[tuple[RowLabel, str]]:
        """Rows that a refused one contradicts; the other lines of an order; the rows of a name that fits several."""
        for reject in self._reading.rejects:
            for other in (reject.params.get("other"), reject.params.get("row")):
                if isinstance(other, int | str) and other not in self._rejects:
                    yield other, _(COMPANION).format(row=reject.row)
        if self._reading.kind == "orders":
            yield from self._of_same("number", self._rejects.keys(), SAME_ORDER)
        elif self._reading.kind == "customers":
            several = {reject.row for reject in self._reading.rejects if "codes" in reject.params}
            yield from self._of_same("name", several, SAME_NAME)

    def _of_same(self, name: str, labels: object, why: str) -> Iterator[tuple[RowLabel, str]]:
        """The rows that say the same in a field as those rows do."""
        parts = [part for part in self._reading.parts if name in part.header.fields]
        if not labels or not parts:
            return
        values = {value for label, value in self._values(parts, name) if label in labels}  # type: ignore[operator]
        for label, value in self._values(parts, name) if values else ():
            if value in values and label not in self._rejects:
                yield label, _(why)

    def _values(self, parts: list[Part], name: str) -> Iterator[tuple[RowLabel, str]]:
        """What the rows say in a field, where they say anything."""
        read = code if name == "number" else text
        for part in parts:
            index = part.header.fields[name]
            for row in rows_of(part.sheet.rows, part.header):
                cell = row.cells[index] if index < len(row.cells) else None
                if cell is None or row.number <= part.header.row_number or is_total_row(row.cells):
                    continue
                try:
                    value = read(cell)
                except CellError:
                    continue
                if value is not None:
                    yield part.label(row.number), value


def _fields(part: Part, reading: Reading) -> dict[int, Field]:
    """The field of each column that has one."""
    return {column.index: reading.layout.fields[column.field] for column in part.header.columns if column.field}


def _place(part: Part, bad: BadValue, reading: Reading) -> int | None:
    """The column of a sheet in which a bad cell stands; None: the sheet has none of that field."""
    for index, title in part.titles.items():
        if title == bad.column:
            return index
    name = reading.columns.get(bad.column) or bad.column
    return part.header.fields.get(name)


def _filled(row: Row) -> int:
    """How many columns a row needs."""
    return max((index + 1 for index, cell in enumerate(row.cells) if cell is not None), default=0)


def _value(read: object, cell: object) -> object:
    try:
        return read(cell)  # type: ignore[operator]
    except CellError:
        return None
    except Doubt as doubt:
        return doubt.value
