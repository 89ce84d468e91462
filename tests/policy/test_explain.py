"""Every rule once, for one file on one day: owed, or why not, as code and numbers; and every one has its sentence."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given

from revisit import wording
from revisit.policy.explain import explain, known_on
from revisit.policy.facts import File
from revisit.policy.plan import RULES, plan
from revisit.policy.values import Policies
from tests.policy.reading import CALENDAR, DEFAULT_POLICIES, day_of, file_of, read_file, up_to
from tests.policy.test_rule_properties import people, some_days, starts, versions

START = date(2026, 1, 1)

CASES = [
    ("prospect", "01-02", ["kind prospect"], True, "prospect"),
    ("prospect", "01-03", ["kind prospect", "01-02 phone reached"], False, "opens"),
    ("prospect", "02-02", ["kind prospect", "01-02 phone reached"], True, "prospect"),
    ("prospect", "01-01", [], False, "no-prospect"),
    ("prospect", "01-02", ["kind prospect", "01-02 order"], False, "no-prospect"),
    ("prospect", "01-05", ["kind prospect", "01-02 phone reached", "01-05 contract_on 01-05"], False, "no-prospect"),
    ("prospect", "01-02", ["kind prospect", "01-02 phone reached learnt none"], False, "intention-none"),
    ("prospect", "01-02", ["kind prospect", "01-02 intention none until 01-04"], False, "intention-none"),
    ("prospect", "01-04", ["kind prospect", "01-02 intention none until 01-04"], True, "prospect"),
    ("prospect", "01-02", ["kind prospect", "01-02 do_not_call 1", "01-02 intention none"], False, "do_not_call"),
    ("prospect", "01-02", ["kind prospect", "01-02 waived 1 until 01-04"], False, "waived"),
    ("case-revisit", "01-02", [], False, "no-case-revisit"),
    ("case-revisit", "01-02", ["01-03 case-closed"], False, "no-case-revisit"),
    ("case-revisit", "01-02", ["01-02 case-closed"], True, "case-revisit"),
    ("case-revisit", "01-02", ["01-02 case-closed reopened 01-03"], True, "case-revisit"),
    ("case-revisit", "01-03", ["01-02 case-closed reopened 01-03"], False, "void"),
    ("case-revisit", "01-09", ["01-02 case-closed reopened 01-09"], False, "missed"),
    ("case-revisit", "01-03", ["01-02 case-closed", "01-03 phone reached"], False, "met"),
    ("case-revisit", "01-03", ["01-02 case-closed", "01-03 do_not_call 1"], False, "do_not_call"),
    ("dormant-week", "01-02", ["kind prospect"], False, "prospect"),
    ("dormant-month", "01-02", ["kind prospect"], False, "prospect"),
    ("takeover", "01-02", ["kind prospect"], False, "prospect"),
    ("after-sale", "01-02", ["kind prospect"], False, "no-after-sale"),
    ("brief", "01-02", [], False, "no-brief"),
    ("brief", "01-02", ["allocated", "01-02 allocated temporary"], False, "no-brief"),
    ("brief", "01-02", ["01-02 allocated"], True, "brief"),
    ("brief", "01-02", ["01-02 allocated", "01-02 phone reached with-sales"], False, "met"),
    ("brief", "01-02", ["01-02 allocated", "01-02 closed 1"], False, "closed"),
    ("after-sale", "01-02", ["01-02 order", "01-02 closed 1", "01-02 do_not_call 1"], False, "closed"),
    ("after-sale", "01-02", ["01-02 order", "closed 1", "01-02 closed 0", "do_not_call 1"], False, "do_not_call"),
    ("callback", "01-02", ["01-01 phone reached planned 01-02"], True, "callback"),
]


@pytest.mark.parametrize(("rule", "on", "events", "owed", "code"), CASES)
def test_a_rule_says_why(rule: str, on: str, events: list[str], owed: bool, code: str) -> None:
    found = explain(file_of(events, ""), DEFAULT_POLICIES, CALENDAR, START, day_of(on))
    [verdict] = [one for one in found if one.rule == rule]
    assert (verdict.owed, verdict.code) == (owed, code)


SENTENCES = [
    ("prospect", "01-02", ["kind prospect"], "a new prospect, entered on 2026-01-01, no conversation yet"),
    ("prospect", "02-02", ["kind prospect", "01-02 phone reached"], "a prospect, last conversation on 2026-01-02"),
    (
        "prospect",
        "01-09",
        ["kind prospect", "01-02 phone reached learnt interested"],
        "an interested prospect, last conversation on 2026-01-02",
    ),
    ("case-revisit", "01-05", ["01-02 case-closed 12"], "case 12 was closed on 2026-01-02, no conversation since"),
    ("case-revisit", "01-05", ["01-02 case-closed"], "a problem was closed on 2026-01-02, no conversation since"),
    (
        "case-revisit",
        "01-03",
        ["01-02 case-closed 12 reopened 01-03"],
        "ended on 2026-01-03 before it was due: the case was opened again",
    ),
    ("case-revisit", "01-05", [], "no case that was closed waits for a conversation"),
    ("brief", "01-05", ["01-02 allocated"], "received on 2026-01-02, no talk with the salesperson yet"),
    ("callback", "01-05", ["01-02 phone reached planned 01-05"], "planned on 2026-01-02"),
    ("callback", "01-05", ["01-02 phone busy promised 01-05"], "a call back was promised on 2026-01-02"),
]


def sentence(rule: str, file: File, policies: Policies, start_on: date, on: date) -> str:
    """What `why` says of one rule."""
    [verdict] = [one for one in explain(file, policies, CALENDAR, start_on, on) if one.rule == rule]
    if not verdict.owed:
        return wording.not_owed(verdict.code, verdict.numbers)
    idle = verdict.numbers.get("idle_days")
    return wording.owed(
        verdict.code,
        verdict.numbers,
        idle_days=int(idle) if idle else None,
        made=int(verdict.numbers.get("made", 0)),
        owed=int(verdict.numbers.get("owed", 1)),
    )


@pytest.mark.parametrize(("rule", "on", "events", "said"), SENTENCES)
def test_what_is_owed_is_told_in_a_sentence(rule: str, on: str, events: list[str], said: str) -> None:
    assert sentence(rule, file_of(events, ""), DEFAULT_POLICIES, START, day_of(on)) == said


@given(people, versions, starts, some_days)
def test_the_verdicts_are_those_of_the_register_and_each_has_a_sentence(
    file: File, policies: Policies, start_on: date, on: date
) -> None:
    verdicts = explain(file, policies, CALENDAR, start_on, on)
    assert [one.rule for one in verdicts] == list(RULES)
    assert known_on(file, on) == up_to(file, on)
    found = read_file(up_to(file, on), policies, CALENDAR, start_on, on)
    assert {one.rule for one in verdicts if one.owed} == {rule for rule, *_ in found.owed}
    for rule in RULES:
        said = sentence(rule, file, policies, start_on, on)
        assert said and "{" not in said and "None" not in said
    for cause in {row.cause for row in plan(file, policies, CALENDAR, start_on).follow_ups} - {""}:
        assert cause in wording.CAUSES
