"""Customer sheets: a file per customer; what a later sheet changes holds from the day it is recorded."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from revisit import staff
from revisit.customers import money
from revisit.db import day
from revisit.i18n import N_
from revisit.intake.ledger import Ledger, extra_text
from revisit.intake.rows import Record

TABLES = (
    "staff", "customer", "contact_person", "contact_point", "fact", "handover", "allocation", "shown_order",
)  # fmt: skip
KNOWN = """
SELECT c.id, c.code, c.name, c.kind, c.grade, c.region, c.industry, c.intention, c.salesperson, c.followed_by,
       c.followed_since, c.contract_on, c.balance_cents, c.credit_limit_cents, c.term_days, c.birthday, c.do_not_call,
       c.note, c.extra, c.shown_order_on, c.rep_id, p.id, p.name, p.title
FROM customer c LEFT JOIN contact_person p ON p.customer_id = c.id AND p.position = 1
"""
POINTS = "SELECT id, customer_id, kind, position, value FROM contact_point ORDER BY customer_id, kind, position"
SHOWN = "SELECT customer_id, ordered_on FROM shown_order"
HANDOVERS = "SELECT customer_id, to_whom, from_on FROM handover"
EVERYBODY = "SELECT id, login, name FROM staff ORDER BY id"
PLAIN = ("name", "grade", "region", "industry", "intention", "salesperson", "note", "birthday")
DATED = {"kind": "kind", "contract_on": "contract_on", "balance": "balance_cents", "do_not_call": "do_not_call"}
SIGNED = {"credit_limit": "credit_limit_cents", "term_days": "term_days"}


class Known:
    """The customers there are, by code and by name, with what a sheet can change of them."""

    def __init__(self, ledger: Ledger) -> None:
        columns = (
            "id code name kind grade region industry intention salesperson followed_by followed_since contract_on "
            "balance_cents credit_limit_cents term_days birthday do_not_call note extra shown_order_on rep_id person_id "
            "contact title"
        )
        names = columns.split()
        self.by_code: dict[str, dict[str, Any]] = {}
        self.by_name: dict[str, list[dict[str, Any]]] = defaultdict(list)
        by_id: dict[int, dict[str, Any]] = {}
        for row in ledger.sql.rows(KNOWN):
            one = dict(zip(names, row, strict=True))
            for name in ("followed_since", "contract_on", "birthday", "shown_order_on"):
                one[name] = day(one[name])
            one["do_not_call"] = bool(one["do_not_call"])
            one |= {"points": defaultdict(list), "shown": set(), "handovers": set()}
            self.add(one)
            by_id[one["id"]] = one
        for id_, customer, kind, position, value in ledger.sql.rows(POINTS):
            by_id[customer]["points"][kind].append((id_, position, value))
        for customer, on in ledger.sql.rows(SHOWN):
            by_id[customer]["shown"].add(date.fromisoformat(on))
        for customer, to_whom, on in ledger.sql.rows(HANDOVERS):
            by_id[customer]["handovers"].add((to_whom, day(on)))

    def add(self, one: dict[str, Any]) -> None:
        """Makes a customer known."""
        self.by_code[one["code"]] = one
        self.by_name[one["name"]].append(one)


def staff_by_word(ledger: Ledger) -> dict[str, int]:
    """Staff ids by login and by name."""
    found: dict[str, int] = {}
    for id_, login, name in ledger.sql.rows(EVERYBODY):
        found.setdefault(name, id_)
        found[login] = id_
    return found


def staff_id(ledger: Ledger, people: dict[str, int], word: str) -> int:
    """The staff member a sheet names by login or name; somebody new is added as a representative, with a warning."""
    if word not in people:
        people[word] = staff.add_staff(
            ledger.session, login=word, name=word, role="representative", at=ledger.now, batch_id=ledger.batch_id
        )
        ledger.warn(N_("{name} was not among the staff and has been added as a representative"), name=word)
    return people[word]


def apply(ledger: Ledger) -> None:
    """Writes the records of a customer sheet."""
    known = Known(ledger)
    people = staff_by_word(ledger)
    seen: dict[str, Record] = {}
    fresh: list[Record] = []
    for record in ledger.reading.records:
        found = _match(ledger, record, known)
        if found is _REFUSED:
            continue
        key = found["code"] if found else record.values.get("code") or f"\0{record.values['name']}"
        if key in seen:
            if seen[key].values == record.values:
                ledger.count("unchanged", record)
            else:
                ledger.reject(
                    record, "code", N_("row {other} states the same customer differently"), other=seen[key].row
                )
            continue
        seen[key] = record
        _check(ledger, record)
        if found is None:
            fresh.append(record)
        else:
            _update(ledger, record, found, people)
    create(ledger, fresh, known, people)


_REFUSED: dict[str, Any] = {}


def _match(ledger: Ledger, record: Record, known: Known) -> dict[str, Any] | None:
    """The file a row speaks of: by code, else by exact name; None: a new one."""
    code, name = record.values.get("code"), record.values.get("name")
    if code is None and name is None:
        ledger.reject(record, "name", N_("the row names no customer: neither code nor name"))
        return _REFUSED
    if code is not None:
        found = known.by_code.get(code)
        if found is None and name is not None and known.by_name.get(name):
            ledger.warn(
                N_("row {row}: {name} is also the name of {other}; {code} became a file of its own"),
                row=record.row, name=name, other=known.by_name[name][0]["code"], code=code,
            )  # fmt: skip
        return found
    namesakes = known.by_name.get(name or "", [])
    if len(namesakes) > 1:
        codes = ", ".join(one["code"] for one in namesakes[:5])
        ledger.reject(record, "name", N_("the name fits several customers: {codes}"), codes=codes)
        return _REFUSED
    return namesakes[0] if namesakes else None


def _check(ledger: Ledger, record: Record) -> None:
    values = record.values
    for name in ("last_order_on", "contract_on", "followed_since"):
        if name in values and values[name] > ledger.today:
            ledger.warn(N_("row {row}: {day} lies in the future"), row=record.row, day=values[name].isoformat())
    if "followed_since" in values and "followed_by" not in values:
        ledger.warn(N_("row {row}: a hand-over date without the department that follows was not used"), row=record.row)


def create(ledger: Ledger, records: list[Record], known: Known, people: dict[str, int]) -> None:
    """New files. What their row says holds from the file's first day."""
    from revisit.models import Allocation, ContactPerson, ContactPoint, Customer, Fact, Handover, ShownOrder

    rows = []
    for record in records:
        values = record.values
        if "code" not in values:
            values["code"] = _free_code(known)
        rep = staff_id(ledger, people, values["rep"]) if "rep" in values else None
        row: dict[str, Any] = {name: values[name] for name in PLAIN if name in values}
        row |= {column: values[name] for name, column in (DATED | SIGNED).items() if name in values}
        row |= {
            "code": values["code"],
            "name": values.get("name", values["code"]),
            "followed_by": values.get("followed_by", "service"),
            "followed_since": values.get("followed_since"),
            "shown_order_on": values.get("last_order_on"),
            "extra": extra_text(record.extra),
            "entered_on": ledger.today,
            "rep_id": rep,
        }
        rows.append(row)
        known.add(row)
        ledger.count("inserted", record)
    numbers = [record.row for record in records]
    ids = ledger.insert(Customer, rows, numbers)
    people_rows, points, facts, handovers, allocations, shown = [], [], [], [], [], []
    for id_, row, record in zip(ids, rows, records, strict=True):
        values = record.values
        row |= {"id": id_, "points": defaultdict(list), "shown": set(), "handovers": set()}
        ledger.touched.add(id_)
        if "contact" in values or "title" in values:
            people_rows.append(
                {"customer_id": id_, "position": 1, "name": values.get("contact", ""), "title": values.get("title", "")}
            )
        for kind, given in (("phone", values.get("phone", ())), ("address", (values.get("address"),))):
            for position, value in enumerate((one for one in given if one), 1):
                points.append({"customer_id": id_, "kind": kind, "position": position, "value": value})
        for name in DATED:
            if name in values:
                facts.append({"customer_id": id_, "name": name, "value": fact_text(values[name])})
        if values.get("followed_by") == "sales":
            handovers.append({"customer_id": id_, "to_whom": "sales", "from_on": values.get("followed_since")})
        if row["rep_id"] is not None:
            allocations.append({"customer_id": id_, "staff_id": row["rep_id"]})
        if "last_order_on" in values:
            shown.append({"customer_id": id_, "ordered_on": values["last_order_on"]})
    for model, more in (
        (ContactPerson, people_rows), (ContactPoint, points), (Fact, facts), (Handover, handovers),
        (Allocation, allocations), (ShownOrder, shown),
    ):  # fmt: skip
        ledger.insert(model, more)


