"""Whose deputy somebody is: for some days a named person signs for the holder of a post."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from revisit import audit, staff
from revisit.db import Sql, day, instant
from revisit.errors import NotedRefusal, Refused, WrongUsage
from revisit.i18n import N_
from revisit.policy.chains import Power
from revisit.posts import Post
from revisit.staff import StaffMember

if TYPE_CHECKING:
    from sqlmodel import Session

COLUMNS = """
d.id, d.post, d.holder_id, h.login, h.name, d.deputy_id, p.login, p.name, d.from_on, d.until_on, d.reason, d.ended_at
FROM delegation d JOIN staff h ON h.id = d.holder_id JOIN staff p ON p.id = d.deputy_id
"""
HOLDING = f"""
SELECT {COLUMNS} WHERE d.deputy_id = :deputy AND d.from_on <= :on AND d.until_on >= :on AND d.ended_at IS NULL
AND h.active AND h.post = d.post ORDER BY d.id
"""
RUNNING = f"SELECT {COLUMNS} WHERE d.until_on >= :on AND d.ended_at IS NULL ORDER BY d.from_on, d.id"
EVERY = f"SELECT {COLUMNS} ORDER BY d.id"
BY_ID = f"SELECT {COLUMNS} WHERE d.id = :id"
END = "UPDATE delegation SET ended_at = :at WHERE id = :id"
LOCK_ON_SERVER = "LOCK TABLE delegation IN SHARE ROW EXCLUSIVE MODE"


@dataclass(frozen=True, slots=True)
class Delegation:
    """From one day to another (both included) a deputy signs for the holder of a post."""

    id: int
    post: str
    holder_id: int
    holder: str
    holder_name: str
    deputy_id: int
    deputy: str
    deputy_name: str
    from_on: date
    until_on: date
    reason: str
    ended_at: datetime | None


def powers_of(sql: Sql, member: StaffMember, on: date) -> list[Power]:
    """By what somebody signs on a day: the own post, and those of the people whose deputy this person is. An auditor signs
    nothing. A delegation ends with its holder's post."""
    if member.role == "auditor":
        return []
    own = [Power(member.post)] if member.post else []
    return own + [Power(one.post, one.holder_id, one.id) for one in _of(sql, HOLDING, deputy=member.id, on=on)]


def running(sql: Sql, on: date) -> list[Delegation]:
    """The delegations that hold on a day or later."""
    return _of(sql, RUNNING, on=on)


def list_delegations(sql: Sql) -> list[Delegation]:
    """Every delegation there was."""
    return _of(sql, EVERY)


def get_delegation(sql: Sql, id_: int) -> Delegation:
    """The delegation of a number. Raises Refused."""
    found = _of(sql, BY_ID, id=id_)
    if not found:
        raise Refused(
            N_("there is no delegation {number}"), N_("look at them: revisit approval delegate --list"), number=id_
        )
    return found[0]


def delegate(
    session: Session,
    sql: Sql,
    *,
    post: Post,
    holder: str | None,
    deputy: str,
    from_on: date,
    until_on: date,
    reason: str,
    actor: StaffMember,
    at: datetime,
    today: date,
) -> Delegation:
    """Lets a deputy sign for the holder of a post: said by the holder, or by an administrator. Raises NotedRefusal, Refused,
    WrongUsage."""
    from revisit.models import Delegation as Row

    if sql.server:
        sql.run(LOCK_ON_SERVER)
    holding = _holder(sql, post, holder, actor)
    to = staff.get_by_login(sql, deputy)
    _require_say(holding, post, actor)
    if to.id == holding.id:
        raise WrongUsage(N_("{login} holds the post and needs no deputy of that name"), N_("name somebody else with --to"),
                         login=to.login)  # fmt: skip
    if to.role == "auditor":
        raise Refused(N_("{login} is an auditor and signs nothing"), N_("name somebody else with --to"), login=to.login)
    if until_on < from_on or until_on < today:
        raise WrongUsage(
            N_("a delegation from {first} to {last} never holds"), N_("name its days with --from and --until"),
            first=from_on, last=until_on,
        )  # fmt: skip
    for one in running(sql, today):
        if one.holder_id == holding.id and one.post == post.id and one.from_on <= until_on and one.until_on >= from_on:
            raise Refused(
                N_("{login} is the deputy from {first} to {last} already"),
                N_("end that first: revisit approval delegate --end {number}"),
                login=one.deputy, first=one.from_on, last=one.until_on, number=one.id,
            )  # fmt: skip
    said: dict[str, Any] = {
        "post": post.id, "holder_id": holding.id, "deputy_id": to.id, "from_on": from_on, "until_on": until_on,
        "reason": reason.strip(),
    }  # fmt: skip
    row = Row(staff_id=actor.id, at=at, **said)
    session.add(row)
    session.flush()
    audit.changed(session, action="create", table="delegation", row_id=row.id, after=said)
    assert row.id is not None
    return get_delegation(sql, row.id)


