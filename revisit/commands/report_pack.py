"""`revisit report pack|weekly`: what goes to the sales department every month and quarter, and the report of the week."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from revisit import access
from revisit.commands import papers
from revisit.commands.options import Command, JsonOption, context_of
from revisit.commands.papers import OutputOption, PurposeOption, ToOption, YesOption
from revisit.company import CompanyInfo
from revisit.context import bad_when
from revisit.db import Sql
from revisit.errors import WrongUsage
from revisit.i18n import N_, _
from revisit.policy.periods import parse_period
from revisit.policy.when import WhenError
from revisit.reports import pack_sections, packs, weekly
from revisit.reports.packs import Pack
from revisit.reports.sections import Paper
from revisit.reports.weekly import Weekly


def mount(group: typer.Typer) -> None:
    """Hangs the commands of this file on `revisit report`."""
    group.command("pack", cls=Command, help=_("The pack for the sales department, of a month or a quarter."))(pack)
    group.command("weekly", cls=Command, help=_("The report of the week, due on Friday at 16:00."))(weekly_)


def pack(
    ctx: typer.Context,
    month: Annotated[
        str | None, typer.Option("--month", metavar=_("MONTH"), help=_("2026-03; otherwise this month."))
    ] = None,
    quarter: Annotated[
        str | None, typer.Option("--quarter", metavar=_("QUARTER"), help=_("2026-Q1: the summary of a quarter."))
    ] = None,
    output: OutputOption = None,
    to: ToOption = "",
    purpose: PurposeOption = "",
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Problems that need not be solved at once, talks without one, suggestions, dormant customers, complaints (P3 2.2)."""
    if month is not None and quarter is not None:
        raise WrongUsage(N_("--month and --quarter exclude each other"), N_("name one of them"))
    context, file = context_of(ctx), papers.handed(output, to, purpose, yes=yes)

    def look(sql: Sql, company: CompanyInfo) -> tuple[Pack, Paper]:
        actor, today = context.actor(sql), context.today(company)
        try:
            period = parse_period("month" if quarter is None else "quarter", quarter or month, today)
        except WhenError as error:
            raise bad_when(error) from error
        found = packs.pack(sql, company, period, today, viewer=access.viewer(sql, actor), at=context.now)
        return found, pack_sections.pack_paper(found)

    papers.put(
        context, file, look, lambda found: asdict(found) | {"period": papers.card(found.period)}, as_json=as_json
    )


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
    context, file = context_of(ctx), papers.handed(output, to, purpose, yes=yes)

    def look(sql: Sql, company: CompanyInfo) -> tuple[Weekly, Paper]:
        actor, today = context.actor(sql), context.today(company)
        try:
            named = parse_period("week", week, today)
        except WhenError as error:
            raise bad_when(error) from error
        period = weekly.week_of(named.start)
        found = weekly.weekly(sql, company, period, today, viewer=access.viewer(sql, actor), at=context.now)
        return found, pack_sections.weekly_paper(found)

    def document(found: Weekly) -> dict[str, Any]:
        return asdict(found) | {"period": papers.card(found.period), "next": papers.card(found.next)}

    papers.put(context, file, look, document, as_json=as_json)
