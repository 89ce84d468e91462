"""`revisit doctor`: is the database sound, and does it say what the rules say?"""

from __future__ import annotations

import typer

from revisit import doctor as examination
from revisit import progress, render
from revisit.commands.options import Command, JsonOption, context_of
from revisit.i18n import N_, _
from revisit.render import Column

STATUSES = {"ok": N_("ok"), "warning": N_("warning"), "failed": N_("failed"), "skipped": N_("skipped")}
VIEW = (Column("code", N_("Check")), Column("status", N_("Result")), Column("detail", N_("What was found"), wrap=True))


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    app.command("doctor", cls=Command, help=_("Is the database sound? Named checks; nothing is changed."))(doctor)


def doctor(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Every check with what it found, and a remedy where something is wrong; exit code 1 if a check failed."""
    context = context_of(ctx)
    with progress.shown({code: code for code, _check in examination.CHECKS}) as tell:
        findings = examination.examine(context.db, context.now, tell)
    broken = [one.code for one in findings if one.status == "failed"]
    if as_json:
        render.as_json({"checks": [one._asdict() for one in findings], "ok": not broken})
    else:
        render.table([one._asdict() | {"status": _(STATUSES[one.status])} for one in findings], VIEW)
        for one in findings:
            if one.remedy:
                render.tell(_("{check}: {remedy}").format(check=one.code, remedy=render.safe(one.remedy)))
    if broken:
        render.note(_("{number} checks failed: {names}").format(number=len(broken), names=", ".join(broken)))
        raise typer.Exit(1)
