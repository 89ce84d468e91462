"""Ids as spans: the rows that an import has made are a few of them, however many rows there are. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

Span = tuple[int, int]
"""The first and the last id."""
IN_ONE_CONDITION = 200


def joined(spans: Iterable[Span]) -> list[Span]:
    """The same ids in order, spans that touch or overlap made one."""
    found: list[Span] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """The ids of `spans` that stand in none of the `taken` ones."""
    result: list[Span] = []
    out = joined(taken)
    for first, last in joined(spans):
        place = max(bisect_right(out, (first, first)) - 1, 0)
        for begin, end in out[place:]:
            if begin > last:
                break
            if end < first:
                continue
            if begin > first:
                result.append((first, begin - 1))
            first = end + 1
        if first <= last:
            result.append((first, last))
    return result


def within(spans: Sequence[Span], id_: int) -> bool:
    """Whether an id stands in one of the spans, which are in order (`joined`)."""
    place = bisect_right(spans, (id_, id_))
    return any(first <= id_ <= last for first, last in spans[max(place - 1, 0) : place + 1])


def conditions(column: str, spans: Sequence[Span]) -> Iterator[str]:
    """SQL conditions that together mean these ids; each is short enough for every database."""
    for start in range(0, len(spans), IN_ONE_CONDITION):
        portion = spans[start : start + IN_ONE_CONDITION]
        yield "(" + " OR ".join(f"{column} BETWEEN {int(first)} AND {int(last)}" for first, last in portion) + ")"
