"""A move of a matter: looked up in its table, refused with what would be legal, noted, and its clocks begun and ended."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from revisit import access, audit
from revisit.access import Viewer
from revisit.company import CompanyInfo
from revisit.db import Sql, chunks, id_list, instant
from revisit.errors import NotedRefusal, WrongUsage
from revisit.i18n import N_, _
from revisit.matters import Matter, deadlines, words
from revisit.policy.machines import WAITING, Illegal, Machine, Part, check
from revisit.policy.machines import Move as Step
from revisit.staff import StaffMember

if TYPE_CHECKING:
    from sqlmodel import Session

OF_MATTERS = """
SELECT m.matter_id, m.action, m.state_from, m.state_to, m.at, s.login, s.name, m.text, m.said
FROM move m JOIN staff s ON s.id = m.staff_id WHERE m.matter = :kind AND m.matter_id IN ({ids}) ORDER BY m.id
"""
POSTS = """
SELECT d.post FROM deadline d WHERE d.matter = :kind AND d.matter_id = :id AND d.ended = '' AND d.post <> ''
UNION SELECT c.post FROM climb c JOIN deadline d ON d.id = c.deadline_id
WHERE d.matter = :kind AND d.matter_id = :id AND d.ended = ''
"""
PUT_BEFORE = """
SELECT DISTINCT d.matter_id FROM deadline d LEFT JOIN climb c ON c.deadline_id = d.id
WHERE d.matter = :kind AND d.ended = '' AND (d.post = :post OR c.post = :post)
"""
NEEDS = {
    "text": (N_("what it is about is missing"), N_("say it with --text TEXT")),
    "result": (N_("what came of it is missing"), N_("say it with --result TEXT")),
    "reason": (N_("the reason is missing"), N_("say why with --reason TEXT")),
    "department": (N_("the department is missing"), N_("name it with --department NAME")),
    "cause": (N_("the cause is missing"), N_("name it with --cause TEXT")),
    "settlement": (N_("how it is settled is missing"), N_("name it with --settlement; none is one of them")),
    "quantity": (N_("the quantity is missing"), N_("name it with --quantity")),
    "amount": (N_("the amount is missing"), N_("say what it is worth: --amount AMOUNT")),
    "how": (N_("how the customer was told is missing"), N_("name it with --channel: phone, visit, wechat")),
    "person": (N_("who goes is missing"), N_("name a login: --to LOGIN")),
    "approval": (N_("the approval is missing"), N_("look at what waits for a signature: revisit approval list")),
    "fee": (N_("the fee of paid service is missing"), N_("name it with --fee AMOUNT")),
    "customer": (N_("who signed for the customer is missing"), N_("name the person: --signed-by NAME")),
}


@dataclass(frozen=True, slots=True)
class Made:
    """A move that was made: by whom (login and name), when, from which state to which, and what was said."""

    action: str
    state_from: str
    state_to: str
    at: datetime
    login: str
    name: str
    text: str
    said: Mapping[str, Any]


def of(sql: Sql, matter: Matter) -> list[Made]:
    """The moves of a matter in their order."""
    return of_all(sql, matter.kind, [matter.id]).get(matter.id, [])


def of_all(sql: Sql, kind: str, ids: Sequence[int]) -> dict[int, list[Made]]:
    """The moves of several matters of a kind, by matter, in their order."""
    found: dict[int, list[Made]] = {}
    for portion in chunks(ids):
        for id_, action, before, after, at, login, name, text, said in sql.rows(
            OF_MATTERS.format(ids=id_list(portion)), kind=kind
        ):
            moment = instant(at)
            assert moment is not None
            found.setdefault(id_, []).append(Made(action, before, after, moment, login, name, text, json.loads(said)))
    return found


def parts_of(sql: Sql, viewer: Viewer, matter: Matter) -> frozenset[Part]:
    """What somebody is to a matter. Whoever holds a post that a missed deadline was put before may do what a supervisor may."""
    member = viewer.member
    if member is None or member.role == "auditor":
        return frozenset()
    parts: set[Part] = set()
    side = viewer.side(access.owner_of(sql, matter.customer_id)) if matter.customer_id is not None else member.role
    if side == "own":
        parts.add("keeper")
    if side in ("supervisor", "administrator"):
        parts |= {"keeper", "lead"}
    if member.post and (member.post,) in sql.rows(POSTS, kind=matter.kind, id=matter.id):
        parts |= {"keeper", "lead"}
    if member.department_id is not None and member.department_id == matter.department_id:
        parts.add("department")
    return frozenset(parts)


def put_before(sql: Sql, viewer: Viewer, kind: str) -> frozenset[int]:
    """The matters of a kind (their ids) that are owed by this person's post, or were put before it."""
    post = viewer.member.post if viewer.member else ""
    return frozenset(row[0] for row in sql.rows(PUT_BEFORE, kind=kind, post=post)) if post else frozenset()


