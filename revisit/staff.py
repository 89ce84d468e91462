"""The people who work here: who I am, whose name or login a sheet means, who comes, changes and goes."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from revisit import alike, audit
from revisit.db import Sql
from revisit.errors import Refused
from revisit.i18n import N_

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

COLUMNS = "id, login, name, role, department_id, post"
BY_LOGIN = f"SELECT {COLUMNS} FROM staff WHERE login = :login AND active"
EVERYBODY = f"SELECT {COLUMNS} FROM staff WHERE active ORDER BY id"
EVER = f"SELECT {COLUMNS} FROM staff ORDER BY id"
DEPARTMENTS = "SELECT id, department_id FROM staff"
PEOPLE = """
SELECT s.id, s.login, s.name, s.role, s.department_id, s.post, s.ability_percent, s.active, d.name, coalesce(c.n, 0)
FROM staff s
LEFT JOIN department d ON d.id = s.department_id
LEFT JOIN (SELECT rep_id, count(*) AS n FROM customer WHERE merged_into IS NULL GROUP BY rep_id) c ON c.rep_id = s.id
ORDER BY s.id
"""
LOCK_ON_SERVER = "LOCK TABLE staff IN SHARE ROW EXCLUSIVE MODE"
OWNING_ROLES = ("representative", "supervisor", "administrator")
"""Who may have customers of their own: the others have no list on which these would stand."""
ABILITY_PERCENT = (10, 1000)
LONGEST_LOGIN = 64
CHANGEABLE = ("login", "name", "role", "post", "department_id", "ability_percent", "active")
CHANGE = f"UPDATE staff SET {', '.join(f'{name} = :{name}' for name in CHANGEABLE)} WHERE id = :id"


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One person. `role`: representative, supervisor, administrator, approver or auditor."""

    id: int
    login: str
    name: str
    role: str
    department_id: int | None = None
    post: str = ""

    @property
    def sees_all(self) -> bool:
        """Whether the morning list of this person is everybody's."""
        return self.role != "representative"


@dataclass(frozen=True, slots=True)
class Person:
    """Everything kept of one person. `ability_percent`: 100 is as everybody; `customers`: how many belong to them now."""

    id: int
    login: str
    name: str
    role: str
    department_id: int | None
    post: str
    ability_percent: int
    active: bool
    department: str
    customers: int

    @property
    def ability(self) -> float:
        """The coefficient by which work is weighed: 1.2 for 120 %."""
        return self.ability_percent / 100


class Problem(NamedTuple):
    """Why a change of a person cannot be: a sentence, a remedy, what fills them, and the column it is about."""

    message: str
    remedy: str
    params: Mapping[str, object]
    column: str


def find_by_login(sql: Sql, login: str) -> StaffMember | None:
    """The active staff member of that login; upper and lower case do not matter."""
    found = sql.rows(BY_LOGIN, login=login)
    if found:
        return StaffMember(*found[0])
    return next((one for one in list_staff(sql) if alike.name(one.login) == alike.name(login)), None)


def get_by_login(sql: Sql, login: str, *, former: bool = False) -> StaffMember:
    """The active staff member of that login; with `former` also one who left. Raises Refused, naming the logins there are."""
    found = find_by_login(sql, login)
    if found is None and former:
        found = next((one for one in list_staff(sql, former=True) if alike.name(one.login) == alike.name(login)), None)
    if found is None:
        raise _no_such_login(login, [member.login for member in list_staff(sql, former=former)])
    return found


def _no_such_login(login: str, logins: list[str]) -> Refused:
    return Refused(
        N_("there is no staff login {login}"), N_("logins here: {logins}"), login=login, logins=", ".join(logins[:20])
    )


def list_staff(sql: Sql, *, former: bool = False) -> list[StaffMember]:
    """Everybody active, in the order of their entry; with `former` also who no longer works here."""
    return [StaffMember(*row) for row in sql.rows(EVER if former else EVERYBODY)]


def list_people(sql: Sql, *, former: bool = False) -> list[Person]:
    """Everything kept of everybody active, in the order of their entry; with `former` also who no longer works here."""
    people = [
        Person(id_, login, name, role, department_id, post, ability, bool(active), department or "", customers)
        for id_, login, name, role, department_id, post, ability, active, department, customers in sql.rows(PEOPLE)
    ]
    return [one for one in people if former or one.active]


def get_person(sql: Sql, login: str) -> Person:
    """The person of that login, also one who no longer works here. Raises Refused, naming the logins there are."""
    people = list_people(sql, former=True)
    found = next((one for one in people if one.login == login), None) or next(
        (one for one in people if alike.name(one.login) == alike.name(login)), None
    )
    if found is None:
        raise _no_such_login(login, [one.login for one in people])
    return found


