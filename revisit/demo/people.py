"""The customers of the throw-away company: who they are, how they buy, who looks after them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import NamedTuple

from revisit.demo import words
from revisit.policy.facts import Contact, Fact, File, Handover, Sale
from revisit.policy.months import month_start, plus_months

REPRESENTATIVES = (("wangfang", "王芳"), ("limin", "李敏"), ("zhangwei", "张伟"), ("chenjing", "陈静"))
"""(login, name) of the four representatives; customer sheet and revisit log carry the login."""
SUPERVISOR = ("chenhui", "陈慧")

HABITS = {
    "weekly": 46, "fortnightly": 56, "irregular": 34, "returning": 8, "lapsed": 20, "long-gone": 6, "new": 6,
    "paused": 4, "signed": 4, "sales": 10, "takeover-due": 4, "takeover-overdue": 1, "taken-over": 3, "debt": 2,
    "undated": 2, "unknown-balance": 1, "just-handed": 1, "prospect": 12, "defective": 3,
}  # fmt: skip
BY_SALES = frozenset(
    ("sales", "takeover-due", "takeover-overdue", "taken-over", "debt", "undated", "unknown-balance", "just-handed")
)
_GRADES = (("A", 15), ("B", 35), ("C", 35), ("D", 15))
_DO_NOT_CALL = 5
_NEVER_REACHED = 3
_LEFT_ALONE = 3  # dormant customers nobody has got round to in this half month


class Order(NamedTuple):
    """One order; its number is given when all of them are known."""

    ordered_on: date
    completed_on: date | None
    cents: int
    product: str
    status: str


class Call(NamedTuple):
    """One revisit as the log holds it. `promised` is a day or a moment; `timed` is False where only the day was noted."""

    at: datetime
    channel: str
    result: str
    rep: str
    filled_at: datetime
    satisfaction: str = ""
    reason: str = ""
    suggestion: str = ""
    promised: date | None = None
    note: str = ""
    timed: bool = True


@dataclass(slots=True)
class Customer:
    """One customer with its history. `quiet_from`: the day from which nobody calls; `reach`: how often somebody answers."""

    code: str
    habit: str
    name: str
    contact: str
    title: str
    phone: str
    region: str
    address: str
    industry: str
    grade: str
    rep: str
    salesperson: str
    reach: float
    contract_on: date | None
    balance: int | None
    credit_limit: int
    term_days: int
    birthday: date | None
    intention: str = ""
    followed_since: date | None = None
    do_not_call: bool = False
    note: str = ""
    shown_order_on: date | None = None
    quiet_from: date | None = None
    orders: list[Order] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    sales_follow_ups: list[date] = field(default_factory=list)

    @property
    def by_sales(self) -> bool:
        """Whether the sheet names the sales department as the one that follows."""
        return self.habit in BY_SALES

    @property
    def last_order_on(self) -> date | None:
        """The date the customer sheet shows: the last order that stands."""
        standing = [order.ordered_on for order in self.orders if order.status != "已取消"]
        return max(standing, default=self.shown_order_on)

    def file(self, today: date) -> File:
        """What the importer will make of this customer's rows on the day of the import."""
        facts = [Fact("do_not_call", "1")] if self.do_not_call else []
        if self.habit == "prospect":
            facts.append(Fact("kind", "prospect"))
        if self.contract_on:
            facts.append(Fact("contract_on", self.contract_on.isoformat()))
        if self.balance is not None:
            facts.append(Fact("balance", str(self.balance)))
        shown = self.last_order_on
        return File(
            code=self.code,
            entered_on=today,
            sales=tuple(
                Sale(one.ordered_on, one.completed_on, one.ordered_on if one.status == "已取消" else None)
                for one in sorted(self.orders)
            ),
            contacts=tuple(_contact(call) for call in sorted(self.calls, key=_by_time)),
            handovers=(Handover("sales", self.followed_since),) if self.by_sales else (),
            sales_follow_ups=tuple(sorted(self.sales_follow_ups)),
            shown_orders=(shown,) if shown else (),
            facts=tuple(facts),
            grade=self.grade,
            region=self.region,
            industry=self.industry,
        )


def _by_time(call: Call) -> tuple[date, bool, datetime]:
    return call.at.date(), not call.timed, call.at


def _contact(call: Call) -> Contact:
    at = call.promised if isinstance(call.promised, datetime) else None
    return Contact(
        call.at.date(), call.channel, call.result, promised_on=at.date() if at else call.promised, promised_at=at
    )


def make_customers(rng: Random, today: date, start_on: date) -> list[Customer]:
    """All customers of the company, without orders and calls, in the order of their codes."""
    habits = [habit for habit, count in HABITS.items() for _ in range(count)]
    rng.shuffle(habits)
    names: set[str] = set()
    found = [_customer(rng, number, habit, names, today, start_on) for number, habit in enumerate(habits, 1)]
    ordinary = [one for one in found if one.habit in ("fortnightly", "irregular")]
    picked = rng.sample(ordinary, _DO_NOT_CALL + _NEVER_REACHED)
    for one in picked[:_DO_NOT_CALL]:
        one.do_not_call, one.note = True, "客户要求不再来电"
    for one in picked[_DO_NOT_CALL:]:
        one.reach = 0.0
    slot = month_start(today) if today.day < 16 else today.replace(day=16)
    for one in rng.sample([one for one in found if one.habit == "lapsed"], _LEFT_ALONE):
        one.quiet_from = slot
    return found


