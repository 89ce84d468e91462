"""What to say: which script a customer's call follows, filled in with what is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from revisit import customers, scheduler, script_files
from revisit.company import CompanyInfo
from revisit.db import Sql, day
from revisit.i18n import _
from revisit.policy.calendar import WorkCalendar
from revisit.policy.scripts import Line, Script, lay_out
from revisit.register import read
from revisit.script_files import load_script_file, script_ids
from revisit.staff import StaffMember

DEFAULT = "satisfaction"
STANDING = """
customer_id = :id AND ordered_on <= :on AND (cancelled_on IS NULL OR (cancelled_on > :on AND cancelled_on > ordered_on))
"""
LAST_ORDER = f"SELECT max(ordered_on) FROM order_ WHERE {STANDING}"
SHOWN_ORDER = "SELECT max(ordered_on) FROM shown_order WHERE customer_id = :id AND ordered_on <= :on"
LAST_PRODUCT = f"""
SELECT product FROM order_ WHERE {STANDING}
ORDER BY CASE WHEN completed_on <= :on THEN 0 ELSE 1 END, ordered_on DESC, id DESC LIMIT 1
"""
OF_FILE = "SELECT salesperson, contract_on FROM customer WHERE id = :id"
PROSPECT = (
    "SELECT 1 FROM customer WHERE id = :id AND kind = 'prospect' AND contract_on IS NULL AND last_order_on IS NULL"
)


class Listed(NamedTuple):
    """A script on the list: its name, its title in the language in use, the rules it is written for."""

    id: str
    title: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a talk is for. `state`: open, overdue, ahead; or, without a follow-up: none, closed, do_not_call, waived."""

    script: str
    state: str = "none"
    rule: str = ""
    clause: str = ""
    opens_on: date | None = None
    due_by: date | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """A script as it is read out to one customer; without a customer `code` is empty and every value a blank."""

    script: Script
    lines: tuple[Line, ...]
    code: str = ""
    name: str = ""
    occasion: Occasion | None = None


def list_scripts() -> list[Listed]:
    """Every script, shipped or the company's own, in order of name. Raises Refused for a file that cannot be read."""
    found = [load_script_file(name) for name in script_ids()]
    return [Listed(script.id, script.title or script.id, script.rules) for script in found]


def script_for(sql: Sql, company: CompanyInfo, customer_id: int, on: date) -> str:
    """The script of the follow-up that ranks first for a customer on a day; else of the next to open; else satisfaction.

    A prospect, who never ordered, is asked as a prospect instead.
    """
    return occasion_of(sql, company, customer_id, on).script


def occasion_of(sql: Sql, company: CompanyInfo, customer_id: int, on: date, script_id: str | None = None) -> Occasion:
    """What a talk with a customer on a day is for; with `script_id` only follow-ups that are talked about with that script.

    Paperwork asks for a talk only where its own script is asked for: the one with the salesperson.
    """
    policy = company.policies.on(on)
    scripts = {name: rule.script or DEFAULT for name, rule in policy.rules.items()}
    rank = {name: rule.rank for name, rule in policy.rules.items()}
    talked = {name for name, rule in policy.rules.items() if not rule.paperwork or rule.script == script_id}
    rows = [row for row in read.rows_of(sql, [customer_id]) if row.rule in talked]
    owed = [one for row in rows for one in read.owed_of(row, on, company)]
    for one in sorted(owed, key=lambda one: scheduler.rank_of(one, rank)):
        if script_id in (None, scripts[one.rule]):
            clause = scheduler.clause_of(company, one.rule, one.anchor_on)
            return Occasion(scripts[one.rule], one.state, one.rule, clause, one.opens_on, one.due_by)
    verdicts = scheduler.verdicts(sql, company, customer_id, on)
    otherwise = script_id or (scripts["prospect"] if sql.rows(PROSPECT, id=customer_id) else DEFAULT)
    for code in ("closed", "do_not_call", "waived"):
        if any(one.code == code for one in verdicts):
            return Occasion(otherwise, code)
    ahead = [
        one for one in verdicts if one.rule in talked and one.code == "opens" and script_id in (None, scripts[one.rule])
    ]
    if ahead:
        first = min(ahead, key=lambda one: one.opens_on or date.max)
        clause = scheduler.clause_of(company, first.rule, on)
        return Occasion(scripts[first.rule], "ahead", first.rule, clause, first.opens_on, first.due_by)
    return Occasion(otherwise)


def values_for(sql: Sql, company: CompanyInfo, customer_id: int, me: StaffMember | None, on: date) -> dict[str, str]:
    """What the placeholders of a script become for one customer on a day, as data; what is not known is empty.

    The product is that of the last order, a completed one before one that is still under way. The days of a customer who
    never ordered count from the contract.
    """
    card = customers.cards(sql, [customer_id])[customer_id]
    days = [day(sql.rows(statement, id=customer_id, on=on)[0][0]) for statement in (LAST_ORDER, SHOWN_ORDER)]
    last = max((one for one in days if one), default=None)
    salesperson, contract_on = sql.rows(OF_FILE, id=customer_id)[0]
    since = last or day(contract_on)
    products = sql.rows(LAST_PRODUCT, id=customer_id, on=on)
    return {
        "company": company.name,
        "me": me.name if me else "",
        "contact": card.contact,
        "title": card.title,
        "name": card.name,
        "last_order_on": last.isoformat() if last else "",
        "idle_days": str((on - since).days) if since and since <= on else "",
        "product": products[0][0] if products else "",
        "campaign": "",
        "salesperson": salesperson,
        "farewell": farewell(company.calendar, on),
    }


def farewell(calendar: WorkCalendar, on: date) -> str:
    """The last words of a talk, by the kind of day, in the language in use. Source: P3 2.3."""
    if calendar.festival(on):
        kind = "festival"
    elif calendar.kind_of_day(on) == "eve" or calendar.festival(on + timedelta(days=1)):
        kind = "before_rest"
    else:
        kind = "workday" if calendar.is_working_day(on) else "weekend"
    return script_files.farewell(kind) or _("Goodbye!")


def filled(
    sql: Sql,
    company: CompanyInfo,
    customer_id: int,
    *,
    me: StaffMember | None,
    on: date,
    script_id: str | None = None,
) -> Filled:
    """The script for a customer on a day, or the one that was asked for, with all its branches in the language in use."""
    script = load_script_file(script_id) if script_id is not None else None
    occasion = occasion_of(sql, company, customer_id, on, script_id)
    script = script or load_script_file(occasion.script)
    card = customers.cards(sql, [customer_id])[customer_id]
    lines = lay_out(script, values_for(sql, company, customer_id, me, on))
    return Filled(script, lines, card.code, card.name, occasion)


def blank(script_id: str) -> Filled:
    """A script for nobody in particular: with blanks."""
    script = load_script_file(script_id)
    return Filled(script, lay_out(script, {}))
