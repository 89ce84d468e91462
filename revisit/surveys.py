"""The opinion survey: what customers think of the work, asked after each finished service job and from time to time.

It is about a person, and counts in that person's month. What was poor becomes a case; a grave complaint is decided by the
vice president. Clause: P4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from revisit import access, audit, cases, service, staff, wording
from revisit.access import Viewer
from revisit.company import CompanyInfo
from revisit.db import Sql, day, instant
from revisit.errors import NotedRefusal, Refused
from revisit.i18n import N_, _
from revisit.matters import wall
from revisit.policy.periods import Period
from revisit.policy.survey import ITEMS, Answer, Weights, is_poor
from revisit.service import Job
from revisit.staff import StaffMember

if TYPE_CHECKING:
    from sqlmodel import Session

NEWEST_NUMBER = "SELECT coalesce(max(number), 0) FROM survey"
LOCK_ON_SERVER = "LOCK TABLE survey IN SHARE ROW EXCLUSIVE MODE"
COLUMNS = """
v.id, v.number, v.customer_id, c.code, c.name, c.rep_id, v.staff_id, s.login, s.name, v.by_id, b.login, j.number, r.number,
v.asked_on, v.at, v.attitude, v.skill, v.arrival, v.promises, v.note, v.grave, k.number, v.void_reason
FROM survey v JOIN customer c ON c.id = v.customer_id JOIN staff s ON s.id = v.staff_id JOIN staff b ON b.id = v.by_id
LEFT JOIN service_job j ON j.id = v.job_id LEFT JOIN revisit r ON r.id = v.revisit_id LEFT JOIN case_ k ON k.id = v.case_id
"""
BY_NUMBER = f"SELECT {COLUMNS} WHERE v.number = :number"
WITHIN = f"SELECT {COLUMNS} WHERE v.asked_on >= :first AND v.asked_on <= :last ORDER BY v.number"
OF_CUSTOMER = f"SELECT {COLUMNS} WHERE v.customer_id = :id ORDER BY v.number"
OF_JOB = "SELECT number FROM survey WHERE job_id = :id AND void_reason = ''"
ASKED = "SELECT job_id FROM survey WHERE job_id IS NOT NULL AND void_reason = ''"
CASE_ID = "SELECT id FROM case_ WHERE number = :number"
VOID = "UPDATE survey SET void_reason = :reason WHERE id = :id"


@dataclass(frozen=True, slots=True)
class Survey:
    """An answer of a customer as it is kept. `staff` is the login of the person it is about, `by` of who asked; `job`, `revisit`
    and `case` are numbers; `void_reason`: why it does not count."""

    id: int
    number: int
    customer_id: int
    code: str
    name: str
    owner: int | None
    staff_id: int
    staff: str
    staff_name: str
    by_id: int
    by: str
    job: int | None
    revisit: int | None
    asked_on: date
    at: datetime
    attitude: str
    skill: str
    arrival: str
    promises: str
    note: str
    grave: bool
    case: int | None
    void_reason: str

    @property
    def grades(self) -> dict[str, str]:
        """The grade of each item."""
        return {item: getattr(self, item) for item in ITEMS}


@dataclass(frozen=True, slots=True)
class Said:
    """What a customer answered: a grade for each item, in words of ours. `at_once`: what was poor has to be solved at once."""

    grades: Mapping[str, str]
    note: str = ""
    grave: bool = False
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class About:
    """What a survey is about: the person, and the job if it is about one."""

    staff_id: int
    job_id: int | None = None


def lock(sql: Sql) -> None:
    """On a server: nobody else records a survey or takes one back until the transaction ends; a file is locked anyway."""
    if sql.server:
        sql.run(LOCK_ON_SERVER)


def get_survey(sql: Sql, number: int) -> Survey:
    """The survey of a number. Raises Refused."""
    found = sql.rows(BY_NUMBER, number=number)
    if not found:
        raise Refused(N_("there is no survey {number}"), N_("look at the list: revisit survey list"), number=number)
    return _survey(found[0])


def within(sql: Sql, viewer: Viewer, period: Period) -> list[Survey]:
    """What was asked in a period, as far as somebody may see it, in the order of the numbers."""
    rows = sql.rows(WITHIN, first=period.start, last=period.end)
    return [one for one in map(_survey, rows) if may_see(viewer, one)]


def about_people(sql: Sql, viewer: Viewer, period: Period) -> list[Survey]:
    """What was asked in a period about people whose results somebody may see: the own ones, or those of the team."""
    rows = sql.rows(WITHIN, first=period.start, last=period.end)
    return [one for one in map(_survey, rows) if viewer.side(one.staff_id) != "other"]


def of_customer(sql: Sql, customer_id: int) -> list[Survey]:
    """Everything that a customer answered, the oldest first."""
    return list(map(_survey, sql.rows(OF_CUSTOMER, id=customer_id)))


def may_see(viewer: Viewer, survey: Survey) -> bool:
    """Whether somebody may see a survey: as the customer's log, or because it is about the own work; whoever decides grave
    complaints sees all."""
    member = viewer.member
    if member is not None and (member.id in (survey.staff_id, survey.by_id) or member.role == "approver"):
        return True
    return viewer.sees("log", survey.owner) == "whole"


def due(sql: Sql, viewer: Viewer) -> list[Job]:
    """The finished jobs for customers that nobody was asked about yet, the oldest first. Clause: P4."""
    asked = {row[0] for row in sql.rows(ASKED)}
    done = [
        one
        for one in service.list_jobs(sql, viewer, ended=True)
        if one.state in ("finished", "done") and one.kind != "internal" and one.id not in asked
    ]
    return sorted(done, key=lambda one: (one.ended_at or one.asked_at, one.number))


def about(sql: Sql, customer_id: int, *, job: Job | None, login: str | None) -> About:
    """Whom a survey that is recorded is about: whoever did the job, else the person named. Raises Refused."""
    lock(sql)
    if job is None:
        if login is None:
            raise Refused(
                N_("whom the survey is about is missing"),
                N_("name a finished job with --job N, or a person with --staff LOGIN"),
            )
        return About(staff.get_by_login(sql, login, former=True).id)
    if job.customer_id != customer_id:
        raise Refused(
            N_("service job {number} was not for this customer"), N_("look at the list: revisit survey due"),
            number=job.matter.number,
        )  # fmt: skip
    if job.state not in ("finished", "done") or job.worker_id is None:
        raise Refused(
            N_("service job {number} is not finished"),
            N_("ask when it is done: revisit survey due"),
            number=job.matter.number,
        )
    told = sql.rows(OF_JOB, id=job.id)
    if told:
        raise Refused(
            N_("the customer was asked about service job {number} already: survey {survey}"),
            N_("a survey that is wrong is taken back first: revisit survey void N --reason TEXT"),
            number=job.matter.number, survey=told[0][0],
        )  # fmt: skip
    if login is not None and staff.get_by_login(sql, login, former=True).id != job.worker_id:
        raise Refused(
            N_("service job {number} was done by {worker}"), N_("leave --staff out: the survey is about whoever did it"),
            number=job.matter.number, worker=job.worker,
        )  # fmt: skip
    return About(job.worker_id, job.id)


def about_in_a_call(sql: Sql, viewer: Viewer, customer_id: int, actor: StaffMember) -> About:
    """Whom a survey in a call is about: whoever did the oldest job that nobody was asked about, else the customer's
    representative."""
    lock(sql)
    job = next((one for one in due(sql, viewer) if one.customer_id == customer_id), None)
    if job is not None and job.worker_id is not None:
        return About(job.worker_id, job.id)
    owner = access.owner_of(sql, customer_id)
    return About(owner if owner is not None else actor.id)


def record(
    session: Session,
    sql: Sql,
    company: CompanyInfo,
    customer_id: int,
    whom: About,
    said: Said,
    *,
    actor: StaffMember,
    on: date,
    at: datetime,
    revisit_id: int | None = None,
    case: int | None = None,
) -> Survey:
    """Keeps what a customer answered on a day. What was poor becomes a case, unless one (`case`) was opened with it already; a
    grave complaint one that is urgent and goes to the vice president."""
    from revisit.models import Survey as Row

    lock(sql)
    number = int(sql.rows(NEWEST_NUMBER)[0][0]) + 1
    if case is None and (said.grave or is_poor(said.grades)):
        case = cases.open_case(
            session, sql, company, customer_id=customer_id, actor=actor, revisit_id=revisit_id, what=_what(said), at=at, on=on,
            immediate=said.grave or said.at_once, decider=grave_to(company, at) if said.grave else "",
        )  # fmt: skip
    cells: dict[str, Any] = {
        "number": number, "staff_id": whom.staff_id, "by_id": actor.id, "asked_on": on, **said.grades,
        "note": said.note.strip(), "grave": said.grave,
    }  # fmt: skip
    case_id = sql.rows(CASE_ID, number=case)[0][0] if case is not None else None
    row = Row(
        customer_id=customer_id,
        job_id=whom.job_id,
        revisit_id=revisit_id,
        at=at,
        case_id=case_id,
        void_reason="",
        **cells,
    )
    session.add(row)
    session.flush()
    told = get_survey(sql, number)
    known = {"job": f"S{told.job}" if told.job else None, "case": case}
    audit.changed(session, action="create", table="survey", row_id=row.id, customer_id=customer_id, after=cells | known)
    return told


def grave_to(company: CompanyInfo, at: datetime) -> str:
    """The post that a grave complaint goes to. Clause: P4."""
    return company.policies.on(wall(at, company).date()).survey.grave_to


def void(session: Session, sql: Sql, number: int, reason: str, *, actor: StaffMember) -> Survey:
    """Takes a survey back: it counts no more. Raises Refused where somebody did, or it is about the own work."""
    lock(sql)
    survey = get_survey(sql, number)
    if survey.void_reason:
        raise Refused(
            N_("survey {number} was taken back already: {reason}"), N_("record a new one: revisit survey record"),
            number=number, reason=survey.void_reason,
        )  # fmt: skip
    if survey.staff_id == actor.id:
        raise NotedRefusal(
            N_("survey {number} is about your own work"), N_("let another supervisor take it back"), table="survey",
            row_id=survey.id, customer_id=survey.customer_id, action="void", number=number,
        )  # fmt: skip
    sql.run(VOID, id=survey.id, reason=reason)
    audit.changed(
        session, action="void", table="survey", row_id=survey.id, customer_id=survey.customer_id,
        before={"void_reason": None}, after={"void_reason": reason},
    )  # fmt: skip
    return get_survey(sql, number)


def require_sight(sql: Sql, viewer: Viewer, survey: Survey) -> None:
    """Raises Refused unless somebody may see the survey."""
    if not may_see(viewer, survey):
        access.require_whole(sql, viewer, survey.customer_id)
        raise Refused(N_("survey {number} is not for you to see"), N_("ask a supervisor"), number=survey.number)


def answers(company: CompanyInfo, found: Sequence[Survey]) -> list[tuple[Answer, Weights]]:
    """What counts, with the weights of the day on which it was asked."""
    return [
        (Answer(one.staff, f"{one.asked_on:%Y-%m}", one.grades), company.policies.on(one.asked_on).survey)
        for one in found
        if not one.void_reason
    ]


def _what(said: Said) -> str:
    """What the case is about: what was poor, and what the customer said of it."""
    poor = [wording.word(item) for item, grade in said.grades.items() if grade == "poor"]
    parts = [_("Survey, poor: {items}").format(items=wording.listed(poor)) if poor else _("Survey, a grave complaint")]
    return _("; ").join(filter(None, (*parts, said.note.strip())))


def _survey(row: tuple[Any, ...]) -> Survey:
    told = dict(zip((one.name for one in fields(Survey)), row, strict=True))
    return Survey(**told | {"asked_on": day(told["asked_on"]), "at": instant(told["at"]), "grave": bool(told["grave"])})
