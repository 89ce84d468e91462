"""Everything of a day, of everybody: a few queries over whole tables, none per customer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Generic, NamedTuple, TypeVar

from revisit import clock, scheduler
from revisit.access import Viewer
from revisit.company import CompanyInfo
from revisit.db import Sql, chunks, day, id_list, instant
from revisit.policy import daily, tally
from revisit.policy.daily import Kind
from revisit.policy.outcome import MET as MET_STATES
from revisit.policy.outcome import State, state_on
from revisit.policy.tally import Dormant, Due, Made, Series
from revisit.scheduler import Judged

MADE = """
SELECT r.number, r.staff_id, c.code, c.name, c.rep_id, r.customer_id, r.channel, r.result, r.inbound, r.with_whom,
       r.satisfaction, r.done_at, r.filled_at
FROM revisit r JOIN customer c ON c.id = r.customer_id
WHERE r.done_on = :on AND r.is_current AND NOT r.is_void ORDER BY r.number
"""
BOOKED = """
SELECT r.staff_id, c.code, c.name, c.rep_id, r.number, b.promised_on, b.promised_at, b.planned, b.purpose, b.person
FROM revisit r JOIN booking b ON b.revisit_id = r.id JOIN customer c ON c.id = r.customer_id
WHERE r.done_on = :on AND r.is_current AND NOT r.is_void
ORDER BY b.promised_on, CASE WHEN b.promised_at IS NULL THEN 1 ELSE 0 END, b.promised_at, r.number
"""
CALLS = "SELECT staff_id, state, talk_seconds FROM call_ WHERE started_at >= :start AND started_at < :end"
TIMED = "SELECT r.number FROM call_ k JOIN revisit r ON r.id = k.revisit_id WHERE k.customer_id IN ({ids})"
DRAFTS = """
SELECT k.staff_id, c.code, c.name, c.rep_id, k.started_at
FROM staff s JOIN call_ k ON k.staff_id = s.id AND k.state = 'draft' JOIN customer c ON c.id = k.customer_id
ORDER BY k.started_at, k.id
"""
CLAIMED = """
SELECT l.staff_id, c.code, c.name, c.rep_id, l.until_at FROM claim l JOIN customer c ON c.id = l.customer_id
WHERE l.until_at > :now ORDER BY l.until_at, l.id
"""
CASES = """
SELECT k.staff_id, c.code, c.name, c.rep_id, k.number, k.opened_at, k.immediate, k.what
FROM case_ k JOIN customer c ON c.id = k.customer_id WHERE k.opened_at >= :start AND k.opened_at < :end ORDER BY k.number
"""
MET = """
SELECT customer_id, rule, opens_on, due_by, call_by, met_on, ended_on FROM follow_up
WHERE met_on = :on AND due_by IS NOT NULL
"""
MET_SLOTS = """
SELECT customer_id, rule, opens_on, ended_on, days FROM follow_up
WHERE due_by IS NULL AND opens_on <= :on AND days LIKE :within
"""
DORMANT = """
SELECT customer_id, from_on, until_on FROM standing
WHERE kind = 'dormant' AND customer_id IN ({ids}) AND from_on <= :on AND (until_on IS NULL OR until_on > :on)
"""

What = TypeVar("What")


@dataclass(frozen=True, slots=True)
class Booking:
    """A callback that was promised, or (`planned`) a follow-up of our own plan; `at` is None where only a day was named."""

    rep: str
    code: str
    name: str
    revisit: int
    on: date
    at: datetime | None
    planned: bool
    purpose: str
    ask_for: str


@dataclass(frozen=True, slots=True)
class Case:
    """A problem that a customer raised, and whether it has to be solved at once."""

    rep: str
    code: str
    name: str
    case: int
    at: datetime
    immediate: bool
    what: str


@dataclass(frozen=True, slots=True)
class Late:
    """A revisit that was written down later than the policy gives. `hours` after it was made. Clause: P3 2.2."""

    rep: str
    code: str
    name: str
    revisit: int
    hours: float


@dataclass(frozen=True, slots=True)
class Held:
    """A customer that is still on somebody's desk: since when a call is unfinished, or until when it is claimed."""

    rep: str
    code: str
    name: str
    at: datetime


class Done(NamedTuple, Generic[What]):
    """Something that was done: by whom (staff id, None: nobody knows), with a customer of whom, and what it is."""

    staff_id: int | None
    owner: int | None
    what: What


