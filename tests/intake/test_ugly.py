"""Spreadsheets as they really are: every case of `tests/intake/ugly/*.toml`, imported by the program.

Each one gives the plan that stands beside it; its rows add up, on the screen as well; the dry run tells the same and leaves
every table as it was; a second import changes nothing; what is no list is refused in two lines; nothing ends in a traceback.
The heavy ones run in a process of their own, whose time and memory are measured.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from revisit import db
from tests.intake import ugly
from tests.intake.ugly import Case
from tests.support import Program, init_company, workbook

LONGEST_SECONDS = 5
MOST_MEGABYTES = 300
CASES = ugly.load_cases()
SMALL = [case for case in CASES if not case.heavy]
NOT_DATA = {"import_batch", "import_change", "audit"}
"""The tables that know of every import, also of one that changed nothing."""
POINTS = "SELECT c.code, p.value FROM contact_point p JOIN customer c ON c.id = p.customer_id WHERE p.kind = '{}' ORDER BY p.id"
PERSON = "SELECT c.code, p.{} FROM contact_person p JOIN customer c ON c.id = p.customer_id"
OF_CUSTOMER = (
    "name", "grade", "region", "industry", "kind", "intention", "salesperson", "followed_by", "followed_since",
    "contract_on", "balance_cents", "credit_limit_cents", "term_days", "birthday", "do_not_call", "note", "extra",
)  # fmt: skip
OF_ORDER = ("ordered_on", "completed_on", "cancelled_on", "amount_cents", "product")
ASKED = {
    **{name: f"SELECT code, {name} FROM customer" for name in OF_CUSTOMER},
    **{f"order.{name}": f"SELECT number, {name} FROM order_" for name in OF_ORDER},
    "last_order_on": "SELECT code, shown_order_on FROM customer",
    "rep": "SELECT c.code, s.name FROM customer c JOIN staff s ON s.id = c.rep_id",
    "phone": POINTS.format("phone"),
    "address": POINTS.format("address"),
    "contact": PERSON.format("name"),
    "title": PERSON.format("title"),
    "order.customer": "SELECT o.number, c.code FROM order_ o JOIN customer c ON c.id = o.customer_id",
    "revisit.at": "SELECT c.code, r.done_at FROM revisit r JOIN customer c ON c.id = r.customer_id",
    "revisit.on": "SELECT c.code, r.done_on FROM revisit r JOIN customer c ON c.id = r.customer_id",
    "followup.on": "SELECT c.code, f.done_on FROM sales_follow_up f JOIN customer c ON c.id = f.customer_id",
    "staff": "SELECT login, name FROM staff",
    "ability": "SELECT login, ability_percent FROM staff",
}
"""What `holds` of a case can ask for: the value by code, number or login."""
RECEIPT = re.compile(
    r"(?P<rows>\d+) rows = (?P<inserted>\d+) new \+ (?P<updated>\d+) changed \+ (?P<unchanged>\d+) unchanged"
    r" \+ (?P<rejected>\d+) rejected \+ (?P<blank>\d+) blank \+ (?P<skipped>\d+) titles and totals"
)


def dump(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with db.reading(url) as sql:
        names = (
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            if sql.server
            else "SELECT name FROM sqlite_master WHERE type = 'table'"
        )
        return {name: sorted(sql.rows(f"SELECT * FROM {name}"), key=repr) for (name,) in sql.rows(names)}


def named(case: Case) -> str:
    return case.name


def on(database: str) -> pytest.MarkDecorator:
    """The company's database of this kind alone."""
    return pytest.mark.parametrize("company_db", [database], indirect=True)


@on("sqlite")
@pytest.mark.parametrize("case", SMALL, ids=named)
def test_an_ugly_file(revisit: Program, tmp_path: Path, case: Case) -> None:
    check(revisit, tmp_path, case)


@on("postgresql")
@pytest.mark.parametrize("case", [case for case in SMALL if case.server], ids=named)
def test_an_ugly_file_on_a_server(revisit: Program, tmp_path: Path, case: Case) -> None:
    check(revisit, tmp_path, case)


def check(revisit: Program, folder: Path, case: Case) -> None:
    """Dry run, import, second import."""
    for number, (kind, rows) in enumerate(case.given):
        given = revisit("import", kind, str(workbook(folder / f"given-{number}.xlsx", rows)))
        assert given.code == 0, given.err
    arguments = [
        "import",
        case.kind,
        str(ugly.write(folder, case)),
        *(one.format(folder=folder) for one in case.options),
    ]
    before = dump(revisit.url)
    began = time.process_time()
    dry = revisit(*arguments, "--json", "--dry-run")
    assert time.process_time() - began < LONGEST_SECONDS
    assert dump(revisit.url) == before, "a dry run left something behind"
    if case.refused:
        for refused in (dry, revisit(*arguments)):
            assert (refused.code, refused.out) == (case.code, "")
            check_sentence(refused.err, case)
        assert dump(revisit.url) == before
        return
    real = revisit(*arguments, "--json")
    assert real.code == dry.code == case.code, real.err
    check_plan(real.json, case)
    assert dry.json["batch"] is None
    assert dry.json | {"batch": 0} == real.json | {"batch": 0}
    assert "Traceback" not in real.err
    with db.reading(revisit.url) as sql:
        for asked, wanted in case.holds.items():
            assert found(sql.rows(ASKED[asked]), wanted) == plain(wanted), asked
    after = dump(revisit.url)
    again = revisit(*arguments)
    assert again.code == case.code
    check_receipt(again.out, case)
    different = {name for name, rows in dump(revisit.url).items() if rows != after[name]}
    assert different <= NOT_DATA


