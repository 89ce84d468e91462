"""The morning list: who must be contacted, in which order and why; the census of all others; each as far as it may be seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from revisit import access, customers, staff, wording
from revisit.access import Viewer
from revisit.aside import GROUPS, Aside, set_aside
from revisit.company import CompanyInfo
from revisit.customers import Card
from revisit.db import Sql, chunks, id_list
from revisit.errors import Refused
from revisit.i18n import N_, _
from revisit.policy.facts import Contact
from revisit.policy.timeline import is_contact
from revisit.register import read
from revisit.register.read import Owed
from revisit.scheduler import judge, local_at, rank_of

ORDERS_KNOWN_TO = "SELECT max(ordered_on) FROM order_ WHERE ordered_on <= :on"
SHOWN_KNOWN_TO = "SELECT max(ordered_on) FROM shown_order WHERE ordered_on <= :on"
ATTEMPTS = """
SELECT customer_id, done_on, result FROM revisit
WHERE done_on >= :since AND done_on <= :on AND is_current AND NOT is_void AND NOT inbound AND with_whom = 'customer'
"""
CONTACTS_UP_TO = """
SELECT customer_id, done_on, channel, result FROM revisit
WHERE done_on <= :on AND is_current AND NOT is_void AND NOT inbound AND with_whom = 'customer'
"""
LATER_EVENTS = """
SELECT 1 FROM order_ WHERE ordered_on > :on OR cancelled_on > :on
UNION ALL SELECT 1 FROM shown_order WHERE ordered_on > :on
UNION ALL SELECT 1 FROM revisit WHERE done_on > :on
LIMIT 1
"""
BOOKED = """
SELECT b.customer_id, r.done_on, b.promised_on, b.purpose, b.person FROM booking b JOIN revisit r ON r.id = b.revisit_id
WHERE b.customer_id IN ({ids}) AND r.is_current AND NOT r.is_void ORDER BY b.id
"""
MANY = 2000  # customers from which on all cards are read at once


@dataclass(frozen=True, slots=True)
class DueLine:
    """One customer on the morning list, by the follow-up that ranks first; `also` are its others, `why` is all of them.

    `claimed_by` (login), `claim_until` and `retry_at` are filled in by `claims.placed`.
    """

    code: str
    name: str
    contact: str
    phone: str
    grade: str
    region: str
    rep: str | None
    rule: str
    clause: str
    opens_on: date
    due_by: date
    call_by: date
    at: datetime | None
    status: str
    reason: str
    purpose: str
    ask_for: str
    made: int
    owed: int
    attempts: int
    script: str
    last_order_on: date | None
    idle_days: int | None
    last_contact_on: date | None
    also: tuple[dict[str, Any], ...]
    why: tuple[dict[str, Any], ...]
    customer_id: int
    claimed_by: str | None = None
    claim_until: datetime | None = None
    retry_at: datetime | None = None


@dataclass(slots=True)
class Morning:
    """The morning list of a day. `census` counts every customer in scope once; `paperwork` is a list beside `items`."""

    on: date
    rep: str | None
    census: dict[str, int]
    orders_known_to: date | None
    items: list[DueLine]
    paperwork: list[DueLine]
    aside: list[Aside] = field(default_factory=list)


class _Booked(NamedTuple):
    """What a promised callback is for, and whom to ask for."""

    promised_on: str
    purpose: str
    ask_for: str


@dataclass(frozen=True, slots=True)
class _Look:
    """Everything that makes a line of a follow-up: the day, the files, what happened, and who looks."""

    company: CompanyInfo
    on: date
    viewer: Viewer
    cards: Mapping[int, Card]
    owners: Mapping[int, int | None]
    owners_now: Mapping[int, int | None]
    people: Mapping[int, staff.StaffMember]
    orders: Mapping[int, date] | None
    contacts: Mapping[int, date] | None
    booked: Mapping[tuple[int, str], list[_Booked]]


def morning_list(
    sql: Sql,
    company: CompanyInfo,
    *,
    on: date,
    rep: tuple[int, str] | None = None,
    unassigned: bool = False,
    team: bool = False,
    viewer: Viewer | None = None,
) -> Morning:
    """Everybody who is owed a contact on a day, ranked, the paperwork owed beside, and the census of all others.

    `rep` (id, login), `unassigned` or `team` (whom the viewer leads) narrow lists and census to these customers. Each line
    tells what the viewer may see today; without one, what a stranger may. Raises Refused before the programme start.
    """
    if on < company.start_on:
        raise Refused(
            N_("{on} is before the programme start ({start_on})"),
            N_("name a day from then on"),
            on=on,
            start_on=company.start_on,
        )
    who = viewer or Viewer(None)
    judged = judge(sql, company, on)
    owners = judged.owners
    if unassigned:
        here = {member.id for member in staff.list_staff(sql) if member.role in staff.OWNING_ROLES}
        owners = {customer: owner for customer, owner in owners.items() if owner not in here}  # who left has no list
    elif rep is not None:
        owners = {customer: owner for customer, owner in owners.items() if owner == rep[0]}
    elif team:
        owners = {customer: owner for customer, owner in owners.items() if who.side(owner) != "other"}
    groups = judged.groups
    due = {customer: judged.live[customer] for customer in owners if groups[customer] == "due"}
    paperwork = {
        customer: owed
        for customer, owed in judged.paperwork.items()
        if customer in owners and groups[customer] not in ("excluded", "waived")
    }
    aside = [customer for customer in owners if groups[customer] in GROUPS]
    ids = sorted({*due, *paperwork, *aside})
    look = _look(sql, company, on=on, viewer=who, ids=ids, owners=owners, due=due)
    return Morning(
        on=on,
        rep=rep[1] if rep else None,
        census=judged.census(owners),
        orders_known_to=orders_known_to(sql, on),
        items=_lines(look, due, _attempts(sql, company, on, due), owing=due),
        paperwork=_lines(look, paperwork, {}, owing=due),
        aside=set_aside(sql, judged, aside, look.cards, look.owners_now, viewer=who, on=on),
    )


def line_of(sql: Sql, company: CompanyInfo, customer_id: int, *, on: date, viewer: Viewer) -> DueLine | None:
    """The line of one customer as the list of a day has it, whether it is the viewer's own or not; None: nothing is owed."""
    rules = company.policies.on(on).rules
    rows = [row for row in read.rows_of(sql, [customer_id]) if not rules[row.rule].paperwork]
    owed = [one for row in rows for one in read.owed_of(row, on, company)]
    if not owed:
        return None
    due = {customer_id: owed}
    owners = access.owners_of(sql, [customer_id])
    look = _look(sql, company, on=on, viewer=viewer, ids=[customer_id], owners=owners, due=due)
    return _lines(look, due, _attempts(sql, company, on, due), owing=due)[0]


