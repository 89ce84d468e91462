"""What goes to the sales department every month and every quarter: problems that need not be solved at once, talks without a
problem in figures, suggestions, dormant customers with their reasons, complaints. Clause: P3 2.2.

As much of it as whoever makes it may see; telephone numbers in what was said are masked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from revisit import cases, complaints, figures
from revisit.access import Viewer, without_phones
from revisit.company import CompanyInfo
from revisit.db import Sql, day
from revisit.figures import Span
from revisit.figures.span import is_contact
from revisit.matters import wall
from revisit.policy.months import next_month
from revisit.policy.periods import Period, period_of
from revisit.reports import details
from revisit.reports.details import Suggestion

UNTROUBLED = """
SELECT coalesce(s.login, ''), r.satisfaction, count(*) FROM revisit r LEFT JOIN staff s ON s.id = r.staff_id
WHERE r.is_current AND NOT r.is_void AND r.done_on >= :first AND r.done_on <= :edge AND {contact}
  AND r.satisfaction <> 'dissatisfied'
  AND NOT EXISTS (SELECT 1 FROM case_ k JOIN revisit o ON o.id = k.revisit_id WHERE o.number = r.number)
GROUP BY s.login, r.satisfaction
"""
TROUBLED = """
SELECT c.code, c.name, c.rep_id, coalesce(s.login, ''), count(*) FROM revisit r JOIN customer c ON c.id = r.customer_id
LEFT JOIN staff s ON s.id = c.rep_id
WHERE r.is_current AND NOT r.is_void AND r.done_on >= :first AND r.done_on <= :edge AND NOT r.inbound
  AND r.satisfaction = 'dissatisfied'
GROUP BY c.code, c.name, c.rep_id, s.login
"""
DORMANT = """
SELECT c.code, c.name, c.rep_id, coalesce(s.login, ''), t.from_on,
  (SELECT max(r.done_on) FROM revisit r
   WHERE r.customer_id = c.id AND r.is_current AND NOT r.is_void AND r.done_on <= :edge AND {contact}),
  (SELECT max(o.ordered_on) FROM order_ o
   WHERE o.customer_id = c.id AND o.ordered_on <= :edge AND (o.cancelled_on IS NULL OR o.cancelled_on > :edge)),
  (SELECT r.reason FROM revisit r
   WHERE r.customer_id = c.id AND r.is_current AND NOT r.is_void AND r.done_on >= t.from_on AND r.done_on <= :edge
     AND r.reason <> '' ORDER BY r.done_on DESC, r.number DESC LIMIT 1),
  (SELECT min(b.promised_on) FROM booking b JOIN revisit r ON r.id = b.revisit_id
   WHERE r.customer_id = c.id AND r.is_current AND NOT r.is_void AND r.done_on <= :edge AND b.promised_on > :edge)
