"""Working days, festivals and the day by which a call must be made."""

from __future__ import annotations

import importlib.util
import tomllib
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from revisit.policy.calendar import CalendarError, WorkCalendar, calendar_from

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "templates" / "calendar").glob("cn-*.toml"))
CALENDAR = calendar_from(tomllib.loads(file.read_text(encoding="utf-8")) for file in FILES)
PLAIN = calendar_from([])
DAY = timedelta(days=1)

days = st.dates(min_value=date(2022, 6, 1), max_value=date(2027, 6, 30))
windows = st.tuples(days, st.integers(min_value=0, max_value=40)).map(lambda pair: (pair[0], pair[0] + pair[1] * DAY))


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(("year", "expected"), [(2023, 249), (2024, 251), (2025, 248), (2026, 248)])
def test_the_shipped_years_have_the_published_number_of_working_days(year: int, expected: int) -> None:
    first, end = date(year, 1, 1), date(year + 1, 1, 1)
    assert sum(CALENDAR.is_working_day(first + n * DAY) for n in range((end - first).days)) == expected


def import_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("import_calendar", ROOT / "tools" / "import_calendar.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_shipped_year_is_what_its_tool_writes(file: Path) -> None:
    tool = import_tool()
    year = int(file.stem.removeprefix("cn-"))
    text = file.read_text(encoding="utf-8")
    assert tool.year_text(year, tool.NOTICES[year]) == text
    assert tool.working_days(text) > 240  # and raises where the package disagrees on any day


def test_a_year_the_package_does_not_know_is_not_written() -> None:
    with pytest.raises(LookupError):
        import_tool().year_text(1990, "none")


@pytest.mark.parametrize(
    ("text", "working", "kind", "festival"),
    [
        ("2026-01-01", False, "rest", "元旦"),
        ("2026-01-04", True, "working", None),  # a Sunday worked
        ("2026-02-13", True, "working", None),  # the Saturday after is worked
        ("2026-02-14", True, "eve", None),  # a Saturday worked, then nine days off
        ("2026-02-18", False, "rest", "春节"),
        ("2026-03-14", False, "rest", None),  # an ordinary Saturday
        ("2026-03-13", True, "working", None),  # before an ordinary weekend
        ("2026-04-03", True, "eve", None),  # before three days off
        ("2026-09-20", True, "working", None),
        ("2026-09-30", True, "eve", None),
        ("2026-10-04", False, "rest", "国庆节"),
        ("2027-10-01", True, "working", None),  # not published: an ordinary Friday
    ],
)
def test_a_day(text: str, working: bool, kind: str, festival: str | None) -> None:
    names = CALENDAR.festival(day(text))
    assert CALENDAR.is_working_day(day(text)) is working
    assert CALENDAR.kind_of_day(day(text)) == kind
    assert (names and names["zh"]) == festival


def test_a_festival_has_a_name_in_both_languages() -> None:
    assert all(names["zh"] and names["en"] for names in CALENDAR.festivals.values())
    assert CALENDAR.festival(date(2026, 6, 19)) == {"zh": "端午节", "en": "Dragon Boat Festival"}


def test_only_published_years_are_covered() -> None:
    assert [year for year in range(2020, 2030) if CALENDAR.covers(date(year, 7, 1))] == [2023, 2024, 2025, 2026]


@pytest.mark.parametrize(
    ("opens_on", "due_by", "expected"),
    [
        ("2026-03-10", "2026-03-16", "2026-03-16"),  # due on a Monday
        ("2026-03-02", "2026-03-08", "2026-03-06"),  # due on a Sunday: Friday before
        ("2026-03-14", "2026-03-15", "2026-03-16"),  # a weekend only: Monday after
        ("2026-03-14", "2026-03-14", "2026-03-16"),
        ("2026-10-01", "2026-10-07", "2026-10-08"),  # the whole holiday
        ("2026-09-25", "2026-10-02", "2026-09-30"),
        ("2026-02-15", "2026-02-22", "2026-02-24"),  # Spring Festival runs to the 23rd
        ("2026-10-09", "2026-10-11", "2026-10-10"),  # a Saturday worked
        ("2026-01-02", "2026-01-04", "2026-01-04"),  # a Sunday worked
        ("2027-10-01", "2027-10-03", "2027-10-01"),  # not published
        ("2011-01-01", "2026-10-07", "2026-09-30"),  # fifteen years
    ],
)
def test_call_by(opens_on: str, due_by: str, expected: str) -> None:
    assert CALENDAR.call_by(day(opens_on), day(due_by)) == day(expected)


def test_a_window_that_ends_before_it_opens_is_refused() -> None:
    with pytest.raises(ValueError, match="before it opens"):
        CALENDAR.call_by(date(2026, 3, 2), date(2026, 3, 1))


@given(windows)
def test_call_by_is_the_last_working_day_inside_or_the_first_after(window: tuple[date, date]) -> None:
    opens_on, due_by = window
    inside = [opens_on + n * DAY for n in range((due_by - opens_on).days + 1)]
    worked = [one for one in inside if CALENDAR.is_working_day(one)]
    found = CALENDAR.call_by(opens_on, due_by)
    assert CALENDAR.is_working_day(found)
    if worked:
        assert found == worked[-1]
    else:
        assert found > due_by
        assert not any(CALENDAR.is_working_day(due_by + n * DAY) for n in range(1, (found - due_by).days))


@given(windows, st.integers(min_value=0, max_value=10))
def test_a_window_due_later_is_never_called_earlier(window: tuple[date, date], more: int) -> None:
    opens_on, due_by = window
    first, second = CALENDAR.call_by(opens_on, due_by), CALENDAR.call_by(opens_on, due_by + more * DAY)
    assert first <= second


@given(windows, st.integers(min_value=0, max_value=10))
def test_a_window_moved_as_a_whole_is_never_called_earlier(window: tuple[date, date], by: int) -> None:
    opens_on, due_by = window
    assert CALENDAR.call_by(opens_on, due_by) <= CALENDAR.call_by(opens_on + by * DAY, due_by + by * DAY)


@given(days)
def test_an_eve_is_worked_and_followed_by_three_rest_days(one: date) -> None:
    following = [CALENDAR.kind_of_day(one + n * DAY) for n in (1, 2, 3)]
    eve = CALENDAR.is_working_day(one) and following == ["rest"] * 3
    assert (CALENDAR.kind_of_day(one) == "eve") is eve


@settings(max_examples=30)
@given(days)
def test_without_data_every_week_has_five_days(one: date) -> None:
    assert PLAIN.is_working_day(one) == (one.weekday() < 5)
    assert not PLAIN.covers(one)


GOOD: dict[str, Any] = {
    "year": 2026,
    "rest_days": [{"on": date(2026, 1, 1), "festival": {"zh": "元旦", "en": "New Year's Day"}}],
    "make_up_days": [date(2026, 1, 4)],
}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ([{"year": 2026}], "fields"),
        ([GOOD | {"rest_days": [{"on": date(2026, 1, 1)}]}], "fields"),
        ([GOOD | {"rest_days": 3}], "fields"),
        ([GOOD | {"make_up_days": [date(2025, 12, 28)]}], "year"),
        ([GOOD | {"make_up_days": ["2026-01-04"]}], "fields"),
        ([GOOD | {"make_up_days": [date(2026, 1, 1)]}], "clash"),
        ([GOOD, GOOD], "twice"),
    ],
)
def test_data_that_contradicts_itself_is_refused(data: list[dict[str, Any]], code: str) -> None:
    with pytest.raises(CalendarError) as caught:
        calendar_from(data)
    assert caught.value.code == code


def test_a_calendar_is_a_value() -> None:
    assert calendar_from([GOOD]) == calendar_from([GOOD])
    assert hash(calendar_from([GOOD])) == hash(calendar_from([GOOD]))
    assert isinstance(calendar_from([GOOD]), WorkCalendar)
