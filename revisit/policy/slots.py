"""The slots of an endless dormant series: two contacts a month, as arithmetic (P3 1.4; `rules.md`, `dormant-month`)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from revisit.policy.calendar import WorkCalendar
from revisit.policy.facts import NEVER
from revisit.policy.months import month_start, next_month
from revisit.policy.values import Policies, Policy

ONE_DAY = timedelta(days=1)


class Slot(NamedTuple):
    """One owed slot. `first_on` is the slot's first day, `opens_on` the day it is owed from; `ended_on` is the first day it
    cannot be met any more (the month is over, or the series ended)."""

    number: int
    first_on: date
    opens_on: date
    due_by: date
    call_by: date
    met_on: date | None
    ended_on: date


def owed_slots(
    opens_on: date, ended_on: date | None, month: date, policy: Policy, start_on: date
) -> list[tuple[date, date, date]]:
    """(first day, opens on, due by) of the slots owed in a month by a series; `month` is the month's first day.

    A slot opens at the later of its first day and the series' opening, and is owed if the policy's `min_days_left` are
    left then, the series has not ended and the slot's last day is not before the programme start.
    """
    end_of_month = next_month(month) - ONE_DAY
    firsts = [month.replace(day=day) for day in policy.slots]
    result = []
    for index, first in enumerate(firsts):
        last = firsts[index + 1] - ONE_DAY if index + 1 < len(firsts) else end_of_month
        opens = max(first, opens_on)
        if (last - opens).days + 1 >= policy.min_days_left and opens < (ended_on or NEVER) and last >= start_on:
            result.append((first, opens, last))
    return result


def counted_days(
    opens_on: date, ended_on: date | None, contact_days: list[date], policies: Policies, start_on: date
) -> tuple[date, ...]:
    """Of the days with a contact, those that meet a slot: a month's first ones from the first owed slot's first day on."""
    result: list[date] = []
    month: date | None = None
    slots: list[tuple[date, date, date]] = []
    taken = 0
    for day in contact_days:
        if day >= (ended_on or NEVER) or day < month_start(opens_on):
            continue
        if month is None or month_start(day) != month:
            month = month_start(day)
            slots = owed_slots(opens_on, ended_on, month, policies.on(month), start_on)
            taken = 0
        if taken < len(slots) and day >= slots[0][0]:
            result.append(day)
            taken += 1
    return tuple(result)


def slots_of_month(
    opens_on: date,
    ended_on: date | None,
    days: tuple[date, ...],
    month: date,
    policies: Policies,
    calendar: WorkCalendar,
    start_on: date,
) -> list[Slot]:
    """The owed slots of a month and how they ended: the k-th counted day of the month meets the k-th slot."""
    after = next_month(month)
    met = [day for day in days if month <= day < after]
    end = min(after, ended_on or NEVER)
    result = []
    owed = owed_slots(opens_on, ended_on, month, policies.on(month), start_on)
    for number, (first, opens, due_by) in enumerate(owed, 1):
        met_on = met[number - 1] if number <= len(met) else None
        result.append(Slot(number, first, opens, due_by, calendar.call_by(opens, due_by), met_on, end))
    return result
