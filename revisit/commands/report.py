"""`revisit report`: the supervisor's figures for a period."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from revisit import access, render, reports
from revisit.access import Viewer
from revisit.commands import report_close, report_files, report_pack, report_trace
from revisit.commands.options import JsonOption, OnOption, add_group, context_of
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
from revisit.policy.periods import Period
from revisit.render import Column
from revisit.reports import Day, Report, sections
from revisit.reports.sections import Bars, Block, Plot, Table, Text
from revisit.reports.values import TEXTS, unit_in, written

BEFORE = 11
"""So many periods before the one that is asked for make a trend."""
PLOT_WIDTH = 80
PLOT_HEIGHT = 4
_HEIGHTS = " ▁▂▃▄▅▆▇█"


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
        str, typer.Option("--by", metavar="|".join(sections.BY), help=_("What the table has a line for."))
    ] = "rule",
    trend: Annotated[
        bool, typer.Option("--trend", help=_("Key figures of twelve periods as a line; in a page always."))
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar=_("FILE"), help=_("A file to write: .html, .xlsx, .md, .csv.")),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=_("Replace the file if it is there already."))] = False,
    on: OnOption = None,
    as_json: JsonOption = False,
) -> None:
    """Follow-ups count where they fall due; only what had happened by --on counts."""
    if by not in sections.BY:
        raise WrongUsage(
            N_("{option} does not know the word {word}"),
            N_("one of: {known}"),
            option="--by",
            word=by,
            known=", ".join(sections.BY),
        )
    typed = Typed(day, week, month, quarter, year, first, last)
    typed.check("report")
    context = context_of(ctx)
    if output is not None:
        report_files.check_output(output, replace=yes)
    trending = report_files.has_trend(output) if output is not None else trend

    def look(sql: Sql, company: CompanyInfo) -> tuple[Report, Viewer]:
        seen = context.day(on, company)
        viewer = access.viewer(sql, context.actor(sql))
        period = typed.period(seen, ("month", "current"))
        found = reports.report(sql, company, period, seen, viewer=viewer, history=BEFORE if trending else 0)
        if found.period.start > seen:
            render.note(_("{period} has not begun on {on}.").format(period=found.period.label, on=seen))
        elif found.period.end < company.start_on:
            render.note(_("The programme started on {day}: nothing was owed before.").format(day=company.start_on))
        return found, viewer

    if output is not None:
        report_files.write(context, look, by, output, replace=yes, as_json=as_json)
        return
    with context.reading() as (sql, company):
        found, _viewer = look(sql, company)
    if as_json:
        render.as_json(document(found))
    else:
        with render.paged():
            show(found, by)


def document(found: Report) -> dict[str, Any]:
    """The JSON document of `report`."""
    told = asdict(found) | {"period": _period_card(found.period)}
    for key, other in (("previous", found.previous), ("last_year", found.last_year)):
        if other is not None:
            told[key] |= {"period": _period_card(other.period)}
    return told


def _period_card(period: Period) -> dict[str, Any]:
    return {"from": period.start, "to": period.end, "label": period.label}


def plot(days: Sequence[Day], room: int) -> tuple[list[str], int]:
    """The outbound revisits per day as lines of block characters, and how many days one column stands for.

    No line is wider than `room` columns: where the days are too many, a column holds seven of them, or a multiple.
    """
    for step in sections.steps():
        columns = [sum(one.contacts for one in days[at : at + step]) for at in range(0, len(days), step)]
        most = max(columns, default=0)
        left = len(str(most)) + 1
        if len(columns) <= max(1, room - left):
            break
    size = 2 if 2 * len(columns) <= room - left else 1
    rows = max(1, min(PLOT_HEIGHT, most))
    heights = [max(1, round(n / most * rows * 8)) if n else 0 for n in columns]
    lines = []
    for row in reversed(range(rows)):
        cells = "".join(_HEIGHTS[max(0, min(8, height - 8 * row))].ljust(size) for height in heights)
        mark = str(most) if row == rows - 1 else "0" if row == 0 else ""
        lines.append(f"{mark:>{left - 1}} {cells}".rstrip())
    if days:
        first, last = f"{days[0].on:%m-%d}", f"{days[-1].on:%m-%d}"
        wide = size * len(columns) - size + 1
        lines.append(" " * left + (first + last.rjust(wide - len(first)) if wide >= len(first + last) + 1 else first))
    return lines, step


def show(found: Report, by: str) -> None:
    """A report on the screen, section by section."""
    render.heading(sections.heading(found))
    for section in sections.sections(found, by):
        render.tell()
        render.heading(render.safe(section.title))
        show_blocks(section.blocks)


def show_blocks(blocks: Iterable[Block]) -> None:
    """What a section is made of, on the screen."""
    for block in blocks:
        _BLOCKS[type(block)](block)


def _show_table(block: Table) -> None:
    if block.title:
        render.tell()
        render.tell(render.safe(block.title))
    view = [Column(one.key, one.title, right=one.unit not in TEXTS, card=0 if place == 0 else 9, wrap=one.key == "text")
            for place, one in enumerate(block.columns)]  # fmt: skip
    rows = [{one.key: written(row[one.key], unit_in(one.unit, row)) for one in block.columns} for row in block.rows]
    render.table(rows, view)


def _show_bars(block: Bars) -> None:
    if block.title:
        render.tell()
        render.tell(render.safe(block.title))
    most = max((one.n for one in block.bars), default=0) or 1
    rows = [
        {
            "name": one.label,
            "n": one.n,
            "share": f"{one.together if block.pareto else one.share:.0%}",
            "bar": render.bar(one.n / most if block.pareto else one.share),
        }
        for one in block.bars
    ]
    together = N_("Together") if block.pareto else N_("Share")
    view = (
        Column("name", block.column, wrap=block.pareto), Column("n", N_("Number"), right=True),
        Column("share", together, right=True), Column("bar", ""),
    )  # fmt: skip
    render.table(rows, view)
    if block.left:
        render.tell(_("and {n} more reasons").format(n=block.left))


def _show_plot(block: Plot) -> None:
    days = [Day(on, *values) for on, *values in zip(block.days, *(line[1] for line in block.lines), strict=True)]
    if not days:
        return
    lines, step = plot(days, min(PLOT_WIDTH, render.columns()))
    render.tell()
    render.tell(block.title if step == 1 else block.title_of_more.format(step=step))
    for line in lines:
        render.tell(line)


def _show_text(block: Text) -> None:
    render.paragraph(render.safe(block.text))


_BLOCKS: Mapping[type, Callable[[Any], None]] = {
    Table: _show_table, Bars: _show_bars, Plot: _show_plot, Text: _show_text,
}  # fmt: skip
