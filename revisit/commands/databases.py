"""`revisit db info|upgrade`: what the database is and holds, and how it comes up to date."""

from __future__ import annotations

from dataclasses import asdict

import typer

from revisit import databases, db, render
from revisit.commands.options import Command, DryRunOption, JsonOption, add_group, context_of
from revisit.databases import Description
from revisit.i18n import N_, _
from revisit.render import Column

VIEW = (Column("table", N_("Table")), Column("rows", N_("Rows"), right=True))
ADOPTED_BY = (
    N_("from {day}, adopted on {adopted} by {who}"), N_("from {day}, written by {author}, adopted on {adopted} by {who}")
)  # fmt: skip
"""Of a version of the policy, without and with its author."""
UNITS = ("B", "KB", "MB", "GB", "TB")


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    group = add_group(app, "db", _("The database: what it is and holds, and how it comes up to date."))
    group.command("info", cls=Command, help=_("Address, version, schema, size, and the rows of every table."))(info)
    group.command("upgrade", cls=Command, help=_("Brings a database of an older revisit up to date."))(upgrade)


def info(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """A database of an older revision is described, too, and left as it is."""
    found = databases.describe(context_of(ctx).db)
    if as_json:
        render.as_json(asdict(found))
    else:
        _show(found)


def upgrade(
    ctx: typer.Context,
    dry_run: DryRunOption = False,
) -> None:
    """A file comes up to date by itself when it is opened; a server does so here alone, by an administrator."""
    context = context_of(ctx)
    before = databases.revision(context.db)
    where = render.safe(db.shown(context.db))
    if before == db.REVISIONS[-1]:
        render.tell(_("{path} is up to date (schema {revision}).").format(path=where, revision=before))
        return
    if db.is_server(context.db):
        databases.require_administrator(context.db, context.login)
    if dry_run:
        render.tell(
            _("{path} would be brought up to date: schema {before} → {after}. Nothing was changed.").format(
                path=where, before=before, after=db.REVISIONS[-1]
            )
        )
        if not db.is_server(context.db):
            render.tell(_("A verified copy of the file would be put beside it first."))
        return
    done = databases.bring_up_to_date(context.db, login=context.login, at=context.now)
    for line in databases.upgraded(done, context.db) or [
        _("{path} is up to date (schema {revision}).").format(path=where, revision=db.REVISIONS[-1])
    ]:
        render.tell(render.safe(line))


def _show(found: Description) -> None:
    kinds = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
    schema = found.revision
    if schema != found.newest:
        schema += " " + _("(this program needs {newest}: revisit db upgrade)").format(newest=found.newest)
    lines = [
        (_("Database"), found.address),
        (_("Kind"), f"{kinds[found.kind]} {found.version}"),
        (_("Schema"), schema),
        (_("Size"), size(found.size)),
        (_("Company"), f"{found.company} ({found.timezone})"),
        (_("Programme start"), found.start_on.isoformat()),
    ]
    lines += [
        (
            _("Policy"),
            _(ADOPTED_BY[bool(one["written_by"])]).format(
                day=one["in_force_from"],
                adopted=one["adopted_at"].date(),
                who=one["adopted_by"],
                author=one["written_by"],
            ),
        )
        for one in found.policies
    ]
    wide = max(render.width(title) for title, _text in lines) + 2
    for title, text in lines:
        render.tell(render.pad(title, wide) + render.safe(text))
    render.tell()
    render.table([{"table": name, "rows": rows} for name, rows in found.tables.items()], VIEW)


def size(count: int) -> str:
    """A number of bytes as people say it: 1.4 MB."""
    amount = float(count)
    for unit in UNITS[:-1]:
        if amount < 1000:
            return f"{count} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} {UNITS[-1]}"
