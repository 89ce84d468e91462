"""One customer's dossier on the screen: its file, every follow-up, and everything dated that happened, in order."""

from __future__ import annotations

from datetime import date
from typing import Any

from revisit import customers, scheduler, wording
from revisit.company import CompanyInfo
from revisit.db import Sql, day, instant
from revisit.policy.months import month_start
from revisit.policy.outcome import LIVE, state_on
from revisit.policy.slots import slots_of_month
from revisit.register import read

ORDERS = """
SELECT number, ordered_on, completed_on, cancelled_on, amount_cents, product FROM order_ WHERE customer_id = :id
"""
REVISITS = """
SELECT r.number, r.done_on, r.done_at, r.channel, r.result, r.satisfaction, r.reason, r.suggestion, r.note, s.name,
       b.promised_on, b.promised_at
FROM revisit r LEFT JOIN staff s ON s.id = r.staff_id LEFT JOIN booking b ON b.revisit_id = r.id
WHERE r.customer_id = :id AND r.is_current AND NOT r.is_void
"""
HANDOVERS = "SELECT from_on, to_whom FROM handover WHERE customer_id = :id"
SALES = "SELECT done_on, salesperson, note FROM sales_follow_up WHERE customer_id = :id"
ALLOCATIONS = "SELECT a.from_on, s.name FROM allocation a JOIN staff s ON s.id = a.staff_id WHERE a.customer_id = :id"
FACTS = "SELECT from_on, name, value FROM fact WHERE customer_id = :id AND from_on IS NOT NULL"
SHOWN = "SELECT ordered_on FROM shown_order WHERE customer_id = :id"
_ORDER = {
    "fact": 0,
    "handover": 0,
    "allocation": 0,
    "order": 1,
    "shown_order": 1,
    "completed": 1,
    "cancelled": 1,
    "sales": 2,
}


def whole_file(sql: Sql, company: CompanyInfo, customer_id: int, *, on: date, viewer: str | None) -> dict[str, Any]:
    """The JSON document of `show`. Phones and address are whole only for the `viewer` (login) who owes a contact on `on`."""
    file = customers.load_file(sql, customer_id)
    follow_ups = _follow_ups(sql, company, customer_id, on)
    owes = any(one["status"] in LIVE for one in follow_ups)
    if not (owes and viewer is not None and viewer == file["rep"]):
        file["phone"] = customers.mask_phone(file["phone"])
        file["phones"] = [customers.mask_phone(phone) for phone in file["phones"]]
        file["address"] = "****" if file["address"] else ""
    contacts, events = _events(sql, company, customer_id)
    return file | {"contacts": contacts, "timeline": events, "followups": follow_ups}


def _follow_ups(sql: Sql, company: CompanyInfo, customer_id: int, on: date) -> list[dict[str, Any]]:
    """Every follow-up with its state on the day; of an endless series the slots of that month and those with contacts."""
    result: list[dict[str, Any]] = []
    for row in read.rows_of(sql, [customer_id]):
        clause = company.policies.on(row.anchor_on).rules[row.rule].clause
        base = {"rule": row.rule, "clause": clause}
        if row.due_by is not None and row.call_by is not None:
            state = state_on(row, row.due_by, row.call_by, on)
            dates = {"opens_on": row.opens_on, "due_by": row.due_by, "call_by": row.call_by}
            result.append(base | dates | {"status": state, "met_on": row.met_on})
            continue
        months = {month_start(contact) for contact in row.days}
        if row.opens_on <= on and (row.ended_on is None or row.ended_on > month_start(on)):
            months.add(month_start(on))
        for month in sorted(months):
            for slot in slots_of_month(
                row.opens_on, row.ended_on, row.days, month, company.policies, company.calendar, company.start_on
            ):
                dates = {"opens_on": slot.opens_on, "due_by": slot.due_by, "call_by": slot.call_by}
                state = state_on(slot, slot.due_by, slot.call_by, on)
                result.append(base | dates | {"status": state, "met_on": slot.met_on})
    return sorted(result, key=lambda one: (one["opens_on"], one["due_by"], one["rule"]))


def _events(sql: Sql, company: CompanyInfo, customer_id: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    contacts: list[dict[str, Any]] = []
    keyed: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def add(kind: str, on: date | None, *parts: str, time: str = "") -> None:
        keyed.append(
            ((on or date.min, _ORDER.get(kind, 3), time or "~"), {"on": on, "kind": kind, "parts": list(parts)})
        )

    for number, ordered_on, completed_on, cancelled_on, cents, product in sql.rows(ORDERS, id=customer_id):
        amount = "" if cents is None else wording.money(cents)
        add("order", day(ordered_on), number, product, amount)
        if completed_on and completed_on != ordered_on:
            add("completed", day(completed_on), number)
        if cancelled_on:
            add("cancelled", day(cancelled_on), number)
    for row in sql.rows(REVISITS, id=customer_id):
        (
            number,
            done_on,
            done_at,
            channel,
            result,
            satisfaction,
            reason,
            suggestion,
            note,
            author,
            promised_on,
            promised_at,
        ) = row
        at = scheduler.local_at(instant(done_at), company)
        promised = scheduler.local_at(instant(promised_at), company) or day(promised_on)
        contacts.append(
            {
                "revisit": number, "on": day(done_on), "at": at, "channel": channel, "result": result,
                "satisfaction": satisfaction or None, "reason": reason, "suggestion": suggestion, "note": note,
                "staff": author, "callback": promised,
            }
        )  # fmt: skip
        time = at.strftime("%H:%M") if at else ""
        due = f"→ {promised:%Y-%m-%d %H:%M}" if promised_at and promised else f"→ {promised}" if promised else ""
        add(
            "revisit",
            day(done_on),
            time,
            channel,
            result,
            satisfaction,
            reason,
            suggestion,
            note,
            due,
            author or "",
            time=time,
        )
    for from_on, to_whom in sql.rows(HANDOVERS, id=customer_id):
        add("handover", day(from_on), to_whom)
    for done_on, salesperson, note in sql.rows(SALES, id=customer_id):
        add("sales", day(done_on), salesperson, note)
    for from_on, name in sql.rows(ALLOCATIONS, id=customer_id):
        add("allocation", day(from_on), name)
    for from_on, name, value in sql.rows(FACTS, id=customer_id):
        shown = wording.money(int(value)) if name == "balance" and value else value
        add("fact", day(from_on), f"{name} = {shown}")
    for (ordered_on,) in sql.rows(SHOWN, id=customer_id):
        add("shown_order", day(ordered_on))
    keyed.sort(key=lambda pair: pair[0])
    contacts.sort(key=lambda one: (one["on"], one["at"].isoformat() if one["at"] else "~", one["revisit"]))
    return contacts, [one for _, one in keyed]
