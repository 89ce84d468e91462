"""Missed deadlines climb: each is put before the next post of the policy's ladder, by itself, whenever the program looks.

When a climb was due follows from the deadline alone, so that looking late changes nothing; each is noted once. Clause: P0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from revisit import audit
from revisit.company import CompanyInfo
from revisit.db import Sql, chunks, id_list, instant
from revisit.matters import deadlines, wall
from revisit.matters.deadlines import Kept

if TYPE_CHECKING:
    from sqlmodel import Session

PENDING = "SELECT 1 FROM deadline WHERE climbs_at <= :now LIMIT 1"
LEVELS = "SELECT coalesce(max(level), 0) FROM climb WHERE deadline_id = :id"
OF = "SELECT deadline_id, level, post, at FROM climb WHERE deadline_id IN ({ids}) ORDER BY deadline_id, level"
OF_MATTERS = """
SELECT d.matter_id, c.deadline_id, c.level, c.post, c.at FROM climb c JOIN deadline d ON d.id = c.deadline_id
WHERE d.matter = :kind AND d.matter_id IN ({ids}) ORDER BY c.deadline_id, c.level
"""
SET = "UPDATE deadline SET climbs_at = :at WHERE id = :id"
LOCK_ON_SERVER = "LOCK TABLE climb IN SHARE ROW EXCLUSIVE MODE"


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


def climb(session: Session, sql: Sql, company: CompanyInfo, now: datetime) -> int:
    """Notes every climb that is due by now; how many there were."""
    if sql.server:
        sql.run(LOCK_ON_SERVER)
    return sum(_climb(session, sql, company, one, now) for one in deadlines.climbing(sql, now))


def of(sql: Sql, ids: list[int]) -> dict[int, list[Climbed]]:
    """The climbs of deadlines, by deadline, the lowest post first."""
    found: dict[int, list[Climbed]] = {}
    for id_, level, post, at in sql.rows(OF.format(ids=id_list(ids))) if ids else ():
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


def _climb(session: Session, sql: Sql, company: CompanyInfo, one: Kept, now: datetime) -> int:
    from revisit.models import Climb

    ladder = company.policies.on(wall(one.started_at, company).date()).escalation
    posts = ladder.above(deadlines.post_of(sql, one.owner))
    level, at, made = int(sql.rows(LEVELS, id=one.id)[0][0]), one.climbs_at, 0
    while at is not None and at <= now:
        if level < len(posts):
            row = Climb(deadline_id=one.id, level=level + 1, post=posts[level], at=at)
            session.add(row)
            session.flush()
            said = {"deadline_id": one.id, "level": level + 1, "post": posts[level], "at": at}
            audit.changed(session, action="create", table="climb", row_id=row.id, after=said)
            level, made = level + 1, made + 1
        at = at + timedelta(hours=ladder.every_hours) if level < len(posts) else None
    sql.run(SET, id=one.id, at=at)
    audit.changed(
        session, action="update", table="deadline", row_id=one.id,
        before={"climbs_at": one.climbs_at}, after={"climbs_at": at},
    )  # fmt: skip
    return made
