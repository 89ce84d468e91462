"""The rules, one function each: what is owed, from when to when, and how it ended. Pure: no today.

Each function takes a `Case` (the file, its spans, the dated policies, the calendar, the programme start) and yields
follow-ups; `slot` and `call_by` are filled in by `policy.plan`. Exact semantics: `docs/rules.md`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from revisit.policy import spans
from revisit.policy.facts import NEVER, Contact, File, FollowUp
from revisit.policy.months import month_start, plus_months
from revisit.policy.slots import counted_days
from revisit.policy.spans import Span
from revisit.policy.timeline import (
    Timeline,
    fits,
    month_mark,
)
from revisit.policy.values import Policies

ONE_DAY = timedelta(days=1)


class Case(NamedTuple):
    """One customer before the rules, its contacts in order of time.

    `eligible` are the days on which dormancy is judged (clause P3 1.4).
    """

    file: File
    line: Timeline
    eligible: list[Span]
    policies: Policies
    start_on: date

    def why_ended(self, day: date) -> str:
        """Why a precondition ended on the day."""
        by_rule = "handover" if spans.holds(self.line.customer, day) else "kind"
        return self.why_not_allowed(day) or by_rule

    def why_not_allowed(self, day: date) -> str:
        """What takes every rule away on the day, if anything does."""
        if spans.holds(self.line.excluded, day):
            return "excluded"
        return "waived" if spans.holds(self.line.waived, day) else ""

    def why_begun_again(self, day: date) -> str:
        """Why the last order is another one from the day on: a new order, or the old one was cancelled."""
        ordered = any(span.start == day == span.last for span in self.line.ordered)
        cancelled = any(sale.cancelled_on == day for sale in self.file.sales)
        return "cancelled" if cancelled and not ordered else "order"


def callbacks(case: Case) -> Iterator[FollowUp]:
    """P3 2.3: a callback that was promised or planned, owed on that day; a new booking ends the old one."""
    rule = "callback"
    contacts = case.file.contacts
    for index, booking in enumerate(contacts):
        if booking.promised_on is None:
            continue
        policy = case.policies.on(booking.on)
        window = timedelta(days=policy.rules[rule].window_days)
        if max(booking.promised_on, booking.on) + window < case.start_on:
            continue
        met: date | None = None
        end, cause = NEVER, ""
        for later in contacts[index + 1 :]:
            if fits(rule, later, case.policies):
                met = later.on
                break
            if later.promised_on is not None:
                end, cause = later.on, "rebooked"
                break
        for start, until in spans.clip(case.line.allowed, booking.on, end):
            opens = max(booking.promised_on, start)
            due_by = opens + window
            if met is not None and met < start:
                break
            if met is not None and met < until:
                yield _follow_up(rule, booking.on, opens, due_by, met, NEVER, "", policy.id, booking)
                break
            over = cause if until == end else case.why_ended(until) if until < NEVER else ""
            yield _follow_up(rule, booking.on, opens, due_by, None, until, over, policy.id, booking)


def case_revisit(case: Case) -> Iterator[FollowUp]:
    """P0: how a problem was handled, asked soon after it was closed. Opened again, it was not closed: nothing is owed for it
    from that day on; the talk of that day still counts, it may be the one in which the customer did not accept the result."""
    rule = "case-revisit"
    closings = case.file.closings
    if not closings:
        return
    talks = [contact.on for contact in case.file.contacts if fits(rule, contact, case.policies)]
    allowed = case.line.allowed
    for closing in sorted(closings, key=lambda one: (one.on, one.matter, one.number, one.reopened_on or NEVER)):
        policy = case.policies.on(closing.on)
        window = timedelta(days=policy.rules[rule].window_days)
        if closing.on + window < case.start_on:
            continue
        end = closing.reopened_on or NEVER
        met = next((day for day in talks if closing.on <= day), None)
        numbers = {"closed_on": closing.on, closing.matter: closing.number or None}
        for opens, until in spans.clip(allowed, closing.on, end):
            last = end if until == end and spans.holds(allowed, end) else until - ONE_DAY
            if met is not None and met <= last:
                if met >= opens:
                    yield row_of(rule, closing.on, opens, opens + window, met, NEVER, "", policy.id, numbers)
                break
            over = "" if until == NEVER else case.why_not_allowed(until) or "reopened"
            yield row_of(rule, closing.on, opens, opens + window, None, until, over, policy.id, numbers)


def after_sale(case: Case) -> Iterator[FollowUp]:
    """P3 2.2: within a week of a completed sale, monthly after that; settled once dormant over a month (`M`)."""
    rule = "after-sale"
    sales = sorted(
        (sale.completed_on, sale.cancelled_on or NEVER)
        for sale in case.file.sales
        if sale.completed_on is not None and (sale.cancelled_on or NEVER) > max(sale.completed_on, sale.ordered_on)
    )
    if not sales:
        return
    days = [(cancelled, 0, completed) for completed, cancelled in sales if cancelled < NEVER]
    days += [(start, 1, start) for start, _ in case.line.dormant]
    days += [(completed, 2, completed) for completed, _ in sales]
    days += [(contact.on, 3, contact.on) for contact in case.file.contacts if fits(rule, contact, case.policies)]
    pending: list[date] = []
    spoken: date | None = None
    since: date | None = None

    def owed(first: date, not_before: date) -> date:
        policy = case.policies.on(first)
        again = plus_months(spoken, policy.again_after_months) if spoken and policy.repeat == "monthly" else first
        return max(first, again, not_before, case.start_on)

    def settle(day: date, cause: str) -> Iterator[FollowUp]:
        """What was owed from `since` until `day`, in the spans that allow it."""
        assert since is not None
        policy = case.policies.on(pending[0])
        window = timedelta(days=policy.rules[rule].window_days)
        numbers = {"completed_on": pending[0], "contact_on": spoken}
        for start, until in case.line.allowed:
            opens = max(since, start)
            if opens < until and cause == "met" and opens <= day < until:
                yield row_of(rule, pending[0], opens, opens + window, day, NEVER, "", policy.id, numbers)
                return
            end = min(until, day)
            if opens >= end:
                continue
            over = cause if day < until else case.why_not_allowed(until)  # the facts of a day count first
            yield row_of(rule, pending[0], opens, opens + window, None, end, over, policy.id, numbers)

    for day, order, completed in sorted(days):
        if order == 2:
            pending.append(completed)
            if since is None:
                since = owed(completed, completed)
        elif order == 0:
            if completed in pending:
                was_first = pending[0] == completed and pending.count(completed) == 1
                if was_first and since is not None:
                    yield from settle(day, "cancelled")
                pending.remove(completed)
                if was_first:
                    since = owed(pending[0], day) if pending else None
        else:
            if since is not None:
                yield from settle(day, "met" if order == 3 else "dormant")
            spoken = None if order == 1 or spans.holds(case.line.dormant, day) else day
            pending, since = [], None
    if since is not None:
        yield from settle(NEVER, "")


def dormant_week(case: Case) -> Iterator[FollowUp]:
    """P3 1.4: no order for over a week: one phone contact within the following week."""
    rule = "dormant-week"
    file = case.file
    phoned: list[date] | None = None
    for span in case.line.ordered:
        policy = case.policies.on(span.last)
        after = policy.week_days(file.code, file.grade, file.region, file.industry)
        opens = span.last + timedelta(days=after + 1)
        month = month_mark(span.last, case.policies)
        due_by = span.last + timedelta(days=after + policy.rules[rule].window_days)
        if opens < span.start or opens >= min(span.end, month) or due_by < case.start_on:
            continue
        until = next((end for start, end in case.eligible if start <= opens < end), None)
        if until is None:
            continue
        end = min(span.end, month, until)
        cause = case.why_begun_again(end) if end == span.end else "dormant" if end == month else case.why_ended(end)
        if phoned is None:
            phoned = [contact.on for contact in file.contacts if fits(rule, contact, case.policies)]
        met = next((day for day in phoned if opens <= day < end), None)
        numbers = {"contract_on" if span.by_contract else "last_order_on": span.last}
        if met is not None:
            end, cause = NEVER, ""
        yield row_of(rule, span.last, opens, due_by, met, end, cause, policy.id, numbers)


def dormant_month(case: Case) -> Iterator[FollowUp]:
    """P3 1.4: no order for over a month: at least two contacts a month. One row for a whole episode."""
    rule = "dormant-month"
    contacted: list[date] | None = None
    for opens, end in spans.meet(case.line.dormant, case.eligible):
        if end <= month_start(case.start_on):
            continue
        if contacted is None:
            contacted = sorted({c.on for c in case.file.contacts if fits(rule, c, case.policies)})
        ended_on = None if end == NEVER else end
        span = next(span for span in case.line.ordered if span.start <= opens < span.end)
        cause = (
            ""
            if ended_on is None
            else case.why_begun_again(end)
            if any(until == end for _, until in case.line.dormant)
            else case.why_ended(end)
        )
        numbers = {"contract_on" if span.by_contract else "last_order_on": span.last}
        row = row_of(rule, opens, opens, None, None, end, cause, case.policies.on(opens).id, numbers)
        yield row._replace(days=counted_days(opens, ended_on, contacted, case.policies, case.start_on))


def brief(case: Case) -> Iterator[FollowUp]:
    """P3 1.3: a talk with the salesperson within a week of receiving a customer; paperwork, the customer hears nothing."""
    rule = "brief"
    days = sorted({one.on for one in case.file.allocations if one.on is not None and not one.temporary})
    talks = [contact.on for contact in case.file.contacts if fits(rule, contact, case.policies)] if days else []
    for day, end in zip(days, [*days[1:], NEVER], strict=False):
        policy = case.policies.on(day)
        window = timedelta(days=policy.rules[rule].window_days)
        if day + window < case.start_on:
            continue
        met = next((talk for talk in talks if day <= talk), None)
        for opens, until in spans.clip(case.line.allowed, day, end):
            if met is not None and met < until:
                if met >= opens:
                    yield row_of(rule, day, opens, opens + window, met, NEVER, "", policy.id, {"allocated_on": day})
                break
            over = "" if until == NEVER else "reallocated" if until == end else case.why_not_allowed(until)
            yield row_of(rule, day, opens, opens + window, None, until, over, policy.id, {"allocated_on": day})


def _follow_up(
    rule: str,
    anchor: date,
    opens: date,
    due_by: date,
    met: date | None,
    end: date,
    cause: str,
    policy: str,
    booking: Contact,
) -> FollowUp:
    booked = {"planned_on" if booking.planned else "booked_on": booking.on}
    row = row_of(rule, anchor, opens, due_by, met, end, cause, policy, booked)
    return row._replace(at=booking.promised_at if opens == booking.promised_on else None)


def row_of(
    rule: str,
    anchor: date,
    opens: date,
    due_by: date | None,
    met: date | None,
    end: date,
    cause: str,
    policy: str,
    numbers: Mapping[str, date | str | None],
) -> FollowUp:
    """A row of the register; `slot` and `call_by` are filled in by `policy.plan`."""
    return FollowUp(
        rule=rule,
        anchor_on=anchor,
        slot=0,
        opens_on=opens,
        due_by=due_by,
        call_by=None,
        at=None,
        met_on=met,
        ended_on=None if end == NEVER else end,
        cause=cause,
        policy=policy,
        numbers=tuple((key, str(value)) for key, value in numbers.items() if value is not None),
    )
