"""What becomes of an approval once every signature is there: the new credit limit or payment term holds from that day on."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from revisit import audit
from revisit.approvals.records import Approval
from revisit.db import Sql

if TYPE_CHECKING:
    from sqlmodel import Session

NOW = "SELECT credit_limit_cents, term_days FROM customer WHERE id = :id"
SET = "UPDATE customer SET credit_limit_cents = :credit_limit_cents, term_days = :term_days WHERE id = :id"
FACTS = {"credit_limit_cents": "credit_limit", "term_days": "term_days"}
"""Cells of the file that are signed for, and the fact of each."""


def take(session: Session, sql: Sql, one: Approval, *, today: date) -> None:
    """Writes what was signed for into the customer's file, as a fact from today on; of other kinds the record is enough."""
    from revisit.models import Fact

    wanted = {"credit_limit_cents": one.credit_limit, "term_days": one.term_days}
    news = {name: value for name, value in wanted.items() if value is not None}
    if one.customer_id is None or not news:
        return
    before = dict(zip(FACTS, sql.rows(NOW, id=one.customer_id)[0], strict=True))
    for name, value in news.items():
        row = Fact(
            customer_id=one.customer_id, name=FACTS[name], value=str(value), from_on=today, reason=one.matter.number
        )
        session.add(row)
        session.flush()
        after: dict[str, Any] = {name: value, "from_on": today, "reason": one.matter.number}
        audit.changed(session, action="state", table="fact", row_id=row.id, customer_id=one.customer_id, after=after)
    sql.run(SET, id=one.customer_id, **before | news)
    audit.changed(
        session, action="update", table="customer", row_id=one.customer_id, customer_id=one.customer_id, before=before,
        after=before | news,
    )  # fmt: skip
