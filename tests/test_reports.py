"""The supervisor's figures: one hand-computed month with every outcome, and what must hold for any company."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from itertools import count
from random import Random

import pytest
from sqlmodel import Session

from revisit import company, db
from revisit.models import Allocation, Booking, Customer, Fact, Order, Revisit, Staff
from revisit.policy.periods import Period, days, period_of
from revisit.policy.plan import RULES
from revisit.policy.tally import Tally
from revisit.register import keep
from revisit.reports import Report, report
from tests.support import CREATED_AT, at_shanghai, init_company, reading

ENTERED = date(2026, 1, 5)
MARCH = period_of("month", date(2026, 3, 1))
APRIL = period_of("month", date(2026, 4, 1))
COUNTS = ("owed", "in_time", "late", "missed", "overdue", "open", "void")


@dataclass
class Call:
    """A revisit to seed; `at` and `filled` are wall clocks of Shanghai."""

    on: date
    result: str = "reached"
    channel: str = "phone"
    satisfaction: str = ""
    reason: str = ""
    at: str = ""
    filled: str = ""
    inbound: bool = False
    with_whom: str = "customer"
    promised: date | None = None
    void: bool = False
    current: bool = True
    intention: str = ""


@dataclass
class Seed:
    """A customer to seed. Orders are (ordered, completed), reps are (from, login), facts (name, value, from)."""

    code: str
    orders: Sequence[tuple[date, date | None]] = ()
    calls: Sequence[Call] = ()
    reps: Sequence[tuple[date | None, str]] = ()
    entered: date = field(default=ENTERED)
    grade: str = ""
    region: str = ""
    facts: Sequence[tuple[str, str, date | None]] = ()


def march(day: int) -> date:
    return date(2026, 3, day)


SEASON = (
    Seed(
        "C1",
        orders=[(march(2), march(2))],
        calls=[
            Call(
                march(12),
                satisfaction="satisfied",
                reason="价格；质量",
                at="2026-03-12 10:00",
                filled="2026-03-12 10:30",
            )
        ],
        reps=[(None, "wang")],
        grade="A",
        region="华东",
    ),
    Seed(
        "C2",
        orders=[(march(2), march(2))],
        calls=[Call(march(11), "no_answer", at="2026-03-11 09:00", filled="2026-03-11 10:30")],
        reps=[(None, "wang"), (march(10), "li")],
        grade="B",
        region="华南",
    ),
    Seed("C3", orders=[(march(2), None), (march(12), None)]),
    Seed(
        "C4",
        orders=[(march(6), march(6))],
        calls=[
            Call(
                march(8), satisfaction="neutral", reason="质量/ 服务", at="2026-03-08 09:00", filled="2026-03-09 08:00"
            ),
            Call(march(16), "sent", "sms", at="2026-03-16 09:00"),
            Call(march(17), satisfaction="dissatisfied", reason="质量", inbound=True),
        ],
        reps=[(None, "li")],
        grade="A",
        region="华南",
    ),
    Seed("C5", reps=[(None, "li")]),
    Seed("C6", entered=date(2026, 4, 5)),
    Seed(
        "C7",
        calls=[
            Call(march(18), "inconvenient", promised=march(20)),
            Call(march(20), satisfaction="satisfied"),
            Call(march(21), satisfaction="dissatisfied", reason="价格", void=True),
            Call(march(22), satisfaction="dissatisfied", reason="价格", current=False),
        ],
        reps=[(None, "wang")],
        region="华东",
    ),
)
"""A season of which every figure can be counted by hand (programme start 2026-01-01)."""


def fill(url: str, seeds: Iterable[Seed]) -> None:
    """The company's customers with their orders, revisits and allocations, and the register of them."""
    with db.writing(url) as session:
        staff = {login: _staff(session, login) for login in ("wang", "li")}
        numbers = count(1)
        for seed in seeds:
            customer = Customer(
                code=seed.code, name=f"客户{seed.code}", entered_on=seed.entered, grade=seed.grade, region=seed.region
            )
            session.add(customer)
            session.flush()
            assert customer.id is not None
            for ordered, completed in seed.orders:
                session.add(Order(customer_id=customer.id, ordered_on=ordered, completed_on=completed))
            for name, value, start in seed.facts:
                session.add(Fact(customer_id=customer.id, name=name, value=value, from_on=start))
                session.flush()
            for start, login in seed.reps:
                session.add(Allocation(customer_id=customer.id, staff_id=staff[login], from_on=start))
                session.flush()
            if seed.reps:
                customer.rep_id = staff[sorted(seed.reps, key=lambda one: one[0] or date.min)[-1][1]]
            for call in seed.calls:
                _revisit(session, customer.id, next(numbers), call)
        session.flush()
        sql = db.sql_of(session)
        keep.replan(sql, company.load_company(sql))
        session.commit()


