"""Chains of signatures: which step is next, who may sign it, which tier an amount is of, what looks split; as data."""

from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revisit.policy.chains import (
    BEFORE_THE_APPROVALS,
    KINDS,
    Power,
    Signed,
    Unsigned,
    chain_from,
    faults_of,
    next_step,
    power_to_sign,
    split,
)  # fmt: skip
from revisit.policy.machines import APPROVAL
from revisit.policy.values import PolicyError, policy_from
from tests.policy.reading import DEFAULT, DEFAULT_POLICIES

CASES = tomllib.loads((Path(__file__).parent / "chains.toml").read_text(encoding="utf-8"))
CHAINS = DEFAULT_POLICIES.versions[0].approvals
SETTLEMENT = CHAINS["settlement"]


def named(cases: list[dict[str, Any]]) -> Any:
    return pytest.mark.parametrize("case", cases, ids=[case["says"] for case in cases])


@pytest.mark.parametrize("tier", CASES["tier"])
def test_an_amount_is_signed_by_its_tier(tier: dict[str, Any]) -> None:
    for cents in tier["amounts"]:
        assert [list(step.posts) for step in SETTLEMENT.steps(cents)] == [tier["posts"]]


@named(CASES["sign"])
def test_who_signs_the_next_step(case: dict[str, Any]) -> None:
    steps = CHAINS[case["kind"]].steps(None)
    signed = [Signed(who, holder or None) for who, holder in case.get("signed", ())]
    powers = [Power(post, holder or None) for post, holder in case["powers"]]
    askers = set(case.get("askers", [1]))
    if "why" in case:
        with pytest.raises(Unsigned) as refused:
            power_to_sign(steps, signed, me=case["me"], powers=powers, askers=askers)
        assert refused.value.code == case["why"]
    else:
        post, holder = case["by"]
        assert power_to_sign(steps, signed, me=case["me"], powers=powers, askers=askers) == Power(post, holder or None)


@named(CASES["split"])
def test_requests_that_look_like_one_that_was_split(case: dict[str, Any]) -> None:
    others = [(int(number), cents) for number, cents in case["others"].items()]
    assert list(split(SETTLEMENT, case["amount"], others)) == case["with"]


@given(st.integers(1, 10**7), st.lists(st.integers(1, 10**7), max_size=5))
def test_what_is_flagged_stays_under_the_tier_of_the_sum(cents: int, amounts: list[int]) -> None:
    found = split(SETTLEMENT, cents, list(enumerate(amounts)))
    parts = [cents, *(amounts[number] for number in found)]
    highest = max(map(SETTLEMENT.tier, parts))
    assert (SETTLEMENT.tier(sum(parts)) > highest) == bool(found)


@given(st.data())
def test_however_it_is_signed_every_step_is_another_persons(data: st.DataObject) -> None:
    """Anybody may try, with any powers: at the end there are as many different people as signatures, none who asked."""
    kind = data.draw(st.sampled_from(["credit", "documents"]))
    steps = CHAINS[kind].steps(None)
    posts = st.sampled_from([post for step in steps for post in step.posts])
    people = st.integers(1, 6)
    signed: list[Signed] = []
    for _try in range(12):
        me = data.draw(people)
        holders = st.sampled_from([None, *(one for one in range(1, 7) if one != me)])
        powers = data.draw(st.lists(st.builds(Power, posts, holders)))
        try:
            power = power_to_sign(steps, signed, me=me, powers=powers, askers={1})
        except Unsigned:
            continue
        step = next_step(steps, signed)
        assert step is not None
        assert power.post in step.posts
        signed.append(Signed(me, power.holder))
    named_ = [one for signature in signed for one in signature if one is not None]
    assert len(set(named_)) == len(named_)
    assert 1 not in named_
    assert len(signed) <= len(steps)


def test_an_older_policy_has_the_shipped_chains() -> None:
    older = {key: value for key, value in DEFAULT.items() if key != "approvals"}
    assert policy_from(older).approvals == CHAINS
    assert policy_from(older).split_days == DEFAULT["approvals"]["split_days"]
    assert BEFORE_THE_APPROVALS["approvals"] == DEFAULT["approvals"]
    assert tuple(CHAINS) == KINDS


FAULTY: list[tuple[dict[str, Any], list[tuple[tuple[Any, ...], str]]]] = [
    ({}, [((), "no-steps")]),
    ({"steps": [{"sign": ["a"]}], "tiers": []}, [((), "no-steps")]),
    ({"steps": []}, [(("steps",), "empty")]),
    ({"steps": "a"}, [(("steps",), "no-list")]),
    ({"steps": [["a"]]}, [(("steps", 0), "no-step")]),
    ({"steps": [{"sign": ["a"], "check": ["b"]}]}, [(("steps", 0), "no-step")]),
    ({"steps": [{"stamp": ["a"]}]}, [(("steps", 0, "stamp"), "unknown-key")]),
    ({"steps": [{"sign": []}]}, [(("steps", 0, "sign"), "empty")]),
    ({"steps": [{"sign": "a"}]}, [(("steps", 0, "sign"), "no-list")]),
    ({"steps": [{"sign": ["a", "a"]}]}, [(("steps", 0, "sign"), "twice")]),
    ({"tiers": []}, [(("tiers",), "empty")]),
    ({"tiers": 3}, [(("tiers",), "no-list")]),
    ({"tiers": [3]}, [(("tiers", 0), "no-table")]),
    ({"tiers": [{"steps": [{"sign": ["a"]}]}]}, []),
    ({"tiers": [{"up_to": "1.00", "steps": [{"sign": ["a"]}]}]}, [(("tiers", 0), "no-last")]),
    ({"tiers": [{"steps": [{"sign": ["a"]}]}] * 2}, [(("tiers", 0), "no-last")]),
    (
        {"tiers": [{"up_to": 5, "steps": [{"sign": ["a"]}]}, {"steps": [{"sign": ["b"]}]}]},
        [(("tiers", 0, "up_to"), "no-money")],
    ),
    (
        {
            "tiers": [
                {"up_to": "5.00", "steps": [{"sign": ["a"]}]},
                {"below": "5.01", "steps": [{"sign": ["b"]}]},
                {"steps": [{"sign": ["c"]}]},
            ]
        },
        [(("tiers", 1, "below"), "no-rise")],
    ),
    ({"tiers": [{"max": "1.00", "steps": [{"sign": ["a"]}]}]}, [(("tiers", 0, "max"), "unknown-key")]),
]


@pytest.mark.parametrize(("chain", "wanted"), FAULTY)
def test_what_is_wrong_with_a_chain(chain: dict[str, Any], wanted: list[Any]) -> None:
    assert [(place, code) for place, code, _params in faults_of(chain)] == wanted
    if wanted:
        with pytest.raises(ValueError, match=r"."):
            chain_from("credit", chain | {"clause": "P0"})


def test_a_policy_with_a_faulty_chain_is_refused_by_its_key() -> None:
    data = copy.deepcopy(DEFAULT)
    data["approvals"]["term"]["steps"] = []
    with pytest.raises(PolicyError, match=r"^approvals\.term\.steps: empty"):
        policy_from(data)


def test_nothing_is_done_with_what_is_over() -> None:
    for state in APPROVAL.closed:
        assert APPROVAL.legal(state, {"keeper", "lead", "signer"}) == ()
    assert APPROVAL.legal("asked", {"signer"}) == ("sign", "reject")
    assert APPROVAL.legal("signed", {"keeper"}) == ("change", "withdraw", "remind")
