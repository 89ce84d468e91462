"""The audit read back: who changed what, when, old → new, as far as the person who looks may see it.

What an import changed in one customer's file stands in its before-images; what it made of them follows from the next change
of the same cell, or from what stands there now.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from revisit import access, audit, clock, customers, staff
from revisit.access import Viewer
from revisit.db import Sql, chunks, id_list, instant
from revisit.errors import Refused
from revisit.i18n import N_
from revisit.staff import StaffMember
from revisit.wording import money

ENTRIES = """
SELECT a.id, a.at, a.who, a.action, a.table_name, a.row_id, c.code, c.rep_id, a.batch_id, a.change
FROM audit a LEFT JOIN customer c
  ON c.id = coalesce(a.customer_id, CASE WHEN a.action = 'undo' AND a.table_name = 'customer' THEN a.row_id END)
"""
COUNT = "SELECT count(*) FROM audit a"
CONDITIONS = {
    "customer": "a.customer_id IN ({files})",
    "by": "a.who = :by",
    "since": "a.at >= :since",
    "before": "a.at < :before",
    "action": "a.action = :action",
}
ACTIONS = "SELECT DISTINCT action FROM audit ORDER BY action"
BY_SOMEBODY = "SELECT 1 FROM audit WHERE who = :who LIMIT 1"
ROWS_BEFORE = "SELECT count(*) FROM audit WHERE id < :id"
TEAM = "SELECT login FROM staff WHERE department_id = :department"
LOGINS = "SELECT id, login FROM staff"
DEPARTMENTS = "SELECT id, name FROM department"
NUMBERS = "SELECT id, number FROM revisit WHERE id IN ({ids})"
NUMBERS_OF_BOOKINGS = "SELECT b.id, r.number FROM booking b JOIN revisit r ON r.id = b.revisit_id WHERE b.id IN ({ids})"
KINDS = "SELECT id, kind FROM contact_point WHERE id IN ({ids})"
CELLS = {
    "customer": (
        "code", "name", "kind", "grade", "region", "industry", "intention", "salesperson", "followed_by", "followed_since",
        "contract_on", "balance_cents", "credit_limit_cents", "term_days", "birthday", "do_not_call", "note", "extra",
        "shown_order_on", "entered_on", "rep_id", "merged_into",
    ),
    "contact_person": ("name", "title"),
    "contact_point": ("kind", "value"),
    "order_": ("number", "ordered_on", "completed_on", "cancelled_on", "amount_cents", "product", "extra"),
    "revisit": (
        "number", "version", "is_current", "is_void", "staff_id", "done_on", "done_at", "filled_at", "channel", "result",
        "inbound", "important", "with_whom", "person", "satisfaction", "reason", "suggestion", "found_us", "recommend",
        "order_again", "intention", "note", "source_number", "extra", "change_reason", "filled_stated",
    ),
    "case_": (
        "number", "staff_id", "opened_at", "immediate", "what", "state", "answer_clock", "department_id", "result", "closed_on",
    ),
    "feedback_time": ("due_by", "document", "sender", "sent_on", "receiver", "staff_id", "at"),
    "approval": (
        "number", "kind", "staff_id", "opened_at", "round", "amount_cents", "credit_limit_cents", "old_credit_limit_cents",
        "term_days", "old_term_days", "reason", "state", "ended_at", "asker_id", "asked_at", "matter", "matter_id", "batch_id",
    ),
    "complaint": (
        "number", "staff_id", "opened_at", "what", "severity", "urgency", "order_number", "batch_number", "quantity", "unit",
        "shipped_on", "demand", "state", "department_id", "kind", "cause", "upheld", "responsible_id", "supplier_liable",
        "loss_cents", "settlement", "amount_cents", "result", "answered_on", "closed_on", "parent_id", "approval_id", "case_id",
    ),
    "service_job": (
        "number", "kind", "place", "what", "staff_id", "asked_at", "state", "wanted_on", "wanted_at", "worker_id", "approver_id",
        "started_at", "ended_at", "fee_cents", "result", "signed_by", "signed_at",
    ),
    "survey": (
        "number", "staff_id", "by_id", "asked_on", "at", "job_id", "case_id", "attitude", "skill", "arrival", "promises", "note",
        "grave", "void_reason",
    ),
    "chat_message": ("chat", "at", "sender", "staff_id", "visitor", "text", "extra"),
    "booking": ("promised_on", "promised_at", "purpose", "person", "planned"),
    "allocation": ("staff_id", "from_on", "temporary"),
    "handover": ("to_whom", "from_on"),
    "fact": ("name", "value", "from_on", "until_on", "reason"),
    "shown_order": ("ordered_on",),
    "sales_follow_up": ("done_on", "salesperson", "note", "extra"),
}  # fmt: skip
"""The tables that hold a customer, and the cells of each that somebody may have told."""
NOW = {
    name: f"SELECT id, {', '.join(cells)} FROM {name} WHERE {'id' if name == 'customer' else 'customer_id'} = :id"
    for name, cells in CELLS.items()
}
_WITHIN = " OR ".join(
    f"({{one}}.table_name = '{name}' AND {{one}}.row_id IN "
    f"(SELECT id FROM {name} WHERE {'id' if name == 'customer' else 'customer_id'} = :id))"
    for name in CELLS
)
_BATCHES = """
FROM import_change i
JOIN audit a ON a.batch_id = i.batch_id AND a.action = 'import' AND a.table_name = 'import_batch'
"""
CHANGED = f"""
SELECT a.id, i.id, a.at, a.who, a.action, i.table_name, i.row_id, i.batch_id, i.before {_BATCHES}
WHERE i.before <> '' AND ({_WITHIN.format(one="i")})
"""
MADE = f"""
SELECT a.id, a.at, a.who, a.action, i.table_name, i.row_id, i.last_id, i.batch_id {_BATCHES}
WHERE i.before = ''
"""
SOME_UNDONE = "SELECT 1 FROM import_batch WHERE undone_at IS NOT NULL LIMIT 1"
UNDONE = (
    f"{ENTRIES} WHERE a.action = 'undo' AND a.customer_id IS NULL AND ({_WITHIN.format(one='a')}) ORDER BY a.id DESC"
)
_TRUTHS = frozenset({
    "do_not_call", "is_current", "is_void", "inbound", "important", "planned", "temporary", "active", "upheld", "supplier_liable",
})  # fmt: skip
_ROWS = frozenset({"approval", "batch", "case", "job", "matter", "parent"})
_CREDIT = frozenset({"balance", "credit_limit", "term_days", "old_credit_limit", "old_term_days"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: of one customer (id), of one person, from a day on, up to a day, of one kind."""

    customer: int | None = None
    by: str | None = None
    since: date | None = None
    until: date | None = None
    action: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of one row. `changes`: old and new by column, amounts as text, people by login, phones masked."""

    at: datetime | None
    who: str
    action: str
    table: str
    row_id: int | None
    code: str | None
    revisit: int | None
    batch: int | None
    changes: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Trail:
    """The newest entries, the newest first, and how many there are in all."""

    entries: tuple[Entry, ...]
    total: int


def visible_to(sql: Sql, actor: StaffMember | None) -> frozenset[str] | None:
    """The logins whose actions a person may see; None: everybody's. Raises Refused for somebody who may see none."""
    if actor is None:
        raise staff.nobody()
    if actor.role == "representative":
        return frozenset({actor.login})
    access.require_role(actor, "audit")
    if actor.role == "supervisor" and actor.department_id is not None:
        return frozenset({actor.login, *(row[0] for row in sql.rows(TEAM, department=actor.department_id))})
    return None


