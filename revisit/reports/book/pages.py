"""The pages of a workbook: how cells look, how wide columns are, what stays in sight and how it prints on A4.

A page is filled from the top, row by row, and goes to the file at once: memory does not grow with its rows.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from revisit.folding import width
from revisit.reports.values import Unit
from revisit.sheets import column_letter
from revisit.sheets.spliced import Rows, Style, cut, save
from revisit.sheets.writing import FONT, put

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

Look = Literal[
    "title", "note", "caption", "plain", "header", "over numbers", "over units", "text", "long", "n", "share", "ratio", "score",
    "money", "day", "unit",
]  # fmt: skip
"""How a cell looks. `plain` is a sentence beside the tables, `long` a text that may take several lines."""
Shown = tuple[object, Look]
"""A value and how it looks. An amount is in cents."""
FORMATS: Mapping[Look, str] = {
    "n": "#,##0", "share": "0.0%", "ratio": "0.00", "score": "0.0", "money": "#,##0.00",
    "day": "yyyy\\-mm\\-dd", "text": "@", "long": "@", "unit": "@",
}  # fmt: skip
LEAST: Mapping[Look, int] = {"n": 8, "share": 8, "ratio": 8, "score": 8, "money": 12, "day": 12}
NUMBERS = ("n", "share", "ratio", "score", "money")
UNITS = ("unit", "over units")
HEADERS = ("header", "over numbers", "over units")
SIZES: Mapping[Look, int] = {"title": 14, "note": 9, "caption": 11}
ACROSS = ("title", "note", "caption", "plain")
"""What stands in a row by itself, over the columns."""
NARROWEST, WIDEST = 8, 44
LONG = 60
LINE_POINTS, MOST_LINES = 16.5, 12
"""The height of a line, and how many of them a row shows of a long text; the cell holds all of it."""
WIDE_CM, HIGH_CM, MARGIN_CM = 29.7, 21.0, 1.2
"""A4, turned."""
BASE_FONT, BASE_POINTS, DOTS = "Arial", 10, 8.5
"""By the digits of this font spreadsheet programs measure columns; everybody has it, or one just as wide."""
LINE_CM = LINE_POINTS / 72 * 2.54
_A4 = 9
_AWAY = 36_000  # of the line above, where a page of paper may end (a millimetre)
_HEADER_FILL, _GRID, _GREY = "DDE7F3", "D0D0D0", "595959"


class Binder:
    """A workbook in the making: the looks of its cells, and the rows of its long pages."""

    def __init__(self, title: str) -> None:
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Font

        book: Any = Workbook(write_only=True)
        book.properties.creator = "revisit"
        book.properties.title = title
        book._named_styles["Normal"].font = Font(name=BASE_FONT, size=BASE_POINTS)
        self.book = book
        self._new = WriteOnlyCell
        page = book.create_sheet("looks")
        self._looks: dict[Look, Any] = {look: _styled(WriteOnlyCell(page), look) for look in get_args(Look)}
        self._styles = {look: self._numbers(cell) for look, cell in self._looks.items()}
        book.remove(page)
        self._long: dict[str, Rows] = {}

    def cell(self, page: WriteOnlyWorksheet, value: object, look: Look) -> Any:
        """A cell of a page. A text is a text wherever it stands."""
        cell: Any = self._new(page)
        cell._style = copy(self._looks[look]._style)
        value = _shown(value, look)
        put(cell, cut(value) if isinstance(value, str) else value)
        return cell

    def style(self, look: Look) -> Style:
        """The numbers of a look in this workbook."""
        return self._styles[look]

    def rows(self, title: str, first: int) -> Rows:
        """The rows of a long page, from one on."""
        if title not in self._long:
            self._long[title] = Rows(first)
        return self._long[title]

    def save(self, path: Path) -> None:
        """Writes the workbook to a file."""
        save(self.book, path, self._long)

    @staticmethod
    def _numbers(cell: Any) -> Style:
        plain = cell.style_id
        quoted = copy(cell)
        quoted._style = copy(cell._style)
        quoted.quotePrefix = True
        return Style(plain, quoted.style_id)


def _shown(value: object, look: Look) -> object:
    return value / 100 if look == "money" and isinstance(value, int) else value


def _styled(cell: Cell, look: Look) -> Cell:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    bold = look in ("title", "caption", *HEADERS)
    cell.font = Font(name=FONT, size=SIZES.get(look, 10), bold=bold, color=_GREY if look == "note" else None)
    cell.number_format = FORMATS.get(look, "General")
    if look in ACROSS:
        cell.alignment = Alignment(vertical="center")
        return cell
    side = Side(style="thin", color=_GRID)
    cell.border = Border(bottom=side)
    side_of = "right" if look in ("over numbers", *NUMBERS) else "left" if look == "day" else None
    if look in HEADERS:
        cell.fill = PatternFill("solid", fgColor=_HEADER_FILL)
    away = (
        {"horizontal": "left", "indent": 1} if look in UNITS else {"horizontal": side_of}
    )  # from the numbers before it
    cell.alignment = Alignment(vertical="center", wrap_text=look == "long" or look in HEADERS, **away)
    return cell


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above everything on a page: its title, then smaller lines."""

    title: str
    lines: tuple[str, ...]

    @property
    def rows(self) -> int:
        """How many rows it takes, with the empty one below."""
        return len(self.lines) + 2


