"""Before which posts a missed deadline is put, and when: from the deadline and its ladder alone. Clause: P0."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from revisit.policy.clocks import Escalation


class Climb(NamedTuple):
    """A deadline is put before a post at an instant; `level` counts from 1."""

    level: int
    post: str
    at: datetime


class Standing(NamedTuple):
    """Where a deadline stands: how many climbs there were, the post of the last one (of whoever owes it, where there was none;
    "": none), and when the next one is due (None: never)."""

    level: int
    post: str
    next_at: datetime | None


class Climbs(NamedTuple):
    """The climbs that are due, in their order, and where the deadline stands after them."""

    made: tuple[Climb, ...]
    then: Standing


def climbs(ladder: Escalation, standing: Standing, now: datetime) -> Climbs:
    """What is due before now: at the instant until which something is owed it is still in time. Looking late, or often, gives the
    same climbs at the same instants."""
    level, post, at = standing
    made = []
    while at is not None and at < now:
        above = ladder.above(post)
        if above:
            level, post = level + 1, above[0]
            made.append(Climb(level, post, at))
        at = at + timedelta(hours=ladder.every_hours) if above[1:] else None
    return Climbs(tuple(made), Standing(level, post, at))
