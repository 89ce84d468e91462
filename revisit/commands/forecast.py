"""`revisit forecast`: the work of the coming weeks by person and day, and what would keep the windows that are lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from revisit import access, render, staff, wording
from revisit import forecast_words as words
from revisit.commands.options import Command, JsonOption, OutputOption, RepOption, YesOption, context_of
from revisit.company import CompanyInfo
from revisit.context import Context
from revisit.db import Sql
from revisit.errors import WrongUsage
from revisit.forecast import Forecast, PersonAhead, forecast
from revisit.forecast_words import Part
from revisit.i18n import N_, _
from revisit.render import Column

if TYPE_CHECKING:
    from revisit.reports.sections import Paper

Read = Callable[[Sql, CompanyInfo], tuple[Forecast, str]]
"""Reads the forecast, and whose it is in words."""
WEEKS, MOST_WEEKS = 4, 26
BY = ("day", "week")
DAYS = (
    Column("when", N_("Day"), card=0),
    Column("capacity", N_("Room"), right=True),
    Column("listed", N_("List"), right=True),
    Column("planned", N_("Kept"), right=True),
    Column("late", N_("Behind"), right=True),
    Column("overflow", N_("Lost"), right=True),
    Column("bar", "", card=8),
)
PEOPLE = (
    Column("rep", N_("Login"), card=0),
    Column("per_day", N_("Room"), right=True),
    Column("planned", N_("Kept"), right=True),
    Column("late", N_("Behind"), right=True),
    Column("overflow", N_("Lost"), right=True),
    Column("load", N_("Load"), card=8),
)
LOST = (
    Column("rep", N_("Login"), card=0),
    Column("days", N_("Days"), card=0),
    Column("contacts", N_("Contacts"), right=True),
    Column("capacity", N_("Room"), right=True),
    Column("excess", N_("Too many"), right=True),
)
_BLOCKS = "▁▂▃▄▅▆▇█"
_IN_TIME, _LATE, _FREE, _LOST = "█", "▒", "·", "!"


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    app.command(
        "forecast", cls=Command, help=_("The work of the coming weeks by person and day, and what cannot be kept.")
    )(forecast_)


def forecast_(
    ctx: typer.Context,
    weeks: Annotated[
        int | None, typer.Option("--weeks", min=1, max=MOST_WEEKS, metavar=_("N"), help=_("So many weeks; else 4."))
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar=_("DATE"), help=_("Up to this day, such as 2026-10-31."))
    ] = None,
    rep: RepOption = None,
    by: Annotated[str, typer.Option("--by", metavar="|".join(BY), help=_("What the table has a line for."))] = "day",
    suggest: Annotated[bool, typer.Option("--suggest", help=_("The smallest change that keeps every window."))] = False,
    output: OutputOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """A representative sees the own work, a supervisor the team's, everybody else all of it."""
    if by not in BY:
        raise WrongUsage(
            N_("{option} does not know the word {word}"), N_("one of: {known}"),
            option="--by", word=by, known=", ".join(BY),
        )  # fmt: skip
    if weeks is not None and until is not None:
        raise WrongUsage(N_("--weeks and --until exclude each other"), N_("name one of them"))
    context = context_of(ctx)

    def read(sql: Sql, company: CompanyInfo) -> tuple[Forecast, str]:
        me = context.actor(sql)
        first = max(context.today(company), company.start_on)
        most = first + timedelta(weeks=MOST_WEEKS) - timedelta(days=1)
        last = context.day(until, company) if until is not None else first + timedelta(days=7 * (weeks or WEEKS) - 1)
        if not first <= last <= most:
            raise WrongUsage(
                N_("{day} is no day of the next {weeks} weeks"), N_("name a day from {first} to {last}"),
                day=last, weeks=MOST_WEEKS, first=first, last=most,
            )  # fmt: skip
        person = staff.get_by_login(sql, rep) if rep is not None else None
        if person is None and me is not None and not me.sees_all:
            person = me
        found = forecast(
            sql, company, first=first, last=last, viewer=access.viewer(sql, me), person=person, suggest=suggest
        )
        for year in range(first.year, last.year + 1):
            if not company.calendar.covers(date(year, 1, 1)):
                render.note(_(wording.UNPUBLISHED).format(year=year))
        return found, _("my team") if me and me.role == "supervisor" and me.department_id else _("everybody")

    if output is not None:
        _write(context, output, read, by, replace=yes, as_json=as_json)
        return
    with context.reading() as (sql, company):
        found, whose = read(sql, company)
    if as_json:
        render.as_json(document(found, by))
    else:
        with render.paged():
            _show(found, by, whose)


