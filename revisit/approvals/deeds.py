"""What is done with an approval: asked for, changed, withdrawn, signed, rejected, reminded of, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from revisit import access, audit
from revisit.access import Viewer
from revisit.approvals import asked, delegations, effect, records, signing
from revisit.approvals.asked import NOTHING, Wanted
from revisit.approvals.records import Approval, Signature
from revisit.company import CompanyInfo
from revisit.db import Sql
from revisit.errors import NotedRefusal, WrongUsage
from revisit.i18n import N_
from revisit.matters import Matter, Owner, deadlines, moves, wall
from revisit.policy.access import may
from revisit.policy.chains import Unsigned
from revisit.policy.machines import APPROVAL, Part
from revisit.policy.machines import Move as Deed
from revisit.staff import StaffMember

if TYPE_CHECKING:
    from sqlmodel import Session

VOID = "UPDATE signature SET void_at = :at WHERE id = :id"
MOVE = "UPDATE approval SET state = :state, ended_at = :ended WHERE id = :id"
CHANGE = """
UPDATE approval SET state = 'asked', round = :round, asker_id = :asker, asked_at = :at, amount_cents = :amount_cents,
    credit_limit_cents = :credit_limit_cents, old_credit_limit_cents = :old_credit_limit_cents, term_days = :term_days,
    old_term_days = :old_term_days, reason = :reason
