"""From a workbook to records, row by row: typed cells, and a reason for every row that cannot be understood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import partial
from itertools import zip_longest
from pathlib import Path
from types import MappingProxyType
from typing import Any

from revisit import sheets
from revisit.errors import Refused
from revisit.i18n import N_, _
from revisit.intake import cells
from revisit.intake.headers import Field, Header, Layout, is_total_row, source_of, untitled
from revisit.intake.textcell import CellError, Doubt, fold
from revisit.sheets import Row, Sheet

SHOWN_ALIKE = 5
ROWS_TOLD = ROWS_AT_ONCE = 500
REMEMBERED_CELLS = 2000  # cells of a column whose meaning is remembered: columns of few different cells are read faster
_COMPARABLE = frozenset({str, date, datetime, type(None)})
"""What cells are remembered by: of other kinds different ones are equal, as are 1, 1.0 and TRUE."""
Progress = Callable[[str, int, int | None], None]
"""Told how far the work is: the stage (`reading`, `rows`, `writing`, `register`), how much is done, and of how much."""
Warning_ = tuple[str, dict[str, object]]
"""A template and what fills it."""
RowLabel = int | str
"""A row as a person finds it: its number, or `华东!7` where several sheets are read."""
NOTHING: Mapping[str, str] = MappingProxyType({})


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
class Reject:
    """A row that was refused: the cell, and why as a template with its parameters."""

    row: RowLabel
    column: str
    value: str
    template: str
    params: dict[str, object]


@dataclass(frozen=True, slots=True)
class Hints:
    """What a person has said about a file, now or in an earlier import of the same source.

    `fields`: title → field (empty: none). `remembered`: the same by source. `aliases`: by source, what is written (folded)
    in a field → what it means. `dates`: `dmy` or `mdy` where 3/4/2026 is to be read; `today`: what is doubtful as a date
    is seen from here.
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

    `read` goes through it once; counts, rejects, warnings and the columns without a title are whole only then.
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
    """A column of the sheet with what reads its cells; `seen` remembers what cells mean (None: too many different ones)."""

    index: int
    title: str
    field: Field
    read: Callable[[object], Any]
    aliases: Mapping[str, str]
    seen: dict[object, Any] | None

    def values(self, written: Sequence[object], said: _Said) -> list[Any]:
        """The typed values of cells that stand below each other. What is wrong with one of them is added to `said`."""
        if self.aliases:
            written = [cell if cell is None else self.aliases.get(fold(shown(cell)), cell) for cell in written]
        seen = self.seen
        try:
            if seen is None or not _COMPARABLE.issuperset(map(type, written)):
                read = self.read
                return [None if cell is None else read(cell) for cell in written]
            return [seen[cell] for cell in written]
        except (KeyError, CellError, Doubt):
            return [self._value(place, cell, said) for place, cell in enumerate(written)]

    def _value(self, place: int, cell: object, said: _Said) -> Any:
        """The typed value of one cell."""
        comparable = self.seen is not None and type(cell) in _COMPARABLE
        if self.seen is not None and comparable and cell in self.seen:
            return self.seen[cell]
        try:
            value = None if cell is None else self.read(cell)
        except Doubt as doubt:
            said.setdefault(place, []).append((self, cell, doubt.with_traceback(None)))
            return doubt.value
        except CellError as error:
            said.setdefault(place, []).append((self, cell, error.with_traceback(None)))
            return None
        if self.seen is not None and comparable:
            self.seen[cell] = value
            if len(self.seen) > REMEMBERED_CELLS:
                self.seen = None
        return value


_Said = dict[int, list[tuple[_Column, object, CellError | Doubt]]]
"""Of rows, by their place in a portion: the cells with something wrong, in the order of the columns, and what it is."""


