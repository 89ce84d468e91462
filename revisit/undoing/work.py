"""What an undo knows while it works: which imports it takes back, who made a row, who has touched it since, what it did."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from operator import itemgetter
from typing import Any, Literal, NamedTuple

from revisit.db import Sql, chunks, id_list, instant
from revisit.undoing.spans import Span, conditions, joined, within, without

IMPORTED_AT = "SELECT batch_id, max(id) FROM audit WHERE batch_id IS NOT NULL AND action <> 'undo' GROUP BY batch_id"
UNDONE_AT = """
SELECT a.batch_id, max(a.id) FROM audit a JOIN import_batch b ON b.id = a.batch_id
WHERE a.action = 'undo' AND a.table_name = 'import_batch' AND b.undone_at IS NOT NULL GROUP BY a.batch_id
"""
MADE = "SELECT batch_id, row_id, last_id FROM import_change WHERE table_name = :table AND before = ''"
CHANGED_TABLES = "SELECT DISTINCT table_name FROM import_change WHERE batch_id IN ({ids}) AND before <> ''"
TOUCHED = "SELECT row_id, max(id) FROM audit WHERE table_name = :table AND batch_id IS NULL AND {where} GROUP BY row_id"
SPOKEN_OF = "SELECT customer_id, max(id) FROM audit WHERE {where} GROUP BY customer_id"
ENTRIES = "SELECT id, who, at, action, table_name, batch_id FROM audit WHERE id IN ({ids})"
CHANGED_BY_OTHERS = """
SELECT i.row_id, max(i.batch_id) FROM import_change i JOIN import_batch b ON b.id = i.batch_id
WHERE i.table_name = :table AND i.before <> '' AND b.undone_at IS NULL AND i.batch_id NOT IN ({ids}) AND {where}
GROUP BY i.row_id
"""
EXISTING = "SELECT id FROM {table} WHERE id IN ({ids})"


class Why(NamedTuple):
    """What keeps a row or a cell. `person`: who did what with it, and when; `import`: a later import that holds; `used`: rows
    of a table that refer to it; `taken`: what it had is another's now."""

    code: Literal["person", "import", "used", "taken"]
    who: str | None = None
    at: datetime | None = None
    action: str = ""
    table: str = ""
    batch: int | None = None


class Held(NamedTuple):
    """Something that stays: a row that the import made, or (`columns`) cells that it changed."""

    table: str
    row_id: int
    columns: tuple[str, ...]
    why: Why


class Restored(NamedTuple):
    """A row whose cells went back: what stood there and what stands there now."""

    table: str
    row_id: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]


class Makers:
    """Which import made which row of a table; of an id that was given twice it is the later one."""

    def __init__(self, rows: Iterable[tuple[int, int, int]]) -> None:
        by_batch: dict[int, list[Span]] = {}
        for batch, first, last in rows:
            by_batch.setdefault(batch, []).append((first, last))
        taken: list[Span] = []
        found: list[tuple[int, int, int]] = []
        for batch in sorted(by_batch, reverse=True):
            own = without(by_batch[batch], taken)
            found += [(first, last, batch) for first, last in own]
            taken = joined([*taken, *own])
        self._made = sorted(found)

    def spans(self, batches: Container[int]) -> list[Span]:
        """The ids of the rows that these imports made."""
        return joined((first, last) for first, last, batch in self._made if batch in batches)

    def of(self, id_: int) -> int | None:
        """The import that made a row."""
        place = bisect_right(self._made, id_, key=itemgetter(0)) - 1
        if place < 0 or self._made[place][1] < id_:
            return None
        return self._made[place][2]


@dataclass
class Work:
    """An undo under way. `together`: the import and earlier undone ones, of which it may have held something; `freed`: those of
    which it did, and what it held goes as well."""

    sql: Sql
    batch: int
    actor_id: int
    together: frozenset[int] = frozenset()
    imported_at: Mapping[int, int] = field(default_factory=dict)
    undone_at: Mapping[int, int] = field(default_factory=dict)
    kept: list[Held] = field(default_factory=list)
    reasons: dict[tuple[str, int], Why] = field(default_factory=dict)
    gone: dict[str, list[Span]] = field(default_factory=dict)
    removed: Counter[str] = field(default_factory=Counter)
    freed: set[int] = field(default_factory=set)
    restored: list[Restored] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)

    @classmethod
    def begin(cls, sql: Sql, batch: int, actor_id: int) -> Work:
        """An undo of an import: an earlier undo may have had to leave what this import had built on, so that goes with it."""
        imported, undone = dict(sql.rows(IMPORTED_AT)), dict(sql.rows(UNDONE_AT))
        together, since = {batch}, imported.get(batch, 0)
        for other in sorted(undone, key=lambda one: -undone[one]):
            if undone[other] > since:
                together.add(other)
                since = min(since, imported.get(other, 0))
        return cls(sql, batch, actor_id, frozenset(together), imported, undone)

    def __post_init__(self) -> None:
        self.makers = cache(self._makers)
        self.held = cache(self._held)

    def _makers(self, table: str) -> Makers:
        """Who made the rows of a table."""
        return Makers(self.sql.rows(MADE, table=table))

    def owned(self, table: str) -> list[Span]:
        """The rows of a table that are to go: those made by the imports taken back."""
        return self.makers(table).spans(self.together)

    def changed_tables(self) -> set[str]:
        """The tables in which cells are to go back."""
        return {row[0] for row in self.sql.rows(CHANGED_TABLES.format(ids=id_list(sorted(self.together))))}

    def _held(self, table: str) -> dict[int, Why]:
        """Of the rows that are to go those with which somebody, or a later import that holds, has done something."""
        found: dict[int, Why] = {}
        others = CHANGED_BY_OTHERS.replace("{ids}", id_list(sorted(self.together)))
        noted: dict[int, int] = {}
        for where in conditions("row_id", self.owned(table)):
            for row_id, batch in self.sql.rows(others.format(where=where), table=table):
                found[row_id] = Why("import", batch=batch)
            noted |= dict(self.sql.rows(TOUCHED.format(where=where), table=table))
        if table == "customer":
            for where in conditions("customer_id", self.owned(table)):
                for row_id, place in self.sql.rows(SPOKEN_OF.format(where=where)):
                    noted[row_id] = max(place, noted.get(row_id, 0))
        entries = self.entries(noted.values())
        found |= {row_id: entries[place] for row_id, place in noted.items()}
        there = {
            row[0]
            for portion in chunks(sorted(found))
            for row in self.sql.rows(EXISTING.format(table=table, ids=id_list(portion)))
        }
        return {row_id: why for row_id, why in found.items() if row_id in there}

    def entries(self, places: Iterable[int]) -> dict[int, Why]:
        """What the audit rows of these ids say."""
        return {
            id_: Why("person", who, instant(at), action, table, batch)
            for portion in chunks(sorted(set(places)))
            for id_, who, at, action, table, batch in self.sql.rows(ENTRIES.format(ids=id_list(portion)))
        }

    def why(self, table: str, row_id: int) -> Why:
        """Why a row that is not to go is there: it was kept, a later import made it, or it is simply in use."""
        known = self.reasons.get((table, row_id)) or self.held(table).get(row_id)
        if known is not None:
            return known
        batch = self.makers(table).of(row_id)
        if batch is None or self.imported_at.get(batch, 0) < self.imported_at.get(self.batch, 0):
            return Why("used", table=table)
        return Why("import", batch=batch)

    def is_going(self, table: str, row_id: int) -> bool:
        """Whether a row goes, or is gone, with the imports taken back."""
        return within(self.gone.get(table, ()), row_id)
