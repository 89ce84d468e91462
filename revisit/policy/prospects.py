"""Prospects are followed regularly, interested ones more often (P0, P1 11; `docs/rules.md`, `prospect`). Pure: no today.

A walk over the moments at which anything changes for a prospect. Between two moments everything is constant, so the day
on which a contact becomes owed is arithmetic; it lies there or it does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from revisit.policy import spans
from revisit.policy.facts import NEVER, Contact, FollowUp
from revisit.policy.months import plus_months
from revisit.policy.rules import Case, row_of
from revisit.policy.spans import Span
from revisit.policy.timeline import customer_by, fits, statements

RULE = "prospect"
BY_FACTS, BY_TIME, BY_REVISIT = range(3)  # what counts first on one day


class _Moment(NamedTuple):
    """Something changes on a day: by the facts of the day, or by one revisit."""

    on: date
    phase: int
    contact: Contact | None


class _Owed(NamedTuple):
    """A contact that is owed since `opens`. `spoken` is the last conversation; None: there was none."""

    opens: date
    spoken: date | None
    intention: str


def prospect(case: Case) -> Iterator[FollowUp]:
    """P0, P1 11: a first contact soon after entry, then one a month; more often while the prospect is interested."""
    followed = spans.meet(case.line.allowed, spans.without(case.line.customer, case.line.first_on))
    if not followed:
        return
    stated = statements(case.file.facts, "intention", case.line.first_on)
    spoken: date | None = None
    learnt: tuple[date, str] | None = None
    owed: _Owed | None = None
    intention, may, since = "", False, case.line.first_on
    for moment in _moments(case, followed, stated):
        if may and owed is None:
            opens = max(since, case.start_on, _again_on(case, spoken, intention))
            if (opens, BY_TIME) < moment[:2]:
                owed = _Owed(opens, spoken, intention)
        since = moment.on
        if moment.contact is None:
            intention = _intention_on(since, stated, learnt)
            may = intention != "none" and spans.holds(followed, since)
            if owed is not None and not may:
                yield _row(case, owed, None, since, _why_ended(case, since))
                owed = None
            continue
        if fits("prospect", moment.contact, case.policies):
            if owed is not None:
                yield _row(case, owed, since, NEVER, "")
                owed = None
            spoken = since
        if moment.contact.intention:
            intention = moment.contact.intention
            learnt = (since, intention)
            may = intention != "none" and spans.holds(followed, since)
            if owed is not None and not may:
                if owed.opens < since:  # what opened on this very day was owed at the end of none
                    yield _row(case, owed, None, since, "intention")
                owed = None


def _moments(case: Case, followed: list[Span], stated: list[tuple[date, date, str]]) -> Iterator[_Moment]:
    """In the order in which they count; the last one is the end of time."""
    days = {day for pair in followed for day in pair} | {day for start, end, _ in stated for day in (start, end)}
    moments = [_Moment(day, BY_FACTS, None) for day in days | {NEVER}]
    moments += [
        _Moment(contact.on, BY_REVISIT, contact)
        for contact in case.file.contacts
        if contact.intention or fits("prospect", contact, case.policies)
    ]
    yield from sorted(moments, key=lambda moment: moment[:2])  # stable: revisits of one day stay in order of time


def _again_on(case: Case, spoken: date | None, intention: str) -> date:
    """The day from which a contact is owed to a prospect with whom we last spoke on `spoken`."""
    if spoken is None:
        return case.file.entered_on
    policy = case.policies.on(spoken)
    if intention == "interested":
        return spoken + timedelta(days=policy.prospect_interested_after_days)
    return plus_months(spoken, policy.prospect_again_after_months)


def _intention_on(day: date, stated: list[tuple[date, date, str]], learnt: tuple[date, str] | None) -> str:
    """The intention once the facts of the day count: what was stated last and holds, or what a revisit has learnt since."""
    holding = [(start, value) for start, end, value in stated if start <= day < end]
    if learnt is not None and not (holding and holding[-1][0] > learnt[0]):
        return learnt[1]
    return holding[-1][1] if holding else ""


def _why_ended(case: Case, day: date) -> str:
    """Why a prospect is not followed any more from a day on, though nobody spoke with it."""
    if day == NEVER:
        return ""
    if not_allowed := case.why_not_allowed(day):
        return not_allowed
    if not spans.holds(case.line.customer, day):
        return "intention"
    return customer_by(case.line.ordered, day)


def _row(case: Case, owed: _Owed, met: date | None, end: date, cause: str) -> FollowUp:
    anchor = owed.spoken or case.file.entered_on
    policy = case.policies.on(anchor)
    days = policy.prospect_first_window_days if owed.spoken is None else policy.rules[RULE].window_days
    numbers = {"entered_on" if owed.spoken is None else "contact_on": anchor.isoformat()}
    if owed.intention == "interested":
        numbers["intention"] = owed.intention
    due_by = owed.opens + timedelta(days=days)
    return row_of(RULE, anchor, owed.opens, due_by, met, end, cause, policy.id, numbers)
