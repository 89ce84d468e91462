"""From the dated events of a file to spans of days: when it was ordered last, who follows, what excludes it.

Events of one day count in this order: facts and hand-overs, orders, sales follow-ups, closed cases, revisits by time, cases
opened again (`docs/rules.md`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from revisit.policy import spans
from revisit.policy.facts import NEVER, Contact, Fact, File
from revisit.policy.months import plus_months
from revisit.policy.spans import Span
from revisit.policy.values import Policies

ONE_DAY = timedelta(days=1)


class Ordered(NamedTuple):
    """From `start` until `end` (excluded) the last order was on `last` (by contract: the contract date stands in)."""

    start: date
    end: date
    last: date
    by_contract: bool


class Timeline(NamedTuple):
    """What the rules ask of a file, as spans of days."""

    first_on: date
    ordered: list[Ordered]
    dormant: list[Span]
    customer: list[Span]
    do_not_call: list[Span]
    closed: list[Span]
    excluded: list[Span]
    waived: list[Span]
    allowed: list[Span]
    balance: list[tuple[date, date, int | None]]


def timeline_of(file: File, policies: Policies) -> Timeline:
    """The spans of a file. Its first day is that of its first dated event or of its entry, whichever is earlier."""
    first = first_day(file)
    ordered = ordered_days(file, first)
    do_not_call = _days_with(file, "do_not_call", first)
    closed = _days_with(file, "closed", first)
    excluded = spans.join(do_not_call + closed)
    waived = _days_with(file, "waived", first)
    return Timeline(
        first_on=first,
        ordered=ordered,
        dormant=_dormant(ordered, policies),
        customer=customer_days(file, ordered, first),
        do_not_call=do_not_call,
        closed=closed,
        excluded=excluded,
        waived=waived,
        allowed=spans.without(spans.join([*excluded, *waived]), first),
        balance=[
            (start, end, int(value) if value else None) for start, end, value in values_of(file, "balance", first)
        ],
    )


def customer_days(file: File, ordered: Iterable[Ordered], first: date) -> list[Span]:
    """The days on which the file is no prospect's: it is not marked so, or there is an order or a contract."""
    marked = [(start, end) for start, end, value in values_of(file, "kind", first) if value == "prospect"]
    return spans.join([*spans.without(spans.join(marked), first), *((span.start, span.end) for span in ordered)])


def customer_by(ordered: Iterable[Ordered], day: date) -> str:
    """What makes the file a customer's on a day: "order", "contract", or "kind": it is not marked as a prospect."""
    found = next((span for span in ordered if span.start <= day < span.end), None)
    return "kind" if found is None else "contract" if found.by_contract else "order"


def first_day(file: File) -> date:
    """The day from which the file is in scope."""
    days = [file.entered_on, *file.sales_follow_ups, *file.shown_orders]
    days += [sale.ordered_on for sale in file.sales]
    days += [contact.on for contact in file.contacts]
    days += [handover.on for handover in file.handovers if handover.on]
    days += [allocation.on for allocation in file.allocations if allocation.on]
    days += [closing.on for closing in file.closings]
    days += [date.fromisoformat(fact.value) for fact in file.facts if fact.name == "contract_on" and fact.value]
    return min(days)


def values_of(file: File, name: str, first: date) -> list[tuple[date, date, str]]:
    """(from, until, value) of a fact; nothing where nothing is stated. A later statement covers those before it as long as
    it holds, of one day the one recorded last wins, and the same value stated again changes nothing."""
    result: list[tuple[date, date, str]] = []
    stated = statements(file.facts, name, first)
    days = sorted({day for start, until, _ in stated for day in (start, until) if day < NEVER})
    holding: list[tuple[date, date, str]] = []
    begun = 0
    for day, end in zip(days, [*days[1:], NEVER], strict=False):
        while begun < len(stated) and stated[begun][0] <= day:
            holding.append(stated[begun])
            begun += 1
        while holding and holding[-1][1] <= day:
            holding.pop()
        if not holding:
            continue
        value = holding[-1][2]
        if result and result[-1][1:] == (day, value):
            result[-1] = (result[-1][0], end, value)
        else:
            result.append((day, end, value))
    return result


def statements(facts: Iterable[Fact], name: str, first: date) -> list[tuple[date, date, str]]:
    """(from, until, value) of everything that was stated about a fact, each one covering those before it."""
    mine = sorted((fact for fact in facts if fact.name == name), key=lambda fact: fact.on or date.min)
    return [(max(fact.on or first, first), fact.until or NEVER, fact.value) for fact in mine]


def with_intentions(file: File) -> File:
    """The file, what its revisits learnt about the customer's intention among its facts."""
    learnt = [Fact("intention", contact.intention, contact.on) for contact in file.contacts if contact.intention]
    return file._replace(facts=(*file.facts, *learnt)) if learnt else file


