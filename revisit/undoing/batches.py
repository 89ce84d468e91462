"""The imports there were, newest first, and which of them were undone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from revisit.db import Sql, instant
from revisit.errors import Refused
from revisit.i18n import N_

BATCHES = """
SELECT b.id, b.kind, b.file_name, b.sha256, b.at, s.login, b.staff_id, b.counts, b.undone_at, b.undone_by
FROM import_batch b JOIN staff s ON s.id = b.staff_id
"""
COUNT = "SELECT count(*) FROM import_batch b"
OF_KIND = " WHERE b.kind = :kind"
ONE = " WHERE b.id = :id"


@dataclass(frozen=True, slots=True)
class Batch:
    """One import, or one merge of two files: what, when, by whom, and what came of it. `undone_at` None: it holds."""

    id: int
    kind: str
    file: str
    sha256: str
    at: datetime | None
    who: str
    staff_id: int
    counts: Mapping[str, Any]
    undone_at: datetime | None
    undone_by: str


def list_batches(sql: Sql, *, kind: str | None = None, limit: int | None = None) -> tuple[list[Batch], int]:
    """The imports, the newest first, and how many there are in all."""
    where, params = (OF_KIND, {"kind": kind}) if kind is not None else ("", {})
    most = "" if limit is None else f" LIMIT {int(limit)}"
    rows = sql.rows(f"{BATCHES}{where} ORDER BY b.id DESC{most}", **params)
    return [_batch(row) for row in rows], int(sql.rows(COUNT + where, **params)[0][0])


def get_batch(sql: Sql, number: int) -> Batch:
    """The import of that number. Raises Refused."""
    rows = sql.rows(BATCHES + ONE, id=number) if 0 < number < 2**31 else []
    if not rows:
        raise Refused(N_("there is no import {number}"), N_("look for it: revisit import list"), number=number)
    return _batch(rows[0])


def _batch(row: tuple[Any, ...]) -> Batch:
    id_, kind, file, sha256, at, who, staff_id, counts, undone_at, undone_by = row
    told = json.loads(counts) if counts else {}
    return Batch(id_, kind, file, sha256, instant(at), who, staff_id, told, instant(undone_at), undone_by)