def required(actor: StaffMember | None) -> StaffMember:
    """The person who works here. Raises Refused for whoever is none of the staff."""
    if actor is None:
        raise nobody()
    return actor


def nobody() -> Refused:
    """The refusal for whoever is none of the staff and wants to do what only they may."""
    return Refused(N_("I do not know who you are"), N_("name your staff login: --as LOGIN, or set REVISIT_USER"))


def login_problem(login: str) -> str:
    """Why a text can be no login, as a template with {login}; empty: it can."""
    if not login or any(unicodedata.category(char)[0] in "CZ" for char in login):
        return N_("{login} is no login: a login has no spaces and no invisible characters")
    if len(login) > LONGEST_LOGIN or login.startswith("-"):
        return N_("{login} is no login: it is too long, or begins with -")
    return ""


def login_from(name: str) -> str:
    """A login made of a name, for somebody of whom only the name is known: without what a login may not hold."""
    kept = "".join(char for char in name if unicodedata.category(char)[0] not in "CZ")
    return kept.lstrip("-")[:LONGEST_LOGIN] or "staff"


def lock(sql: Sql) -> None:
    """On a server: nobody else changes the staff until the transaction ends: logins stay free, an administrator is left."""
    if sql.server:
        sql.run(LOCK_ON_SERVER)


def add_staff(
    session: Session,
    *,
    login: str,
    name: str,
    role: str,
    at: datetime,
    active: bool = True,
    batch_id: int | None = None,
    post: str = "",
    department_id: int | None = None,
    ability_percent: int = 100,
) -> int:
    """A new staff member, whose login is not taken; the id."""
    from revisit.models import Staff

    more: dict[str, Any] = {"post": post, "department_id": department_id, "ability_percent": ability_percent}
    member = Staff(login=login, name=name, role=role, active=active, created_at=at, **more)
    session.add(member)
    session.flush()
    assert member.id is not None
    usual = {"post": "", "department_id": None, "ability_percent": 100}
    audit.changed(
        session,
        action="create",
        table="staff",
        row_id=member.id,
        batch_id=batch_id,
        before=usual,
        after={"login": login, "name": name, "role": role, **more},
    )
    return member.id


def refuse_taken_login(sql: Sql, login: str, *, except_id: int | None = None) -> None:
    """Raises Refused if somebody has that login, also somebody who no longer works here."""
    for one in list_people(sql, former=True):
        if alike.name(one.login) == alike.name(login) and one.id != except_id:
            raise Refused(
                N_("the login {login} is taken by {name}"),
                N_("choose another one; who comes back: revisit staff change LOGIN --active")
                if not one.active
                else N_("choose another one, or change that person: revisit staff change LOGIN"),
                login=one.login,
                name=one.name,
            )


def problem_with(
    person: Person, after: Mapping[str, Any], *, administrators: int, actor_id: int, keep_customers: bool = False
) -> Problem | None:
    """Why a person cannot be changed so: no administrator would be left, or customers would stand on nobody's list.

    `administrators` counts the active ones now; `keep_customers`: the customers may stay with somebody who has no list.
    """
    role, active = after.get("role", person.role), after.get("active", person.active)
    params = {"login": person.login, "name": person.name, "count": person.customers}
    if person.id == actor_id and not active:
        return Problem(N_("nobody ends the own work here"), N_("let another administrator do it"), params, "active")
    was_one = person.role == "administrator" and person.active
    if was_one and administrators < 2 and not (active and role == "administrator"):
        return Problem(
            N_("{login} is the last administrator"),
            N_("make somebody else one first: revisit staff change LOGIN --role administrator"),
            params,
            "active" if not active else "role",
        )
    had_list = person.active and person.role in OWNING_ROLES
    if person.customers and had_list and not (active and role in OWNING_ROLES) and not keep_customers:
        return Problem(
            N_("{login} still has {count} customers, who would stand on nobody's list"),
            N_(
                "give them to somebody first: revisit assign --from LOGIN --to LOGIN; or keep them there: --keep-customers"
            ),
            params,
            "active" if not active else "role",
        )
    return None


def change_staff(
    session: Session, sql: Sql, person: Person, after: Mapping[str, Any], *, batch_id: int | None = None
) -> dict[str, Any]:
    """Changes columns of a person to what differs; what those columns held before."""
    before = {name: getattr(person, name) for name in CHANGEABLE if name in after}
    before = {name: value for name, value in before.items() if value != after[name]}
    if before:
        news = {name: after[name] for name in before}
        sql.run(CHANGE, **{name: getattr(person, name) for name in CHANGEABLE} | news, id=person.id)
        audit.changed(
            session, action="update", table="staff", row_id=person.id, batch_id=batch_id, before=before, after=news
        )
    return before
