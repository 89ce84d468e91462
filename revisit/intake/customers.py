"""Customer sheets: a file per customer; what a later sheet changes holds from the day it is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from revisit.i18n import N_
from revisit.intake.known import File, Known
from revisit.intake.ledger import Ledger, extra_text, merged_extra
from revisit.intake.people import People
from revisit.intake.rows import Record
from revisit.wording import money

PLAIN = ("name", "grade", "region", "industry", "salesperson", "note", "birthday")
DATED = {
    "kind": "kind", "intention": "intention", "contract_on": "contract_on", "balance": "balance_cents",
    "do_not_call": "do_not_call",
}  # fmt: skip
SIGNED = {"credit_limit": "credit_limit_cents", "term_days": "term_days"}


def apply(ledger: Ledger) -> None:
    """Writes the records of a customer sheet: rows with a code first, so that a name alone finds the file they made."""
    known = Known(ledger.sql)
    people = People(ledger)
    seen: dict[str, Record] = {}
    fresh: list[tuple[Record, File]] = []
    for record in sorted(ledger.reading.records, key=lambda one: "code" not in one.values):
        if not people.is_clear(record, "rep"):
            continue
        file = _file_of(ledger, record, known)
        if file is None:
            continue
        first = seen.setdefault(file["code"], record)
        if first is not record:
            _again(ledger, record, first)
            continue
        _check(ledger, record)
        if file["id"] is None:
            fresh.append((record, file))
            ledger.count("inserted")
            continue
        if "name" in record.values and record.values["name"] != file["name"]:
            known.rename(file, record.values["name"])
        changed = _update(ledger, record, file, people)
        ledger.count("updated" if changed else "unchanged")
    create(ledger, fresh, people)


def fitting(ledger: Ledger, record: Record, field_name: str, name: str, known: Known) -> list[File] | None:
    """The file of that name, if any; None where it fits several, and the row is rejected."""
    files = known.by_name(name)
    if len(files) < 2:
        return files
    codes = ", ".join(file["code"] for file in files[:5])
    ledger.reject(record, field_name, N_("the name fits several customers: {codes}"), codes=codes)
    return None


def open_file(ledger: Ledger, record: Record, code: str | None, name: str | None, known: Known) -> File:
    """A file that is going to be made from a row; a name that is already there is worth a warning."""
    namesakes = known.by_name(name) if name else []
    if namesakes:
        ledger.warn(
            N_("row {row}: {name} is also the name of {other}; {code} became a file of its own"),
            row=record.row, name=name, other=namesakes[0]["code"], code=code,
        )  # fmt: skip
    return known.open(code, name)


def create(ledger: Ledger, files: Sequence[tuple[Record, File]], people: People | None = None) -> None:
    """Makes files. What their row says holds from the file's first day; `people` are asked for the representative."""
    from revisit.models import Allocation, ContactPerson, ContactPoint, Customer, Fact, Handover, ShownOrder

    numbers = [record.row for record, _file in files]
    rows = [_file_row(ledger, record, file, people) for record, file in files]
    ids = ledger.insert(Customer, rows, numbers)
    beside: dict[type, list[tuple[int, dict[str, Any]]]] = {
        model: [] for model in (ContactPerson, ContactPoint, Fact, Handover, Allocation, ShownOrder)
    }
    for id_, row, (record, file) in zip(ids, rows, files, strict=True):
        file["id"] = id_
        ledger.touched.add(id_)
        values = record.values
        if "contact" in values or "title" in values:
            person = {"position": 1, "name": values.get("contact", ""), "title": values.get("title", "")}
            beside[ContactPerson].append((record.row, {"customer_id": id_, **person}))
        for kind, given in _points(values):
            for position, value in enumerate(given, 1):
                point = {"customer_id": id_, "kind": kind, "position": position, "value": value}
                beside[ContactPoint].append((record.row, point))
        for name in DATED:
            if name in values:
                fact = {"customer_id": id_, "name": name, "value": _fact_text(values[name])}
                beside[Fact].append((record.row, fact))
        if values.get("followed_by") == "sales":
            handover = {"customer_id": id_, "to_whom": "sales", "from_on": values.get("followed_since")}
            beside[Handover].append((record.row, handover))
        if row["rep_id"] is not None:
            beside[Allocation].append((record.row, {"customer_id": id_, "staff_id": row["rep_id"]}))
        if "last_order_on" in values:
            beside[ShownOrder].append((record.row, {"customer_id": id_, "ordered_on": values["last_order_on"]}))
    for model, more in beside.items():
        ledger.insert(model, [row for _number, row in more], [number for number, _row in more])


