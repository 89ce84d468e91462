"""Spreadsheets in: typed cells with the row number that the person sees. Nothing about customers.

The type is found by content, never by name. No macro runs, no link is followed, no formula is computed.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..errors import Refused
from ..i18n import N_
from .archive import Archive, Marks, damaged, encrypted, inspect
from .delimited import decode, read_rows
from .grid import BadCell, Row, Sheet, Workbook, column_index, column_letter
from .packed import Packed

__all__ = ["BadCell", "Row", "Sheet", "Workbook", "column_index", "column_letter", "read_workbook"]

MOST_FILE_BYTES = 200 * 1024**2
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE_AS = N_("open it in a spreadsheet program and save it as .xlsx")
_OTHERS = (
    (b"%PDF", "PDF"), (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"GIF8", "GIF"), (b"BM", "BMP"),
    (b"Rar!", "RAR"), (b"7z\xbc\xaf", "7z"), (b"\x1f\x8b", "gzip"), (b"PK\x05\x06", "ZIP"),
    (b"SQLite format 3", "SQLite"),
    (b"{\\rtf", "RTF"), (b"\x7fELF", "ELF"), (b"MZ\x90", "EXE"), (b"II*\x00", "TIFF"), (b"MM\x00*", "TIFF"),
)  # fmt: skip
_MARKUP = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s|html|head|body|table|meta|style|div|\?xml|svg)|MIME-Version:", re.I | re.S
)


def read_workbook(path: Path) -> Workbook:
    """The workbook in the file `path`: xlsx, xlsm, xls, ods, csv or tsv, recognised by content.

    Row numbers are those the person sees; an empty text is None; error cells and formulas without a computed value are
    `BadCell` (xlsx and xlsm). Raises Refused, with a remedy, for everything that is not a readable workbook with at
    least one cell in it.
    """
    archive, sha256, opened = _open(path)
    sheets = (opened,) if isinstance(opened, Sheet) else _read_sheets(opened, archive, path.name)
    if all(sheet.blank for sheet in sheets):
        raise Refused(N_("{name} holds no rows"), N_("check that it is the right file and sheet"), name=path.name)
    return Workbook(path, archive.kind, sha256, sheets, archive.epoch1904, archive.macros, archive.links)


def _open(path: Path) -> tuple[Archive, str, Any]:
    """What a file is, its hash, and the sheet in it, if it is text, else the reader's workbook; its bytes are let go."""
    data = _load(path)
    kind = _sniff(data, path.name)
    sha256 = hashlib.sha256(data).hexdigest()
    if kind == "text":
        delimiter, rows = read_rows(decode(data, path.name), path.name)
        archive = Archive("tsv" if delimiter == "\t" else "csv")
        return archive, sha256, Sheet(path.stem, rows, height=rows.height)
    archive = inspect(data, path.name) if kind == "zip" else _inspect_xls(data, path.name)
    return archive, sha256, _book(data, path.name)


def _load(path: Path) -> bytes:
    """The bytes of the file, after the checks that need no look inside."""
    name = path.name
    try:
        if path.is_dir():
            raise Refused(N_("{name} is a folder"), N_("name one spreadsheet file"), name=name)
        if not path.exists():
            raise Refused(N_("the file {path} does not exist"), N_("check the name and the folder"), path=str(path))
        if name.startswith("~$"):
            raise Refused(
                N_("{name} is the lock file of a workbook that is open somewhere"),
                N_("name the workbook itself, without ~$"),
                name=name,
            )
        if not path.is_file():
            raise Refused(N_("{name} is no ordinary file"), N_("name one spreadsheet file"), name=name)
        if path.stat().st_size > MOST_FILE_BYTES:
            raise Refused(
                N_("{name} is larger than {limit} MB"),
                N_("split it into several files"),
                name=name,
                limit=MOST_FILE_BYTES // 1024**2,
            )
        data = path.read_bytes()
    except OSError as error:
        raise Refused(
            N_("{name} cannot be read: {detail}"),
            N_("close it in other programs and check that it may be read"),
            name=name,
            detail=error.strerror or str(error),
        ) from error
    if not data:
        raise Refused(N_("{name} is empty (0 bytes)"), N_("save or copy the file again"), name=name)
    return data


def _sniff(data: bytes, name: str) -> str:
    """zip, xls or text; Refused for everything else."""
    if data.startswith(_ZIP):
        return "zip"
    if data.startswith(_OLE):
        return _sniff_ole(data, name)
    for magic, what in _OTHERS:
        if data.startswith(magic) and (len(magic) > 2 or b"\0" in data[:64]):
            raise Refused(N_("{name} is no spreadsheet but {what}"), _SAVE_AS, name=name, what=what)
    if _MARKUP.match(data.removeprefix(b"\xef\xbb\xbf")[:4096]) or _MARKUP.match(data[:4096].replace(b"\0", b"")[2:]):
        raise Refused(N_("{name} is a web page or XML saved under the name of a spreadsheet"), _SAVE_AS, name=name)
    if b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused(N_("{name} is neither a spreadsheet nor text"), _SAVE_AS, name=name)
    return "text"


