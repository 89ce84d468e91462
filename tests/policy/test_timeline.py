"""What holds on a day: statements with and without an end, and what revisits have learnt."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revisit.policy.facts import Fact, File
from revisit.policy.timeline import holding_on, values_of
from tests.policy.reading import DEFAULT_POLICIES, day_of, days, file_of

FIRST = date(2026, 1, 1)
NAME = "waived"

stated = st.lists(
    st.builds(
        lambda value, on, length: Fact(
            NAME,
            value,
            None if on is None else FIRST + timedelta(on),
            None if length is None else FIRST + timedelta((on or 0) + length),
        ),
        st.sampled_from(("1", "0", "")),
        st.none() | st.integers(0, 30),
        st.none() | st.integers(0, 12),
    ),
    max_size=6,
)


@given(stated)
def test_on_every_day_the_statement_made_last_that_holds_counts(facts: list[Fact]) -> None:
    found = values_of(File("C1", FIRST, facts=tuple(facts)), NAME, FIRST)
    for on in days(FIRST, FIRST + timedelta(50)):
        holding = [fact for fact in facts if (fact.on or FIRST) <= on and (fact.until is None or on < fact.until)]
        latest = max((fact.on or date.min for fact in holding), default=None)
        expected = [fact.value for fact in holding if (fact.on or date.min) == latest][-1:]
        assert [value for start, end, value in found if start <= on < end] == expected


@given(stated)
def test_the_spans_of_a_fact_stand_in_order_and_none_goes_on_in_the_next(facts: list[Fact]) -> None:
    found = values_of(File("C1", FIRST, facts=tuple(facts)), NAME, FIRST)
    assert all(start < end for start, end, _ in found)
    for (_, end, value), (start, _, following) in pairwise(found):
        assert end < start or (end == start and value != following)


HOLDING = [
    ("2025-12-31", [], {}),
    ("01-01", [], {"kind": "customer"}),
    ("01-01", ["kind prospect"], {"kind": "prospect"}),
    ("03-01", ["kind prospect", "03-02 order"], {"kind": "prospect"}),
    ("03-02", ["kind prospect", "03-02 order"], {"kind": "customer"}),
    ("03-04", ["kind prospect", "03-02 order cancelled 03-04"], {"kind": "prospect"}),
    ("03-02", ["kind prospect", "contract_on 03-02"], {"kind": "customer", "contract_on": "2026-03-02"}),
    ("03-02", ["balance 500", "03-02 balance"], {"kind": "customer"}),
    ("03-02", ["balance 500", "03-03 balance 0"], {"kind": "customer", "balance": "500"}),
    ("03-09", ["03-02 waived 1 until 03-10"], {"kind": "customer", "waived": "1"}),
    ("03-10", ["03-02 waived 1 until 03-10"], {"kind": "customer"}),
    ("03-10", ["03-02 do_not_call 1", "03-10 do_not_call 0"], {"kind": "customer", "do_not_call": "0"}),
    ("03-02", ["closed 1", "kind"], {"kind": "customer", "closed": "1"}),
    ("03-02", ["intention none", "03-02 phone busy learnt undecided"], {"kind": "customer", "intention": "undecided"}),
    (
        "03-02",
        ["03-02 intention none", "03-02 phone busy learnt undecided"],
        {"kind": "customer", "intention": "undecided"},
    ),
    ("03-03", ["03-03 intention none", "03-02 phone busy learnt undecided"], {"kind": "customer", "intention": "none"}),
    (
        "03-02",
        ["03-02 phone busy learnt interested", "03-02 phone reached learnt undecided"],
        {"kind": "customer", "intention": "undecided"},
    ),
    (
        "03-02",
        ["03-01 phone busy learnt interested", "03-03 phone busy learnt none"],
        {"kind": "customer", "intention": "interested"},
    ),
]


@pytest.mark.parametrize(("on", "events", "facts"), HOLDING)
def test_what_holds_on_a_day(on: str, events: list[str], facts: dict[str, str]) -> None:
    assert holding_on(file_of(events, ""), DEFAULT_POLICIES, day_of(on)) == facts
