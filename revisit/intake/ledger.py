"""What an import does to the database, row by row: counts, rejects, warnings, and the before-images that undo needs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from revisit.db import Sql
from revisit.intake.rows import Reading, Record, Reject

if TYPE_CHECKING:
    from sqlmodel import Session

MAX_ID = "SELECT coalesce(max(id), 0) FROM {table}"
CUSTOMERS = "SELECT id, code, name FROM customer ORDER BY id"


@dataclass
class Ledger:
    """One import in its transaction. `today` is the day on which it is recorded."""

    session: Session
    sql: Sql
    today: date
    now: datetime
    batch_id: int
    staff_id: int
    reading: Reading
    create_customers: bool = False
    counts: Counter[str] = field(default_factory=Counter)
    touched: set[int] = field(default_factory=set)
    images: list[dict[str, Any]] = field(default_factory=list)

    def count(self, how: str, record: Record) -> None:
        """Counts a row as inserted, updated or unchanged."""
        self.counts[how] += 1

    def reject(self, record: Record, field_name: str, template: str, **params: object) -> None:
        """Refuses a row, naming its cell."""
        column = next((title for title, name in self.reading.columns.items() if name == field_name), field_name)
        value = record.values.get(field_name, "")
        shown = value.isoformat() if isinstance(value, date | datetime) else str(value)
        self.reading.rejects.append(Reject(record.row, column, shown, template, params))

    def warn(self, template: str, **params: object) -> None:
        """Notes what looks wrong and is kept all the same."""
        self.reading.warnings.append((template, params))

    def insert(self, model: type, rows: Sequence[Mapping[str, Any]], numbers: Sequence[int] | None = None) -> list[int]:
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
            self.sql.rows(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), :last)", last=ids[-1])
        for place, id_ in enumerate(ids):
            self.images.append(
                {
                    "batch_id": self.batch_id,
                    "table_name": table.name,
                    "row_id": id_,
                    "row_number": numbers[place] if numbers else None,
                    "before": "",
                }
            )
        return ids

    def update(
        self, model: type, row_id: int, before: Mapping[str, Any], after: Mapping[str, Any], number: int
    ) -> None:
        """Changes cells of a row and keeps what they were."""
        from sqlalchemy import update

        table = model.__table__  # type: ignore[attr-defined]
        self.session.execute(update(table).where(table.c.id == row_id).values(**after))
        self.images.append(
            {
                "batch_id": self.batch_id,
                "table_name": table.name,
                "row_id": row_id,
                "row_number": number,
                "before": json.dumps({name: _json(before[name]) for name in after}, ensure_ascii=False, sort_keys=True),
            }
        )


def lock(sql: Sql, tables: Iterable[str]) -> None:
    """On a server: nobody else adds rows to these tables until the transaction ends. A file is locked as a whole anyway."""
    if sql.server:
        sql.run(f"LOCK TABLE {', '.join(tables)} IN SHARE ROW EXCLUSIVE MODE")


def extra_text(extra: Mapping[str, str]) -> str:
    """Unknown columns as they are kept with the row."""
    return json.dumps(dict(extra), ensure_ascii=False, sort_keys=True) if extra else ""


def _defaults(model: type) -> dict[str, Any]:
    fields = model.model_fields  # type: ignore[attr-defined]
    return {
        name: (None if one.is_required() else one.get_default(call_default_factory=True))
        for name, one in fields.items()
        if name != "id"
    }


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
