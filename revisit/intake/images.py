"""What an import did, so that it can be told and undone: ranges of rows that were made, single rows that were changed.

The rows of a sheet that did it stand as short text in the order of the ids: `2-5,7*2,9` is 2, 3, 4, 5, 7, 7, 9.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from revisit.db import Sql

MOST_ROWS = 20_000  # rows of one image: whoever looks one of them up reads this many numbers at most
COLUMNS = ("batch_id", "table_name", "row_id", "last_id", "sheet", "row_numbers", "before")
OF_BATCH = f"SELECT {', '.join(COLUMNS)} FROM import_change WHERE batch_id = :batch ORDER BY id"
_RUN = re.compile(r"(\d+)(?:-(\d+)|\*(\d+))?")


class Image(NamedTuple):
    """Rows `row_id` to `last_id` of a table were made (`before` is empty), or one row was changed (`before`: JSON)."""

    batch_id: int
    table_name: str
    row_id: int
    last_id: int
    sheet: str
    row_numbers: str
    before: str

    def number_of(self, row_id: int) -> int | None:
        """The row of the sheet that made or changed this row."""
        for place, number in enumerate(row_numbers_of(self.row_numbers)):
            if self.row_id + place == row_id:
                return number
        return None


def of_batch(sql: Sql, batch: int) -> list[Image]:
    """The images of an import, in the order in which it worked."""
    return [Image(*row) for row in sql.rows(OF_BATCH, batch=batch)]


def ranges(
    batch_id: int, table: str, first_id: int, rows: Sequence[tuple[str, int]]
) -> Iterator[tuple[int, str, int, int, str, str, str]]:
    """The images of rows that were made, `first_id` on; `rows`: the sheet and row that each comes from."""
    start = 0
    for place in range(1, len(rows) + 1):
        if place == len(rows) or rows[place][0] != rows[start][0] or place - start == MOST_ROWS:
            numbers = row_numbers_text(number for _sheet, number in rows[start:place])
            yield batch_id, table, first_id + start, first_id + place - 1, rows[start][0], numbers, ""
            start = place


def row_numbers_text(numbers: Iterable[int]) -> str:
    """Row numbers as short text (see above)."""
    runs: list[str] = []
    first = last = count = 0  # a run counts up (count 0) or stands still (count times the same)
    for number in numbers:
        if not first:
            first = last = number
        elif number == last + 1 and not count:
            last = number
        elif number == last and first == last:
            count = (count or 1) + 1
        else:
            runs.append(_run(first, last, count))
            first, last, count = number, number, 0
    if first:
        runs.append(_run(first, last, count))
    return ",".join(runs)


def _run(first: int, last: int, count: int) -> str:
    if count:
        return f"{first}*{count}"
    return f"{first}-{last}" if last > first else str(first)


def row_numbers_of(text: str) -> Iterator[int]:
    """The row numbers that the text stands for."""
    for first, last, count in _RUN.findall(text):
        if count:
            yield from [int(first)] * int(count)
        else:
            yield from range(int(first), int(last or first) + 1)


def split_label(label: int | str) -> tuple[str, int]:
    """The sheet and the row of a label as a person reads it: 7, or `华东!7` where an import read several sheets."""
    if isinstance(label, int):
        return "", label
    sheet, _, number = label.rpartition("!")
    return sheet, int(number)
