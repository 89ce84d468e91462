"""Sections as a file for another department: a workbook with a sheet for each, or a Markdown text.

`WRITERS` says who writes which suffix; a writer is given a heading, sections and a path, and nothing of what they are about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from revisit.folding import width
from revisit.i18n import _
from revisit.reports.outputs import markdown
from revisit.reports.sections import Bars, Block, Plot, Section, Table, Text
from revisit.reports.values import Unit, unit_in
from revisit.sheets.writing import put

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

FONT = "Microsoft YaHei"
FORMATS: Mapping[str, str] = {"share": "0.0%", "ratio": "0.00", "money": "#,##0.00", "day": "yyyy-mm-dd", "n": "0"}
NARROWEST, WIDEST = 8, 60
_TITLES, _A4 = "DDE7F3", 9
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\']")

Line = tuple[str, Sequence[tuple[Any, Unit]]]
"""A line of a section: what it is ("title", "header", "row", "text"), and its cells with how they are written."""


def write_workbook(path: Path, heading: str, sections: Sequence[Section]) -> None:
    """A workbook: a sheet for each section, its heading above. No cell is a formula."""
    from openpyxl import Workbook

    book = Workbook()
    book.properties.creator = "revisit"
    assert book.active is not None
    book.remove(book.active)
    for place, section in enumerate(sections, 1):
        name = _NOT_IN_A_NAME.sub(" ", section.title.split(":")[0].split("：")[0]).strip()
        _write_sheet(book.create_sheet(f"{place} {name}"[:31]), heading, section)
    book.save(path)


def _write_sheet(sheet: Worksheet, heading: str, section: Section) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    widths: dict[int, int] = {}
    left, right = (Alignment(horizontal=side, vertical="top", wrap_text=True) for side in ("left", "right"))
    begins = isinstance(section.blocks[0], Table | Bars) and not section.blocks[0].title
    above = [("title", [(heading, "text")]), ("title", [(section.title, "text")])]
    for row, (what, cells) in enumerate((*above, *lines(section.blocks)), 1):
        for column, (value, unit) in enumerate(cells, 1):
            cell = sheet.cell(row, column)
            put(cell, value / 100 if unit == "money" and isinstance(value, int) else value)
            cell.font = Font(name=FONT, size=10, bold=what in ("title", "header"))
            if what == "header":
                cell.fill = PatternFill("solid", fgColor=_TITLES)
            elif what == "row":
                cell.number_format = "@" if isinstance(value, str) else FORMATS.get(unit, "General")
            if what in ("row", "header"):
                cell.alignment = left if isinstance(value, str | date) else right
                wide = 11 if isinstance(value, date) else width(str(value)) + 2
                widths[column] = max(widths.get(column, NARROWEST), min(wide, WIDEST))
    for column, wide in widths.items():
        sheet.column_dimensions[get_column_letter(column)].width = wide
    sheet.freeze_panes = "A4" if begins else "A3"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:3" if begins else "1:2"


def lines(blocks: Sequence[Block]) -> Iterator[Line]:
    """The blocks of a section, line by line."""
    for place, block in enumerate(blocks):
        if place:
            yield "text", ()
        if isinstance(block, Text):
            yield "text", [(block.text, "text")]
            continue
        if block.title:
            yield "title", [(block.title, "text")]
        if isinstance(block, Table):
            yield "header", [(one.title and _(one.title), "text") for one in block.columns]
            for row in block.rows:
                yield "row", [(row[one.key], unit_in(one.unit, row)) for one in block.columns]
        elif isinstance(block, Bars):
            share = _("Together") if block.pareto else _("Share")
            yield "header", [(block.column, "text"), (_("Number"), "text"), (share, "text")]
            for bar in block.bars:
                yield "row", [(bar.label, "text"), (bar.n, "n"), (bar.together if block.pareto else bar.share, "share")]
            if block.left:
                yield "text", [(_("and {n} more reasons").format(n=block.left), "text")]
        else:
            yield from _plot(block)


def _plot(block: Plot) -> Iterator[Line]:
    yield "header", [(_("Day"), "text"), *((title, "text") for title, _values in block.lines)]
    for place, day in enumerate(block.days):
        yield "row", [(day, "day"), *((values[place], "n") for _title, values in block.lines)]


def write_markdown(path: Path, heading: str, sections: Sequence[Section]) -> None:
    """A Markdown text, as a report's."""
    path.write_text(markdown.text_of(heading, sections), encoding="utf-8", newline="\n")


WRITERS: Mapping[str, Callable[[Path, str, Sequence[Section]], None]] = {
    ".xlsx": write_workbook, ".md": write_markdown,
}  # fmt: skip
