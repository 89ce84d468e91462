"""`revisit complaint list|show|review`: the complaints that I may see, one of them on its form, and the review of a month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

import typer

from revisit import complaints, posts, render, wording
from revisit.commands import complaint_follow, complaint_form, complaint_moves, complaint_view, matters
from revisit.commands.complaint_moves import NumberArgument
from revisit.commands.options import Command, JsonOption, add_group, context_of
from revisit.company import CompanyInfo
from revisit.complaints import Complaint, Said, Sight
from revisit.context import Unit, bad_when
from revisit.i18n import N_, _
from revisit.matters import deadlines, wall, words
from revisit.matters.deadlines import Kept
from revisit.policy.months import month_start, plus_months
from revisit.policy.periods import Period, parse_period
from revisit.policy.when import WhenError
from revisit.posts import Post
from revisit.render import Column

VIEW = (
    Column("number", N_("Complaint"), card=0),
    Column("who", N_("Customer"), card=0),
    Column("state", N_("Status"), card=1),
    Column("due", N_("Due by"), card=2),
    Column("owner", N_("Owed by"), card=3, soft=True),
    Column("what", N_("What"), wrap=True, card=1),
)
REVIEW = (
    Column("number", N_("Complaint"), card=0),
    Column("who", N_("Customer"), card=0),
    Column("closed", N_("Closed on"), card=1),
    Column("state", N_("Status"), card=1),
    Column("amount", N_("Amount"), right=True, card=2),
    Column("result", N_("Result"), wrap=True, card=2),
)


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    group = add_group(app, "complaint", _("Complaints on numbered forms: investigated, settled, answered, reviewed."))
    group.command("list", cls=Command, help=_("The open complaints that I may see, the nearest deadline first."))(list_)
    group.command("show", cls=Command, help=_("One complaint: its form, its deadlines, everything that was done."))(
        show
    )
    complaint_moves.mount(group)
    complaint_follow.mount(group)
    complaint_form.mount(group)
    group.command("review", cls=Command, help=_("The closed complaints of a month, to be reviewed by the 10th."))(
        review
    )


def list_(
    ctx: typer.Context,
    closed: Annotated[bool, typer.Option("--all", help=_("Closed ones as well."))] = False,
    late: Annotated[bool, typer.Option("--late", help=_("Only what is late."))] = False,
    as_json: JsonOption = False,
) -> None:
    """The manager of customer service, and who stands in for that person, sees all of them."""
    context = context_of(ctx)
    context.look()
    with context.reading() as (sql, company):
        sight = complaints.sight_of(sql, company, context.actor(sql), context.now)
        found = complaints.list_complaints(sql, sight, closed=closed)
        kept = deadlines.open_of(sql, "complaint", [one.id for one in found])
    told = [Line(one, kept.get(one.id, [])) for one in found]
    if late:
        told = [one for one in told if any(kept.is_late(context.now) for kept in one.open)]
    told.sort(key=lambda one: (one.nearest is None, one.nearest or context.now, one.complaint.number))
    shown = posts.load_posts()
    if as_json:
        render.as_json(
            [
                complaint_view.card(one.complaint, company, sight)
                | {"deadlines": [matters.deadline(kept, company, shown, context.now) for kept in one.open]}
                for one in told
            ]
        )
        return
    render.heading(_("Complaints: {n}").format(n=len(told)))
    if told:
        render.table([_row(one, company, shown, sight, context.now) for one in told], VIEW)
    else:
        render.tell(_("None. Accept one: revisit complaint open CUSTOMER --text TEXT"))


def show(ctx: typer.Context, number: NumberArgument, as_json: JsonOption = False) -> None:
    """What I may do next stands below."""
    context = context_of(ctx)
    context.look()
    with context.reading() as (sql, company):
        sight = complaints.sight_of(sql, company, context.actor(sql), context.now)
        one = complaints.get_complaint(sql, company, number, context.today(company))
        complaints.require_sight(sql, sight, one)
        found = complaint_view.document(sql, company, one, sight, context.now)
    if as_json:
        render.as_json(found)
        return
    with render.paged():
        complaint_view.show(found)


def review(
    ctx: typer.Context,
    month: Annotated[
        str | None, typer.Option("--month", metavar=_("MONTH"), help=_("2026-03; otherwise last month."))
    ] = None,
    done: Annotated[bool, typer.Option("--done", help=_("They are reviewed now; --text says what was found."))] = False,
    text: Annotated[str, typer.Option("--text", metavar=_("TEXT"), help=_("What the review found."))] = "",
    as_json: JsonOption = False,
) -> None:
    """Complaints closed in a month are reviewed by the 10th of the next one (P4)."""
    context = context_of(ctx)
    if done:
        with context.unit() as unit:
            period = _month(month, unit.today)
            _review(unit, period, text)
    context.look()
    with context.reading() as (sql, company):
        sight = complaints.sight_of(sql, company, context.actor(sql), context.now)
        period = _month(month, context.today(company))
        found = complaints.closed_in(sql, sight, period.start, period.end)
    if as_json:
        rows = [complaint_view.card(one, company, sight) for one in found]
        render.as_json({"period": {"from": period.start, "to": period.end, "label": period.label}, "complaints": rows})
        return
    waiting = sum(one.state == "closed" for one in found)
    heading = _("Complaints closed in {period}: {n}, to be reviewed: {waiting}")
    render.heading(heading.format(period=period.label, n=len(found), waiting=waiting))
    rows = [
        {
            "number": one.number,
            "who": f"{one.code} {sight.name(one)}",
            "closed": f"{one.closed_on:%m-%d}",
            "state": _(words.STATES[one.state]),
            "amount": wording.money(one.amount) if one.amount else "",
            "result": one.result,
        }
        for one in found
    ]
    if rows:
        render.table(rows, REVIEW)


def _review(unit: Unit, period: Period, text: str) -> None:
    """Every closed one of a month is reviewed. Raises NotedRefusal, WrongUsage."""
    sight = complaints.sight_of(unit.sql, unit.company, unit.actor, unit.now)
    for one in complaints.closed_in(unit.sql, sight, period.start, period.end):
        if one.state == "closed":
            complaints.make(
                unit.session, unit.sql, unit.company, one.number, "review", Said(text=text), sight=sight, actor=unit.actor,
                at=unit.now,
            )  # fmt: skip


def _month(text: str | None, today: date) -> Period:
    """The month that is meant; last month where none is said. Raises WrongUsage."""
    said = text if text is not None else f"{plus_months(month_start(today), -1):%Y-%m}"
    try:
        return parse_period("month", said, today)
    except WhenError as error:
        raise bad_when(error) from error


@dataclass(frozen=True, slots=True)
class Line:
    """A complaint with its open deadlines."""

    complaint: Complaint
    open: Sequence[Kept]

    @property
    def nearest(self) -> datetime | None:
        """The nearest deadline."""
        return min((one.due_by for one in self.open if one.due_by is not None), default=None)


def _row(one: Line, company: CompanyInfo, shown: Sequence[Post], sight: Sight, now: datetime) -> dict[str, Any]:
    nearest = min(one.open, key=lambda kept: (kept.due_by is None, kept.due_by or now), default=None)
    due = owner = ""
    if nearest is not None:
        due = matters.shown_at(wall(nearest.due_by, company)) if nearest.due_by else _("the clock stands still")
        due += " " + _("overdue") if nearest.is_late(now) else ""
        owner = matters.owed_by(nearest, shown)
    found = one.complaint
    marks = [wording.word(word) for word in (found.severity, found.urgency) if word != "ordinary"]
    return {
        "number": found.number,
        "who": f"{found.code} {sight.name(found)}",
        "state": _(words.STATES[found.state]),
        "due": due,
        "owner": owner,
        "what": " · ".join((*marks, found.what)),
    }
