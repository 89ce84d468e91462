"""What is done with a complaint, from the form to the review: each step looked up in its table, noted, with its deadlines.

A settlement is signed by its amount (`approvals`) and takes effect only then; nothing closes before the customer was told; an
answer that the customer does not accept opens another form. Clause: P4.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from revisit import approvals, audit, departments, wording
from revisit.approvals import Wanted
from revisit.company import CompanyInfo
from revisit.complaints import records
from revisit.complaints.records import Complaint, Sight
from revisit.db import Sql
from revisit.errors import NotedRefusal, Refused, WrongUsage
from revisit.i18n import N_
from revisit.matters import Matter, Owner, deadlines, moves, wall, words
from revisit.policy.machines import COMPLAINT, DUTIES, Illegal, Part, duties_of
from revisit.policy.machines import Move as Step
from revisit.policy.months import month_start, plus_months
from revisit.staff import StaffMember

if TYPE_CHECKING:
    from sqlmodel import Session

VICE_PRESIDENT = "vice-president"
"""Severe complaints are put before this post at once."""
CELLS = (
    "severity", "urgency", "order_number", "batch_number", "quantity", "unit", "shipped_on", "demand", "state",
    "department_id", "kind", "cause", "upheld", "responsible_id", "supplier_liable", "loss_cents", "settlement", "amount_cents",
    "approval_id", "result", "answered_on", "closed_on",
)  # fmt: skip
"""What of a form changes; the rest stays as it was written."""
SET = f"UPDATE complaint SET {', '.join(f'{name} = :{name}' for name in CELLS)} WHERE id = :id"
TIED = """
SELECT k.number, k.customer_id, coalesce(c.number, '') FROM case_ k LEFT JOIN complaint c ON c.case_id = k.id WHERE k.id = :id
"""
REP_OF = "SELECT rep_id FROM customer WHERE id = :id"


@dataclass(frozen=True, slots=True)
class Facts:
    """What was ordered and is demanded; None: not said. `quantity`: thousandths of the unit."""

    severity: str | None = None
    urgency: str | None = None
    order_number: str | None = None
    batch_number: str | None = None
    quantity: int | None = None
    unit: str | None = None
    shipped_on: date | None = None
    demand: str | None = None

    @property
    def cells(self) -> dict[str, Any]:
        """What was said, by column."""
        return {name: getattr(self, name) for name in self.__slots__ if getattr(self, name) is not None}


NO_FACTS = Facts()


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said with a step; what was not said is empty. `on`: when the customer was told, `document`: the letter."""

    text: str = ""
    result: str = ""
    reason: str = ""
    department: str = ""
    how: str = ""
    person: str = ""
    by: str = ""
    document: str = ""
    on: date | None = None
    cause: str = ""
    kind: str = ""
    settlement: str = ""
    amount: int = 0
    upheld: bool = True
    responsible: str = ""
    supplier_liable: bool = False
    loss: int | None = None
    facts: Facts = NO_FACTS


def open_complaint(
    session: Session,
    sql: Sql,
    company: CompanyInfo,
    *,
    customer_id: int,
    actor: StaffMember,
    what: str,
    facts: Facts = NO_FACTS,
    at: datetime,
    parent: Complaint | None = None,
    case_id: int | None = None,
) -> Complaint:
    """Accepts a complaint on a new form, `parent` the one whose answer was not accepted, `case_id` the case that turned out to be
    one; the case goes on by itself. Raises Refused, WrongUsage."""
    from revisit.models import Complaint as Row

    if not what.strip():
        raise WrongUsage(
            N_("a complaint needs a sentence on what it is about"), N_("write down what the customer said")
        )
    today = wall(at, company).date()
    number = records.next_number(sql, today.year)
    if case_id is not None:
        _refuse_tied(sql, case_id, customer_id)
    cells: dict[str, Any] = {"severity": "ordinary", "urgency": "ordinary"}
    if parent is not None:
        cells |= {name: getattr(parent, name) for name in Facts.__slots__}
    cells |= facts.cells
    said = {"number": number, "opened_at": at, "what": what.strip(), "state": "accepted", **cells}
    if case_id is not None:
        said["case_id"] = case_id
    row = Row(customer_id=customer_id, staff_id=actor.id, parent_id=parent.id if parent else None, **said)
    session.add(row)
    session.flush()
    after = {name: value for name, value in said.items() if value not in (None, "")}
    audit.changed(session, action="create", table="complaint", row_id=row.id, customer_id=customer_id, after=after)
    made = records.get_complaint(sql, company, number, today)
    step = COMPLAINT.moves[0]
    moves.note(
        session,
        made.matter,
        step,
        actor,
        at=at,
        text=what,
        said={"after": parent.number} if parent is not None else None,
    )
    _start(session, sql, company, made, step, severe=made.severity == "severe", at=at)
    return made