def read(sql: Sql, actor: StaffMember | None, wanted: Wanted, *, timezone: str, limit: int | None) -> Trail:
    """What was changed, as far as this person may see it. Raises Refused for what is none of their business."""
    among = visible_to(sql, actor)
    _check_person(sql, wanted.by, among)
    params = _params(wanted, timezone)
    files = [] if wanted.customer is None else [wanted.customer, *customers.merged_ids(sql, wanted.customer)]
    where = [CONDITIONS[name].format(files=id_list(files)) for name in params]
    if among is not None:
        people = {f"who{place}": login for place, login in enumerate(sorted(among))}
        where.append(f"a.who IN ({', '.join(f':{name}' for name in people)})")
        params |= people
    condition = f" WHERE {' AND '.join(where)}" if where else ""
    most = "" if limit is None else f" LIMIT {int(limit)}"
    clean = _Cleaner(sql, access.viewer(sql, actor), timezone)
    if wanted.customer is None:
        rows = sql.rows(f"{ENTRIES}{condition} ORDER BY a.id DESC{most}", **params)
        return Trail(clean.entries(rows), int(sql.rows(COUNT + condition, **params)[0][0]))
    placed = [(row[0], 0, row) for row in sql.rows(ENTRIES + condition, **params)]
    placed += [one for file in files for one in _imported(sql, file, files) if _fits(one[2], wanted, among, params)]
    placed.sort(key=lambda one: one[:2], reverse=True)
    return Trail(clean.entries([row for _, _, row in placed[:limit]]), len(placed))


def names(sql: Sql) -> dict[str, dict[int, str]]:
    """What an id is called where a change is told: logins of the staff, and names of departments."""
    return {"staff": dict(sql.rows(LOGINS)), "department": dict(sql.rows(DEPARTMENTS))}


