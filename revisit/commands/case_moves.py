"""`revisit case open|decide|coordinate|route|respond|urge|hold|resume|resolve|tell|reopen|escalate`: what is done with a case."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from revisit import access, cases, customers, posts, render
from revisit.cases import Case, Said
from revisit.commands.numbers import CaseArgument
from revisit.commands.options import Command, CustomerArgument, JsonOption, context_of
from revisit.commands.outcomes import channel_of
from revisit.errors import Refused
from revisit.i18n import N_, _
from revisit.matters import deadlines, wall, words

TextOption = Annotated[str, typer.Option("--text", metavar=_("TEXT"), help=_("What was said or written."))]
ResultOption = Annotated[str, typer.Option("--result", metavar=_("TEXT"), help=_("What came of it."))]
ReasonOption = Annotated[str, typer.Option("--reason", metavar=_("TEXT"), help=_("Why; it stands on record."))]
DepartmentOption = Annotated[str, typer.Option("--department", metavar=_("NAME"), help=_("To which department."))]


def mount(group: typer.Typer) -> None:
    """Hangs the moves on the group `case`."""
    for name, function, text in (
        ("open", open_, _("Open a case by hand.")),
        ("decide", decide, _("The supervisor decides: it is solved, and how.")),
        ("coordinate", coordinate, _("The supervisor agrees with another department.")),
        ("route", route, _("The form goes to the responsible department, whose clock begins.")),
        ("respond", respond, _("The department answers: its first contact, or its plan of measures.")),
        ("urge", urge, _("Urge the department, with its answer.")),
        ("hold", hold, _("Wait for the customer: the clocks stand still.")),
        ("resume", resume, _("The customer answered: the clocks run again.")),
        ("resolve", resolve, _("It is solved; the customer is to be told.")),
        ("tell", tell, _("The customer was told the result: the case is closed.")),
        ("reopen", reopen, _("The customer does not accept it: open the case again.")),
        ("escalate", escalate, _("Put the case before the next post.")),
    ):
        group.command(name, cls=Command, help=text)(function)


def open_(
    ctx: typer.Context,
    customer: CustomerArgument,
    text: TextOption = "",
    at_once: Annotated[bool, typer.Option("--at-once", help=_("It has to be solved at once."))] = False,
    as_json: JsonOption = False,
) -> None:
    """What is not urgent goes into the monthly pack for the sales department."""
    context = context_of(ctx)
    with context.unit() as unit:
        customer_id = customers.get_customer(unit.sql, customer, access.viewer(unit.sql, unit.actor))
        access.require(unit.sql, unit.actor, "log", customer_id)
        number = cases.open_case(
            unit.session, unit.sql, unit.company, customer_id=customer_id, actor=unit.actor, revisit_id=None, what=text,
            immediate=at_once, at=unit.now,
        )  # fmt: skip
    _tell(ctx, number, as_json=as_json)


def decide(ctx: typer.Context, number: CaseArgument, result: ResultOption = "", as_json: JsonOption = False) -> None:
    """Within an hour, and never left for the next day (P3 2.1). For supervisors."""
    _move(ctx, number, "decide", Said(result=result), as_json=as_json)


def coordinate(
    ctx: typer.Context,
    number: CaseArgument,
    department: DepartmentOption = "",
    text: TextOption = "",
    as_json: JsonOption = False,
) -> None:
    """Within an hour (P3 2.1). For supervisors."""
    _move(ctx, number, "coordinate", Said(text=text, department=department), as_json=as_json)


def route(
    ctx: typer.Context,
    number: CaseArgument,
    department: DepartmentOption = "",
    text: TextOption = "",
    as_json: JsonOption = False,
) -> None:
    """Within a day the department makes its first contact; of a dormant customer, a plan of measures (P3 2.2)."""
    _move(ctx, number, "route", Said(text=text, department=department), as_json=as_json)


def respond(ctx: typer.Context, number: CaseArgument, text: TextOption = "", as_json: JsonOption = False) -> None:
    """By the department itself, or for it by whoever was told."""
    _move(ctx, number, "respond", Said(text=text), as_json=as_json)


def urge(ctx: typer.Context, number: CaseArgument, text: TextOption = "", as_json: JsonOption = False) -> None:
    """Each urging stands on record with its time and what was answered."""
    _move(ctx, number, "urge", Said(text=text), as_json=as_json)


def hold(ctx: typer.Context, number: CaseArgument, reason: ReasonOption = "", as_json: JsonOption = False) -> None:
    """What is late already stays late."""
    _move(ctx, number, "hold", Said(reason=reason), as_json=as_json)


def resume(ctx: typer.Context, number: CaseArgument, text: TextOption = "", as_json: JsonOption = False) -> None:
    """The deadlines move on by the time that the clocks stood still."""
    _move(ctx, number, "resume", Said(text=text), as_json=as_json)


def resolve(ctx: typer.Context, number: CaseArgument, result: ResultOption = "", as_json: JsonOption = False) -> None:
    """Nothing closes before the customer was told."""
    _move(ctx, number, "resolve", Said(result=result), as_json=as_json)


def tell(
    ctx: typer.Context,
    number: CaseArgument,
    channel: Annotated[
        str, typer.Option("--channel", metavar=_("CHANNEL"), help=_("How: phone, visit, wechat or another channel."))
    ] = "",
    person: Annotated[str, typer.Option("--person", metavar=_("NAME"), help=_("Who was told."))] = "",
    by: Annotated[
        str, typer.Option("--by", metavar=_("NAME"), help=_("Who told it; otherwise whoever types this."))
    ] = "",
    on: Annotated[str | None, typer.Option("--on", metavar=_("DATE"), help=_("When; otherwise today."))] = None,
    as_json: JsonOption = False,
) -> None:
    """How, when and by whom. A case that went to a department owes the customer a revisit within three days (P0)."""
    context = context_of(ctx)
    day: date | None = None
    if on is not None:
        with context.reading() as (sql, company):
            day = context.day(on, company)
            opened = wall(cases.get_case(sql, number).opened_at, company).date()
        if not opened <= day <= context.today(company):
            raise Refused(
                N_("the customer cannot have been told on {day}"), N_("name a day since the case was opened"), day=day
            )
    how = channel_of(channel) if channel else ""
    _move(ctx, number, "tell", Said(how=how, person=person, by=by, on=day), as_json=as_json)


def reopen(ctx: typer.Context, number: CaseArgument, reason: ReasonOption = "", as_json: JsonOption = False) -> None:
    """It begins anew, with everything that was done still standing there."""
    _move(ctx, number, "reopen", Said(reason=reason), as_json=as_json)


def escalate(ctx: typer.Context, number: CaseArgument, reason: ReasonOption = "", as_json: JsonOption = False) -> None:
    """Somebody else decides now. What is missed climbs by itself."""
    _move(ctx, number, "escalate", Said(reason=reason), as_json=as_json)


def _move(ctx: typer.Context, number: int, action: str, said: Said, *, as_json: bool) -> None:
    context = context_of(ctx)
    with context.unit() as unit:
        cases.make(
            unit.session, unit.sql, unit.company, number, action, said,
            viewer=access.viewer(unit.sql, unit.actor), actor=unit.actor, at=unit.now,
        )  # fmt: skip
    _tell(ctx, number, as_json=as_json)


def _tell(ctx: typer.Context, number: int, *, as_json: bool) -> None:
    """The case as it stands now: what is owed next, by whom, until when."""
    from revisit.commands import case, matters

    context = context_of(ctx)
    with context.reading() as (sql, company):
        viewer = access.viewer(sql, context.actor(sql))
        found: Case = cases.get_case(sql, number)
        if as_json:
            document = case.document(sql, company, found, viewer, context.now)
        kept = deadlines.open_of(sql, "case", [found.id]).get(found.id, [])
    if as_json:
        render.as_json(document)
        return
    shown = posts.load_posts()
    state = _(words.STATES[found.state])
    told = _("Case {number} of {code}: {state}").format(number=number, code=render.safe(found.code), state=state)
    render.tell(told + (f" · {render.safe(found.department)}" if found.department else ""))
    for one in kept:
        line = _("{clock}: {owner}, {due}").format(
            clock=_(words.CLOCKS[one.clock]), owner=matters.owed_by(one, shown), due=matters.due_text(one, company)
        )
        render.tell("  " + render.safe(line))