def make(
    session: Session,
    sql: Sql,
    company: CompanyInfo,
    number: str,
    action: str,
    said: Said,
    *,
    sight: Sight,
    actor: StaffMember,
    at: datetime,
) -> Complaint:
    """Makes a step; the complaint as it stands then; after a refusal, the new form. Raises NotedRefusal, Refused, WrongUsage."""
    today = wall(at, company).date()
    one = records.get_complaint(sql, company, number, today, lock=True)
    step = look_up(sql, sight, one, action, said)
    cells = _cells(session, sql, company, one, action, said, sight=sight, actor=actor, at=at)
    if action == "close":
        _refuse_bare(sql, one)
    department = said.department or said.responsible
    told = {
        "department": departments.get_department(sql, department).name if department else "", "how": said.how,
        "person": said.person, "by": said.by, "document": said.document, "on": said.on.isoformat() if said.on else "",
        "cause": said.cause.strip() if said.text else "", "settlement": said.settlement, "amount": said.amount or "",
    }  # fmt: skip
    text = said.text or said.result or said.reason or said.cause
    moves.note(session, one.matter, step, actor, at=at, text=text, said={k: v for k, v in told.items() if v != ""})
    moves.change(session, sql, one.matter, SET, cells_of(one), {"state": step.to, **cells})
    moved = records.get_complaint(sql, company, one.number, today)
    if action == "refuse":
        deadlines.end(session, sql, moved.matter, None, at=at, met=False)
    moves.run_clocks(session, sql, company, COMPLAINT, moved.matter, step, at=at, reason=said.reason.strip())
    if action == "refuse":
        return open_complaint(
            session, sql, company, customer_id=one.customer_id, actor=actor, what=said.reason, at=at, parent=moved
        )
    if one.severity == "severe" and moved.severity != "severe":
        deadlines.end(session, sql, moved.matter, ["decide"], at=at, met=False)
    severe = one.severity != "severe" and moved.severity == "severe"
    _start(session, sql, company, moved, step, severe=severe, at=at)
    return moved


def parts_of(sql: Sql, sight: Sight, one: Complaint) -> frozenset[Part]:
    """What somebody is to a complaint: the manager leads them all; the responsible department is concerned as the one that
    investigates is; a duty is that of the department that carries it; whom a severe one was put before instructs."""
    member = sight.viewer.member
    if member is None or member.role == "auditor":
        return frozenset()
    parts: set[Part] = set(moves.parts_of(sql, sight.viewer, one.matter))
    if sight.every:
        parts |= {"keeper", "lead"}
    concerned = sight.concerns(one)
    if concerned:
        parts.add("department")
    parts |= duties_of(sight.duty, {each.duty for each in sight.carriers}, concerned=concerned)
    if one.id in sight.instructs:
        parts.add("signer")
    return frozenset(parts)


def possible(sql: Sql, sight: Sight, one: Complaint) -> list[str]:
    """What somebody may do with a complaint now."""
    return moves.possible(sql, COMPLAINT, one.matter, parts_of(sql, sight, one))


