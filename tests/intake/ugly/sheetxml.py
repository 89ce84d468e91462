"""xlsx part by part, as programs in the wild write it: no library puts anything right.

A cell is a text, a number, yes or no, a day, a moment, "" for nothing, or a table:
`{f = "A1+1", v = 3}` a formula with the value that was computed, `{f = "A1+1"}` one that never was, `{e = "#N/A"}` an error,
`{n = "1.38E+10"}` a number written just so, `{runs = ["宏", "远"]}` a text in pieces, `{text = "宏", reading = "hong"}` one with
its reading, `{iso = "2026-03-12"}` a day as text of the newer norm, `{}` a cell with a format and nothing in it.
"""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from revisit.sheets import column_letter

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
PROLOG = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
PLAIN, DAY, MOMENT, TIME = 0, 1, 2, 3
STYLES = (
    f'{PROLOG}<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4">'
    '<xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="22" applyNumberFormat="1"/>'
    '<xf numFmtId="21" applyNumberFormat="1"/></cellXfs></styleSheet>'
)
TYPES = (
    f'{PROLOG}<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>'
)
ROOT = (
    f'{PROLOG}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
EPOCHS = {False: dt.datetime(1899, 12, 30), True: dt.datetime(1904, 1, 1)}  # noqa: DTZ001 - wall clock, as in the sheet


class Strings:
    """The texts of a workbook, each once (`sharedStrings.xml`), or written into the cells where it is off."""

    def __init__(self, shared: bool) -> None:
        self.shared = shared
        self.items: dict[str, int] = {}

    def cell(self, inside: str) -> tuple[str, str]:
        """The type of the cell, and what stands in it."""
        if not self.shared:
            return "inlineStr", f"<is>{inside}</is>"
        return "s", f"<v>{self.items.setdefault(inside, len(self.items))}</v>"

    @property
    def part(self) -> str:
        inside = "".join(f"<si>{item}</si>" for item in self.items)
        return f'{PROLOG}<sst xmlns="{MAIN}" count="{len(self.items)}" uniqueCount="{len(self.items)}">{inside}</sst>'


def sheets_of(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The sheets of a case: those that it lists, or its rows as the only one."""
    if "sheets" in content:
        return [{"name": f"Sheet{number}"} | dict(one) for number, one in enumerate(content["sheets"], 1)]
    return [{"name": "Sheet1"} | {key: value for key, value in content.items() if key != "book"}]


def write(path: Path, content: Mapping[str, Any]) -> None:
    """A workbook from the table of a case. `book`: `date1904`, `strings` (shared or inline), `prefix`, `strict`, `parts`."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts_of(content).items():
            archive.writestr(name, text)


def parts_of(content: Mapping[str, Any]) -> dict[str, str | bytes]:
    """Every part of the workbook by its name."""
    book = content.get("book", {})
    strings = Strings(book.get("strings", "shared") == "shared")
    sheets = sheets_of(content)
    parts: dict[str, str | bytes] = {"[Content_Types].xml": TYPES, "_rels/.rels": ROOT}
    parts["xl/workbook.xml"] = workbook_xml(sheets, book)
    parts["xl/_rels/workbook.xml.rels"] = relations_xml(len(sheets))
    for number, sheet in enumerate(sheets, 1):
        parts[f"xl/worksheets/sheet{number}.xml"] = sheet_xml(sheet, strings, book)
    parts["xl/sharedStrings.xml"] = strings.part
    parts["xl/styles.xml"] = STYLES
    for name, text in book.get("parts", {}).items():
        parts[name] = text
    if book.get("strict"):
        strict = {MAIN: STRICT, RELATIONS: STRICT_RELATIONS}
        for name, text in parts.items():
            for usual, other in strict.items() if isinstance(text, str) else ():
                parts[name] = str(parts[name]).replace(usual, other)
    for name in book.get("without", ()):
        del parts[name]
    return parts


def workbook_xml(sheets: Sequence[Mapping[str, Any]], book: Mapping[str, Any]) -> str:
    listed = "".join(
        f'<sheet name="{escape(sheet["name"])}" sheetId="{number}" r:id="rId{number}"'
        + (f' state="{sheet["state"]}"' if "state" in sheet else "")
        + "/>"
        for number, sheet in enumerate(sheets, 1)
    )
    epoch = '<workbookPr date1904="1"/>' if book.get("date1904") else "<workbookPr/>"
    beside = book.get("workbook", "")
    space = f'xmlns="{MAIN}" xmlns:r="{RELATIONS}"'
    return f"{PROLOG}<workbook {space}>{epoch}<sheets>{listed}</sheets>{beside}</workbook>"


def relations_xml(sheets: int) -> str:
    targets = {f"rId{number}": ("worksheet", f"worksheets/sheet{number}.xml") for number in range(1, sheets + 1)}
    targets |= {"rIdS": ("sharedStrings", "sharedStrings.xml"), "rIdF": ("styles", "styles.xml")}
    listed = "".join(
        f'<Relationship Id="{identity}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for identity, (kind, target) in targets.items()
    )
    return f'{PROLOG}<Relationships xmlns="{PACKAGE}/relationships">{listed}</Relationships>'


def sheet_xml(sheet: Mapping[str, Any], strings: Strings, book: Mapping[str, Any]) -> str:
    """One sheet. `left` and `top`: blank columns and rows before; `hidden_rows`, `hidden_columns`, `filter`, `merge`,
    `dimension`, `state`, `references` (false: cells do not say where they stand), `before` and `after` (raw XML)."""
    top, left = sheet.get("top", 0), sheet.get("left", 0)
    hidden = set(sheet.get("hidden_rows", ()))
    referenced = sheet.get("references", True)
    body = []
    for number, row in enumerate(sheet.get("rows", ()), top + 1):
        cells = "".join(row_cells(row, number, left, strings, book.get("date1904", False), referenced))
        place = f' r="{number}"' if referenced else ""
        if cells or not referenced or number in hidden:
            unseen = ' hidden="1"' if number in hidden else ""
            body.append(f"<row{place}{unseen}>{cells}</row>")
    dimension = f'<dimension ref="{sheet["dimension"]}"/>' if "dimension" in sheet else ""
    columns = "".join(f'<col min="{one}" max="{one}" width="0" hidden="1"/>' for one in sheet.get("hidden_columns", ()))
    columns = f"<cols>{columns}</cols>" if columns else ""
    autofilter = f'<autoFilter ref="{sheet.get("filter")}">{sheet.get("filtered_by", "")}</autoFilter>'
    merges = "".join(f'<mergeCell ref="{one}"/>' for one in sheet.get("merge", ()))
    after = (autofilter if "filter" in sheet else "") + (f"<mergeCells>{merges}</mergeCells>" if merges else "")
    xml = (
        f'<worksheet xmlns="{MAIN}">{dimension}{sheet.get("before", "")}{columns}<sheetData>{"".join(body)}'
        f"{sheet.get('more', '')}</sheetData>{after}{sheet.get('after', '')}</worksheet>"
    )
    if prefix := book.get("prefix"):
        xml = xml.replace("</", f"\0{prefix}:").replace("<", f"<{prefix}:").replace("\0", "</")
        xml = xml.replace("xmlns=", f"xmlns:{prefix}=")
    return f"{PROLOG}{sheet.get('declares', '')}{xml}"


def row_cells(
    row: Sequence[Any], number: int, left: int, strings: Strings, date1904: bool, referenced: bool
) -> Iterator[str]:
    """The cells of a row, as XML."""
    for index, value in enumerate(row, left):
        place = f' r="{column_letter(index)}{number}"' if referenced else ""
        if value != "" or not referenced:
            yield cell_xml(value, place, strings, date1904)


def cell_xml(value: Any, place: str, strings: Strings, date1904: bool) -> str:
    """One cell."""
    if isinstance(value, Mapping):
        return special_xml(value, place, strings)
    kind, style, inside = "", PLAIN, ""
    if isinstance(value, bool):
        kind, inside = "b", f"<v>{int(value)}</v>"
    elif isinstance(value, int | float):
        inside = f"<v>{value!r}</v>"
    elif isinstance(value, dt.date | dt.time):
        style, serial = _serial(value, date1904)
        inside = f"<v>{serial}</v>"
    elif value != "":
        kind, inside = strings.cell(f'<t xml:space="preserve">{escape(value)}</t>')
    return _cell(place, kind, style, inside)


def special_xml(value: Mapping[str, Any], place: str, strings: Strings) -> str:
    """A cell that is written as a table."""
    if "runs" in value:
        runs = "".join(f"<r><rPr><b/></rPr><t xml:space='preserve'>{escape(run)}</t></r>" for run in value["runs"])
        return _cell(place, *_first(strings.cell(runs)))
    if "reading" in value:
        read = f'<t>{value["text"]}</t><rPh sb="0" eb="1"><t>{value["reading"]}</t></rPh>'
        return _cell(place, *_first(strings.cell(read)))
    if "iso" in value:
        return _cell(place, "d", DAY, f"<v>{value['iso']}</v>")
    if "n" in value:
        return _cell(place, "", value.get("style", PLAIN), f"<v>{value['n']}</v>")
    formula = f"<f>{escape(value['f'])}</f>" if "f" in value else ""
    if "e" in value:
        return _cell(place, "e", PLAIN, f"{formula}<v>{value['e']}</v>")
    computed = value.get("v")
    if isinstance(computed, str):
        return _cell(place, "str", PLAIN, f"{formula}<v>{escape(computed)}</v>")
    return _cell(place, "", PLAIN, formula + ("" if computed is None else f"<v>{computed}</v>"))


def _first(cell: tuple[str, str]) -> tuple[str, int, str]:
    return cell[0], PLAIN, cell[1]


def _cell(place: str, kind: str, style: int, inside: str) -> str:
    styled, typed = f' s="{style}"' if style else "", f' t="{kind}"' if kind else ""
    return f"<c{place}{styled}{typed}>{inside}</c>"


def _serial(value: dt.date | dt.time, date1904: bool) -> tuple[int, str]:
    if isinstance(value, dt.time):
        return TIME, repr((value.hour * 3600 + value.minute * 60 + value.second) / 86_400)
    if isinstance(value, dt.datetime):
        return MOMENT, repr((value - EPOCHS[date1904]) / dt.timedelta(days=1))
    return DAY, str((dt.datetime(value.year, value.month, value.day) - EPOCHS[date1904]).days)  # noqa: DTZ001


def write_long(path: Path, content: Mapping[str, Any]) -> None:
    """Two customers whose names have so many `letters`, and differ in the last one."""
    rows = [["客户编号", "客户名称"], *([f"C{last}", "长" * (content["letters"] - 1) + last] for last in "12")]
    write(path, {"rows": rows})


WRITERS = {"xlsx": write, "long-name": write_long}
