"""Spreadsheets out: cells that are never formulas, and a file that is there as a whole or not at all."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from .. import placing
from ..errors import Refused
from ..i18n import N_

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell.cell import Cell, MergedCell

FONT = "Microsoft YaHei"  # in every Chinese office; where it is missing, another one with Chinese characters is taken
_NOT_IN_A_CELL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LIKE_AN_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # in a cell `_x0041_` means A


def put(cell: Cell | MergedCell, value: object) -> None:
    """A value in a cell. A text stays a text, whatever it begins with: no spreadsheet program computes it."""
    if isinstance(value, str):
        cell.value = _LIKE_AN_ESCAPE.sub("_x005F_", _NOT_IN_A_CELL.sub("\ufffd", value))
        cell.data_type = "s"
        cell.quotePrefix = value[:1] in ("=", "+", "-", "@")
    elif value is not None:
        cell.value = value  # type: ignore[assignment]


def save_workbook(book: Workbook, path: Path, *, replace: bool = False) -> None:
    """The workbook as a file: written beside and moved into place. Raises Refused; `replace`: what is there goes."""
    write_beside(path, lambda beside: book.save(beside), replace=replace)


def write_beside(path: Path, write: Callable[[Path], object], *, replace: bool) -> None:
    """Whatever `write` writes becomes the file `path` at once. Raises Refused where it is there already, or cannot be written."""
    beside = placing.beside(path)
    try:
        check_place(path, replace=replace)
        write(beside)
        with beside.open("rb+") as file:
            os.fsync(file.fileno())
        if replace:
            beside.replace(path)
            return
        placing.put(beside, path)
    except FileExistsError:
        raise _there(path) from None
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        with suppress(OSError):
            beside.unlink()


def check_place(path: Path, *, replace: bool) -> None:
    """Raises Refused where no file of this name can be written: it is there already, or a folder is called so."""
    try:
        if path.is_dir():
            raise Refused(N_("{path} is a folder"), N_("name the file itself"), path=path)
        if path.exists() and not replace:
            raise _there(path)
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> Refused:
    return Refused(
        N_("{path} cannot be written: {why}"),
        N_("check the folder and its rights, or name another file"),
        path=path,
        why=error.strerror or error,
    )


def _there(path: Path) -> Refused:
    return Refused(N_("{path} is there already"), N_("name another file, or let it be replaced with --yes"), path=path)
