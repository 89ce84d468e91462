"""`revisit report close|closed|changes|verify`: the figures of a month frozen, and held against what they would be today."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

import typer

from revisit import access, clock, closing, render, staff, trail
from revisit.closing import Closed, proof
from revisit.commands.options import Command, JsonOption, context_of
from revisit.context import bad_when
from revisit.errors import Refused
from revisit.i18n import N_, _
from revisit.policy.periods import Period, parse_period
from revisit.policy.when import WhenError
from revisit.render import Column
from revisit.reports import closed_section
from revisit.reports.closed import closed_month
from revisit.reports.values import title_of, unit_of, written

MonthArgument = Annotated[str, typer.Argument(metavar=_("MONTH"), help=_("2026-10, last."))]
LIST = (
    Column("label", N_("Month"), card=0), Column("closed_at", N_("Frozen at"), card=1), Column("by", N_("Who"), card=1),
    Column("seen_on", N_("As it stood on"), card=2), Column("sha256", N_("Hash"), soft=True, card=2),
)  # fmt: skip
FIGURES = (
    Column("title", N_("Figure"), card=0), Column("value", N_("How much"), right=True, card=0),
    Column("name", N_("Name of the figure"), soft=True, card=1),
)  # fmt: skip
FAULTS = {
    "document": N_("its hash is {computed}, not {kept}"),
    "hash": N_("the audit knows another hash of it, or nothing of its closing"),
    "head": N_("the last audit row before it was closed is another now, or gone"),
    "chain": N_("the audit was tampered with"),
}


def mount(group: typer.Typer) -> None:
    """Hangs the commands of this file on `revisit report`."""
    group.command("close", cls=Command, help=_("Close a month: its figures are frozen as they stand."))(close)
    group.command("closed", cls=Command, help=_("The closed months, or what was frozen of one."))(closed)
    group.command("changes", cls=Command, help=_("What changed in a closed month since, and every reason."))(changes)
    group.command("verify", cls=Command, help=_("Is a closed month still what was frozen?"))(verify)


def close(ctx: typer.Context, month: MonthArgument, as_json: JsonOption = False) -> None:
    """As it stood at the end of yesterday, with policies, calendar and the audit's head under one hash. For those who lead."""
    context = context_of(ctx)
    with context.unit() as unit:
        period = _month(month, unit.today)
        made = closing.close(
            unit.session, unit.sql, unit.company, period, actor=unit.actor, today=unit.today, at=unit.now
        )
        timezone = unit.company.timezone
    if as_json:
        render.as_json(_line(made, timezone))
        return
    render.tell(_("{label} is closed, as it stood on {day}.").format(label=made.period.label, day=made.seen_on))
    render.tell(_("Hash: {hash}").format(hash=made.sha256))


def closed(
    ctx: typer.Context,
    month: Annotated[str | None, typer.Argument(metavar=_("[MONTH]"), help=_("2026-10, last."))] = None,
    as_json: JsonOption = False,
) -> None:
    """The document of a month is the same text whenever it is asked for; its hash is that of the document without it."""
    context = context_of(ctx)
    with context.reading() as (sql, company):
        found = closing.every(sql) if month is None else [closing.get(sql, _month(month, context.today(company)))]
    timezone = company.timezone
    if month is None:
        lines = [_line(one, timezone) for one in found]
        if as_json:
            render.as_json(lines)
        elif lines:
            render.table([one | {"closed_at": f"{one['closed_at']:%Y-%m-%d %H:%M}"} for one in lines], LIST)
        else:
            render.tell(_("No month is closed: revisit report close MONTH"))
        return
    (one,) = found
    if as_json:
        render.as_json(json.loads(one.document) | {"sha256": one.sha256})
        return
    with render.paged():
        at = clock.local(one.closed_at, timezone)
        told = _("{label}, closed at {at} by {who}, as it stood on {day}")
        who = render.safe(one.by)
        render.heading(told.format(label=one.period.label, at=f"{at:%Y-%m-%d %H:%M}", who=who, day=one.seen_on))
        rows = [
            {"name": name, "title": title_of(name), "value": written(value, unit_of(name))}
            for name, value in one.figures.items()
            if value
        ]
        render.table(rows, FIGURES)
        render.paragraph(_("Hash: {hash}").format(hash=one.sha256))


def changes(ctx: typer.Context, month: MonthArgument, as_json: JsonOption = False) -> None:
    """The month is counted again as it stood on the day of closing, from what is known now."""
    context = context_of(ctx)
    with context.reading() as (sql, company):
        actor = context.actor(sql)
        trail.visible_to(sql, actor)
        period = _month(month, context.today(company))
        closing.get(sql, period)
        viewer = access.viewer(sql, actor)
        found = closed_month(sql, company, period, viewer, all_reasons=True)
    assert found is not None
    if as_json:
        render.as_json(asdict(found))
        return
    from revisit.commands.papers import show_blocks

    with render.paged():
        show_blocks(list(closed_section.blocks(found, whole=True)))


def verify(ctx: typer.Context, month: MonthArgument, as_json: JsonOption = False) -> None:
    """Its hash is computed again, and held against the one in the audit, which is followed from its first row."""
    context = context_of(ctx)
    with context.reading() as (sql, company):
        actor = context.actor(sql)
        if actor is None:
            raise staff.nobody()
        access.require_role(actor, "audit")
        period = _month(month, context.today(company))
        found = next((one for one in proof.prove(sql) if one.label == period.label), None)
        if found is None:
            closing.get(sql, period)
    assert found is not None
    if as_json:
        render.as_json({"label": found.label, "sha256": found.computed, "kept": found.kept, "faults": found.faults})
    if found.faults:
        params = {"computed": found.computed or "–", "kept": found.kept or "–"}
        raise Refused(
            N_("{label} is not what was frozen: {what}"),
            N_("keep this database as it is, and compare it with a backup from before"),
            label=found.label,
            what="; ".join(_(FAULTS[one]).format(**params) for one in found.faults),
        )
    if not as_json:
        render.tell(_("{label} is what was frozen: hash {hash}.").format(label=found.label, hash=found.computed))


def _line(one: Closed, timezone: str) -> dict[str, Any]:
    at = clock.zoned(one.closed_at, timezone)
    return {"label": one.period.label, "closed_at": at, "by": one.by, "seen_on": one.seen_on, "sha256": one.sha256}


def _month(text: str, today: date) -> Period:
    """The month that a person names. Raises WrongUsage."""
    try:
        return parse_period("month", text, today)
    except WhenError as error:
        raise bad_when(error) from error
