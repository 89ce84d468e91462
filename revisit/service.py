"""The service register: work that a customer, or we ourselves, asked for, from the request to the customer's sign-off.

Four kinds: paid, by contract, free, internal. Who is sent is said by a supervisor; what nobody was sent to stands first on the
next day. Remote service needs an approval. Clause: P4.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from revisit import access, approvals, audit, staff
from revisit.access import Viewer
from revisit.company import CompanyInfo
from revisit.db import Sql, day, instant
from revisit.errors import NotedRefusal, Refused
from revisit.i18n import N_
from revisit.matters import Matter, moves, wall
from revisit.policy import machines
from revisit.policy.machines import SERVICE, SERVICE_FOR_OURSELVES, Machine, Part
from revisit.staff import StaffMember
from revisit.wording import money

if TYPE_CHECKING:
    from sqlmodel import Session

KINDS = ("paid", "contract", "free", "internal")
PLACES = ("on-site", "remote")
"""The roles, of a person or of the post, that may approve remote service."""
NEWEST_NUMBER = "SELECT coalesce(max(number), 0) FROM service_job"
LOCK_ON_SERVER = "LOCK TABLE service_job IN SHARE ROW EXCLUSIVE MODE"
LOCK_ROW_ON_SERVER = "SELECT 1 FROM service_job WHERE number = :number FOR UPDATE"
COLUMNS = """
j.id, j.number, j.customer_id, coalesce(c.code, ''), coalesce(c.name, ''), c.rep_id, j.kind, j.place, j.what, j.staff_id,
s.login, j.asked_at, j.state, j.wanted_on, j.wanted_at, j.worker_id, coalesce(w.login, ''), coalesce(w.name, ''),
coalesce(a.login, ''), j.started_at, j.ended_at, j.fee_cents, j.result, j.signed_by, j.signed_at
FROM service_job j JOIN staff s ON s.id = j.staff_id LEFT JOIN customer c ON c.id = j.customer_id
LEFT JOIN staff w ON w.id = j.worker_id LEFT JOIN staff a ON a.id = j.approver_id
"""
BY_NUMBER = f"SELECT {COLUMNS} WHERE j.number = :number"
NOT_ENDED = f"SELECT {COLUMNS} WHERE j.state NOT IN ('done', 'cancelled') ORDER BY j.number"
EVERY = f"SELECT {COLUMNS} ORDER BY j.number"
OF_CUSTOMER = f"SELECT {COLUMNS} WHERE j.customer_id = :id ORDER BY j.number"
CHANGEABLE = (
    "state", "worker_id", "approver_id", "started_at", "ended_at", "fee_cents", "result", "signed_by", "signed_at",
)  # fmt: skip
SET = f"UPDATE service_job SET {', '.join(f'{name} = :{name}' for name in CHANGEABLE)} WHERE id = :id"
IDS = "SELECT worker_id, approver_id FROM service_job WHERE id = :id"


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it stands. `owner` is the customer's representative (staff id), `by_id` who took it down; `worker` is the login of
    whoever was sent, `approver` of whoever approved that it is done from afar."""

    id: int
    number: int
    customer_id: int | None
    code: str
    name: str
    owner: int | None
    kind: str
    place: str
    what: str
    by_id: int
    by: str
    asked_at: datetime
    state: str
    wanted_on: date | None
    wanted_at: datetime | None
    worker_id: int | None
    worker: str
    worker_name: str
    approver: str
    started_at: datetime | None
    ended_at: datetime | None
    fee_cents: int | None
    result: str
    signed_by: str
    signed_at: datetime | None

    @property
    def machine(self) -> Machine:
        """What may be done with it."""
        return SERVICE_FOR_OURSELVES if self.kind == "internal" else SERVICE

    @property
    def matter(self) -> Matter:
        """The job as a matter."""
        return Matter(self.machine.name, self.id, "service_job", f"S{self.number}", self.state, self.customer_id)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: of which kind, where, what, for when (a day, or a day and time), and when it was asked."""

    kind: str
    place: str
    what: str
    asked_at: datetime
    wanted_on: date | None = None
    wanted_at: datetime | None = None
    fee_cents: int | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said with a move; what was not said is empty. `at`: when it was begun, finished or signed."""

    result: str = ""
    reason: str = ""
    worker: str = ""
    signed_by: str = ""
    fee_cents: int | None = None
    at: datetime | None = None


