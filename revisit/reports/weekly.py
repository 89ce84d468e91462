"""The weekly report, due on Friday at 16:00: what was done, what was missed, what comes next week. Clause: P4."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from revisit import figures, forecast
from revisit.access import Viewer
from revisit.company import CompanyInfo
from revisit.db import Sql
from revisit.figures import Slice, find_figure
from revisit.matters import wall
from revisit.policy.periods import Period, range_of
from revisit.reports import tracing
from revisit.reports.tracing import Row

FRIDAY, DUE_AT = 4, time(16)
PROMISED = """
SELECT f.call_by, c.code, c.name, c.rep_id, coalesce(s.login, '') FROM follow_up f JOIN customer c ON c.id = f.customer_id
LEFT JOIN staff s ON s.id = c.rep_id
WHERE f.rule = 'callback' AND f.call_by >= :first AND f.call_by <= :last AND f.met_on IS NULL AND f.ended_on IS NULL
ORDER BY f.call_by, c.code
"""
LOGINS = "SELECT id, login FROM staff"
DONE = (
    "followups.owed", "followups.in_time", "followups.late", "followups.missed", "followups.overdue", "followups.open",
    "followups.coverage", "contacts.total", "contacts.reached", "satisfaction.share", "records.share", "cases.opened",
    "cases.closed", "complaints.opened", "complaints.closed", "suggestions.total", "dormancy.entered", "dormancy.reactivated",
)  # fmt: skip
OF_PEOPLE = (
    "contacts.total", "contacts.reached", "followups.in_time", "followups.late", "followups.missed", "followups.overdue",
)  # fmt: skip
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Person:
    """Some figures of one representative ("" of nobody) by their names."""

    rep: str
    figures: dict[str, int | float | None]


@dataclass(frozen=True, slots=True)
class Coming:
    """The work of one representative in the next week: contacts that can be kept, made late, not kept."""

    rep: str
    planned: int
    late: int
    overflow: int


@dataclass(frozen=True, slots=True)
class Promised:
    """A callback promised for a day of the next week."""

    on: date
    customer: str
    name: str
    rep: str


@dataclass(frozen=True, slots=True)
class Weekly:
    """The week from Saturday to Friday as it stood at the end of the day `on`; `due_at` is that Friday's 16:00 on the company's
    own clock, `over` whether it has come. `missed` and `overdue` are the follow-ups themselves; the rest is of the seven days
    after it."""

    period: Period
    on: date
    due_at: datetime
    over: bool
    done: dict[str, int | float | None]
    people: tuple[Person, ...]
    missed: tuple[Row, ...]
    overdue: tuple[Row, ...]
    next: Period
    coming: tuple[Coming, ...]
    promised: tuple[Promised, ...]


def week_of(day: date) -> Period:
    """The days from Saturday to the Friday of the calendar week that holds `day`."""
    friday = day + timedelta(days=FRIDAY - day.weekday())
    return range_of(friday - 6 * _DAY, friday)


def weekly(sql: Sql, company: CompanyInfo, week: Period, today: date, *, viewer: Viewer, at: datetime) -> Weekly:
    """The report of a week that ends on a Friday, from what had happened by the end of that day, or by today."""
    on = min(week.end, today)
    counts = figures.count(sql, figures.span_of(company, week, on))
    found = counts.all()
    due_at = datetime.combine(week.end, DUE_AT)
    ahead = range_of(week.end + _DAY, week.end + 7 * _DAY)
    logins = dict(sql.rows(LOGINS))
    people = {logins.get(id_, ""): mine.all() for id_, mine in counts.people().items()}
    return Weekly(
        period=week,
        on=on,
        due_at=due_at,
        over=wall(at, company) >= due_at,
        done={name: found[name] for name in DONE},
        people=tuple(
            Person(login, {name: people[login][name] for name in OF_PEOPLE})
            for login in sorted(people, key=lambda one: (not one, one))
            if any(people[login][name] for name in OF_PEOPLE)
        ),
        missed=_rows(sql, company, week, on, "followups.missed", viewer),
        overdue=_rows(sql, company, week, on, "followups.overdue", viewer),
        next=ahead,
        coming=tuple(_coming(sql, company, ahead, viewer)),
        promised=tuple(
            Promised(date.fromisoformat(day), code, viewer.name(name, owner), rep)
            for day, code, name, owner, rep in sql.rows(PROMISED, first=ahead.start, last=ahead.end)
        ),
    )


def _rows(sql: Sql, company: CompanyInfo, week: Period, on: date, name: str, viewer: Viewer) -> tuple[Row, ...]:
    figure = find_figure(name)
    assert figure is not None
    return tracing.trace(sql, company, week, on, figure, part=Slice(), viewer=viewer).rows


def _coming(sql: Sql, company: CompanyInfo, ahead: Period, viewer: Viewer) -> Iterator[Coming]:
    found = forecast.forecast(sql, company, first=ahead.start, last=ahead.end, viewer=viewer)
    for one in found.people:
        told = [sum(getattr(day, name) for day in one.days) for name in ("planned", "late", "overflow")]
        if any(told):
            yield Coming(one.login, *told)