WHERE id = :id
"""


def request(
    session: Session,
    sql: Sql,
    company: CompanyInfo,
    *,
    kind: str,
    customer_id: int | None,
    wanted: Wanted,
    reason: str,
    viewer: Viewer,
    actor: StaffMember,
    at: datetime,
    about: Matter | None = None,
) -> Approval:
    """Asks for signatures. `about`: the complaint or service job it is for, whose command has looked whether the person may.

    Raises NotedRefusal where the person may not, or the same is asked for already, and WrongUsage for what is missing.
    """
    from revisit.models import Approval as Row

    records.lock(sql)
    if about is None and (customer_id is None or not may("log", viewer.side(access.owner_of(sql, customer_id)))):
        raise _refused(
            sql,
            N_("{code} is not yours to ask an approval for"),
            N_("ask its representative or a supervisor"),
            customer_id,
        )
    if not reason.strip():
        raise WrongUsage(*moves.NEEDS["reason"])
    today = wall(at, company).date()
    asked.check(company, kind, wanted, today)
    asked.refuse_double(sql, kind, customer_id, wanted)
    old = asked.old_of(sql, customer_id)
    said = asked.cells_of(wanted, old) | {"number": records.next_number(sql), "kind": kind, "reason": reason.strip()}
    asked.refuse_same(wanted, old)
    row = Row(
        customer_id=customer_id, staff_id=actor.id, opened_at=at, asker_id=actor.id, asked_at=at,
        matter=about.kind if about else "", matter_id=about.id if about else None, **said,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.changed(session, action="create", table="approval", row_id=row.id, customer_id=customer_id, after=said)
    made = records.get_approval(sql, said["number"])
    moves.note(session, made.matter, APPROVAL.moves[0], actor, at=at, text=reason, said=_split(sql, company, made))
    _ask_for(session, sql, company, made, (), at=at)
    return made


def change(
    session: Session,
    sql: Sql,
    company: CompanyInfo,
    number: int,
    wanted: Wanted,
    *,
    reason: str,
    viewer: Viewer,
    actor: StaffMember,
    at: datetime,
    about: Matter | None = None,
) -> Approval:
    """Puts a request in another form: the signatures given so far are void and it begins anew; of a complaint's settlement only
    for the complaint (`about`), which would stand there with another amount. What is raised is that of `request`."""
    one = _looked_at(sql, company, number, "change", viewer, at, about)
    step = _look_up(sql, one, "change", viewer, reason, about=about)
    if one.about == "complaint" and about is None:
        raise NotedRefusal(
            N_("{number} is signed for a complaint: its amount is what is proposed there"),
            N_("propose another one: revisit complaint propose N --settlement KIND --amount AMOUNT"), table="approval",
            row_id=one.id, customer_id=one.customer_id, action="change", number=one.matter.number,
        )  # fmt: skip
    today = wall(at, company).date()
    old = asked.old_of(sql, one.customer_id)
    form = Wanted(*(new if new is not None else now for new, now in (
        (wanted.amount, one.amount), (wanted.credit_limit, one.credit_limit), (wanted.term_days, one.term_days),
    )))  # fmt: skip
    asked.check(company, one.kind, form, today)
    if form == Wanted(one.amount, one.credit_limit, one.term_days):
        raise WrongUsage(
            N_("nothing would change"), N_("say what becomes of it: --amount, --limit or --term; or withdraw it")
        )
    asked.refuse_same(form, old)
    asked.refuse_double(sql, one.kind, one.customer_id, form, own=one)
    for given in _given(sql, one):
        sql.run(VOID, id=given.id, at=at)
        audit.changed(
            session, action="update", table="signature", row_id=given.id, customer_id=one.customer_id,
            before={"void_at": None}, after={"void_at": at},
        )  # fmt: skip
    stood = Wanted(one.amount, one.credit_limit, one.term_days)
    before, after = asked.cells_of(stood, (one.old_credit_limit, one.old_term_days)), asked.cells_of(form, old)
    sql.run(CHANGE, id=one.id, round=one.round + 1, asker=actor.id, at=at, reason=reason.strip(), **after)
    audit.changed(
        session, action="update", table="approval", row_id=one.id, customer_id=one.customer_id,
        before=before | {"round": one.round, "state": one.state, "reason": one.reason},
        after=after | {"round": one.round + 1, "state": "asked", "reason": reason.strip()},
    )  # fmt: skip
    deadlines.end(session, sql, one.matter, step.ends, at=at, met=False)
    made = records.get_approval(sql, number)
    moves.note(session, one.matter, step, actor, at=at, text=reason, said=_split(sql, company, made))
    _ask_for(session, sql, company, made, (), at=at)
    return made


def withdraw(
    session: Session,
    sql: Sql,
    company: CompanyInfo,
    number: int,
    *,
    reason: str,
    viewer: Viewer,
    actor: StaffMember,
    at: datetime,
    about: Matter | None = None,
) -> Approval:
    """Takes a request back; nothing changes. `about` is that of `request`. Raises NotedRefusal, WrongUsage."""
    one = _looked_at(sql, company, number, "withdraw", viewer, at, about)
    step = _look_up(sql, one, "withdraw", viewer, reason, about=about)
    _move(session, sql, one, step, actor, at=at, text=reason)
    deadlines.end(session, sql, one.matter, step.ends, at=at, met=False)
    return records.get_approval(sql, number)


def drop(session: Session, sql: Sql, about: Matter, *, actor: StaffMember, at: datetime, reason: str) -> None:
    """Takes back what was asked for a complaint or service job that ends without needing it."""
    for one in records.of_matter(sql, about.kind, about.id):
        step = APPROVAL.find(one.state, "withdraw")
        if step is not None:
            _move(session, sql, one, step, actor, at=at, text=reason)
            deadlines.end(session, sql, one.matter, step.ends, at=at, met=False)


def remind(
    session: Session,
    sql: Sql,
    company: CompanyInfo,
    number: int,
    *,
    text: str,
    viewer: Viewer,
    actor: StaffMember,
    at: datetime,
) -> Approval:
    """Reminds those who sign next; it stands on record. Raises NotedRefusal."""
    one = _looked_at(sql, company, number, "remind", viewer, at)
    step = _look_up(sql, one, "remind", viewer, "-")
    waits = signing.next_step(one, company, _signatures(sql, one))
    said = {"posts": list(waits.posts)} if waits else {}
    moves.note(session, one.matter, step, actor, at=at, text=text, said=said)
    return one


def sign(
    session: Session,
    sql: Sql,
    company: CompanyInfo,
    number: int,
    *,
    read: Wanted = NOTHING,
    text: str = "",
    viewer: Viewer,
    actor: StaffMember,
    at: datetime,
) -> Approval:
    """Signs the next step; with the last one what was asked for takes effect. `read`: what the person has read and signs, where
    that was said. Raises NotedRefusal."""
    from revisit.models import Signature as Row

    one = _looked_at(sql, company, number, "sign", viewer, at)
    step, given, power = _as_signer(sql, company, one, "sign", viewer, actor, "-", at)
    asked.refuse_changed(one, read)
    place = len(given) + 1
    said: dict[str, Any] = {
        "round": one.round, "step": place, "post": power.post, "holder_id": power.holder, "text": text.strip(),
    }  # fmt: skip
    row = Row(approval_id=one.id, staff_id=actor.id, delegation_id=power.delegation, at=at, **said)
    session.add(row)
    session.flush()
    audit.changed(
        session, action="create", table="signature", row_id=row.id, customer_id=one.customer_id,
        after=said | {"number": number},
    )  # fmt: skip
    told = {"step": place, "post": power.post}
    if power.delegation is not None:
        told["for"] = delegations.get_delegation(sql, power.delegation).holder
    _move(session, sql, one, step, actor, at=at, text=text, said=told)
    deadlines.end(session, sql, one.matter, step.ends, at=at)
    signed = records.get_approval(sql, number)
    if signing.next_step(signed, company, _signatures(sql, signed)) is None:
        complete = APPROVAL.find("signed", "complete")
        assert complete is not None
        _move(session, sql, signed, complete, actor, at=at)
        effect.take(session, sql, signed, today=wall(at, company).date())
    else:
        _ask_for(session, sql, company, signed, _given(sql, signed), at=at)
    return records.get_approval(sql, number)


def reject(
    session: Session,
    sql: Sql,
    company: CompanyInfo,
    number: int,
    *,
    reason: str,
    viewer: Viewer,
    actor: StaffMember,
    at: datetime,
) -> Approval:
    """Whoever would sign next says no, and why; nothing changes. Raises NotedRefusal, WrongUsage."""
    one = _looked_at(sql, company, number, "reject", viewer, at)
    step, _signed, power = _as_signer(sql, company, one, "reject", viewer, actor, reason, at)
    _move(session, sql, one, step, actor, at=at, text=reason, said={"post": power.post})
    deadlines.end(session, sql, one.matter, step.ends, at=at)
    return records.get_approval(sql, number)


def _looked_at(
    sql: Sql, company: CompanyInfo, number: int, action: str, viewer: Viewer, at: datetime, about: Matter | None = None
) -> Approval:
    """The approval, locked. Raises Refused, and NotedRefusal where the person may not see it."""
    records.lock(sql)
    one = records.get_approval(sql, number)
    if not _is_of(one, about):
        signing.require_sight(sql, company, viewer, one, wall(at, company).date(), action=action)
    return one


def _is_of(one: Approval, about: Matter | None) -> bool:
    """Whether a complaint or service job has asked for it, whose command has looked whether the person may."""
    return about is not None and (about.kind, about.id) == (one.about, one.about_id)


def _look_up(
    sql: Sql,
    one: Approval,
    action: str,
    viewer: Viewer,
    reason: str,
    *,
    signer: bool = False,
    about: Matter | None = None,
) -> Deed:
    keeper: frozenset[Part] = frozenset({"keeper"} if _is_of(one, about) else ())
    parts = signing.parts_of(viewer, one, signer=signer) | keeper
    return moves.look_up(sql, viewer, APPROVAL, one.matter, action, needs={"reason": reason.strip()}, parts=parts)


def _as_signer(
    sql: Sql,
    company: CompanyInfo,
    one: Approval,
    action: str,
    viewer: Viewer,
    actor: StaffMember,
    reason: str,
    at: datetime,
) -> tuple[Deed, list[Signature], Any]:
    """The move of somebody who signs or rejects, the signatures that count, and by what the person signs."""
    signatures = _signatures(sql, one)
    powers = delegations.powers_of(sql, actor, wall(at, company).date())
    step = _look_up(sql, one, action, viewer, reason, signer=True)
    try:
        power = signing.power_to_sign(one, company, signatures, member=actor, powers=powers)
    except Unsigned as why:
        raise signing.unsigned(one, company, signatures, why, action) from None
    return step, records.counting(signatures), power


def _refused(sql: Sql, message: str, remedy: str, customer_id: int | None) -> NotedRefusal:
    code = access.whose(sql, customer_id).code if customer_id is not None else ""
    return NotedRefusal(
        message, remedy, table="approval", row_id=None, customer_id=customer_id, action="request", code=code
    )


def _split(sql: Sql, company: CompanyInfo, one: Approval) -> dict[str, Any]:
    others = signing.split_with(sql, company, one)
    return {"split": list(others)} if others else {}


def _ask_for(
    session: Session, sql: Sql, company: CompanyInfo, one: Approval, given: Sequence[Signature], *, at: datetime
) -> None:
    """Begins the clocks of those who may sign the next step."""
    step = signing.next_step(one, company, given)
    for post in step.posts if step else ():
        deadlines.start(session, sql, company, one.matter, "sign", Owner(post=post), at=at)


def _move(
    session: Session,
    sql: Sql,
    one: Approval,
    step: Deed,
    actor: StaffMember,
    *,
    at: datetime,
    text: str = "",
    said: dict[str, Any] | None = None,
) -> None:
    """Brings an approval into the next state, and notes it."""
    closed = step.to in APPROVAL.closed
    moves.note(session, one.matter, step, actor, at=at, text=text, said=said)
    if step.to != one.state or closed:
        sql.run(MOVE, id=one.id, state=step.to, ended=at if closed else None)
        audit.changed(
            session, action="update", table="approval", row_id=one.id, customer_id=one.customer_id,
            before={"state": one.state}, after={"state": step.to} | ({"ended_at": at} if closed else {}),
        )  # fmt: skip


def _signatures(sql: Sql, one: Approval) -> list[Signature]:
    return list(records.signatures_of(sql, [one.id]).get(one.id, []))


def _given(sql: Sql, one: Approval) -> list[Signature]:
    return records.counting(_signatures(sql, one))