def get_job(sql: Sql, number: int, *, lock: bool = False) -> Job:
    """The job of a number. Raises Refused. With `lock` nobody else changes it until the transaction ends."""
    if lock and sql.server:
        sql.rows(LOCK_ROW_ON_SERVER, number=number)
    found = sql.rows(BY_NUMBER, number=number)
    if not found:
        raise Refused(
            N_("there is no service job {number}"), N_("look at the list: revisit service list --all"), number=number
        )
    return _job(found[0])


def list_jobs(sql: Sql, viewer: Viewer, *, ended: bool = False) -> list[Job]:
    """The jobs that somebody may see, those that are not over, or all of them."""
    return [one for one in map(_job, sql.rows(EVERY if ended else NOT_ENDED)) if may_see(viewer, one)]


def of_customer(sql: Sql, customer_id: int) -> list[Job]:
    """Every job for a customer, the oldest first."""
    return list(map(_job, sql.rows(OF_CUSTOMER, id=customer_id)))


def is_left_over(job: Job, company: CompanyInfo, today: date) -> bool:
    """Whether nobody was sent on the day it was asked for: it stands first from the next day on. Clause: P4."""
    return job.state == "waiting" and wall(job.asked_at, company).date() < today


def in_order(jobs: Iterable[Job], company: CompanyInfo, today: date) -> list[Job]:
    """What was left over first, the oldest before; then by the time that is wanted, and what is over last."""

    def place(job: Job) -> tuple[Any, ...]:
        left = is_left_over(job, company, today)
        wanted = job.wanted_at or job.asked_at
        if left:
            return 0, today, job.asked_at, job.number
        return 2 if job.state in job.machine.closed else 1, job.wanted_on or date.max, wanted, job.number

    return sorted(jobs, key=place)


def may_see(viewer: Viewer, job: Job) -> bool:
    """Whether somebody may see a job: as the customer's log, or because of being sent there, or having taken it down."""
    member = viewer.member
    if member is not None and member.id in (job.worker_id, job.by_id):
        return True
    if job.customer_id is None:
        return member is None or member.role != "representative"
    return viewer.sees("log", job.owner) == "whole"


def require_sight(sql: Sql, viewer: Viewer, job: Job) -> None:
    """Raises Refused unless somebody may see the job."""
    if not may_see(viewer, job):
        if job.customer_id is not None:
            access.require_whole(sql, viewer, job.customer_id)
        raise Refused(
            N_("service job {number} is not for you to see"), N_("ask a supervisor"), number=job.matter.number
        )


def sees_name(viewer: Viewer, job: Job) -> str:
    """The customer's name; whole for whoever is sent there."""
    return job.name if _is_worker(viewer, job) else viewer.name(job.name, job.owner)


def sees_phone(viewer: Viewer, job: Job) -> Literal["whole", "masked", "none"]:
    """How much of telephone and address somebody sees: who is on the way to the customer sees them whole, until it is done."""
    if _is_worker(viewer, job) and job.state in ("dispatched", "started"):
        return "whole"
    return viewer.sees("phone", job.owner)


def _is_worker(viewer: Viewer, job: Job) -> bool:
    return viewer.member is not None and viewer.member.id == job.worker_id


def parts_of(sql: Sql, viewer: Viewer, job: Job) -> frozenset[Part]:
    """What somebody is to a job: as to every matter, and whoever was sent, or took down what is for ourselves."""
    member = viewer.member
    if member is None or member.role == "auditor":
        return frozenset()
    more: set[Part] = set(moves.parts_of(sql, viewer, job.matter))
    if member.id == job.worker_id:
        more.add("worker")
    if job.customer_id is None and member.id == job.by_id:
        more.add("keeper")
    return frozenset(more)


