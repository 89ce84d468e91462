"""Long tables in a workbook of openpyxl: it writes what stands above them, charts and print setup; their rows are written by
hand, ten times as fast, kept in a file, and put in when the workbook is saved. No cell of them is ever a formula."""

from __future__ import annotations

import math
import re
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date
from io import BytesIO
from pathlib import Path
from shutil import copyfileobj
from typing import TYPE_CHECKING, NamedTuple

from .grid import column_letter
from .marked import FIRST_DAY, fits
from .openxml import markup, part
from .streaming import FORMULA, LONGEST_TEXT

if TYPE_CHECKING:
    from openpyxl import Workbook

_ODD = re.compile("[&<>_\x00-\x1f\ud800-\udfff\ufffe\uffff]")
_EDGE = FORMULA | {" "}
_EPOCH = date(1899, 12, 30)
_END = b"</sheetData>"
_AT_ONCE = 500  # rows


class Style(NamedTuple):
    """The numbers of a style in the workbook: of a cell, and of one whose text begins like a formula."""

    plain: int
    quoted: int


class Rows:
    """Rows of one sheet, from the row `first` on. Their file has no name and is gone with the program."""

    def __init__(self, first: int) -> None:
        self._number = first
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the workbook is saved
        self._lines: list[str] = []

    def add(self, cells: Iterable[tuple[object, Style]], points: float) -> None:
        """The next row, so high; texts, days and numbers (whole or not) are written as what they are, None as an empty cell."""
        number = self._number
        found = [f'<row r="{number}" ht="{points:g}" customHeight="1">']
        found.extend(
            _cell(f"{column_letter(place)}{number}", value, style) for place, (value, style) in enumerate(cells)
        )
        found.append("</row>")
        self._lines.append("".join(found))
        self._number += 1
        if len(self._lines) == _AT_ONCE:
            self._flush()

    def put_into(self, archive: zipfile.ZipFile, name: str, sheet: bytes) -> None:
        """Writes a sheet into an archive, with these rows below its own."""
        self._flush()
        self._file.seek(0)
        above, end, below = sheet.rpartition(_END)
        with archive.open(part(name), "w", force_zip64=True) as file:
            file.write(above)
            copyfileobj(self._file, file)
            file.write(end + below)
        self._file.close()

    def _flush(self) -> None:
        self._file.write("".join(self._lines).encode())
        self._lines = []


def save(book: Workbook, path: Path, rows: Mapping[str, Rows]) -> None:
    """Saves a workbook; `rows`: those that belong below the ones of a sheet, by its name. Each has rows of its own."""
    plain = BytesIO()
    book.save(plain)
    names = {str(book[title].path).lstrip("/"): one for title, one in rows.items()}
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as target:
        for name in source.namelist():
            if name in names:
                names[name].put_into(target, name, source.read(name))
            else:
                target.writestr(part(name), source.read(name))


def cut(text: str) -> str:
    """A text as long as a cell may hold."""
    if fits(text):
        return text
    units = text.encode("utf-16-le", "replace")[: 2 * (LONGEST_TEXT - 1)]
    return units.decode("utf-16-le", "ignore") + "…"


def _cell(at: str, value: object, style: Style) -> str:
    if value is None or value == "":
        return f'<c r="{at}" s="{style.plain}"/>'
    if isinstance(value, date):
        if value >= FIRST_DAY:
            return f'<c r="{at}" s="{style.plain}"><v>{(value - _EPOCH).days}</v></c>'
        value = value.isoformat()
    if isinstance(value, int | float) and math.isfinite(value):
        return f'<c r="{at}" s="{style.plain}"><v>{value!r}</v></c>'
    text = cut(str(value))
    number = style.quoted if text[0] in FORMULA else style.plain
    if text[0] not in _EDGE and text[-1] not in _EDGE and not _ODD.search(text):
        return f'<c r="{at}" s="{number}" t="inlineStr"><is><t>{text}</t></is></c>'
    return f'<c r="{at}" s="{number}" t="inlineStr"><is><t xml:space="preserve">{markup(text)}</t></is></c>'
