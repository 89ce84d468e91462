"""`revisit audit [CUSTOMER]`: who changed what, when; and whether the chain of it holds."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import typer

from revisit import access, audit, clock, customers, render, trail, wording
from revisit.commands.options import LOGIN_METAVAR, Command, JsonOption, context_of
from revisit.company import CompanyInfo
from revisit.context import Context
from revisit.db import Sql
from revisit.errors import Refused, WrongUsage
from revisit.i18n import N_, _
from revisit.render import Column
from revisit.trail import Entry, Trail, Wanted

NEWEST = 200
SHORT_HASH = 12  # characters of a hash, an identifier of a file … that a person compares by eye
VIEW = (
    Column("at", N_("When")),
    Column("who", N_("Who")),
    Column("code", N_("Code")),
    Column("what", N_("What")),
    Column("changes", N_("Details"), wrap=True),
)


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    app.command("audit", cls=Command, help=_("Who changed what, when: old and new."))(show_audit)


def show_audit(
    ctx: typer.Context,
    customer: Annotated[
        str | None,
        typer.Argument(metavar=_("CUSTOMER"), help=_("Only this customer: oldest first, imports cell by cell.")),
    ] = None,
    by: Annotated[str | None, typer.Option("--by", metavar=LOGIN_METAVAR, help=_("Only what this person did."))] = None,
    since: Annotated[str | None, typer.Option("--since", metavar=_("DATE"), help=_("From this day on."))] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar=_("DATE"), help=_("Up to this day, included."))
    ] = None,
    action: Annotated[
        str | None,
        typer.Option(
            "--action",
            metavar=_("WORD"),
            help=_("Only this kind of change: {words}").format(words=wording.listed(wording.ACTIONS)),
        ),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", "-n", metavar=_("N"), min=0, help=_("Only the newest; 0: all of them."))
    ] = NEWEST,
    verify: Annotated[
        bool, typer.Option("--verify", help=_("Follow the chain from its beginning instead: does every row still fit?"))
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Representatives see what they did themselves, supervisors their team, administrators and auditors everything."""
    context = context_of(ctx)
    if verify:
        if any(one is not None for one in (customer, by, since, until, action)):
            raise WrongUsage(N_("--verify follows the whole chain"), N_("leave customer and filters out"))
        _verify(context, as_json)
        return
    with context.reading() as (sql, company):
        actor = context.actor(sql)
        trail.visible_to(sql, actor)
        wanted = Wanted(
            customer=customers.get_customer(sql, customer, access.viewer(sql, actor)) if customer is not None else None,
            by=by,
            since=_day(context, since, company),
            until=_day(context, until, company),
            action=_action(action, trail.actions(sql)) if action is not None else None,
        )
        found = trail.read(sql, actor, wanted, timezone=company.timezone, limit=limit or None)
        head = _head(sql)
    entries = found.entries[::-1] if customer is not None else found.entries
    if as_json:
        rows = [_as_document(one, company.timezone) for one in entries]
        render.as_json({"rows": rows, "verified": None, "head": head})
    else:
        _show(entries, company.timezone)
    _tell_rest(found)


def _verify(context: Context, as_json: bool) -> None:
    """Raises Refused where the chain is broken, and for whoever may not look at all of it."""
    with context.reading() as (sql, _company):
        actor = context.actor(sql)
        trail.visible_to(sql, actor)
        assert actor is not None
        access.require_role(actor, "verify")
        chain = audit.verify(sql)
        hold = chain.rows
        if chain.broken_at is not None:
            hold = int(sql.rows(trail.ROWS_BEFORE, id=chain.broken_at)[0][0])
    if as_json:
        render.as_json({"rows": [], "verified": hold, "head": chain.head})
    else:
        render.tell(_("{count} audit rows fit together.").format(count=hold))
        render.tell(_("Head: {hash}").format(hash=chain.head))
    if chain.broken_at is not None:
        raise Refused(
            N_("the audit was tampered with: row {row} of {count} does not fit the one before"),
            N_("keep this database as it is, and compare it with a backup from before"),
            row=hold + 1,
            count=chain.rows,
        )


def _show(entries: tuple[Entry, ...], timezone: str) -> None:
    if not entries:
        render.tell(_("Nothing was changed."))
        return
    with render.paged():
        render.table([_row(one, timezone) for one in entries], VIEW)


def _tell_rest(found: Trail) -> None:
    rest = found.total - len(found.entries)
    if rest:
        render.note(_("{count} older changes are not shown; --limit 0 shows all.").format(count=rest))


def _row(entry: Entry, timezone: str) -> dict[str, Any]:
    what = wording.table(entry.table)
    if entry.revisit is not None:
        what = _("{table} {number}").format(table=what, number=entry.revisit)
    elif entry.batch is not None:
        what = _("{table} (import {number})").format(table=what, number=entry.batch)
    parts = (wording.change(name, _short(name, old), _short(name, new)) for name, (old, new) in entry.changes.items())
    return {
        "at": clock.local(entry.at, timezone).strftime("%Y-%m-%d %H:%M") if entry.at else "?",
        "who": entry.who,
        "code": entry.code or "",
        "what": _("{action}: {what}").format(action=wording.action(entry.action), what=what),
        "changes": wording.listed(parts),
    }


def _short(name: str, value: Any) -> Any:
    """A value as a person reads it: an instant without its zone, a hash by its beginning."""
    if not isinstance(value, str):
        return value
    if name in ("sha256", "images"):
        return value[:SHORT_HASH] + "…"
    return datetime.fromisoformat(value).strftime("%Y-%m-%d %H:%M") if name.endswith("_at") else value


def _as_document(entry: Entry, timezone: str) -> dict[str, Any]:
    return {
        "at": clock.zoned(entry.at, timezone) if entry.at else None,
        "who": entry.who,
        "action": entry.action,
        "table": entry.table,
        "code": entry.code,
        "revisit": entry.revisit,
        "batch": entry.batch,
        "changes": entry.changes,
    }


def _head(sql: Sql) -> str:
    newest = sql.rows(audit.NEWEST)
    return newest[0][0] if newest else ""


def _day(context: Context, text: str | None, company: CompanyInfo) -> date | None:
    return context.day(text, company) if text is not None else None


def _action(typed: str, happened: list[str]) -> str:
    """The code of an action, typed as such or in words. Raises WrongUsage."""
    known = {**{one: one for one in happened}, **{wording.action(one): one for one in (*wording.ACTIONS, *happened)}}
    known |= {one: one for one in wording.ACTIONS}
    if typed not in known:
        codes = ", ".join(dict.fromkeys((*wording.ACTIONS, *happened)))
        raise WrongUsage(N_("there is no action {action}"), N_("one of: {known}"), action=typed, known=codes)
    return known[typed]
