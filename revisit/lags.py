"""How long after a talk it was written down, and whether that was soon enough (P3 2.2). Reports count by the same arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from revisit.company import CompanyInfo
from revisit.db import Sql, day, id_list
from revisit.policy import tally
from revisit.policy.tally import Dormant, Lag, Made

DORMANT_OF = "SELECT customer_id, from_on, until_on FROM standing WHERE kind = 'dormant' AND customer_id IN ({ids})"


def dormant_spans(sql: Sql, ids: Sequence[int]) -> list[Dormant]:
    """When these customers were dormant over a week."""
    found = sql.rows(DORMANT_OF.format(ids=id_list(ids))) if ids else []
    return [Dormant(customer, date.fromisoformat(start), day(until)) for customer, start, until in found]


def lag_of(
    spans: Sequence[Dormant],
    company: CompanyInfo,
    *,
    customer_id: int,
    done_on: date,
    done_at: datetime | None,
    filled_at: datetime | None,
) -> Lag | None:
    """How late a revisit of a customer was filled in, whose `spans` are among these; None where a time is unknown."""
    mine = [span for span in spans if span.customer_id == customer_id]
    made = Made(customer_id, done_on, "", "", done_at=done_at, filled_at=filled_at)
    return tally.lag(made, mine, company.policies)


def document(lag: Lag | None) -> dict[str, Any]:
    """The keys `lag_hours` and `in_time` of a JSON document; null where nobody can know."""
    return {"lag_hours": round(lag.hours, 1) if lag else None, "in_time": lag.in_time if lag else None}