class _Reader:
    """Reads the rows of one sheet into its reading: portion by portion, and within a portion column by column, since cells
    that stand below each other are of one kind and often the same."""

    def __init__(self, reading: Reading, part: Part) -> None:
        self._reading = reading
        self._part = part
        by_field = readers(reading.layout, reading.epoch1904, reading.hints)
        aliases = _by_field(reading.hints.aliases.get(reading.source, {}))
        self._known = [
            _Column(column.index, part.titles[column.index], reading.layout.fields[column.field],
                    by_field[column.field], aliases.get(column.field, NOTHING), {})
            for column in part.header.columns if column.field is not None
        ]  # fmt: skip
        self._unknown = [
            (column.index, part.titles[column.index]) for column in part.header.columns if column.field is None
        ]
        self._titled = {column.index for column in part.header.columns}

    def read(self) -> Iterator[Record]:
        """Its records."""
        for rows in self._portions():
            yield from self._records(rows)

    def _portions(self) -> Iterator[list[Row]]:
        """Its rows that say something, some at a time. Blank rows behind the last filled one are not counted."""
        reading, part = self._reading, self._part
        header, blank, height = part.header.row_number, 0, part.sheet.height
        rows: list[Row] = []
        for row in part.sheet.rows:
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
                title = _apart(column.title, index, self._reading.columns)
                self._reading.columns[title] = None
                self._unknown.append((index, title))
                self._unknown.sort()

    def _records(self, rows: Sequence[Row]) -> Iterator[Record]:
        """The records of some rows; of a row that is refused its first bad cell is told."""
        columns = list(zip_longest(*[row.cells for row in rows]))
        width = len(columns)
        nothing = (None,) * len(rows)
        said: _Said = {}
        typed: list[list[Any]] = []
        for column in self._known:
            values = column.values(columns[column.index] if column.index < width else nothing, said)
            if column.field.required and None in values:
                _notice_blank(column, values, said)
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

    def _extra(self, found: Sequence[object]) -> Mapping[str, str]:
        """The cells of the unknown columns, as texts."""
        width = len(found)
        beside = ((title, shown(found[index]) if index < width else "") for index, title in self._unknown)
        return {title: cell for title, cell in beside if cell} or NOTHING

    def _is_refused(self, row: Row, said: Sequence[tuple[_Column, object, CellError | Doubt]]) -> bool:
        """Notes what is said of a row: doubts up to the first bad cell, by which it is refused."""
        for column, cell, what in said:
            if isinstance(what, Doubt):
                self._doubt(row, column, what)
                continue
            self._reading.rejects.append(
                Reject(self._part.label(row.number), column.title, shown(cell), what.template, dict(what.params))
            )
            return True
        return False

    def _doubt(self, row: Row, column: _Column, doubt: Doubt) -> None:
        params: dict[str, object] = {
            "row": self._part.label(row.number),
            "column": column.title,
            "said": Said(doubt.template, doubt.params),
        }
        self._reading.warnings.append((N_("row {row}, column {column}: {said}"), params))


def _notice_blank(column: _Column, values: Sequence[Any], said: _Said) -> None:
    """A cell that has to be filled in and says nothing refuses its row."""
    for place, value in enumerate(values):
        bad = said.get(place, [])
        if value is None and not any(one is column and isinstance(what, CellError) for one, _cell, what in bad):
            said.setdefault(place, []).append((column, None, CellError("blank", N_("the cell is empty"))))


def _by_field(aliases: Mapping[tuple[str, str], str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for (name, written), meant in aliases.items():
        found.setdefault(name, {})[written] = meant
    return found


def titles_of(header: Header) -> dict[int, str]:
    """Header titles as seen, by column; a title that stands twice is told apart by its place."""
    titles: dict[int, str] = {}
    for column in header.columns:
        titles[column.index] = _apart(column.title, column.index, titles.values())
    return titles


def _apart(title: str, index: int, taken: Any) -> str:
    return f"{title} ({sheets.column_letter(index)})" if title in taken else title


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
