"""`revisit day`: what came of a day, of one person or of the team, and the note for the next shift."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer

from revisit import access, clock, days, notes, render, staff, wording
from revisit.commands.options import LOGIN_METAVAR, Command, JsonOption, OnOption, context_of
from revisit.company import CompanyInfo
from revisit.context import Context
from revisit.days import Day, Figures
from revisit.db import Sql
from revisit.errors import WrongUsage
from revisit.i18n import N_, _
from revisit.notes import Note
from revisit.render import Column

TEAM = (
    Column("rep", N_("Login"), card=0),
    Column("calls", N_("Calls"), right=True),
    Column("talk", N_("Talk"), right=True),
    Column("made", N_("Made"), right=True),
    Column("contacts", N_("Contacts"), right=True),
    Column("met", N_("Met"), right=True),
    Column("late", N_("Late log"), right=True),
    Column("booked", N_("Booked"), right=True),
    Column("due", N_("Left"), right=True),
    Column("overdue", N_("Overdue"), right=True),
)
WHO = Column("rep", N_("Login"), card=2)
CUSTOMER = Column("who", N_("Customer"), card=0)
BOOKED = (
    Column("when", N_("When"), card=0),
    CUSTOMER,
    WHO,
    Column("how", N_("How"), card=3),
    Column("ask_for", N_("Ask for"), card=4),
    Column("purpose", N_("Purpose"), wrap=True, card=1),
)
CASES = (
    Column("case", N_("Case"), right=True, card=0),
    CUSTOMER,
    WHO,
    Column("at_once", N_("At once"), card=3),
    Column("what", N_("What"), wrap=True, card=1),
)
LATE = (
    Column("revisit", N_("Revisit"), right=True, card=0),
    CUSTOMER,
    WHO,
    Column("hours", N_("Hours after"), right=True, card=3),
)
DRAFTS = (CUSTOMER, WHO, Column("when", N_("Begun"), card=3))
CLAIMS = (CUSTOMER, WHO, Column("when", N_("Held until"), card=3))


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    app.command("day", cls=Command, help=_("What came of my day, and what is left; the team's for the supervisor."))(
        day
    )


def day(
    ctx: typer.Context,
    on: OnOption = None,
    rep: Annotated[str | None, typer.Option("--rep", metavar=LOGIN_METAVAR, help=_("The day of this person."))] = None,
    team: Annotated[
        bool, typer.Option("--team", help=_("The day of the team: a line for each, and the total."))
    ] = False,
    note: Annotated[
        str | None, typer.Option("--note", metavar=_("TEXT"), help=_("Leave a note for the next shift."))
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """A representative sees the own day, a supervisor the team's, administrators and auditors everybody's."""
    named = [option for option, said in (("--rep", rep), ("--team", team)) if said]
    if len(named) > 1 or (note is not None and (named or on is not None)):
        options = [
            *(["--note"] if note is not None else []),
            *(["--on"] if on is not None and note is not None else []),
            *named,
        ]
        raise WrongUsage(N_("{options} exclude each other"), N_("name one of them"), options=", ".join(options))
    context = context_of(ctx)
    if note is None:
        with context.reading() as (sql, company):
            found = _find(context, sql, company, on=on, rep=rep, team=team)
    else:
        with context.unit() as unit:
            access.require_role(unit.actor, "log")
            notes.leave(unit.session, staff_id=unit.actor.id, text=note, on=unit.today, at=unit.now)
            company = unit.company
            found = _find(context, unit.sql, company, on=None, rep=None, team=False)
        render.note(_("The note is left for the next shift."))
    if as_json:
        render.as_json(document(found, company))
    else:
        with render.paged():
            _show(found, company)


def _find(context: Context, sql: Sql, company: CompanyInfo, *, on: str | None, rep: str | None, team: bool) -> Day:
    me = context.actor(sql)
    person = None if team else staff.get_by_login(sql, rep, former=True) if rep is not None else me
    if person is None and not team:
        raise staff.nobody()
    seen = context.day(on, company)
    return days.day_of(sql, company, on=seen, now=context.now, viewer=access.viewer(sql, me), person=person)


def document(found: Day, company: CompanyInfo) -> dict[str, Any]:
    """The JSON document of `day`; `team` is null for the day of one person."""
    return {
        "on": found.on,
        "rep": found.rep,
        "figures": asdict(found.figures),
        "team": None if found.rep is not None else [asdict(line) for line in found.team],
        "booked": found.booked,
        "cases": found.cases,
        "late": found.late,
        "drafts": found.drafts,
        "claims": found.claims,
        "left": [_note(one, company) for one in found.left],
        "waiting": [_note(one, company) for one in found.waiting],
    }


def _note(one: Note, company: CompanyInfo) -> dict[str, Any]:
    return {"rep": one.rep, "at": clock.zoned(one.at, company.timezone), "text": one.text}


# --- the screen


def _show(found: Day, company: CompanyInfo) -> None:
    weekday = render.weekday(found.on)
    if found.rep is None:
        render.heading(_("{on} ({weekday}): the day of the team").format(on=found.on, weekday=weekday))
        rows = [_row(line.rep or _("(nobody)"), line.figures) for line in found.team]
        render.table([*rows, _row(_("total"), found.figures)], TEAM)
        render.tell()
    else:
        whose = render.safe(" ".join(dict.fromkeys((found.rep, found.name))))
        render.heading(_("{on} ({weekday}): the day of {whose}").format(on=found.on, weekday=weekday, whose=whose))
    render.pairs(list(_facts(found.figures)))
    _show_lists(found)
    for title, every in ((_("Left for the next shift"), found.left), (_("From the last shift"), found.waiting)):
        if every:
            render.tell()
            render.heading(title)
            for one in every:
                _show_note(one, company)


def _row(name: str, figures: Figures) -> dict[str, Any]:
    return {
        "rep": name,
        "calls": figures.calls.opened,
        "talk": "–" if figures.calls.mean_seconds is None else spoken(figures.calls.talk_seconds),
        "made": figures.revisits.total,
        "contacts": figures.revisits.contacts,
        "met": sum(figures.met.values()),
        "late": figures.records["late"],
        "booked": figures.booked,
        "due": figures.census["due"],
        "overdue": figures.overdue,
    }


def _facts(figures: Figures) -> Iterator[tuple[str, str]]:
    """What there is to tell in one line each: title and text."""
    calls, revisits = figures.calls, figures.revisits
    if calls.opened:
        ended = (
            (N_("on record"), calls.recorded),
            (N_("broken off"), calls.broken_off),
            (N_("unfinished"), calls.unfinished),
        )
        yield _("Calls"), _counted(calls.opened, ended)
    if calls.mean_seconds is not None:
        mean = _("{talk}, {mean} on average")
        yield _("Talk time"), mean.format(talk=spoken(calls.talk_seconds), mean=spoken(calls.mean_seconds))
    if calls.not_timed:
        yield _("Not timed"), _("{n} by phone without a call").format(n=calls.not_timed)
    kinds = (
        (N_("contacts"), revisits.contacts),
        (N_("attempts"), revisits.attempts),
        (N_("talks with sales"), revisits.sales),
        (N_("others"), revisits.other),
    )
    yield _("Revisits"), _counted(revisits.total, kinds)
    words = {
        _("Channels"): revisits.by_channel,
        _("Results"): revisits.by_result,
        _("Satisfaction"): figures.satisfaction,
    }
    for title, numbers in words.items():
        if any(numbers.values()):
            yield title, _listed((wording.word(code), n) for code, n in numbers.items())
    if figures.customers:
        yield _("Contacted"), str(figures.customers)
    if figures.enquiries:
        yield _("Enquiries"), str(figures.enquiries)
    if any(figures.met.values()):
        yield _("Met"), _listed((wording.state(state), n) for state, n in figures.met.items())
    if any(figures.records.values()):
        records = _("{within_deadline} written down within the deadline, {late} late")
        yield _("Records"), records.format(**figures.records)
    left = _("{due} to contact, {overdue} of them overdue")
    yield _("Left"), left.format(due=figures.census["due"], overdue=figures.overdue)


def _show_lists(found: Day) -> None:
    lists: Sequence[tuple[str, Sequence[Any], Sequence[Column]]] = (
        (_("Booked"), found.booked, BOOKED),
        (_("Cases opened"), found.cases, CASES),
        (_("Written down late"), found.late, LATE),
        (_("Unfinished calls: go on (revisit call CUSTOMER), or hand them over"), found.drafts, DRAFTS),
        (_("Still on the desk: call them, or hand them over"), found.claims, CLAIMS),
    )
    for title, every, view in lists:
        if every:
            render.tell()
            render.heading(
                _("{title}: {n}").format(title=title, n=len(every)) if view not in (DRAFTS, CLAIMS) else title
            )
            shown = [column for column in view if found.rep is None or column is not WHO]
            render.table([_cells(one) for one in every], shown)


def _cells(one: Any) -> dict[str, Any]:
    """An entry of a list as the table shows it."""
    cells = asdict(one)
    cells["who"] = f"{one.code} {one.name}".rstrip()
    when = cells.get("at") or cells.get("on")
    cells["when"] = f"{when:%m-%d}" + (f" {cells['at']:%H:%M}" if cells.get("at") else "") if when else ""
    cells["how"] = (_("planned") if cells["planned"] else _("promised")) if "planned" in cells else ""
    cells["at_once"] = _("yes") if cells.get("immediate") else ""
    return cells


def _show_note(one: Note, company: CompanyInfo) -> None:
    written = clock.zoned(one.at, company.timezone)
    text = render.safe(f"{written:%m-%d %H:%M}  {one.rep}: {one.text}")
    first, *rest = render.fold(text, max(20, render.columns() - 4))
    render.tell(f"  {first}")
    for line in rest:
        render.tell(f"    {line}")


def _counted(total: int, parts: Sequence[tuple[str, int]]) -> str:
    """A number, and what it is made of."""
    shown = _listed((_(name), n) for name, n in parts if n)
    return _("{n}: {parts}").format(n=total, parts=shown) if shown else str(total)


def _listed(numbers: Any) -> str:
    return wording.listed(_("{name} {n}").format(name=name, n=n) for name, n in numbers if n)


def spoken(seconds: int) -> str:
    """Seconds as minutes and seconds, or as hours, minutes and seconds: 4:05, 1:02:30."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
