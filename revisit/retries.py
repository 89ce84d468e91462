"""When a customer who was missed is tried again: who waits for the next try, and what to do after a miss."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple

from revisit import clock
from revisit.company import CompanyInfo
from revisit.db import Sql, day, instant
from revisit.policy import outcomes
from revisit.policy.outcomes import Advice

COLUMNS = "r.customer_id, r.number, r.done_on, r.done_at, r.result, r.channel, r.inbound, b.id"
TALKS = f"""
SELECT {COLUMNS} FROM revisit r LEFT JOIN booking b ON b.revisit_id = r.id
WHERE r.is_current AND NOT r.is_void AND r.with_whom = 'customer'
"""
TALKS_SINCE = TALKS + "AND r.done_on >= :since ORDER BY r.customer_id"
TALKS_OF = TALKS + "AND r.customer_id = :customer"
PHONES = "SELECT count(*) FROM contact_point WHERE customer_id = :customer AND kind = 'phone'"


class Talk(NamedTuple):
    """A revisit with the customer as far as the next try asks for it; `booked`: a callback or follow-up was booked in it."""

    customer_id: int
    number: int
    done_on: date
    done_at: datetime | None
    result: str
    channel: str
    inbound: bool
    booked: bool


@dataclass(frozen=True, slots=True)
class NextTry:
    """What to do after a miss; `at` is None where nobody noted the time of the miss."""

    at: datetime | None
    advice: Advice


def waiting(sql: Sql, company: CompanyInfo, now: datetime) -> dict[int, datetime]:
    """Who was missed a short while ago, and from when on to try again, by customer."""
    since = outcomes.waiting_since(clock.local(now, company.timezone), company.calendar, company.policies)
    talks = map(_talk, sql.rows(TALKS_SINCE, since=since))
    found = {}
    for customer, of_customer in groupby(talks, key=lambda talk: talk.customer_id):
        at = _retry_at(_newest(of_customer), company)
        if at is not None and at > now:
            found[customer] = at
    return found


def waits(sql: Sql, company: CompanyInfo, customer_id: int, now: datetime) -> datetime | None:
    """From when on to try this customer, who was missed a short while ago, again; None: nothing is to be waited for."""
    talks = [_talk(row) for row in sql.rows(TALKS_OF, customer=customer_id)]
    at = _retry_at(_newest(talks), company) if talks else None
    return at if at is not None and at > now else None


def after(sql: Sql, company: CompanyInfo, *, customer_id: int, number: int) -> NextTry | None:
    """What to do after revisit `number`: None unless it is the newest of this customer, a miss, and nothing was booked in it."""
    talks = sorted((_talk(row) for row in sql.rows(TALKS_OF, customer=customer_id)), key=_in_time, reverse=True)
    if not talks or talks[0].number != number or talks[0].inbound or talks[0].booked:
        return None
    last = talks[0]
    policy = company.policies.on(last.done_on)
    missed = outcomes.missed_in_a_row(((talk.result, talk.channel, talk.inbound) for talk in talks), policy)
    phones = int(sql.rows(PHONES, customer=customer_id)[0][0])
    advice = outcomes.after(missed, policy=policy, phones=phones)
    return NextTry(_retry_at(last, company), advice) if advice else None


def _talk(row: tuple[Any, ...]) -> Talk:
    customer, number, done_on, done_at, result, channel, inbound, booking = row
    on = day(done_on)
    assert on is not None
    return Talk(customer, number, on, instant(done_at), result, channel, bool(inbound), booking is not None)


def _in_time(talk: Talk) -> tuple[date, bool, str, int]:
    """Those of one day without a time come last, as everywhere."""
    return talk.done_on, talk.done_at is None, talk.done_at.isoformat() if talk.done_at else "", talk.number


def _newest(talks: Iterable[Talk]) -> Talk:
    return max(talks, key=_in_time)


def _retry_at(talk: Talk, company: CompanyInfo) -> datetime | None:
    """From when on to try again after this revisit; None if it was no miss of ours, or says itself when to call."""
    policy = company.policies.on(talk.done_on)
    if talk.inbound or talk.booked or talk.done_at is None or outcomes.counts_as(talk.result, policy) != "attempt":
        return None
    missed_at = clock.local(talk.done_at, company.timezone)
    minutes = policy.outcomes[talk.result].retry_after_minutes
    return clock.instant(outcomes.retry_at(missed_at, minutes, company.calendar, policy), company.timezone)
