"""Many new rows of one table at once, in the caller's transaction, on both databases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

ROWS_IN_STATEMENT = 20  # SQLite takes 999 parameters everywhere
ROWS_AT_ONCE = 2_000  # rows that are turned into columns
Cells = Sequence[object]


def by_columns(columns: Sequence[str], rows: Sequence[Cells]) -> Iterator[Mapping[str, Cells]]:
    """Rows turned into columns, in portions."""
    for start in range(0, len(rows), ROWS_AT_ONCE):
        cells = zip(*rows[start : start + ROWS_AT_ONCE], strict=True)
        yield dict(zip(columns, cells, strict=True))


def insert(connection: Any, *, server: bool, table: str, columns: Mapping[str, Cells]) -> None:
    """Adds rows that are given column by column, all of one length."""
    if server:
        with connection.cursor().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
            for row in zip(*columns.values(), strict=True):
                copy.write_row(row)
    elif any(columns.values()):
        _insert_into_file(connection, table, columns)


def _insert_into_file(connection: Any, table: str, columns: Mapping[str, Cells]) -> None:
    """Several rows go in by one statement, and a cell that is the same in all of them is handed over once for each statement:
    of most tables half the cells."""
    first, *others = columns
    same = {name: columns[name][0] for name in others if _are_same(columns[name])}
    varying = [first, *(name for name in others if name not in same)]
    names = ", ".join([*same, *varying])
    blanks = [*(f"?{number}" for number in range(1, len(same) + 1)), *["?"] * len(varying)]
    one = f"({', '.join(blanks)})"
    insert = f"INSERT INTO {table} ({names}) VALUES "
    several = insert + ", ".join([one] * ROWS_IN_STATEMENT)
    shared, cursor = tuple(same.values()), connection.cursor()
    rows = zip(*(columns[name] for name in varying), strict=True)
    portion = list(islice(rows, ROWS_IN_STATEMENT))
    while len(portion) == ROWS_IN_STATEMENT:
        cursor.execute(several, (*shared, *chain.from_iterable(portion)))
        portion = list(islice(rows, ROWS_IN_STATEMENT))
    cursor.executemany(insert + one, [(*shared, *row) for row in portion])


def _are_same(cells: Cells) -> bool:
    """Whether all cells are equal; most columns that vary do so between the first and the last."""
    return cells[0] == cells[-1] and cells.count(cells[0]) == len(cells)
