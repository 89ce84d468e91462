"""The policy file as typed values: what is read, and what is refused by the name of its key."""

from __future__ import annotations

import copy
from datetime import time
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


def test_a_policy_from_before_the_call_hours_has_those_of_the_shipped_one() -> None:
    old = {key: value for key, value in DEFAULT.items() if key != "call_hours"}
    old["contact"] = {key: value for key, value in DEFAULT["contact"].items() if key != "min_gap_days"}
    assert policy_from(old) == policy_from(DEFAULT)
    assert policy_from(DEFAULT).call_hours.working_days == ((time(9), time(12)), (time(14), time(17, 30)))


def test_a_policy_from_before_the_cases_has_the_shipped_rule_in_its_place() -> None:
    rules = {name: rule for name, rule in DEFAULT["rules"].items() if name != "case-revisit"}
    assert policy_from(DEFAULT | {"rules": rules}) == policy_from(DEFAULT)


REFUSED = [
    ("call_hours.working_days", [], "call_hours.working_days: at least one window is wanted"),
    ("call_hours.working_days", "09:00-12:00", "call_hours.working_days: a list is wanted"),
    ("call_hours.rest_days", ["9-12"], "call_hours.rest_days: hours such as 09:00-12:00 are wanted"),
    ("call_hours.rest_days", ["09:00-12:00", "10:00-13:00"], "call_hours.rest_days: rising hours are wanted, none twice"),
    ("call_hours.noon", 12, "call_hours.noon: hours such as 09:00-12:00 are wanted"),
    ("contact.min_gap_days", -1, "contact.min_gap_days: a whole number, not below 0, is wanted"),
    *[(f"rules.{name}", None, f"rules.{name}: missing") for name in RULES if name != "case-revisit"],
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
