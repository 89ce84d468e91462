"""The last days before today: promises kept open, and a morning list of a length that a person can take in."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from revisit.demo.people import Customer
from revisit.demo.season import ONE_DAY, Season
from revisit.demo.trade import new_order
from revisit.policy.months import month_start, plus_months

FEWEST, MOST = 42, 62
_FOR_TODAY = (time(9, 30), time(10, 30), time(15, 0), None)
_FOR_LATER = 6
_BROKEN = 2
_ORDINARY = ("weekly", "fortnightly", "irregular", "returning", "lapsed")
_LOOK_BACK = 12


def finish(season: Season) -> None:
    """Evens the list out, books the promises that are open today, adds the sales follow-up that came too late, and a prospect's
    first orders."""
    fixed: set[str] = set()
    _even_out(season, fixed)
    _promise(season, fixed)
    _even_out(season, fixed)
    _sales_again(season)
    _won_over(season)


def _usable(season: Season, fixed: set[str]) -> list[Customer]:
    return [
        one
        for one in season.customers
        if one.habit in _ORDINARY and one.reach and not one.do_not_call and not one.quiet_from and one.code not in fixed
    ]


def _working_days_before(season: Season, count: int) -> list[date]:
    """The last working days before today, the newest first."""
    days: list[date] = []
    day = season.today - ONE_DAY
    while len(days) < count:
        if season.calendar.is_working_day(day):
            days.append(day)
        day -= ONE_DAY
    return days


def _promise(season: Season, fixed: set[str]) -> None:
    """Callbacks for today (most at a time), for later days, and a few that were not kept."""
    rng, today = season.rng, season.today
    newest, before = _working_days_before(season, 2)
    usable = [one for one in _usable(season, fixed) if not one.calls or one.calls[-1].at.date() < before]
    usable = [one for one in usable if not any(row.booked(today - ONE_DAY) for row in season.owed(one))]
    picked = rng.sample(usable, len(_FOR_TODAY) + _FOR_LATER + _BROKEN)
    for one in picked:
        fixed.add(one.code)
        place = picked.index(one)
        if place < len(_FOR_TODAY):
            at = _FOR_TODAY[place]
            season.put_off(one, newest, datetime.combine(today, at) if at else today)
        elif place < len(_FOR_TODAY) + _FOR_LATER:
            later = season.next_working_day(today + ONE_DAY * rng.randint(0, 4))
            season.put_off(one, newest, season.promise(later))
        else:
            season.put_off(one, before, datetime.combine(newest, time(14, 30)))


def _even_out(season: Season, fixed: set[str]) -> None:
    """Too long a list: some more calls were made in time, or orders came. Too short: some calls were not made yet."""
    usable = {one.code: one for one in _usable(season, fixed)}
    listed = set(season.morning())
    for code in season.rng.sample(sorted(listed & usable.keys()), len(listed & usable.keys())):
        if len(listed) <= MOST:
            break
        if _settled(season, usable[code]):
            listed.discard(code)
    idle = sorted(usable.keys() - listed)
    for code in season.rng.sample(idle, len(idle)):
        if len(listed) >= FEWEST:
            break
        if _unsettled(season, usable[code]):
            listed.add(code)


def _settled(season: Season, one: Customer) -> bool:
    """Lets a call, a message or an order settle what the customer is owed today, if one could have."""
    live = season.open_on(one, season.today)
    since = max(row.opens_on for row in live)
    days = [day for day in _working_days_before(season, 4) if day >= since]
    if days:
        season.talk(one, season.rng.choice(days))
        if not season.open_on(one, season.today):
            return True
        one.calls.pop()
    rules = {row.rule for row in live}
    if rules == {"dormant-month"} and since < season.today:
        season.greet(one, since + ONE_DAY * season.rng.randrange((season.today - since).days))
    elif rules == {"dormant-week"}:
        on = season.today - timedelta(days=season.rng.randint(1, 3))
        order = new_order(season.rng, one, on, season.today, season.calendar)
        one.orders.append(order._replace(completed_on=None, status="待发货"))
    season.changed(one)
    return not season.open_on(one, season.today)


def _unsettled(season: Season, one: Customer) -> bool:
    """Takes back the customer's newest call, if that puts it on the list of today."""
    one.calls.sort(key=lambda call: call.at)
    if not one.calls or (season.today - one.calls[-1].at.date()).days > _LOOK_BACK:
        return False
    call = one.calls.pop()
    season.changed(one)
    if season.open_on(one, season.today):
        return True
    one.calls.append(call)
    season.changed(one)
    return False


def _sales_again(season: Season) -> None:
    """Sales follows a customer up that customer service took over meanwhile: both sides are to see it."""
    for one in season.customers:
        if one.habit != "taken-over":
            continue
        taken = next((row.met_on for row in season.owed(one) if row.rule == "takeover" and row.met_on), None)
        if taken and taken + ONE_DAY * 9 < season.today:
            one.sales_follow_ups.append(season.next_working_day(taken + ONE_DAY * 6))
            season.changed(one)
            return


def _won_over(season: Season) -> None:
    """A prospect who was interested ordered in the month before, and some days ago again."""
    first = plus_months(month_start(season.today), -1) + ONE_DAY * 11
    for one in season.customers:
        if one.intention == "有意向" and any(call.result == "reached" and call.at.date() < first for call in one.calls):
            for on in (first, season.today - ONE_DAY * 6):
                while not season.calendar.is_working_day(on):
                    on -= ONE_DAY
                while (order := new_order(season.rng, one, on, season.today, season.calendar)).status == "已取消":
                    continue
                one.orders.append(order)
            season.changed(one)
            return
