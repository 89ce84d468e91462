"""Customers that a text finds, with what is owed to them: each as far as the person who looks may see it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from revisit import access, customers, search, staff
from revisit.access import Viewer
from revisit.company import CompanyInfo
from revisit.customers import Card
from revisit.db import Sql
from revisit.register import read
from revisit.register.read import Row
from revisit.scheduler import rank_of

NEAR = 5  # customers that are suggested where a text finds none


@dataclass(frozen=True, slots=True)
class Line:
    """One customer. `rule`, `due_by` and `status`: the follow-up that ranks first, if any is open or promised; `status` is
    `ahead` where a callback is promised for a later day."""

    code: str
    name: str
    contact: str
    phone: str
    grade: str
    region: str
    rep: str | None
    rule: str | None
    due_by: date | None
    status: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """What a text finds: the first customers, best first, and how many there are; `near`: others, where there are none."""

    text: str
    items: list[Line]
    total: int
    near: list[Line]


@dataclass(frozen=True, slots=True)
class _Owed:
    """What ranks first of what is owed to a customer; not `called`: on a later day."""

    rule: str
    due_by: date
    status: str
    called: bool


def find_customers(sql: Sql, company: CompanyInfo, text: str, *, on: date, viewer: Viewer, limit: int) -> Found:
    """The customers in whom every word of the text is found, the best first, and what is owed to them on a day.

    Of another's customer a representative sees only that it is there, and whose it is.
    """
    match = search.find(sql, text, viewer, limit=limit)
    near: list[int] = []
    if not match.total:
        near = next(
            (found.ids for one in search.shorter(text) if (found := search.find(sql, one, viewer, limit=NEAR)).ids), []
        )
    lines = _lines(sql, company, [*match.ids, *near], on=on, viewer=viewer)
    return Found(text, lines[: len(match.ids)], match.total, lines[len(match.ids) :])


def beginning(sql: Sql, text: str, *, viewer: Viewer, limit: int) -> list[tuple[str, str]]:
    """Code and name of the customers whose code or name begins with the text, the viewer's own ones first."""
    ids = search.beginning(sql, text, viewer, limit=limit)
    cards = customers.cards(sql, ids)
    owners = access.owners_of(sql, ids)
    return [(cards[one].code, viewer.name(cards[one].name, owners[one])) for one in ids]


def _lines(sql: Sql, company: CompanyInfo, ids: Sequence[int], *, on: date, viewer: Viewer) -> list[Line]:
    if not ids:
        return []
    cards = customers.cards(sql, ids)
    owners = access.owners_of(sql, ids)
    logins = {member.id: member.login for member in staff.list_staff(sql, former=True)}
    owed = _first_owed(sql, company, ids, on)
    return [_line(cards[one], owners[one], logins, owed.get(one), viewer) for one in ids]


def _line(card: Card, owner: int | None, logins: dict[int, str], owed: _Owed | None, viewer: Viewer) -> Line:
    """The line of a customer, as far as the viewer may see it."""
    rep = logins.get(owner) if owner is not None else None
    sight = viewer.sees("name", owner)
    if sight != "whole":
        return Line(card.code, access.shown_name(card.name, sight), "", "", "", "", rep, None, None, None)
    phone = access.shown_phone(card.phone, viewer.sees("phone", owner, owes=owed is not None and owed.called))
    due = (owed.rule, owed.due_by, owed.status) if owed else (None, None, None)
    return Line(card.code, card.name, card.contact, phone, card.grade, card.region, rep, *due)


def _first_owed(sql: Sql, company: CompanyInfo, ids: Sequence[int], on: date) -> dict[int, _Owed]:
    """What ranks first of what is owed to each of some customers; a callback promised for a later day goes before it."""
    rules = company.policies.on(on).rules
    rank = {name: rule.rank for name, rule in rules.items()}
    rows: dict[int, list[Row]] = defaultdict(list)
    for row in read.rows_of(sql, ids):
        if (row.ended_on is None or row.ended_on > on) and (row.met_on is None or row.met_on > on):
            rows[row.customer_id].append(row)
    result = {}
    for customer, every in rows.items():
        promised = [row for row in every if row.rule == "callback" and row.anchor_on <= on < row.opens_on]
        if promised:
            first = min(promised, key=lambda row: (row.anchor_on, row.slot))
            result[customer] = _Owed("callback", first.due_by or first.opens_on, "ahead", called=False)
            continue
        open_ones = [
            one
            for row in every
            if row.opens_on <= on and not rules[row.rule].paperwork
            for one in read.owed_of(row, on, company)
        ]
        if open_ones:
            best = min(open_ones, key=lambda one: rank_of(one, rank))
            result[customer] = _Owed(best.rule, best.due_by, best.state, called=True)
    return result
