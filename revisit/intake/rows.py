"""From a workbook to records, row by row: typed cells, and a reason for every row that cannot be understood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from revisit import sheets
from revisit.errors import Refused
from revisit.i18n import N_, _
from revisit.intake import cells
from revisit.intake.accepted import Fix, rows_of
from revisit.intake.headers import Field, Header, Layout, is_total_row, source_of, untitled
from revisit.intake.own import distinct_title
from revisit.intake.refusals import EMPTY, BadValue
from revisit.intake.refusals import Reject as Reject
from revisit.intake.refusals import RowLabel as RowLabel
from revisit.intake.textcell import Doubt, clean, fold
from revisit.sheets import Row, Sheet

SHOWN_ALIKE = 5
ROWS_TOLD = 500
REMEMBERED_CELLS = 2000  # cells of a column whose meaning is remembered: columns of few different cells are read faster
Progress = Callable[[str, int, int | None], None]
"""Told how far the work is: the stage (`reading`, `rows`, `writing`, `register`), how much is done, and of how much."""
Warning_ = tuple[str, dict[str, object]]
"""A template and what fills it."""
NOTHING: Mapping[str, str] = MappingProxyType({})
_UNKNOWN: Any = object()


@dataclass(frozen=True, slots=True)
class Said:
    """A text within a text: put into words when it is shown."""

    template: str
    params: Mapping[str, object]

    def __str__(self) -> str:
        return _(self.template).format(**self.params)


@dataclass(slots=True)
class Record:
    """One understood row: where it stands, typed values of the cells that are not blank, and the unknown columns."""

    row: RowLabel
    values: dict[str, Any]
    extra: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Hints:
    """What a person has said about a file, now or in an earlier import of the same source.

    `fields`: title → field (empty: none). `remembered`: the same by source. `aliases`: by source, what is written
    (`alias_key`) in a field → what it means. `dates`: `dmy` or `mdy` where 3/4/2026 is to be read; `today`: what is doubtful
    as a date is seen from here.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    remembered: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    aliases: Mapping[str, Mapping[tuple[str, str], str]] = field(default_factory=dict)
    dates: str | None = None
    today: date | None = None

    def meanings(self, titles: Mapping[int, str]) -> Mapping[str, str]:
        """The fields that a person has named for titles of this row; what is said now goes before what was said once."""
        written = set(titles.values())
        told = {**self.remembered.get(source_of(written), {}), **self.fields}
        return {title: name for title, name in told.items() if title in written}


@dataclass(slots=True)
class Part:
    """A sheet that is read, with its header; `name` is empty where it is the only one."""

    sheet: Sheet
    header: Header
    titles: dict[int, str]
    name: str = ""

    def label(self, number: int) -> RowLabel:
        """How a row of the sheet is named to a person."""
        return f"{self.name}!{number}" if self.name else number


@dataclass(slots=True)
class Reading:
    """A file of a kind that is being read. `rows` counts the rows under each header and the titles above it, the header not.

    `read` goes through it once; counts, rejects, warnings and the columns without a title are whole only then. `fixes`: those
    of a reject workbook that a person has accepted, with their row and field; `aliased`: cells read as was accepted earlier.
    """

    path: Path
    sha256: str
    kind: str
    source: str
    layout: Layout
    epoch1904: bool
    parts: list[Part]
    columns: dict[str, str | None]
    fields: frozenset[str]
    hints: Hints = field(default_factory=Hints)
    progress: Progress = lambda _stage, _done, _total: None
    rejects: list[Reject] = field(default_factory=list)
    fixes: list[tuple[RowLabel, str, Fix]] = field(default_factory=list)
    aliased: int = 0
    records: int = 0
    rows: int = 0
    blank: int = 0
    skipped: int = 0
    warnings: list[Warning_] = field(default_factory=list)

    def read(self) -> Iterator[Record]:
        """The records, sheet by sheet and row by row. Raises Refused at the end if there was no row under the header."""
        refused_before = len(self.rejects)
        for part in self.parts:
            self.skipped += len(part.header.skipped)
            yield from _Reader(self, part).read()
        if not self.records and len(self.rejects) == refused_before:
            raise Refused(
                N_("{file} holds no row under its header"),
                N_("look whether this is the right file and sheet"),
                file=self.path.name,
            )

    def close(self) -> None:
        """Brings the rejects into the order of the file and counts the rows."""
        order = {part.name: place for place, part in enumerate(self.parts)}

        def place(reject: Reject) -> tuple[int, int]:
            sheet, _, number = str(reject.row).rpartition("!")
            return order[sheet], int(number)

        self.rejects.sort(key=place)

    def told_warnings(self) -> list[Warning_]:
        """The warnings; of those that many rows share, the first few and how many more there are."""

        def sort_of(warning: Warning_) -> tuple[str, str]:
            said = warning[1].get("said")
            return warning[0], said.template if isinstance(said, Said) else ""

        alike = Counter(map(sort_of, self.warnings))
        told: list[Warning_] = []
        seen: Counter[tuple[str, str]] = Counter()
        for warning in self.warnings:
            sort = sort_of(warning)
            seen[sort] += 1
            if seen[sort] <= SHOWN_ALIKE:
                told.append(warning)
            if seen[sort] == SHOWN_ALIKE < alike[sort]:
                told.append((N_("… and {count} more like the one before"), {"count": alike[sort] - SHOWN_ALIKE}))
        return told


