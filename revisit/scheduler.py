"""Who must be contacted: the morning list with its census, and why. Reads the register; decides nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from revisit import clock, customers, staff, wording
from revisit.company import CompanyInfo
from revisit.customers import Card
from revisit.db import Sql
from revisit.errors import Refused
from revisit.i18n import N_
from revisit.policy.explain import Verdict, explain
from revisit.policy.facts import Contact
from revisit.policy.months import month_start
from revisit.policy.outcome import State, state_on
from revisit.policy.plan import RULES
from revisit.policy.slots import Slot, slots_of_month
from revisit.policy.timeline import is_contact
from revisit.register import read
from revisit.register.events import load_files
from revisit.register.read import Owed

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
CLASSES = ("due", "promised", "settled", "waived", "excluded", "defective")


@dataclass(frozen=True, slots=True)
class DueLine:
    """One customer on the morning list, by the follow-up that ranks first; `also` are its others."""

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
    made: int
    owed: int
    attempts: int
    script: str
    last_order_on: date | None
    idle_days: int | None
    last_contact_on: date | None
    also: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Aside:
    """A customer that is not judged: its census class, the codes of why, since when."""

    code: str
    name: str
    group: str
    missing: tuple[str, ...]
    since: date


@dataclass(slots=True)
class Morning:
    """The morning list of a day. `census` counts every customer in scope once."""

    on: date
    rep: str | None
    census: dict[str, int]
    orders_known_to: date | None
    items: list[DueLine]
    aside: list[Aside] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Judged:
    """Every customer in scope on a day: its representative (staff id), its one census class, what is owed to it."""

    owners: dict[int, int | None]
    groups: dict[int, str]
    live: dict[int, list[Owed]]
    standing: dict[int, list[tuple[str, str, date]]]

    def census(self, among: Iterable[int]) -> dict[str, int]:
        """How many of these customers are in each class; the classes add up to `customers`."""
        counts = Counter(self.groups[customer] for customer in among)
        return {"customers": counts.total()} | {group: counts[group] for group in CLASSES}


def judge(sql: Sql, company: CompanyInfo, on: date) -> Judged:
    """Who is in which class on a day, and what is owed."""
    live = read.live_on(sql, company, on)
    promised = read.promised_on(sql, on)
    standing = read.standing_on(sql, on)
    owners = read.owners_on(sql, on)
    groups = {customer: _class_of(customer, live, promised, standing) for customer in owners}
    return Judged(owners, groups, live, standing)


def morning(
    sql: Sql,
    company: CompanyInfo,
    *,
    on: date,
    rep: tuple[int, str] | None = None,
    unassigned: bool = False,
    viewer: int | None = None,
) -> Morning:
    """Everybody who is owed a contact on a day, ranked, and the census of all others.

    `rep` (id, login) or `unassigned` narrow list and census to these customers. Phones are whole for the `viewer` (staff id)
    whose customer it is, masked for everybody else. Raises Refused for a day before the programme start.
    """
    if on < company.start_on:
        raise Refused(
            N_("{on} is before the programme start ({start_on})"),
            N_("name a day from then on"),
            on=on,
            start_on=company.start_on,
        )
    judged = judge(sql, company, on)
    owners = judged.owners
    if unassigned:
        owners = {customer: owner for customer, owner in owners.items() if owner is None}
    elif rep is not None:
        owners = {customer: owner for customer, owner in owners.items() if owner == rep[0]}
    due = {customer: judged.live[customer] for customer in owners if judged.groups[customer] == "due"}
    aside: dict[int, tuple[str, list[tuple[str, str, date]]]] = {}
    for customer in owners:
        group = judged.groups[customer]
        if group in ("excluded", "waived", "defective"):
            aside[customer] = (group, [span for span in judged.standing[customer] if span[0] == group])
    cards = customers.cards(sql, None if len(due) > 2000 else [*due, *aside])
    return Morning(
        on=on,
        rep=rep[1] if rep else None,
        census=judged.census(owners),
        orders_known_to=_orders_known_to(sql, on),
        items=_lines(sql, company, on, due, cards, owners, viewer),
        aside=sorted(
            (
                Aside(
                    code=cards[customer].code,
                    name=cards[customer].name,
                    group=group,
                    missing=tuple(code for _, code, _ in spans),
                    since=min(since for _, _, since in spans),
                )
                for customer, (group, spans) in aside.items()
            ),
            key=lambda one: (one.group, one.code),
        ),
    )


def verdicts(sql: Sql, company: CompanyInfo, customer_id: int, on: date) -> list[Verdict]:
    """Every rule the program knows, once, for one customer: owed or not, and why."""
    (one,) = load_files(sql, [customer_id])
    return explain(one.file, company.policies, company.calendar, company.start_on, on)


def next_on(sql: Sql, company: CompanyInfo, customer_id: int, on: date) -> tuple[date, str] | None:
    """The next day on which something opens for a customer without any new event, and under which rule."""
    ahead = [verdict for verdict in verdicts(sql, company, customer_id, on) if verdict.code == "opens"]
    return min(((verdict.opens_on, verdict.rule) for verdict in ahead if verdict.opens_on), default=None)


def clause_of(company: CompanyInfo, rule: str, on: date) -> str:
    """The clause of a rule in the policy of a day."""
    return company.policies.on(on).rules[rule].clause


def local_at(at: datetime | None, company: CompanyInfo) -> datetime | None:
    """An instant with the company's own offset, as lists and documents show it."""
    return clock.zoned(at, company.timezone) if at is not None else None