def _staff(session: Session, login: str) -> int:
    member = Staff(login=login, name=login, role="representative", created_at=CREATED_AT)
    session.add(member)
    session.flush()
    assert member.id is not None
    return member.id


def _revisit(session: Session, customer: int, number: int, call: Call) -> None:
    row = Revisit(
        number=number,
        customer_id=customer,
        done_on=call.on,
        done_at=at_shanghai(call.at) if call.at else None,
        filled_at=at_shanghai(call.filled) if call.filled else None,
        channel=call.channel,
        result=call.result,
        inbound=call.inbound,
        with_whom=call.with_whom,
        satisfaction=call.satisfaction,
        reason=call.reason,
        is_void=call.void,
        is_current=call.current,
        intention=call.intention,
    )
    session.add(row)
    session.flush()
    if call.promised:
        assert row.id is not None
        session.add(Booking(revisit_id=row.id, customer_id=customer, promised_on=call.promised))


@pytest.fixture
def season(company_db: str) -> str:
    fill(company_db, SEASON)
    return company_db


def of(url: str, period: Period, on: date) -> Report:
    with reading(url) as (sql, info):
        return report(sql, info, period, on)


def figures(one: Tally) -> dict[str, float]:
    """What is not zero."""
    return {name: value for name, value in asdict(one).items() if value}


def test_a_month_seen_from_the_next_one(season: str) -> None:
    found = of(season, MARCH, date(2026, 4, 10))
    # C1: after-sale met late on 03-12, dormant-week in time. C2: both missed. C3: void by the order of 03-12, then overdue.
    # C4: after-sale in time, dormant-week missed (a text message and an enquiry are no phone contact). C7: callback kept.
    # C2 went to li on 03-10, who has not talked with the salesperson by 03-17.
    assert figures(found.followups) == {
        "owed": 9, "in_time": 3, "late": 1, "missed": 3, "overdue": 2, "void": 1, "coverage": 0.4444
    }  # fmt: skip
    assert list(found.by_rule) == list(RULES)
    assert {rule: figures(one) for rule, one in found.by_rule.items() if one.owed} == {
        "callback": {"owed": 1, "in_time": 1, "coverage": 1.0},
        "after-sale": {"owed": 3, "in_time": 1, "late": 1, "missed": 1, "coverage": 0.6667},
        "dormant-week": {"owed": 4, "in_time": 1, "missed": 2, "overdue": 1, "void": 1, "coverage": 0.25},
        "brief": {"owed": 1, "overdue": 1},
    }
    assert list(found.by_rep) == ["li", "wang", ""]
    assert {rep: figures(one) for rep, one in found.by_rep.items()} == {
        "wang": {"owed": 4, "in_time": 2, "late": 1, "missed": 1, "coverage": 0.75},
        "li": {
            "owed": 4,
            "in_time": 1,
            "missed": 2,
            "overdue": 1,
            "coverage": 0.25,
        },  # C2 was given to li between its two
        "": {"owed": 1, "overdue": 1, "void": 1},
    }
    assert found.by_rep[""].coverage == 0.0
    assert asdict(found.missed) == {"tried": 2, "never_tried": 1}


