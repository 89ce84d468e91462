"""Workbooks whose cells have a look and a note, row by row and of any length: a text is never a formula, an error an error.

Written by hand like the tables of `streaming`, and for the same reasons. Cells keep their type: whoever reads the workbook gets
what was in them.
"""

from __future__ import annotations

import math
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from html import escape
from pathlib import Path
from typing import IO, NamedTuple

from .grid import BadCell, column_letter
from .openxml import HEAD, MAIN, PACKAGE, RELATIONS, TYPE, markup, part
from .streaming import FORMULA, LONGEST_TEXT

MOST_NOTES = 2000
"""Notes of a workbook; further ones are left out: with very many of them it opens slowly."""
ERRORS = frozenset(("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"))
NO_VALUE = "#N/A"
FIRST_DAY = date(1900, 3, 1)
"""Earlier days are counted differently by different programs: they are written as texts."""
LONGEST_NAME = 31  # characters of a sheet's name
# Each look: font (1: bold), fill, whether lines are wrapped.
_LOOKS: Mapping[str, tuple[int, int, bool]] = {
    "plain": (0, 0, False), "title": (1, 2, False), "ours": (1, 3, False), "bad": (0, 4, False), "fix": (0, 5, False),
    "wrapped": (0, 0, True),
}  # fmt: skip
_FILLS = ("DDE7F3", "FFF2CC", "F8CBAD", "E2EFDA")
_FORMATS: Mapping[str, int] = {"": 0, "text": 49, "day": 164, "moment": 165, "time": 21, "duration": 46}
_STYLES = {
    (look, form, quoted): place
    for place, (look, form, quoted) in enumerate(
        (look, form, quoted) for look in _LOOKS for form in _FORMATS for quoted in (False, True)
    )
}
_NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff\ufffe\uffff]")
_ODD = re.compile("[&<>_\x00-\x1f\ud800-\udfff\ufffe\uffff]")
_EDGE = FORMULA | {" "}
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - wall clock, as in the sheet
_DAY = timedelta(days=1)
_AT_ONCE = 500  # rows
LINE_POINTS, MOST_POINTS = 17, 408  # the height of a line, and of the highest row


class MarkedCell(NamedTuple):
    """A cell with its look (`plain`, `title`, `ours`, `bad`, `fix`, `wrapped`) and its note; `text`: it is edited as a text."""

    value: object
    look: str = "plain"
    note: str = ""
    text: bool = False


@dataclass(frozen=True, slots=True)
class MarkedSheet:
    """A sheet to write: its name, the widths of its columns, its rows, and the words to choose from below a column's title."""

    name: str
    widths: Sequence[float]
    rows: Iterable[Sequence[MarkedCell | None]]
    choices: Mapping[int, Sequence[str]]


def write_marked(path: Path, sheets: Iterable[MarkedSheet]) -> None:
    """Writes a workbook of these sheets, each with its first row kept in sight."""
    names: list[str] = []
    noted: list[int] = []
    left = MOST_NOTES
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for number, sheet in enumerate(sheets, 1):
            names.append(_free(sheet.name, names))
            notes: list[tuple[int, int, str]] = []
            with archive.open(part(f"xl/worksheets/sheet{number}.xml"), "w", force_zip64=True) as file:
                _write_sheet(file, sheet, notes, left)
            if notes:
                noted.append(number)
                left -= len(notes)
                _write_notes(archive, number, notes)
        for name, text in _book(names, noted).items():
            archive.writestr(part(name), text)


def fits(text: str) -> bool:
    """Whether a cell can hold the text."""
    return len(text) <= LONGEST_TEXT // 2 or len(text.encode("utf-16-le", "replace")) <= 2 * LONGEST_TEXT


def _free(name: str, taken: Sequence[str]) -> str:
    """A name that a sheet can have and none has yet."""
    plain = _NO_SHEET_NAME.sub("_", name).strip("'")[:LONGEST_NAME].strip("' ") or "_"
    free, number = plain, 2
    while free.casefold() in (one.casefold() for one in taken):
        end = f" ({number})"
        free, number = plain[: LONGEST_NAME - len(end)] + end, number + 1
    return free


# --- a sheet


