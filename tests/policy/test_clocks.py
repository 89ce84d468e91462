"""The clocks of deadlines: computed by hand, as data; and what holds whatever is counted."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revisit.policy.clocks import CLOCKS, LENGTHS, Escalation, Pause, TimeLimit, due_by, read
from tests.policy.reading import CALENDAR, DEFAULT_POLICIES

CASES = tomllib.loads((Path(__file__).parent / "clocks.toml").read_text(encoding="utf-8"))["case"]
POLICY = DEFAULT_POLICIES.versions[0]
HOURS = POLICY.working_hours
LATER = "2026-03-20 10:00"  # when the clocks are read that stand still


def moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def limit_of(said: str | dict[str, Any]) -> TimeLimit:
    if isinstance(said, str):
        return POLICY.clocks[said]
    (name, length), counted = next(item for item in said.items() if item[0] in LENGTHS), said["counted"]
    unit, times = LENGTHS[name]
    return TimeLimit("some", "P0", length * times, unit, counted)


def pauses_of(case: dict[str, Any]) -> list[Pause]:
    return [Pause(datetime.fromisoformat(start), moment(end)) for start, end in case.get("pauses", ())]


@pytest.mark.parametrize("case", CASES, ids=[case["says"] for case in CASES])
def test_a_deadline_is_the_one_computed_by_hand(case: dict[str, Any]) -> None:
    limit, start = limit_of(case["limit"]), datetime.fromisoformat(case["start"])
    due = due_by(limit, start, calendar=CALENDAR, hours=HOURS, pauses=pauses_of(case))
    assert due == moment(case["due"])
    at = due or datetime.fromisoformat(LATER)
    reading = read(limit, start, at, calendar=CALENDAR, hours=HOURS, pauses=pauses_of(case))
    assert reading.due_by == due
    assert list(reading.unknown_years) == case.get("unknown_years", [])
    told = [f"{one.start:%m-%d %H:%M} > {one.end:%m-%d %H:%M} {one.code}" for one in reading.segments]
    assert told == case["segments"]


READINGS = [
    ("coordinate", "2026-03-12 11:40", "2026-03-12 11:40", (0, 60)),
    ("coordinate", "2026-03-12 11:40", "2026-03-12 11:50", (10, 50)),
    ("coordinate", "2026-03-12 11:40", "2026-03-12 12:45", (20, 40)),
    ("coordinate", "2026-03-12 11:40", "2026-03-12 14:09:59", (59, 1)),
    ("coordinate", "2026-03-12 11:40", "2026-03-13 14:10", (60, 0)),
    ("decide", "2026-03-12 17:00", "2026-03-12 17:10", (10, 20)),  # the end of work comes first
    ("contact", "2026-03-13 16:20", "2026-03-14 10:20", (18 * 60, 6 * 60)),
    ({"days": 3, "counted": "wall"}, "2026-03-12 15:00", "2026-03-12 20:00", (0, 3)),
    ({"days": 3, "counted": "wall"}, "2026-03-12 15:00", "2026-03-14 20:00", (1, 2)),
    ({"days": 3, "counted": "wall"}, "2026-03-12 15:00", "2026-03-16 00:00", (3, 0)),
    ("feedback", "2026-02-26 09:00", "2026-02-28 09:00", (2, 1)),
]


@pytest.mark.parametrize(("limit", "start", "at", "counts"), READINGS)
def test_what_is_used_and_what_is_left(limit: Any, start: str, at: str, counts: tuple[int, int]) -> None:
    found = read(
        limit_of(limit), datetime.fromisoformat(start), datetime.fromisoformat(at), calendar=CALENDAR, hours=HOURS
    )
    assert (found.used, found.left) == counts


def test_a_clock_that_stands_still_keeps_what_is_left() -> None:
    pauses = [Pause(datetime.fromisoformat("2026-03-12 15:00"), None)]
    for at in ("2026-03-12 15:00", "2026-04-30 08:00"):
        found = read(
            POLICY.clocks["contact"], datetime.fromisoformat("2026-03-12 10:00"), datetime.fromisoformat(at),
            calendar=CALENDAR, hours=HOURS, pauses=pauses,
        )  # fmt: skip
        assert (found.used, found.left, found.due_by) == (5 * 60, 19 * 60, None)


START = st.datetimes(datetime.fromisoformat("2023-01-01"), datetime.fromisoformat("2026-11-30")).map(
    lambda one: one.replace(second=0, microsecond=0)
)
COUNTED = st.sampled_from(["wall", "working"])
LIMIT = st.one_of(
    st.sampled_from(list(POLICY.clocks.values())),
    st.builds(
        lambda length, counted, same_day: TimeLimit("some", "P0", length, "minutes", counted, same_day),
        st.integers(1, 3000), COUNTED, st.booleans(),
    ),
    st.builds(lambda days, counted: TimeLimit("some", "P0", days, "days", counted), st.integers(1, 20), COUNTED),
)  # fmt: skip
GAPS = st.lists(st.integers(1, 4000), max_size=6)


def pauses_from(start: datetime, gaps: list[int]) -> list[Pause]:
    at, found = start, []
    for begins, lasts in zip(gaps[::2], gaps[1::2], strict=False):
        begin = at + timedelta(minutes=begins)
        at = begin + timedelta(minutes=lasts)
        found.append(Pause(begin, at))
    return found


@given(LIMIT, START, GAPS)
def test_segments_follow_each_other_from_the_start_to_the_deadline(
    limit: TimeLimit, start: datetime, gaps: list[int]
) -> None:
    pauses = pauses_from(start, gaps)
    due = due_by(limit, start, calendar=CALENDAR, hours=HOURS, pauses=pauses)
    assert due is not None
    found = read(limit, start, due, calendar=CALENDAR, hours=HOURS, pauses=pauses)
    assert found.segments[0].start == start
    assert found.segments[-1].end in (due, due + timedelta.resolution)
    assert all(one.end == later.start for one, later in zip(found.segments, found.segments[1:], strict=False))
    assert all(one.code != later.code for one, later in zip(found.segments, found.segments[1:], strict=False))
    assert found.segments[-1].code == "counted"
    if limit.unit == "minutes":
        counted = sum((one.end - one.start for one in found.segments if one.code == "counted"), timedelta())
        assert counted <= timedelta(minutes=limit.length)
        assert limit.same_day or counted == timedelta(minutes=limit.length)
        assert found.left == 0


@given(LIMIT, START, GAPS)
def test_a_pause_never_brings_a_deadline_nearer(limit: TimeLimit, start: datetime, gaps: list[int]) -> None:
    plain = due_by(limit, start, calendar=CALENDAR, hours=HOURS)
    paused = due_by(limit, start, calendar=CALENDAR, hours=HOURS, pauses=pauses_from(start, gaps))
    assert plain is not None
    assert paused is not None
    assert paused >= plain


@given(START)
def test_a_decision_is_made_on_the_day_on_which_its_clock_begins_to_count(start: datetime) -> None:
    limit = POLICY.clocks["decide"]
    found = read(limit, start, start, calendar=CALENDAR, hours=HOURS)
    assert found.due_by is not None
    first = next(one for one in found.segments if one.code == "counted")
    assert first.start.date() == found.due_by.date()
    assert CALENDAR.is_working_day(found.due_by.date())


def test_the_policy_has_every_clock_that_the_program_knows() -> None:
    assert tuple(POLICY.clocks) == CLOCKS


def test_a_post_climbs_to_those_above_it() -> None:
    ladder = Escalation("P0", ("a", "b", "c"), 24)
    assert [ladder.above(post) for post in ("a", "b", "c", "other")] == [("b", "c"), ("c",), (), ("a", "b", "c")]
