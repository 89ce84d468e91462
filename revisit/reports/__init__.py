"""The supervisor's figures for a period: what was owed and how it ended, what was done, what customers said.

Everything is read from the register and the log by comparing dates; only what had happened by the day asked for counts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from revisit import clock, figures
from revisit.access import Viewer
from revisit.company import CompanyInfo
from revisit.db import Sql
from revisit.figures import Counts, series
from revisit.policy.periods import Period, a_year_before, previous
from revisit.policy.plan import RULES
from revisit.policy.tally import Tally
from revisit.reports import closed, details
from revisit.reports.closed import ClosedMonth
from revisit.reports.details import Suggestion, Unreached

CONTACTS_BY_DAY = """
SELECT done_on, count(*) FROM revisit
WHERE is_current AND NOT is_void AND NOT inbound AND done_on >= :first AND done_on <= :edge GROUP BY done_on
"""
MET_BY_DAY = """
SELECT met_on, count(*) FROM follow_up
WHERE met_on >= :first AND met_on <= :edge AND coalesce(due_by, due_by) IS NOT NULL AND coalesce(opens_on, opens_on) <= :on
GROUP BY met_on
"""
"""`coalesce` keeps SQLite at the index of `met_on`: it cannot know how few of the others there are."""
PEOPLE = "SELECT s.id, s.login, coalesce(d.name, '') FROM staff s LEFT JOIN department d ON d.id = s.department_id"
NOBODY = ("", "")
STATES = ("in_time", "late", "missed", "overdue", "open", "void")
WHOSE = ("followups",)
"""What a report counts by people, regions and grades."""
Figures = dict[str, int | float | None]
"""Figures by their names; a share is None where there is nothing to share."""


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
    """Customers over a week without an order: who became it, who ordered again (and who of these within 30 days of becoming it),
    who still is at the end."""

    entered: int
    reactivated: int
    reactivated_soon: int
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
class Hour:
    """An hour of the day on the company's own clock: calls that went out, and how many of them reached somebody."""

    hour: int
    calls: int
    reached: int


