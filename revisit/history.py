"""One customer's dossier on the screen: its file, every follow-up, and everything dated that happened, in order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from revisit import access, customers, dealings, files, lags, scheduler, wording
from revisit.access import Viewer
from revisit.company import CompanyInfo
from revisit.db import Sql, day, instant
from revisit.dealings import Event
from revisit.policy.explain import known_on
from revisit.policy.months import month_start
from revisit.policy.outcome import LIVE, state_on
from revisit.policy.timeline import holding_on
from revisit.register import read
from revisit.register.events import load_files

ORDERS = """
SELECT number, ordered_on, completed_on, cancelled_on, amount_cents, product FROM order_ WHERE customer_id = :id
"""
REVISITS = """
SELECT r.number, r.version, r.is_void, r.change_reason, r.done_on, r.done_at, r.channel, r.result, r.inbound, r.important,
       r.with_whom, r.person, r.satisfaction, r.intention, r.reason, r.suggestion, r.found_us, r.recommend, r.order_again,
       r.note, s.name, b.promised_on, b.promised_at, b.planned, b.purpose, b.person, r.filled_at, r.filled_stated
FROM revisit r LEFT JOIN staff s ON s.id = r.staff_id LEFT JOIN booking b ON b.revisit_id = r.id
WHERE r.customer_id = :id AND r.is_current
"""
REVISIT_FIELDS = (
    "revisit", "version", "void", "because", "on", "at", "channel", "result", "inbound", "important", "with", "person",
    "satisfaction", "intention", "reason", "suggestion", "found_us", "recommend", "order_again", "note", "staff",
    "promised_on", "promised_at", "planned", "purpose", "ask_for", "filled_at", "filled_stated",
)  # fmt: skip
HANDOVERS = "SELECT from_on, to_whom FROM handover WHERE customer_id = :id"
SALES = "SELECT done_on, salesperson, note FROM sales_follow_up WHERE customer_id = :id"
ALLOCATIONS = "SELECT a.from_on, s.name FROM allocation a JOIN staff s ON s.id = a.staff_id WHERE a.customer_id = :id"
FACTS = "SELECT from_on, until_on, name, value, reason FROM fact WHERE customer_id = :id AND from_on IS NOT NULL ORDER BY id"
SHOWN = "SELECT ordered_on FROM shown_order WHERE customer_id = :id"
BY_SALES = "SELECT from_on, until_on FROM standing WHERE customer_id = :id AND kind = 'followed' ORDER BY from_on"
CREDIT = ("balance", "credit_limit", "term_days")
EXISTENCE = ("code", "rep")
"""What a representative learns of another's customer, beside a masked name: that it is there, and whose it is."""
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


def whole_file(
    sql: Sql,
    company: CompanyInfo,
    customer_id: int,
    *,
    on: date,
    viewer: Viewer,
    now: datetime,
    revealed: bool = False,
) -> dict[str, Any]:
    """The JSON document of `show`, as much of it as the viewer may see now.

    Phones and address are whole for the representative who owes a contact on `on`, or where they were `revealed`.
    """
    owner = access.owner_of(sql, customer_id)
    file = customers.load_file(sql, customer_id)
    file |= _held(sql, company, customer_id, file, on)
    file["merged"] = [{"code": code, "name": name} for _id, code, name in customers.merged_into(sql, customer_id)]
    follow_ups = _follow_ups(sql, company, customer_id, on)
    contacts, keyed = _events(sql, company, customer_id)
    name = viewer.sees("name", owner)
    file["name"] = access.shown_name(file["name"], name)
    if name != "whole":
        blank = {key: type(value)() if isinstance(value, str | list | dict) else None for key, value in file.items()}
        shown = blank | {key: file[key] for key in (*EXISTENCE, "name")}
        return shown | {"contacts": [], "timeline": [], "followups": [], **{key: [] for key in dealings.KEYS}}
    owes = any(one["status"] in LIVE for one in follow_ups if not _paperwork(company, one["rule"], on))
    phone = "whole" if revealed else viewer.sees("phone", owner, owes=owes)
    file["phone"] = access.shown_phone(file["phone"], phone)
    file["phones"] = [access.shown_phone(one, phone) for one in file["phones"]]
    file["address"] = access.shown_address(file["address"], phone)
    if viewer.sees("credit", owner) == "none":
        file |= dict.fromkeys(CREDIT)
        keyed = [pair for pair in keyed if not _of_credit(pair[1])]
    if viewer.sees("log", owner) == "none":
        contacts, keyed = [], []
    dealt = dealings.of_customer(sql, company, customer_id, viewer=viewer, now=now)
    keyed = sorted([*keyed, *dealings.events(sql, company, dealt)], key=lambda pair: pair[0])
    told = {"contacts": contacts, "timeline": [one for _key, one in keyed], "followups": follow_ups}
    return file | told | dealings.documents(dealt, company)


