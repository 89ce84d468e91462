"""Problems that customers raise: a numbered case of each, from the talk that opened it until the customer was told the result.

Feedback goes to the supervisor first, who decides, coordinates or escalates; what has to be solved at once goes to the
department by a form, and the department answers in time. Clause: P3 2.1, 2.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from revisit import access, audit, departments, lags
from revisit.access import Viewer
from revisit.company import CompanyInfo
from revisit.db import Sql, day, instant
from revisit.errors import Refused, WrongUsage
from revisit.i18n import N_
from revisit.matters import Matter, Owner, deadlines, moves, wall
from revisit.policy import machines
from revisit.policy.machines import CASE
from revisit.policy.machines import Move as Step
from revisit.policy.periods import Period
from revisit.staff import StaffMember

if TYPE_CHECKING:
    from sqlmodel import Session

NEWEST_NUMBER = "SELECT coalesce(max(number), 0) FROM case_"
LOCK_ON_SERVER = "LOCK TABLE case_ IN SHARE ROW EXCLUSIVE MODE"
COLUMNS = """
k.id, k.number, k.customer_id, c.code, c.name, c.rep_id, coalesce(r.login, ''), s.login, k.opened_at, k.immediate, k.what,
k.state, k.answer_clock, k.department_id, coalesce(d.name, ''), k.result, k.closed_on, v.number, coalesce(m.number, '')
FROM case_ k JOIN customer c ON c.id = k.customer_id JOIN staff s ON s.id = k.staff_id
LEFT JOIN staff r ON r.id = c.rep_id LEFT JOIN department d ON d.id = k.department_id LEFT JOIN revisit v ON v.id = k.revisit_id
LEFT JOIN complaint m ON m.case_id = k.id
"""
BY_NUMBER = f"SELECT {COLUMNS} WHERE k.number = :number"
OF_CUSTOMER = f"SELECT {COLUMNS} WHERE k.customer_id = :id ORDER BY k.number"
NOT_CLOSED = f"SELECT {COLUMNS} WHERE k.state <> 'closed' ORDER BY k.number"
EVERY = f"SELECT {COLUMNS} ORDER BY k.number"
CHANGEABLE = ("state", "department_id", "result", "closed_on")
SET = f"UPDATE case_ SET {', '.join(f'{name} = :{name}' for name in CHANGEABLE)} WHERE id = :id"
LOCK_ROW_ON_SERVER = "SELECT 1 FROM case_ WHERE number = :number FOR UPDATE"
FEEDBACK = """
SELECT due_by, document, sender, sent_on, receiver FROM feedback_time WHERE customer_id = :id ORDER BY id DESC LIMIT 1
"""
OPENER = "SELECT staff_id FROM case_ WHERE id = :id"


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it stands: what it is about, whether it has to be solved at once, where it is, what came of it.

    `rep`, `by` are logins; `answer_clock` is what the department owes ("contact" or "plan"); `revisit` is the number of the
    talk it was opened in, None by hand; `complaint` the number of the form, where it turned out to be a complaint.
    """

    id: int
    number: int
    customer_id: int
    code: str
    name: str
    owner: int | None
    rep: str
    by: str
    opened_at: datetime
    immediate: bool
    what: str
    state: str
    answer_clock: str
    department_id: int | None
    department: str
    result: str
    closed_on: date | None
    revisit: int | None
    complaint: str

    @property
    def matter(self) -> Matter:
        """The case as a matter."""
        return Matter("case", self.id, "case_", f"#{self.number}", self.state, self.customer_id, self.department_id)


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said with a move; what was not said is empty. `at`: when the customer was told."""

    text: str = ""
    result: str = ""
    reason: str = ""
    department: str = ""
    how: str = ""
    person: str = ""
    by: str = ""
    on: date | None = None


def get_case(sql: Sql, number: int, *, lock: bool = False) -> Case:
    """The case of a number. Raises Refused. With `lock` nobody else changes it until the transaction ends."""
    if lock and sql.server:
        sql.rows(LOCK_ROW_ON_SERVER, number=number)
    found = sql.rows(BY_NUMBER, number=number)
    if not found:
        raise Refused(N_("there is no case {number}"), N_("look at the list: revisit case list --all"), number=number)
    return _case(found[0])


def open_cases(sql: Sql, customer_id: int) -> tuple[Case, ...]:
    """The cases of a customer that are not closed, the oldest first."""
    return tuple(one for one in of_customer(sql, customer_id) if one.state != "closed")


def of_customer(sql: Sql, customer_id: int) -> tuple[Case, ...]:
    """Every case of a customer, the oldest first."""
    return tuple(map(_case, sql.rows(OF_CUSTOMER, id=customer_id)))


def list_cases(sql: Sql, viewer: Viewer, *, closed: bool = False) -> list[Case]:
    """The cases that somebody may see, those that are not closed, or all of them."""
    mine = moves.put_before(sql, viewer, "case")
    return [
        one for one in map(_case, sql.rows(EVERY if closed else NOT_CLOSED)) if one.id in mine or may_see(viewer, one)
    ]


def not_urgent(sql: Sql, viewer: Viewer, company: CompanyInfo, period: Period) -> list[Case]:
    """What was raised in a period and has not to be solved at once: the pack for the sales department. Clause: P3 2.2."""
    return [
        one
        for one in list_cases(sql, viewer, closed=True)
        if not one.immediate and period.start <= wall(one.opened_at, company).date() <= period.end
    ]


def require_sight(sql: Sql, viewer: Viewer, case: Case) -> None:
    """Raises Refused unless somebody may see the case."""
    if not may_see(viewer, case) and case.id not in moves.put_before(sql, viewer, "case"):
        access.require_whole(sql, viewer, case.customer_id)
        raise Refused(N_("case {number} is not for you to see"), N_("ask a supervisor"), number=case.number)


def may_see(viewer: Viewer, case: Case) -> bool:
    """Whether somebody may see a case: as the customer's log, or because it was sent to the own department."""
    member = viewer.member
    ours = member is not None and case.department_id is not None and case.department_id == member.department_id
    return ours or viewer.sees("log", case.owner) == "whole" or _signs(viewer)


