"""Counting what was owed, made and recorded in a period, as it stood on a day. Pure: dated rows in, figures out; no today.

A follow-up counts in the period in which it falls due, a revisit on the day it was made. Days of a period and spans of
`until_on` follow the house: both ends of a period belong to it, `until_on` is the first day after.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from revisit.policy.calendar import WorkCalendar
from revisit.policy.facts import NEVER, Contact
from revisit.policy.months import month_start, next_month
from revisit.policy.outcome import State, state_on
from revisit.policy.periods import Period
from revisit.policy.slots import Slot, slots_of_month
from revisit.policy.timeline import is_contact
from revisit.policy.values import Policies

_ONE_DAY = timedelta(days=1)
_BETWEEN_REASONS = re.compile("[；;、/]")


class Due(NamedTuple):
    """A follow-up of the register, or a slot of a series."""

    customer_id: int
    rule: str
    opens_on: date
    due_by: date
    call_by: date
    met_on: date | None
    ended_on: date | None


class Series(NamedTuple):
    """An endless series of the register; its slots are arithmetic."""

    customer_id: int
    rule: str
    opens_on: date
    ended_on: date | None
    days: tuple[date, ...]


class Judged(NamedTuple):
    """A follow-up, its state on the day of the report, and the login of whose it was ("": nobody's)."""

    due: Due
    state: State
    rep: str


class Made(NamedTuple):
    """A revisit on record; `done_at` and `filled_at` are instants, None where unknown."""

    customer_id: int
    on: date
    channel: str
    result: str
    inbound: bool = False
    with_sales: bool = False
    satisfaction: str = ""
    reason: str = ""
    done_at: datetime | None = None
    filled_at: datetime | None = None


class Dormant(NamedTuple):
    """A span of days on which a customer was dormant over a week."""

    customer_id: int
    from_on: date
    until_on: date | None


Allocations = Mapping[int, Sequence[tuple[date | None, str]]]
"""Per customer (from, login) in order of their beginning; None: from the file's first day."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Follow-ups by how they stand. `owed` is all but the void ones; `coverage` = met ÷ (met + missed + overdue)."""

    owed: int
    in_time: int
    late: int
    missed: int
    overdue: int
    open: int
    void: int
    coverage: float | None

    @classmethod
    def of(cls, *, in_time: int, late: int, missed: int, overdue: int, open: int, void: int) -> Tally:  # noqa: A002
        """The figures of so many follow-ups in each state."""
        met = in_time + late
        judged = met + missed + overdue
        share = round(met / judged, 4) if judged else None
        return cls(judged + open, in_time, late, missed, overdue, open, void, share)


def slots_due(
    every: Iterable[Series], first: date, last: date, policies: Policies, calendar: WorkCalendar, start_on: date
) -> Iterator[Due]:
    """The slots of some series in the months that hold the days from `first` to `last`.

    Series that look alike within a month have the same slots in it: those are computed once.
    """
    months = []
    month = month_start(first)
    while month <= last:
        months.append((month, next_month(month)))
        month = months[-1][1]
    known: dict[tuple[date, date, date, tuple[date, ...]], list[Slot]] = {}
    for series in every:
        for month, after in months:
            opens, end = max(series.opens_on, month), min(series.ended_on or NEVER, after)
            if opens >= end:
                continue
            days = tuple(day for day in series.days if month <= day < after) if series.days else ()
            slots = known.get((month, opens, end, days))
            if slots is None:
                slots = slots_of_month(opens, end, days, month, policies, calendar, start_on)
                known[month, opens, end, days] = slots
            for slot in slots:
                yield Due(
                    series.customer_id,
                    series.rule,
                    slot.opens_on,
                    slot.due_by,
                    slot.call_by,
                    slot.met_on,
                    slot.ended_on,
                )


def judge(rows: Iterable[Due], owners: Allocations, on: date) -> list[Judged]:
    """How each follow-up stands on a day, and whose it was when it fell due. Those still ahead are left out.

    What falls due after `on` is its owner's of that day: nobody knows yet who comes later.
    """
    result = []
    for row in rows:
        state = state_on(row, row.due_by, row.call_by, on)
        if state != "ahead":
            result.append(Judged(row, state, owner_on(owners.get(row.customer_id, ()), min(row.due_by, on))))
    return result


def owner_on(allocations: Sequence[tuple[date | None, str]], day: date) -> str:
    """The login of the representative on a day: the last allocation that had begun; none: ""."""
    for start, login in reversed(allocations):
        if start is None or start <= day:
            return login
    return ""


def count(states: Iterable[State]) -> Tally:
    """The figures of some follow-ups, none of them ahead."""
    found = Counter(states)
    return Tally.of(**{state: found[state] for state in ("in_time", "late", "missed", "overdue", "open", "void")})


def count_by(pairs: Iterable[tuple[str, State]]) -> dict[str, Tally]:
    """The figures of each group, in the order in which the groups first appear."""
    groups: dict[str, list[State]] = defaultdict(list)
    for name, state in pairs:
        groups[name].append(state)
    return {name: count(states) for name, states in groups.items()}


def attempt_days(history: Iterable[Made], policies: Policies) -> dict[int, list[date]]:
    """The days on which a customer was tried in vain."""
    result: dict[int, list[date]] = defaultdict(list)
    for one in history:
        if not one.inbound and not one.with_sales and one.result in policies.on(one.on).attempt_results:
            result[one.customer_id].append(one.on)
    return result


def tried(row: Due, attempts: Iterable[date]) -> bool:
    """Whether an attempt was made while the follow-up could be met."""
    return any(row.opens_on <= day and (row.ended_on is None or day < row.ended_on) for day in attempts)


def contacted(made: Iterable[Made], policies: Policies) -> set[int]:
    """The customers with at least one contact."""
    result: set[int] = set()
    for one in made:
        if one.customer_id not in result and is_contact(_contact(one), policies):
            result.add(one.customer_id)
    return result


def outbound(made: Iterable[Made]) -> list[Made]:
    """The revisits that went out from us, whatever came of them."""
    return [one for one in made if not one.inbound]


def satisfactions(made: Iterable[Made]) -> Counter[str]:
    """How often which satisfaction was named in a conversation that we began."""
    return Counter(one.satisfaction for one in made if not one.inbound and one.result == "reached" and one.satisfaction)


def reasons(texts: Iterable[str]) -> list[tuple[str, int]]:
    """The reasons and how many revisits name them, the most frequent first; one text may name several."""
    found: Counter[str] = Counter()
    for text in texts:
        found.update({part.strip() for part in _BETWEEN_REASONS.split(text)} - {""})
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))


