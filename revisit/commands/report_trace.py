"""`revisit report trace|figures`: the rows behind a figure, and what every figure means."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from revisit import access, departments, render, staff, wording
from revisit.commands.options import Command, JsonOption, OnOption, context_of
from revisit.context import bad_when
from revisit.db import Sql
from revisit.figures import Slice
from revisit.i18n import N_, _
from revisit.policy.periods import parse_label
from revisit.policy.when import WhenError
from revisit.render import Column
from revisit.reports import tracing
from revisit.reports.values import title_of

VIEW = (
    Column("on", N_("Day"), card=2),
    Column("record", N_("Record"), card=2),
    Column("code", N_("Code"), card=0),
    Column("name", N_("Customer"), card=0),
    Column("rep", N_("Representative"), soft=True),
    Column("what", N_("What"), wrap=True, card=1),
)
FIGURES = (
    Column("name", N_("Name of the figure"), card=0),
    Column("title", N_("Figure"), card=1, soft=True),
    Column("definition", N_("What counts"), wrap=True, card=1),
)


def mount(group: typer.Typer) -> None:
    """Hangs the commands of this file on `revisit report`."""
    group.command("trace", cls=Command, help=_("The rows behind a figure: their sum is the figure."))(trace)
    group.command("figures", cls=Command, help=_("Every figure by its name, and what it counts."))(figures)


def trace(
    ctx: typer.Context,
    period: Annotated[
        str, typer.Argument(metavar=_("PERIOD"), help=_("2026-10, 2026-W41, 2026-Q4, 2026, a day, last."))
    ],
    name: Annotated[str, typer.Argument(metavar=_("FIGURE"), help=_("Its name: revisit report figures"))],
    rep: Annotated[str | None, typer.Option("--rep", metavar=_("LOGIN"), help=_("Only what is this person's."))] = None,
    department: Annotated[
        str | None, typer.Option("--department", metavar=_("NAME"), help=_("Only what is this department's."))
    ] = None,
    region: Annotated[
        str | None, typer.Option("--region", metavar=_("NAME"), help=_("Only customers of this region."))
    ] = None,
    grade: Annotated[
        str | None, typer.Option("--grade", metavar=_("GRADE"), help=_("Only customers of this grade."))
    ] = None,
    rule: Annotated[
        str | None, typer.Option("--rule", metavar=_("RULE"), help=_("Only follow-ups of this rule."))
    ] = None,
    on: OnOption = None,
    as_json: JsonOption = False,
) -> None:
    """Whoever disputes a figure sees the records that make it, one by one."""
    figure = tracing.figure_of(name)
    context = context_of(ctx)
    with context.reading() as (sql, company):
        seen = context.day(on, company)
        try:
            whole = parse_label(period, seen)
        except WhenError as error:
            raise bad_when(error) from error
        viewer = access.viewer(sql, context.actor(sql))
        part = Slice(_people(sql, rep, department), region, grade, rule)
        found = tracing.trace(sql, company, whole, seen, figure, part=part, viewer=viewer)
    if as_json:
        render.as_json(
            {
                "figure": figure.name,
                "definition": _(figure.definition),
                "period": {"from": whole.start, "to": whole.end, "label": whole.label},
                "on": seen,
                "value": found.value,
                "rows": [asdict(row) for row in found.rows],
            }
        )
        return
    with render.paged():
        value = wording.money(found.value) if figure.money else found.value
        title = _("{title} ({name}), {label}: {value}").format(
            title=title_of(figure.name), name=figure.name, label=whole.label, value=value
        )
        render.heading(render.safe(title))
        render.paragraph(_(figure.definition))
        if found.rows:
            render.table([asdict(row) for row in found.rows], VIEW)


def figures(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """A name that ends in dots stands for a family: contacts.channel.phone."""
    found: list[dict[str, Any]] = [
        {"name": name, "title": title, "definition": definition} for name, title, definition in tracing.definitions()
    ]
    if as_json:
        render.as_json(found)
    else:
        with render.paged():
            render.table(found, FIGURES)


def _people(sql: Sql, rep: str | None, department: str | None) -> frozenset[int | None] | None:
    """The staff ids of a person, or of a department."""
    if rep is not None:
        return frozenset({staff.get_by_login(sql, rep, former=True).id})
    if department is not None:
        of = departments.get_department(sql, department, closed=True).id
        return frozenset(one.id for one in staff.list_staff(sql, former=True) if one.department_id == of)
    return None