def legal(sql: Sql, viewer: Viewer, job: Job) -> tuple[str, ...]:
    """What somebody may do with a job now."""
    return job.machine.legal(job.state, parts_of(sql, viewer, job))


def open_job(
    session: Session,
    sql: Sql,
    company: CompanyInfo,
    customer_id: int | None,
    asked: Asked,
    *,
    viewer: Viewer,
    actor: StaffMember,
    at: datetime,
) -> int:
    """Takes down what is asked for; its number. What is to be done from afar asks for its approval. Raises Refused."""
    from revisit.models import ServiceJob

    if (asked.kind == "internal") != (customer_id is None):
        raise Refused(
            N_("internal service has no customer, every other kind has one"),
            N_("for example: revisit service open C0012 --kind paid --text TEXT"),
        )
    check_fee(asked.kind, asked.fee_cents)
    if minute(asked.asked_at) > minute(at):
        raise _not_yet(asked.asked_at, company)
    if sql.server:
        sql.run(LOCK_ON_SERVER)
    number = int(sql.rows(NEWEST_NUMBER)[0][0]) + 1
    said = {one.name: getattr(asked, one.name) for one in fields(asked)}
    said |= {"number": number, "what": asked.what.strip(), "asked_at": minute(asked.asked_at), "state": "waiting"}
    row = ServiceJob(customer_id=customer_id, staff_id=actor.id, **said)
    session.add(row)
    session.flush()
    audit.changed(session, action="create", table="service_job", row_id=row.id, customer_id=customer_id, after=said)
    job = get_job(sql, number)
    matter = replace(job.matter, state="")
    told = {"kind": asked.kind, "place": asked.place} | _fee_said(asked.fee_cents)
    moves.note(session, matter, job.machine.moves[0], actor, at=at, text=asked.what, said=told)
    if asked.place == "remote":
        approvals.request(
            session, sql, company, kind="remote-service", customer_id=customer_id, wanted=approvals.Wanted(),
            reason=asked.what, viewer=viewer, actor=actor, at=at, about=job.matter,
        )  # fmt: skip
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
) -> Job:
    """Makes a move; the job as it stands after it. Raises NotedRefusal, Refused and WrongUsage."""
    job = get_job(sql, number, lock=True)
    if not may_see(viewer, job):
        raise moves.refusal(job.matter, action, machines.Illegal("who", ()))
    fee = said.fee_cents if said.fee_cents is not None else job.fee_cents
    needs = {
        "text": True, "person": said.worker, "approval": True,
        "result": said.result.strip(), "fee": job.kind != "paid" or fee, "reason": said.reason.strip(),
        "customer": said.signed_by.strip(),
    }  # fmt: skip
    step = moves.look_up(sql, viewer, job.machine, job.matter, action, needs=needs, parts=parts_of(sql, viewer, job))
    check_fee(job.kind, said.fee_cents)
    approver = require_approval(sql, job) if action == "dispatch" else None
    moment = _moment(job, action, said.at, company, at)
    worker = staff.get_by_login(sql, said.worker) if said.worker else None
    before = _columns(sql, job)
    news = {"state": step.to, "fee_cents": fee} | _changed(action, said, moment, worker, approver)
    moves.change(session, sql, job.matter, SET, before, news)
    told = {
        "person": worker.name if worker else said.signed_by.strip(),
        "on": f"{wall(moment, company):%Y-%m-%d %H:%M}" if moment and said.at is not None else "",
    }
    kept = {key: value for key, value in told.items() if value} | _fee_said(said.fee_cents)
    moves.note(session, job.matter, step, actor, at=at, text=said.result or said.reason, said=kept)
    if action == "cancel":
        approvals.drop(session, sql, job.matter, actor=actor, at=at, reason=said.reason)
    return get_job(sql, number)


def waits_for_approval(sql: Sql, job: Job) -> str | None:
    """The approval (A3) that a remote job still waits for; None for any other."""
    if job.place == "on-site":
        return None
    return next((one.matter.number for one in approvals.of_matter(sql, job.matter.kind, job.id) if one.is_open), None)