def _customer(rng: Random, number: int, habit: str, names: set[str], today: date, start_on: date) -> Customer:
    region = rng.choice(list(words.REGIONS))
    city = rng.choice(words.REGIONS[region])
    industry = rng.choice(list(words.TRADES))
    grade = rng.choices([grade for grade, _ in _GRADES], [weight for _, weight in _GRADES])[0]
    limit = {"A": 300_000, "B": 150_000, "C": 60_000, "D": 20_000}[grade]
    one = Customer(
        code=f"C{number:04d}",
        habit=habit,
        name=_name(rng, city, industry, names),
        contact=rng.choice(words.FAMILY) + rng.choice(words.GIVEN),
        title=rng.choice(words.TITLES),
        phone=f"1380000{number:04d}",
        region=region,
        address=f"{city}市{rng.choice(words.STREETS)}{rng.randint(1, 300)}号",
        industry=industry,
        grade=grade,
        rep=REPRESENTATIVES[number % len(REPRESENTATIVES)][0],
        salesperson=rng.choice(words.SALESPEOPLE),
        reach=rng.uniform(0.62, 0.92),
        contract_on=start_on - timedelta(days=rng.randint(30, 1500)),
        balance=rng.randrange(5, limit // 400) * 100_00 if rng.random() < 0.2 else 0,
        credit_limit=limit * 100,
        term_days=rng.choice((0, 15, 30, 30, 45, 60)),
        birthday=date(rng.randint(1962, 1996), rng.randint(1, 12), rng.randint(1, 28)) if rng.random() < 0.6 else None,
        note=rng.choice(words.CUSTOMER_NOTES) if rng.random() < 0.18 else "",
    )
    if rng.random() < 0.03 and habit != "unknown-balance":
        one.balance = None
    _settle(rng, one, today, start_on)
    return one


def _name(rng: Random, city: str, industry: str, names: set[str]) -> str:
    while True:
        trade = rng.choice(words.TRADES[industry])
        name = f"{city}{rng.choice(words.FIRST)}{trade}{rng.choice(words.SUFFIXES)}"
        if name not in names:
            names.add(name)
            return name


def _settle(rng: Random, one: Customer, today: date, start_on: date) -> None:
    """What belongs to the habit: contract, hand-over, sales follow-ups, balance, and who must be left alone."""
    ago = timedelta(days=1)
    if one.habit == "prospect":
        one.contract_on, one.balance, one.term_days, one.credit_limit = None, None, 0, 0
        one.intention = rng.choice(("有意向", "有意向", "未定", "未定", "无意向"))
    elif one.habit == "defective":
        one.contract_on = None
    elif one.habit in ("signed", "new"):
        one.contract_on = today - ago * (rng.randint(10, 40) if one.habit == "signed" else 14)
        one.balance = 0
    elif one.habit == "long-gone":
        one.shown_order_on = start_on - ago * rng.randint(20, 250)
        one.contract_on = min(one.contract_on or today, one.shown_order_on)
    if one.habit in ("new", "paused", "takeover-due", "takeover-overdue"):
        one.quiet_from = today - ago * 30
    if one.habit in ("takeover-due", "takeover-overdue", "taken-over"):
        one.balance = 0
    if one.by_sales:
        _hand_over(rng, one, today, start_on)


def _hand_over(rng: Random, one: Customer, today: date, start_on: date) -> None:
    def opening(first: int, last: int) -> date:
        """The day of a follow-up that makes a takeover open so many days before today."""
        for _ in range(200):
            day = today - timedelta(days=rng.randint(first, last) + 61)
            if first <= (today - plus_months(day, 2)).days - 1 <= last:
                return day
        return plus_months(today - timedelta(days=last), -2) - timedelta(days=1)

    talks: list[date] = []
    if one.habit == "sales":
        one.followed_since = start_on + timedelta(days=rng.randint(-60, 40))
        talks = _every(rng, one.followed_since, today - timedelta(days=rng.randint(1, 12)))
    elif one.habit == "just-handed":
        one.followed_since = today - timedelta(days=10)
    elif one.habit == "undated":
        one.followed_since = None
    else:
        windows = {"takeover-due": (1, 6), "takeover-overdue": (13, 16), "taken-over": (45, 75)}
        last = opening(*windows.get(one.habit, (5, 50)))
        one.followed_since = last - timedelta(days=rng.choice((0, 0, 21, 45)))
        talks = _every(rng, one.followed_since, last)
        if one.followed_since < last:
            talks.append(last)
    if one.habit == "debt":
        one.balance = rng.randint(8, 90) * 500_00
    if one.habit == "unknown-balance":
        one.balance = None
    one.sales_follow_ups = sorted(set(talks))


def _every(rng: Random, since: date, until: date) -> list[date]:
    """Sales follow-ups every few weeks, weekdays only."""
    days = []
    day = since + timedelta(days=rng.randint(8, 20))
    while day < until:
        days.append(day + timedelta(days=max(0, 7 - day.isoweekday())) * (day.isoweekday() > 5))
        day += timedelta(days=rng.randint(12, 32))
    return [day for day in days if day < until]
