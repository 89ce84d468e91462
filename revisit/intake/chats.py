"""Chat logs of online service: one message per row, known by chat, time, sender and text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from revisit import clock
from revisit.db import instant
from revisit.i18n import N_
from revisit.intake.customers import fitting
from revisit.intake.known import Known
from revisit.intake.ledger import Ledger, Whose, extra_text, merged_extra
from revisit.intake.people import People
from revisit.intake.rows import Record, RowLabel

KEPT = """
SELECT m.id, m.chat, m.at, m.sender, m.text, m.staff_id, m.customer_id, m.visitor, m.extra, c.rep_id
FROM chat_message m LEFT JOIN customer c ON c.id = m.customer_id WHERE m.at >= :first AND m.at <= :last
"""
BESIDE = ("staff_id", "customer_id", "visitor", "extra")
"""What may change of a message that is on record; the rest is what it is known by."""
Key = tuple[str, datetime, str, str]


@dataclass(slots=True)
class _Told:
    """A message as a row tells it; somebody of the staff who is not on file is still a name."""

    record: Record
    key: Key
    staff: int | str | None
    customer_id: int | None
    visitor: str


def apply(ledger: Ledger) -> None:
    """Writes the messages of a chat log, in the order of the sheet. Equal rows are one."""
    from revisit.models import ChatMessage

    people, told = People(ledger), list[_Told]()
    known, first = Known(ledger.sql), dict[Key, _Told]()
    records = list(ledger.reading.read())
    timed = any(_has_time(record) for record in records)
    for record in records:
        one = _told(ledger, record, people, known, timed=timed)
        if one is None:
            continue
        before = first.setdefault(one.key, one)
        if before is one:
            told.append(one)
        elif (before.staff, before.customer_id) == (one.staff, one.customer_id):
            ledger.count("unchanged")
        else:
            ledger.reject(record, "at", N_("row {other} states the same differently"), other=before.record.row)
    visitors = sum(bool(one.visitor) for one in told)
    if visitors:
        ledger.warn(N_("{count} rows name a customer without a file: kept as a visitor"), count=visitors)
    kept = _kept(ledger, told)
    rows: list[dict[str, Any]] = []
    places: list[RowLabel] = []
    for one in told:
        if isinstance(one.staff, str):
            one.staff = people.author(one.staff, one.record.row)
        old = kept.get(one.key)
        if old is None:
            chat, at, sender, text = one.key
            rows.append(
                {
                    "chat": chat, "at": at, "sender": sender, "text": text, "staff_id": one.staff,
                    "customer_id": one.customer_id, "visitor": one.visitor, "extra": extra_text(one.record.extra),
                }
            )  # fmt: skip
            places.append(one.record.row)
            ledger.count("inserted")
            continue
        after = {name: value for name, value in _news(one, old).items() if value != old[name]}
        if after:
            ledger.update(ChatMessage, old["id"], old, after, one.record.row, Whose(one.key[0], old["rep_id"]))
        ledger.count("updated" if after else "unchanged")
    ledger.insert(ChatMessage, rows, places)


def _has_time(record: Record) -> bool:
    """Whether a time of day stands there that is not midnight, which sheets do not tell from a day alone."""
    at = record.values["at"]
    return isinstance(at, datetime) and at.time() != time()


def _told(ledger: Ledger, record: Record, people: People, known: Known, *, timed: bool) -> _Told | None:
    """What a row says; None: it is rejected. `timed`: there are times of day in this log."""
    values = record.values
    if not people.is_clear(record, "staff"):
        return None
    if not isinstance(values["at"], datetime) or not timed:
        ledger.reject(record, "at", N_("the time of day is missing"))
        return None
    at = clock.instant(values["at"], ledger.company.timezone).replace(microsecond=0)
    if at > ledger.now:
        ledger.reject(record, "at", N_("the message lies in the future"))
        return None
    staff = values.get("staff")
    if values["sender"] == "staff" and staff is None:
        ledger.reject(record, "staff", N_("who of the staff wrote it is missing"))
        return None
    code, named = values.get("code"), values.get("customer") or values.get("name")
    file = known.by_code(code) if code is not None else known.by_code(named) if named is not None else None
    if file is None and named is not None:
        files = fitting(ledger, record, "customer" if "customer" in values else "name", named, known)
        if files is None:
            return None
        file = next(iter(files), None)
    key = (values["chat"], at, values["sender"], values.get("text", ""))
    who = people.find(staff) or staff if staff is not None else None
    return _Told(record, key, who, file.id if file else None, "" if file else named or code or "")


def _kept(ledger: Ledger, told: Sequence[_Told]) -> dict[Key, dict[str, Any]]:
    """The messages on record in the time that the sheet speaks of, by what they are known by."""
    if not told:
        return {}
    times = [one.key[1] for one in told]
    found: dict[Key, dict[str, Any]] = {}
    for id_, chat, at, sender, text, *beside, rep in ledger.sql.rows(KEPT, first=min(times), last=max(times)):
        moment = instant(at)
        assert moment is not None
        found[chat, moment, sender, text] = dict(zip(BESIDE, beside, strict=True)) | {"id": id_, "rep_id": rep}
    return found


def _news(one: _Told, old: dict[str, Any]) -> dict[str, Any]:
    """What of a message is otherwise now; what the row leaves blank does not matter."""
    found = one.customer_id is not None
    return {
        "staff_id": one.staff if one.staff is not None else old["staff_id"],
        "customer_id": one.customer_id if found else old["customer_id"],
        "visitor": "" if found or old["customer_id"] is not None else one.visitor or old["visitor"],
        "extra": merged_extra(old["extra"], extra_text(one.record.extra)),
    }
