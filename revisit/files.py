"""What a person states about a customer file: waived for a while, not to be called, closed, whose it is.

Each statement is a dated fact with its reason; what holds on a day is derived, and nothing said before is overwritten.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

from revisit import audit, customers, staff, wording
from revisit.db import Sql, chunks, day, id_list
from revisit.errors import Refused
from revisit.i18n import N_
from revisit.policy.facts import File
from revisit.policy.timeline import first_day, values_of
from revisit.register.events import load_files
from revisit.staff import StaffMember

if TYPE_CHECKING:
    from sqlmodel import Session

Statement = Literal["waived", "do_not_call", "closed"]
OWNERS = "SELECT id, code, rep_id FROM customer WHERE id IN ({ids}) ORDER BY code"
OF_REP = "SELECT id FROM customer WHERE rep_id = :rep AND merged_into IS NULL ORDER BY code"
OF_NOBODY = """
SELECT c.id FROM customer c LEFT JOIN staff s ON s.id = c.rep_id
WHERE c.merged_into IS NULL
  AND (s.id IS NULL OR NOT s.active OR s.role NOT IN ('representative', 'supervisor', 'administrator'))
ORDER BY c.code
"""
HOLDING = """
SELECT customer_id, name, value, from_on, until_on, reason FROM fact
WHERE name IN ('waived', 'do_not_call', 'closed') AND customer_id IN ({ids}) ORDER BY id
"""
ALREADY = {
    "waived": N_("the customer is waived already, until {until}"),
    "do_not_call": N_("the customer is marked not to be called already"),
    "closed": N_("the file is closed already"),
}
NOT_SO = {
    "waived": N_("the customer is not waived"),
    "do_not_call": N_("the customer is not marked “do not call”"),
    "closed": N_("the file is not closed"),
}


@dataclass(frozen=True, slots=True)
class Held:
    """A statement that holds on a day: since when, until when (the last day; None: open), and what was said."""

    name: Statement
    since: date | None
    until: date | None
    reason: str


def held_on(sql: Sql, ids: list[int], on: date) -> dict[int, list[Held]]:
    """The waivers, do-not-calls and closures that hold on a day, by customer."""
    stated: dict[tuple[int, Statement], list[tuple[date | None, date | None, str, str]]] = {}
    for customer, name, value, from_on, until_on, reason in sql.rows(HOLDING.format(ids=id_list(ids))) if ids else ():
        one = (day(from_on), day(until_on), value, reason)
        stated.setdefault((customer, name), []).append(one)
    result: dict[int, list[Held]] = {}
    for (customer, name), found in stated.items():
        known = [one for one in found if (one[0] or date.min) <= on and (one[1] is None or one[1] > on)]
        if not known:
            continue
        since, until, value, reason = max(enumerate(known), key=lambda pair: (pair[1][0] or date.min, pair[0]))[1]
        if value == "1":
            last = until - timedelta(days=1) if until else None
            result.setdefault(customer, []).append(Held(name, since, last, reason))
    return result


def state(
    session: Session,
    sql: Sql,
    *,
    customer_id: int,
    name: Statement,
    today: date,
    reason: str,
    until: date | None = None,
) -> None:
    """States that a customer is waived (until a last day), not to be called, or that its file is closed, from today on.

    Raises WrongUsage without a reason, Refused where it holds already or the waiver would end before it begins.
    """
    why = audit.reason_of(reason)
    held = _holding(sql, customer_id, name, today)
    if held is not None and not (name == "waived" and until != held.until):
        raise Refused(N_(ALREADY[name]), N_("take it back with --lift, or name another day"), until=held.until)
    if until is not None and until < today:
        raise Refused(N_("{until} lies in the past"), N_("name the last day of the waiver with --until"), until=until)
    if held is not None:  # another end: the old waiver is over, the new one begins
        _write(session, customer_id, name, "0", today, None, why)
    _write(session, customer_id, name, "1", today, until + timedelta(days=1) if until else None, why)


def lift(session: Session, sql: Sql, *, customer_id: int, name: Statement, today: date, reason: str) -> None:
    """Takes such a statement back, from today on. Raises WrongUsage without a reason, Refused where it does not hold."""
    why = audit.reason_of(reason)
    if _holding(sql, customer_id, name, today) is None:
        raise Refused(N_(NOT_SO[name]), N_("look at the file: revisit show CUSTOMER"))
    _write(session, customer_id, name, "0", today, None, why)


def assign(session: Session, sql: Sql, *, ids: list[int], to: StaffMember, today: date, reason: str) -> list[str]:
    """Gives customers to a representative from today on; the codes of those that were not that person's before.

    Each receives a `brief`: a talk with the salesperson within the week (P3 1.3). Raises Refused for somebody who cannot
    own customers.
    """
    from sqlalchemy import update
    from sqlmodel import col

    from revisit.models import Allocation, Customer

    if to.role not in staff.OWNING_ROLES:
        raise Refused(
            N_("{name} is of the role {role} and keeps no customers"),
            N_("name a representative"),
            name=to.name,
            role=wording.word(to.role),
        )
    logins = {member.id: member.login for member in staff.list_staff(sql, former=True)}
    owners = [row for portion in chunks(ids) for row in sql.rows(OWNERS.format(ids=id_list(portion)))]
    moved = [(id_, code, owner) for id_, code, owner in owners if owner != to.id]
    rows = [Allocation(customer_id=id_, staff_id=to.id, from_on=today) for id_, _code, _owner in moved]
    session.add_all(rows)
    session.flush()
    for portion in chunks([id_ for id_, _code, _owner in moved]):
        session.execute(update(Customer).where(col(Customer.id).in_(portion)).values(rep_id=to.id))
    for row, (id_, _code, owner) in zip(rows, moved, strict=True):
        before, after = {"rep": logins.get(owner)}, {"rep": to.login}
        audit.changed(
            session, action="assign", table="allocation", row_id=row.id, customer_id=id_,
            before=before, after=after | {"from_on": today, "reason": reason.strip() or None},
        )  # fmt: skip
        audit.changed(
            session, action="assign", table="customer", row_id=id_, customer_id=id_, before=before, after=after
        )
    return [code for _id, code, _owner in moved]


def owned_by(sql: Sql, member: StaffMember | None) -> list[int]:
    """The customers of a representative, by code; None: of nobody who works here and keeps customers."""
    rows = sql.rows(OF_REP, rep=member.id) if member else sql.rows(OF_NOBODY)
    return [row[0] for row in rows]


def holds(file: File, name: str, on: date) -> bool:
    """Whether a statement holds of a file on a day."""
    return any(start <= on < end and value == "1" for start, end, value in values_of(file, name, first_day(file)))


def _holding(sql: Sql, customer_id: int, name: Statement, today: date) -> Held | None:
    customers.refuse_merged(sql, (), [customer_id])
    (one,) = load_files(sql, [customer_id])
    if not holds(one.file, name, today):
        return None
    found = [held for held in held_on(sql, [customer_id], today).get(customer_id, ()) if held.name == name]
    return found[0] if found else None


def _write(
    session: Session, customer_id: int, name: str, value: str, on: date, until: date | None, reason: str
) -> None:
    from revisit.models import Fact

    row = Fact(customer_id=customer_id, name=name, value=value, from_on=on, until_on=until, reason=reason)
    session.add(row)
    session.flush()
    after: dict[str, Any] = {name: value, "from_on": on, "until_on": until, "reason": reason}
    audit.changed(session, action="state", table="fact", row_id=row.id, customer_id=customer_id, after=after)
