"""`revisit forecast`: the work of the coming weeks by person and day, and what would keep the windows that are lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from itertools import groupby
from typing import Annotated, Any, NamedTuple

import typer

from revisit import access, render, staff, wording
from revisit.commands.options import Command, JsonOption, RepOption, context_of
from revisit.errors import WrongUsage
from revisit.forecast import Forecast, Moved, PersonAhead, Suggestion, forecast
from revisit.i18n import N_, _
from revisit.policy.workload import DayLoad
from revisit.render import Column
from revisit.staff import StaffMember

WEEKS, MOST_WEEKS = 4, 26
BY = ("day", "week")
MOST_CODES = 8
WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
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


class Part(NamedTuple):
    """A day or a week of the forecast as its table, plot and document show it."""

    first: date
    last: date
    figures: dict[str, int]


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
    with context.reading() as (sql, company):
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
        unpublished = [
            year for year in range(first.year, last.year + 1) if not company.calendar.covers(date(year, 1, 1))
        ]
    for year in unpublished:
        render.note(_(wording.UNPUBLISHED).format(year=year))
    if as_json:
        render.as_json(document(found, by))
    else:
        with render.paged():
            _show(found, by, me)


def document(found: Forecast, by: str) -> dict[str, Any]:
    """The JSON document of `forecast`; rest days are in it, too."""
    return {
        "from": found.first,
        "to": found.last,
        "by": by,
        "rep": found.rep,
        "customers": found.customers,
        "lost": found.lost,
        "total": [_period(part) for part in parts(found.days, by)],
        "people": [
            {
                "rep": one.login,
                "name": one.name,
                "per_day": one.per_day,
                "overdue": one.overdue,
                "periods": [_period(part) for part in parts(one.days, by)],
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


def parts(days: Sequence[DayLoad], by: str) -> list[Part]:
    """The days, or their weeks (the first and the last as far as they are in the forecast).

    What is done adds up; `listed` is that of the first morning and `left` that of the last evening.
    """
    result = []
    for _key, grouped in groupby(days, key=lambda one: one.on.isocalendar()[:2] if by == "week" else one.on):
        every = list(grouped)
        sums = {
            name: sum(getattr(one, name) for one in every)
            for name in ("capacity", "opening", "planned", "late", "overflow")
        }
        figures = sums | {"listed": every[0].listed, "left": every[-1].left}
        result.append(Part(every[0].on, every[-1].on, figures))
    return result


# --- the screen


def _show(found: Forecast, by: str, me: StaffMember | None) -> None:
    whose = found.rep or (_("my team") if me and me.role == "supervisor" and me.department_id else _("everybody"))
    heading = _("Work ahead, {first} to {last} ({whose})")
    render.heading(heading.format(first=found.first, last=found.last, whose=render.safe(whose)))
    if not found.customers:
        render.tell(_("No customers here. They are brought in with: revisit import customers FILE"))
        return
    if not any(one.listed for one in found.days):
        render.tell(_("Nobody is owed a contact in these days. See further ahead: revisit forecast --weeks 12"))
        return
    _show_days(found, by)
    if len(found.people) > 1:
        _show_people(found.people, by)
    _show_lost(found)
    if found.suggestion:
        _show_suggestion(found.suggestion, found)


def _show_days(found: Forecast, by: str) -> None:
    """A line for each day or week: rest days only where something is lost on them."""
    shown = [part for part in parts(found.days, by) if part.figures["capacity"] or part.figures["overflow"]]
    size = max(10, min(30, render.columns() - 46))
    most = max((sum(number for _sign, number in _strokes(part)) for part in shown), default=0)
    view = [Column("when", N_("Week"), card=0), *DAYS[1:]] if by == "week" else DAYS
    render.table([part.figures | {"when": _when(part, by), "bar": bar(part, most, size)} for part in shown], view)
    render.tell()
    render.paragraph(
        _(
            "{in_time} kept in time  {late} made late  {free} room left  {lost} more windows end than can be kept"
        ).format(in_time=_IN_TIME, late=_LATE, free=_FREE, lost=_LOST)
    )
    overdue, left = sum(one.overdue for one in found.people), found.days[-1].left
    if overdue:
        render.paragraph(_("Overdue already: {n}. They are made with what the days have left.").format(n=overdue))
    if left:
        render.paragraph(_("Still on the list at the end: {n}").format(n=left))


def _when(part: Part, by: str) -> str:
    if by == "week":
        return f"{part.first:%m-%d}–{part.last:%m-%d}"
    return f"{part.first:%m-%d} {_(WEEKDAYS[part.first.weekday()])}"


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
        sums = {name: sum(getattr(day, name) for day in one.days) for name in ("planned", "late", "overflow")}
        shown = [part for part in parts(one.days, by) if by == "week" or part.first in worked]
        rows.append(
            sums | {"rep": one.login or _("(nobody)"), "per_day": one.per_day, "load": "".join(map(_load, shown))}
        )
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
        render.tell(_("Every window can be kept."))
        return
    render.heading(_("Windows that cannot be kept: {n}").format(n=found.lost))
    rows = [
        {
            "rep": one.login or _("(nobody)"),
            "days": _span(days.first, days.last),
            "contacts": days.contacts,
            "capacity": days.capacity,
            "excess": days.excess,
        }
        for one in found.people
        for days in one.overfull
    ]
    render.table(rows, LOST)
    if found.suggestion is None:
        render.paragraph(_("The smallest change that keeps them: revisit forecast --suggest"))


def _span(first: date, last: date) -> str:
    return f"{first:%m-%d}" if first == last else f"{first:%m-%d}–{last:%m-%d}"


def _show_suggestion(found: Suggestion, whole: Forecast) -> None:
    render.tell()
    if whole.lost or found.moves or found.extra:
        calls = sum(one.calls for one in found.extra)
        heading = _("The smallest change: {moves} contacts change hands, {calls} extra calls")
        render.heading(heading.format(moves=len(found.moves), calls=calls))
    for line in _changes(found):
        render.paragraph(render.safe(line))
    if found.lost:
        render.paragraph(
            _("Nobody here can make the other {n}. A representative is added with: revisit staff add LOGIN").format(
                n=found.lost
            )
        )
    elif whole.lost:
        render.tell(_("With this change every window is kept."))
    for one in found.begin:
        told = _("{rep} has to make {n} contacts by {day} whose windows end later: what comes then needs its days")
        render.paragraph(render.safe(told.format(rep=one.rep, n=one.calls, day=f"{one.by:%m-%d}")))


def _changes(found: Suggestion) -> Iterator[str]:
    """The change in sentences: who makes how many calls of whom, and extra calls."""
    for (owner, to), moves in groupby(found.moves, key=lambda one: (one.owner, one.to)):
        every = list(moves)
        days = _span(min(one.on for one in every), max(one.on for one in every))
        told = (
            _("{to} makes {n} contacts of {owner}, {days}: {codes}")
            if owner
            else _("{to} makes {n} contacts of customers without a representative, {days}: {codes}")
        )
        yield told.format(to=to, n=len(every), owner=owner, days=days, codes=_codes(every))
    for rep, extra in groupby(found.extra, key=lambda one: one.rep):
        calls = [(one.on, one.calls) for one in extra]
        days = wording.listed(f"{on:%m-%d} +{n}" for on, n in calls)
        yield _("{rep} makes {n} extra calls: {days}").format(rep=rep, n=sum(n for _on, n in calls), days=days)


def _codes(moves: Sequence[Moved]) -> str:
    codes = list(dict.fromkeys(one.code for one in moves))
    told = wording.listed(codes[:MOST_CODES])
    more = len(codes) - MOST_CODES
    return _("{codes} and {n} more").format(codes=told, n=more) if more > 0 else told
