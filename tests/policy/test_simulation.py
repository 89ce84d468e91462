"""The same history under two policies: cases worked out by hand, and what must hold of every comparison."""

from __future__ import annotations

import copy
import tomllib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revisit.policy.facts import NEVER, File
from revisit.policy.outcome import state_on
from revisit.policy.plan import RULES, plan
from revisit.policy.simulation import Change, Figures, Part, Side, Simulation, differences
from revisit.policy.values import Policies, policy_from
from tests.policy.reading import CALENDAR, DEFAULT, DEFAULT_POLICIES, day_of, file_of, flat, policies_of
from tests.policy.test_rule_properties import FIRST, LAST, VERSIONS, people, some_days, starts, versions

START_ON = date(2026, 1, 1)
CASES = tomllib.loads(Path(__file__).with_name("simulation.toml").read_text(encoding="utf-8"))["case"]
DAY = timedelta(days=1)


def changed(change: dict[str, Any]) -> Any:
    """The default policy with some keys of its rules, or of `contact`, written otherwise."""
    data = copy.deepcopy(DEFAULT)
    for key, value in change.items():
        table, name = key.split(".")
        (data if table == "contact" else data["rules"])[table][name] = value
    return policy_from(data)


def simulated(
    files: list[File], now: Policies, then: Policies, first: date, last: date, start_on: date = START_ON
) -> tuple[Simulation, list[Change]]:
    work = Simulation(Side(now, CALENDAR, start_on), Side(then, CALENDAR, start_on), first, last)
    return work, [change for file in files for change in work.add(file, [(None, "li")], last)]


def told(change: Change, work: Simulation, file: File) -> str:
    """A change as the cases write it."""

    def window(part: Part) -> str:
        return f"{part.opens_on:%m-%d}..{part.due_by:%m-%d}"

    parts = [part for part in (change.before, change.after) if part is not None and part.owed]
    text = " ".join([change.kind, change.rule, *map(window, parts)])
    if change.kind == "moved":
        return text
    place = 1 if change.kind == "removed" else 0
    other = work.sides[place].told(file, change.rule, (change.before, change.after)[place], change.opens_on)
    return f"{text} | {other.verdict.code}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_case_worked_out_by_hand(case: dict[str, Any]) -> None:
    first, last = map(day_of, case["period"].split(".."))
    file = file_of(case["events"], "")
    now = policies_of(case.get("policy", []))
    work, found = simulated([file], now, now.with_version(changed(case["change"]), first, last), first, last)
    whole = work.whole()
    assert [told(one, work, file) for one in found] == case["changes"]
    assert [whole.owed_before, whole.owed_after] == case["owed"]
    assert [whole.kept_before, whole.kept_after] == case["in_time"]


def test_both_reasons_are_told_with_clause_and_numbers() -> None:
    """The clause is that of the policy under which it is told."""
    data = copy.deepcopy(DEFAULT)
    data["rules"]["dormant-week"] |= {"after_days": 10, "clause": "P3 9.9"}
    file = file_of(["03-02 order", "03-18 order"], "")
    first, last = date(2026, 3, 1), date(2026, 3, 31)
    then = DEFAULT_POLICIES.with_version(policy_from(data), first, last)
    work, [change] = simulated([file], DEFAULT_POLICIES, then, first, last)
    was, will = (
        side.told(file, change.rule, part, change.opens_on)
        for side, part in zip(work.sides, (change.before, change.after), strict=True)
    )
    assert (was.clause, was.verdict.owed, was.verdict.numbers) == (
        "P3 1.4", True, {"last_order_on": "2026-03-02", "idle_days": "8"},
    )  # fmt: skip
    assert (will.clause, will.verdict.owed, will.verdict.code) == ("P3 9.9", False, "void")
    assert (will.verdict.numbers["ended_on"], will.verdict.numbers["cause"]) == ("2026-03-18", "order")


def test_calls_count_for_whom_the_customer_was_when_they_fell_due_and_paperwork_is_none() -> None:
    first, last = date(2026, 3, 1), date(2026, 3, 31)
    work = Simulation(
        Side(DEFAULT_POLICIES, CALENDAR, START_ON), Side(DEFAULT_POLICIES, CALENDAR, START_ON), first, last
    )
    file = file_of(["03-02 order", "03-02 allocated"], "")
    assert work.add(file, [(None, "li"), (date(2026, 3, 12), "wang")], last) == []
    assert work.by_rule()["brief"].owed_before == 1
    found = work.by_rep(CALENDAR, ({}, {}))
    assert {login: load[0].calls for login, load in found.items()} == {"li": 1, "wang": 1}  # after-sale; dormant-week


# --- what must hold of every history

others = st.sampled_from(
    [
        {"dormant-week.after_days": 10},
        {"dormant-week.after_days": 3, "dormant-week.window_days": 4},
        {"after-sale.repeat": "each-sale", "after-sale.window_days": 3},
        {"dormant-month.slots": [1, 11, 21], "dormant-month.min_days_left": 5},
        {"dormant-month.after_months": 2, "takeover.auto": False},
        {"takeover.after_months": 1, "prospect.interested_after_days": 3, "brief.window_days": 1},
        {"contact.conversation_results": ["reached"], "contact.phone_channels": ["phone"]},
    ]
).map(changed)
periods = st.tuples(some_days, st.integers(0, 60)).map(lambda pair: (pair[0], pair[0] + timedelta(pair[1])))
Span = tuple[date, date]


