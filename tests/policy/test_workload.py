"""The work ahead: contacts from windows, plans day by day, and the proof of what cannot be kept, by hand and by trying all."""

from __future__ import annotations

import tomllib
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revisit.policy.values import policy_from
from revisit.policy.workload import Capacity, Contact, Window, begin_by, contacts_of, overfull, schedule
from tests.policy.reading import CALENDAR, DEFAULT

CASES = tomllib.loads(Path(__file__).with_name("workload.toml").read_text(encoding="utf-8"))
MONDAY = date(2026, 3, 2)
DAY = timedelta(days=1)
SPAN = 6


def nth(number: int) -> date:
    """The day of a number; 0 is the first of the forecast."""
    return MONDAY + number * DAY


def window_of(case: dict[str, Any]) -> Window:
    named = dict(case)
    return Window(named.pop("opens"), named.pop("call_by"), named.pop("ended", date.max), **named)


@pytest.mark.parametrize("case", CASES["contacts"], ids=lambda case: case["says"])
def test_contacts_of_a_customer(case: dict[str, Any]) -> None:
    found = contacts_of(1, map(window_of, case["windows"]), case["first"], CALENDAR, case.get("promised"))
    told = [
        [one.listed_on, one.opens_on, one.call_by] + (["late"] if one.late else [])
        for one in found
    ]  # fmt: skip
    assert told == case["contacts"]


@pytest.mark.parametrize("case", CASES["plan"], ids=lambda case: case["says"])
def test_plans_by_hand(case: dict[str, Any]) -> None:
    """Figures per day in the order of the table: capacity, opening, listed, planned, late, overflow, left."""
    capacity = {nth(number): room for number, room in enumerate(case["capacity"])}
    contacts = [
        Contact(number, nth(opens), nth(opens), nth(call_by), late=call_by < 0)
        for number, (opens, call_by) in enumerate(case["contacts"])
    ]
    plan = schedule(contacts, capacity)
    names = ("opening", "listed", "planned", "late", "overflow", "left")
    assert {name: [getattr(day, name) for day in plan.days] for name in names} == {name: case[name] for name in names}
    assert [day.capacity for day in plan.days] == case["capacity"]
    found = [[(one.first - MONDAY).days, (one.last - MONDAY).days, one.excess] for one in overfull(contacts, capacity)]
    assert found == case["overfull"]


def test_capacity_goes_by_ability_and_drops_parts() -> None:
    assert [Capacity("P1", 40).of(percent) for percent in (100, 120, 50, 99, 10)] == [40, 48, 20, 39, 4]


# --- what must hold for any plan

rooms = st.lists(st.integers(0, 2), min_size=1, max_size=SPAN)


@st.composite
def works(draw: st.DrawFn, most: int = 8) -> tuple[list[Contact], dict[date, int]]:
    """A few contacts and the days of a person; windows may end after the forecast."""
    capacity = {nth(number): room for number, room in enumerate(draw(rooms))}
    contacts = []
    for customer in range(draw(st.integers(0, most))):
        opens = draw(st.integers(0, SPAN - 1))
        call_by = opens + draw(st.integers(0, SPAN - 1))
        listed = draw(st.integers(0, opens))
        contacts.append(Contact(customer, nth(listed), nth(opens), nth(call_by)))
    return contacts, capacity


def most_kept(contacts: list[Contact], capacity: dict[date, int]) -> int:
    """How many can be kept at most, by trying to make room for each (augmenting paths)."""
    places = [(day, number) for day, room in capacity.items() for number in range(room)]
    taken: dict[tuple[date, int], Contact] = {}

    def make_room(one: Contact, seen: set[tuple[date, int]]) -> bool:
        for place in places:
            if one.opens_on <= place[0] <= one.call_by and place not in seen:
                seen.add(place)
                if place not in taken or make_room(taken[place], seen):
                    taken[place] = one
                    return True
        return False

    return sum(make_room(one, set()) for one in contacts)


