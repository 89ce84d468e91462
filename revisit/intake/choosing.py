"""Which sheets of a file are read as a kind, by which header, and what a person has to be told about the others."""

from __future__ import annotations

from pathlib import Path

from revisit import resources, sheets
from revisit.errors import Refused, WrongUsage
from revisit.i18n import N_, _
from revisit.intake.headers import Header, Layout, field_of, find_header, parse_layout, source_of
from revisit.intake.rows import Hints, Part, Progress, Reading, titles_of, untold
from revisit.intake.textcell import clean
from revisit.sheets import Sheet, Workbook

EXPLANATION = {"zh": "导入模板填写说明", "en": "How to fill in this template"}
"""The first cell of the sheet that explains a template: such a sheet is no data, and nobody is told that it was left out."""
ALL_SHEETS = "all"
CLEARLY_MORE = 2  # columns that another kind knows beyond the kind that was named
KINDS = ("customers", "orders", "revisits", "sales-followups", "staff", "chats")


def load_layout(kind: str) -> Layout:
    """The columns that a kind of sheet knows. Raises WrongUsage for a kind there is none of."""
    if kind not in KINDS:
        raise WrongUsage(
            N_("there is no kind of import {kind}"), N_("kinds: {known}"), kind=kind, known=", ".join(KINDS)
        )
    return parse_layout(kind, resources.read_text(f"import/{kind}.toml"))


def open_file(
    path: Path, kind: str, sheet_name: str | None = None, hints: Hints | None = None, progress: Progress = untold
) -> Reading:
    """A spreadsheet of a kind, ready to be read. Raises Refused if it cannot be read or no sheet has the columns.

    `sheet_name`: one sheet, or `all` that have such a header; without one the first that has it, those in sight before
    hidden ones; of a reject workbook all that it has.
    """
    hints = hints or Hints()
    layout = load_layout(kind)
    progress("reading", 0, None)
    workbook = sheets.read_workbook(path)
    parts = _choose(workbook, layout, kind, sheet_name, hints)
    for part in parts:
        _check_required(part.header, layout, path.name)
    reading = reading_of(workbook, layout, parts, hints, progress)
    _check_said(reading)
    return reading


def reading_of(
    workbook: Workbook, layout: Layout, parts: list[Part], hints: Hints, progress: Progress = untold
) -> Reading:
    """These sheets of a workbook, ready to be read, with what a person has to know about the file before its rows."""
    columns: dict[str, str | None] = {}
    for part in parts:
        columns |= {part.titles[column.index]: column.field for column in part.header.columns}
    reading = Reading(
        path=workbook.path,
        sha256=workbook.sha256,
        kind=layout.kind,
        source=source_of(column.title for column in parts[0].header.columns),
        layout=layout,
        epoch1904=workbook.epoch1904,
        parts=parts,
        columns=columns,
        fields=frozenset(name for part in parts for name in part.header.fields),
        hints=hints,
        progress=progress,
    )
    _warn(reading, workbook)
    return reading


def _check_said(reading: Reading) -> None:
    """What a person said of a column that is not there was not meant so."""
    titles = {column.title for part in reading.parts for column in part.header.columns}
    for title in reading.hints.fields:
        if title not in titles:
            raise WrongUsage(
                N_("{file} has no column {title}"),
                N_("columns: {known}"),
                file=reading.path.name,
                title=title,
                known=", ".join(sorted(titles)),
            )


def _choose(workbook: Workbook, layout: Layout, kind: str, name: str | None, hints: Hints) -> list[Part]:
    every = name is None or (name == ALL_SHEETS and all(sheet.name != name for sheet in workbook.sheets))
    found = [sheet for sheet in workbook.sheets if every or sheet.name == name]
    if not found:
        raise WrongUsage(
            N_("there is no sheet {name}"),
            N_("sheets: {known}"),
            name=name,
            known=", ".join(sheet.name for sheet in workbook.sheets),
        )
    parts: list[Part] = []
    for sheet in found if name is not None else sorted(found, key=lambda sheet: sheet.hidden):
        header = None if is_explanation(sheet) and name != sheet.name else find_header(sheet, layout, hints.meanings)
        if header is not None:
            if name is None and parts and header.own is None:
                continue  # with a reject workbook all of its sheets are meant
            parts.append(Part(sheet, header, titles_of(header)))
            if name is None and header.own is None:
                break
    if not parts:
        raise _no_header(workbook, layout, kind)
    if len(parts) > 1:
        for part in parts:
            part.name = part.sheet.name
    for part in parts:
        _refuse_another_kind(workbook, part.header, kind)
    return parts


def _no_header(workbook: Workbook, layout: Layout, kind: str) -> Refused:
    titles = [layout.fields[field].title for field in layout.known_by]
    return Refused(
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


def _check_required(header: Header, layout: Layout, file: str) -> None:
    for field_name in header.missing(layout):
        title = layout.fields[field_name].title
        raise Refused(
            N_("{file} has no column {title}"),
            N_("add a column with that title, or look whether this is the right kind of file"),
            file=file,
            title=f"{title['zh']}/{title['en']}",
        )


def _warn(reading: Reading, workbook: Workbook) -> None:
    """What a person has to know about the file before its rows."""
    hidden = 0
    for part in reading.parts:
        for doubled in part.header.doubled:
            message = N_("column {title} says the same as {kept}: only {kept} was read")
            reading.warnings.append((message, {"title": doubled.title, "kept": doubled.kept}))
        hidden += sum(number > part.header.row_number for number in part.sheet.hidden_rows)
        if part.sheet.hidden:
            reading.warnings.append((N_("sheet {name} is hidden, and was read as well"), {"name": part.sheet.name}))
    if hidden:
        reading.warnings.append((N_("{count} hidden rows were read as well"), {"count": hidden}))
    chosen = {part.sheet.name for part in reading.parts}
    read = [one.name for one in workbook.sheets if one.name in chosen]
    others = [one for one in workbook.sheets if one.name not in chosen and not one.blank and not is_explanation(one)]
    if others:
        names = ", ".join(one.name for one in others)
        message = N_("only sheet {name} was read; there are also {others}")
        reading.warnings.append((message, {"name": ", ".join(read), "others": names}))
    if workbook.macros:
        reading.warnings.append((N_("the file holds macros: they are not run"), {}))
    if workbook.links:
        message = N_(
            "the file has links to other files: they are not followed; the values that it keeps of them were read"
        )
        reading.warnings.append((message, {}))
    if not workbook.errors_visible:
        reading.warnings.append((N_("in this kind of file cells with errors cannot be told from empty ones"), {}))


def is_explanation(sheet: Sheet) -> bool:
    """Whether this is the sheet that explains a template."""
    first = next((cell for row in sheet.rows for cell in row.cells if cell is not None), None)
    return isinstance(first, str) and clean(first) in EXPLANATION.values()
