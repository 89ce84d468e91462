"""Counting, without a database: what counts where, and that parts always add up."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revisit.policy import tally
from revisit.policy.outcome import State
from revisit.policy.periods import period_of
from revisit.policy.slots import slots_of_month
from revisit.policy.tally import Dormant, Due, Made, Series, Tally
from tests.policy.reading import CALENDAR, DEFAULT_POLICIES

START_ON = date(2026, 1, 1)
MARCH = period_of("month", date(2026, 3, 1))
STATES: list[State] = ["in_time", "late", "missed", "overdue", "open", "void"]


def march(day: int) -> date:
    return date(2026, 3, day)


def due(opens: date, due_by: date, met: date | None = None, ended: date | None = None, customer: int = 1) -> Due:
    return Due(customer, "after-sale", opens, due_by, due_by, met, ended)


def made(on: date, result: str = "reached", channel: str = "phone", **more: object) -> Made:
    return Made(1, on, channel, result, **more)  # type: ignore[arg-type]


def test_coverage_is_met_of_met_missed_and_overdue() -> None:
    states: list[State] = ["in_time", "in_time", "late", "missed", "overdue", "overdue", "open", "void", "void"]
    assert tally.count(states) == Tally(owed=7, in_time=2, late=1, missed=1, overdue=2, open=1, void=2, coverage=0.5)
    assert tally.count(["in_time", "missed", "missed"]).coverage == 0.3333
    assert tally.count(["missed"]).coverage == 0


@pytest.mark.parametrize("states", [[], ["open"], ["void"], ["open", "void"]])
def test_without_anything_that_ended_there_is_no_coverage(states: list[State]) -> None:
    assert tally.count(states).coverage is None


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(STATES))))
def test_groups_add_up_to_the_whole(pairs: list[tuple[str, State]]) -> None:
    whole = asdict(tally.count(state for _, state in pairs))
    groups = [asdict(one) for one in tally.count_by(pairs).values()]
    for name in whole.keys() - {"coverage"}:
        assert sum(one[name] for one in groups) == whole[name]
    assert whole["owed"] + whole["void"] == len(pairs)
    assert whole["coverage"] is None or 0 <= whole["coverage"] <= 1


def test_what_is_ahead_is_not_judged() -> None:
    rows = [due(march(2), march(9)), due(march(11), march(18)), due(march(11), march(18), met=march(5))]
    assert [one.state for one in tally.judge(rows, {}, march(10))] == ["overdue"]
    assert [one.state for one in tally.judge(rows, {}, march(11))] == ["overdue", "open", "in_time"]


def test_the_owner_is_that_of_the_day_it_falls_due() -> None:
    owners = {1: [(None, "wang"), (march(10), "li"), (march(20), "zhao")]}
    rows = [due(march(2), day) for day in (march(9), march(10), march(19), march(20))]
    assert [one.rep for one in tally.judge(rows, owners, march(31))] == ["wang", "li", "li", "zhao"]
    assert [one.rep for one in tally.judge(rows, owners, march(12))] == [
        "wang",
        "li",
        "li",
        "li",
    ]  # zhao is not known yet
    assert [one.rep for one in tally.judge(rows, {}, march(31))] == ["", "", "", ""]


def test_of_two_allocations_of_one_day_the_last_wins() -> None:
    assert tally.owner_on([(march(10), "wang"), (march(10), "li")], march(10)) == "li"
    assert tally.owner_on([(march(10), "wang")], march(9)) == ""


@given(
    opens=st.dates(date(2025, 11, 1), date(2026, 8, 1)),
    length=st.none() | st.integers(1, 200),
    offsets=st.sets(st.integers(0, 200), max_size=8),
)
def test_slots_of_many_months_are_those_of_each_month(opens: date, length: int | None, offsets: set[int]) -> None:
    ended = opens + timedelta(days=length) if length else None
    series = Series(7, "dormant-month", opens, ended, tuple(opens + timedelta(days=n) for n in sorted(offsets)))
    year = period_of("year", START_ON)
    given_ = (DEFAULT_POLICIES, CALENDAR, START_ON)
    found = list(tally.slots_due([series, series], year.start, year.end, *given_))
    expected = [
        Due(7, "dormant-month", slot.opens_on, slot.due_by, slot.call_by, slot.met_on, slot.ended_on)
        for month in range(1, 13)
        if ended is None or date(2026, month, 1) < ended
        if opens.replace(day=1) <= date(2026, month, 1)
        for slot in slots_of_month(opens, ended, series.days, date(2026, month, 1), *given_)
    ]
    assert found == expected + expected
    by_month = [
        one
        for month in range(1, 13)
        for one in tally.slots_due([series], date(2026, month, 9), date(2026, month, 9), *given_)
    ]
    assert by_month == expected


def test_tried_is_an_attempt_while_it_could_be_met() -> None:
    row = due(march(2), march(9), ended=march(20))
    assert [tally.tried(row, [day]) for day in (march(1), march(2), march(19), march(20))] == [False, True, True, False]
    assert not tally.tried(row, [])


def test_attempts_go_out_to_the_customer_in_vain() -> None:
    history = [
        made(march(1), "no_answer"), made(march(2), "reached"), made(march(3), "busy", inbound=True),
        made(march(4), "busy", with_sales=True), made(march(5), "inconvenient"), made(march(6), "sent", "sms"),
    ]  # fmt: skip
    assert tally.attempt_days(history, DEFAULT_POLICIES) == {1: [march(1), march(5)]}


@pytest.mark.parametrize(
    ("one", "counts"),
    [
        (made(march(1)), True),
        (made(march(1), "declined", "visit"), True),
        (made(march(1), "sent", "wechat"), True),
        (made(march(1), "sent", "email"), False),
        (made(march(1), "no_answer"), False),
        (made(march(1), inbound=True), False),
        (made(march(1), with_sales=True), False),
    ],
)
def test_contacted(one: Made, counts: bool) -> None:
    assert tally.contacted([one], DEFAULT_POLICIES) == ({1} if counts else set())


def test_satisfaction_counts_in_conversations_we_began() -> None:
    rows = [
        made(march(1), satisfaction="satisfied"),
        made(march(1), satisfaction="satisfied", inbound=True),
        made(march(1), "declined", satisfaction="dissatisfied"),
        made(march(1)),
    ]
    assert tally.satisfactions(rows) == {"satisfied": 1}


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([], []),
        (["", " ", "；"], []),
        (["价格", "价格；质量", "质量; 价格"], [("价格", 3), ("质量", 2)]),
        (["缺货、 运费/ 缺货"], [("缺货", 1), ("运费", 1)]),
        (["嫌贵，以后再说"], [("嫌贵，以后再说", 1)]),
        (["b", "a"], [("a", 1), ("b", 1)]),
    ],
)
def test_reasons(texts: list[str], expected: list[tuple[str, int]]) -> None:
    assert tally.reasons(texts) == expected


def test_dormancy_counts_both_ends_of_the_period() -> None:
    spans = [
        Dormant(1, date(2026, 2, 28), march(1)),  # ordered again on the first day
        Dormant(2, march(1), march(31)),  # entered on the first, ordered again on the last
        Dormant(3, march(31), None),
        Dormant(4, date(2026, 4, 1), None),
        Dormant(5, date(2026, 2, 1), date(2026, 4, 1)),  # still dormant on the last day
    ]
    assert tally.dormancy(spans, MARCH, MARCH.end) == {"entered": 2, "reactivated": 2, "still": 2}
    assert tally.dormancy(spans, MARCH, march(10)) == {"entered": 1, "reactivated": 1, "still": 2}
    assert tally.dormancy(spans, MARCH, date(2026, 2, 10)) == {"entered": 0, "reactivated": 0, "still": 1}


@pytest.mark.parametrize(
    ("lag", "dormant", "within"),
    [
        (timedelta(hours=24), False, True),
        (timedelta(hours=24, seconds=1), False, False),
        (timedelta(hours=1), True, True),
        (timedelta(hours=1, seconds=1), True, False),
    ],
)
def test_records_within_their_hours(lag: timedelta, dormant: bool, within: bool) -> None:
    done = datetime(2026, 3, 12, 2, tzinfo=UTC)
    spans = [
        Dormant(1, march(12) if dormant else march(13), march(13) if dormant else None),
        Dormant(2, march(1), None),
    ]
    rows = [made(march(12), done_at=done, filled_at=done + lag)]
    assert tally.recorded(rows, spans, DEFAULT_POLICIES) == {"within_deadline": int(within), "late": int(not within)}


def test_records_of_unknown_lag_are_left_out() -> None:
    at = datetime(2026, 3, 12, 2, tzinfo=UTC)
    rows = [made(march(12), done_at=at), made(march(12), filled_at=at), made(march(12))]
    assert tally.recorded(rows, [], DEFAULT_POLICIES) == {"within_deadline": 0, "late": 0}


def test_reach_looks_at_customers_in_scope_only() -> None:
    assert tally.reach({1, 2, 3}, {2, 9}, {1, 2, 9}) == {"in_scope": 3, "contacted": 1, "never_reached": 1}


def test_every_day_is_there() -> None:
    rows = [made(march(1)), made(march(3)), made(march(3), "busy"), made(march(3), inbound=True)]
    met = tally.met_days([due(march(1), march(8), met=march(3)), due(march(9), march(16), met=march(2))], march(4))
    assert tally.per_day(rows, met, march(1), march(4)) == [
        (march(1), 1, 0), (march(2), 0, 0), (march(3), 2, 1), (march(4), 0, 0)
    ]  # fmt: skip
    assert tally.per_day(rows, met, march(4), march(1)) == []
