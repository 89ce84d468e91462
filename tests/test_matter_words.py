"""What moves, states and clocks of matters are called: each has its word, in both languages."""

from __future__ import annotations

from revisit import i18n
from revisit.matters import words
from revisit.policy.machines import DUTIES, MACHINES


def test_every_move_state_and_duty_has_a_word() -> None:
    actions = {move.action for machine in MACHINES for move in machine.moves}
    assert actions <= set(words.ACTIONS)
    assert actions | {step for steps in DUTIES.values() for step in steps} == set(words.MOVES)
    assert {state for machine in MACHINES for state in machine.states} == set(words.STATES)


def test_a_move_is_named_by_what_is_typed_and_in_chinese_by_its_word_besides() -> None:
    assert words.listed(["decide", "sign-off"]) == "decide, sign-off"
    i18n.activate("zh")
    assert words.listed(["decide", "sign-off"]) == "decide（决定）、sign-off（客户签字）"
    for action in words.MOVES:
        named = words.named(action)
        assert named.startswith(f"{action}（") and named.endswith("）")
        assert not named[len(action) + 1 : -1].isascii(), f"{action} has no Chinese word"
