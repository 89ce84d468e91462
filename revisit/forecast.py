"""The work of the coming weeks: who has how many contacts on which day, what cannot be kept, the smallest change that keeps it.

What is owed is read from the register, which holds the future of every customer if nothing else happens: a promise, a sale to
be asked about, who becomes dormant, the slots of who is. What the calls themselves will bring about is not in it. Clause: F5.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from revisit import staff
from revisit.access import Viewer
from revisit.company import CompanyInfo
from revisit.db import Sql, chunks, id_list
from revisit.errors import Refused
from revisit.i18n import N_
from revisit.policy.facts import Contact as Made
from revisit.policy.relief import NOBODY, changed, relief
from revisit.policy.timeline import is_contact
from revisit.policy.workload import (
    Contact,
    DayLoad,
    Overfull,
    Schedule,
    Window,
    begin_by,
    contacts_of,
    overfull,
    schedule,
)
from revisit.register import read

CODES = "SELECT id, code FROM customer WHERE id IN ({ids})"
MADE_ON = """
SELECT staff_id, done_on, channel, result FROM revisit
WHERE done_on = :on AND is_current AND NOT is_void AND NOT inbound AND with_whom = 'customer'
"""
Room = dict[date, int]


@dataclass(frozen=True, slots=True)
class PersonAhead:
    """The work of one person ("": customers of nobody). `per_day`: contacts on a working day; `overdue`: contacts that are late
    already on the first day; `overfull`: the days in which more windows end than contacts can be made."""

    login: str
    name: str
    per_day: int
    overdue: int
    days: tuple[DayLoad, ...]
    overfull: tuple[Overfull, ...]

    @property
    def lost(self) -> int:
        """Windows that cannot be kept."""
        return sum(one.excess for one in self.overfull)


@dataclass(frozen=True, slots=True)
class Moved:
    """One contact that a colleague makes: of which customer, whose it is ("": nobody's), who makes it and when."""

    code: str
    owner: str
    to: str
    on: date
    opens_on: date
    call_by: date


@dataclass(frozen=True, slots=True)
class ExtraCalls:
    """Calls that somebody makes on a day beside those it has room for."""

    rep: str
    on: date
    calls: int


@dataclass(frozen=True, slots=True)
class Begin:
    """How many contacts somebody has to have made by the end of a day although their windows end later."""

    rep: str
    by: date
    calls: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The smallest change that keeps every window. `lost` is what cannot be kept with it, found by planning again: 0, unless
    there is nobody who makes calls."""

    moves: tuple[Moved, ...]
    extra: tuple[ExtraCalls, ...]
    begin: tuple[Begin, ...]
    lost: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """The work from the day `first` to the day `last`. `customers`: how many of these people are in scope."""

    first: date
    last: date
    rep: str | None
    customers: int
    people: tuple[PersonAhead, ...]
    days: tuple[DayLoad, ...]
    suggestion: Suggestion | None

    @property
    def lost(self) -> int:
        """Windows that cannot be kept."""
        return sum(one.lost for one in self.people)


def forecast(
    sql: Sql,
    company: CompanyInfo,
    *,
    first: date,
    last: date,
    viewer: Viewer,
    person: staff.StaffMember | None = None,
    suggest: bool = False,
) -> Forecast:
    """The work of everybody whom the viewer sees, or of one `person`; with `suggest` the change that keeps what is lost.

    It begins on the programme start if `first` is before it; contacts made on the first day take room of it. Raises
    Refused for a person who is none of the viewer's business.
    """
    if person is not None and viewer.side(person.id) == "other":
        raise Refused(
            N_("the work of {login} is not for you to see"), N_("see your own: revisit forecast"), login=person.login
        )
    first = max(first, company.start_on)
    owners = _owners(sql, first, viewer)
    contacts = _contacts(sql, company, owners, first, last)
    people = [
        one
        for one in staff.list_people(sql)
        if one.role in staff.OWNING_ROLES
        and viewer.side(one.id) != "other"
        and (one.role == "representative" or one.id in contacts or (person is not None and one.id == person.id))
    ]
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    worked = {day: company.calendar.is_working_day(day) for day in days}
    per_day = {one.id: company.policies.on(first).capacity.of(one.ability_percent) for one in people}
    room = {who: {day: most if works else 0 for day, works in worked.items()} for who, most in per_day.items()}
    for who, made in _made(sql, company, first).items():
        if who in room:
            room[who][first] = max(0, room[who][first] - made)
    nobodys = [(NOBODY, "", "")] if contacts.get(NOBODY) else []
    names = {id_: (login, name) for id_, login, name in [*((one.id, one.login, one.name) for one in people), *nobodys]}
    plans = {who: schedule(contacts.get(who, ()), room.get(who, dict.fromkeys(days, 0))) for who in names}
    shown = [who for who in names if person is None or who == person.id]
    ahead = tuple(
        PersonAhead(
            *names[who],
            per_day=per_day.get(who, 0),
            overdue=sum(one.late for one in contacts.get(who, ())),
            days=plans[who].days,
            overfull=tuple(overfull(contacts[who], room.get(who, dict.fromkeys(days, 0)))) if plans[who].lost else (),
        )
        for who in shown
    )
    logins = {who: login for who, (login, _name) in names.items()}
    return Forecast(
        first=first,
        last=last,
        rep=person.login if person else None,
        customers=sum(person is None or owner == person.id for owner in owners.values()),
        people=ahead,
        days=together([one.days for one in ahead], days),
        suggestion=_suggestion(sql, contacts, plans, room, logins, set(shown)) if suggest else None,
    )


def together(parts: Iterable[Sequence[DayLoad]], days: Sequence[date]) -> tuple[DayLoad, ...]:
    """The days of several people as those of one."""
    every = list(parts)
    return tuple(_sum(on, [one[place] for one in every]) for place, on in enumerate(days))


def _sum(on: date, parts: Sequence[DayLoad]) -> DayLoad:
    return DayLoad(
        on,
        capacity=sum(one.capacity for one in parts),
        opening=sum(one.opening for one in parts),
        listed=sum(one.listed for one in parts),
        planned=sum(one.planned for one in parts),
        late=sum(one.late for one in parts),
        overflow=sum(one.overflow for one in parts),
    )


def _owners(sql: Sql, on: date, viewer: Viewer) -> dict[int, int]:
    """The person of every customer in scope that the viewer sees; NOBODY also for who left or has no list."""
    here = {member.id for member in staff.list_staff(sql) if member.role in staff.OWNING_ROLES}
    return {
        customer: owner if owner in here else NOBODY
        for customer, owner in read.owners_on(sql, on).items()
        if viewer.side(owner) != "other"
    }


def _made(sql: Sql, company: CompanyInfo, on: date) -> Counter[int]:
    """How many contacts everybody has made on a day already: so much less room is left of it."""
    return Counter(
        who
        for who, done_on, channel, result in sql.rows(MADE_ON, on=on)
        if is_contact(Made(date.fromisoformat(done_on), channel, result), company.policies)
    )


def _contacts(
    sql: Sql, company: CompanyInfo, owners: Mapping[int, int], first: date, last: date
) -> dict[int, list[Contact]]:
    """What is owed to customers, by the person who owes it; paperwork is none of it."""
    rules = company.policies.on(first).rules
    windows: dict[int, list[Window]] = defaultdict(list)
    for one in read.ahead(sql, company, first, last):
        if one.customer_id in owners and not rules[one.rule].paperwork:
            windows[one.customer_id].append(
                Window(one.opens_on, one.call_by, one.ended_on or date.max, one.rule == "callback", one.slot)
            )
    promised = {customer: row.opens_on for customer, row in read.promised_on(sql, first).items()}
    result: dict[int, list[Contact]] = defaultdict(list)
    for customer, every in windows.items():
        result[owners[customer]] += contacts_of(customer, every, first, company.calendar, promised.get(customer))
    return result


def _suggestion(
    sql: Sql,
    contacts: Mapping[int, Sequence[Contact]],
    plans: Mapping[int, Schedule],
    room: Mapping[int, Room],
    logins: Mapping[int, str],
    shown: set[int],
) -> Suggestion:
    """The change as far as it is about those who are shown; it is the smallest one of everybody together."""
    change = relief(plans, room)
    given, more = changed({who: contacts.get(who, ()) for who in plans}, room, change)
    nothing = {on.on: 0 for on in next(iter(plans.values())).days} if plans else {}
    after = {who: schedule(every, more.get(who, nothing)) for who, every in given.items() if who in shown}
    moves = [one for one in change.moves if one.owner in shown or one.to in shown]
    codes: dict[int, str] = {}
    for portion in chunks(sorted({one.contact.customer for one in moves})):
        codes |= dict(sql.rows(CODES.format(ids=id_list(portion))))
    begin = {who: begin_by([one for one, _on in plan.kept], more.get(who, nothing)) for who, plan in after.items()}
    return Suggestion(
        moves=tuple(
            Moved(
                codes[one.contact.customer], logins[one.owner], logins[one.to], one.on,
                one.contact.opens_on, one.contact.call_by,
            )
            for one in moves
        ),
        extra=tuple(ExtraCalls(logins[one.person], one.on, one.calls) for one in change.extra if one.person in shown),
        begin=tuple(Begin(logins[who], *found) for who, found in begin.items() if found),
        lost=sum(len(plan.lost) for plan in after.values()),
    )  # fmt: skip
