"""Brings the register up to date: plans the touched customers anew and writes the difference, in the caller's transaction.

A rebuild is a difference on the natural key (customer, rule, anchor, slot), so what refers to a row survives it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from revisit import customers
from revisit.company import CompanyInfo
from revisit.db import Sql, chunks, id_list, instant, plain
from revisit.policy.facts import File, FollowUp, Plan
from revisit.policy.plan import MOST_PLANS, Planner
from revisit.policy.timeline import is_contact
from revisit.register.events import ALL_IDS, Gathered, load_files
from revisit.search import search_text

FOLLOW_UPS = """
SELECT id, customer_id, rule, anchor_on, slot, opens_on, due_by, call_by, at, met_on, ended_on, cause, policy, numbers, days
FROM follow_up WHERE customer_id IN ({ids})
"""
UPDATE_FOLLOW_UP = """
UPDATE follow_up SET opens_on = :opens_on, due_by = :due_by, call_by = :call_by, at = :at, met_on = :met_on,
       ended_on = :ended_on, cause = :cause, policy = :policy, numbers = :numbers, days = :days
WHERE id = :id
"""
DELETE_FOLLOW_UP = "DELETE FROM follow_up WHERE id = :id"
STANDINGS = "SELECT id, customer_id, kind, code, from_on, until_on FROM standing WHERE customer_id IN ({ids})"
UPDATE_STANDING = "UPDATE standing SET until_on = :until_on WHERE id = :id"
DELETE_STANDING = "DELETE FROM standing WHERE id = :id"
DERIVED = "SELECT id, code, name, first_on, last_order_on, last_contact_on, search FROM customer WHERE id IN ({ids})"
PEOPLE = "SELECT customer_id, name FROM contact_person WHERE customer_id IN ({ids}) ORDER BY customer_id, position"
MERGED = {"first_on": None, "last_order_on": None, "last_contact_on": None, "search": ""}
"""What is kept of a file that was merged into another: it is in no scope, and nothing finds it."""
UPDATE_DERIVED = """
UPDATE customer SET first_on = :first_on, last_order_on = :last_order_on, last_contact_on = :last_contact_on,
       search = :search
WHERE id = :id
"""
_CELLS = ("opens_on", "due_by", "call_by", "at", "met_on", "ended_on", "cause", "policy", "numbers", "days")
FOLLOW_UP = ("customer_id", "rule", "anchor_on", "slot", *_CELLS)
STANDING = ("customer_id", "kind", "code", "from_on", "until_on")


class Difference(NamedTuple):
    """How many register rows a replanning made, changed and removed; all zero: the register was right."""

    made: int
    changed: int
    removed: int

    def __bool__(self) -> bool:
        return any(self)


def replan(
    sql: Sql, company: CompanyInfo, ids: Iterable[int] | None = None, told: Callable[[int, int], None] | None = None
) -> Difference:
    """Plans these customers (None: all of them) and writes what differs from the register.

    `told` hears after each portion how many of how many are done.
    """
    wanted = sorted(set(ids)) if ids is not None else [row[0] for row in sql.rows(ALL_IDS)]
    planner = Planner(company.policies, company.calendar, company.start_on)
    cells = _Cells()
    merged = customers.merged_names(sql)
    made = changed = removed = done = 0
    for portion in chunks(wanted):
        difference = _replan_portion(sql, company, portion, planner, cells, merged)
        made, changed, removed = made + difference.made, changed + difference.changed, removed + difference.removed
        done += len(portion)
        if told is not None:
            told(done, len(wanted))
    return Difference(made, changed, removed)


class _Cells:
    """Plans as cells of the register; customers that share a plan share its cells."""

    def __init__(self) -> None:
        self._of: dict[int, tuple[Plan, list[tuple[object, ...]], list[tuple[object, ...]]]] = {}

    def of(self, planned: Plan) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
        """The cells of a plan, made once."""
        found = self._of.get(id(planned))
        if found is None or found[0] is not planned:
            if len(self._of) > MOST_PLANS:
                self._of.clear()
            found = self._of[id(planned)] = (planned, *_cells_of(planned))
        return found[1], found[2]


def _cells_of(planned: Plan) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """The follow-ups (rule, anchor, slot, then `_CELLS`) and the standings (kind, code, from, until) of a plan."""
    return (
        [(row.rule, row.anchor_on.isoformat(), row.slot, *_row(row)) for row in planned.follow_ups],
        [(span.kind, span.code, span.from_on.isoformat(), _iso(span.until_on)) for span in planned.standings],
    )


class Entered(NamedTuple):
    """What the register holds of a customer who has just been made: derived columns; rows for `FOLLOW_UP` and `STANDING`, the
    customer's id left out."""

    first_on: str | None
    last_order_on: str | None
    follow_ups: list[tuple[object, ...]]
    standings: list[tuple[object, ...]]


