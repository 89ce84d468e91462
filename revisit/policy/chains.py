"""Who has to sign what, in which order: chains of steps as data, the step that is next, who may sign it. Clauses: P3 1.5, P4.

A chain has tiers by amount, and each tier its steps; one person signs a step for one of its posts. Nobody signs twice, and
nobody what he has asked for himself, neither for himself nor as the deputy of somebody. Amounts are whole cents.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, NamedTuple

Act = Literal["review", "check", "sign"]
KINDS = ("documents", "credit", "term", "settlement", "remote-service")
"""What is asked for: to trade without all papers, another credit limit or payment term, to settle a complaint, to serve from
afar."""
ACTS: tuple[Act, ...] = ("review", "check", "sign")
BOUNDS = ("below", "up_to")
"""How the policy file says to which amount a tier goes: not included, or included; the last tier says neither."""
BEFORE_THE_APPROVALS: Mapping[str, Any] = {
    "approvals": {
        "clause": "P3 1.5",
        "split_days": 30,
        "documents": {"clause": "P3 1.5", "steps": [{"sign": ["marketing-director", "general-manager"]}]},
        **{
            kind: {
                "clause": "P3 1.5",
                "steps": [
                    {"review": ["marketing-director"]},
                    {"check": ["finance-supervisor"]},
                    {"sign": ["general-manager"]},
                ],
            }
            for kind in ("credit", "term")
        },
        "settlement": {
            "clause": "P4",
            "tiers": [
                {"below": "1000.00", "steps": [{"sign": ["sales-manager"]}]},
                {"up_to": "5000.00", "steps": [{"sign": ["vice-president"]}]},
                {"steps": [{"sign": ["general-manager"]}]},
            ],
        },
        "remote-service": {"clause": "P4", "steps": [{"sign": ["service-supervisor", "service-manager"]}]},
    },
}
"""What holds for policies that were adopted before these keys were there."""
_MONEY = re.compile(r"\d+\.\d\d")


class Step(NamedTuple):
    """A step of a chain: what is done, and the posts of which one does it."""

    act: Act
    posts: tuple[str, ...]


class Tier(NamedTuple):
    """The steps for amounts up to `most` (included; None: however much)."""

    most: int | None
    steps: tuple[Step, ...]


class Power(NamedTuple):
    """By what somebody signs: the own post, or that of a holder (staff id) for whom somebody signs, by a delegation (id)."""

    post: str
    holder: int | None = None
    delegation: int | None = None


class Signed(NamedTuple):
    """A signature that counts: whose, and for whom if not for the own post (staff ids)."""

    who: int
    holder: int | None = None


class Unsigned(ValueError):
    """A signature that is not given. `code`: complete (nothing is left to sign), own (asked for by the person who signs, or for
    whom is signed), twice (that person has signed), order (an earlier step comes first), passed (that step is signed), post
    (none of the chain's)."""

    def __init__(self, code: Literal["complete", "own", "twice", "order", "passed", "post"]) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Chain:
    """Who signs one kind of request."""

    kind: str
    clause: str
    tiers: tuple[Tier, ...]

    def tier(self, cents: int | None) -> int:
        """The place of the tier of an amount; without an amount the first."""
        if cents is None:
            return 0
        return next(place for place, tier in enumerate(self.tiers) if tier.most is None or cents <= tier.most)

    def steps(self, cents: int | None) -> tuple[Step, ...]:
        """What has to be signed for an amount, in order."""
        return self.tiers[self.tier(cents)].steps


def next_step(steps: Sequence[Step], signed: Sequence[Signed]) -> Step | None:
    """The step that is to be signed now; None: nothing is left."""
    return steps[len(signed)] if len(signed) < len(steps) else None


def power_to_sign(
    steps: Sequence[Step],
    signed: Sequence[Signed],
    *,
    me: int,
    powers: Sequence[Power],
    askers: Collection[int],
) -> Power:
    """By what somebody signs the next step; the own post goes before another's. `askers`: who asked for it, and who changed
    it last. Raises Unsigned."""
    step = next_step(steps, signed)
    if step is None:
        raise Unsigned("complete")
    if me in askers:
        raise Unsigned("own")
    fitting = sorted((one for one in powers if one.post in step.posts), key=lambda one: one.holder is not None)
    if not fitting:
        mine = {one.post for one in powers}
        later = any(mine & set(one.posts) for one in steps[len(signed) + 1 :])
        passed = any(mine & set(one.posts) for one in steps[: len(signed)])
        raise Unsigned("order" if later else "passed" if passed else "post")
    fitting = [one for one in fitting if one.holder not in askers]
    if not fitting:
        raise Unsigned("own")
    people = {one for signature in signed for one in signature if one is not None}
    for one in fitting:
        if not people & {me, one.holder}:
            return one
    raise Unsigned("twice")


def split(chain: Chain, cents: int, others: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """Of other requests (number, amount) those that stay under a tier as this one does, and pass it together with it."""
    for place in range(len(chain.tiers) - 2, chain.tier(cents) - 1, -1):
        under = [(number, amount) for number, amount in others if chain.tier(amount) <= place]
        if under and chain.tier(cents + sum(amount for _number, amount in under)) > place:
            return tuple(number for number, _amount in under)
    return ()


def chain_from(kind: str, data: Mapping[str, Any]) -> Chain:
    """The chain of a kind as the policy file says it. Raises ValueError, which says what is wrong."""
    if (faults := list(faults_of(data))) or not isinstance(data.get("clause"), str):
        raise ValueError(f"{'.'.join(map(str, faults[0][0]))}: {faults[0][1]}" if faults else "clause: missing")
    tiers = data.get("tiers", [data])
    return Chain(kind, data["clause"], tuple(Tier(_most(tier), _steps(tier["steps"])) for tier in tiers))


def _most(tier: Mapping[str, Any]) -> int | None:
    for name in BOUNDS:
        if name in tier:
            return int(Decimal(tier[name]) * 100) - (name == "below")
    return None


def _steps(steps: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    return tuple(Step(act, tuple(posts)) for step in steps for act, posts in step.items())  # type: ignore[arg-type]


Place = tuple[str | int, ...]


def faults_of(data: Mapping[str, Any]) -> list[tuple[Place, str, Mapping[str, object]]]:
    """What is wrong with the steps and tiers of a chain: where, a code, the facts its sentence is made of."""
    if ("steps" in data) == ("tiers" in data):
        return [((), "no-steps", {})]
    if "steps" in data:
        return _faults_of_steps(data["steps"], ("steps",))
    tiers = data["tiers"]
    if not isinstance(tiers, list):
        return [(("tiers",), "no-list", {"value": tiers})]
    if not tiers:
        return [(("tiers",), "empty", {})]
    found: list[tuple[Place, str, Mapping[str, object]]] = []
    last = -1
    for number, tier in enumerate(tiers):
        here: Place = ("tiers", number)
        if not isinstance(tier, Mapping):
            found.append((here, "no-table", {"value": tier}))
            continue
        known = (*BOUNDS, "steps")
        found += [
            ((*here, key), "unknown-key", {"near": "", "known": ", ".join(known)}) for key in tier if key not in known
        ]
        found += _faults_of_steps(tier.get("steps"), (*here, "steps"))
        bounds = [name for name in BOUNDS if name in tier]
        if len(bounds) != (number < len(tiers) - 1):
            found.append((here, "no-last", {"known": ", ".join(BOUNDS)}))
        for name in bounds:
            if not isinstance(tier[name], str) or not _MONEY.fullmatch(tier[name]):
                found.append(((*here, name), "no-money", {"value": tier[name]}))
                continue
            most = _most(tier)
            if most is None or most <= last:
                found.append(((*here, name), "no-rise", {"value": tier[name]}))
            last = most if most is not None else last
    return found


def _faults_of_steps(steps: object, here: Place) -> list[tuple[Place, str, Mapping[str, object]]]:
    if not isinstance(steps, list):
        return [(here, "no-list", {"value": steps})]
    if not steps:
        return [(here, "empty", {})]
    found: list[tuple[Place, str, Mapping[str, object]]] = []
    for number, step in enumerate(steps):
        place = (*here, number)
        if not isinstance(step, Mapping) or len(step) != 1:
            found.append((place, "no-step", {"known": ", ".join(ACTS), "value": step}))
            continue
        ((act, posts),) = step.items()
        if act not in ACTS:
            found.append(((*place, act), "unknown-key", {"near": "", "known": ", ".join(ACTS)}))
        if not isinstance(posts, list) or not all(isinstance(post, str) and post.strip() for post in posts):
            found.append(((*place, act), "no-list", {"value": posts}))
        elif not posts:
            found.append(((*place, act), "empty", {}))
        elif len(set(posts)) < len(posts):
            twice = next(post for place_, post in enumerate(posts) if post in posts[:place_])
            found.append(((*place, act), "twice", {"word": twice}))
    return found
