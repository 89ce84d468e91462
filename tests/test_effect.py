"""What followed contacts: a season counted by hand, which orders count, and everything counted again from what happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import date
from random import Random
from typing import Any, NamedTuple

import pytest
from sqlmodel import Session

from revisit import db
from revisit.access import Viewer
from revisit.company import CompanyInfo
from revisit.db import Sql
from revisit.models import Order, ShownOrder
from revisit.policy.periods import Period, period_of
from revisit.register import events
from revisit.reports.effect import Effect, RuleEffect, Share, Window, effect
from tests.policy import oracle
from tests.support import reading
from tests.test_reports import Call, Seed, at_random, courted, fill, march

MARCH = period_of("month", date(2026, 3, 1))
ON = date(2026, 5, 31)


def of(url: str, period: Period = MARCH, on: date = ON, rule: str | None = None) -> Effect:
    with reading(url) as (sql, info):
        return effect(sql, info, period, on, viewer=Viewer(None), rule=rule, rows=True)


def only(url: str, rule: str, on: date = ON) -> RuleEffect:
    (found,) = of(url, rule=rule, on=on).rules
    return found


def numbers(window: Window) -> dict[str, tuple[int, int, int]]:
    """n, ordered and recent of each group."""
    return {name: (one.n, one.ordered, one.recent) for name in ("reached", "unreached", "later")
            for one in [getattr(window, name)]}  # fmt: skip


WEEK = (
    Seed("R1", orders=[(march(2), None), (march(20), None)], calls=[Call(march(12))]),
    Seed("R2", orders=[(march(2), None), (march(28), None)], calls=[Call(march(12))], reps=[(None, "wang")]),
    Seed("U1", orders=[(march(2), None), (march(18), None)]),
    Seed("U2", orders=[(march(2), None)], calls=[Call(march(11), "no_answer")]),
    Seed("L1", orders=[(march(2), None), (march(27), None)], calls=[Call(march(19))]),
    Seed("V1", orders=[(march(2), None), (march(12), None)], calls=[Call(march(13))]),
)
"""Ordered on 2 March, each owes a call from 10 to 16 March. R1 and R2 were reached in time, U1 and U2 were not (U1 ordered two
days later by itself), L1 was reached later, V1 ordered before it was due, and was not reached for the
next one, due on the 26th."""


def test_a_season_counted_by_hand(company_db: str) -> None:
    fill(company_db, WEEK)
    found = only(company_db, "dormant-week")
    assert (found.void, found.open) == (1, 0)
    fortnight, month = found.windows
    # R1 ordered after 8 days, R2 after 16; U1 two days after the day it was due, L1 eleven days after it, eight after the call
    assert numbers(fortnight) == {"reached": (2, 1, 0), "unreached": (4, 2, 0), "later": (1, 1, 0)}
    assert numbers(month) == {"reached": (2, 2, 0), "unreached": (4, 2, 0), "later": (1, 1, 0)}
    assert asdict(fortnight.reached) == {
        "n": 2, "ordered": 1, "share": 0.5, "low": 0.094531, "high": 0.905469, "recent": 0,
    }  # fmt: skip
    assert fortnight.difference is not None
    assert month.difference is not None
    assert (fortnight.difference.value, month.difference.value) == (0.0, 0.5)
    assert [(one.code, one.group, one.on, one.due_by, one.ordered_on) for one in found.rows] == [
        ("R1", "reached", march(12), march(16), march(20)),
        ("R2", "reached", march(12), march(16), march(28)),
        ("U1", "unreached", march(16), march(16), march(18)),
        ("U2", "unreached", march(16), march(16), None),
        ("L1", "unreached", march(16), march(16), march(27)),
        ("V1", "unreached", march(26), march(26), None),
        ("L1", "later", march(19), march(16), march(27)),
    ]


def test_the_same_seen_earlier(company_db: str) -> None:
    fill(company_db, WEEK)
    fortnight, month = only(company_db, "dormant-week", on=march(28)).windows
    assert numbers(fortnight) == {"reached": (2, 1, 0), "unreached": (0, 0, 4), "later": (0, 0, 1)}
    assert numbers(month) == {"reached": (0, 0, 2), "unreached": (0, 0, 4), "later": (0, 0, 1)}
    assert month.difference is None
    early = only(company_db, "dormant-week", on=march(12))
    assert (early.void, early.open) == (1, 3)
    assert numbers(early.windows[0])["reached"] == (0, 0, 2)
    assert of(company_db, on=march(9), rule="dormant-week").rules == ()


def test_an_order_that_was_cancelled_is_none_and_one_that_a_sheet_shows_is_one(company_db: str) -> None:
    fill(company_db, [WEEK[3], Seed("U3", orders=[(march(2), None)])])
    with db.writing(company_db) as session:
        ids = dict(db.sql_of(session).rows("SELECT code, id FROM customer"))
        session.add(Order(customer_id=ids["U2"], ordered_on=march(20), cancelled_on=march(25)))
        session.add(ShownOrder(customer_id=ids["U3"], ordered_on=march(21)))
        _planned(session)
    rows = {one.code: one.ordered_on for one in only(company_db, "dormant-week").rows}
    assert rows == {"U2": None, "U3": march(21)}
    rows = {one.code: one.ordered_on for one in only(company_db, "dormant-week", on=march(24)).rows}
    assert rows == {"U2": march(20), "U3": march(21)}, "until it was cancelled it was an order"


def _planned(session: Session) -> None:
    from revisit import company
    from revisit.register import keep

    session.flush()
    sql = db.sql_of(session)
    keep.replan(sql, company.load_company(sql))
    session.commit()


def test_the_slots_of_a_series_count_like_any_follow_up(company_db: str) -> None:
    """Dormant over a month from 3 February: the first slot of March falls due on the 15th, in no row."""
    last = [(date(2026, 1, 2), None)]
    fill(
        company_db,
        [
            Seed("S1", orders=[*last, (march(20), None)], calls=[Call(march(4), "sent", "sms")]),
            Seed("S2", orders=[*last, (march(18), None)]),
            Seed("S3", orders=last, calls=[Call(march(18))]),
            Seed("S4", orders=[*last, (march(9), None)]),
        ],
    )
    found = only(company_db, "dormant-month")
    assert [(one.code, one.group, one.on, one.ordered_on) for one in found.rows] == [
        ("S1", "reached", march(4), march(20)),
        ("S2", "unreached", march(15), march(18)),
        ("S3", "unreached", march(15), None),
        ("S3", "later", march(18), None),
    ]
    # S4 ordered before its slot was due; the second slots of S1 and S2 ended by their orders
    assert found.void == 3


def test_paperwork_is_no_contact(company_db: str) -> None:
    fill(company_db, [Seed("C1", reps=[(None, "wang"), (march(2), "li")], calls=[Call(march(5), with_whom="sales")])])
    assert of(company_db).rules == ()


class _Counting(Sql):
    """Counts the statements."""

    def __init__(self, sql: Sql) -> None:
        super().__init__(sql.connection, server=sql.server)
        self.asked = 0

    def _cursor(self) -> Any:
        self.asked += 1
        return super()._cursor()


def test_no_customer_needs_a_query_of_its_own(company_db: str) -> None:
    random = Random(4)  # noqa: S311 - made-up customers, no secret
    fill(company_db, [at_random(random, number) for number in range(60)])
    with reading(company_db) as (sql, info):
        counted = _Counting(sql)
        found = effect(counted, info, period_of("quarter", date(2026, 4, 1)), ON, viewer=Viewer(None), rows=True)
    assert len({row.code for one in found.rules for row in one.rows}) > 40
    assert counted.asked < 10


# --- everything counted again

SEEN = (date(2026, 4, 20), date(2026, 5, 31), date(2026, 8, 31))
PERIODS = (MARCH, period_of("quarter", date(2026, 4, 1)))


class Counted(NamedTuple):
    """A customer in a group, as the slow walk has it."""

    code: str
    group: str
    on: date
    ordered_on: date | None


@pytest.mark.parametrize("luck", [21, 22])
def test_the_effect_is_what_happened(company_db: str, luck: int) -> None:
    random = Random(luck)  # noqa: S311 - made-up customers, no secret
    seeds = [often_called(random, number) for number in range(40)]
    fill(company_db, seeds)
    seen: Counter[tuple[str, str]] = Counter()
    with reading(company_db) as (sql, info):
        for on in SEEN:
            for period in PERIODS:
                found = effect(sql, info, period, on, viewer=Viewer(None), rows=True)
                walked = walk(sql, info, seeds, period, on)
                assert {one.rule for one in found.rules} == set(walked)
                for one in found.rules:
                    every, left = walked[one.rule]
                    check(one, every, left, on)
                    seen.update((one.rule, member.group) for member in every)
    rules = ("callback", "after-sale", "dormant-week", "dormant-month")
    assert all(seen[rule, group] for rule in rules for group in ("reached", "unreached", "later")), seen
    assert seen["prospect", "unreached"]


def often_called(random: Random, number: int) -> Seed:
    """A customer whom somebody tries to reach all the time; every fourth one is a prospect for some time."""
    seed = at_random(random, number)
    calls = [call for _time in range(3) for call in at_random(random, number).calls]
    seed = replace(seed, calls=[*seed.calls, *calls])
    return courted(random, seed) if number % 4 == 0 else seed


def walk(
    sql: Sql, company: CompanyInfo, seeds: list[Seed], period: Period, on: date
) -> dict[str, tuple[list[Counted], Counter[str]]]:
    """By rule who is in which group, and how many follow-ups count for none, by walking over the days."""
    ids = {code: id_ for id_, code in sql.rows("SELECT id, code FROM customer")}
    found: dict[str, tuple[list[Counted], Counter[str]]] = {}
    for seed in seeds:
        (gathered,) = events.load_files(sql, [ids[seed.code]])
        rows = oracle.rows_until(gathered.file, company.policies, company.calendar, company.start_on, on)
        done: set[str] = set()
        for row in sorted(rows, key=lambda row: (row.due_by, row.opens_on)):
            if not period.start <= row.due_by <= period.end or row.opens_on > on or row.rule == "brief":
                continue
            members, left = found.setdefault(row.rule, ([], Counter()))
            in_time = row.met_on is not None and row.met_on <= row.due_by
            if not in_time and row.ended_on is not None and row.ended_on <= row.due_by:
                left["void"] += 1
            elif not in_time and on < row.due_by:
                left["open"] += 1
            elif row.rule not in done:
                done.add(row.rule)
                for group, index in groups(row, in_time=in_time):
                    ordered = [day for day, _completed in seed.orders if index < day <= on]
                    members.append(Counted(seed.code, group, index, min(ordered, default=None)))
    return found


def groups(row: oracle.Row, *, in_time: bool) -> Iterable[tuple[str, date]]:
    """In which groups a follow-up puts its customer, from which day on."""
    if in_time:
        assert row.met_on is not None
        return [("reached", row.met_on)]
    return [("unreached", row.due_by), *([("later", row.met_on)] if row.met_on else [])]


def check(found: RuleEffect, every: list[Counted], left: Counter[str], on: date) -> None:
    told = [Counted(row.code, row.group, row.on, row.ordered_on) for row in found.rows]
    assert sorted(told, key=str) == sorted(every, key=str), found.rule
    assert (found.void, found.open) == (left["void"], left["open"]), found.rule
    for window in found.windows:
        for group in ("reached", "unreached", "later"):
            mine = [one for one in every if one.group == group]
            over = [one for one in mine if (on - one.on).days >= window.days]
            ordered = [one for one in over if one.ordered_on and (one.ordered_on - one.on).days <= window.days]
            share: Share = getattr(window, group)
            assert (share.n, share.ordered, share.recent) == (len(over), len(ordered), len(mine) - len(over))
            assert share.share == (round(len(ordered) / len(over), 6) if over else None)
