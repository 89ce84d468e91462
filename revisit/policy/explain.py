"""Why a customer is owed a contact under a rule on a day, or is not: codes and numbers, no sentences, no today.

Only events dated up to the day are looked at. The register is read for lists; this is the same plan, told for one file.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from revisit.policy import spans
from revisit.policy.calendar import WorkCalendar
from revisit.policy.facts import NEVER, File, FollowUp, Plan
from revisit.policy.months import month_start, next_month
from revisit.policy.outcome import LIVE, state_on
from revisit.policy.plan import RULES, plan
from revisit.policy.slots import slots_of_month
from revisit.policy.timeline import Timeline, holding_on, month_mark, timeline_of
from revisit.policy.values import Policies

ONE_DAY = timedelta(days=1)


class Verdict(NamedTuple):
    """One rule for one customer on one day. `code` and `numbers` make the sentence; days stand as ISO text."""

    rule: str
    owed: bool
    opens_on: date | None
    due_by: date | None
    code: str
    numbers: dict[str, str]


def known_on(file: File, on: date) -> File:
    """The file as its events up to a day tell it."""
    return file._replace(
        sales=tuple(
            sale._replace(
                completed_on=sale.completed_on if sale.completed_on and sale.completed_on <= on else None,
                cancelled_on=sale.cancelled_on if sale.cancelled_on and sale.cancelled_on <= on else None,
            )
            for sale in file.sales
            if sale.ordered_on <= on
        ),
        contacts=tuple(contact for contact in file.contacts if contact.on <= on),
        handovers=tuple(handover for handover in file.handovers if handover.on is None or handover.on <= on),
        sales_follow_ups=tuple(day for day in file.sales_follow_ups if day <= on),
        shown_orders=tuple(day for day in file.shown_orders if day <= on),
        facts=tuple(fact for fact in file.facts if fact.on is None or fact.on <= on),
        allocations=tuple(one for one in file.allocations if one.on is None or one.on <= on),
        closings=tuple(
            one if one.reopened_on is None or one.reopened_on <= on else one._replace(reopened_on=None)
            for one in file.closings
            if one.on <= on
        ),
    )


def explain(file: File, policies: Policies, calendar: WorkCalendar, start_on: date, on: date) -> list[Verdict]:
    """Every rule the program knows, once: the earliest open follow-up of each, or why there is none."""
    known = known_on(file, on)
    planned = plan(known, policies, calendar, start_on)
    line = timeline_of(known, policies)
    intention = holding_on(known, policies, on).get("intention", "")
    return [_verdict(rule, planned, line, intention, policies, calendar, start_on, on) for rule in RULES]


def _verdict(
    rule: str,
    planned: Plan,
    line: Timeline,
    intention: str,
    policies: Policies,
    calendar: WorkCalendar,
    start_on: date,
    on: date,
) -> Verdict:
    rows = [row for row in planned.follow_ups if row.rule == rule]
    ahead: list[tuple[date, date, dict[str, str]]] = []
    done: list[tuple[date, str, dict[str, str]]] = []
    live: list[tuple[date, date, dict[str, str]]] = []
    for row in rows:
        for opens, due_by, state, numbers in _parts(row, policies, calendar, start_on, on):
            if state in LIVE:
                live.append((due_by, opens, numbers))
            elif "met_on" in numbers:  # perhaps before it opened: then it never will be owed
                done.append((opens, "met", numbers))
            elif state == "ahead":
                ahead.append((opens, due_by, numbers))
            else:
                done.append((opens, state, numbers))
    if live:
        due_by, opens, numbers = min(live, key=lambda item: item[:2])
        return Verdict(rule, True, opens, due_by, rule, with_idle(numbers, on))
    for code, found in (("closed", line.closed), ("do_not_call", line.do_not_call), ("waived", line.waived)):
        end = next((end for start, end in found if start <= on < end), None)
        if end is not None:
            last = {"until_on": (end - ONE_DAY).isoformat()} if end < NEVER else {}
            return Verdict(rule, False, None, None, code, last)
    if rule == "prospect" and spans.holds(line.customer, on):
        return Verdict(rule, False, None, None, "no-prospect", {})
    if rule == "prospect" and intention == "none":
        return Verdict(rule, False, None, None, "intention-none", {})
    if rule in ("dormant-week", "dormant-month", "takeover"):
        stopped = _stopped(rule, planned, line, policies, on)
        if stopped is not None:
            return Verdict(rule, False, None, None, *stopped)
    if ahead:
        opens, due_by, numbers = min(ahead, key=lambda item: item[:2])
        return Verdict(rule, False, opens, due_by, "opens", {**numbers, "opens_on": opens.isoformat()})
    if done:
        opens, how, numbers = max(done, key=lambda item: item[0])
        return Verdict(rule, False, None, None, how, {**numbers, "opens_on": opens.isoformat()})
    return Verdict(rule, False, None, None, f"no-{rule}", with_idle(_last_order(line, on), on))


def _parts(
    row: FollowUp, policies: Policies, calendar: WorkCalendar, start_on: date, on: date
) -> list[tuple[date, date, str, dict[str, str]]]:
    """(opens, due by, state, numbers) of a row, or of the slots of a series in this month and the next."""
    numbers = dict(row.numbers)
    if row.due_by is not None and row.call_by is not None:
        if row.met_on:
            numbers["met_on"] = row.met_on.isoformat()
        if row.ended_on:
            numbers |= {"ended_on": row.ended_on.isoformat(), "cause": row.cause}
        if row.at:
            numbers["at"] = row.at.isoformat()
        return [(row.opens_on, row.due_by, state_on(row, row.due_by, row.call_by, on), numbers)]
    result: list[tuple[date, date, str, dict[str, str]]] = []
    month = max(month_start(on), month_start(row.opens_on))
    for first in (month, next_month(month)):
        slots = slots_of_month(row.opens_on, row.ended_on, row.days, first, policies, calendar, start_on)
        made = sum(slot.met_on is not None and slot.met_on <= on for slot in slots)
        for slot in slots:
            one = numbers | {"made": str(made), "owed": str(len(slots))}
            if slot.met_on:
                one["met_on"] = slot.met_on.isoformat()
            if row.ended_on:
                one |= {"ended_on": row.ended_on.isoformat(), "cause": row.cause}
            result.append((slot.opens_on, slot.due_by, state_on(slot, slot.due_by, slot.call_by, on), one))
    return result


def _stopped(
    rule: str, planned: Plan, line: Timeline, policies: Policies, on: date
) -> tuple[str, dict[str, str]] | None:
    """What stands in the way of a rule that judges who follows a customer and when it ordered."""
    if not spans.holds(line.customer, on):
        return "prospect", {}
    standing = {
        (span.kind, span.code) for span in planned.standings if span.from_on <= on and (span.until_on or date.max) > on
    }
    by_sales = ("followed", "sales") in standing
    if rule == "takeover":
        if not by_sales:
            return "by-service", {}
        if ("defective", "handover_date") in standing:
            return "defective-handover_date", {}
        if ("defective", "balance") in standing:
            return "defective-balance", {}
        if ("candidate", "takeover") in standing:
            return "candidate", {}
        balance = next((value for start, end, value in line.balance if start <= on < end), None)
        if balance is not None and balance > policies.on(on).takeover_max_balance_cents:
            return "debt", {"balance_cents": str(balance)}
        return None
    if by_sales:
        return "by-sales", {}
    last = _last_order(line, on)
    if not last:
        return "defective-order_date", {}
    mark = month_mark(date.fromisoformat(next(iter(last.values()))), policies)
    if rule == "dormant-week" and on >= mark:
        return "over-a-month", with_idle(last, on) | {"since": mark.isoformat()}
    return None


def _last_order(line: Timeline, on: date) -> dict[str, str]:
    for span in line.ordered:
        if span.start <= on < span.end:
            return {"contract_on" if span.by_contract else "last_order_on": span.last.isoformat()}
    return {}


def with_idle(numbers: dict[str, str], on: date) -> dict[str, str]:
    """The numbers, with the days since the last order on a day where it is among them."""
    last = numbers.get("last_order_on") or numbers.get("contract_on")
    return {**numbers, "idle_days": str((on - date.fromisoformat(last)).days)} if last else numbers
