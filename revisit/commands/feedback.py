"""`revisit case pack|feedback`: what is not urgent, collected for the sales department, and when sales wants to hear of it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated

import typer

from revisit import access, cases, customers, render
from revisit.cases import Asked, Case, Said
from revisit.commands.case_moves import DepartmentOption
from revisit.commands.options import Command, CustomerArgument, DryRunOption, JsonOption, context_of
from revisit.commands.papers import show_blocks
from revisit.context import Unit, bad_when
from revisit.errors import WrongUsage
from revisit.i18n import N_, _
from revisit.policy.periods import Period, parse_period
from revisit.policy.when import WhenError
from revisit.reports import pack_sections, packs


def mount(group: typer.Typer) -> None:
    """Hangs the commands of this file on the group `case`."""
    group.command("pack", cls=Command, help=_("What is not urgent, of a month or quarter, for the sales department."))(
        pack
    )
    group.command("feedback", cls=Command, help=_("Sales wants feedback about a customer until another day."))(feedback)


def pack(
    ctx: typer.Context,
    month: Annotated[
        str | None, typer.Option("--month", metavar=_("MONTH"), help=_("2026-03; otherwise this month."))
    ] = None,
    quarter: Annotated[
        str | None, typer.Option("--quarter", metavar=_("QUARTER"), help=_("2026-Q1: everything of a quarter."))
    ] = None,
    send: Annotated[
        bool, typer.Option("--send", help=_("It was handed over: what is still open goes to --department."))
    ] = False,
    department: DepartmentOption = "",
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """The first part of revisit report pack; what has to be solved at once goes its own way (P3 2.2)."""
    if month is not None and quarter is not None:
        raise WrongUsage(N_("--month and --quarter exclude each other"), N_("name one of them"))
    if send and (quarter is not None or not department):
        raise WrongUsage(
            N_("--send hands over the pack of a month, and needs a department"),
            N_("for example: revisit case pack --month 2026-03 --send --department NAME"),
        )
    context = context_of(ctx)
    if send:
        with context.unit(dry_run=dry_run) as unit:
            period = _period(month, None, unit.today)
            sent = _send(unit, period, department)
            found = packs.problems(unit.sql, access.viewer(unit.sql, unit.actor), unit.company, period)
        template = _("Would go to {department}: {n}") if dry_run else _("Sent to {department}: {n}")
        render.note(template.format(department=render.safe(department), n=len(sent)))
    else:
        with context.reading() as (sql, company):
            period = _period(month, quarter, context.today(company))
            found = packs.problems(sql, access.viewer(sql, context.actor(sql)), company, period)
    if as_json:
        rows = [asdict(one) for one in found]
        render.as_json({"period": {"from": period.start, "to": period.end, "label": period.label}, "cases": rows})
        return
    render.heading(_("Not urgent, {period}: {n}").format(period=period.label, n=len(found)))
    show_blocks(pack_sections.problems(found))


def feedback(
    ctx: typer.Context,
    customer: CustomerArgument,
    until: Annotated[
        str, typer.Option("--until", metavar=_("DATE"), help=_("The day by which sales wants to hear of it."))
    ],
    document: Annotated[
        str, typer.Option("--document", metavar=_("FILE"), help=_("The electronic document that asks for it."))
    ],
    sender: Annotated[str, typer.Option("--sender", metavar=_("NAME"), help=_("Who of the sales department sent it."))],
    receiver: Annotated[
        str, typer.Option("--receiver", metavar=_("NAME"), help=_("Who received it: the head of customer service."))
    ],
    sent: Annotated[str | None, typer.Option("--sent", metavar=_("DATE"), help=_("When; otherwise today."))] = None,
    as_json: JsonOption = False,
) -> None:
    """It takes the place of the monthly feedback for this customer (P3 2.2). For supervisors."""
    context = context_of(ctx)
    with context.unit() as unit:
        access.require_role(unit.actor, "assign")
        customer_id = customers.get_customer(unit.sql, customer, access.viewer(unit.sql, unit.actor))
        access.require(unit.sql, unit.actor, "assign", customer_id)
        asked = Asked(
            context.day(until, unit.company),
            document.strip(),
            sender.strip(),
            context.day(sent, unit.company),
            receiver.strip(),
        )
        _check(asked, unit)
        touched = cases.ask_feedback(
            unit.session, unit.sql, unit.company, customer_id, asked, actor=unit.actor, at=unit.now
        )
        code = access.whose(unit.sql, customer_id).code
    if as_json:
        render.as_json({"customer": code, "due_by": asked.due_by, "cases": touched})
        return
    told = _("{code}: feedback until {day}, as {sender} asked for.")
    render.tell(told.format(code=render.safe(code), day=asked.due_by, sender=render.safe(asked.sender)))
    if touched:
        render.tell(_("It holds for the cases {numbers}.").format(numbers=", ".join(f"#{one}" for one in touched)))


def _check(asked: Asked, unit: Unit) -> None:
    for option, text in (("--document", asked.document), ("--sender", asked.sender), ("--receiver", asked.receiver)):
        if not text:
            raise WrongUsage(N_("{option} is empty"), N_("say it: it stands on record"), option=option)
    if asked.sent_on > unit.today or asked.due_by < asked.sent_on:
        raise WrongUsage(
            N_("a document sent on {sent} cannot ask for feedback until {until}"), N_("look at both days"),
            sent=asked.sent_on, until=asked.due_by,
        )  # fmt: skip


def _send(unit: Unit, period: Period, department: str) -> list[Case]:
    viewer = access.viewer(unit.sql, unit.actor)
    access.require_role(unit.actor, "assign")
    said = Said(department=department, text=_("monthly pack {period}").format(period=period.label))
    waiting = [one for one in cases.not_urgent(unit.sql, viewer, unit.company, period) if one.state == "open"]
    return [
        cases.make(
            unit.session,
            unit.sql,
            unit.company,
            one.number,
            "route",
            said,
            viewer=viewer,
            actor=unit.actor,
            at=unit.now,
        )
        for one in waiting
    ]


def _period(month: str | None, quarter: str | None, today: date) -> Period:
    try:
        return parse_period("quarter", quarter, today) if quarter is not None else parse_period("month", month, today)
    except WhenError as error:
        raise bad_when(error) from error