def test_a_month_by_grade_and_region(season: str) -> None:
    found = of(season, MARCH, date(2026, 4, 10))
    assert list(found.by_grade) == ["A", "B", ""]
    assert {grade: figures(one) for grade, one in found.by_grade.items()} == {
        "A": {"owed": 4, "in_time": 2, "late": 1, "missed": 1, "coverage": 0.75},
        "B": {"owed": 3, "missed": 2, "overdue": 1},
        "": {"owed": 2, "in_time": 1, "overdue": 1, "void": 1, "coverage": 0.5},
    }
    assert list(found.by_region) == ["华南", "华东", ""]
    assert {region: figures(one) for region, one in found.by_region.items()} == {
        "华南": {"owed": 5, "in_time": 1, "missed": 3, "overdue": 1, "coverage": 0.2},
        "华东": {"owed": 3, "in_time": 2, "late": 1, "coverage": 1.0},
        "": {"owed": 1, "overdue": 1, "void": 1},
    }


def test_a_call_in_vain_is_no_try_at_paperwork(company_db: str) -> None:
    """Two briefs, each ended by the next allocation after its day: missed, whatever was tried with the customer."""
    moved = [(march(2), "wang"), (march(20), "li")]
    fill(company_db, [Seed("C1", calls=[Call(march(5), "no_answer")], reps=[(None, "li"), *moved])])
    found = of(company_db, MARCH, date(2026, 4, 10))
    assert figures(found.by_rule["brief"]) == {"owed": 2, "missed": 1, "overdue": 1}
    assert asdict(found.missed) == {"tried": 0, "never_tried": 1}


def test_what_was_done_and_said_in_a_month(season: str) -> None:
    found = of(season, MARCH, date(2026, 4, 10))
    assert asdict(found.contacts) == {
        "total": 6,
        "by_channel": {"phone": 5, "sms": 1},
        "by_result": {"reached": 3, "inconvenient": 1, "no_answer": 1, "sent": 1},
    }
    assert list(found.contacts.by_result) == ["reached", "inconvenient", "no_answer", "sent"]
    assert asdict(found.satisfaction) == {"satisfied": 2, "neutral": 1, "dissatisfied": 0}
    assert found.reasons == (("质量", 3), ("价格", 1), ("服务", 1))
    # C1 within the hour (dormant since 03-10), C2 half an hour too late for that, C4 within a day (not dormant yet)
    assert asdict(found.records) == {"within_deadline": 2, "late": 1}
    assert asdict(found.dormancy) == {"entered": 5, "reactivated": 1, "reactivated_soon": 1, "still": 4}
    assert asdict(found.customers) == {"in_scope": 6, "contacted": 3, "never_reached": 3}
    assert [one.on for one in found.days] == list(days(MARCH))
    assert {one.on.day: (one.contacts, one.met) for one in found.days if one.contacts or one.met} == {
        8: (1, 1), 11: (1, 0), 12: (1, 2), 16: (1, 0), 18: (1, 0), 20: (1, 1)
    }  # fmt: skip


def test_the_same_month_seen_from_its_middle(season: str) -> None:
    found = of(season, MARCH, march(15))
    # open: dormant-week of C2 (due 03-16) and C4 (due 03-20), the brief of C2 (due 03-17);
    # the callback and C3's second one are still ahead
    assert figures(found.followups) == {
        "owed": 7, "in_time": 2, "late": 1, "overdue": 1, "open": 3, "void": 1, "coverage": 0.75
    }  # fmt: skip
    assert asdict(found.missed) == {"tried": 0, "never_tried": 0}
    assert found.contacts.total == 3
    assert asdict(found.dormancy) == {"entered": 4, "reactivated": 1, "reactivated_soon": 1, "still": 3}
    assert asdict(found.customers) == {"in_scope": 6, "contacted": 2, "never_reached": 4}
    assert len(found.days) == 15


