"""Who follows a customer, and when customer service takes over from sales (P3 1.4; `rules.md`, `takeover`)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from revisit.policy import spans
from revisit.policy.facts import NEVER, File, FollowUp, Standing
from revisit.policy.months import plus_months
from revisit.policy.spans import Span
from revisit.policy.timeline import Timeline, fits
from revisit.policy.values import Policies

RULE = "takeover"
ONE_DAY = timedelta(days=1)


class Followed(NamedTuple):
    """The days on which sales follows, the takeovers owed meanwhile, and what is missing to judge them."""

    by_sales: list[Span]
    follow_ups: list[FollowUp]
    standings: list[Standing]


class _Stretch(NamedTuple):
    """Days on which sales follows and `since` (None: unknown) is its last sign of life; `cause` is what ends them."""

    start: date
    end: date
    since: date | None
    cause: str


def followed(file: File, line: Timeline, policies: Policies, start_on: date) -> Followed:
    """Walks the hand-overs; a contact that meets a takeover makes customer service follow until a new hand-over."""
    handovers = sorted(
        ((handover.on or line.first_on, handover.on is not None, handover) for handover in file.handovers),
        key=lambda item: item[:2],  # stable: of one day, the undated first, then as they were recorded
    )
    result = Followed([], [], [])
    contacted: list[date] | None = None
    for index, (start, _, handover) in enumerate(handovers):
        if handover.to != "sales":
            continue
        end = handovers[index + 1][0] if index + 1 < len(handovers) else NEVER
        if start >= end:
            continue
        if contacted is None:
            contacted = sorted({contact.on for contact in file.contacts if fits("takeover", contact, policies)})
        taken_on: date | None = None
        for stretch in _stretches(start, end, handover.on, file.sales_follow_ups):
            taken_on = _judge(stretch, line, policies, start_on, contacted, result)
            if taken_on is not None:
                break
        result.by_sales.append((start, taken_on or end))
        result.standings.append(Standing("followed", "sales", start, taken_on or (None if end == NEVER else end)))
    by_sales = spans.join(result.by_sales)
    result.by_sales[:] = by_sales
    return result


def _stretches(start: date, end: date, handed_on: date | None, follow_ups: tuple[date, ...]) -> Iterator[_Stretch]:
    """`S` is the last sales follow-up or the hand-over, whichever is later; each new follow-up begins a new stretch."""
    earlier = [day for day in follow_ups if day <= start]
    known = [day for day in (handed_on, *earlier) if day is not None]
    since = max(known) if known else None
    day = start
    for follow_up in sorted({day for day in follow_ups if start < day < end}):
        yield _Stretch(day, follow_up, since, "sales_follow_up")
        day, since = follow_up, follow_up
    yield _Stretch(day, end, since, "handover" if end < NEVER else "")


def _judge(
    stretch: _Stretch, line: Timeline, policies: Policies, start_on: date, contacted: list[date], result: Followed
) -> date | None:
    """Adds what is owed in a stretch to `result`; the day a contact took the customer over, if one did."""
    allowed = spans.meet(line.allowed, line.customer)
    if stretch.since is None:
        for a, b in spans.clip(allowed, stretch.start, stretch.end):
            result.standings.append(Standing("defective", "handover_date", a, None if b == NEVER else b))
        return None
    policy = policies.on(stretch.since)
    mark = max(plus_months(stretch.since, policy.takeover_after_months) + ONE_DAY, stretch.start, start_on)
    if mark >= stretch.end:
        return None
    judged = spans.clip(allowed, mark, stretch.end)
    met: date | None = None
    clear = spans.join(
        (a, b) for a, b, value in line.balance if value is not None and value <= policy.takeover_max_balance_cents
    )
    for opens, b in spans.meet(judged, clear):
        if not policy.takeover_auto:
            result.standings.append(Standing("candidate", RULE, opens, None if b == NEVER else b))
            continue
        met = next((day for day in contacted if opens <= day < b), None)
        if met is not None:
            cause = ""
        elif b == stretch.end:
            cause = stretch.cause
        else:
            cause = _why(line, b)
        result.follow_ups.append(
            FollowUp(
                rule=RULE,
                anchor_on=stretch.since,
                slot=0,
                opens_on=opens,
                due_by=opens + timedelta(days=policy.rules[RULE].window_days),
                call_by=None,
                at=None,
                met_on=met,
                ended_on=None if met is not None or b == NEVER else b,
                cause=cause,
                policy=policy.id,
                numbers=(("sales_on", stretch.since.isoformat()),),
            )
        )
        if met is not None:
            break
    stated = [(a, b) for a, b, value in line.balance if value is not None]
    unknown = spans.meet(judged, spans.without(spans.join(stated), line.first_on))
    for a, b in spans.clip(unknown, mark, met or stretch.end):
        result.standings.append(Standing("defective", "balance", a, None if b == NEVER else b))
    return met


def _why(line: Timeline, day: date) -> str:
    if spans.holds(line.excluded, day):
        return "excluded"
    if spans.holds(line.waived, day):
        return "waived"
    return "balance" if spans.holds(line.customer, day) else "kind"