class Revisit(NamedTuple):
    """A revisit on record: what kind it was, and whether it was written down in time (None: nobody knows)."""

    number: int
    made: Made
    kind: Kind
    in_time: bool | None
    timed: bool


class Call(NamedTuple):
    """A call that was begun on the day."""

    state: str
    talk_seconds: int


@dataclass(frozen=True, slots=True)
class Found:
    """A day of everybody. `owned`: the customers of each representative; `overdue`: who of the morning list is past the day."""

    revisits: Sequence[Done[Revisit]]
    met: Sequence[Done[State]]
    calls: Sequence[Done[Call]]
    booked: Sequence[Done[Booking]]
    cases: Sequence[Done[Case]]
    late: Sequence[Done[Late]]
    drafts: Sequence[Done[Held]]
    claims: Sequence[Done[Held]]
    judged: Judged
    owned: Mapping[int | None, Sequence[int]]
    overdue: frozenset[int]


class _Row(NamedTuple):
    """A revisit as it is read."""

    number: int
    staff_id: int | None
    code: str
    name: str
    owner: int | None
    made: Made


@dataclass(frozen=True, slots=True)
class _Look:
    """Who looks, the logins by staff id, and the company's time zone."""

    viewer: Viewer
    logins: Mapping[int, str]
    timezone: str

    def who(self, staff_id: int | None, code: str, name: str, owner: int | None) -> tuple[str, str, str]:
        """Login of who did it, and code and name of the customer."""
        return (self.logins.get(staff_id or 0, ""), code, self.viewer.name(name, owner))

    def said(self, text: str, owner: int | None) -> str:
        """What was said with a customer of `owner`: of another's customer nothing."""
        return text if self.viewer.sees("log", owner) == "whole" else ""

    def moment(self, value: Any) -> datetime:
        """An instant with the company's offset."""
        found = instant(value)
        assert found is not None
        return clock.zoned(found, self.timezone)


def read(
    sql: Sql, company: CompanyInfo, *, on: date, now: datetime, viewer: Viewer, logins: Mapping[int, str]
) -> Found:
    """What was done on a day and what was left in its evening, as far as the viewer may see it. `logins` by staff id.

    Who holds what is known of now only: of an earlier day there are the calls that are still unfinished, and no claims.
    """
    look = _Look(viewer, logins, company.timezone)
    start, end = (
        clock.instant(datetime.combine(one, time()), company.timezone) for one in (on, on + timedelta(days=1))
    )
    rows = list(_rows(sql, on))
    revisits = _revisits(sql, company, rows, on)
    judged = scheduler.judge(sql, company, on)
    owned: dict[int | None, list[int]] = defaultdict(list)
    for customer, owner in judged.owners.items():
        owned[owner].append(customer)
    return Found(
        revisits=revisits,
        met=list(_met(sql, company, rows, judged, on)),
        calls=[
            Done(staff_id, None, Call(state, seconds))
            for staff_id, state, seconds in sql.rows(CALLS, start=start, end=end)
        ],
        booked=list(_booked(sql, look, on)),
        cases=list(_cases(sql, look, start, end)),
        late=list(_late(look, rows, revisits)),
        drafts=[one for one in _held(look, sql.rows(DRAFTS)) if one.what.at < end],
        claims=list(_held(look, sql.rows(CLAIMED, now=now))) if start <= now < end else [],
        judged=judged,
        owned=owned,
        overdue=_overdue(company, judged, on),
    )


def _rows(sql: Sql, on: date) -> Iterator[_Row]:
    for number, staff_id, code, name, owner, customer, channel, result, inbound, whom, said, done, filled in sql.rows(
        MADE, on=on
    ):
        made = Made(customer, on, channel, result, bool(inbound), whom == "sales", said)
        yield _Row(number, staff_id, code, name, owner, made._replace(done_at=instant(done), filled_at=instant(filled)))


