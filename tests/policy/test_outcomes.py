"""What follows a result: the next try, on which number, by which channel; and what each result meets."""

from __future__ import annotations

import copy
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revisit.policy import hours, outcomes
from revisit.policy.meeting import meets
from revisit.policy.outcomes import CHANNELS, RESULTS, Advice, Miss
from revisit.policy.plan import RULES
from revisit.policy.values import Policies, Policy, PolicyError, policy_from
from tests.policy.reading import CALENDAR, DEFAULT, DEFAULT_POLICIES

POLICY = DEFAULT_POLICIES.versions[0]
MISSES = ("no_answer", "busy", "wrong_number", "inconvenient")


def changed(**tables: dict[str, Any]) -> Policy:
    """The shipped policy with other values in some tables."""
    data = copy.deepcopy(DEFAULT)
    for name, values in tables.items():
        data[name] |= values
    return policy_from(data)


# result, misses in a row, numbers on file, channel → number of the next try, phone, other phone from which try, lacks, channels
NEXT = [
    ("no_answer", 1, 2, "phone", (2, 1, 2, 3, False, ())),
    ("no_answer", 2, 2, "phone", (3, 2, 2, 3, False, ())),
    ("no_answer", 3, 2, "phone", (4, 2, 1, 5, False, ())),
    ("no_answer", 4, 2, "phone", (5, 1, 1, 5, False, ("sms", "wechat"))),
    ("no_answer", 4, 3, "phone", (5, 3, 3, 5, False, ("sms", "wechat"))),
    ("no_answer", 1, 1, "phone", (2, 1, 0, 0, False, ())),
    ("no_answer", 2, 1, "phone", (3, 1, 0, 0, True, ())),
    ("no_answer", 2, 0, "phone", (3, 0, 0, 0, True, ())),
    ("no_answer", 2, 2, "visit", (3, 1, 0, 0, False, ())),
    ("busy", 2, 2, "phone", (3, 1, 2, 4, False, ())),
    ("wrong_number", 1, 2, "phone", (2, 2, 2, 2, False, ())),
    ("wrong_number", 1, 1, "phone", (2, 1, 0, 0, True, ())),
    ("inconvenient", 3, 2, "phone", (4, 1, 0, 0, False, ())),
    ("no_answer", 4, 2, "wechat", (5, 1, 0, 0, False, ("phone", "visit"))),
]


@pytest.mark.parametrize(("result", "misses", "phones", "channel", "expected"), NEXT)
def test_the_next_try(result: str, misses: int, phones: int, channel: str, expected: tuple[Any, ...]) -> None:
    found = outcomes.after([Miss(result, channel)] * misses, policy=POLICY, phones=phones)
    number, *rest = expected
    assert found == Advice(number, POLICY.outcomes[result].retry_after_minutes, *rest)


@pytest.mark.parametrize("result", ["reached", "declined", "sent"])
def test_after_a_contact_nothing_is_tried_again(result: str) -> None:
    assert outcomes.after([Miss(result, "phone")], policy=POLICY, phones=2) is None
    assert outcomes.after([], policy=POLICY, phones=2) is None


@pytest.mark.parametrize(
    ("results", "phones"),
    [
        ("no_answer wrong_number no_answer", [1, 2, 2]),
        ("no_answer no_answer wrong_number busy", [1, 2, 1, 1]),
        ("wrong_number wrong_number wrong_number", [2, 3, 1]),
        ("busy no_answer no_answer", [1, 2, 2]),
        ("no_answer no_answer inconvenient", [1, 2, 2]),
    ],
)
def test_a_number_that_was_found_wrong_is_not_the_next_one(results: str, phones: list[int]) -> None:
    misses = [Miss(result, "phone") for result in results.split()]
    found = [outcomes.after(misses[:end], policy=POLICY, phones=max(2, *phones)) for end in range(1, len(misses) + 1)]
    assert [one.phone for one in found if one] == phones


def test_a_visit_in_vain_is_no_try_of_a_number() -> None:
    found = outcomes.after(
        [Miss("no_answer", "phone"), Miss("no_answer", "visit"), Miss("busy", "phone")], policy=POLICY, phones=2
    )
    assert found
    assert (found.number, found.phone, found.other_phone, found.other_phone_from) == (4, 1, 2, 5)


