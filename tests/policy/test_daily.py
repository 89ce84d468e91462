"""What a revisit of the day was, and which one met what was owed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revisit.policy.daily import Kind, kind_of, met_by
from revisit.policy.facts import File
from revisit.policy.plan import plan
from revisit.policy.tally import Made, contacted, outbound
from revisit.policy.values import Policies
from tests.policy.reading import CALENDAR, DEFAULT_POLICIES, flat
from tests.policy.test_rule_properties import CALLS, CHANNELS, LAST, people, starts, versions

DAY = date(2026, 3, 12)


def made(
    result: str, channel: str = "phone", *, hour: int | None = None, sales: bool = False, inbound: bool = False
) -> Made:
    at = datetime(2026, 3, 12, hour, tzinfo=UTC) if hour is not None else None
    return Made(1, DAY, channel, result, inbound, sales, done_at=at)


@pytest.mark.parametrize(
    ("one", "kind"),
    [
        (made("reached"), "contact"),
        (made("declined", "visit"), "contact"),
        (made("reached", "email"), "contact"),
        (made("sent", "sms"), "contact"),
        (made("sent", "email"), "other"),
        (made("sent"), "other"),
        (made("no_answer"), "attempt"),
        (made("busy"), "attempt"),
        (made("wrong_number"), "attempt"),
        (made("inconvenient", "wechat"), "attempt"),
        (made("reached", sales=True), "sales"),
        (made("no_answer", sales=True), "sales"),
        (made("reached", inbound=True), "enquiry"),
        (made("no_answer", inbound=True), "enquiry"),
        (made("reached", sales=True, inbound=True), "enquiry"),
    ],
)
def test_a_revisit_is_of_one_kind(one: Made, kind: Kind) -> None:
    assert kind_of(one, DEFAULT_POLICIES) == kind


@pytest.mark.parametrize(
    ("rule", "day", "place"),
    [
        ("after-sale", [made("no_answer", hour=9), made("reached", hour=10)], 1),
        ("after-sale", [made("reached", hour=15), made("reached", hour=10)], 1),
        ("after-sale", [made("reached"), made("reached", hour=10)], 1),
        ("after-sale", [made("reached"), made("declined")], 0),
        ("after-sale", [made("sent", "sms", hour=9)], None),
        ("after-sale", [made("reached", inbound=True)], None),
        ("dormant-week", [made("reached", "wechat", hour=9), made("reached", "visit", hour=10)], 1),
        ("dormant-month", [made("sent", "sms", hour=9), made("reached", hour=10)], 0),
        ("takeover", [made("sent", "email", hour=9), made("sent", "wechat", hour=10)], 1),
        ("callback", [made("no_answer", inbound=True, hour=9), made("reached", inbound=True, hour=10)], 1),
        ("brief", [made("reached", hour=9), made("reached", sales=True, hour=10)], 1),
        ("prospect", [], None),
    ],
)
def test_the_first_that_fits_the_rule_has_met_it(rule: str, day: list[Made], place: int | None) -> None:
    assert met_by(rule, day, DEFAULT_POLICIES) == place


@given(people, versions, starts)
def test_whatever_the_plan_calls_met_was_met_by_a_revisit_of_that_day(
    file: File, policies: Policies, start_on: date
) -> None:
    for row in flat(plan(file, policies, CALENDAR, start_on), policies, CALENDAR, start_on, LAST):
        if row.met_on is not None:
            day = [
                Made(1, one.on, one.channel, one.result, one.inbound, one.with_sales)
                for one in file.contacts
                if one.on == row.met_on
            ]
            assert met_by(row.rule, day, policies) is not None, row


rows = st.builds(made, st.sampled_from(CALLS), st.sampled_from(CHANNELS), sales=st.booleans(), inbound=st.booleans())


@given(st.lists(rows))
def test_the_kinds_add_up_to_what_a_report_counts(day: list[Made]) -> None:
    kinds = [kind_of(one, DEFAULT_POLICIES) for one in day]
    assert sum(kind != "enquiry" for kind in kinds) == len(outbound(day))
    assert ("contact" in kinds) == bool(contacted(day, DEFAULT_POLICIES))
