"""The customer files there are, by code and by name, with what a sheet can change of them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from revisit.db import Sql, day

File = dict[str, Any]
"""A file as its row in the table, plus `person_id`, `contact`, `title`, `points`, `shown`, `handovers`. `id` is None while
it is only going to be made."""

CUSTOMERS = """
SELECT c.id, c.code, c.name, c.kind, c.grade, c.region, c.industry, c.intention, c.salesperson, c.followed_by,
       c.followed_since, c.contract_on, c.balance_cents, c.credit_limit_cents, c.term_days, c.birthday, c.do_not_call,
       c.note, c.extra, c.shown_order_on, c.rep_id, p.id, p.name, p.title
FROM customer c LEFT JOIN contact_person p ON p.customer_id = c.id AND p.position = 1
ORDER BY c.id
"""
COLUMNS = (
    "id", "code", "name", "kind", "grade", "region", "industry", "intention", "salesperson", "followed_by",
    "followed_since", "contract_on", "balance_cents", "credit_limit_cents", "term_days", "birthday", "do_not_call",
    "note", "extra", "shown_order_on", "rep_id", "person_id", "contact", "title",
)  # fmt: skip
POINTS = "SELECT id, customer_id, kind, position, value FROM contact_point ORDER BY customer_id, kind, position"
SHOWN = "SELECT customer_id, ordered_on FROM shown_order"
HANDOVERS = "SELECT customer_id, to_whom, from_on FROM handover"


class Known:
    """The files by code and by name. Names and codes that a sheet gives on its way count as well."""

    def __init__(self, sql: Sql) -> None:
        self._by_code: dict[str, File] = {}
        self._by_name: dict[str, list[File]] = defaultdict(list)
        by_id: dict[int, File] = {}
        for row in sql.rows(CUSTOMERS):
            file = dict(zip(COLUMNS, row, strict=True))
            for name in ("followed_since", "contract_on", "birthday", "shown_order_on"):
                file[name] = day(file[name])
            file["do_not_call"] = bool(file["do_not_call"])
            file |= {"points": defaultdict(list), "shown": set(), "handovers": set()}
            self._add(file)
            by_id[file["id"]] = file
        for id_, customer, kind, _position, value in sql.rows(POINTS):
            by_id[customer]["points"][kind].append((id_, value))
        for customer, on in sql.rows(SHOWN):
            by_id[customer]["shown"].add(date.fromisoformat(on))
        for customer, to_whom, on in sql.rows(HANDOVERS):
            by_id[customer]["handovers"].add((to_whom, day(on)))

    def by_code(self, code: str) -> File | None:
        """The file of that code."""
        return self._by_code.get(code)

    def by_name(self, name: str) -> list[File]:
        """The files of that exact name."""
        return self._by_name.get(name, [])

    def open(self, code: str | None, name: str | None) -> File:
        """A file that is going to be made: with a code of its own where it has none, named by its code where it has no name."""
        code = code or self._free_code()
        file = {"id": None, "code": code, "name": name or code}
        self._add(file)
        return file

    def rename(self, file: File, name: str) -> None:
        """From now on the file is found by this name; `file` still shows the old one."""
        self._by_name[file["name"]].remove(file)
        self._by_name[name].append(file)

    def _add(self, file: File) -> None:
        self._by_code[file["code"]] = file
        self._by_name[file["name"]].append(file)

    def _free_code(self) -> str:
        number = len(self._by_code) + 1
        while f"K{number:06d}" in self._by_code:
            number += 1
        return f"K{number:06d}"