@given(
    result=st.sampled_from(MISSES), misses=st.integers(1, 40), phones=st.integers(0, 5), step=st.integers(0, 4),
    elsewhere=st.integers(0, 6), channel=st.sampled_from(CHANNELS),
)  # fmt: skip
def test_numbers_change_when_the_policy_says_so(
    result: str, misses: int, phones: int, step: int, elsewhere: int, channel: str
) -> None:
    rule = {"other_number_after": step, "other_channel_after": elsewhere}
    policy = changed(outcomes={result: rule})

    def advice(after: int) -> Advice:
        found = outcomes.after([Miss(result, channel)] * after, policy=policy, phones=phones)
        assert found is not None
        return found

    now = advice(misses)
    assert now.number == misses + 1
    assert (now.phone == 0) == (phones == 0)
    assert now.phone <= phones
    if now.other_phone:
        assert now.other_phone_from >= now.number
        assert now.other_phone == advice(now.other_phone_from - 1).phone, "what is announced is what is said then"
        assert now.other_phone_from == 2 or now.other_phone != advice(now.other_phone_from - 2).phone
        assert not now.lacks_number
    else:
        assert advice(misses + 1).phone == now.phone
    assert bool(now.channels) == (0 < elsewhere <= misses)
    assert channel not in now.channels


CALLED, TALK, MESSAGE, MISS = ("reached", True), ("reached", False), ("sent", False), ("no_answer", False)


@pytest.mark.parametrize(
    ("newest_first", "misses"),  # of each revisit the result, and whether the customer called us
    [
        ([], 0),
        ([MISS], 1),
        ([MISS, ("busy", False), MISS], 3),
        ([MISS, TALK, MISS], 1),
        ([MISS, CALLED, MISS], 1),
        ([MISS, MESSAGE, MISS], 2),
        ([("no_answer", True), MISS], 1),
        ([TALK, MISS], 0),
    ],
)
def test_misses_are_counted_since_the_last_talk(newest_first: list[tuple[str, bool]], misses: int) -> None:
    found = outcomes.missed_in_a_row(((result, "phone", inbound) for result, inbound in newest_first), POLICY)
    assert len(found) == misses


def test_misses_are_named_the_oldest_first() -> None:
    newest_first = [("busy", "phone", False), ("sent", "sms", False), ("no_answer", "visit", False)]
    assert outcomes.missed_in_a_row(newest_first, POLICY) == (Miss("no_answer", "visit"), Miss("busy", "phone"))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("missed", "minutes", "retry"),
    [
        ("2026-03-12T10:00:59", 120, "2026-03-12T14:00:00"),
        ("2026-03-12T09:30:30", 120, "2026-03-12T11:30:00"),
        ("2026-03-12T17:20", 15, "2026-03-13T09:00"),
        ("2026-03-13T17:20", 15, "2026-03-16T09:00"),
        ("2026-09-30T17:00", 120, "2026-10-08T09:00"),
        ("2026-03-12T10:00", 0, "2026-03-12T10:00"),
    ],
)
def test_the_next_try_lies_in_call_hours(missed: str, minutes: int, retry: str) -> None:
    assert outcomes.retry_at(at(missed), minutes, CALENDAR, POLICY) == at(retry)


moments = st.datetimes(at("2026-01-01"), at("2027-03-01"))


@given(missed=moments, minutes=st.integers(0, 4000))
def test_the_next_try_is_never_too_early_and_never_outside(missed: datetime, minutes: int) -> None:
    found = outcomes.retry_at(missed, minutes, CALENDAR, POLICY)
    assert found > missed + timedelta(minutes=minutes - 1)
    assert hours.inside(found, CALENDAR, POLICY.call_hours) is None


