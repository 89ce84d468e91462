"""The policy file as typed values: what is read, and what is refused by the name of its key."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from revisit.policy.plan import RULES
from revisit.policy.values import REQUIRED, PolicyError, policy_from
from tests.policy.reading import DEFAULT


def changed(key: str, value: Any) -> dict[str, Any]:
    """The default policy with one key of another value, or (None) without it."""
    data = copy.deepcopy(DEFAULT)
    *path, last = key.split(".")
    table = data
    for name in path:
        table = table[name]
    if value is None:
        del table[last]
    else:
        table[last] = value
    return data


def test_the_numbers_of_the_shipped_policy_are_read() -> None:
    policy = policy_from(DEFAULT)
    assert (policy.prospect_again_after_months, policy.prospect_interested_after_days) == (1, 7)
    assert (policy.prospect_first_window_days, policy.rules["prospect"].window_days) == (3, 7)
    assert (policy.rules["brief"].window_days, policy.rules["brief"].paperwork) == (7, True)
    assert [name for name, rule in policy.rules.items() if rule.paperwork] == ["brief", "dossier"]
    assert [policy.rules[name].window_days for name in ("dormant-month", "campaign")] == [0, 0]
    assert policy.rules["brief"].says["en"] == "talk to the salesperson within a week of receiving a customer"


def test_a_policy_states_every_rule_that_the_program_knows() -> None:
    assert REQUIRED == RULES
    assert [name for name in DEFAULT["rules"] if name in RULES] == list(RULES)


REFUSED = [
    *[(f"rules.{name}", None, f"rules.{name}: missing") for name in RULES],
    *[(f"rules.{name}.clause", None, f"rules.{name}.clause: missing") for name in DEFAULT["rules"]],
    *[(f"rules.{name}.says", None, f"rules.{name}.says.zh: missing") for name in DEFAULT["rules"]],
    *[(f"rules.{name}.says.en", None, f"rules.{name}.says.en: missing") for name in DEFAULT["rules"]],
    *[
        (f"rules.{name}.window_days", None, f"rules.{name}.window_days: missing")
        for name in DEFAULT["rules"]
        if name not in ("dormant-month", "campaign")
    ],
    ("rules.prospect.again_after_months", None, "rules.prospect.again_after_months: missing"),
    ("rules.prospect.interested_after_days", None, "rules.prospect.interested_after_days: missing"),
    ("rules.prospect.first_window_days", None, "rules.prospect.first_window_days: missing"),
    ("rules.prospect.again_after_months", 0, "rules.prospect.again_after_months: a whole number, not below 1, is wanted"),
    ("rules.prospect.interested_after_days", 0, "rules.prospect.interested_after_days: a whole number, not below 1, is wanted"),
    ("rules.prospect.interested_after_days", "7", "rules.prospect.interested_after_days: a whole number, not below 1, is wanted"),
    ("rules.prospect.first_window_days", -1, "rules.prospect.first_window_days: a whole number, not below 0, is wanted"),
    ("rules.brief.window_days", True, "rules.brief.window_days: a whole number, not below 0, is wanted"),
    ("rules.brief.clause", 3, "rules.brief.clause: a text is wanted"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "value", "text"), REFUSED)
def test_a_policy_that_cannot_be_used_is_refused_by_the_name_of_the_key(key: str, value: Any, text: str) -> None:
    with pytest.raises(PolicyError) as caught:
        policy_from(changed(key, value))
    assert str(caught.value) == text
