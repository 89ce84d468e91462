"""What an import did, so that it can be told and undone: ranges of rows that were made, single rows that were changed.

The rows of a sheet that did it stand as short text in the order of the ids: `2-5,7*2,9` is 2, 3, 4, 5, 7, 7, 9.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from revisit.db import Sql

MOST_ROWS = 20_000  # rows of one image: whoever looks one of them up reads this many numbers at most
COLUMNS = ("batch_id", "table_name", "row_id", "last_id", "sheet", "row_numbers", "before")
OF_BATCH = f"SELECT {', '.join(COLUMNS)} FROM import_change WHERE batch_id = :batch ORDER BY id"
_NUMBERS_ONLY = frozenset({int})


class Image(NamedTuple):
    """Rows `row_id` to `last_id` of a table were made (`before` is empty), or one row was changed (`before`: JSON)."""

    batch_id: int
    table_name: str
    row_id: int
    last_id: int
    sheet: str
    row_numbers: str
    before: str


class Places:
    """The sheets and rows that the rows of a table come from, in the order of these: four bytes for each."""

    def __init__(self) -> None:
        self._numbers = array("I")
        self._sheets: list[tuple[int, str]] = []

    def __len__(self) -> int:
        return len(self._numbers)

    def extend(self, labels: Sequence[int | str]) -> None:
        """Adds rows as a person names them: 7, or `华东!7` where several sheets are read."""
        if _NUMBERS_ONLY.issuperset(map(type, labels)):
            self._begin("")
            self._numbers.extend(labels)  # type: ignore[arg-type]
            return
        for label in labels:
            sheet, number = split_label(label)
            self._begin(sheet)
            self._numbers.append(number)

    def _begin(self, sheet: str) -> None:
        if not self._sheets or self._sheets[-1][1] != sheet:
            self._sheets.append((len(self._numbers), sheet))

    def ranges(self, batch_id: int, table: str, first_id: int) -> Iterator[tuple[int, str, int, int, str, str, str]]:
        """The images of rows that were made, `first_id` on."""
        ends = [start for start, _sheet in self._sheets[1:]] + [len(self)]
        for (begin, sheet), end in zip(self._sheets, ends, strict=False):
            for start in range(begin, end, MOST_ROWS):
                numbers = self._numbers[start : min(start + MOST_ROWS, end)]
                last_id = first_id + start + len(numbers) - 1
                yield batch_id, table, first_id + start, last_id, sheet, row_numbers_text(numbers), ""


def of_batch(sql: Sql, batch: int) -> list[Image]:
    """The images of an import, in the order in which it worked."""
    return [Image(*row) for row in sql.rows(OF_BATCH, batch=batch)]


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


def split_label(label: int | str) -> tuple[str, int]:
    """The sheet and the row of a label as a person reads it: 7, or `华东!7` where an import read several sheets."""
    if isinstance(label, int):
        return "", label
    sheet, _, number = label.rpartition("!")
    return sheet, int(number)
