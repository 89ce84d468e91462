"""The rules on random files: the plan against the slow oracle, and what must hold of every plan.

The days are few and close together, so that events collide; the worked time is that around Spring Festival.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from revisit.policy.facts import Allocation, Closing, Contact, Fact, File, Handover, Sale
from revisit.policy.outcome import LIVE
from revisit.policy.plan import plan
from revisit.policy.values import Policies
from tests.policy.oracle import walk
from tests.policy.reading import CALENDAR, DEFAULT_POLICIES, Reading, days, flat, policies_of, read, up_to

FIRST = date(2026, 1, 1)
LAST = FIRST + timedelta(120)
CALLS = ("reached", "declined", "sent", "no_answer", "inconvenient")
CHANNELS = ("phone", "phone", "visit", "sms", "wechat", "email", "service")
VALUES = {
    "kind": ("customer", "prospect", "prospect", ""),
    "balance": ("0", "0", "-500", "700", ""),
    "do_not_call": ("1", "0"),
    "closed": ("1", "0"),
    "waived": ("1", "0"),
    "intention": ("interested", "undecided", "none", ""),
    "contract_on": ("2025-12-20", "2026-01-31", "2026-02-10", ""),
}
SEVERAL = {"balance": 2, "intention": 2, "waived": 3}
VERSIONS = policies_of(
    [
        {},
        {
            "from": "02-10",
            "dormant-week.after_days": 5,
            "takeover.after_months": 1,
            "after-sale.window_days": 4,
            "prospect.interested_after_days": 3,
            "prospect.first_window_days": 1,
        },
        {
            "from": "03-03",
            "after-sale.repeat": "each-sale",
            "dormant-month.slots": [1, 11, 21],
            "takeover.auto": False,
            "prospect.again_after_months": 2,
            "prospect.window_days": 2,
            "brief.window_days": 3,
            "case-revisit.window_days": 1,
        },
    ]
)

some_days = st.integers(0, 120).map(lambda n: FIRST + timedelta(n))
early_days = st.integers(-70, 60).map(lambda n: FIRST + timedelta(n))
gaps = st.sampled_from((0, 0, 1, 2, 5, 8, 20, 35))


@st.composite
def sales(draw: st.DrawFn) -> Sale:
    ordered = draw(some_days | early_days)
    completed = ordered + timedelta(draw(gaps)) if draw(st.integers(0, 3)) else None
    cancelled = ordered + timedelta(draw(gaps)) if draw(st.integers(0, 3)) == 0 else None
    return Sale(ordered, completed, cancelled)


@st.composite
def contacts(draw: st.DrawFn) -> Contact:
    on = draw(some_days)
    contact = Contact(on, draw(st.sampled_from(CHANNELS)), draw(st.sampled_from(CALLS)))
    who = draw(st.integers(0, 7))
    promised = on + timedelta(draw(st.sampled_from((-2, 0, 1, 2, 7, 20)))) if draw(st.integers(0, 3)) == 0 else None
    learnt = draw(st.sampled_from(("", "", "", "interested", "undecided", "none")))
    return contact._replace(
        inbound=who == 0,
        with_sales=who == 1,
        promised_on=None if who == 1 else promised,
        planned=promised is not None and who == 2,
        intention=learnt,
    )


def until(draw: st.DrawFn, on: date | None, entered: date) -> date | None:
    """The end that one statement in three has; now and then it holds on no day."""
    return max(on or entered, entered) + timedelta(draw(gaps)) if draw(st.integers(0, 2)) == 0 else None


@st.composite
def closings(draw: st.DrawFn) -> Closing:
    """A case that was closed, every other one opened again later, now and then on the same day."""
    on = draw(some_days | early_days)
    again = on + timedelta(draw(gaps)) if draw(st.booleans()) else None
    return Closing(on, again, number=draw(st.sampled_from(("", "1", "2", "10"))))


allocations = st.builds(Allocation, st.none() | some_days, st.sampled_from((False, False, True)))


@st.composite
def files(draw: st.DrawFn) -> File:
    """A customer with a handful of events."""
    entered = draw(early_days)
    handovers = draw(
        st.dictionaries(st.none() | early_days | some_days, st.sampled_from(("sales", "service")), max_size=3)
    )
    facts = []
    for name, values in VALUES.items():
        stated = draw(st.dictionaries(st.none() | some_days, st.sampled_from(values), max_size=SEVERAL.get(name, 1)))
        facts += [
            Fact(name, value, on if on is None else max(on, entered), until(draw, on, entered))
            for on, value in stated.items()
        ]
        if stated and len(set(stated)) == 1 and name in ("do_not_call", "closed", "waived") and None not in stated:
            facts.append(Fact(name, "0", max(*stated, entered) + timedelta(draw(gaps) + 1)))
    return File(
        code="C1",
        entered_on=entered,
        sales=tuple(draw(st.lists(sales(), max_size=4))),
        contacts=tuple(draw(st.lists(contacts(), max_size=6))),
        handovers=tuple(Handover(to, on) for on, to in handovers.items()),
        sales_follow_ups=tuple(draw(st.lists(some_days, max_size=2))),
        shown_orders=tuple(draw(st.lists(some_days | early_days, max_size=1))),
        facts=tuple({(fact.name, fact.on): fact for fact in facts}.values()),
        grade=draw(st.sampled_from(("", "A"))),
        allocations=tuple(draw(st.lists(allocations, max_size=3))),
        closings=tuple(draw(st.lists(closings(), max_size=3))),
    )


@st.composite
def prospects(draw: st.DrawFn) -> File:
    """A file that is marked as a prospect from its first day, mostly without orders, and what revisits learn of it."""
    file = draw(files())
    facts = [fact for fact in file.facts if fact.name not in ("kind", "contract_on") or draw(st.integers(0, 4)) == 0]
    talks = draw(st.lists(contacts(), max_size=6))
    ordered = draw(st.integers(0, 3)) == 0
    return file._replace(
        sales=file.sales[:1] if ordered else (),
        shown_orders=(),
        contacts=(*file.contacts, *talks),
        facts=tuple({(fact.name, fact.on): fact for fact in [Fact("kind", "prospect"), *facts]}.values()),
    )


@st.composite
def complainers(draw: st.DrawFn) -> File:
    """Within two weeks cases are closed and opened again, somebody speaks with the customer, and nobody may for some days."""
    few_days = st.integers(0, 13).map(lambda n: FIRST + timedelta(n))
    pairs = st.tuples(few_days, few_days).map(sorted)
    closed = draw(st.lists(st.tuples(pairs, st.booleans(), st.sampled_from(("", "1", "2"))), min_size=1, max_size=3))
    talks = draw(st.lists(st.tuples(few_days, st.sampled_from(CALLS)), max_size=3))
    barred = draw(st.lists(st.tuples(pairs, st.sampled_from(("do_not_call", "waived"))), max_size=2))
    return File(
        code="C1",
        entered_on=FIRST,
        contacts=tuple(Contact(on, "phone", result) for on, result in talks),
        facts=tuple(Fact(name, "1", on, until) for (on, until), name in barred),
        closings=tuple(Closing(on, again if reopened else None, number=n) for (on, again), reopened, n in closed),
    )


people = files() | prospects() | complainers()
starts = st.sampled_from((FIRST - timedelta(90), FIRST, FIRST + timedelta(20)))
versions = st.sampled_from((DEFAULT_POLICIES, VERSIONS))


def readings(file: File, policies: Policies, start_on: date, first: date, last: date) -> list[Reading]:
    """What the register of the file says on each day of the span."""
    planned = plan(file, policies, CALENDAR, start_on)
    rows = flat(planned, policies, CALENDAR, start_on, last)
    return [read(planned, policies, CALENDAR, start_on, day, rows) for day in days(first, last)]


@settings(max_examples=max(150, settings().max_examples))
@given(people, versions, starts)
def test_the_plan_says_what_the_oracle_says_on_every_day(file: File, policies: Policies, start_on: date) -> None:
    agree(file, policies, start_on, LAST)


@settings(max_examples=max(800, settings().max_examples))
@given(complainers(), st.sampled_from((FIRST, FIRST + timedelta(6))))
def test_so_it_does_where_cases_are_closed_and_opened_again(file: File, start_on: date) -> None:
    agree(file, DEFAULT_POLICIES, start_on, FIRST + timedelta(30))


def agree(file: File, policies: Policies, start_on: date, last: date) -> None:
    """Plan and oracle, day after day."""
    planned = plan(file, policies, CALENDAR, start_on)
    rows = flat(planned, policies, CALENDAR, start_on, last)
    for seen in walk(file, policies, CALENDAR, start_on, last):
        found = read(planned, policies, CALENDAR, start_on, seen.on, rows)
        assert (seen.on, found.owed, found.settled) == (seen.on, seen.owed, seen.settled)
        assert (seen.on, found.promised) == (seen.on, seen.promised)
        assert (seen.on, "excluded" in found.standings) == (seen.on, seen.excluded)
        assert (seen.on, "waived" in found.standings) == (seen.on, seen.waived)
        assert (seen.on, "candidate" in found.standings) == (seen.on, seen.candidate)
        if not seen.excluded and not seen.waived:
            assert (seen.on, found.standings.get("defective", set())) == (seen.on, seen.missing)


@given(people, versions, starts, some_days)
def test_a_day_depends_on_the_events_up_to_it(file: File, policies: Policies, start_on: date, day: date) -> None:
    [known_now] = readings(file, policies, start_on, day, day)
    [known_then] = readings(up_to(file, day), policies, start_on, day, day)
    assert known_now[:3] == known_then[:3]
    if day >= file.entered_on:
        assert known_now.standings == known_then.standings


@given(people, starts, st.randoms(use_true_random=False))
def test_the_order_of_the_events_does_not_matter(file: File, start_on: date, random: Any) -> None:
    mixed: dict[str, Any] = {}
    names = ("sales", "handovers", "sales_follow_ups", "shown_orders", "facts", "contacts", "allocations", "closings")
    for name in names:
        shuffled = random.sample(getattr(file, name), len(getattr(file, name)))
        if name == "contacts":  # those of one day stand in order of time
            slots = [contact.on for contact in shuffled]
            by_day = {on: iter([contact for contact in file.contacts if contact.on == on]) for on in set(slots)}
            shuffled = [next(by_day[on]) for on in slots]
        mixed[name] = tuple(shuffled)
    assert plan(file._replace(**mixed), DEFAULT_POLICIES, CALENDAR, start_on) == plan(
        file, DEFAULT_POLICIES, CALENDAR, start_on
    )


@given(people, starts)
def test_fifteen_silent_years_cost_no_more_rows_than_one_silent_month(file: File, start_on: date) -> None:
    file = up_to(file, LAST)
    planned = plan(file, DEFAULT_POLICIES, CALENDAR, start_on)
    assert all(row.opens_on <= LAST + timedelta(65) for row in planned.follow_ups)  # the latest: two months after S
    later = plan(file, DEFAULT_POLICIES, CALENDAR, start_on + timedelta(365 * 15))
    assert len(later.follow_ups) <= len(planned.follow_ups)
    for day in (LAST + timedelta(31), LAST + timedelta(365 * 15)):
        found = read(planned, DEFAULT_POLICIES, CALENDAR, start_on, day)
        assert len([rule for rule, *_ in found.owed if rule == "dormant-month"]) <= 2


@given(people, versions, starts)
def test_every_row_is_sound(file: File, policies: Policies, start_on: date) -> None:
    planned = plan(file, policies, CALENDAR, start_on)
    keys = [(row.rule, row.anchor_on, row.slot) for row in planned.follow_ups]
    assert len(keys) == len(set(keys))
    assert keys == sorted(keys)
    for row in flat(planned, policies, CALENDAR, start_on, LAST):
        assert row.due_by is not None
        assert row.call_by is not None
        assert planned.first_on <= row.opens_on <= row.due_by
        assert row.call_by == row.due_by if row.rule == "callback" else CALENDAR.is_working_day(row.call_by)
        assert row.ended_on is None or row.met_on is None or row.rule == "dormant-month"
        if row.rule != "callback":
            assert row.ended_on is None or row.ended_on > row.opens_on
        if row.rule not in ("callback", "dormant-month"):
            assert row.met_on is None or row.met_on >= row.opens_on
        assert (row.ended_on is None) == (row.cause == "") or row.rule == "dormant-month"


def found_in(seen: Reading) -> str:
    """The one group of the morning list in which a customer is, the first that fits."""
    groups = {
        "excluded": "excluded" in seen.standings,
        "waived": "waived" in seen.standings,
        "promised": seen.promised,
        "due": bool(seen.listed),
        "defective": "defective" in seen.standings,
    }
    return next((name for name, holds in groups.items() if holds), "settled")


@given(people, versions, starts)
def test_a_customer_is_in_one_group_on_every_day(file: File, policies: Policies, start_on: date) -> None:
    for seen in readings(file, policies, start_on, FIRST, LAST):
        group = found_in(seen)
        if group in ("excluded", "waived"):
            assert (seen.owed, seen.promised) == ([], False)  # nothing is owed to whom nobody may call
        assert not (seen.promised and seen.listed)
        assert all(state in LIVE for *_, state in seen.owed)
        assert all(state not in LIVE for *_, state in seen.settled)
        several = ("callback", "case-revisit")  # two may open on one day
        overlap = {(rule, opens_on) for rule, opens_on, _, _ in seen.owed if rule not in several}
        assert len(overlap) == len([rule for rule, *_ in seen.owed if rule not in several])
        assert len([rule for rule, *_ in seen.owed if rule in ("callback", "after-sale", "takeover")]) == len(
            {rule for rule, *_ in seen.owed if rule in ("callback", "after-sale", "takeover")}
        )
