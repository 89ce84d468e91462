"""The revisit log: what was said with whom, when; versions are added, nothing is overwritten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from revisit import audit
from revisit.db import Sql
from revisit.errors import Refused, WrongUsage
from revisit.i18n import N_

if TYPE_CHECKING:
    from sqlmodel import Session

CHANNELS = ("phone", "visit", "sms", "wechat", "email", "service")
RESULTS = ("reached", "declined", "sent", "no_answer", "busy", "wrong_number", "inconvenient")
SATISFACTION = ("satisfied", "neutral", "dissatisfied")
NEWEST_NUMBER = "SELECT coalesce(max(number), 0) FROM revisit"
LOCK_ON_SERVER = "LOCK TABLE revisit IN SHARE ROW EXCLUSIVE MODE"
OF_CUSTOMER = """
SELECT r.number, r.version, r.done_on, r.done_at, r.filled_at, r.channel, r.result, r.inbound, r.important, r.with_whom,
       r.person, r.satisfaction, r.reason, r.suggestion, r.note, s.login, b.promised_on, b.promised_at, r.is_void
FROM revisit r LEFT JOIN staff s ON s.id = r.staff_id LEFT JOIN booking b ON b.revisit_id = r.id
WHERE r.customer_id = :id AND r.is_current
ORDER BY r.done_on, CASE WHEN r.done_at IS NULL THEN 1 ELSE 0 END, r.done_at, r.number
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a revisit brought. `done_at` and `promised_at` are instants; a callback may name only a day."""

    result: str
    channel: str
    done_on: date
    done_at: datetime | None
    satisfaction: str = ""
    reason: str = ""
    suggestion: str = ""
    person: str = ""
    found_us: str = ""
    recommend: str = ""
    order_again: str = ""
    note: str = ""
    inbound: bool = False
    with_whom: str = "customer"
    promised_on: date | None = None
    promised_at: datetime | None = None


def check_outcome(outcome: Outcome, *, now: datetime, today: date) -> None:
    """Refuses what cannot be: a word that is none of ours, a revisit of tomorrow, a callback before the revisit."""
    for name, value, known in (
        ("--result", outcome.result, RESULTS),
        ("--channel", outcome.channel, CHANNELS),
        ("--satisfaction", outcome.satisfaction, ("", *SATISFACTION)),
        ("--with", outcome.with_whom, ("customer", "sales")),
    ):
        if value not in known:
            raise WrongUsage(
                N_("{option} does not know the word {word}"),
                N_("one of: {known}"),
                option=name,
                word=value,
                known=", ".join(word for word in known if word),
            )
    if outcome.done_on > today or (outcome.done_at is not None and outcome.done_at > now):
        raise Refused(N_("the revisit lies in the future"), N_("name the time it was made with --at, or leave it out"))
    if outcome.promised_on is None:
        return
    if outcome.promised_on < outcome.done_on or (
        outcome.promised_at is not None and outcome.done_at is not None and outcome.promised_at <= outcome.done_at
    ):
        raise Refused(
            N_("the callback lies before the revisit that promises it"),
            N_("name a later day or time with --callback, for example 明天下午3点 or 2026-10-08 15:00"),
        )


def record_revisit(
    session: Session, sql: Sql, *, customer_id: int, staff_id: int, outcome: Outcome, filled_at: datetime
) -> int:
    """Adds a revisit to the log; its number. `outcome` was checked by `check_outcome`."""
    from revisit.models import Booking, Revisit

    if sql.server:
        sql.run(LOCK_ON_SERVER)
    number = int(sql.rows(NEWEST_NUMBER)[0][0]) + 1
    values: dict[str, Any] = {
        name: getattr(outcome, name)
        for name in (
            "result", "channel", "done_on", "done_at", "satisfaction", "reason", "suggestion", "person", "found_us",
            "recommend", "order_again", "note", "inbound", "with_whom",
        )
    }  # fmt: skip
    row = Revisit(number=number, customer_id=customer_id, staff_id=staff_id, filled_at=filled_at, **values)
    session.add(row)
    session.flush()
    assert row.id is not None
    audit.changed(
        session,
        action="create",
        table="revisit",
        row_id=row.id,
        customer_id=customer_id,
        after={"number": number, **values},
    )
    if outcome.promised_on is not None:
        booking = Booking(
            revisit_id=row.id,
            customer_id=customer_id,
            promised_on=outcome.promised_on,
            promised_at=outcome.promised_at,
        )
        session.add(booking)
        session.flush()
        audit.changed(
            session, action="create", table="booking", row_id=booking.id, customer_id=customer_id,
            after={"promised_on": outcome.promised_on, "promised_at": outcome.promised_at},
        )  # fmt: skip
    return number
