"""Staff sheets: who works here, in which post and department. Who does not stand in the sheet stays as before."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from typing import Any

from revisit import alike, departments, posts, staff, wording
from revisit.departments import Department
from revisit.i18n import N_
from revisit.intake.ledger import Ledger
from revisit.intake.people import free_login
from revisit.intake.rows import Record
from revisit.staff import Person

MADE_BY_OTHER_SHEETS = """
SELECT s.id FROM staff s
JOIN import_change c ON c.table_name = 'staff' AND c.before = '' AND c.row_id <= s.id AND s.id <= c.last_id
JOIN import_batch b ON b.id = c.batch_id
WHERE b.kind <> 'staff' AND NOT EXISTS (
  SELECT 1 FROM audit a WHERE a.table_name = 'staff' AND a.row_id = s.id AND a.action = 'create'
    AND (a.batch_id IS NULL OR a.batch_id > b.id))
"""
ACTIVE = {"active": True, "left": False}


def apply(ledger: Ledger) -> None:
    """Writes the records of a staff sheet: who takes the administrator's role away or leaves comes last."""
    records = list(ledger.reading.read())
    roster = _Roster(ledger, records)
    seen: dict[int, Record] = {}
    for record in sorted(records, key=_takes_away):
        person = roster.meant(record)
        if isinstance(person, Person):
            first = seen.setdefault(person.id, record)
            if first is record:
                roster.change(record, person)
            elif record.values == first.values:
                ledger.count("unchanged")
            else:
                ledger.reject(
                    record, _key(record), N_("row {other} states the same person differently"), other=first.row
                )
        elif person is not None:
            made = roster.add(record, person)
            if made is not None:
                seen[made] = record


def _takes_away(record: Record) -> bool:
    role = record.values.get("role")
    return record.values.get("active") == "left" or (role is not None and role != "administrator")


def _key(record: Record) -> str:
    return "login" if "login" in record.values else "name"


