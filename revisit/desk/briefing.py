"""Before the call, on one screen: the file, the last contacts, what was promised, open cases, why now. Clause: P3 2.2 (C1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from revisit import access, calls, history, morning
from revisit.access import Viewer
from revisit.company import CompanyInfo
from revisit.db import Sql
from revisit.morning import DueLine
from revisit.policy.facts import Contact, Plan
from revisit.policy.outcome import LIVE
from revisit.policy.plan import plan
from revisit.register.effect import Told, compare
from revisit.register.events import load_files
from revisit.register.read import Row

FEW = 3  # contacts that are told


@dataclass(frozen=True, slots=True)
class Briefing:
    """What is known before a call, as far as the viewer may see it.

    `file`: the document of `show`. `line`: the line of the morning list (None: nothing is owed). `contacts`: the last ones, the
    newest first; `promised`: those whose callback is still to be kept. `meets`: the follow-ups that this talk would meet.
    """

    file: Mapping[str, Any]
    line: DueLine | None
    contacts: tuple[Mapping[str, Any], ...]
    promised: tuple[Mapping[str, Any], ...]
    meets: tuple[Told, ...]
    product: str


def brief(
    sql: Sql,
    company: CompanyInfo,
    customer_id: int,
    *,
    on: date,
    viewer: Viewer,
    channel: str,
    now: datetime,
    with_sales: bool = False,
) -> Briefing:
    """The briefing for a call to a customer on a day, by this channel; `with_sales`: the talk is with the salesperson."""
    file = history.whole_file(sql, company, customer_id, on=on, viewer=viewer, now=now)
    seen = viewer.sees("log", access.owner_of(sql, customer_id)) == "whole"
    open_days = {
        one["opens_on"] for one in file["followups"] if one["rule"] == "callback" and one["status"] in (*LIVE, "ahead")
    }
    contacts = [one for one in file["contacts"] if one["on"] <= on]
    products = sql.rows(calls.LAST_PRODUCT, id=customer_id, on=on)
    return Briefing(
        file=file,
        line=morning.line_of(sql, company, customer_id, on=on, viewer=viewer),
        contacts=tuple(reversed(contacts[-FEW:])),
        promised=tuple(one for one in contacts if _day_of(one["callback"]) in open_days),
        meets=would_meet(sql, company, customer_id, Contact(on, channel, "reached", with_sales=with_sales))
        if seen
        else (),
        product=products[0][0] if products and seen else "",
    )


def would_meet(sql: Sql, company: CompanyInfo, customer_id: int, contact: Contact) -> tuple[Told, ...]:
    """The follow-ups that a contact would meet, were it made: the plan with it beside the plan without it."""
    (one,) = load_files(sql, [customer_id])
    without = plan(one.file, company.policies, company.calendar, company.start_on)
    with_it = one.file._replace(contacts=(*one.file.contacts, contact))
    planned = plan(with_it, company.policies, company.calendar, company.start_on)
    return compare(_rows(customer_id, without), _rows(customer_id, planned), company, contact.on).met


def _rows(customer_id: int, planned: Plan) -> list[Row]:
    return [
        Row(
            customer_id, one.rule, one.anchor_on, one.slot, one.opens_on, one.due_by, one.call_by, one.at, one.met_on,
            one.ended_on, one.cause, one.policy, dict(one.numbers), one.days,
        )
        for one in planned.follow_ups
    ]  # fmt: skip


def _day_of(callback: date | datetime | None) -> date | None:
    return callback.date() if isinstance(callback, datetime) else callback
