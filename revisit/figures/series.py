"""The slots of endless series, which stand in no row: reckoned month by month, for series that look alike together.

Of customers who changed hands or were tried in vain meanwhile each series is reckoned by itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from revisit.db import Sql, chunks, day, id_list
from revisit.figures.marks import FollowUpMarks, Marked
from revisit.figures.span import MOVED, Span, is_attempt
from revisit.policy.facts import NEVER
from revisit.policy.months import month_start, next_month
from revisit.policy.outcome import state_on
from revisit.policy.slots import Slot, slots_of_month

LIVE = "f.due_by IS NULL AND f.opens_on <= :edge AND (f.ended_on IS NULL OR f.ended_on > :month)"
_OPENS = "CASE WHEN f.opens_on < :month THEN :month ELSE f.opens_on END"
_ENDED = "CASE WHEN f.ended_on >= :after THEN NULL ELSE f.ended_on END"
TRIED = """
SELECT {what} FROM revisit r WHERE r.is_current AND NOT r.is_void AND r.done_on >= :month AND r.done_on < :after
  AND r.done_on <= :on AND {attempt}
"""
"""Attempts in vain of the months of the period: a slot is owed within its month."""
APART = f"f.customer_id IN ({TRIED.format(what='r.customer_id', attempt='{attempt}')})"
WHOSE_APART = f"({APART} OR f.customer_id IN ({MOVED}))"
SERIES = f"""
SELECT f.rule, {_OPENS} AS opens_on, {_ENDED} AS ended_on, f.days, {{more}}
FROM follow_up f LEFT JOIN customer c ON c.id = f.customer_id WHERE {LIVE}
"""
NOTHING, WHOSE, EACH = (
    "NULL, '', ''",
    "c.rep_id, c.grade, c.region",
    "c.grade, c.region, f.id, f.customer_id, f.numbers",
)
OWNERS = """
SELECT customer_id, from_on, staff_id FROM allocation WHERE customer_id IN ({ids})
ORDER BY customer_id, CASE WHEN from_on IS NULL THEN 0 ELSE 1 END, from_on, id
"""
Look = tuple[str, str | None, str]
"""All that the slots of a series in a period depend on: from when it is owed, until when, the days that meet a slot."""


def met_days(span: Span, looks: Mapping[Look, int]) -> Counter[date]:
    """How many slots were met on which day of the months of a period, whenever they fall due.

    `looks`: how many series look how."""
    found, reckoned = Counter[date](), _Slots(span)
    for (opens, ended, days), n in looks.items():
        for slot, _state in reckoned.all(opens, ended, days) if days else ():
            if slot.met_on is not None and slot.met_on <= span.on and slot.opens_on <= span.on:
                found[slot.met_on] += n
    return found


def each_slot(sql: Sql, span: Span) -> Iterator[tuple[str, int, int, Slot]]:
    """(rule, customer, id of the series, slot) of the slots that fall due in a period and have opened by then."""
    reckoned = _Slots(span)
    for rule, opens, ended, days, _grade, _region, id_, customer, _said in sql.rows(
        SERIES.format(more=EACH), **span.params
    ):
        for slot, _state in reckoned.of(opens, ended, days):
            yield rule, customer, id_, slot


def slots(
    sql: Sql, span: Span, *, whose: bool = True, one_by_one: bool = False, looks: Counter[Look] | None = None
) -> Iterator[Marked]:
    """The slots that fall due in a period and have opened by then, with the marks of follow-ups. How many series look how
    is added to `looks`."""
    looks = Counter() if looks is None else looks
    attempt, more = is_attempt(span.company.policies)
    params = span.params | more
    reckoned = _Slots(span)
    each = SERIES.format(more=EACH)
    if not one_by_one:
        apart = (WHOSE_APART if whose else APART).format(attempt=attempt)
        together = f"{SERIES.format(more=WHOSE if whose else NOTHING)} AND NOT {apart}"
        counted: Counter[tuple[Any, ...]] = Counter()
        for (rule, opens, ended, days, *mine), n in Counter(sql.each(together, **params)).items():
            looks[opens, ended, days] += n
            for _slot, state in reckoned.of(opens, ended, days):
                counted[rule, state, 0, *mine] += n
        for marks, n in counted.items():
            yield Marked(FollowUpMarks(*marks), n, 0)
        each = f"{each} AND {apart}"
    rows = sql.rows(each, **params)
    if not rows:
        return
    owners = _owners(sql, [row[7] for row in rows]) if whose else {}
    tried, paperwork = _tried(sql, attempt, params), span.paperwork
    for rule, opens, ended, days, grade, region, id_, customer, said in rows:
        looks[opens, ended, days] += 1
        for slot, state in reckoned.of(opens, ended, days):
            attempts = tried.get(customer, ()) if state == "missed" else ()
            vain = rule not in paperwork and any(
                slot.opens_on <= one and (slot.ended_on is None or one < slot.ended_on) for one in attempts
            )
            then = min(slot.due_by, span.on).isoformat()
            owner = next(
                (who for since, who in reversed(owners.get(customer, ())) if since is None or since <= then), None
            )
            marks = FollowUpMarks(rule, state, int(vain), owner, grade, region)
            yield Marked(marks, 1, 0, f"{id_}/{slot.number}", customer, slot.due_by.isoformat(), said)


class _Slots:
    """The slots of series in the period, each look of a series once."""

    def __init__(self, span: Span) -> None:
        self.span = span
        self.months: list[tuple[date, date]] = []
        month = month_start(span.period.start)
        while month <= span.edge:
            self.months.append((month, next_month(month)))
            month = next_month(month)
        self.looks: dict[Look, list[tuple[Slot, Any]]] = {}
        self.known: dict[tuple[date, date, date, tuple[date, ...]], list[tuple[Slot, Any]]] = {}

    def of(self, opens: str, ended: str | None, days: str) -> Sequence[tuple[Slot, Any]]:
        """The slots of a series that fall due in the period, with their state at the end of the day `on`, but for those ahead."""
        look = (opens, ended, days)
        if look not in self.looks:
            period = self.span.period
            self.looks[look] = [
                (slot, state)
                for slot, state in self.all(*look)
                if state != "ahead" and period.start <= slot.due_by <= period.end
            ]
        return self.looks[look]

    def all(self, opens: str, ended: str | None, days: str) -> Iterator[tuple[Slot, Any]]:
        """All slots of a series in the months of the period, with their state."""
        first, end = date.fromisoformat(opens), day(ended) or NEVER
        made = tuple(date.fromisoformat(text) for text in days.split()) if days else ()
        for month, after in self.months:
            key = (month, max(first, month), min(end, after), tuple(one for one in made if month <= one < after))
            if key[1] < key[2]:
                if key not in self.known:
                    self.known[key] = list(self._reckoned(*key))
                yield from self.known[key]

    def _reckoned(self, month: date, opens: date, end: date, met: tuple[date, ...]) -> Iterator[tuple[Slot, Any]]:
        company, on = self.span.company, self.span.on
        for slot in slots_of_month(opens, end, met, month, company.policies, company.calendar, company.start_on):
            yield slot, state_on(slot, slot.due_by, slot.call_by, on)


def _owners(sql: Sql, ids: Sequence[int]) -> dict[int, Sequence[tuple[str | None, int]]]:
    found: dict[int, list[tuple[str | None, int]]] = defaultdict(list)
    for portion in chunks(sorted(set(ids))):
        for customer, since, who in sql.rows(OWNERS.format(ids=id_list(portion))):
            found[customer].append((since, who))
    return dict(found)


def _tried(sql: Sql, attempt: str, params: Mapping[str, Any]) -> dict[int, list[date]]:
    found: dict[int, list[date]] = defaultdict(list)
    for customer, on in sql.rows(TRIED.format(what="r.customer_id, r.done_on", attempt=attempt), **params):
        found[customer].append(date.fromisoformat(on))
    return dict(found)
