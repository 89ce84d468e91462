"""What follows from a complaint: measures of improvement with days of their own, and goods that come back with their notes.

A note is approved for no more than came back, by somebody else than who received the goods; all notes of a complaint together for
no more than its settlement was signed for. Clause: P4.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from revisit import audit, departments, wording
from revisit.company import CompanyInfo
from revisit.complaints import deeds, records
from revisit.complaints.records import Complaint, Measure, Returned, Sight
from revisit.db import Sql
from revisit.errors import NotedRefusal, Refused
from revisit.i18n import N_
from revisit.matters import Matter, Owner, deadlines, moves, wall
from revisit.policy.machines import MEASURE, RETURNED, Illegal, Machine
from revisit.policy.machines import Move as Step
from revisit.staff import StaffMember

if TYPE_CHECKING:
    from sqlmodel import Session

T = TypeVar("T")
END_MEASURE = "UPDATE measure SET state = :state, ended_on = :on, result = :result WHERE id = :id"
RECEIVE = """
UPDATE returned_goods SET state = 'received', received = :quantity, receiver_id = :staff, amount_cents = :amount WHERE id = :id
"""
APPROVE = """
UPDATE returned_goods
SET state = 'approved', approved = :quantity, approver_id = :staff, note_number = :note, amount_cents = :amount WHERE id = :id
"""


def measure_matter(one: Complaint, id_: int, place: int, state: str, department_id: int | None) -> Matter:
    """A measure as a matter."""
    return Matter("measure", id_, "measure", f"{one.number}/{place}", state, one.customer_id, department_id)


def plan_measure(
    session: Session,
    sql: Sql,
    company: CompanyInfo,
    one: Complaint,
    *,
    text: str,
    exempt: str = "",
    department: str = "",
    due_on: date | None = None,
    sight: Sight,
    actor: StaffMember,
    at: datetime,
) -> Measure:
    """Plans a measure, or (`exempt`) says why none is needed. Raises NotedRefusal, Refused, WrongUsage."""
    from revisit.models import Measure as Row

    _refuse_over(one, "measure")
    where = departments.get_department(sql, department).id if department else one.responsible_id or one.department_id
    place = len(records.measures_of(sql, one.id)) + 1
    step = _look_up(
        sql, sight, MEASURE, one, measure_matter(one, one.id, place, "", where), "exempt" if exempt else "plan",
        {"text": text.strip(), "reason": exempt.strip()},
    )  # fmt: skip
    today = wall(at, company).date()
    said: dict[str, Any] = {
        "what": text.strip(), "due_on": due_on or today, "state": step.to, "ended_on": today if exempt else None,
        "result": exempt.strip(), "department_id": where,
    }  # fmt: skip
    if not exempt and due_on is None:
        due = deadlines.due_at(company, "measure", at)
        said["due_on"] = wall(due, company).date() if due else today
    row = Row(complaint_id=one.id, staff_id=actor.id, **said)
    session.add(row)
    session.flush()
    assert row.id is not None
    audit.changed(session, action="create", table="measure", row_id=row.id, customer_id=one.customer_id, after=said)
    matter = measure_matter(one, row.id, place, "", where)
    moves.note(session, matter, step, actor, at=at, text=text or exempt, said={"on": said["due_on"].isoformat()})
    if not exempt:
        owner = Owner(department_id=where) if where is not None else deeds.keeper(sql, one)
        deadlines.start(session, sql, company, matter, "measure", owner, at=at, stated=said["due_on"])
    return records.measures_of(sql, one.id)[-1]


def end_measure(
    session: Session,
    sql: Sql,
    company: CompanyInfo,
    one: Complaint,
    place: int,
    *,
    done: str = "",
    exempt: str = "",
    sight: Sight,
    actor: StaffMember,
    at: datetime,
) -> Measure:
    """A measure is done, or not needed any more. Raises NotedRefusal, Refused, WrongUsage."""
    found = _at(records.measures_of(sql, one.id), place, one)
    matter = measure_matter(one, found.id, place, found.state, found.department_id)
    action, text = ("exempt", exempt.strip()) if exempt else ("done", done.strip())
    step = _look_up(sql, sight, MEASURE, one, matter, action, {"reason": text, "result": text})
    today = wall(at, company).date()
    news = {"state": step.to, "ended_on": today, "result": text}
    sql.run(END_MEASURE, id=found.id, state=step.to, on=today, result=text)
    audit.changed(
        session, action="update", table="measure", row_id=found.id, customer_id=one.customer_id,
        before={"state": found.state, "ended_on": None, "result": found.result}, after=news,
    )  # fmt: skip
    moves.note(session, matter, step, actor, at=at, text=text)
    deadlines.end(session, sql, matter, step.ends, at=at, met=action == "done")
    return records.measures_of(sql, one.id)[place - 1]


def goods_matter(one: Complaint, id_: int, place: int, state: str) -> Matter:
    """Goods that come back as a matter."""
    return Matter("returned", id_, "returned_goods", f"{one.number}/{place}", state, one.customer_id, one.department_id)


def announce(
    session: Session,
    sql: Sql,
    one: Complaint,
    *,
    goods: str,
    quantity: int,
    unit: str,
    note: str,
    amount: int | None = None,
    sight: Sight,
    actor: StaffMember,
    at: datetime,
) -> Returned:
    """Goods are to come back; `note`: what follows, a return note or a discount note, `amount`: what that is worth, in cents, if
    it is known. Raises NotedRefusal, WrongUsage."""
    from revisit.models import ReturnedGoods as Row

    _refuse_over(one, "return")
    place = len(records.goods_of(sql, one.id)) + 1
    step = _look_up(
        sql, sight, RETURNED, one, goods_matter(one, one.id, place, ""), "announce",
        {"text": goods.strip(), "quantity": quantity},
    )  # fmt: skip
    said: dict[str, Any] = {"goods": goods.strip(), "unit": unit, "note": note, "announced": quantity, "state": step.to}
    if amount is not None:
        said["amount_cents"] = amount
    row = Row(complaint_id=one.id, staff_id=actor.id, **said)
    session.add(row)
    session.flush()
    assert row.id is not None
    audit.changed(
        session, action="create", table="returned_goods", row_id=row.id, customer_id=one.customer_id, after=said
    )
    matter = goods_matter(one, row.id, place, "")
    told = {"quantity": quantity, "note": note} | ({"amount": amount} if amount is not None else {})
    moves.note(session, matter, step, actor, at=at, text=goods, said=told)
    return records.goods_of(sql, one.id)[-1]


def receive(
    session: Session,
    sql: Sql,
    one: Complaint,
    place: int,
    *,
    quantity: int,
    amount: int | None = None,
    sight: Sight,
    actor: StaffMember,
    at: datetime,
) -> Returned:
    """So much came back; `amount`: what the note is worth, where that is said now. Raises NotedRefusal, Refused, WrongUsage."""
    found = _at(records.goods_of(sql, one.id), place, one)
    matter = goods_matter(one, found.id, place, found.state)
    step = _look_up(sql, sight, RETURNED, one, matter, "receive", {"quantity": quantity})
    worth = amount if amount is not None else found.amount
    sql.run(RECEIVE, id=found.id, quantity=quantity, staff=actor.id, amount=worth)
    news = {"received": quantity, "receiver_id": actor.id, "amount_cents": worth}
    return _moved(session, sql, one, found, step, actor, news=news, quantity=quantity, at=at)


def approve(
    session: Session,
    sql: Sql,
    one: Complaint,
    place: int,
    *,
    quantity: int,
    amount: int | None = None,
    note_number: str = "",
    sight: Sight,
    actor: StaffMember,
    at: datetime,
) -> Returned:
    """The note is signed for a quantity that did come back, and an amount (cents; otherwise the one that stands on it).

    Raises NotedRefusal, Refused, WrongUsage.
    """
    found = _at(records.goods_of(sql, one.id), place, one)
    matter = goods_matter(one, found.id, place, found.state)
    worth = amount if amount is not None else found.amount
    step = _look_up(sql, sight, RETURNED, one, matter, "approve", {"quantity": quantity, "amount": worth})
    noted: dict[str, Any] = {
        "table": "returned_goods", "row_id": found.id, "customer_id": one.customer_id, "action": "approve",
        "number": matter.number, "form": one.number,
    }  # fmt: skip
    if found.received is None or quantity > found.received:
        raise NotedRefusal(
            N_("{number}: no more is approved than came back"),
            N_("look at what came back: revisit complaint show {form}"),
            **noted,
        )
    if found.receiver == actor.id:
        raise NotedRefusal(
            N_("{number}: whoever received the goods does not sign for them"), N_("ask somebody else"), **noted
        )
    assert worth is not None
    _refuse_above(sql, one, worth, noted)
    sql.run(APPROVE, id=found.id, quantity=quantity, staff=actor.id, note=note_number, amount=worth)
    news = {"approved": quantity, "approver_id": actor.id, "note_number": note_number, "amount_cents": worth}
    return _moved(session, sql, one, found, step, actor, news=news, quantity=quantity, at=at)


def _moved(
    session: Session,
    sql: Sql,
    one: Complaint,
    found: Returned,
    step: Step,
    actor: StaffMember,
    *,
    news: dict[str, Any],
    quantity: int,
    at: datetime,
) -> Returned:
    before = {"state": found.state, "amount_cents": found.amount}
    audit.changed(
        session, action="update", table="returned_goods", row_id=found.id, customer_id=one.customer_id,
        before=before, after={"state": step.to, **news},
    )  # fmt: skip
    matter = goods_matter(one, found.id, found.place, found.state)
    told = {"quantity": quantity} | ({"amount": news["amount_cents"]} if news["amount_cents"] is not None else {})
    moves.note(session, matter, step, actor, at=at, text=found.goods, said=told)
    return records.goods_of(sql, one.id)[found.place - 1]


def _refuse_above(sql: Sql, one: Complaint, amount: int, noted: Mapping[str, Any]) -> None:
    """Raises NotedRefusal for a note with which all of them would come to more than the settlement was signed for; before it
    holds it was signed for nothing."""
    signed = one.amount if one.is_in_force else 0
    notes = amount + sum(each.amount or 0 for each in records.goods_of(sql, one.id) if each.state == "approved")
    if notes > signed:
        raise NotedRefusal(
            N_("{number}: with it all notes come to {notes}, and the settlement was signed for {signed}"),
            N_("name a smaller amount, or look at the settlement: revisit complaint show {complaint}"),
            notes=wording.money(notes), signed=wording.money(signed), complaint=one.number, **noted,
        )  # fmt: skip


def _look_up(
    sql: Sql, sight: Sight, machine: Machine, one: Complaint, matter: Matter, action: str, needs: Mapping[str, object]
) -> Step:
    """The step, for what somebody is to the complaint, or to the department that owes the measure: one that was given to a
    department is that department's to end, to plan them is the duty of research and development."""
    if not sight.sees(one):
        raise moves.refusal(matter, action, Illegal("who", ()))
    parts, own = deeds.parts_of(sql, sight, one), moves.parts_of(sql, sight.viewer, matter)
    if machine is MEASURE:
        ends = matter.state == "planned" and "department" in own
        if not ends and machine.find(matter.state, action) is not None:
            deeds.refuse_anothers(sight, matter, action, parts | own, step="measure")
        parts -= {"department"}
    parts |= own
    return moves.look_up(sql, sight.viewer, machine, matter, action, needs=needs, parts=parts)


def _refuse_over(one: Complaint, action: str) -> None:
    """Raises NotedRefusal for a form that another one has taken the place of."""
    if one.state == "refused":
        raise NotedRefusal(
            N_("{number} goes on with the form {child}"), N_("name that one"), table="complaint", row_id=one.id,
            customer_id=one.customer_id, action=action, number=one.number, child=one.child,
        )  # fmt: skip


def _at(found: list[T], place: int, one: Complaint) -> T:
    if not 1 <= place <= len(found):
        raise Refused(
            N_("{number} has no part {place}"),
            N_("look at it: revisit complaint show {number}"),
            number=one.number,
            place=place,
        )
    return found[place - 1]