class Page:
    """One sheet, filled from the top. What stands before its rows in the file has to be known at once: `scaled`: it is printed
    at a scale, not as wide as a page."""

    def __init__(self, binder: Binder, name: str, head: Head, widths: Sequence[float], *, scaled: bool = False) -> None:
        from openpyxl.worksheet.properties import PageSetupProperties

        self.sheet: Any = binder.book.create_sheet(sheet_name(name, binder.book.sheetnames))
        self.rows = 0
        self.widths = tuple(widths)
        self._binder = binder
        for place, size in enumerate(widths):
            self.sheet.column_dimensions[column_letter(place)].width = size
        self.sheet.sheet_format.customHeight = True
        self.sheet.sheet_format.defaultRowHeight = LINE_POINTS
        self.sheet.sheet_view.showGridLines = False
        self.sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=not scaled)
        self._head = head

    def freeze(self, row: int) -> None:
        """The rows above this one stay in sight. To be said before the first row."""
        self.sheet.freeze_panes = f"A{row}"

    def begin(self) -> None:
        """Writes the head."""
        self.row([(self._head.title, "title")], points=22)
        for line in self._head.lines:
            self.row([(line, "note")])
        self.row([])

    def row(self, cells: Sequence[Shown | None], points: float | None = None) -> None:
        """The next row. A sentence that is wider than the page takes several lines of it."""
        self.rows += 1
        made: list[Any] = [self._binder.cell(self.sheet, *one) if one is not None else None for one in cells]
        lines = _lines_across(cells, sum(self.widths))
        if lines > 1:
            from openpyxl.styles import Alignment

            made[0].alignment = Alignment(vertical="center", wrap_text=True)
            self.sheet.merged_cells.add(f"A{self.rows}:{column_letter(len(self.widths) - 1)}{self.rows}")
        self.sheet.row_dimensions[self.rows].height = lines * (points or self._height(cells))
        self.sheet.append(made)

    def long_row(self, cells: Sequence[Shown]) -> None:
        """The next row of very many; below it only more of them may come."""
        self.rows += 1
        style = self._binder.style
        rows = self._binder.rows(self.sheet.title, self.rows)
        rows.add(((_shown(value, look), style(look)) for value, look in cells), self._height(cells))

    def _height(self, cells: Sequence[Shown | None]) -> float:
        """As high as its long texts need, up to a limit."""
        lines = [
            _lines(str(one[0]), self.widths[place])
            for place, one in enumerate(cells)
            if one is not None and one[0] and (one[1] == "long" or one[1] in HEADERS) and place < len(self.widths)
        ]
        return LINE_POINTS * min(max(lines, default=1), MOST_LINES)

    def chart(self, made: Any, column: int, row: int, lines: int) -> None:
        """A chart from a row on, so many lines high; it begins right of so many columns and ends before the last."""
        from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor

        start, end = (
            AnchorMarker(col=column, row=row - 1, rowOff=_AWAY),
            AnchorMarker(col=len(self.widths) - 1, row=row - 1 + lines),
        )
        made.anchor = TwoCellAnchor(editAs="oneCell", _from=start, to=end)
        self.sheet.add_chart(made)

    def filter(self, header: int, columns: int) -> None:
        """Each title of a table that ends here gets a filter."""
        self.sheet.auto_filter.ref = f"A{header}:{column_letter(columns - 1)}{max(self.rows, header + 1)}"

    def prints(self, repeated: str, *, scale: int | None = None) -> None:
        """A4, turned; these rows on every page; as wide as a page, or at a scale."""
        sheet = self.sheet
        sheet.print_title_rows = repeated
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = _A4
        if scale is None:
            sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        else:
            sheet.page_setup.scale = scale
        sheet.print_area = f"A1:{column_letter(len(self.widths) - 1)}{max(self.rows, 1)}"
        sheet.print_options.horizontalCentered = True
        margins = sheet.page_margins
        margins.left = margins.right = margins.top = margins.bottom = MARGIN_CM / 2.54
        margins.header = margins.footer = MARGIN_CM / 2.54 / 2
        sheet.oddFooter.center.text = "&A · &P / &N"

    def breaks(self, rows: Iterable[int]) -> None:
        """A new page of paper begins below each of these rows."""
        from openpyxl.worksheet.pagebreak import Break

        for row in rows:
            self.sheet.row_breaks.append(Break(id=row))


