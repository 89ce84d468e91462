"""A random walk through the states of a complaint, its settlement, measures and goods: whatever is tried, it stays sound."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from revisit import access, approvals, complaints, staff
from revisit.complaints import Facts, Said
from revisit.context import Unit
from revisit.errors import NotedRefusal, RevisitError
from revisit.matters import Matter, climbing, deadlines, moves
from revisit.policy.machines import COMPLAINT, RETURNED
from tests.support import PHASES, Program, at_shanghai, table, unit

ACTORS = ("wang", "li", "zhao", "mei", "sheng", "sun", "xiao", "gm")
ACTIONS = COMPLAINT.actions[1:]
OTHERS = ("sign", "reject", "plan", "none", "done", "announce", "receive", "approve")
AMOUNTS = (0, 99_999, 100_000, 500_000, 500_001)
NEVER = {"facts": {"zhao", "sun"}, "answer": {"zhao", "sun"}, "conclude": {"mei", "sun"}}
"""Who never makes a step, because it is another department's duty, or another's customer."""
SETTLED = ("settled", "told", "closed", "reviewed")
STEP = st.tuples(
    st.sampled_from(ACTORS),
    st.one_of(st.integers(0, 10), st.sampled_from((*ACTIONS, *OTHERS))),
    st.integers(0, 3000),
    st.sampled_from(AMOUNTS),
)
"""Who, what, after how many minutes, and for how much; a number is one of the steps that are possible for that person."""
WALK = st.lists(STEP, min_size=1, max_size=25)
STRAIGHT = (
    ("wang", "investigate"), ("zhao", "conclude"), ("wang", "report"), ("wang", "propose"), ("xiao", "sign"), ("wang", "settle"),
    ("wang", "announce"), ("wang", "receive"), ("li", "approve"), ("wang", "announce"), ("wang", "receive"),
    ("mei", "answer"), ("zhao", "plan"), ("wang", "close"),
)  # fmt: skip
"""The way that a complaint goes where nothing comes between; a walk begins somewhere on it."""


@pytest.fixture
def office(revisit: Program, tmp_path: Path) -> Program:
    revisit.at("2026-03-12 09:00")
    for name, duty in (("客服部", "service"), ("研发部", "development"), ("市场部", "marketing")):
        assert revisit("department", "add", name, "--duty", duty).code == 0
    for login, post, department in (
        ("li", "客服部经理", "客服部"), ("wang", "", "客服部"), ("sun", "", "客服部"), ("zhao", "", "研发部"),
        ("mei", "", "市场部"),
        ("sheng", "副总经理", ""), ("xiao", "销售部经理", ""), ("gm", "总经理", ""),
    ):  # fmt: skip
        options = [*(["--post", post] if post else []), *(["--department", department] if department else [])]
        assert revisit("staff", "add", login, *options).code == 0
    person = {"客户编号": "C001", "客户名称": "明珠酒楼", "客服专员": "wang", "最近订货日期": "2026-03-09"}
    assert revisit("import", "customers", str(table(tmp_path / "people.xlsx", [person]))).code == 0
    return revisit


def said_of(action: str, amount: int) -> Said:
    return Said(
        text="x", result="已退款", reason="x", department="研发部", how="phone", cause="受潮",
        settlement="refund" if amount else "none", amount=amount,
        facts=Facts(severity="severe" if amount > 500_000 else "ordinary", batch_number="B7"),
    )  # fmt: skip


def tried(work: Unit, number: str, login: str, action: str, amount: int, now: datetime) -> str:
    """One try; the number of the form that goes on."""
    sql = work.sql
    actor = staff.get_by_login(sql, login)
    sight = complaints.sight_of(sql, work.company, actor, now)
    one = complaints.get_complaint(sql, work.company, number, now.date())
    common: dict[str, Any] = {"sight": sight, "actor": actor, "at": now}
    if action in ("sign", "reject"):
        deed: dict[str, Any] = {"viewer": access.viewer(sql, actor), "actor": actor, "at": now}
        if action == "sign":
            approvals.sign(work.session, sql, work.company, one.approval or 0, **deed)
        else:
            approvals.reject(work.session, sql, work.company, one.approval or 0, reason="x", **deed)
    elif action in ("plan", "none"):
        exempt = "x" if action == "none" else ""
        complaints.plan_measure(work.session, sql, work.company, one, text="x", exempt=exempt, **common)
    elif action == "done":
        complaints.end_measure(work.session, sql, work.company, one, 1, done="x", **common)
    elif action == "announce":
        what: dict[str, Any] = {
            "goods": "x",
            "quantity": 2000,
            "unit": "箱",
            "note": "return",
            "amount": amount or None,
        }
        complaints.announce(work.session, sql, one, **what, **common)
    elif action == "receive":
        place = len(complaints.goods_of(sql, one.id))
        complaints.receive(work.session, sql, one, place, quantity=amount or 1, **common)
    elif action == "approve":
        worth = {"quantity": min(amount, 1000) or 1, "amount": amount or None}
        complaints.approve(work.session, sql, one, len(complaints.goods_of(sql, one.id)), **worth, **common)
    else:
        moved = complaints.make(work.session, sql, work.company, number, action, said_of(action, amount), **common)
        step = COMPLAINT.find(one.state, action)
        assert step is not None
        assert complaints.get_complaint(sql, work.company, number, now.date()).state == step.to
        return moved.number
    return number


@settings(
    max_examples=40, deadline=None, phases=PHASES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(walk=WALK, begun=st.integers(0, len(STRAIGHT)))
def test_whatever_is_tried_the_complaint_stays_sound(
    office: Program, walk: list[tuple[str, str | int, int, int]], begun: int
) -> None:
    now = at_shanghai("2026-03-12 09:00")
    with unit(office.url, now, "admin") as work:
        wang = staff.get_by_login(work.sql, "wang")
        number = complaints.open_complaint(
            work.session, work.sql, work.company, customer_id=1, actor=wang, what="发霉", at=now
        ).number
        for login, action in STRAIGHT[:begun]:
            number = tried(work, number, login, action, AMOUNTS[1], now)
            sound(work, number, now)
        for login, wanted, minutes, amount in walk:
            now += timedelta(minutes=minutes)
            climbing.climb(work.session, work.sql, work.company, now)
            one = complaints.get_complaint(work.sql, work.company, number, now.date())
            sight = complaints.sight_of(work.sql, work.company, staff.get_by_login(work.sql, login), now)
            goods = complaints.goods_of(work.sql, one.id)
            follows = RETURNED.legal(goods[-1].state, complaints.parts_of(work.sql, sight, one)) if goods else ()
            legal = [*follows, *complaints.possible(work.sql, sight, one)] or list(ACTIONS)
            action = legal[wanted % len(legal)] if isinstance(wanted, int) else wanted
            before = stands(work, number, now)
            try:
                with work.session.begin_nested():
                    number = tried(work, number, login, action, amount, now)
            except RevisitError:
                assert stands(work, number, now) == before, "what is refused changes nothing"
            for each in complaints.of_customer(work.sql, 1):
                sound(work, each.number, now)
        work.give_up()


def stands(work: Unit, number: str, now: datetime) -> Any:
    one = complaints.get_complaint(work.sql, work.company, number, now.date())
    return (
        one, complaints.measures_of(work.sql, one.id), complaints.goods_of(work.sql, one.id), deadlines.of(work.sql, one.matter),
        moves.of(work.sql, one.matter),
    )  # fmt: skip


def sound(work: Unit, number: str, now: datetime) -> None:
    """What must hold of a complaint at any time."""
    sql = work.sql
    one = complaints.get_complaint(sql, work.company, number, now.date())
    made, kept = moves.of(sql, one.matter), deadlines.of(sql, one.matter)
    assert [each.state_to for each in made[:-1]] == [each.state_from for each in made[1:]]
    assert made[-1].state_to == one.state
    assert [each.at for each in made] == sorted(each.at for each in made)
    still_open = {each.clock for each in kept if not each.ended}
    if one.state in COMPLAINT.closed:
        assert not still_open
    if one.state in ("closed", "reviewed"):
        assert one.result and one.answered_on and one.closed_on, "nothing closes before the customer was told"
        assert "answer" in [each.action for each in made]
        assert not one.upheld or complaints.measures_of(sql, one.id)
        assert "closing" not in still_open
    elif one.state != "refused":
        assert "closing" in still_open, "until it is closed somebody owes the closing"
    assert (one.state == "closed") == ("review" in still_open)
    assert (one.state == "investigated") == ("report" in still_open)
    assert (one.state == "refused") == bool(one.child)
    assert "decide" not in still_open or one.severity == "severe"
    if one.state in SETTLED and one.amount:
        assert approvals.covers(sql, "complaint", one.id, one.amount), "no settlement above what was signed"
    for step in made[1:]:
        assert step.login not in NEVER.get(step.action, ()), "a duty is that of its department"
    notes = [each.amount for each in complaints.goods_of(sql, one.id) if each.state == "approved"]
    assert None not in notes
    assert sum(filter(None, notes)) <= (one.amount if one.state in (*SETTLED, "refused") else 0), (
        "no note above what is signed"
    )
    for each in kept:
        assert each.owner_name or each.owner.post
        assert each.ended_at is None or each.started_at <= each.ended_at <= now
        if not each.ended:
            paused = deadlines.is_paused(sql, one.matter)
            assert (each.due_by is None) <= paused
    for measure in complaints.measures_of(sql, one.id):
        owed = deadlines.open_of(sql, "measure", [measure.id]).get(measure.id, [])
        assert (measure.state == "planned") == bool(owed)
        assert moves.of(sql, Matter("measure", measure.id, "measure", "", "", 1))[-1].state_to == measure.state
    for goods in complaints.goods_of(sql, one.id):
        assert goods.approved is None or (goods.received is not None and goods.approved <= goods.received)


def test_one_form_is_not_moved_by_two_at_once(office: Program) -> None:
    """Of two who do the same at the same time one moves it; two forms at once get two numbers."""
    now = at_shanghai("2026-03-12 09:00")
    ready = Barrier(2)

    def open_one() -> str:
        ready.wait(30)
        with unit(office.url, now, "admin") as work:
            return complaints.open_complaint(
                work.session, work.sql, work.company, customer_id=1, actor=work.actor, what="发霉", at=now
            ).number

    def investigate() -> str:
        ready.wait(30)
        try:
            with unit(office.url, now, "li") as work:
                sight = complaints.sight_of(work.sql, work.company, work.actor, now)
                said = Said(department="研发部", cause="x")
                action = (
                    "investigate" if complaints.get_complaint(work.sql, work.company, "1", now.date()).state else ""
                )
                moved = complaints.make(
                    work.session, work.sql, work.company, "1", action, said, sight=sight, actor=work.actor, at=now
                )
                concluded = complaints.make(
                    work.session, work.sql, work.company, "1", "conclude", said, sight=sight, actor=work.actor, at=now
                )
                assert moved.state == "investigating"
                return concluded.state
        except NotedRefusal as refusal:
            return str(refusal)

    with ThreadPoolExecutor(2) as pool:
        numbers = sorted(one.result(60) for one in [pool.submit(open_one) for _time in range(2)])
        assert numbers == ["TS2026-0001", "TS2026-0002"]
        found = sorted(one.result(60) for one in [pool.submit(investigate) for _time in range(2)])
    assert found == [
        "TS2026-0001 is investigated, the report is due: investigate is not possible now", "investigated",
    ]  # fmt: skip
