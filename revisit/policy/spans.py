"""Spans of days, as sorted lists of disjoint pairs (first day, first day after); `facts.NEVER` is an open end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from revisit.policy.facts import NEVER

Span = tuple[date, date]


def meet(one: list[Span], other: list[Span]) -> list[Span]:
    """The days in both."""
    result: list[Span] = []
    i = j = 0
    while i < len(one) and j < len(other):
        start = max(one[i][0], other[j][0])
        end = min(one[i][1], other[j][1])
        if start < end:
            result.append((start, end))
        if one[i][1] <= other[j][1]:
            i += 1
        else:
            j += 1
    return result


def join(spans: Iterable[Span]) -> list[Span]:
    """The days in any of them; spans that touch become one."""
    result: list[Span] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def without(spans: list[Span], first: date) -> list[Span]:
    """The days from `first` on that are in none of the spans."""
    result: list[Span] = []
    day = first
    for start, end in spans:
        if start > day:
            result.append((day, start))
        day = max(day, end)
    if day < NEVER:
        result.append((day, NEVER))
    return result


def holds(spans: list[Span], day: date) -> bool:
    """Whether the day is in one of them."""
    return any(start <= day < end for start, end in spans)


def clip(spans: list[Span], first: date, end: date) -> list[Span]:
    """The part of them from `first` until `end` (excluded)."""
    clipped = [(max(a, first), min(b, end)) for a, b in spans]
    return [(a, b) for a, b in clipped if a < b]
