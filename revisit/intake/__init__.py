"""Bringing spreadsheets in: workbook → header → typed cells → records → one transaction → receipt.

A dry run is the same code, rolled back by the caller.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from revisit import access, audit, clock, trail
from revisit.company import CompanyInfo
from revisit.db import Sql, instant
from revisit.i18n import N_
from revisit.intake import aliases, chats, customers, images, logs, mapping, orders, roster
from revisit.intake.child import highest_id, opened
from revisit.intake.choosing import ALL_SHEETS, KINDS, load_layout
from revisit.intake.ledger import Alike, Application, Change, Ledger, file_name, lock
from revisit.intake.rows import Hints, Progress, Reading, Reject, untold
from revisit.staff import StaffMember

if TYPE_CHECKING:
    from sqlmodel import Session

EARLIER = """
SELECT id, at, undone_at FROM import_batch WHERE sha256 = :sha256 AND kind = :kind AND id <> :batch ORDER BY id
"""
COUNTED = ("inserted", "updated", "unchanged")
APPLY: dict[str, Callable[[Ledger], None]] = {
    "customers": customers.apply,
    "orders": orders.apply,
    "revisits": logs.apply_revisits,
    "sales-followups": logs.apply_sales_follow_ups,
    "staff": roster.apply,
    "chats": chats.apply,
}


@dataclass(frozen=True, slots=True)
class Earlier:
    """An import of the same file that was before: its batch, when by the wall clock, and whether it was undone."""

    batch: int
    at: datetime
    undone: bool


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an import did. The counts are sheet rows and add up to the rows of the reading.

    `changes` are the first of `changed` cells that another import or a person had filled otherwise; `alikes` are new
    customers who are perhaps there already; `applications` have to be signed before they hold. `names`: the logins of
    `staff` and the names of `department` by id.
    """

    batch: int
    kind: str
    reading: Reading
    inserted: int
    updated: int
    unchanged: int
    changes: list[Change]
    changed: int
    names: Mapping[str, Mapping[int, str]]
    alikes: list[Alike]
    applications: list[Application]
    before: Earlier | None

    @property
    def rejected(self) -> int:
        """Rows that were refused."""
        return len(self.reading.rejects)


def run_import(
    session: Session,
    sql: Sql,
    *,
    reading: Reading,
    actor: StaffMember,
    now: datetime,
    company: CompanyInfo,
    create_customers: bool = False,
) -> Receipt:
    """Reads a file and writes it, in the caller's transaction; touched customers are noted for the register."""
    lock(sql)
    kind = reading.kind
    batch_id = _open_batch(session, kind, reading, actor.id, now)
    ledger = Ledger(
        session=session,
        sql=sql,
        today=clock.local(now, company.timezone).date(),
        now=now,
        company=company,
        batch_id=batch_id,
        reading=reading,
        viewer=access.viewer(sql, actor),
        create_customers=create_customers,
    )
    with _seldom_collected():
        APPLY[kind](ledger)
    ledger.close()
    reading.close()
    mapping.remember(session, sql, reading, batch_id)
    aliases.remember(session, sql, reading, batch_id)
    if reading.aliased:
        ledger.warn(N_("{count} cells were read as was accepted for files of this source"), count=reading.aliased)
    for title, field in mapping.suggestions(reading):
        ledger.warn(
            N_("column {title} was not understood; if it is {field}, say so: --map '{title}={field}'"),
            title=title, field=field,
        )  # fmt: skip
    counts = {name: ledger.counts[name] for name in COUNTED}
    told = counts | {"rejected": len(reading.rejects), "blank": reading.blank, "skipped": reading.skipped}
    _close_batch(ledger, kind, told | {"rows": reading.rows})
    session.info.setdefault("touched", set()).update(ledger.touched)
    if sum(told.values()) != reading.rows:
        raise AssertionError(f"{reading.rows} rows, but {told}")  # before anything is committed
    return Receipt(
        batch=batch_id,
        kind=kind,
        reading=reading,
        changes=ledger.changes,
        changed=ledger.changed,
        names=trail.names(sql),
        alikes=ledger.alikes,
        applications=ledger.applications,
        before=_earlier(sql, reading, batch_id, company.timezone),
        **counts,
    )


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Rows come and go without referring to each other in circles, and are many: looking for circles at every few hundred takes
    an eighth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _earlier(sql: Sql, reading: Reading, batch_id: int, timezone: str) -> Earlier | None:
    """The first import of this file that still holds, else the last one that was undone."""
    found = [
        Earlier(id_, clock.local(told, timezone), undone_at is not None)
        for id_, at, undone_at in sql.rows(EARLIER, sha256=reading.sha256, kind=reading.kind, batch=batch_id)
        if (told := instant(at)) is not None
    ]
    return next((one for one in found if not one.undone), found[-1] if found else None)


def _open_batch(session: Session, kind: str, reading: Reading, staff_id: int, now: datetime) -> int:
    from revisit.models import ImportBatch

    batch = ImportBatch(
        kind=kind, file_name=file_name(reading), sha256=reading.sha256, at=now, staff_id=staff_id, counts="",
        source=reading.source,
    )  # fmt: skip
    session.add(batch)
    session.flush()
    assert batch.id is not None
    return batch.id


def _close_batch(ledger: Ledger, kind: str, counts: dict[str, int]) -> None:
    """Counts and before-images are kept, and the audit names their hash."""
    from revisit.models import ImportBatch

    batch = ledger.session.get_one(ImportBatch, ledger.batch_id)
    batch.counts = json.dumps(counts)
    reading = ledger.reading
    kept = audit.digest([dict(zip(images.COLUMNS, image, strict=True)) for image in ledger.images])
    after = {"kind": kind, "file": batch.file_name, "sha256": reading.sha256, "images": kept}
    audit.changed(
        ledger.session, action="import", table="import_batch", row_id=batch.id, batch_id=batch.id, after=after | counts
    )


__all__ = [
    "ALL_SHEETS", "KINDS", "Alike", "Application", "Change", "Hints", "Progress", "Reading", "Receipt", "Reject", "highest_id",
    "load_layout", "opened", "run_import", "untold",
]  # fmt: skip
