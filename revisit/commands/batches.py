"""`revisit import list`, `revisit import undo N`: the imports there were, and one of them taken back."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import typer

from revisit import approvals, clock, merging, progress, render, undoing, wording
from revisit.commands.options import Command, DryRunOption, JsonOption, context_of
from revisit.context import Context
from revisit.errors import WrongUsage
from revisit.i18n import N_, _
from revisit.intake import KINDS
from revisit.progress import Progress
from revisit.render import Column
from revisit.undoing import Batch, Kept, Undone
from revisit.undoing.work import Why

NEWEST = 50
SHORT_HASH = 8  # characters of a hash that a person compares by eye
SHOWN_KEPT = 40
BATCHES = (
    Column("batch", N_("Import"), right=True, card=0),
    Column("at", N_("When"), card=0),
    Column("who", N_("Who"), card=2),
    Column("kind", N_("Kind"), card=0),
    Column("file", N_("File"), wrap=True, card=1),
    Column("hash", N_("Hash"), soft=True),
    Column("counts", N_("Rows"), wrap=True, card=3),
    Column("undone", N_("Undone"), wrap=True, card=4),
)
KEPT = (
    Column("code", N_("Code"), card=0),
    Column("what", N_("What"), wrap=True, card=0),
    Column("why", N_("Why"), wrap=True, card=1),
)
COUNTED = {
    "inserted": N_("{count} new"),
    "updated": N_("{count} changed"),
    "unchanged": N_("{count} unchanged"),
    "rejected": N_("{count} rejected"),
}
STAGES = {"undoing": N_("taking back"), "register": N_("planning follow-ups")}
BatchArgument = Annotated[int, typer.Argument(metavar=_("N"), help=_("Its number: revisit import list"))]


def mount(group: typer.Typer) -> None:
    """Hangs the commands of this file on the group of `import`."""
    group.command("list", cls=Command, help=_("The imports there were: file, hash, who, when, how many rows."))(
        list_imports
    )
    group.command("undo", cls=Command, help=_("Take an import back: what it changed and what it made."))(undo_import)


def list_imports(
    ctx: typer.Context,
    kind: Annotated[str | None, typer.Option("--kind", metavar=_("KIND"), help=_("Only this kind."))] = None,
    limit: Annotated[
        int, typer.Option("--limit", "-n", metavar=_("N"), min=0, help=_("Only the newest; 0: all of them."))
    ] = NEWEST,
    as_json: JsonOption = False,
) -> None:
    """The newest first. An import that was undone stays in the list, with the day and who undid it."""
    if kind is not None and kind not in (*KINDS, merging.KIND):
        known = ", ".join((*KINDS, merging.KIND))
        raise WrongUsage(N_("there is no kind of import {kind}"), N_("kinds: {known}"), kind=kind, known=known)
    with context_of(ctx).reading() as (sql, company):
        found, total = undoing.list_batches(sql, kind=kind, limit=limit or None)
    if as_json:
        render.as_json({"imports": [_as_document(one, company.timezone) for one in found], "total": total})
        return
    if not found:
        render.tell(_("Nothing was imported yet."))
        return
    with render.paged():
        render.table([_line(one, company.timezone) for one in found], BATCHES)
    if total > len(found):
        render.note(_("{count} older imports are not shown; --limit 0 shows all.").format(count=total - len(found)))


def undo_import(
    ctx: typer.Context,
    batch: BatchArgument,
    dry_run: DryRunOption = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=_("Do not ask first."))] = False,
    as_json: JsonOption = False,
) -> None:
    """What somebody has changed or added since stays, and is named. Representatives undo their own imports only."""
    context = context_of(ctx)
    if not dry_run and not yes:
        ask(context, batch)
    with progress.shown(STAGES) as tell:
        found, timezone = take_back(context, batch, dry_run=dry_run, told=tell)
    if as_json:
        render.as_json(document(found, timezone, dry_run=dry_run))
    else:
        show(found, timezone, dry_run=dry_run)


def take_back(context: Context, batch: int, *, dry_run: bool, told: Progress) -> tuple[Undone, str]:
    """Undoes an import in one transaction, or rolls the same work back; what came of it, and the company's time zone."""
    with context.unit(dry_run=dry_run) as unit:
        found = undoing.undo(unit.session, unit.sql, batch, unit.actor, unit.now, told)
        unit.replan(lambda done, total: told("register", done, total))
        return found, unit.company.timezone


