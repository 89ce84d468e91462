"""The work that lies ahead: contacts owed with their windows, laid on the days of one person. Pure. Requirement F5.

A contact is kept if it is made within its window. Contacts are planned earliest deadline first, which keeps as many windows
as can be kept; `overfull` proves of the others that nobody could: it names the days in which more windows lie than calls can
be made. What is late anyway is made with what is left of a day, the oldest first.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from heapq import heappop, heappush
from typing import Any, NamedTuple

from revisit.policy.calendar import WorkCalendar

DAY = timedelta(days=1)
BEFORE_THE_FORECAST: Mapping[str, Any] = {"capacity": {"clause": "P1", "calls_per_day": 40}}
"""What holds for policies that were adopted before these keys were there."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many contacts a person of ability 1 makes on a working day."""

    clause: str
    calls_per_day: int

    def of(self, ability_percent: int) -> int:
        """The contacts that a person of this ability makes on a working day; parts of one are dropped."""
        return self.calls_per_day * ability_percent // 100


class Window(NamedTuple):
    """One follow-up that is owed or will be: contacted from `opens_on` to `call_by` it is in time; from `ended_on` on it cannot
    be met any more. `promised`: on that very day. `apart`: a slot of a series, which wants a day of its own."""

    opens_on: date
    call_by: date
    ended_on: date = date.max
    promised: bool = False
    apart: bool = False


class Contact(NamedTuple):
    """One contact owed to a customer: on the morning list from `listed_on`, kept from `opens_on` to `call_by`, of use until the
    day before `ended_on`. `late`: no working day on which it would be in time is left."""

    customer: int
    listed_on: date
    opens_on: date
    call_by: date
    ended_on: date = date.max
    late: bool = False


@dataclass(frozen=True, slots=True)
class DayLoad:
    """One day of one person, in contacts: how many can be made, how many windows open, how many customers stand on the list
    that morning, how many are planned in time and late, how many windows end that nobody could keep."""

    on: date
    capacity: int
    opening: int
    listed: int
    planned: int
    late: int
    overflow: int

    @property
    def left(self) -> int:
        """Customers who still stand on the list in the evening."""
        return self.listed - self.planned - self.late


class Overfull(NamedTuple):
    """Days in which more windows lie, both ends within, than contacts can be made: at least `excess` of them cannot be kept."""

    first: date
    last: date
    contacts: int
    capacity: int

    @property
    def excess(self) -> int:
        """How many cannot be kept."""
        return self.contacts - self.capacity


@dataclass(frozen=True, slots=True)
class Schedule:
    """The plan of one person: the days, which contact is kept on which day, and which cannot be kept."""

    days: tuple[DayLoad, ...]
    kept: tuple[tuple[Contact, date], ...]
    lost: tuple[Contact, ...]


# --- from follow-ups to contacts


def contacts_of(
    customer: int, windows: Iterable[Window], first: date, calendar: WorkCalendar, promised: date | None = None
) -> list[Contact]:
    """The contacts owed to one customer from the day `first` on, in the order of their days; no two fall on one day.

    Windows that share days are one contact, within the days they share. While a callback is booked for a later day
    (`promised`) everything that opens before it waits for it. A slot of a series wants another day than the slots before.
    """
    result: list[Contact] = []
    coming: list[Window] = []
    late: list[Window] = []
    waiting: list[Window] = []
    for window in sorted(windows):
        if window.ended_on <= first:
            continue
        if promised is not None and window.opens_on <= promised:
            waiting.append(window)
        else:
            found = _in_reach(window, first, calendar)
            if found is not None:
                coming.append(found)
            elif window.opens_on <= first:
                late.append(window)
            else:  # nobody works before it ends by itself
                result.append(
                    Contact(customer, window.opens_on, window.opens_on, window.call_by, window.ended_on, late=True)
                )
    if promised is not None and waiting:
        ended_on = max(window.ended_on for window in waiting)
        result.append(Contact(customer, promised, promised, promised, ended_on))
        slots = sorted((one for one in waiting if one.apart and one.ended_on > promised), key=_by_deadline)
        for window in slots[1:]:  # the talk meets the first one
            found = _in_reach(window._replace(opens_on=promised + DAY), first, calendar)
            if found is not None:
                coming.append(found)
    late, coming = _shared_out(late, coming, first, calendar)
    made = _joined(customer, coming, calendar)
    if late:
        ended_on = max(window.ended_on for window in late)
        if made and made[0].listed_on <= first:  # the talk meets what is late as well
            made[0] = made[0]._replace(ended_on=max(made[0].ended_on, ended_on))
        else:
            call_by = min(window.call_by for window in late)
            result.append(Contact(customer, first, first, call_by, ended_on, late=True))
    return sorted([*result, *made], key=lambda contact: contact.opens_on)


