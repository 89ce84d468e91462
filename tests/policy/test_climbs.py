"""Before whom missed deadlines are put: cases as data, and what holds however often and late somebody looks."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revisit.policy.climbs import Standing, climbs
from revisit.policy.clocks import Escalation

CASES = tomllib.loads((Path(__file__).parent / "climbs.toml").read_text(encoding="utf-8"))["case"]
LADDER = Escalation("P0", ("a", "b", "c", "d"), 24)
DUE = datetime.fromisoformat("2026-03-12 10:00")


def moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


@pytest.mark.parametrize("case", CASES, ids=[case["says"] for case in CASES])
def test_a_climb_is_the_one_written_down_by_hand(case: dict[str, Any]) -> None:
    standing = Standing(case["level"], case["post"], moment(case["next"]))
    made, then = climbs(LADDER, standing, datetime.fromisoformat(case["now"]))
    assert [tuple(one) for one in made] == [(level, post, moment(at)) for level, post, at in case["made"]]
    assert then == Standing(case["then"][0], case["then"][1], moment(case["then"][2]))


@given(
    post=st.sampled_from(("", "a", "b", "c", "d", "other")),
    hours=st.integers(1, 72),
    looks=st.lists(st.timedeltas(timedelta(0), timedelta(days=20)), min_size=1, max_size=12),
)
def test_looking_late_or_often_gives_the_same(post: str, hours: int, looks: list[timedelta]) -> None:
    ladder, start = Escalation("P0", LADDER.ladder, hours), Standing(0, post, DUE)
    last = DUE + max(looks)
    once = climbs(ladder, start, last)
    often, standing = [], start
    for after in sorted(looks):
        made, standing = climbs(ladder, standing, DUE + after)
        often += made
    assert (tuple(often), standing) == once
    assert [one.level for one in once.made] == list(range(1, len(once.made) + 1))
    assert [one.post for one in once.made] == list(ladder.above(post)[: len(once.made)])
    assert all(one.at == DUE + timedelta(hours=hours * (one.level - 1)) for one in once.made)
