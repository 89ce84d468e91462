"""What an import does to the database, row by row: counts, rejects, warnings, and the before-images that undo needs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from revisit.db import Sql
from revisit.intake.rows import ROWS_TOLD, Progress, Reading, Record, Reject, untold

if TYPE_CHECKING:
    from sqlmodel import Session

MAX_ID = "SELECT coalesce(max(id), 0) FROM {table}"
SET_SEQUENCE = "SELECT setval(pg_get_serial_sequence('{table}', 'id'), :last)"
# In the order in which recording a revisit reaches them, so that the two wait for each other and never in a circle.
LOCK_ON_SERVER = """
LOCK TABLE import_batch, import_change, revisit, booking, follow_up, standing, customer, staff, contact_person,
    contact_point, fact, handover, allocation, shown_order, order_, sales_follow_up, department IN SHARE ROW EXCLUSIVE MODE
"""


@dataclass
class Ledger:
    """One import in its transaction. `today` is the day on which it is recorded, in the company's `timezone`; `actor_id` is
    the staff member who imports."""

    session: Session
    sql: Sql
    today: date
    now: datetime
    timezone: str
    batch_id: int
    reading: Reading
    create_customers: bool = False
    actor_id: int | None = None
    progress: Progress = untold
    counts: Counter[str] = field(default_factory=Counter)
    touched: set[int] = field(default_factory=set)
    images: list[dict[str, Any]] = field(default_factory=list)
    handled: int = 0

    def count(self, how: str, rows: int = 1) -> None:
        """Counts rows as inserted, updated or unchanged."""
        self.counts[how] += rows
        self._tell(rows)

    def title(self, field_name: str) -> str:
        """The column of a field as the sheet writes it."""
        return next((title for title, name in self.reading.columns.items() if name == field_name), field_name)

    def reject(self, record: Record, field_name: str, template: str, **params: object) -> None:
        """Refuses a row, naming its cell."""
        value = record.values.get(field_name, "")
        shown = value.isoformat() if isinstance(value, date | datetime) else str(value)
        self.reading.rejects.append(Reject(record.row, self.title(field_name), shown, template, params))
        self._tell(1)

    def _tell(self, rows: int) -> None:
        before, self.handled = self.handled, self.handled + rows
        if before // ROWS_TOLD != self.handled // ROWS_TOLD:
            self.progress("writing", self.handled, len(self.reading.records))

    def warn(self, template: str, **params: object) -> None:
        """Notes what looks wrong and is kept all the same."""
        self.reading.warnings.append((template, params))

    def insert(self, model: type, rows: Sequence[Mapping[str, Any]], numbers: Sequence[int]) -> list[int]:
        """Adds rows of a table at once; their ids, in order. `numbers` are the sheet rows they come from."""
        from sqlalchemy import insert

        if not rows:
            return []
        table = model.__table__  # type: ignore[attr-defined]
        blank = _defaults(model)
        first = int(self.sql.rows(MAX_ID.format(table=table.name))[0][0]) + 1
        ids = list(range(first, first + len(rows)))
        self.session.execute(
            insert(table), [blank | dict(row) | {"id": id_} for id_, row in zip(ids, rows, strict=True)]
        )
        if self.sql.server:
            self.sql.rows(SET_SEQUENCE.format(table=table.name), last=ids[-1])
        for id_, number in zip(ids, numbers, strict=True):
            self.made(table.name, id_, number)
        return ids

    def update(
        self, model: type, row_id: int, before: Mapping[str, Any], after: Mapping[str, Any], number: int
    ) -> None:
        """Changes cells of a row and keeps what they were."""
        from sqlalchemy import update

        table = model.__table__  # type: ignore[attr-defined]
        self.session.execute(update(table).where(table.c.id == row_id).values(**after))
        old = {name: _json(before[name]) for name in after}
        self.made(table.name, row_id, number, json.dumps(old, ensure_ascii=False, sort_keys=True))

    def made(self, table: str, row_id: int, number: int, before: str = "") -> None:
        """Keeps the image of a row that was made (`before` is empty) or changed, with the sheet row that did it."""
        self.images.append(
            {
                "batch_id": self.batch_id,
                "table_name": table,
                "row_id": row_id,
                "row_number": number,
                "before": before,
            }
        )

    def keep_images(self) -> None:
        """Writes the images."""
        from sqlalchemy import insert

        from revisit.models import ImportChange

        if self.images:
            self.session.execute(insert(ImportChange), self.images)


def lock(sql: Sql) -> None:
    """On a server: nobody else writes these tables until the transaction ends. A file is locked as a whole anyway."""
    if sql.server:
        sql.run(LOCK_ON_SERVER)


def extra_text(*lines: Mapping[str, str]) -> str:
    """Unknown columns as they are kept with the row: an object, or a list of one object per line of a joined row."""
    if not any(lines):
        return ""
    shown: Any = dict(lines[0]) if len(lines) == 1 else [dict(line) for line in lines]
    return json.dumps(shown, ensure_ascii=False, sort_keys=True)


def merged_extra(old: str, new: str) -> str:
    """What a row keeps of unknown columns once another sheet has named some: the new ones, and old ones it is silent on."""
    if not old or not new:
        return old or new
    before, after = json.loads(old), json.loads(new)
    if isinstance(before, dict) and isinstance(after, dict):
        return extra_text(before | after)
    return new


def _defaults(model: type) -> dict[str, Any]:
    fields = model.model_fields  # type: ignore[attr-defined]
    return {
        name: (None if one.is_required() else one.get_default(call_default_factory=True))
        for name, one in fields.items()
        if name != "id"
    }


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
