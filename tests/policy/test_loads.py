"""Calls against windows: by hand, and against a slow search for places."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revisit.policy.loads import Load, Window, calls_for, load
from revisit.policy.workload import Contact, schedule
from tests.policy.reading import CALENDAR

MONDAY = date(2026, 3, 2)
DAY = timedelta(days=1)


def span(first: int, last: int) -> Window:
    return date(2026, 3, first), date(2026, 3, last)


@pytest.mark.parametrize(
    ("windows", "calls"),
    [
        ([], []),
        ([(2, 9)], [(2, 9)]),
        ([(2, 9), (10, 16)], [(2, 9), (10, 16)]),
        ([(2, 10), (10, 16)], [(10, 10)]),
        ([(2, 9), (4, 16), (8, 12)], [(8, 9)]),
        ([(2, 9), (4, 16), (10, 12)], [(2, 9), (10, 12)]),
    ],
)
def test_one_talk_keeps_every_window_that_is_open(windows: list[tuple[int, int]], calls: list[tuple[int, int]]) -> None:
    assert calls_for(span(*one) for one in reversed(windows)) == [span(*one) for one in calls]


def test_a_load_by_hand() -> None:
    """In the week from Monday 2 March: six calls, four of them on Wednesday and Thursday alone."""
    calls = Counter({span(4, 5): 4, span(2, 6): 2})
    assert load(calls, *span(2, 8), CALENDAR, 1) == Load(6, 6 / 5, 2, date(2026, 3, 4), date(2026, 3, 5), 2)
    assert load(calls, *span(2, 8), CALENDAR, 2).unkept == 0
    assert load(calls, *span(2, 8), CALENDAR).unkept is None
    assert load({}, *span(2, 8), CALENDAR, 3) == Load(0, 0.0, 0, None, None, 0)


def test_a_call_promised_for_a_day_off_takes_no_place() -> None:
    saturday = Counter({span(7, 7): 3})
    assert load(saturday, *span(2, 8), CALENDAR, 1) == Load(3, 3 / 5, 0, None, None, 0)
    assert load(saturday + Counter({span(6, 9): 2}), *span(2, 8), CALENDAR, 1).unkept == 0


windows = st.tuples(st.integers(0, 20), st.integers(0, 9)).map(
    lambda pair: (MONDAY + pair[0] * DAY, MONDAY + sum(pair) * DAY)
)


@given(st.lists(windows, max_size=12), st.integers(1, 4))
def test_no_order_of_the_calls_keeps_more(found: list[Window], capacity: int) -> None:
    calls = Counter(found)
    one = load(calls, MONDAY, MONDAY + 30 * DAY, CALENDAR, capacity)
    days = [MONDAY + n * DAY for n in range(31) if CALENDAR.is_working_day(MONDAY + n * DAY)]
    kept = most_kept([[day for day in days if start <= day <= end] for start, end in found], capacity)
    nowhere = sum(not any(start <= day <= end for day in days) for start, end in found)
    assert one.unkept == len(found) - kept - nowhere
    assert one.calls == len(found)
    enough = load(calls, MONDAY, MONDAY + 30 * DAY, CALENDAR, max(1, one.busiest))
    assert enough.unkept == 0, "as many a day as on the busiest days are enough"
    if one.busiest > 1:
        less = load(calls, MONDAY, MONDAY + 30 * DAY, CALENDAR, one.busiest - 1)
        assert less.unkept, "and no fewer are"
        assert one.busiest_from is not None
        assert one.busiest_to is not None
        stretch = [day for day in days if one.busiest_from <= day <= one.busiest_to]
        worked = [[day for day in days if start <= day <= end] for start, end in found]
        inside = sum(bool(mine) and set(mine) <= set(stretch) for mine in worked)
        assert inside > (one.busiest - 1) * len(stretch)


@given(st.lists(windows, max_size=12), st.integers(1, 4))
def test_the_forecast_loses_as_many(found: list[Window], capacity: int) -> None:
    """Two ways to count: sums of windows here, the plan of each contact there."""
    days = [MONDAY + n * DAY for n in range(40)]
    found = [one for one in found if any(CALENDAR.is_working_day(day) for day in days if one[0] <= day <= one[1])]
    room = {day: capacity if CALENDAR.is_working_day(day) else 0 for day in days}
    planned = schedule([Contact(number, start, start, end) for number, (start, end) in enumerate(found)], room)
    assert load(Counter(found), days[0], days[-1], CALENDAR, capacity).unkept == len(planned.lost)


def most_kept(possible: list[list[date]], capacity: int) -> int:
    """The most calls that find a place, by trying to move others away."""
    places: dict[tuple[date, int], int] = {}

    def placed(call: int, tried: set[tuple[date, int]]) -> bool:
        for place in ((day, number) for day in possible[call] for number in range(capacity)):
            if place not in tried:
                tried.add(place)
                if place not in places or placed(places[place], tried):
                    places[place] = call
                    return True
        return False

    return sum(placed(call, set()) for call in range(len(possible)))
