"""`revisit complaint form`: the form of a complaint as a workbook that prints on A4, in the language in use. It is internal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from revisit import approvals, audit, complaints, posts, render, scheduler, staff
from revisit.commands import complaint_view, matters
from revisit.commands.callsheets import check_output
from revisit.commands.complaint_moves import NumberArgument
from revisit.commands.options import Command, JsonOption, context_of
from revisit.company import CompanyInfo
from revisit.complaints import Complaint
from revisit.context import Unit
from revisit.db import Sql
from revisit.i18n import N_, _
from revisit.sheets.forms import Form

SIGNATURES = (N_("Customer service"), N_("Marketing"), N_("Research and development"), N_("Vice president"))


def mount(group: typer.Typer) -> None:
    """Hangs the command of this file on the group `complaint`."""
    group.command("form", cls=Command, help=_("The form, to print on A4 (.xlsx)."))(form)


def form(
    ctx: typer.Context,
    number: NumberArgument,
    output: Annotated[Path, typer.Option("--output", "-o", metavar=_("FILE"), help=_("The workbook to write, .xlsx."))],
    yes: Annotated[bool, typer.Option("--yes", "-y", help=_("Replace the form if it is there already."))] = False,
    as_json: JsonOption = False,
) -> None:
    """It is internal: the customer gets a letter. Who wrote it to a file stands on it and in the audit."""
    from revisit.sheets.forms import workbook_of
    from revisit.sheets.writing import write_beside

    context = context_of(ctx)
    check_output(output, replace=yes)
    with context.reading() as (sql, _company):
        if context.actor(sql) is None:
            raise staff.nobody()
    made: list[Complaint] = []

    def write_it(beside: Path) -> None:
        beside.touch(mode=0o600)
        with context.unit() as unit:
            sight = complaints.sight_of(unit.sql, unit.company, unit.actor, unit.now)
            one = complaints.get_complaint(unit.sql, unit.company, number, unit.today)
            complaints.require_sight(unit.sql, sight, one)
            found = complaint_view.document(unit.sql, unit.company, one, sight, unit.now)
            workbook_of(_filled(unit, one, found)).save(beside)
            made.append(one)
            named = output.name.encode(errors="surrogateescape").decode(errors="replace")
            audit.changed(
                unit.session, action="export", table="complaint", row_id=one.id, customer_id=one.customer_id,
                after={"kind": "complaint-form", "file": named, "number": one.number},
            )  # fmt: skip

    write_beside(output, write_it, replace=yes)
    if as_json:
        render.as_json({"file": str(output), "number": made[0].number})
    else:
        render.tell(_("{file} is written: {number}").format(file=render.safe(output), number=made[0].number))


def _filled(unit: Unit, one: Complaint, found: dict[str, Any]) -> Form:
    who = unit.actor.name if unit.actor.name == unit.actor.login else f"{unit.actor.name} {unit.actor.login}"
    now = scheduler.local_at(unit.now, unit.company)
    below = [
        f"{unit.company.name} · {found['number']} · {found['customer']} {found['name']}",
        _("internal · written by {who} · {now}").format(who=who, now=f"{now:%Y-%m-%d %H:%M}"),
    ]
    blocks = [
        (_("Measures of improvement"), [complaint_view.measure_line(each) for each in found["measures"]]),
        (_("Goods that come back"), [complaint_view.returned_line(each) for each in found["returned"]]),
        (_("Signatures on record"), _signed(unit.sql, unit.company, one)),
        (
            _("What was done"),
            [f"{matters.shown_at(each['at'])} {complaint_view.event_line(each)}" for each in found["timeline"]],
        ),
    ]
    return Form(
        _("Complaint form"), below, complaint_view.form_lines(found), blocks, [_(title) for title in SIGNATURES]
    )


def _signed(sql: Sql, company: CompanyInfo, one: Complaint) -> list[str]:
    """Who signed the settlement, for which post, when."""
    if one.approval_id is None:
        return []
    shown = posts.load_posts()
    return [
        " · ".join(
            (posts.shown_post(shown, given.post), given.name, f"{scheduler.local_at(given.at, company):%Y-%m-%d %H:%M}")
        )
        for given in approvals.signatures_of(sql, [one.approval_id]).get(one.approval_id, [])
        if given.void_at is None
    ]
