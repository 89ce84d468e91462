"""When to call back, as a person said it: booked, moved to call hours where that was asked for, and told in full."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import typer

from revisit import clock, render, wording
from revisit.company import CompanyInfo
from revisit.context import bad_when
from revisit.errors import Refused
from revisit.i18n import N_, _
from revisit.policy.ahead import parse_ahead
from revisit.policy.hours import Outside, inside, inside_day, next_day_inside, next_inside
from revisit.policy.when import WhenError

IN_HOURS = typer.Option("--in-hours", help=_("Move the callback or follow-up to call hours."))
PARTS = {"morning": N_("morning"), "noon": N_("noon"), "afternoon": N_("afternoon"), "evening": N_("evening")}


@dataclass(frozen=True, slots=True)
class Booked:
    """A callback or follow-up as it was understood: `when` is a day, or a day and time on the company's wall clock.

    `part`: the part of the day that was said instead of an hour. `by`: the last day of a deadline. `outside`: why what was
    said is outside call hours; `inside` is then the next time in them. `moved`: `when` is that time, because it was asked for.
    `covered`: whether the festivals of that year are known.
    """

    when: date
    part: str = ""
    by: date | None = None
    said: date | None = None
    outside: Outside | None = None
    inside: date | None = None
    covered: bool = True

    @property
    def moved(self) -> bool:
        """Whether it is booked for another time than was said."""
        return self.said is not None and self.when != self.said

    def stored(self, company: CompanyInfo) -> dict[str, Any]:
        """`promised_on` and `promised_at` of an outcome."""
        if isinstance(self.when, datetime):
            return {"promised_on": self.when.date(), "promised_at": clock.instant(self.when, company.timezone)}
        return {"promised_on": self.when, "promised_at": None}


def understood(text: str, now: datetime, company: CompanyInfo, *, in_hours: bool) -> Booked:
    """What a person said, seen from `now` (the company's wall clock). Raises WrongUsage."""
    hours = company.policies.on(now.date()).call_hours
    try:
        when = parse_ahead(text, now, calendar=company.calendar, hours=hours)
    except WhenError as error:
        raise bad_when(error) from error
    moment = when.on if when.at is None else datetime.combine(when.on, when.at)
    return placed(moment, now, company, in_hours=in_hours, part=when.part, by=when.by)


def to_come(text: str, now: datetime, company: CompanyInfo) -> Booked:
    """The same for what must not have passed. Raises WrongUsage; Refused for a time that has."""
    booked = understood(text, now, company, in_hours=False)
    if booked.when <= now if isinstance(booked.when, datetime) else booked.when < now.date():
        raise Refused(
            N_("{when} is past"), N_("name a later day or time, for example 明天下午3点"), when=shown(booked.when)
        )
    return booked


def placed(
    when: date, now: datetime, company: CompanyInfo, *, in_hours: bool, part: str = "", by: date | None = None
) -> Booked:
    """A time that was understood, held against call hours and moved to them if that was asked for.

    What has passed already is neither: whoever records it refuses it.
    """
    hours, calendar = company.policies.on(now.date()).call_hours, company.calendar
    moved: date
    try:
        if isinstance(when, datetime):
            past, why, moved = when <= now, inside(when, calendar, hours), next_inside(when, calendar, hours)
        else:
            past, why, moved = (
                when < now.date(),
                inside_day(when, calendar, hours),
                next_day_inside(when, calendar, hours),
            )
    except OverflowError as error:
        raise bad_when(WhenError("impossible", shown(when))) from error
    if past or why is None:
        return Booked(when, part, by, said=when, covered=past or calendar.covers(when))
    booked = moved if in_hours else when
    return Booked(booked, "" if in_hours else part, by, when, why, moved, calendar.covers(booked))


def tell(booked: Booked, template: str) -> None:
    """The booking with date and weekday, and how it came to be. `template` has a place for {when} and {weekday}."""
    weekday = render.weekday(booked.when)
    if booked.part:
        weekday = _("{weekday}, {part}").format(weekday=weekday, part=_(PARTS[booked.part]))
    render.tell(template.format(when=shown(booked.when), weekday=weekday))
    tell_how(booked)


def tell_how(booked: Booked) -> None:
    """How a deadline or a time outside call hours came to be this booking."""
    if booked.by is not None and booked.by != booked.when:
        render.tell(
            _("  the last working day until {by} ({weekday})").format(by=booked.by, weekday=render.weekday(booked.by))
        )
    if booked.moved and booked.said and booked.outside:
        render.tell(
            _("  moved to call hours; said was {when} ({weekday}): {why}").format(
                when=shown(booked.said), weekday=render.weekday(booked.said), why=wording.outside(booked.outside)
            )
        )


def warn(booked: Booked) -> None:
    """A notice for what is booked outside call hours, and what it would be in them; and for a year without festivals."""
    if booked.outside and booked.inside and not booked.moved:
        render.note(
            _("{when} ({weekday}) is outside call hours: {why}. With --in-hours: {inside} ({day}).").format(
                when=shown(booked.when),
                weekday=render.weekday(booked.when),
                why=wording.outside(booked.outside),
                inside=shown(booked.inside),
                day=render.weekday(booked.inside),
            )
        )
    if not booked.covered:
        render.note(_(wording.UNPUBLISHED).format(year=booked.when.year))


def shown(when: date) -> str:
    """A day, or an instant on its own wall clock."""
    return when.strftime("%Y-%m-%d %H:%M") if isinstance(when, datetime) else when.isoformat()
