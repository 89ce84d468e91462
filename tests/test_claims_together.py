"""Many desks at once: real processes, both databases, and each customer is on one desk only."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from revisit import access, claims, db, models, staff
from revisit.claims import Taking
from revisit.morning import DueLine, morning_list
from tests.conftest import MEMORY
from tests.support import Program, at_shanghai, reading, unit

ROOT = Path(__file__).parents[1]
DESK = Path(__file__).with_name("desk.py")
DESKS, CLAIMS = 8, 500
STARTS, LOGINS = 40, 6


def fill_with(url: str, number: int) -> None:
    """So many customers, each of whom is owed a contact after a sale, and six supervisors."""
    now = at_shanghai("2026-03-12 09:00")
    with unit(url, now) as work:
        customers = [{"code": f"C{n:05}", "name": f"N{n}", "entered_on": date(2026, 3, 1)} for n in range(number)]
        work.session.execute(insert(models.Customer), customers)
        ids = [id_ for (id_,) in work.sql.rows("SELECT id FROM customer")]
        sales = [{"customer_id": id_, "ordered_on": date(2026, 3, 9), "completed_on": date(2026, 3, 9)} for id_ in ids]
        work.session.execute(insert(models.Order), sales)
        people = [{"login": f"s{n}", "name": f"S{n}", "role": "supervisor", "created_at": now} for n in range(LOGINS)]
        work.session.execute(insert(models.Staff), people)
        work.session.info["touched"] = set(ids)


def fill_many(revisit: Program, _folder: Path) -> None:
    """As many customers as eight desks can take."""
    fill_with(revisit.url, DESKS * CLAIMS)


def fill_few(revisit: Program, _folder: Path) -> None:
    """Some more customers than are asked for."""
    fill_with(revisit.url, STARTS + 5)


@pytest.fixture
def many(revisit: Program) -> Iterator[Program]:
    """The company that `fill_many` leaves. A file lies in memory where that is possible: 4000 times to the disk and back takes
    minutes there, and the locks are the same."""
    if db.is_server(revisit.url) or not (MEMORY.is_dir() and os.access(MEMORY, os.W_OK)):
        yield revisit
        return
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        revisit.url = str(shutil.move(revisit.url, folder))
        yield revisit


@pytest.fixture
def few(revisit: Program) -> Program:
    """The company that `fill_few` leaves."""
    return revisit


FILLED = {"many": fill_many, "few": fill_few}


def what_may_be_taken(url: str) -> tuple[tuple[DueLine, ...], datetime]:
    """Everybody's list at ten o'clock, as a supervisor reads it."""
    with reading(url) as (sql, company):
        viewer = access.viewer(sql, staff.get_by_login(sql, "s0"))
        assert viewer.member is not None
        now = at_shanghai("2026-03-12 10:00")
        lines = morning_list(sql, company, on=now.date(), viewer=viewer).items
        taking = Taking(viewer.member, now.date(), now)
        return claims.choose(sql, company, lines, viewer=viewer, taking=taking).free, now


def started(*arguments: Any) -> subprocess.Popen[str]:
    command = [sys.executable, *map(str, arguments)]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    )


@pytest.mark.slow
def test_eight_desks_share_four_thousand_customers(many: Program, tmp_path: Path) -> None:
    """All begin at the same moment, from the same list, and want what the others want."""
    file = tmp_path / "list"
    file.write_bytes(pickle.dumps(what_may_be_taken(many.url)))
    desks = [started(DESK, many.url, f"s{n % LOGINS}", CLAIMS, file) for n in range(DESKS)]
    for desk in desks:
        assert desk.stdout is not None
        assert desk.stdout.readline() == "ready\n", desk.communicate()
    for desk in desks:
        assert desk.stdin is not None
        desk.stdin.write("go\n")
        desk.stdin.flush()
    ended = [desk.communicate(timeout=120) for desk in desks]
    assert [(desk.returncode, err) for desk, (_out, err) in zip(desks, ended, strict=True)] == [(0, "")] * DESKS
    got = [json.loads(out) for out, _err in ended]
    assert [len(codes) for codes in got] == [CLAIMS] * DESKS, "nobody goes away empty-handed"
    assert max(Counter(code for codes in got for code in codes).values()) == 1
    with reading(many.url) as (sql, _company):
        assert sql.rows("SELECT count(*), count(DISTINCT customer_id) FROM claim") == [(DESKS * CLAIMS,) * 2]


@pytest.mark.slow
def test_forty_starts_of_six_people_get_forty_customers(few: Program) -> None:
    """The whole command, six of it at a time."""
    waiting, done = list(range(STARTS)), []
    running: list[subprocess.Popen[str]] = []
    while waiting or running:
        while waiting and len(running) < LOGINS:
            login = f"s{waiting.pop() % LOGINS}"
            running.append(started("-m", "revisit", "--db", few.url, "--as", login, "next", "--claim-only", "--json"))
        ended = running.pop(0)
        done.append((*ended.communicate(timeout=60), ended.returncode))
    assert [(err, code) for _out, err, code in done] == [("", 0)] * STARTS
    codes = [json.loads(out)["code"] for out, _err, _code in done]
    assert sorted(codes) == [f"C{n:05}" for n in range(STARTS)], "the first forty lines of the list, each once"
