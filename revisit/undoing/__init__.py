"""An import, or a merge of two files, is taken back: cells get what they held, rows that were made go.

What a person has touched since stays, and is named with its reason; so is what a later import has built on, until that one
is undone as well. A dry run is the same work, rolled back by the caller.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from revisit import access, audit, clock, customers, merging
from revisit.db import Sql, chunks, id_list
from revisit.errors import Refused
from revisit.i18n import N_
from revisit.intake import images
from revisit.intake.ledger import lock
from revisit.policy.access import may, side_of
from revisit.staff import StaffMember
from revisit.undoing import applications, cells, rows
from revisit.undoing.batches import Batch, get_batch, list_batches
from revisit.undoing.spans import within
from revisit.undoing.work import Held, Why, Work

if TYPE_CHECKING:
    from sqlmodel import Session

REMEMBERED = ("import_mapping", "import_alias")
"""What was told with the import about files of its source: it is forgotten with it."""
COUNT_REMEMBERED = "SELECT count(*) FROM {memory} WHERE batch_id = :batch"
FORGET = "DELETE FROM {memory} WHERE batch_id = :batch"
MARK = "UPDATE import_batch SET undone_at = :at, undone_by = :by WHERE id = :id"
TIMEZONE = "SELECT timezone FROM company"
STILL_HERE = (
    "SELECT active, (SELECT count(*) FROM staff WHERE active AND role = 'administrator') FROM staff WHERE id = :id"
)
ORDER = ("revisit", "order_", "sales_follow_up", "chat_message", "distinct_pair", "customer")
MOVED = tuple(table for table in merging.EVENTS if table not in (*ORDER, *rows.PARTS["revisit"]))
"""What no import makes and a merge moves: of it only the customer goes back."""
NUMBERED = ("case_", "approval", "complaint")
LABELS = {
    "customer": "SELECT id, code, '' FROM customer WHERE id IN ({ids})",
    "staff": "SELECT id, NULL, login FROM staff WHERE id IN ({ids})",
    "chat_message": "SELECT t.id, c.code, t.chat FROM chat_message t LEFT JOIN customer c ON c.id = t.customer_id "
    "WHERE t.id IN ({ids})",
    "department": "SELECT id, NULL, name FROM department WHERE id IN ({ids})",
    **{
        name: f"SELECT t.id, c.code, {label} FROM {name} t JOIN customer c ON c.id = t.customer_id WHERE t.id IN ({{ids}})"
        for name, label in (
            ("order_", "t.number"),
            ("revisit", "CAST(t.number AS TEXT)"),
            ("booking", "t.promised_on"),
            ("sales_follow_up", "t.done_on"),
            ("distinct_pair", "''"),
            *((part, "''") for part in rows.PARTS["customer"]),
            *((table, "CAST(t.number AS TEXT)" if table in NUMBERED else "''") for table in MOVED),
        )
    },
}
"""What a row is called, by table: the customer's code, and which of the customer's rows it is."""
PEOPLE = ("staff", "department")
"""What refers goes before what it refers to; the parts of a row go with it (`rows.PARTS`)."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What stays as it is: a row that the import made, or (`columns`) cells that it changed.

    `code` is the customer's (None: it belongs to none), `label` tells which of the customer's rows it is.
    """

    table: str
    code: str | None
    label: str
    columns: tuple[str, ...]
    why: Why


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo did: rows that got cells back and rows that went, by table, and what stays with its reason.

    `freed`: imports that were undone before; what had to stay of them because of this one went as well. `withdrawn`: the
    numbers of approvals that it had asked for and nobody has signed.
    """

    batch: Batch
    freed: tuple[int, ...]
    restored: Mapping[str, int]
    removed: Mapping[str, int]
    kept: tuple[Kept, ...]
    withdrawn: tuple[int, ...] = ()


def undo(
    session: Session,
    sql: Sql,
    batch_id: int,
    actor: StaffMember,
    now: datetime,
    told: Callable[[str, int, int | None], None] = lambda _stage, _done, _total: None,
) -> Undone:
    """Takes an import back, in the caller's transaction; touched customers are noted for the register.

    Raises Refused for an import that is not there, was undone already, or is not for this person to undo, and where nobody
    would be left to administer.
    """
    lock(sql)
    if sql.server:
        sql.run(audit.LOCK_ON_SERVER)  # nobody may speak of a row while it is decided whether it goes
    batch = get_batch(sql, batch_id)
    require(sql, batch, actor)
    if batch.kind == merging.KIND:
        merging.require_undo(sql, actor, batch.id)
        merging.note_undo(session, sql, batch.id)
    told("undoing", 0, None)
    digest = audit.digest([one._asdict() for one in images.of_batch(sql, batch.id)])
    work = Work.begin(sql, batch.id, actor.id)
    _take_back(work)
    _check_people(work)
    withdrawn = applications.withdraw(session, work, at=now, text=batch.file)
    batch = replace(batch, undone_at=now, undone_by=actor.login)
    restored = _note(session, work, batch, digest)
    gone = work.gone.get("customer", [])
    touched = work.touched.union(customers.kept(sql, list(work.touched)))
    session.info.setdefault("touched", set()).update(one for one in touched if not within(gone, one))
    told_of = (_in_order(restored), _in_order(work.removed))
    return Undone(batch, tuple(sorted(work.freed)), *told_of, _named(sql, work.kept), withdrawn)


