"""What is exported, read in portions: records as a sheet would say them, by the fields of its kind, oldest first.

A file is told as sheets have told it, so that reading the sheet back changes nothing; do-not-call alone is what holds.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from revisit import alike, clock, files, staff
from revisit.db import Sql, day, id_list, instant
from revisit.intake.textcell import clean

PORTION = 1000  # rows that are read at once
# What each kind is read from. Merged files are none any more, and their events belong to the file that took them.
FROM = {
    "customers": "customer c WHERE c.merged_into IS NULL",
    "orders": "order_ x JOIN customer c ON c.id = x.customer_id WHERE 1 = 1",
    "revisits": """revisit x JOIN customer c ON c.id = x.customer_id
        WHERE x.is_current AND NOT x.is_void AND NOT x.inbound AND x.with_whom = 'customer'""",
    "sales-followups": "sales_follow_up x JOIN customer c ON c.id = x.customer_id WHERE 1 = 1",
}
IDS = {"customers": "c.id", "orders": "x.id", "revisits": "x.id", "sales-followups": "x.id"}
EXTRAS = {"customers": "c.extra", "orders": "x.extra", "revisits": "x.extra", "sales-followups": "x.extra"}
COLUMNS = {
    "customers": """c.rep_id, c.extra, c.code, c.name, p.name, p.title, c.region, c.industry, c.grade, c.kind, c.intention,
        c.salesperson, c.followed_by, c.followed_since, c.shown_order_on, c.contract_on, c.balance_cents,
        c.credit_limit_cents, c.term_days, c.birthday, c.note""",
    "orders": """c.rep_id, x.extra, c.code, c.name, x.number, x.ordered_on, x.completed_on, x.cancelled_on, x.amount_cents,
        x.product, c.region""",
    "revisits": """c.rep_id, x.extra, c.code, c.name, x.source_number, x.done_on, x.done_at, x.channel, x.result, x.staff_id,
        x.satisfaction, x.reason, x.suggestion, x.filled_at, x.note""",
    "sales-followups": "c.rep_id, x.extra, c.code, c.name, x.done_on, x.salesperson, x.note",
}
COUNT = "SELECT count(*) FROM {source}"
NEXT = f"SELECT {{columns}} FROM {{source}} AND {{by}} > :after ORDER BY {{by}} LIMIT {PORTION}"
WITH_PERSON = "customer c LEFT JOIN contact_person p ON p.customer_id = c.id AND p.position = 1 WHERE"
# A sheet has no words for a call from the customer, or for a talk with the salesperson.
UNSAYABLE = """
SELECT count(*) FROM revisit x JOIN customer c ON c.id = x.customer_id
WHERE x.is_current AND NOT x.is_void AND (x.inbound OR x.with_whom <> 'customer')
"""
POINTS = (
    "SELECT customer_id, kind, value FROM contact_point WHERE customer_id IN ({ids}) ORDER BY customer_id, position"
)
CALLBACKS = """
SELECT revisit_id, promised_on, promised_at FROM booking WHERE revisit_id IN ({ids}) AND NOT planned ORDER BY id
"""


class Record(NamedTuple):
    """One row of the sheet to be: values by field, texts of unknown columns by title, and whose customer it is (staff id)."""

    values: Mapping[str, Any]
    extra: Mapping[str, str]
    owner: int | None


@dataclass(frozen=True, slots=True)
class Among:
    """Whose customers: those of these people (staff ids; None: of everybody), and those of nobody."""

    owners: frozenset[int] | None = None
    nobody: bool = True

    @property
    def condition(self) -> str:
        """The same in SQL."""
        if self.owners is None:
            return ""
        parts = [f"c.rep_id IN ({id_list(sorted(self.owners))})"] if self.owners else []
        parts += ["c.rep_id IS NULL"] if self.nobody else []
        return f" AND ({' OR '.join(parts) or '1 = 0'})"


@dataclass(frozen=True, slots=True)
class Source:
    """Where records come from: the database as of `today` (in the company's `timezone`), and whose customers are wanted."""

    sql: Sql
    kind: str
    among: Among
    today: date
    timezone: str

    def count(self) -> int:
        """How many records there are."""
        if self.kind == "staff":
            return len(staff.list_people(self.sql, former=True))
        counted = COUNT.format(source=FROM[self.kind] + self.among.condition)
        return int(self.sql.rows(counted)[0][0])

    def unsayable(self) -> int:
        """How many records a sheet of this kind has no words for."""
        if self.kind != "revisits":
            return 0
        return int(self.sql.rows(UNSAYABLE + self.among.condition)[0][0])

    def titles(self) -> tuple[str, ...]:
        """The titles of all unknown columns, in the order in which they came to be known."""
        if self.kind == "staff":
            return ()
        found: dict[str, None] = {}
        columns = f"{IDS[self.kind]}, {EXTRAS[self.kind]}"
        for portion in self._portions(columns, FROM[self.kind], f" AND {EXTRAS[self.kind]} <> ''"):
            for text in dict.fromkeys(row[1] for row in portion):
                found |= {title: None for line in lines_of(text) for title in line}
        return tuple(found)

    def records(self) -> Iterator[Record]:
        """All of them."""
        return READ[self.kind](self)

    def portions(self) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of the kind, the id first."""
        table = FROM[self.kind]
        if self.kind == "customers":
            table = table.replace("customer c WHERE", WITH_PERSON)
        return self._portions(f"{IDS[self.kind]}, {COLUMNS[self.kind]}", table)

    def _portions(self, columns: str, table: str, more: str = "") -> Iterator[list[tuple[Any, ...]]]:
        """By id, so that it does not matter how many there are."""
        by = IDS[self.kind]
        text = NEXT.format(columns=columns, source=table + more + self.among.condition, by=by)
        after = 0
        while portion := self.sql.rows(text, after=after):
            yield portion
            after = portion[-1][0]

    def wall(self, on: str, at: str | None) -> date | datetime | None:
        """A moment on the company's wall clock, to the second; the day where no time is known."""
        found = instant(at)
        return clock.local(found, self.timezone).replace(microsecond=0) if found else day(on)


def lines_of(extra: str) -> list[dict[str, str]]:
    """The unknown columns of a row as they are kept: one set of them, or one for each line of a joined row."""
    if not extra:
        return [{}]
    found = json.loads(extra)
    return found if isinstance(found, list) else [found]


def words_for(sql: Sql) -> dict[int, str]:
    """How a sheet names each of the staff: by name where that can mean nobody else, else by login."""
    people = staff.list_people(sql, former=True)
    namesakes = Counter(one.name for one in people)
    logins = {alike.name(one.login): one.id for one in people}

    def is_clear(one: staff.Person) -> bool:
        alone = namesakes[one.name] == 1 and logins.get(alike.name(one.name), one.id) == one.id
        return alone and bool(one.name) and one.name == clean(one.name)

    return {one.id: one.name if is_clear(one) else one.login for one in people}


def _customers(source: Source) -> Iterator[Record]:
    people = words_for(source.sql)
    for portion in source.portions():
        ids = [row[0] for row in portion]
        points: dict[tuple[int, str], list[str]] = defaultdict(list)
        for customer, what, value in source.sql.rows(POINTS.format(ids=id_list(ids))):
            points[customer, what].append(value)
        held = files.held_on(source.sql, ids, source.today)
        for (
            id_, owner, extra, code, name, contact, title, region, industry, grade, kind, intention, salesperson,
            followed_by, since, shown_order_on, contract_on, balance, limit, term_days, birthday, note,
        ) in portion:  # fmt: skip
            addresses = points.get((id_, "address"))
            values = {
                "code": code, "name": name, "contact": contact, "title": title, "phone": points.get((id_, "phone"), ()),
                "address": addresses[0] if addresses else None, "region": region, "industry": industry, "grade": grade,
                "kind": kind, "intention": intention, "rep": people.get(owner), "salesperson": salesperson,
                "followed_by": followed_by, "followed_since": day(since), "last_order_on": day(shown_order_on),
                "contract_on": day(contract_on), "balance": balance, "credit_limit": limit, "term_days": term_days,
                "birthday": day(birthday), "note": note,
                "do_not_call": any(one.name == "do_not_call" for one in held.get(id_, ())),
            }  # fmt: skip
            yield Record(values, lines_of(extra)[0], owner)


def _orders(source: Source) -> Iterator[Record]:
    """A row per order; one whose lines have unknown columns of their own is told line by line again."""
    for portion in source.portions():
        for (
            _id, owner, extra, code, name, number, ordered_on, completed_on, cancelled_on, amount, product, region,
        ) in portion:  # fmt: skip
            status = "cancelled" if cancelled_on else "completed" if completed_on else "ordered"
            whole = {
                "number": number, "code": code, "name": name, "ordered_on": day(ordered_on),
                "completed_on": day(completed_on), "amount": amount, "product": product, "status": status,
                "region": region,
            }  # fmt: skip
            first, *more = lines_of(extra)
            yield Record(whole, first, owner)
            # by number the amounts of the lines are added up, without one equal lines are one order
            again = {**whole, "amount": None, "product": None} if number else whole
            for line in more:
                yield Record(again, line, owner)


def _revisits(source: Source) -> Iterator[Record]:
    people = words_for(source.sql)
    for portion in source.portions():
        ids = id_list([row[0] for row in portion])
        booked = {one: (on, at) for one, on, at in source.sql.rows(CALLBACKS.format(ids=ids))}
        for (
            id_, owner, extra, code, name, number, done_on, done_at, channel, result, author, satisfaction, reason,
            suggestion, filled_at, note,
        ) in portion:  # fmt: skip
            callback = booked.get(id_)
            values = {
                "number": number, "code": code, "name": name, "at": source.wall(done_on, done_at), "channel": channel,
                "result": result, "staff": people.get(author), "satisfaction": satisfaction, "reason": reason,
                "suggestion": suggestion, "callback": source.wall(*callback) if callback else None,
                "filled_at": source.wall("", filled_at), "note": note,
            }  # fmt: skip
            yield Record(values, lines_of(extra)[0], owner)


def _sales(source: Source) -> Iterator[Record]:
    for portion in source.portions():
        for _id, owner, extra, code, name, on, salesperson, note in portion:
            values = {"code": code, "name": name, "on": day(on), "salesperson": salesperson, "note": note}
            yield Record(values, lines_of(extra)[0], owner)


def _staff(source: Source) -> Iterator[Record]:
    for one in staff.list_people(source.sql, former=True):
        values = {
            "login": one.login, "name": one.name, "post": one.post, "department": one.department,
            "ability": one.ability_percent, "role": one.role, "active": "active" if one.active else "left",
        }  # fmt: skip
        yield Record(values, {}, None)


READ: Mapping[str, Callable[[Source], Iterator[Record]]] = {
    "customers": _customers,
    "orders": _orders,
    "revisits": _revisits,
    "sales-followups": _sales,
    "staff": _staff,
}
