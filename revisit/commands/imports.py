"""`revisit import KIND FILE`: spreadsheets in, with every refused row explained."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from revisit import intake, render
from revisit.commands.options import Command, JsonOption, context_of
from revisit.context import Context
from revisit.i18n import N_, _
from revisit.intake import Receipt
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


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    app.command("import", cls=Command, help=_("Bring in a spreadsheet: customers, orders, revisits, sales-followups."))(
        import_file
    )


def import_file(
    ctx: typer.Context,
    kind: Annotated[str, typer.Argument(metavar=_("KIND"), help=_("customers, orders, revisits or sales-followups"))],
    file: Annotated[Path, typer.Argument(metavar=_("FILE"), help=_("xlsx, xls, ods, csv or tsv"))],
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("Say what would happen; change nothing."))] = False,
    sheet: Annotated[str | None, typer.Option("--sheet", metavar=_("NAME"), help=_("The sheet to read."))] = None,
    create_customers: Annotated[
        bool, typer.Option("--create-customers", help=_("Make files for customers that are not known yet."))
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Valid rows go in, the others are listed with their reason (exit code 3). Importing a file again changes nothing."""
    receipt = import_spreadsheet(
        context_of(ctx), kind=kind, file=file, sheet=sheet, dry_run=dry_run, create_customers=create_customers
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


def import_spreadsheet(
    context: Context,
    *,
    kind: str,
    file: Path,
    sheet: str | None = None,
    dry_run: bool = False,
    create_customers: bool = False,
) -> Receipt:
    """Reads a spreadsheet and writes it in one transaction, or rolls the same work back."""
    intake.load_layout(kind)
    with context.reading():
        pass  # no database, or not ours: said before the file is read
    reading = intake.read_rows(file, kind, sheet)
    with context.unit(dry_run=dry_run) as unit:
        return intake.run_import(
            unit.session,
            unit.sql,
            kind=kind,
            reading=reading,
            staff_id=unit.actor.id,
            now=unit.now,
            timezone=unit.company.timezone,
            create_customers=create_customers,
        )


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