def _sniff_ole(data: bytes, name: str) -> str:
    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in data

    if holds("EncryptedPackage"):
        raise encrypted(name)
    if holds("Workbook\0") or holds("Book\0"):
        return "xls"
    raise Refused(N_("{name} is an Office document, but no workbook"), _SAVE_AS, name=name)


def _inspect_xls(data: bytes, name: str) -> Archive:
    """Walks the records of an xls file from the first one on. Refused if they are encrypted."""
    epoch1904 = False
    at = data.find(b"\x09\x08\x10\x00\x00\x06\x05\x00")
    while 0 <= at <= len(data) - 6:
        record, length = int.from_bytes(data[at : at + 2], "little"), int.from_bytes(data[at + 2 : at + 4], "little")
        if record == 0x2F:
            raise encrypted(name)
        if record == 0x22:
            epoch1904 = data[at + 4 : at + 6] == b"\x01\x00"
        if record in (0x0A, 0x22, 0x85):  # the date system; end of the globals, list of sheets: it stands before both
            break
        at += 4 + length
    return Archive("xls", epoch1904, macros="_VBA_PROJECT_CUR".encode("utf-16-le") in data)


@contextmanager
def _silent_stderr() -> Iterator[None]:
    """The reader's panic prints its own lines on file descriptor 2; a person gets our sentence instead."""
    try:
        kept = os.dup(2)
    except OSError:
        yield
        return
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, 2)  # inside: a Ctrl-C at this instant must not leave the program without a voice
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(null)


@contextmanager
def _reader(name: str) -> Iterator[None]:
    """Whatever the reader fails with becomes a sentence."""
    from python_calamine import PasswordError

    try:
        with _silent_stderr():
            yield
    except PasswordError:
        raise encrypted(name) from None
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException:  # the Rust reader panics with a BaseException of its own
        raise damaged(name) from None


def _book(data: bytes, name: str) -> Any:
    import io

    from python_calamine import CalamineWorkbook

    with _reader(name):
        return CalamineWorkbook.from_filelike(io.BytesIO(data))


def _read_sheets(book: Any, archive: Archive, name: str) -> tuple[Sheet, ...]:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    with _reader(name):
        found = [
            (meta.name, meta.visible != SheetVisibleEnum.Visible, _grid(book, meta.name))
            for meta in book.sheets_metadata
            if meta.typ == SheetTypeEnum.WorkSheet
        ]
    return tuple(_sheet(title, grid, hidden, archive.marks.get(title), name) for title, hidden, grid in found)


def _grid(book: Any, title: str) -> Any:
    return book.get_sheet_by_name(title)


def _sheet(title: str, grid: Any, hidden: bool, marks: Marks | None, file: str) -> Sheet:
    bad: dict[int, dict[int, BadCell]] = {}
    for (number, column), cell in (marks.bad if marks else {}).items():
        bad.setdefault(number, {})[column] = cell
    rows = _Rows(grid, bad, file)
    return Sheet(title, rows, hidden, marks.hidden_rows if marks else (), rows.height)


class _Rows:
    """The rows of a sheet, packed: each becomes cells of ours when its turn comes, since all of them together would take
    several times the memory. Broken cells are put in; rows that hold nothing else are added. A row of nothing has no cells: a
    sheet may have a million of them."""

    def __init__(self, grid: Any, bad: dict[int, dict[int, BadCell]], file: str) -> None:
        self._packed = Packed(grid.iter_rows() if grid.end else ())
        self._start = grid.start[1] if grid.start else 0
        self._width = grid.end[1] + 1 - self._start if grid.end else 0
        self._bad = bad
        self._file = file
        self.height = max(grid.end[0] + 1 if grid.end else 0, max(bad, default=0))

    def __iter__(self) -> Iterator[Row]:
        """The rows; an empty text is no cell. Raises Refused for a cell that cannot be read."""
        bad, number = self._bad, 0
        ahead, nothing = (None,) * self._start, [""] * self._width
        try:
            for cells in self._packed:
                number += 1
                if cells == nothing:
                    found: tuple[object, ...] = ()
                else:
                    found = (*ahead, *([None if cell == "" else cell for cell in cells] if "" in cells else cells))
                yield Row(number, _with_bad_cells(found, bad[number]) if bad and number in bad else found)
        except Exception:
            raise damaged(self._file) from None
        for below in range(number + 1, self.height + 1):
            yield Row(below, _with_bad_cells((), bad[below]) if below in bad else ())


def _with_bad_cells(cells: tuple[object, ...], bad: dict[int, BadCell]) -> tuple[object, ...]:
    filled = [*cells, *[None] * (max(bad, default=-1) + 1 - len(cells))]
    for column, cell in bad.items():
        filled[column] = filled[column] if filled[column] is not None else cell
    return tuple(filled)
