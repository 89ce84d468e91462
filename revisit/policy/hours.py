"""Call hours: when a customer may be telephoned without disturbing anybody's rest (B9; P1).

Times are local, without a zone. A window holds its first minute and not its last: 12:00 is no call hour where the morning
ends at 12:00.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from revisit.policy.calendar import WorkCalendar

Window = tuple[time, time]
Part = Literal["morning", "noon", "afternoon", "evening"]
PARTS: tuple[Part, ...] = ("morning", "noon", "afternoon", "evening")
"""The parts of a day that a customer may name instead of an hour, in their order."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CallHours:
    """The windows of working days and of rest days in which calls are made, in their order, and what people call the parts of
    a day."""

    clause: str
    working_days: tuple[Window, ...]
    rest_days: tuple[Window, ...]
    parts: Mapping[str, Window]

    def of(self, day: date, calendar: WorkCalendar) -> tuple[Window, ...]:
        """The windows of a day; a weekend day that is worked has those of a working day."""
        return self.working_days if calendar.is_working_day(day) else self.rest_days


@dataclass(frozen=True, slots=True)
class Outside:
    """Why a moment is outside call hours.

    `code`: rest-day, meal (between two windows), early (before the first), late (after the last). `start` and `end` are the
    hours between which no call is made: of a meal both, of early the end, of late the start. `festival` names the festival
    of a rest day by language, None on a plain weekend.
    """

    code: Literal["rest-day", "meal", "early", "late"]
    start: time | None = None
    end: time | None = None
    festival: Mapping[str, str] | None = None


def window(text: str) -> Window:
    """The hours of `09:00-12:00`. Raises ValueError for what is none, or ends before it begins."""
    start, _, end = text.partition("-")
    if (len(start), len(end)) != (5, 5):
        raise ValueError(f"no hours: {text}")
    found = time.fromisoformat(start), time.fromisoformat(end)
    if found[0] >= found[1] or found[0].second or found[1].second:
        raise ValueError(f"no hours: {text}")
    return found


def inside(moment: datetime, calendar: WorkCalendar, hours: CallHours) -> Outside | None:
    """Why no call should be made at that moment; None in call hours."""
    windows = hours.of(moment.date(), calendar)
    if not windows:
        return inside_day(moment.date(), calendar, hours)
    at, last_end = moment.time(), None
    for start, end in windows:
        if at < start:
            return Outside("meal", last_end, start) if last_end else Outside("early", end=start)
        if at < end:
            return None
        last_end = end
    return Outside("late", start=last_end)


def inside_day(day: date, calendar: WorkCalendar, hours: CallHours) -> Outside | None:
    """Why no call should be made on that day at any hour; None if there are call hours on it."""
    return None if hours.of(day, calendar) else Outside("rest-day", festival=calendar.festival(day))


def next_inside(moment: datetime, calendar: WorkCalendar, hours: CallHours) -> datetime:
    """The moment itself in call hours, else the first minute of the next window, on that day or the next one that has any.

    Raises OverflowError if the calendar ends before.
    """
    day, at = moment.date(), moment.time()
    while True:
        for start, end in hours.of(day, calendar):
            if at < end:
                return datetime.combine(day, max(at, start))
        day, at = next_day_inside(day + _DAY, calendar, hours), time()


def next_day_inside(day: date, calendar: WorkCalendar, hours: CallHours) -> date:
    """The day itself if there are call hours on it, else the next one on which there are. Raises OverflowError as above."""
    while not hours.of(day, calendar):
        day += _DAY
    return day


def part_window(part: str, hours: CallHours) -> Window:
    """The call hours in a part of a working day: the first and the last one. Where it has none, the part itself."""
    begins, ends = hours.parts[part]
    found = [(max(start, begins), min(end, ends)) for start, end in hours.working_days]
    found = [(start, end) for start, end in found if start < end]
    return (found[0][0], found[-1][1]) if found else (begins, ends)


def over(moment: datetime, calendar: WorkCalendar, hours: CallHours) -> bool:
    """Whether no call hour of that day is left."""
    windows = hours.of(moment.date(), calendar)
    return not windows or moment.time() >= windows[-1][1]