def look_up(sql: Sql, sight: Sight, one: Complaint, action: str, said: Said) -> Step:
    """The step that an action is for this person. Raises NotedRefusal, WrongUsage."""
    if not sight.sees(one):
        raise moves.refusal(one.matter, action, Illegal("who", ()))
    needs = {
        "text": said.text.strip(), "result": said.result.strip(), "reason": said.reason.strip(), "department": said.department,
        "how": said.how, "cause": said.cause.strip(), "settlement": said.settlement,
    }  # fmt: skip
    parts = parts_of(sql, sight, one)
    if COMPLAINT.find(one.state, action) is not None:
        refuse_anothers(sight, one.matter, action, parts)
    return moves.look_up(sql, sight.viewer, COMPLAINT, one.matter, action, needs=needs, parts=parts)


def refuse_anothers(sight: Sight, matter: Matter, action: str, parts: Collection[Part], *, step: str = "") -> None:
    """Raises NotedRefusal for a step (`step`, or else the action itself) that is the duty of another department. Customer service
    may write down what others did."""
    duty = next((name for name, steps in DUTIES.items() if (step or action) in steps), "")
    carrying = sight.carrying(duty)
    if carrying and "department" in parts and not {"keeper", "lead", duty} & set(parts):
        raise NotedRefusal(
            N_("{number}: {move} is the duty of {departments}"),
            N_("ask them, or customer service to write down what they say"),
            table=matter.table, row_id=matter.id, customer_id=matter.customer_id, action=action, number=matter.number,
            move=words.named(action), departments=wording.listed(carrying),
        )  # fmt: skip


def cells_of(one: Complaint) -> dict[str, Any]:
    """What may change of a form, as it stands."""
    other = {"loss_cents": one.loss, "amount_cents": one.amount}
    return {name: other[name] if name in other else getattr(one, name) for name in CELLS}


def keeper(sql: Sql, one: Complaint) -> Owner:
    """Who owes what customer service has to do: the customer's representative, else whoever accepted it."""
    rep = sql.rows(REP_OF, id=one.customer_id)[0][0]
    return Owner(staff_id=rep if rep is not None else one.opener)


def _cells(
    session: Session,
    sql: Sql,
    company: CompanyInfo,
    one: Complaint,
    action: str,
    said: Said,
    *,
    sight: Sight,
    actor: StaffMember,
    at: datetime,
) -> dict[str, Any]:
    """What a step writes into the form beside the state."""
    today = wall(at, company).date()
    if action == "facts":
        if not said.facts.cells:
            raise WrongUsage(
                N_("nothing of the facts was said"), N_("name them: --order, --batch, --quantity, --shipped, --demand")
            )
        return said.facts.cells
    if action == "investigate":
        return {"department_id": departments.get_department(sql, said.department).id}
    if action == "conclude":
        return {"cause": said.cause.strip(), "kind": said.kind or one.kind}
    if action == "propose":
        return _proposal(session, sql, company, one, said, sight=sight, actor=actor, at=at)
    if action == "settle":
        _refuse_unsigned(sql, one)
    if action == "answer":
        return {"answered_on": said.on or today}
    if action == "close":
        return {"result": said.result.strip(), "closed_on": today}
    return {"closed_on": None} if action == "refuse" else {}