def ask(context: Context, batch: int) -> None:
    """Shows on a terminal what an undo would do and asks. Raises WrongUsage where nobody can answer, Exit for a no."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise WrongUsage(
            N_("nobody can be asked here whether import {number} is to be undone"),
            N_("look with --dry-run what it would do, then say --yes"),
            number=batch,
        )
    with progress.shown(STAGES) as tell:
        found, timezone = take_back(context, batch, dry_run=True, told=tell)
    show(found, timezone, dry_run=True)
    if not typer.confirm(_("Undo import {number}?").format(number=batch), err=True):
        render.note(_("Nothing was changed."))
        raise typer.Exit(1)


def document(found: Undone, timezone: str, *, dry_run: bool) -> dict[str, Any]:
    """The JSON document of `import undo`."""
    one = found.batch
    return {
        "batch": one.id,
        "kind": one.kind,
        "file": one.file,
        "undone_at": None if dry_run or one.undone_at is None else clock.zoned(one.undone_at, timezone),
        "freed": list(found.freed),
        "restored": found.restored,
        "removed": found.removed,
        "withdrawn": list(found.withdrawn),
        "kept": [
            {
                "table": kept.table,
                "code": kept.code,
                "label": kept.label,
                "columns": list(kept.columns),
                "reason": kept.why.code,
                "who": kept.why.who,
                "at": clock.zoned(kept.why.at, timezone) if kept.why.at else None,
                "action": kept.why.action or None,
                "batch": kept.why.batch,
            }
            for kept in found.kept
        ],
    }


def show(found: Undone, timezone: str, *, dry_run: bool) -> None:
    """What an undo did, or would do, on the screen."""
    one = found.batch
    title = (
        _("Dry run: import {number} ({file}) would be undone; nothing was changed")
        if dry_run
        else _("Import {number} ({file}) is undone")
    )
    render.heading(title.format(number=one.id, file=render.safe(_file(one))))
    render.paragraph(_("Changed back: {rows}").format(rows=_rows(found.restored)))
    render.paragraph(_("Removed: {rows}").format(rows=_rows(found.removed)))
    if found.withdrawn:
        numbers = wording.listed(map(approvals.called, found.withdrawn[:SHOWN_KEPT]))
        more = " …" if len(found.withdrawn) > SHOWN_KEPT else ""
        told = _("Approvals withdrawn: {count} ({numbers})")
        render.paragraph(told.format(count=len(found.withdrawn), numbers=numbers + more))
    if found.freed:
        numbers = wording.listed(map(str, found.freed))
        render.paragraph(_("With it goes what it had held of imports undone before: {numbers}").format(numbers=numbers))
    if not found.kept:
        return
    render.paragraph(_("Kept, since somebody or a later import has touched it: {count}").format(count=len(found.kept)))
    render.tell()
    render.table([_kept_line(kept, timezone) for kept in found.kept[:SHOWN_KEPT]], KEPT)
    if len(found.kept) > SHOWN_KEPT:
        render.tell(_("… and {count} more: all of them with --json").format(count=len(found.kept) - SHOWN_KEPT))
    batches = sorted(
        {kept.why.batch for kept in found.kept if kept.why.code == "import" and kept.why.batch is not None}
    )
    if batches:
        numbers = wording.listed(map(str, batches))
        render.note(_("What later imports hold goes when they are undone as well: {numbers}").format(numbers=numbers))


def _rows(counts: Mapping[str, int]) -> str:
    parts = [_("{what}: {count}").format(what=wording.table(name), count=count) for name, count in counts.items()]
    return wording.listed(parts) if parts else _("nothing")


def _kept_line(kept: Kept, timezone: str) -> dict[str, Any]:
    what = wording.table(kept.table)
    if kept.label:
        what = _("{table} {number}").format(table=what, number=kept.label)
    if kept.columns:
        names = (name.removesuffix("_cents").removesuffix("_id") for name in kept.columns)
        columns = wording.listed(wording.column(name) for name in names)
        what = _("{what}: {columns}").format(what=what, columns=columns)
    return {"code": kept.code or "", "what": what, "why": _why(kept.why, timezone)}


def _why(why: Why, timezone: str) -> str:
    """What keeps it, as a sentence."""
    if why.code == "person":
        action = _("{action}: {what}").format(action=wording.action(why.action), what=wording.table(why.table))
        return _("{who} on {when} ({action})").format(who=why.who, when=_shown(why.at, timezone), action=action)
    if why.code == "import":
        return _("import {number} has built on it").format(number=why.batch)
    if why.code == "taken":
        return _("what it was is another one's now")
    if why.table == "audit":
        return _("works here")
    return _("in use: {what}").format(what=wording.table(why.table))


def _as_document(one: Batch, timezone: str) -> dict[str, Any]:
    return {
        "batch": one.id,
        "at": clock.zoned(one.at, timezone) if one.at else None,
        "who": one.who,
        "kind": one.kind,
        "file": one.file,
        "sha256": one.sha256,
        "counts": one.counts,
        "undone_at": clock.zoned(one.undone_at, timezone) if one.undone_at else None,
        "undone_by": one.undone_by or None,
    }


def _line(one: Batch, timezone: str) -> dict[str, Any]:
    undone = ""
    if one.undone_at is not None:
        undone = _("undone on {day} by {who}").format(day=_shown(one.undone_at, timezone)[:10], who=one.undone_by)
    return {
        "batch": one.id,
        "at": _shown(one.at, timezone),
        "who": one.who,
        "kind": one.kind,
        "file": _file(one),
        "hash": one.sha256[:SHORT_HASH],
        "counts": _counts(one.counts),
        "undone": undone,
    }


def _file(one: Batch) -> str:
    """The name of the file; of a merge which file went into which."""
    return one.file or _("{other} into {keep}").format(other=one.counts.get("other"), keep=one.counts.get("keep"))


def _counts(counts: Mapping[str, Any]) -> str:
    """How many rows were new, changed …; of a merge how many moved, by table."""
    if "inserted" in counts:
        parts = [_(text).format(count=counts[name]) for name, text in COUNTED.items() if counts.get(name)]
        return wording.listed(parts) if parts else _("nothing")
    return wording.listed(
        _("{what}: {count}").format(what=wording.table(name), count=count)
        for name, count in counts.items()
        if isinstance(count, int)
    )


def _shown(at: datetime | None, timezone: str) -> str:
    return clock.local(at, timezone).strftime("%Y-%m-%d %H:%M") if at else "?"
