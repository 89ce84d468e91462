"""Brings the register up to date: plans the touched customers anew and writes the difference, in the caller's transaction.

A rebuild is a difference on the natural key (customer, rule, anchor, slot), so what refers to a row survives it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from revisit.company import CompanyInfo
from revisit.db import Sql, chunks, id_list, instant
from revisit.policy.facts import FollowUp, Plan, Standing
from revisit.policy.plan import plan
from revisit.policy.timeline import is_contact
from revisit.register.events import ALL_IDS, Gathered, load_files
from revisit.search import search_text

FOLLOW_UPS = """
SELECT id, customer_id, rule, anchor_on, slot, opens_on, due_by, call_by, at, met_on, ended_on, cause, policy, numbers, days
FROM follow_up WHERE customer_id IN ({ids})
"""
INSERT_FOLLOW_UP = """
INSERT INTO follow_up (customer_id, rule, anchor_on, slot, opens_on, due_by, call_by, at, met_on, ended_on, cause, policy,
                       numbers, days)
VALUES (:customer_id, :rule, :anchor_on, :slot, :opens_on, :due_by, :call_by, :at, :met_on, :ended_on, :cause, :policy,
        :numbers, :days)
"""
UPDATE_FOLLOW_UP = """
UPDATE follow_up SET opens_on = :opens_on, due_by = :due_by, call_by = :call_by, at = :at, met_on = :met_on,
       ended_on = :ended_on, cause = :cause, policy = :policy, numbers = :numbers, days = :days
WHERE id = :id
"""
DELETE_FOLLOW_UP = "DELETE FROM follow_up WHERE id = :id"
STANDINGS = "SELECT id, customer_id, kind, code, from_on, until_on FROM standing WHERE customer_id IN ({ids})"
INSERT_STANDING = """
INSERT INTO standing (customer_id, kind, code, from_on, until_on) VALUES (:customer_id, :kind, :code, :from_on, :until_on)
"""
UPDATE_STANDING = "UPDATE standing SET until_on = :until_on WHERE id = :id"
DELETE_STANDING = "DELETE FROM standing WHERE id = :id"
DERIVED = "SELECT id, code, name, first_on, last_order_on, last_contact_on, search FROM customer WHERE id IN ({ids})"
PEOPLE = "SELECT customer_id, name FROM contact_person WHERE customer_id IN ({ids}) ORDER BY customer_id, position"
UPDATE_DERIVED = """
UPDATE customer SET first_on = :first_on, last_order_on = :last_order_on, last_contact_on = :last_contact_on,
       search = :search
WHERE id = :id
"""
_KEYS = ("opens_on", "due_by", "call_by", "at", "met_on", "ended_on", "cause", "policy", "numbers", "days")


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
    made = changed = removed = done = 0
    for portion in chunks(wanted):
        difference = _replan_portion(sql, company, portion)
        made, changed, removed = made + difference.made, changed + difference.changed, removed + difference.removed
        done += len(portion)
        if told is not None:
            told(done, len(wanted))
    return Difference(made, changed, removed)


def plans(sql: Sql, company: CompanyInfo, ids: Sequence[int]) -> list[tuple[Gathered, Plan]]:
    """The plan of each of these customers, from nothing but their events."""
    return [(one, plan(one.file, company.policies, company.calendar, company.start_on)) for one in load_files(sql, ids)]


def _replan_portion(sql: Sql, company: CompanyInfo, ids: Sequence[int]) -> Difference:
    within = id_list(ids)
    kept = {(row[1], row[2], row[3], row[4]): row for row in sql.rows(FOLLOW_UPS.format(ids=within))}
    spans = {(row[1], row[2], row[3], row[4]): row for row in sql.rows(STANDINGS.format(ids=within))}
    derived = {row[0]: row[1:] for row in sql.rows(DERIVED.format(ids=within))}
    people: dict[int, list[str]] = defaultdict(list)
    for customer, name in sql.rows(PEOPLE.format(ids=within)):
        people[customer].append(name)
    new: list[dict[str, Any]] = []
    other: list[dict[str, Any]] = []
    new_spans: list[dict[str, Any]] = []
    other_spans: list[dict[str, Any]] = []
    other_derived: list[dict[str, Any]] = []
    for one, planned in plans(sql, company, ids):
        for row in planned.follow_ups:
            values = _row(row)
            old = kept.pop((one.id, row.rule, row.anchor_on.isoformat(), row.slot), None)
            if old is None:
                key = {
                    "customer_id": one.id,
                    "rule": row.rule,
                    "anchor_on": row.anchor_on.isoformat(),
                    "slot": row.slot,
                }
                new.append(key | values)
            elif _as_kept(old) != tuple(values[name] for name in _KEYS):
                other.append(values | {"id": old[0]})
        for span in planned.standings:
            until = _iso(span.until_on)
            was = spans.pop((one.id, span.kind, span.code, span.from_on.isoformat()), None)
            if was is None:
                new_spans.append(_span(one.id, span))
            elif was[5] != until:
                other_spans.append({"id": was[0], "until_on": until})
        code, name, *before = derived[one.id]
        now = {
            "first_on": _iso(planned.first_on),
            "last_order_on": _iso(planned.last_order_on),
            "last_contact_on": _iso(_last_contact(one, company)),
            "search": search_text(code, name, people[one.id]),
        }
        if before != list(now.values()):
            other_derived.append(now | {"id": one.id})
    sql.run_many(DELETE_FOLLOW_UP, [{"id": row[0]} for row in kept.values()])
    sql.run_many(UPDATE_FOLLOW_UP, other)
    sql.run_many(INSERT_FOLLOW_UP, new)
    sql.run_many(DELETE_STANDING, [{"id": row[0]} for row in spans.values()])
    sql.run_many(UPDATE_STANDING, other_spans)
    sql.run_many(INSERT_STANDING, new_spans)
    sql.run_many(UPDATE_DERIVED, other_derived)
    return Difference(
        len(new) + len(new_spans), len(other) + len(other_spans) + len(other_derived), len(kept) + len(spans)
    )


def _row(row: FollowUp) -> dict[str, Any]:
    return {
        "opens_on": row.opens_on.isoformat(),
        "due_by": _iso(row.due_by),
        "call_by": _iso(row.call_by),
        "at": row.at,
        "met_on": _iso(row.met_on),
        "ended_on": _iso(row.ended_on),
        "cause": row.cause,
        "policy": row.policy,
        "numbers": json.dumps(dict(row.numbers), sort_keys=True, separators=(",", ":")),
        "days": " ".join(day.isoformat() for day in row.days),
    }


def _as_kept(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return (row[5], row[6], row[7], instant(row[8]), *row[9:])


def _span(customer: int, span: Standing) -> dict[str, Any]:
    return {
        "customer_id": customer,
        "kind": span.kind,
        "code": span.code,
        "from_on": span.from_on.isoformat(),
        "until_on": _iso(span.until_on),
    }


def _last_contact(one: Gathered, company: CompanyInfo) -> date | None:
    return max((contact.on for contact in one.file.contacts if is_contact(contact, company.policies)), default=None)


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value else None
