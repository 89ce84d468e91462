"""The revisit log below the commands: what cannot be, versions, and what a change does to the register — on random histories."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from revisit import company, revisits
from revisit.context import Unit
from revisit.db import Sql
from revisit.errors import Refused, WrongUsage
from revisit.policy.facts import Contact, File
from revisit.register import effect, read
from revisit.revisits import Outcome
from tests.support import Program, at_shanghai, reading, table
from tests.test_register import NOW, contacts, enter, few, files, opened, wiped

assert wiped, "a fixture"
ON = date(2026, 3, 12)
AT = at_shanghai("2026-03-12 10:00")
TALK = Outcome("reached", "phone", ON, AT)


# --- what cannot be

BAD: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"result": "已接通"}, WrongUsage, "--result does not know"),
    ({"channel": ""}, WrongUsage, "--channel does not know"),
    ({"intention": "maybe"}, WrongUsage, "--intention does not know"),
    ({"with_whom": "nobody"}, WrongUsage, "--with does not know"),
    ({"done_on": ON + timedelta(days=1), "done_at": None}, Refused, "lies in the future"),
    ({"done_at": AT + timedelta(hours=2)}, Refused, "lies in the future"),
    ({"promised_on": ON - timedelta(days=1)}, Refused, "the callback lies before"),
    ({"promised_on": ON, "promised_at": AT}, Refused, "the callback lies before"),
    ({"promised_on": ON - timedelta(days=1), "planned": True}, Refused, "the follow-up lies before"),
]


@pytest.mark.parametrize(("told", "error", "sentence"), BAD, ids=[str(case[0]) for case in BAD])
def test_what_cannot_be(told: dict[str, Any], error: type[Exception], sentence: str) -> None:
    revisits.check_outcome(TALK, now=AT, today=ON)
    with pytest.raises(error, match=sentence):
        revisits.check_outcome(replace(TALK, **told), now=AT, today=ON)


@pytest.mark.parametrize(
    ("done_on", "today", "planned"),
    [
        ("2026-03-12", "2026-03-12", "2026-03-13"),
        ("2026-03-13", "2026-03-13", "2026-03-16"),  # a Friday
        ("2026-04-30", "2026-04-30", "2026-05-06"),  # Labour Day
        ("2026-03-03", "2026-03-12", "2026-03-12"),  # told late: today
        ("2026-03-03", "2026-03-14", "2026-03-16"),  # told late on a Saturday
        ("2026-02-13", "2026-02-13", "2026-02-14"),  # a Saturday that is worked
    ],
)
def test_what_is_important_is_followed_up_on_the_next_working_day(done_on: str, today: str, planned: str) -> None:
    calendar = company.load_calendar()
    found = revisits.follow_up_day(date.fromisoformat(done_on), date.fromisoformat(today), calendar)
    assert found.isoformat() == planned


@hypothesis.given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.integers(0, 40))
def test_it_is_always_a_working_day_ahead(done_on: date, late: int) -> None:
    calendar = company.load_calendar()
    today = done_on + timedelta(days=late)
    found = revisits.follow_up_day(done_on, today, calendar)
    assert calendar.is_working_day(found)
    assert found > done_on
    assert found >= today


# --- versions


def test_versions_tell_what_each_of_them_changed(company_db: str) -> None:
    with opened(company_db) as work:
        customer = enter(work, File("C1", ON))
        number = revisits.record_revisit(
            work.session, work.sql, customer_id=customer, staff_id=work.actor.id, filled_at=AT,
            outcome=replace(TALK, promised_on=ON + timedelta(days=5), planned=True, purpose="报价", ask_for="张总"),
        )  # fmt: skip
    for change in ({"note": "二"}, {"result": "busy", "promised_on": None, "planned": False}):
        with opened(company_db) as work:
            current = revisits.get_versions(work.sql, number)[-1]
            revisits.amend(
                work.session, current=current, outcome=replace(current.outcome, **change), because=str(len(change))
            )
    with opened(company_db) as work:
        revisits.void(work.session, current=revisits.get_versions(work.sql, number)[-1], reason="打错")
    with reading(company_db) as (sql, _company):
        found = revisits.versions(sql, number)
        assert revisits.versions(sql, 99) == ()
        with pytest.raises(Refused, match="there is no revisit 99"):
            revisits.get_versions(sql, 99)
    assert [(one.version, one.is_current, one.is_void, one.who, one.because) for one in found] == [
        (1, False, False, "admin", ""),
        (2, False, False, "admin", "1"),
        (3, False, False, "admin", "3"),
        (4, True, True, "admin", "打错"),
    ]
    assert [dict(one.changes) for one in found] == [
        {},
        {"note": ("", "二")},
        {
            "result": ("reached", "busy"),
            "promised_on": (ON + timedelta(days=5), None),
            "planned": (True, False),
            "purpose": ("报价", ""),
            "ask_for": ("张总", ""),
        },
        {},
    ]
    assert {one.filled_at for one in found} == {AT}
    assert {one.at for one in found} == {NOW}


def test_a_sheet_that_corrects_a_record_leaves_what_was_planned(revisit: Program, tmp_path: Path) -> None:
    """The sheet knows of the result only; day, purpose and person of the plan stay."""
    customers = table(tmp_path / "c.xlsx", [{"客户编号": "C1", "客户名称": "宏远涂料", "签约日期": "2026-01-05"}])
    assert revisit("import", "customers", str(customers)).code == 0
    row = {"记录编号": "7", "客户编号": "C1", "回访时间": "2026-03-11", "结果": "未接"}
    assert revisit("import", "revisits", str(table(tmp_path / "r.xlsx", [row]))).code == 0
    assert revisit("amend", "1", "--next", "2026-03-20", "--purpose", "送样品", "--ask-for", "张总").code == 0
    again = revisit("import", "revisits", str(table(tmp_path / "r.xlsx", [row | {"结果": "占线"}])), "--json").json
    assert again["updated"] == 1
    found = revisit("amend", "1", "--json").json
    assert [found[name] for name in ("result", "next", "callback", "purpose", "ask_for")] == [
        "busy", "2026-03-20", None, "送样品", "张总",
    ]  # fmt: skip
    assert [one["who"] for one in found["versions"]] == ["admin"] * 3


# --- what it does to the register

STANDINGS = "SELECT kind, code, from_on, until_on FROM standing ORDER BY kind, code, from_on"
DERIVED = "SELECT first_on, last_order_on, last_contact_on FROM customer ORDER BY id"


def register(sql: Sql, customer: int) -> tuple[Any, ...]:
    """Everything that the register holds of a customer."""
    return read.rows_of(sql, [customer]), sql.rows(STANDINGS), sql.rows(DERIVED)


def outcome_of(contact: Contact, minute: int, intention: str) -> Outcome:
    at = at_shanghai(f"{contact.on} 09:00") + timedelta(minutes=minute)
    return Outcome(
        contact.result, contact.channel, contact.on, at, inbound=contact.inbound, intention=intention,
        with_whom="sales" if contact.with_sales else "customer", promised_on=contact.promised_on,
        promised_at=contact.promised_at, planned=contact.planned,
    )  # fmt: skip


OUTCOMES = st.builds(
    outcome_of, contacts(), st.integers(0, 9), st.sampled_from(["", "interested", "undecided", "none"])
)


def record(work: Unit, customer: int, outcome: Outcome) -> int:
    return revisits.record_revisit(
        work.session, work.sql, customer_id=customer, staff_id=work.actor.id, outcome=outcome, filled_at=NOW
    )


def change(url: str, number: int, outcome: Outcome | None) -> None:
    """Another version in a transaction of its own; None: void."""
    with opened(url) as work:
        current = revisits.get_versions(work.sql, number)[-1]
        if outcome is None:
            revisits.void(work.session, current=current, reason="x")
        else:
            revisits.amend(work.session, current=current, outcome=outcome, because="")


def test_what_is_taken_back_has_never_been(wiped: Callable[[], str], company_db: str) -> None:
    """The property: log → void leaves the register as it was; and so does correcting back and forth."""

    @few(company_db, 3)
    @hypothesis.given(files("C1"), OUTCOMES, OUTCOMES)
    def check(file: File, said: Outcome, other: Outcome) -> None:
        url = wiped()
        with opened(url) as work:
            customer = enter(work, file)
        with reading(url) as (sql, info):
            before = register(sql, customer)
        with opened(url) as work:
            number = record(work, customer, said)
        with reading(url) as (sql, _info):
            logged = register(sql, customer)
        change(url, number, other)
        if said != other:
            change(url, number, said)
        with reading(url) as (sql, _info):
            assert register(sql, customer) == logged
        change(url, number, None)
        with reading(url) as (sql, _info):
            assert register(sql, customer) == before
        mirrored(before[0], logged[0], info)

    check()


def mirrored(before: list[read.Row], after: list[read.Row], info: company.CompanyInfo) -> None:
    """What is told on the way there and on the way back is the same seen from two sides."""
    on = NOW.date()
    there, back = effect.compare(before, after, info, on), effect.compare(after, before, info, on)
    assert effect.compare(before, before, info, on) == effect.compare(after, after, info, on) == effect.Effect()
    new = {(one["rule"], one["due_by"]) for one in there.met}
    kept = {(row.rule, row.due_by) for row in before if row.due_by and row.met_on is None}
    again = {(one["rule"], one["due_by"]) for one in back.owed_again}
    # Of two callbacks promised for one day and time the one that is left looks like the one that was met.
    left = {(row.rule, row.due_by) for row in after if row.rule == "callback" and row.met_on is None}
    assert (new & kept) - left <= again | {(one["rule"], one["due_by"]) for one in back.opened}
    for one, other in ((there, back), (back, there)):
        gone = {(told["rule"], told["opens_on"]) for told in one.gone}
        assert gone <= {(told["rule"], told["opens_on"]) for told in other.opened}
