"""What waits for somebody beside the calls of the day: deadlines that are theirs, and customers who are to be told a result.

Each kind of matter has one function here. A deadline is somebody's by name, by department, by post, because it was put before
that post, or as the supervisor of the customer's team. A deputy finds what may be done for the post: signatures, the word on a
severe complaint, and as the deputy of the manager of customer service what is that post's of complaints.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from revisit.access import Viewer
from revisit.company import CompanyInfo
from revisit.db import Sql, instant
from revisit.matters import deadlines, wall
from revisit.posts import SERVICE_MANAGER

COLUMNS = "k.number, d.clock, d.due_by, d.staff_id, d.department_id, d.post, coalesce(b.post, ''), c.rep_id"
CLIMBED = "LEFT JOIN climb b ON b.deadline_id = d.id"
CASES = f"""
SELECT {COLUMNS}, k.state FROM case_ k JOIN customer c ON c.id = k.customer_id
LEFT JOIN deadline d ON d.matter = 'case' AND d.matter_id = k.id AND d.ended = '' {CLIMBED}
WHERE k.state <> 'closed' ORDER BY k.number, d.id, b.level
"""
COMPLAINTS = f"""
SELECT {COLUMNS}, k.state FROM complaint k JOIN customer c ON c.id = k.customer_id
LEFT JOIN deadline d ON d.matter = 'complaint' AND d.matter_id = k.id AND d.ended = '' {CLIMBED}
WHERE k.state NOT IN ('reviewed', 'refused') ORDER BY k.number, d.id, b.level
"""
MEASURES = f"""
SELECT {COLUMNS}, m.state FROM measure m JOIN complaint k ON k.id = m.complaint_id JOIN customer c ON c.id = k.customer_id
JOIN deadline d ON d.matter = 'measure' AND d.matter_id = m.id AND d.ended = '' {CLIMBED}
ORDER BY k.number, d.id, b.level
"""
WITH_THE_DEPARTMENT = """
SELECT number FROM complaint WHERE state = 'investigating' AND department_id = :department ORDER BY number
"""
DUTY = "SELECT duty FROM department WHERE id = :id AND active"
OF_A_DUTY = {
    "marketing": """
SELECT number FROM complaint
WHERE state = 'settled' OR (state IN ('accepted', 'investigating', 'investigated', 'reported', 'proposed')
  AND order_number = '' AND batch_number = '' AND quantity IS NULL AND shipped_on IS NULL) ORDER BY number
