"""`revisit report`: the supervisor's figures for a period."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from revisit import access, render, reports
from revisit.access import Viewer
from revisit.commands import papers, report_close, report_pack, report_trace
from revisit.commands.options import JsonOption, OnOption, add_group, context_of
from revisit.commands.papers import OutputOption, YesOption
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
from revisit.figures import span_of
from revisit.i18n import N_, _
from revisit.reports import Report, report_sections
from revisit.reports.sections import Paper, Table

if TYPE_CHECKING:
    from revisit.reports.behind import Behind

BEFORE = 11
"""So many periods before the one that is asked for make a trend."""


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    group = add_group(
        app,
        "report",
        _("The figures of a day, week, month, quarter or year; without one of them, of the current month."),
    )
    group.command("report", cls=PeriodCommand)(report)
    report_trace.mount(group)
    report_close.mount(group)
    report_pack.mount(group)


def report(
    ctx: typer.Context,
    day: DayOption = None,
    week: WeekOption = None,
    month: MonthOption = None,
    quarter: QuarterOption = None,
    year: YearOption = None,
    first: FromOption = None,
    last: ToOption = None,
    by: Annotated[
        str, typer.Option("--by", metavar="|".join(report_sections.BY), help=_("What the table has a line for."))
    ] = "rule",
    trend: Annotated[
        bool, typer.Option("--trend", help=_("Key figures of twelve periods as a line; in a file always."))
    ] = False,
    output: OutputOption = None,
    yes: YesOption = False,
    on: OnOption = None,
    as_json: JsonOption = False,
) -> None:
    """Follow-ups count where they fall due; only what had happened by --on counts."""
    if by not in report_sections.BY:
        raise WrongUsage(
            N_("{option} does not know the word {word}"),
            N_("one of: {known}"),
            option="--by",
            word=by,
            known=", ".join(report_sections.BY),
        )
    typed = Typed(day, week, month, quarter, year, first, last)
    typed.check("report")
    context, file = context_of(ctx), papers.file_of(output, yes=yes)

    def look(sql: Sql, company: CompanyInfo) -> tuple[dict[str, Any], Paper]:
        seen = context.day(on, company)
        viewer = access.viewer(sql, context.actor(sql))
        period = typed.period(seen, ("month", "current"))
        history = BEFORE if trend or file is not None else 0
        found = reports.report(sql, company, period, seen, viewer=viewer, history=history)
        if found.period.start > seen:
            render.note(_("{period} has not begun on {on}.").format(period=found.period.label, on=seen))
        elif found.period.end < company.start_on:
            render.note(_("The programme started on {day}: nothing was owed before.").format(day=company.start_on))
        return document(found), _paper(found, by, sql, company, viewer)

    papers.put(context, file, look, as_json=as_json)


def _paper(found: Report, by: str, sql: Sql, company: CompanyInfo, viewer: Viewer) -> Paper:
    """The report as a paper; what only a file needs is read when it is written."""

    def listing() -> Table:
        from revisit.reports.figure_table import figure_table

        return figure_table(found, by)

    def rows() -> Iterator[Behind]:
        from revisit.reports.behind import behind

        return behind(sql, span_of(company, found.period, found.on), viewer)

    heading, told = report_sections.heading(found), report_sections.sections(found, by)
    allowed = access.may_export(viewer)
    return Paper("report", heading, tuple(told), found.period, found.on, listing, rows if allowed else None)


def document(found: Report) -> dict[str, Any]:
    """The JSON document of `report`."""
    told = asdict(found) | {"period": papers.card(found.period)}
    for key, other in (("previous", found.previous), ("last_year", found.last_year)):
        if other is not None:
            told[key] |= {"period": papers.card(other.period)}
    return told
