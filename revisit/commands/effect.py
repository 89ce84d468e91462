"""`revisit effect`: orders after contacts, beside those of customers who were owed a contact and not reached."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from revisit import access, render, scheduler, staff
from revisit.commands.options import JsonOption, OnOption, context_of
from revisit.commands.periods import (
    DayOption,
    FromOption,
    MonthOption,
    PeriodCommand,
    QuarterOption,
    ToOption,
    Typed,
    WeekOption,
    YearOption,
)
from revisit.commands.report_pack import show
from revisit.company import CompanyInfo
from revisit.errors import WrongUsage
from revisit.i18n import N_, _
from revisit.policy.plan import RULES
from revisit.reports import effect_sections
from revisit.reports.effect import Effect, effect
from revisit.reports.effect_sections import WARNING


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    told = _(
        "Orders within 14 and 30 days after contacts, beside those of customers owed a contact and not reached; without a "
        "period of the last quarter."
    )
    app.command("effect", cls=PeriodCommand, help=told)(effect_)


def effect_(
    ctx: typer.Context,
    day: DayOption = None,
    week: WeekOption = None,
    month: MonthOption = None,
    quarter: QuarterOption = None,
    year: YearOption = None,
    first: FromOption = None,
    last: ToOption = None,
    rule: Annotated[str | None, typer.Option("--rule", metavar=_("RULE"), help=_("Only this rule."))] = None,
    rows: Annotated[bool, typer.Option("--show", help=_("The customers behind the numbers as well."))] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar=_("FILE"), help=_("A file to write: .xlsx, .md."))
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=_("Replace the file if it is there already."))] = False,
    on: OnOption = None,
    as_json: JsonOption = False,
) -> None:
    """Of the follow-ups that fall due in the period, rule by rule. Nobody is named but to those who may see the name."""
    typed = Typed(day, week, month, quarter, year, first, last)
    typed.check("effect")
    if rule is not None:
        scheduler.check_rule(rule)
    if output is not None:
        _check(output, rows=rows)
    context = context_of(ctx)
    with context.reading() as (sql, company):
        actor = context.actor(sql)
        if actor is None:
            raise staff.nobody()
        access.require_role(actor, "effect")
        seen = context.day(on, company)
        rules = company.policies.on(seen).rules
        if rule is not None and rules[rule].paperwork:
            known = ", ".join(name for name in RULES if not rules[name].paperwork)
            raise WrongUsage(
                N_("{rule} is paperwork: no customer is contacted by it"), N_("rules: {known}"), rule=rule, known=known
            )
        period = typed.period(seen, ("quarter", "last"))
        found = effect(sql, company, period, seen, viewer=access.viewer(sql, actor), rule=rule, rows=rows)
    _warn(found, company)
    heading, made = effect_sections.heading(found), effect_sections.effect_sections(found)
    if output is not None:
        from revisit.reports.papers import WRITERS
        from revisit.sheets.writing import write_beside

        def write_it(beside: Path) -> None:
            beside.touch(mode=0o600)
            WRITERS[output.suffix.lower()](beside, heading, made)

        write_beside(output, write_it, replace=yes)
    if as_json:
        render.as_json(document(found) | {"file": str(output) if output else None})
    elif output is not None:
        render.tell(_("{file} is written.").format(file=render.safe(output)))
    else:
        show(heading, made)


def document(found: Effect) -> dict[str, Any]:
    """The JSON document of `effect`, the warning among it."""
    period = {"from": found.period.start, "to": found.period.end, "label": found.period.label}
    return {"warning": _(WARNING), **asdict(found), "period": period}


def _check(output: Path, *, rows: bool) -> None:
    """Raises WrongUsage for a file that cannot be written so."""
    from revisit.reports.papers import WRITERS

    if output.suffix.lower() not in WRITERS:
        raise WrongUsage(
            N_("{file} ends in none of {known}"), N_("for example -o effect.xlsx"), file=output.name, known=", ".join(WRITERS)
        )  # fmt: skip
    if rows:
        raise WrongUsage(
            N_("a file tells numbers, no customers"), N_("the customers: revisit effect --show, without -o")
        )


def _warn(found: Effect, company: CompanyInfo) -> None:
    """Notes what makes the numbers too small."""
    known, fresh = found.orders_known_to, company.policies.on(found.on).orders_fresh_days
    if known is not None and (found.on - known).days > fresh:
        render.note(_("Orders are known only up to {day}: what was ordered later does not count.").format(day=known))
    if found.period.start > found.on:
        render.note(_("{period} has not begun on {on}.").format(period=found.period.label, on=found.on))
