"""The revisit log: what was said with whom, when; versions are added, nothing is overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from revisit import audit, claims, wording
from revisit.db import Sql, day, instant
from revisit.errors import Refused, WrongUsage
from revisit.i18n import N_
from revisit.policy.calendar import WorkCalendar
from revisit.policy.values import Policies

if TYPE_CHECKING:
    from sqlmodel import Session

CHANNELS = ("phone", "visit", "sms", "wechat", "email", "service")
RESULTS = ("reached", "declined", "sent", "no_answer", "busy", "wrong_number", "inconvenient")
SATISFACTION = ("satisfied", "neutral", "dissatisfied")
INTENTION = ("interested", "undecided", "none")
SAID = (
    "result", "channel", "done_on", "done_at", "satisfaction", "intention", "reason", "suggestion", "person", "found_us",
    "recommend", "order_again", "note", "inbound", "important", "with_whom",
)  # fmt: skip
"""What an outcome says that stands in the row of the revisit; the rest is its booking."""
BOOKED = {
    "promised_on": "promised_on",
    "promised_at": "promised_at",
    "planned": "planned",
    "purpose": "purpose",
    "ask_for": "person",
}
"""What an outcome says that stands in the row of the booking, and under which name."""
BESIDE = ("source_number", "filled_stated", "extra")
"""What the row of a revisit can hold beside its outcome: where it comes from, and how."""
NEWEST_NUMBER = "SELECT coalesce(max(number), 0) FROM revisit"
LOCK_ON_SERVER = "LOCK TABLE revisit IN SHARE ROW EXCLUSIVE MODE"
VERSIONS = f"""
SELECT r.id, r.number, r.version, r.is_current, r.is_void, r.customer_id, r.staff_id, s.login, r.filled_at, r.filled_stated,
       r.change_reason, r.extra,
       {", ".join(f"r.{name}" for name in SAID)}, {", ".join(f"b.{name}" for name in BOOKED.values())}
FROM revisit r LEFT JOIN staff s ON s.id = r.staff_id LEFT JOIN booking b ON b.revisit_id = r.id
WHERE r.number = :number ORDER BY r.version, b.id
"""
WRITTEN_BY = """
SELECT a.row_id, a.at, a.who FROM audit a JOIN revisit r ON r.id = a.row_id AND r.customer_id = a.customer_id
WHERE r.number = :number AND a.table_name = 'revisit' AND a.action IN ('create', 'amend', 'void')
"""
IMPORTED_BY = """
SELECT r.id, b.at, s.login FROM revisit r
JOIN import_change i ON i.table_name = 'revisit' AND i.before = '' AND i.row_id <= r.id AND r.id <= i.last_id
JOIN import_batch b ON b.id = i.batch_id JOIN staff s ON s.id = b.staff_id
WHERE r.number = :number ORDER BY b.id
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a revisit brought. `done_at` and `promised_at` are instants; a booking may name only a day.

    A booking is a callback promised to the customer, or (`planned`) a follow-up that we plan ourselves.
    """

    result: str
    channel: str
    done_on: date
    done_at: datetime | None
    satisfaction: str = ""
    intention: str = ""
    reason: str = ""
    suggestion: str = ""
    person: str = ""
    found_us: str = ""
    recommend: str = ""
    order_again: str = ""
    note: str = ""
    inbound: bool = False
    important: bool = False
    with_whom: str = "customer"
    promised_on: date | None = None
    promised_at: datetime | None = None
    planned: bool = False
    purpose: str = ""
    ask_for: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a revisit: written when, by whom, and why (the first has no reason). `at` is None where nobody noted it.

    `stated`: the time of filling in is what a person said in a call sheet.
    """

    id: int
    number: int
    version: int
    is_current: bool
    is_void: bool
    customer_id: int
    staff_id: int | None
    author: str
    filled_at: datetime | None
    stated: bool
    because: str
    extra: str
    outcome: Outcome
    at: datetime | None
    who: str
    changes: Mapping[str, tuple[Any, Any]]
    """Of the outcome what differs from the version before: old and new."""


