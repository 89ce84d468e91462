"""Reading a register on a day: comparing dates and nothing else, the way the list and `why` do."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from revisit.policy.calendar import WorkCalendar, calendar_from
from revisit.policy.facts import File, FollowUp, Plan
from revisit.policy.months import next_month
from revisit.policy.outcome import LIVE, state_on
from revisit.policy.slots import slots_of_month
from revisit.policy.values import Policies, policy_from

ROOT = Path(__file__).resolve().parents[2]
DEFAULT = tomllib.loads((ROOT / "templates/policy/default.toml").read_text(encoding="utf-8"))
DEFAULT_POLICIES = Policies((policy_from(DEFAULT),))
CALENDAR = calendar_from(
    tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "templates/calendar").glob("cn-*.toml"))
)

Seen = tuple[str, date, date, str]
"""One follow-up on a day: rule, opens_on, due_by, state or outcome."""


class Reading(NamedTuple):
    """A register on a day. `listed` is what the morning list shows: nothing while a callback is booked for a later day."""

    owed: list[Seen]
    settled: list[Seen]
    promised: bool
    standings: dict[str, set[str]]

    @property
    def listed(self) -> list[Seen]:
        return [] if self.promised else self.owed


def slots_of(
    row: FollowUp, policies: Policies, calendar: WorkCalendar, start_on: date, until: date
) -> list[tuple[date, date, date | None, date, date]]:
    """(opens on, due by, met on, ended on, call by) of a series' slots, up to and with the month of `until`."""
    result = []
    month = row.opens_on.replace(day=1)
    last = until if row.ended_on is None else min(until, row.ended_on)
    while month <= last:
        for slot in slots_of_month(row.opens_on, row.ended_on, row.days, month, policies, calendar, start_on):
            result.append((slot.opens_on, slot.due_by, slot.met_on, slot.ended_on, slot.call_by))
        month = next_month(month)
    return result


def flat(plan: Plan, policies: Policies, calendar: WorkCalendar, start_on: date, until: date) -> list[FollowUp]:
    """The rows with every series replaced by its slots."""
    result = []
    for row in plan.follow_ups:
        if row.rule != "dormant-month":
            result.append(row)
            continue
        for opens, due, met, ended, call_by in slots_of(row, policies, calendar, start_on, until):
            result.append(row._replace(opens_on=opens, due_by=due, met_on=met, ended_on=ended, call_by=call_by))
    return result


def waits(row: FollowUp, rows: list[FollowUp], day: date) -> bool:
    """Whether the callback is booked for a later day. One of two with the same booking day waits once the other is over."""
    before = [other for other in rows if other[:3] == ("callback", row.anchor_on, row.slot - 1)]
    return (
        row.rule == "callback"
        and row.opens_on > day
        and (row.met_on is None or row.met_on > day)
        and all(min(other.met_on or date.max, other.ended_on or date.max) <= day for other in before)
    )


def read(
    plan: Plan, policies: Policies, calendar: WorkCalendar, start_on: date, day: date, rows: list[FollowUp] | None = None
) -> Reading:
    """What the register says at the end of the day."""
    owed, settled, promised = [], [], False
    rows = flat(plan, policies, calendar, start_on, day) if rows is None else rows
    for row in rows:
        if row.anchor_on > day:
            continue
        assert row.due_by is not None
        assert row.call_by is not None
        state = state_on(row, row.due_by, row.call_by, day)
        seen = (row.rule, row.opens_on, row.due_by, str(state))
        if state in LIVE:
            owed.append(seen)
        elif state != "ahead":
            settled.append(seen)
        elif waits(row, rows, day):
            promised = True
    standings: dict[str, set[str]] = {}
    for standing in plan.standings:
        if standing.from_on <= day and (standing.until_on is None or day < standing.until_on):
            standings.setdefault(standing.kind, set()).add(standing.code)
    return Reading(sorted(owed), sorted(settled), promised, standings)


def read_file(file: File, policies: Policies, calendar: WorkCalendar, start_on: date, day: date) -> Reading:
    """Plan and read in one step."""
    from revisit.policy.plan import plan

    return read(plan(file, policies, calendar, start_on), policies, calendar, start_on, day)


def days(first: date, last: date) -> list[date]:
    """Every day from the first to the last, both included."""
    return [first + timedelta(n) for n in range((last - first).days + 1)]


def up_to(file: File, day: date) -> File:
    """The file as it was known at the end of the day: what is dated later is not there yet."""
    return file._replace(
        sales=tuple(
            sale._replace(
                completed_on=sale.completed_on if sale.completed_on and sale.completed_on <= day else None,
                cancelled_on=sale.cancelled_on if sale.cancelled_on and sale.cancelled_on <= day else None,
            )
            for sale in file.sales
            if sale.ordered_on <= day
        ),
        contacts=tuple(contact for contact in file.contacts if contact.on <= day),
        handovers=tuple(item for item in file.handovers if item.on is None or item.on <= day),
        sales_follow_ups=tuple(on for on in file.sales_follow_ups if on <= day),
        shown_orders=tuple(on for on in file.shown_orders if on <= day),
        facts=tuple(fact for fact in file.facts if fact.on is None or fact.on <= day),
    )
