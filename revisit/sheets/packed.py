"""Many rows of cells in little room: in portions, each packed, which takes a fifth of what the reader's own table takes."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from itertools import islice

Cells = list[object]
ROWS = 250  # of a portion
AHEAD = 8  # portions packed with each that is asked for: the first rows come at once, and the table behind them is gone soon


class Packed:
    """Rows that can be gone through as often as one likes; `source` is gone through once, and let go at its end."""

    def __init__(self, source: Iterable[Cells]) -> None:
        self._source: Iterator[Cells] | None = iter(source)
        self._portions: list[bytes] = []

    def __iter__(self) -> Iterator[Cells]:
        """The rows."""
        place = 0
        while place < len(self._portions) or self._pack():
            yield from pickle.loads(self._portions[place])  # noqa: S301 - packed below
            place += 1
            self._pack()

    def _pack(self) -> bool:
        """Packs some portions more; whether there was anything."""
        before = len(self._portions)
        while self._source is not None and len(self._portions) < before + AHEAD:
            rows = list(islice(self._source, ROWS))
            if not rows:
                self._source = None
            else:
                self._portions.append(pickle.dumps(rows, pickle.HIGHEST_PROTOCOL))
        return len(self._portions) > before