def actions(sql: Sql) -> list[str]:
    """Every kind of change that has happened."""
    return [row[0] for row in sql.rows(ACTIONS)]


def _check_person(sql: Sql, login: str | None, among: frozenset[str] | None) -> None:
    if login is None:
        return
    if among is not None and login not in among:
        raise Refused(
            N_("what {login} has done is not for you to see"), N_("ask a supervisor or an administrator"), login=login
        )
    if not sql.rows(BY_SOMEBODY, who=login) and login not in {one.login for one in staff.list_staff(sql, former=True)}:
        staff.get_by_login(sql, login)


def _params(wanted: Wanted, timezone: str) -> dict[str, Any]:
    """The parameters of the conditions that hold; days become instants of the company's wall clock."""
    until = wanted.until + timedelta(days=1) if wanted.until else None
    told = {"customer": wanted.customer, "by": wanted.by, "since": _midnight(wanted.since, timezone)}
    told |= {"before": _midnight(until, timezone), "action": wanted.action}
    return {name: value for name, value in told.items() if value is not None}


def _midnight(day: date | None, timezone: str) -> datetime | None:
    return clock.instant(datetime.combine(day, datetime.min.time()), timezone) if day else None


def _fits(row: tuple[Any, ...], wanted: Wanted, among: frozenset[str] | None, params: Mapping[str, Any]) -> bool:
    """Whether an entry that no condition of SQL has chosen is wanted."""
    at, who = instant(row[1]), row[2]
    assert at is not None
    return (
        (wanted.by is None or who == wanted.by)
        and (among is None or who in among)
        and ("since" not in params or at >= params["since"])
        and ("before" not in params or at < params["before"])
        and wanted.action in (None, row[3])
    )


class _Image(NamedTuple):
    """What an import did to one row of a customer: made it (`before` is empty) or changed it; when, who, which import."""

    place: int
    number: int
    at: Any
    who: str
    action: str
    table: str
    row_id: int
    batch: int
    before: str


def _imported(sql: Sql, customer_id: int, files: Sequence[int]) -> list[tuple[int, int, tuple[Any, ...]]]:
    """What imports made and changed in a customer's file, and what was undone of it, one entry per row, in the shape of ENTRIES
    with their places. `files`: those of which its rows may have been before they were merged."""
    cells: dict[tuple[str, int], dict[str, Any]] = {}
    for name, columns in CELLS.items():
        for id_, *values in sql.rows(NOW[name], id=customer_id):
            cells[name, id_] = dict(zip(columns, values, strict=True))
    own = sql.rows(f"{ENTRIES} WHERE a.customer_id IN ({id_list(files)}) ORDER BY a.id DESC")
    images = _images(sql, customer_id, cells, own)
    undone = sql.rows(UNDONE, id=customer_id) if sql.rows(SOME_UNDONE) else []
    later: dict[tuple[str, int], list[tuple[int, dict[str, Any]]]] = defaultdict(list)
    for row in sorted([*own, *undone], key=lambda one: one[0], reverse=True):
        later[row[4], row[5]].append((row[0], json.loads(row[9])))
    code, _name, rep_id, _owner_name = access.whose(sql, customer_id)
    found = [(row[0], 0, (*row[:6], code, rep_id, *row[8:])) for row in undone]
    for one in sorted(images, reverse=True):
        now = cells[one.table, one.row_id]
        while (
            later[one.table, one.row_id] and later[one.table, one.row_id][0][0] > one.place
        ):  # changed since, newest first
            before = later[one.table, one.row_id].pop(0)[1]
            now |= {name: pair[0] for name, pair in before.items() if name in CELLS[one.table]}
        if one.before:
            old = json.loads(one.before)
            change = {name: [value, _plain(name, now.get(name))] for name, value in old.items()}
            now |= old
        else:
            change = {name: [None, _plain(name, value)] for name, value in now.items() if _says(name, value)}
        entry = (
            one.place,
            one.at,
            one.who,
            one.action,
            one.table,
            one.row_id,
            code,
            rep_id,
            one.batch,
            json.dumps(change),
        )
        found.append((one.place, one.number, entry))
    return found