@given(works())
def test_no_plan_keeps_more_and_the_days_named_prove_it(work: tuple[list[Contact], dict[date, int]]) -> None:
    contacts, capacity = work
    last = max(capacity)
    judged = [one for one in contacts if one.call_by <= last]
    plan = schedule(contacts, capacity)
    kept = [one for one, _on in plan.kept if one.call_by <= last]
    assert len(kept) == most_kept(judged, capacity)
    assert Counter(plan.lost) + Counter(kept) == Counter(judged)
    proof = overfull(contacts, capacity)
    assert sum(one.excess for one in proof) == len(plan.lost)
    assert all(one.last < after.first for one, after in pairwise(proof))
    for one in proof:
        assert one.contacts == sum(one.first <= window.opens_on and window.call_by <= one.last for window in judged)
        assert one.capacity == sum(room for day, room in capacity.items() if one.first <= day <= one.last)
        assert one.excess > 0


@given(works())
def test_days_add_up(work: tuple[list[Contact], dict[date, int]]) -> None:
    contacts, capacity = work
    plan = schedule(contacts, capacity)
    assert all(capacity[on] and one.opens_on <= on <= one.call_by for one, on in plan.kept)
    assert all(day.planned + day.late <= day.capacity for day in plan.days)
    assert sum(day.overflow for day in plan.days) == len(plan.lost)
    assert sum(day.opening for day in plan.days) == sum(one.listed_on <= max(capacity) for one in contacts)
    for before, after in pairwise(plan.days):
        assert after.listed == before.left + after.opening, "each customer has one contact here"
    assert plan == schedule(contacts[::-1], capacity)


@given(works())
def test_what_has_to_be_begun_earlier(work: tuple[list[Contact], dict[date, int]]) -> None:
    """So many calls and no fewer: with one less until that day a window is lost."""
    contacts, capacity = work
    last = max(capacity)
    kept = [one for one, _on in schedule([one for one in contacts if one.call_by <= last], capacity).kept]
    found = begin_by(kept, capacity)
    if found is None:
        for one in kept:  # everything waits for its last day
            assert capacity[one.call_by] >= sum(other.call_by == one.call_by for other in kept)
        return
    on, more = found
    until = [one for one in kept if one.call_by <= on]
    after = [one for one in kept if one.call_by > on]
    rest = {day: room for day, room in capacity.items() if day > on}
    assert len(after) - most_kept(after, rest) == more
    assert most_kept(until, {day: room for day, room in capacity.items() if day <= on}) == len(until)


windows = st.builds(
    lambda opens, length, slack: Window(nth(opens), nth(opens + length), nth(opens + length + slack)),
    st.integers(-10, 15), st.integers(0, 14), st.integers(1, 20),
)  # fmt: skip
SLOTS = [
    Window(nth(opens), nth(opens + length), nth(20), apart=True)
    for opens, length in ((-10, 9), (-2, 5), (5, 6), (12, 7))
]
"""Slots follow each other; after a long festival one may still be called when the next one opens."""


@given(st.lists(windows, max_size=5), st.sets(st.sampled_from(SLOTS)), st.none() | st.integers(1, 10))
def test_contacts_fall_on_days_of_their_own_and_stand_on_the_list(
    plain: list[Window], slots: set[Window], promised: int | None
) -> None:
    every = [*plain, *slots]
    waits = nth(promised) if promised is not None else None
    if waits is not None:
        every = [*every, Window(waits, waits, promised=True)]
    found = contacts_of(1, every, MONDAY, CALENDAR, waits)
    assert found == contacts_of(1, every[::-1], MONDAY, CALENDAR, waits)
    for one, other in pairwise(found):
        assert one.late or other.late or one.call_by < other.opens_on, "no two on one day"
    for one in found:
        assert one.listed_on <= one.opens_on
        assert one.late or one.opens_on <= one.call_by
    listed = any(one.opens_on <= MONDAY < one.ended_on for one in every) and waits is None
    assert any(one.listed_on <= MONDAY for one in found) == listed, "as the morning list has it"
    for window in plain if waits is None else ():
        last = min(window.call_by, window.ended_on - DAY)
        days = [max(window.opens_on, MONDAY) + n * DAY for n in range((last - max(window.opens_on, MONDAY)).days + 1)]
        if any(map(CALENDAR.is_working_day, days)):
            assert any(
                window.opens_on <= max(one.opens_on, MONDAY) and one.call_by <= last for one in found if not one.late
            )


def test_a_policy_from_before_the_forecast_has_the_capacity_of_today() -> None:
    older = policy_from({name: table for name, table in DEFAULT.items() if name != "capacity"})
    assert older.capacity == policy_from(DEFAULT).capacity == Capacity("P1", 40)
