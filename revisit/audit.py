"""Who changed what, when: rows in the same transaction as the change, each with the hash of the one before.

Writers say what they changed with `changed`; the transaction (`context.unit`) writes the rows before it commits.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from revisit.db import Sql, instant, plain
from revisit.errors import WrongUsage
from revisit.i18n import N_

if TYPE_CHECKING:
    from sqlmodel import Session

NEWEST = "SELECT hash FROM audit ORDER BY id DESC LIMIT 1"
LOCK_ON_SERVER = "LOCK TABLE audit IN EXCLUSIVE MODE"
COLUMNS = ("at", "who", "action", "table_name", "row_id", "customer_id", "batch_id", "change", "previous", "hash")
AT_ONCE = 5000  # rows that wait in memory until they are written
ALL = f"SELECT {', '.join(COLUMNS)} FROM audit ORDER BY id"
PORTION = f"SELECT id, {', '.join(COLUMNS)} FROM audit WHERE id > :after ORDER BY id LIMIT 5000"


class Chain(NamedTuple):
    """The chain as it was found: how many rows, the hash of the last one, and the first row that does not fit (its id)."""

    rows: int
    head: str
    broken_at: int | None


class Change(NamedTuple):
    """One change to one row (or, for an import, one batch): `change` holds old → new per column."""

    action: str
    table: str
    row_id: int | None
    customer_id: int | None
    batch_id: int | None
    change: Mapping[str, Any]


def changed(
    session: Session,
    *,
    action: str,
    table: str,
    row_id: int | None,
    customer_id: int | None = None,
    batch_id: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Notes a change; it becomes an audit row when the transaction ends, and its customer's register is brought up to date."""
    old, new = before or {}, after or {}
    columns = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    difference = {name: [_json(old.get(name)), _json(new.get(name))] for name in columns}
    pending: list[Change] = session.info.setdefault("changes", [])
    pending.append(Change(action, table, row_id, customer_id, batch_id, difference))


def pending(session: Session) -> list[Change]:
    """The changes noted so far in this transaction."""
    found: list[Change] = session.info.setdefault("changes", [])
    return found


def write(sql: Sql, changes: list[Change], *, who: str, at: datetime) -> None:
    """Appends the changes to the chain."""
    if not changes:
        return
    if sql.server:
        sql.run(LOCK_ON_SERVER)
    newest = sql.rows(NEWEST)
    previous = newest[0][0] if newest else ""
    stamp, written, rows = _stamp(at), plain(at), []
    for action, table, row_id, customer_id, batch_id, change in changes:
        said = json.dumps(change, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        what = (who, action, table, row_id, customer_id, batch_id, said)
        hash_ = _hash(previous, stamp, what)
        rows.append((written, *what, previous, hash_))
        previous = hash_
        if len(rows) == AT_ONCE:
            sql.insert_rows("audit", COLUMNS, rows)
            rows = []
    sql.insert_rows("audit", COLUMNS, rows)


def made_row(action: str, table: str) -> bool:
    """Whether a change that a person made was the making of its row. (A file gives the id of a row that has gone once more.)"""
    return action in ("create", "amend", "void", "state") or (action, table) == ("assign", "allocation")


def reason_of(text: str) -> str:
    """The reason that a person gave, which is kept with the change. Raises WrongUsage where there is none."""
    if not text.strip():
        raise WrongUsage(N_("the reason is missing"), N_("say why with --reason TEXT"))
    return text.strip()


def verify(sql: Sql) -> Chain:
    """Follows the chain from its first row. A tail that was cut off shows only against a head that was kept elsewhere."""
    rows, after, head = 0, 0, ""
    broken: int | None = None
    while portion := sql.rows(PORTION, after=after):
        for values in portion:
            row = dict(zip(("id", *COLUMNS), values, strict=True))
            row["at"] = instant(row["at"])
            if broken is None and (row["previous"] != head or row["hash"] != link(head, row)):
                broken = row["id"]
            rows, after, head = rows + 1, row["id"], row["hash"]
    return Chain(rows, head, broken)


def link(previous: str, row: Mapping[str, Any]) -> str:
    """The hash of a row in the chain (SHA-256, hexadecimal)."""
    return _hash(previous, _stamp(row["at"]), [row[name] for name in COLUMNS[1:-2]])


def _stamp(at: object) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") if isinstance(at, datetime) else str(at)


def _hash(previous: str, stamp: str, what: Sequence[object]) -> str:
    parts = [previous, stamp, *("" if cell is None else str(cell) for cell in what)]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def digest(rows: list[dict[str, Any]]) -> str:
    """The hash of the before-images of an import (SHA-256, hexadecimal)."""
    text = json.dumps(rows, ensure_ascii=False, sort_keys=True, default=_json)
    return hashlib.sha256(text.encode()).hexdigest()


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
