"""`revisit case list|show`: where a problem stands, and until when what is owed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import typer

from revisit import access, cases, departments, posts, render, scheduler, staff
from revisit.access import Viewer
from revisit.cases import Case
from revisit.commands import case_moves, feedback, matters
from revisit.commands.numbers import CaseArgument
from revisit.commands.options import Command, JsonOption, RepOption, add_group, context_of
from revisit.company import CompanyInfo
from revisit.db import Sql
from revisit.i18n import N_, _
from revisit.matters import deadlines, moves, wall, words
from revisit.matters.deadlines import Kept
from revisit.policy.machines import CASE
from revisit.posts import Post
from revisit.render import Column

VIEW = (
    Column("number", N_("Case"), right=True, card=0),
    Column("who", N_("Customer"), card=0),
    Column("state", N_("Status"), card=1),
    Column("due", N_("Due by"), card=2),
    Column("owner", N_("Owed by"), card=3, soft=True),
    Column("what", N_("What"), wrap=True, card=1),
)


def mount(app: typer.Typer) -> None:
    """Hangs the commands of this file on the root."""
    group = add_group(app, "case", _("Problems that customers raised: decided, sent on, answered, told."))
    group.command("list", cls=Command, help=_("The open cases that I may see, the nearest deadline first."))(list_)
    group.command("show", cls=Command, help=_("One case: what it is, its deadlines, everything that was done."))(show)
    case_moves.mount(group)
    feedback.mount(group)


def list_(
    ctx: typer.Context,
    closed: Annotated[bool, typer.Option("--all", help=_("Closed ones as well."))] = False,
    late: Annotated[bool, typer.Option("--late", help=_("Only what is late."))] = False,
    rep: RepOption = None,
    department: Annotated[
        str | None, typer.Option("--department", metavar=_("NAME"), help=_("Only what was sent to this department."))
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """What was missed is put before the next post by itself whenever the program looks."""
    context = context_of(ctx)
    context.look()
    with context.reading() as (sql, company):
        viewer = access.viewer(sql, context.actor(sql))
        whose = staff.get_by_login(sql, rep, former=True).id if rep is not None else None
        where = departments.get_department(sql, department, closed=True).id if department is not None else None
        found = [
            one
            for one in cases.list_cases(sql, viewer, closed=closed)
            if (rep is None or one.owner == whose) and (where is None or one.department_id == where)
        ]
        kept = deadlines.open_of(sql, "case", [one.id for one in found])
    told = [Line(one, kept.get(one.id, [])) for one in found]
    if late:
        told = [one for one in told if any(kept.is_late(context.now) for kept in one.open)]
    told.sort(key=lambda one: (one.nearest is None, one.nearest or context.now, one.case.number))
    shown = posts.load_posts()
    if as_json:
        render.as_json(
            [
                case_document(one.case, company, viewer)
                | {"deadlines": [matters.deadline(kept, company, shown, context.now) for kept in one.open]}
                for one in told
            ]
        )
        return
    render.heading(_("Cases: {n}").format(n=len(told)))
    if told:
        render.table([_row(one, company, shown, viewer, context.now) for one in told], VIEW)
    else:
        render.tell(_("None. A case opens in a call, or by hand: revisit case open CUSTOMER --text TEXT"))


def show(ctx: typer.Context, number: CaseArgument, as_json: JsonOption = False) -> None:
    """What I may do next stands below."""
    context = context_of(ctx)
    context.look()
    with context.reading() as (sql, company):
        viewer = access.viewer(sql, context.actor(sql))
        found = document(sql, company, _seen(sql, viewer, number), viewer, context.now)
    if as_json:
        render.as_json(found)
    else:
        with render.paged():
            _show(found)


@dataclass(frozen=True, slots=True)
class Line:
    """A case with its open deadlines."""

    case: Case
    open: Sequence[Kept]

    @property
    def nearest(self) -> datetime | None:
        """The nearest deadline."""
        return min((one.due_by for one in self.open if one.due_by is not None), default=None)


def _seen(sql: Sql, viewer: Viewer, number: int) -> Case:
    """The case, if this person may see it. Raises Refused."""
    case = cases.get_case(sql, number)
    cases.require_sight(sql, viewer, case)
    return case


def case_document(case: Case, company: CompanyInfo, viewer: Viewer) -> dict[str, Any]:
    """The case itself, as a document gives it."""
    return {
        "number": case.number,
        "customer": case.code,
        "name": viewer.name(case.name, case.owner),
        "rep": case.rep,
        "revisit": case.revisit,
        "opened_at": scheduler.local_at(case.opened_at, company),
        "by": case.by,
        "immediate": case.immediate,
        "what": case.what,
        "state": case.state,
        "department": case.department,
        "result": case.result,
        "closed_on": case.closed_on,
        "complaint": case.complaint or None,
    }


def document(sql: Sql, company: CompanyInfo, case: Case, viewer: Viewer, now: datetime) -> dict[str, Any]:
    """The JSON document of `case show`."""
    kept, shown = deadlines.of(sql, case.matter), posts.load_posts()
    return case_document(case, company, viewer) | {
        "waits": deadlines.is_paused(sql, case.matter),
        "deadlines": [matters.deadline(one, company, shown, now) for one in kept],
        "timeline": matters.timeline(sql, company, case.matter, kept),
        "possible": moves.possible(sql, CASE, case.matter, moves.parts_of(sql, viewer, case.matter)),
    }


def _row(one: Line, company: CompanyInfo, shown: Sequence[Post], viewer: Viewer, now: datetime) -> dict[str, Any]:
    nearest = min(one.open, key=lambda kept: (kept.due_by is None, kept.due_by or now), default=None)
    due = owner = ""
    if nearest is not None:
        due = matters.shown_at(wall(nearest.due_by, company)) if nearest.due_by else _("the clock stands still")
        due += " " + _("overdue") if nearest.is_late(now) else ""
        owner = matters.owed_by(nearest, shown)
    return {
        "number": one.case.number,
        "who": f"{one.case.code} {viewer.name(one.case.name, one.case.owner)}",
        "state": _(words.STATES[one.case.state]),
        "due": due,
        "owner": owner,
        "what": " · ".join(filter(None, (_("at once") if one.case.immediate else "", one.case.what))),
    }


def _show(found: dict[str, Any]) -> None:
    render.heading(render.safe(f"#{found['number']} {found['customer']} {found['name']}"))
    waits = " · " + _("waits for the customer") if found["waits"] else ""
    rows = [
        (_("What"), found["what"]),
        (_("Status"), _(words.STATES[found["state"]]) + waits),
        (_("At once"), _("yes") if found["immediate"] else _("no")),
        (_("Opened"), f"{found['opened_at']:%Y-%m-%d %H:%M} · {found['by']}"),
        (_("Department"), found["department"]),
        (_("Complaint"), found["complaint"] or ""),
        (_("Result"), found["result"]),
    ]
    render.pairs([(title, render.safe(text)) for title, text in rows if text])
    matters.show_story(found)
