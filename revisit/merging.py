"""Two files of one customer become one: what moves, what is filled in, what stays behind; a batch, so that it can be undone.

The kept file wins wherever the two contradict each other. Of the other one everything that happened moves: orders, revisits,
bookings, calls, cases, feedback times, approvals, follow-ups of sales, persons, numbers, addresses. Its hand-overs, waivers and
closing stay with it as they were stated; so do allocations where the kept file has any, and contract, balance and intention
where that was ever told one. A “do not call” is stated for the kept file from today on.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from revisit import access, alike, audit, customers, duplicates, files
from revisit.db import Sql
from revisit.errors import Refused
from revisit.i18n import N_
from revisit.intake import images
from revisit.intake.ledger import lock, merged_extra
from revisit.policy.timeline import first_day, values_of
from revisit.register.events import load_files
from revisit.staff import StaffMember

if TYPE_CHECKING:
    from sqlmodel import Session

KIND = "merge"
"""Of the batch, and what the audit calls it."""
EVENTS = (
    "order_", "revisit", "booking", "call_", "case_", "feedback_time", "approval", "complaint", "service_job", "survey",
    "chat_message",
)  # fmt: skip
OF_EVENTS = "SELECT id FROM {table} WHERE customer_id = :id ORDER BY id"
TALKS = "SELECT id, done_on, salesperson FROM sales_follow_up WHERE customer_id = :id ORDER BY id"
SHOWN = "SELECT id, ordered_on FROM shown_order WHERE customer_id = :id ORDER BY id"
PEOPLE = "SELECT id, position, name, title FROM contact_person WHERE customer_id = :id ORDER BY position"
POINTS = "SELECT id, kind, position, value FROM contact_point WHERE customer_id = :id ORDER BY kind, position"
FACTS = "SELECT id, name FROM fact WHERE customer_id = :id ORDER BY id"
PLAIN = (
    "grade", "region", "industry", "salesperson", "note", "birthday", "credit_limit_cents", "term_days", "shown_order_on",
)  # fmt: skip
"""Cells of the file that are filled where they are empty."""
DATED = {"contract_on": "contract_on", "balance": "balance_cents", "intention": "intention"}
"""Facts that move, with the cell of the file, where the kept file was never told one of that name."""
CELLS = (*PLAIN, *DATED.values(), "entered_on", "rep_id", "extra", "kind")
FILE = f"SELECT {', '.join(CELLS)} FROM customer WHERE id = :id"
BATCH = """
SELECT max(b.id) FROM import_batch b JOIN import_change i ON i.batch_id = b.id
WHERE b.kind = 'merge' AND b.undone_at IS NULL AND i.table_name = 'customer' AND i.row_id = :id
  AND i.before LIKE '%"merged_into"%'
