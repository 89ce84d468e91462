"""Notes that a shift leaves for the next one, so that nothing falls between. Clause: A9."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from revisit import audit
from revisit.access import Viewer
from revisit.db import Sql, day, instant
from revisit.errors import WrongUsage
from revisit.i18n import N_
from revisit.policy.calendar import WorkCalendar
from revisit.staff import StaffMember

if TYPE_CHECKING:
    from sqlmodel import Session

OF_DAYS = """
SELECT n.staff_id, s.login, s.department_id, n.written_on, n.written_at, n.text
FROM shift_note n JOIN staff s ON s.id = n.staff_id
WHERE n.written_on >= :first AND n.written_on <= :on ORDER BY n.written_at DESC, n.id DESC
"""
LAST_REVISIT = """
SELECT done_on FROM revisit WHERE staff_id = :staff AND done_on >= :first AND done_on < :on ORDER BY done_on DESC LIMIT 1
"""
LAST_NOTE = """
SELECT written_on FROM shift_note WHERE staff_id = :staff AND written_on >= :first AND written_on < :on
ORDER BY written_on DESC LIMIT 1
"""
LONGEST_ABSENCE = timedelta(days=31)
"""Who was away for longer does not find everything again: an older note is no news."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody left for the next shift."""

    staff_id: int
    rep: str
    department_id: int | None
    on: date
    at: datetime
    text: str


def leave(session: Session, *, staff_id: int, text: str, on: date, at: datetime) -> None:
    """Leaves a note for the next shift. Raises WrongUsage for one in which nothing stands."""
    from revisit.models import ShiftNote

    if not text.strip():
        raise WrongUsage(N_("the note is empty"), N_("say what the next shift has to know: --note TEXT"))
    row = ShiftNote(staff_id=staff_id, written_on=on, written_at=at, text=text.strip())
    session.add(row)
    session.flush()
    audit.changed(
        session, action="create", table="shift_note", row_id=row.id, after={"written_on": on, "text": row.text}
    )


def of_days(sql: Sql, first: date, on: date) -> list[Note]:
    """Every note from one day to another, both included, the newest first."""
    return [
        Note(staff_id, login, department, written_on, at, text)
        for staff_id, login, department, written, moment, text in sql.rows(OF_DAYS, first=first, on=on)
        if (written_on := day(written)) is not None and (at := instant(moment)) is not None
    ]


def waiting(sql: Sql, calendar: WorkCalendar, reader: Viewer, *, on: date) -> list[Note]:
    """What somebody finds on a day: the notes of the own department since the day on which this person was last at work,
    the newest first, without those the reader has left on the day itself.

    At work is who has a revisit or a note on record; without any within `LONGEST_ABSENCE` the last working day before counts.
    A note by somebody of no department is for the whole house.
    """
    me = reader.member
    if me is None or reader.sees("log", me.id) != "whole":
        return []
    recent = of_days(sql, on - LONGEST_ABSENCE, on)
    if not recent:
        return []
    since = _last_at_work(sql, me.id, on) or _working_day_before(calendar, on)
    return [
        one for one in recent if one.on >= since and _concerns(me, one) and not (one.on == on and one.staff_id == me.id)
    ]


def _concerns(me: StaffMember, note: Note) -> bool:
    leads_everybody = me.role in ("administrator", "auditor") or (me.role == "supervisor" and me.department_id is None)
    return leads_everybody or note.department_id is None or note.department_id == me.department_id


def _last_at_work(sql: Sql, staff_id: int, on: date) -> date | None:
    found = [
        sql.rows(statement, staff=staff_id, first=on - LONGEST_ABSENCE, on=on)
        for statement in (LAST_REVISIT, LAST_NOTE)
    ]
    return max((date.fromisoformat(rows[0][0]) for rows in found if rows), default=None)


def _working_day_before(calendar: WorkCalendar, on: date) -> date:
    found = on - _DAY
    while not calendar.is_working_day(found):
        found -= _DAY
    return found
