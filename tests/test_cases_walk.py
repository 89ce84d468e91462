"""A random walk through the states of a case: whoever tries what, whenever, what must hold holds. On both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from revisit import access, cases, staff
from revisit.cases import Said
from revisit.context import Unit
from revisit.errors import NotedRefusal, RevisitError
from revisit.matters import climbing, deadlines, moves
from revisit.policy.machines import CASE
from tests.support import PHASES, Program, at_shanghai, table, unit

ACTORS = ("wang", "li", "zhao", "sheng", "sun")
ACTIONS = CASE.actions[1:]
PAUSES = "SELECT count(*) FROM pause WHERE matter = 'case' AND matter_id = :id AND ended_at IS NULL"
SAID = Said(text="x", result="已换货", reason="x", department="研发部", how="phone")
STEP = st.tuples(st.sampled_from(ACTORS), st.one_of(st.sampled_from(ACTIONS), st.integers(0, 10)), st.integers(0, 3000))
"""Who, what and after how many minutes; a number is one of the moves that are possible for that person, if there is any."""
WALK = st.lists(STEP, min_size=1, max_size=25)


@pytest.fixture
def office(revisit: Program, tmp_path: Path) -> Program:
    revisit.at("2026-03-12 09:00")
    for name in ("客服部", "研发部"):
        assert revisit("department", "add", name).code == 0
    for login, post, department in (
        ("li", "客服主管", "客服部"), ("wang", "", "客服部"), ("sun", "", "客服部"), ("zhao", "", "研发部"),
        ("sheng", "副总经理", ""),
    ):  # fmt: skip
        options = [*(["--post", post] if post else []), *(["--department", department] if department else [])]
        assert revisit("staff", "add", login, *options).code == 0
    person = {"客户编号": "C001", "客户名称": "明珠酒楼", "客服专员": "wang", "最近订货日期": "2026-03-09"}
    assert revisit("import", "customers", str(table(tmp_path / "people.xlsx", [person]))).code == 0
    return revisit


@settings(
    max_examples=40, deadline=None, phases=PHASES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(walk=WALK, immediate=st.booleans())
def test_whatever_is_tried_the_case_stays_sound(
    office: Program, walk: list[tuple[str, str | int, int]], immediate: bool
) -> None:
    now = at_shanghai("2026-03-12 09:00")
    with unit(office.url, now, "admin") as work:
        people = {login: staff.get_by_login(work.sql, login) for login in ACTORS}
        number = cases.open_case(
            work.session, work.sql, work.company, customer_id=1, actor=people["wang"], revisit_id=None, what="晚了",
            immediate=immediate, at=now,
        )  # fmt: skip
        sound(work, number, now)
        for login, tried, minutes in walk:
            now += timedelta(minutes=minutes)
            climbing.climb(work.session, work.sql, work.company, now)
            before = cases.get_case(work.sql, number)
            viewer = access.viewer(work.sql, people[login])
            legal = CASE.legal(before.state, moves.parts_of(work.sql, viewer, before.matter)) or ACTIONS
            action = legal[tried % len(legal)] if isinstance(tried, int) else tried
            step = CASE.find(before.state, action)
            try:
                with work.session.begin_nested():
                    after = cases.make(
                        work.session, work.sql, work.company, number, action, SAID,
                        viewer=viewer, actor=people[login], at=now,
                    )  # fmt: skip
            except RevisitError:
                assert cases.get_case(work.sql, number) == before
            else:
                assert step is not None
                assert after.state == step.to
            sound(work, number, now)
        work.give_up()


def sound(work: Unit, number: int, now: datetime) -> None:
    """What must hold of a case at any time."""
    case = cases.get_case(work.sql, number)
    made, kept = moves.of(work.sql, case.matter), deadlines.of(work.sql, case.matter)
    assert [one.state_to for one in made[:-1]] == [one.state_from for one in made[1:]], (
        "each move begins where one ended"
    )
    assert made[-1].state_to == case.state
    assert [one.at for one in made] == sorted(one.at for one in made)
    still_open = [one for one in kept if not one.ended]
    if case.state in ("resolved", "closed"):
        assert case.result
        assert not still_open
    assert (case.state == "closed") == (case.closed_on is not None)
    assert case.state not in ("routed", "answered") or case.department
    if case.state == "closed":
        assert made[-1].action == "tell"
    paused = bool(work.sql.rows(PAUSES, id=case.id)[0][0])
    assert not paused or case.state not in ("resolved", "closed")
    for one in kept:
        assert one.owner_name or one.owner.post
        assert one.ended_at is None or one.started_at <= one.ended_at <= now
        assert one.due_by is None or one.due_by > one.started_at
        if not one.ended:
            assert (one.due_by is None) <= paused, "a clock stands still only while the case waits for the customer"
            assert not paused or one.stated or one.due_by is None or one.is_late(now)
    climbs = climbing.of(work.sql, [one.id for one in kept])
    for one in kept:
        mine = climbs.get(one.id, [])
        ladder = work.company.policies.versions[0].escalation.above(deadlines.post_of(work.sql, one.owner))
        assert [climb.post for climb in mine] == list(ladder[: len(mine)])
        assert all(one.due_by is not None and climb.at >= one.due_by for climb in mine)


def test_the_same_case_is_not_moved_by_two_at_once(office: Program) -> None:
    """Of two who do the same at the same time one moves it; the other meets the state that the first one left."""
    now = at_shanghai("2026-03-12 09:00")
    with unit(office.url, now, "admin") as work:
        number = cases.open_case(
            work.session, work.sql, work.company, customer_id=1, actor=work.actor, revisit_id=None, what="晚了",
            immediate=True, at=now,
        )  # fmt: skip
    ready = Barrier(2)

    def decide() -> str:
        ready.wait(30)
        try:
            with unit(office.url, now, "li") as work:
                viewer = access.viewer(work.sql, work.actor)
                moved = cases.make(
                    work.session,
                    work.sql,
                    work.company,
                    number,
                    "decide",
                    SAID,
                    viewer=viewer,
                    actor=work.actor,
                    at=now,
                )
        except NotedRefusal as refusal:
            return str(refusal)
        return moved.state

    with ThreadPoolExecutor(2) as pool:
        found = sorted(one.result(60) for one in [pool.submit(decide) for _time in range(2)])
    assert found == ["#1 is resolved, the customer not told yet: decide is not possible now", "resolved"]