def _proposal(
    session: Session,
    sql: Sql,
    company: CompanyInfo,
    one: Complaint,
    said: Said,
    *,
    sight: Sight,
    actor: StaffMember,
    at: datetime,
) -> dict[str, Any]:
    """What is proposed, put before whoever signs amounts of that size. What was asked for already is changed, or withdrawn."""
    if (said.settlement == "none") != (said.amount == 0) or said.amount < 0:
        raise WrongUsage(
            N_("a settlement has an amount above 0, and none has no amount"),
            N_("say what it is worth: --amount AMOUNT"),
        )
    if not said.upheld and said.settlement != "none":
        raise WrongUsage(N_("a complaint that is not upheld is not settled"), N_("leave the settlement at none"))
    by: dict[str, Any] = {"viewer": sight.viewer, "actor": actor, "at": at, "about": one.matter}
    reason = " ".join(filter(None, (one.number, said.settlement, said.text.strip())))
    standing = approvals.get_approval(sql, one.approval) if one.approval is not None else None
    asked = standing if standing is not None and standing.is_open else None
    wanted = Wanted(amount=said.amount)
    if asked is not None and said.amount and asked.amount != said.amount:
        approvals.change(session, sql, company, asked.number, wanted, reason=reason, **by)
    elif asked is not None and said.settlement != one.settlement:
        approvals.withdraw(session, sql, company, asked.number, reason=reason, **by)
        asked = None
    approval_id = asked.id if asked is not None else None
    if asked is None and said.amount:
        approval_id = approvals.request(
            session, sql, company, kind="settlement", customer_id=one.customer_id, wanted=wanted, reason=reason, **by
        ).id
    return {
        "settlement": said.settlement, "amount_cents": said.amount, "approval_id": approval_id, "upheld": said.upheld,
        "responsible_id": departments.get_department(sql, said.responsible).id if said.responsible else one.responsible_id,
        "supplier_liable": said.supplier_liable, "loss_cents": said.loss if said.loss is not None else one.loss,
    }  # fmt: skip


def _refuse_unsigned(sql: Sql, one: Complaint) -> None:
    """Raises NotedRefusal unless what is proposed was signed, in that amount or more."""
    if one.approval is None:
        return
    found = approvals.get_approval(sql, one.approval)
    if found.state == "approved" and found.amount is not None and found.amount >= one.amount:
        return
    raise NotedRefusal(
        N_("the settlement of {number} is not signed: approval {approval}"),
        N_("it holds once it is signed: revisit approval show {approval}"),
        table="complaint", row_id=one.id, customer_id=one.customer_id, action="settle", number=one.number,
        approval=found.matter.number,
    )  # fmt: skip


def _refuse_tied(sql: Sql, case_id: int, customer_id: int) -> None:
    """Raises Refused for a case of another customer, or one that is a complaint already."""
    number, whose, known = sql.rows(TIED, id=case_id)[0]
    if whose != customer_id:
        raise Refused(
            N_("case {number} is another customer's"), N_("look at it: revisit case show {number}"), number=number
        )
    if known:
        raise Refused(
            N_("case {number} is a complaint already: {complaint}"),
            N_("look at it: revisit complaint show {complaint}"),
            number=number,
            complaint=known,
        )


def _refuse_bare(sql: Sql, one: Complaint) -> None:
    """Raises NotedRefusal where an upheld complaint has no measure, nor a word why it needs none."""
    if one.upheld and not records.measures_of(sql, one.id):
        raise NotedRefusal(
            N_("{number} has no measure of improvement, nor a reason why it needs none"),
            N_("plan one: revisit complaint measure {number} --text TEXT, or say why not: --exempt REASON"),
            table="complaint", row_id=one.id, customer_id=one.customer_id, action="close", number=one.number,
        )  # fmt: skip


def _start(
    session: Session, sql: Sql, company: CompanyInfo, one: Complaint, step: Step, *, severe: bool, at: datetime
) -> None:
    """Begins the clocks of a step that are meant for this complaint; `severe`: it has just become so."""
    policy = company.policies.on(wall(at, company).date())
    for clock in step.starts:
        if clock == "decide":
            if severe:
                deadlines.start(session, sql, company, one.matter, clock, Owner(post=VICE_PRESIDENT), at=at)
        elif clock == "review":
            after = plus_months(month_start(wall(at, company).date()), 1) + timedelta(policy.clocks[clock].length - 1)
            owner = Owner(post=policy.escalation.ladder[0])
            deadlines.start(session, sql, company, one.matter, clock, owner, at=at, stated=after)
        else:
            deadlines.start(session, sql, company, one.matter, clock, keeper(sql, one), at=at)
