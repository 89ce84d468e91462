"""From a workbook to records, row by row: typed cells, and a reason for every row that cannot be understood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import zip_longest
from pathlib import Path
from typing import Any

from revisit.errors import Refused
from revisit.i18n import N_, _
from revisit.intake.accepted import Fix, rows_of
from revisit.intake.columns import Column, Noted, alias_key, notice_blank, readers, shown
from revisit.intake.headers import Header, Layout, is_total_row, source_of, untitled
from revisit.intake.own import distinct_title
from revisit.intake.prepared import Prepared
from revisit.intake.refusals import BadValue
from revisit.intake.refusals import Reject as Reject
from revisit.intake.refusals import RowLabel as RowLabel
from revisit.intake.textcell import CellError, Doubt
from revisit.sheets import Row, Sheet

SHOWN_ALIKE = 5
ROWS_TOLD = 500
ROWS_AT_ONCE = 250
Progress = Callable[[str, int, int | None], None]
"""Told how far the work is: the stage (`reading`, `rows`, `writing`, `register`), how much is done, and of how much."""
Warning_ = tuple[str, dict[str, object]]
"""A template and what fills it."""
NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Said:
    """A text within a text: put into words when it is shown."""

    template: str
    params: Mapping[str, object]

    def __str__(self) -> str:
        return _(self.template).format(**self.params)


@dataclass(slots=True)
class Record:
    """One understood row: where it stands, typed values of the cells that are not blank, the unknown columns, and what was
    worked out of it already."""

    row: RowLabel
    values: dict[str, Any]
    extra: Mapping[str, str]
    prepared: Prepared | None = None


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
    `elsewhere` gives the records where a child process reads the sheets (`child`).
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
    elsewhere: Callable[[], Iterator[Record]] | None = None

    def read(self) -> Iterator[Record]:
        """The records, sheet by sheet and row by row. Raises Refused at the end if there was no row under the header."""
        if self.elsewhere is not None:
            yield from self.elsewhere()
            return
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


class _Reader:
    """Reads the rows of one sheet into its reading: portion by portion, and within a portion column by column, since cells
    that stand below each other are of one kind and often the same."""

    def __init__(self, reading: Reading, part: Part) -> None:
        self._reading = reading
        self._part = part
        by_field = readers(reading.layout, reading.epoch1904, reading.hints)
        aliases = _by_field(reading.hints.aliases.get(reading.source, {}))
        self._known = [
            Column(column.index, part.titles[column.index], reading.layout.fields[column.field],
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
        """Its records."""
        for rows in self._portions():
            yield from self._records(rows)

    def _portions(self) -> Iterator[list[Row]]:
        """Its rows that say something, some at a time. Blank rows behind the last filled one are not counted."""
        reading, part = self._reading, self._part
        header, blank, height = part.header.row_number, 0, part.sheet.height
        rows: list[Row] = []
        for row in rows_of(part.sheet.rows, part.header, self._note):
            if not row.cells:
                blank += 1
                continue
            number = row.number
            if number % ROWS_TOLD == 0:
                reading.progress("rows", number, height)
            if number == header:
                continue
            if row.blank:
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
            rows.append(row)
            if len(rows) == ROWS_AT_ONCE:
                yield rows
                rows = []
        if rows:
            yield rows

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

    def _records(self, rows: Sequence[Row]) -> Iterator[Record]:
        """The records of some rows; of a row that is refused its first bad cell is told."""
        columns = list(zip_longest(*[row.cells for row in rows]))
        width = len(columns)
        nothing = (None,) * len(rows)
        said: Noted = {}
        typed: list[list[Any]] = []
        for column in self._known:
            below = columns[column.index] if column.index < width else nothing
            values = column.values(self._meant(column, below) if column.aliases else below, said)
            if column.field.required and None in values:
                notice_blank(column, values, said)
            typed.append(values)
        names = [column.field.name for column in self._known]
        label = self._part.label
        for place, (row, read) in enumerate(zip(rows, zip(*typed, strict=True), strict=True)):
            if place in said and self._is_refused(row, said[place]):
                continue
            known = {name: value for name, value in zip(names, read, strict=True) if value is not None}
            extra = self._extra(row.cells) if self._unknown else NOTHING
            self._reading.records += 1
            yield Record(label(row.number), known, extra)

    def _meant(self, column: Column, written: Sequence[object]) -> list[object]:
        """What a person has said that such cells mean, else the cells."""
        meant = [None if cell is None else column.aliases.get(column.key(cell)) for cell in written]
        self._reading.aliased += len(meant) - meant.count(None)
        return [cell if one is None else one for cell, one in zip(written, meant, strict=True)]

    def _extra(self, found: Sequence[object]) -> Mapping[str, str]:
        """The cells of the unknown columns, as texts."""
        width = len(found)
        beside = ((title, shown(found[index]) if index < width else "") for index, title in self._unknown)
        return {title: cell for title, cell in beside if cell} or NOTHING

    def _is_refused(self, row: Row, said: Sequence[tuple[Column, object, CellError | Doubt]]) -> bool:
        """Notes what is said of a row: doubts up to the first bad cell, by which it is refused, and all bad cells."""
        bad: list[BadValue] = []
        for column, cell, what in said:
            if isinstance(what, CellError):
                bad.append(BadValue(column.title, shown(cell), what.template, dict(what.params)))
            elif not bad:
                self._doubt(row, column, what)
        if not bad:
            return False
        first, *also = bad
        label = self._part.label(row.number)
        self._reading.rejects.append(
            Reject(label, first.column, first.value, first.template, first.params, tuple(also))
        )
        return True

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

    def _doubt(self, row: Row, column: Column, doubt: Doubt) -> None:
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


def titles_of(header: Header) -> dict[int, str]:
    """Header titles as seen, by column; a title that stands twice is told apart by its place."""
    titles: dict[int, str] = {}
    for column in header.columns:
        titles[column.index] = distinct_title(column.title, column.index, titles.values())
    return titles
