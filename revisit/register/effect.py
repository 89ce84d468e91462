"""What a change of a customer's events has done to what is owed: the register rows before and after, compared.

The one comparison behind `log`, `amend` and `void`. A row is one follow-up; an endless series is compared slot by slot in the
months in which its contacts differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from revisit.company import CompanyInfo
from revisit.policy.months import month_start
from revisit.policy.outcome import LIVE, State, state_on
from revisit.policy.slots import Slot
from revisit.register.read import Row, slots_of

Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Effect:
    """What came of it, as the JSON documents hold it.

    `met`: rule, due_by, outcome (met by it, or met otherwise than before). `opened`: rule, opens_on, due_by (brought about;
    may open later). `owed_again`: rule, due_by, status (was met or had ended). `gone`: rule, opens_on, due_by (was owed or
    still to come, and is no more).
    """

    met: tuple[Told, ...] = ()
    opened: tuple[Told, ...] = ()
    owed_again: tuple[Told, ...] = ()
    gone: tuple[Told, ...] = ()


def compare(before: Sequence[Row], after: Sequence[Row], company: CompanyInfo, on: date) -> Effect:
    """What a replanning of one customer has changed; the states are those of the day `on`."""
    was, now = _by_identity(before), _by_identity(after)
    met: list[Told] = []
    opened: list[Told] = []
    again: list[Told] = []
    for key, row in now.items():
        old = was.get(key)
        for part, earlier in _parts(old, row, company):
            outcome = outcome_of(part)
            if outcome is not None and (earlier is None or outcome_of(earlier) != outcome):
                met.append({"rule": row.rule, "due_by": part.due_by, "outcome": outcome})
            elif outcome is None and earlier is not None and _is_back(earlier, part, on):
                again.append({"rule": row.rule, "due_by": part.due_by, "status": _state(part, on)})
        if old is None and row.met_on is None:
            opened.append({"rule": row.rule, "opens_on": row.opens_on, "due_by": row.due_by})
    gone = [
        {"rule": row.rule, "opens_on": row.opens_on, "due_by": row.due_by}
        for key, row in was.items()
        if key not in now and row.met_on is None and (row.ended_on is None or row.ended_on > on)
    ]
    return Effect(tuple(met), tuple(opened), tuple(again), tuple(gone))


def outcome_of(part: Row | Slot) -> State | None:
    """How a follow-up or slot was met: in time or late; None where it is not met."""
    if part.met_on is None or part.due_by is None or part.call_by is None:
        return None
    return state_on(part, part.due_by, part.call_by, max(part.met_on, part.opens_on))


def _by_identity(rows: Sequence[Row]) -> dict[tuple[Any, ...], Row]:
    """Rows by what stays the same of them: the natural key; of a callback its day and time, since callbacks booked on one day
    are counted anew when one of them goes."""
    found: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        key: tuple[Any, ...] = (row.rule, row.anchor_on, row.slot)
        if row.rule == "callback":
            same = sum(other[:4] == (row.rule, row.anchor_on, row.opens_on, row.at) for other in found)
            key = (row.rule, row.anchor_on, row.opens_on, row.at, same)
        found[key] = row
    return found


def _parts(old: Row | None, row: Row, company: CompanyInfo) -> Iterator[tuple[Row | Slot, Row | Slot | None]]:
    """Each follow-up of a row with what it was before: the row itself, or slots of a series."""
    if row.due_by is not None:
        yield row, old
        return
    before = set(old.days) if old else set()
    for month in sorted({month_start(day) for day in before ^ set(row.days)}):
        slots = {slot.first_on: slot for slot in slots_of(old, month, company)} if old else {}
        for slot in slots_of(row, month, company):
            yield slot, slots.get(slot.first_on)


def _is_back(old: Row | Slot, part: Row | Slot, on: date) -> bool:
    """Whether what was met or over is owed (or missed) now."""
    return old.met_on is not None or (_state(old, on) not in (*LIVE, "ahead") and _state(part, on) in (*LIVE, "ahead"))


def _state(part: Row | Slot, on: date) -> State:
    assert part.due_by is not None and part.call_by is not None
    return state_on(part, part.due_by, part.call_by, on)
