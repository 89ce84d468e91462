"""Packed files that are no xlsx: OpenDocument part by part, the binary xlsb, a text document."""

from __future__ import annotations

import datetime as dt
import struct
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from tests.intake.ugly.sheetxml import sheets_of

ODS = "application/vnd.oasis.opendocument.spreadsheet"
SPACES = "".join(
    f' xmlns:{part}="urn:oasis:names:tc:opendocument:xmlns:{part}:1.0"'
    for part in ("office", "table", "text", "manifest")
)


def ods(path: Path, content: Mapping[str, Any]) -> None:
    """OpenDocument, as LibreOffice and WPS write it: blank cells and rows told by how often they repeat, up to the very end.

    `hidden_rows` were filtered out. `encrypted`: the manifest says that the parts are.
    """
    tables = "".join(
        f'<table:table table:name="{escape(sheet["name"])}">{"".join(_rows(sheet))}</table:table>'
        for sheet in sheets_of(content)
    )
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    inside = f'<manifest:file-entry manifest:full-path="content.xml"{content.get("manifest", "/>")}'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", ODS, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", f"<manifest:manifest{SPACES}>{inside}</manifest:manifest>")
        archive.writestr(
            "content.xml", f'<?xml version="1.0"?><office:document-content{SPACES}>{body}</office:document-content>'
        )


def _rows(sheet: Mapping[str, Any]) -> Iterator[str]:
    hidden = set(sheet.get("hidden_rows", ()))
    blank = '<table:table-cell table:number-columns-repeated="{}"/>'
    top, left = sheet.get("top", 0), sheet.get("left", 0)
    if top:
        yield f'<table:table-row table:number-rows-repeated="{top}">{blank.format(16384)}</table:table-row>'
    for number, row in enumerate(sheet["rows"], top + 1):
        seen = ' table:visibility="filter"' if number in hidden else ""
        before = blank.format(left) if left else ""
        cells = before + "".join(map(_ods_cell, row)) + blank.format(16384 - left - len(row))
        yield f"<table:table-row{seen}>{cells}</table:table-row>"
    yield f'<table:table-row table:number-rows-repeated="1040000">{blank.format(16384)}</table:table-row>'


def _ods_cell(value: Any) -> str:
    if value == "":
        return "<table:table-cell/>"
    if isinstance(value, bool):
        kind, shown = f'"boolean" office:boolean-value="{str(value).lower()}"', str(value).upper()
    elif isinstance(value, int | float):
        kind, shown = f'"float" office:value="{value!r}"', str(value)
    elif isinstance(value, dt.date):
        kind, shown = f'"date" office:date-value="{value.isoformat()}"', f"{value:%d/%m/%y}"
    else:
        kind, shown = '"string"', value
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in shown.split("\n"))
    return f"<table:table-cell office:value-type={kind}>{lines}</table:table-cell>"


def archive_of(path: Path, content: Mapping[str, Any]) -> None:
    """Any zip: `parts` by name."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in content["parts"].items():
            archive.writestr(name, text)


def xlsb(path: Path, content: Mapping[str, Any]) -> None:
    """The binary workbook: the same parts, but records of numbers instead of XML."""
    rows: Sequence[Sequence[str]] = content["rows"]
    records = [_record(129), _record(145)]
    for y, row in enumerate(rows):
        records.append(_record(0, struct.pack("<IIHHBI", y, 0, 300, 0, 0, 0)))
        for x, text in enumerate(row):
            inside = struct.pack("<III", x, 0, len(text)) + text.encode("utf-16-le")
            records.append(_record(6, inside))
    records += [_record(146), _record(130)]
    named = "rId1".encode("utf-16-le"), "Sheet1".encode("utf-16-le")
    bundle = struct.pack("<II", 0, 1) + b"".join(struct.pack("<I", len(one) // 2) + one for one in named)
    book = _record(131) + _record(143) + _record(156, bundle) + _record(144) + _record(132)
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    related = (
        f'<Relationships xmlns="{space}"><Relationship Id="rId1" Target="worksheets/sheet1.bin" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/></Relationships>'
    )
    parts = {
        "xl/workbook.bin": book,
        "xl/_rels/workbook.bin.rels": related,
        "xl/worksheets/sheet1.bin": b"".join(records),
    }
    archive_of(path, {"parts": parts})


def _record(kind: int, inside: bytes = b"") -> bytes:
    """One record: its number in one or two bytes, its length in groups of seven bits."""
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length, rest = b"", len(inside)
    while True:
        rest, low = rest >> 7, rest & 0x7F
        length += bytes([low | (0x80 if rest else 0)])
        if not rest:
            return head + length + inside


WRITERS: dict[str, Callable[[Path, Mapping[str, Any]], None]] = {"ods": ods, "zip": archive_of, "xlsb": xlsb}
