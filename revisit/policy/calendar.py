"""Working days: the State Council's festival calendar with its make-up days, and plain weeks beyond it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

KindOfDay = Literal["working", "rest", "eve"]

_DAY = timedelta(days=1)
_LONG_REST_DAYS = 3  # so many rest days in a row make the working day before them an eve


class CalendarError(ValueError):
    """Calendar data that contradicts itself. `code`: fields, year, clash, twice; `text` is what is wrong with it."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are worked. Built by `calendar_from`; in the years it does not cover, Monday to Friday are.

    `rest` holds the festival days off on any weekday, `make_up` the weekend days worked for them, `years` the published
    years, `festivals` the names of the festival days off by language ("zh", "en").
    """

    rest: frozenset[date]
    make_up: frozenset[date]
    years: frozenset[int]
    festivals: Mapping[date, Mapping[str, str]] = field(hash=False)
    _known: dict[tuple[date, date], date] = field(default_factory=dict, init=False, repr=False, compare=False)

    def covers(self, day: date) -> bool:
        """Whether the festival calendar of that day's year is known; if not, only weekends count as rest."""
        return day.year in self.years

    def is_working_day(self, day: date) -> bool:
        """Whether people are at work on `day`."""
        return day in self.make_up or (day.weekday() < 5 and day not in self.rest)

    def call_by(self, opens_on: date, due_by: date) -> date:
        """The last day on which an owed call can be made in working time.

        The last working day of the window from `opens_on` to `due_by`, both included; if the window holds none, the
        first working day after it. Raises ValueError if the window ends before it opens.
        """
        window = (opens_on, due_by)
        found = self._known.get(window)
        if found is None:
            found = self._known[window] = self._last_working_day(opens_on, due_by)
        return found

    def _last_working_day(self, opens_on: date, due_by: date) -> date:
        if due_by < opens_on:
            raise ValueError(f"the window ends ({due_by}) before it opens ({opens_on})")
        day = due_by  # walking back from the end costs at most one holiday, however long the window
        while day > opens_on and not self.is_working_day(day):
            day -= _DAY
        if self.is_working_day(day):
            return day
        day = due_by + _DAY
        while not self.is_working_day(day):
            day += _DAY
        return day

    def kind_of_day(self, day: date) -> KindOfDay:
        """`working`, `rest`, or `eve`: a working day before at least three rest days, when calls go unanswered."""
        if not self.is_working_day(day):
            return "rest"
        ahead = (day + timedelta(days=n) for n in range(1, _LONG_REST_DAYS + 1))
        return "working" if any(self.is_working_day(other) for other in ahead) else "eve"

    def festival(self, day: date) -> Mapping[str, str] | None:
        """The festival whose days off hold `day`, by language ("zh", "en"); None on an ordinary day."""
        return self.festivals.get(day)


def calendar_from(data: Iterable[Mapping[str, Any]]) -> WorkCalendar:
    """The calendar of several years, from one mapping per year as its file holds it.

    Read are `year`, `rest_days` (each with `on` and `festival`) and `make_up_days`; other fields may stand there.
    Raises CalendarError for data without these fields, a date outside its year, a day both free and worked, or a year
    given twice.
    """
    years: set[int] = set()
    festivals: dict[date, Mapping[str, str]] = {}
    make_up: set[date] = set()
    for one in data:
        year, off, worked = _checked_year(one)
        if year in years:
            raise CalendarError("twice", str(year))
        years.add(year)
        festivals |= off
        make_up |= worked
    return WorkCalendar(frozenset(festivals), frozenset(make_up), frozenset(years), festivals)


def _checked_year(data: Mapping[str, Any]) -> tuple[int, dict[date, Mapping[str, str]], set[date]]:
    try:
        year = int(data["year"])
        off: dict[date, Mapping[str, str]] = {entry["on"]: dict(entry["festival"]) for entry in data["rest_days"]}
        worked: set[date] = set(data["make_up_days"])
    except (KeyError, TypeError, ValueError) as error:
        raise CalendarError("fields", str(error)) from error
    for day in (*off, *worked):
        if type(day) is not date:
            raise CalendarError("fields", f"{day!r} is no date")
        if day.year != year:
            raise CalendarError("year", f"{day} in {year}")
    if clash := off.keys() & worked:
        raise CalendarError("clash", ", ".join(str(day) for day in sorted(clash)))
    return year, off, worked