def _write_sheet(file: IO[bytes], sheet: MarkedSheet, notes: list[tuple[int, int, str]], most: int) -> None:
    widths = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>'
        for place, width in enumerate(sheet.widths, 1)
    )
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    head = (
        f'{HEAD}<worksheet xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheetViews><sheetView workbookViewId="0">{pane}'
        f'</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>{widths}</cols><sheetData>'
    )
    file.write(head.encode())
    letters = [column_letter(place) for place in range(len(sheet.widths))]
    number, lines = 0, []
    for number, row in enumerate(sheet.rows, 1):
        cells = [f'<row r="{number}"{_height(row)}>']
        for place, cell in enumerate(row):
            if cell is not None:
                cells.append(_cell(f"{letters[place]}{number}", cell))
                if cell.note and len(notes) < most:
                    notes.append((number, place, cell.note))
        cells.append("</row>")
        lines.append("".join(cells))
        if len(lines) == _AT_ONCE:
            file.write("".join(lines).encode())
            lines = []
    file.write("".join(lines).encode())
    offered = "".join(
        f'<dataValidation type="list" allowBlank="1" showErrorMessage="1" sqref="{letters[place]}2:{letters[place]}{number}">'
        f'<formula1>"{escape(",".join(words), quote=False)}"</formula1></dataValidation>'
        for place, words in sheet.choices.items()
        if number > 1
    )
    below = f'<dataValidations count="{len(sheet.choices)}">{offered}</dataValidations>' if offered else ""
    drawn = '<legacyDrawing r:id="rId1"/>' if notes else ""
    file.write(f"</sheetData>{below}{drawn}</worksheet>".encode())


def _height(row: Sequence[MarkedCell | None]) -> str:
    """How high a row is in which a text has several lines: not every program finds that out by itself."""
    lines = [
        cell.value.count("\n") + 1
        for cell in row
        if cell is not None and cell.look == "wrapped" and isinstance(cell.value, str)
    ]
    most = max(lines, default=1)
    return f' ht="{min(most * LINE_POINTS, MOST_POINTS)}" customHeight="1"' if most > 1 else ""


def _cell(at: str, cell: MarkedCell) -> str:
    value, look, form = cell.value, cell.look, "text" if cell.text else ""
    if isinstance(value, str):
        return _text(at, value, look, form)
    style = _STYLES[look, form, False]
    if value is None:
        return f'<c r="{at}" s="{style}"/>'
    if isinstance(value, BadCell):
        return _error(at, value.text, style)
    if isinstance(value, bool):
        return f'<c r="{at}" s="{style}" t="b"><v>{value:d}</v></c>'
    if isinstance(value, int | float) and math.isfinite(value):
        return f'<c r="{at}" s="{style}"><v>{value!r}</v></c>'
    found = _counted(value)
    if found is None:
        return _text(at, str(value), look, form)
    serial, form = found
    return f'<c r="{at}" s="{_STYLES[look, form, False]}"><v>{serial!r}</v></c>'


def _error(at: str, text: str, style: int) -> str:
    return f'<c r="{at}" s="{style}" t="e"><v>{text if text in ERRORS else NO_VALUE}</v></c>'


def _counted(value: object) -> tuple[float, str] | None:
    """A day, a moment, a time of day or a length of time as the number of days by which spreadsheets count, and its format."""
    if isinstance(value, timedelta):
        return value / _DAY, "duration"
    if isinstance(value, time):
        return timedelta(
            hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond
        ) / _DAY, "time"
    if not isinstance(value, date) or (value.date() if isinstance(value, datetime) else value) < FIRST_DAY:
        return None
    if isinstance(value, datetime):
        at = value.replace(tzinfo=None)
        return (at - _EPOCH) / _DAY, "day" if at.time() == time() else "moment"
    return float((value - _EPOCH.date()).days), "day"


def _text(at: str, value: str, look: str, form: str) -> str:
    """A text as the text it is; one that is too long for a cell is an error."""
    if not value:
        return f'<c r="{at}" s="{_STYLES[look, form, False]}"/>'
    if value[0] not in _EDGE and value[-1] not in _EDGE and len(value) < LONGEST_TEXT // 2 and not _ODD.search(value):
        return f'<c r="{at}" s="{_STYLES[look, form, False]}" t="inlineStr"><is><t>{value}</t></is></c>'
    if not fits(value):
        return _error(at, NO_VALUE, _STYLES[look, form, False])
    style = _STYLES[look, form, value[0] in FORMULA]
    return f'<c r="{at}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{markup(value)}</t></is></c>'


