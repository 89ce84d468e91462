"""Until when the steps of a matter are owed, and by whom: computed once from the policy of that day, and stored.

A pause (“we wait for the customer”) takes the deadline away, its end computes it anew, without the time it lasted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from revisit import audit
from revisit.company import CompanyInfo
from revisit.db import Sql, id_list, instant
from revisit.matters import Matter, Owner, end_of, instant_of, wall
from revisit.policy import clocks
from revisit.policy.clocks import Pause, Reading, TimeLimit

if TYPE_CHECKING:
    from sqlmodel import Session

COLUMNS = """
d.id, d.matter, d.matter_id, d.clock, d.started_at, d.due_by, d.stated, d.staff_id, d.department_id, d.post, d.ended_at,
d.ended, d.climbs_at, coalesce(s.name, ''), coalesce(p.name, '')
"""
FROM = "FROM deadline d LEFT JOIN staff s ON s.id = d.staff_id LEFT JOIN department p ON p.id = d.department_id"
OF_MATTER = f"SELECT {COLUMNS} {FROM} WHERE d.matter = :kind AND d.matter_id = :id ORDER BY d.id"
OPEN_OF = f"SELECT {COLUMNS} {FROM} WHERE d.matter = :kind AND d.ended = '' AND d.matter_id IN ({{ids}}) ORDER BY d.id"
END = "UPDATE deadline SET ended_at = :at, ended = :ended, climbs_at = NULL WHERE id = :id"
MOVE = "UPDATE deadline SET due_by = :due, climbs_at = :climbs, stated = :stated WHERE id = :id"
PAUSES = "SELECT started_at, ended_at, reason FROM pause WHERE matter = :kind AND matter_id = :id ORDER BY id"
PAUSED = "SELECT id FROM pause WHERE matter = :kind AND matter_id = :id AND ended_at IS NULL"
POST_OF = "SELECT post FROM staff WHERE id = :id"
END_PAUSE = "UPDATE pause SET ended_at = :at WHERE id = :id"


@dataclass(frozen=True, slots=True)
class Kept:
    """A deadline as it is kept. `due_by` is None while the clock stands still; `ended` is "", "met" or "dropped"."""

    id: int
    matter: str
    matter_id: int
    clock: str
    started_at: datetime
    due_by: datetime | None
    stated: bool
    owner: Owner
    owner_name: str
    ended_at: datetime | None
    ended: str
    climbs_at: datetime | None

    def is_late(self, now: datetime) -> bool:
        """Whether it ended too late, or is open and over."""
        return self.due_by is not None and (self.ended_at or now) > self.due_by


def of(sql: Sql, matter: Matter) -> list[Kept]:
    """Every deadline of a matter, in the order in which they began."""
    return _kept(sql.rows(OF_MATTER, kind=matter.kind, id=matter.id))


def open_of(sql: Sql, kind: str, ids: Collection[int]) -> dict[int, list[Kept]]:
    """The open deadlines of several matters of a kind, by matter."""
    found: dict[int, list[Kept]] = {}
    for one in _kept(sql.rows(OPEN_OF.format(ids=id_list(list(ids))), kind=kind)) if ids else ():
        found.setdefault(one.matter_id, []).append(one)
    return found


def start(
    session: Session,
    sql: Sql,
    company: CompanyInfo,
    matter: Matter,
    clock: str,
    owner: Owner,
    *,
    at: datetime,
    stated: date | None = None,
) -> None:
    """Begins a deadline at an instant; `stated`: until the end of a day that a person named."""
    from revisit.models import Deadline

    policy = company.policies.on(wall(at, company).date())
    due = end_of(stated, company) if stated else _due(company, policy.clocks[clock], at, pauses(sql, matter, company))
    row = Deadline(
        matter=matter.kind, matter_id=matter.id, clock=clock, started_at=at, due_by=due, stated=stated is not None,
        staff_id=owner.staff_id, department_id=owner.department_id, post=owner.post,
        climbs_at=due if policy.escalation.above(post_of(sql, owner)) else None,
    )  # fmt: skip
    session.add(row)
    session.flush()
    said = {
        "clock": clock, "due_by": due, "staff_id": owner.staff_id, "department_id": owner.department_id, "post": owner.post,
    }  # fmt: skip
    _note(session, "create", row.id, matter, after=said)


def due_at(company: CompanyInfo, clock: str, at: datetime) -> datetime | None:
    """Until when a step is owed whose clock begins at an instant, of a matter that has never waited."""
    return _due(company, company.policies.on(wall(at, company).date()).clocks[clock], at, ())


def end(
    session: Session, sql: Sql, matter: Matter, clocks_: Collection[str] | None, *, at: datetime, met: bool = True
) -> None:
    """Ends the open deadlines of these clocks (None: of all), as met or as dropped."""
    for one in open_of(sql, matter.kind, [matter.id]).get(matter.id, []):
        if clocks_ is None or one.clock in clocks_:
            ended = "met" if met else "dropped"
            sql.run(END, id=one.id, at=at, ended=ended)
            _note(session, "update", one.id, matter, before={"ended": ""}, after={"ended": ended, "ended_at": at})


def pause(session: Session, sql: Sql, company: CompanyInfo, matter: Matter, *, at: datetime, reason: str) -> None:
    """The clocks stand still from now on; a deadline that is over already stays."""
    from revisit.models import Pause as Row

    row = Row(matter=matter.kind, matter_id=matter.id, started_at=at, reason=reason)
    session.add(row)
    session.flush()
    _note(session, "create", row.id, matter, table="pause", after={"started_at": at, "reason": reason})
    _anew(session, sql, company, matter, at)


def resume(session: Session, sql: Sql, company: CompanyInfo, matter: Matter, *, at: datetime) -> None:
    """The clocks run again."""
    for (id_,) in sql.rows(PAUSED, kind=matter.kind, id=matter.id):
        sql.run(END_PAUSE, id=id_, at=at)
        _note(session, "update", id_, matter, table="pause", before={"ended_at": None}, after={"ended_at": at})
    _anew(session, sql, company, matter, at)


def state(session: Session, sql: Sql, company: CompanyInfo, matter: Matter, clock: str, due_on: date) -> None:
    """The end of a day that a person named takes the place of an open deadline."""
    for one in open_of(sql, matter.kind, [matter.id]).get(matter.id, []):
        if one.clock == clock:
            _set(session, sql, matter, one, end_of(due_on, company), stated=True)


def is_paused(sql: Sql, matter: Matter) -> bool:
    """Whether the clocks of a matter stand still."""
    return bool(sql.rows(PAUSED, kind=matter.kind, id=matter.id))


def pauses(sql: Sql, matter: Matter, company: CompanyInfo) -> list[Pause]:
    """The pauses of a matter, on the company's own clock."""
    found = []
    for start_, end_, _reason in sql.rows(PAUSES, kind=matter.kind, id=matter.id):
        begun, ended = instant(start_), instant(end_)
        assert begun is not None
        found.append(Pause(wall(begun, company), wall(ended, company) if ended else None))
    return found


