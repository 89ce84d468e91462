"""Files that want memory and time: bombs, far cells, a million rows, hundreds of columns. Written piece by piece."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.intake.ugly import sheetxml

SHEET = "xl/worksheets/sheet1.xml"
LAST_ROW = 1_048_576
AT_ONCE = 20_000  # rows


def _with_sheet(path: Path, content: Mapping[str, Any], pieces: Iterator[str]) -> None:
    """A workbook with that sheet; its other parts as ever."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in sheetxml.parts_of(content).items():
            if name != SHEET:
                archive.writestr(name, text)
        with archive.open(SHEET, "w", force_zip64=False) as stream:
            for piece in pieces:
                stream.write(piece.encode())


def _sheet(content: Mapping[str, Any], more: Iterator[str]) -> Iterator[str]:
    """The sheet of the case, with more rows after those it has."""
    strings = sheetxml.Strings(shared=False)
    xml = sheetxml.sheet_xml({**content, "more": "\0"}, strings, {})
    before, after = xml.split("\0")
    yield before
    yield from more
    yield after


def blank_rows(path: Path, content: Mapping[str, Any]) -> None:
    """Rows that hold formats and nothing else, from `first` to the last row that a sheet can have; `then`: one row at the end."""
    inline = {**content, "book": {"strings": "inline"}}
    last = LAST_ROW - 1 if "then" in content else LAST_ROW

    def rows() -> Iterator[str]:
        blank = '<row r="{0}" s="1" customFormat="1"><c r="A{0}" s="1"/><c r="B{0}" s="1"/></row>'
        for start in range(content["first"], last + 1, AT_ONCE):
            yield "".join(map(blank.format, range(start, min(start + AT_ONCE, last + 1))))
        if "then" in content:
            strings = sheetxml.Strings(shared=False)
            yield f'<row r="{LAST_ROW}">'
            yield from sheetxml.row_cells(content["then"], LAST_ROW, 0, strings, False, True)
            yield "</row>"

    _with_sheet(path, inline, _sheet(inline, rows()))


def bomb(path: Path, content: Mapping[str, Any]) -> None:
    """A small file that unpacks to `megabytes` of one letter. `lies`: it says that it holds a hundred bytes."""
    megabytes = content["megabytes"]
    where = content.get("part", SHEET)

    def pieces() -> Iterator[str]:
        yield f'{sheetxml.PROLOG}<worksheet xmlns="{sheetxml.MAIN}"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>'
        for _ in range(megabytes):
            yield "A" * 1024**2
        yield "</t></is></c></row></sheetData></worksheet>"

    if where == SHEET:
        _with_sheet(path, content, pieces())
    else:
        sheetxml.write(path, content)
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open(where, "w") as stream:
            for piece in pieces():
                stream.write(piece.encode())
    if content.get("lies"):
        _say_small(path, where)


def _say_small(path: Path, part: str) -> None:
    """Both headers of a part say that it unpacks to a hundred bytes."""
    data = bytearray(path.read_bytes())
    name = part.encode()
    for mark, head, size in ((b"PK\x03\x04", 30, 22), (b"PK\x01\x02", 46, 24)):
        at = data.find(mark)
        while at >= 0 and data[at + head : at + head + len(name)] != name:
            at = data.find(mark, at + 4)
        data[at + size : at + size + 4] = struct.pack("<I", 100)
    path.write_bytes(bytes(data))


def crowd(path: Path, content: Mapping[str, Any]) -> None:
    """An archive with `members` parts of nothing."""
    sheetxml.write(path, content)
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(content["members"]):
            archive.writestr(f"xl/media/{number}.xml", "")


def wide(path: Path, content: Mapping[str, Any]) -> None:
    """A header of `across` columns, all but the `known` ones without a meaning here, filled `down` rows deep."""
    known: list[str] = content["known"]
    columns, down = content["across"], content["down"]
    titles = known + [f"指标{number}" for number in range(columns - len(known))]
    rows = [titles]
    for number in range(1, down + 1):
        rows.append([f"C{number}", f"客户{number}"] + [f"v{number}-{at}" for at in range(columns - len(known))])
    inline = {"rows": rows, "book": {"strings": "inline"}}
    _with_sheet(path, inline, iter([sheetxml.sheet_xml(inline, sheetxml.Strings(shared=False), {})]))


def many_rows(path: Path, content: Mapping[str, Any]) -> None:
    """`down` customers of four columns."""

    def rows() -> Iterator[str]:
        strings = sheetxml.Strings(shared=False)
        for number in range(1, content["down"] + 1):
            row = [f"C{number}", f"客户{number}", 13_800_000_000 + number, "华东"]
            cells = "".join(sheetxml.row_cells(row, number + 1, 0, strings, False, True))
            yield f'<row r="{number + 1}">{cells}</row>'

    _with_sheet(path, content, _sheet({**content, "rows": [["客户编号", "客户名称", "电话", "地区"]]}, rows()))


WRITERS: dict[str, Callable[[Path, Mapping[str, Any]], None]] = {
    "blank-rows": blank_rows,
    "bomb": bomb,
    "crowd": crowd,
    "wide": wide,
    "many-rows": many_rows,
}