def untold(_stage: str, _done: int, _total: int | None) -> None:
    """Progress that nobody looks at."""


@dataclass(slots=True)
class _Column:
    """A column of the sheet with what reads its cells; `seen` remembers what texts mean (None: too many different ones)."""

    index: int
    title: str
    field: Field
    read: Callable[[object], Any]
    aliases: Mapping[str, str]
    key: Callable[[object], str]
    seen: dict[str, Any] | None

    def value(self, cell: object) -> Any:
        """The typed value. Raises CellError and Doubt."""
        if self.seen is None or cell.__class__ is not str:
            return self.read(cell)
        value = self.seen.get(cell, _UNKNOWN)
        if value is _UNKNOWN:
            value = self.read(cell)
            self.seen[cell] = value
            if len(self.seen) > REMEMBERED_CELLS:
                self.seen = None
        return value


class _Reader:
    """Reads the rows of one sheet into its reading."""

    def __init__(self, reading: Reading, part: Part) -> None:
        self._reading = reading
        self._part = part
        by_field = readers(reading.layout, reading.epoch1904, reading.hints)
        aliases = _by_field(reading.hints.aliases.get(reading.source, {}))
        self._known = [
            _Column(column.index, part.titles[column.index], reading.layout.fields[column.field],
                    by_field[column.field], aliases.get(column.field, NOTHING),
                    alias_key(reading.layout.fields[column.field]), {})
            for column in part.header.columns if column.field is not None
        ]  # fmt: skip
        self._unknown = [
            (column.index, part.titles[column.index]) for column in part.header.columns if column.field is None
        ]
        self._titled = {column.index for column in part.header.columns}
        if part.header.own is not None:
            self._titled |= part.header.own.indexes

    def read(self) -> Iterator[Record]:
        """Its records. Blank rows behind the last filled one are not counted."""
        reading, part = self._reading, self._part
        header, blank, height = part.header.row_number, 0, part.sheet.height
        for row in rows_of(part.sheet.rows, part.header, self._note):
            number = row.number
            if number % ROWS_TOLD == 0:
                reading.progress("rows", number, height)
            if number == header:
                continue
            if not row.cells or row.blank:
                blank += 1
                continue
            reading.blank += blank
            reading.rows += blank + 1
            blank = 0
            if number < header:
                continue
            if is_total_row(row.cells):
                reading.skipped += 1
                continue
            if len(row.cells) > len(self._titled):
                self._notice_untitled(row)
            record = self._record(row)
            if record is not None:
                reading.records += 1
                yield record

    def _notice_untitled(self, row: Row) -> None:
        """Cells in a column without a title are kept with their rows as well."""
        for index, cell in enumerate(row.cells):
            if index not in self._titled and cell is not None:
                self._titled.add(index)
                column = untitled(index)
                title = distinct_title(column.title, index, self._reading.columns)
                self._reading.columns[title] = None
                self._unknown.append((index, title))
                self._unknown.sort()

    def _record(self, row: Row) -> Record | None:
        values: dict[str, Any] = {}
        found = row.cells
        width = len(found)
        for column in self._known:
            cell = found[column.index] if column.index < width else None
            if cell is not None and column.aliases:
                cell = self._meant(column, cell)
            try:
                value = column.value(cell) if cell is not None else None
            except cells.CellError as error:
                self._reject(row, column, shown(cell), error.template, dict(error.params))
                return None
            except Doubt as doubt:
                value = doubt.value
                self._doubt(row, column, doubt)
            if value is not None:
                values[column.field.name] = value
            elif column.field.required:
                self._reject(row, column, "", EMPTY, {})
                return None
        extra = NOTHING
        if self._unknown:
            beside = ((title, shown(found[index]) if index < width else "") for index, title in self._unknown)
            extra = {title: cell for title, cell in beside if cell} or NOTHING
        return Record(self._part.label(row.number), values, extra)

    def _meant(self, column: _Column, cell: object) -> object:
        """What a person has said that such a cell means, else the cell."""
        meant = column.aliases.get(column.key(cell))
        if meant is None:
            return cell
        self._reading.aliased += 1
        return meant

    def _reject(self, row: Row, column: _Column, value: str, template: str, params: dict[str, object]) -> None:
        """Refuses a row with all that is not understood in it, from this column on."""
        after = self._known[next(place for place, one in enumerate(self._known) if one is column) + 1 :]
        also = tuple(filter(None, (self._bad_value(row, one) for one in after)))
        label = self._part.label(row.number)
        self._reading.rejects.append(Reject(label, column.title, value, template, params, also))

    def _bad_value(self, row: Row, column: _Column) -> BadValue | None:
        cell = row.cells[column.index] if column.index < len(row.cells) else None
        meant = cell if cell is None else column.aliases.get(column.key(cell), cell)
        try:
            value = column.value(meant) if meant is not None else None
        except cells.CellError as error:
            return BadValue(column.title, shown(cell), error.template, dict(error.params))
        except Doubt as doubt:
            value = doubt.value
        return BadValue(column.title, "", EMPTY, {}) if value is None and column.field.required else None

    def _note(self, what: Fix | Row) -> None:
        """What a person has said of the fixes of a row."""
        part, reading = self._part, self._reading
        label = part.label(what.row if isinstance(what, Fix) else what.number)
        if isinstance(what, Row):
            message = N_("row {row}: whether its fixes are to be taken is neither yes nor no; it was read as it stands")
            reading.warnings.append((message, {"row": label}))
            return
        name = next((column.field for column in part.header.columns if column.index == what.column), None)
        if name is not None:
            reading.fixes.append((label, name, what))

    def _doubt(self, row: Row, column: _Column, doubt: Doubt) -> None:
        params: dict[str, object] = {
            "row": self._part.label(row.number),
            "column": column.title,
            "said": Said(doubt.template, doubt.params),
        }
        self._reading.warnings.append((N_("row {row}, column {column}: {said}"), params))