def limit_of(one: Kept, company: CompanyInfo) -> TimeLimit:
    """The time limit by which a deadline is counted: that of the day on which it began."""
    return company.policies.on(wall(one.started_at, company).date()).clocks[one.clock]


def reading(sql: Sql, company: CompanyInfo, matter: Matter, one: Kept, at: datetime) -> Reading:
    """The clock of a deadline as it stands now, or stood when it ended; of a stated day every day counts until then."""
    limit, begun = limit_of(one, company), wall(one.started_at, company)
    if one.stated and one.due_by is not None:
        days = (wall(one.due_by, company).date() - begun.date()).days
        limit = TimeLimit(one.clock, limit.clause, days, "days", "wall")
    hours = company.policies.on(begun.date()).working_hours
    until = min(one.ended_at or at, at)
    return clocks.read(
        limit, begun, wall(until, company), calendar=company.calendar, hours=hours,
        pauses=() if one.stated else pauses(sql, matter, company),
    )  # fmt: skip


def recomputed(sql: Sql, company: CompanyInfo, matter: Matter, one: Kept) -> datetime | None:
    """The deadline as it would be computed today."""
    return _due(company, limit_of(one, company), one.started_at, pauses(sql, matter, company))


def _anew(session: Session, sql: Sql, company: CompanyInfo, matter: Matter, at: datetime) -> None:
    """Computes the open deadlines again, after a pause began or ended."""
    found = pauses(sql, matter, company)
    for one in open_of(sql, matter.kind, [matter.id]).get(matter.id, []):
        if one.stated or (one.due_by is not None and one.due_by <= at):
            continue
        due = _due(company, limit_of(one, company), one.started_at, found)
        _set(session, sql, matter, one, due, stated=False)


def _set(session: Session, sql: Sql, matter: Matter, one: Kept, due: datetime | None, *, stated: bool) -> None:
    climbs = due if one.climbs_at is not None or one.due_by is None else None
    sql.run(MOVE, id=one.id, due=due, climbs=climbs, stated=stated)
    _note(session, "update", one.id, matter, before={"due_by": one.due_by}, after={"due_by": due})


def _due(company: CompanyInfo, limit: TimeLimit, at: datetime, found: Iterable[Pause]) -> datetime | None:
    begun = wall(at, company)
    hours = company.policies.on(begun.date()).working_hours
    due = clocks.due_by(limit, begun, calendar=company.calendar, hours=hours, pauses=list(found))
    return instant_of(due, company) if due else None


def post_of(sql: Sql, owner: Owner) -> str:
    """The post of whoever owes a step; empty for a department."""
    return str(sql.rows(POST_OF, id=owner.staff_id)[0][0]) if owner.staff_id is not None else owner.post


def _note(
    session: Session,
    action: str,
    row_id: int | None,
    matter: Matter,
    *,
    table: str = "deadline",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    audit.changed(
        session, action=action, table=table, row_id=row_id, customer_id=matter.customer_id, before=before, after=after
    )


def _kept(rows: Iterable[tuple[Any, ...]]) -> list[Kept]:
    found = []
    for (
        id_,
        kind,
        matter,
        clock,
        started,
        due,
        stated,
        staff,
        department,
        post,
        ended_at,
        ended,
        climbs,
        *names,
    ) in rows:
        begun = instant(started)
        assert begun is not None
        owner = Owner(staff, department, post)
        name = next(filter(None, names), "")
        found.append(
            Kept(
                id_, kind, matter, clock, begun, instant(due), bool(stated), owner, name, instant(ended_at), ended,
                instant(climbs),
            )
        )  # fmt: skip
    return found
