"""The customer files there are, by code and by name, with what a sheet can change of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from revisit import alike
from revisit.db import Sql, day, id_list
from revisit.intake.rows import RowLabel

FILES = "SELECT id, code, name, merged_into FROM customer ORDER BY id"
CUSTOMERS = """
SELECT c.id, c.code, c.name, c.kind, c.grade, c.region, c.industry, c.intention, c.salesperson, c.followed_by,
       c.followed_since, c.contract_on, c.balance_cents, c.credit_limit_cents, c.term_days, c.birthday, c.do_not_call,
       c.note, c.extra, c.shown_order_on, c.rep_id, p.id, p.name, p.title
FROM customer c LEFT JOIN contact_person p ON p.customer_id = c.id AND p.position = 1
WHERE c.id IN ({ids})
"""
COLUMNS = (
    "id", "code", "name", "kind", "grade", "region", "industry", "intention", "salesperson", "followed_by",
    "followed_since", "contract_on", "balance_cents", "credit_limit_cents", "term_days", "birthday", "do_not_call",
    "note", "extra", "shown_order_on", "rep_id", "person_id", "contact", "title",
)  # fmt: skip
POINTS = """
SELECT id, customer_id, kind, value FROM contact_point WHERE customer_id IN ({ids}) ORDER BY customer_id, kind, position
"""
SHOWN = "SELECT customer_id, ordered_on FROM shown_order WHERE customer_id IN ({ids})"
HANDOVERS = "SELECT customer_id, to_whom, from_on FROM handover WHERE customer_id IN ({ids})"
PHONES = """
SELECT c.code, c.name, p.value FROM customer c LEFT JOIN contact_point p ON p.customer_id = c.id AND p.kind = 'phone'
WHERE c.merged_into IS NULL ORDER BY c.id
"""

_day = lru_cache(maxsize=4096)(day)  # many files share their days
Details = dict[str, Any]
"""A file as its row in the table, plus `person_id`, `contact`, `title`, `points`, `shown`, `handovers`."""


class File:
    """A customer file as far as a row names one. `id` is None while it is only going to be made; `row` is the row of a customer
    sheet that has spoken of it (0: none yet), `told` what that said, as a number."""

    __slots__ = ("code", "id", "name", "row", "told")

    def __init__(self, id_: int | None, code: str, name: str) -> None:
        self.id = id_
        self.code = code
        self.name = name
        self.row: RowLabel = 0
        self.told = 0

    @property
    def row_id(self) -> int:
        """Its id, once it has one."""
        assert self.id is not None
        return self.id


class Known:
    """The files by code and by exact normalised name. Names and codes that a sheet gives on its way count as well.

    The code of a file that was merged leads to the one it was merged into.
    """

    def __init__(self, sql: Sql) -> None:
        self._last = ("", "")
        self._by_code: dict[str, File] = {}
        self._by_name: dict[
            str, File | list[File]
        ] = {}  # a list where a name has several: there are few, and it takes room
        merged: list[tuple[File, int]] = []
        for id_, code, name, into in sql.each(FILES):
            file = File(id_, code, name)
            if into is None:
                self._add(file)
            else:
                merged.append((file, into))
        if merged:
            self._add_merged(merged)

    def by_code(self, code: str) -> File | None:
        """The file of that code."""
        return self._by_code.get(code)

    def by_name(self, name: str) -> list[File]:
        """The files of that name, however wide its letters and brackets are and whatever spaces it has."""
        found = self._by_name.get(self._form(name), [])
        return found if isinstance(found, list) else [found]

    def open(self, code: str | None, name: str | None) -> File:
        """A file that is going to be made: with a code of its own where it has none, named by its code where it has no name."""
        code = code or self._free_code()
        file = File(None, code, name or code)
        self._add(file)
        return file

    def rename(self, file: File, name: str) -> None:
        """From now on the file is found by this name."""
        before = self.by_name(file.name)
        if file in before:
            self._by_name[alike.customer_name(file.name)] = [one for one in before if one is not file]
        file.name = name
        self._name(file)

    def _add(self, file: File) -> None:
        self._by_code[file.code] = file
        self._name(file)

    def _name(self, file: File) -> None:
        name = self._form(file.name)
        if self._by_name.setdefault(name, file) is not file:
            self._by_name[name] = [*self.by_name(name), file]

    def _form(self, name: str) -> str:
        """The form in which a name is compared; the last one is asked for again and again."""
        if self._last[0] != name:
            self._last = (name, alike.customer_name(name))
        return self._last[1]

    def _add_merged(self, merged: Sequence[tuple[File, int]]) -> None:
        """Codes and names of files that were merged mean the one that was kept in the end."""
        by_id = {file.id: file for file in self._by_code.values()}
        targets = {file.id: into for file, into in merged}
        for file, into in merged:
            while into in targets:
                into = targets[into]
            self._by_code[file.code] = by_id[into]
            if not self.by_name(file.name):
                self._by_name[alike.customer_name(file.name)] = by_id[into]

    def _free_code(self) -> str:
        number = len(self._by_code) + 1
        while f"K{number:06d}" in self._by_code:
            number += 1
        return f"K{number:06d}"


def details(sql: Sql, ids: Sequence[int]) -> dict[int, Details]:
    """All that is on file about these customers, by id."""
    within = id_list(ids)
    found: dict[int, Details] = {}
    for row in sql.rows(CUSTOMERS.format(ids=within)):
        one = dict(zip(COLUMNS, row, strict=True))
        for name in ("followed_since", "contract_on", "birthday", "shown_order_on"):
            if one[name]:
                one[name] = _day(one[name])
        one["do_not_call"] = bool(one["do_not_call"])
        one["points"] = {"phone": [], "address": []}
        one["shown"], one["handovers"] = set(), set()
        found[row[0]] = one
    for id_, customer, kind, value in sql.rows(POINTS.format(ids=within)):
        found[customer]["points"][kind].append((id_, value))
    for customer, on in sql.rows(SHOWN.format(ids=within)):
        found[customer]["shown"].add(_day(on))
    for customer, to_whom, on in sql.rows(HANDOVERS.format(ids=within)):
        found[customer]["handovers"].add((to_whom, day(on)))
    return found
