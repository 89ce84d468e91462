"""Tables out, row by row, as workbook or csv of any length: no cell is ever a formula or a link, and memory stays as it is.

The workbook is written by hand: of the libraries, one makes formulas of texts, the other takes a text that looks like its own
markup for markup (`docs/decisions.md`), and both are several times slower.
"""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from pathlib import Path
from typing import IO, Literal

from ..errors import Refused
from ..i18n import N_
from .grid import column_letter
from .openxml import HEAD, MAIN, PACKAGE, RELATIONS, TYPE, markup, part

Form = Literal["text", "code", "day", "moment", "hundredths", "number"]
"""How the cells of a column are shown. `code`: text that stays text when it is edited; `hundredths`: a whole number of them,
written as a number with two decimals. A text in a column of any form is written as the text it is."""
Cell = str | int | date | datetime | None

MOST_ROWS = 1_048_576  # of a sheet
LONGEST_TEXT = 32_767  # of a cell of a workbook, in UTF-16 units
WIDTHS: dict[Form, int] = {"text": 20, "code": 16, "day": 12, "moment": 17, "hundredths": 14, "number": 8}
FORMULA = frozenset("=+-@\t\r\n＝＋－＠")

_STYLES: dict[Form | str, int] = {
    "text": 0, "code": 1, "day": 2, "moment": 3, "hundredths": 4, "number": 5, "header": 6, "title": 7, "quoted": 8,
    "quoted code": 9,
}  # fmt: skip
_STEERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# What makes a text need a second look; most need none.
_ODD = re.compile("[&<>_\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_EDGE = FORMULA | {" "}
_EPOCH, _LEAP_BUG_UNTIL = date(1899, 12, 30).toordinal(), date(1900, 3, 1).toordinal()
_DAY_SECONDS = 86_400
_AT_ONCE = 500  # rows
_PARTS = {
    "[Content_Types].xml": f"""{HEAD}<Types xmlns="{PACKAGE}/content-types">\
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
<Default Extension="xml" ContentType="application/xml"/>\
<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>\
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{TYPE}.worksheet+xml"/>\
<Override PartName="/xl/styles.xml" ContentType="{TYPE}.styles+xml"/></Types>""",
    "_rels/.rels": f"""{HEAD}<Relationships xmlns="{PACKAGE}/relationships">\
<Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>""",
    "xl/_rels/workbook.xml.rels": f"""{HEAD}<Relationships xmlns="{PACKAGE}/relationships">\
<Relationship Id="rId1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>\
<Relationship Id="rId2" Type="{RELATIONS}/styles" Target="styles.xml"/></Relationships>""",
    "xl/styles.xml": f"""{HEAD}<styleSheet xmlns="{MAIN}">\
<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>\
<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts>\
<fonts count="3"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font>\
<font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font>\
<font><i/><sz val="11"/><color rgb="FF595959"/><name val="Calibri"/><family val="2"/></font></fonts>\
<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>\
<fill><patternFill patternType="solid"><fgColor rgb="FFDDE7F3"/><bgColor indexed="64"/></patternFill></fill></fills>\
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
<cellXfs count="10">\
<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>\
<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="1" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="0" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1"/>\
<xf numFmtId="0" fontId="2" fillId="0" borderId="0" xfId="0" applyFont="1"/>\
<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"/>\
<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1"/>\
</cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>""",
}


@dataclass(frozen=True, slots=True)
class OutColumn:
    """A column to write."""

    title: str
    form: Form = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """A table to write: the name of its sheet, a line above its header (empty: none), its columns."""

    name: str
    above: str
    columns: Sequence[OutColumn]


@dataclass(frozen=True, slots=True)
class Written:
    """What came of it: the rows below the header, and how many texts were too long for a cell and left out."""

    rows: int
    too_long: int = 0


def write_table(path: Path, table: Table, rows: Iterable[Sequence[Cell]], *, workbook: bool) -> Written:
    """Writes a table to a file: a workbook (xlsx), or csv in UTF-8 with every field quoted. Raises Refused for too many rows.

    Where the file stands, and whether it takes another one's place, is `writing.write_beside`'s business.
    """
    return _write_workbook(path, table, rows) if workbook else _write_csv(path, table, rows)


def guarded(text: str) -> str:
    """A text as a field of a csv: what begins like a formula gets an apostrophe before it, which the import takes away."""
    return f"'{text}" if text[:1] in FORMULA else text


# --- csv


def _write_csv(path: Path, table: Table, rows: Iterable[Sequence[Cell]]) -> Written:
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        if table.above:
            out.writerow([_field(table.above, "text")])
        out.writerow([_field(column.title, "text") for column in table.columns])
        forms = [column.form for column in table.columns]
        for count, row in enumerate(rows, 1):  # noqa: B007 - the last one is the number of rows
            out.writerow(map(_field, row, forms))
    return Written(count)


def _field(value: Cell, form: Form) -> str:
    if isinstance(value, str):
        return guarded(_STEERS.sub("\ufffd", value))
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return _number(value, form) if isinstance(value, int) else value.isoformat()


def _number(value: int, form: Form) -> str:
    if form != "hundredths":
        return str(value)
    return f"{'-' if value < 0 else ''}{abs(value) // 100}.{abs(value) % 100:02d}"


# --- workbook


def _write_workbook(path: Path, table: Table, rows: Iterable[Sequence[Cell]]) -> Written:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for name, text in _PARTS.items():
            archive.writestr(part(name), text)
        archive.writestr(part("xl/workbook.xml"), _workbook(table))
        with archive.open(part("xl/worksheets/sheet1.xml"), "w", force_zip64=True) as sheet:
            written = _write_sheet(sheet, table, rows)
    return written


def _workbook(table: Table) -> str:
    name = re.sub(r"[\[\]:*?/\\]", " ", table.name).strip("' ")[:31] or "1"
    return (
        f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><bookViews><workbookView/></bookViews>'
        f'<sheets><sheet name="{escape(name)}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )


def _write_sheet(sheet: IO[bytes], table: Table, rows: Iterable[Sequence[Cell]]) -> Written:
    first = 3 if table.above else 2
    sheet.write(_sheet_head(table, first).encode())
    cells = _Cells(table.columns)
    if table.above:
        sheet.write(cells.line(1, [table.above], "title").encode())
    sheet.write(cells.line(first - 1, [column.title for column in table.columns], "header").encode())
    number, lines = first - 1, []
    for number, row in enumerate(rows, first):
        if number > MOST_ROWS:
            raise Refused(
                N_("a sheet of a workbook ends at row {most}"), N_("write a file that ends in .csv"), most=MOST_ROWS
            )
        lines.append(cells.line(number, row))
        if len(lines) == _AT_ONCE:
            sheet.write("".join(lines).encode())
            lines = []
    sheet.write("".join(lines).encode())
    sheet.write(b"</sheetData></worksheet>")
    return Written(number - first + 1, cells.too_long)


def _sheet_head(table: Table, first: int) -> str:
    pane = f'<pane ySplit="{first - 1}" topLeftCell="A{first}" activePane="bottomLeft" state="frozen"/>'
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{WIDTHS[column.form]}" style="{_STYLES[column.form]}" customWidth="1"/>'
        for place, column in enumerate(table.columns, 1)
    )
    return (
        f'{HEAD}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{columns}</cols><sheetData>'
    )


class _Cells:
    """The cells of a sheet as markup."""

    def __init__(self, columns: Sequence[OutColumn]) -> None:
        self.too_long = 0
        self._columns = [
            (column_letter(place), column.form, _STYLES[column.form]) for place, column in enumerate(columns)
        ]

    def line(self, number: int, row: Sequence[Cell], style: str = "") -> str:
        """One row; its blank cells are left out. `style`: that of all its cells."""
        found = [f'<row r="{number}">']
        for (letter, form, own), value in zip(self._columns, row, strict=False):
            if value is None or value == "":
                continue
            how = _STYLES[style] if style else own
            if isinstance(value, str):
                odd = value[0] in _EDGE or value[-1] in _EDGE or len(value) > LONGEST_TEXT // 2
                if odd or _ODD.search(value):
                    found.append(self._odd(f"{letter}{number}", value, how))
                else:
                    found.append(f'<c r="{letter}{number}" s="{how}" t="inlineStr"><is><t>{value}</t></is></c>')
            elif isinstance(value, int):
                found.append(f'<c r="{letter}{number}" s="{how}"><v>{_number(value, form)}</v></c>')
            else:
                found.append(_dated(f"{letter}{number}", value))
        found.append("</row>")
        return "".join(found)

    def _odd(self, at: str, value: str, style: int) -> str:
        """A text that is too long, or holds what is markup, or no character of XML, or begins like a formula."""
        if len(value.encode("utf-16-le", "replace")) > 2 * LONGEST_TEXT:
            self.too_long += 1
            return ""
        if value[0] in FORMULA and style < _STYLES["header"]:
            style = _STYLES["quoted code" if style == _STYLES["code"] else "quoted"]
        text = markup(value)
        return f'<c r="{at}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _dated(at: str, value: date) -> str:
    """A day or a moment as the number of days by which spreadsheets count; in them, 1900 was a leap year."""
    ordinal = value.toordinal()
    serial = ordinal - _EPOCH - (ordinal < _LEAP_BUG_UNTIL)
    if serial < 1:
        return f'<c r="{at}" s="0" t="inlineStr"><is><t>{value.isoformat()}</t></is></c>'
    if not isinstance(value, datetime):
        return f'<c r="{at}" s="{_STYLES["day"]}"><v>{serial}</v></c>'
    seconds = value.hour * 3600 + value.minute * 60 + value.second
    return f'<c r="{at}" s="{_STYLES["moment"]}"><v>{serial + seconds / _DAY_SECONDS!r}</v></c>'
