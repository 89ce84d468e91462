"""Groups of customers by what was known on their index day, and intervals as they were published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revisit.policy.effect import WINDOWS, Interval, Owed, Part, Z, difference, members, part, standing, wilson
from revisit.policy.outcome import MET, state_on

ON = date(2026, 6, 30)


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def owed(met: str = "", ended: str = "", *, due: str = "03-16", opens: str = "03-10", customer: int = 1) -> Owed:
    return Owed(
        customer, (1, 0), day(opens), day(due), day(met) if met else None, day(ended) if ended else None
    )  # fmt: skip


STANDINGS = [
    ("met by the day it was due", owed("03-12"), "03-31", "reached"),
    ("met on the day it was due", owed("03-16"), "03-31", "reached"),
    ("met before it opened", owed("03-05"), "03-31", "reached"),
    ("met later", owed("03-20"), "03-31", "unreached"),
    ("never met", owed(), "03-31", "unreached"),
    ("ended by an order before it was due", owed(ended="03-12"), "03-31", "void"),
    ("ended by an order on the day it was due", owed(ended="03-16"), "03-31", "void"),
    ("ended by an order on the day after", owed(ended="03-17"), "03-31", "unreached"),
    ("not due yet", owed("03-12"), "03-11", "open"),
    ("not due yet, ended later", owed(ended="03-12"), "03-11", "open"),
    ("on the evening of the day it was due", owed("03-20"), "03-16", "unreached"),
    ("the month over, and met before", owed("03-12", "04-01"), "04-30", "reached"),
]


@pytest.mark.parametrize(
    ("one", "on", "expected"), [case[1:] for case in STANDINGS], ids=[case[0] for case in STANDINGS]
)
def test_where_a_follow_up_stands(one: Owed, on: str, expected: str) -> None:
    assert standing(one, day(on)) == expected


MEMBERS = [
    # index day and what is ordered after it: an order on the index day itself came before
    ([owed("03-12")], ["03-12", "03-13"], [("reached", "03-12", "03-13")]),
    ([owed("03-12")], ["03-12"], [("reached", "03-12", None)]),
    ([owed()], ["03-11", "03-16", "03-18"], [("unreached", "03-16", "03-18")]),
    # who orders after the day it was due stays among those not reached, though the order ended the follow-up
    ([owed(ended="03-18")], ["03-18"], [("unreached", "03-16", "03-18")]),
    ([owed(ended="03-12")], ["03-12"], []),
    # reached later: from that contact on a group of its own
    ([owed("03-20")], ["03-25"], [("unreached", "03-16", "03-25"), ("later", "03-20", "03-25")]),
    # the first one that is settled, whatever the others
    ([owed("05-12", due="05-15"), owed()], [], [("unreached", "03-16", None)]),
    ([owed(ended="03-12"), owed("05-12", due="05-15")], ["03-12", "05-30"], [("reached", "05-12", "05-30")]),
    ([owed(due="07-10")], [], []),
    # what is ordered after the day of seeing is not known
    ([owed("03-12")], ["07-01"], [("reached", "03-12", None)]),
]


@pytest.mark.parametrize(("found", "orders", "expected"), MEMBERS)
def test_who_is_in_which_group(
    found: list[Owed], orders: list[str], expected: list[tuple[str, str, str | None]]
) -> None:
    told = members(found, {1: [day(one) for one in orders]}, ON)
    assert [(one.group, one.index_on, one.ordered_on) for one in told] == [
        (group, day(index), day(on) if on else None) for group, index, on in expected
    ]


def test_only_a_window_that_is_over_counts() -> None:
    three = [owed("03-12"), owed("03-14", customer=2), owed("03-16", customer=3)]
    found = members(three, {1: [day("03-26")], 2: [day("03-15")]}, day("03-28"))
    assert part(found, "reached", 14, day("03-28")) == Part(2, 2, 1)
    assert part(found, "reached", 30, day("03-28")) == Part(0, 0, 3)
    assert part(found, "reached", 14, day("03-25")) == Part(0, 0, 3)
    assert (Part(0, 0, 3).share, Part(0, 0, 3).interval) == (None, None)


# --- what holds for any follow-up

DAY = st.integers(0, 40).map(lambda n: date(2026, 3, 1) + timedelta(n))
MAYBE = st.none() | DAY
OWED = st.builds(Owed, st.integers(1, 4), st.tuples(st.integers(1, 9), st.just(0)), DAY, DAY, MAYBE, MAYBE)
ORDERS = st.dictionaries(st.integers(1, 4), st.lists(DAY, max_size=4).map(sorted))


@dataclass
class Row:
    opens_on: date
    met_on: date | None
    ended_on: date | None


@given(OWED, st.integers(0, 3), DAY)
def test_the_groups_are_those_of_the_register(one: Owed, more: int, on: date) -> None:
    """Void is void; reached is met in time; not reached is anything else that fell due."""
    row = Row(min(one.opens_on, one.due_by), one.met_on, one.ended_on)
    if row.opens_on > on or (one.met_on and one.ended_on and one.ended_on <= one.met_on):
        return  # not opened yet; what has ended is not met any more
    state = state_on(row, one.due_by, one.due_by + timedelta(more), on)
    found = standing(one, on)
    assert (found == "void") == (state == "void")
    if found == "reached":
        assert state == "in_time"
    if found == "open":
        assert state == "open"
    if state in ("missed", "overdue", "late"):
        assert found == "unreached"
    assert found != "unreached" or state in {"missed", "overdue", "open", *MET}


@given(OWED, MAYBE, MAYBE, ORDERS)
def test_nothing_after_the_index_day_decides_on_the_group(
    one: Owed, met: date | None, ended: date | None, orders: dict[int, list[date]]
) -> None:
    on = date(2026, 5, 30)
    for member in members([one], orders, on):
        if member.group == "later":
            continue

        def otherwise(was: date | None, now: date | None, index: date = member.index_on) -> date | None:
            return was if was is not None and was <= index else now if now is None or now > index else None

        other = one._replace(met_on=otherwise(one.met_on, met), ended_on=otherwise(one.ended_on, ended))
        assert [(member.group, member.index_on)] == [
            (found.group, found.index_on) for found in members([other], {}, on) if found.group != "later"
        ]


@given(st.lists(OWED, max_size=12), ORDERS, DAY)
def test_every_customer_stands_in_one_group_and_once_in_each_window(
    found: list[Owed], orders: dict[int, list[date]], on: date
) -> None:
    told = members(found, orders, on)
    once = [one.customer for one in told if one.group != "later"]
    assert len(once) == len(set(once))
    assert {one.customer for one in told if one.group == "later"} <= {
        one.customer for one in told if one.group == "unreached"
    }
    for window in WINDOWS:
        parts = [part(told, group, window, on) for group in ("reached", "unreached", "later")]
        assert sum(one.n + one.recent for one in parts) == len(told)
        assert all(0 <= one.ordered <= one.n for one in parts)


# --- intervals

PUBLISHED = [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
"""Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17 (1998), table I, method 3."""


@pytest.mark.parametrize(("ordered", "n", "low", "high"), PUBLISHED)
def test_intervals_of_a_share_as_published(ordered: int, n: int, low: float, high: float) -> None:
    assert wilson(ordered, n) == pytest.approx((low, high), abs=0.00005)


DIFFERENCES = [
    ((56, 70), (48, 80), 0.0524, 0.3339),
    ((9, 10), (3, 10), 0.1705, 0.8090),
    ((6, 7), (2, 7), 0.0582, 0.8062),
    ((5, 56), (0, 29), -0.0381, 0.1926),
    ((0, 10), (0, 20), -0.1611, 0.2775),
    ((0, 10), (0, 10), -0.2775, 0.2775),
    ((10, 10), (0, 20), 0.6791, 1.0),
    ((10, 10), (0, 10), 0.6075, 1.0),
]
"""Newcombe, Interval estimation for the difference between independent proportions, the same volume, table II, method 10."""


@pytest.mark.parametrize(("one", "other", "low", "high"), DIFFERENCES)
def test_intervals_of_a_difference_as_published(
    one: tuple[int, int], other: tuple[int, int], low: float, high: float
) -> None:
    found = difference(_part(one), _part(other))
    assert found is not None
    assert found[0] == one[0] / one[1] - other[0] / other[1]
    assert found[1] == pytest.approx((low, high), abs=0.00005)


def test_there_is_no_difference_to_nobody() -> None:
    assert difference(_part((3, 5)), _part((0, 0))) is None
    assert difference(_part((0, 0)), _part((3, 5))) is None


COUNT = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(COUNT)
def test_the_bounds_of_a_share_are_where_it_would_just_be_likely(pair: tuple[int, int]) -> None:
    """The score interval holds every share from which what was seen lies at most Z standard errors away."""
    ordered, n = pair
    low, high = wilson(ordered, n)
    assert 0 <= low <= ordered / n <= high <= 1
    for bound in (low, high):
        if 0 < bound < 1:
            assert (ordered / n - bound) ** 2 == pytest.approx(Z * Z * bound * (1 - bound) / n, rel=1e-6)
    assert wilson(n - ordered, n) == pytest.approx((1 - high, 1 - low))


@given(COUNT, COUNT)
def test_a_difference_lies_within_its_interval_and_turns_with_the_groups(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    found, turned = difference(_part(one), _part(other)), difference(_part(other), _part(one))
    assert found is not None
    assert turned is not None
    assert -1 <= found[1].low <= found[0] <= found[1].high <= 1
    assert (turned[0], *turned[1]) == pytest.approx((-found[0], -found[1].high, -found[1].low))


def _part(pair: tuple[int, int]) -> Part:
    return Part(pair[1], pair[0], 0)


def test_an_interval_is_that_of_the_share() -> None:
    assert Part(20, 0, 0).interval == Interval(*wilson(0, 20))
