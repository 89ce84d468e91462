"""`revisit appraise`: score sheets by person, of a month, a quarter or a year."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from revisit import access, appraisal, staff
from revisit.commands import papers, periods
from revisit.commands.options import JsonOption, context_of
from revisit.commands.papers import OutputOption, YesOption
from revisit.commands.periods import MonthCommand, MonthOption, QuarterOption, YearOption
from revisit.company import CompanyInfo
from revisit.db import Sql
from revisit.i18n import _
from revisit.reports.appraisal_sections import appraisal_paper
from revisit.reports.sections import Paper


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    app.command("appraise", cls=MonthCommand, help=_("Score sheets: indicators, figures, points, weights, the score."))(
        appraise
    )


def appraise(
    ctx: typer.Context,
    month: MonthOption = None,
    quarter: QuarterOption = None,
    year: YearOption = None,
    rep: Annotated[
        str | None, typer.Option("--rep", metavar=_("LOGIN"), help=_("The sheet of this person, line by line."))
    ] = None,
    output: OutputOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Indicators and weights stand in the policy, by post. Representatives see their own sheet, supervisors those of the team."""
    context, file = context_of(ctx), papers.file_of(output, yes=yes)

    def look(sql: Sql, company: CompanyInfo) -> tuple[dict[str, Any], Paper]:
        today = context.today(company)
        period = periods.period_of(month, quarter, year, today)
        viewer = access.viewer(sql, staff.required(context.actor(sql)))
        whom = staff.get_by_login(sql, rep, former=True) if rep is not None else None
        found = appraisal.appraise(sql, company, period, today, viewer, whom=whom)
        return appraisal.document(found, period, today), appraisal_paper(found, period, today)

    papers.put(context, file, look, as_json=as_json)