def require(sql: Sql, batch: Batch, actor: StaffMember) -> None:
    """Raises Refused unless this person may undo this import: representatives their own, and staff administrators only."""
    access.require_role(actor, "staff" if batch.kind == "staff" else "undo")
    side = side_of(actor.role, actor.id, None, batch.staff_id, None)
    if not may("undo", side):
        raise Refused(
            N_("import {number} was made by {who}"),
            N_("ask {who} or a supervisor"),
            number=batch.id,
            who=batch.who,
        )
    if batch.undone_at is not None:
        raise Refused(
            N_("import {number} was undone already, on {day} by {who}"),
            N_("look at what there is: revisit import list"),
            number=batch.id,
            day=clock.local(batch.undone_at, sql.rows(TIMEZONE)[0][0]).date(),
            who=batch.undone_by,
        )


def _take_back(work: Work) -> None:
    """Cells first, so that nothing is referred to any more that is going; people and departments last."""
    changed = work.changed_tables()
    rows.decide(work, "revisit")
    for table in (*ORDER, *(part for parts in rows.PARTS.values() for part in parts), *MOVED):
        if table in changed:
            cells.restore(work, table)
    for table in ORDER:
        if table != "revisit":
            rows.decide(work, table)
        rows.remove(work, table)
    for table in PEOPLE:
        if table in changed:
            cells.restore(work, table)
    for table in PEOPLE:
        rows.decide(work, table)
        rows.remove(work, table)
    for table in REMEMBERED:
        work.removed[table] += int(work.sql.rows(COUNT_REMEMBERED.format(memory=table), batch=work.batch)[0][0])
        work.sql.run(FORGET.format(memory=table), batch=work.batch)


def _check_people(work: Work) -> None:
    """Raises Refused where the person who undoes would not work here any more, or nobody would be an administrator."""
    active, administrators = work.sql.rows(STILL_HERE, id=work.actor_id)[0]
    if not active:
        raise Refused(N_("nobody ends the own work here"), N_("let another administrator do it"))
    if not administrators:
        raise Refused(
            N_("nobody would be left as an administrator"),
            N_("make somebody one first: revisit staff change LOGIN --role administrator"),
        )


def _note(session: Session, work: Work, batch: Batch, digest: str) -> Counter[str]:
    """An audit row for every row whose cells went back, one for the import; the images stay, and their hash stands there.

    The rows name no customer: a file that the undo of another import takes away must not be held by them. How many went
    back, by table.
    """
    restored: Counter[str] = Counter()
    while work.restored:
        one = work.restored.pop()
        if work.is_going(one.table, one.row_id):
            continue
        restored[one.table] += 1
        audit.changed(
            session, action="undo", table=one.table, row_id=one.row_id, batch_id=batch.id,
            before=one.before, after=one.after,
        )  # fmt: skip
    counts = {"removed": work.removed.total(), "restored": restored.total(), "kept": len(work.kept)}
    audit.changed(
        session, action="undo", table="import_batch", row_id=batch.id, batch_id=batch.id,
        after={"kind": batch.kind, "file": batch.file, **counts, "images": digest},
    )  # fmt: skip
    work.sql.run(MARK, id=batch.id, at=batch.undone_at, by=batch.undone_by)
    return restored


def _in_order(counts: Mapping[str, int]) -> dict[str, int]:
    """Counts by table, customers first; none that is nought."""
    return {table: counts[table] for table in (*LABELS, *REMEMBERED) if counts.get(table)}


def _named(sql: Sql, kept: list[Held]) -> tuple[Kept, ...]:
    """What stays, by its name: in the order of the customers' codes, people and departments last."""
    called: dict[tuple[str, int], tuple[str | None, str]] = {}
    for table in {one.table for one in kept}:
        ids = sorted({one.row_id for one in kept if one.table == table})
        for portion in chunks(ids):
            for id_, code, label in sql.rows(LABELS[table].format(ids=id_list(portion))):
                called[table, id_] = code, label
    found = [Kept(one.table, *called[one.table, one.row_id], one.columns, one.why) for one in kept]
    return tuple(sorted(found, key=lambda one: (one.code is None, one.code or "", one.table != "customer", one.table)))


__all__ = ["Batch", "Kept", "Undone", "get_batch", "list_batches", "require", "undo"]