def test_slots_of_a_series_are_counted_month_by_month(season: str) -> None:
    early = of(season, APRIL, date(2026, 4, 10))
    # C1 and C2 since 04-03, C4 since 04-07: slot 1, due by 04-15; C3 becomes dormant over a month on 04-13
    assert figures(early.by_rule["dormant-month"]) == {"owed": 3, "open": 3}
    assert early.followups.coverage is None
    assert early.customers.in_scope == 7
    late = of(season, APRIL, date(2026, 5, 20))
    # nobody was called: two slots each for C1, C2, C4, and slot 2 for C3
    assert figures(late.by_rule["dormant-month"]) == {"owed": 7, "missed": 7}
    assert figures(of(season, period_of("week", date(2026, 4, 14)), date(2026, 4, 14)).followups) == {
        "owed": 3,
        "open": 3,
    }


PROSPECTS = (
    Seed(
        "P1",
        orders=[(march(20), None)],
        calls=[Call(march(5), intention="interested"), Call(march(12))],
        reps=[(None, "wang")],
        region="华东",
        facts=[("kind", "prospect", None), ("intention", "undecided", None)],
    ),
    Seed(
        "P2", calls=[Call(march(6), "no_answer")], facts=[("kind", "prospect", None), ("intention", "none", march(9))]
    ),
    Seed("P3", facts=[("kind", "prospect", None), ("kind", "customer", march(25))]),
    Seed("P4", calls=[Call(march(7))], facts=[("kind", "prospect", march(1))], reps=[(None, "li")]),
    Seed("P5", orders=[(march(1), None)], facts=[("kind", "prospect", march(1))]),
)
"""P1 orders, P3 is marked as a customer, P2 and P4 stay prospects; P5 ordered before any evening saw a prospect."""


def test_the_funnel_from_prospect_to_order(company_db: str) -> None:
    fill(company_db, [*PROSPECTS, *SEASON])
    april = {name: n for name, n in of(company_db, APRIL, date(2026, 4, 10)).figures.items() if n}
    found = {name: n for name, n in of(company_db, MARCH, date(2026, 4, 10)).figures.items() if n}
    assert {name: n for name, n in found.items() if name.startswith(("prospects.", "funnel."))} == {
        "prospects.in_scope": 2, "prospects.none": 1, "prospects.unknown": 1,
        "funnel.prospects": 4, "funnel.contacted": 2, "funnel.interested": 1, "funnel.customers": 2, "funnel.ordered": 1,
        "funnel.contacted_share": 0.5, "funnel.interested_share": 0.25, "funnel.customers_share": 0.5,
        "funnel.ordered_share": 0.25,
        "funnel.prospects.interested": 1, "funnel.prospects.none": 1, "funnel.prospects.unknown": 2,
        "funnel.contacted.interested": 1, "funnel.contacted.unknown": 1,
        "funnel.customers.interested": 1, "funnel.customers.unknown": 1, "funnel.ordered.interested": 1,
    }  # fmt: skip
    assert (april["funnel.prospects"], april["prospects.in_scope"]) == (2, 2)
    middle = of(company_db, MARCH, march(19)).figures
    assert (middle["funnel.prospects"], middle["funnel.customers"], middle["prospects.interested"]) == (4, 0, 1)


def test_the_owner_of_the_day_it_falls_due(season: str) -> None:
    week = of(season, period_of("day", march(9)), date(2026, 4, 10))
    assert {rep: one.owed for rep, one in week.by_rep.items()} == {"wang": 2}
    assert of(season, period_of("day", march(16)), date(2026, 4, 10)).by_rep["li"].missed == 1
    # before the allocation of 03-10 was known, what fell due later was still wang's
    assert "li" not in of(season, period_of("day", march(16)), march(9)).by_rep


def test_a_period_that_has_not_begun_is_empty(season: str) -> None:
    found = of(season, APRIL, march(31))
    assert figures(found.followups) == {}
    assert (found.contacts.total, found.days, found.reasons) == (0, (), ())
    assert asdict(found.dormancy) == {"entered": 0, "reactivated": 0, "reactivated_soon": 0, "still": 4}
    assert asdict(found.customers) == {"in_scope": 6, "contacted": 0, "never_reached": 3}


