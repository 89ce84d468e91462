"""From a workbook to records: the sheet with the header, typed cells, and a reason for every row that cannot be understood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import partial
from pathlib import Path
from typing import Any

from revisit import resources, sheets
from revisit.errors import Refused, WrongUsage
from revisit.i18n import N_, _
from revisit.intake import cells
from revisit.intake.headers import Column, Field, Header, Layout, field_of, find_header, is_total_row, parse_layout
from revisit.intake.textcell import clean
from revisit.sheets import Sheet, Workbook

EXPLANATION = {"zh": "导入模板填写说明", "en": "How to fill in this template"}
"""The first cell of the sheet that explains a template: such a sheet is no data, and nobody is told that it was left out."""
CLEARLY_MORE = 2  # columns that another kind knows beyond the kind that was named
KINDS = ("customers", "orders", "revisits", "sales-followups", "staff")
SHOWN_ALIKE = 5
ROWS_TOLD = 500
Progress = Callable[[str, int, int | None], None]
"""Told how far the work is: the stage (`reading`, `rows`, `writing`, `register`), how much is done, and of how much."""
Warning_ = tuple[str, dict[str, object]]
"""A template and what fills it."""


@dataclass(slots=True)
class Record:
    """One understood row: its number in the sheet, typed values of the cells that are not blank, and the unknown columns."""

    row: int
    values: dict[str, Any]
    extra: dict[str, str]


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was refused: the cell, and why as a template with its parameters."""

    row: int
    column: str
    value: str
    template: str
    params: dict[str, object]


@dataclass(slots=True)
class Reading:
    """What a sheet gave. `rows` counts the rows under the header and the titles above it, the header itself not."""

    path: Path
    sha256: str
    columns: dict[str, str | None]
    fields: frozenset[str]
    records: list[Record] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    rows: int = 0
    blank: int = 0
    skipped: int = 0
    warnings: list[Warning_] = field(default_factory=list)

    def told_warnings(self) -> list[Warning_]:
        """The warnings; of those that many rows share, the first few and how many more there are."""
        alike = Counter(template for template, _params in self.warnings)
        told: list[Warning_] = []
        seen: Counter[str] = Counter()
        for template, params in self.warnings:
            seen[template] += 1
            if seen[template] <= SHOWN_ALIKE:
                told.append((template, params))
            if seen[template] == SHOWN_ALIKE < alike[template]:
                told.append((N_("… and {count} more like the one before"), {"count": alike[template] - SHOWN_ALIKE}))
        return told


def load_layout(kind: str) -> Layout:
    """The columns that a kind of sheet knows. Raises WrongUsage for a kind there is none of."""
    if kind not in KINDS:
        raise WrongUsage(
            N_("there is no kind of import {kind}"), N_("kinds: {known}"), kind=kind, known=", ".join(KINDS)
        )
    return parse_layout(kind, resources.read_text(f"import/{kind}.toml"))


def untold(_stage: str, _done: int, _total: int | None) -> None:
    """Progress that nobody looks at."""


def read_rows(path: Path, kind: str, sheet_name: str | None = None, progress: Progress = untold) -> Reading:
    """Reads a spreadsheet of a kind. Raises Refused if it cannot be read or no sheet has the columns."""
    layout = load_layout(kind)
    progress("reading", 0, None)
    workbook = sheets.read_workbook(path)
    sheet, header = _choose(workbook, layout, kind, sheet_name)
    titles = _titles(header)
    columns = {titles[column.index]: column.field for column in header.columns}
    reading = Reading(path, workbook.sha256, columns, frozenset(header.fields))
    reading.skipped = len(header.skipped)
    _warn(reading, workbook, sheet, header, layout)
    readers = _readers(layout, workbook)
    known = [(column, layout.fields[column.field]) for column in header.columns if column.field is not None]
    unknown = [(column.index, titles[column.index]) for column in header.columns if column.field is None]
    last = max((row.number for row in sheet.rows if not row.blank), default=header.row_number)
    for row in sheet.rows:
        if row.number % ROWS_TOLD == 0:
            progress("rows", row.number, last)
        if row.number > last:
            break
        if row.number == header.row_number:
            continue
        if row.blank:
            reading.blank += 1
        elif row.number > header.row_number:
            if is_total_row(row.cells):
                reading.skipped += 1
            else:
                _read_row(row.number, row.cells, known, unknown, readers, reading)
    reading.rows = len(reading.records) + len(reading.rejects) + reading.blank + reading.skipped
    if not reading.records and not reading.rejects:
        raise Refused(
            N_("{file} holds no row under its header"),
            N_("look whether this is the right file and sheet"),
            file=path.name,
        )
    return reading


