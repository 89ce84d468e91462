"""Rows of a reject workbook: a fix that a person has accepted stands in the place of its cell, our own columns are gone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from ..sheets import Row
from .cells import CellError, yes_no
from .headers import Header
from .own import Own


class Fix(NamedTuple):
    """A fix that was accepted: the row and the column it is for, what stood there, what is meant by it."""

    row: int
    column: int
    written: object
    meant: object


def unnoted(_what: Fix | Row) -> None:
    """What nobody asks for."""


def rows_of(rows: Iterable[Row], header: Header, note: Callable[[Fix | Row], None] = unnoted) -> Iterable[Row]:
    """The rows of a sheet as they are to be read. Told to `note`: each accepted fix, and a row where nobody can tell whether
    its fixes are accepted: it is read as it stands."""
    return rows if header.own is None else _read(rows, header.row_number, header.own, note)


def _read(rows: Iterable[Row], header: int, own: Own, note: Callable[[Fix | Row], None]) -> Iterator[Row]:
    for row in rows:
        found = row.cells
        if row.number <= header or len(found) <= min(own.indexes):
            yield row
            continue
        cells = [None if index in own.indexes else cell for index, cell in enumerate(found)]
        if _accepted(row, own, note):
            for index, place in own.fixes.items():
                meant = found[place] if place < len(found) else None
                if meant is not None and not (isinstance(meant, str) and not meant.strip()):
                    note(Fix(row.number, index, cells[index], meant))
                    cells[index] = meant
        yield Row(row.number, tuple(cells))


def _accepted(row: Row, own: Own, note: Callable[[Fix | Row], None]) -> bool:
    if own.accept is None or own.accept >= len(row.cells):
        return False
    try:
        return yes_no(row.cells[own.accept]) is True
    except CellError:
        note(row)
        return False
