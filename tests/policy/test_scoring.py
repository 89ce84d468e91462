"""Score sheets: cases worked out by hand, and what holds for any figures, targets and weights."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revisit.figures.catalogue import FIGURES, SHARES
from revisit.policy import scoring
from revisit.policy.scoring import Appraisal, Sheet
from revisit.policy.values import PolicyError, policy_from

ROOT = Path(__file__).parent.parent.parent
SHIPPED = tomllib.loads((ROOT / "templates/policy/default.toml").read_text(encoding="utf-8"))
CASES = tomllib.loads(Path(__file__).with_name("scoring.toml").read_text(encoding="utf-8"))
APPRAISAL = policy_from(SHIPPED).appraisal
POST = "service-representative"
NAMES = tuple(APPRAISAL.posts[POST])
PERCENT = st.integers(0, 10_000).map(lambda n: Fraction(n, 100))


def exact(number: Any) -> Fraction | None:
    return None if number == "none" else Fraction(str(number))


def sheet_of(appraisal: Appraisal, figures: dict[str, Any], target: Any = None) -> Sheet:
    values = {appraisal.indicators[name].figure: exact(value) for name, value in figures.items()}
    return scoring.sheet(appraisal, POST, values, {} if target is None else {"contacts": Fraction(str(target))})


def named(case: dict[str, Any]) -> str:
    return str(case["name"])


@pytest.mark.parametrize("case", CASES["case"], ids=named)
def test_sheets(case: dict[str, Any]) -> None:
    found = sheet_of(APPRAISAL, case.get("figures", {}), case.get("target"))
    lines = {line.indicator.name: line for line in found.lines}
    assert (found.score, found.counted) == (exact(case["score"]), case["counted"])
    for what in ("points", "weighted"):
        for name, number in case.get(what, {}).items():
            assert getattr(lines[name], what) == exact(number), name
    assert {name: lines[name].missing for name in case.get("missing", {})} == case.get("missing", {})


@pytest.mark.parametrize("case", CASES["mean"], ids=named)
def test_months_make_quarters_and_years(case: dict[str, Any]) -> None:
    assert scoring.mean(map(exact, case["scores"])) == exact(case["score"])


@pytest.mark.parametrize("case", CASES["verdicts"], ids=named)
def test_checked_records_make_a_score(case: dict[str, Any]) -> None:
    assert scoring.checked_score(case["found"].split(), APPRAISAL) == exact(case["score"])


def weighings() -> st.SearchStrategy[dict[str, int]]:
    """Weights of some indicators that add up to 100."""
    cuts = st.sets(st.integers(1, 99), max_size=len(NAMES) - 1).map(lambda found: [0, *sorted(found), 100])
    weights = cuts.map(lambda found: [b - a for a, b in pairwise(found)])
    return weights.flatmap(
        lambda found: st.permutations(NAMES).map(lambda names: dict(zip(names, found, strict=False)))
    )


@given(weighings(), st.dictionaries(st.sampled_from(NAMES), PERCENT), st.none() | st.integers(1, 200))
def test_any_sheet_holds_together(weights: dict[str, int], figures: dict[str, Fraction], target: int | None) -> None:
    appraisal = replace(APPRAISAL, posts={POST: weights})
    found = sheet_of(appraisal, figures, target)
    counting = [line for line in found.lines if line.points is not None]
    assert [line.indicator.name for line in found.lines] == list(weights), "every indicator stands there, in its order"
    assert found.counted == sum(line.weight for line in counting) <= 100
    assert (found.score is None) == (not counting)
    for line in found.lines:
        assert (line.points is None) == (line.weighted is None) == bool(line.missing)
    if counting:
        points = [line.points for line in counting]
        assert found.score is not None and min(points) <= found.score <= max(points)  # type: ignore[type-var]
        again = sum(line.points * line.weight for line in counting) / Fraction(found.counted)  # type: ignore[operator]
        assert found.score == scoring.rounded(Fraction(again)), "reckoned again from what stands there"
        assert all(0 <= one <= 120 and (one * 10).denominator == 1 for one in points if one is not None)


@given(PERCENT, PERCENT, st.integers(1, 300), st.sampled_from(NAMES))
def test_more_is_never_worse_and_never_above_the_most(one: Fraction, other: Fraction, target: int, name: str) -> None:
    indicator = APPRAISAL.indicators[name]
    low, high = (scoring.points_of(indicator, value, Fraction(target)) for value in sorted((one, other)))
    assert low is not None and high is not None and low <= high <= indicator.most


@given(st.lists(PERCENT.map(scoring.rounded), min_size=1, max_size=12))
def test_a_mean_lies_between_its_months(scores: list[Fraction]) -> None:
    found = scoring.mean(scores)
    assert found is not None and min(scores) <= found <= max(scores)
    assert scoring.mean([None, *scores, None]) == found == scoring.mean(scores[::-1])


def test_every_figure_that_counts_is_one_of_the_report_or_a_score() -> None:
    for name, kind in scoring.FIGURES.items():
        known = {"share": SHARES, "number": FIGURES, "score": {"survey.score": 1, "inspection.score": 1}}[kind]
        assert name in known, name
        assert not (kind == "number" and FIGURES[name].money)
        assert not (kind == "share" and SHARES[name].ratio)


def test_an_older_policy_has_the_same_weights() -> None:
    older = {name: table for name, table in SHIPPED.items() if name != "appraisal"}
    assert policy_from(older).appraisal == APPRAISAL


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("posts", {POST: {"coverage": 99}}),
        ("posts", {POST: {"coverage": 50, "colour": 50}}),
        ("posts", {POST: {"coverage": 0, "records": 100}}),
        ("posts", 3),
        ("indicators", {"coverage": {"says": {"zh": "x", "en": "x"}, "figure": "colour", "points": "share"}}),
        ("indicators", {"coverage": {"says": {"zh": "x", "en": "x"}, "figure": "contacts.total", "points": "share"}}),
        ("verdicts", {"right": 100}),
    ],
)
def test_a_policy_that_cannot_be_used_is_refused(key: str, value: Any) -> None:
    with pytest.raises(PolicyError, match=r"appraisal\."):
        policy_from(SHIPPED | {"appraisal": SHIPPED["appraisal"] | {key: value}})
