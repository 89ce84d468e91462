"""Claims: who has which customer on the desk, and until when. `next` gives no customer to two people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from revisit import access, clock, retries, scheduler
from revisit.access import Viewer
from revisit.company import CompanyInfo
from revisit.db import Sql, id_list, instant
from revisit.errors import Refused
from revisit.i18n import N_
from revisit.morning import DueLine, Morning
from revisit.policy.access import may
from revisit.staff import StaffMember

HELD = """
SELECT a.customer_id, c.code, c.name, a.staff_id, s.login, a.taken_at, a.until_at
FROM claim a JOIN customer c ON c.id = a.customer_id JOIN staff s ON s.id = a.staff_id
WHERE a.until_at > :now ORDER BY a.taken_at, a.id
"""
TAKEN = "SELECT customer_id FROM claim WHERE until_at > :now AND customer_id IN ({ids})"
TAKE = """
INSERT INTO claim (customer_id, staff_id, taken_at, until_at) VALUES (:customer, :staff, :now, :until)
ON CONFLICT (customer_id) DO UPDATE
SET staff_id = excluded.staff_id, taken_at = excluded.taken_at, until_at = excluded.until_at
WHERE claim.until_at <= excluded.taken_at
"""
HOLD = """
INSERT INTO claim (customer_id, staff_id, taken_at, until_at) VALUES (:customer, :staff, :now, :until)
ON CONFLICT (customer_id) DO UPDATE
SET staff_id = excluded.staff_id, until_at = excluded.until_at,
    taken_at = CASE WHEN claim.until_at <= :now THEN excluded.taken_at ELSE claim.taken_at END
WHERE claim.until_at <= :now OR claim.staff_id = excluded.staff_id
"""
END = "DELETE FROM claim WHERE customer_id = :customer AND staff_id = :staff"
AT_ONCE = 50  # lines that are looked at together
ONE_AT_A_TIME_ON_SERVER = "SELECT pg_advisory_xact_lock(20260304)"
"""Who takes a customer waits for whoever is just taking one, in the order of asking; a file is locked as a whole anyway."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A customer on somebody's desk (staff id and login). `until` is the first instant at which it no longer is."""

    customer_id: int
    code: str
    name: str
    staff_id: int
    login: str
    taken_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Choice:
    """The lines of a list that may be taken, in their order, and how many are passed over, each for its first reason.

    `held`: on a desk; `retry`: missed a short while ago; `promised`: the promised time is still to come; `others`: whoever
    asks may record nothing for this customer.
    """

    free: tuple[DueLine, ...]
    held: int = 0
    retry: int = 0
    promised: int = 0
    others: int = 0


class Taking(NamedTuple):
    """Whose desk it is, for which day's list, and now."""

    staff: StaffMember
    on: date
    now: datetime


def held(sql: Sql, now: datetime) -> dict[int, Claim]:
    """Every claim that has not run out, by customer, the oldest first."""
    found = {}
    for customer, code, name, staff_id, login, taken, until in sql.rows(HELD, now=now):
        taken_at, until_at = instant(taken), instant(until)
        assert taken_at is not None and until_at is not None
        found[customer] = Claim(customer, code, name, staff_id, login, taken_at, until_at)
    return found


def placed(sql: Sql, company: CompanyInfo, found: Morning, *, viewer: Viewer, now: datetime) -> Morning:
    """The list with who has which customer on the desk until when, and from when on one who was missed is to be tried again;
    as far as the viewer may see it."""
    claims, waiting = held(sql, now), retries.waiting(sql, company, now)
    touched = [line.customer_id for line in found.items if line.customer_id in claims or line.customer_id in waiting]
    owners = access.owners_of(sql, touched)

    def with_place(line: DueLine) -> DueLine:
        if line.customer_id not in owners:
            return line
        owner = owners[line.customer_id]
        claim = claims.get(line.customer_id) if viewer.sees("name", owner) == "whole" else None
        retry_at = waiting.get(line.customer_id) if viewer.sees("log", owner) == "whole" else None
        return replace(
            line,
            claimed_by=claim.login if claim else None,
            claim_until=scheduler.local_at(claim.until, company) if claim else None,
            retry_at=scheduler.local_at(retry_at, company),
        )

    return replace(found, items=[with_place(line) for line in found.items])


