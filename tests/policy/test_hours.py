"""Call hours: 09:00-12:00 and 14:00-17:30 on working days, none on rest days (the shipped policy, calendar of 2026)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revisit.policy.hours import PARTS, CallHours, Outside, inside, next_inside, over, part_window, window
from tests.policy.reading import CALENDAR, DEFAULT_POLICIES

HOURS = DEFAULT_POLICIES.versions[0].call_hours
NATIONAL_DAY = CALENDAR.festival(date(2026, 10, 1))
MOMENTS = {
    "2026-03-13 09:00": (None, "2026-03-13 09:00"),
    "2026-03-13 11:59": (None, "2026-03-13 11:59"),
    "2026-03-13 17:29": (None, "2026-03-13 17:29"),
    "2026-03-13 08:59": (Outside("early", end=time(9)), "2026-03-13 09:00"),
    "2026-03-13 00:00": (Outside("early", end=time(9)), "2026-03-13 09:00"),
    "2026-03-13 12:00": (Outside("meal", time(12), time(14)), "2026-03-13 14:00"),
    "2026-03-13 13:59": (Outside("meal", time(12), time(14)), "2026-03-13 14:00"),
    "2026-03-12 17:30": (Outside("late", start=time(17, 30)), "2026-03-13 09:00"),
    "2026-03-13 17:30": (Outside("late", start=time(17, 30)), "2026-03-16 09:00"),  # a Friday
    "2026-03-14 10:00": (Outside("rest-day"), "2026-03-16 09:00"),
    "2026-03-15 23:59": (Outside("rest-day"), "2026-03-16 09:00"),
    "2026-09-20 10:00": (None, "2026-09-20 10:00"),  # a Sunday that is worked
    "2026-09-30 18:00": (Outside("late", start=time(17, 30)), "2026-10-08 09:00"),
    "2026-10-05 10:00": (Outside("rest-day", festival=NATIONAL_DAY), "2026-10-08 09:00"),
    "2026-10-10 13:00": (Outside("meal", time(12), time(14)), "2026-10-10 14:00"),  # a Saturday that is worked
}


@pytest.mark.parametrize("text", MOMENTS)
def test_a_moment_is_in_call_hours_or_moves_to_the_next_ones(text: str) -> None:
    why, moved = MOMENTS[text]
    moment = datetime.fromisoformat(text)
    assert inside(moment, CALENDAR, HOURS) == why
    assert next_inside(moment, CALENDAR, HOURS) == datetime.fromisoformat(moved)


def test_a_company_may_call_on_rest_days() -> None:
    open_hours = CallHours("P1", HOURS.working_days, (window("10:00-11:00"),), HOURS.parts)
    saturday = datetime.fromisoformat("2026-03-14 09:00")
    assert inside(saturday, CALENDAR, open_hours) == Outside("early", end=time(10))
    assert next_inside(saturday, CALENDAR, open_hours) == datetime.fromisoformat("2026-03-14 10:00")


PART_WINDOWS = {
    "morning": "09:00-12:00",
    "noon": "12:00-14:00",  # no call hours: as it is
    "afternoon": "14:00-17:30",
    "evening": "18:00-22:00",
}


def test_a_part_of_the_day_means_its_call_hours() -> None:
    assert {part: part_window(part, HOURS) for part in PARTS} == {
        part: window(text) for part, text in PART_WINDOWS.items()
    }


@pytest.mark.parametrize(
    "text", ["", "09:00", "9:00-12:00", "12:00-09:00", "09:00-09:00", "09:00-24:00", "09:00–12:00"]
)
def test_no_hours(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        window(text)


moments = st.datetimes(*map(datetime.fromisoformat, ("2023-01-01", "2030-01-01"))).map(
    lambda at: at.replace(second=0, microsecond=0)
)


@given(moments)
def test_a_moved_time_is_in_call_hours_and_none_lies_between(moment: datetime) -> None:
    moved = next_inside(moment, CALENDAR, HOURS)
    assert inside(moved, CALENDAR, HOURS) is None
    assert next_inside(moved, CALENDAR, HOURS) == moved
    steps = range(int((moved - moment) / timedelta(minutes=30)))
    assert all(inside(moment + timedelta(minutes=30 * n), CALENDAR, HOURS) for n in steps)
    assert over(moment, CALENDAR, HOURS) == (moved.date() > moment.date())


def test_the_calendar_ends() -> None:
    with pytest.raises(OverflowError):
        next_inside(datetime.combine(date.max, time(23)), CALENDAR, HOURS)
