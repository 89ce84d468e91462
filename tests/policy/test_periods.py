"""The periods of a report, seen from Friday, 13 March 2026."""

from __future__ import annotations

from datetime import date, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revisit.policy.periods import (
    Kind,
    Period,
    a_year_before,
    days,
    parse_label,
    parse_period,
    period_of,
    previous,
    range_of,
)
from revisit.policy.when import WhenError

TODAY = date(2026, 3, 13)

PERIODS: list[tuple[Kind, str | None, str, str, str]] = [
    ("day", None, "2026-03-13", "2026-03-13", "2026-03-13"),
    ("day", "last", "2026-03-12", "2026-03-12", "2026-03-12"),
    ("day", "昨天", "2026-03-12", "2026-03-12", "2026-03-12"),
    ("day", "2026年10月8日", "2026-10-08", "2026-10-08", "2026-10-08"),
    ("week", None, "2026-03-09", "2026-03-15", "2026-W11"),
    ("week", "current", "2026-03-09", "2026-03-15", "2026-W11"),
    ("week", "last", "2026-03-02", "2026-03-08", "2026-W10"),
    ("week", "上周", "2026-03-02", "2026-03-08", "2026-W10"),
    ("week", "2026-W41", "2026-10-05", "2026-10-11", "2026-W41"),
    ("week", "w41", "2026-10-05", "2026-10-11", "2026-W41"),
    ("week", "2026年第41周", "2026-10-05", "2026-10-11", "2026-W41"),
    ("week", "第四十一周", "2026-10-05", "2026-10-11", "2026-W41"),
    ("week", "2026-10-08", "2026-10-05", "2026-10-11", "2026-W41"),
    ("week", "2027-01-01", "2026-12-28", "2027-01-03", "2026-W53"),
    ("week", "2025-12-29", "2025-12-29", "2026-01-04", "2026-W01"),
    ("month", None, "2026-03-01", "2026-03-31", "2026-03"),
    ("month", "last", "2026-02-01", "2026-02-28", "2026-02"),
    ("month", "上个月", "2026-02-01", "2026-02-28", "2026-02"),
    ("month", "2026-10", "2026-10-01", "2026-10-31", "2026-10"),
    ("month", "２０２６／１０", "2026-10-01", "2026-10-31", "2026-10"),
    ("month", "2026年10月", "2026-10-01", "2026-10-31", "2026-10"),
    ("month", "十月", "2026-10-01", "2026-10-31", "2026-10"),
    ("month", "10", "2026-10-01", "2026-10-31", "2026-10"),
    ("month", "2024-2", "2024-02-01", "2024-02-29", "2024-02"),
    ("quarter", None, "2026-01-01", "2026-03-31", "2026-Q1"),
    ("quarter", "last", "2025-10-01", "2025-12-31", "2025-Q4"),
    ("quarter", "2026-Q3", "2026-07-01", "2026-09-30", "2026-Q3"),
    ("quarter", "2026Q3", "2026-07-01", "2026-09-30", "2026-Q3"),
    ("quarter", "q3", "2026-07-01", "2026-09-30", "2026-Q3"),
    ("quarter", "2026年第3季度", "2026-07-01", "2026-09-30", "2026-Q3"),
    ("quarter", "三季度", "2026-07-01", "2026-09-30", "2026-Q3"),
    ("year", None, "2026-01-01", "2026-12-31", "2026"),
    ("year", "last", "2025-01-01", "2025-12-31", "2025"),
    ("year", "去年", "2025-01-01", "2025-12-31", "2025"),
    ("year", "2024", "2024-01-01", "2024-12-31", "2024"),
    ("year", "2024年", "2024-01-01", "2024-12-31", "2024"),
]
NO_PERIODS: list[tuple[Kind, str, str]] = [
    ("day", "", "unknown"),
    ("day", "2026-10", "unknown"),
    ("day", "2018-02-29", "impossible"),
    ("week", "2025-W53", "impossible"),
    ("week", "W00", "impossible"),
    ("week", "上个月", "unknown"),
    ("month", "2026-13", "impossible"),
    ("month", "0", "impossible"),
    ("month", "0000-10", "impossible"),
    ("month", "2026-10-08", "unknown"),
    ("month", "Q3", "unknown"),
    ("month", "上周", "unknown"),
    ("quarter", "Q5", "impossible"),
    ("quarter", "Q0", "impossible"),
    ("quarter", "2026", "unknown"),
    ("year", "26", "unknown"),
    ("year", "0000", "impossible"),
]


