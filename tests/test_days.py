"""What came of a day, beside the report of that day, the morning list and the sum of everybody; notes and who finds them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import pytest

from revisit import access, notes
from revisit.access import Viewer
from revisit.company import CompanyInfo
from revisit.days import Day, day_of
from revisit.db import Sql
from revisit.errors import Refused
from revisit.models import Department, Revisit, ShiftNote, Staff
from revisit.morning import morning_list
from revisit.policy.periods import period_of
from revisit.reports import report
from revisit.staff import get_by_login
from tests.support import CREATED_AT, Program, at_shanghai, mostly_on_sqlite, reading, unit
from tests.test_reports import SEASON, fill

NOW = at_shanghai("2026-04-10 10:00")
SPRING = [date(2026, 3, 1) + timedelta(n) for n in range(40)]


def season(revisit: Program, _folder: Any) -> None:
    """The season of the reports; of its revisits every third is wang's, every third li's, and of the others nobody knows."""
    fill(revisit.url, SEASON)
    with unit(revisit.url, NOW) as work:
        logins = dict(work.sql.rows("SELECT login, id FROM staff"))
        for number, login in ((1, "wang"), (2, "li")):
            work.sql.run(
                "UPDATE revisit SET staff_id = :id WHERE number % 3 = :number", id=logins[login], number=number
            )
        work.sql.run(
            "UPDATE customer SET rep_id = (SELECT max(staff_id) FROM allocation a WHERE a.customer_id = customer.id)"
        )
        for who, customer, inbound, on in (("li", 1, False, 12), ("wang", 4, True, 12), ("wang", 5, False, 16)):
            at = at_shanghai(f"2026-03-{on} 11:00")
            row = Revisit(
                number=100 + customer, customer_id=customer, staff_id=logins[who], done_on=date(2026, 3, on), done_at=at,
                filled_at=at + timedelta(hours=3), channel="phone", result="reached", inbound=inbound,
                with_whom="sales" if customer == 5 else "customer", satisfaction="neutral",
            )  # fmt: skip
            work.session.add(row)
            work.session.flush()
            work.session.info.setdefault("touched", set()).add(customer)


FILLED = {"seasonal": season}


@pytest.fixture
def seasonal(company_db: str) -> str:
    """The company that `season` leaves."""
    return company_db


def seen(sql: Sql, company: CompanyInfo, on: date, whose: str | None = None) -> Day:
    """The day as the administrator sees it."""
    viewer = access.viewer(sql, get_by_login(sql, "admin"))
    person = get_by_login(sql, whose) if whose else None
    return day_of(sql, company, on=on, now=NOW, viewer=viewer, person=person)


def met_by(url: str, on: date) -> dict[str, int]:
    """How many follow-ups were met on a day, by whom."""
    with reading(url) as (sql, company):
        return {line.rep: sum(line.figures.met.values()) for line in seen(sql, company, on).team}


def test_every_figure_of_a_day_is_that_of_its_report(seasonal: str) -> None:
    """On every day of the season, as it stood in its evening."""
    told = 0
    with reading(seasonal) as (sql, company):
        for on in SPRING:
            found, same = seen(sql, company, on).figures, report(sql, company, period_of("day", on), on)
            revisits = found.revisits
            assert (revisits.total, revisits.by_channel, revisits.by_result) == (
                same.contacts.total, same.contacts.by_channel, same.contacts.by_result,
            )  # fmt: skip
            assert found.satisfaction == asdict(same.satisfaction)
            assert found.records == asdict(same.records)
            assert found.customers == same.customers.contacted
            assert sum(found.met.values()) == same.days[0].met
            assert revisits.contacts + revisits.attempts + revisits.sales + revisits.other == revisits.total
            told += revisits.total + sum(found.met.values()) + sum(found.records.values())
    assert told == 18


def test_the_lines_of_a_team_add_up_to_its_total(seasonal: str) -> None:
    together = 0
    with reading(seasonal) as (sql, company):
        for on in SPRING:
            found = seen(sql, company, on)
            assert [line.rep for line in found.team][:2] == ["wang", "li"]
            whole, parts = asdict(found.figures), [asdict(line.figures) for line in found.team]
            for key in ("enquiries", "booked", "cases", "overdue"):
                assert sum(one[key] for one in parts) == whole[key]
            for key in ("met", "records", "census", "satisfaction"):
                for name, number in whole[key].items():
                    assert sum(one[key][name] for one in parts) == number, (key, name)
            assert sum(one["revisits"]["total"] for one in parts) == whole["revisits"]["total"]
            together += sum(one["customers"] for one in parts) - whole["customers"]
    assert together == 1, "one customer was contacted by two on the same day"


def test_what_is_left_is_the_morning_list(seasonal: str) -> None:
    overdue = dict.fromkeys(("wang", "li", None), 0)
    with reading(seasonal) as (sql, company):
        for on in SPRING[::3]:
            for whose in overdue:
                found = seen(sql, company, on, whose).figures
                person = get_by_login(sql, whose) if whose else None
                same = morning_list(sql, company, on=on, rep=(person.id, person.login) if person else None)
                assert found.census == same.census
                assert found.overdue == sum(line.status == "overdue" for line in same.items)
                overdue[whose] += found.overdue
    assert all(overdue.values())


def test_what_was_met_counts_for_whoever_made_the_revisit(seasonal: str) -> None:
    """On 12 March wang called at ten and li an hour later: the first of them has met what was owed."""
    assert met_by(seasonal, date(2026, 3, 12)) == {"wang": 2, "li": 0, "": 0}
    with unit(seasonal, NOW) as work:
        work.sql.run("UPDATE revisit SET done_at = :at WHERE number = 1", at=at_shanghai("2026-03-12 12:00"))
    assert met_by(seasonal, date(2026, 3, 12)) == {"wang": 0, "li": 2, "": 0}


@pytest.mark.parametrize(
    ("company_db", "on", "words"),
    mostly_on_sqlite([(date(2026, 4, 11), "still to come"), (date(2025, 12, 31), "programme start")]),
    indirect=["company_db"],
)
def test_a_day_still_to_come_is_refused(company_db: str, on: date, words: str) -> None:
    with reading(company_db) as (sql, company), pytest.raises(Refused, match=words):
        seen(sql, company, on)


# --- notes

PEOPLE = (
    ("wang", "representative", "north"), ("li", "representative", "north"), ("zhao", "representative", "south"),
    ("free", "representative", None), ("han", "supervisor", "north"), ("lead", "supervisor", None),
    ("sign", "approver", "north"), ("look", "auditor", None),
)  # fmt: skip


def house(revisit: Program, _folder: Any) -> None:
    """Two departments, and who belongs to none."""
    with unit(revisit.url, NOW) as work:
        parts = {name: Department(name=name) for name in ("north", "south")}
        work.session.add_all(parts.values())
        work.session.flush()
        for login, role, part in PEOPLE:
            department = parts[part].id if part else None
            work.session.add(Staff(login=login, name=login, role=role, department_id=department, created_at=CREATED_AT))


FILLED["housed"] = house


@pytest.fixture
def housed(company_db: str) -> str:
    """The house that `house` leaves."""
    return company_db


def put(url: str, login: str, wall: str, text: str) -> None:
    at = at_shanghai(wall)
    with unit(url, at) as work:
        author = get_by_login(work.sql, login)
        work.session.add(
            ShiftNote(staff_id=author.id, written_on=date.fromisoformat(wall[:10]), written_at=at, text=text)
        )


def found_by(url: str, login: str, on: str) -> list[str]:
    with reading(url) as (sql, company):
        viewer: Viewer = access.viewer(sql, get_by_login(sql, login))
        return [one.text for one in notes.waiting(sql, company.calendar, viewer, on=date.fromisoformat(on))]


@pytest.mark.parametrize(
    ("company_db", "reader", "texts"),
    mostly_on_sqlite(
        [
            ("wang", ["free", "li"]),
            ("li", ["free", "li"]),
            ("zhao", ["free", "zhao"]),
            ("free", ["free"]),
            ("lead", ["free", "zhao", "li"]),
            ("admin", ["free", "zhao", "li"]),
            ("look", ["free", "zhao", "li"]),
            ("sign", []),
            ("han", ["free", "li"]),
        ]
    ),
    indirect=["company_db"],
)
def test_a_note_is_found_by_the_own_department(housed: str, reader: str, texts: list[str]) -> None:
    for hour, author in enumerate(("li", "zhao", "free")):
        put(housed, author, f"2026-03-11 {17 + hour}:00", author)
    assert found_by(housed, reader, "2026-03-12") == texts


@pytest.mark.parametrize(
    ("company_db", "on", "texts"),
    mostly_on_sqlite(
        [
            ("2026-03-13", ["Friday", "Thursday"]),
            ("2026-03-15", ["Sunday", "Friday"]),
            ("2026-03-16", ["Sunday", "Friday"]),
            ("2026-03-17", []),
            ("2026-03-14", ["Friday"]),
        ]
    ),
    indirect=["company_db"],
)
def test_a_note_is_found_from_the_last_working_day_on(housed: str, on: str, texts: list[str]) -> None:
    """The supervisor has nothing on record: the calendar says when work was."""
    for day, text in (("12", "Thursday"), ("13", "Friday"), ("15", "Sunday")):
        put(housed, "li", f"2026-03-{day} 18:00", text)
    assert found_by(housed, "han", on) == texts


def test_who_was_away_finds_everything_since_the_last_day_at_work(housed: str) -> None:
    put(housed, "wang", "2026-03-05 18:00", "own")
    for day in ("04", "05", "09", "11"):
        put(housed, "li", f"2026-03-{day} 18:30", day)
    assert found_by(housed, "wang", "2026-03-12") == ["11", "09", "05", "own"]
    assert found_by(housed, "wang", "2026-04-06") == [], "after a month it is no news"
    with unit(housed, NOW) as work:
        wang, customer = get_by_login(work.sql, "wang").id, a_customer(work)
        work.session.add(
            Revisit(
                number=1,
                customer_id=customer,
                staff_id=wang,
                done_on=date(2026, 3, 10),
                channel="phone",
                result="reached",
            )
        )
    assert found_by(housed, "wang", "2026-03-12") == ["11"]
    assert found_by(housed, "wang", "2026-03-10") == ["09", "05", "own"], "of its own day a revisit says nothing"


def a_customer(work: Any) -> int:
    from revisit.models import Customer

    row = Customer(code="C1", name="C1", entered_on=date(2026, 1, 5))
    work.session.add(row)
    work.session.flush()
    assert row.id is not None
    return row.id


def test_the_late_shift_finds_what_the_early_one_left_on_the_same_day(housed: str) -> None:
    put(housed, "li", "2026-03-12 14:00", "early")
    assert found_by(housed, "wang", "2026-03-12") == ["early"]
    assert found_by(housed, "li", "2026-03-12") == [], "one's own note of today is no news"
    assert found_by(housed, "li", "2026-03-13") == ["early"]
