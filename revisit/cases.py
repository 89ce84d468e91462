"""Problems that customers raise: a numbered case of each, opened in a talk, and open until the customer was told the result."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from revisit import audit
from revisit.db import Sql, instant
from revisit.errors import WrongUsage
from revisit.i18n import N_

if TYPE_CHECKING:
    from sqlmodel import Session

NEWEST_NUMBER = "SELECT coalesce(max(number), 0) FROM case_"
LOCK_ON_SERVER = "LOCK TABLE case_ IN SHARE ROW EXCLUSIVE MODE"
OPEN = """
SELECT c.number, c.opened_at, c.immediate, c.what, s.login FROM case_ c JOIN staff s ON s.id = c.staff_id
WHERE c.customer_id = :id AND c.state = 'open' ORDER BY c.number
"""


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case that is not closed: what it is about, and whether it has to be solved at once. Clause: P3 2.1, 2.2."""

    number: int
    opened_at: datetime
    immediate: bool
    what: str
    by: str


def open_cases(sql: Sql, customer_id: int) -> tuple[OpenCase, ...]:
    """The open cases of a customer, the oldest first."""
    return tuple(
        OpenCase(number, moment, bool(immediate), what, by)
        for number, at, immediate, what, by in sql.rows(OPEN, id=customer_id)
        if (moment := instant(at)) is not None
    )


def open_case(
    session: Session,
    sql: Sql,
    *,
    customer_id: int,
    staff_id: int,
    revisit_id: int | None,
    what: str,
    immediate: bool,
    at: datetime,
) -> int:
    """Opens a case; its number. Raises WrongUsage where nothing is said of what it is about. Clause: P3 2.2."""
    from revisit.models import Case

    if not what.strip():
        raise WrongUsage(N_("a case needs a sentence on what it is about"), N_("write down what the customer said"))
    if sql.server:
        sql.run(LOCK_ON_SERVER)
    number = int(sql.rows(NEWEST_NUMBER)[0][0]) + 1
    said: dict[str, Any] = {"number": number, "opened_at": at, "immediate": immediate, "what": what.strip()}
    row = Case(customer_id=customer_id, staff_id=staff_id, revisit_id=revisit_id, **said)
    session.add(row)
    session.flush()
    audit.changed(session, action="create", table="case_", row_id=row.id, customer_id=customer_id, after=said)
    return number
