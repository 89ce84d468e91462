"""A printable form or letter on A4: words, titles with what stands behind them, blocks of lines, places to sign."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..folding import width
from .writing import FONT, put

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet


WIDTHS = (16, 28, 16, 28)
"""Of the columns, in characters: a title and its text, twice."""
WIDE = 24
"""A text that is wider than this has a row of its own, and so has one that would stand alone beside nothing."""
LINE_POINTS, LEAST_POINTS, MOST_POINTS = 16.5, 24.0, 400.0
_TITLE, _GRID = "DDE7F3", "808080"
_A4 = 9


class Form(NamedTuple):
    """What stands on a form: its title, small lines below, pairs of title and text, blocks of lines under a title, and the
    places to sign; a letter has paragraphs before and after that, and a last line on the right."""

    title: str
    below: Sequence[str]
    pairs: Sequence[tuple[str, str]]
    blocks: Sequence[tuple[str, Sequence[str]]]
    signatures: Sequence[str] = ()
    opening: Sequence[str] = ()
    closing: Sequence[str] = ()
    signed: Sequence[str] = ()


def workbook_of(form: Form) -> Workbook:
    """The form as a workbook of one sheet."""
    from openpyxl import Workbook

    book = Workbook()
    book.properties.creator = "revisit"
    page = book.active
    assert page is not None
    page.title = form.title[:31]
    last = _write(page, form)
    _lay_out(page, last)
    return book


def _write(page: Worksheet, form: Form) -> int:
    """Fills the sheet; the last row."""
    from openpyxl.styles import Alignment, Font

    row = 1
    page.merge_cells(start_row=row, end_row=row, start_column=1, end_column=4)
    put(page.cell(row, 1), form.title)
    page.cell(row, 1).font = Font(name=FONT, bold=True, size=16)
    page.cell(row, 1).alignment = Alignment(horizontal="center", vertical="center")
    page.row_dimensions[row].height = LEAST_POINTS * 1.5
    for text in form.below:
        row += 1
        page.merge_cells(start_row=row, end_row=row, start_column=1, end_column=4)
        put(page.cell(row, 1), text)
        page.cell(row, 1).font = Font(name=FONT, size=9)
    for text in form.opening:
        row += 1
        _paragraph(page, row, text)
    side = 0
    for place, (title, text) in enumerate(form.pairs):
        alone = place + 1 == len(form.pairs) or _is_wide(form.pairs[place + 1][1])
        wide = _is_wide(text) or (alone and not side)
        if not side:
            row += 1
        _cell(page, row, 3 if side else 1, title, is_title=True)
        if wide:
            _across(page, row, 2, text)
        else:
            _cell(page, row, 4 if side else 2, text)
            side = 1 - side
    for title, lines in form.blocks:
        row += 1
        _across(page, row, 1, title, is_title=True)
        for text in lines or ("",):
            row += 1
            _across(page, row, 1, text)
    for title in form.signatures:
        row += 1
        _cell(page, row, 1, title, is_title=True)
        _across(page, row, 2, "")
        page.row_dimensions[row].height = LEAST_POINTS * 1.5
    for text in form.closing:
        row += 1
        _paragraph(page, row, text)
    for text in form.signed:
        row += 1
        _paragraph(page, row, text, side="right")
    return row


def _is_wide(text: str) -> bool:
    """Whether a text has a row of its own."""
    return width(text) > WIDE or "\n" in text


def _paragraph(page: Worksheet, row: int, text: str, *, side: str = "left") -> None:
    """Words over the whole width, without a frame."""
    from openpyxl.styles import Alignment, Font

    page.merge_cells(start_row=row, end_row=row, start_column=1, end_column=4)
    cell = page.cell(row, 1)
    put(cell, text)
    cell.font = Font(name=FONT, size=11)
    cell.alignment = Alignment(horizontal=side, vertical="center", wrap_text=True)
    cell.number_format = "@"
    _make_room(page, row, text, sum(WIDTHS), least=LEAST_POINTS * 1.2)


def _make_room(page: Worksheet, row: int, text: str, room: int, *, least: float = LEAST_POINTS) -> None:
    """A row becomes as high as a text in so many characters of width needs it."""
    lines = sum(max(1, math.ceil(width(part) * 1.1 / (room - 1))) for part in text.split("\n"))
    height = page.row_dimensions[row].height or least
    page.row_dimensions[row].height = min(max(lines * LINE_POINTS, height), MOST_POINTS)


def _cell(
    page: Worksheet, row: int, column: int, text: str, *, is_title: bool = False, room: int | None = None
) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    cell = page.cell(row, column)
    put(cell, text)
    side = Side(style="thin", color=_GRID)
    cell.font = Font(name=FONT, size=10, bold=is_title)
    cell.border = Border(left=side, right=side, top=side, bottom=side)
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    cell.number_format = "@"
    if is_title:
        cell.fill = PatternFill("solid", fgColor=_TITLE)
    _make_room(page, row, text, room or WIDTHS[column - 1])


def _across(page: Worksheet, row: int, first: int, text: str, *, is_title: bool = False) -> None:
    """A text from a column to the last one."""
    for column in range(first + 1, 5):
        _cell(page, row, column, "", is_title=is_title)
    _cell(page, row, first, text, is_title=is_title, room=sum(WIDTHS[first - 1 :]))
    page.merge_cells(start_row=row, end_row=row, start_column=first, end_column=4)


def _lay_out(page: Worksheet, last: int) -> None:
    """Widths and the printed page."""
    from openpyxl.worksheet.properties import PageSetupProperties

    for letter, wide in zip("ABCD", WIDTHS, strict=True):
        page.column_dimensions[letter].width = wide
    page.print_area = f"A1:D{last}"
    page.page_setup.orientation = "portrait"
    page.page_setup.paperSize = _A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.print_options.horizontalCentered = True
    page.page_margins.left = page.page_margins.right = 0.5
    page.page_margins.top, page.page_margins.bottom, page.page_margins.footer = 0.6, 0.7, 0.3
    if page.oddFooter is not None:
        page.oddFooter.center.text = "&P / &N"
