"""Which script a call follows, what is filled in, and what a script file with faults is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from revisit import audit, calls, i18n, models, morning, revisits, staff
from revisit.desk.record import survey_of
from revisit.policy.scripts import BLANK, OUTCOMES, Script, Talk, paths
from revisit.policy.survey import ITEMS
from revisit.revisits import Outcome
from revisit.staff import StaffMember
from tests.policy.test_scripts import SHIPPED_AND_LANGUAGE, shipped
from tests.support import at_shanghai, reading, unit
from tests.test_script_files import company_file

NOW = at_shanghai("2026-03-12 10:00")
ON = date(2026, 3, 12)
WANG = StaffMember(2, "wang", "王芳", "representative")
HOSTILE = "[/]{0}\x1b[31m"


@dataclass(frozen=True)
class Order:
    """An order to seed."""

    on: str
    product: str = ""
    completed: str | None = None
    cancelled: str | None = None


def enter(
    url: str,
    code: str,
    *,
    name: str = "宏远涂料",
    contact: str = "李敏",
    title: str = "女士",
    orders: Sequence[Order] = (),
    shown: str | None = None,
    facts: Sequence[tuple[str, str]] = (),
    promised_on: str | None = None,
    by_sales: bool = False,
    allocated_on: str | None = None,
    salesperson: str = "",
    kind: str = "customer",
    contract_on: str | None = None,
) -> int:
    """A customer with its orders, in the database as the program leaves it; the id."""

    def day(text: str | None) -> date | None:
        return date.fromisoformat(text) if text else None

    with unit(url, NOW) as work:

        def add(row: Any) -> None:
            work.session.add(row)
            work.session.flush()

        customer = models.Customer(
            code=code,
            name=name,
            entered_on=date(2026, 1, 5),
            salesperson=salesperson,
            kind=kind,
            contract_on=day(contract_on),
        )
        add(customer)
        assert customer.id is not None
        key = customer.id
        if contact:
            add(models.ContactPerson(customer_id=key, name=contact, title=title))
        for order in orders:
            add(
                models.Order(
                    customer_id=key, ordered_on=date.fromisoformat(order.on), product=order.product,
                    completed_on=day(order.completed), cancelled_on=day(order.cancelled),
                )
            )  # fmt: skip
        if shown:
            add(models.ShownOrder(customer_id=key, ordered_on=date.fromisoformat(shown)))
        for fact, value in facts:
            add(models.Fact(customer_id=key, name=fact, value=value))
        if allocated_on:
            add(models.Allocation(customer_id=key, staff_id=work.actor.id, from_on=date.fromisoformat(allocated_on)))
        if by_sales:
            add(models.Handover(customer_id=key, to_whom="sales", from_on=date(2026, 1, 5)))
        audit.changed(
            work.session, action="create", table="customer", row_id=key, customer_id=key, after={"code": code}
        )
        if promised_on:
            revisits.record_revisit(
                work.session,
                work.sql,
                customer_id=key,
                staff_id=work.actor.id,
                outcome=Outcome(
                    result="inconvenient", channel="phone", done_on=date(2026, 3, 11), done_at=None,
                    promised_on=day(promised_on), promised_at=None,
                ),
                filled_at=NOW,
            )  # fmt: skip
    return key


def enter_staff(url: str, login: str, name: str, role: str = "representative") -> None:
    """Somebody who works here."""
    with unit(url, NOW) as work:
        staff.add_staff(work.session, login=login, name=name, role=role, at=NOW)


# --- which script


CASES = {
    "no order for over a week": ({"orders": [Order("2026-03-02")]}, "dormancy", "open", "dormant-week"),
    "no order for over a month": ({"orders": [Order("2026-01-20")]}, "dormancy", "open", "dormant-month"),
    "a sale was completed": (
        {"orders": [Order("2026-03-10", completed="2026-03-10")]},
        "satisfaction",
        "open",
        "after-sale",
    ),
    "two are owed, the sale first": (
        {"orders": [Order("2026-03-02", completed="2026-03-02")]},
        "satisfaction",
        "overdue",
        "after-sale",
    ),
    "a call was promised for today": (
        {"orders": [Order("2026-03-02")], "promised_on": "2026-03-12"},
        "callback",
        "open",
        "callback",
    ),
    "a call is promised for tomorrow": (
        {"orders": [Order("2026-03-11")], "promised_on": "2026-03-13"},
        "callback",
        "ahead",
        "callback",
    ),
    "an order yesterday": ({"orders": [Order("2026-03-11")]}, "dormancy", "ahead", "dormant-week"),
    "no order at all": ({}, "satisfaction", "none", ""),
    "a prospect": ({"kind": "prospect", "facts": [("kind", "prospect")]}, "prospect", "overdue", "prospect"),
    "a prospect, not to be called": (
        {"kind": "prospect", "facts": [("kind", "prospect"), ("do_not_call", "1")]},
        "prospect",
        "do_not_call",
        "",
    ),
    "do not call": (
        {"orders": [Order("2026-03-02")], "facts": [("do_not_call", "1")]},
        "satisfaction",
        "do_not_call",
        "",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_script_is_that_of_the_follow_up_that_ranks_first(company_db: str, case: str) -> None:
    seed, script, state, rule = CASES[case]
    key = enter(company_db, "C1", **seed)  # type: ignore[arg-type]
    with reading(company_db) as (sql, company):
        found = calls.occasion_of(sql, company, key, ON)
        assert calls.script_for(sql, company, key, ON) == script
    assert (found.script, found.state, found.rule) == (script, state, rule)
    assert bool(found.clause) == bool(rule)


def test_the_script_is_the_one_on_the_morning_list(company_db: str) -> None:
    keys = {}
    for number, (seed, *_rest) in enumerate(CASES.values()):
        keys[f"C{number}"] = enter(company_db, f"C{number}", name=f"客户{number}", **seed)  # type: ignore[arg-type]
    with reading(company_db) as (sql, company):
        listed = morning.morning_list(sql, company, on=ON).items
        found = [calls.occasion_of(sql, company, keys[line.code], ON) for line in listed]
    assert len(listed) == 6
    assert [(one.script, one.rule, one.clause, one.opens_on, one.due_by, one.state) for one in found] == [
        (line.script, line.rule, line.clause, line.opens_on, line.due_by, line.status) for line in listed
    ]


def test_a_script_that_was_asked_for_finds_its_own_follow_up(company_db: str) -> None:
    key = enter(company_db, "C1", orders=[Order("2026-03-02", completed="2026-03-02")], allocated_on="2026-03-10")
    with reading(company_db) as (sql, company):
        rules = {
            name: calls.occasion_of(sql, company, key, ON, name).rule
            for name in ("satisfaction", "dormancy", "takeover", "brief")
        }
    assert rules == {"satisfaction": "after-sale", "dormancy": "dormant-week", "takeover": "", "brief": "brief"}


# --- what is filled in


def values(url: str, key: int, on: date = ON, me: StaffMember | None = WANG) -> dict[str, str]:
    with reading(url) as (sql, company):
        return calls.values_for(sql, company, key, me, on)


def test_the_values(company_db: str) -> None:
    key = enter(
        company_db, "C1", orders=[Order("2026-02-01", "旧的"), Order("2026-03-02", "A 型涂料")], salesperson="赵强"
    )
    assert values(company_db, key) == {
        "company": "宏远商贸",
        "me": "王芳",
        "contact": "李敏",
        "title": "女士",
        "name": "宏远涂料",
        "last_order_on": "2026-03-02",
        "idle_days": "10",
        "product": "A 型涂料",
        "campaign": "",
        "salesperson": "赵强",
        "farewell": "I wish you a good day. Goodbye!",
    }


def test_a_file_that_holds_nothing_gives_empty_values(company_db: str) -> None:
    key = enter(company_db, "C1", contact="")
    found = values(company_db, key, me=None)
    assert {name for name, value in found.items() if value} == {"company", "name", "farewell"}
    with reading(company_db) as (sql, company):
        script = calls.filled(sql, company, key, me=None, on=ON, script_id="dormancy")
    assert f"I see no order from you since we signed our contract, {BLANK} days now." in [
        line.text for line in script.lines
    ]


def test_the_days_of_a_customer_who_never_ordered_count_from_the_contract(company_db: str) -> None:
    key = enter(company_db, "C1", contract_on="2026-02-20")
    assert (values(company_db, key)["last_order_on"], values(company_db, key)["idle_days"]) == ("", "20")
    assert values(company_db, key, on=date(2026, 2, 1))["idle_days"] == "", "there was no contract yet"


ORDERS = {
    "none after the day": ([Order("2026-03-02", "A"), Order("2026-03-20", "B")], None, ("2026-03-02", "A")),
    "none that was cancelled": (
        [Order("2026-03-02", "A"), Order("2026-03-05", "B", cancelled="2026-03-06")],
        None,
        ("2026-03-02", "A"),
    ),
    "one that is cancelled later": (
        [Order("2026-03-02", "A"), Order("2026-03-05", "B", cancelled="2026-03-20")],
        None,
        ("2026-03-05", "B"),
    ),
    "a date that a sheet showed": ([Order("2026-03-02", "A")], "2026-03-04", ("2026-03-04", "A")),
    "a completed sale rather than one under way": (
        [Order("2026-03-02", "A", completed="2026-03-03"), Order("2026-03-09", "B")],
        None,
        ("2026-03-09", "A"),
    ),
}


@pytest.mark.parametrize("case", ORDERS)
def test_the_last_order(company_db: str, case: str) -> None:
    orders, shown, (last, product) = ORDERS[case]
    found = values(company_db, enter(company_db, "C1", orders=orders, shown=shown))
    assert (found["last_order_on"], found["product"]) == (last, product)
    assert found["idle_days"] == str((ON - date.fromisoformat(last)).days)


def test_values_are_data(company_db: str) -> None:
    key = enter(company_db, "C1", name=HOSTILE, contact="{me}", title="{", orders=[Order("2026-03-02", "%s\\1")])
    with reading(company_db) as (sql, company):
        lines = calls.filled(sql, company, key, me=WANG, on=ON).lines
    assert f"Am I speaking with {{ {{me}} of {HOSTILE}?" in [line.text for line in lines]


# --- the farewell


DAYS = {
    date(2026, 3, 12): ("I wish you a good day. Goodbye!", "祝您工作顺利，再见！"),
    date(2026, 3, 14): ("Have a pleasant weekend. Goodbye!", "祝您周末愉快，再见！"),
    date(2026, 9, 30): (
        "The holiday is nearly here, so I wish you and your family a happy one. Goodbye!",
        "马上就要放假了，提前祝您和家人节日快乐，再见！",
    ),
}


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_the_farewell_fits_the_day(company_db: str, on: date) -> None:
    with reading(company_db) as (_sql, company):
        said = [calls.farewell(company.calendar, on)]
        i18n.activate("zh")
        said.append(calls.farewell(company.calendar, on))
    assert tuple(said) == DAYS[on]


def test_on_a_festival_nobody_is_wished_a_good_working_day(
    company_db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with reading(company_db) as (_sql, company):
        assert calls.farewell(company.calendar, date(2026, 10, 1)) == "Enjoy the holiday. Goodbye!"
        own = company_file(tmp_path, monkeypatch, "en/farewells", 'festival = "Happy holidays!"\nworkday = 5\n')
        assert calls.farewell(company.calendar, date(2026, 10, 1)) == "Happy holidays!"
        assert calls.farewell(company.calendar, ON) == "Goodbye!"
        own.write_text("workday = 5\n")
        assert calls.farewell(company.calendar, ON) == "Goodbye!"


# --- what a talk brings is a record


Way = tuple[tuple[str, str], ...]


def shortest(script: Script, start: str, to: str) -> Way:
    """The shortest way from a node to another, or to an end where none is named."""
    ahead: list[tuple[str, Way]] = [(start, ())]
    for node, gone in ahead:
        if node == to:
            return gone
        for turn in script.nodes[node].exits:
            if turn.goto:
                ahead.append((turn.goto, (*gone, (node, turn.key))))
            elif not to:
                return (*gone, (node, turn.key))
    raise AssertionError


def every_turn(script: Script) -> Iterator[Way]:
    """For each answer a way that takes it: there, and on to an end."""
    for node in script.nodes.values():
        there = shortest(script, script.start, node.id)
        for turn in node.exits:
            yield (*there, (node.id, turn.key), *(shortest(script, turn.goto, "") if turn.goto else ()))


@pytest.mark.parametrize(("name", "language"), SHIPPED_AND_LANGUAGE)
def test_every_way_through_a_script_ends_in_a_record(name: str, language: str) -> None:
    """Each branch of each shipped script, in both languages."""
    script = shipped(name, language)
    walked: set[tuple[str, str]] = set()
    ways = [way for way, _ in paths(script)]
    ways += [*every_turn(script)]
    for way in ways:
        talk = Talk(script)
        for node, key in way:
            talk = talk.say(key, "晚了三天" if script.nodes[node].text and not key else "")
            walked.add((node, key))
        brought = talk.brought()
        assert talk.ended in OUTCOMES
        fields = {key: value for key, value in brought.fields.items() if key not in (*ITEMS, "grave")}
        asked = [node for node, _key in way if node in ITEMS]
        survey = survey_of(talk)
        assert (survey is not None) == (set(asked) == set(ITEMS))
        outcome = Outcome(
            result=talk.ended, channel="phone", done_on=ON, done_at=NOW, with_whom=brought.with_whom, note=brought.note,
            order_again=fields.pop("would_order_again", ""),
            **{key: value for key, value in fields.items() if key not in ("person", "convenient", "immediate", "callback")},
        )  # fmt: skip
        revisits.check_outcome(outcome, now=NOW, today=ON)
        assert not brought.opens_case or brought.case_text
    assert walked == {(node.id, exit_.key) for node in script.nodes.values() for exit_ in node.exits}