def _by_field(aliases: Mapping[tuple[str, str], str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for (name, written), meant in aliases.items():
        found.setdefault(name, {})[written] = meant
    return found


def alias_key(field: Field) -> Callable[[object], str]:
    """How a cell of a field is compared with what a person has given a meaning: words are folded; of a figure every sign
    and of a code every letter counts."""
    return _folded_key if field.type in ("word", "yes_no", "post") else _plain_key


def _folded_key(cell: object) -> str:
    return fold(shown(cell))


def _plain_key(cell: object) -> str:
    return clean(shown(cell))


def titles_of(header: Header) -> dict[int, str]:
    """Header titles as seen, by column; a title that stands twice is told apart by its place."""
    titles: dict[int, str] = {}
    for column in header.columns:
        titles[column.index] = distinct_title(column.title, column.index, titles.values())
    return titles


def readers(layout: Layout, epoch1904: bool, hints: Hints) -> dict[str, Callable[[object], Any]]:
    """What reads the cells of each field: a typed value, None for a blank one. They raise CellError and Doubt."""
    when: dict[str, Any] = {"epoch1904": epoch1904, "order": hints.dates, "today": hints.today}
    born: dict[str, Any] = {"earliest": cells.FIRST_YEAR, "latest": hints.today}
    plain: dict[str, Callable[[object], Any]] = {
        "code": cells.code,
        "text": cells.text,
        "money": cells.money,
        "number": cells.number,
        "factor": cells.factor,
        "post": cells.text,
        "yes_no": cells.yes_no,
        "phones": cells.phones,
        "day": partial(cells.day, **when),
        "moment": partial(cells.moment, **when),
    }
    plain["birthday"] = partial(cells.day, **when, **born)
    return {
        name: partial(cells.word, table=one.words) if one.type == "word" else plain[one.type]
        for name, one in layout.fields.items()
    }


def shown(cell: object) -> str:
    """A cell as a person sees it in the sheet."""
    if isinstance(cell, sheets.BadCell):
        return cell.text
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    return cells.unguarded(cell) if isinstance(cell, str) else "" if cell is None else str(cell)