def _images(
    sql: Sql, customer_id: int, cells: Mapping[tuple[str, int], Any], own: Iterable[tuple[Any, ...]]
) -> list[_Image]:
    """What imports did to a customer's rows.

    A row that a person made later under the id of one that an undo had taken away is none of that import's.
    """
    order = {
        table: number for number, table in enumerate(CELLS)
    }  # of one import what was made comes first, the file before all
    images = [_Image(row[0], len(order) + row[1], *row[2:]) for row in sql.rows(CHANGED, id=customer_id)]
    made = {(row[4], row[5]): row[0] for row in own if row[8] is None and audit.made_row(row[3], row[4])}
    ids: dict[str, list[int]] = defaultdict(list)
    for table, row_id in sorted(cells):
        ids[table].append(row_id)
    for place, at, who, action, table, first, last, batch in sql.rows(MADE):
        for row_id in ids[table][bisect_left(ids[table], first) : bisect_right(ids[table], last)]:
            images.append(_Image(place, order[table], at, who, action, table, row_id, batch, ""))
    return [one for one in images if one.place > made.get((one.table, one.row_id), 0)]


def _plain(name: str, value: Any) -> Any:
    return bool(value) if name in _TRUTHS and value is not None else value


def _says(name: str, value: Any) -> bool:
    return value not in (None, "") and not (name in _TRUTHS and not value)


class _Cleaner:
    """Makes entries of audit rows: ids become names, cents amounts, and what the viewer may not see is hidden."""

    def __init__(self, sql: Sql, viewer: Viewer, timezone: str) -> None:
        self.sql = sql
        self.viewer = viewer
        self.timezone = timezone
        self.names = names(sql)

    def entries(self, rows: list[tuple[Any, ...]]) -> tuple[Entry, ...]:
        revisits = self._looked_up(NUMBERS, (row[5] for row in rows if row[4] == "revisit"))
        bookings = self._looked_up(NUMBERS_OF_BOOKINGS, (row[5] for row in rows if row[4] == "booking"))
        kinds = self._looked_up(KINDS, (row[5] for row in rows if row[4] == "contact_point"))
        found = []
        for _id, at, who, action, table, row_id, code, rep_id, batch, change in rows:
            numbers = {"revisit": revisits, "booking": bookings}.get(table, {})
            told = json.loads(change)
            kind = kinds.get(row_id, "phone") if table == "contact_point" else _pair(told.get("name"))[1]
            entry = Entry(instant(at), who, action, table, row_id, code, numbers.get(row_id), batch, {})
            found.append(
                replace(entry, changes=self._changes(told, kind if table in ("contact_point", "fact") else "", rep_id))
                if batch is None or table not in CELLS or self.viewer.sees("name", rep_id) == "whole"
                else replace(entry, changes={name_of(one): (access.HIDDEN, access.HIDDEN) for one in told})
            )
        return tuple(found)

    def _code_of(self, customer_id: Any) -> Any:
        """The code of a customer that stands in a cell as its id; what is a code already stays."""
        return access.whose(self.sql, customer_id).code if isinstance(customer_id, int) else customer_id

    def _looked_up(self, statement: str, ids: Iterable[int | None]) -> dict[Any, Any]:
        wanted = sorted({one for one in ids if one is not None})
        return {
            id_: value
            for portion in chunks(wanted)
            for id_, value in self.sql.rows(statement.format(ids=id_list(portion)))
        }

    def _changes(self, change: Mapping[str, Any], kind: str, owner: int | None) -> dict[str, tuple[Any, Any]]:
        result = {}
        for column, pair in change.items():
            name = name_of(column)
            old, new = (self._value(column, name, value, kind, owner) for value in _pair(pair))
            result[name] = (old, new)
        return result

    def _value(self, column: str, name: str, value: Any, kind: str, owner: int | None) -> Any:
        if value in (None, ""):
            return value
        if column in ("customer_id", "merged_into"):
            value = self._code_of(value)
        elif column.endswith("_id") and name not in _ROWS:
            value = self.names["department" if name in ("department", "responsible") else "staff"].get(value, value)
        elif column.endswith("_cents") or (column == "value" and kind in ("balance", "credit_limit")):
            value = money(int(value))
        elif column.endswith("_at") and isinstance(value, str):
            at = instant(value)
            value = clock.zoned(at, self.timezone).isoformat() if at else value
        if (name in _CREDIT or (column == "value" and kind in _CREDIT)) and self.viewer.sees("credit", owner) == "none":
            return access.HIDDEN
        how = self.viewer.sees("phone", owner)
        if name in ("phone", "phones") or (kind == "phone" and name == "value"):
            return access.shown_phone(str(value), how)
        if name == "address" or (kind == "address" and name == "value"):
            return access.shown_address(str(value), how)
        return value


def name_of(column: str) -> str:
    """What a column is called where its change is told."""
    return {"rep_id": "rep"}.get(column, column.removesuffix("_cents").removesuffix("_id"))


def _pair(pair: Any) -> tuple[Any, Any]:
    """Old and new; a change that another version of the program noted as one value is new."""
    return (pair[0], pair[1]) if isinstance(pair, list) and len(pair) == 2 else (None, pair)
