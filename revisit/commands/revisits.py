"""`revisit log CUSTOMER`: a revisit into the log, and what it met."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from revisit import access, customers, lags, render, retries, revisits, wording
from revisit.commands import advice, callbacks, filled_in, outcomes
from revisit.commands.options import Command, CustomerArgument, DryRunOption, JsonOption, context_of
from revisit.commands.outcomes import Told
from revisit.context import Context
from revisit.errors import WrongUsage
from revisit.i18n import N_, _
from revisit.policy.tally import Lag
from revisit.retries import NextTry
from revisit.revisits import Outcome

WITH_SHEET = ("sheet", "dry_run", "rejects", "yes", "as_json")
"""What goes with a call sheet, by parameter; everything else is said in the sheet."""


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    app.command("log", cls=Command, help=_("Record a revisit and see what it met."))(log)


def log(
    ctx: typer.Context,
    customer: CustomerArgument = "",
    result: Annotated[str, outcomes.RESULT] = "",
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
    sheet: Annotated[
        Path | None,
        typer.Option("--from", metavar=_("FILE"), help=_("Record a filled-in call sheet (due -o) instead.")),
    ] = None,
    dry_run: DryRunOption = False,
    rejects: Annotated[
        Path | None, typer.Option("--rejects", metavar=_("FILE"), help=_("The rejected rows as a workbook (.xlsx)."))
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=_("Replace that workbook if it is there already."))] = False,
    as_json: JsonOption = False,
) -> None:
    """Only --result is required. One talk meets every open follow-up whose condition it fits."""
    context = context_of(ctx)
    if _is_sheet(ctx, sheet):
        assert sheet is not None
        told_sheet = filled_in.record_sheet(context, sheet, dry_run=dry_run, rejects=rejects, replace=yes)
        if as_json:
            render.as_json(filled_in.document(told_sheet, dry_run=dry_run))
        else:
            filled_in.show(told_sheet, dry_run=dry_run)
        filled_in.end(told_sheet, dry_run=dry_run, rejects=rejects)
        return
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
    advice.tell(found.tries, company, context.now)
    if found.lag is not None and not found.lag.in_time:
        render.tell(_("Written down late: {how}").format(how=wording.lag(*found.lag, stated=False)))
    if not found.whole:
        if found.owner:
            owner = render.safe(found.owner)
            render.tell(_("{code} is a customer of {owner}: pass it on.").format(code=found.code, owner=owner))
    elif outcome.promised_on is None and not met:
        render.tell(_("It meets no follow-up that is owed."))


def _is_sheet(ctx: typer.Context, sheet: Path | None) -> bool:
    """Whether a call sheet is to be recorded. Raises WrongUsage for what goes with the other way only, or is missing there."""
    named = {
        param.name or "": max(param.opts, key=len) if param.param_type_name == "option" else param.human_readable_name
        for param in ctx.command.params
    }
    typed = {key: name for key, name in named.items() if _is_typed(ctx, key)}
    if sheet is None:
        alone = [typed[name] for name in ("dry_run", "rejects", "yes") if name in typed]
        if alone:
            raise WrongUsage(
                N_("{options} is for call sheets"), N_("name one with --from FILE"), options=", ".join(alone)
            )
        for name in ("customer", "result"):
            if name not in typed:
                raise WrongUsage(
                    N_("{name} is missing"), N_("{command} --help"), name=named[name], command=ctx.command_path
                )
        return False
    others = [name for key, name in typed.items() if key not in WITH_SHEET]
    if others:
        raise WrongUsage(
            N_("{options} exclude each other"), N_("name one of them"), options=", ".join(["--from", *others])
        )
    return True


def _is_typed(ctx: typer.Context, name: str) -> bool:
    return getattr(ctx.get_parameter_source(name), "name", "") == "COMMANDLINE"


@dataclass(frozen=True, slots=True)
class Recorded:
    """A revisit on record: the JSON document of `log`, and whose customer it is. Not `whole`: what is owed to that customer
    is none of the writer's business and left out. `tries`: what to do after a miss."""

    document: dict[str, Any]
    code: str
    owner: str
    whole: bool
    tries: NextTry | None
    lag: Lag | None


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
        revisits.check_note(outcome, unit.company.policies)

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
        tries = retries.after(unit.sql, unit.company, customer_id=customer_id, number=number)
        lag = None
        if effect is not None:
            lag = lags.lag_of(
                lags.dormant_spans(unit.sql, [customer_id]), unit.company, customer_id=customer_id,
                done_on=outcome.done_on, done_at=outcome.done_at, filled_at=unit.now,
            )  # fmt: skip
    told = {"met": list(effect.met) if effect else [], "opened": list(effect.opened) if effect else []}
    document = {"revisit": number, **told, **booked, **advice.document(tries, unit.company), **lags.document(lag)}
    return Recorded(document, code, owner, effect is not None, tries, lag)