@pytest.mark.parametrize(("kind", "text", "start", "end", "label"), PERIODS)
def test_a_period(kind: Kind, text: str | None, start: str, end: str, label: str) -> None:
    assert parse_period(kind, text, TODAY) == Period(date.fromisoformat(start), date.fromisoformat(end), label)


@pytest.mark.parametrize(("kind", "text", "code"), NO_PERIODS)
def test_no_period(kind: Kind, text: str, code: str) -> None:
    with pytest.raises(WhenError) as caught:
        parse_period(kind, text, TODAY)
    assert (caught.value.code, caught.value.text) == (code, text)


def test_a_week_without_a_year_is_one_of_this_iso_year() -> None:
    assert parse_period("week", "W02", date(2025, 12, 30)).label == "2026-W02"


kinds = st.sampled_from(get_args(Kind))
some_days = st.dates(min_value=date(1000, 1, 1), max_value=date(9000, 1, 1))


@given(kinds, some_days)
def test_a_period_holds_its_day_and_every_day_of_it_names_the_same_period(kind: Kind, day: date) -> None:
    period = period_of(kind, day)
    assert period.start <= day <= period.end
    assert period_of(kind, period.start) == period == period_of(kind, period.end)


@given(kinds, some_days)
def test_the_period_before_ends_the_day_before(kind: Kind, day: date) -> None:
    period = period_of(kind, day)
    before = previous(period)
    assert before.end + timedelta(days=1) == period.start
    assert before == parse_period(kind, "last", day)


@given(kinds, some_days)
def test_a_label_names_its_period(kind: Kind, day: date) -> None:
    period = period_of(kind, day)
    assert parse_period(kind, period.label, TODAY) == period


@given(kinds, some_days)
def test_the_days_of_a_period(kind: Kind, day: date) -> None:
    period = period_of(kind, day)
    listed = days(period)
    assert (listed[0], listed[-1]) == (period.start, period.end)
    assert len(set(listed)) == len(listed) == (period.end - period.start).days + 1
    assert day in listed


def test_any_range_of_days_has_one_before() -> None:
    assert previous(range_of(date(2026, 3, 2), date(2026, 3, 20))) == range_of(date(2026, 2, 11), date(2026, 3, 1))
    assert range_of(date(2026, 3, 1), date(2026, 3, 31)) == period_of("month", date(2026, 3, 9))
    assert range_of(date(2026, 3, 2), date(2026, 3, 20)).label == "2026-03-02..2026-03-20"
    with pytest.raises(ValueError, match="is before"):
        range_of(date(2026, 3, 20), date(2026, 3, 2))


@pytest.mark.parametrize(
    ("label", "before"),
    [
        ("2026-03-31", "2025-03-31"),
        ("2024-02-29", "2023-02-28"),
        ("2026-W41", "2025-W41"),
        ("2026-W53", "2025-W52"),
        ("2026-02", "2025-02"),
        ("2026-Q4", "2025-Q4"),
        ("2026", "2025"),
        ("2026-03-02..2026-03-20", "2025-03-02..2025-03-20"),
    ],
)
def test_the_same_period_a_year_before(label: str, before: str) -> None:
    assert a_year_before(parse_label(label, date(2026, 4, 10))).label == before


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("2026-10", "2026-10"),
        ("2026年10月", "2026-10"),
        ("Q3", "2026-Q3"),
        ("2026-w41", "2026-W41"),
        ("2025", "2025"),
        ("last", "2026-03"),
        ("上月", "2026-03"),
        ("2026-10-08", "2026-10-08"),
        ("昨天", "2026-04-09"),
        ("2026-04-01..2026-04-30", "2026-04"),
        ("2026-04-01..今天", "2026-04-01..2026-04-10"),
    ],
)
def test_a_label_says_itself_of_which_kind_it_is(text: str, label: str) -> None:
    assert parse_label(text, date(2026, 4, 10)).label == label


@pytest.mark.parametrize("text", ["soon", "2026-13", "2026-04-10..2026-04-01", "..", "2026-04-10.."])
def test_no_label(text: str) -> None:
    with pytest.raises(WhenError):
        parse_label(text, date(2026, 4, 10))
