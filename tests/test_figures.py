"""Figures and their traces: whatever happened, the rows behind a figure add up to it, as a whole and in every part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from revisit import figures
from revisit.db import Sql
from revisit.figures import Slice, Span
from revisit.figures.catalogue import FAMILIES, FIGURES
from revisit.figures.marks import FollowUpMarks
from revisit.figures.sources import STATE
from revisit.policy.outcome import state_on
from revisit.policy.periods import Period, period_of, range_of
from tests.support import reading
from tests.test_reports import Seed, at_random, courted, fill

SEEN = (date(2026, 3, 20), date(2026, 5, 17), date(2026, 8, 31))
PERIODS: tuple[Period, ...] = (
    period_of("quarter", date(2026, 4, 1)),
    period_of("month", date(2026, 5, 1)),
    period_of("week", date(2026, 5, 13)),
    range_of(date(2026, 4, 20), date(2026, 5, 10)),
)


def every_figure(counts: figures.Counts) -> Iterable[figures.Figure]:
    """All figures, and those of a family for every word that occurs."""
    yield from FIGURES.values()
    for name, family in FAMILIES.items():
        yield from (family.figure(word) for word in counts.family(name))


@pytest.mark.parametrize("luck", [1, 2])
def test_the_rows_behind_every_figure_add_up_to_it(company_db: str, luck: int) -> None:
    random = Random(luck)  # noqa: S311 - made-up customers, no secret
    fill(company_db, [some(random, number) for number in range(40)])
    seen: Counter[str] = Counter()
    with reading(company_db) as (sql, company):
        people = {login: id_ for id_, login in sql.rows("SELECT id, login FROM staff")}
        parts = [
            Slice(), Slice(staff=frozenset({people["wang"]})), Slice(staff=frozenset({None})), Slice(region="华东"),
            Slice(grade="A", region="华南"), Slice(rule="dormant-month"),
        ]  # fmt: skip
        for on in SEEN:
            for period in PERIODS:
                span = figures.span_of(company, period, on)
                counts = figures.count(sql, span)
                for figure in every_figure(counts):
                    for part in parts:
                        rows = figures.trace(sql, span, figure, part)
                        value = counts.value(figure, part)
                        assert sum(one.cents if figure.money else one.n for one in rows) == value, figure.name
                        seen[figure.source] += value
    assert all(seen[name] for name in ("followups", "revisits", "dormancy", "customers", "prospects")), seen


def some(random: Random, number: int) -> Seed:
    """A customer; every second one may be a prospect for some time."""
    seed = at_random(random, number)
    return courted(random, seed) if number % 2 else seed


def test_the_marks_of_grouped_rows_are_those_of_single_ones(company_db: str) -> None:
    """Slots of series among them: those reckoned together and those reckoned alone."""
    random = Random(5)  # noqa: S311 - made-up customers, no secret
    fill(company_db, [at_random(random, number) for number in range(60)])
    with reading(company_db) as (sql, company):
        for on in SEEN:
            span = figures.span_of(company, PERIODS[0], on)
            assert _grouped(sql, span) == _single(sql, span)


def _grouped(sql: Sql, span: Span) -> Counter[FollowUpMarks]:
    found: Counter[FollowUpMarks] = Counter()
    for one in figures.count(sql, span, ["followups"]).rows["followups"]:
        found[one.marks] += one.n
    return found


def _single(sql: Sql, span: Span) -> Counter[FollowUpMarks]:
    anything = figures.Figure("", "followups", "", "", lambda _marks: True)
    return Counter(one.marks for one in figures.trace(sql, span, anything))


DAY = st.dates(date(2026, 1, 1), date(2026, 1, 12))


@settings(max_examples=300, deadline=None)
@given(opens=DAY, due=DAY, call=DAY, met=st.none() | DAY, ended=st.none() | DAY, on=DAY)
def test_the_state_in_the_statement_is_that_of_the_policy(
    opens: date, due: date, call: date, met: date | None, ended: date | None, on: date
) -> None:
    import sqlite3

    row = {"opens_on": opens, "due_by": due, "call_by": call, "met_on": met, "ended_on": ended}
    cells = ", ".join(f":{name} AS {name}" for name in row)
    text = f"SELECT {STATE} FROM (SELECT {cells}) f"
    values = {name: day.isoformat() if day else None for name, day in (row | {"on": on}).items()}
    (found,) = sqlite3.connect(":memory:").execute(text, values).fetchone()
    assert found == state_on(_Row(opens, met, ended), due, call, on)


class _Row:
    def __init__(self, opens_on: date, met_on: date | None, ended_on: date | None) -> None:
        self.opens_on, self.met_on, self.ended_on = opens_on, met_on, ended_on
