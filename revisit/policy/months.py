"""Calendar months: one month later is the same day of the next month, or that month's last day."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

from dateutil.relativedelta import relativedelta


@lru_cache(maxsize=65536)
def plus_months(day: date, n: int) -> date:
    """`day` moved by `n` calendar months, clamped to the month's end: 31 January + 1 is 28 or 29 February.

    Always count from the base date, never from an earlier result: 31 January + 2 is 31 March, but + 1 + 1 is 28 March.
    `n` may be negative or zero. Raises ValueError or OverflowError outside the years 1-9999.
    """
    return day + relativedelta(months=n)


def month_start(day: date) -> date:
    """The first day of the month that holds `day`."""
    return day.replace(day=1)


def month_end(day: date) -> date:
    """The last day of the month that holds `day`; it belongs to the month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def next_month(day: date) -> date:
    """The first day of the month after the one that holds `day`. Raises OverflowError after December 9999."""
    return month_end(day) + timedelta(days=1)