def dormancy(spans: Iterable[Dormant], period: Period, edge: date) -> dict[str, int]:
    """How many became dormant in the period, ordered again in it, and still were dormant on `edge`, its last known day."""
    entered = reactivated = still = 0
    for span in spans:
        entered += period.start <= span.from_on <= edge
        reactivated += span.until_on is not None and period.start <= span.until_on <= edge
        still += span.from_on <= edge and (span.until_on is None or span.until_on > edge)
    return {"entered": entered, "reactivated": reactivated, "still": still}


class Lag(NamedTuple):
    """How long after a talk it was written down, the hours that the policy gives for that, and the clause that says so."""

    hours: float
    allowed: int
    clause: str

    @property
    def in_time(self) -> bool:
        """Whether it was written down soon enough."""
        return self.hours <= self.allowed


def lag(one: Made, spans: Iterable[Dormant], policies: Policies) -> Lag | None:
    """How late a revisit was filled in; `spans`: when its customer was dormant. None where a time is unknown.

    For a customer who was dormant on that day the shorter deadline holds (P3 2.2).
    """
    if one.done_at is None or one.filled_at is None:
        return None
    policy = policies.on(one.on)
    dormant = any(span.from_on <= one.on and (span.until_on is None or one.on < span.until_on) for span in spans)
    allowed = policy.dormancy_record_hours if dormant else policy.record_hours
    return Lag((one.filled_at - one.done_at) / timedelta(hours=1), allowed, policy.record_clause)


def recorded(made: Iterable[Made], spans: Iterable[Dormant], policies: Policies) -> dict[str, int]:
    """How many revisits were filled in within the hours the policy gives, and how many later; unknown lags are left out."""
    dormant: dict[int, list[Dormant]] = defaultdict(list)
    for span in spans:
        dormant[span.customer_id].append(span)
    found = [lag(one, dormant.get(one.customer_id, ()), policies) for one in made]
    within = [one.in_time for one in found if one is not None]
    return {"within_deadline": sum(within), "late": len(within) - sum(within)}


def reach(scope: AbstractSet[int], now: AbstractSet[int], ever: AbstractSet[int]) -> dict[str, int]:
    """Of the customers in scope: how many were contacted in the period (`now`), and how many never (`ever`)."""
    return {"in_scope": len(scope), "contacted": len(scope & now), "never_reached": len(scope - ever)}


def met_days(rows: Iterable[Due], on: date) -> Counter[date]:
    """How many follow-ups were met on which day, whenever they fall due; those still ahead on `on` are left out."""
    return Counter(row.met_on for row in rows if row.met_on is not None and row.met_on <= on and row.opens_on <= on)


def per_day(made: Iterable[Made], met: Mapping[date, int], first: date, last: date) -> list[tuple[date, int, int]]:
    """(day, outbound revisits, follow-ups met) of every day from `first` to `last`."""
    contacts = Counter(one.on for one in made if not one.inbound)
    days = (first + n * _ONE_DAY for n in range((last - first).days + 1))
    return [(day, contacts[day], met.get(day, 0)) for day in days]


def _contact(one: Made) -> Contact:
    return Contact(one.on, one.channel, one.result, one.inbound, one.with_sales)