def check_rule(name: str) -> str:
    """The name of a rule. Raises Refused (usage) for a word that is none."""
    from revisit.errors import WrongUsage

    if name not in RULES:
        raise WrongUsage(N_("there is no rule {rule}"), N_("rules: {known}"), rule=name, known=", ".join(RULES))
    return name


def _class_of(
    customer: int,
    live: dict[int, list[Owed]],
    promised: dict[int, read.Row],
    standing: dict[int, list[tuple[str, str, date]]],
) -> str:
    """The one census class of a customer: what excludes it stands before what is owed, and that before what is missing."""
    kinds = {kind for kind, _, _ in standing.get(customer, ())}
    for kind in ("excluded", "waived"):
        if kind in kinds:
            return kind
    if customer in promised:
        return "promised"
    if customer in live:
        return "due"
    return "defective" if "defective" in kinds else "settled"


def _orders_known_to(sql: Sql, on: date) -> date | None:
    found = [sql.rows(statement, on=on)[0][0] for statement in (ORDERS_KNOWN_TO, SHOWN_KNOWN_TO)]
    return max((date.fromisoformat(text) for text in found if text), default=None)


def _lines(
    sql: Sql,
    company: CompanyInfo,
    on: date,
    due: dict[int, list[Owed]],
    cards: dict[int, Card],
    owners: dict[int, int | None],
    viewer: int | None,
) -> list[DueLine]:
    policy = company.policies.on(on)
    rank = {name: rule.rank for name, rule in policy.rules.items()}
    grades = {grade: place for place, grade in enumerate(policy.grades)}
    tries = _attempts(sql, company, on, due)
    logins = {member.id: member.login for member in staff.list_staff(sql, former=True)}
    past = bool(sql.rows(LATER_EVENTS, on=on))
    orders = customers.last_orders_on(sql, on) if past else {}
    contacts = _contacts_up_to(sql, company, on) if past else {}
    keyed = []
    for customer, owed in due.items():
        card = cards[customer]
        first, *others = sorted(owed, key=lambda one: rank_of(one, rank))
        last_order = orders.get(customer) if past else card.last_order_on
        idle = (on - last_order).days if last_order else None
        basis = first.numbers.get("contract_on")
        reason_idle = (on - date.fromisoformat(basis)).days if basis and first.rule.startswith("dormant") else idle
        rule = policy.rules[first.rule]
        numbers = dict(first.numbers)
        if last_order and "last_order_on" in numbers:
            numbers["last_order_on"] = last_order.isoformat()
        line = DueLine(
            code=card.code,
            name=card.name,
            contact=card.contact,
            phone=card.phone if viewer is not None and owners[customer] == viewer else customers.mask_phone(card.phone),
            grade=card.grade,
            region=card.region,
            rep=logins.get(owners[customer] or 0),
            rule=first.rule,
            clause=company.policies.on(first.anchor_on).rules[first.rule].clause,
            opens_on=first.opens_on,
            due_by=first.due_by,
            call_by=first.call_by,
            at=local_at(first.at, company),
            status=first.state,
            reason=wording.owed(first.rule, numbers, idle_days=reason_idle, made=first.made, owed=first.owed),
            made=first.made,
            owed=first.owed,
            attempts=sum(day >= first.opens_on for day in tries.get(customer, ())),
            script=rule.script,
            last_order_on=last_order,
            idle_days=idle,
            last_contact_on=contacts.get(customer) if past else card.last_contact_on,
            also=tuple({"rule": one.rule, "due_by": one.due_by, "status": one.state} for one in others),
        )
        keyed.append(((*rank_of(first, rank), grades.get(card.grade, len(grades)), card.code), line))
    keyed.sort(key=lambda pair: pair[0])
    return [line for _, line in keyed]


def rank_of(owed: Owed, rank: dict[str, int]) -> tuple[int, date, str, int]:
    """Promised callbacks that have come due, by time; then by `call_by`, then in the order of the rules."""
    if owed.rule == "callback":
        return (0, owed.opens_on, owed.at.isoformat() if owed.at else "~", 0)
    return (1, owed.call_by, "", rank[owed.rule])


def _contacts_up_to(sql: Sql, company: CompanyInfo, on: date) -> dict[int, date]:
    """The last contact of every customer as of a day in the past."""
    result: dict[int, date] = {}
    for customer, done_on, channel, outcome in sql.rows(CONTACTS_UP_TO, on=on):
        contact = Contact(date.fromisoformat(done_on), channel, outcome)
        if is_contact(contact, company.policies):
            result[customer] = max(contact.on, result.get(customer, contact.on))
    return result


def _attempts(sql: Sql, company: CompanyInfo, on: date, due: dict[int, list[Owed]]) -> dict[int, list[date]]:
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


def outcome_of(row: read.Row | Slot) -> State:
    """How a met follow-up or slot ended: in time or late."""
    assert row.met_on is not None and row.due_by is not None and row.call_by is not None
    return state_on(row, row.due_by, row.call_by, max(row.met_on, row.opens_on))


def slots_met_on(row: read.Row, days: set[date], company: CompanyInfo) -> list[Slot]:
    """The slots of a series that the contacts of these days meet."""
    found = []
    for month in sorted({month_start(day) for day in days}):
        slots = slots_of_month(
            row.opens_on, row.ended_on, row.days, month, company.policies, company.calendar, company.start_on
        )
        found += [slot for slot in slots if slot.met_on in days]
    return found
