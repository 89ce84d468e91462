"""What a follow-up is on a day: comparing dates, nothing else. The same for one row and for a slot of a series."""

from __future__ import annotations

from datetime import date
from typing import Literal, Protocol

State = Literal["ahead", "open", "overdue", "in_time", "late", "missed", "void"]

LIVE: frozenset[State] = frozenset({"open", "overdue"})
MET: frozenset[State] = frozenset({"in_time", "late"})


class Dated(Protocol):
    """A follow-up row or a slot."""

    @property
    def opens_on(self) -> date: ...
    @property
    def met_on(self) -> date | None: ...
    @property
    def ended_on(self) -> date | None: ...


def state_on(row: Dated, due_by: date, call_by: date, on: date) -> State:
    """The state at the end of the day `on`.

    Met on or before max(due_by, call_by) it is "in_time", later "late"; unmet past that day "overdue" while it can still
    be met, "missed" once ended; ended on or before `due_by` it is "void". Before it opens it is "ahead".
    """
    deadline = max(due_by, call_by)
    ended = row.ended_on is not None and row.ended_on <= on
    if row.met_on is not None and row.met_on <= on:
        return ("in_time" if row.met_on <= deadline else "late") if row.opens_on <= on else "ahead"
    if ended:
        assert row.ended_on is not None
        return "void" if row.ended_on <= due_by else "missed"
    if row.opens_on > on:
        return "ahead"
    return "overdue" if on > deadline else "open"