def sheet_name(name: str, taken: Iterable[str]) -> str:
    """A name that a sheet may have, and that none of those has."""
    plain = re.sub(r"[\[\]:*?/\\：]", " ", name).strip("' ")[:28] or "1"
    names, found, number = {one.casefold() for one in taken}, plain, 2
    while found.casefold() in names:
        found, number = f"{plain} {number}", number + 1
    return found


def column_width(texts: Iterable[tuple[object, Look]]) -> float:
    """How wide a column has to be for what stands in it; a Chinese character takes two places."""
    widest = NARROWEST
    for value, look in texts:
        if look == "long":
            return LONG
        if look in LEAST:
            widest = max(widest, LEAST[look])
        elif value and (look in ("text", "unit") or look in HEADERS):
            widest = max(widest, math.ceil(width(str(value)) * 1.1) + (2 if look == "text" else 4))
    return min(widest, WIDEST)


def look_of(unit: Unit) -> Look:
    """How values of a unit look."""
    return "text" if unit in ("code", "trend") else unit  # type: ignore[return-value]


def header_of(look: Look) -> Look:
    """How the title of a column looks, by what stands below it."""
    return "over units" if look == "unit" else "over numbers" if look in NUMBERS else "header"


def column_cm(size: float) -> float:
    """The width of a column in centimetres: 7 dots a place in Excel, up to 8.5 where another font takes the place of ours."""
    return (size * DOTS + 5) * 2.54 / 96


def _lines_across(cells: Sequence[Shown | None], size: float) -> int:
    """How many lines a sentence needs that stands alone in its row."""
    value, look = cells[0] if len(cells) == 1 and cells[0] else ("", "text")
    return _lines(str(value), size * 10 / SIZES.get(look, 10)) if look in ACROSS else 1


def _lines(text: str, size: float) -> int:
    return sum(max(1, math.ceil(width(line) * 1.1 / max(1, size - 1))) for line in text[:2000].split("\n"))