@given(now=moments, before=st.integers(0, 60 * 24 * 12), minutes=st.integers(0, 4000))
def test_whoever_still_waits_is_looked_for(now: datetime, before: int, minutes: int) -> None:
    policy = changed(outcomes={"busy": {"retry_after_minutes": minutes}})
    missed = now - timedelta(minutes=before)
    if outcomes.retry_at(missed, minutes, CALENDAR, policy) > now:
        assert outcomes.waiting_since(now, CALENDAR, Policies((policy,))) <= missed.date()


def test_the_search_does_not_go_far_back() -> None:
    assert outcomes.waiting_since(at("2026-03-12T10:00"), CALENDAR, DEFAULT_POLICIES) == date(2026, 3, 12)
    assert outcomes.waiting_since(at("2026-03-12T08:00"), CALENDAR, DEFAULT_POLICIES) == date(2026, 3, 11)
    assert outcomes.waiting_since(at("2026-10-07T10:00"), CALENDAR, DEFAULT_POLICIES) == date(2026, 9, 30)


# --- what a result meets

ALL = CHANNELS
TALKS = dict.fromkeys(RULES, ALL) | {"dormant-week": ("phone", "visit")}


@pytest.mark.parametrize(
    ("result", "met"),
    [
        ("reached", TALKS),
        ("declined", TALKS),
        ("sent", {"dormant-month": ("sms", "wechat"), "takeover": ("sms", "wechat")}),
        *[(result, {}) for result in MISSES],
    ],
)
def test_what_a_result_meets(result: str, met: dict[str, tuple[str, ...]]) -> None:
    assert meets(result, POLICY, CALENDAR) == met


def test_what_a_result_meets_follows_the_policy() -> None:
    policy = changed(
        contact={
            "conversation_results": ["reached"],
            "attempt_results": [*MISSES, "declined"],
            "phone_channels": ["phone"],
        }
    )
    assert meets("declined", policy, CALENDAR) == {}
    assert meets("reached", policy, CALENDAR)["dormant-week"] == ("phone",)
    assert outcomes.counts_as("declined", policy) == "attempt"
    found = outcomes.after([Miss("declined", "phone")], policy=policy, phones=1)
    assert found == Advice(2, 0, 1, 0, 0, False, ())


def test_every_result_counts_as_one_thing() -> None:
    assert {result: outcomes.counts_as(result, POLICY) for result in RESULTS} == {
        "reached": "conversation", "declined": "conversation", "sent": "message", **dict.fromkeys(MISSES, "attempt"),
    }  # fmt: skip
    assert outcomes.counts_as("sent", changed(contact={"message_result": "reached"})) == "nothing"


# --- the policy file


def test_a_policy_from_before_the_desk_has_what_the_shipped_one_says() -> None:
    old = {key: value for key, value in DEFAULT.items() if key not in ("desk", "outcomes")}
    assert policy_from(old) == POLICY
    assert (POLICY.desk.claim_minutes, POLICY.desk.early_minutes) == (30, 10)


def test_what_a_company_leaves_out_is_as_it_was() -> None:
    data = copy.deepcopy(DEFAULT)
    data["outcomes"] = {"clause": "P1", "no_answer": {"retry_after_minutes": 5}, "declined": {"note_required": True}}
    found = policy_from(data).outcomes
    assert found["no_answer"].retry_after_minutes == 5
    assert found["no_answer"].other_number_after == POLICY.outcomes["no_answer"].other_number_after
    assert found["declined"].note_required
    assert found["busy"] == POLICY.outcomes["busy"]


@pytest.mark.parametrize(
    ("tables", "why"),
    [
        ({"desk": {"claim_minutes": 0}}, "desk.claim_minutes: a whole number, not below 1, is wanted"),
        ({"desk": {"early_minutes": "10"}}, "desk.early_minutes: a whole number, not below 0, is wanted"),
        (
            {"outcomes": {"busy": {"retry_after_minutes": -1}}},
            "outcomes.busy.retry_after_minutes: a whole number, not below 0, is wanted",
        ),
        ({"outcomes": {"busy": {"note_required": 1}}}, "outcomes.busy.note_required: true or false is wanted"),
    ],
)
def test_a_wrong_value_is_refused_by_its_key(tables: dict[str, Any], why: str) -> None:
    with pytest.raises(PolicyError, match=f"^{why}$"):
        changed(**tables)
