"""The work ahead in words: its days and weeks, and the smallest change, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from revisit import wording
from revisit.forecast import Forecast, Moved, PersonAhead, Suggestion
from revisit.i18n import N_, _
from revisit.policy.workload import DayLoad

MOST_CODES = 8
WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))


class Part(NamedTuple):
    """A day or a week of the forecast as its table, plot and document show it."""

    first: date
    last: date
    figures: dict[str, int]


def heading(found: Forecast, whose: str) -> str:
    """What it is about, in a line."""
    told = _("Work ahead, {first} to {last} ({whose})")
    return told.format(first=found.first, last=found.last, whose=found.rep or whose)


def nothing(found: Forecast) -> str:
    """Why there is nothing to tell; empty: there is."""
    if not found.customers:
        return _("No customers here. They are brought in with: revisit import customers FILE")
    if not any(one.listed for one in found.days):
        return _("Nobody is owed a contact in these days. See further ahead: revisit forecast --weeks 12")
    return ""


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


def worked(days: Sequence[DayLoad], by: str) -> list[Part]:
    """Those in which something is done: rest days only where something is lost on them."""
    return [part for part in parts(days, by) if part.figures["capacity"] or part.figures["overflow"]]


def when(part: Part, by: str) -> str:
    """A day with its weekday, or a week."""
    if by == "week":
        return f"{part.first:%m-%d}–{part.last:%m-%d}"
    return f"{part.first:%m-%d} {_(WEEKDAYS[part.first.weekday()])}"


def rest(found: Forecast) -> Iterator[str]:
    """What the days do not show: what was overdue before, what is left after them."""
    overdue, left = sum(one.overdue for one in found.people), found.days[-1].left
    if overdue:
        yield _("Overdue already: {n}. They are made with what the days have left.").format(n=overdue)
    if left:
        yield _("Still on the list at the end: {n}").format(n=left)


def lost(found: Forecast) -> str:
    """Whether windows cannot be kept, and how many."""
    if not found.lost:
        return _("Every window can be kept.")
    return _("Windows that cannot be kept: {n}").format(n=found.lost)


def person(one: PersonAhead) -> dict[str, str | int]:
    """A person with the contacts of all days, by how they come out."""
    sums = {name: sum(getattr(day, name) for day in one.days) for name in ("planned", "late", "overflow")}
    return {"rep": one.login or _("(nobody)"), "per_day": one.per_day, **sums}


def overfull(found: Forecast) -> list[dict[str, str | int]]:
    """The days whose windows cannot be kept, by person."""
    return [
        {
            "rep": one.login or _("(nobody)"), "days": span(days.first, days.last), "contacts": days.contacts,
            "capacity": days.capacity, "excess": days.excess,
        }
        for one in found.people
        for days in one.overfull
    ]  # fmt: skip


def span(first: date, last: date) -> str:
    """Days from one to another."""
    return f"{first:%m-%d}" if first == last else f"{first:%m-%d}–{last:%m-%d}"


def change(found: Suggestion, whole: Forecast) -> str:
    """What the smallest change is, in a line; empty: none is needed."""
    if not (whole.lost or found.moves or found.extra):
        return ""
    calls = sum(one.calls for one in found.extra)
    told = _("The smallest change: {moves} contacts change hands, {calls} extra calls")
    return told.format(moves=len(found.moves), calls=calls)


def told(found: Suggestion, whole: Forecast) -> Iterator[str]:
    """The change in sentences: who makes how many calls of whom, extra calls, what is lost nevertheless, what has to be begun."""
    yield from _changes(found)
    if found.lost:
        yield _("Nobody here can make the other {n}. A representative is added with: revisit staff add LOGIN").format(
            n=found.lost
        )
    elif whole.lost:
        yield _("With this change every window is kept.")
    for one in found.begin:
        text = _("{rep} has to make {n} contacts by {day} whose windows end later: what comes then needs its days")
        yield text.format(rep=one.rep, n=one.calls, day=f"{one.by:%m-%d}")


def _changes(found: Suggestion) -> Iterator[str]:
    for (owner, to), moves in groupby(found.moves, key=lambda one: (one.owner, one.to)):
        every = list(moves)
        days = span(min(one.on for one in every), max(one.on for one in every))
        text = (
            _("{to} makes {n} contacts of {owner}, {days}: {codes}")
            if owner
            else _("{to} makes {n} contacts of customers without a representative, {days}: {codes}")
        )
        yield text.format(to=to, n=len(every), owner=owner, days=days, codes=_codes(every))
    for rep, extra in groupby(found.extra, key=lambda one: one.rep):
        calls = [(one.on, one.calls) for one in extra]
        days = wording.listed(f"{on:%m-%d} +{n}" for on, n in calls)
        yield _("{rep} makes {n} extra calls: {days}").format(rep=rep, n=sum(n for _on, n in calls), days=days)


def _codes(moves: Sequence[Moved]) -> str:
    codes = list(dict.fromkeys(one.code for one in moves))
    told = wording.listed(codes[:MOST_CODES])
    more = len(codes) - MOST_CODES
    return _("{codes} and {n} more").format(codes=told, n=more) if more > 0 else told