"""
MERGED_BY = """
SELECT c.id, c.merged_into FROM customer c JOIN import_change i ON i.row_id = c.id AND i.table_name = 'customer'
WHERE i.batch_id = :batch AND i.before LIKE '%"merged_into"%' AND c.merged_into IS NOT NULL
"""


class Named(NamedTuple):
    """A file of the two."""

    id: int
    code: str
    name: str


class Change(NamedTuple):
    """Other cells for a row: what they are and what they become."""

    table: str
    row_id: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]


class Stated(NamedTuple):
    """A fact that holds of the other file and is stated for the kept one from today on, with the reason it had."""

    name: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Merge:
    """What a merge does, before it is done. `moved` and `left`: rows by table; `filled`: cells of the kept file, by name."""

    keep: Named
    other: Named
    changes: tuple[Change, ...]
    stated: tuple[Stated, ...]
    moved: Mapping[str, int]
    left: Mapping[str, int]
    filled: Mapping[str, Any]


def plan_merge(sql: Sql, actor: StaffMember, *, keep: str, other: str, today: date) -> Merge:
    """What it would mean to make two files one. Raises Refused for files that cannot be, or not by this person."""
    kept, gone = _file(sql, actor, keep), _file(sql, actor, other)
    if kept.id == gone.id:
        raise Refused(N_("both are the same customer file: {customer}"), N_("name two customers"), customer=kept.code)
    for one in (kept, gone):
        access.require(sql, actor, "merge", one.id)
    if duplicates.are_parted(sql, kept.id, gone.id):
        raise Refused(
            N_("somebody said that {one} and {other} are two customers"),
            N_("take that back first: revisit customer duplicates --different {one} {other} --lift"),
            one=kept.code,
            other=gone.code,
        )
    return _Plan(sql, kept, gone, today).made()


def merge(
    session: Session, sql: Sql, *, keep: str, other: str, actor: StaffMember, now: datetime, today: date, reason: str
) -> tuple[Merge, int]:
    """Makes two files one, in the caller's transaction: what was done, and the batch by which it can be undone.

    On a server nobody writes into either of them meanwhile. Raises Refused as `plan_merge` does.
    """
    from revisit.models import Fact, ImportBatch

    lock(sql)
    plan = plan_merge(sql, actor, keep=keep, other=other, today=today)
    batch = ImportBatch(kind=KIND, file_name="", sha256="", at=now, staff_id=actor.id, counts="")
    session.add(batch)
    facts = [
        Fact(customer_id=plan.keep.id, name=one.name, value=one.value, from_on=today, reason=one.reason)
        for one in plan.stated
    ]
    session.add_all(facts)
    session.flush()
    assert batch.id is not None
    rows = [_image(batch.id, "fact", fact.id or 0) for fact in facts]
    rows += [_image(batch.id, one.table, one.row_id, one.before) for one in plan.changes]
    sql.insert_rows("import_change", images.COLUMNS, rows)
    _write(sql, plan.changes)
    codes = {"keep": plan.keep.code, "other": plan.other.code}
    batch.counts = json.dumps(codes | dict(plan.moved), ensure_ascii=False)
    _note(session, plan, batch.id, [fact.id for fact in facts], today)
    digest = audit.digest([dict(zip(images.COLUMNS, row, strict=True)) for row in rows])
    audit.changed(
        session, action=KIND, table="import_batch", row_id=batch.id, batch_id=batch.id,
        after={"kind": KIND} | codes | {"reason": reason.strip() or None, "images": digest},
    )  # fmt: skip
    session.flush()
    return plan, batch.id


def batch_of(sql: Sql, actor: StaffMember, text: str) -> tuple[Named, Named, int]:
    """The merged file of that code, the one it was merged into, and the batch that did it.

    Raises Refused where there is none, and as `require_undo` does.
    """
    merged = customers.merged_of_code(sql, text)
    if merged is None:
        label = customers.labels(sql, [customers.get_customer(sql, text)])[0]
        raise Refused(
            N_("{customer} was not merged into another file"),
            N_("name the file that was merged, by its code; revisit show CUSTOMER tells which were"),
            customer=label,
        )
    batch = sql.rows(BATCH, id=merged)[0][0]
    target = sql.rows(MERGED_BY, batch=batch)[0][1]
    require_undo(sql, actor, int(batch))
    return _named(sql, merged), _named(sql, target), int(batch)


def require_undo(sql: Sql, actor: StaffMember, batch: int) -> None:
    """Raises Refused unless this person may take a merge back; and where the file that it kept was itself merged since: that
    has to be taken back first."""
    for merged, target in sql.rows(MERGED_BY, batch=batch):
        for one in (merged, target):
            access.require(sql, actor, "merge", one)
        if (last := customers.kept(sql, [target])[0]) != target:
            raise Refused(
                N_("{code} was merged into {keep}, and that into {last}"),
                N_("take that back first: revisit customer unmerge {keep}"),
                code=_named(sql, merged).code,
                keep=_named(sql, target).code,
                last=_named(sql, last).code,
            )


def note_undo(session: Session, sql: Sql, batch: int) -> None:
    """Notes in the trail of the file that was kept that a merge was taken back, before it is: its rows are the other's then."""
    for merged, target in sql.rows(MERGED_BY, batch=batch):
        audit.changed(
            session, action="undo", table="customer", row_id=target, customer_id=target, batch_id=batch,
            before={"merged": _named(sql, merged).code}, after={"merged": None},
        )  # fmt: skip


def _file(sql: Sql, actor: StaffMember, text: str) -> Named:
    """The file a person means. Raises Refused for one that was merged: what is merged is said by its own code."""
    merged = customers.merged_of_code(sql, text)
    if merged is not None:
        raise Refused(
            N_("{code} was merged already, into {into}"),
            N_("name {into} instead"),
            code=_named(sql, merged).code,
            into=_named(sql, customers.kept(sql, [merged])[0]).code,
        )
    return _named(sql, customers.get_customer(sql, text, access.viewer(sql, actor)))


