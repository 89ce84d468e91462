"""What stands in the pages of rows: for each source its columns, by which a figure can be counted again with the filters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from revisit import terms, wording
from revisit.figures.marks import Marked
from revisit.i18n import N_, _
from revisit.matters.words import CLOCKS
from revisit.reports import tracing
from revisit.reports.book.pages import Look


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
    """A column: its title, what stands in it, how its cells look, how wide it is at least (in characters)."""

    title: str
    of: Callable[[Told], object]
    look: Look = "text"
    wide: int = 9


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of rows: of which source, its title, its columns."""

    source: str
    title: str
    columns: tuple[Column, ...]


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
