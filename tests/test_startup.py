"""What a start costs: the modules that each daily command loads, and what must not be among them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from revisit import models
from tests.support import at_shanghai, unit

HEAVY = {
    "sqlalchemy", "sqlmodel", "pydantic", "openpyxl", "alembic", "rich", "python_calamine", "phonenumbers",
    "psycopg",
}  # fmt: skip
ON_SQLITE = pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
TELL = """
import sys, json
if sys.argv[1] == "guarded":
    import sqlite3
    def refuse(*arguments, **options):
        raise AssertionError("a database was opened")
    sqlite3.connect = refuse
sys.argv[1:2] = []
from revisit.__main__ import main
try:
    main()
except SystemExit as stop:
    code = stop.code
sys.stdout.flush()
print("\\n" + json.dumps([code, sorted(sys.modules)]), file=sys.stderr)
"""


def loaded(*arguments: str, guarded: bool = False) -> set[str]:
    """The modules in memory after a command that went well; `guarded`: opening a database fails."""
    how = "guarded" if guarded else "plain"
    done = subprocess.run([sys.executable, "-c", TELL, how, *arguments], capture_output=True, text=True, check=True)
    code, modules = json.loads(done.stderr.splitlines()[-1])
    assert code in (0, None), done.stderr
    return set(modules)


def packages(modules: set[str]) -> set[str]:
    return {name.split(".")[0] for name in modules}


@pytest.fixture
def a_customer(company_db: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with one customer, at a day on which it is owed something."""
    from tests.test_register import FIRST, File, Sale, enter

    on = at_shanghai("2026-03-12 10:00")
    with unit(company_db, on) as work:
        enter(work, File("C001", FIRST, sales=(Sale(FIRST, FIRST),)))
        work.session.add(models.Staff(login="ann", name="Ann", role="representative", created_at=on))
    monkeypatch.setenv("REVISIT_NOW", on.isoformat())
    return company_db


@ON_SQLITE
@pytest.mark.parametrize(
    "command",
    [
        ("due",),
        ("due", "--json"),
        ("due", "--on", "下周三", "--all"),
        ("--as", "admin", "due", "--excluded"),
        ("why", "C001"),
        ("why", "C001", "--json"),
        ("show", "C001"),
        ("show", "C001", "--json"),
        ("find", "C001"),
        ("find", "c00", "--json"),
        ("phrase", "稍等", "--customer", "C001"),
        ("--as", "ann", "day"),
        ("--as", "admin", "day", "--team", "--json"),
        ("--as", "admin", "next", "--claim-only"),
        ("--as", "admin", "next", "--resume", "--json"),
        ("--as", "admin", "release", "--all"),
    ],
    ids=" ".join,
)
def test_a_daily_command_loads_no_orm_and_no_table_drawing(a_customer: str, command: tuple[str, ...]) -> None:
    found = loaded("--db", a_customer, *command)
    assert packages(found) & HEAVY == set()
    assert not {"revisit.models", "revisit.intake", "revisit.sheets", "revisit.reports"} & found


@pytest.mark.parametrize(
    "command", [("--help",), ("--version",), ("due", "--help"), ("import", "--help"), ("log", "--help")]
)
def test_help_opens_no_database_and_loads_no_orm(command: tuple[str, ...]) -> None:
    found = loaded(*command, guarded=True)
    assert packages(found) & (HEAVY - {"rich"}) == set(), "Typer draws its help with rich, nothing else is needed"


@ON_SQLITE
def test_a_command_loads_itself_and_no_other(a_customer: str) -> None:
    found = loaded("--db", a_customer, "due")
    commands = {name.rpartition(".")[2] for name in found if name.startswith("revisit.commands.")}
    assert commands == {"due", "waits", "options"}


def test_a_start_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a folder nor a file appears because somebody asked for help."""
    for name, folder in (("HOME", "home"), ("XDG_CONFIG_HOME", "config"), ("XDG_DATA_HOME", "data")):
        monkeypatch.setenv(name, str(tmp_path / folder))
    monkeypatch.chdir(tmp_path)
    loaded("--help", guarded=True)
    assert list(tmp_path.iterdir()) == []
    assert os.environ["XDG_DATA_HOME"].startswith(str(tmp_path))


@ON_SQLITE
def test_such_a_load_would_be_found(a_customer: str) -> None:
    """A writing command does load the ORM: the tests above can fail."""
    found = loaded("--db", a_customer, "--as", "admin", "log", "C001", "--result", "reached")
    assert {"sqlalchemy", "sqlmodel"} <= packages(found)
    assert not {"alembic", "rich", "openpyxl"} & packages(found)