def _named(sql: Sql, customer_id: int) -> Named:
    found = access.whose(sql, customer_id)
    return Named(customer_id, found.code, found.name)


class _Plan:
    """The plan of one merge, as it is put together."""

    def __init__(self, sql: Sql, keep: Named, other: Named, today: date) -> None:
        self.sql = sql
        self.keep = keep
        self.other = other
        self.today = today
        self.changes: list[Change] = []
        self.moved: Counter[str] = Counter()
        self.left: Counter[str] = Counter()
        self.kept_row = dict(zip(CELLS, sql.rows(FILE, id=keep.id)[0], strict=True))
        self.other_row = dict(zip(CELLS, sql.rows(FILE, id=other.id)[0], strict=True))
        self.cells: dict[str, Any] = {}

    def made(self) -> Merge:
        """The whole plan."""
        for table in EVENTS:
            self._move(table, (row[0] for row in self._rows(OF_EVENTS.format(table=table), self.other)))
        self._once("sales_follow_up", TALKS)
        self._once("shown_order", SHOWN)
        self._people()
        self._points()
        self._file()
        stated = tuple(self._stated())
        filled = {name: value for name, value in self.cells.items() if name != "kind"}
        before = {name: self.kept_row[name] for name in self.cells}
        if self.cells:
            self.changes.append(Change("customer", self.keep.id, before, self.cells))
        self.changes.append(Change("customer", self.other.id, {"merged_into": None}, {"merged_into": self.keep.id}))
        return Merge(self.keep, self.other, tuple(self.changes), stated, dict(self.moved), dict(+self.left), filled)

    def _move(self, table: str, ids: Iterator[int]) -> None:
        for id_ in ids:
            self.changes.append(Change(table, id_, {"customer_id": self.other.id}, {"customer_id": self.keep.id}))
            self.moved[table] += 1

    def _place(self, table: str, id_: int, old: int, new: int) -> None:
        before = {"customer_id": self.other.id, "position": old}
        after = {"customer_id": self.keep.id, "position": new}
        changed = {name: value for name, value in after.items() if before[name] != value}
        self.changes.append(Change(table, id_, {name: before[name] for name in changed}, changed))
        self.moved[table] += 1

    def _once(self, table: str, statement: str) -> None:
        """Moves what the kept file does not have: the same day, and of a talk with sales the same salesperson, is the same."""
        known = {row[1:] for row in self.sql.rows(statement, id=self.keep.id)}
        rows = self.sql.rows(statement, id=self.other.id)
        self._move(table, (row[0] for row in rows if row[1:] not in known))
        self.left[table] += sum(row[1:] in known for row in rows)

    def _people(self) -> None:
        """A person of the same name is the same; the empty cells of the kept one are filled. A title alone is nobody."""
        there = [
            dict(zip(("id", "position", "name", "title"), row, strict=True)) for row in self._rows(PEOPLE, self.keep)
        ]
        last = max((one["position"] for one in there), default=0)
        for id_, position, name, title in self._rows(PEOPLE, self.other):
            same = next((one for one in there if _one_person(one, name, title)), None)
            if same is None and (name or not there):
                last += 1
                self._place("contact_person", id_, position, last)
                continue
            self.left["contact_person"] += 1
            given = {"name": name, "title": title}
            after = {cell: value for cell, value in given.items() if same and value and not same[cell]}
            if same and after:
                self.changes.append(Change("contact_person", same["id"], {cell: same[cell] for cell in after}, after))
                same |= after

    def _points(self) -> None:
        """A number or an address that the kept file has already is the same."""
        same = {"address": alike.address, "phone": alike.word}
        there: dict[str, set[str]] = defaultdict(set)
        last: dict[str, int] = defaultdict(int)
        for _id, kind, position, value in self._rows(POINTS, self.keep):
            there[kind].add(same[kind](value))
            last[kind] = max(last[kind], position)
        for id_, kind, position, value in self._rows(POINTS, self.other):
            if same[kind](value) in there[kind]:
                self.left["contact_point"] += 1
            else:
                last[kind] += 1
                self._place("contact_point", id_, position, last[kind])

    def _file(self) -> None:
        """The empty cells of the kept file, and what was stated of the other where nothing was of this one."""
        mine, theirs = self.kept_row, self.other_row
        facts: dict[str, list[int]] = defaultdict(list)
        for id_, name in self._rows(FACTS, self.other):
            facts[name].append(id_)
        told = {name for _id, name in self._rows(FACTS, self.keep)}
        cells = [*PLAIN, *(cell for name, cell in DATED.items() if name not in told)]
        self.cells |= {
            cell: theirs[cell] for cell in cells if mine[cell] in (None, "") and theirs[cell] not in (None, "")
        }
        for name in DATED:
            if name not in told:
                self._move("fact", iter(facts.pop(name, [])))
        self.left["fact"] += sum(map(len, facts.values()))
        for table in ("allocation", "handover"):
            ours, others = (
                [row[0] for row in self._rows(OF_EVENTS.format(table=table), one)] for one in (self.keep, self.other)
            )
            if table == "allocation" and not ours and mine["rep_id"] is None:
                self._move(table, iter(others))
                if others and theirs["rep_id"] is not None:
                    self.cells["rep_id"] = theirs["rep_id"]
            else:
                self.left[table] += len(others)
        if theirs["entered_on"] < mine["entered_on"]:
            self.cells["entered_on"] = theirs["entered_on"]
        extra = merged_extra(theirs["extra"], mine["extra"])
        if extra != mine["extra"]:
            self.cells["extra"] = extra

    def _stated(self) -> Iterator[Stated]:
        """What must not be forgotten: that somebody does not want to be called, and that a prospect is a customer."""
        mine, theirs = (load_files(self.sql, [one.id])[0].file for one in (self.keep, self.other))
        if files.holds(theirs, "do_not_call", self.today) and not files.holds(mine, "do_not_call", self.today):
            held = files.held_on(self.sql, [self.other.id], self.today).get(self.other.id, [])
            reason = next((one.reason for one in held if one.name == "do_not_call" and one.reason), self.other.code)
            yield Stated("do_not_call", "1", reason)
        marks = [
            next(
                (value for start, end, value in values_of(one, "kind", first_day(one)) if start <= self.today < end), ""
            )
            for one in (mine, theirs)
        ]
        if marks == ["prospect", "customer"]:
            self.cells["kind"] = "customer"
            yield Stated("kind", "customer", self.other.code)

    def _rows(self, statement: str, one: Named) -> list[tuple[Any, ...]]:
        return self.sql.rows(statement, id=one.id)