def test_an_empty_company(company_db: str) -> None:
    found = of(company_db, MARCH, march(31))
    assert figures(found.followups) == {}
    assert found.by_rep == {}
    assert set(found.by_rule) == set(RULES)


def test_an_attempt_counts_for_a_missed_one_even_after_the_period(company_db: str) -> None:
    fill(company_db, [Seed("C1", orders=[(march(20), None)], calls=[Call(date(2026, 4, 5), "busy")])])
    found = of(company_db, period_of("week", date(2026, 4, 3)), date(2026, 4, 30))  # due by 04-03, missed on 04-21
    assert (found.followups.missed, asdict(found.missed)) == (1, {"tried": 1, "never_tried": 0})


# --- what holds for any company


def at_random(random: Random, number: int) -> Seed:
    """A customer with anything that may happen between January and July."""

    def some_day() -> date:
        return date(2026, 1, 1) + timedelta(days=random.randrange(200))

    orders = []
    for _ in range(random.randrange(6)):
        ordered = some_day()
        orders.append((ordered, random.choice([None, ordered, ordered + timedelta(days=random.randrange(9))])))
    calls = []
    for _ in range(random.randrange(9)):
        on = some_day()
        result = random.choice(["reached", "reached", "declined", "sent", "no_answer", "busy", "inconvenient"])
        channel = random.choice(["phone", "visit", "sms", "wechat", "email"])
        promised = on + timedelta(days=random.randrange(1, 9)) if random.random() < 0.2 else None
        calls.append(Call(on, result, channel, inbound=random.random() < 0.1, promised=promised))
    reps = [
        (some_day() if random.random() < 0.6 else None, random.choice(["wang", "li"]))
        for _ in range(random.randrange(3))
    ]
    grade, region = random.choice(["A", "B", ""]), random.choice(["华东", "华南", ""])
    return Seed(f"R{number:03}", orders, calls, reps, grade=grade, region=region)


def courted(random: Random, seed: Seed) -> Seed:
    """The same customer, marked as a prospect or not on some days; sheets and talks tell of its intention."""

    def said(name: str, values: Sequence[str], most: int) -> list[tuple[str, str, date | None]]:
        days_ = [None, *(date(2026, 1, 1) + timedelta(days=random.randrange(200)) for _ in range(most))]
        return [(name, random.choice(values), on) for on in days_ if random.random() < 0.6]

    intentions = ("interested", "undecided", "none")
    facts = said("kind", ("prospect", "customer"), 3) + said("intention", (*intentions, ""), 2)
    calls = [replace(one, intention=random.choice(intentions) if random.random() < 0.3 else "") for one in seed.calls]
    return replace(seed, facts=facts, calls=calls, orders=[one for one in seed.orders if random.random() < 0.3])


def add(tallies: Iterable[Tally]) -> dict[str, int]:
    found = [asdict(one) for one in tallies]
    return {name: sum(one[name] for one in found) for name in COUNTS}


def months_of(whole: Period) -> list[Period]:
    """The months of a longer period."""
    return sorted({period_of("month", day) for day in days(whole)}, key=lambda one: one.start)


@pytest.mark.parametrize("luck", [1, 2])
def test_parts_add_up_to_the_whole(company_db: str, luck: int) -> None:
    random = Random(luck)  # noqa: S311 - made-up customers, no secret
    fill(company_db, [at_random(random, number) for number in range(40)])
    quarter = period_of("quarter", date(2026, 4, 1))
    for on in (date(2026, 3, 20), date(2026, 5, 17), date(2026, 8, 31)):
        whole = of(company_db, quarter, on)
        for parts in (whole.by_rule, whole.by_rep, whole.by_region, whole.by_grade):
            assert add(parts.values()) == add([whole.followups])
        months = [of(company_db, month, on) for month in months_of(quarter)]
        assert add(one.followups for one in months) == add([whole.followups])
        for rule in RULES:
            assert add(one.by_rule[rule] for one in months) == add([whole.by_rule[rule]])
        assert sum(one.contacts.total for one in months) == whole.contacts.total == sum(d.contacts for d in whole.days)
        assert [day for one in months for day in one.days] == list(whole.days)
        assert sum(one.dormancy.entered for one in months) == whole.dormancy.entered
        assert whole.missed.tried + whole.missed.never_tried == whole.followups.missed
    may = of(company_db, period_of("month", date(2026, 5, 1)), date(2026, 5, 17))
    daily = [of(company_db, period_of("day", day), date(2026, 5, 17)) for day in days(may.period)]
    assert add(one.followups for one in daily) == add([may.followups])


