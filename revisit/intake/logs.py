"""Logs: old revisit records with their own dates and authors, and the follow-ups of the sales department."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from revisit import clock, staff
from revisit.db import day, instant
from revisit.i18n import N_
from revisit.intake import whom
from revisit.intake.customers import Known, staff_by_word
from revisit.intake.ledger import Ledger, extra_text
from revisit.intake.rows import Record

REVISIT_TABLES = ("staff", "customer", "revisit", "booking")
SALES_TABLES = ("customer", "sales_follow_up")
REVISITS = """
SELECT r.id, r.number, r.version, r.source_number, r.customer_id, r.done_on, r.done_at, r.filled_at, r.channel, r.result,
       r.staff_id, r.satisfaction, r.reason, r.suggestion, r.note, r.extra, b.promised_on, b.promised_at
FROM revisit r LEFT JOIN booking b ON b.revisit_id = r.id WHERE r.is_current ORDER BY r.number
"""
SALES = "SELECT id, customer_id, done_on, salesperson, note, extra FROM sales_follow_up"
NEWEST_NUMBER = "SELECT coalesce(max(number), 0) FROM revisit"
TEXTS = ("satisfaction", "reason", "suggestion", "note")
IDENTITY = ("customer_id", "done_on", "done_at", "channel", "result", "staff_id")
CONTENT = (*IDENTITY, "filled_at", *TEXTS, "promised_on", "promised_at")


def apply_revisits(ledger: Ledger, timezone: str) -> None:
    """Writes the records of a revisit log. What changed in a numbered one becomes a new version."""
    from revisit.models import Booking, Revisit

    known = Known(ledger)
    people = staff_by_word(ledger)
    by_number: dict[str, dict[str, Any]] = {}
    by_content: dict[tuple[Any, ...], dict[str, Any]] = {}
    names = (
        "id", "number", "version", "source_number", "customer_id", "done_on", "done_at", "filled_at", "channel", "result",
        "staff_id", "satisfaction", "reason", "suggestion", "note", "extra", "promised_on", "promised_at",
    )  # fmt: skip
    for values in ledger.sql.rows(REVISITS):
        one = dict(zip(names, values, strict=True))
        for name in ("done_on", "promised_on"):
            one[name] = day(one[name])
        for name in ("done_at", "filled_at", "promised_at"):
            one[name] = instant(one[name])
        if one["source_number"]:
            by_number[one["source_number"]] = one
        by_content[tuple(one[name] for name in IDENTITY)] = one
    next_number = int(ledger.sql.rows(NEWEST_NUMBER)[0][0]) + 1
    rows: list[dict[str, Any]] = []
    numbers: list[int] = []
    for record, customer in whom.resolve(ledger, known):
        row = _revisit(ledger, record, customer["id"], people, timezone)
        if row is None:
            continue
        key = tuple(row[name] for name in IDENTITY)
        source = row["source_number"]
        old = by_number.get(source) if source else by_content.get(key)
        if old is not None and all(old[name] == row[name] for name in CONTENT if name in row):
            ledger.count("unchanged", record)
            continue
        if old is not None and "id" not in old:
            ledger.reject(record, "number", N_("the sheet states this record twice, differently"))
            continue
        if old is None:
            row |= {"number": next_number, "version": 1}
            next_number += 1
        else:
            row |= {"number": old["number"], "version": old["version"] + 1}
            ledger.update(Revisit, old["id"], {"is_current": True}, {"is_current": False}, record.row)
        if source:
            by_number[source] = row
        by_content[key] = row
        rows.append(row)
        numbers.append(record.row)
        ledger.touched.add(row["customer_id"])
        ledger.count("inserted" if old is None else "updated", record)
    booked = ("promised_on", "promised_at")
    ids = ledger.insert(Revisit, [{k: v for k, v in row.items() if k not in booked} for row in rows], numbers)
    bookings = [
        {
            "revisit_id": id_,
            "customer_id": row["customer_id"],
            "promised_on": row["promised_on"],
            "promised_at": row["promised_at"],
        }
        for id_, row in zip(ids, rows, strict=True)
        if row["promised_on"] is not None
    ]
    ledger.insert(Booking, bookings)


def apply_sales_follow_ups(ledger: Ledger) -> None:
    """Writes the records of a sales log: known by customer, date and salesperson."""
    from revisit.models import SalesFollowUp

    known = Known(ledger)
    kept: dict[tuple[int, date, str], dict[str, Any]] = {}
    for id_, customer_id, on, salesperson, note, extra in ledger.sql.rows(SALES):
        kept[customer_id, date.fromisoformat(on), salesperson] = {"id": id_, "note": note, "extra": extra}
    rows: list[dict[str, Any]] = []
    numbers: list[int] = []
    for record, customer in whom.resolve(ledger, known):
        values = record.values
        if values["on"] > ledger.today:
            ledger.reject(record, "on", N_("the day lies in the future"))
            continue
        key = (customer["id"], values["on"], values.get("salesperson", ""))
        old = kept.get(key)
        note, extra = values.get("note", ""), extra_text(record.extra)
        if old is None:
            kept[key] = {"note": note, "extra": extra}
            rows.append({"customer_id": key[0], "done_on": key[1], "salesperson": key[2], "note": note, "extra": extra})
            numbers.append(record.row)
            ledger.touched.add(key[0])
            ledger.count("inserted", record)
        elif "id" in old and note and note != old["note"]:
            ledger.update(SalesFollowUp, old["id"], old, {"note": note}, record.row)
            ledger.touched.add(key[0])
            ledger.count("updated", record)
        else:
            ledger.count("unchanged", record)
    ledger.insert(SalesFollowUp, rows, numbers)


def _revisit(
    ledger: Ledger, record: Record, customer_id: int, people: dict[str, int], timezone: str
) -> dict[str, Any] | None:
    values = record.values
    done_on, done_at = _moment(values["at"], timezone)
    if done_on > ledger.today or (done_at is not None and done_at > ledger.now):
        ledger.reject(record, "at", N_("the revisit lies in the future"))
        return None
    promised_on, promised_at = _moment(values["callback"], timezone) if "callback" in values else (None, None)
    if promised_on is not None and (
        promised_on < done_on or (promised_at is not None and done_at is not None and promised_at <= done_at)
    ):
        ledger.reject(record, "callback", N_("the callback lies before the revisit that promises it"))
        return None
    filled_at = _moment(values["filled_at"], timezone)[1] if "filled_at" in values else None
    if filled_at is not None and done_at is not None and filled_at < done_at:
        ledger.warn(N_("row {row}: filled in before it happened"), row=record.row)
    result, channel = values["result"], values.get("channel", "phone")
    if result == "sent" and channel in ("phone", "visit", "service"):
        ledger.warn(N_("row {row}: a message was sent, but the channel is none for messages"), row=record.row)
    if "satisfaction" in values and result != "reached":
        ledger.warn(N_("row {row}: satisfaction without a conversation"), row=record.row)
    return {
        "customer_id": customer_id,
        "done_on": done_on,
        "done_at": done_at,
        "filled_at": filled_at,
        "channel": channel,
        "result": result,
        "staff_id": _author(ledger, people, values["staff"]) if "staff" in values else None,
        **{name: values.get(name, "") for name in TEXTS},
        "source_number": values.get("number", ""),
        "extra": extra_text(record.extra),
        "promised_on": promised_on,
        "promised_at": promised_at,
    }


def _author(ledger: Ledger, people: dict[str, int], word: str) -> int:
    """The staff member who made an old record; somebody unknown is kept as an author who no longer works here."""
    if word not in people:
        people[word] = staff.add_staff(
            ledger.session,
            login=word,
            name=word,
            role="representative",
            at=ledger.now,
            batch_id=ledger.batch_id,
            active=False,
        )
        ledger.warn(N_("{name} is not among the staff: kept as an author who no longer works here"), name=word)
    return people[word]


def _moment(value: date | datetime, timezone: str) -> tuple[date, datetime | None]:
    if isinstance(value, datetime):
        return value.date(), clock.instant(value, timezone)
    return value, None
