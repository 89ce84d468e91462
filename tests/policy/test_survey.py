"""The opinion survey counted: scores worked out by hand, and what holds for any answers."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revisit.policy import survey
from revisit.policy.survey import GRADES, ITEMS, Answer
from revisit.policy.values import policy_from

ROOT = Path(__file__).parent.parent.parent
SHIPPED = tomllib.loads((ROOT / "templates/policy/default.toml").read_text(encoding="utf-8"))
CASES = tomllib.loads((Path(__file__).parent / "survey.toml").read_text(encoding="utf-8"))["case"]
WEIGHTS = policy_from(SHIPPED).survey
ANSWERS = st.fixed_dictionaries({item: st.sampled_from(GRADES) for item in ITEMS})


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_scores(case: dict[str, Any]) -> None:
    weights = replace(WEIGHTS, items={**WEIGHTS.items, **case.get("weights", {})})
    answers = [dict(zip(ITEMS, text.split(), strict=True)) for text in case["answers"]]
    found = survey.figures(answers, [weights] * len(answers))
    assert (found.surveys, found.score) == (len(answers), case.get("score"))


@given(st.lists(ANSWERS, min_size=1, max_size=12))
def test_counts_and_shares_add_up(answers: list[dict[str, str]]) -> None:
    found = survey.figures(answers, [WEIGHTS] * len(answers))
    assert all(sum(found.counts[item].values()) == len(answers) for item in ITEMS)
    assert all(abs(sum(found.share(item, grade) or 0 for grade in GRADES) - 1) < 0.001 for item in ITEMS)
    assert found.score is not None and 0 <= found.score <= 100


@given(ANSWERS, st.sampled_from(ITEMS))
def test_a_better_grade_never_lowers_the_score(grades: dict[str, str], item: str) -> None:
    better = grades | {item: GRADES[max(0, GRADES.index(grades[item]) - 1)]}
    assert survey.score(better, WEIGHTS) >= survey.score(grades, WEIGHTS)
    assert survey.is_poor(grades) == ("poor" in grades.values())


def test_each_person_and_month_stands_alone() -> None:
    good, bad = dict.fromkeys(ITEMS, "very-satisfied"), dict.fromkeys(ITEMS, "poor")
    told = [("li", "2026-03", good), ("li", "2026-02", bad), ("an", "2026-03", bad), ("li", "2026-03", bad)]
    found = survey.by_person([(Answer(*one), WEIGHTS) for one in told])
    assert {key: (one.surveys, one.score) for key, one in found.items()} == {
        ("an", "2026-03"): (1, 0.0), ("li", "2026-02"): (1, 0.0), ("li", "2026-03"): (2, 50.0),
    }  # fmt: skip
    assert list(found) == sorted(found)


def test_an_older_policy_has_the_same_weights() -> None:
    older = {name: table for name, table in SHIPPED.items() if name != "survey"}
    assert policy_from(older).survey == WEIGHTS
