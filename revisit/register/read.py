"""What is owed on a day, read from the register by comparing dates; slots of a series are arithmetic."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from revisit.company import CompanyInfo
from revisit.db import Sql, day, id_list, instant
from revisit.policy.months import month_start, next_month
from revisit.policy.outcome import LIVE, State, state_on
from revisit.policy.slots import Slot, slots_of_month

COLUMNS = (
    "customer_id, rule, anchor_on, slot, opens_on, due_by, call_by, at, met_on, ended_on, cause, policy, numbers, days"
)
LIVE_ON = f"""
SELECT {COLUMNS} FROM follow_up
WHERE opens_on <= :on AND (ended_on IS NULL OR ended_on > :on) AND (met_on IS NULL OR met_on > :on)
"""
PROMISED_ON = f"""
SELECT {COLUMNS} FROM follow_up
WHERE rule = 'callback' AND anchor_on <= :on AND opens_on > :on AND (ended_on IS NULL OR ended_on > :on)
  AND (met_on IS NULL OR met_on > :on)
  AND NOT EXISTS (
    SELECT 1 FROM follow_up AS earlier
    WHERE earlier.customer_id = follow_up.customer_id AND earlier.rule = 'callback'
      AND earlier.anchor_on = follow_up.anchor_on AND earlier.slot < follow_up.slot
      AND (earlier.ended_on IS NULL OR earlier.ended_on > :on) AND (earlier.met_on IS NULL OR earlier.met_on > :on)
  )
"""
OF_CUSTOMERS = f"SELECT {COLUMNS} FROM follow_up WHERE customer_id IN ({{ids}}) ORDER BY opens_on, rule, slot"
LIVE_OF = LIVE_ON + "  AND customer_id = :customer"
PROMISED_OF = PROMISED_ON + "  AND customer_id = :customer"
AHEAD = """
SELECT customer_id, rule, opens_on, call_by, ended_on, days FROM follow_up
WHERE opens_on <= :last AND (ended_on IS NULL OR ended_on > :on) AND (met_on IS NULL OR met_on > :on)
"""
IN_SCOPE = "SELECT id, rep_id FROM customer WHERE first_on <= :on"
STANDING_ON = """
SELECT customer_id, kind, code, from_on FROM standing
WHERE kind IN ('excluded', 'waived', 'defective') AND from_on <= :on AND (until_on IS NULL OR until_on > :on)
"""
STANDING_OF = STANDING_ON + "  AND customer_id = :customer"
LATER_ALLOCATIONS = "SELECT 1 FROM allocation WHERE from_on > :on LIMIT 1"
OWNERS_ON = """
SELECT customer_id, staff_id FROM allocation WHERE from_on IS NULL OR from_on <= :on
ORDER BY customer_id, CASE WHEN from_on IS NULL THEN 0 ELSE 1 END, from_on, id
"""


class Row(NamedTuple):
    """A row of the register."""

    customer_id: int
    rule: str
    anchor_on: date
    slot: int
    opens_on: date
    due_by: date | None
    call_by: date | None
    at: datetime | None
    met_on: date | None
    ended_on: date | None
    cause: str
    policy: str
    numbers: dict[str, str]
    days: tuple[date, ...]


class Owed(NamedTuple):
    """One contact owed on the day that was asked for. `made` of `owed` contacts of its month are there (a series)."""

    customer_id: int
    rule: str
    anchor_on: date
    slot: int
    opens_on: date
    due_by: date
    call_by: date
    at: datetime | None
    state: State
    numbers: dict[str, str]
    made: int
    owed: int


class Coming(NamedTuple):
    """One contact that is owed on a day or will be, if nothing else happens. `slot`: one of a series; `ended_on`: the first day
    on which it cannot be met any more (None: it can be met on any day)."""

    customer_id: int
    rule: str
    opens_on: date
    call_by: date
    ended_on: date | None
    slot: bool


def row_of(values: tuple[Any, ...]) -> Row:
    """A register row from what the driver gives."""
    return Row(
        customer_id=values[0],
        rule=values[1],
        anchor_on=date.fromisoformat(values[2]),
        slot=values[3],
        opens_on=date.fromisoformat(values[4]),
        due_by=day(values[5]),
        call_by=day(values[6]),
        at=instant(values[7]),
        met_on=day(values[8]),
        ended_on=day(values[9]),
        cause=values[10],
        policy=values[11],
        numbers=json.loads(values[12]),
        days=tuple(date.fromisoformat(text) for text in values[13].split()),
    )


def slots_of(row: Row, month: date, company: CompanyInfo) -> list[Slot]:
    """The slots of an endless series in a month."""
    return slots_of_month(
        row.opens_on, row.ended_on, row.days, month, company.policies, company.calendar, company.start_on
    )


def owed_of(row: Row, on: date, company: CompanyInfo) -> list[Owed]:
    """What of a register row is owed on a day: itself, or the open slots of that day's month."""
    key = (row.customer_id, row.rule, row.anchor_on)
    if row.due_by is not None and row.call_by is not None:
        state = state_on(row, row.due_by, row.call_by, on)
        if state not in LIVE:
            return []
        return [Owed(*key, row.slot, row.opens_on, row.due_by, row.call_by, row.at, state, row.numbers, 0, 1)]
    slots = slots_of(row, month_start(on), company)
    made = sum(slot.met_on is not None and slot.met_on <= on for slot in slots)
    result = []
    for slot in slots:
        state = state_on(slot, slot.due_by, slot.call_by, on)
        if state in LIVE:
            result.append(
                Owed(
                    *key,
                    slot.number,
                    slot.opens_on,
                    slot.due_by,
                    slot.call_by,
                    None,
                    state,
                    row.numbers,
                    made,
                    len(slots),
                )
            )
    return result


