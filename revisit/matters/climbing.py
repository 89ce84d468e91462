"""Missed deadlines climb: each is put before the next post of the policy's ladder, by itself, whenever the program looks.

When a climb was due follows from the deadline alone (`policy.climbs`), so that looking late changes nothing; each is noted once.
Clause: P0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from revisit import audit
from revisit.company import CompanyInfo
from revisit.db import Sql, chunks, id_list, instant, plain
from revisit.matters import wall
from revisit.policy.climbs import Climbs, Standing, climbs

if TYPE_CHECKING:
    from sqlmodel import Session

AT_ONCE = 5000  # deadlines that one look puts before somebody
PENDING = "SELECT 1 FROM deadline WHERE climbs_at < :now LIMIT 1"
DUE = """
SELECT d.id, d.started_at, d.climbs_at, coalesce(s.post, d.post) FROM deadline d LEFT JOIN staff s ON s.id = d.staff_id
WHERE d.climbs_at < :now ORDER BY d.climbs_at, d.id LIMIT :at_once
"""
DUE_ON_SERVER = f"{DUE} FOR UPDATE OF d SKIP LOCKED"
"""What somebody else is writing just now is looked at the next time: nobody waits, and nothing is put before a post twice."""
OF = "SELECT deadline_id, level, post, at FROM climb WHERE deadline_id IN ({ids}) ORDER BY deadline_id, level"
IDS = "SELECT deadline_id, level, id FROM climb WHERE deadline_id IN ({ids})"
COLUMNS = ("deadline_id", "level", "post", "at")
OF_MATTERS = """
SELECT d.matter_id, c.deadline_id, c.level, c.post, c.at FROM climb c JOIN deadline d ON d.id = c.deadline_id
WHERE d.matter = :kind AND d.matter_id IN ({ids}) ORDER BY c.deadline_id, c.level
"""
SET = "UPDATE deadline SET climbs_at = :at WHERE id = :id"


@dataclass(frozen=True, slots=True)
class Climbed:
    """A deadline was put before a post at an instant; `level` counts from 1."""

    deadline_id: int
    level: int
    post: str
    at: datetime


def pending(sql: Sql, now: datetime) -> bool:
    """Whether a missed deadline is to be put before somebody by now."""
    return bool(sql.rows(PENDING, now=now))


def climb(session: Session, sql: Sql, company: CompanyInfo, now: datetime, at_once: int = AT_ONCE) -> int:
    """Notes the climbs that are due by now, those of the longest missed deadlines first, and of no more deadlines than `at_once`:
    the next look goes on. How many climbs there were."""
    # The posts they were put before are read once the deadlines are held: on a server by a statement of its own.
    due = sql.rows(DUE_ON_SERVER if sql.server else DUE, now=now, at_once=at_once)
    ids = [row[0] for row in due]
    before = of(sql, ids)
    found: dict[int, tuple[datetime, Climbs]] = {}
    for id_, started, next_, post in due:
        begun, at = instant(started), instant(next_)
        assert begun is not None
        assert at is not None
        ladder = company.policies.on(wall(begun, company).date()).escalation
        last = before[id_][-1] if id_ in before else None
        standing = Standing(last.level, last.post, at) if last else Standing(0, post, at)
        found[id_] = at, climbs(ladder, standing, now)
    rows = [(id_, one.level, one.post, plain(one.at)) for id_, (_at, new) in found.items() for one in new.made]
    sql.insert_rows("climb", COLUMNS, rows)
    sql.run_many(SET, [{"id": id_, "at": new.then.next_at} for id_, (_at, new) in found.items()])
    made = {(id_, level): row for part in chunks(ids) for id_, level, row in sql.rows(IDS.format(ids=id_list(part)))}
    for id_, (at, new) in found.items():
        for one in new.made:
            audit.changed(
                session, action="create", table="climb", row_id=made[id_, one.level],
                after={"deadline_id": id_, "level": one.level, "post": one.post, "at": one.at},
            )  # fmt: skip
        audit.changed(
            session, action="update", table="deadline", row_id=id_,
            before={"climbs_at": at}, after={"climbs_at": new.then.next_at},
        )  # fmt: skip
    return len(rows)


def of(sql: Sql, ids: Sequence[int]) -> dict[int, list[Climbed]]:
    """The climbs of deadlines, by deadline, the lowest post first."""
    found: dict[int, list[Climbed]] = {}
    for portion in chunks(ids):
        for id_, level, post, at in sql.rows(OF.format(ids=id_list(portion))):
            moment = instant(at)
            assert moment is not None
            found.setdefault(id_, []).append(Climbed(id_, level, post, moment))
    return found


def of_all(sql: Sql, kind: str, ids: Sequence[int]) -> dict[int, list[Climbed]]:
    """The climbs of several matters of a kind, by matter."""
    found: dict[int, list[Climbed]] = {}
    for portion in chunks(ids):
        for matter, id_, level, post, at in sql.rows(OF_MATTERS.format(ids=id_list(portion)), kind=kind):
            moment = instant(at)
            assert moment is not None
            found.setdefault(matter, []).append(Climbed(id_, level, post, moment))
    return found
