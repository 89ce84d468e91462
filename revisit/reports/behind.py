"""The rows behind the figures of a report, a page for each source, in which a figure is counted again with the filters:
as `revisit report trace` tells them, as much as may be seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from revisit import clock, figures, terms, wording
from revisit.access import Viewer
from revisit.db import Sql, instant
from revisit.figures import Span
from revisit.figures.marks import Marked
from revisit.i18n import N_, _
from revisit.matters.words import CLOCKS
from revisit.reports import tracing
from revisit.reports.values import Unit

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Told:
    """A row with the day that counts and its customer, as much of it as may be seen; `log`: what was said may be, too. Grade and
    region are those of the file today."""

    source: str
    one: Marked
    marks: Any
    on: date | None
    code: str
    name: str
    rep: str
    grade: str
    region: str
    clause: str
    log: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, what stands in it, how its values are written, how wide it is at least (in characters)."""

    title: str
    of: Callable[[Told], object]
    unit: Unit = "text"
    wide: int = 9


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of rows: of which source, its title, its columns."""

    source: str
    title: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Behind:
    """A page with its rows, which are read while it is written."""

    sheet: Sheet
    rows: Iterable[Told]


def behind(sql: Sql, span: Span, viewer: Viewer) -> Iterator[Behind]:
    """The pages of a period for a person."""
    logins: dict[int, str] = dict(sql.rows(tracing.LOGINS))
    for sheet in SHEETS:
        yield Behind(sheet, _told(sql, span, viewer, sheet.source, logins))


def _told(sql: Sql, span: Span, viewer: Viewer, source: str, logins: dict[int, str]) -> Iterator[Told]:
    """The rows of a source with their customers, some at a time."""
    rows = figures.rows(sql, span, source)
    while portion := list(islice(rows, _AT_ONCE)):
        known = tracing.customers_of(sql, [one.customer_id for one in portion if one.customer_id is not None])
        for one in portion:
            code, name, owner = known.get(one.customer_id or 0, ("", "", None))
            whole, marks = viewer.sees("name", owner) == "whole", one.marks
            yield Told(
                source=source,
                one=one,
                marks=marks,
                on=_day(source, one, span),
                code=code,
                name=viewer.name(name, owner),
                rep=logins.get(marks.staff_id, ""),
                grade=marks.grade if whole else "",
                region=marks.region if whole else "",
                clause=_clause(one, span) if source == "followups" else "",
                log=viewer.sees("log", owner) == "whole",
            )


def _day(source: str, one: Marked, span: Span) -> date | None:
    """The day that counts; of an instant the day on the company's own clock."""
    if not one.on:
        return None
    at = instant(one.on) if source == "deadlines" else None
    if at is not None:
        return clock.local(at, span.company.timezone).date()
    return date.fromisoformat(str(one.on)[:10])


def _clause(one: Marked, span: Span) -> str:
    """Under which clause a follow-up is owed."""
    return span.company.policies.on(date.fromisoformat(one.on)).rules[one.marks.rule].clause


def _word(name: str) -> Callable[[Told], str]:
    return lambda told: wording.word(getattr(told.marks, name)) if getattr(told.marks, name) else ""


def _yes(name: str) -> Callable[[Told], str]:
    return lambda told: _("yes") if getattr(told.marks, name) else ""


def _said(told: Told) -> str:
    """What a customer said."""
    return str(told.one.said or "") if told.log else ""


def _said_day(told: Told) -> date | None:
    return date.fromisoformat(str(told.one.said)[:10]) if told.one.said else None


_WRITTEN = {"within": N_("written down in time"), "late": N_("written down late")}
_KINDS = {"contact": N_("contact made"), "attempt": N_("in vain")}
ON = Column(N_("Day"), lambda told: told.on, "day")
RECORD = Column(N_("Record"), lambda told: tracing.record_of(told.source, told.one), wide=12)
CUSTOMER = (
    Column(N_("Code"), lambda told: told.code, wide=10),
    Column(N_("Customer"), lambda told: told.name, wide=30),
    Column(N_("Representative"), lambda told: told.rep, wide=12),
)
FILE = (
    *CUSTOMER, Column(N_("Grade"), lambda told: told.grade, wide=7), Column(N_("Region"), lambda told: told.region, wide=10),
)  # fmt: skip
SATISFACTION = Column(N_("Satisfaction"), _word("satisfaction"))
CLOSED = (
    Column(N_("Open at the end"), lambda told: "" if told.marks.closed else _("yes")),
    Column(N_("Closed on"), ON.of, "day"),
)