def _one_person(there: Mapping[str, Any], name: str, title: str) -> bool:
    """Whether a contact person is one that is there: of the same name, or, where one of them has none, of the same title."""
    if name and there["name"]:
        return alike.customer_name(there["name"]) == alike.customer_name(name)
    return bool(title == there["title"])


def _image(batch: int, table: str, row_id: int, cells: Mapping[str, Any] | None = None) -> tuple[Any, ...]:
    before = json.dumps(dict(cells), ensure_ascii=False, sort_keys=True) if cells is not None else ""
    return (batch, table, row_id, row_id, "", "", before)


def _write(sql: Sql, changes: tuple[Change, ...]) -> None:
    sets: dict[tuple[str, tuple[str, ...]], list[dict[str, Any]]] = defaultdict(list)
    for one in changes:
        sets[one.table, tuple(one.after)].append({**one.after, "id": one.row_id})
    for (table, columns), rows in sets.items():
        cells = ", ".join(f"{column} = :{column}" for column in columns)
        sql.run_many(f"UPDATE {table} SET {cells} WHERE id = :id", rows)


def _note(session: Session, plan: Merge, batch: int, facts: list[int | None], today: date) -> None:
    """An audit row for every row that was changed or made; customers are named by their codes."""
    codes = {plan.keep.id: plan.keep.code, plan.other.id: plan.other.code}

    def told(cells: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "customer" if name == "customer_id" else name: codes.get(value, value)
            if name in ("customer_id", "merged_into")
            else value
            for name, value in cells.items()
        }

    for one in plan.changes:
        customer = one.row_id if one.table == "customer" else plan.keep.id
        audit.changed(
            session, action=KIND, table=one.table, row_id=one.row_id, customer_id=customer, batch_id=batch,
            before=told(one.before), after=told(one.after),
        )  # fmt: skip
    for id_, fact in zip(facts, plan.stated, strict=True):
        audit.changed(
            session, action=KIND, table="fact", row_id=id_, customer_id=plan.keep.id, batch_id=batch,
            after={fact.name: fact.value, "from_on": today, "reason": fact.reason},
        )  # fmt: skip
