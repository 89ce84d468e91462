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
MERGED = "SELECT id, merged_into FROM customer WHERE merged_into IS NOT NULL"
MERGED_FILES = "SELECT id, code, name, rep_id FROM customer WHERE merged_into IS NOT NULL ORDER BY code"
MERGED_INTO = """
WITH RECURSIVE gone (id, code, name) AS (
  SELECT id, code, name FROM customer WHERE merged_into = :id
  UNION SELECT c.id, c.code, c.name FROM customer c JOIN gone g ON c.merged_into = g.id
) SELECT id, code, name FROM gone ORDER BY code
"""
BUSY = """
SELECT code FROM customer c WHERE merged_into IS NOT NULL AND id IN ({ids}) AND (
  EXISTS (SELECT 1 FROM order_ o WHERE o.customer_id = c.id) OR EXISTS (SELECT 1 FROM revisit r WHERE r.customer_id = c.id)
) ORDER BY code
"""
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

    An exact code goes before an exact name, that before a whole phone number, that before a part of any of them. Code and
    name of a file that was merged mean the one it was merged into. Raises Refused with the candidates, of whose names the
    `viewer` (None: whoever sees all) sees as much as elsewhere.
    """
    wanted = search.fold(text)
    for look in (_by_code, _by_name, search.exactly, search.with_phone):
        if wanted and (found := kept(sql, look(sql, text.strip()))):
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


def kept(sql: Sql, ids: Sequence[int]) -> list[int]:
    """The files themselves, and for those that were merged the ones that were kept; each once, in this order."""
    into = leads_to(sql) if ids else {}
    return list(dict.fromkeys(into.get(one, one) for one in ids))


def leads_to(sql: Sql) -> dict[int, int]:
    """For every file that was merged the one that was kept in the end."""
    into: dict[int, int] = dict(sql.rows(MERGED))
    found = {}
    for merged, target in into.items():
        passed = {merged}
        while target in into and target not in passed:  # a circle, which doctor finds, leads nowhere
            passed.add(target)
            target = into[target]
        found[merged] = target
    return found


def merged_into(sql: Sql, customer_id: int) -> list[tuple[int, str, str]]:
    """Id, code and name of every file that was merged into this one, or into one that was."""
    return [(id_, code, name) for id_, code, name in sql.rows(MERGED_INTO, id=customer_id)]


def merged_ids(sql: Sql, customer_id: int) -> list[int]:
    """The ids of those."""
    return [id_ for id_, _code, _name in merged_into(sql, customer_id)]


def merged_names(sql: Sql) -> dict[int, list[str]]:
    """For every file into which others were merged their codes and names: what is typed of them finds the one that was kept."""
    rows = sql.rows(MERGED_FILES)
    into = leads_to(sql) if rows else {}
    found: dict[int, list[str]] = {}
    for id_, code, name, _owner in rows:
        found.setdefault(into[id_], []).extend((code, name))
    return found


def merged_files(sql: Sql) -> list[tuple[str, str, int | None]]:
    """Code, name and representative (staff id) of every file that was merged into another."""
    return [(code, name, owner) for _id, code, name, owner in sql.rows(MERGED_FILES)]


def refuse_merged(sql: Sql, ids: Iterable[int], said: Iterable[int] = ()) -> None:
    """Raises Refused where one of these files was merged into another while something was written into it: an order, a revisit,
    or (`said`) whatever a person has said of it."""
    into = leads_to(sql)
    spoken_of = [one for one in said if one in into]
    codes = busy(sql, [one for one in ids if one in into])
    codes += [row[1] for row in sql.rows(LABELS.format(ids=id_list(spoken_of)))] if spoken_of else []
    if codes:
        raise Refused(
            N_("meanwhile {codes} was merged into another file; nothing was changed"),
            N_("do it again: what is meant is found"),
            codes=", ".join(sorted(set(codes))),
        )


def busy(sql: Sql, merged: Sequence[int]) -> list[str]:
    """The codes of merged files in which orders or revisits stand: these belong to the file that was kept."""
    return [str(row[0]) for row in sql.rows(BUSY.format(ids=id_list(merged)))] if merged else []


def merged_of_code(sql: Sql, text: str) -> int | None:
    """The file of that code (as `get_customer` reads it) if it was merged into another; else None."""
    found = _by_code(sql, text.strip())
    return found[0] if len(found) == 1 and kept(sql, found) != found else None


def find_by_code(sql: Sql, code: str) -> int | None:
    """The file of exactly that code, or the one that it was merged into; None if there is none."""
    found = [id_ for id_, one in sql.rows(BY_CODE, text=code, folded=code, upper=code) if one == code]
    return next(iter(kept(sql, found)), None)


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
