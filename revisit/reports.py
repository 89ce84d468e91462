"""The supervisor's figures for a period: what was owed and how it ended, what was done, what customers said.

Everything is read from the register and the log by comparing dates; only what had happened by the day asked for counts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from revisit.company import CompanyInfo
from revisit.db import Sql, day, instant
from revisit.policy import tally
from revisit.policy.months import month_start
from revisit.policy.periods import Period
from revisit.policy.plan import RULES
from revisit.policy.tally import Allocations, Dormant, Due, Judged, Made, Series, Tally
from revisit.policy.values import Policy

DUE_OR_MET = """
SELECT customer_id, rule, opens_on, due_by, call_by, met_on, ended_on FROM follow_up
WHERE (due_by >= :first AND due_by <= :last) OR (due_by IS NOT NULL AND met_on >= :first AND met_on <= :last)
"""
SERIES = """
SELECT customer_id, rule, opens_on, ended_on, days FROM follow_up
WHERE due_by IS NULL AND opens_on <= :last AND (ended_on IS NULL OR ended_on > :month)
"""
ALLOCATIONS = """
SELECT a.customer_id, a.from_on, s.login FROM allocation a JOIN staff s ON s.id = a.staff_id
ORDER BY a.customer_id, CASE WHEN a.from_on IS NULL THEN 0 ELSE 1 END, a.from_on, a.id
"""
MADE = """
SELECT customer_id, done_on, channel, result, inbound, with_whom, satisfaction, reason, done_at, filled_at FROM revisit
WHERE is_current AND NOT is_void AND done_on >= :first AND done_on <= :last
"""
HISTORY = """
SELECT customer_id, done_on, channel, result FROM revisit
WHERE is_current AND NOT is_void AND NOT inbound AND with_whom = 'customer' AND done_on <= :on
"""
DORMANT = """
SELECT customer_id, from_on, until_on FROM standing
WHERE kind = 'dormant' AND from_on <= :edge AND (until_on IS NULL OR until_on >= :first)
"""
SCOPE = "SELECT id FROM customer WHERE first_on <= :edge"
GRADES_AND_REGIONS = "SELECT id, grade, region FROM customer"


@dataclass(frozen=True, slots=True)
class Contacts:
    """Revisits that went out from us, attempts among them; only channels and results that occur."""

    total: int
    by_channel: dict[str, int]
    by_result: dict[str, int]


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """What customers said in conversations that we began."""

    satisfied: int
    neutral: int
    dissatisfied: int


@dataclass(frozen=True, slots=True)
class Dormancy:
    """Customers over a week without an order: who became it, who ordered again, who still is at the end."""

    entered: int
    reactivated: int
    still: int


@dataclass(frozen=True, slots=True)
class Records:
    """Revisits by whether they were filled in within the hours of the policy (P3 2.2); unknown lags are left out."""

    within_deadline: int
    late: int


@dataclass(frozen=True, slots=True)
class Customers:
    """Customer files in scope at the end, those contacted in the period, those never reached up to then."""

    in_scope: int
    contacted: int
    never_reached: int


@dataclass(frozen=True, slots=True)
class Missed:
    """The missed follow-ups: tried in vain at least once while they were owed, or not tried at all."""

    tried: int
    never_tried: int


@dataclass(frozen=True, slots=True)
class Day:
    """One day: revisits that went out, and follow-ups met on it (whenever they fall due)."""

    on: date
    contacts: int
    met: int


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of a period as they stood at the end of the day `on`."""

    period: Period
    on: date
    followups: Tally
    by_rule: dict[str, Tally]
    by_rep: dict[str, Tally]
    by_region: dict[str, Tally]
    by_grade: dict[str, Tally]
    contacts: Contacts
    satisfaction: Satisfaction
    reasons: tuple[tuple[str, int], ...]
    dormancy: Dormancy
    records: Records
    customers: Customers
    missed: Missed
    days: tuple[Day, ...]


