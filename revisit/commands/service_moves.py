"""`revisit service open|dispatch|start|finish|sign-off|cancel`: what is done with a job of the service register."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated

import typer

from revisit import access, clock, customers, render, service, wording
from revisit.commands import callbacks, matters, outcomes
from revisit.commands.numbers import JobArgument
from revisit.commands.options import Command, JsonOption, context_of
from revisit.company import CompanyInfo
from revisit.context import Context, bad_when
from revisit.errors import WrongUsage
from revisit.i18n import N_, _
from revisit.matters import words
from revisit.policy.times import parse_when
from revisit.policy.when import WhenError
from revisit.service import Asked, Said

FeeOption = Annotated[
    str | None, typer.Option("--fee", metavar=_("AMOUNT"), help=_("What it costs the customer; only of paid service."))
]
AtOption = Annotated[str | None, typer.Option("--at", metavar=_("WHEN"), help=_("When it was; now unless told."))]


def mount(group: typer.Typer) -> None:
    """Hangs the moves on the group `service`."""
    for name, function, text in (
        ("open", open_, _("Take down what is asked for.")),
        ("dispatch", dispatch, _("Send somebody.")),
        ("start", start, _("The work has begun.")),
        ("finish", finish, _("The work is done.")),
        ("sign-off", sign_off, _("The customer has signed.")),
        ("cancel", cancel, _("It will not be done.")),
    ):
        group.command(name, cls=Command, help=text)(function)


def open_(
    ctx: typer.Context,
    customer: Annotated[
        str | None,
        typer.Argument(metavar=_("CUSTOMER"), help=_("Who asks for it; nobody where it is for ourselves (internal).")),
    ] = None,
    kind: Annotated[str, typer.Option("--kind", metavar=_("WORD"), help=wording.words(service.KINDS))] = "",
    text: Annotated[str, typer.Option("--text", metavar=_("TEXT"), help=_("What is asked for."))] = "",
    remote: Annotated[bool, typer.Option("--remote", help=_("From afar; it needs an approval."))] = False,
    wanted: Annotated[
        str | None,
        typer.Option("--wanted", metavar=_("WHEN"), help=_("For when it is wanted: 明天下午3点 or 2026-10-08.")),
    ] = None,
    fee: FeeOption = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar=_("WHEN"), help=_("When it was asked for; now unless told."))
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Paid, contract, free or internal service (P4). What nobody is sent to on that day stands first on the next."""
    meant = outcomes.word_of(kind, service.KINDS, "--kind")
    if not text.strip():
        raise WrongUsage(N_("what is asked for is missing"), N_("say it with --text TEXT"))
    context = context_of(ctx)
    with context.unit() as unit:
        customer_id = None
        if customer is not None:
            customer_id = customers.get_customer(unit.sql, customer, access.viewer(unit.sql, unit.actor))
            access.require(unit.sql, unit.actor, "log", customer_id)
        else:
            access.require_role(unit.actor, "log")
        on, moment = _wanted(wanted, context, unit.company)
        asked = Asked(
            kind=meant, place="remote" if remote else "on-site", what=text, wanted_on=on, wanted_at=moment,
            asked_at=moment_of(at, context, unit.company) or unit.now, fee_cents=cents_of(fee),
        )  # fmt: skip
        number = service.open_job(
            unit.session,
            unit.sql,
            unit.company,
            customer_id,
            asked,
            viewer=access.viewer(unit.sql, unit.actor),
            actor=unit.actor,
            at=unit.now,
        )
    tell(context, number, as_json=as_json)


