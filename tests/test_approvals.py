"""Whatever anybody does with approvals, in whatever order: what is signed, by whom, and what holds, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from revisit import access, approvals, merging, undoing
from revisit.approvals import Wanted, delegations, records
from revisit.context import Unit
from revisit.errors import NotedRefusal, Refused, WrongUsage
from revisit.policy.machines import APPROVAL
from revisit.posts import load_posts
from revisit.undoing.rows import PARTS
from tests.support import PHASES, Program, at_shanghai, reading, table, unit
from tests.whole import check_whole, state

PEOPLE = {
    "wang": "客服专员",
    "boss": "客服主管",
    "md": "营销总监",
    "fin": "财务主管",
    "gm": "总经理",
    "sm": "销售部经理",
}
BEGIN = "2026-03-12 09:00"


def fill(revisit: Program, folder: Path) -> None:
    """Who signs, and a customer."""
    revisit.at("2026-03-12 08:00")
    for login, post in PEOPLE.items():
        assert revisit("staff", "add", login, "--post", post).code == 0
    customer = {"客户编号": "C1", "客户名称": "宏远", "客服专员": "wang", "信用额度": "100", "账期": "30"}
    assert revisit("import", "customers", str(table(folder / "c.xlsx", [customer]))).code == 0


FILLED = {"office": fill}


@pytest.fixture
def office(revisit: Program) -> Program:
    return revisit


WHO = st.sampled_from([*PEOPLE, "admin"])
KIND = st.sampled_from(["credit", "term", "settlement", "documents"])
AMOUNT = st.sampled_from([20_000, 60_000, 400_000, 900_000])
DEED = st.sampled_from(["request", "sign", "sign", "sign", "reject", "change", "withdraw", "remind", "delegate", "end"])
STEPS = st.lists(st.tuples(WHO, DEED, KIND, AMOUNT, WHO, st.integers(0, 3)), min_size=6, max_size=24)
WALK = settings(
    max_examples=max(4, settings.default.max_examples // 12),
    phases=PHASES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def wanted(kind: str, amount: int) -> Wanted:
    return {
        "credit": Wanted(credit_limit=amount), "term": Wanted(term_days=amount // 10_000), "settlement": Wanted(amount=amount),
    }.get(kind, Wanted())  # fmt: skip


def act(work: Unit, deed: str, kind: str, amount: int, other: str, number: int) -> None:
    """One deed of one person, on the approval of that number."""
    viewer = access.viewer(work.sql, work.actor)
    common: dict[str, Any] = {"viewer": viewer, "actor": work.actor, "at": work.now}
    start = (work.session, work.sql, work.company)
    if deed == "request":
        approvals.request(*start, kind=kind, customer_id=1, wanted=wanted(kind, amount), reason="x", **common)
    elif deed == "change":
        form = wanted(approvals.get_approval(work.sql, number).kind, amount)
        approvals.change(*start, number, form, reason="x", **common)
    elif deed == "delegate":
        post = next(one for one in load_posts() if one.shown == "general manager")
        delegations.delegate(
            work.session, work.sql, post=post, holder="gm", deputy=other, from_on=work.today, until_on=work.today, reason="",
            actor=work.actor, at=work.now, today=work.today,
        )  # fmt: skip
    elif deed == "end":
        for one in delegations.running(work.sql, work.today):
            delegations.end(work.session, work.sql, one.id, actor=work.actor, at=work.now)
    elif deed in ("sign", "remind"):
        getattr(approvals, deed)(*start, number, text="", **common)
    else:
        getattr(approvals, deed)(*start, number, reason="x", **common)


@pytest.mark.slow
@WALK
@given(STEPS)
def test_whatever_anybody_does(office: Program, steps: list[Any]) -> None:
    now = later(office.url)
    for who, deed, kind, amount, other, back in steps:
        now += timedelta(minutes=7)
        with reading(office.url) as (sql, _company):
            newest = records.next_number(sql) - 1
        before, rows = state(office.url), audit_rows(office.url)
        try:
            with unit(office.url, now, who) as work:
                act(work, deed, kind, amount, other, max(1, newest - back))
        except (NotedRefusal, Refused, WrongUsage) as refused:
            assert state(office.url) == before, "a refusal changes nothing"
            assert audit_rows(office.url) - rows == isinstance(refused, NotedRefusal)
        check_approvals(office.url)
    check_whole(office.url)
    office.login = "admin"
    matters = next(one for one in office("doctor", "--json").json["checks"] if one["code"] == "matters")
    assert matters["status"] == "ok"


def later(url: str) -> datetime:
    """After everything that was done before: each example goes on where the last one ended."""
    with reading(url) as (sql, _company):
        moments = [made.at for one in approvals.list_approvals(sql, closed=True) for made in moves_of(sql, one)]
        moments += [one.ended_at for one in delegations.list_delegations(sql) if one.ended_at is not None]
    return max([at_shanghai(BEGIN), *moments])


def moves_of(sql: Any, one: approvals.Approval) -> list[Any]:
    from revisit.matters import moves

    return moves.of(sql, one.matter)


def audit_rows(url: str) -> int:
    with reading(url) as (sql, _company):
        return int(sql.rows("SELECT count(*) FROM audit")[0][0])


def check_approvals(url: str) -> None:
    """What holds at every moment."""
    with reading(url) as (sql, company):
        found = approvals.list_approvals(sql, closed=True)
        signatures = approvals.signatures_of(sql, [one.id for one in found])
        limit, term, granted = 10_000, 30, []
        for one in found:
            given_ = signatures.get(one.id, [])
            counting = [each for each in given_ if each.void_at is None]
            steps = one.steps(company)
            people = [who for each in counting for who in (each.staff_id, each.holder_id) if who is not None]
            assert len(set(people)) == len(people), "different people"
            assert not set(people) & one.askers, "nobody signs what he asked for"
            assert all(each.round == one.round for each in counting)
            assert all(each.round < one.round for each in given_ if each.void_at is not None)
            assert [each.step for each in counting] == list(range(1, len(counting) + 1)), "in order"
            assert all(each.post in steps[each.step - 1].posts for each in counting), "the posts of its tier"
            assert all(each.at >= one.asked_at for each in counting)
            assert (one.state == "approved") == (len(counting) == len(steps))
            assert (one.state == "signed") <= bool(counting)
            assert (one.state == "asked") <= (not counting)
            assert (one.ended_at is None) == one.is_open == (one.state not in APPROVAL.closed)
            made = moves_of(sql, one)
            assert [each.at for each in made] == sorted(each.at for each in made)
            assert made[-1].state_to == one.state or made[-1].action == "remind"
            assert all(earlier.state_to == after.state_from for earlier, after in pairwise(made))
            assert all(
                APPROVAL.find(each.state_from, each.action) is not None
                and APPROVAL.find(each.state_from, each.action).to == each.state_to  # type: ignore[union-attr]
                for each in made
            )
            running = sql.rows(
                "SELECT post FROM deadline WHERE matter = 'approval' AND matter_id = :id AND ended = ''", id=one.id
            )
            step = approvals.next_step(one, company, given_)
            assert sorted(row[0] for row in running) == sorted(step.posts if step else ())
            if one.state == "approved":
                granted.append(one)
        for one in sorted(granted, key=lambda each: (each.ended_at, each.number)):
            limit = one.credit_limit if one.credit_limit is not None else limit
            term = one.term_days if one.term_days is not None else term
        assert sql.rows("SELECT credit_limit_cents, term_days FROM customer WHERE id = 1") == [(limit, term)]
        assert len({one.number for one in found}) == len(found)


def test_an_undone_import_withdraws_what_nobody_has_signed(office: Program, tmp_path: Path) -> None:
    office.at("2026-03-12 09:00")
    rows = [{"客户编号": f"D{n}", "信用额度": "100"} for n in range(3)]
    assert office("import", "customers", str(table(tmp_path / "a.xlsx", rows))).code == 0
    sheet = str(table(tmp_path / "b.xlsx", [row | {"信用额度": "200"} for row in rows]))
    asked = office("import", "customers", sheet, "--json").json
    assert [one["approval"] for one in asked["applications"]] == [1, 2, 3]
    office.login = "md"
    assert office("approval", "sign", "2").code == 0
    office.login = "admin"
    dry = office("import", "undo", str(asked["batch"]), "--dry-run", "--json").json
    done = office("import", "undo", str(asked["batch"]), "--yes", "--json").json
    assert dry["withdrawn"] == done["withdrawn"] == [1, 3]
    assert [(one["table"], one["code"], one["label"], one["who"]) for one in done["kept"]] == [
        ("approval", "D1", "2", "md")
    ]
    states = {one["number"]: one["state"] for one in office("approval", "list", "--all", "--json").json}
    assert states == {1: "withdrawn", 2: "signed", 3: "withdrawn"}
    check_approvals_of_import(office)
    again = office("import", "customers", sheet, "--json").json
    assert [one["approval"] for one in again["applications"]] == [4, 5], "what was undone was never there"
    assert office("doctor").code == 0


def check_approvals_of_import(office: Program) -> None:
    """Withdrawn ones have no clock that runs, and their journal says why."""
    for number in (1, 3):
        found = office("approval", "show", str(number), "--json").json
        assert [one["ended"] for one in found["deadlines"]] == ["dropped"]
        assert (found["timeline"][-1]["action"], found["timeline"][-1]["text"]) == ("withdraw", "b.xlsx")
        assert found["possible"] == []


def test_a_representative_asks_for_nothing_for_others_by_a_sheet(office: Program, tmp_path: Path) -> None:
    office.at("2026-03-12 09:00")
    assert office("import", "customers", str(table(tmp_path / "a.xlsx", [{"客户编号": "D1", "账期": "30"}]))).code == 0
    office.login = "wang"
    rows = [{"客户编号": "D1", "账期": "60"}, {"客户编号": "C1", "账期": "60"}]
    told = office("import", "customers", str(table(tmp_path / "b.xlsx", rows)), "--json").json
    assert [one["of"] for one in told["applications"]] == ["C1"]
    assert told["warnings"] == ["row 2: 账期 of D1 stays ***; a change has to be applied for and signed"]


def test_all_that_a_merge_moves_goes_back() -> None:
    parts = {part for one in PARTS.values() for part in one}
    assert set(merging.EVENTS) <= {*undoing.ORDER, *undoing.MOVED, *parts}


def test_a_merge_takes_approvals_along_and_gives_them_back(office: Program, tmp_path: Path) -> None:
    office.at("2026-03-12 09:00")
    rows = [{"客户编号": "D1", "信用额度": "100"}, {"客户编号": "D2", "信用额度": "100"}]
    assert office("import", "customers", str(table(tmp_path / "a.xlsx", rows))).code == 0
    assert office("approval", "request", "credit", "D2", "--limit", "200", "--reason", "x").code == 0
    assert office("case", "open", "D2", "--text", "晚到").code == 0
    merged = office("customer", "merge", "D1", "D2", "--yes", "--json")
    assert merged.code == 0, merged.err
    assert office("approval", "show", "1", "--json").json["customer"] == "D1"
    assert office("case", "show", "1", "--json").json["customer"] == "D1"
    done = office("customer", "unmerge", "D2", "--yes")
    assert done.code == 0, done.err
    assert office("approval", "show", "1", "--json").json["customer"] == "D2"
    assert office("case", "show", "1", "--json").json["customer"] == "D2"
