"""The audited changes after a closing that bear upon the month: what was recorded or corrected later with a day up to the one
on which the month was seen, what was imported, merged or taken back, whose file became another's, a policy dated back.

What lies before the month bears upon it, too: an old order decides who was dormant in it. What lies after the day of seeing does
not.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from revisit.closing import Closed
from revisit.company import CompanyInfo
from revisit.db import Sql, chunks, id_list, instant
from revisit.figures import span_of

AFTER = """
SELECT id, at, who, action, table_name, row_id, customer_id, batch_id, change FROM audit
WHERE id > :after AND {conditions} ORDER BY id DESC
"""
REVISITS = "SELECT id, number, done_on FROM revisit WHERE id IN ({ids})"
CODES = "SELECT id, code, first_on FROM customer WHERE id IN ({ids})"
CASES = "SELECT id, number, opened_at, closed_on FROM case_ WHERE id IN ({ids})"
COMPLAINTS = "SELECT id, number, opened_at, closed_on FROM complaint WHERE id IN ({ids})"
DEADLINES = "SELECT id, clock, due_by FROM deadline WHERE id IN ({ids})"
POLICIES = "SELECT id, in_force_from FROM policy_version WHERE id IN ({ids})"
BATCHES = "SELECT id, kind, at FROM import_batch WHERE id IN ({ids})"
IMPORTED_AFTER = (
    "SELECT batch_id FROM audit WHERE id > :after AND action IN ('import', 'merge') AND table_name = 'import_batch'"
)
MADE = """
SELECT i.batch_id, count(*) FROM import_change i JOIN {table} t ON t.id >= i.row_id AND t.id <= i.last_id
WHERE i.batch_id IN ({ids}) AND i.table_name = '{table}' AND i.before = '' AND ({early}) GROUP BY i.batch_id
"""
CHANGED = """
SELECT i.batch_id, i.before, CASE WHEN {early} THEN 1 ELSE 0 END FROM import_change i JOIN {table} t ON t.id = i.row_id
WHERE i.batch_id IN ({ids}) AND i.table_name = '{table}' AND i.before <> ''
"""
DAYS = {
    "order_": ("ordered_on", "completed_on", "cancelled_on"), "revisit": ("done_on",), "booking": ("promised_on",),
    "sales_follow_up": ("done_on",), "handover": ("from_on",), "shown_order": ("ordered_on",), "fact": ("from_on",),
    "allocation": ("from_on",), "customer": ("first_on",),
}  # fmt: skip
"""The days that decide whether a row bears upon a month."""
ALWAYS = frozenset({"fact", "allocation"})
"""Tables in which a row without a day holds from the beginning."""
FILE = ("rep", "rep_id", "kind", "intention", "merged_into", "entered_on", "contract_on", "shown_order_on", "followed_by",
        "followed_since", "do_not_call")  # fmt: skip
"""Cells of a file that figures go by."""
REVISIT_KINDS = {"create": "revisit-recorded", "amend": "revisit-amended", "void": "revisit-voided"}
ALONE = frozenset({"create", "update", "amend", "void", "assign", "state", "adopt"})
"""What is done to a single record; what an import, a merge or an undo does to many is told once."""
OWN = {"customers": "customer", "orders": "order_", "revisits": "revisit", "sales-followups": "sales_follow_up"}
"""The table of which an import of a kind tells the number of rows."""
STATED = ("waived", "closed", "do_not_call")
READ = (
    "revisit", "customer", "allocation", "fact", "import_batch", "policy_version", "case_", "complaint", "deadline", "handover",
    "sales_follow_up", "shown_order",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Touch:
    """An audited change that bears upon a closed month: its audit row, when and by whom, its kind, the record (a number, or that
    of the import), the customer (code), and how many records it stands for."""

    row: int
    at: datetime | None
    who: str
    kind: str
    record: str
    code: str
    n: int = 1


class _Row(NamedTuple):
    """An audit row; `change` holds old and new by column."""

    id: int
    at: Any
    who: str
    action: str
    table: str
    row_id: int | None
    customer: int | None
    batch: int | None
    change: Mapping[str, Any]

    def days(self, name: str) -> list[str]:
        """The old and the new of a cell, where they say something."""
        return [str(one) for one in self.change.get(name, ()) if one is not None]


class _Seen:
    """What the rows have to be looked at with: the days of the month as texts, and the records they are about."""

    def __init__(self, sql: Sql, company: CompanyInfo, closed: Closed, rows: list[_Row]) -> None:
        self.sql, self.rows = sql, rows
        self.on = closed.seen_on.isoformat()
        params = span_of(company, closed.period, closed.seen_on).params
        self.until, self.begins, self.ends = params["now_at"], params["from_at"], params["end_at"]
        self.revisits = self._look_up(REVISITS, "revisit")
        self.cases = self._look_up(CASES, "case_")
        self.complaints = self._look_up(COMPLAINTS, "complaint")
        self.deadlines = self._look_up(DEADLINES, "deadline")
        self.policies = self._look_up(POLICIES, "policy_version")
        self.batches = self._read(BATCHES, (row.batch for row in rows if row.batch is not None))
        self.customers = self._read(CODES, (row.customer for row in rows if row.customer is not None))
        self.new = {row[0] for row in sql.rows(IMPORTED_AFTER, after=closed.audit_row)}
        self.imported = _imported(sql, [row.batch for row in rows if row.action == "import" and row.batch], self.on)

    def _look_up(self, query: str, table: str) -> dict[int, tuple[Any, ...]]:
        return self._read(query, (row.row_id for row in self.rows if row.table == table and row.row_id is not None))

    def _read(self, query: str, ids: Iterable[int]) -> dict[int, tuple[Any, ...]]:
        return {
            row[0]: row[1:]
            for portion in chunks(sorted(set(ids)))
            for row in self.sql.rows(query.format(ids=id_list(portion)))
        }

    def code(self, row: _Row) -> str:
        return str(self.customers[row.customer][0]) if row.customer in self.customers else ""

    def in_scope(self, row: _Row) -> bool:
        """Whether the customer's file was in scope on the day of seeing."""
        first = self.customers.get(row.customer or 0, ("", None))[1]
        return first is not None and str(first) <= self.on

    def early(self, *days: str) -> bool:
        """Whether one of the days is not after the day of seeing."""
        return any(one <= self.on for one in days)


