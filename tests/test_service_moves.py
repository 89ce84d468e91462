"""The service register under random moves of several people: what is refused changes nothing, what is kept always adds up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from revisit import access, approvals, audit, service
from revisit.db import Sql, instant
from revisit.errors import NotedRefusal, Refused, RevisitError
from revisit.policy.machines import SERVICE, SERVICE_FOR_OURSELVES, Illegal, Part, check
from revisit.service import Asked, Said
from tests.commands.test_service import fill
from tests.support import PHASES, THOROUGH, Program, at_shanghai, unit

FILLED = {"office": fill}
PEOPLE = ("wang", "li", "boss", "vp", "audit")
ACTIONS = ("dispatch", "start", "finish", "sign-off", "cancel")
BEGUN = at_shanghai("2026-03-12 10:00")
MAYBE = st.sampled_from
STEP = st.fixed_dictionaries(
    {
        "who": MAYBE(PEOPLE),
        "action": MAYBE(ACTIONS),
        "worker": MAYBE(("", "li", "wang")),
        "fee": MAYBE((None, 35000, 0)),
        "said": MAYBE(("", "做了")),
        "minutes": st.integers(-90, 30),
        "lawful": MAYBE((True, True, False)),
    }
)
LAWFUL = {
    "who": "boss", "action": "start", "worker": "", "fee": None, "said": "", "minutes": 0, "lawful": True,
}  # fmt: skip
CANCELLED = LAWFUL | {"action": "cancel", "said": "做了", "lawful": False}
ROW = """
SELECT state, kind, place, worker_id, approver_id, staff_id, asked_at, started_at, ended_at, signed_at, signed_by, fee_cents,
       result
