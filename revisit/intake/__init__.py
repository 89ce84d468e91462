"""Bringing spreadsheets in: workbook → header → typed cells → records → one transaction → receipt.

A dry run is the same code, rolled back by the caller.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from revisit import audit
from revisit.db import Sql
from revisit.intake import customers, logs, orders
from revisit.intake.ledger import Ledger, lock
from revisit.intake.rows import KINDS, Reading, Reject, load_layout, read_rows

if TYPE_CHECKING:
    from sqlmodel import Session

EARLIER = "SELECT id, at FROM import_batch WHERE sha256 = :sha256 AND kind = :kind ORDER BY id LIMIT 1"
COUNTED = ("inserted", "updated", "unchanged")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an import did. The counts are sheet rows and add up to `rows`."""

    batch: int
    kind: str
    reading: Reading
    inserted: int
    updated: int
    unchanged: int
    imported_before_at: str | None

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
    today: date,
    now: datetime,
    timezone: str,
    create_customers: bool = False,
) -> Receipt:
    """Writes what was read, in the caller's transaction; touched customers are noted for the register."""
    from revisit.models import ImportBatch, ImportChange

    tables = {"customers": customers.TABLES, "orders": orders.TABLES, "revisits": logs.REVISIT_TABLES}.get(
        kind, logs.SALES_TABLES
    )
    lock(sql, ("import_batch", "import_change", *tables))
    earlier = sql.rows(EARLIER, sha256=reading.sha256, kind=kind)
    batch = ImportBatch(
        kind=kind, file_name=reading.path.name, sha256=reading.sha256, at=now, staff_id=staff_id, counts=""
    )
    session.add(batch)
    session.flush()
    assert batch.id is not None
    ledger = Ledger(session, sql, today, now, batch.id, staff_id, reading, create_customers)
    if kind == "customers":
        customers.apply(ledger)
    elif kind == "orders":
        orders.apply(ledger)
    elif kind == "revisits":
        logs.apply_revisits(ledger, timezone)
    else:
        logs.apply_sales_follow_ups(ledger)
    reading.rejects.sort(key=lambda one: one.row)
    counts = {name: ledger.counts[name] for name in COUNTED} | {"rejected": len(reading.rejects)}
    batch.counts = json.dumps(counts)
    images = list(ledger.images)
    ledger.insert(ImportChange, images)
    audit.changed(
        session, action="import", table="import_batch", row_id=batch.id, batch_id=batch.id,
        after={"kind": kind, "file": reading.path.name, "sha256": reading.sha256, "images": audit.digest(images), **counts},
    )  # fmt: skip
    session.info.setdefault("touched", set()).update(ledger.touched)
    assert sum(ledger.counts.values()) + len(reading.rejects) + reading.blank + reading.skipped == reading.rows
    return Receipt(
        batch=batch.id,
        kind=kind,
        reading=reading,
        inserted=counts["inserted"],
        updated=counts["updated"],
        unchanged=counts["unchanged"],
        imported_before_at=str(earlier[0][1]) if earlier else None,
    )


__all__ = ["KINDS", "Reading", "Receipt", "Reject", "load_layout", "read_rows", "run_import"]
