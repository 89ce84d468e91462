"""`revisit log CUSTOMER`: a revisit into the log, and what it met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from revisit import access, customers, render, revisits
from revisit.commands import callbacks, outcomes
from revisit.commands.options import Command, CustomerArgument, JsonOption, context_of
from revisit.commands.outcomes import Told
from revisit.context import Context
from revisit.i18n import _
from revisit.revisits import Outcome


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    app.command("log", cls=Command, help=_("Record a revisit and see what it met."))(log)


def log(
    ctx: typer.Context,
    customer: CustomerArgument,
    result: Annotated[str, outcomes.RESULT],
    channel: Annotated[str, outcomes.CHANNEL] = "phone",
    at: Annotated[str | None, outcomes.AT] = None,
    satisfaction: Annotated[str, outcomes.SATISFACTION] = "",
    intention: Annotated[str, outcomes.INTENTION] = "",
    reason: Annotated[str, outcomes.REASON] = "",
    suggestion: Annotated[str, outcomes.SUGGESTION] = "",
    callback: Annotated[str | None, outcomes.CALLBACK] = None,
    next_: Annotated[str | None, outcomes.NEXT] = None,
    in_hours: Annotated[bool, callbacks.IN_HOURS] = False,
    purpose: Annotated[str, outcomes.PURPOSE] = "",
    ask_for: Annotated[str, outcomes.ASK_FOR] = "",
    with_whom: Annotated[str, outcomes.WITH] = "customer",
    person: Annotated[str, outcomes.PERSON] = "",
    found_us: Annotated[str, outcomes.FOUND_US] = "",
    recommend: Annotated[str, outcomes.RECOMMEND] = "",
    order_again: Annotated[str, outcomes.ORDER_AGAIN] = "",
    inbound: Annotated[bool, typer.Option("--inbound", help=_("The customer called us."))] = False,
    important: Annotated[bool, typer.Option("--important", help=outcomes.IMPORTANT)] = False,
    note: Annotated[str, outcomes.NOTE] = "",
    as_json: JsonOption = False,
) -> None:
    """Only --result is required. One talk meets every open follow-up whose condition it fits."""
    context = context_of(ctx)
    with context.reading() as (sql, company):
        customer_id = customers.get_customer(sql, customer, access.viewer(sql, context.actor(sql)))
    texts = {
        "result": result, "channel": channel, "satisfaction": satisfaction, "intention": intention, "reason": reason,
        "suggestion": suggestion, "with_whom": with_whom, "person": person, "note": note, "found_us": found_us,
        "recommend": recommend, "order_again": order_again, "purpose": purpose, "ask_for": ask_for,
    }  # fmt: skip
    told = Told(texts, at=at, callback=callback, next=next_, inbound=inbound, important=important, in_hours=in_hours)
    outcome, booked = outcomes.outcome_of(told, context=context, company=company)
    found = record(context, customer_id, outcome)
    if as_json:
        render.as_json(found.document)
        if booked:
            callbacks.warn(booked)
        return
    met = found.document["met"]
    render.tell(_("Revisit {number} is on record.").format(number=found.document["revisit"]))
    outcomes.tell_met(met)
    outcomes.tell_bookings(outcome, booked, company)
    if not found.whole:
        if found.owner:
            owner = render.safe(found.owner)
            render.tell(_("{code} is a customer of {owner}: pass it on.").format(code=found.code, owner=owner))
    elif outcome.promised_on is None and not met:
        render.tell(_("It meets no follow-up that is owed."))


@dataclass(frozen=True, slots=True)
class Recorded:
    """A revisit on record: the JSON document of `log`, and whose customer it is. Not `whole`: what is owed to that customer
    is none of the writer's business and left out."""

    document: dict[str, Any]
    code: str
    owner: str
    whole: bool


def record(context: Context, customer_id: int, outcome: Outcome) -> Recorded:
    """Writes a revisit and tells what it met and opened.

    Whoever picks up the telephone writes an enquiry down, whosever customer it is. Raises Refused for anything else with
    another's customer.
    """
    with context.unit() as unit:
        if outcome.inbound:
            access.require_role(unit.actor, "log")
        else:
            access.require(unit.sql, unit.actor, "log", customer_id)
        revisits.check_outcome(outcome, now=unit.now, today=unit.today)

        def write() -> int:
            return revisits.record_revisit(
                unit.session,
                unit.sql,
                customer_id=customer_id,
                staff_id=unit.actor.id,
                outcome=outcome,
                filled_at=unit.now,
            )

        number, effect = outcomes.watch(unit, customer_id, write)
        code, _name, _owner, owner = access.whose(unit.sql, customer_id)
        booked = outcomes.bookings(outcome, unit.company)
    told = {"met": list(effect.met) if effect else [], "opened": list(effect.opened) if effect else []}
    return Recorded({"revisit": number, **told, **booked}, code, owner, effect is not None)