class _Roster:
    """The staff as the rows of the sheet change it."""

    def __init__(self, ledger: Ledger, records: list[Record]) -> None:
        self._ledger = ledger
        self._posts = posts.load_posts()
        self._departments: dict[str, Department] = {}
        self._people: dict[int, Person] = {}
        self._by_login: dict[str, int] = {}
        self._by_name: dict[str, set[int]] = defaultdict(set)
        for one in staff.list_people(ledger.sql, former=True):
            self._keep(one)
        self._in_sheet = {alike.name(record.values["login"]) for record in records if "login" in record.values}
        self._by_sheets = {row[0] for row in ledger.sql.rows(MADE_BY_OTHER_SHEETS)}

    def meant(self, record: Record) -> Person | str | None:
        """The person a row means; a login for somebody new; None: the row is rejected."""
        login, name = record.values.get("login"), record.values.get("name")
        if login is None and name is None:
            self._ledger.reject(record, "login", N_("the row names nobody: neither login nor name"))
            return None
        if login is None:
            return self._by_name_alone(record, str(name))
        problem = staff.login_problem(login)
        if problem:
            self._ledger.reject(record, "login", problem, login=login)
            return None
        found = self._by_login.get(alike.name(login))
        if found is not None:
            return self._people[found]
        return self._adopted(record, login, str(name)) if name else str(login)

    def change(self, record: Record, person: Person) -> None:
        """Brings a person to what the row says, or rejects the row."""
        ledger = self._ledger
        adopted = "login" in record.values and alike.name(record.values["login"]) != alike.name(person.login)
        after = self._said(record, person)
        if after is None:
            return
        if adopted:
            after |= {"login": record.values["login"]}
        if "active" not in after and not person.active:
            if adopted:
                after["active"] = True
            else:
                message = N_("row {row}: {name} no longer works here; write 在职 or “active” to take the person back")
                ledger.warn(message, row=record.row, name=person.name)
        actor = ledger.viewer.member
        administrators = sum(one.active and one.role == "administrator" for one in self._people.values())
        problem = staff.problem_with(person, after, administrators=administrators, actor_id=actor.id if actor else 0)
        if problem is not None:
            ledger.reject(record, problem.column, problem.message, **problem.params)
            return
        if not self._settle_department(record, after, person.department_id):
            return
        if adopted:
            ledger.warn(
                N_("row {row}: {name}, made by an earlier sheet as {old}, has the login {login} from now on"),
                row=record.row, name=person.name, old=person.login, login=after["login"],
            )  # fmt: skip
        before = staff.change_staff(ledger.session, ledger.sql, person, after, batch_id=ledger.batch_id)
        if before:
            ledger.made("staff", person.id, record.row, json.dumps(before, ensure_ascii=False, sort_keys=True))
            ledger.tell(record.row, person.login, before, {name: after[name] for name in before})
            self._forget(person)
            self._keep(replace(person, **{name: after[name] for name in before}))
        ledger.count("updated" if before else "unchanged")

    def add(self, record: Record, login: str) -> int | None:
        """A new person from a row; the id, None where the row is rejected."""
        ledger = self._ledger
        after = self._said(record, None)
        if after is None or not self._settle_department(record, after, None):
            return None
        made: dict[str, Any] = {"name": login, "active": True} | after | {"login": login}
        id_ = staff.add_staff(ledger.session, **made, at=ledger.now, batch_id=ledger.batch_id)
        ledger.made("staff", id_, record.row)
        blank = Person(id_, login, login, "", None, "", 100, True, "", 0)
        self._keep(replace(blank, **made))
        ledger.count("inserted")
        return id_

    def _by_name_alone(self, record: Record, name: str) -> Person | str | None:
        namesakes = [self._people[one] for one in sorted(self._by_name.get(name, ()))]
        fitting = [one for one in namesakes if one.active] or namesakes
        if len(fitting) > 1:
            logins = ", ".join(one.login for one in fitting[:5])
            self._ledger.reject(record, "name", N_("the name fits several of the staff: {logins}"), logins=logins)
            return None
        if fitting:
            return fitting[0]
        login = free_login(staff.login_from(name), self._by_login.keys() | self._in_sheet)
        self._ledger.warn(N_("row {row}: {name} has no login and got {login}"), row=record.row, name=name, login=login)
        return login

    def _adopted(self, record: Record, login: str, name: str) -> Person | str:
        """Who was made from the bare name by another sheet is this person under the proper login, not a second one."""
        namesakes = [self._people[one] for one in sorted(self._by_name.get(name, ()))]
        made = [one for one in namesakes if one.id in self._by_sheets and self._bears_a_name_for_a_login(one)]
        if len(made) == 1:
            return made[0]
        if namesakes:
            self._ledger.warn(
                N_("row {row}: {name} is also the name of {other}; {login} became a person of its own"),
                row=record.row, name=name, other=namesakes[0].login, login=login,
            )  # fmt: skip
        return login

    def _bears_a_name_for_a_login(self, person: Person) -> bool:
        own = alike.name(person.login)
        made_of_name = own.rstrip("0123456789") == alike.name(staff.login_from(person.name)).rstrip("0123456789")
        return made_of_name and own not in self._in_sheet

    def _said(self, record: Record, person: Person | None) -> dict[str, Any] | None:
        """What the row says, by column of the table, the department left out; None: the row is rejected."""
        values = record.values
        after: dict[str, Any] = {}
        for name, column in (("name", "name"), ("ability", "ability_percent")):
            if name in values:
                after[column] = values[name]
        if "active" in values:
            after["active"] = ACTIVE[values["active"]]
        post = self._post(record, person, after)
        if post is None and "post" in after and person is None and "role" not in values:
            self._ledger.reject(
                record, "post", N_("{post} is no post known here, and no role is named; known: {known}"),
                post=values["post"], known=", ".join(one.shown for one in self._posts),
            )  # fmt: skip
            return None
        after["role"] = posts.role_following(values.get("role"), post, person.role if person else "")
        if post is not None and "role" not in values and after["role"] != post.role:
            self._ledger.warn(
                N_("row {row}: {login} stays {role}; only the column 角色/role takes that away"),
                row=record.row, login=person.login if person else "", role=wording.word(after["role"]),
            )  # fmt: skip
        return after

    def _post(self, record: Record, person: Person | None, after: dict[str, Any]) -> posts.Post | None:
        """The post a row newly gives; a text that is none of the posts is kept as it is."""
        name = record.values.get("post")
        if name is None:
            return None
        found = posts.find_post(self._posts, name)
        after["post"] = found.id if found else name
        if found is None and person is not None and person.post != name and "role" not in record.values:
            self._ledger.warn(
                N_("row {row}: {post} is no post known here; the role stays"), row=record.row, post=name
            )  # fmt: skip
        return found if person is None or person.post != after["post"] else None

    def _settle_department(self, record: Record, after: dict[str, Any], now: int | None) -> bool:
        """The department the row names, made where there is none; False: the row is rejected."""
        name = record.values.get("department")
        if name is None:
            return True
        ledger = self._ledger
        if name not in self._departments:
            found = departments.find_department(ledger.sql, name)
            if found is None:
                id_ = departments.add_department(ledger.session, name, batch_id=ledger.batch_id)
                ledger.made("department", id_, record.row)
                ledger.warn(N_("the department {name} is new"), name=name)
                found = Department(id_, name, True, "", 0)
            self._departments[name] = found
        department = self._departments[name]
        if not department.active and department.id != now:
            ledger.reject(record, "department", N_("the department {name} is closed"), name=department.name)
            return False
        after["department_id"] = department.id
        return True

    def _keep(self, person: Person) -> None:
        self._people[person.id] = person
        self._by_login.setdefault(alike.name(person.login), person.id)
        self._by_name[person.name].add(person.id)

    def _forget(self, person: Person) -> None:
        self._by_name[person.name].discard(person.id)
        if self._by_login.get(alike.name(person.login)) == person.id:
            del self._by_login[alike.name(person.login)]


__all__ = ["apply"]
