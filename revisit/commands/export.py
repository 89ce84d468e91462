"""`revisit export KIND -o FILE`: spreadsheets out, as they would come in."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from revisit import i18n, outgoing, progress, render
from revisit.commands.imports import KindArgument
from revisit.commands.options import Command, JsonOption, RepOption, YesOption, context_of
from revisit.context import Context
from revisit.errors import WrongUsage
from revisit.i18n import N_, _
from revisit.intake import Progress, untold
from revisit.outgoing import Export, Wanted
from revisit.sheets.writing import write_beside

STAGES = {"writing": N_("writing")}


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    text = _("A spreadsheet of what is on record: customers, orders, revisits, sales-followups, staff.")
    app.command("export", cls=Command, help=text)(export)


def export(
    ctx: typer.Context,
    kind: KindArgument,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar=_("FILE"), help=_("The file to write, .xlsx or .csv."))
    ],
    rep: RepOption = None,
    reveal: Annotated[
        bool, typer.Option("--reveal", help=_("Phones and addresses whole; it is logged, with the reason."))
    ] = False,
    reason: Annotated[
        str,
        typer.Option("--reason", metavar=_("TEXT"), help=_("What the sheet is for; stands on it and in the audit.")),
    ] = "",
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="zh|en", help=_("Its language; the one in use unless told."))
    ] = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Columns and words are those of the import, so that the sheet can be read back. Who took it along is logged."""
    if lang is not None and lang not in i18n.LANGUAGES:
        raise WrongUsage(N_("there is no language {language}"), N_("languages: zh, en"), language=lang)
    wanted = Wanted(kind, lang or i18n.language(), rep, reveal, reason)
    with progress.shown(STAGES) as told:
        written = export_file(context_of(ctx), wanted, output, replace=yes, told=told)
    if as_json:
        render.as_json(document(wanted, output, written))
    else:
        render.tell(_("{file} is written, rows: {count}").format(file=render.safe(output), count=written.rows))
    _tell_what_is_missing(wanted, written)


def export_file(
    context: Context, wanted: Wanted, output: Path, *, replace: bool = False, told: Progress = untold
) -> Export:
    """Writes the sheet; it gets its name once the audit knows of it."""
    outgoing.check_wanted(wanted, output)
    done: list[Export] = []

    def write(beside: Path) -> None:
        beside.touch(mode=0o600)
        with context.reading() as (sql, company):
            actor = outgoing.require(context.actor(sql), wanted)
            workbook, today = output.suffix.lower() == outgoing.WORKBOOK, context.today(company)
            done.append(
                outgoing.write_export(sql, company, actor, wanted, beside, workbook=workbook, today=today, told=told)
            )
        with context.unit() as unit:
            outgoing.require(unit.actor, wanted)
            outgoing.note(unit.session, wanted, output.name, done[0].rows)

    write_beside(output, write, replace=replace)
    return done[0]


def document(wanted: Wanted, output: Path, written: Export) -> dict[str, Any]:
    """The JSON document of `export`."""
    told = {"kind": wanted.kind, "rows": written.rows, "file": str(output), "masked": not wanted.revealed}
    return told | {"left_out": {name: count for name, count in asdict(written).items() if name != "rows"}}


def _tell_what_is_missing(wanted: Wanted, written: Export) -> None:
    """What does not stand on the sheet, and how it would."""
    if wanted.kind == "customers" and not wanted.revealed:
        render.note(_("Phones are masked and addresses left out; whole: --reveal --reason TEXT"))
    if written.hidden:
        text = _("Texts left out because a telephone number stands in them: {count}; whole: --reveal --reason TEXT")
        render.note(text.format(count=written.hidden))
    if written.too_long:
        text = _("Texts left out because they are too long for a cell of a workbook: {count}; in a .csv they have room")
        render.note(text.format(count=written.too_long))
    if written.unsayable:
        text = _(
            "Records left out because a sheet has no words for them (calls from customers, talks with sales): {count}"
        )
        render.note(text.format(count=written.unsayable))


__all__ = ["mount"]