def _file_of(ledger: Ledger, record: Record, known: Known) -> File | None:
    """The file a row speaks of, by code, else by exact name; it is opened where there is none. None: the row is rejected."""
    code, name = record.values.get("code"), record.values.get("name")
    if code is not None:
        return known.by_code(code) or open_file(ledger, record, code, name, known)
    if name is None:
        ledger.reject(record, "name", N_("the row names no customer: neither code nor name"))
        return None
    files = fitting(ledger, record, "name", name, known)
    if files is None:
        return None
    return files[0] if files else open_file(ledger, record, None, name, known)


def _again(ledger: Ledger, record: Record, first: Record) -> None:
    """A second row for the same customer: the same, or a contradiction."""

    def told(one: Record) -> dict[str, Any]:
        return {name: value for name, value in one.values.items() if name != "code"}

    if told(record) == told(first):
        ledger.count("unchanged")
    else:
        column = "code" if "code" in record.values else "name"
        ledger.reject(record, column, N_("row {other} states the same customer differently"), other=first.row)


def _check(ledger: Ledger, record: Record) -> None:
    values = record.values
    for name in ("last_order_on", "contract_on", "followed_since", "birthday"):
        if name in values and values[name] > ledger.today:
            ledger.warn(N_("row {row}: {day} lies in the future"), row=record.row, day=values[name].isoformat())
    if "followed_since" in values and "followed_by" not in values:
        ledger.warn(N_("row {row}: a hand-over date without the department that follows was not used"), row=record.row)


def _file_row(ledger: Ledger, record: Record, file: File, people: People | None) -> dict[str, Any]:
    values = record.values
    row = {name: values[name] for name in PLAIN if name in values}
    row |= {column: values[name] for name, column in (DATED | SIGNED).items() if name in values}
    return row | {
        "code": file["code"],
        "name": file["name"],
        "followed_by": values.get("followed_by", "service"),
        "followed_since": values.get("followed_since") if "followed_by" in values else None,
        "shown_order_on": values.get("last_order_on"),
        "extra": extra_text(record.extra),
        "entered_on": ledger.today,
        "rep_id": people.representative(values["rep"], record.row) if people and "rep" in values else None,
    }


def _points(values: dict[str, Any]) -> list[tuple[str, tuple[str, ...]]]:
    """The telephone numbers and the address that a row names."""
    address = (values["address"],) if "address" in values else ()
    return [(kind, given) for kind, given in (("phone", values.get("phone", ())), ("address", address)) if given]