def look_up(
    sql: Sql,
    viewer: Viewer,
    machine: Machine,
    matter: Matter,
    action: str,
    *,
    needs: Mapping[str, object],
    parts: Collection[Part] | None = None,
) -> Step:
    """The move that an action is for this person. `needs` that are empty were not said; `parts`: what the person is to the
    matter, where that is another question than for a case.

    Raises NotedRefusal for what the state or the person forbids (it leaves an audit row), WrongUsage for what is missing.
    """
    mine = parts_of(sql, viewer, matter) if parts is None else parts
    idle = _idle(sql, matter)
    try:
        found = check(machine, matter.state, action, parts=mine, said={name for name, value in needs.items() if value})
        if action == idle:
            raise Illegal("state", machine.legal(matter.state, mine))
    except Illegal as illegal:
        if illegal.code == "need":
            raise WrongUsage(*NEEDS[illegal.need]) from None
        illegal.legal = tuple(one for one in illegal.legal if one != idle)
        raise refusal(matter, action, illegal) from None
    return found


def possible(sql: Sql, machine: Machine, matter: Matter, parts: Collection[Part]) -> list[str]:
    """What somebody may do with a matter now."""
    idle = _idle(sql, matter)
    return [action for action in machine.legal(matter.state, parts) if action != idle]


def _idle(sql: Sql, matter: Matter) -> str:
    """Which of the two makes no sense now: to wait, while it waits, or to go on."""
    return "hold" if deadlines.is_paused(sql, matter) else "resume"


def refusal(matter: Matter, action: str, illegal: Illegal) -> NotedRefusal:
    """A move that is not made, in a sentence with what would be legal."""
    legal = words.listed(illegal.legal)
    who = N_("{number} is {state}: {move} is not yours to do") if illegal.code == "who" else None
    return NotedRefusal(
        who or N_("{number} is {state}: {move} is not possible now"),
        N_("possible for you now: {legal}") if legal else N_("nothing is left for you to do here"),
        table=matter.table,
        row_id=matter.id,
        customer_id=matter.customer_id,
        action=action,
        move=words.named(action),
        number=matter.number,
        state=_(words.STATES[matter.state]) if matter.state else "",
        legal=legal,
    )


def note(
    session: Session,
    matter: Matter,
    step: Step,
    actor: StaffMember,
    *,
    at: datetime,
    text: str = "",
    said: Mapping[str, Any] | None = None,
) -> None:
    """Writes a move down."""
    from revisit.models import Move

    kept = json.dumps(dict(said or {}), ensure_ascii=False, sort_keys=True)
    row = Move(
        matter=matter.kind, matter_id=matter.id, action=step.action, state_from=step.state, state_to=step.to, at=at,
        staff_id=actor.id, text=text.strip(), said=kept,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.changed(
        session, action="create", table="move", row_id=row.id, customer_id=matter.customer_id,
        after={"matter": matter.kind, "number": matter.number, "action": step.action, "state_from": step.state,
               "state_to": step.to, "text": text.strip() or None, "said": kept if said else None},
    )  # fmt: skip


def change(
    session: Session,
    sql: Sql,
    matter: Matter,
    set_: str,
    before: Mapping[str, Any],
    news: Mapping[str, Any],
) -> None:
    """Writes news over cells of a matter's row, and what stood there into the audit; nothing where nothing changes. `set_`: the
    statement that writes all the cells of `before`."""
    if all(before[name] == value for name, value in news.items()):
        return
    sql.run(set_, id=matter.id, **{**before, **news})
    audit.changed(
        session, action="update", table=matter.table, row_id=matter.id, customer_id=matter.customer_id,
        before={name: before[name] for name in news}, after=dict(news),
    )  # fmt: skip


def run_clocks(
    session: Session,
    sql: Sql,
    company: CompanyInfo,
    machine: Machine,
    matter: Matter,
    step: Step,
    *,
    at: datetime,
    reason: str,
) -> None:
    """What a move does to the clocks that run: they stand still while we wait for the customer (`reason`), they go on with
    whatever ends the waiting, and those that the move ends are met."""
    if step.action == WAITING:
        deadlines.pause(session, sql, company, matter, at=at, reason=reason)
    elif machine.ends_waiting(step.action) and deadlines.is_paused(sql, matter):
        deadlines.resume(session, sql, company, matter, at=at)
    if step.ends:
        deadlines.end(session, sql, matter, step.ends, at=at)