@dataclass(frozen=True, slots=True)
class Compared:
    """The figures of another period, by their names, as they stood on the same day."""

    period: Period
    figures: Figures


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of a period as they stood at the end of the day `on`. `figures`: all of them by their names (a share is None
    where there is nothing to share); `previous` is the period just before, `last_year` the same one a year earlier, `history`
    as many periods before as were asked for, the earliest first; `closed`: it is a month that was closed,
    and what changed since."""

    period: Period
    on: date
    followups: Tally
    by_rule: dict[str, Tally]
    by_rep: dict[str, Tally]
    by_region: dict[str, Tally]
    by_grade: dict[str, Tally]
    by_department: dict[str, Tally]
    contacts: Contacts
    satisfaction: Satisfaction
    reasons: tuple[tuple[str, int], ...]
    reasons_dormancy: tuple[tuple[str, int], ...]
    reasons_dissatisfaction: tuple[tuple[str, int], ...]
    dormancy: Dormancy
    records: Records
    customers: Customers
    missed: Missed
    days: tuple[Day, ...]
    hours: tuple[Hour, ...]
    figures: Figures
    previous: Compared | None
    last_year: Compared | None
    history: tuple[Compared, ...]
    suggestions: tuple[Suggestion, ...]
    unreached: tuple[Unreached, ...]
    closed: ClosedMonth | None


def report(
    sql: Sql,
    company: CompanyInfo,
    period: Period,
    on: date,
    *,
    viewer: Viewer | None = None,
    compare: bool = True,
    history: int = 0,
) -> Report:
    """The figures of a period, from what had happened by the end of the day `on`.

    A follow-up counts where it falls due within the period, for the representative who owned the customer then;
    `by_rule` holds every rule the program knows, `by_rep` whoever had one ("" for customers of nobody), `by_department` the
    departments of these today; `by_region` and `by_grade` go by what the file says today ("" where it says nothing). Suggestions
    and customers never reached are told by name to a `viewer`. `history` is how many periods before are counted as well.
    """
    span = figures.span_of(company, period, on)
    counted = figures.count(sql, span, whose=WHOSE)
    found = counted.all()

    def n(name: str) -> int:
        return int(found[name] or 0)

    people = {id_: (login, department) for id_, login, department in sql.rows(PEOPLE)}
    before = _compared(sql, company, previous, period, on) if compare else None
    best = {grade: place for place, grade in enumerate(company.policies.on(on).grades)}
    reps = _tallies(counted, lambda one: people.get(one.staff_id, NOBODY)[0])
    departments = _tallies(counted, lambda one: people.get(one.staff_id, NOBODY)[1])
    regions = _tallies(counted, lambda one: one.region)
    grades = _tallies(counted, lambda one: one.grade)
    return Report(
        period=period,
        on=on,
        followups=_tally({state: n(f"followups.{state}") for state in STATES}),
        by_rule={rule: _tally({}) for rule in RULES} | _tallies(counted, lambda one: one.rule),
        by_rep={rep: reps[rep] for rep in sorted(reps, key=lambda rep: (not rep, rep))},
        by_region={one: regions[one] for one in sorted(regions, key=lambda one: (not one, -regions[one].owed, one))},
        by_grade={one: grades[one] for one in sorted(grades, key=lambda one: (not one, best.get(one, len(best)), one))},
        by_department={one: departments[one] for one in sorted(departments, key=lambda one: (not one, one))},
        contacts=Contacts(n("contacts.total"), counted.family("contacts.channel"), counted.family("contacts.result")),
        satisfaction=Satisfaction(*(n(f"satisfaction.{word}") for word in ("satisfied", "neutral", "dissatisfied"))),
        reasons=tuple(counted.family("reasons").items()),
        reasons_dormancy=tuple(counted.family("reasons_dormancy").items()),
        reasons_dissatisfaction=tuple(counted.family("reasons_dissatisfaction").items()),
        dormancy=Dormancy(*(n(f"dormancy.{word}") for word in ("entered", "reactivated", "reactivated_soon", "still"))),
        records=Records(n("records.within_deadline"), n("records.late")),
        customers=Customers(*(n(f"customers.{word}") for word in ("in_scope", "contacted", "never_reached"))),
        missed=Missed(n("missed.tried"), n("missed.never_tried")),
        days=tuple(_days(sql, counted)),
        hours=tuple(_hours(counted)),
        figures=found,
        previous=before,
        last_year=_compared(sql, company, a_year_before, period, on) if compare else None,
        history=tuple(_history(sql, company, period, on, before, history)) if history else (),
        suggestions=details.suggestions(sql, span, viewer) if viewer else (),
        unreached=details.unreached(sql, span, viewer) if viewer else (),
        closed=closed.closed_month(sql, company, period, viewer),
    )


def _compared(
    sql: Sql, company: CompanyInfo, which: Callable[[Period], Period], period: Period, on: date
) -> Compared | None:
    """The figures of another period; None at the beginning of the calendar, and before the programme started."""
    try:
        other = which(period)
    except (ValueError, OverflowError):
        return None
    if other.end < company.start_on:
        return None
    return Compared(other, figures.count(sql, figures.span_of(company, other, on), whose=()).all())


def _history(
    sql: Sql, company: CompanyInfo, period: Period, on: date, before: Compared | None, most: int
) -> list[Compared]:
    """The periods before, the earliest first; `before`: the last of them, where it is known."""
    found: list[Compared] = []
    while len(found) < most:
        one = before if before and not found else _compared(sql, company, previous, period, on)
        if one is None:
            break
        found.append(one)
        period = one.period
    return found[::-1]


def _hours(counted: Counts) -> Iterator[Hour]:
    """The hours of the day in which was called."""
    calls, reached = Counter[int](), Counter[int]()
    for one in counted.rows["hours"]:
        at = datetime.fromisoformat(f"{one.marks.hour}:00").replace(tzinfo=UTC)
        hour = clock.local(at, counted.span.company.timezone).hour
        calls[hour] += one.n
        reached[hour] += one.n * one.marks.contact
    for hour in sorted(calls):
        yield Hour(hour, calls[hour], reached[hour])


def _tally(states: Mapping[str, int]) -> Tally:
    return Tally.of(**{state: states.get(state, 0) for state in STATES})


def _tallies(counted: Counts, key: Callable[[Any], str]) -> dict[str, Tally]:
    """The follow-ups of each group by how they stand."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for one in counted.rows["followups"]:
        found[key(one.marks)][one.marks.state] += one.n
    return {name: _tally(states) for name, states in found.items()}


def _days(sql: Sql, counted: Counts) -> Iterator[Day]:
    """Every day of the period of which anything is known."""
    span = counted.span
    contacts = dict(sql.rows(CONTACTS_BY_DAY, **span.params))
    met = Counter(dict(sql.rows(MET_BY_DAY, **span.params)))
    for day, n in series.met_days(span, counted.looks).items():
        met[day.isoformat()] += n
    for number in range((span.edge - span.period.start).days + 1):
        day = span.period.start + timedelta(number)
        yield Day(day, contacts.get(day.isoformat(), 0), met[day.isoformat()])