class Newcomers:
    """Plans customers as they are made: nothing of them is in the register yet, so nothing has to be read and compared."""

    def __init__(self, company: CompanyInfo) -> None:
        self._planner = Planner(company.policies, company.calendar, company.start_on)
        self._entered: dict[Hashable, Entered] = {}

    @property
    def told_apart_by(self) -> frozenset[str]:
        """The words of a file by which the policy makes exceptions."""
        return self._planner.told_apart_by

    def known(self, said: Hashable) -> Entered | None:
        """The register of a customer of whom the same is said: all of the file that rules look at."""
        return self._entered.get(said)

    def enter(self, said: Hashable, file: File) -> Entered:
        """The register of a customer without a revisit, which is remembered by what is `said`."""
        if len(self._entered) == MOST_PLANS:
            self._entered.clear()
        planned = self._planner.anew(self._planner.plain(file))
        found = Entered(_iso(planned.first_on), _iso(planned.last_order_on), *_cells_of(planned))
        self._entered[said] = found
        return found


def _replan_portion(
    sql: Sql,
    company: CompanyInfo,
    ids: Sequence[int],
    planner: Planner,
    cells: _Cells,
    merged: Mapping[int, Sequence[str]],
) -> Difference:
    within = id_list(ids)
    kept = {row[1:5]: row for row in sql.rows(FOLLOW_UPS.format(ids=within))}
    spans = {row[1:5]: row for row in sql.rows(STANDINGS.format(ids=within))}
    derived = {row[0]: row[1:] for row in sql.rows(DERIVED.format(ids=within))}
    people: dict[int, list[str]] = defaultdict(list)
    for customer, name in sql.rows(PEOPLE.format(ids=within)):
        people[customer].append(name)
    new: list[tuple[object, ...]] = []
    other: list[dict[str, Any]] = []
    new_spans: list[tuple[object, ...]] = []
    other_spans: list[dict[str, Any]] = []
    other_derived: list[dict[str, Any]] = []
    for one in load_files(sql, ids):
        planned = planner.plan(one.file)
        rows, standings = cells.of(planned)
        for row in rows:
            old = kept.pop((one.id, *row[:3]), None)
            if old is None:
                new.append((one.id, *row))
            elif _as_kept(old) != row[3:]:
                other.append(dict(zip(_CELLS, row[3:], strict=True)) | {"id": old[0]})
        for span in standings:
            was = spans.pop((one.id, *span[:3]), None)
            if was is None:
                new_spans.append((one.id, *span))
            elif was[5] != span[3]:
                other_spans.append({"id": was[0], "until_on": span[3]})
        code, name, *before = derived.pop(one.id)
        now = {
            "first_on": _iso(planned.first_on),
            "last_order_on": _iso(planned.last_order_on),
            "last_contact_on": _iso(_last_contact(one, company)),
            "search": search_text(code, name, [*people[one.id], *merged.get(one.id, ())]),
        }
        if before != list(now.values()):
            other_derived.append(now | {"id": one.id})
    other_derived += [
        MERGED | {"id": id_} for id_, (_code, _name, *before) in derived.items() if before != list(MERGED.values())
    ]
    sql.run_many(DELETE_FOLLOW_UP, [{"id": row[0]} for row in kept.values()])
    sql.run_many(UPDATE_FOLLOW_UP, other)
    sql.insert_rows("follow_up", FOLLOW_UP, new)
    sql.run_many(DELETE_STANDING, [{"id": row[0]} for row in spans.values()])
    sql.run_many(UPDATE_STANDING, other_spans)
    sql.insert_rows("standing", STANDING, new_spans)
    sql.run_many(UPDATE_DERIVED, other_derived)
    return Difference(
        len(new) + len(new_spans), len(other) + len(other_spans) + len(other_derived), len(kept) + len(spans)
    )


def _row(row: FollowUp) -> tuple[object, ...]:
    """The cells of a follow-up, in the order of `_CELLS`."""
    return (
        row.opens_on.isoformat(),
        _iso(row.due_by),
        _iso(row.call_by),
        plain(row.at),
        _iso(row.met_on),
        _iso(row.ended_on),
        row.cause,
        row.policy,
        json.dumps(dict(row.numbers), sort_keys=True, separators=(",", ":")),
        " ".join(day.isoformat() for day in row.days),
    )


def _as_kept(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return (row[5], row[6], row[7], plain(instant(row[8])), *row[9:])


def _last_contact(one: Gathered, company: CompanyInfo) -> date | None:
    return max((contact.on for contact in one.file.contacts if is_contact(contact, company.policies)), default=None)


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value else None
