"""Customer files: which one a person means, and what stands in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from revisit import search
from revisit.db import Sql, chunks, day, id_list
from revisit.errors import Refused
from revisit.i18n import N_
from revisit.search import Looker
from revisit.wording import money

MOST_CANDIDATES = 20  # named when a text fits several customers
BY_CODE = "SELECT id, code FROM customer WHERE code IN (:text, :folded, :upper) ORDER BY code"
BY_NAME = "SELECT id FROM customer WHERE name = :text ORDER BY code LIMIT :limit"
LABELS = "SELECT id, code, name, rep_id FROM customer WHERE id IN ({ids})"
CARDS = """
SELECT c.id, c.code, c.name, c.grade, c.region, p.name, p.title, t.value, c.last_order_on, c.last_contact_on
FROM customer c
LEFT JOIN contact_person p ON p.customer_id = c.id AND p.position = 1
LEFT JOIN contact_point t ON t.customer_id = c.id AND t.kind = 'phone' AND t.position = 1
"""
CARDS_OF = CARDS + "WHERE c.id IN ({ids})"
FILE = """
SELECT c.code, c.name, c.kind, c.grade, c.region, c.industry, c.intention, c.salesperson, c.followed_by, c.followed_since,
       c.contract_on, c.balance_cents, c.credit_limit_cents, c.term_days, c.birthday, c.do_not_call, c.note, c.extra,
       c.entered_on, c.first_on, c.last_order_on, c.last_contact_on, c.shown_order_on, s.login
FROM customer c LEFT JOIN staff s ON s.id = c.rep_id WHERE c.id = :id
"""
PEOPLE = "SELECT position, name, title FROM contact_person WHERE customer_id = :id ORDER BY position"
POINTS = "SELECT kind, value FROM contact_point WHERE customer_id = :id ORDER BY kind, position"
LAST_ORDERS_ON = """
SELECT customer_id, max(ordered_on) FROM order_
WHERE ordered_on <= :on AND (cancelled_on IS NULL OR (cancelled_on > :on AND cancelled_on > ordered_on))
GROUP BY customer_id
"""
SHOWN_ORDERS_ON = "SELECT customer_id, max(ordered_on) FROM shown_order WHERE ordered_on <= :on GROUP BY customer_id"


FILE_FIELDS = (
    "code", "name", "kind", "grade", "region", "industry", "intention", "salesperson", "followed_by", "followed_since",
    "contract_on", "balance", "credit_limit", "term_days", "birthday", "do_not_call", "note", "extra", "entered_on",
    "first_on", "last_order_on", "last_contact_on", "shown_order_on", "rep",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Card:
    """What a list shows of a customer. The phone is whole; who may see it so is decided where it is shown."""

    id: int
    code: str
    name: str
    grade: str
    region: str
    contact: str
    title: str
    phone: str
    last_order_on: date | None
    last_contact_on: date | None


def get_customer(sql: Sql, text: str, viewer: Looker | None = None) -> int:
    """The id of the customer a person means: a code, or a name or phone that fits just one; as `revisit find` finds it.

    An exact code goes before an exact name, that before a whole phone number, that before a part of any of them. Raises
    Refused with the candidates, of whose names the `viewer` (None: whoever sees all) sees as much as elsewhere.
    """
    wanted = search.fold(text)
    for look in (_by_code, _by_name, search.exactly, search.with_phone):
        if wanted and (found := look(sql, text.strip())):
            break
    else:
        found = search.find(sql, wanted, viewer, limit=MOST_CANDIDATES + 1).ids
    if len(found) == 1:
        return found[0]
    if found:
        raise Refused(
            N_("{text} fits several customers: {candidates}"),
            N_("name one by its code"),
            text=text.strip(),
            candidates=", ".join(labels(sql, found[:MOST_CANDIDATES], viewer))
            + (" …" if found[MOST_CANDIDATES:] else ""),
        )
    raise Refused(N_("no customer is known as {text}"), N_("look for it: revisit find TEXT"), text=text.strip())


def labels(sql: Sql, ids: Sequence[int], viewer: Looker | None = None) -> list[str]:
    """Code and name of customers, in the order given; of the name as much as the `viewer` may see."""
    rows = {row[0]: row[1:] for row in sql.rows(LABELS.format(ids=id_list(ids)))}
    return [
        f"{code} {name if viewer is None else viewer.name(name, owner)}"
        for code, name, owner in (rows[one] for one in ids)
    ]


def _by_code(sql: Sql, text: str) -> list[int]:
    """The customer of that code: as it is typed, else in capital or small letters."""
    folded = search.fold(text)
    rows = sql.rows(BY_CODE, text=_readable(text), folded=folded, upper=folded.upper())
    exact = [id_ for id_, code in rows if code == text]
    return exact or [id_ for id_, _code in rows]


def _by_name(sql: Sql, text: str) -> list[int]:
    return [row[0] for row in sql.rows(BY_NAME, text=_readable(text), limit=MOST_CANDIDATES + 1)]


def _readable(text: str) -> str:
    """A text that every driver takes: what was no text when it was typed, or ends one, cannot be in a file either."""
    return text.encode(errors="replace").decode().replace("\0", "")


def cards(sql: Sql, ids: Iterable[int] | None = None) -> dict[int, Card]:
    """What a list shows of customers (None: of all), by id."""
    if ids is None:
        rows = sql.rows(CARDS)
    else:
        rows = [row for portion in chunks(sorted(ids)) for row in sql.rows(CARDS_OF.format(ids=id_list(portion)))]
    return {
        id_: Card(id_, code, name, grade, region, contact or "", title or "", phone or "", day(ordered), day(spoken))
        for id_, code, name, grade, region, contact, title, phone, ordered, spoken in rows
    }


def last_orders_on(sql: Sql, on: date) -> dict[int, date]:
    """The last order (or shown last-order date) of every customer as of a day in the past."""
    result: dict[int, date] = {}
    for statement in (LAST_ORDERS_ON, SHOWN_ORDERS_ON):
        for customer, last in sql.rows(statement, on=on):
            value = date.fromisoformat(last)
            result[customer] = max(value, result.get(customer, value))
    return result


def load_file(sql: Sql, customer_id: int) -> dict[str, Any]:
    """Every field of a file under the name it has in a sheet; amounts as text with two decimals."""
    (row,) = sql.rows(FILE, id=customer_id)
    file: dict[str, Any] = dict(zip(FILE_FIELDS, row, strict=True))
    for name in ("balance", "credit_limit"):
        file[name] = None if file[name] is None else money(file[name])
    file["do_not_call"] = bool(file["do_not_call"])
    file["extra"] = json.loads(file["extra"]) if file["extra"] else {}
    people = sql.rows(PEOPLE, id=customer_id)
    file["contact"] = people[0][1] if people else ""
    file["title"] = people[0][2] if people else ""
    points = sql.rows(POINTS, id=customer_id)
    file["phone"] = next((value for kind, value in points if kind == "phone"), "")
    file["phones"] = [value for kind, value in points if kind == "phone"]
    file["address"] = next((value for kind, value in points if kind == "address"), "")
    return file
