"""What goes on with a customer beside the calls: cases, complaints, service jobs, approvals, surveys.

Of each kind as much as the person who looks sees in the list of that kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from revisit import approvals, cases, clock, complaints, scheduler, service, surveys, wording
from revisit.access import Viewer
from revisit.approvals import Approval
from revisit.cases import Case
from revisit.company import CompanyInfo
from revisit.complaints import Complaint
from revisit.db import Sql
from revisit.matters import climbing, moves, wall
from revisit.service import Job
from revisit.surveys import Survey

KEYS = ("cases", "complaints", "services", "approvals", "surveys")
"""What a document calls the kinds."""
Event = tuple[tuple[Any, ...], dict[str, Any]]
"""By what it is put in order (day, place within the day, time, number), and what a document says of it."""


@dataclass(frozen=True, slots=True)
class Dealings:
    """Everything of each kind, the oldest first."""

    cases: Sequence[Case]
    complaints: Sequence[Complaint]
    jobs: Sequence[Job]
    approvals: Sequence[Approval]
    surveys: Sequence[Survey]


def of_customer(sql: Sql, company: CompanyInfo, customer_id: int, *, viewer: Viewer, now: datetime) -> Dealings:
    """What there is of a customer, as far as somebody may see it."""
    sight = complaints.sight_of(sql, company, viewer.member, now)
    before = moves.put_before(sql, viewer, "case")
    asked = approvals.of_customer(sql, customer_id)
    return Dealings(
        cases=[one for one in cases.of_customer(sql, customer_id) if one.id in before or cases.may_see(viewer, one)],
        complaints=[one for one in complaints.of_customer(sql, customer_id) if sight.sees(one)],
        jobs=[one for one in service.of_customer(sql, customer_id) if service.may_see(viewer, one)],
        approvals=approvals.visible(sql, company, viewer, asked, wall(now, company).date()),
        surveys=[one for one in surveys.of_customer(sql, customer_id) if surveys.may_see(viewer, one)],
    )


def documents(found: Dealings, company: CompanyInfo) -> dict[str, list[dict[str, Any]]]:
    """What is open of each kind, and the surveys that count, as a document gives them."""
    return {
        "cases": [_case(one, company) for one in found.cases if one.state != "closed"],
        "complaints": [_complaint(one, company) for one in found.complaints if not one.is_over],
        "services": [_job(one, company) for one in found.jobs if one.state not in one.machine.closed],
        "approvals": [_approval(one, company) for one in found.approvals if one.is_open],
        "surveys": [_survey(one) for one in found.surveys if not one.void_reason],
    }


def events(sql: Sql, company: CompanyInfo, found: Dealings) -> Iterator[Event]:
    """Every step and every climb of what there is, and every survey."""
    yield from _story(sql, company, "case", [(one.matter, one.matter.number) for one in found.cases])
    yield from _story(sql, company, "complaint", [(one.matter, one.number) for one in found.complaints])
    yield from _story(sql, company, "service", [(one.matter, one.matter.number) for one in found.jobs])
    yield from _story(sql, company, "approval", [(one.matter, one.matter.number, one.kind) for one in found.approvals])
    for one in found.surveys:
        grades = [f"{item} = {grade}" for item, grade in one.grades.items()]
        parts = (str(one.number), one.staff_name, *grades, one.note, "grave" if one.grave else "", one.void_reason)
        yield _event(one.asked_on, "~", one.number, "survey", parts)


def _story(sql: Sql, company: CompanyInfo, kind: str, found: Sequence[tuple[Any, ...]]) -> Iterator[Event]:
    """Time, number (of an approval its kind besides), what was done, and what was said with it."""
    ids = [matter.id for matter, *_called in found]
    made, climbed = moves.of_all(sql, kind, ids), climbing.of_all(sql, kind, ids)
    for matter, *called in found:
        told: list[tuple[datetime, tuple[str, ...]]] = [
            (one.at, (one.action, one.said.get("department", ""), one.text, *_people(one)))
            for one in made.get(matter.id, ())
        ]
        told += [(one.at, ("climb", one.post)) for one in climbed.get(matter.id, ())]
        for at, parts in told:
            local = clock.local(at, company.timezone)
            time = f"{local:%H:%M}"
            yield _event(local.date(), time, matter.id, kind, (time, *called, *parts))


def _people(one: moves.Made) -> tuple[str, str, str]:
    return one.said.get("how", ""), one.said.get("person", ""), one.name


def _event(on: date, time: str, number: int, kind: str, parts: Sequence[str]) -> Event:
    return (on, 3, time, number), {"on": on, "kind": kind, "parts": list(parts)}


def _case(one: Case, company: CompanyInfo) -> dict[str, Any]:
    return {
        "number": one.number, "opened_at": scheduler.local_at(one.opened_at, company), "immediate": one.immediate,
        "what": one.what, "by": one.by, "state": one.state, "department": one.department,
    }  # fmt: skip


def _complaint(one: Complaint, company: CompanyInfo) -> dict[str, Any]:
    return {
        "number": one.number, "opened_at": scheduler.local_at(one.opened_at, company), "severity": one.severity,
        "what": one.what, "by": one.by, "state": one.state, "department": one.department,
    }  # fmt: skip


def _job(one: Job, company: CompanyInfo) -> dict[str, Any]:
    wanted = scheduler.local_at(one.wanted_at, company) if one.wanted_at else one.wanted_on
    return {
        "number": one.matter.number, "asked_at": scheduler.local_at(one.asked_at, company), "kind": one.kind,
        "place": one.place, "what": one.what, "by": one.by, "state": one.state, "wanted": wanted,
        "worker": one.worker or None,
    }  # fmt: skip


def _approval(one: Approval, company: CompanyInfo) -> dict[str, Any]:
    cents = {"amount": one.amount, "credit_limit": one.credit_limit}
    return {
        "number": one.number, "kind": one.kind, "asked_at": scheduler.local_at(one.asked_at, company), "by": one.by,
        **{name: None if value is None else wording.money(value) for name, value in cents.items()},
        "term_days": one.term_days, "reason": one.reason, "state": one.state,
    }  # fmt: skip


def _survey(one: Survey) -> dict[str, Any]:
    return {
        "number": one.number, "asked_on": one.asked_on, "staff": one.staff, "staff_name": one.staff_name,
        "job": None if one.job is None else f"S{one.job}", **one.grades, "note": one.note, "grave": one.grave,
        "case": one.case,
    }  # fmt: skip