def test_what_happens_later_changes_nothing_seen_from_before(db_url: str) -> None:
    init_company(db_url)
    random = Random(3)  # noqa: S311 - made-up customers, no secret
    seeds = [courted(random, at_random(random, number)) for number in range(40)]
    on = date(2026, 4, 20)
    fill(db_url, [until(seed, on) for seed in seeds])
    known = of(db_url, period_of("quarter", on), on)
    for seed in seeds:  # the same customers again under other codes, with all that came later
        seed.code = f"L{seed.code}"
    fill_again(db_url, seeds)
    assert of(db_url, period_of("quarter", on), on) == known


def until(seed: Seed, on: date) -> Seed:
    """What was known of a customer on a day."""
    orders = [(ordered, done if done and done <= on else None) for ordered, done in seed.orders if ordered <= on]
    calls = [call for call in seed.calls if call.on <= on]
    reps = [(start, login) for start, login in seed.reps if not start or start <= on]
    facts = [fact for fact in seed.facts if not fact[2] or fact[2] <= on]
    return replace(seed, orders=orders, calls=calls, reps=reps, facts=facts)


def fill_again(url: str, seeds: Iterable[Seed]) -> None:
    """Everything anew."""
    with db.writing(url) as session:
        sql = db.sql_of(session)
        for table in ("follow_up", "standing", "booking", "revisit", "order_", "allocation", "fact", "customer"):
            sql.run(f"DELETE FROM {table}")
        sql.run("DELETE FROM staff WHERE login <> 'admin'")
        session.commit()
    fill(url, seeds)


def test_every_figure_of_an_empty_company_is_nothing(company_db: str) -> None:
    found = of(company_db, MARCH, march(31))
    assert not any(found.figures.values())
    assert (found.previous, found.hours) == (found.previous, ())


def test_the_period_before_and_the_same_one_a_year_ago(season: str) -> None:
    april = of(season, APRIL, date(2026, 5, 20))
    march_ = of(season, MARCH, date(2026, 5, 20))
    assert april.previous is not None
    assert (april.previous.period, april.previous.figures) == (MARCH, march_.figures)
    assert april.last_year is None, "the programme had not begun"
    assert of(season, period_of("month", date(2027, 3, 1)), date(2027, 3, 31)).last_year is not None


def test_a_month_by_department(season: str) -> None:
    found = of(season, MARCH, date(2026, 4, 10))
    assert {name: one.owed for name, one in found.by_department.items()} == {"": 9}, "nobody is of a department"


def test_the_hours_of_the_day_are_those_of_the_company(season: str) -> None:
    found = of(season, MARCH, date(2026, 4, 10))
    assert [(one.hour, one.calls, one.reached) for one in found.hours] == [(9, 2, 1), (10, 1, 1)]


def test_who_orders_on_the_day_of_the_talk_is_not_dormant_in_it(company_db: str) -> None:
    """Neither for the reasons nor for the hours in which it has to be written down."""
    calls = [
        Call(march(19), reason="淡季", at="2026-03-19 09:00", filled="2026-03-19 11:00"),
        Call(march(20), reason="价格", at="2026-03-20 09:00", filled="2026-03-20 11:00"),
    ]
    fill(company_db, [Seed("C1", orders=[(march(2), None), (march(20), None)], calls=calls)])
    found = of(company_db, MARCH, march(31))
    assert found.reasons_dormancy == (("淡季", 1),)
    assert asdict(found.records) == {"within_deadline": 1, "late": 1}
