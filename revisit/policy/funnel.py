"""From prospect to customer: what became of a file in a period in which it was a prospect. Pure (`docs/rules.md`, Kind)."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from revisit.policy import spans
from revisit.policy.facts import File
from revisit.policy.timeline import (
    ONE_DAY,
    customer_by,
    customer_days,
    is_contact,
    ordered_days,
    values_of,
    with_intentions,
)
from revisit.policy.values import Policies


class Way(NamedTuple):
    """What became of a prospect in a period. `intention` is the one known at its end ("": none is), `contacted`: while it was a
    prospect; `since` is the day from which it is a customer at the end (None: it is a prospect then), `by` the most that speaks
    for it then: an "order", a "contract", or that it is no longer marked as a prospect ("kind")."""

    intention: str
    contacted: bool
    since: date | None
    by: str


def way(file: File, policies: Policies, first_on: date, start: date, end: date) -> Way | None:
    """What became of a file from `start` to `end`; `first_on` is its first day. None: it was no prospect, neither on the evening
    before nor on any evening of these days."""
    ordered = ordered_days(file, first_on)
    prospect = spans.without(customer_days(file, ordered, first_on), first_on)
    mine = spans.clip(prospect, min(start - ONE_DAY, end), end + ONE_DAY)
    if not mine:
        return None
    since = None if spans.holds(mine, end) else mine[-1][1]
    intentions = values_of(with_intentions(file), "intention", first_on)
    return Way(
        intention=next((value for begins, ends, value in intentions if begins <= end < ends), ""),
        contacted=any(
            start <= one.on <= end and spans.holds(mine, one.on) and is_contact(one, policies) for one in file.contacts
        ),
        since=since,
        by=customer_by(ordered, end) if since else "",
    )
