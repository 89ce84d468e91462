"""`revisit import KIND FILE`: spreadsheets in, with every refused row explained; `import template`: an empty one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from revisit import access, i18n, intake, progress, render
from revisit.commands.options import Command, DryRunOption, JsonOption, add_group, context_of
from revisit.context import Context
from revisit.errors import WrongUsage
from revisit.i18n import N_, _
from revisit.intake import Receipt
from revisit.policy.access import Deed
from revisit.render import Column

REJECTED = 3
VIEW = (
    Column("row", N_("Row"), right=True),
    Column("column", N_("Column")),
    Column("value", N_("Value")),
    Column("reason", N_("Why"), wrap=True),
)
SHOWN_REJECTS = 40
SHOWN_WARNINGS = 10
WIDEST_VALUE = 40
STAGES = {
    "reading": N_("reading the file"),
    "rows": N_("understanding the rows"),
    "writing": N_("writing"),
    "register": N_("planning follow-ups"),
}
KindArgument = Annotated[
    str, typer.Argument(metavar=_("KIND"), help=_("customers, orders, revisits, sales-followups or staff"))
]


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    group = add_group(app, "import", _("Bring in a spreadsheet: customers, orders, revisits, sales-followups, staff."))
    group.command("import", cls=Command)(import_file)
    group.command("template", cls=Command, help=_("An empty spreadsheet of a kind to fill in, explained."))(template)


def import_file(
    ctx: typer.Context,
    kind: KindArgument,
    file: Annotated[Path, typer.Argument(metavar=_("FILE"), help=_("xlsx, xls, ods, csv or tsv"))],
    dry_run: DryRunOption = False,
    sheet: Annotated[str | None, typer.Option("--sheet", metavar=_("NAME"), help=_("The sheet to read."))] = None,
    create_customers: Annotated[
        bool, typer.Option("--create-customers", help=_("Make files for customers that are not known yet."))
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Valid rows go in, the others are listed with their reason (exit code 3). Importing a file again changes nothing."""
    with progress.shown(STAGES) as tell:
        receipt = import_spreadsheet(
            context_of(ctx),
            kind=kind,
            file=file,
            sheet=sheet,
            dry_run=dry_run,
            create_customers=create_customers,
            told=tell,
        )
    if receipt.imported_before is not None:
        render.note(_("This file was imported before, on {day}.").format(day=receipt.imported_before.date()))
    if as_json:
        render.as_json(document(receipt, dry_run=dry_run))
    else:
        show_receipt(receipt, dry_run=dry_run)
    if receipt.rejected:
        told = (
            _("rows that would be rejected: {count}")
            if dry_run
            else _("rejected rows: {count}; correct them and import the file again")
        )
        render.note(told.format(count=receipt.rejected))
        raise typer.Exit(REJECTED)


def template(
    ctx: typer.Context,
    kind: KindArgument,
    output: Annotated[Path, typer.Option("--output", "-o", metavar=_("FILE"), help=_("The workbook to write, .xlsx."))],
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="zh|en", help=_("Its language; the one in use unless told."))
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=_("Replace the file if it is there already."))] = False,
) -> None:
    """Header, examples, words to choose from and a sheet that explains every column. It can be imported as it is."""
    from revisit.intake.template import write_template

    if output.suffix.lower() != ".xlsx":
        raise WrongUsage(N_("{file} does not end in .xlsx"), N_("for example -o customers.xlsx"), file=output.name)
    if lang is not None and lang not in i18n.LANGUAGES:
        raise WrongUsage(N_("there is no language {language}"), N_("languages: zh, en"), language=lang)
    write_template(output, kind, lang or i18n.language(), replace=yes)
    told = _("{file} is written. Delete its example rows, fill it in, then: revisit import {kind} {file}")
    render.tell(told.format(file=render.safe(output), kind=kind))