def _signs(viewer: Viewer) -> bool:
    return viewer.member is not None and viewer.member.role == "approver"


def open_case(
    session: Session,
    sql: Sql,
    company: CompanyInfo,
    *,
    customer_id: int,
    actor: StaffMember,
    revisit_id: int | None,
    what: str,
    immediate: bool,
    at: datetime,
    on: date | None = None,
    decider: str = "",
) -> int:
    """Opens a case; its number. `decider` is the post that decides it, else the supervisor. `on` is the day of the talk: in one
    with a dormant customer the department owes a plan of measures, else its first contact. Raises WrongUsage where nothing is
    said of what it is about. Clause: P3 2.2."""
    from revisit.models import Case as Row

    if not what.strip():
        raise WrongUsage(N_("a case needs a sentence on what it is about"), N_("write down what the customer said"))
    if sql.server:
        sql.run(LOCK_ON_SERVER)
    number = int(sql.rows(NEWEST_NUMBER)[0][0]) + 1
    dormant = on is not None and any(
        span.from_on <= on and (span.until_on is None or on < span.until_on)
        for span in lags.dormant_spans(sql, [customer_id])
    )
    said: dict[str, Any] = {
        "number": number, "opened_at": at, "immediate": immediate, "what": what.strip(), "state": "open",
        "answer_clock": "plan" if dormant else "contact",
    }  # fmt: skip
    row = Row(customer_id=customer_id, staff_id=actor.id, revisit_id=revisit_id, **said)
    session.add(row)
    session.flush()
    audit.changed(session, action="create", table="case_", row_id=row.id, customer_id=customer_id, after=said)
    case = get_case(sql, number)
    step = CASE.moves[0]
    matter = Matter("case", case.id, "case_", case.matter.number, "", customer_id)
    moves.note(session, matter, step, actor, at=at, text=what, said={"immediate": immediate})
    _start(session, sql, company, case, step, at=at, decider=decider)
    return number


def make(
    session: Session,
    sql: Sql,
    company: CompanyInfo,
    number: int,
    action: str,
    said: Said,
    *,
    viewer: Viewer,
    actor: StaffMember,
    at: datetime,
) -> Case:
    """Makes a move; the case as it stands after it. Raises NotedRefusal, Refused and WrongUsage."""
    case = get_case(sql, number, lock=True)
    if not may_see(viewer, case) and case.id not in moves.put_before(sql, viewer, "case"):
        raise moves.refusal(case.matter, action, machines.Illegal("who", ()))
    needs = {
        "text": said.text, "result": said.result, "reason": said.reason, "department": said.department, "how": said.how,
    }  # fmt: skip
    step = moves.look_up(sql, viewer, CASE, case.matter, action, needs=needs)
    department = departments.get_department(sql, said.department) if said.department else None
    text = said.text or said.result or said.reason
    told = {"department": department.name if department else "", "how": said.how, "person": said.person, "by": said.by}
    kept: dict[str, Any] = {key: value for key, value in told.items() if value}
    if said.on is not None:
        kept["on"] = said.on.isoformat()
    moves.note(session, case.matter, step, actor, at=at, text=text, said=kept)
    news: dict[str, Any] = {"state": step.to, "closed_on": wall(at, company).date() if step.to == "closed" else None}
    if department and action == "route":
        news["department_id"] = department.id
    if "result" in step.needs or action == "reopen":
        news["result"] = said.result.strip() if "result" in step.needs else ""
    moves.change(session, sql, case.matter, SET, {name: getattr(case, name) for name in CHANGEABLE}, news)
    moved = get_case(sql, number)
    moves.run_clocks(session, sql, company, CASE, moved.matter, step, at=at, reason=said.reason.strip())
    if action == "escalate":
        _escalate(session, sql, company, moved, at=at)
    if step.to == "resolved":
        deadlines.end(session, sql, moved.matter, None, at=at, met=True)
    _start(session, sql, company, moved, step, at=at)
    return moved


