"""`revisit report`: the supervisor's figures for a period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, ClassVar

import typer

from revisit import render, reports, wording
from revisit.commands.options import BareCommand, JsonOption, OnOption, context_of, with_bare
from revisit.context import bad_when
from revisit.errors import WrongUsage
from revisit.i18n import N_, _
from revisit.policy.periods import Kind, Period, parse_period, period_of
from revisit.policy.tally import Tally
from revisit.policy.when import WhenError
from revisit.render import Column
from revisit.reports import Day, Report

GROUPS = {"rule": N_("Rule"), "rep": N_("Representative"), "region": N_("Region"), "grade": N_("Grade")}
UNNAMED = {"rep": N_("(no representative)"), "region": N_("(no region)"), "grade": N_("(no grade)")}
KINDS: tuple[Kind, ...] = ("day", "week", "month", "quarter", "year")
FIGURES = (
    Column("owed", N_("Owed"), right=True),
    Column("in_time", N_("In time"), right=True),
    Column("late", N_("Late"), right=True),
    Column("missed", N_("Missed"), right=True),
    Column("overdue", N_("Overdue"), right=True),
    Column("open", N_("Open"), right=True),
    Column("void", N_("Void"), right=True),
    Column("coverage", N_("Coverage"), right=True, card=0),
)
SHARES = (Column("n", N_("Number"), right=True), Column("share", N_("Share"), right=True), Column("bar", ""))
MOST_REASONS = 12
PLOT_WIDTH = 80
PLOT_HEIGHT = 4
_BLOCKS = " ▁▂▃▄▅▆▇█"


class ReportCommand(BareCommand):
    """A command whose period options also stand without a value: the current period."""

    bare: ClassVar[Mapping[str, str]] = {f"--{kind}": "current" for kind in KINDS}


def with_current(args: Sequence[str]) -> list[str]:
    """The arguments, with `current` after a period option that is last or followed by another option."""
    return with_bare(args, ReportCommand.bare)


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    app.command(
        "report",
        cls=ReportCommand,
        help=_("The figures of a day, week, month, quarter or year; without one of them, of the current month."),
    )(report)


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
    by: Annotated[
        str, typer.Option("--by", metavar="|".join(GROUPS), help=_("What the table has a line for."))
    ] = "rule",
    on: OnOption = None,
    as_json: JsonOption = False,
) -> None:
    """Follow-ups count where they fall due; only what had happened by --on counts."""
    if by not in GROUPS:
        raise WrongUsage(
            N_("{option} does not know the word {word}"),
            N_("one of: {known}"),
            option="--by",
            word=by,
            known=", ".join(GROUPS),
        )
    typed = (day, week, month, quarter, year)
    asked = [(kind, text) for kind, text in zip(KINDS, typed, strict=True) if text is not None]
    if len(asked) > 1:
        raise WrongUsage(N_("--day, --week, --month, --quarter and --year exclude each other"), N_("name one of them"))
    context = context_of(ctx)
    with context.reading() as (sql, company):
        seen = context.day(on, company)
        found = reports.report(sql, company, _period(asked, seen), seen)
    if found.period.start > seen:
        render.note(_("{period} has not begun on {on}.").format(period=found.period.label, on=seen))
    elif found.period.end < company.start_on:
        render.note(_("The programme started on {day}: nothing was owed before.").format(day=company.start_on))
    if as_json:
        render.as_json(document(found))
    else:
        with render.paged():
            _show(found, by)


def _period(asked: Sequence[tuple[Kind, str]], seen: date) -> Period:
    try:
        return parse_period(*asked[0], seen) if asked else period_of("month", seen)
    except WhenError as error:
        raise bad_when(error) from error


def document(found: Report) -> dict[str, Any]:
    """The JSON document of `report`."""
    period = {"from": found.period.start, "to": found.period.end, "label": found.period.label}
    return asdict(found) | {"period": period}


def plot(days: Sequence[Day], room: int) -> tuple[list[str], int]:
    """The outbound revisits per day as lines of block characters, and how many days one column stands for.

    No line is wider than `room` columns: where the days are too many, a column holds seven of them, or a multiple.
    """
    step = 1
    while True:
        columns = [sum(one.contacts for one in days[at : at + step]) for at in range(0, len(days), step)]
        most = max(columns, default=0)
        left = len(str(most)) + 1
        if len(columns) <= max(1, room - left):
            break
        step = 7 if step == 1 else step + 7
    size = 2 if 2 * len(columns) <= room - left else 1
    rows = max(1, min(PLOT_HEIGHT, most))
    heights = [max(1, round(n / most * rows * 8)) if n else 0 for n in columns]
    lines = []
    for row in reversed(range(rows)):
        cells = "".join(_BLOCKS[max(0, min(8, height - 8 * row))].ljust(size) for height in heights)
        mark = str(most) if row == rows - 1 else "0" if row == 0 else ""
        lines.append(f"{mark:>{left - 1}} {cells}".rstrip())
    if days:
        first, last = f"{days[0].on:%m-%d}", f"{days[-1].on:%m-%d}"
        wide = size * len(columns) - size + 1
        lines.append(" " * left + (first + last.rjust(wide - len(first)) if wide >= len(first + last) + 1 else first))
    return lines, step


def _show(found: Report, by: str) -> None:
    period = found.period
    title = _("Report {label} ({start} to {end}), as it stood on {on}").format(
        label=period.label, start=period.start, end=period.end, on=found.on
    )
    render.heading(title)
    _show_follow_ups(found)
    _show_groups(found, by)
    _show_contacts(found)
    _show_customers(found)


def _show_follow_ups(found: Report) -> None:
    whole = found.followups
    if not whole.owed:
        render.tell(_("No follow-up fell due."))
    else:
        render.tell(_("Follow-ups owed: {owed}").format(owed=whole.owed))
        if whole.coverage is not None:
            met = whole.in_time + whole.late
            render.tell(
                _("Coverage: {share} {bar} {met} met of {judged}").format(
                    share=_coverage(whole),
                    bar=render.bar(whole.coverage),
                    met=met,
                    judged=met + whole.missed + whole.overdue,
                )
            )
        render.tell()
        states = ("in_time", "late", "missed", "overdue", "open")
        rows = _shares(((wording.state(state), getattr(whole, state)) for state in states), whole.owed)
        render.table(rows, (Column("name", N_("State")), *SHARES))
    if whole.missed:
        missed = asdict(found.missed)
        render.tell(_("Missed: {tried} tried in vain, {never_tried} never tried").format(**missed))
    if whole.void:
        render.tell(_("Void, ended before they were due: {void}").format(void=whole.void))


def _show_groups(found: Report, by: str) -> None:
    groups: dict[str, Tally] = getattr(found, f"by_{by}")
    rows = [
        asdict(one) | {"name": _group_name(by, name), "coverage": _coverage(one)}
        for name, one in groups.items()
        if one.owed or one.void
    ]
    if rows:
        render.tell()
        render.table(rows, (Column("name", GROUPS[by], card=0), *FIGURES))


def _show_contacts(found: Report) -> None:
    contacts = found.contacts
    render.tell()
    render.heading(_("Revisits made: {total}").format(total=contacts.total))
    if contacts.total:
        for title, figures in ((N_("Channel"), contacts.by_channel), (N_("Result"), contacts.by_result)):
            rows = _shares(((wording.word(code), n) for code, n in figures.items()), contacts.total)
            render.table(rows, (Column("name", title), *SHARES))
            render.tell()
        lines, step = plot(found.days, min(PLOT_WIDTH, render.columns()))
        render.tell(_("Revisits per day") if step == 1 else _("Revisits per {step} days").format(step=step))
        for line in lines:
            render.tell(line)
    said = asdict(found.satisfaction)
    answers = sum(said.values())
    if answers:
        render.tell()
        rows = _shares(((wording.word(code), n) for code, n in said.items()), answers)
        render.table(rows, (Column("name", N_("Satisfaction")), *SHARES))
    if found.reasons:
        render.tell()
        _show_reasons(found.reasons)
    records = found.records
    if records.within_deadline or records.late:
        render.tell()
        render.tell(
            _("Records: {within_deadline} filled in within the deadline, {late} late").format(**asdict(records))
        )


def _show_reasons(reasons: Sequence[tuple[str, int]]) -> None:
    """The reasons customers gave as a Pareto table: each with what it and those before it make up."""
    whole = sum(n for _reason, n in reasons)
    rows, so_far = [], 0
    for reason, n in reasons[:MOST_REASONS]:
        so_far += n
        rows.append({"name": reason, "n": n, "share": f"{so_far / whole:.0%}", "bar": render.bar(n / reasons[0][1])})
    view = (
        Column("name", N_("Reason"), wrap=True),
        Column("n", N_("Number"), right=True),
        Column("share", N_("Together"), right=True),
        Column("bar", ""),
    )
    render.table(rows, view)
    if len(reasons) > MOST_REASONS:
        render.tell(_("and {n} more reasons").format(n=len(reasons) - MOST_REASONS))


def _show_customers(found: Report) -> None:
    render.tell()
    dormancy = _("Dormant customers: {entered} became dormant, {reactivated} ordered again, {still} still are")
    render.tell(dormancy.format(**asdict(found.dormancy)))
    customers = _("Customers: {in_scope} in scope, {contacted} contacted, {never_reached} never reached so far")
    render.tell(customers.format(**asdict(found.customers)))


def _shares(figures: Iterable[tuple[str, int]], whole: int) -> list[Mapping[str, Any]]:
    return [{"name": name, "n": n, "share": f"{n / whole:.0%}", "bar": render.bar(n / whole)} for name, n in figures]


def _coverage(one: Tally) -> str:
    return "–" if one.coverage is None else f"{one.coverage:.1%}"


def _group_name(by: str, name: str) -> str:
    if by == "rule":
        return wording.rule(name)
    return name or _(UNNAMED[by])
