"""What followed contacts: orders of customers who were reached beside those of customers owed a contact and not reached. Pure.

A follow-up puts its customer into a group on one day, the index day, and nothing that happens after that day decides which
group it is: else who orders soon would drop out of one of them. Orders are counted in the days after it, for both alike.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from math import sqrt
from typing import Literal, NamedTuple

WINDOWS = (14, 30)
"""Days after the index day in which orders are counted."""
Z = 1.959963984540054
"""The normal deviate of a 95 % interval."""
Group = Literal["reached", "unreached", "later"]
Standing = Literal["reached", "unreached", "void", "open"]


class Owed(NamedTuple):
    """A follow-up, or a slot of a series: of which customer, until when it is owed, on which day it was met, from which day it
    cannot be met any more. `key` tells those of one day apart."""

    customer: int
    key: tuple[int, int]
    opens_on: date
    due_by: date
    met_on: date | None
    ended_on: date | None


class Member(NamedTuple):
    """A customer in a group: its index day, the day the follow-up was due, the first order after the index day (None: none so
    far)."""

    customer: int
    group: Group
    index_on: date
    due_by: date
    ordered_on: date | None


class Interval(NamedTuple):
    """The bounds of a 95 % interval, of 1."""

    low: float
    high: float


class Part(NamedTuple):
    """Of `n` customers `ordered` did so in the window; `recent` more have a window that is not over."""

    n: int
    ordered: int
    recent: int

    @property
    def share(self) -> float | None:
        """The part that ordered; None of nobody."""
        return self.ordered / self.n if self.n else None

    @property
    def interval(self) -> Interval | None:
        """Where the share lies; None of nobody."""
        return wilson(self.ordered, self.n) if self.n else None


def standing(one: Owed, on: date) -> Standing:
    """Where a follow-up stands at the end of the day `on`, by what was known on the day it was due: met by then ("reached"), not
    met by then and still owed ("unreached"), ended by then without a contact, by an order for example ("void"), or that day has
    not come ("open"). "void" is the state of the register; who orders after the day it was due stays "unreached"."""
    if one.met_on is not None and one.met_on <= min(on, one.due_by):
        return "reached"
    if one.ended_on is not None and one.ended_on <= min(on, one.due_by):
        return "void"
    return "unreached" if one.due_by <= on else "open"


def first_settled(found: Iterable[Owed], on: date) -> list[Owed]:
    """Of each customer the first follow-up, by the day it was due, that is "reached" or "unreached"; in order of customers."""
    firsts: dict[int, Owed] = {}
    for one in sorted(found, key=lambda one: (one.due_by, one.opens_on, one.key)):
        if one.customer not in firsts and standing(one, on) in ("reached", "unreached"):
            firsts[one.customer] = one
    return [firsts[customer] for customer in sorted(firsts)]


def members(found: Iterable[Owed], orders: Mapping[int, Sequence[date]], on: date) -> list[Member]:
    """The customers of the follow-ups of one rule in their groups, each with the first one that is settled.

    The index day of those reached is the day of the contact, of the others the day it was due; who was reached after that is a
    third group ("later") as well, from the day of that contact on. `orders`: the days of each customer's orders, in order.
    """
    result = []
    for one in first_settled(found, on):
        if standing(one, on) == "reached":
            assert one.met_on is not None
            result.append(_member(one, "reached", one.met_on, orders, on))
            continue
        result.append(_member(one, "unreached", one.due_by, orders, on))
        if one.met_on is not None and one.met_on <= on:
            result.append(_member(one, "later", one.met_on, orders, on))
    return result


def part(found: Iterable[Member], group: Group, window: int, on: date) -> Part:
    """A group in a window of so many days. Only who has the whole window behind counts: of the others some may still order."""
    n = ordered = recent = 0
    for one in found:
        if one.group != group:
            continue
        last = one.index_on + timedelta(days=window)
        if last > on:
            recent += 1
        else:
            n += 1
            ordered += one.ordered_on is not None and one.ordered_on <= last
    return Part(n, ordered, recent)


def wilson(ordered: int, n: int) -> Interval:
    """The score interval of a share `ordered` / `n` (Wilson 1927); `n` is at least 1."""
    share, z2 = ordered / n, Z * Z
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z * sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Interval(0.0 if not ordered else max(0.0, middle - half), 1.0 if ordered == n else min(1.0, middle + half))


def difference(one: Part, other: Part) -> tuple[float, Interval] | None:
    """How much greater the share of one group is than that of another, and where that lies (Newcombe 1998, method 10, from the
    two score intervals). None where one of them is empty."""
    if not one.n or not other.n:
        return None
    p, q = one.ordered / one.n, other.ordered / other.n
    of_p, of_q = wilson(one.ordered, one.n), wilson(other.ordered, other.n)
    down, up = sqrt((p - of_p.low) ** 2 + (of_q.high - q) ** 2), sqrt((of_p.high - p) ** 2 + (q - of_q.low) ** 2)
    return p - q, Interval(p - q - down, p - q + up)


def _member(one: Owed, group: Group, index_on: date, orders: Mapping[int, Sequence[date]], on: date) -> Member:
    days = orders.get(one.customer, ())
    place = bisect_right(days, index_on)
    ordered = days[place] if place < len(days) and days[place] <= on else None
    return Member(one.customer, group, index_on, one.due_by, ordered)