# --- notes


def _write_notes(archive: zipfile.ZipFile, number: int, notes: Sequence[tuple[int, int, str]]) -> None:
    """The notes of a sheet, and the boxes in which they are shown."""
    told = "".join(
        f'<comment ref="{column_letter(column)}{row}" authorId="0"><text><t xml:space="preserve">{markup(note)}</t></text>'
        "</comment>"
        for row, column, note in notes
    )
    archive.writestr(
        part(f"xl/comments{number}.xml"),
        f'{HEAD}<comments xmlns="{MAIN}"><authors><author>revisit</author></authors><commentList>{told}</commentList>'
        "</comments>",
    )
    shapes = "".join(
        f'<v:shape id="_x0000_s{number * 100_000 + place}" type="#_x0000_t202" style="position:absolute;margin-left:60pt;'
        f'margin-top:2pt;width:240pt;height:70pt;z-index:{place};visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
        '<v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/><v:path o:connecttype="none"/><v:textbox/>'
        '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:AutoFill>False</x:AutoFill>'
        f"<x:Row>{row - 1}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
        for place, (row, column, _note) in enumerate(notes, 1)
    )
    archive.writestr(
        part(f"xl/drawings/vmlDrawing{number}.vml"),
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:x="urn:schemas-microsoft-com:office:excel"><v:shapetype id="_x0000_t202" coordsize="21600,21600" '
        'o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
        f'<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>{shapes}</xml>',
    )
    archive.writestr(
        part(f"xl/worksheets/_rels/sheet{number}.xml.rels"),
        f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{RELATIONS}/vmlDrawing" Target="../drawings/vmlDrawing{number}.vml"/>'
        f'<Relationship Id="rId2" Type="{RELATIONS}/comments" Target="../comments{number}.xml"/></Relationships>',
    )


# --- the rest of the workbook


def _book(names: Sequence[str], noted: Sequence[int]) -> dict[str, str]:
    """Every part that is no sheet."""
    numbers = range(1, len(names) + 1)
    sheets = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>' for n, name in zip(numbers, names, strict=True)
    )
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{TYPE}.worksheet+xml"/>' for n in numbers
    )
    types += "".join(f'<Override PartName="/xl/comments{n}.xml" ContentType="{TYPE}.comments+xml"/>' for n in noted)
    return {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{TYPE}.styles+xml"/>{types}</Types>',
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{related}'
        f'<Relationship Id="rId{len(names) + 1}" Type="{RELATIONS}/styles" Target="styles.xml"/></Relationships>',
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><bookViews><workbookView/></bookViews>'
        f"<sheets>{sheets}</sheets></workbook>",
        "xl/styles.xml": _looks(),
    }


def _looks() -> str:
    fills = "".join(
        f'<fill><patternFill patternType="solid"><fgColor rgb="FF{colour}"/><bgColor indexed="64"/></patternFill></fill>'
        for colour in _FILLS
    )
    styles = ""
    for look, form, quoted in _STYLES:
        font, fill, wrapped = _LOOKS[look]
        quote = ' quotePrefix="1"' if quoted else ""
        styles += (
            f'<xf numFmtId="{_FORMATS[form]}" fontId="{font}" fillId="{fill}" borderId="0" xfId="0"{quote} '
            'applyNumberFormat="1" applyFont="1" applyFill="1" applyAlignment="1">'
            f'<alignment vertical="top"{" wrapText=" + chr(34) + "1" + chr(34) if wrapped else ""}/></xf>'
        )
    letters = '<sz val="11"/><name val="Calibri"/><family val="2"/>'
    return (
        f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
        '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
        f'<fonts count="2"><font>{letters}</font><font><b/>{letters}</font></fonts>'
        f'<fills count="{len(_FILLS) + 2}"><fill><patternFill patternType="none"/></fill>'
        f'<fill><patternFill patternType="gray125"/></fill>{fills}</fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(_STYLES)}">{styles}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )
