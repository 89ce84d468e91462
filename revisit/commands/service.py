"""`revisit service list|show|voucher`: the service register, what was left over first; one job; its sheet to be signed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from revisit import access, render, scheduler, service, staff, wording
from revisit.access import Viewer
from revisit.commands import matters, service_moves
from revisit.commands.numbers import JobArgument
from revisit.commands.options import Command, JsonOption, YesOption, add_group, context_of
from revisit.company import CompanyInfo
from revisit.db import Sql
from revisit.errors import WrongUsage
from revisit.i18n import N_, _
from revisit.matters import deadlines, wall, words
from revisit.render import Column
from revisit.service import Job

VIEW = (
    Column("number", N_("Job"), card=0),
    Column("who", N_("Customer"), card=0),
    Column("state", N_("Status"), card=1),
    Column("kind", N_("Kind"), card=2),
    Column("wanted", N_("Wanted"), card=2),
    Column("worker", N_("Who goes"), card=3, soft=True),
    Column("what", N_("What"), wrap=True, card=1),
)
WORKBOOK = ".xlsx"


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    group = add_group(app, "service", _("The service register: asked for, dispatched, done, signed off."))
    group.command("list", cls=Command, help=_("The jobs that are not over: what nobody was sent to yesterday first."))(
        list_
    )
    group.command("show", cls=Command, help=_("One job, and everything that was done."))(show)
    group.command("voucher", cls=Command, help=_("The sheet that goes along and is signed, as a workbook."))(voucher)
    service_moves.mount(group)


def list_(
    ctx: typer.Context,
    ended: Annotated[bool, typer.Option("--all", help=_("Also what is closed or cancelled."))] = False,
    undispatched: Annotated[bool, typer.Option("--undispatched", help=_("Only what nobody was sent to yet."))] = False,
    to: Annotated[
        str | None, typer.Option("--to", metavar=_("LOGIN"), help=_("Only what this person was sent to."))
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Work that was not dispatched is the first of the next day (P4)."""
    context = context_of(ctx)
    with context.reading() as (sql, company):
        viewer, today = access.viewer(sql, context.actor(sql)), context.today(company)
        who = staff.get_by_login(sql, to, former=True).id if to is not None else None
        seen = service.list_jobs(sql, viewer, ended=ended)
    left = sum(service.is_left_over(one, company, today) for one in seen)
    found = [
        one
        for one in service.in_order(seen, company, today)
        if (who is None or one.worker_id == who) and (not undispatched or one.state == "waiting")
    ]
    if as_json:
        render.as_json({"left_over": left, "jobs": [job_document(one, company, viewer, today) for one in found]})
        return
    render.heading(_("Service jobs: {n}").format(n=len(found)))
    if left:
        render.tell(_("Not dispatched on the day before: {n}. They come first.").format(n=left))
    if found:
        render.table([_row(one, company, viewer, today) for one in found], VIEW)
    else:
        render.tell(_("None. A job is taken down with: revisit service open CUSTOMER --kind paid --text TEXT"))


def show(ctx: typer.Context, number: JobArgument, as_json: JsonOption = False) -> None:
    """What I may do next stands below."""
    context = context_of(ctx)
    with context.reading() as (sql, company):
        viewer = access.viewer(sql, context.actor(sql))
        job = service.get_job(sql, number)
        service.require_sight(sql, viewer, job)
        found = document(sql, company, job, viewer, context.today(company))
    if as_json:
        render.as_json(found)
        return
    with render.paged():
        _show(found)


def voucher(
    ctx: typer.Context,
    number: JobArgument,
    output: Annotated[Path, typer.Option("--output", "-o", metavar=_("FILE"), help=_("The file to write, .xlsx."))],
    yes: YesOption = False,
) -> None:
    """On A4, in the language in use, with room for what is not known yet. Whoever is on the way sees phone and address whole."""
    from revisit.outgoing import voucher as sheet
    from revisit.sheets import writing

    if output.suffix.lower() != WORKBOOK:
        raise WrongUsage(N_("{file} is no workbook"), N_("name a file that ends in .xlsx"), file=output)
    context = context_of(ctx)

    def write(beside: Path) -> None:
        with context.unit() as unit:  # the sheet gets its name once the audit knows of it
            viewer = access.viewer(unit.sql, unit.actor)
            job = service.get_job(unit.sql, number)
            service.require_sight(unit.sql, viewer, job)
            sheet.workbook_of(unit.sql, unit.company, viewer, job, unit.now).save(beside)
            sheet.note(unit.session, job, output.name)

    writing.write_beside(output, write, replace=yes)
    render.tell(_("{file} is written.").format(file=render.safe(output)))