def import_spreadsheet(
    context: Context,
    *,
    kind: str,
    file: Path,
    sheet: str | None = None,
    dry_run: bool = False,
    create_customers: bool = False,
    told: intake.Progress = intake.untold,
) -> Receipt:
    """Reads a spreadsheet and writes it in one transaction, or rolls the same work back."""
    intake.load_layout(kind)
    deed: Deed = "staff" if kind == "staff" else "import"
    with context.reading() as (sql, _company):  # no database, not ours, or not allowed: said before the file is read
        actor = context.actor(sql)
        if actor is not None:
            access.require_role(actor, deed)
    reading = intake.read_rows(file, kind, sheet, told)
    with context.unit(dry_run=dry_run) as unit:
        access.require_role(unit.actor, deed)
        receipt = intake.run_import(
            unit.session,
            unit.sql,
            kind=kind,
            reading=reading,
            staff_id=unit.actor.id,
            now=unit.now,
            timezone=unit.company.timezone,
            create_customers=create_customers,
            progress=told,
        )
        unit.replan(lambda done, total: told("register", done, total))
        return receipt


def document(receipt: Receipt, *, dry_run: bool) -> dict[str, Any]:
    """The JSON document of `import`."""
    reading = receipt.reading
    return {
        "batch": None if dry_run else receipt.batch,
        "kind": receipt.kind,
        "rows": reading.rows,
        "inserted": receipt.inserted,
        "updated": receipt.updated,
        "unchanged": receipt.unchanged,
        "rejected": receipt.rejected,
        "blank": reading.blank,
        "skipped": reading.skipped,
        "warnings": [_(template).format(**params) for template, params in reading.told_warnings()],
        "columns": reading.columns,
        "rejects": [
            {"row": one.row, "column": one.column, "value": one.value, "reason": _(one.template).format(**one.params)}
            for one in reading.rejects
        ],
        "imported_before": receipt.imported_before,
    }


def show_receipt(receipt: Receipt, *, dry_run: bool) -> None:
    """The receipt on the screen."""
    told = document(receipt, dry_run=dry_run)
    title = _("Dry run of {file}: nothing was written") if dry_run else _("{file} imported as batch {batch}")
    render.heading(title.format(file=render.safe(receipt.reading.path.name), batch=receipt.batch))
    render.tell(
        _(
            "{rows} rows = {inserted} new + {updated} changed + {unchanged} unchanged + {rejected} rejected "
            "+ {blank} blank + {skipped} titles and totals"
        ).format(
            **{
                name: told[name]
                for name in ("rows", "inserted", "updated", "unchanged", "rejected", "blank", "skipped")
            }
        )
    )
    unknown = [title for title, field in told["columns"].items() if field is None]
    if unknown:
        render.tell(
            _("Unknown columns, kept with their rows: {columns}").format(columns=render.safe(", ".join(unknown)))
        )
    if told["rejects"]:
        render.tell()
        shown = [one | {"value": _short(one["value"])} for one in told["rejects"][:SHOWN_REJECTS]]
        render.table(shown, VIEW)
        if len(told["rejects"]) > SHOWN_REJECTS:
            render.tell(
                _("… and {count} more: all of them with --json").format(count=len(told["rejects"]) - SHOWN_REJECTS)
            )
    for text in told["warnings"][:SHOWN_WARNINGS]:
        render.note(_("Note: {text}").format(text=render.safe(text)))
    if len(told["warnings"]) > SHOWN_WARNINGS:
        render.note(_("… and {count} more notes").format(count=len(told["warnings"]) - SHOWN_WARNINGS))
    sys.stderr.flush()


def _short(value: str) -> str:
    """A cell as the table of rejects has room for it."""
    text = render.safe(value)
    short = text[:WIDEST_VALUE]
    while render.width(short) > WIDEST_VALUE - 1:
        short = short[:-1]
    return text if render.width(text) <= WIDEST_VALUE else short + "…"