FROM service_job WHERE number = :number
"""
REFUSALS = "SELECT count(*) FROM audit WHERE action = 'refuse'"
AUDITED = "SELECT count(*) FROM audit"


@pytest.fixture
def office(revisit: Program) -> Program:
    """The company that `fill` leaves."""
    return revisit.at("2026-03-12 10:00")


def check_kept(sql: Sql, number: int, now: datetime) -> tuple[Any, ...]:
    """What holds for a job at any time."""
    (row,) = sql.rows(ROW, number=number)
    state, kind, place, worker, approver, by, *times, signed_by, fee, result = row
    moments = [instant(one) for one in times]
    known = [one for one in moments if one is not None]
    assert known == sorted(known), "times stand in order"
    assert all(one <= now for one in known), "nothing is kept of the future"
    assert state not in ("dispatched", "started", "finished", "done") or worker is not None, "somebody was sent"
    assert place == "on-site" or state in ("waiting", "cancelled") or approver is not None, (
        "remote service was approved"
    )
    assert approver is None or approver != by, "nobody approves the own request"
    assert state not in ("finished", "done") or (moments[2] is not None and result), "what is done has a result"
    assert state not in ("finished", "done") or (kind == "paid") == (fee is not None), (
        "paid service has a fee, no other"
    )
    assert (state == "done" and kind != "internal") == (moments[3] is not None) == bool(signed_by), (
        "signed, not for ourselves"
    )
    job = service.get_job(sql, number)
    made = [one.state_to for one in service.moves.of(sql, job.matter)]
    assert made[-1] == state and made[0] == "waiting", "the journal leads to where it stands"
    return tuple(row)


def test_random_moves(office: Program) -> None:
    reached: set[str] = set()

    @settings(
        max_examples=400 if THOROUGH else 25, phases=PHASES, suppress_health_check=list(HealthCheck), deadline=None
    )
    @example(kind="paid", remote=True, signed=True, fee=None, steps=[LAWFUL] * 5)
    @example(kind="free", remote=False, signed=False, fee=None, steps=[LAWFUL, CANCELLED])
    @given(
        kind=MAYBE(service.KINDS), remote=st.booleans(), signed=MAYBE((True, True, False)), fee=MAYBE((None, 20000)),
        steps=st.lists(STEP, min_size=6, max_size=14),
    )  # fmt: skip
    def walk(kind: str, remote: bool, signed: bool, fee: int | None, steps: list[dict[str, Any]]) -> None:
        asked = Asked(
            kind, "remote" if remote else "on-site", "要做的事", BEGUN, fee_cents=fee if kind == "paid" else None
        )
        with unit(office.url, BEGUN, "wang") as work:
            customer = None if kind == "internal" else 1
            number = service.open_job(
                work.session, work.sql, work.company, customer, asked, viewer=access.viewer(work.sql, work.actor),
                actor=work.actor, at=work.now,
            )  # fmt: skip
        if remote and signed:
            with unit(office.url, BEGUN, "boss") as work:
                viewer = access.viewer(work.sql, work.actor)
                matter = service.get_job(work.sql, number).matter
                (one,) = approvals.of_matter(work.sql, matter.kind, matter.id)
                approvals.sign(
                    work.session, work.sql, work.company, one.number, viewer=viewer, actor=work.actor, at=work.now
                )
        now = BEGUN
        for one in steps:
            now += timedelta(minutes=20)
            reached.add(_step(office.url, number, one, now))

    walk()
    assert reached == set(SERVICE.states)


def _lawful(url: str, number: int, one: dict[str, Any], now: datetime) -> dict[str, Any]:
    """A step that can be made, by the supervisor, if there is one."""
    with unit(url, now, "boss") as work:
        job = service.get_job(work.sql, number)
        legal = service.legal(work.sql, access.viewer(work.sql, work.actor), job)
        work.give_up()
    if not legal:
        return one
    fee = 35000 if job.kind == "paid" else None
    onward = next((action for action in ("start", "finish", "sign-off") if action in legal), legal[0])
    action = legal[one["minutes"] % len(legal)] if one["minutes"] % 5 == 3 else onward
    made = {"who": "boss", "action": action, "worker": "li", "minutes": 0}
    return one | made | {"fee": fee, "said": "做了"}


def _step(url: str, number: int, one: dict[str, Any], now: datetime) -> str:
    one = _lawful(url, number, one, now) if one["lawful"] else one
    said = Said(
        result=one["said"], reason=one["said"], signed_by=one["said"], worker=one["worker"],
        fee_cents=one["fee"], at=now + timedelta(minutes=one["minutes"]),
    )  # fmt: skip
    with unit(url, now, one["who"]) as work:
        job, before = service.get_job(work.sql, number), check_kept(work.sql, number, now)
        viewer = access.viewer(work.sql, work.actor)
        legal = service.legal(work.sql, viewer, job)
        audited, refusals = (int(work.sql.rows(text)[0][0]) for text in (AUDITED, REFUSALS))
        work.give_up()
    try:
        with unit(url, now, one["who"]) as work:
            service.make(
                work.session, work.sql, work.company, number, one["action"], said,
                viewer=access.viewer(work.sql, work.actor), actor=work.actor, at=now,
            )  # fmt: skip
        assert one["action"] in legal
        error: RevisitError | None = None
    except RevisitError as caught:
        error = caught
    with unit(url, now, "boss") as work:
        after = check_kept(work.sql, number, now)
        if error is not None:
            noted = isinstance(error, NotedRefusal)
            assert after == before, "what is refused changes nothing"
            assert int(work.sql.rows(REFUSALS)[0][0]) == refusals + noted
            assert int(work.sql.rows(AUDITED)[0][0]) == audited + noted, "and leaves no trace but an audit row"
            assert str(error) and (noted or one["action"] in legal or isinstance(error, Refused))
        assert audit.verify(work.sql).broken_at is None
        work.give_up()
    return str(after[0])


EVERY = [(machine, move) for machine in (SERVICE, SERVICE_FOR_OURSELVES) for move in machine.moves]


@pytest.mark.parametrize(("machine", "move"), EVERY, ids=[f"{one.name} {two.state} {two.action}" for one, two in EVERY])
def test_each_move_wants_its_part_and_its_needs(machine: Any, move: Any) -> None:
    parts: tuple[Part, ...] = ("keeper", "lead", "department", "signer", "worker")
    for part in parts:
        if part in move.who:
            assert check(machine, move.state, move.action, parts={part}, said=set(move.needs)) == move
        else:
            with pytest.raises(Illegal) as caught:
                check(machine, move.state, move.action, parts={part}, said=set(move.needs))
            assert caught.value.code == "who"
    for need in move.needs:
        with pytest.raises(Illegal) as caught:
            check(machine, move.state, move.action, parts=move.who, said=set(move.needs) - {need})
        assert (caught.value.code, caught.value.need) == ("need", need)
    assert move.to in machine.states and (move.to not in machine.closed or not machine.legal(move.to, parts))


def test_every_state_leads_to_an_end() -> None:
    for machine in (SERVICE, SERVICE_FOR_OURSELVES):
        ending = set(machine.closed)
        for _ in machine.states:
            ending |= {move.state for move in machine.moves if move.to in ending}
        assert set(machine.states) <= ending
    assert "sign-off" not in SERVICE_FOR_OURSELVES.actions