def fact_text(value: Any) -> str:
    """A dated fact as it is kept: ISO days, whole cents, 1 and 0."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return value.isoformat() if isinstance(value, date) else str(value)


def _update(ledger: Ledger, record: Record, one: dict[str, Any], people: dict[str, int]) -> None:
    from revisit.models import Allocation, Customer, Fact, ShownOrder

    values = record.values
    after = {name: values[name] for name in PLAIN if name in values and values[name] != one[name]}
    changed = False
    for name, column in DATED.items():
        if name in values and values[name] != one[column]:
            after[column] = values[name]
            fact = {"customer_id": one["id"], "name": name, "value": fact_text(values[name]), "from_on": ledger.today}
            ledger.insert(Fact, [fact], [record.row])
    for name, column in SIGNED.items():
        if name not in values or values[name] == one[column]:
            continue
        if one[column] is None:
            after[column] = values[name]
        else:
            old = money(one[column]) if name == "credit_limit" else one[column]
            ledger.warn(
                N_("row {row}: {column} of {code} stays {old}; a change has to be applied for and signed"),
                row=record.row, column=name, code=one["code"], old=old,
            )  # fmt: skip
    if _hand_over(ledger, record, one, after):
        changed = True
    if "rep" in values:
        rep = staff_id(ledger, people, values["rep"])
        if rep != one["rep_id"]:
            after["rep_id"] = rep
            allocation = {"customer_id": one["id"], "staff_id": rep, "from_on": ledger.today}
            ledger.insert(Allocation, [allocation], [record.row])
    if "last_order_on" in values:
        if values["last_order_on"] != one["shown_order_on"]:
            after["shown_order_on"] = values["last_order_on"]
        if values["last_order_on"] not in one["shown"]:
            ledger.insert(ShownOrder, [{"customer_id": one["id"], "ordered_on": values["last_order_on"]}], [record.row])
            changed = True
    if record.extra and extra_text(record.extra) != one["extra"]:
        after["extra"] = extra_text(record.extra)
    changed = _reach(ledger, record, one) or changed
    if after:
        ledger.update(Customer, one["id"], one, after, record.row)
    if after or changed:
        ledger.touched.add(one["id"])
    ledger.count("updated" if after or changed else "unchanged", record)


def _hand_over(ledger: Ledger, record: Record, one: dict[str, Any], after: dict[str, Any]) -> bool:
    """A new pair (department, date) is a hand-over; the pair the file knows already is none."""
    from revisit.models import Handover

    by = record.values.get("followed_by")
    since = record.values.get("followed_since")
    if by is None or (by == one["followed_by"] and since in (None, one["followed_since"])):
        return False
    if by == "service" and one["followed_by"] == "service":
        after["followed_since"] = since
        return False
    after["followed_by"] = by
    if since != one["followed_since"]:
        after["followed_since"] = since
    pair = (by, since or ledger.today)
    if pair in one["handovers"]:
        return False
    ledger.insert(Handover, [{"customer_id": one["id"], "to_whom": by, "from_on": pair[1]}], [record.row])
    return True


def _reach(ledger: Ledger, record: Record, one: dict[str, Any]) -> bool:
    """Contact person, phones and address: what the sheet names replaces what was there."""
    from revisit.models import ContactPerson, ContactPoint

    values = record.values
    changed = False
    person = {
        column: values[name]
        for name, column in (("contact", "name"), ("title", "title"))
        if name in values and values[name] != (one["contact" if column == "name" else "title"] or "")
    }
    if person:
        changed = True
        if one["person_id"] is None:
            ledger.insert(ContactPerson, [{"customer_id": one["id"], "position": 1, **person}], [record.row])
        else:
            before = {"name": one["contact"], "title": one["title"]}
            ledger.update(ContactPerson, one["person_id"], before, person, record.row)
    for kind, given in (
        ("phone", values.get("phone")),
        ("address", (values["address"],) if "address" in values else None),
    ):
        if given is None:
            continue
        kept = one["points"][kind]
        for position, value in enumerate(given, 1):
            if position <= len(kept):
                if kept[position - 1][2] != value:
                    changed = True
                    ledger.update(
                        ContactPoint,
                        kept[position - 1][0],
                        {"value": kept[position - 1][2]},
                        {"value": value},
                        record.row,
                    )
            else:
                changed = True
                point = {"customer_id": one["id"], "kind": kind, "position": position, "value": value}
                ledger.insert(ContactPoint, [point], [record.row])
    return changed


def _free_code(known: Known) -> str:
    number = len(known.by_code) + 1
    while f"K{number:06d}" in known.by_code:
        number += 1
    return f"K{number:06d}"
