"""`revisit report`: the supervisor's figures for a period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import typer

from revisit import access, render, reports
from revisit.access import Viewer
from revisit.commands import papers, report_close, report_pack, report_trace
from revisit.commands.options import (
    BareCommand,
    JsonOption,
    OnOption,
    OutputOption,
    YesOption,
    add_group,
    context_of,
    with_bare,
)
from revisit.company import CompanyInfo
from revisit.context import bad_when
from revisit.db import Sql
from revisit.errors import WrongUsage
from revisit.figures import span_of
from revisit.i18n import N_, _
from revisit.policy.periods import Kind, Period, parse_label, parse_period, period_of
from revisit.policy.when import WhenError
from revisit.reports import Report, report_sections
from revisit.reports.sections import Paper, Table

if TYPE_CHECKING:
    from revisit.reports.behind import Behind

KINDS: tuple[Kind, ...] = ("day", "week", "month", "quarter", "year")
BEFORE = 11
"""So many periods before the one that is asked for make a trend."""


class ReportCommand(BareCommand):
    """A command whose period options also stand without a value: the current period."""

    bare: ClassVar[Mapping[str, str]] = {f"--{kind}": "current" for kind in KINDS}


def with_current(args: Sequence[str]) -> list[str]:
    """The arguments, with `current` after a period option that is last or followed by another option."""
    return with_bare(args, ReportCommand.bare)


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    group = add_group(
        app,
        "report",
        _("The figures of a day, week, month, quarter or year; without one of them, of the current month."),
    )
    group.command("report", cls=ReportCommand)(report)
    report_trace.mount(group)
    report_close.mount(group)
    report_pack.mount(group)


def report(
    ctx: typer.Context,
    day: Annotated[
        str | None, typer.Option("--day", metavar=_("[D]"), help=_("A day: 2026-10-08, last; alone: today."))
    ] = None,
    week: Annotated[
        str | None, typer.Option("--week", metavar=_("[W]"), help=_("A week: 2026-W41, last; alone: this week."))
    ] = None,
    month: Annotated[
        str | None, typer.Option("--month", metavar=_("[M]"), help=_("A month: 2026-10, last; alone: this month."))
    ] = None,
    quarter: Annotated[
        str | None,
        typer.Option("--quarter", metavar=_("[Q]"), help=_("A quarter: 2026-Q4, last; alone: this quarter.")),
    ] = None,
    year: Annotated[
        str | None, typer.Option("--year", metavar=_("[Y]"), help=_("A year: 2026, last; alone: this year."))
    ] = None,
    first: Annotated[str | None, typer.Option("--from", metavar=_("DATE"), help=_("Any days: the first one."))] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar=_("DATE"), help=_("The last one; alone: up to today."))
    ] = None,
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
    typed = (day, week, month, quarter, year)
    asked = [(kind, text) for kind, text in zip(KINDS, typed, strict=True) if text is not None]
    if len(asked) > 1:
        raise WrongUsage(N_("--day, --week, --month, --quarter and --year exclude each other"), N_("name one of them"))
    if (first or last) and (asked or not first):
        raise WrongUsage(
            N_("--from and --to are days of their own"),
            N_("for example: revisit report --from 2026-10-05 --to 2026-10-20"),
        )
    context, file = context_of(ctx), papers.file_of(output, yes=yes)

    def look(sql: Sql, company: CompanyInfo) -> tuple[dict[str, Any], Paper]:
        seen = context.day(on, company)
        viewer = access.viewer(sql, context.actor(sql))
        period = _range(first, last, seen) if first or last else _period(asked, seen)
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


def _period(asked: Sequence[tuple[Kind, str]], seen: date) -> Period:
    try:
        return parse_period(*asked[0], seen) if asked else period_of("month", seen)
    except WhenError as error:
        raise bad_when(error) from error


def _range(first: str | None, last: str | None, seen: date) -> Period:
    """The days from one that was typed to another, today unless told. Raises WrongUsage."""
    assert first is not None
    try:
        return parse_label(f"{first}..{last or seen.isoformat()}", seen)
    except WhenError as error:
        raise bad_when(error) from error


def document(found: Report) -> dict[str, Any]:
    """The JSON document of `report`."""
    told = asdict(found) | {"period": papers.card(found.period)}
    for key, other in (("previous", found.previous), ("last_year", found.last_year)):
        if other is not None:
            told[key] |= {"period": papers.card(other.period)}
    return told
