"""`revisit effect`: orders after contacts, beside those of customers who were owed a contact and not reached."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from revisit import access, render, scheduler, staff
from revisit.commands import papers
from revisit.commands.options import JsonOption, OnOption, OutputOption, YesOption, context_of
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
from revisit.company import CompanyInfo
from revisit.db import Sql
from revisit.errors import WrongUsage
from revisit.i18n import N_, _
from revisit.policy.plan import RULES
from revisit.reports import effect_sections
from revisit.reports.effect import Effect, effect
from revisit.reports.effect_sections import WARNING
from revisit.reports.sections import Paper


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
    output: OutputOption = None,
    yes: YesOption = False,
    on: OnOption = None,
    as_json: JsonOption = False,
) -> None:
    """Of the follow-ups that fall due in the period, rule by rule. Nobody is named but to those who may see the name."""
    typed = Typed(day, week, month, quarter, year, first, last)
    typed.check("effect")
    if rule is not None:
        scheduler.check_rule(rule)
    if output is not None and rows:
        raise WrongUsage(
            N_("a file tells numbers, no customers"), N_("the customers: revisit effect --show, without -o")
        )
    context, file = context_of(ctx), papers.file_of(output, yes=yes)

    def look(sql: Sql, company: CompanyInfo) -> tuple[dict[str, Any], Paper]:
        actor = staff.required(context.actor(sql))
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
        return document(found), effect_sections.paper(found)

    papers.put(context, file, look, as_json=as_json)


def document(found: Effect) -> dict[str, Any]:
    """The JSON document of `effect`, the warning among it."""
    return {"warning": _(WARNING), **asdict(found), "period": papers.card(found.period)}


def _warn(found: Effect, company: CompanyInfo) -> None:
    """Notes what makes the numbers too small."""
    known, fresh = found.orders_known_to, company.policies.on(found.on).orders_fresh_days
    if known is not None and (found.on - known).days > fresh:
        render.note(_("Orders are known only up to {day}: what was ordered later does not count.").format(day=known))
    if found.period.start > found.on:
        render.note(_("{period} has not begun on {on}.").format(period=found.period.label, on=found.on))
