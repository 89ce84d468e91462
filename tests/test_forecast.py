"""The work ahead beside the morning lists of the same days; teams, capacity, and who sees whose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import hypothesis
import pytest
from hypothesis import strategies as st

from revisit import access, scheduler
from revisit.access import Viewer
from revisit.company import CompanyInfo
from revisit.db import Sql
from revisit.forecast import Forecast, forecast
from revisit.morning import morning_list
from revisit.policy.facts import File, Sale
from revisit.staff import get_by_login
from tests.support import START_ON, at_shanghai, reading, unit
from tests.test_register import DAY, FIRST, LAST, SPAN, companies, enter, few, wiped
from tests.test_register import fill as fill_random
from tests.test_reports import SEASON
from tests.test_reports import fill as fill_season

__all__ = ["wiped"]


def ahead(
    sql: Sql, info: CompanyInfo, first: date, last: date, login: str | None = None, suggest: bool = False
) -> Forecast:
    """The forecast as the administrator has it, of all or of one person."""
    viewer = access.viewer(sql, get_by_login(sql, "admin"))
    person = get_by_login(sql, login) if login else None
    return forecast(sql, info, first=first, last=last, viewer=viewer, person=person, suggest=suggest)


def test_today_agrees_with_the_morning_list(company_db: str) -> None:
    fill_season(company_db, SEASON)
    told = 0
    with unit(company_db, at_shanghai("2026-04-10 10:00")) as work:
        work.sql.run(
            "UPDATE customer SET rep_id = (SELECT max(staff_id) FROM allocation a WHERE a.customer_id = customer.id)"
        )
    with reading(company_db) as (sql, info):
        for on in (date(2026, 3, 1) + n * DAY for n in range(45)):
            found = ahead(sql, info, on, on + 27 * DAY)
            assert found.days[0].listed == morning_list(sql, info, on=on).census["due"]
            for login in ("wang", "li"):
                person = get_by_login(sql, login)
                mine = morning_list(sql, info, on=on, rep=(person.id, person.login))
                assert ahead(sql, info, on, on, login).days[0].listed == mine.census["due"]
            told += found.days[0].listed
    assert told > 60


def test_any_today_agrees_with_the_morning_list(wiped: Callable[[], str]) -> None:
    @few(wiped(), 5)
    @hypothesis.given(companies(), st.integers(0, SPAN), st.integers(0, 40))
    def check(made: object, after: int, length: int) -> None:
        url = wiped()
        fill_random(url, made)  # type: ignore[arg-type]
        with reading(url) as (sql, info):
            on = max(FIRST + after * DAY, START_ON)
            found = ahead(sql, info, on, on + length * DAY)
            assert found.days[0].listed == list(scheduler.judge(sql, info, on).groups.values()).count("due")

    check()


def test_where_nobody_calls_every_list_is_that_of_its_day(wiped: Callable[[], str]) -> None:
    """Everything is left as it is, so each day of the forecast has the morning list which that day will have."""

    @few(wiped(), 5)
    @hypothesis.given(companies(), st.integers(0, 45))
    def check(made: object, after: int) -> None:
        url = wiped()
        fill_random(url, made)  # type: ignore[arg-type]
        with unit(url, at_shanghai("2026-07-01 10:00")) as work:
            work.sql.run("UPDATE staff SET role = 'auditor'")  # who has no list of the own
        with reading(url) as (sql, info):
            first = LAST + after * DAY
            found = forecast(sql, info, first=first, last=first + 60 * DAY, viewer=Viewer(None))
            assert [one.listed for one in found.days] == [
                list(scheduler.judge(sql, info, one.on).groups.values()).count("due") for one in found.days
            ]
        with unit(url, at_shanghai("2026-07-01 10:00")) as work:
            work.sql.run("UPDATE staff SET role = 'administrator'")

    check()


def test_a_larger_company_takes_no_more_statements(company_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def statements() -> int:
        asked: list[str] = []
        with reading(company_db) as (sql, info), monkeypatch.context() as patched:
            rows = Sql.rows
            patched.setattr(Sql, "rows", lambda self, text, **params: asked.append(text) or rows(self, text, **params))
            assert ahead(sql, info, date(2026, 3, 9), date(2026, 4, 9), suggest=True).lost
        return len(asked)

    fill_season(company_db, SEASON)
    few_customers = statements()
    with unit(company_db, at_shanghai("2026-03-09 10:00")) as work:
        for number in range(50):
            sold = date(2026, 3, 2)
            enter(work, File(f"N{number}", sold, sales=(Sale(sold, sold),)))
    assert statements() == few_customers <= 12