def _start(
    session: Session, sql: Sql, company: CompanyInfo, case: Case, step: Step, *, at: datetime, decider: str = ""
) -> None:
    """Begins the clocks of a move that are meant for this case."""
    for clock in step.starts:
        if clock in machines.ANSWER:
            if clock == case.answer_clock and case.immediate:
                owner = Owner(department_id=case.department_id)
                deadlines.start(session, sql, company, case.matter, clock, owner, at=at)
        elif clock == "feedback":
            if not case.immediate:
                asked = feedback_asked(sql, case.customer_id)
                today = wall(at, company).date()
                stated = asked.due_by if asked and asked.due_by >= today else None
                deadlines.start(session, sql, company, case.matter, clock, _keeper(sql, case), at=at, stated=stated)
        elif case.immediate:
            owner = _keeper(sql, case) if clock == "form" else Owner(post=decider or supervisor(company, at))
            deadlines.start(session, sql, company, case.matter, clock, owner, at=at)


def _escalate(session: Session, sql: Sql, company: CompanyInfo, case: Case, *, at: datetime) -> None:
    """The decision is owed by the next post of the ladder now. Raises Refused where there is none. Clause: P3 2.1."""
    posts = [one.owner.post for one in deadlines.of(sql, case.matter) if one.clock == "decide" and one.owner.post]
    ladder = company.policies.on(wall(at, company).date()).escalation
    above = ladder.above(posts[-1]) if posts else ladder.ladder
    if not above:
        raise Refused(
            N_("nobody stands above whom it was put before"),
            N_("decide it: revisit case decide {number} --result TEXT"),
            number=case.number,
        )
    deadlines.end(session, sql, case.matter, ["decide"], at=at)
    deadlines.start(session, sql, company, case.matter, "decide", Owner(post=above[0]), at=at)


def _keeper(sql: Sql, case: Case) -> Owner:
    """The customer's representative; where there is none, who opened the case."""
    return Owner(staff_id=case.owner if case.owner is not None else int(sql.rows(OPENER, id=case.id)[0][0]))


def supervisor(company: CompanyInfo, at: datetime) -> str:
    """The post that feedback goes to first: the lowest of the policy's ladder."""
    return company.policies.on(wall(at, company).date()).escalation.ladder[0]


# --- Feedback times


@dataclass(frozen=True, slots=True)
class Asked:
    """A feedback time that sales asked for by a document."""

    due_by: date
    document: str
    sender: str
    sent_on: date
    receiver: str


def feedback_asked(sql: Sql, customer_id: int) -> Asked | None:
    """The feedback time of a customer that was asked for last."""
    for due_by, document, sender, sent_on, receiver in sql.rows(FEEDBACK, id=customer_id):
        return Asked(date.fromisoformat(due_by), document, sender, date.fromisoformat(sent_on), receiver)
    return None


def ask_feedback(
    session: Session,
    sql: Sql,
    company: CompanyInfo,
    customer_id: int,
    asked: Asked,
    *,
    actor: StaffMember,
    at: datetime,
) -> list[int]:
    """Keeps a feedback time, which takes the place of the monthly one of what is open; the numbers of those cases."""
    from revisit.models import FeedbackTime

    said: dict[str, Any] = {
        "due_by": asked.due_by, "document": asked.document, "sender": asked.sender, "sent_on": asked.sent_on,
        "receiver": asked.receiver,
    }  # fmt: skip
    row = FeedbackTime(customer_id=customer_id, staff_id=actor.id, at=at, **said)
    session.add(row)
    session.flush()
    audit.changed(session, action="create", table="feedback_time", row_id=row.id, customer_id=customer_id, after=said)
    touched = [one for one in open_cases(sql, customer_id) if not one.immediate and one.state == "open"]
    for one in touched:
        deadlines.state(session, sql, company, one.matter, "feedback", asked.due_by)
    return [one.number for one in touched]


def _case(row: tuple[Any, ...]) -> Case:
    id_, number, customer, code, name, owner, rep, by, opened, immediate, what, state, clock, *rest = row
    department_id, department, result, closed, revisit, complaint = rest
    moment = instant(opened)
    assert moment is not None
    return Case(
        id_, number, customer, code, name, owner, rep, by, moment, bool(immediate), what, state, clock, department_id, department,
        result, day(closed), revisit, complaint,
    )  # fmt: skip