SHEETS = (
    Sheet("followups", N_("Follow-up rows"), (
        Column(N_("Due by"), ON.of, "day"), *FILE,
        Column(N_("Rule"), lambda told: wording.rule(told.marks.rule), wide=22),
        Column(N_("Clause"), lambda told: told.clause, wide=12),
        Column(N_("State"), lambda told: wording.state(told.marks.state), wide=12),
        Column(N_("Tried in vain"), _yes("tried")),
    )),
    Sheet("revisits", N_("Revisit rows"), (
        ON, RECORD, *FILE, Column(N_("Channel"), _word("channel"), wide=12), Column(N_("Result"), _word("result"), wide=14),
        Column(N_("From outside"), _yes("inbound")), Column(N_("With"), _word("with_whom"), wide=10), SATISFACTION,
        Column(N_("Counts as"), lambda told: _(_KINDS[told.marks.kind]) if told.marks.kind else "", wide=14),
        Column(N_("Written down"), lambda told: _(_WRITTEN[told.marks.record]) if told.marks.record else "", wide=18),
    )),
    Sheet("reasons", N_("Reason rows"), (
        ON, RECORD, *CUSTOMER, Column(N_("Dormant"), _yes("dormant")), SATISFACTION, Column(N_("Reason"), _said, "long"),
    )),
    Sheet("suggestions", N_("Suggestion rows"), (ON, RECORD, *CUSTOMER, Column(N_("Suggestion"), _said, "long"))),
    Sheet("dormancy", N_("Dormancy rows"), (
        Column(N_("Dormant since"), ON.of, "day"), Column(N_("Ended on"), _said_day, "day"), *FILE,
        Column(N_("Became dormant"), _yes("entered")), Column(N_("Ordered again"), _yes("reactivated")),
        Column(N_("within 30 days"), _yes("soon")), Column(N_("Dormant at the end"), _yes("still")),
    )),
    Sheet("customers", N_("Customer rows"), (
        Column(N_("In scope since"), ON.of, "day"), *FILE, Column(N_("Contacted in the period"), _yes("contacted")),
        Column(N_("Never reached"), lambda told: "" if told.marks.reached else _("yes")),
    )),
    Sheet("prospects", N_("Prospect rows"), (
        Column(N_("Customer or in scope since"), ON.of, "day"), *FILE,
        Column(N_("Intention"), lambda told: _(terms.INTENTIONS[told.marks.intention]), wide=14),
        Column(N_("Contacted in the period"), _yes("contacted")),
        Column(N_("What became of it"), lambda told: _(terms.BECAME[told.marks.by]), wide=26),
    )),
    Sheet("cases", N_("Case rows"), (
        RECORD, *CUSTOMER, Column(N_("Opened in the period"), _yes("opened")), Column(N_("At once"), _yes("immediate")),
        *CLOSED, Column(N_("What it is about"), _said, "long"),
    )),
    Sheet("complaints", N_("Complaint rows"), (
        RECORD, *CUSTOMER, Column(N_("Accepted in the period"), _yes("opened")), Column(N_("Severity"), _word("severity")),
        Column(N_("Kind"), _word("kind"), wide=12), *CLOSED, Column(N_("Upheld"), _yes("upheld")),
        Column(N_("Settled amount"), lambda told: told.one.cents if told.marks.closed else None, "money"),
        Column(N_("What it is about"), _said, "long"),
    )),
    Sheet("deadlines", N_("Deadline rows"), (
        Column(N_("Due by"), ON.of, "day"), Column(N_("Matter"), _word("matter"), wide=12), RECORD, *CUSTOMER,
        Column(N_("Step"), lambda told: _(CLOCKS[told.marks.clock]) if told.marks.clock in CLOCKS else told.marks.clock, wide=26),
        Column(N_("State"), lambda told: wording.state(told.marks.state), wide=12),
    )),
)  # fmt: skip
"""The pages in their order."""
