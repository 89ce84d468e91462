"""What became of prospects in a period: cases, and the same asked evening by evening."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revisit.policy.facts import Contact, Fact, File, Sale
from revisit.policy.funnel import Way, way
from revisit.policy.timeline import first_day, holding_on
from tests.policy.reading import DEFAULT_POLICIES, day_of, days, file_of

START, END = date(2026, 3, 1), date(2026, 3, 31)
STILL = Way("", contacted=False, since=None, by="")

CASES = [
    (["kind prospect"], STILL),
    ([], None),
    (["kind prospect", "02-20 order"], None),
    (["kind prospect", "02-28 order"], None),
    (["kind prospect", "03-01 order"], Way("", contacted=False, since=day_of("03-01"), by="order")),
    (["kind prospect", "03-31 order"], Way("", contacted=False, since=day_of("03-31"), by="order")),
    (["kind prospect", "04-01 order"], STILL),
    (["kind prospect", "contract_on 03-10"], Way("", contacted=False, since=day_of("03-10"), by="contract")),
    (["kind prospect", "03-10 kind customer"], Way("", contacted=False, since=day_of("03-10"), by="kind")),
    (["03-10 kind prospect"], STILL),
    (
        ["kind prospect", "03-10 kind customer", "03-20 order"],
        Way("", contacted=False, since=day_of("03-10"), by="order"),
    ),
    (
        ["kind prospect", "03-10 kind customer", "04-02 order"],
        Way("", contacted=False, since=day_of("03-10"), by="kind"),
    ),
    (["kind prospect", "03-10 order cancelled 03-20"], STILL),
    (["kind prospect", "03-10 order cancelled 04-20"], Way("", contacted=False, since=day_of("03-10"), by="order")),
    (["kind prospect", "03-05 phone reached"], Way("", contacted=True, since=None, by="")),
    (["kind prospect", "03-05 phone no_answer", "02-20 phone reached", "04-01 phone reached"], STILL),
    # on the day of the order it is a customer who is talked to
    (
        ["kind prospect", "03-05 order", "03-05 phone reached"],
        Way("", contacted=False, since=day_of("03-05"), by="order"),
    ),
    (
        ["kind prospect", "intention undecided", "03-05 phone reached learnt interested", "03-09 order"],
        Way("interested", contacted=True, since=day_of("03-09"), by="order"),
    ),
    (
        ["kind prospect", "03-05 phone busy learnt none", "04-01 intention interested"],
        Way("none", contacted=False, since=None, by=""),
    ),
]


@pytest.mark.parametrize(("events", "expected"), CASES)
def test_what_became_of_a_prospect_in_march(events: list[str], expected: Way | None) -> None:
    file = file_of(events, "")
    assert way(file, DEFAULT_POLICIES, first_day(file), START, END) == expected


DAY = st.integers(0, 60).map(lambda n: date(2026, 1, 1) + timedelta(n))
FACTS = st.lists(
    st.builds(
        lambda said, on: Fact(*said, on),
        st.sampled_from(
            [("kind", "prospect"), ("kind", "customer"), ("intention", "interested"), ("intention", "none")]
        ),
        st.none() | DAY,
    ),
    max_size=6,
)
SALES = st.lists(st.builds(lambda on, gone: Sale(on, None, gone), DAY, st.none() | DAY), max_size=2)
CONTACTS = st.lists(
    st.builds(
        lambda on, result, learnt: Contact(on, "phone", result, intention=learnt),
        DAY,
        st.sampled_from(["reached", "busy"]),
        st.sampled_from(["", "undecided"]),
    ),
    max_size=3,
)


@given(FACTS, SALES, CONTACTS, DAY, st.integers(0, 40))
def test_it_is_what_every_evening_says(
    facts: list[Fact], sales: list[Sale], contacts: list[Contact], start: date, length: int
) -> None:
    contacts.sort(key=lambda one: one.on)
    file = File("C1", date(2026, 1, 3), sales=tuple(sales), contacts=tuple(contacts), facts=tuple(facts))
    end = start + timedelta(length)
    evenings = days(start - timedelta(1), end)
    held = {day: holding_on(file, DEFAULT_POLICIES, day) for day in evenings}
    prospect = [day for day in evenings if held[day].get("kind") == "prospect"]
    found = way(file, DEFAULT_POLICIES, first_day(file), start, end)
    if found is None:
        assert not prospect
        return
    assert prospect
    assert found.intention == held[end].get("intention", "")
    talks = [one.on for one in contacts if one.result == "reached" and one.on >= start]
    assert found.contacted == any(day in prospect for day in talks)
    if held[end]["kind"] == "prospect":
        assert (found.since, found.by) == (None, "")
    else:
        assert found.since == prospect[-1] + timedelta(1)
        assert (found.by == "order") == any(
            one.ordered_on <= end and not (one.cancelled_on and one.cancelled_on <= max(end, one.ordered_on))
            for one in sales
        )
