"""`revisit report pack|weekly`: what goes to the sales department every month and quarter, and the report of the week."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from revisit import access
from revisit.commands import papers, periods
from revisit.commands.options import Command, JsonOption, OutputOption, YesOption, context_of
from revisit.commands.papers import PurposeOption, ToOption
from revisit.commands.periods import MonthCommand, MonthOption, QuarterOption
from revisit.company import CompanyInfo
from revisit.context import bad_when
from revisit.db import Sql
from revisit.i18n import _
from revisit.policy.periods import parse_period
from revisit.policy.when import WhenError
from revisit.reports.sections import Paper


def mount(group: typer.Typer) -> None:
    """Hangs the commands of this file on `revisit report`."""
    group.command("pack", cls=MonthCommand, help=_("The pack for the sales department, of a month or a quarter."))(pack)
    group.command("weekly", cls=Command, help=_("The report of the week, due on Friday at 16:00."))(weekly_)


def pack(
    ctx: typer.Context,
    month: MonthOption = None,
    quarter: QuarterOption = None,
    output: OutputOption = None,
    to: ToOption = "",
    purpose: PurposeOption = "",
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Problems that need not be solved at once, talks without one, suggestions, dormant customers, complaints (P3 2.2)."""
    from revisit.reports import pack_sections, packs  # only now: every report would load the forecast behind them

    context, file = context_of(ctx), papers.handed(output, to, purpose, yes=yes)

    def look(sql: Sql, company: CompanyInfo) -> tuple[dict[str, Any], Paper]:
        actor, today = context.actor(sql), context.today(company)
        period = periods.period_of(month, quarter, None, today)
        found = packs.pack(sql, company, period, today, viewer=access.viewer(sql, actor), at=context.now)
        return asdict(found) | {"period": papers.card(found.period)}, pack_sections.pack_paper(found)

    papers.put(context, file, look, as_json=as_json)


def weekly_(
    ctx: typer.Context,
    week: Annotated[
        str | None, typer.Option("--week", metavar=_("WEEK"), help=_("2026-W41, last; otherwise up to this Friday."))
    ] = None,
    output: OutputOption = None,
    to: ToOption = "",
    purpose: PurposeOption = "",
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """From Saturday to Friday: what was done, what was missed, what comes in the seven days after it (P4)."""
    from revisit.reports import pack_sections, weekly

    context, file = context_of(ctx), papers.handed(output, to, purpose, yes=yes)

    def look(sql: Sql, company: CompanyInfo) -> tuple[dict[str, Any], Paper]:
        actor, today = context.actor(sql), context.today(company)
        try:
            named = parse_period("week", week, today)
        except WhenError as error:
            raise bad_when(error) from error
        period = weekly.week_of(named.start)
        found = weekly.weekly(sql, company, period, today, viewer=access.viewer(sql, actor), at=context.now)
        told = asdict(found) | {"period": papers.card(found.period), "next": papers.card(found.next)}
        return told, pack_sections.weekly_paper(found)

    papers.put(context, file, look, as_json=as_json)
