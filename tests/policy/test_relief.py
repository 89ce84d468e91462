"""The smallest change: beside what trying every plan finds, and proven by planning again with it."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revisit.policy.relief import NOBODY, Relief, changed, relief
from revisit.policy.workload import Contact, schedule

CASES = tomllib.loads(Path(__file__).with_name("relief.toml").read_text(encoding="utf-8"))["case"]
MONDAY = date(2026, 3, 2)
DAY = timedelta(days=1)
SPAN = 3

Team = tuple[dict[int, list[Contact]], dict[int, dict[date, int]]]


def nth(number: int) -> date:
    return MONDAY + number * DAY


def rooms(numbers: list[int]) -> dict[date, int]:
    return {nth(number): room for number, room in enumerate(numbers)}


def found(contacts: dict[int, list[Contact]], room: dict[int, dict[date, int]]) -> Relief:
    none = dict.fromkeys(next(iter(room.values())), 0)
    return relief({owner: schedule(every, room.get(owner, none)) for owner, every in contacts.items()}, room)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["says"])
def test_changes_by_hand(case: dict[str, Any]) -> None:
    room = {int(person): rooms(numbers) for person, numbers in case["room"].items()}
    contacts = {
        int(owner): [Contact(int(owner) * 10 + n, nth(a), nth(a), nth(b)) for n, (a, b) in enumerate(every)]
        for owner, every in case["contacts"].items()
    }
    change = found(contacts, room)
    assert [[move.contact.customer, move.owner, move.to, (move.on - MONDAY).days] for move in change.moves] == case[
        "moves"
    ]
    assert [[one.person, (one.on - MONDAY).days, one.calls] for one in change.extra] == case["extra"]


@st.composite
def teams(draw: st.DrawFn) -> Team:
    """Up to three people with room and customers of nobody; few contacts, so that every plan can be tried."""
    span = draw(st.integers(1, SPAN))
    room = {
        person: rooms(draw(st.lists(st.integers(0, 1), min_size=span, max_size=span)))
        for person in range(1, draw(st.integers(1, 3)) + 1)
    }
    contacts: dict[int, list[Contact]] = {owner: [] for owner in draw(st.permutations([NOBODY, *room]))}
    for customer in range(draw(st.integers(0, 5))):
        opens = draw(st.integers(0, span - 1))
        call_by = draw(st.integers(opens, span - 1 if draw(st.booleans()) else span))
        owner = draw(st.sampled_from(sorted(contacts)))
        contacts[owner].append(Contact(customer, nth(opens), nth(opens), nth(call_by)))
    return contacts, room


def every_price(contacts: dict[int, list[Contact]], room: dict[int, dict[date, int]]) -> Iterator[tuple[int, int]]:
    """(extra calls, moves) of every plan that keeps all windows that end within the days."""
    last = max(next(iter(room.values())))
    judged = [(owner, one) for owner, every in contacts.items() for one in every if one.call_by <= last]

    def go(place: int, used: Counter[tuple[int, date]], extra: int, moves: int) -> Iterator[tuple[int, int]]:
        if place == len(judged):
            yield extra, moves
            return
        owner, one = judged[place]
        for person, days in room.items():
            for day, most in days.items():
                if one.opens_on <= day <= one.call_by and used[person, day] < most:
                    used[person, day] += 1
                    yield from go(place + 1, used, extra, moves + (person != owner))
                    used[person, day] -= 1
        yield from go(place + 1, used, extra + 1, moves + (owner not in room))

    yield from go(0, Counter(), 0, 0)


@given(teams())
def test_no_smaller_change_keeps_every_window(team: Team) -> None:
    contacts, room = team
    change = found(contacts, room)
    assert (sum(one.calls for one in change.extra), len(change.moves)) == min(every_price(contacts, room))
    assert all(move.to in room and move.to != move.owner for move in change.moves)
    assert all(move.contact.opens_on <= move.on <= move.contact.call_by for move in change.moves)


@given(teams())
def test_with_the_change_every_window_is_kept(team: Team) -> None:
    contacts, room = team
    given_, more = changed(contacts, room, found(contacts, room))
    last = max(next(iter(room.values())))
    none = dict.fromkeys(next(iter(room.values())), 0)
    for owner, every in given_.items():
        judged = [one for one in every if one.call_by <= last]
        assert not schedule(judged, more.get(owner, none)).lost
    assert not found(
        {owner: [one for one in every if one.call_by <= last] for owner, every in given_.items()}, more
    ).moves
    assert found(contacts, room) == found({owner: contacts[owner][::-1] for owner in contacts}, room)


def test_where_nobody_can_call_there_is_no_change() -> None:
    plan = schedule([Contact(1, MONDAY, MONDAY, MONDAY)], {MONDAY: 0})
    assert relief({NOBODY: plan}, {}) == Relief()
