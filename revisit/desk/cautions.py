"""What speaks against calling a customer right now: each a code and its facts, told before anybody dials. Source: B9, P1."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from revisit import cases, claims, clock, files, retries
from revisit.company import CompanyInfo
from revisit.db import Sql, day
from revisit.policy.hours import inside
from revisit.register import read

LAST_CONTACT = "SELECT last_contact_on FROM customer WHERE id = :id"
PHONES = "SELECT count(*) FROM contact_point WHERE customer_id = :id AND kind = 'phone'"


class Caution(NamedTuple):
    """A reason not to call: do_not_call, closed, waived, promised, claimed, retry, hours, too_soon, open_case,
    no_phone; and its facts."""

    code: str
    facts: dict[str, Any]


def cautions(sql: Sql, company: CompanyInfo, customer_id: int, *, staff_id: int, now: datetime) -> tuple[Caution, ...]:
    """Everything that speaks against this person's calling this customer at this instant."""
    return tuple(_found(sql, company, customer_id, staff_id, now))


def _found(sql: Sql, company: CompanyInfo, customer_id: int, staff_id: int, now: datetime) -> Iterator[Caution]:
    local = clock.local(now, company.timezone)
    today = local.date()
    policy = company.policies.on(today)
    for held in files.held_on(sql, [customer_id], today).get(customer_id, []):
        yield Caution(held.name, {"since": held.since, "until": held.until, "reason": held.reason})
    for row in read.rows_of(sql, [customer_id]):
        if row.rule == "callback" and row.opens_on > today and row.met_on is None and row.ended_on is None:
            yield Caution(
                "promised", {"on": row.opens_on, "at": clock.zoned(row.at, company.timezone) if row.at else None}
            )
    claim = claims.held(sql, now).get(customer_id)
    if claim is not None and claim.staff_id != staff_id:
        yield Caution("claimed", {"login": claim.login, "until": f"{clock.local(claim.until, company.timezone):%H:%M}"})
    retry_at = retries.waits(sql, company, customer_id, now)
    if retry_at is not None:
        yield Caution("retry", {"at": clock.local(retry_at, company.timezone)})
    reason = inside(local, company.calendar, policy.call_hours)
    if reason is not None:
        yield Caution("hours", {"reason": reason, "now": local})
    last = day(sql.rows(LAST_CONTACT, id=customer_id)[0][0])
    if last is not None and last <= today < last + timedelta(days=policy.min_gap_days):
        yield Caution("too_soon", {"last": last, "least": policy.min_gap_days})
    for one in cases.open_cases(sql, customer_id):
        yield Caution(
            "open_case",
            {"number": one.number, "what": one.what, "on": clock.local(one.opened_at, company.timezone).date()},
        )
    if not sql.rows(PHONES, id=customer_id)[0][0]:
        yield Caution("no_phone", {})