def end(session: Session, sql: Sql, id_: int, *, actor: StaffMember, at: datetime) -> Delegation:
    """Takes a delegation back from now on; what was signed stays signed. Raises NotedRefusal, Refused."""
    if sql.server:
        sql.run(LOCK_ON_SERVER)
    one = get_delegation(sql, id_)
    if actor.id != one.holder_id and actor.role != "administrator":
        raise _not_yours(one.id, one.holder_name)
    if one.ended_at is not None:
        raise Refused(
            N_("delegation {number} is ended already"), N_("look at them: revisit approval delegate --list"), number=id_
        )
    sql.run(END, id=id_, at=at)
    audit.changed(
        session, action="update", table="delegation", row_id=id_, before={"ended_at": None}, after={"ended_at": at}
    )
    return get_delegation(sql, id_)


def _holder(sql: Sql, post: Post, login: str | None, actor: StaffMember) -> StaffMember:
    """Whose post it is: who was named, else who says it, else the one who holds it."""
    holding = [one for one in staff.list_staff(sql) if one.post == post.id]
    if login is not None:
        named = staff.get_by_login(sql, login)
        if named.post != post.id:
            raise Refused(
                N_("{login} does not hold the post {post}"),
                N_("who holds it: revisit staff list"),
                login=named.login,
                post=post.shown,
            )
        return named
    if actor.post == post.id:
        return actor
    if len(holding) == 1:
        return holding[0]
    if not holding:
        raise Refused(
            N_("nobody holds the post {post}"),
            N_("give it to somebody: revisit staff change LOGIN --post {post}"),
            post=post.shown,
        )
    raise WrongUsage(
        N_("several hold the post {post}: {logins}"), N_("name one with --for LOGIN"), post=post.shown,
        logins=", ".join(one.login for one in holding),
    )  # fmt: skip


def _require_say(holder: StaffMember, post: Post, actor: StaffMember) -> None:
    """Raises NotedRefusal unless the person holds the post, or is an administrator."""
    if actor.id != holder.id and actor.role != "administrator":
        raise NotedRefusal(
            N_("the post {post} is {holder}'s to delegate"), N_("ask {holder} or an administrator"),
            table="delegation", row_id=None, customer_id=None, action="delegate", post=post.shown, holder=holder.name,
        )  # fmt: skip


def _not_yours(id_: int, holder: str) -> NotedRefusal:
    return NotedRefusal(
        N_("delegation {number} is {holder}'s to end"), N_("ask {holder} or an administrator"), table="delegation",
        row_id=id_, customer_id=None, action="end", number=id_, holder=holder,
    )  # fmt: skip


def _of(sql: Sql, statement: str, **params: object) -> list[Delegation]:
    found = []
    for row in sql.rows(statement, **params):
        cells = dict(zip(Delegation.__slots__, row, strict=True))
        cells |= {"from_on": day(cells["from_on"]), "until_on": day(cells["until_on"])}
        found.append(Delegation(**cells | {"ended_at": instant(cells["ended_at"])}))
    return found
