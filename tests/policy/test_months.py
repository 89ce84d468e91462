"""Calendar months are counted from the base date and clamped to the month's end."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from revisit.policy.months import month_end, month_start, next_month, plus_months

days = st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 12, 31))
counts = st.integers(min_value=-240, max_value=240)


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-01-31", 2, "2026-03-31"),
        ("2026-01-31", 13, "2027-02-28"),
        ("2026-03-02", 1, "2026-04-02"),
        ("2026-12-05", 1, "2027-01-05"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-03-14", 0, "2026-03-14"),
    ],
)
def test_a_month_later(day: str, n: int, expected: str) -> None:
    assert plus_months(date.fromisoformat(day), n) == date.fromisoformat(expected)


def test_months_are_counted_from_the_base_date_and_never_chained() -> None:
    base = date(2026, 1, 31)
    assert plus_months(base, 2) == date(2026, 3, 31)
    assert plus_months(plus_months(base, 1), 1) == date(2026, 3, 28)


@settings(deadline=None)
@given(days, counts)
def test_the_day_of_the_month_is_kept_or_clamped_to_its_last(day: date, n: int) -> None:
    later = plus_months(day, n)
    assert 12 * (later.year - day.year) + later.month - day.month == n
    assert later.day == min(day.day, month_end(later).day)


@settings(deadline=None)
@given(days, days, counts)
def test_a_later_day_stays_later(one: date, other: date, n: int) -> None:
    first, second = sorted((one, other))
    assert plus_months(first, n) <= plus_months(second, n)


@given(days)
def test_a_month_has_a_first_and_a_last_day(day: date) -> None:
    start, end = month_start(day), month_end(day)
    assert start <= day <= end
    assert (start.day, start.month) == (1, day.month)
    assert end.month == day.month
    assert next_month(day) == end + timedelta(days=1) == plus_months(start, 1)


def test_the_calendar_ends() -> None:
    with pytest.raises((ValueError, OverflowError)):
        plus_months(date.max, 1)
    with pytest.raises(OverflowError):
        next_month(date.max)