def touches(sql: Sql, company: CompanyInfo, closed: Closed) -> Iterator[Touch]:
    """The changes after a closing that bear upon the month, the newest first."""
    tables = ", ".join(f":table_{place}" for place in range(len(READ)))
    named = {f"table_{place}": name for place, name in enumerate(READ)}
    rows = [
        _Row(*row[:-1], json.loads(row[-1]))  # type: ignore[call-arg]
        for row in sql.each(AFTER.format(conditions=f"table_name IN ({tables})"), after=closed.audit_row, **named)
        if row[4] == "import_batch" or row[3] in ALONE
    ]
    seen = _Seen(sql, company, closed, rows)
    for row in rows:
        found = _KINDS[row.table](row, seen)
        if found is not None:
            kind, record, n = found
            yield Touch(row.id, instant(row.at), row.who, kind, record, seen.code(row), n)


Found = tuple[str, str, int] | None


def _revisit(row: _Row, seen: _Seen) -> Found:
    if row.action not in REVISIT_KINDS or row.row_id not in seen.revisits:
        return None
    number, done_on = seen.revisits[row.row_id]
    return (REVISIT_KINDS[row.action], f"#{number}", 1) if seen.early(str(done_on), *row.days("done_on")) else None


def _customer(row: _Row, seen: _Seen) -> Found:
    """A file that was made by hand, or of which something changed that figures go by. (That it went to somebody else says the
    allocation; that it was merged says the batch.)"""
    if row.action not in ("create", "update") or not seen.in_scope(row):
        return None
    made = row.action == "create"
    return ("file-made" if made else "file-changed", "", 1) if made or set(FILE) & set(row.change) else None


def _allocation(row: _Row, seen: _Seen) -> Found:
    """Figures of a representative go by who has the file now."""
    return ("allocated", "", 1) if seen.in_scope(row) or seen.early(*row.days("from_on")) else None