def choose(sql: Sql, company: CompanyInfo, lines: Sequence[DueLine], *, viewer: Viewer, taking: Taking) -> Choice:
    """Which lines of a list may be taken now, the first one first."""
    claims, waiting = held(sql, taking.now), retries.waiting(sql, company, taking.now)
    owners = access.owners_of(sql, [line.customer_id for line in lines])
    early = timedelta(minutes=company.policies.on(taking.on).desk.early_minutes)
    today = clock.local(taking.now, company.timezone).date()
    free, passed = [], dict.fromkeys(("held", "retry", "promised", "others"), 0)
    for line in lines:
        if not may("log", viewer.side(owners[line.customer_id])):
            passed["others"] += 1
        elif line.customer_id in claims:
            passed["held"] += 1
        elif line.customer_id in waiting:
            passed["retry"] += 1
        elif line.at is not None and taking.on == today and line.at > taking.now + early:
            passed["promised"] += 1
        else:
            free.append(line)
    return Choice(tuple(free), **passed)


def take(sql: Sql, company: CompanyInfo, free: Sequence[DueLine], taking: Taking) -> DueLine | None:
    """Takes the first of these lines that nobody has taken meanwhile and that is still due: the line with its claim.

    None if there is none left. Belongs to a short writing transaction (`quick.writing`).
    """
    if sql.server:
        sql.rows(ONE_AT_A_TIME_ON_SERVER)
    until = taking.now + timedelta(minutes=company.policies.on(taking.on).desk.claim_minutes)
    for start in range(0, len(free), AT_ONCE):
        portion = free[start : start + AT_ONCE]
        ids = id_list([line.customer_id for line in portion])
        taken = {customer for (customer,) in sql.rows(TAKEN.format(ids=ids), now=taking.now)}
        for line in portion:
            customer = line.customer_id
            if customer in taken:
                continue
            sql.run(TAKE, customer=customer, staff=taking.staff.id, now=taking.now, until=until)
            if _still_due(sql, company, customer, taking):
                return replace(line, claimed_by=taking.staff.login, claim_until=scheduler.local_at(until, company))
            end(sql, customer_id=customer, staff_id=taking.staff.id)
    return None


def _still_due(sql: Sql, company: CompanyInfo, customer_id: int, taking: Taking) -> bool:
    """Whether nothing has happened since the list was read: somebody else may have called and put the result on record."""
    if retries.waits(sql, company, customer_id, taking.now) is not None:
        return False
    return scheduler.is_due(sql, company, customer_id, taking.on)


def hold(sql: Sql, company: CompanyInfo, *, customer_id: int, staff_id: int, now: datetime) -> None:
    """While somebody calls, this customer is on that desk, for as long as a claim lasts from now on; not if another has it."""
    minutes = company.policies.on(clock.local(now, company.timezone).date()).desk.claim_minutes
    sql.run(HOLD, customer=customer_id, staff=staff_id, now=now, until=now + timedelta(minutes=minutes))


def end(sql: Sql, *, customer_id: int, staff_id: int) -> None:
    """This customer is no longer on this person's desk: the talk is on record, or it was given back."""
    sql.run(END, customer=customer_id, staff=staff_id)


def release(sql: Sql, customer_id: int, *, actor: StaffMember, now: datetime) -> Claim | None:
    """Gives a customer back; the claim there was, None if there was none.

    Raises Refused for another's claim, unless the person leads whose customer it is.
    """
    claim = held(sql, now).get(customer_id)
    if claim is None:
        return None
    if claim.staff_id != actor.id and not may(
        "assign", access.viewer(sql, actor).side(access.owner_of(sql, customer_id))
    ):
        raise Refused(
            N_("{code} is on {login}'s desk"), N_("ask {login} or a supervisor"), code=claim.code, login=claim.login
        )
    end(sql, customer_id=customer_id, staff_id=claim.staff_id)
    return claim


def release_all(sql: Sql, *, holder: StaffMember, actor: StaffMember, now: datetime) -> tuple[Claim, ...]:
    """Gives back everything that is on somebody's desk. Raises Refused as `release` does."""
    mine = [claim for claim in held(sql, now).values() if claim.staff_id == holder.id]
    for claim in mine:
        release(sql, claim.customer_id, actor=actor, now=now)
    return tuple(mine)
