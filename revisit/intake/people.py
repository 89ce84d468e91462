"""Whom of the staff a sheet means, by login or by name; who is not among them is added, with a warning."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container

from revisit import alike, staff
from revisit.i18n import N_
from revisit.intake.ledger import Ledger
from revisit.intake.rows import Record, RowLabel

EVERYBODY = "SELECT id, login, name, active, role FROM staff ORDER BY id"


class People:
    """The staff by login and by name, those who left included."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._by_login: dict[str, int] = {}
        self._by_folded: dict[str, int] = {}
        self._by_name: dict[str, list[int]] = defaultdict(list)
        self._logins: dict[int, str] = {}
        self._active: set[int] = set()
        self._without_list: set[int] = set()
        for id_, login, name, active, role in ledger.sql.rows(EVERYBODY):
            self._add(id_, login, name, active=bool(active))
            if role not in staff.OWNING_ROLES:
                self._without_list.add(id_)

    def find(self, word: str) -> int | None:
        """The person of that login or name, None where there is none; `is_clear` was asked before."""
        return next(iter(self._fitting(word)), None)

    def is_clear(self, record: Record, field_name: str) -> bool:
        """Whether the cell names one person at most; otherwise its row is rejected."""
        fitting = self._fitting(record.values[field_name]) if field_name in record.values else []
        if len(fitting) < 2:
            return True
        logins = ", ".join(self._logins[one] for one in fitting[:5])
        self._ledger.reject(record, field_name, N_("the name fits several of the staff: {logins}"), logins=logins)
        return False

    def representative(self, word: str, row: RowLabel) -> int:
        """Who is to own a customer; somebody new is added as a representative."""
        found = self.find(word)
        if found is None:
            message = N_("{name} was not among the staff and has been added as a representative")
            return self._hire(word, row, message, active=True)
        if found not in self._active:
            message = N_("row {row}: {name} no longer works here, but has been given the customer as the sheet says")
            self._ledger.warn(message, row=row, name=word)
        elif found in self._without_list:
            message = N_(
                "row {row}: {name} has no list of customers, but has been given the customer as the sheet says"
            )
            self._ledger.warn(message, row=row, name=word)
        return found

    def author(self, word: str, row: RowLabel) -> int:
        """Who made an old record; somebody unknown is kept as an author who no longer works here."""
        found = self.find(word)
        if found is None:
            message = N_("{name} is not among the staff: kept as an author who no longer works here")
            return self._hire(word, row, message, active=False)
        return found

    def _fitting(self, word: str) -> list[int]:
        """By login, else by name: those who work here, else those who left."""
        by_login = self._by_login.get(word) or self._by_folded.get(alike.name(word))
        if by_login is not None:
            return [by_login]
        namesakes = self._by_name.get(word, [])
        return [one for one in namesakes if one in self._active] or namesakes

    def _hire(self, word: str, row: RowLabel, message: str, *, active: bool) -> int:
        ledger = self._ledger
        login = free_login(staff.login_from(word), self._by_folded)
        id_ = staff.add_staff(
            ledger.session, login=login, name=word, role="representative", at=ledger.now, batch_id=ledger.batch_id,
            active=active,
        )  # fmt: skip
        ledger.made("staff", id_, row)
        self._add(id_, login, word, active=active)
        ledger.warn(message, name=word)
        return id_

    def _add(self, id_: int, login: str, name: str, *, active: bool) -> None:
        self._by_login[login] = id_
        self._by_folded.setdefault(alike.name(login), id_)
        self._by_name[name].append(id_)
        self._logins[id_] = login
        if active:
            self._active.add(id_)


def free_login(login: str, taken: Container[str]) -> str:
    """The login, or the first one with a number behind it that nobody has; `taken` holds folded logins."""
    number, found = 1, login
    while alike.name(found) in taken:
        number += 1
        found = f"{login}{number}"
    return found
