"""What the commands of all matters show alike: deadlines, what was done, how a clock was counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from revisit import posts, render, scheduler, wording
from revisit.company import CompanyInfo
from revisit.db import Sql
from revisit.i18n import N_, _
from revisit.matters import Matter, climbing, deadlines, moves, wall, words
from revisit.matters.deadlines import Kept
from revisit.posts import Post
from revisit.render import Column

SEGMENTS = (
    Column("start", N_("From"), card=0),
    Column("end", N_("To"), card=0),
    Column("length", N_("Length"), right=True, card=2),
    Column("why", N_("Counted or not"), wrap=True, card=1),
)


def owed_by(one: Kept, shown: Sequence[Post]) -> str:
    """Who owes a step: a name, a department or the title of a post."""
    return one.owner_name or posts.shown_post(shown, one.owner.post)


def shown_at(moment: datetime) -> str:
    """A moment on the company's own clock, without the year."""
    return f"{moment:%m-%d %H:%M}"


def due_text(one: Kept, company: CompanyInfo) -> str:
    """Until when a step is owed."""
    if one.due_by is None:
        return _("the clock stands still")
    return _("due by {due}").format(due=f"{wall(one.due_by, company):%Y-%m-%d %H:%M}")


def length(span: timedelta) -> str:
    """A stretch of time as hours and minutes: 25:30."""
    minutes = round(span.total_seconds() / 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def deadline(one: Kept, company: CompanyInfo, shown: Sequence[Post], now: datetime) -> dict[str, Any]:
    """A deadline as a document gives it."""
    due = one.due_by.replace(microsecond=0) if one.due_by else None
    return {
        "clock": one.clock,
        "owed_by": owed_by(one, shown),
        "started_at": scheduler.local_at(one.started_at, company),
        "due_by": scheduler.local_at(due, company),
        "ended": one.ended,
        "ended_at": scheduler.local_at(one.ended_at, company),
        "late": one.is_late(now),
    }


def deadline_line(one: dict[str, Any]) -> str:
    """A deadline in one line."""
    due = (
        _("due by {due}").format(due=f"{one['due_by']:%Y-%m-%d %H:%M}")
        if one["due_by"]
        else _("the clock stands still")
    )
    ended = _(words.ENDED[one["ended"]])
    if one["ended_at"]:
        ended += f" {shown_at(one['ended_at'])}"
    late = (_("late") if one["ended"] else _("overdue")) if one["late"] else ""
    parts = (_(words.CLOCKS[one["clock"]]), one["owed_by"], due, ended, late)
    return render.safe(" · ".join(filter(None, parts)))


def timeline(sql: Sql, company: CompanyInfo, matter: Matter, kept: Sequence[Kept]) -> list[dict[str, Any]]:
    """Moves and climbs in order of time."""
    shown = posts.load_posts()
    events = [
        (one.at, 0, {"action": one.action, "by": one.login, "text": one.text, **one.said, "state": one.state_to})
        for one in moves.of(sql, matter)
    ]
    climbs = [one for found in climbing.of(sql, [one.id for one in kept]).values() for one in found]
    events += [(one.at, 1, {"action": "climb", "post": posts.shown_post(shown, one.post)}) for one in climbs]
    events.sort(key=lambda event: event[:2])
    return [{"at": scheduler.local_at(at, company), **told} for at, _order, told in events]


def event_line(event: dict[str, Any]) -> str:
    """A move or a climb in one line, without its time."""
    return " · ".join(_said(event))


def _said(event: dict[str, Any]) -> Iterator[str]:
    yield _(words.ACTIONS[event["action"]])
    for key in ("post", "for", "department", "text", "how", "person", "on", "fee"):
        if event.get(key):
            yield wording.word(str(event[key])) if key == "how" else str(event[key])
    if event.get("by"):
        yield str(event["by"])


def show_story(found: Mapping[str, Any]) -> None:
    """The end of the screen of a matter: its deadlines, where it has any, what was done, what I may do now."""
    if found.get("deadlines"):
        render.tell()
        render.heading(_("Deadlines"))
        for one in found["deadlines"]:
            render.paragraph(deadline_line(one))
    render.tell()
    render.heading(_("What was done"))
    for event in found["timeline"]:
        render.paragraph(render.safe(f"{shown_at(event['at'])} {event_line(event)}"))
    if found["possible"]:
        render.tell()
    show_possible(found["possible"])


def show_possible(actions: Sequence[str]) -> None:
    """What I may do now, where it is something."""
    if actions:
        render.paragraph(_("Possible for you now: {actions}").format(actions=words.listed(actions)))


def clocks(sql: Sql, company: CompanyInfo, matter: Matter, now: datetime) -> list[dict[str, Any]]:
    """Every clock of a matter, as it was counted."""
    shown = posts.load_posts()
    found = []
    for one in deadlines.of(sql, matter):
        limit, reading = deadlines.limit_of(one, company), deadlines.reading(sql, company, matter, one, now)
        counted = {
            "clause": limit.clause,
            "unit": "days" if one.stated or limit.unit != "minutes" else "minutes",
            "used": reading.used,
            "left": reading.left,
            "segments": [{"from": part.start, "to": part.end, "code": part.code} for part in reading.segments],
            "unknown_years": list(reading.unknown_years),
        }
        found.append(deadline(one, company, shown, now) | counted)
    return found


def show_clock(one: dict[str, Any]) -> None:
    """A clock on the screen: its deadline, stretch by stretch what was counted, what is used and left."""
    render.tell()
    render.heading(render.safe(f"{_(words.CLOCKS[one['clock']])} [{one['clause']}]"))
    render.paragraph(deadline_line(one))
    rows = [
        {
            "start": shown_at(part["from"]),
            "end": shown_at(part["to"]),
            "length": length(part["to"] - part["from"]),
            "why": _(words.SEGMENTS[part["code"]]),
        }
        for part in one["segments"]
    ]
    if rows:
        render.table(rows, SEGMENTS)
    if one["unit"] == "days":
        told = _("Used: {used} days, left: {left} days.").format(used=one["used"], left=one["left"])
    else:
        used, left = (length(timedelta(minutes=one[key])) for key in ("used", "left"))
        told = _("Used: {used}, left: {left}.").format(used=used, left=left)
    render.tell(told)
    for year in one["unknown_years"]:
        unpublished = _("The working calendar of {year} is not published here: only weekends count as rest days.")
        render.note(unpublished.format(year=year))
