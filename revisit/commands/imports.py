"""`revisit import KIND FILE`: spreadsheets in, with every refused row explained; `import template`: an empty one."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from revisit import access, i18n, intake, posts, progress, render, trail, wording
from revisit.commands import applied, batches
from revisit.commands.options import Command, DryRunOption, JsonOption, YesOption, add_group, context_of
from revisit.context import Context
from revisit.errors import Refused, WrongUsage
from revisit.i18n import N_, _
from revisit.intake import Receipt, aliases, mapping
from revisit.intake.ledger import Change
from revisit.intake.refusals import Reject
from revisit.policy.access import Deed
from revisit.render import Column
from revisit.sheets.writing import check_place

REJECTED = 3
VIEW = (
    Column("row", N_("Row"), right=True),
    Column("column", N_("Column")),
    Column("value", N_("Value")),
    Column("reason", N_("Why"), wrap=True),
)
CHANGES = (
    Column("row", N_("Row"), right=True),
    Column("of", N_("Code")),
    Column("column", N_("Column")),
    Column("old", N_("Before"), wrap=True),
    Column("new", N_("After"), wrap=True),
)
SHOWN_REJECTS = 40
SHOWN_CHANGES = 20
SHOWN_ALIKE = 10
SHOWN_WARNINGS = 10
WIDEST_VALUE = 40
STAGES = {
    "reading": N_("reading the file"),
    "rows": N_("bringing the rows in"),
    "register": N_("planning follow-ups"),
}
KindArgument = Annotated[
    str, typer.Argument(metavar=_("KIND"), help=_("customers, orders, revisits, sales-followups, staff or chats"))
]


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    group = add_group(
        app, "import", _("Bring in a spreadsheet: customers, orders, revisits, sales-followups, staff, chats.")
    )
    group.command("import", cls=Command)(import_file)
    group.command("template", cls=Command, help=_("An empty spreadsheet of a kind to fill in, explained."))(template)
    batches.mount(group)


def import_file(
    ctx: typer.Context,
    kind: KindArgument,
    file: Annotated[Path, typer.Argument(metavar=_("FILE"), help=_("xlsx, xls, ods, csv or tsv"))],
    dry_run: DryRunOption = False,
    sheet: Annotated[
        str | None,
        typer.Option("--sheet", metavar=_("NAME|all"), help=_("The sheet to read, or all that have such a header.")),
    ] = None,
    maps: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar=_("TITLE=FIELD|FILE"),
            help=_("Which field a column is; remembered for files with these columns. - for none."),
        ),
    ] = None,
    dates: Annotated[
        str | None,
        typer.Option(
            "--dates", metavar="dmy|mdy", help=_("How days such as 3/4/2026 are written: day or month first.")
        ),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help=_("Write nothing at all if any row is rejected."))] = False,
    create_customers: Annotated[
        bool, typer.Option("--create-customers", help=_("Make files for customers that are not known yet."))
    ] = False,
    rejects: Annotated[
        Path | None,
        typer.Option(
            "--rejects",
            metavar=_("FILE"),
            help=_("Writes the rejected rows to this workbook (.xlsx), to be corrected there and imported."),
        ),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help=_("Replace the workbook of --rejects if it is there already."))
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
            maps=maps or (),
            dates=dates,
            dry_run=dry_run,
            strict=strict,
            create_customers=create_customers,
            rejects=rejects,
            replace=yes,
            told=tell,
        )
    dry_run = dry_run or (strict and receipt.rejected > 0)
    if receipt.before is not None:
        message = (
            _("This file was imported before, on {day}, and that import was undone.")
            if receipt.before.undone
            else _("This file was imported before, on {day}.")
        )
        render.note(message.format(day=receipt.before.at.date()))
    if as_json:
        render.as_json(document(receipt, dry_run=dry_run))
    else:
        show_receipt(receipt, dry_run=dry_run)
    if receipt.rejected:
        told = (
            _("rejected rows: {count}; nothing was written, as --strict demands")
            if strict
            else _("rows that would be rejected: {count}")
            if dry_run
            else _("rejected rows: {count}")
            if rejects is not None
            else _("rejected rows: {count}; correct them and import the file again")
        )
        render.note(told.format(count=receipt.rejected))
    if rejects is not None:
        _tell_of_rejects(rejects, receipt, create_customers=create_customers)
    if receipt.rejected:
        raise typer.Exit(REJECTED)


def _tell_of_rejects(rejects: Path, receipt: Receipt, *, create_customers: bool) -> None:
    """Where the rejected rows stand, and what is to be done with them."""
    if not receipt.rejected:
        render.note(_("no row was rejected: {file} was not written").format(file=render.safe(str(rejects))))
        return
    told = _("the rejected rows stand in {file}; correct them there, then: revisit import {kind} {again}")
    again = shlex.quote(str(rejects)) + (" --create-customers" if create_customers else "")
    render.note(told.format(file=render.safe(str(rejects)), kind=receipt.kind, again=render.safe(again)))


def template(
    ctx: typer.Context,
    kind: KindArgument,
    output: Annotated[Path, typer.Option("--output", "-o", metavar=_("FILE"), help=_("The workbook to write, .xlsx."))],
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="zh|en", help=_("Its language; the one in use unless told."))
    ] = None,
    yes: YesOption = False,
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
    maps: Sequence[str] = (),
    dates: str | None = None,
    dry_run: bool = False,
    strict: bool = False,
    create_customers: bool = False,
    rejects: Path | None = None,
    replace: bool = False,
    told: intake.Progress = intake.untold,
) -> Receipt:
    """Reads a spreadsheet and writes it in one transaction, or rolls the same work back; `rejects`: the workbook of the rows
    that were refused, if there are any, written before the transaction ends."""
    deed: Deed = "staff" if kind == "staff" else "import"
    if dates not in (None, "dmy", "mdy"):
        raise WrongUsage(N_("--dates {text}: there is no such order"), N_("write dmy or mdy"), text=dates)
    if rejects is not None:
        _check_rejects(rejects, file, replace=replace)
    fields = mapping.said(maps, intake.load_layout(kind))
    with context.reading() as (sql, company):  # no database, not ours, or not allowed: said before the file is read
        actor = context.actor(sql)
        if actor is not None:
            access.require_role(actor, deed)
        meant = aliases.remembered(sql, kind)
        hints = intake.Hints(fields, mapping.remembered(sql, kind), meant, dates, context.today(company))
        highest = intake.highest_id(sql)
    with (
        intake.opened(file, kind, sheet, hints, told, known=highest, once=rejects is None) as reading,
        context.unit(dry_run=dry_run) as unit,
    ):
        access.require_role(unit.actor, deed)
        receipt = intake.run_import(
            unit.session,
            unit.sql,
            reading=reading,
            actor=unit.actor,
            now=unit.now,
            company=unit.company,
            create_customers=create_customers,
        )
        unit.replan(lambda done, total: told("register", done, total))
        if strict and receipt.rejected:
            unit.give_up()
        if rejects is not None and receipt.rejected:
            from revisit.intake.rejected import write_rejects

            write_rejects(rejects, reading, unit.sql, access.viewer(unit.sql, unit.actor), replace=replace)
        return receipt


def _check_rejects(path: Path, file: Path, *, replace: bool) -> None:
    """Whether the workbook of the rejected rows can be written there. Raises WrongUsage, Refused."""
    if path.suffix.lower() != ".xlsx":
        raise WrongUsage(N_("{file} does not end in .xlsx"), N_("for example --rejects rejects.xlsx"), file=path.name)
    if _is_same(path, file):
        raise Refused(
            N_("{file} is the file that is imported; it is never written over"),
            N_("name another file for the rejected rows"),
            file=path.name,
        )
    check_place(path, replace=replace)


def _is_same(path: Path, file: Path) -> bool:
    """Whether both names are those of one file that is there."""
    try:
        return path.samefile(file)
    except OSError:
        return False


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
        "rejects": [_reject(one) for one in reading.rejects],
        "changes": [_change(one, receipt.names) for one in receipt.changes],
        "changed_cells": receipt.changed,
        "applications": [applied.document(one) for one in receipt.applications],
        "possible_duplicates": [one._asdict() for one in receipt.alikes],
        "imported_before": receipt.before.at if receipt.before else None,
    }


def _change(one: Change, names: Mapping[str, Mapping[int, str]]) -> dict[str, Any]:
    """A cell that changes, as everywhere in JSON: amounts as text, people by login, departments by name."""
    old, new = (_cell(one.column, value, names) for value in (one.old, one.new))
    return {"row": one.row, "of": one.of, "column": trail.name_of(one.column), "old": old, "new": new}


def _cell(column: str, value: Any, names: Mapping[str, Mapping[int, str]]) -> Any:
    if isinstance(value, int) and column.endswith("_cents"):
        return wording.money(value)
    if isinstance(value, int) and column.endswith("_id"):
        return names["department" if column == "department_id" else "staff"].get(value, str(value))
    return value


def _reject(one: Reject) -> dict[str, Any]:
    """A refused row; `also` only where more of it was not understood."""
    first, *others = ({"column": bad.column, "value": bad.value, "reason": bad.reason} for bad in one.cells)
    return {"row": one.row} | first | ({"also": others} if others else {})


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
    _show_plan(told)
    if told["rejects"]:
        render.tell()
        shown = [one | {"value": _short(one["value"]), "reason": _why(one)} for one in told["rejects"][:SHOWN_REJECTS]]
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


def _why(reject: dict[str, Any]) -> str:
    """The reason, and which other columns of the row have one."""
    others = ", ".join(one["column"] for one in reject.get("also", ()))
    return (
        _("{reason} (also: {columns})").format(reason=reject["reason"], columns=others) if others else reject["reason"]
    )


def _show_plan(told: dict[str, Any]) -> None:
    """What changes, old → new, and which new customers are perhaps there already."""
    if told["changes"]:
        render.tell()
        rows = [
            {"row": one["row"], "of": one["of"], "column": wording.column(one["column"])}
            | {name: _short(_in_words(one["column"], one[name])) for name in ("old", "new")}
            for one in told["changes"][:SHOWN_CHANGES]
        ]
        render.table(rows, CHANGES)
        if told["changed_cells"] > SHOWN_CHANGES:
            render.tell(_("… and {count} more changed cells").format(count=told["changed_cells"] - SHOWN_CHANGES))
    applied.show(told["applications"])
    for one in told["possible_duplicates"][:SHOWN_ALIKE]:
        message = _("Row {row}: {code} is perhaps {other} ({why}); look: revisit customer duplicates {code}")
        render.note(message.format(**one | {"why": wording.alike(one["why"])}))
    if len(told["possible_duplicates"]) > SHOWN_ALIKE:
        message = _("… and {count} more possible duplicates: revisit customer duplicates")
        render.note(message.format(count=len(told["possible_duplicates"]) - SHOWN_ALIKE))


def _in_words(column: str, value: Any) -> str:
    """What a cell holds as a person reads it."""
    if value in (None, "", access.HIDDEN):
        return value or ""
    if column == "post":
        return posts.shown_post(posts.load_posts(), value)
    if column == "extra":
        lines = json.loads(value)
        parts = (
            f"{title}={text}"
            for line in (lines if isinstance(lines, list) else [lines])
            for title, text in line.items()
        )
        return wording.listed(parts)
    return wording.told(column, value)


def _short(value: str) -> str:
    """A cell as the table of rejects has room for it."""
    text = render.safe(value)
    short = text[:WIDEST_VALUE]
    while render.width(short) > WIDEST_VALUE - 1:
        short = short[:-1]
    return text if render.width(text) <= WIDEST_VALUE else short + "…"