def _of_credit(event: dict[str, Any]) -> bool:
    return event["kind"] == "fact" and event["parts"][0].split(" = ")[0] in CREDIT


def _held(sql: Sql, company: CompanyInfo, customer_id: int, file: dict[str, Any], on: date) -> dict[str, Any]:
    """What holds on the day, where later facts may have overtaken what the last sheet said."""
    (one,) = load_files(sql, [customer_id])
    known = holding_on(known_on(one.file, on), company.policies, on)
    held = files.held_on(sql, [customer_id], on).get(customer_id, [])
    waiver = next((one for one in held if one.name == "waived"), None)
    result: dict[str, Any] = {
        "kind": known.get("kind", file["kind"]),
        "intention": known.get("intention", ""),
        "contract_on": day(known.get("contract_on")),
        "balance": wording.money(int(known["balance"])) if known.get("balance") else None,
        "do_not_call": known.get("do_not_call") == "1",
        "closed": known.get("closed") == "1",
        "waived": {"until_on": waiver.until, "reason": waiver.reason} if waiver is not None else None,
    }
    spans = [(day(start), day(until)) for start, until in sql.rows(BY_SALES, id=customer_id)]
    now = [start for start, until in spans if start and start <= on and (until is None or until > on)]
    if now and file["followed_by"] != "sales":
        result |= {"followed_by": "sales", "followed_since": now[-1]}
    if not now and file["followed_by"] == "sales":
        ended = [until for _start, until in spans if until and until <= on]
        result |= {"followed_by": "service", "followed_since": ended[-1] if ended else None}
    return result


def _paperwork(company: CompanyInfo, rule: str, on: date) -> bool:
    return company.policies.on(on).rules[rule].paperwork


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
            for slot in read.slots_of(row, month, company):
                dates = {"opens_on": slot.opens_on, "due_by": slot.due_by, "call_by": slot.call_by}
                state = state_on(slot, slot.due_by, slot.call_by, on)
                result.append(base | dates | {"status": state, "met_on": slot.met_on})
    return sorted(result, key=lambda one: (one["opens_on"], one["due_by"], one["rule"]))


def _events(sql: Sql, company: CompanyInfo, customer_id: int) -> tuple[list[dict[str, Any]], list[Event]]:
    """(the revisits that count in order of time, everything dated with what puts it in order)."""
    contacts: list[dict[str, Any]] = []
    keyed: list[Event] = []
    dormant = lags.dormant_spans(sql, [customer_id])
    for row in sql.rows(REVISITS, id=customer_id):
        one = _contact(dict(zip(REVISIT_FIELDS, row, strict=True)), company)
        lag = lags.lag_of(
            dormant, company, customer_id=customer_id, done_on=one["on"], done_at=one["at"], filled_at=one["filled_at"]
        )
        one |= lags.document(lag)
        void = one.pop("void")
        if not void:
            contacts.append(one)
        kind = "void" if void else "enquiry" if one["inbound"] else "talk" if one["with"] == "sales" else "revisit"
        time = one["at"].strftime("%H:%M") if one["at"] else ""
        keyed.append(((one["on"], 3, time or "~", one["revisit"]), _event(one["on"], kind, *_told(one, time))))
    for on, kind, *parts in _dated(sql, customer_id):
        keyed.append(((on or date.min, _ORDER[kind], "", 0), _event(on, kind, *parts)))
    contacts.sort(key=lambda one: (one["on"], one["at"].isoformat() if one["at"] else "~", one["revisit"]))
    return contacts, keyed


