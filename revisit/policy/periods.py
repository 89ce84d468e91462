"""The periods of a report: a day, a week from Monday, a month, a quarter, a year, or any range; both ends belong to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from revisit.policy.months import month_end, month_start, plus_months
from revisit.policy.when import SMALL_NUMBER, WhenError, numeral, parse_day, plain_text

Kind = Literal["day", "week", "month", "quarter", "year"]

_DAY = timedelta(days=1)
_CURRENT: dict[Kind, tuple[str, ...]] = {
    "day": ("current", "this"),
    "week": ("current", "this", "本周", "这周"),
    "month": ("current", "this", "本月", "这个月"),
    "quarter": ("current", "this", "本季", "本季度"),
    "year": ("current", "this", "今年", "本年"),
}
_LAST: dict[Kind, tuple[str, ...]] = {
    "day": ("last", "previous"),
    "week": ("last", "previous", "上周"),
    "month": ("last", "previous", "上月", "上个月"),
    "quarter": ("last", "previous", "上季", "上季度"),
    "year": ("last", "previous", "去年", "上年"),
}


@dataclass(frozen=True)
class Period:
    """The days from `start` to `end`, both included. `label` is 2026-10-08, 2026-W41, 2026-10, 2026-Q4, 2026, or
    2026-10-05..2026-10-20 for any other range."""

    start: date
    end: date
    label: str


def period_of(kind: Kind, day: date) -> Period:
    """The period of that kind that holds `day`. Raises OverflowError at the ends of the calendar."""
    return _HOLDING[kind](day)


def parse_period(kind: Kind, text: str | None, today: date) -> Period:
    """The period that `text` names, seen from `today`; whole, also where its end has not come yet.

    Nothing or `current` is the period that holds today, `last` the one before. A day is given as for `parse_day`; a
    week as 2026-W41, W41 or any day in it; a month as 2026-10, 2026年10月 or 10; a quarter as 2026-Q3, Q3 or 第三季度;
    a year as 2026. Raises WhenError (unknown, impossible).
    """
    plain = "current" if text is None else plain_text(text)
    try:
        if plain in _CURRENT[kind]:
            return period_of(kind, today)
        if plain in _LAST[kind]:
            return previous(period_of(kind, today))
        for form in _FORMS[kind]:
            if found := re.fullmatch(form, plain):
                return period_of(kind, _a_day(kind, found.groupdict().get("y"), numeral(found["n"]), today))
        if kind in ("day", "week"):
            return period_of(kind, parse_day(plain, today))
    except WhenError as error:
        raise WhenError(error.code, text or plain) from error
    except (ValueError, OverflowError) as error:
        raise WhenError("impossible", text or plain) from error
    raise WhenError("unknown", text or plain)


def parse_label(text: str, today: date) -> Period:
    """The period that a label names by itself: 2026-10, 2026-W41, 2026-Q4, 2026, 2026-10-08, 2026-10-05..2026-10-20; a word such
    as `last` is a month's. Raises WhenError (unknown, impossible)."""
    first, dots, last = text.partition("..")
    if dots:
        try:
            return range_of(parse_day(plain_text(first), today), parse_day(plain_text(last), today))
        except ValueError as error:
            raise error if isinstance(error, WhenError) else WhenError("impossible", text) from error
    plain = plain_text(text)
    if plain in (*_CURRENT["month"], *_LAST["month"]):
        return parse_period("month", text, today)
    for kind, forms in _BY_FORM.items():
        if any(re.fullmatch(form, plain) for form in forms):
            return parse_period(kind, text, today)
    return parse_period("day", text, today)


def range_of(first: date, last: date) -> Period:
    """The days from one to another. Raises ValueError where the last one is before the first."""
    if last < first:
        raise ValueError(f"{last} is before {first}")
    whole = next(
        (one for one in (of(first) for of in _HOLDING.values()) if (one.start, one.end) == (first, last)), None
    )
    return whole or Period(first, last, f"{first}..{last}")


def previous(period: Period) -> Period:
    """The period just before: of the same kind, or as many days. Raises OverflowError at the beginning of the calendar."""
    kind = _kind(period)
    if kind is None:
        return range_of(period.start - (period.end - period.start) - _DAY, period.start - _DAY)
    return period_of(kind, period.start - _DAY)


def a_year_before(period: Period) -> Period:
    """The same period of the year before: the same month or quarter, the week of the same number (week 53: the last one), the
    same days. Raises ValueError or OverflowError at the beginning of the calendar."""
    kind = _kind(period)
    if kind == "week":
        year, week, _ = period.start.isocalendar()
        weeks = date(year - 1, 12, 28).isocalendar().week
        return period_of("week", date.fromisocalendar(year - 1, min(week, weeks), 1))
    first = plus_months(period.start, -12)
    return range_of(first, plus_months(period.end, -12)) if kind is None else period_of(kind, first)


def days(period: Period) -> tuple[date, ...]:
    """Every day of the period, in order."""
    return tuple(period.start + n * _DAY for n in range((period.end - period.start).days + 1))


def _a_day(kind: Kind, year_text: str | None, number: int, today: date) -> date:
    """A day in the numbered period. Without a year it is this year's, for weeks this ISO year's."""
    if kind == "week":
        return date.fromisocalendar(int(year_text or today.isocalendar().year), number, 1)
    if kind == "year":
        return date(number, 1, 1)
    return date(int(year_text or today.year), number if kind == "month" else 3 * number, 1)


def _kind(period: Period) -> Kind | None:
    """Of which kind a period is; None for any other range of days."""
    return next((kind for kind in _HOLDING if period_of(kind, period.start) == period), None)


def _week(day: date) -> Period:
    monday = day - timedelta(days=day.weekday())
    year, week, _ = day.isocalendar()
    return Period(monday, monday + timedelta(days=6), f"{year:04}-W{week:02}")


def _month(day: date) -> Period:
    return Period(month_start(day), month_end(day), f"{day.year:04}-{day.month:02}")


def _quarter(day: date) -> Period:
    number = (day.month + 2) // 3
    first = date(day.year, 3 * number - 2, 1)
    return Period(first, month_end(plus_months(first, 2)), f"{day.year:04}-Q{number}")


def _year(day: date) -> Period:
    return Period(date(day.year, 1, 1), date(day.year, 12, 31), f"{day.year:04}")


_HOLDING: dict[Kind, Callable[[date], Period]] = {
    "day": lambda day: Period(day, day, day.isoformat()),
    "week": _week,
    "month": _month,
    "quarter": _quarter,
    "year": _year,
}
_FORMS: dict[Kind, tuple[str, ...]] = {
    "day": (),
    "week": (r"(?:(?P<y>[0-9]{4})-?)?w(?P<n>[0-9]{1,2})", rf"(?:(?P<y>[0-9]{{4}})年)?第(?P<n>{SMALL_NUMBER})周"),
    "month": (
        r"(?P<y>[0-9]{4})[-/.](?P<n>[0-9]{1,2})",
        rf"(?:(?P<y>[0-9]{{4}})年)?(?P<n>{SMALL_NUMBER})月",
        r"(?P<n>[0-9]{1,2})",
    ),
    "quarter": (
        r"(?:(?P<y>[0-9]{4})-?)?q(?P<n>[0-9])",
        rf"(?:(?P<y>[0-9]{{4}})年)?第?(?P<n>{SMALL_NUMBER})季度",
    ),
    "year": (r"(?P<n>[0-9]{4})年?",),
}
_BY_FORM: dict[Kind, tuple[str, ...]] = {kind: _FORMS[kind] for kind in ("year", "quarter", "week", "month")}
