"""The same lists as the libraries write them by which other programs export: openpyxl, XlsxWriter, xlwt."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.intake.ugly.sheetxml import sheets_of

FORMATS = {dt.date: "yyyy-mm-dd", dt.datetime: "yyyy-mm-dd hh:mm"}


def openpyxl(path: Path, content: Mapping[str, Any]) -> None:
    """`merge`, `filter`, `hidden_rows`, `password` (of the structure, not of the file), `look` (colour, comment, drop-down)."""
    from openpyxl import Workbook
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    del book[book.sheetnames[0]]
    for given in sheets_of(content):
        sheet = book.create_sheet(given["name"])
        for row in given.get("rows", ()):
            sheet.append([None if cell == "" else cell for cell in row])
        for area in given.get("merge", ()):
            sheet.merge_cells(area)
        for number in given.get("hidden_rows", ()):
            sheet.row_dimensions[number].hidden = True
        if "filter" in given:
            sheet.auto_filter.ref = given["filter"]
            sheet.auto_filter.add_filter_column(0, ["C1"])
        if given.get("look"):
            sheet["A1"].comment = Comment("请核对", "财务")
            sheet["A2"].fill = PatternFill("solid", fgColor="FFCCCC")
            words = DataValidation(type="list", formula1='"A,B,C"')
            sheet.add_data_validation(words)
            words.add("C2:C99")
        if "password" in given:
            sheet.protection.set_password(given["password"])
    book.save(path)


def xlsxwriter(path: Path, content: Mapping[str, Any]) -> None:
    """Row by row with texts in the cells (`constant_memory`), as large exports are written."""
    from xlsxwriter import Workbook

    with Workbook(str(path), {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        for given in sheets_of(content):
            sheet = book.add_worksheet(given["name"])
            for number in given.get("hidden_rows", ()):
                sheet.set_row(number - 1, None, None, {"hidden": True})
            for y, row in enumerate(given.get("rows", ())):
                sheet.write_row(y, 0, [None if cell == "" else cell for cell in row])


def xls(path: Path, content: Mapping[str, Any]) -> None:
    """The old format. `date1904`, `merge` (row, row, column, column, from 0), `hidden_rows`, `{e = 42}` (#N/A) in a cell."""
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    book.dates_1904 = content.get("book", {}).get("date1904", False)
    styles = {kind: xlwt.easyxf(num_format_str=form) for kind, form in FORMATS.items()}
    for given in sheets_of(content):
        sheet = book.add_sheet(given["name"], cell_overwrite_ok=True)
        sheet.visibility = {"hidden": 1, "veryHidden": 2}.get(given.get("state", ""), 0)
        for y, row in enumerate(given.get("rows", ()), given.get("top", 0)):
            for x, cell in enumerate(row, given.get("left", 0)):
                if isinstance(cell, Mapping):
                    sheet.row(y).set_cell_error(x, cell["e"])
                elif cell != "":
                    sheet.write(y, x, cell, *([styles[type(cell)]] if type(cell) in styles else []))
        for area in given.get("merge", ()):
            sheet.merge(*area)
        for number in given.get("hidden_rows", ()):
            sheet.row(number - 1).hidden = True
    book.save(str(path))


WRITERS: dict[str, Callable[[Path, Mapping[str, Any]], None]] = {
    "openpyxl": openpyxl,
    "xlsxwriter": xlsxwriter,
    "xls": xls,
}
