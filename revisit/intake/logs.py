"""Logs: old revisit records with their own dates and authors, and the follow-ups of the sales department."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from revisit import clock
from revisit.db import Sql, day, instant
from revisit.i18n import N_
from revisit.intake import whom
from revisit.intake.known import File
from revisit.intake.ledger import Ledger, Whose, extra_text, merged_extra
from revisit.intake.people import People
from revisit.intake.rows import Record, RowLabel

COLUMNS = (
    "id", "number", "version", "is_current", "is_void", "customer_id", "staff_id", "done_on", "done_at", "filled_at",
    "channel", "result", "inbound", "important", "with_whom", "person", "satisfaction", "reason", "suggestion",
    "found_us", "recommend", "order_again", "intention", "note", "source_number", "extra",
)  # fmt: skip
BOOKED = ("promised_on", "promised_at", "purpose", "ask_for", "planned")
REVISITS = f"""
SELECT {", ".join(f"r.{name}" for name in COLUMNS)}, b.promised_on, b.promised_at, b.purpose, b.person, b.planned, c.rep_id
FROM revisit r JOIN customer c ON c.id = r.customer_id LEFT JOIN booking b ON b.revisit_id = r.id ORDER BY r.number, r.version
"""
SALES = """
SELECT f.id, f.customer_id, f.done_on, f.salesperson, f.note, f.extra, c.rep_id
FROM sales_follow_up f JOIN customer c ON c.id = f.customer_id
"""
IDENTITY = ("customer_id", "done_on", "done_at", "channel", "result", "staff_id")
TEXTS = ("satisfaction", "reason", "suggestion", "note")
NO_MESSAGES, MESSAGES = ("phone", "visit", "service"), ("sms", "wechat", "email")
Version = dict[str, Any]


@dataclass(slots=True)
class _Told:
    """One row of a revisit log: what it says, by column of the table. An author who is not on the staff is still a name."""

    record: Record
    file: File
    values: dict[str, Any]

    @property
    def source(self) -> str:
        return str(self.values.get("source_number", ""))

    @property
    def identity(self) -> tuple[Any, ...]:
        """By what a revisit without a number is known."""
        known = {"done_at": None, "channel": "phone", "staff_id": None} | self.values
        return tuple(known[name] for name in IDENTITY)

    def is_in(self, version: Version) -> bool:
        """Whether a version says the same; what the row leaves blank does not matter."""
        return all(_to_the_second(version[name]) == value for name, value in self.values.items())


class _Kept:
    """The revisits on record with all their versions: a row that says what one of them said brings nothing new."""

    def __init__(self, sql: Sql) -> None:
        self._versions: dict[int, list[Version]] = defaultdict(list)
        self._by_source: dict[str, int] = {}
        self._by_identity: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        for row in sql.rows(REVISITS):
            one = dict(zip((*COLUMNS, *BOOKED, "rep_id"), row, strict=True))
            for name in ("done_on", "promised_on"):
                one[name] = day(one[name])
            for name in ("done_at", "filled_at", "promised_at"):
                one[name] = instant(one[name])
            self._versions[one["number"]].append(one)
            if one["source_number"]:
                self._by_source[one["source_number"]] = one["number"]
            self._by_identity[tuple(_to_the_second(one[name]) for name in IDENTITY)].append(one["number"])
        self.next_number = max(self._versions, default=0) + 1

    def versions(self, told: _Told) -> list[Version]:
        """The versions of the record that a row is, oldest first; none for a new one."""
        if told.source:
            number = self._by_source.get(told.source)
            return self._versions[number] if number is not None else []
        found = [self._versions[number] for number in self._by_identity.get(told.identity, [])]
        said = [versions for versions in found if any(told.is_in(one) for one in versions)]
        return next(iter(said or found), [])


def apply_revisits(ledger: Ledger) -> None:
    """Writes the records of a revisit log. What changed in one that is on record becomes a new version."""
    from revisit.models import Booking, Revisit

    people = People(ledger)
    kept = _Kept(ledger.sql)
    rows: list[dict[str, Any]] = []
    numbers: list[RowLabel] = []
    renewed: dict[int, RowLabel] = {}
    for told in _told(ledger, people):
        versions = kept.versions(told)
        if any(told.is_in(one) for one in versions):
            ledger.count("unchanged")
            continue
        if versions and renewed.setdefault(versions[-1]["number"], told.record.row) != told.record.row:
            other = renewed[versions[-1]["number"]]
            ledger.reject(told.record, "at", N_("row {other} states the same differently"), other=other)
            continue
        if isinstance(told.values.get("staff_id"), str):
            told.values["staff_id"] = people.author(told.values["staff_id"], told.record.row)
        if versions:
            row = _next_version(ledger, told, versions[-1])
        else:
            row = {"channel": "phone", **told.values, "number": kept.next_number, "version": 1}
            row["extra"] = extra_text(told.record.extra)
            kept.next_number += 1
        rows.append(row)
        numbers.append(told.record.row)
        ledger.touched.add(row["customer_id"])
        ledger.count("updated" if versions else "inserted")
    plain = [{name: value for name, value in row.items() if name not in BOOKED} for row in rows]
    ids = ledger.insert(Revisit, plain, numbers)
    column = {name: name for name in ("customer_id", *BOOKED)} | {"ask_for": "person"}
    booked = [
        (number, {column[name]: row[name] for name in column if name in row} | {"revisit_id": id_})
        for id_, row, number in zip(ids, rows, numbers, strict=True)
        if row.get("promised_on")
    ]
    ledger.insert(Booking, [booking for _number, booking in booked], [number for number, _booking in booked])


def apply_sales_follow_ups(ledger: Ledger) -> None:
    """Writes the records of a sales log: known by customer, date and salesperson."""
    kept: dict[tuple[int, date, str], dict[str, Any]] = {}
    for id_, customer_id, on, salesperson, note, extra, rep in ledger.sql.rows(SALES):
        kept[customer_id, date.fromisoformat(on), salesperson] = {
            "id": id_,
            "note": note,
            "extra": extra,
            "rep_id": rep,
        }
    seen: dict[tuple[str, date, str], Record] = {}
    used: list[tuple[Record, File]] = []
    for record, file in whom.resolve(ledger):
        values = record.values
        if values["on"] > ledger.today:
            ledger.reject(record, "on", N_("the day lies in the future"))
            continue
        first = seen.setdefault((file.code, values["on"], values.get("salesperson", "")), record)
        if first is record:
            used.append((record, file))
        elif values.get("note") == first.values.get("note"):
            ledger.count("unchanged")
        else:
            ledger.reject(record, "on", N_("row {other} states the same differently"), other=first.row)
    whom.settle(ledger, used)
    _write_sales(ledger, used, kept)


def _write_sales(
    ledger: Ledger, used: list[tuple[Record, File]], kept: dict[tuple[int, date, str], dict[str, Any]]
) -> None:
    from revisit.models import SalesFollowUp

    rows: list[dict[str, Any]] = []
    numbers: list[RowLabel] = []
    for record, file in used:
        values = record.values
        key = (file.row_id, values["on"], values.get("salesperson", ""))
        old = kept.get(key)
        extra = extra_text(record.extra)
        if old is None:
            row = {"customer_id": key[0], "done_on": key[1], "salesperson": key[2], "note": values.get("note", "")}
            rows.append(row | {"extra": extra})
            numbers.append(record.row)
            ledger.touched.add(key[0])
            ledger.count("inserted")
            continue
        news = {"note": values.get("note", old["note"]), "extra": merged_extra(old["extra"], extra)}
        after = {name: value for name, value in news.items() if value != old[name]}
        if after:
            ledger.update(SalesFollowUp, old["id"], old, after, record.row, Whose(file.code, old["rep_id"]))
        ledger.count("updated" if after else "unchanged")
    ledger.insert(SalesFollowUp, rows, numbers)


def _told(ledger: Ledger, people: People) -> list[_Told]:
    """What the rows say; rows that cannot be, or that contradict an earlier one, are rejected, equal ones are one."""
    first_by: dict[tuple[Any, ...], _Told] = {}
    found: list[_Told] = []
    for record, file in whom.resolve(ledger):
        values = _values(ledger, record, people)
        if values is None:
            continue
        told = _Told(record, file, {"customer_id": file.id or file.code, **values})
        key = (told.source,) if told.source else told.identity
        first = first_by.setdefault(key, told)
        if told.source:
            first_by.setdefault(told.identity, told)
        if first is told:
            _check(ledger, told)
            found.append(told)
        elif first.values | {"source_number": told.source} == told.values | {"source_number": told.source}:
            ledger.count("unchanged")
        else:
            column = "number" if told.source else "at"
            ledger.reject(record, column, N_("row {other} states the same differently"), other=first.record.row)
    whom.settle(ledger, ((told.record, told.file) for told in found))
    for told in found:
        told.values["customer_id"] = told.file.id
    return found


def _values(ledger: Ledger, record: Record, people: People) -> dict[str, Any] | None:
    """The cells of a row by column of the table, blank ones left out; None: the row is rejected."""
    values = record.values
    if not people.is_clear(record, "staff"):
        return None
    done_on, done_at = _moment(values["at"], ledger.company.timezone)
    if done_on > ledger.today or (done_at is not None and done_at > ledger.now):
        ledger.reject(record, "at", N_("the revisit lies in the future"))
        return None
    told = {"done_on": done_on, "result": values["result"]}
    told |= {name: values[name] for name in ("channel", *TEXTS) if name in values}
    if done_at is not None:
        told["done_at"] = done_at
    if "callback" in values:
        told["promised_on"], told["promised_at"] = on, at = _moment(values["callback"], ledger.company.timezone)
        if on < done_on or (at is not None and done_at is not None and at <= done_at):
            ledger.reject(record, "callback", N_("the callback lies before the revisit that promises it"))
            return None
    if "filled_at" in values:
        filled_on, filled_at = _moment(values["filled_at"], ledger.company.timezone)
        if filled_at is not None:
            told["filled_at"] = filled_at
        else:  # a day is no instant: the lag stays unknown, the day is kept with the row
            record.extra = {**record.extra, ledger.title("filled_at"): filled_on.isoformat()}
    if "staff" in values:
        told["staff_id"] = people.find(values["staff"]) or values["staff"]
    if "number" in values:
        told["source_number"] = values["number"]
    return told


def _check(ledger: Ledger, told: _Told) -> None:
    """Pairs that are implausible, and kept all the same."""
    row, values = told.record.row, told.values
    channel, result = values.get("channel", "phone"), values["result"]
    filled_at, done_at = values.get("filled_at"), values.get("done_at")
    if filled_at is not None and (filled_at < done_at if done_at else _day_of(filled_at, ledger) < values["done_on"]):
        ledger.warn(N_("row {row}: filled in before it happened"), row=row)
    if filled_at is not None and filled_at > ledger.now:
        ledger.warn(N_("row {row}: filled in in the future"), row=row)
    for doubt in doubts(result, channel, values.get("satisfaction", "")):
        ledger.warn(doubt, row=row)


def doubts(result: str, channel: str, satisfaction: str) -> Iterator[str]:
    """What does not go together in a row, as sentences with a place for {row}."""
    if result == "sent" and channel in NO_MESSAGES:
        yield N_("row {row}: a message was sent, but the channel is none for messages")
    if result in ("busy", "wrong_number") and channel in MESSAGES:
        yield N_("row {row}: the result is that of a call, but the channel is one for messages")
    if satisfaction and result != "reached":
        yield N_("row {row}: satisfaction without a conversation")


def _next_version(ledger: Ledger, told: _Told, old: Version) -> dict[str, Any]:
    """The row on record with what the sheet says otherwise; the old version stays."""
    from revisit.models import Revisit

    ledger.update(Revisit, old["id"], {"is_current": True}, {"is_current": False}, told.record.row)
    ledger.touched.add(old["customer_id"])
    row = {name: value for name, value in old.items() if name not in ("id", "rep_id")} | told.values
    if row["done_on"] != old["done_on"] and "done_at" not in told.values:
        row["done_at"] = None
    row |= {"purpose": row["purpose"] or "", "ask_for": row["ask_for"] or ""}
    row["planned"] = bool(row["planned"]) and "promised_on" not in told.values
    row["extra"] = merged_extra(old["extra"], extra_text(told.record.extra))
    news = {
        name: row[name] for name in (*told.values, "extra") if _to_the_second(row[name]) != _to_the_second(old[name])
    }
    ledger.change(told.record.row, Whose(told.file.code, old["rep_id"]), old, news)
    flags = {name: bool(row[name]) for name in ("is_void", "inbound", "important")}
    return row | flags | {"version": old["version"] + 1, "is_current": True}


def _moment(value: date | datetime, timezone: str) -> tuple[date, datetime | None]:
    if isinstance(value, datetime):
        return value.date(), clock.instant(value, timezone)
    return value, None


def _to_the_second(value: Any) -> Any:
    """A value as a sheet can say it: `log` keeps instants to the microsecond, a cell to the second."""
    return value.replace(microsecond=0) if isinstance(value, datetime) else value


def _day_of(at: datetime, ledger: Ledger) -> date:
    return clock.local(at, ledger.company.timezone).date()
