"""Whether a closed month is still what was frozen: its document against its hash, that against the audit, and the audit."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Literal

from revisit import audit
from revisit.closing import TABLE
from revisit.db import Sql

Fault = Literal["document", "hash", "head", "chain"]
"""`document`: its hash is another; `hash`: the audit says another one, or knows nothing of the closing; `head`: the last audit
row before the closing is another or gone; `chain`: an audit row does not follow from the one before."""
ROWS = "SELECT id, label, document, sha256 FROM closed_report ORDER BY label"
CLOSINGS = "SELECT row_id, id, change FROM audit WHERE action = 'close' AND table_name = :table ORDER BY id"
HASH_OF = "SELECT hash FROM audit WHERE id = :id"


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found of one month: the hash of the document as it stands, the hash kept with it, and what is wrong."""

    label: str
    computed: str
    kept: str
    faults: tuple[Fault, ...]


def prove(sql: Sql) -> list[Proof]:
    """Every closed month, and every one that the audit knows and the table does not (its hash is empty)."""
    noted = {row_id: (place, json.loads(change)) for row_id, place, change in sql.rows(CLOSINGS, table=TABLE)}
    broken = audit.verify(sql).broken_at
    found = []
    for id_, label, document, sha256 in sql.rows(ROWS):
        computed = hashlib.sha256(document.encode()).hexdigest()
        faults: list[Fault] = []
        if computed != sha256:
            faults.append("document")
        place, change = noted.pop(id_, (0, {}))
        if [change.get(name, [None, None])[1] for name in ("label", "sha256")] != [label, sha256]:
            faults.append("hash")
        if not _head_stands(sql, document, place):
            faults.append("head")
        if broken is not None:
            faults.append("chain")
        found.append(Proof(label, computed, sha256, tuple(faults)))
    gone = [Proof(str(change["label"][1]), "", "", ("document",)) for _place, change in noted.values()]
    return sorted(found + gone, key=lambda one: one.label)


def _head_stands(sql: Sql, document: str, closing: int) -> bool:
    """Whether the audit row that was the last one is there, the same, and before the closing's own."""
    try:
        frozen = json.loads(document)["audit"]
        row, head = int(frozen["row"]), frozen["head"]
    except (ValueError, KeyError, TypeError):
        return False
    kept = sql.rows(HASH_OF, id=row)
    return bool(kept) and kept[0][0] == head and (not closing or row < closing)
