"""What came of a day: calls, revisits, what they met and booked, what is left; of one person, or of a team with its total.

Everything counts for whoever did it, in the state of that day's evening as it is known now. Clauses: D5, A9.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from revisit import clock, notes, staff
from revisit.access import Viewer
from revisit.company import CompanyInfo
from revisit.days.reading import Booking, Case, Done, Found, Held, Late, What, read
from revisit.db import Sql
from revisit.errors import Refused
from revisit.i18n import N_
from revisit.notes import Note
from revisit.policy import tally
from revisit.staff import StaffMember

Wanted = Callable[[int | None, int | None], bool]
"""Whether something counts, by who did it and whose customer it is (staff ids)."""


@dataclass(frozen=True, slots=True)
class Calls:
    """Guided calls that were opened, and how they ended. Seconds are those of the recorded ones; the mean is None without any.

    `not_timed` are revisits by phone that were recorded without a call.
    """

    opened: int
    recorded: int
    broken_off: int
    unfinished: int
    talk_seconds: int
    mean_seconds: int | None
    not_timed: int


@dataclass(frozen=True, slots=True)
class Revisits:
    """Revisits that went out from us: contacts, attempts, talks with the salesperson and others add up to `total`."""

    total: int
    contacts: int
    attempts: int
    sales: int
    other: int
    by_channel: dict[str, int]
    by_result: dict[str, int]


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of one person's day, or of several people together.

    `customers` were contacted, `enquiries` came from outside; `met` are follow-ups, `records` revisits by when they were
    written down. `census` is that of the morning list in the evening; of its `due` so many are `overdue`.
    """

    calls: Calls
    revisits: Revisits
    enquiries: int
    customers: int
    satisfaction: dict[str, int]
    met: dict[str, int]
    records: dict[str, int]
    booked: int
    cases: int
    census: dict[str, int]
    overdue: int

    def __bool__(self) -> bool:
        """Whether anything was done, or is there to do."""
        done = (self.calls.opened, self.revisits.total, self.enquiries, self.booked, self.cases)
        return any(done) or any(self.met.values()) or self.census["customers"] > 0


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of one person; login and name are empty where nobody is known."""

    rep: str
    name: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Day:
    """A day of one person (`rep`) or of a team (None), and what of it has a name.

    `left` are the notes that were written on it, `waiting` the others that are found on it: by that person, or by the one
    who looks at a team.
    """

    on: date
    rep: str | None
    name: str
    figures: Figures
    team: tuple[Line, ...]
    booked: tuple[Booking, ...]
    cases: tuple[Case, ...]
    late: tuple[Late, ...]
    drafts: tuple[Held, ...]
    claims: tuple[Held, ...]
    left: tuple[Note, ...]
    waiting: tuple[Note, ...]


def day_of(
    sql: Sql, company: CompanyInfo, *, on: date, now: datetime, viewer: Viewer, person: StaffMember | None
) -> Day:
    """The day of one person, or (`person` None) of everybody whose log the viewer sees, with a line for each.

    Raises Refused for what is none of the viewer's business, before the programme start, and for a day still to come.
    """
    _check(company, on=on, today=clock.local(now, company.timezone).date(), viewer=viewer, person=person)
    people = staff.list_staff(sql, former=True)
    found = read(sql, company, on=on, now=now, viewer=viewer, logins={one.id: one.login for one in people})

    def wanted(staff_id: int | None, owner: int | None) -> bool:
        if person is not None:
            return staff_id == person.id
        return viewer.sees("log", owner if staff_id is None else staff_id) == "whole"

    reader = viewer if person is None else Viewer(person, viewer.departments)
    left = [one for one in notes.of_days(sql, on, on) if wanted(one.staff_id, None)]
    return Day(
        on=on,
        rep=person.login if person else None,
        name=person.name if person else "",
        figures=figures_of(found, wanted),
        team=() if person else tuple(_lines(found, wanted, people, {one.id for one in staff.list_staff(sql)})),
        booked=_of(found.booked, wanted),
        cases=_of(found.cases, wanted),
        late=_of(found.late, wanted),
        drafts=_of(found.drafts, wanted),
        claims=_of(found.claims, wanted),
        left=tuple(left),
        waiting=tuple(one for one in notes.waiting(sql, company.calendar, reader, on=on) if one not in left),
    )


def figures_of(found: Found, wanted: Wanted) -> Figures:
    """The figures of what is wanted of a day."""
    revisits = _of(found.revisits, wanted)
    out = [one for one in revisits if not one.made.inbound]
    calls = _of(found.calls, wanted)
    talks = [one.talk_seconds for one in calls if one.state == "recorded"]
    states = Counter(one.state for one in calls)
    kinds = Counter(one.kind for one in out)
    met = Counter(_of(found.met, wanted))
    written = Counter(one.in_time for one in revisits)
    said = tally.satisfactions(one.made for one in revisits)
    own = [customer for owner, files in found.owned.items() if wanted(owner, None) for customer in files]
    return Figures(
        calls=Calls(
            opened=len(calls),
            recorded=states["recorded"],
            broken_off=states["dropped"],
            unfinished=states["draft"],
            talk_seconds=sum(talks),
            mean_seconds=round(sum(talks) / len(talks)) if talks else None,
            not_timed=sum(one.made.channel == "phone" and not one.timed for one in out),
        ),
        revisits=Revisits(
            total=len(out),
            contacts=kinds["contact"],
            attempts=kinds["attempt"],
            sales=kinds["sales"],
            other=kinds["other"],
            by_channel=_ranked(one.made.channel for one in out),
            by_result=_ranked(one.made.result for one in out),
        ),
        enquiries=len(revisits) - len(out),
        customers=len({one.made.customer_id for one in out if one.kind == "contact"}),
        satisfaction={name: said[name] for name in ("satisfied", "neutral", "dissatisfied")},
        met={"in_time": met["in_time"], "late": met["late"]},
        records={"within_deadline": written[True], "late": written[False]},
        booked=len(_of(found.booked, wanted)),
        cases=len(_of(found.cases, wanted)),
        census=found.judged.census(own),
        overdue=sum(customer in found.overdue for customer in own),
    )


def _check(company: CompanyInfo, *, on: date, today: date, viewer: Viewer, person: StaffMember | None) -> None:
    if on < company.start_on:
        raise Refused(
            N_("{on} is before the programme start ({start_on})"),
            N_("name a day from then on"),
            on=on,
            start_on=company.start_on,
        )
    if on > today:
        raise Refused(N_("{on} is still to come"), N_("see what will be owed then: revisit due --on {on}"), on=on)
    if person is not None and viewer.member is not None and viewer.member.id == person.id:
        return
    if viewer.sees("log", person.id if person else None) == "whole":
        return
    remedy = N_("see your own day: revisit day")
    if person is None:
        raise Refused(N_("the day of a team is for its supervisor"), remedy)
    raise Refused(N_("the day of {login} is not for you to see"), remedy, login=person.login)


def _lines(found: Found, wanted: Wanted, people: Sequence[StaffMember], active: set[int]) -> Iterable[Line]:
    """A line for each representative, for whoever else did something or has customers, and for what nobody is known of."""
    for one in people:
        if wanted(one.id, None):
            own = figures_of(found, lambda staff_id, _owner, me=one.id: staff_id == me)  # type: ignore[misc]
            if own or (one.role == "representative" and one.id in active):
                yield Line(one.login, one.name, own)
    nobody = figures_of(found, lambda staff_id, owner: staff_id is None and wanted(None, owner))
    if nobody:
        yield Line("", "", nobody)


def _of(done: Sequence[Done[What]], wanted: Wanted) -> tuple[What, ...]:
    return tuple(one.what for one in done if wanted(one.staff_id, one.owner))


def _ranked(words: Iterable[str]) -> dict[str, int]:
    """The most frequent first, equals by their name."""
    return dict(sorted(Counter(words).items(), key=lambda pair: (-pair[1], pair[0])))
