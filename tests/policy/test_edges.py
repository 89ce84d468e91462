"""The day before, on and after every edge of the rules, as data."""

from __future__ import annotations

import pytest

from revisit.policy.facts import Standing
from revisit.policy.plan import plan
from tests.policy.reading import CALENDAR, DEFAULT_POLICIES, Told, day_of, file_of, hold, told_in

ALL_EDGES = [case for name in ("edges", "edges_prospect", "edges_cases") for case in told_in(f"{name}.toml")]
CAUSES = [
    ("callback", "rebooked", ["03-11 phone busy promised 03-13", "03-12 phone busy promised 03-14"]),
    ("callback", "waived", ["03-11 phone busy promised 03-13", "03-12 waived 1"]),
    ("case-revisit", "reopened", ["03-02 case-closed reopened 03-04"]),
    ("case-revisit", "excluded", ["03-02 case-closed reopened 03-06", "03-04 closed 1"]),
    ("case-revisit", "waived", ["03-02 case-closed reopened 03-04", "03-04 waived 1 until 03-06"]),
    ("after-sale", "dormant", ["03-02 order"]),
    ("after-sale", "cancelled", ["03-02 order cancelled 03-05"]),
    ("after-sale", "cancelled", ["01-02 shown", "03-02 order cancelled 03-05"]),
    ("after-sale", "excluded", ["03-02 order", "03-05 closed 1"]),
    ("after-sale", "excluded", ["03-02 order", "03-05 closed 1", "03-05 phone reached"]),
    ("dormant-week", "order", ["03-02 shown", "03-12 shown"]),
    ("dormant-week", "dormant", ["03-02 shown"]),
    ("dormant-week", "handover", ["03-02 shown", "03-12 handover sales"]),
    ("dormant-week", "cancelled", ["03-01 shown", "03-02 order cancelled 03-12"]),
    ("dormant-month", "order", ["02-02 shown", "03-12 order"]),
    ("dormant-month", "cancelled", ["02-02 order cancelled 03-12"]),
    ("dormant-month", "excluded", ["02-02 shown", "03-12 do_not_call 1"]),
    ("takeover", "sales_follow_up", ["01-10 handover sales", "balance 0", "03-12 sales-follow-up"]),
    ("takeover", "handover", ["01-10 handover sales", "balance 0", "03-12 handover service"]),
    ("takeover", "kind", ["01-10 handover sales", "balance 0", "03-12 kind prospect"]),
    ("takeover", "balance", ["01-10 handover sales", "balance 0", "03-12 balance 1"]),
    ("takeover", "waived", ["01-10 handover sales", "balance 0", "03-12 waived 1 until 03-20"]),
    ("prospect", "order", ["kind prospect", "03-12 order"]),
    ("prospect", "order", ["kind prospect", "03-12 shown", "03-12 contract_on 03-12"]),
    ("prospect", "contract", ["kind prospect", "03-12 contract_on 03-12"]),
    ("prospect", "kind", ["kind prospect", "03-12 kind customer"]),
    ("prospect", "intention", ["kind prospect", "03-12 intention none"]),
    ("prospect", "intention", ["kind prospect", "03-12 phone busy learnt none"]),
    ("prospect", "excluded", ["kind prospect", "03-12 do_not_call 1", "03-12 intention none"]),
    ("prospect", "waived", ["kind prospect", "03-12 waived 1 until 03-20", "03-12 order"]),
    ("brief", "reallocated", ["03-02 allocated", "03-12 allocated"]),
    ("brief", "excluded", ["03-02 allocated", "03-12 closed 1"]),
    ("brief", "waived", ["03-02 allocated", "03-12 waived 1 until 03-20"]),
]


@pytest.mark.parametrize(("rule", "cause", "events"), CAUSES)
def test_the_register_says_why_it_ended(rule: str, cause: str, events: list[str]) -> None:
    planned = plan(file_of(events, ""), DEFAULT_POLICIES, CALENDAR, day_of("01-01"))
    assert next(row.cause for row in planned.follow_ups if row.rule == rule and row.ended_on) == cause


@pytest.mark.parametrize("case", ALL_EDGES, ids=lambda case: case.name)
def test_the_edge_is_where_the_rules_put_it(case: Told) -> None:
    hold(case)


NUMBERS = [
    ("callback", {"booked_on": "2026-03-11"}, ["03-11 phone busy promised 03-13"]),
    ("callback", {"planned_on": "2026-03-11"}, ["03-11 phone reached planned 03-13"]),
    ("prospect", {"entered_on": "2026-01-01"}, ["kind prospect"]),
    ("prospect", {"entered_on": "2026-01-01", "intention": "interested"}, ["kind prospect", "intention interested"]),
    ("prospect", {"contact_on": "2026-01-01"}, ["kind prospect", "01-01 phone reached learnt undecided"]),
    (
        "prospect",
        {"contact_on": "2026-01-01", "intention": "interested"},
        ["kind prospect", "01-01 phone reached learnt interested"],
    ),
    # the interest of the day on which it opened, whatever is learnt while it waits
    (
        "prospect",
        {"contact_on": "2026-01-01"},
        ["kind prospect", "01-01 phone reached", "02-05 phone reached inbound learnt interested"],
    ),
    ("case-revisit", {"closed_on": "2026-03-02", "case": "12"}, ["03-02 case-closed 12"]),
    ("brief", {"allocated_on": "2026-03-02"}, ["03-02 allocated"]),
]


@pytest.mark.parametrize(("rule", "numbers", "events"), NUMBERS)
def test_the_register_keeps_the_numbers_behind_the_reason(
    rule: str, numbers: dict[str, str], events: list[str]
) -> None:
    planned = plan(file_of(events, ""), DEFAULT_POLICIES, CALENDAR, day_of("01-01"))
    last = [row for row in planned.follow_ups if row.rule == rule][-1]
    assert dict(last.numbers) == numbers
    assert last.anchor_on.isoformat() in numbers.values()


def test_what_excludes_is_told_apart() -> None:
    events = ["03-02 do_not_call 1", "03-04 closed 1", "03-06 do_not_call 0", "03-08 waived 1 until 03-10"]
    planned = plan(file_of(events, ""), DEFAULT_POLICIES, CALENDAR, day_of("01-01"))
    assert [one for one in planned.standings if one.kind in ("excluded", "waived")] == [
        Standing("excluded", "closed", day_of("03-04"), None),
        Standing("excluded", "do_not_call", day_of("03-02"), day_of("03-06")),
        Standing("waived", "waived", day_of("03-08"), day_of("03-10")),
    ]


LAST_ORDERS = [
    ("2026-03-02", ["03-02 order"]),
    ("2026-03-05", ["03-02 order", "03-05 shown"]),
    ("2026-03-02", ["03-02 order", "03-05 order cancelled 03-10"]),
    (None, ["03-02 order cancelled 03-10"]),
    (None, ["contract_on 02-01", "03-02 order cancelled 03-10"]),
    (None, ["contract_on 02-01"]),
]


@pytest.mark.parametrize(("last", "events"), LAST_ORDERS)
def test_the_last_order_is_one_that_stands(last: str | None, events: list[str]) -> None:
    found = plan(file_of(events, ""), DEFAULT_POLICIES, CALENDAR, day_of("01-01")).last_order_on
    assert (found.isoformat() if found else None) == last