def _fact_text(value: Any) -> str:
    """A dated fact as it is kept: ISO days, whole cents, 1 and 0."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return value.isoformat() if isinstance(value, date) else str(value)


def _update(ledger: Ledger, record: Record, file: File, people: People) -> bool:
    """Changes what the row says otherwise than the file; whether it did."""
    from revisit.models import Customer

    values = record.values
    after = {name: values[name] for name in PLAIN if name in values and values[name] != file[name]}
    beside = [
        _state_facts(ledger, record, file, after),
        _hand_over(ledger, record, file, after),
        _allocate(ledger, record, file, after, people),
        _show_order(ledger, record, file, after),
        _reach(ledger, record, file),
    ]
    _sign(ledger, record, file, after)
    extra = merged_extra(file["extra"], extra_text(record.extra))
    if extra != file["extra"]:
        after["extra"] = extra
    if after:
        ledger.update(Customer, file["id"], file, after, record.row)
    changed = bool(after) or any(beside)
    if changed:
        ledger.touched.add(file["id"])
    return changed


def _state_facts(ledger: Ledger, record: Record, file: File, after: dict[str, Any]) -> bool:
    from revisit.models import Fact

    news = {name: record.values[name] for name, column in DATED.items() if name in record.values}
    news = {name: value for name, value in news.items() if value != file[DATED[name]]}
    after |= {DATED[name]: value for name, value in news.items()}
    facts = [
        {"customer_id": file["id"], "name": name, "value": _fact_text(value), "from_on": ledger.today}
        for name, value in news.items()
    ]
    ledger.insert(Fact, facts, [record.row] * len(facts))
    return bool(facts)


def _sign(ledger: Ledger, record: Record, file: File, after: dict[str, Any]) -> None:
    """Limit and term are taken over where there was none; a change has to be applied for."""
    for name, column in SIGNED.items():
        if name not in record.values or record.values[name] == file[column]:
            continue
        if file[column] is None:
            after[column] = record.values[name]
            continue
        ledger.warn(
            N_("row {row}: {column} of {code} stays {old}; a change has to be applied for and signed"),
            row=record.row, column=ledger.title(name), code=file["code"],
            old=money(file[column]) if name == "credit_limit" else file[column],
        )  # fmt: skip


def _hand_over(ledger: Ledger, record: Record, file: File, after: dict[str, Any]) -> bool:
    """A new pair (department, date) is a hand-over; a pair that the file has seen before is none."""
    from revisit.models import Handover

    by, since = record.values.get("followed_by"), record.values.get("followed_since")
    if by is None or (by == file["followed_by"] and since in (None, file["followed_since"])):
        return False
    if since is not None and (by, since) in file["handovers"]:
        return False
    after |= {name: value for name, value in (("followed_by", by), ("followed_since", since)) if value != file[name]}
    if by == file["followed_by"] == "service":
        return False
    handover = {"customer_id": file["id"], "to_whom": by, "from_on": since or ledger.today}
    ledger.insert(Handover, [handover], [record.row])
    return True


def _allocate(ledger: Ledger, record: Record, file: File, after: dict[str, Any], people: People) -> bool:
    from revisit.models import Allocation

    word = record.values.get("rep")
    if word is None or (file["rep_id"] is not None and people.find(word) == file["rep_id"]):
        return False
    after["rep_id"] = people.representative(word, record.row)
    allocation = {"customer_id": file["id"], "staff_id": after["rep_id"], "from_on": ledger.today}
    ledger.insert(Allocation, [allocation], [record.row])
    return True


def _show_order(ledger: Ledger, record: Record, file: File, after: dict[str, Any]) -> bool:
    from revisit.models import ShownOrder

    on = record.values.get("last_order_on")
    if on is None:
        return False
    if on != file["shown_order_on"]:
        after["shown_order_on"] = on
    if on in file["shown"]:
        return False
    ledger.insert(ShownOrder, [{"customer_id": file["id"], "ordered_on": on}], [record.row])
    return True


def _reach(ledger: Ledger, record: Record, file: File) -> bool:
    """Contact person, phones and address: what the sheet names replaces what was there."""
    from revisit.models import ContactPerson

    values = record.values
    before = {"name": file["contact"] or "", "title": file["title"] or ""}
    given = {column: values[name] for name, column in (("contact", "name"), ("title", "title")) if name in values}
    person = {column: value for column, value in given.items() if value != before[column]}
    if person and file["person_id"] is None:
        ledger.insert(ContactPerson, [{"customer_id": file["id"], "position": 1, **person}], [record.row])
    elif person:
        ledger.update(ContactPerson, file["person_id"], before, person, record.row)
    moved = [_replace_points(ledger, record.row, file, kind, points) for kind, points in _points(values)]
    return bool(person) or any(moved)


def _replace_points(ledger: Ledger, row: int, file: File, kind: str, given: tuple[str, ...]) -> bool:
    """The sheet's numbers come first; one that stood further behind changes places instead of standing there twice."""
    from revisit.models import ContactPoint

    kept: list[tuple[int, str]] = file["points"][kind]
    displaced = [value for _id, value in kept[: len(given)] if value not in given]
    wanted = list(given)
    for _id, value in kept[len(given) :]:
        wanted.append(displaced.pop(0) if value in given and displaced else value)
    changed = False
    for position, value in enumerate(wanted, 1):
        if position > len(kept):
            point = {"customer_id": file["id"], "kind": kind, "position": position, "value": value}
            ledger.insert(ContactPoint, [point], [row])
        elif kept[position - 1][1] != value:
            id_, before = kept[position - 1]
            ledger.update(ContactPoint, id_, {"value": before}, {"value": value}, row)
        else:
            continue
        changed = True
    return changed
