"""Many missed deadlines at once, on both databases: in portions, each climb once whoever looks, and nobody waits."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from revisit import audit, db, models
from revisit.context import Context
from revisit.matters import climbing, deadlines
from tests.support import Program, at_shanghai, reading, unit

ROOT = Path(__file__).parents[1]
LOOKER = Path(__file__).with_name("looker.py")
LOOKERS, MANY = 4, 300
BEGUN, DUE = at_shanghai("2026-03-12 09:00"), at_shanghai("2026-03-12 10:00")
LATER = at_shanghai("2026-03-14 10:30")
WRITTEN = "SELECT deadline_id, level, post, at FROM climb ORDER BY deadline_id, level"
NEXT = "SELECT id, climbs_at FROM deadline ORDER BY id"
OWNERS: tuple[dict[str, Any], ...] = (
    {"post": "service-supervisor", "staff_id": None},
    {"post": "", "staff_id": 1},
    {"post": "general-manager", "staff_id": None},
)


def miss(url: str, number: int) -> None:
    """So many deadlines that were due a second after each other, owed by a post, a person and the highest post in turn."""
    rows = [
        {
            "matter": "case", "matter_id": n, "clock": "decide", "started_at": BEGUN, "due_by": DUE, "stated": False,
            "ended": "", "climbs_at": DUE + timedelta(seconds=n), **OWNERS[n % len(OWNERS)],
        }
        for n in range(number)
    ]  # fmt: skip
    with unit(url, BEGUN) as work:
        work.session.execute(insert(models.Deadline), rows)


def climbed(url: str) -> list[tuple[int, int, str, datetime | None]]:
    with reading(url) as (sql, _company):
        return [(id_, level, post, db.instant(at)) for id_, level, post, at in sql.rows(WRITTEN)]


def expected(number: int) -> list[tuple[int, int, str, datetime]]:
    """By 10:30 two days later: three climbs of a person without a post, and of a supervisor's."""
    ladder = ("service-supervisor", "service-manager", "vice-president", "general-manager")
    posts = {0: ladder[1:], 1: ladder[:3], 2: ()}
    return [
        (n + 1, level + 1, post, DUE + timedelta(days=level, seconds=n))
        for n in range(number)
        for level, post in enumerate(posts[n % len(OWNERS)])
    ]


def look(url: str, at: datetime = LATER) -> None:
    context = Context(db_option=url, login_option="admin")
    context.__dict__["now"] = at
    context.look()


def test_what_is_written_is_what_was_due_with_an_audit_row_each(company_db: str) -> None:
    miss(company_db, 7)
    look(company_db)
    assert climbed(company_db) == expected(7)
    with reading(company_db) as (sql, _company):
        assert audit.verify(sql).broken_at is None
        ids = dict(sql.rows("SELECT id, deadline_id FROM climb"))
        rows = [dict(zip(audit.COLUMNS, row, strict=True)) for row in sql.rows(audit.ALL)]
        left = {id_: db.instant(at) for id_, at in sql.rows(NEXT)}
    told = [row for row in rows if row["table_name"] in ("climb", "deadline")]
    by_deadline = [ids[row["row_id"]] if row["table_name"] == "climb" else row["row_id"] for row in told]
    assert by_deadline == [1, 1, 1, 1, 2, 2, 2, 2, 3, 4, 4, 4, 4, 5, 5, 5, 5, 6, 7, 7, 7, 7]
    assert json.loads(told[0]["change"]) == {
        "at": [None, "2026-03-12T02:00:00+00:00"], "deadline_id": [None, 1], "level": [None, 1],
        "post": [None, "service-manager"],
    }  # fmt: skip
    assert json.loads(told[7]["change"]) == {"climbs_at": ["2026-03-12T02:00:01+00:00", "2026-03-15T02:00:01+00:00"]}
    assert left[1] is None, "the general manager has it"
    assert left[2] == DUE + timedelta(days=3, seconds=1)
    assert left[3] is None


def test_a_look_takes_a_portion_and_the_next_one_goes_on(company_db: str) -> None:
    miss(company_db, 10)
    found = []
    for _ in range(4):
        with unit(company_db, LATER) as work:
            found.append(climbing.climb(work.session, work.sql, work.company, LATER, at_once=4))
    assert found == [9, 9, 3, 0]
    assert climbed(company_db) == expected(10)
    with reading(company_db) as (sql, _company):
        assert audit.verify(sql).broken_at is None


@pytest.mark.slow
def test_each_climb_is_noted_once_whoever_looks_at_the_same_time(company_db: str) -> None:
    """Processes of their own, some a day later than others; what one of them holds the others leave alone."""
    miss(company_db, MANY)
    early = at_shanghai("2026-03-13 10:30")
    looks = [
        subprocess.Popen(
            [sys.executable, str(LOOKER), company_db, "admin", (early if n % 2 else LATER).isoformat(), "3"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        )
        for n in range(LOOKERS)
    ]  # fmt: skip
    for one in looks:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n", one.communicate()
    for one in looks:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    ended = [one.communicate(timeout=120) for one in looks]
    assert [(one.returncode, err) for one, (_out, err) in zip(looks, ended, strict=True)] == [(0, "")] * LOOKERS
    look(company_db)
    assert climbed(company_db) == expected(MANY)
    with reading(company_db) as (sql, _company):
        assert audit.verify(sql).broken_at is None


@pytest.mark.parametrize("company_db", ["postgresql"], indirect=True)
def test_a_deadline_that_somebody_is_ending_is_left_alone(company_db: str) -> None:
    """It would climb on after its end: the look took back what the end had written."""
    miss(company_db, 2)
    with unit(company_db, LATER) as work:
        work.sql.run(deadlines.END, id=1, at=LATER, ended="met")
        look(company_db)
    with reading(company_db) as (sql, _company):
        assert sql.rows("SELECT climbs_at FROM deadline WHERE id = 1") == [(None,)]
    assert {id_ for id_, *_ in climbed(company_db)} == {2}


@pytest.mark.parametrize("company_db", ["postgresql"], indirect=True)
def test_nobody_waits_on_a_server_for_who_is_writing(revisit: Program) -> None:
    """The list is shown while another transaction holds the audit; it is noted the next time, as of when it was due."""
    miss(revisit.url, 2)
    revisit.at("2026-03-14 10:30")
    with unit(revisit.url, LATER) as work:
        work.sql.run(audit.LOCK_ON_SERVER)
        shown = revisit("case", "list")
    assert (shown.code, shown.err) == (0, "")
    assert climbed(revisit.url) == []
    assert revisit("case", "list").code == 0
    assert climbed(revisit.url) == expected(2)


@pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
def test_nobody_waits_for_who_is_writing_the_file(revisit: Program) -> None:
    miss(revisit.url, 2)
    revisit.at("2026-03-14 10:30")
    other = sqlite3.connect(revisit.url, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert revisit("case", "list").code == 0
    other.close()
    assert climbed(revisit.url) == []
    assert revisit("case", "list").code == 0
    assert climbed(revisit.url) == expected(2)