FROM standing t JOIN customer c ON c.id = t.customer_id LEFT JOIN staff s ON s.id = c.rep_id
WHERE t.kind = 'dormant' AND t.from_on <= :edge AND (t.until_on IS NULL OR t.until_on > :edge) ORDER BY t.from_on, c.code
"""
EVERY = 1_000_000
TREND = (
    "contacts.reached", "satisfaction.share", "cases.opened", "complaints.opened", "suggestions.total", "dormancy.entered",
    "dormancy.reactivated", "dormancy.still",
)  # fmt: skip
"""The figures whose way through the months of a quarter is told."""
REASONS = ("reasons_dormancy", "reasons_dissatisfaction")
MOST_CONCERNED = 10


@dataclass(frozen=True, slots=True)
class Problem:
    """A case that need not be solved at once: its number, the day it was raised, of whom (code, name), how it stands."""

    number: int
    on: date
    customer: str
    name: str
    rep: str
    state: str
    what: str
    result: str


@dataclass(frozen=True, slots=True)
class Untroubled:
    """Talks of one representative that raised no problem, by how satisfied the customer was (`unsaid`: nothing was said)."""

    rep: str
    talks: int
    satisfied: int
    neutral: int
    unsaid: int


@dataclass(frozen=True, slots=True)
class Dormant:
    """A customer that is dormant at the end of the period: since when, last contact and order, the newest reason, the callback
    that was promised. Dates and reason are empty where the log is not to be seen."""

    customer: str
    name: str
    rep: str
    since: date
    last_contact: date | None
    last_order: date | None
    reason: str
    promised_on: date | None


@dataclass(frozen=True, slots=True)
class Complained:
    """A complaint accepted in the period; `amount` in cents."""

    number: str
    on: date
    customer: str
    name: str
    kind: str
    severity: str
    state: str
    what: str
    settlement: str
    amount: int


@dataclass(frozen=True, slots=True)
class MonthOf:
    """One month of a quarter: some figures by their names."""

    label: str
    figures: dict[str, int | float | None]


@dataclass(frozen=True, slots=True)
class Concerned:
    """A customer by what it raised in the period."""

    customer: str
    name: str
    rep: str
    problems: int
    complaints: int
    dissatisfied: int
    suggestions: int

    @property
    def together(self) -> int:
        """All of it."""
        return self.problems + self.complaints + self.dissatisfied + self.suggestions


@dataclass(frozen=True, slots=True)
class Pack:
    """The pack of a month or quarter, as it stood at the end of the day `on`. Of a quarter also its months, the reasons by how
    often they were named, and the customers who raised most."""

    period: Period
    on: date
    problems: tuple[Problem, ...]
    untroubled: tuple[Untroubled, ...]
    suggestions: tuple[Suggestion, ...]
    dormant: tuple[Dormant, ...]
    complaints: tuple[Complained, ...]
    months: tuple[MonthOf, ...]
    reasons_dormancy: tuple[tuple[str, int], ...]
    reasons_dissatisfaction: tuple[tuple[str, int], ...]
    concerned: tuple[Concerned, ...]

    @property
    def quarterly(self) -> bool:
        """Whether it is a summary of several months."""
        return bool(self.months)


def pack(sql: Sql, company: CompanyInfo, period: Period, on: date, *, viewer: Viewer, at: datetime) -> Pack:
    """The pack of a month; of a longer period a summary with its months."""
    span = figures.span_of(company, period, on)
    raised = problems(sql, viewer, company, period)
    complained = tuple(_complaints(sql, company, period, viewer, at))
    suggested = tuple(_suggestions(sql, span, viewer))
    several = period_of("month", period.start) != period
    reasons = _reasons(sql, span) if several else dict.fromkeys(REASONS, ())
    return Pack(
        period=period,
        on=on,
        problems=raised,
        untroubled=tuple(_untroubled(sql, span)),
        suggestions=suggested,
        dormant=tuple(_dormant(sql, span, viewer)),
        complaints=complained,
        months=tuple(_months(sql, company, period, on)) if several else (),
        reasons_dormancy=reasons["reasons_dormancy"],
        reasons_dissatisfaction=reasons["reasons_dissatisfaction"],
        concerned=_concerned(sql, span, viewer, raised, complained, suggested) if several else (),
    )


def problems(sql: Sql, viewer: Viewer, company: CompanyInfo, period: Period) -> tuple[Problem, ...]:
    """What was raised in a period and has not to be solved at once, in order of the numbers."""
    return tuple(
        Problem(
            one.number, wall(one.opened_at, company).date(), one.code, viewer.name(one.name, one.owner), one.rep, one.state,
            without_phones(one.what), without_phones(one.result),
        )
        for one in cases.not_urgent(sql, viewer, company, period)
    )  # fmt: skip


def _untroubled(sql: Sql, span: Span) -> Iterator[Untroubled]:
    contact, params = is_contact(span.company.policies)
    found: dict[str, Counter[str]] = {}
    for login, said, n in sql.rows(UNTROUBLED.format(contact=contact), **span.params, **params):
        found.setdefault(login, Counter())[said] += n
    for login in sorted(found, key=lambda one: (not one, one)):
        said = found[login]
        yield Untroubled(login, said.total(), said["satisfied"], said["neutral"], said[""])


def _suggestions(sql: Sql, span: Span, viewer: Viewer) -> Iterator[Suggestion]:
    for one in details.suggestions(sql, span, viewer, EVERY):
        yield Suggestion(one.revisit, one.on, one.code, one.name, one.rep, without_phones(one.text))


def _dormant(sql: Sql, span: Span, viewer: Viewer) -> Iterator[Dormant]:
    contact, params = is_contact(span.company.policies)
    for code, name, owner, rep, since, *log in sql.rows(DORMANT.format(contact=contact), **span.params, **params):
        contacted, ordered, reason, promised = log if viewer.sees("log", owner) == "whole" else (None, None, "", None)
        yield Dormant(
            code, viewer.name(name, owner), rep, date.fromisoformat(since), day(contacted), day(ordered),
            without_phones(reason or ""), day(promised),
        )  # fmt: skip


def _complaints(sql: Sql, company: CompanyInfo, period: Period, viewer: Viewer, at: datetime) -> Iterator[Complained]:
    sight = complaints.sight_of(sql, company, viewer.member, at)
    for one in complaints.list_complaints(sql, sight, closed=True):
        on = wall(one.opened_at, company).date()
        if period.start <= on <= period.end:
            yield Complained(
                one.number, on, one.code, sight.name(one), one.kind, one.severity, one.state, without_phones(one.what),
                one.settlement, one.amount,
            )  # fmt: skip


def _months(sql: Sql, company: CompanyInfo, period: Period, on: date) -> Iterator[MonthOf]:
    first = period.start
    while first <= min(period.end, on):
        month = period_of("month", first)
        found = figures.count(sql, figures.span_of(company, month, on)).all()
        yield MonthOf(month.label, {name: found[name] for name in TREND})
        first = next_month(first)


def _reasons(sql: Sql, span: Span) -> dict[str, tuple[tuple[str, int], ...]]:
    counted = figures.count(sql, span, ["reasons"])
    return {name: tuple(counted.family(name).items()) for name in REASONS}


def _concerned(
    sql: Sql,
    span: Span,
    viewer: Viewer,
    raised: Sequence[Problem],
    complained: Sequence[Complained],
    suggested: Sequence[Suggestion],
) -> tuple[Concerned, ...]:
    """The customers who raised most, as far as they are seen."""
    names: dict[str, tuple[str, str]] = {}
    dissatisfied: Counter[str] = Counter()
    for code, name, owner, rep, n in sql.rows(TROUBLED, **span.params):
        if viewer.sees("log", owner) == "whole":
            names[code] = (viewer.name(name, owner), rep)
            dissatisfied[code] = n
    for one in complained:
        names.setdefault(one.customer, (one.name, ""))
    for said in suggested:
        names[said.code] = (said.name, said.rep)
    for problem in raised:
        names[problem.customer] = (problem.name, problem.rep)
    of_problems = Counter(one.customer for one in raised)
    of_complaints = Counter(one.customer for one in complained)
    of_suggestions = Counter(one.code for one in suggested)
    found = [
        Concerned(code, *names[code], of_problems[code], of_complaints[code], dissatisfied[code], of_suggestions[code])
        for code in names
    ]
    return tuple(sorted(found, key=lambda one: (-one.together, one.customer))[:MOST_CONCERNED])
