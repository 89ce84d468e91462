"""Whose a duty of a complaint is, and what of it is still to be done: pure, cases as data."""

from __future__ import annotations

import pytest

from revisit.policy.machines import COMPLAINT, DUTIES, FACTS_UNTIL, IN_SIGHT, duties_of, owed_steps

BOTH = {"marketing", "development"}
# (my department's duty, what departments carry, whether I am concerned) → my duties
WHOSE = [
    ("", (), True, BOTH),
    ("", (), False, set()),
    ("", ("marketing",), True, {"development"}),
    ("", ("marketing", "development"), True, set()),
    ("marketing", ("marketing",), False, {"marketing"}),
    ("marketing", ("marketing",), True, BOTH),
    ("marketing", ("marketing", "development"), True, {"marketing"}),
    ("development", ("marketing", "development"), False, {"development"}),
    ("service", ("marketing", "development", "service"), True, BOTH),
    ("service", ("marketing", "development", "service"), False, set()),
    ("", ("service",), True, BOTH),
]


@pytest.mark.parametrize(("mine", "carried", "concerned", "expected"), WHOSE)
def test_whose_a_duty_is(mine: str, carried: tuple[str, ...], concerned: bool, expected: set[str]) -> None:
    assert duties_of(mine, carried, concerned=concerned) == expected


# (duty, state, made, upheld) → owed
OWED = [
    ("marketing", "accepted", (), True, ("facts", "answer")),
    ("marketing", "settled", ("facts",), True, ("answer",)),
    ("marketing", "told", ("answer",), True, ()),  # facts nobody took down are not asked for any more
    ("development", "reported", ("conclude",), True, ("measure",)),
    ("development", "settled", ("conclude",), False, ()),
    ("service", "closed", ("investigate", "report", "propose", "settle", "close"), True, ("review",)),
    ("service", "refused", ("investigate",), True, ()),
    ("marketing", "closed", (), True, ()),
]


@pytest.mark.parametrize(("duty", "state", "made", "upheld", "expected"), OWED)
def test_what_is_still_to_be_done(
    duty: str, state: str, made: tuple[str, ...], upheld: bool, expected: tuple[str, ...]
) -> None:
    assert owed_steps(duty, state, made=made, upheld=upheld) == expected


def test_facts_are_owed_where_they_can_be_taken_down_and_a_duty_is_in_sight_where_it_can_be_done() -> None:
    assert {move.state for move in COMPLAINT.moves if move.action == "facts"} == set(FACTS_UNTIL)
    for duty, states in IN_SIGHT.items():
        assert not set(states) & COMPLAINT.closed
        owned = {move.state for move in COMPLAINT.moves if move.action in DUTIES[duty]}
        assert owned <= set(states), duty