def job_document(job: Job, company: CompanyInfo, viewer: Viewer, today: date) -> dict[str, Any]:
    """The job itself, as a document gives it."""
    wanted = scheduler.local_at(job.wanted_at, company) if job.wanted_at else job.wanted_on
    return {
        "number": job.matter.number,
        "customer": job.code or None,
        "name": service.sees_name(viewer, job),
        "kind": job.kind,
        "place": job.place,
        "what": job.what,
        "state": job.state,
        "left_over": service.is_left_over(job, company, today),
        "asked_at": scheduler.local_at(job.asked_at, company),
        "by": job.by,
        "wanted": wanted,
        "worker": job.worker or None,
        "approved_by": job.approver or None,
        "started_at": scheduler.local_at(job.started_at, company),
        "ended_at": scheduler.local_at(job.ended_at, company),
        "fee": wording.money(job.fee_cents) if job.fee_cents is not None else None,
        "result": job.result,
        "signed_by": job.signed_by or None,
        "signed_at": scheduler.local_at(job.signed_at, company),
    }


def document(sql: Sql, company: CompanyInfo, job: Job, viewer: Viewer, today: date) -> dict[str, Any]:
    """The JSON document of `service show`."""
    return job_document(job, company, viewer, today) | {
        "worker_name": job.worker_name or None,
        "timeline": matters.timeline(sql, company, job.matter, deadlines.of(sql, job.matter)),
        "possible": list(service.legal(sql, viewer, job)),
    }


def _row(job: Job, company: CompanyInfo, viewer: Viewer, today: date) -> dict[str, Any]:
    wanted = matters.shown_at(wall(job.wanted_at, company)) if job.wanted_at else ""
    if not wanted and job.wanted_on:
        wanted = f"{job.wanted_on:%m-%d}"
    place = wording.word("remote") if job.place == "remote" else ""
    return {
        "number": job.matter.number,
        "who": f"{job.code} {service.sees_name(viewer, job)}".strip() or _("ourselves"),
        "state": _(words.STATES[job.state])
        + (
            _(" since {day}").format(day=f"{wall(job.asked_at, company):%m-%d}")
            if service.is_left_over(job, company, today)
            else ""
        ),
        "kind": " · ".join(filter(None, (wording.word(job.kind), place))),
        "wanted": wanted,
        "worker": job.worker_name,
        "what": job.what,
    }


def _show(found: dict[str, Any]) -> None:
    who = f"{found['customer'] or ''} {found['name']}".strip() or _("ourselves")
    render.heading(render.safe(f"{found['number']} {who}"))
    rows: Sequence[tuple[str, Any]] = (
        (_("What"), found["what"]),
        (_("Kind"), f"{wording.word(found['kind'])} · {wording.word(found['place'])}"),
        (_("Status"), _(words.STATES[found["state"]])),
        (_("Asked for"), f"{found['asked_at']:%Y-%m-%d %H:%M} · {found['by']}"),
        (_("Wanted"), _moment(found["wanted"])),
        (_("Who goes"), found["worker_name"]),
        (_("Approved by"), found["approved_by"]),
        (_("Begun"), _moment(found["started_at"])),
        (_("Finished"), _moment(found["ended_at"])),
        (_("Fee"), found["fee"]),
        (_("Result"), found["result"]),
        (_("Signed"), " · ".join(filter(None, (found["signed_by"], _moment(found["signed_at"]))))),
    )
    render.pairs([(title, render.safe(text)) for title, text in rows if text])
    matters.show_story(found)


def _moment(when: date | None) -> str:
    if when is None:
        return ""
    return f"{when:%Y-%m-%d %H:%M}" if hasattr(when, "hour") else f"{when}"