def report(sql: Sql, company: CompanyInfo, period: Period, on: date) -> Report:
    """The figures of a period, from what had happened by the end of the day `on`.

    A follow-up counts where it falls due within the period, for the representative who owned the customer then;
    `by_rule` holds every rule the program knows, `by_rep` whoever had one ("" for customers of nobody); `by_region` and
    `by_grade` go by what the file says today ("" where it says nothing).
    """
    policies = company.policies
    edge = min(period.end, on)  # the last day of the period of which anything is known
    rows = _rows(sql, company, period, on)
    judged = tally.judge((row for row in rows if period.start <= row.due_by <= period.end), _owners(sql), on)
    rules = {rule: tally.count(()) for rule in RULES} | tally.count_by((one.due.rule, one.state) for one in judged)
    reps = tally.count_by((one.rep, one.state) for one in judged)
    files = {customer: (grade, region) for customer, grade, region in sql.rows(GRADES_AND_REGIONS)}
    grades = tally.count_by((files[one.due.customer_id][0], one.state) for one in judged)
    regions = tally.count_by((files[one.due.customer_id][1], one.state) for one in judged)
    best = {grade: place for place, grade in enumerate(policies.on(on).grades)}
    made = [_made(values) for values in sql.rows(MADE, first=period.start, last=edge)]
    history = _history(sql, on)
    dormant = [
        Dormant(customer, date.fromisoformat(start), day(until))
        for customer, start, until in sql.rows(DORMANT, first=min(period.start, edge), edge=edge)
    ]
    scope = {row[0] for row in sql.rows(SCOPE, edge=edge)}
    ever = tally.contacted((one for one in history if one.on <= edge), policies)
    out = tally.outbound(made)
    said = tally.satisfactions(made)
    met = tally.met_days(rows, on)
    return Report(
        period=period,
        on=on,
        followups=tally.count(one.state for one in judged),
        by_rule=rules,
        by_rep={rep: reps[rep] for rep in sorted(reps, key=lambda rep: (not rep, rep))},
        by_region={one: regions[one] for one in sorted(regions, key=lambda one: (not one, -regions[one].owed, one))},
        by_grade={one: grades[one] for one in sorted(grades, key=lambda one: (not one, best.get(one, len(best)), one))},
        contacts=Contacts(
            len(out), _ranked(Counter(one.channel for one in out)), _ranked(Counter(one.result for one in out))
        ),
        satisfaction=Satisfaction(said["satisfied"], said["neutral"], said["dissatisfied"]),
        reasons=tuple(tally.reasons(one.reason for one in made)),
        dormancy=Dormancy(**tally.dormancy(dormant, period, edge)),
        records=Records(**tally.recorded(made, dormant, policies)),
        customers=Customers(**tally.reach(scope, tally.contacted(made, policies), ever)),
        missed=_missed(judged, tally.attempt_days(history, policies), policies.on(on)),
        days=tuple(Day(*one) for one in tally.per_day(made, met, period.start, edge)),
    )


def _rows(sql: Sql, company: CompanyInfo, period: Period, on: date) -> list[Due]:
    """The follow-ups that fall due in the period or were met in it, the slots of series among them."""
    rows = [
        Due(customer, rule, _day(opens), _day(due_by), _day(call_by), day(met), day(ended))
        for customer, rule, opens, due_by, call_by, met, ended in sql.rows(
            DUE_OR_MET, first=period.start, last=period.end
        )
    ]
    last = min(period.end, on)  # what opens later is still ahead
    series = (
        Series(customer, rule, _day(opens), day(ended), tuple(_day(text) for text in days.split()))
        for customer, rule, opens, ended, days in sql.rows(SERIES, month=month_start(period.start), last=last)
    )
    rows += tally.slots_due(series, period.start, last, company.policies, company.calendar, company.start_on)
    return rows


def _owners(sql: Sql) -> Allocations:
    owners: dict[int, list[tuple[date | None, str]]] = defaultdict(list)
    for customer, start, login in sql.rows(ALLOCATIONS):
        owners[customer].append((day(start), login))
    return owners


def _made(values: tuple[Any, ...]) -> Made:
    customer, done_on, channel, result, inbound, whom, satisfaction, reason, done_at, filled_at = values
    known: tuple[datetime | None, datetime | None] = (instant(done_at), instant(filled_at))
    return Made(customer, _day(done_on), channel, result, bool(inbound), whom == "sales", satisfaction, reason, *known)


def _history(sql: Sql, on: date) -> list[Made]:
    return [
        Made(customer, _day(done_on), channel, result)
        for customer, done_on, channel, result in sql.rows(HISTORY, on=on)
    ]


def _missed(judged: list[Judged], attempts: dict[int, list[date]], policy: Policy) -> Missed:
    """A call in vain is no try at paperwork: that is owed beside the customer, not to it."""
    missed = [one.due for one in judged if one.state == "missed"]
    calls = [row for row in missed if not policy.rules[row.rule].paperwork]
    tried = sum(tally.tried(row, attempts.get(row.customer_id, ())) for row in calls)
    return Missed(tried, len(missed) - tried)


def _ranked(found: Counter[str]) -> dict[str, int]:
    """The most frequent first, equals by their name."""
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def _day(text: str) -> date:
    return date.fromisoformat(text)