def _fact(row: _Row, seen: _Seen) -> Found:
    days = row.days("from_on")
    if days and not seen.early(*days, *row.days("until_on")):
        return None
    name = next((one for one in STATED if one in row.change), "")
    return name.replace("_", "-") or "stated", "", 1


def _dated(row: _Row, seen: _Seen) -> Found:
    days = [day for name in DAYS[row.table] for day in row.days(name)]
    return ("file-changed", "", 1) if not days or seen.early(*days) else None


def _batch(row: _Row, seen: _Seen) -> Found:
    """An import by its rows that bear upon the month. What was imported and taken back, both after the closing, is nothing."""
    if row.action == "import":
        kind = str(seen.batches.get(row.batch or 0, ("",))[0])
        rows = +seen.imported[row.batch or 0]
        n = rows.get(OWN.get(kind, ""), 1)
        return (f"{kind}-imported", str(row.batch), n) if rows else None
    if row.action == "undo":
        return ("undone", str(row.batch), 1) if row.batch not in seen.new else None
    return ("merged", str(row.batch), 1) if row.action == "merge" else None


def _policy(row: _Row, seen: _Seen) -> Found:
    found = seen.policies.get(row.row_id or 0)
    days = row.days("in_force_from") + ([str(found[0])] if found else [])
    return ("policy-adopted", days[-1], 1) if seen.early(*days) else None


def _matter(row: _Row, seen: _Seen) -> Found:
    """A case or complaint that was there, and of which something changed that figures go by, as it stood then."""
    records = seen.cases if row.table == "case_" else seen.complaints
    if row.row_id not in records:
        return None
    number, opened_at, closed_on = records[row.row_id]
    opened = instant(opened_at)
    if row.action == "create" or opened is None or opened >= seen.until:
        return None
    was_closed = seen.early(*row.days("closed_on"), *([str(closed_on)] if closed_on else []))
    touched = seen.early(*row.days("closed_on")) or "severity" in row.change or "immediate" in row.change
    touched |= "refused" in row.change.get("state", ())
    touched |= was_closed and bool({"upheld", "amount_cents"} & set(row.change))
    kind = "case-changed" if row.table == "case_" else "complaint-changed"
    return (kind, f"#{number}" if row.table == "case_" else str(number), 1) if touched else None


def _deadline(row: _Row, seen: _Seen) -> Found:
    """A deadline within the month that was moved, or dropped."""
    if row.row_id not in seen.deadlines:
        return None
    clock, due_by = seen.deadlines[row.row_id]
    ended = row.change.get("ended", ("", ""))[1]
    if "due_by" not in row.change and ended != "dropped":
        return None
    moments = [instant(one) for one in (*row.change.get("due_by", ()), due_by) if one]
    within = any(one is not None and seen.begins <= one < seen.ends for one in moments)
    return ("deadline-moved", str(clock), 1) if within else None


_KINDS = {
    "revisit": _revisit, "customer": _customer, "allocation": _allocation, "fact": _fact, "import_batch": _batch,
    "policy_version": _policy, "case_": _matter, "complaint": _matter, "deadline": _deadline, "handover": _dated,
    "sales_follow_up": _dated, "shown_order": _dated,
}  # fmt: skip


def _imported(sql: Sql, batches: list[int], on: str) -> dict[int, Counter[str]]:
    """How many rows of each table that bear upon the month each import made or changed."""
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for portion in chunks(sorted(set(batches))):
        for table, names in DAYS.items():
            tests = [f"t.{name} <= :seen" for name in names]
            tests += [f"t.{name} IS NULL" for name in names if table in ALWAYS]
            filled = {"table": table, "early": " OR ".join(tests), "ids": id_list(portion)}
            for batch, n in sql.rows(MADE.format(**filled), seen=on):
                found[batch][table] += n
            for batch, before, early in sql.rows(CHANGED.format(**filled), seen=on):
                found[batch][table] += _bears(table, names, json.loads(before), bool(early), on)
    return found


def _bears(table: str, names: Iterable[str], old: Mapping[str, Any], early: bool, on: str) -> bool:
    """Whether a row that an import changed bears upon the month, by its days now and before."""
    if table == "customer" and not set(FILE) & set(old):
        return False
    return early or any(str(old[name]) <= on for name in names if old.get(name))
