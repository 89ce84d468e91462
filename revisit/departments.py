"""The departments of the company: a closed one keeps its past and takes nobody any more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from revisit import alike, audit
from revisit.db import Sql
from revisit.errors import Refused
from revisit.i18n import N_

if TYPE_CHECKING:
    from sqlmodel import Session

ALL = """
SELECT d.id, d.name, d.active, d.duty, (SELECT count(*) FROM staff s WHERE s.department_id = d.id AND s.active)
FROM department d ORDER BY d.id
"""
RENAME = "UPDATE department SET name = :name WHERE id = :id"
SET_DUTY = "UPDATE department SET duty = :duty WHERE id = :id"
CARRIED = "SELECT id, name, duty FROM department WHERE duty <> '' AND active ORDER BY id"
SET_ACTIVE = "UPDATE department SET active = :active WHERE id = :id"


@dataclass(frozen=True, slots=True)
class Department:
    """One department; `staff` counts who works there now, `duty` is its part of every complaint (empty: none)."""

    id: int
    name: str
    active: bool
    duty: str
    staff: int


class Carrier(NamedTuple):
    """A department in use that carries a duty."""

    id: int
    name: str
    duty: str


def list_departments(sql: Sql) -> list[Department]:
    """All of them, closed ones included, in the order in which they were made."""
    return [Department(id_, name, bool(active), duty, count) for id_, name, active, duty, count in sql.rows(ALL)]


def carriers(sql: Sql) -> list[Carrier]:
    """The departments in use that carry a duty of complaints, in the order in which they were made."""
    return [Carrier(*row) for row in sql.rows(CARRIED)]


def find_department(sql: Sql, name: str) -> Department | None:
    """The department of that name; width and case do not matter."""
    return next((one for one in list_departments(sql) if alike.name(one.name) == alike.name(name)), None)


def get_department(sql: Sql, name: str, *, closed: bool = False) -> Department:
    """The department of that name. Raises Refused, naming those there are; a closed one only on demand."""
    found = find_department(sql, name)
    if found is None:
        names = [one.name for one in list_departments(sql) if one.active]
        raise Refused(
            N_("there is no department {name}"),
            N_("departments here: {names}") if names else N_("add it: revisit department add NAME"),
            name=name,
            names=", ".join(names[:20]),
        )
    if not found.active and not closed:
        raise Refused(
            N_("the department {name} is closed"), N_("open it again: revisit department add NAME"), name=found.name
        )
    return found


def add_department(session: Session, name: str, *, duty: str = "", batch_id: int | None = None) -> int:
    """A new department, whose name is not taken; the id."""
    from revisit.models import Department as Table

    made = Table(name=name, duty=duty)
    session.add(made)
    session.flush()
    assert made.id is not None
    said = {"name": name} | ({"duty": duty} if duty else {})
    audit.changed(session, action="create", table="department", row_id=made.id, batch_id=batch_id, after=said)
    return made.id


def rename_department(session: Session, sql: Sql, department: Department, name: str) -> None:
    """Another name. Raises Refused if another department has it."""
    other = find_department(sql, name)
    if other is not None and other.id != department.id:
        raise Refused(
            N_("there is a department {name} already"),
            N_("choose another name: revisit department list"),
            name=other.name,
        )
    sql.run(RENAME, id=department.id, name=name)
    audit.changed(
        session, action="update", table="department", row_id=department.id,
        before={"name": department.name}, after={"name": name},
    )  # fmt: skip


def set_duty(session: Session, sql: Sql, department: Department, duty: str) -> None:
    """Gives a department its part of every complaint, or takes it away (empty); several may share one."""
    if duty == department.duty:
        return
    sql.run(SET_DUTY, id=department.id, duty=duty)
    audit.changed(
        session, action="update", table="department", row_id=department.id,
        before={"duty": department.duty}, after={"duty": duty},
    )  # fmt: skip


def set_active(session: Session, sql: Sql, department: Department, active: bool) -> None:
    """Closes a department, or opens it again. Raises Refused while people work there."""
    if not active and department.staff:
        raise Refused(
            N_("{count} people work in the department {name}"),
            N_("give them another one first: revisit staff change LOGIN --department NAME"),
            count=department.staff,
            name=department.name,
        )
    sql.run(SET_ACTIVE, id=department.id, active=active)
    audit.changed(
        session, action="update", table="department", row_id=department.id,
        before={"active": department.active}, after={"active": active},
    )  # fmt: skip