def _write(context: Context, output: Path, read: Read, by: str, *, replace: bool, as_json: bool) -> None:
    """The forecast as a file. What writes it is loaded only now."""
    from revisit.commands import papers
    from revisit.reports.forecast_sections import forecast_paper

    def look(sql: Sql, company: CompanyInfo) -> tuple[dict[str, Any], Paper]:
        found, whose = read(sql, company)
        return document(found, by), forecast_paper(found, by, whose)

    papers.put(context, papers.file_of(output, yes=replace), look, as_json=as_json)


def document(found: Forecast, by: str) -> dict[str, Any]:
    """The JSON document of `forecast`; rest days are in it, too."""
    return {
        "from": found.first,
        "to": found.last,
        "by": by,
        "rep": found.rep,
        "customers": found.customers,
        "lost": found.lost,
        "total": [_period(part) for part in words.parts(found.days, by)],
        "people": [
            {
                "rep": one.login,
                "name": one.name,
                "per_day": one.per_day,
                "overdue": one.overdue,
                "periods": [_period(part) for part in words.parts(one.days, by)],
                "overfull": [
                    {"from": days.first, "to": days.last, "contacts": days.contacts, "capacity": days.capacity,
                     "excess": days.excess}
                    for days in one.overfull
                ],
            }
            for one in found.people
        ],
        "suggestion": asdict(found.suggestion) if found.suggestion else None,
    }  # fmt: skip


def _period(part: Part) -> dict[str, Any]:
    return {"from": part.first, "to": part.last} | part.figures


# --- the screen


def _show(found: Forecast, by: str, whose: str) -> None:
    render.heading(render.safe(words.heading(found, whose)))
    if nothing := words.nothing(found):
        render.tell(nothing)
        return
    _show_days(found, by)
    if len(found.people) > 1:
        _show_people(found.people, by)
    _show_lost(found)
    if found.suggestion:
        render.tell()
        if change := words.change(found.suggestion, found):
            render.heading(change)
        for line in words.told(found.suggestion, found):
            render.paragraph(render.safe(line))


def _show_days(found: Forecast, by: str) -> None:
    """A line for each day or week: rest days only where something is lost on them."""
    shown = words.worked(found.days, by)
    size = max(10, min(30, render.columns() - 46))
    most = max((sum(number for _sign, number in _strokes(part)) for part in shown), default=0)
    view = [Column("when", N_("Week"), card=0), *DAYS[1:]] if by == "week" else DAYS
    render.table([part.figures | {"when": words.when(part, by), "bar": bar(part, most, size)} for part in shown], view)
    render.tell()
    render.paragraph(
        _(
            "{in_time} kept in time  {late} made late  {free} room left  {lost} more windows end than can be kept"
        ).format(in_time=_IN_TIME, late=_LATE, free=_FREE, lost=_LOST)
    )
    for line in words.rest(found):
        render.paragraph(line)


def _strokes(part: Part) -> tuple[tuple[str, int], ...]:
    """What the bar of a day is made of: kept, late, room left, lost."""
    figures = part.figures
    free = max(0, figures["capacity"] - figures["planned"] - figures["late"])
    numbers = (figures["planned"], figures["late"], free, figures["overflow"])
    return tuple(zip((_IN_TIME, _LATE, _FREE, _LOST), numbers, strict=True))


def bar(part: Part, most: int, size: int) -> str:
    """A day as a bar; `most` contacts fill its `size` characters. What is done or lost has one at least while there is room."""
    told, so_far = "", 0
    for sign, number in _strokes(part):
        so_far += number
        ends = round(so_far / most * size) if most else 0
        told += sign * min(size - len(told), max(ends - len(told), int(number > 0 and sign != _FREE)))
    return told


def _show_people(people: Sequence[PersonAhead], by: str) -> None:
    """A line for each person; days become weeks where a terminal has no room for them."""
    days = max(sum(1 for one in person.days if one.capacity) for person in people)
    by = "week" if by == "week" or days > 30 else "day"
    worked = {one.on for person in people for one in person.days if one.capacity or one.overflow}
    rows = []
    for one in people:
        shown = [part for part in words.parts(one.days, by) if by == "week" or part.first in worked]
        rows.append(words.person(one) | {"load": "".join(map(_load, shown))})
    render.tell()
    render.table(rows, PEOPLE)


def _load(part: Part) -> str:
    """How full a day is, in one character."""
    figures = part.figures
    used = figures["planned"] + figures["late"]
    if figures["overflow"]:
        return _LOST
    if not used:
        return _FREE if figures["capacity"] else " "
    return _BLOCKS[min(7, used * 8 // max(1, figures["capacity"]))]


def _show_lost(found: Forecast) -> None:
    render.tell()
    if not found.lost:
        render.tell(words.lost(found))
        return
    render.heading(words.lost(found))
    render.table(words.overfull(found), LOST)
    if found.suggestion is None:
        render.paragraph(_("The smallest change that keeps them: revisit forecast --suggest"))
