"""`revisit clock N`: how the deadlines of a matter are counted, whatever its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, NamedTuple

import typer

from revisit import access, approvals, cases, complaints, render, service
from revisit.commands import matters, numbers
from revisit.commands.numbers import Kind
from revisit.commands.options import Command, JsonOption, context_of
from revisit.company import CompanyInfo
from revisit.context import Context
from revisit.db import Sql
from revisit.i18n import _
from revisit.matters import Matter


class Found(NamedTuple):
    """A matter, its number as documents give it, and whose it is."""

    matter: Matter
    number: int | str
    who: str


def mount(app: typer.Typer) -> None:
    """Hangs the command of this file on the root."""
    app.command("clock", cls=Command, help=_("How the deadlines of a matter are counted, stretch by stretch."))(clock)


def clock(
    ctx: typer.Context,
    number: Annotated[
        str,
        typer.Argument(
            metavar=_("NUMBER"), help=_("A case 3, a complaint TS2026-0001, an approval A3, a service job S3.")
        ),
    ],
    as_json: JsonOption = False,
) -> None:
    """Working hours, festivals and pauses as they were counted; the time limits stand in: revisit policy show"""
    context = context_of(ctx)
    kind, said = numbers.matter(number)
    context.look()
    with context.reading() as (sql, company):
        found = FIND[kind](context, sql, company, said, context.today(company))
        counted = matters.clocks(sql, company, found.matter, context.now)
    if as_json:
        render.as_json({kind: found.number, "clocks": counted})
        return
    with render.paged():
        render.heading(render.safe(f"{found.matter.number} {found.who}".rstrip()))
        if not counted:
            render.tell(_("No clock has run here."))
        for one in counted:
            matters.show_clock(one)


def _case(context: Context, sql: Sql, company: CompanyInfo, said: str, today: date) -> Found:
    viewer = access.viewer(sql, context.actor(sql))
    one = cases.get_case(sql, numbers.case(said))
    cases.require_sight(sql, viewer, one)
    return Found(one.matter, one.number, f"{one.code} {viewer.name(one.name, one.owner)}")


def _complaint(context: Context, sql: Sql, company: CompanyInfo, said: str, today: date) -> Found:
    sight = complaints.sight_of(sql, company, context.actor(sql), context.now)
    one = complaints.get_complaint(sql, company, said, today)
    complaints.require_sight(sql, sight, one)
    return Found(one.matter, one.number, f"{one.code} {sight.name(one)}")


def _approval(context: Context, sql: Sql, company: CompanyInfo, said: str, today: date) -> Found:
    viewer = access.viewer(sql, context.actor(sql))
    one = approvals.get_approval(sql, numbers.approval(said))
    approvals.require_sight(sql, company, viewer, one, today, action="show")
    return Found(one.matter, one.number, f"{one.code} {one.name}")


def _service(context: Context, sql: Sql, company: CompanyInfo, said: str, today: date) -> Found:
    viewer = access.viewer(sql, context.actor(sql))
    one = service.get_job(sql, numbers.job(said))
    service.require_sight(sql, viewer, one)
    return Found(one.matter, one.matter.number, f"{one.code} {service.sees_name(viewer, one)}")


FIND: Mapping[Kind, Callable[[Context, Sql, CompanyInfo, str, date], Found]] = {
    "case": _case, "complaint": _complaint, "approval": _approval, "service": _service,
}  # fmt: skip
