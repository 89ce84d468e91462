"""`revisit why CUSTOMER`: every rule for one customer, owed or not, with clause and numbers."""

from __future__ import annotations

from datetime import date
from typing import Any

import typer

from revisit import access, customers, render, scheduler, wording
from revisit.access import Viewer
from revisit.commands.options import Command, CustomerArgument, JsonOption, OnOption, context_of
from revisit.company import CompanyInfo
from revisit.db import Sql
from revisit.i18n import N_, _
from revisit.policy.explain import Verdict
from revisit.render import Column

VIEW = (
    Column("mark", N_("Owed"), card=2),
    Column("rule", N_("Rule"), card=0),
    Column("clause", N_("Clause"), card=5),
    Column("opens_on", N_("Opens"), card=3),
    Column("due_by", N_("Due by"), card=4),
    Column("reason", N_("Why"), wrap=True, card=1),
)


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    app.command("why", cls=Command, help=_("Every rule for one customer: owed or not, with clause and numbers."))(why)


def why(ctx: typer.Context, customer: CustomerArgument, on: OnOption = None, as_json: JsonOption = False) -> None:
    """Only what was known to have happened up to the day counts. A representative asks about the own customers."""
    context = context_of(ctx)
    with context.reading() as (sql, company):
        viewer = access.viewer(sql, context.actor(sql))
        customer_id = customers.get_customer(sql, customer, viewer)
        access.require_whole(sql, viewer, customer_id)
        found = document(sql, company, customer_id, context.day(on, company), viewer)
    if as_json:
        render.as_json({"code": found["code"], "on": found["on"], "rules": found["rules"]})
        return
    marks = {True: _("yes"), False: _("no")}
    rows = [one | {"mark": marks[one["owed"]], "rule": wording.rule(one["rule"])} for one in found["rules"]]
    with render.paged():
        render.heading(f"{render.safe(found['code'])} {render.safe(found['name'])} · {found['on']}")
        render.table(rows, VIEW)


def document(sql: Sql, company: CompanyInfo, customer_id: int, on: date, viewer: Viewer) -> dict[str, Any]:
    """The JSON document of `why`, and the customer's name; amounts only for who may see them."""
    card = customers.cards(sql, [customer_id])[customer_id]
    amounts = viewer.sees("credit", access.owner_of(sql, customer_id)) == "whole"
    rules = [
        {
            "rule": verdict.rule,
            "clause": scheduler.clause_of(company, verdict.rule, on),
            "owed": verdict.owed,
            "opens_on": verdict.opens_on,
            "due_by": verdict.due_by,
            "reason": sentence(verdict, amounts=amounts),
        }
        for verdict in scheduler.verdicts(sql, company, customer_id, on)
    ]
    return {"code": card.code, "name": card.name, "on": on, "rules": rules}


def sentence(verdict: Verdict, *, amounts: bool = True) -> str:
    """Why a rule asks for a contact, or does not."""
    if verdict.code == "debt" and not amounts:
        return _("excluded by a debt")
    if not verdict.owed:
        return wording.not_owed(verdict.code, verdict.numbers)
    numbers = verdict.numbers
    return wording.owed(
        verdict.code,
        numbers,
        idle_days=int(numbers["idle_days"]) if "idle_days" in numbers else None,
        made=int(numbers.get("made", 0)),
        owed=int(numbers.get("owed", 1)),
    )
