"""The people who work here: who I am, and whose name or login a sheet means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from revisit import audit
from revisit.db import Sql
from revisit.errors import Refused
from revisit.i18n import N_

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

BY_LOGIN = "SELECT id, login, name, role FROM staff WHERE login = :login AND active"
EVERYBODY = "SELECT id, login, name, role FROM staff WHERE active ORDER BY id"
EVER = "SELECT id, login, name, role FROM staff ORDER BY id"


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One person. `role`: representative, supervisor or administrator."""

    id: int
    login: str
    name: str
    role: str

    @property
    def sees_all(self) -> bool:
        """Whether the morning list of this person is everybody's."""
        return self.role != "representative"


def find_by_login(sql: Sql, login: str) -> StaffMember | None:
    """The active staff member of that login."""
    found = sql.rows(BY_LOGIN, login=login)
    return StaffMember(*found[0]) if found else None


def get_by_login(sql: Sql, login: str) -> StaffMember:
    """The active staff member of that login. Raises Refused, naming the logins there are."""
    found = find_by_login(sql, login)
    if found is None:
        logins = [member.login for member in list_staff(sql)]
        raise Refused(
            N_("there is no staff login {login}"),
            N_("logins here: {logins}"),
            login=login,
            logins=", ".join(logins[:20]),
        )
    return found


def list_staff(sql: Sql, *, former: bool = False) -> list[StaffMember]:
    """Everybody active, in the order of their entry; with `former` also who no longer works here."""
    return [StaffMember(*row) for row in sql.rows(EVER if former else EVERYBODY)]


def add_staff(
    session: Session,
    *,
    login: str,
    name: str,
    role: str,
    at: datetime,
    active: bool = True,
    batch_id: int | None = None,
) -> int:
    """A new staff member; the id."""
    from revisit.models import Staff

    member = Staff(login=login, name=name, role=role, active=active, created_at=at)
    session.add(member)
    session.flush()
    assert member.id is not None
    audit.changed(
        session,
        action="create",
        table="staff",
        row_id=member.id,
        batch_id=batch_id,
        after={"login": login, "role": role},
    )
    return member.id