def live_on(sql: Sql, company: CompanyInfo, on: date, customer: int | None = None) -> dict[int, list[Owed]]:
    """Everything owed on a day, by customer; of one `customer` (id) alone."""
    result: dict[int, list[Owed]] = defaultdict(list)
    for values in _rows(sql, (LIVE_ON, LIVE_OF), on, customer):
        for owed in owed_of(row_of(values), on, company):
            result[owed.customer_id].append(owed)
    return result


def ahead(sql: Sql, company: CompanyInfo, on: date, last: date) -> Iterator[Coming]:
    """Everything that is owed on a day or opens after it, up to the day `last`; the slots of a series each by itself."""
    for customer, rule, opens, call_by, ended, days in sql.rows(AHEAD, on=on, last=last):
        opens_on, ended_on = date.fromisoformat(opens), day(ended)
        if call_by is not None:
            yield Coming(customer, rule, opens_on, date.fromisoformat(call_by), ended_on, slot=False)
            continue
        met = tuple(date.fromisoformat(text) for text in days.split())
        month = month_start(max(on, opens_on))
        while month <= last:
            for slot in slots_of_month(
                opens_on, ended_on, met, month, company.policies, company.calendar, company.start_on
            ):
                unmet = slot.met_on is None or slot.met_on > on
                if unmet and slot.opens_on <= last and slot.ended_on > on:
                    yield Coming(customer, rule, slot.opens_on, slot.call_by, slot.ended_on, slot=True)
            month = next_month(month)


def promised_on(sql: Sql, on: date, customer: int | None = None) -> dict[int, Row]:
    """The callback that a customer waits for on a day: booked, its day still to come."""
    return {row.customer_id: row for row in map(row_of, _rows(sql, (PROMISED_ON, PROMISED_OF), on, customer))}


def standing_on(sql: Sql, on: date, customer: int | None = None) -> dict[int, list[tuple[str, str, date]]]:
    """(kind, code, since) of what stands in the way of a customer on a day: excluded, waived, defective."""
    result: dict[int, list[tuple[str, str, date]]] = defaultdict(list)
    for whose, kind, code, since in _rows(sql, (STANDING_ON, STANDING_OF), on, customer):
        result[whose].append((kind, code, date.fromisoformat(since)))
    return result


def _rows(sql: Sql, texts: tuple[str, str], on: date, customer: int | None) -> list[tuple[Any, ...]]:
    """The rows of a day: everybody's by the first text, one customer's by the second."""
    everybody, one = texts
    return sql.rows(everybody, on=on) if customer is None else sql.rows(one, on=on, customer=customer)


def owners_on(sql: Sql, on: date) -> dict[int, int | None]:
    """The representative (staff id) of every customer in scope on a day; None where nobody was allocated."""
    owners: dict[int, int | None] = dict(sql.rows(IN_SCOPE, on=on))
    if sql.rows(LATER_ALLOCATIONS, on=on):
        then = dict(sql.rows(OWNERS_ON, on=on))
        owners = {customer: then.get(customer) for customer in owners}
    return owners


def rows_of(sql: Sql, ids: Iterable[int]) -> list[Row]:
    """All register rows of some customers, in the order of their opening."""
    wanted = list(ids)
    return [row_of(values) for values in sql.rows(OF_CUSTOMERS.format(ids=id_list(wanted)))] if wanted else []
