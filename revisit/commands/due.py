"""`revisit due`: the morning list."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from revisit import render, scheduler, staff, wording
from revisit.commands.options import Command, JsonOption, OnOption, RepOption, context_of
from revisit.errors import WrongUsage
from revisit.i18n import N_, _
from revisit.render import Column
from revisit.scheduler import DueLine, Morning

VIEW = (
    Column("place", N_("#"), right=True),
    Column("code", N_("Code")),
    Column("who", N_("Customer")),
    Column("phone", N_("Phone")),
    Column("by", N_("Call by")),
    Column("rule", N_("Rule")),
    Column("reason", N_("Why"), wrap=True),
)


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    app.command("due", cls=Command, help=_("The morning list: who must be contacted today, by when, and why."))(due)


def due(
    ctx: typer.Context,
    on: OnOption = None,
    rep: RepOption = None,
    everybody: Annotated[bool, typer.Option("--all", help=_("Everybody's customers."))] = False,
    unassigned: Annotated[bool, typer.Option("--unassigned", help=_("Customers without a representative."))] = False,
    rule: Annotated[str | None, typer.Option("--rule", metavar=_("RULE"), help=_("Only lines of this rule."))] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", "-n", min=0, metavar=_("N"), help=_("Only the first lines."))
    ] = None,
    excluded: Annotated[
        bool, typer.Option("--excluded", help=_("Who is waived, excluded or cannot be judged, and why."))
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """A representative sees the own customers, everybody else all of them; --rep, --all and --unassigned say otherwise."""
    if sum((everybody, unassigned, rep is not None)) > 1:
        raise WrongUsage(N_("--all, --rep and --unassigned exclude each other"), N_("name one of them"))
    if rule is not None:
        scheduler.check_rule(rule)
    context = context_of(ctx)
    with context.reading() as (sql, company):
        me = context.actor(sql)
        whose = None
        if rep is not None:
            whose = staff.get_by_login(sql, rep)
        elif me is not None and not me.sees_all and not everybody and not unassigned:
            whose = me
        day = context.day(on, company)
        found = scheduler.morning(
            sql,
            company,
            on=day,
            rep=(whose.id, whose.login) if whose else None,
            unassigned=unassigned,
            viewer=me.id if me else None,
        )
        covered = company.calendar.covers(day)
        fresh_days = company.policies.on(day).orders_fresh_days
    shown = [
        line for line in found.items if rule is None or line.rule == rule or any(o["rule"] == rule for o in line.also)
    ]
    if limit is not None:
        shown = shown[:limit]
    if not covered:
        render.note(
            _("The working calendar of {year} is not published here: only weekends count as rest days.").format(
                year=day.year
            )
        )
    if as_json:
        render.as_json(document(found, shown))
    elif excluded:
        _show_excluded(found)
    else:
        _show(found, shown, fresh_days)


def document(found: Morning, shown: list[DueLine]) -> dict[str, Any]:
    """The JSON document of `due`."""
    return {
        "on": found.on,
        "rep": found.rep,
        "census": found.census,
        "orders_known_to": found.orders_known_to,
        "items": [asdict(line) for line in shown],
        "paperwork": [],
        "excluded": [asdict(one) for one in found.aside],
    }


def census_line(census: dict[str, int]) -> str:
    """The census as a sum: everybody stands in exactly one class."""
    return _(
        "{customers} customers = {due} due + {promised} promised + {settled} settled + {waived} waived "
        "+ {excluded} excluded + {defective} defective"
    ).format(**census)


def row_of(place: int, line: DueLine) -> dict[str, Any]:
    """A line of the list as the table shows it."""
    others = dict.fromkeys(one["rule"] for one in line.also if one["rule"] != line.rule)
    also = wording.listed(wording.rule(name) for name in others)
    by = line.call_by.strftime("%m-%d")
    if line.at is not None:
        by += line.at.strftime(" %H:%M")
    if line.status == "overdue":
        by += " " + _("overdue")
    reason = f"{line.reason} [{line.clause}]"
    if line.attempts:
        reason += _("; ") + _("attempts: {attempts}").format(attempts=line.attempts)
    if also:
        reason += _("; ") + _("also {rules}").format(rules=also)
    return {
        "place": place,
        "code": line.code,
        "who": line.name + (f" ({line.grade})" if line.grade else ""),
        "phone": line.phone or _("no phone"),
        "by": by,
        "rule": wording.rule(line.rule),
        "reason": reason,
    }


def _show(found: Morning, shown: list[DueLine], fresh_days: int) -> None:
    whose = found.rep or _("everybody")
    render.heading(
        _("{on}: {due} customers to contact ({whose})").format(
            on=found.on, due=found.census["due"], whose=render.safe(whose)
        )
    )
    if shown:
        render.table([row_of(place, line) for place, line in enumerate(shown, 1)], VIEW)
    else:
        render.tell(_("Nobody has to be contacted."))
    if len(shown) < found.census["due"]:
        render.tell(_("{shown} of {due} shown").format(shown=len(shown), due=found.census["due"]))
    render.tell(census_line(found.census))
    if found.orders_known_to is None:
        render.tell(_("No orders are known."))
        return
    render.tell(_("Orders known up to {day}.").format(day=found.orders_known_to))
    if (found.on - found.orders_known_to).days > fresh_days:
        render.note(
            _("Orders are known only up to {day}: import newer ones before reproaching a customer.").format(
                day=found.orders_known_to
            )
        )


def _show_excluded(found: Morning) -> None:
    view = (
        Column("code", N_("Code")),
        Column("name", N_("Customer")),
        Column("group", N_("Class")),
        Column("why", N_("Why"), wrap=True),
        Column("since", N_("Since")),
    )
    groups = {"excluded": _("excluded"), "waived": _("waived"), "defective": _("cannot be judged")}
    rows = [
        {
            "code": one.code,
            "name": one.name,
            "group": groups[one.group],
            "why": wording.listed(wording.missing(code) for code in one.missing),
            "since": one.since,
        }
        for one in found.aside
    ]
    if rows:
        render.table(rows, view)
    render.tell(census_line(found.census))