def holding_on(file: File, policies: Policies, on: date) -> dict[str, str]:
    """The known facts of a file at the end of a day, by name; none before its first day.

    `kind` is "customer" once there is an order or a contract, the intention is the one learnt last.
    """
    line = timeline_of(file, policies)
    if on < line.first_on:
        return {}
    file = with_intentions(file)
    held = {"kind": "customer" if spans.holds(line.customer, on) else "prospect"}
    for name in sorted({fact.name for fact in file.facts} - {"kind"}):
        for start, until, value in values_of(file, name, line.first_on):
            if start <= on < until and value:
                held[name] = value
    return held


def month_mark(last: date, policies: Policies) -> date:
    """`M`: the first day of being dormant over a month after an order on `last`."""
    return plus_months(last, policies.on(last).month_after_months) + ONE_DAY


def is_conversation(contact: Contact, policies: Policies) -> bool:
    """An outbound revisit with the customer that reached a person, by any channel."""
    return (
        not contact.inbound
        and not contact.with_sales
        and contact.result in policies.on(contact.on).conversation_results
    )


def is_contact(contact: Contact, policies: Policies) -> bool:
    """A conversation, or a message that counts as one."""
    if is_conversation(contact, policies):
        return True
    policy = policies.on(contact.on)
    return (
        not contact.inbound
        and not contact.with_sales
        and contact.result == policy.message_result
        and contact.channel in policy.message_channels
    )


def is_enquiry(contact: Contact, policies: Policies) -> bool:
    """The customer's own word to customer service; a missed call is an attempt."""
    attempt = contact.result in policies.on(contact.on).attempt_results
    return contact.inbound and not contact.with_sales and not attempt


def is_brief(contact: Contact, policies: Policies) -> bool:
    """A talk with the salesperson, whoever called."""
    return contact.with_sales and contact.result in policies.on(contact.on).conversation_results


def is_phone_contact(contact: Contact, policies: Policies) -> bool:
    """A conversation by phone or visit."""
    return contact.channel in policies.on(contact.on).phone_channels and is_conversation(contact, policies)


def is_answer(contact: Contact, policies: Policies) -> bool:
    """A conversation, or the customer's own word."""
    return is_conversation(contact, policies) or is_enquiry(contact, policies)


MET_BY: Mapping[str, Callable[[Contact, Policies], bool]] = {
    "callback": is_answer,
    "case-revisit": is_conversation,
    "after-sale": is_conversation,
    "dormant-week": is_phone_contact,
    "dormant-month": is_contact,
    "takeover": is_contact,
    "prospect": is_conversation,
    "campaign": is_contact,
    "brief": is_brief,
}
"""Of what kind a contact has to be to meet a follow-up of each rule; when it has to be made is said by the rule itself."""


def fits(rule: str, contact: Contact, policies: Policies) -> bool:
    """Whether a contact is of the kind by which a rule is met; `dossier` is met by none."""
    return rule in MET_BY and MET_BY[rule](contact, policies)


def _days_with(file: File, name: str, first: date) -> list[Span]:
    return spans.join((start, end) for start, end, value in values_of(file, name, first) if value == "1")


def ordered_days(file: File, first: date) -> list[Ordered]:
    """The days on which something was ordered last, or a contract stands in for it, by that order's day."""
    sales = [sale for sale in file.sales if sale.cancelled_on is None or sale.cancelled_on > sale.ordered_on]
    cancelled = [sale for sale in sales if sale.cancelled_on]
    contract = [
        (max(start, date.fromisoformat(value)), end, date.fromisoformat(value))
        for start, end, value in values_of(file, "contract_on", first)
        if value
    ]
    steady = {sale.ordered_on for sale in sales if not sale.cancelled_on} | set(file.shown_orders)
    if not cancelled:
        days = sorted(steady)
        result = [
            Ordered(day, days[i + 1] if i + 1 < len(days) else NEVER, day, by_contract=False)
            for i, day in enumerate(days)
        ]
    else:
        days = sorted(
            steady | {sale.ordered_on for sale in cancelled} | {s.cancelled_on for s in cancelled if s.cancelled_on}
        )
        result = []
        for i, day in enumerate(days):
            known = [one for one in steady if one <= day]
            known += [s.ordered_on for s in cancelled if s.cancelled_on and s.ordered_on <= day < s.cancelled_on]
            end = days[i + 1] if i + 1 < len(days) else NEVER
            if not known:
                continue
            last = max(known)
            if result and result[-1].last == last and result[-1].end == day:
                result[-1] = result[-1]._replace(end=end)
            else:
                result.append(Ordered(day, end, last, by_contract=False))
    if not contract:
        return result
    never = spans.without([(span.start, span.end) for span in result], first)
    for start, end, value in contract:
        result += [Ordered(a, b, value, by_contract=True) for a, b in spans.clip(never, start, end) if a < b]
    return sorted(result)


def _dormant(ordered: list[Ordered], policies: Policies) -> list[Span]:
    """Spans of being dormant over a month, whoever follows."""
    found = []
    for span in ordered:
        start = max(month_mark(span.last, policies), span.start)
        if start < span.end:
            found.append((start, span.end))
    return spans.join(found)
