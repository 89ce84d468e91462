"""What a database holds, and whether it is whole: before and after a change that is taken back."""

from __future__ import annotations

from typing import Any

from revisit import audit, models
from revisit.register import keep
from tests.support import at_shanghai, reading, unit

NO_DATA = {"audit", "import_batch", "import_change"}
REGISTER = {"follow_up", "standing"}


def state(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of what a person would call data; the register without its ids, which a replanning gives anew."""
    found = {}
    with reading(url) as (sql, _company):
        for name, one in models.metadata.tables.items():
            if name not in NO_DATA:
                columns = [column.name for column in one.columns if not (name in REGISTER and column.name == "id")]
                found[name] = sorted(sql.rows(f"SELECT {', '.join(columns)} FROM {name}"), key=repr)
    return found


def check_whole(url: str) -> None:
    """The register is what a recomputation gives, everybody's owner who was allocated, the chain holds, nothing hangs."""
    with unit(url, at_shanghai("2026-03-20 12:00")) as work:
        assert not any(keep.replan(work.sql, work.company))
        owners = work.sql.rows(
            "SELECT c.code, c.rep_id, (SELECT a.staff_id FROM allocation a WHERE a.customer_id = c.id "
            "ORDER BY CASE WHEN a.from_on IS NULL THEN 0 ELSE 1 END DESC, a.from_on DESC, a.id DESC LIMIT 1) "
            "FROM customer c WHERE c.merged_into IS NULL"
        )
        assert [one for one in owners if one[1] != one[2]] == []
        several = "SELECT number FROM revisit WHERE is_current GROUP BY number HAVING count(*) <> 1"
        assert work.sql.rows(several) == []
        assert audit.verify(work.sql).broken_at is None
        if not work.sql.server:
            assert work.sql.rows("PRAGMA foreign_key_check") == []
