"""The orders of a season: weekly, fortnightly, irregular and lapsed buyers, quieter on rest days and festivals."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from revisit.demo import words
from revisit.demo.people import Customer, Order
from revisit.policy.calendar import WorkCalendar

_RUN_UP = 20  # days before the programme start from which orders are known
_WAITS_FOR_A_WORKING_DAY = 0.85
_CANCELLED = 0.025
_AMOUNTS = {"A": (18_000, 110_000), "B": (6_000, 45_000), "C": (2_000, 16_000), "D": (600, 6_000)}
_UNDER_WAY = ("已下单", "生产中", "已发货", "待发货")


def make_orders(rng: Random, customers: list[Customer], today: date, start_on: date, calendar: WorkCalendar) -> None:
    """Gives every customer its orders up to the day before `today`."""
    first, last = start_on - timedelta(days=_RUN_UP), today - timedelta(days=1)
    for one in customers:
        days = sorted({_on_a_working_day(rng, day, last, calendar) for day in _days(rng, one.habit, first, last)})
        if one.habit == "paused":  # over a week, exactly
            stop = today - timedelta(days=rng.randint(9, 12))
            days = [day for day in days if day < stop] + [stop]
        one.orders = [new_order(rng, one, day, today, calendar) for day in days]
        if one.habit == "new":  # a first sale just completed: the follow-up is open and nothing else
            ordered = today - timedelta(days=rng.randint(3, 6))
            done = today - timedelta(days=rng.randint(1, 3))
            one.orders = [new_order(rng, one, ordered, today, calendar)._replace(completed_on=done, status="已完成")]
    if not any(order.ordered_on == last for one in customers for order in one.orders):
        one = rng.choice([one for one in customers if one.habit == "weekly"])
        one.orders.append(new_order(rng, one, last, today, calendar))


def new_order(rng: Random, one: Customer, on: date, today: date, calendar: WorkCalendar) -> Order:
    """One order of a customer; completed some days later, unless that lies ahead or it was cancelled."""
    low, high = _AMOUNTS[one.grade]
    cents = rng.randrange(low, high, 10) * 100 + (50 if rng.random() < 0.1 else 0)
    product = rng.choice(words.PRODUCTS[one.industry])
    if rng.random() < _CANCELLED and one.habit not in ("new", "paused"):
        return Order(on, None, cents, product, "已取消")
    done = on + timedelta(days=rng.randint(1, 5))
    while not calendar.is_working_day(done):
        done += timedelta(days=1)
    if done >= today:
        return Order(on, None, cents, product, rng.choice(_UNDER_WAY))
    return Order(on, done, cents, product, "已完成")


def _days(rng: Random, habit: str, first: date, last: date) -> list[date]:
    """The days on which a customer of this habit would buy if every day were alike."""
    if habit == "weekly":
        return _rhythm(rng, first, last, 6.8, 1.1)
    if habit in ("fortnightly", "just-handed"):
        return _rhythm(rng, first, last, 14, 2.2)
    if habit in ("irregular", "sales"):
        return _rhythm(rng, first, last, 22, 9)
    if habit == "returning":  # silent for a while, then back
        back = last - timedelta(days=rng.randint(12, 60))
        silent = back - timedelta(days=rng.randint(40, 60))
        return [*_rhythm(rng, first, silent, 12, 3), back, *_rhythm(rng, back, last, 12, 3)]
    if habit == "lapsed":
        return _rhythm(rng, first, last - timedelta(days=rng.randint(48, 130)), 12, 4)
    if habit == "paused":
        return _rhythm(rng, first, last - timedelta(days=15), 9, 1.5)
    if habit in ("takeover-due", "takeover-overdue", "taken-over", "debt", "unknown-balance"):
        return _rhythm(rng, first, last - timedelta(days=rng.randint(95, 125)), 20, 5)
    return []


def _rhythm(rng: Random, first: date, last: date, gap: float, spread: float) -> list[date]:
    days = []
    day = first + timedelta(days=rng.randint(0, round(gap)))
    while day <= last:
        days.append(day)
        day += timedelta(days=max(2, round(rng.gauss(gap, spread))))
    return days


def _on_a_working_day(rng: Random, day: date, last: date, calendar: WorkCalendar) -> date:
    """Most people do not buy on a rest day but on the next working day; before a long rest they buy early."""
    if calendar.is_working_day(day) or rng.random() > _WAITS_FOR_A_WORKING_DAY:
        return day
    step = timedelta(days=-1 if rng.random() < 0.4 else 1)
    moved = day
    while not calendar.is_working_day(moved):
        moved += step
    return moved if moved <= last else day
