"""Bringing spreadsheets in: workbook → header → typed cells → records → one transaction → receipt.

A dry run is the same code, rolled back by the caller.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from revisit import audit, clock
from revisit.db import Sql, instant
from revisit.intake import customers, logs, orders, roster
from revisit.intake.ledger import Ledger, lock
from revisit.intake.rows import KINDS, Progress, Reading, Reject, load_layout, read_rows, untold

if TYPE_CHECKING:
    from sqlmodel import Session

EARLIER = "SELECT at FROM import_batch WHERE sha256 = :sha256 AND kind = :kind ORDER BY id LIMIT 1"
COUNTED = ("inserted", "updated", "unchanged")
APPLY: dict[str, Callable[[Ledger], None]] = {
    "customers": customers.apply,
    "orders": orders.apply,
    "revisits": logs.apply_revisits,
    "sales-followups": logs.apply_sales_follow_ups,
    "staff": roster.apply,
}


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an import did. The counts are sheet rows and add up to `rows`. `imported_before` is the wall-clock time of the
    first import of the same file."""

    batch: int
    kind: str
    reading: Reading
    inserted: int
    updated: int
    unchanged: int
    imported_before: datetime | None

    @property
    def rejected(self) -> int:
        """Rows that were refused."""
        return len(self.reading.rejects)


def run_import(
    session: Session,
    sql: Sql,
    *,
    kind: str,
    reading: Reading,
    staff_id: int,
    now: datetime,
    timezone: str,
    create_customers: bool = False,
    progress: Progress = untold,
) -> Receipt:
    """Writes what was read, in the caller's transaction; touched customers are noted for the register."""
    lock(sql)
    earlier = [instant(at) for (at,) in sql.rows(EARLIER, sha256=reading.sha256, kind=kind)]
    ledger = Ledger(
        session=session,
        sql=sql,
        today=clock.local(now, timezone).date(),
        now=now,
        timezone=timezone,
        batch_id=_open_batch(session, kind, reading, staff_id, now),
        reading=reading,
        create_customers=create_customers,
        actor_id=staff_id,
        progress=progress,
    )
    progress("writing", 0, len(reading.records))
    APPLY[kind](ledger)
    reading.rejects.sort(key=lambda one: one.row)
    counts = {name: ledger.counts[name] for name in COUNTED}
    _close_batch(ledger, kind, counts | {"rejected": len(reading.rejects)})
    session.info.setdefault("touched", set()).update(ledger.touched)
    assert sum(counts.values()) + len(reading.rejects) + reading.blank + reading.skipped == reading.rows
    before = clock.local(earlier[0], timezone) if earlier and earlier[0] else None
    return Receipt(batch=ledger.batch_id, kind=kind, reading=reading, imported_before=before, **counts)


def _open_batch(session: Session, kind: str, reading: Reading, staff_id: int, now: datetime) -> int:
    from revisit.models import ImportBatch

    batch = ImportBatch(
        kind=kind, file_name=_name(reading), sha256=reading.sha256, at=now, staff_id=staff_id, counts=""
    )
    session.add(batch)
    session.flush()
    assert batch.id is not None
    return batch.id


def _close_batch(ledger: Ledger, kind: str, counts: dict[str, int]) -> None:
    """Counts and before-images are kept, and the audit names their hash."""
    from revisit.models import ImportBatch

    batch = ledger.session.get_one(ImportBatch, ledger.batch_id)
    batch.counts = json.dumps(counts)
    ledger.keep_images()
    reading = ledger.reading
    after = {"kind": kind, "file": batch.file_name, "sha256": reading.sha256, "images": audit.digest(ledger.images)}
    audit.changed(
        ledger.session, action="import", table="import_batch", row_id=batch.id, batch_id=batch.id, after=after | counts
    )


def _name(reading: Reading) -> str:
    """The name of the file; bytes that are no text are shown as such."""
    return reading.path.name.encode(errors="surrogateescape").decode(errors="replace")


__all__ = ["KINDS", "Progress", "Reading", "Receipt", "Reject", "load_layout", "read_rows", "run_import", "untold"]