def _choose(workbook: Workbook, layout: Layout, kind: str, name: str | None) -> tuple[Sheet, Header]:
    found = [sheet for sheet in workbook.sheets if name is None or sheet.name == name]
    if not found:
        raise WrongUsage(
            N_("there is no sheet {name}"),
            N_("sheets: {known}"),
            name=name,
            known=", ".join(sheet.name for sheet in workbook.sheets),
        )
    for sheet in sorted(found, key=lambda sheet: sheet.hidden):
        header = find_header(sheet, layout)
        if header is not None:
            _refuse_another_kind(workbook, header, kind)
            return sheet, header
    titles = [layout.fields[field].title for field in layout.known_by]
    raise Refused(
        N_("{file} has no header of the kind {kind}: a row that names {known}, and another column of that kind"),
        N_("give the columns such titles; all of them are in: revisit import template {kind} -o FILE"),
        file=workbook.path.name,
        known=_(" or ").join(f"{title['zh']}/{title['en']}" for title in titles),
        kind=kind,
    )


def _refuse_another_kind(workbook: Workbook, header: Header, kind: str) -> None:
    """An order list names customers, too: a sheet whose columns are clearly those of another kind is not imported as this one."""
    mine = len(header.fields)
    for other in KINDS:
        layout = load_layout(other)
        theirs = {field for column in header.columns if (field := field_of(column.title, layout))}
        if other != kind and len(theirs) >= mine + CLEARLY_MORE:
            raise Refused(
                N_("{file} looks like {other}, not like {kind}"),
                N_("import it as what it is: revisit import {other} FILE"),
                file=workbook.path.name,
                other=other,
                kind=kind,
            )


def _warn(reading: Reading, workbook: Workbook, sheet: Sheet, header: Header, layout: Layout) -> None:
    for field_name in header.missing(layout):
        title = layout.fields[field_name].title
        raise Refused(
            N_("{file} has no column {title}"),
            N_("add a column with that title, or look whether this is the right kind of file"),
            file=workbook.path.name,
            title=f"{title['zh']}/{title['en']}",
        )
    for doubled in header.doubled:
        message = N_("column {title} says the same as {kept}: only {kept} was read")
        reading.warnings.append((message, {"title": doubled.title, "kept": doubled.kept}))
    if sheet.hidden_rows:
        reading.warnings.append((N_("{count} hidden rows were read as well"), {"count": len(sheet.hidden_rows)}))
    others = [one.name for one in workbook.sheets if one is not sheet and not one.blank and not is_explanation(one)]
    if others:
        message = N_("only sheet {name} was read; there are also {others}")
        reading.warnings.append((message, {"name": sheet.name, "others": ", ".join(others)}))
    if not workbook.errors_visible:
        reading.warnings.append((N_("in this kind of file cells with errors cannot be told from empty ones"), {}))


def is_explanation(sheet: Sheet) -> bool:
    """Whether this is the sheet that explains a template."""
    first = next((cell for row in sheet.rows for cell in row.cells if cell is not None), None)
    return isinstance(first, str) and clean(first) in EXPLANATION.values()


def _titles(header: Header) -> dict[int, str]:
    """Header titles as seen, by column; a title that stands twice is told apart by its place."""
    titles: dict[int, str] = {}
    for column in header.columns:
        doubled = column.title in titles.values()
        titles[column.index] = f"{column.title} ({sheets.column_letter(column.index)})" if doubled else column.title
    return titles


def _readers(layout: Layout, workbook: Workbook) -> dict[str, Callable[[object], Any]]:
    plain: dict[str, Callable[[object], Any]] = {
        "code": cells.code,
        "text": cells.text,
        "money": cells.money,
        "number": cells.number,
        "factor": cells.factor,
        "post": cells.text,
        "yes_no": cells.yes_no,
        "phones": cells.phones,
        "day": partial(cells.day, epoch1904=workbook.epoch1904),
        "moment": partial(cells.moment, epoch1904=workbook.epoch1904),
    }
    return {
        name: partial(cells.word, table=one.words) if one.type == "word" else plain[one.type]
        for name, one in layout.fields.items()
    }


def _read_row(
    number: int,
    row: tuple[object, ...],
    known: list[tuple[Column, Field]],
    unknown: list[tuple[int, str]],
    readers: dict[str, Callable[[object], Any]],
    reading: Reading,
) -> None:
    values: dict[str, Any] = {}
    for column, one in known:
        cell = row[column.index] if column.index < len(row) else None
        try:
            value = readers[one.name](cell)
        except cells.CellError as error:
            reading.rejects.append(Reject(number, column.title, _shown(cell), error.template, dict(error.params)))
            return
        if value is not None:
            values[one.name] = value
        elif one.required:
            reading.rejects.append(Reject(number, column.title, "", N_("the cell is empty"), {}))
            return
    cells_beside = ((title, _shown(row[index]) if index < len(row) else "") for index, title in unknown)
    reading.records.append(Record(number, values, {title: shown for title, shown in cells_beside if shown}))


def _shown(cell: object) -> str:
    """A cell as a person sees it in the sheet."""
    if isinstance(cell, sheets.BadCell):
        return cell.text
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    return "" if cell is None else str(cell)
