"""A closed month as a report tells of it: when, by whom, the hash; what changed since, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from revisit import clock, closing, trail
from revisit.access import Viewer
from revisit.closing import Closed
from revisit.closing.changes import Changed, Changes, changes
from revisit.closing.touching import Touch
from revisit.company import CompanyInfo
from revisit.db import Sql
from revisit.errors import Refused
from revisit.policy.periods import Period

NEWEST = 5
"""So many reasons are named in a report."""


@dataclass(frozen=True, slots=True)
class Reason:
    """An audited change after the closing that bears upon the month, as `closing.touching.Touch` has it; `at` in the company's
    time zone."""

    at: datetime | None
    who: str
    kind: str
    record: str
    code: str
    n: int


@dataclass(frozen=True, slots=True)
class ClosedMonth:
    """That a month is closed, and what changed since: figures of all and of representatives, the number of changes that bear upon
    it by kind, and those that the person who looks may see, the newest first. `policies`, `calendar`: these are others now."""

    label: str
    closed_at: datetime
    by: str
    seen_on: date
    sha256: str
    changed: tuple[Changed, ...]
    changed_by_rep: tuple[Changed, ...]
    counts: dict[str, int]
    reasons: tuple[Reason, ...]
    policies: bool
    calendar: bool


def closed_month(
    sql: Sql, company: CompanyInfo, period: Period, viewer: Viewer | None, *, all_reasons: bool = False
) -> ClosedMonth | None:
    """What is to be told of a closed month; None of a period that is not closed. Of the reasons the newest few, unless all."""
    found = closing.find(sql, period.label)
    if found is None:
        return None
    told = changes(sql, company, found, all_touches=all_reasons)
    return _told(found, told, company.timezone, _seen(sql, told, viewer, None if all_reasons else NEWEST))


def _seen(sql: Sql, told: Changes, viewer: Viewer | None, most: int | None) -> Sequence[Touch]:
    """The changes that somebody may see, as in the audit."""
    try:
        among = trail.visible_to(sql, viewer.member if viewer else None)
    except Refused:
        return ()
    return [one for one in told.touches if among is None or one.who in among][:most]


def _told(found: Closed, told: Changes, timezone: str, named: Sequence[Touch]) -> ClosedMonth:
    return ClosedMonth(
        label=found.period.label,
        closed_at=clock.zoned(found.closed_at, timezone),
        by=found.by,
        seen_on=found.seen_on,
        sha256=found.sha256,
        changed=told.figures,
        changed_by_rep=told.by_rep,
        counts=told.counts,
        reasons=tuple(
            Reason(clock.zoned(one.at, timezone) if one.at else None, one.who, one.kind, one.record, one.code, one.n)
            for one in named
        ),
        policies=told.policies,
        calendar=told.calendar,
    )