""",
    "development": "SELECT number FROM complaint WHERE state = 'investigating' ORDER BY number",
}
"""Of each duty: the complaints in which it is owed now: order facts and the answer of marketing, the cause of development."""
JOBS = """
SELECT j.number, j.state, j.worker_id, j.customer_id, c.rep_id FROM service_job j LEFT JOIN customer c ON c.id = j.customer_id
WHERE j.state NOT IN ('done', 'cancelled') AND NOT (j.state = 'waiting' AND EXISTS (
    SELECT 1 FROM approval a
    WHERE a.matter IN ('service', 'internal-service') AND a.matter_id = j.id AND a.state IN ('asked', 'signed')
)) ORDER BY j.number
"""
"""Without what waits for the signature of an approval: nobody can be sent yet."""
STANDS_IN = "SELECT 1 FROM delegation WHERE deputy_id = :me AND ended_at IS NULL LIMIT 1"
TO_SIGN = "SELECT 1 FROM approval WHERE state IN ('asked', 'signed') LIMIT 1"


INSTRUCTED = "decide"
"""The clock of a complaint that the word of a post ends."""


class Waits(NamedTuple):
    """A matter that waits for somebody: its kind and number, and until when (None: no clock runs)."""

    kind: str
    number: str
    due_by: datetime | None


def waiting_for(sql: Sql, company: CompanyInfo, viewer: Viewer, now: datetime) -> list[Waits]:
    """Everything that waits for this person, once each, the nearest deadline first."""
    found: dict[tuple[str, str], Waits] = {}
    for one in (
        *_cases(sql, company, viewer, now),
        *_complaints(sql, company, viewer, now),
        *_approvals(sql, company, viewer, now),
        *_jobs(sql, viewer),
    ):
        known = found.get(one[:2])
        if known is None or known.due_by is None or (one.due_by is not None and one.due_by < known.due_by):
            found[one[:2]] = one
    return sorted(found.values(), key=lambda one: (one.due_by is None, one.due_by or now, one.number))


def _cases(sql: Sql, company: CompanyInfo, viewer: Viewer, now: datetime) -> list[Waits]:
    return _owed("case", "#", sql.rows(CASES), company, viewer, now)


def _complaints(sql: Sql, company: CompanyInfo, viewer: Viewer, now: datetime) -> list[Waits]:
    """Their deadlines, those of their measures, what the own department investigates, and what is its duty."""
    deputy = _stands_in(sql, company, viewer, now)
    found = [
        one
        for statement in (COMPLAINTS, MEASURES)
        for one in _owed("complaint", "", sql.rows(statement), company, viewer, now, deputy=deputy)
    ]
    me = viewer.member
    if me is not None and me.role != "auditor" and me.department_id is not None:
        rows = sql.rows(WITH_THE_DEPARTMENT, department=me.department_id)
        for (duty,) in sql.rows(DUTY, id=me.department_id):
            rows = [*rows, *(sql.rows(OF_A_DUTY[duty]) if duty in OF_A_DUTY else [])]
        found += [Waits("complaint", number, None) for (number,) in rows]
    return found


def _stands_in(sql: Sql, company: CompanyInfo, viewer: Viewer, now: datetime) -> frozenset[str]:
    """The posts that this person stands in for; loaded where there is one at all."""
    me = viewer.member
    if me is None or not sql.rows(STANDS_IN, me=me.id):
        return frozenset()
    from revisit.approvals import delegations

    powers = delegations.powers_of(sql, me, wall(now, company).date())
    return frozenset(power.post for power in powers if power.holder is not None)


def _owed(
    kind: str,
    mark: str,
    rows: Sequence[Any],
    company: CompanyInfo,
    viewer: Viewer,
    now: datetime,
    *,
    deputy: Collection[str] = (),
) -> list[Waits]:
    """What of some matters with their deadlines is this person's, also as a deputy for some posts."""
    me = viewer.member
    if me is None or me.role == "auditor":
        return []
    first = company.policies.on(wall(now, company).date()).escalation.ladder[0]
    found = []
    for number, clock, due, staff_id, department, post, climbed, owner, state in rows:
        posts = {one for one in (post, climbed) if one}
        leads = first in posts and viewer.side(owner) == "supervisor"
        mine = (
            staff_id == me.id
            or (department is not None and department == me.department_id)
            or me.post in posts
            or leads
            or (clock == INSTRUCTED and post in deputy)
            or (SERVICE_MANAGER in deputy and SERVICE_MANAGER in posts)
        )
        to_tell = state == "resolved" and owner == me.id
        if mine or to_tell:
            found.append(Waits(kind, f"{mark}{number}", instant(due)))
    return found


def _approvals(sql: Sql, company: CompanyInfo, viewer: Viewer, now: datetime) -> list[Waits]:
    """What this person signs next; loaded where there is something to sign at all."""
    if not sql.rows(TO_SIGN):
        return []
    from revisit import approvals

    found = approvals.waiting_for(sql, company, viewer, wall(now, company).date())
    kept = deadlines.open_of(sql, "approval", [one.id for one in found])
    return [
        Waits("approval", one.matter.number, min((each.due_by for each in kept.get(one.id, []) if each.due_by), default=None))
        for one in found
    ]  # fmt: skip


def _jobs(sql: Sql, viewer: Viewer) -> list[Waits]:
    """Service jobs: for whoever leads, what nobody was sent to; for whoever was sent, what is not done; and what the customer has
    not signed, for whoever was sent, the customer's representative, or where there is none whoever leads."""
    me = viewer.member
    if me is None or me.role == "auditor":
        return []
    found = []
    for number, state, worker, customer, owner in sql.rows(JOBS):
        leads = (viewer.side(owner) if customer is not None else me.role) in ("supervisor", "administrator")
        if state == "waiting":
            mine = leads
        elif state == "finished":
            mine = me.id in (worker, owner) or (owner is None and leads)
        else:
            mine = worker == me.id
        if mine:
            found.append(Waits("service", f"S{number}", None))
    return found