def require_approval(sql: Sql, job: Job) -> int | None:
    """Who signed that a job is done from afar (staff id); None for one on site. Raises NotedRefusal while nobody has."""
    if job.place == "on-site":
        return None
    signed = approvals.signed_for(sql, job.matter.kind, job.id)
    if signed is not None:
        return signed
    waiting = waits_for_approval(sql, job)
    raise NotedRefusal(
        N_("{number} is done from afar, and approval {approval} is not signed") if waiting is not None
        else N_("{number} is done from afar, and that was not approved"),
        N_("look at it: revisit approval show {approval}") if waiting is not None
        else N_("cancel it: revisit service cancel {number} --reason TEXT"),
        table="service_job", row_id=job.id, customer_id=job.customer_id, action="dispatch", number=job.matter.number,
        approval=waiting,
    )  # fmt: skip


def check_fee(kind: str, fee_cents: int | None) -> None:
    """Raises Refused for a fee of what is not paid for, and for one that is none."""
    if fee_cents is None:
        return
    if kind != "paid":
        raise Refused(N_("only paid service has a fee"), N_("leave --fee out, or open it as --kind paid"))
    if fee_cents <= 0:
        raise Refused(
            N_("a fee of {fee} is none"), N_("what costs nothing is --kind free or contract"), fee=money(fee_cents)
        )


def minute(moment: datetime) -> datetime:
    """A moment as the register keeps it: to the minute."""
    return moment.replace(second=0, microsecond=0)


def _fee_said(fee_cents: int | None) -> dict[str, str]:
    return {} if fee_cents is None else {"fee": money(fee_cents)}


def _changed(
    action: str, said: Said, moment: datetime | None, worker: StaffMember | None, approver: int | None
) -> dict[str, Any]:
    """The cells that a move fills, or empties."""
    if action == "dispatch":
        cells: dict[str, Any] = {"started_at": None, "ended_at": None, "result": ""}
        cells |= {"worker_id": worker.id} if worker else {}
        return cells | ({"approver_id": approver} if approver is not None else {})
    if action == "start":
        return {"started_at": moment}
    if action == "finish":
        return {"ended_at": moment, "result": said.result.strip()}
    if action == "sign-off":
        return {"signed_by": said.signed_by.strip(), "signed_at": moment}
    return {"result": said.reason.strip()}


def _moment(job: Job, action: str, told: datetime | None, company: CompanyInfo, at: datetime) -> datetime | None:
    """When it was begun, finished or signed: not in the future, and not before what went before. Raises Refused."""
    earlier = {"start": job.asked_at, "finish": job.started_at, "sign-off": job.ended_at}.get(action)
    if earlier is None:
        return None
    moment = minute(told or at)
    if moment > minute(at):
        raise _not_yet(moment, company)
    if moment < earlier:
        raise Refused(
            N_("{moment} is before {earlier}, when the step before it was"), N_("look at both times"),
            moment=_wall(moment, company), earlier=_wall(earlier, company),
        )  # fmt: skip
    return moment


def _not_yet(moment: datetime, company: CompanyInfo) -> Refused:
    return Refused(
        N_("{moment} has not come yet"), N_("write down what was, not what is planned"), moment=_wall(moment, company)
    )


def _wall(moment: datetime, company: CompanyInfo) -> str:
    return f"{wall(moment, company):%Y-%m-%d %H:%M}"


def _columns(sql: Sql, job: Job) -> dict[str, Any]:
    ((worker, approver),) = sql.rows(IDS, id=job.id)
    cells = {name: getattr(job, name) for name in CHANGEABLE if name != "approver_id"}
    return {name: cells.get(name) for name in CHANGEABLE} | {"worker_id": worker, "approver_id": approver}


def _job(row: tuple[Any, ...]) -> Job:
    told = dict(zip((one.name for one in fields(Job)), row, strict=True))
    for name in ("asked_at", "wanted_at", "started_at", "ended_at", "signed_at"):
        told[name] = instant(told[name])
    return Job(**told | {"wanted_on": day(told["wanted_on"])})
