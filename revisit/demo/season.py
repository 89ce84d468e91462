"""A season of calls: day by day the representatives go through what is owed, as well as people do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from typing import NamedTuple

from revisit.demo import words
from revisit.demo.people import REPRESENTATIVES, Call, Customer
from revisit.policy.calendar import WorkCalendar
from revisit.policy.facts import FollowUp
from revisit.policy.months import month_start, next_month
from revisit.policy.plan import plan
from revisit.policy.slots import slots_of_month
from revisit.policy.values import Policies

ONE_DAY = timedelta(days=1)
_DILIGENCE = dict(zip((login for login, _ in REPRESENTATIVES), (0.66, 0.58, 0.5, 0.4), strict=True))
_DORMANT = ("dormant-week", "dormant-month")
_HOURS = [
    (hour, minute)
    for hour in (9, 10, 11, 13, 14, 15, 16, 17)
    for minute in range(0, 60, 5)
    if (9, 5) <= (hour, minute) <= (17, 30) and not (13, 0) <= (hour, minute) < (13, 35)
]
_OVERLOOKED = 0.07
_PATIENCE = 4  # attempts in vain, after which one is made now and then only
_SILENCE = ("no_answer", "busy", "wrong_number")
_KEPT = 0.93  # of promised callbacks
_WAITING = 0.93  # of those who wait for a promised call answer it


class Owed(NamedTuple):
    """One follow-up or one slot of a series, as days to compare."""

    rule: str
    anchor_on: date
    opens_on: date
    due_by: date
    call_by: date
    met_on: date | None
    ended_on: date | None
    at: datetime | None

    def lasts(self, day: date) -> bool:
        """Whether it is neither met nor over at the end of the day."""
        return (self.met_on is None or self.met_on > day) and (self.ended_on is None or self.ended_on > day)

    def live(self, day: date) -> bool:
        """Whether it is still owed at the end of the day."""
        return self.opens_on <= day and self.lasts(day)

    def booked(self, day: date) -> bool:
        """Whether it is a callback for a later day."""
        return self.rule == "callback" and self.anchor_on <= day < self.opens_on and self.lasts(day)


class Season:
    """The calls of the season before `today`, and the register that follows from them, kept in memory."""

    def __init__(
        self,
        rng: Random,
        customers: list[Customer],
        today: date,
        start_on: date,
        policies: Policies,
        calendar: WorkCalendar,
    ) -> None:
        self.rng = rng
        self.customers = customers
        self.today = today
        self.start_on = start_on
        self.policies = policies
        self.calendar = calendar
        self._owed: dict[str, list[Owed]] = {}
        self._ahead: dict[str, tuple[list[Owed], list[Owed]]] = {}
        self._overlooked: dict[tuple[str, str, date], bool] = {}
        self._taken: dict[tuple[str, date], set[tuple[int, int]]] = defaultdict(set)
        self._away = {login: self._leave() for login in _DILIGENCE}

    # --- the register

    def owed(self, one: Customer) -> list[Owed]:
        """Everything a customer is owed up to today, met or not."""
        found = self._owed.get(one.code)
        if found is None:
            planned = plan(one.file(self.today), self.policies, self.calendar, self.start_on)
            found = self._owed[one.code] = [owed for row in planned.follow_ups for owed in self._flat(row)]
        return found

    def changed(self, one: Customer) -> None:
        """The customer's events have changed."""
        self._owed.pop(one.code, None)

    def open_on(self, one: Customer, day: date) -> list[Owed]:
        """What is open at the end of a day; nothing while a callback is booked for a later one."""
        return _open(self.owed(one), day)

    def morning(self) -> dict[str, list[Owed]]:
        """What the list of today holds, by customer code."""
        found = ((one.code, self.open_on(one, self.today)) for one in self.customers)
        return {code: live for code, live in found if live}

    def _flat(self, row: FollowUp) -> Iterator[Owed]:
        if row.due_by is not None and row.call_by is not None:
            yield Owed(row.rule, row.anchor_on, row.opens_on, row.due_by, row.call_by, row.met_on, row.ended_on, row.at)
            return
        month = month_start(max(row.opens_on, self.start_on))
        while month <= self.today:
            for slot in slots_of_month(
                row.opens_on, row.ended_on, row.days, month, self.policies, self.calendar, self.start_on
            ):
                yield Owed(
                    row.rule, row.anchor_on, slot.opens_on, slot.due_by, slot.call_by, slot.met_on, slot.ended_on, None
                )
            month = next_month(month)

    # --- the season

    def play(self) -> None:
        """All calls from the month before the programme start to the day before today."""
        self._before_the_start()
        day = self.start_on
        while day < self.today:
            if self.calendar.is_working_day(day):
                for one in self.customers:
                    if one.quiet_from is None or day < one.quiet_from:
                        self._working_day(one, day)
            day += ONE_DAY
        self._talk_to_those_who_paused()
        self._talk_to_prospects()

    def _before_the_start(self) -> None:
        """The paper log: most buyers were spoken with in the month before."""
        days = [self.start_on - ONE_DAY * n for n in range(1, 31)]
        working = [day for day in days if self.calendar.is_working_day(day)]
        for one in self.customers:
            if one.orders and one.reach and not one.do_not_call and one.habit != "new" and self.rng.random() < 0.85:
                day = self.rng.choice(working)
                self.add(one, self._call(one, day, "after-sale", "reached", "phone"))

    def _working_day(self, one: Customer, day: date) -> None:
        rows = self.owed(one)
        known, ahead = self._ahead.get(one.code, (None, rows))
        if known is not rows:  # what is over by now stays over
            ahead = [row for row in rows if row.lasts(day)]
            self._ahead[one.code] = (rows, ahead)
        live = [row for row in _open(ahead, day) if not self._forgotten(one, row, day)]
        if not live:
            return
        first = min(live, key=lambda row: (row.rule != "callback", row.call_by))
        if self.rng.random() < self._chance(one, first, day):
            self.add(one, self._attempt(one, first, day))

    def _forgotten(self, one: Customer, row: Owed, day: date) -> bool:
        """Now and then nobody thinks of a follow-up before it is overdue."""
        key = one.code, row.rule, row.opens_on
        if key not in self._overlooked:
            self._overlooked[key] = row.rule != "callback" and self.rng.random() < _OVERLOOKED
        return self._overlooked[key] and day <= max(row.due_by, row.call_by)

    def _chance(self, one: Customer, row: Owed, day: date) -> float:
        """How likely it is that the call is made today."""
        away = day in self._away[one.rep]
        if row.rule == "callback" and row.opens_on == day:
            return 0.5 if away else _KEPT
        if away:
            return 0.07
        chance = _DILIGENCE[one.rep]
        if row.rule == "dormant-month" and (row.call_by - day).days > 4:
            chance *= 0.3
        elif day > max(row.due_by, row.call_by):
            chance *= 0.6
        elif day == row.call_by:
            chance += 0.2
        if one.calls and (day - one.calls[-1].at.date()).days <= 1:
            chance *= 0.6
        if len(one.calls) >= _PATIENCE and all(call.result in _SILENCE for call in one.calls[-_PATIENCE:]):
            chance *= 0.15
        return chance

    def _attempt(self, one: Customer, row: Owed, day: date) -> Call:
        rng = self.rng
        at = row.at if row.opens_on == day else None
        if row.rule == "dormant-month" and rng.random() < 0.35:
            return self._call(one, day, row.rule, "sent", rng.choice(("wechat", "wechat", "sms")))
        waiting = row.rule == "callback" and row.opens_on == day and one.reach > 0
        if rng.random() >= (_WAITING if waiting else one.reach):
            silence = ("no_answer", "no_answer", "no_answer", "busy") if one.reach else ("wrong_number", "no_answer")
            return self._call(one, day, row.rule, rng.choice(silence), "phone", at)
        draw = rng.random()
        if draw < 0.03:
            return self._call(one, day, row.rule, "declined", "phone", at)
        if draw < 0.11:
            return self._book(one, day, row.rule, at)
        if row.rule == "callback" or draw < 0.9:
            return self._call(one, day, row.rule, "reached", "phone", at)
        return self._call(
            one, day, row.rule, "reached", "visit" if row.rule == "dormant-week" or draw < 0.95 else "wechat"
        )

    def _book(self, one: Customer, day: date, rule: str, at: datetime | None) -> Call:
        """Not convenient: another time is agreed, mostly."""
        call = self._call(one, day, rule, "inconvenient", "phone", at)
        if self.rng.random() < 0.12:
            return call
        on = self.next_working_day(day + ONE_DAY * self.rng.choice((0, 0, 1, 2)))
        return call._replace(promised=self.promise(on), note="约好再打")

    def promise(self, on: date) -> date:
        """A moment of the day, sometimes only the day."""
        if self.rng.random() < 0.15:
            return on
        return datetime.combine(on, time(self.rng.choice((9, 10, 11, 14, 15, 16)), self.rng.choice((0, 0, 30))))

    def next_working_day(self, day: date) -> date:
        """The first working day after a day."""
        day += ONE_DAY
        while not self.calendar.is_working_day(day):
            day += ONE_DAY
        return day

    def _talk_to_those_who_paused(self) -> None:
        """Spoken with after their last order but before the week was over: the new follow-up is owed all the same."""
        for one in self.customers:
            if one.habit == "paused":
                day = max(order.ordered_on for order in one.orders) + ONE_DAY * 5
                while not self.calendar.is_working_day(day):
                    day -= ONE_DAY
                self.add(one, self._call(one, day, "after-sale", "reached", "phone"))

    def _talk_to_prospects(self) -> None:
        for one in self.customers:
            if one.habit != "prospect" or one.intention == "无意向":
                continue
            day = self.next_working_day(self.start_on + ONE_DAY * self.rng.randint(0, 60))
            while day < self.today:
                result = "reached" if self.rng.random() < one.reach else "no_answer"
                self.add(one, self._call(one, day, "prospect", result, "phone"))
                gap = (7, 11) if one.intention == "有意向" else (28, 36)
                day = self.next_working_day(day + ONE_DAY * self.rng.randint(*gap))

    # --- one call

    def add(self, one: Customer, call: Call) -> None:
        """Puts a call on record."""
        one.calls.append(call)
        if call.promised is not None or call.result in ("reached", "declined", "sent"):
            self.changed(one)

    def talk(self, one: Customer, day: date) -> None:
        """A conversation on a day, by telephone."""
        self.add(one, self._call(one, day, self._rule_on(one, day), "reached", "phone"))

    def greet(self, one: Customer, day: date) -> None:
        """A message on a day, a rest day for instance."""
        self.add(one, self._call(one, day, "dormant-month", "sent", "wechat")._replace(note="节假日问候"))

    def put_off(self, one: Customer, day: date, promised: date) -> None:
        """A call on a day that ended with a promise."""
        call = self._call(one, day, self._rule_on(one, day), "inconvenient", "phone")
        self.add(one, call._replace(promised=promised, note="约好再打"))

    def _rule_on(self, one: Customer, day: date) -> str:
        return min((row.rule for row in self.owed(one) if row.live(day)), default="after-sale")

    def _call(self, one: Customer, day: date, rule: str, result: str, channel: str, at: datetime | None = None) -> Call:
        rng = self.rng
        when = self._free(one.rep, day, at)
        call = Call(when, channel, result, one.rep, self._filled(when, rule))
        if result == "declined":
            return call._replace(note="不愿多谈")
        if result != "reached":
            return call
        if rule in _DORMANT:
            reason = _weighted(rng, words.DORMANT_REASONS) if rng.random() < 0.85 else ""
            weights = (65, 0, 0, 35) if reason in words.THEIR_OWN else (20, 38, 17, 25) if reason else (40, 22, 8, 30)
            opinion = rng.choices(("satisfied", "neutral", "dissatisfied", ""), weights)[0]
        else:
            opinion = rng.choices(("satisfied", "neutral", "dissatisfied"), (72, 20, 8))[0]
            reason = (
                _weighted(rng, words.COMPLAINTS)
                if opinion == "dissatisfied" or (opinion == "neutral" and rng.random() < 0.5)
                else ""
            )
        return call._replace(
            satisfaction=opinion,
            reason=reason,
            suggestion=rng.choice(words.SUGGESTIONS) if rng.random() < 0.14 else "",
            note=rng.choice(words.CALL_NOTES) if rng.random() < 0.1 else "",
            timed=rng.random() > 0.015 or at is not None,
        )

    def _free(self, rep: str, day: date, at: datetime | None) -> datetime:
        """A time of day at which the representative is not on the phone already; a promised one is kept to the minute."""
        taken = self._taken[rep, day]
        if at is not None:
            start = at + timedelta(minutes=self.rng.randint(0, 4))
            while (start.hour, start.minute) in taken:
                start += timedelta(minutes=1)
        else:
            free = [slot for slot in _HOURS if slot not in taken]
            start = datetime.combine(day, time(*self.rng.choice(free)))
        taken.add((start.hour, start.minute))
        return start

    def _filled(self, at: datetime, rule: str) -> datetime:
        """When the record was filled in: within an hour for dormancy, else within the day; now and then late."""
        late = self.rng.random() < 0.1
        if rule in _DORMANT:
            minutes = self.rng.randint(75, 400) if late else self.rng.randint(4, 50)
        else:
            minutes = self.rng.randint(25 * 60, 52 * 60) if late else self.rng.randint(4, 200)
        filled = at + timedelta(minutes=minutes)
        return filled if filled.date() < self.today else at + timedelta(minutes=12)

    def _leave(self) -> frozenset[date]:
        """A week's leave of a representative."""
        first = self.start_on + ONE_DAY * self.rng.randint(20, 120)
        return frozenset(first + ONE_DAY * n for n in range(8))


def _open(rows: list[Owed], day: date) -> list[Owed]:
    live = [row for row in rows if row.live(day)]
    return [] if live and any(row.booked(day) for row in rows) else live


def _weighted(rng: Random, pairs: tuple[tuple[str, int], ...]) -> str:
    return rng.choices([word for word, _ in pairs], [weight for _, weight in pairs])[0]
