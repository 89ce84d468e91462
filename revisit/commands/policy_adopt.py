"""`revisit policy adopt`: a policy that somebody else wrote comes into force on a day."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated

import typer

from revisit import access, adoption, clock, company, policy_file, progress, prompting, render, staff
from revisit.adoption import Draft
from revisit.commands.options import LOGIN_METAVAR, DryRunOption, JsonOption, context_of
from revisit.commands.policy_simulate import (
    STAGES,
    CapacityOption,
    Compared,
    FileArgument,
    compared,
    document,
    show,
)
from revisit.context import Context
from revisit.errors import WrongUsage
from revisit.i18n import N_, _
from revisit.policy.months import plus_months
from revisit.register.keep import Difference


def adopt(
    ctx: typer.Context,
    file: FileArgument,
    effective: Annotated[
        str, typer.Option("--effective", metavar=_("DATE"), help=_("The first day on which it holds."))
    ],
    author: Annotated[
        str, typer.Option("--author", metavar=LOGIN_METAVAR, help=_("Who wrote it; never who runs this."))
    ],
    last: Annotated[
        str | None,
        typer.Option("--to", metavar=_("DATE"), help=_("The effect is told up to this day; else of a month.")),
    ] = None,
    capacity: CapacityOption = None,
    restate: Annotated[
        bool, typer.Option("--restate", help=_("Also from a day that is over: reported figures change."))
    ] = False,
    dry_run: DryRunOption = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=_("Do not ask first."))] = False,
    as_json: JsonOption = False,
) -> None:
    """Whoever runs it approves. What began before that day keeps its policy. Administrators and approvers only."""
    context = context_of(ctx)
    text = adoption.read_draft(policy_file.read_file(file))
    found, draft = _effect(context, file, text, effective, author, last, capacity, restate=restate)
    if not as_json:
        with render.paged():
            show(found)
            render.paragraph(_("The same over days that are past: revisit policy simulate FILE --from DATE --to DATE"))
    if not dry_run and not yes:
        _ask(draft)
    with progress.shown(STAGES) as tell, context.unit(dry_run=dry_run) as unit:
        unit.now = context.later()
        unit.company, difference = adoption.adopt(
            unit.session, unit.sql, draft, actor=unit.actor, at=unit.now, today=unit.today, restate=restate,
            told=lambda done, total: tell("register", done, total),
        )  # fmt: skip
        approver, at = unit.actor.login, clock.zoned(unit.now, unit.company.timezone)
    if as_json:
        render.as_json(
            {
                "effective": draft.effective,
                "author": draft.author,
                "approver": approver,
                "adopted_at": None if dry_run else at,
                "sha256": hashlib.sha256(draft.body.encode()).hexdigest(),
                "register": difference._asdict(),
                "effect": document(found),
            }
        )
    else:
        _tell(draft, approver, difference, dry_run=dry_run)


def _effect(
    context: Context,
    file: Path,
    text: str,
    effective: str,
    author: str,
    last: str | None,
    capacity: int | None,
    *,
    restate: bool,
) -> tuple[Compared, Draft]:
    """What the file changes from the day on, once it is known that it may be adopted at all."""
    with context.reading() as (sql, info), progress.shown(STAGES) as tell:
        actor = context.actor(sql)
        if actor is None:
            raise staff.nobody()
        today, start = context.today(info), context.day(effective, info)
        draft = Draft(text, start, author)
        draft = draft._replace(author=adoption.check(sql, draft, actor=actor, today=today, restate=restate).login)
        end = context.day(last, info) if last else max(plus_months(start, 1), today)
        if start > end:
            raise WrongUsage(N_("{first} is after {last}"), N_("name a later day with --to"), first=start, last=end)
        policies = info.policies.with_version(company.read_policy(draft.body), start)
        viewer = access.viewer(sql, actor)
        return compared(sql, info, viewer, (file, text), policies, (start, end), today, capacity, tell), draft


def _ask(draft: Draft) -> None:
    """Asks on a terminal. Raises WrongUsage where nobody can answer, Exit for a no."""
    if not prompting.is_terminal():
        raise WrongUsage(
            N_("nobody can be asked here whether the policy is to hold from {day}"),
            N_("look with --dry-run what it would do, then say --yes"),
            day=draft.effective,
        )
    if not typer.confirm(_("Let it hold from {day}?").format(day=draft.effective), err=True):
        render.note(_("Nothing was changed."))
        raise typer.Exit(1)


def _tell(draft: Draft, approver: str, difference: Difference, *, dry_run: bool) -> None:
    told = (
        _("Dry run: the policy would hold from {day} (author {author}, approver {approver}); nothing was changed")
        if dry_run
        else _("Adopted: the policy holds from {day} (author {author}, approver {approver})")
    )
    render.tell()
    render.heading(told.format(day=draft.effective, author=render.safe(draft.author), approver=render.safe(approver)))
    told = _("Follow-ups planned anew: {made} new, {changed} changed, {removed} gone")
    render.paragraph(told.format(**difference._asdict()))