def _look(
    sql: Sql,
    company: CompanyInfo,
    *,
    on: date,
    viewer: Viewer,
    ids: list[int],
    owners: Mapping[int, int | None],
    due: Mapping[int, list[Owed]],
) -> _Look:
    """What the lines of these customers are made of."""
    past = bool(sql.rows(LATER_EVENTS, on=on))
    calls = [customer for customer, owed in due.items() if any(one.rule == "callback" for one in owed)]
    return _Look(
        company=company,
        on=on,
        viewer=viewer,
        cards=customers.cards(sql, None if len(ids) > MANY else ids),
        owners=owners,
        owners_now=access.owners_of(sql, ids),
        people={member.id: member for member in staff.list_staff(sql, former=True)},
        orders=customers.last_orders_on(sql, on) if past else None,
        contacts=_contacts_up_to(sql, company, on) if past else None,
        booked=_booked(sql, calls),
    )


def _lines(
    look: _Look, owed: Mapping[int, list[Owed]], tries: Mapping[int, list[date]], *, owing: Iterable[int]
) -> list[DueLine]:
    """A line per customer, ranked, as the viewer may see it; the customers in `owing` are owed a contact."""
    policy = look.company.policies.on(look.on)
    rank = {name: rule.rank for name, rule in policy.rules.items()}
    grades = {grade: place for place, grade in enumerate(policy.grades)}
    called = set(owing)
    keyed = []
    for customer, every in owed.items():
        card = look.cards[customer]
        ordered = sorted(every, key=lambda one: rank_of(one, rank))
        line = _line(look, card, ordered, tries.get(customer, ()), owes=customer in called)
        keyed.append(((*rank_of(ordered[0], rank), grades.get(card.grade, len(grades)), card.code), line))
    keyed.sort(key=lambda pair: pair[0])
    return [line for _key, line in keyed]