def dispatch(
    ctx: typer.Context,
    number: JobArgument,
    to: Annotated[str, typer.Option("--to", metavar=_("LOGIN"), help=_("Who goes."))] = "",
    fee: FeeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Once more where somebody else goes, or the customer does not sign. For supervisors."""
    _move(ctx, number, "dispatch", Said(worker=to, fee_cents=cents_of(fee)), as_json=as_json)


def start(ctx: typer.Context, number: JobArgument, at: AtOption = None, as_json: JsonOption = False) -> None:
    """By whoever was sent, or for them."""
    _move(ctx, number, "start", Said(), at=at, as_json=as_json)


def finish(
    ctx: typer.Context,
    number: JobArgument,
    result: Annotated[str, typer.Option("--result", metavar=_("TEXT"), help=_("What was done."))] = "",
    fee: FeeOption = None,
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Paid service has a fee by now. Work for ourselves is closed with it."""
    _move(ctx, number, "finish", Said(result=result, fee_cents=cents_of(fee)), at=at, as_json=as_json)


def sign_off(
    ctx: typer.Context,
    number: JobArgument,
    signed_by: Annotated[
        str, typer.Option("--signed-by", metavar=_("NAME"), help=_("Who signed for the customer."))
    ] = "",
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """The job is closed with it; the customer is to be asked what they thought of it: revisit survey due"""
    _move(ctx, number, "sign-off", Said(signed_by=signed_by), at=at, as_json=as_json)


def cancel(
    ctx: typer.Context,
    number: JobArgument,
    reason: Annotated[str, typer.Option("--reason", metavar=_("TEXT"), help=_("Why; it stands on record."))] = "",
    as_json: JsonOption = False,
) -> None:
    """Only what is not finished."""
    _move(ctx, number, "cancel", Said(reason=reason), as_json=as_json)


def cents_of(text: str | None) -> int | None:
    """An amount as it is typed, in cents. Raises WrongUsage."""
    if text is None:
        return None
    from revisit.intake import cells

    try:
        found = cells.money(text)
    except (cells.CellError, cells.Doubt):
        found = None
    if found is None:
        raise WrongUsage(N_("{text} is no amount"), N_("write for example 350.00"), text=text)
    return found


def moment_of(text: str | None, context: Context, company: CompanyInfo) -> datetime | None:
    """The instant that a person named; None: none was named. Raises WrongUsage."""
    if text is None:
        return None
    try:
        when = parse_when(text, clock.local(context.now, company.timezone))
    except WhenError as error:
        raise bad_when(error) from error
    if when.at is None:
        raise WrongUsage(
            N_("{text} names no time of day"), N_("write for example 今天下午3点 or 2026-10-08 14:30"), text=text
        )
    return clock.instant(datetime.combine(when.on, when.at), company.timezone)


def _wanted(text: str | None, context: Context, company: CompanyInfo) -> tuple[date | None, datetime | None]:
    if text is None:
        return None, None
    found = callbacks.understood(text, clock.local(context.now, company.timezone), company, in_hours=False).when
    if isinstance(found, datetime):
        return found.date(), clock.instant(found, company.timezone)
    return found, None


def _move(ctx: typer.Context, number: int, action: str, said: Said, *, at: str | None = None, as_json: bool) -> None:
    context = context_of(ctx)
    with context.unit() as unit:
        told = moment_of(at, context, unit.company)
        service.make(
            unit.session, unit.sql, unit.company, number, action, replace(said, at=told),
            viewer=access.viewer(unit.sql, unit.actor), actor=unit.actor, at=unit.now,
        )  # fmt: skip
    tell(context, number, as_json=as_json)


def tell(context: Context, number: int, *, as_json: bool) -> None:
    """The job as it stands now."""
    from revisit.commands import service as shown

    with context.reading() as (sql, company):
        viewer = access.viewer(sql, context.actor(sql))
        found = service.get_job(sql, number)
        document = shown.document(sql, company, found, viewer, context.today(company))
        unsigned = service.waits_for_approval(sql, found)
    if as_json:
        render.as_json(document)
        return
    told = _("Service job {number}: {state}").format(number=document["number"], state=_(words.STATES[found.state]))
    if found.worker:
        told += " · " + found.worker_name
    if unsigned is not None:
        told += " · " + _("to be signed: approval {number}").format(number=unsigned)
    render.tell(render.safe(told))
    matters.show_possible(document["possible"])
