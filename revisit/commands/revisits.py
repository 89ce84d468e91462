"""`revisit log CUSTOMER`: a revisit into the log, and what it met."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import typer

from revisit import clock, customers, render, revisits, scheduler, wording
from revisit.commands.options import Command, CustomerArgument, JsonOption, context_of
from revisit.company import CompanyInfo
from revisit.context import Context, bad_when
from revisit.i18n import _
from revisit.policy.when import WhenError, parse_when
from revisit.register import read
from revisit.revisits import Outcome


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    app.command("log", cls=Command, help=_("Record a revisit and see what it met."))(log)


def log(
    ctx: typer.Context,
    customer: CustomerArgument,
    result: Annotated[str, typer.Option("--result", "-r", metavar=_("WORD"), help=wording.words(revisits.RESULTS))],
    channel: Annotated[
        str, typer.Option("--channel", "-c", metavar=_("WORD"), help=wording.words(revisits.CHANNELS))
    ] = "phone",
    at: Annotated[str | None, typer.Option("--at", metavar=_("WHEN"), help=_("When it was; now unless told."))] = None,
    satisfaction: Annotated[
        str, typer.Option("--satisfaction", "-s", metavar=_("WORD"), help=wording.words(revisits.SATISFACTION))
    ] = "",
    reason: Annotated[
        str, typer.Option("--reason", metavar=_("TEXT"), help=_("Why no orders, or with what not satisfied."))
    ] = "",
    suggestion: Annotated[
        str, typer.Option("--suggestion", metavar=_("TEXT"), help=_("What the customer suggests."))
    ] = "",
    callback: Annotated[
        str | None,
        typer.Option("--callback", metavar=_("WHEN"), help=_("When to call back: 明天下午3点, 2026-10-08 15:00 …")),
    ] = None,
    with_whom: Annotated[
        str, typer.Option("--with", metavar=_("WORD"), help=_("customer, or sales: a talk with the salesperson"))
    ] = "customer",
    person: Annotated[str, typer.Option("--person", metavar=_("NAME"), help=_("Who was spoken to."))] = "",
    found_us: Annotated[str, typer.Option("--found-us", metavar=_("TEXT"), help=_("How the customer found us."))] = "",
    recommend: Annotated[
        str, typer.Option("--recommend", metavar=_("TEXT"), help=_("Whether they would recommend us."))
    ] = "",
    order_again: Annotated[
        str,
        typer.Option("--order-again", metavar=_("TEXT"), help=_("Whether they would order again if it were solved.")),
    ] = "",
    inbound: Annotated[bool, typer.Option("--inbound", help=_("The customer called us."))] = False,
    note: Annotated[str, typer.Option("--note", metavar=_("TEXT"), help=_("Anything else."))] = "",
    as_json: JsonOption = False,
) -> None:
    """Only --result is required. One talk meets every open follow-up whose condition it fits."""
    context = context_of(ctx)
    with context.reading() as (sql, company):
        customer_id = customers.get_customer(sql, customer)
    outcome = _outcome(
        context, company, at=at, callback=callback,
        texts={
            "result": result, "channel": channel, "satisfaction": satisfaction, "reason": reason, "suggestion": suggestion,
            "with_whom": with_whom, "person": person, "note": note, "found_us": found_us, "recommend": recommend,
            "order_again": order_again,
        },
        inbound=inbound,
    )  # fmt: skip
    found = record(context, customer_id, outcome)
    if as_json:
        render.as_json(found)
    else:
        _show(found)


def record(context: Context, customer_id: int, outcome: Outcome) -> dict[str, Any]:
    """Writes a revisit and tells what it met and opened: the JSON document of `log`."""
    with context.unit() as unit:
        revisits.check_outcome(outcome, now=unit.now, today=unit.today)
        before = {_key(row): row for row in read.rows_of(unit.sql, [customer_id])}
        number = revisits.record_revisit(
            unit.session, unit.sql, customer_id=customer_id, staff_id=unit.actor.id, outcome=outcome, filled_at=unit.now
        )
        unit.replan()
        after = {_key(row): row for row in read.rows_of(unit.sql, [customer_id])}
        met: list[dict[str, Any]] = []
        opened: list[dict[str, Any]] = []
        for key, row in after.items():
            old = before.get(key)
            met += _newly_met(old, row, unit.company)
            if old is None and row.met_on is None:
                opened.append({"rule": row.rule, "opens_on": row.opens_on, "due_by": row.due_by})
        company = unit.company
    promised = scheduler.local_at(outcome.promised_at, company) or outcome.promised_on
    return {"revisit": number, "met": met, "opened": opened, "callback": promised}


def _key(row: read.Row) -> tuple[str, date, int]:
    return row.rule, row.anchor_on, row.slot


def _newly_met(old: read.Row | None, row: read.Row, company: CompanyInfo) -> list[dict[str, Any]]:
    """What a replanning of one row has met: itself, or the slots of a series."""
    if row.due_by is not None:
        if row.met_on is None or (old is not None and old.met_on is not None):
            return []
        return [{"rule": row.rule, "due_by": row.due_by, "outcome": scheduler.outcome_of(row)}]
    new_days = set(row.days) - set(old.days if old else ())
    return [
        {"rule": row.rule, "due_by": slot.due_by, "outcome": scheduler.outcome_of(slot)}
        for slot in scheduler.slots_met_on(row, new_days, company)
    ]


def _outcome(
    context: Context,
    company: CompanyInfo,
    *,
    at: str | None,
    callback: str | None,
    texts: dict[str, str],
    inbound: bool,
) -> Outcome:
    now = clock.local(context.now, company.timezone)
    done_on, done_at = now.date(), context.now
    done: datetime | None = done_at
    if at is not None:
        done_on, done = _when(at, now, company)
    base = clock.local(done, company.timezone) if done else datetime.combine(done_on, now.time())
    promised_on, promised_at = _when(callback, base, company) if callback is not None else (None, None)
    return Outcome(
        done_on=done_on, done_at=done, promised_on=promised_on, promised_at=promised_at, inbound=inbound, **texts
    )


def _when(text: str, now: datetime, company: CompanyInfo) -> tuple[date, datetime | None]:
    try:
        when = parse_when(text, now)
    except WhenError as error:
        raise bad_when(error) from error
    if when.at is None:
        return when.on, None
    return when.on, clock.instant(datetime.combine(when.on, when.at), company.timezone)


def _show(found: dict[str, Any]) -> None:
    render.tell(_("Revisit {number} is on record.").format(number=found["revisit"]))
    for one in found["met"]:
        render.tell(
            _("Met {outcome}: {rule} (due by {due_by})").format(
                outcome=wording.state(one["outcome"]), rule=wording.rule(one["rule"]), due_by=one["due_by"]
            )
        )
    if found["callback"] is not None:
        when = found["callback"]
        weekday = render.weekday(when)
        shown = when.strftime("%Y-%m-%d %H:%M") if isinstance(when, datetime) else when.isoformat()
        render.tell(_("Call back promised: {when} ({weekday})").format(when=shown, weekday=weekday))
    elif not found["met"]:
        render.tell(_("It meets no follow-up that is owed."))