def check_outcome(outcome: Outcome, *, now: datetime, today: date) -> None:
    """Refuses what cannot be: a word that is none of ours, a revisit of tomorrow, a booking before the revisit."""
    for name, value, known in (
        ("--result", outcome.result, RESULTS),
        ("--channel", outcome.channel, CHANNELS),
        ("--satisfaction", outcome.satisfaction, ("", *SATISFACTION)),
        ("--intention", outcome.intention, ("", *INTENTION)),
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
        if outcome.planned:
            raise Refused(
                N_("the follow-up lies before the revisit that plans it"),
                N_("name a later day with --next, for example 下周三 or 2026-10-08"),
            )
        raise Refused(
            N_("the callback lies before the revisit that promises it"),
            N_("name a later day or time with --callback, for example 明天下午3点 or 2026-10-08 15:00"),
        )


def check_note(outcome: Outcome, policies: Policies) -> None:
    """Refuses a talk of ours without the note that the policy of its day wants for such a result. Raises WrongUsage."""
    rule = policies.on(outcome.done_on).outcomes[outcome.result]
    if rule.note_required and not outcome.note.strip() and outcome.with_whom == "customer" and not outcome.inbound:
        raise WrongUsage(
            N_("the result {result} needs a note"),
            N_("say what was said, or why, with --note TEXT"),
            result=wording.word(outcome.result),
        )


def follow_up_day(done_on: date, today: date, calendar: WorkCalendar) -> date:
    """The day planned for what is important where none was named: the first working day after the revisit, today at the
    earliest."""
    found = max(done_on + timedelta(days=1), today)
    while not calendar.is_working_day(found):
        found += timedelta(days=1)
    return found


def lock(sql: Sql) -> None:
    """On a server: nobody else writes revisits until the transaction ends. A file is locked as a whole anyway."""
    if sql.server:
        sql.run(LOCK_ON_SERVER)


def record_revisit(
    session: Session,
    sql: Sql,
    *,
    customer_id: int,
    staff_id: int,
    outcome: Outcome,
    filled_at: datetime,
    beside: Mapping[str, Any] | None = None,
) -> int:
    """Adds a revisit to the log; its number. `outcome` was checked by `check_outcome`.

    A talk with the customer takes it off the desk of whoever records it. `beside`: what else its row holds, by column (`BESIDE`).
    """
    from revisit.models import Revisit

    lock(sql)
    number = int(sql.rows(NEWEST_NUMBER)[0][0]) + 1
    said = {name: getattr(outcome, name) for name in SAID}
    row = Revisit(
        number=number, customer_id=customer_id, staff_id=staff_id, filled_at=filled_at, **said, **(beside or {})
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    after = {"number": number, **said, **(beside or {})}
    audit.changed(
        session, action="create", table="revisit", row_id=row.id, customer_id=customer_id, after=_without_blanks(after)
    )
    _book(session, row.id, customer_id, outcome)
    if outcome.with_whom == "customer":
        claims.end(sql, customer_id=customer_id, staff_id=staff_id)
    return number


def versions(sql: Sql, number: int) -> tuple[Version, ...]:
    """Every version of a revisit, the oldest first; none if there is no such number."""
    noted = {row_id: (instant(at), who) for row_id, at, who in sql.rows(WRITTEN_BY, number=number)}
    rows = {row[0]: row for row in sql.rows(VERSIONS, number=number)}
    if rows.keys() - noted.keys():
        imported = sql.rows(IMPORTED_BY, number=number)
        noted = {row_id: (instant(at), who) for row_id, at, who in imported} | noted
    found: list[Version] = []
    for id_, row in rows.items():
        outcome = _outcome_of(row[12:])
        before = found[-1].outcome if found else outcome
        at, who = noted.get(id_, (None, ""))
        found.append(
            Version(
                id=id_, number=row[1], version=row[2], is_current=bool(row[3]), is_void=bool(row[4]), customer_id=row[5],
                staff_id=row[6], author=row[7] or "", filled_at=instant(row[8]), stated=bool(row[9]),
                because=row[10], extra=row[11], outcome=outcome, at=at, who=who, changes=changes(before, outcome),
            )
        )  # fmt: skip
    return tuple(found)


def get_versions(sql: Sql, number: int) -> tuple[Version, ...]:
    """Every version of a revisit. Raises Refused if there is no such number."""
    found = versions(sql, number)
    if not found:
        raise Refused(N_("there is no revisit {number}"), N_("find its number: revisit show CUSTOMER"), number=number)
    return found


def changes(before: Outcome, after: Outcome) -> dict[str, tuple[Any, Any]]:
    """Old and new of what differs between two outcomes, in the order of their fields."""
    pairs = {one.name: (getattr(before, one.name), getattr(after, one.name)) for one in fields(Outcome)}
    return {name: (old, new) for name, (old, new) in pairs.items() if old != new}


def amend(
    session: Session,
    *,
    current: Version,
    outcome: Outcome,
    because: str,
    beside: Mapping[str, Any] | None = None,
) -> int:
    """Adds a version that says what is right; its number among the versions. `outcome` was checked by `check_outcome`.

    `beside`: what else is different in its row, by column (`BESIDE`, `filled_at`).
    """
    return _next(session, current, outcome, action="amend", because=because, is_void=False, beside=beside)


def void(session: Session, *, current: Version, reason: str) -> int:
    """Adds a version that takes the revisit out of every count, and its booking with it; its number among the versions."""
    because = audit.reason_of(reason)
    return _next(session, current, current.outcome, action="void", because=because, is_void=True)


def refuse_void(current: Version, shown_at: str) -> None:
    """Raises Refused if the revisit is void. `shown_at`: when it became so, on the wall clock."""
    if current.is_void:
        raise Refused(
            N_("revisit {number} is void since {at} ({who}: {reason})"),
            N_("record it anew with the time it was made: revisit log CUSTOMER --at WHEN …"),
            number=current.number,
            at=shown_at,
            who=current.who,
            reason=current.because,
        )


def _next(
    session: Session,
    current: Version,
    outcome: Outcome,
    *,
    action: str,
    because: str,
    is_void: bool,
    beside: Mapping[str, Any] | None = None,
) -> int:
    from sqlalchemy.exc import IntegrityError

    from revisit.models import Revisit

    old = session.get_one(Revisit, current.id)
    kept = {name: getattr(old, name) for name in Revisit.model_fields if name != "id"}
    said = {name: getattr(outcome, name) for name in SAID} | dict(beside or {})
    why = {"version": current.version + 1, "is_void": is_void, "change_reason": because.strip()}
    row = Revisit(**{**kept, **said, **why, "is_current": True})
    old.is_current = False
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise Refused(
            N_("revisit {number} was changed by somebody else at the same moment"),
            N_("look at it and try again: revisit amend {number}"),
            number=current.number,
        ) from error
    audit.changed(
        session, action="supersede", table="revisit", row_id=old.id, customer_id=old.customer_id,
        before={"is_current": True}, after={"is_current": False},
    )  # fmt: skip
    audit.changed(
        session, action=action, table="revisit", row_id=row.id, customer_id=row.customer_id,
        before=kept | {"change_reason": ""}, after={**kept, **said, **why},
    )  # fmt: skip
    assert row.id is not None
    if not is_void:
        _book(session, row.id, row.customer_id, outcome)
    return row.version


def _book(session: Session, revisit_id: int, customer_id: int, outcome: Outcome) -> None:
    """The callback or follow-up that a revisit books, if it books one."""
    from revisit.models import Booking

    if outcome.promised_on is None:
        return
    values = {column: getattr(outcome, name) for name, column in BOOKED.items()}
    booking = Booking(revisit_id=revisit_id, customer_id=customer_id, **values)
    session.add(booking)
    session.flush()
    audit.changed(
        session, action="create", table="booking", row_id=booking.id, customer_id=customer_id,
        after=_without_blanks(values),
    )  # fmt: skip


def _outcome_of(values: tuple[Any, ...]) -> Outcome:
    """An outcome from the columns of SAID and BOOKED as the driver gives them."""
    told = dict(zip((*SAID, *BOOKED), values, strict=True))
    for name in ("done_on", "promised_on"):
        told[name] = day(told[name])
    for name in ("done_at", "promised_at"):
        told[name] = instant(told[name])
    for name in ("inbound", "important", "planned"):
        told[name] = bool(told[name])
    for name in ("purpose", "ask_for"):
        told[name] = told[name] or ""
    return Outcome(**told)


def _without_blanks(values: Mapping[str, Any]) -> dict[str, Any]:
    """What says something: blank cells of a new row are no change."""
    return {name: value for name, value in values.items() if value not in (None, "", False)}
