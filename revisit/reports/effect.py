"""What followed contacts in a period, by rule: orders of customers who were reached, and of those owed a contact and not reached.

Everything is read from the register and the orders in a few queries; who is in which group is the pure `policy.effect`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from revisit import figures, morning
from revisit.access import Viewer
from revisit.company import CompanyInfo
from revisit.db import Sql, day
from revisit.figures import Span, series
from revisit.policy import effect as counting
from revisit.policy.effect import WINDOWS, Group, Member, Owed, Standing
from revisit.policy.periods import Period
from revisit.policy.plan import RULES
from revisit.reports import tracing

FOLLOW_UPS = """
SELECT f.rule, f.customer_id, f.id, f.opens_on, f.due_by, f.met_on, f.ended_on FROM follow_up f
WHERE f.due_by >= :first AND f.due_by <= :last AND f.opens_on <= :on
"""
ORDERS = """
SELECT o.customer_id, o.ordered_on FROM order_ o
WHERE o.ordered_on > :after AND o.ordered_on <= :until AND (o.cancelled_on IS NULL OR o.cancelled_on > :on)
UNION SELECT w.customer_id, w.ordered_on FROM shown_order w WHERE w.ordered_on > :after AND w.ordered_on <= :until
ORDER BY 1, 2
"""
"""Orders that stand on a day, and those that customer sheets have shown."""
GROUPS: tuple[Group, ...] = ("reached", "unreached", "later")
PLACES = 6
"""Decimals of shares: more than are shown, so that nothing is rounded twice."""


@dataclass(frozen=True, slots=True)
class Share:
    """Of `n` customers whose window is over `ordered` did so in it; `share` (of 1) with its 95 % interval, None of nobody.
    `recent` more have a window that is not over."""

    n: int
    ordered: int
    share: float | None
    low: float | None
    high: float | None
    recent: int


@dataclass(frozen=True, slots=True)
class Difference:
    """How much greater the share of those reached is (of 1), with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Window:
    """The groups of a rule within so many days after the index day; `difference` is that of reached and unreached, None where one
    of them is empty."""

    days: int
    reached: Share
    unreached: Share
    later: Share
    difference: Difference | None


@dataclass(frozen=True, slots=True)
class Row:
    """A customer in a group: its index day, the day the follow-up was due, the first order after the index day."""

    code: str
    name: str
    rep: str
    group: Group
    on: date
    due_by: date
    ordered_on: date | None


@dataclass(frozen=True, slots=True)
class RuleEffect:
    """A rule: its follow-ups that count for no group (`void`: ended before they were due; `open`: not due yet), the windows, and,
    where they were asked for, the customers behind them."""

    rule: str
    clause: str
    void: int
    open: int
    windows: tuple[Window, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """The effect of a period as it stood at the end of the day `on`, of the rules under which anything was owed."""

    period: Period
    on: date
    orders_known_to: date | None
    rules: tuple[RuleEffect, ...]


def effect(
    sql: Sql,
    company: CompanyInfo,
    period: Period,
    on: date,
    *,
    viewer: Viewer,
    rule: str | None = None,
    rows: bool = False,
) -> Effect:
    """What followed the contacts that were owed to customers in a period; paperwork is no contact. `rule`: of this one alone;
    `rows`: with the customers behind the numbers."""
    span = figures.span_of(company, period, on)
    owed = _owed(sql, span, rule)
    orders = _orders(sql, [one for found in owed.values() for one in found], on)
    found = {name: counting.members(owed[name], orders, on) for name in RULES if name in owed}
    told = _Told(sql, viewer, [one.customer for every in found.values() for one in every]) if rows else None
    return Effect(
        period,
        on,
        morning.orders_known_to(sql, on),
        tuple(
            RuleEffect(
                rule=name,
                clause=company.policies.on(on).rules[name].clause,
                void=standings["void"],
                open=standings["open"],
                windows=tuple(_window(every, days, on) for days in WINDOWS),
                rows=tuple(map(told.row, sorted(every, key=_order))) if told else (),
            )
            for name, every in found.items()
            for standings in [_standings(owed[name], on)]
        ),
    )


def _owed(sql: Sql, span: Span, rule: str | None) -> dict[str, list[Owed]]:
    """The follow-ups that fall due in the period and have opened, by their rule."""
    found: dict[str, list[Owed]] = defaultdict(list)
    paperwork = span.paperwork
    for name, one in _each(sql, span):
        if name not in paperwork and rule in (None, name):
            found[name].append(one)
    return found


def _each(sql: Sql, span: Span) -> Iterator[tuple[str, Owed]]:
    for rule, customer, id_, opens, due, met, ended in sql.each(FOLLOW_UPS, **span.params):
        yield rule, Owed(
            customer, (id_, 0), date.fromisoformat(opens), date.fromisoformat(due), day(met), day(ended)
        )  # fmt: skip
    for rule, customer, id_, slot in series.each_slot(sql, span):
        yield rule, Owed(customer, (id_, slot.number), slot.opens_on, slot.due_by, slot.met_on, slot.ended_on)


def _orders(sql: Sql, found: Sequence[Owed], on: date) -> Mapping[int, Sequence[date]]:
    """The days on which customers ordered, from the first index day on, in order."""
    days: dict[int, list[date]] = defaultdict(list)
    firsts = [min(one.due_by, one.met_on or one.due_by) for one in found]
    if firsts:
        for customer, ordered in sql.each(ORDERS, after=min(firsts), until=on, on=on):
            days[customer].append(date.fromisoformat(ordered))
    return days


def _standings(found: Sequence[Owed], on: date) -> Counter[Standing]:
    return Counter(counting.standing(one, on) for one in found)


def _window(found: Sequence[Member], days: int, on: date) -> Window:
    reached, unreached, later = (counting.part(found, group, days, on) for group in GROUPS)
    compared = counting.difference(reached, unreached)
    return Window(
        days, _share(reached), _share(unreached), _share(later),
        Difference(*(round(one, PLACES) for one in (compared[0], *compared[1]))) if compared else None,
    )  # fmt: skip


def _share(part: counting.Part) -> Share:
    share, interval = part.share, part.interval
    low, high = interval if interval else (None, None)
    return Share(part.n, part.ordered, _rounded(share), _rounded(low), _rounded(high), part.recent)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, PLACES)


def _order(one: Member) -> tuple[int, date, int]:
    return GROUPS.index(one.group), one.index_on, one.customer


class _Told:
    """Customers as the person who looks may see them."""

    def __init__(self, sql: Sql, viewer: Viewer, ids: Sequence[int]) -> None:
        self.viewer, self.customers = viewer, tracing.customers_of(sql, ids)
        self.logins: dict[int | None, str] = dict(sql.rows(tracing.LOGINS))

    def row(self, one: Member) -> Row:
        code, name, owner = self.customers[one.customer]
        return Row(
            code, self.viewer.name(name, owner), self.logins.get(owner, ""), one.group, one.index_on, one.due_by, one.ordered_on
        )  # fmt: skip