def check_plan(told: dict[str, Any], case: Case) -> None:
    """Counts, rejected rows, warnings and columns are those of the case, and the rows add up."""
    rejects = [(one["row"], one["column"]) for one in told["rejects"]]
    assert {name: told[name] for name in case.counts} == case.counts, (told["rejects"], told["warnings"])
    assert told["rows"] == case.rows
    if case.rejects:
        assert rejects == [(row, column) for row, column, _reason in case.rejects]
        for one, (_row, _column, reason) in zip(told["rejects"], case.rejects, strict=True):
            assert reason in one["reason"], one
    unsaid = [part for part in case.warnings if not any(part in warning for warning in told["warnings"])]
    unmeant = [warning for warning in told["warnings"] if not any(part in warning for part in case.warnings)]
    assert (unsaid, unmeant) == ([], [])
    for title, field in case.columns.items():
        assert told["columns"].get(title, "missing") == field, told["columns"]


def check_sentence(err: str, case: Case) -> None:
    """One line what is wrong, one how to mend it."""
    error, remedy = err.splitlines()
    assert error.startswith("Error: ") and remedy.startswith("Try: ")
    assert case.refused in error


def check_receipt(screen: str, case: Case) -> None:
    """The second time all that was new is unchanged; the rows on the screen add up."""
    told = RECEIPT.search(" ".join(screen.split()))
    assert told, screen
    counts = {name: int(number) for name, number in told.groupdict().items()}
    rows = counts.pop("rows")
    assert rows == sum(counts.values()) == case.rows
    good = sum(case.counts[name] for name in ("inserted", "updated", "unchanged"))
    assert counts == case.counts | {"inserted": 0, "updated": 0, "unchanged": good}


def found(rows: list[tuple[Any, ...]], wanted: dict[str, Any]) -> dict[str, Any]:
    """What stands in the database for those who are asked for: a list where a list was wanted, "" for nothing."""
    values: dict[str, list[Any]] = {}
    for key, value in rows:
        values.setdefault(key, []).append("" if value is None else value)
    return {
        key: values.get(key, []) if isinstance(one, list) else values.get(key, [""])[0] for key, one in wanted.items()
    }


def plain(wanted: Any) -> Any:
    """Days as the database gives them back."""
    if isinstance(wanted, dict):
        return {key: plain(one) for key, one in wanted.items()}
    if isinstance(wanted, list):
        return [plain(one) for one in wanted]
    return wanted.isoformat() if isinstance(wanted, date | datetime) else wanted


# --- the heavy ones

MEASURE = """
import json, os, resource, subprocess, sys, time
def work():
    began = time.process_time()
    sum(number * number for number in range(3_000_000))
    return time.process_time() - began
before = work()
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[2]), int(sys.argv[2])))
resource.setrlimit(resource.RLIMIT_AS, (2 * 1024**3, 2 * 1024**3))
process = subprocess.Popen(sys.argv[3:])
_, status, used = os.wait4(process.pid, 0)
unit = 1 if sys.platform == "darwin" else 1024
slower = max(1, (before + work()) / 2 / ORDINARY)
seconds = (used.ru_utime + used.ru_stime) / slower
told = {"code": os.waitstatus_to_exitcode(status), "bytes": used.ru_maxrss * unit, "seconds": seconds, "slower": slower}
open(sys.argv[1], "w").write(json.dumps(told))
"""
"""A small process between: the peak of a child of ours would be at least our own. Seconds are those of the processor of an
ordinary desktop: a fixed piece of work, done before and after, tells how much slower this one is just now. Whoever needs far too
much of either is stopped by the system."""
ORDINARY_SECONDS = 0.2
"""How long an ordinary desktop needs for that piece of work."""


@pytest.fixture(scope="module")
def heavy_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company's database that the dry runs share."""
    path = tmp_path_factory.mktemp("heavy") / "revisit.db"
    init_company(str(path))
    return path


@pytest.mark.slow
@pytest.mark.parametrize("case", [case for case in CASES if case.heavy], ids=named)
def test_a_heavy_file_is_neither_slow_nor_large(tmp_path: Path, heavy_db: Path, case: Case) -> None:
    file = ugly.write(tmp_path, case)
    program = [sys.executable, "-m", "revisit", "--db", heavy_db, "--as", "admin", "import", case.kind, file]
    options = [*case.options, "--json", "--dry-run"]
    measure = MEASURE.replace("ORDINARY", str(ORDINARY_SECONDS))
    measured = subprocess.run(
        [sys.executable, "-c", measure, tmp_path / "measured.json", str(4 * LONGEST_SECONDS), *program, *options],
        capture_output=True, text=True, check=True,
        env=os.environ | {"REVISIT_NOW": "2026-03-12T02:00:00+00:00"},
    )  # fmt: skip
    told = json.loads((tmp_path / "measured.json").read_text())
    assert told["bytes"] < MOST_MEGABYTES * 1024**2, told
    assert told["seconds"] < LONGEST_SECONDS, told
    assert told["code"] == case.code, measured.stderr
    if case.refused:
        assert measured.stdout == ""
        check_sentence(measured.stderr, case)
    else:
        check_plan(json.loads(measured.stdout), case)
        assert len(measured.stderr.splitlines()) == (1 if case.counts["rejected"] else 0)


# --- the cases themselves


def test_every_writer_is_used_and_every_case_says_what_it_is_about() -> None:
    assert {case.write for case in CASES} == set(ugly.WRITERS)
    for case in CASES:
        assert not case.says[:1].islower() and case.says.endswith("."), case.name
        assert bool(case.refused) != bool(case.rows), case.name