def _event(on: date | None, kind: str, *parts: str) -> dict[str, Any]:
    return {"on": on, "kind": kind, "parts": list(parts)}


def _contact(one: dict[str, Any], company: CompanyInfo) -> dict[str, Any]:
    """A revisit as a document gives it."""
    promised_on, promised_at = day(one.pop("promised_on")), instant(one.pop("promised_at"))
    promised = scheduler.local_at(promised_at, company) or promised_on
    return one | {
        "on": day(one["on"]),
        "at": scheduler.local_at(instant(one["at"]), company),
        "void": bool(one["void"]),
        "inbound": bool(one["inbound"]),
        "important": bool(one["important"]),
        "planned": bool(one["planned"]),
        "satisfaction": one["satisfaction"] or None,
        "intention": one["intention"] or None,
        "purpose": one["purpose"] or "",
        "ask_for": one["ask_for"] or "",
        "callback": promised,
        "filled_at": scheduler.local_at(instant(one["filled_at"]), company),
        "filled_stated": bool(one["filled_stated"]),
    }


def _told(one: dict[str, Any], time: str) -> Iterator[str]:
    """The parts of a revisit on the timeline: how and with what result, what was said, what was promised, who and which."""
    yield from (time, one["channel"], one["result"], one["satisfaction"] or "", one["intention"] or "")
    said = ("person", "reason", "suggestion", "found_us", "recommend", "order_again", "note")
    yield from (one[name] for name in said)
    promised = one["callback"]
    if promised is not None:
        at = promised.strftime("%Y-%m-%d %H:%M" if isinstance(promised, datetime) else "%Y-%m-%d")
        yield " ".join(filter(None, ("→", at, one["purpose"], one["ask_for"])))
    yield one["staff"] or ""
    yield f"#{one['revisit']}" + (f" v{one['version']}" if one["version"] > 1 else "")
    yield one["because"]
    if one["in_time"] is False:
        yield from (
            "late_record",
            f"+{wording.shown_hours(one['lag_hours'])} h",
            "stated" if one["filled_stated"] else "",
        )


def _dated(sql: Sql, customer_id: int) -> Iterator[tuple[Any, ...]]:
    """(day, kind, parts …) of everything but revisits."""
    for number, ordered_on, completed_on, cancelled_on, cents, product in sql.rows(ORDERS, id=customer_id):
        yield day(ordered_on), "order", number, product, "" if cents is None else wording.money(cents)
        if completed_on and completed_on != ordered_on:
            yield day(completed_on), "completed", number
        if cancelled_on:
            yield day(cancelled_on), "cancelled", number
    for from_on, to_whom in sql.rows(HANDOVERS, id=customer_id):
        yield day(from_on), "handover", to_whom
    for done_on, salesperson, note in sql.rows(SALES, id=customer_id):
        yield day(done_on), "sales", salesperson, note
    for from_on, name in sql.rows(ALLOCATIONS, id=customer_id):
        yield day(from_on), "allocation", name
    for from_on, until_on, name, value, reason in sql.rows(FACTS, id=customer_id):
        shown = wording.money(int(value)) if name in ("balance", "credit_limit") and value else value
        until = day(until_on)
        last = f"→ {until - timedelta(days=1)}" if until else ""
        yield day(from_on), "fact", f"{name} = {shown}", last, reason
    for (ordered_on,) in sql.rows(SHOWN, id=customer_id):
        yield day(ordered_on), "shown_order"
