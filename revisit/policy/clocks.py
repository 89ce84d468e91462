"""How long something may take, and what of that time counts: the clock of a deadline. Clause: P3 2.1, 2.2; P4.

Moments are local, without a zone: 24 hours later is the same time on the next day. A clock that counts working time stands
still at night, at meal times and on rest days; every clock stands still while we wait for the customer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal, NamedTuple

from revisit.policy.calendar import WorkCalendar
from revisit.policy.hours import Window
from revisit.policy.months import month_start, plus_months

Unit = Literal["minutes", "days", "month_ends"]
Counted = Literal["wall", "working"]
Code = Literal["counted", "night", "meal", "rest-day", "festival", "paused", "first-day"]
LENGTHS: Mapping[str, tuple[Unit, int]] = {
    "minutes": ("minutes", 1), "hours": ("minutes", 60), "days": ("days", 1), "month_ends": ("month_ends", 1),
}  # fmt: skip
"""How the policy file names a length, as which unit it is counted, and how many of these it is."""
COUNTED: tuple[Counted, ...] = ("wall", "working")
CLOCKS = (
    "decide",
    "coordinate",
    "form",
    "contact",
    "plan",
    "feedback",
    "sign",
    "report",
    "closing",
    "measure",
    "review",
)
"""The clocks that the program knows, in the order of the policy file."""
BEFORE_THE_CLOCKS: Mapping[str, Any] = {
    "working_hours": {"clause": "P1", "working_days": ["08:30-12:00", "13:30-17:30"], "rest_days": []},
    "clocks": {
        "decide": {"clause": "P3 2.1", "hours": 1, "counted": "working", "same_day": True},
        "coordinate": {"clause": "P3 2.1", "hours": 1, "counted": "working"},
        "form": {"clause": "P3 2.1", "hours": 1, "counted": "working"},
        "contact": {"clause": "P3 2.2", "hours": 24, "counted": "wall"},
        "plan": {"clause": "P3 2.2", "hours": 24, "counted": "wall"},
        "feedback": {"clause": "P3 2.2", "month_ends": 1, "counted": "wall"},
        "sign": {"clause": "P3 1.5", "hours": 24, "counted": "working"},
        "report": {"clause": "P4", "days": 3, "counted": "wall"},
        "closing": {"clause": "P4", "days": 6, "counted": "wall"},
        "measure": {"clause": "P4", "days": 30, "counted": "wall"},
        "review": {"clause": "P4", "days": 10, "counted": "wall"},
    },
    "escalation": {
        "clause": "P0",
        "ladder": ["service-supervisor", "service-manager", "vice-president", "general-manager"],
        "every_hours": 24,
    },
}
"""What holds for policies that were adopted before these keys were there."""
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_TICK = timedelta.resolution
_FOR_EVER = datetime.combine(date.max, time())


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """The windows of working days and of rest days in which people are at work, in their order."""

    clause: str
    working_days: tuple[Window, ...]
    rest_days: tuple[Window, ...]

    def of(self, day: date, calendar: WorkCalendar) -> tuple[Window, ...]:
        """The windows of a day; a weekend day that is worked has those of a working day."""
        return self.working_days if calendar.is_working_day(day) else self.rest_days


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """How long something may take: so many minutes, days (until the end of the last one), or month ends (1: the end of the
    month). `counted`: all time and every day, or working time and working days only. `same_day`: minutes that would pass
    the end of work end with it."""

    name: str
    clause: str
    length: int
    unit: Unit
    counted: Counted
    same_day: bool = False


@dataclass(frozen=True, slots=True)
class Escalation:
    """Whom a missed deadline is put before: posts, the lowest first, the next one after so many hours. Clause: P0."""

    clause: str
    ladder: tuple[str, ...]
    every_hours: int

    def above(self, post: str) -> tuple[str, ...]:
        """The posts that a deadline of this post climbs to; all of them for a post that is not on the ladder."""
        return self.ladder[self.ladder.index(post) + 1 :] if post in self.ladder else self.ladder


class Pause(NamedTuple):
    """From one moment to another (excluded) a clock stands still; None: it still does."""

    start: datetime
    end: datetime | None


class Segment(NamedTuple):
    """A stretch of time: whether and why it counts. The first day of a limit in days does not count."""

    start: datetime
    end: datetime
    code: Code


@dataclass(frozen=True, slots=True)
class Reading:
    """A clock at a moment: the segments from its start to the deadline (to that moment where there is none), how much is
    used and left (minutes, or whole days), the deadline (None: the clock stands still), and the years among the segments
    of which no calendar is known."""

    segments: tuple[Segment, ...]
    used: int
    left: int
    due_by: datetime | None
    unknown_years: tuple[int, ...]


def due_by(
    limit: TimeLimit,
    start: datetime,
    *,
    calendar: WorkCalendar,
    hours: WorkingHours,
    pauses: Sequence[Pause] = (),
) -> datetime | None:
    """The last moment in time for what began at `start`; None while the clock stands still.

    Of a limit in days it is the last instant of the day. Raises OverflowError where the calendar ends before.
    """
    for segment, due in _walk(limit, start, calendar, hours, pauses):
        if due is not None:
            return due
        if segment.end == _FOR_EVER:
            return None
    raise AssertionError  # a walk ends in a deadline or never


def read(
    limit: TimeLimit,
    start: datetime,
    at: datetime,
    *,
    calendar: WorkCalendar,
    hours: WorkingHours,
    pauses: Sequence[Pause] = (),
) -> Reading:
    """The clock as it stands at the moment `at`: of a limit in minutes to the minute, begun ones not counted."""
    segments: list[Segment] = []
    due: datetime | None = None
    for segment, due in _walk(limit, start, calendar, hours, pauses):
        if segment.end == _FOR_EVER:
            segment = segment._replace(end=max(at, segment.start))
            segments.append(segment)
            break
        segments.append(segment)
        if due is not None:
            break
    counted = [one for one in segments if one.code == "counted"]
    if limit.unit == "minutes":
        used = sum((min(one.end, at) - one.start for one in counted if one.start < at), timedelta()) // _MINUTE
        whole = -(sum((one.start - one.end for one in counted), timedelta()) // _MINUTE)
    else:
        used, whole = sum(one.end <= at for one in counted), len(counted)
    if due is None:
        whole = max(whole, limit.length if limit.unit != "month_ends" else 0)
    days = {moment.date() for one in segments for moment in (one.start, one.end - _TICK)}
    unknown = sorted({day.year for day in days if not calendar.covers(day)})
    return Reading(tuple(_joined(segments)), used, whole - used, due, tuple(unknown))


def _walk(
    limit: TimeLimit, start: datetime, calendar: WorkCalendar, hours: WorkingHours, pauses: Sequence[Pause]
) -> Iterator[tuple[Segment, datetime | None]]:
    """The segments from the start on, and with the last one the deadline; a pause without an end is the last, too."""
    if limit.unit == "minutes":
        yield from _minutes(limit, start, calendar, hours, pauses)
    else:
        yield from _days(limit, start, calendar, pauses)


def _minutes(
    limit: TimeLimit, start: datetime, calendar: WorkCalendar, hours: WorkingHours, pauses: Sequence[Pause]
) -> Iterator[tuple[Segment, datetime | None]]:
    left = timedelta(minutes=limit.length)
    last: datetime | None = None  # the end of work on the day on which the clock began to count, or went on
    for segment in _with_pauses(_pieces(limit, start, calendar, hours), pauses):
        if segment.code == "paused":
            last = None
        if segment.code != "counted":
            yield segment, None
            continue
        if last is None and limit.same_day:
            last = _end_of_work(segment.start, calendar, hours)
        due = segment.start + left
        if last is not None:
            due = min(due, last)
        if due <= segment.end:
            yield segment._replace(end=due), due
            return
        left -= segment.end - segment.start
        if last is not None and segment.end >= last:
            yield segment, segment.end
            return
        yield segment, None


def _end_of_work(moment: datetime, calendar: WorkCalendar, hours: WorkingHours) -> datetime:
    """The end of the last working window of that day; once that is over, or on a day without any, midnight."""
    windows = hours.of(moment.date(), calendar)
    end = datetime.combine(moment.date(), windows[-1][1]) if windows else moment
    return end if end > moment else datetime.combine(moment.date() + _DAY, time())


def _pieces(limit: TimeLimit, start: datetime, calendar: WorkCalendar, hours: WorkingHours) -> Iterator[Segment]:
    """What counts of the time from the start on, without pauses, one day after the other and no segment across midnight."""
    day = start.date()
    while True:
        for one in _day(day, limit, calendar, hours):
            if one.end > start:
                yield one._replace(start=max(one.start, start))
        day += _DAY


def _day(day: date, limit: TimeLimit, calendar: WorkCalendar, hours: WorkingHours) -> Iterator[Segment]:
    begin, end = datetime.combine(day, time()), datetime.combine(day + _DAY, time())
    if limit.counted == "wall":
        yield Segment(begin, end, "counted")
        return
    windows = hours.of(day, calendar)
    if not windows:
        yield Segment(begin, end, _rest(day, calendar))
        return
    at, why = begin, "night"
    for first, last in windows:
        opens, closes = datetime.combine(day, first), datetime.combine(day, last)
        if at < opens:
            yield Segment(at, opens, "meal" if why == "meal" else "night")
        yield Segment(opens, closes, "counted")
        at, why = closes, "meal"
    yield Segment(at, end, "night")


def _rest(day: date, calendar: WorkCalendar) -> Code:
    return "festival" if calendar.festival(day) else "rest-day"


def _with_pauses(pieces: Iterator[Segment], pauses: Sequence[Pause]) -> Iterator[Segment]:
    """The pieces, cut where a pause begins or ends; a pause without an end is the last of them."""
    waiting = sorted(pauses, key=lambda pause: pause.start)
    for piece in pieces:
        at = piece.start
        while at < piece.end:
            while waiting and waiting[0].end is not None and waiting[0].end <= at:
                waiting.pop(0)
            if not waiting or waiting[0].start >= piece.end:
                yield piece._replace(start=at)
                break
            pause = waiting[0]
            if at < pause.start:
                yield piece._replace(start=at, end=pause.start)
                at = pause.start
                continue
            if pause.end is None:
                yield Segment(at, _FOR_EVER, "paused")
                return
            until = min(pause.end, piece.end)
            yield Segment(at, until, "paused")
            at = until


def _days(
    limit: TimeLimit, start: datetime, calendar: WorkCalendar, pauses: Sequence[Pause]
) -> Iterator[tuple[Segment, datetime | None]]:
    """Day by day: a day counts if the clock runs at its end."""
    day = start.date()
    still = next((pause.start for pause in pauses if pause.end is None), None)
    last = plus_months(month_start(day), limit.length) - _DAY if limit.unit == "month_ends" else None
    first = datetime.combine(day + _DAY, time())
    left = limit.length
    if limit.unit == "days":
        if still is not None and still < first:
            yield Segment(start, _FOR_EVER, "paused"), None
            return
        yield Segment(start, first, "first-day"), None if left else first - _TICK
        day += _DAY
    while True:
        begin, end = datetime.combine(day, time()), datetime.combine(day + _DAY, time())
        begin = max(begin, start)
        if still is not None and still < end:
            yield Segment(begin, _FOR_EVER, "paused"), None
            return
        paused = any(pause.start < end and (pause.end is None or pause.end >= end) for pause in pauses)
        rest = limit.counted == "working" and not calendar.is_working_day(day)
        code: Code = "paused" if paused else _rest(day, calendar) if rest else "counted"
        if last is not None:
            if day >= last and not paused:
                yield Segment(begin, end, "counted"), end - _TICK
                return
            yield Segment(begin, end, code), None
        else:
            left -= code == "counted"
            over = code == "counted" and not left
            yield Segment(begin, end, code), end - _TICK if over else None
            if over:
                return
        day += _DAY


def _joined(segments: Sequence[Segment]) -> Iterator[Segment]:
    """Segments of one kind that follow each other as one."""
    held: Segment | None = None
    for one in segments:
        if held is not None and held.code == one.code and held.end == one.start:
            held = held._replace(end=one.end)
            continue
        if held is not None and held.end > held.start:
            yield held
        held = one
    if held is not None and held.end > held.start:
        yield held