def _by_deadline(window: Window) -> tuple[date, date]:
    return window.call_by, window.opens_on


def _in_reach(window: Window, first: date, calendar: WorkCalendar) -> Window | None:
    """The window as far as it lies ahead and before its end, ending on a working day; None: no such day is left.

    A promised day stays what it is: the customer named it.
    """
    opens = max(window.opens_on, first)
    last = min(window.call_by, window.ended_on - DAY)
    if not window.promised:
        while last >= opens and not calendar.is_working_day(last):
            last -= DAY
    return window._replace(call_by=last) if last >= opens else None


def _shared_out(
    late: list[Window], coming: list[Window], first: date, calendar: WorkCalendar
) -> tuple[list[Window], list[Window]]:
    """Slots that are late although another of their series is open: the days until its end are shared out among them.

    A series counts days with a contact: without a call for the late slot, the call for the open one would meet that.
    """
    behind = sorted((one for one in late if one.apart), key=_by_deadline)
    ahead = [one for one in coming if one.apart and one.opens_on <= first]
    if not behind or not ahead:
        return late, coming
    slot = min(ahead, key=_by_deadline)
    days = [day for day in _days(first, slot.call_by) if calendar.is_working_day(day)]
    behind = behind[: len(days) - 1]
    parts = len(behind) + 1
    shared = []
    opens = first
    for number, window in enumerate([*behind, slot], 1):
        ends = days[len(days) * number // parts - 1]
        shared.append(window._replace(opens_on=opens if number > 1 else window.opens_on, call_by=ends))
        opens = ends + DAY
    return [one for one in late if one not in behind], [*(one for one in coming if one is not slot), *shared]


def _joined(customer: int, windows: list[Window], calendar: WorkCalendar) -> list[Contact]:
    """As few contacts as meet all windows: from the earliest end on, whatever is open then is met with it."""
    result: list[Contact] = []
    left = sorted(windows, key=_by_deadline)
    while left:
        call_by, apart = left[0].call_by, False
        together: list[Window] = []
        others: list[Window] = []
        for window in left:
            if window.opens_on > call_by:
                others.append(window)
            elif window.apart and apart:
                moved = window._replace(opens_on=call_by + DAY)
                if _in_reach(moved, moved.opens_on, calendar) is not None:
                    others.append(moved)
            else:
                together.append(window)
                apart = apart or window.apart
        listed_on, opens_on = (pick(one.opens_on for one in together) for pick in (min, max))
        result.append(Contact(customer, listed_on, opens_on, call_by, max(one.ended_on for one in together)))
        left = others
    return result


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


# --- from contacts to days


def schedule(contacts: Iterable[Contact], capacity: Mapping[date, int]) -> Schedule:
    """The plan of one person: each day the contacts whose windows end first, then the late ones.

    `capacity` holds every day of the forecast in order, days of rest with 0. No plan keeps more windows than this one. A
    contact whose window ends after the forecast is planned if there is room, and not judged.
    """
    days = list(capacity)
    every = sorted(contacts)
    coming = sorted(every, key=lambda one: one.opens_on, reverse=True)
    open_: list[tuple[date, int, Contact]] = []  # in time so far, by the last day
    behind: list[tuple[date, int, Contact]] = []  # late
    late_of: dict[int, list[Contact]] = defaultdict(list)
    done: dict[Contact, date] = {}
    kept: list[tuple[Contact, date]] = []
    lost: list[Contact] = []
    figures = []

    def fall_behind(one: Contact) -> None:
        heappush(behind, (one.call_by, one.customer, one))
        late_of[one.customer].append(one)

    for day in days:
        while coming and coming[-1].opens_on <= day:
            one = coming.pop()
            if one.late:
                fall_behind(one)
            else:
                heappush(open_, (one.call_by, one.customer, one))
        room = capacity[day]
        planned = late = 0
        while open_ and planned < room:
            one = heappop(open_)[-1]
            kept.append((one, day))
            planned += 1
            done |= dict.fromkeys([one, *late_of.pop(one.customer, ())], day)  # one talk meets what is late as well
        while behind and planned + late < room:
            one = heappop(behind)[-1]
            if one not in done and one.ended_on > day:
                done |= dict.fromkeys(late_of.pop(one.customer), day)
                late += 1
        before = len(lost)
        while open_ and open_[0][0] <= day:
            lost.append(heappop(open_)[-1])
            fall_behind(lost[-1])
        figures.append((day, room, planned, late, len(lost) - before))
    opening, listed = _on_the_list(every, done, days)
    return Schedule(
        tuple(
            DayLoad(day, room, opening[day], listed[day], planned, late, overflow)
            for day, room, planned, late, overflow in figures
        ),
        tuple(kept),
        tuple(lost),
    )


def _on_the_list(
    contacts: Sequence[Contact], done: Mapping[Contact, date], days: Sequence[date]
) -> tuple[dict[date, int], dict[date, int]]:
    """By day: how many contacts come to the list, and how many customers stand on it in the morning, each once."""
    first, last = days[0], days[-1]
    opening: dict[date, int] = defaultdict(int)
    change: dict[date, int] = defaultdict(int)
    until: dict[int, date] = {}
    for one in contacts:  # in the order of their coming
        if one.listed_on > last:
            continue
        start = max(one.listed_on, first)
        opening[start] += 1
        end = min(done.get(one, last), one.ended_on - DAY, last)
        begin = max(start, until.get(one.customer, date.min) + DAY)
        if begin <= end:
            change[begin] += 1
            change[end + DAY] -= 1
            until[one.customer] = end
    listed: dict[date, int] = {}
    now = 0
    for day in days:
        now += change[day]
        listed[day] = now
    return opening, listed


def begin_by(contacts: Iterable[Contact], capacity: Mapping[date, int]) -> tuple[date, int] | None:
    """The day by which more contacts have to be made than end until then, and how many more; None: everything may wait for
    its last day. `contacts` can all be kept."""
    days = list(capacity)
    coming = sorted((one for one in contacts if one.call_by <= days[-1]), key=lambda one: one.call_by)
    open_: list[tuple[int, date]] = []
    early = best = 0
    found: date | None = None
    for day in reversed(days):  # each contact as late as can be: what is left over has to be made before
        while coming and coming[-1].call_by >= day:
            one = coming.pop()
            heappush(open_, (-one.opens_on.toordinal(), day))
        for _call in range(min(capacity[day], len(open_))):
            heappop(open_)
        early = len(open_)
        if early >= best and early:
            best, found = early, day - DAY
    return (found, best) if found is not None else None


# --- what cannot be kept


def overfull(contacts: Iterable[Contact], capacity: Mapping[date, int]) -> list[Overfull]:
    """The days in which more windows lie than contacts can be made, apart from each other, in their order.

    Their excesses add up to the number of windows that no plan can keep (Hall's condition; windows are intervals). Of several
    choices the one with the fewest days.
    """
    days = list(capacity)
    ends: dict[date, list[date]] = defaultdict(list)  # by the first day
    for one in contacts:
        if not one.late and one.call_by <= days[-1]:
            ends[max(one.opens_on, days[0])].append(one.call_by)
    for every in ends.values():
        every.sort()
    best: list[tuple[int, int]] = [(0, 0)]  # for the days up to there: excess, days taken (negative)
    came: list[Overfull | None] = [None]
    for end, last in enumerate(days):
        chosen, by = best[end], None
        wanted = room = 0
        for begin in range(end, -1, -1):
            wanted += bisect_right(ends.get(days[begin], ()), last)
            room += capacity[days[begin]]
            excess, taken = best[begin]
            if wanted > room and (excess + wanted - room, taken - (end - begin + 1)) > chosen:
                chosen = (excess + wanted - room, taken - (end - begin + 1))
                by = Overfull(days[begin], last, wanted, room)
        best.append(chosen)
        came.append(by)
    result = []
    end = len(days)
    while end:
        found = came[end]
        if found is None:
            end -= 1
        else:
            result.append(found)
            end = days.index(found.first)
    return result[::-1]