@given(st.lists(people, max_size=3), versions, starts, periods)
def test_the_policy_in_force_changes_nothing(files: list[File], now: Policies, start_on: date, period: Span) -> None:
    """Nor does the same version once more, from any day on, where no other one begins within the period."""
    work, found = simulated(files, now, now, *period, start_on)
    assert found == []
    first, last = period
    if now.on(first) is now.on(last):
        again = now.with_version(replace(now.on(first), in_force_from=first), first, last)
        twice, found = simulated(files, now, again, first, last, start_on)
        assert found == []
        assert twice.by_rule() == work.by_rule()
    for figures in (*work.by_rule().values(), work.whole()):
        assert not figures.differ
        assert (figures.owed_before, figures.kept_before) == (figures.owed_after, figures.kept_after)
    assert all(before == after for before, after in work.by_rep(CALENDAR, ({"li": 1}, {"li": 1})).values())


@given(st.lists(people, max_size=3), versions, others, starts, periods)
def test_the_figures_add_up(files: list[File], now: Policies, other: Any, start_on: date, period: Span) -> None:
    first, last = period
    then = now.with_version(other, first, last)
    work, found = simulated(files, now, then, first, last, start_on)
    rules = work.by_rule()
    assert list(rules) == list(RULES)
    for rule, one in rules.items():
        assert one.owed_before + one.added + one.moved_in - one.removed - one.moved_out == one.owed_after, rule
        assert one.kept_before <= one.owed_before
        assert one.kept_after <= one.owed_after
        kinds = [change.kind for change in found if change.rule == rule]
        assert (one.added, one.removed, one.moved) == tuple(map(kinds.count, ("added", "removed", "moved")))
    whole = work.whole()
    for name in Figures.__dataclass_fields__:
        assert getattr(whole, name) == sum(getattr(one, name) for one in rules.values())
    back, again = simulated(files, then, now, first, last, start_on)
    assert back.whole() == Figures(
        whole.owed_after, whole.owed_before, whole.kept_after, whole.kept_before, whole.removed, whole.added, whole.moved,
        whole.moved_out, whole.moved_in,
    )  # fmt: skip
    assert len(again) == len(found)


@given(people, versions, others, starts, periods)
def test_what_is_owed_is_what_the_plan_says(
    file: File, now: Policies, other: Any, start_on: date, period: Span
) -> None:
    """Counted once more from the rows and slots of the plan, as they stand when nothing can happen any more."""
    first, last = period
    then = now.with_version(other, first, last)
    work, _changes = simulated([file], now, then, first, last, start_on)
    for policies, name in ((now, "before"), (then, "after")):
        rows = flat(plan(file, policies, CALENDAR, start_on), policies, CALENDAR, start_on, last)
        states = []
        for row in rows:
            assert row.due_by is not None
            assert row.call_by is not None
            if first <= row.due_by <= last:
                states.append(state_on(row, row.due_by, row.call_by, NEVER))
        whole = work.whole()
        assert getattr(whole, f"owed_{name}") == sum(state != "void" for state in states)
        assert getattr(whole, f"kept_{name}") == states.count("in_time")


@given(people, versions, others, starts, some_days)
def test_what_falls_due_before_the_day_stays_as_it_was(
    file: File, now: Policies, other: Any, start_on: date, day: date
) -> None:
    """A version that is adopted from a day on changes nothing of what was due before it."""
    then = now.with_version(other, day)
    early, late = FIRST - timedelta(120), day - DAY
    work, found = simulated([file], now, then, early, late, start_on)
    assert [change for change in found if change.before and change.before.due_by < day] == []
    assert work.whole().owed_before == work.whole().owed_after


@given(people, versions, others, starts, periods)
def test_every_change_can_be_told(file: File, now: Policies, other: Any, start_on: date, period: Span) -> None:
    first, last = period
    work, found = simulated([file], now, now.with_version(other, first, last), first, last, start_on)
    for change in found:
        for side, part in zip(work.sides, (change.before, change.after), strict=True):
            one = side.told(file, change.rule, part, change.opens_on)
            assert one.verdict.rule == change.rule
            assert one.clause
            assert (one.as_of is None) == (part is not None)
            if part is not None:
                assert one.verdict.owed == part.owed


# --- versions and files


def test_a_version_holds_from_its_day_until_the_next_one_begins() -> None:
    other = changed({"dormant-week.after_days": 10})
    day = date(2026, 2, 20)
    for last, later in ((None, 5), (date(2026, 3, 2), 5), (date(2026, 3, 3), 10)):
        found = VERSIONS.with_version(other, day, last)
        assert found.on(day - DAY) is VERSIONS.on(day - DAY)
        assert found.on(day).week_after_days == 10
        assert found.on(date(2026, 3, 2)).week_after_days == 10
        assert (found.on(LAST).repeat, found.on(LAST).week_after_days) == (
            ("monthly", 10) if later == 10 else ("each-sale", 7)
        )
    first = VERSIONS.versions[1].in_force_from
    assert len(VERSIONS.with_version(other, first).versions) == len(VERSIONS.versions), "one of that day gives way"


def test_what_a_file_says_otherwise() -> None:
    new = copy.deepcopy(DEFAULT)
    new["in_force_from"] = date(2026, 5, 1)
    new["rules"]["dormant-week"]["after_days"] = 10
    new["contact"]["message_channels"] = ["sms"]
    del new["rules"]["takeover"]["auto"]
    new["clocks"]["sign"]["days"] = 1
    assert sorted(differences(DEFAULT, new)) == [
        ("clocks.sign.days", None, 1),
        ("contact.message_channels", ["sms", "wechat"], ["sms"]),
        ("rules.dormant-week.after_days", 7, 10),
        ("rules.takeover.auto", True, None),
    ]
    assert list(differences(DEFAULT, DEFAULT)) == []