def _line(look: _Look, card: Card, ordered: list[Owed], tries: Iterable[date], *, owes: bool) -> DueLine:
    """The line of a customer, as the viewer may see it; `owes`: it is owed a contact, by whomever."""
    first, *others = ordered
    owner_now = look.owners_now.get(card.id)
    logged = look.viewer.sees("log", owner_now) == "whole"
    last_contact = card.last_contact_on if look.contacts is None else look.contacts.get(card.id)
    last_order = card.last_order_on if look.orders is None else look.orders.get(card.id)
    owner = look.people.get(look.owners[card.id] or 0)
    rule = look.company.policies.on(look.on).rules[first.rule]
    booked = _booking_of(look, first) if logged else None
    why = tuple(
        {
            "rule": one.rule,
            "clause": _clause(look, one),
            "opens_on": one.opens_on,
            "due_by": one.due_by,
            "status": one.state,
            "reason": _reason(look, one, last_order),
        }
        for one in ordered
    )
    line = DueLine(
        code=card.code,
        name=card.name,
        contact=card.contact,
        phone=access.shown_phone(card.phone, look.viewer.sees("phone", owner_now, owes=owes)),
        grade=card.grade,
        region=card.region,
        rep=owner.login if owner else None,
        rule=first.rule,
        clause=str(why[0]["clause"]),
        opens_on=first.opens_on,
        due_by=first.due_by,
        call_by=first.call_by,
        at=local_at(first.at, look.company),
        status=first.state,
        reason=str(why[0]["reason"]),
        purpose=booked.purpose if booked else "",
        ask_for=booked.ask_for if booked else "",
        made=first.made,
        owed=first.owed,
        attempts=sum(day >= first.opens_on for day in tries) if logged else 0,
        script=rule.script,
        last_order_on=last_order,
        idle_days=(look.on - last_order).days if last_order else None,
        last_contact_on=last_contact if logged else None,
        also=tuple({"rule": one.rule, "due_by": one.due_by, "status": one.state} for one in others),
        why=why,
        customer_id=card.id,
    )
    return line if look.viewer.sees("name", owner_now) == "whole" else _only_there(look, line, owner_now)


def _only_there(look: _Look, line: DueLine, owner: int | None) -> DueLine:
    """Of another's customer only that it is there, whose it is, and what is owed when."""
    member = look.people.get(owner or 0)
    said = _("a customer of {rep}").format(rep=member.name) if member else _("a customer without a representative")
    return replace(
        line, name=access.shown_name(line.name, look.viewer.sees("name", owner)), contact="", phone="", grade="",
        region="", reason=said, purpose="", ask_for="", made=0, owed=1, attempts=0, last_order_on=None, idle_days=None,
        last_contact_on=None, why=tuple({**one, "reason": said} for one in line.why),
    )  # fmt: skip


def _clause(look: _Look, owed: Owed) -> str:
    return look.company.policies.on(owed.anchor_on).rules[owed.rule].clause


def _reason(look: _Look, owed: Owed, last_order: date | None) -> str:
    """Why a contact is owed, as a sentence with the numbers of the day asked for."""
    numbers = dict(owed.numbers)
    if last_order and "last_order_on" in numbers:
        numbers["last_order_on"] = last_order.isoformat()
    since = date.fromisoformat(numbers["contract_on"]) if "contract_on" in numbers else last_order
    if not owed.rule.startswith("dormant"):
        since = last_order
    idle = (look.on - since).days if since else None
    return wording.owed(owed.rule, numbers, idle_days=idle, made=owed.made, owed=owed.owed)


def _booking_of(look: _Look, owed: Owed) -> _Booked | None:
    """The booking behind a callback: that of the revisit on its anchor day for that day, else the newest of that revisit day."""
    found = look.booked.get((owed.customer_id, owed.anchor_on.isoformat()), []) if owed.rule == "callback" else []
    exact = [one for one in found if one.promised_on == owed.opens_on.isoformat()]
    chosen = exact or found
    return chosen[-1] if chosen else None


# --- what is read beside the register


def orders_known_to(sql: Sql, on: date) -> date | None:
    """The day of the latest order that is known up to a day."""
    found = [sql.rows(statement, on=on)[0][0] for statement in (ORDERS_KNOWN_TO, SHOWN_KNOWN_TO)]
    return max((date.fromisoformat(text) for text in found if text), default=None)


def _booked(sql: Sql, ids: list[int]) -> dict[tuple[int, str], list[_Booked]]:
    """What was booked in the revisits of some customers, by customer and day of the revisit."""
    result: dict[tuple[int, str], list[_Booked]] = defaultdict(list)
    for portion in chunks(ids):
        for customer, done_on, *booked in sql.rows(BOOKED.format(ids=id_list(portion))):
            result[customer, done_on].append(_Booked(*booked))
    return result


def _contacts_up_to(sql: Sql, company: CompanyInfo, on: date) -> dict[int, date]:
    """The last contact of every customer as of a day in the past."""
    result: dict[int, date] = {}
    for customer, done_on, channel, outcome in sql.rows(CONTACTS_UP_TO, on=on):
        contact = Contact(date.fromisoformat(done_on), channel, outcome)
        if is_contact(contact, company.policies):
            result[customer] = max(contact.on, result.get(customer, contact.on))
    return result


def _attempts(sql: Sql, company: CompanyInfo, on: date, due: Mapping[int, list[Owed]]) -> dict[int, list[date]]:
    """The days of attempts per customer, from the earliest opening on the list on."""
    since = min((one.opens_on for owed in due.values() for one in owed), default=None)
    if since is None:
        return {}
    tries: dict[int, list[date]] = defaultdict(list)
    words = company.policies.on(on).attempt_results
    for customer, done_on, result in sql.rows(ATTEMPTS, since=since, on=on):
        if result in words and customer in due:
            tries[customer].append(date.fromisoformat(done_on))
    return tries
