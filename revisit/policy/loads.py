"""How many calls windows ask of a person: on average, on the busiest days, and which windows no order of the calls could keep.

A window is the days from an opening to the last day on which a call can be made in working time, both included. Calls are made
on working days; nobody's absence is known here. Windows are sums here, so that a long history costs no memory; which contact is
made on which day, and what is late already, is the forecast's question (`policy.workload`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from heapq import heappop, heappush
from itertools import accumulate
from typing import NamedTuple

from revisit.policy.calendar import WorkCalendar

Window = tuple[date, date]
_ONE_DAY = timedelta(days=1)


class Load(NamedTuple):
    """The calls of one person in a period.

    `mean`: calls per working day. `busiest`: so many fall on a day even where they are spread as well as can be; the windows that
    force it lie from `busiest_from` to `busiest_to` (None: there are no calls). `unkept`: windows that cannot be kept with the
    capacity, in whatever order one calls (None: no capacity was named).
    """

    calls: int
    mean: float
    busiest: int
    busiest_from: date | None
    busiest_to: date | None
    unkept: int | None


def calls_for(windows: Iterable[Window]) -> list[Window]:
    """The fewest calls that keep all windows of one customer, each with the days on which it can be made: one talk keeps
    every window that is open."""
    result: list[Window] = []
    for start, end in sorted(windows, key=lambda window: (window[1], window[0])):
        if result and start <= result[-1][1]:
            result[-1] = (max(start, result[-1][0]), result[-1][1])
        else:
            result.append((start, end))
    return result


def load(
    calls: Mapping[Window, int], first: date, last: date, calendar: WorkCalendar, capacity: int | None = None
) -> Load:
    """What some calls (how many, by window) ask of one person from `first` to `last`. `capacity`: calls per working day.

    A call without a working day in its window, promised for a day off, is made all the same and takes no other's place.
    """
    total = sum(calls.values())
    days = [day for day in _days(first, last) if calendar.is_working_day(day)]
    mean = total / len(days) if days else float(total)
    if not total:
        return Load(0, 0.0, 0, None, None, None if capacity is None else 0)
    working = [
        day
        for day in _days(min(start for start, _end in calls), max(end for _start, end in calls))
        if calendar.is_working_day(day)
    ]
    placed = _placed(calls, working)
    if not placed:
        return Load(total, mean, 0, None, None, None if capacity is None else 0)
    busiest, start, end = _densest(placed, len(working))
    unkept = None if capacity is None else _unkept(placed, len(working), capacity)
    return Load(total, mean, busiest, working[start], working[end], unkept)


def _placed(calls: Mapping[Window, int], working: list[date]) -> dict[tuple[int, int], int]:
    """The calls by the places of the first and last working day of their windows."""
    place = {day: index for index, day in enumerate(working)}
    result: dict[tuple[int, int], int] = defaultdict(int)
    for (start, end), number in calls.items():
        while start not in place and start <= end:
            start += _ONE_DAY
        while end not in place and end >= start:
            end -= _ONE_DAY
        if start <= end:
            result[place[start], place[end]] += number
    return result


def _densest(placed: Mapping[tuple[int, int], int], size: int) -> tuple[int, int, int]:
    """The most calls per day that windows force which lie within some days, and these days: by Hall's theorem so many a day are
    enough."""
    starting: dict[int, dict[int, int]] = defaultdict(dict)
    for (start, end), number in placed.items():
        starting[start][end] = number
    best = (0, 0, 0)
    ending = [0] * size  # calls within [start, …] by their last day
    for start in range(size - 1, -1, -1):
        for end, number in starting[start].items():
            ending[end] += number
        for end, within in enumerate(accumulate(ending[start:]), start):
            needed = -(-within // (end - start + 1))
            if needed > best[0]:
                best = (needed, start, end)
    return best


def _unkept(placed: Mapping[tuple[int, int], int], size: int, capacity: int) -> int:
    """How many calls find no place: each day those whose window ends first are made, which places as many as can be."""
    starting: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for (start, end), number in placed.items():
        starting[start].append((end, number))
    waiting: list[tuple[int, int]] = []
    lost = 0
    for day in range(size):
        for one in starting[day]:
            heappush(waiting, one)
        left = capacity
        while waiting and (left or waiting[0][0] < day):
            end, number = heappop(waiting)
            if end < day:
                lost += number
                continue
            made = min(left, number)
            left -= made
            if number > made:
                heappush(waiting, (end, number - made))
    return lost + sum(number for _end, number in waiting)


def _days(first: date, last: date) -> Iterable[date]:
    return (first + n * _ONE_DAY for n in range((last - first).days + 1))