def _revisits(sql: Sql, company: CompanyInfo, rows: Sequence[_Row], on: date) -> list[Done[Revisit]]:
    ids = sorted({row.made.customer_id for row in rows})
    spans: dict[int, list[Dormant]] = defaultdict(list)
    timed: set[int] = set()
    for portion in chunks(ids):
        for customer, start, until in sql.rows(DORMANT.format(ids=id_list(portion)), on=on):
            spans[customer].append(Dormant(customer, date.fromisoformat(start), day(until)))
        timed.update(number for (number,) in sql.rows(TIMED.format(ids=id_list(portion))))
    policies = company.policies
    found = []
    for row in rows:
        written = tally.recorded([row.made], spans[row.made.customer_id], policies)
        in_time = bool(written["within_deadline"]) if any(written.values()) else None
        kind = daily.kind_of(row.made, policies)
        found.append(Done(row.staff_id, row.owner, Revisit(row.number, row.made, kind, in_time, row.number in timed)))
    return found


def _met(sql: Sql, company: CompanyInfo, rows: Sequence[_Row], judged: Judged, on: date) -> Iterator[Done[State]]:
    """How each follow-up was met that was met on the day, and by whom: whoever made the revisit that met it."""
    by_customer: dict[int, list[_Row]] = defaultdict(list)
    for row in rows:
        by_customer[row.made.customer_id].append(row)
    for one in _met_rows(sql, company, on):
        state = state_on(one, one.due_by, one.call_by, on)
        if state not in MET_STATES:
            continue
        made = by_customer[one.customer_id]
        place = daily.met_by(one.rule, [row.made for row in made], company.policies)
        if place is not None:
            yield Done(made[place].staff_id, made[place].owner, state)
        else:
            owner = judged.owners.get(one.customer_id)
            yield Done(owner, owner, state)


def _met_rows(sql: Sql, company: CompanyInfo, on: date) -> Iterator[Due]:
    for customer, rule, opens, due_by, call_by, met, ended in sql.rows(MET, on=on):
        opens_on, last, call = (date.fromisoformat(text) for text in (opens, due_by, call_by))
        yield Due(customer, rule, opens_on, last, call, day(met), day(ended))
    series = (
        Series(customer, rule, date.fromisoformat(opens), day(ended), tuple(map(date.fromisoformat, days_of.split())))
        for customer, rule, opens, ended, days_of in sql.rows(MET_SLOTS, on=on, within=f"%{on}%")
    )
    slots = tally.slots_due(series, on, on, company.policies, company.calendar, company.start_on)
    yield from (slot for slot in slots if slot.met_on == on)


def _booked(sql: Sql, look: _Look, on: date) -> Iterator[Done[Booking]]:
    for staff_id, code, name, owner, number, promised_on, at, planned, purpose, person in sql.rows(BOOKED, on=on):
        booking = Booking(
            *look.who(staff_id, code, name, owner),
            revisit=number,
            on=date.fromisoformat(promised_on),
            at=look.moment(at) if at else None,
            planned=bool(planned),
            purpose=look.said(purpose, owner),
            ask_for=look.said(person, owner),
        )
        yield Done(staff_id, owner, booking)


def _cases(sql: Sql, look: _Look, start: datetime, end: datetime) -> Iterator[Done[Case]]:
    for staff_id, code, name, owner, number, at, immediate, what in sql.rows(CASES, start=start, end=end):
        who = look.who(staff_id, code, name, owner)
        yield Done(staff_id, owner, Case(*who, number, look.moment(at), bool(immediate), look.said(what, owner)))


def _late(look: _Look, rows: Sequence[_Row], revisits: Sequence[Done[Revisit]]) -> Iterator[Done[Late]]:
    for row, one in zip(rows, revisits, strict=True):
        done, filled = row.made.done_at, row.made.filled_at
        if one.what.in_time is False and done is not None and filled is not None:
            who = look.who(row.staff_id, row.code, row.name, row.owner)
            hours = round((filled - done).total_seconds() / 3600, 1)
            yield Done(row.staff_id, row.owner, Late(*who, row.number, hours))


def _held(look: _Look, values: Sequence[tuple[Any, ...]]) -> Iterator[Done[Held]]:
    for staff_id, code, name, owner, at in values:
        yield Done(staff_id, owner, Held(*look.who(staff_id, code, name, owner), look.moment(at)))


def _overdue(company: CompanyInfo, judged: Judged, on: date) -> frozenset[int]:
    """The customers of the morning list whose line, the follow-up that ranks first, is past its day."""
    rank = {name: rule.rank for name, rule in company.policies.on(on).rules.items()}
    return frozenset(
        customer
        for customer, owed in judged.live.items()
        if judged.groups.get(customer) == "due"
        and min(owed, key=lambda one: scheduler.rank_of(one, rank)).state == "overdue"
    )
