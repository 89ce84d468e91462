"""A real old database is brought up to date: nothing is lost, on either database, whatever happens meanwhile."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from revisit import context, databases, db, models, schema
from revisit.errors import Refused
from revisit.register import keep
from tests.conftest import fresh_on_server, run_folder
from tests.old import NOW, old_file, old_server
from tests.support import Program, at_shanghai, init_company, reading, unit
from tests.test_audit import broken_at

PACKAGE = Path(db.__file__).parent
NEWEST = db.REVISIONS[-1]
REGISTER = {"follow_up", "standing", "alembic_version"}
DERIVED = {"first_on", "last_order_on", "last_contact_on"}
REFUSED_ON_A_SERVER = "an administrator brings it up to date: revisit --db … db upgrade"


@pytest.fixture(params=("sqlite", "postgresql"))
def old_db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The old company, as the program of that time left it."""
    if request.param == "sqlite":
        yield str(old_file(tmp_path / "company.db"))
    else:
        fresh = fresh_on_server("template1")
        url = next(fresh)
        old_server(url)
        yield url
        fresh.close()


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return old_file(tmp_path / "company.db")


@pytest.fixture
def old_on_server() -> Iterator[str]:
    fresh = fresh_on_server("template1")
    url = next(fresh)
    old_server(url)
    yield url
    fresh.close()


@pytest.fixture(params=[(kind, number) for number in db.REVISIONS[:-1] for kind in ("sqlite", "postgresql")])
def any_old_db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The database of each revision that there was, on either database, and its number."""
    kind, number = request.param
    if kind == "sqlite":
        yield str(old_file(tmp_path / "company.db", number)), number
    else:
        fresh = fresh_on_server("template1")
        url = next(fresh)
        old_server(url, number)
        yield url, number
        fresh.close()


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """`run(url)("due")`: the program on this database, as its administrator."""

    def on(url: object, login: str | None = "admin") -> Program:
        return Program(str(url), capsys, monkeypatch, login=login).at(NOW)

    return on


def bring_up(url: str) -> schema.Upgrade | None:
    return databases.bring_up_to_date(url, login="admin", at=at_shanghai(NOW))


Tables = dict[str, list[dict[str, Any]]]


def contents(url: str) -> Tables:
    """Every row of every table, by the names of its columns."""
    with db.reading(url, older=True) as sql:
        found = {}
        for table in schema.tables(sql):
            if sql.server:
                columns = [
                    name
                    for (name,) in sql.rows(
                        "SELECT column_name FROM information_schema.columns WHERE table_name = :table "
                        "AND table_schema = current_schema() ORDER BY ordinal_position",
                        table=table,
                    )
                ]
            else:
                columns = [row[1] for row in sql.rows(f"PRAGMA table_info({table})")]
            order = "id" if "id" in columns else columns[0]
            rows = sql.rows(f"SELECT {', '.join(columns)} FROM {table} ORDER BY {order}")
            found[table] = [dict(zip(columns, row, strict=True)) for row in rows]
        return found


def revision(url: str) -> str:
    return databases.revision(url)


def backups(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"{path.stem}.before-*"))


# --- nothing is lost


def test_the_old_databases_are_worth_it(old: Path) -> None:
    """Every table of theirs that a company fills holds rows, and staff is referred to from everywhere."""
    found = contents(str(old))
    assert {name for name, rows in found.items() if not rows} == set()
    assert revision(str(old)) == "0001"
    assert {row["staff_id"] for row in found["revisit"]} >= {2, 3, 4, 5}
    assert {row["rep_id"] for row in found["customer"]} >= {2, 3, 4, 5}
    assert {row["kind"] for row in found["customer"]} == {"customer", "prospect"}
    assert {row["department_id"] for row in found["staff"]} == {None, 1}


def test_every_old_revision_has_its_database() -> None:
    kept = sorted(path.name.split(".")[0] for path in (Path(__file__).parent / "old").glob("*.db.gz"))
    assert kept == list(db.REVISIONS[:-1])


def test_every_table_of_an_old_database_holds_something(any_old_db: tuple[str, str]) -> None:
    """Only then is it worth anything that no row is lost."""
    url, number = any_old_db
    assert {name for name, rows in contents(url).items() if not rows} == set()
    assert revision(url) == number


def test_no_row_and_no_cell_is_lost(any_old_db: tuple[str, str]) -> None:
    old_db, number = any_old_db
    before = contents(old_db)
    assert bring_up(old_db) is not None
    after = contents(old_db)
    assert set(before) <= set(after)
    if number < "0003":  # 0003 keeps ranges: a row alone is one of itself, its number a text
        for image in before["import_change"]:
            image["row_numbers"] = str(image.pop("row_number") or "")
        assert all(image["last_id"] == image["row_id"] for image in after["import_change"])
    for table in set(before) - REGISTER:
        rows = after[table][: len(before[table])] if table == "audit" else after[table]
        if table != "customer":
            assert [{name: row[name] for name in before[table][0]} for row in rows] == before[table], table
    for one, other in zip(before["customer"], after["customer"], strict=True):
        assert {key: value for key, value in one.items() if key not in DERIVED} == {
            key: other[key] for key in one if key not in DERIVED
        }
    (added,) = after["audit"][len(before["audit"]) :]
    assert (added["who"], added["action"], json.loads(added["change"])) == (
        "admin", "upgrade", {"version_num": [number, NEWEST]},
    )  # fmt: skip


def test_what_is_new_has_its_default(old_db: str) -> None:
    bring_up(old_db)
    after = contents(old_db)
    assert {(row["post"], row["ability_percent"]) for row in after["staff"]} == {("", 100)}
    assert all(row["active"] for row in after["department"])
    assert {row["change_reason"] for row in after["revisit"]} == {""}
    assert {(row["person"], bool(row["planned"])) for row in after["booking"]} == {("", False)}
    assert {bool(row["temporary"]) for row in after["allocation"]} == {False}
    assert {(row["until_on"], row["reason"]) for row in after["fact"]} == {(None, "")}
    assert all(row["code"].lower() in row["search"] for row in after["customer"]), "derived in the same transaction"


def test_departments_have_no_duty_and_notes_no_amount_until_somebody_says_so(tmp_path: Path, run: Any) -> None:
    """A note that was signed before stays signed; whoever was concerned goes on."""
    url = str(old_file(tmp_path / "company.db", "0005"))
    bring_up(url)
    after = contents(url)
    assert {row["duty"] for row in after["department"]} == {""}
    assert [(row["state"], row["amount_cents"]) for row in after["returned_goods"]] == [
        ("approved", None), ("announced", None),
    ]  # fmt: skip
    assert {row["case_id"] for row in after["complaint"]} == {None}
    program = run(url, "qian").at("2026-03-18 09:10")
    shown = program("complaint", "show", "1", "--json").json
    assert (shown["state"], shown["returned"][0]["approved"], shown["returned"][0]["amount"]) == ("closed", "2", None)
    assert program("complaint", "resume", "2").code == 0
    assert program("complaint", "return", "2", "--item", "1", "--received", "20").code == 0
    assert run(url)("doctor", "--json").json["checks"]


def test_who_wrote_a_policy_is_taken_from_the_record_of_its_adoption(tmp_path: Path, run: Any) -> None:
    url = str(old_file(tmp_path / "company.db", "0006"))
    bring_up(url)
    told = run(url)("policy", "show", "--json").json["versions"]
    assert [(one["in_force_from"], one["adopted_by"], one["written_by"]) for one in told] == [
        ("1900-01-01", "admin", ""), ("2026-12-15", "gm", "chenjing"),
    ]  # fmt: skip
    shown = run(url)("db", "info").out
    assert "from 1900-01-01, adopted on 2025-10-01 by admin\n" in shown
    assert "from 2026-12-15, written by chenjing, adopted on 2026-11-27 by gm\n" in shown


def test_the_audit_chain_still_holds(any_old_db: tuple[str, str]) -> None:
    old_db, _number = any_old_db
    with db.reading(old_db, older=True) as sql:
        assert broken_at(sql) is None
    bring_up(old_db)
    with reading(old_db) as (sql, _company):
        assert broken_at(sql) is None


def test_the_register_is_what_a_recomputation_gives(old_db: str) -> None:
    bring_up(old_db)
    with unit(old_db, at_shanghai(NOW)) as work:
        assert not keep.replan(work.sql, work.company)


def test_a_register_of_other_rules_is_made_anew(old_db: str) -> None:
    """What the old program kept differs where rules were added since."""
    with db.reading(old_db, older=True) as sql:
        was = sql.rows("SELECT count(*) FROM follow_up WHERE rule = 'prospect'")[0][0]
    bring_up(old_db)
    with reading(old_db) as (sql, _company):
        assert (was, sql.rows("SELECT count(*) FROM follow_up WHERE rule = 'prospect'")[0][0] > 0) == (0, True)


def test_the_schema_is_that_of_the_models(any_old_db: tuple[str, str]) -> None:
    old_db, _number = any_old_db
    bring_up(old_db)
    engine = db.open_engine(old_db)
    with engine.connect() as connection:
        made = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(made, models.metadata) == []
    engine.dispose()


def test_the_first_databases_get_the_index_they_lack(old_db: str) -> None:
    """Those made in the first days of revision 0001 have no index on the days of orders."""
    engine = db.open_engine(old_db)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP INDEX ix_order__ordered_on")
    engine.dispose()
    bring_up(old_db)
    engine = db.open_engine(old_db)
    with engine.connect() as connection:
        found = {one["name"] for one in inspect(connection).get_indexes("order_")}
    engine.dispose()
    assert "ix_order__ordered_on" in found


@pytest.mark.parametrize("old_db", ["sqlite"], indirect=True)
def test_an_upgraded_file_has_the_schema_of_a_new_one(old_db: str, tmp_path: Path) -> None:
    """Constraints and defaults with it; the order of constraints differs from run to run."""
    new = str(tmp_path / "new.db")
    init_company(new)
    bring_up(old_db)
    texts = []
    for url in (old_db, new):
        with reading(url) as (sql, _company):
            made = sql.rows("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%'")
            texts.append({name: sorted(line.strip(", \t") for line in text.splitlines()) for name, text in made})
    assert texts[0] == texts[1]


def test_references_hold_and_are_watched(old_db: str) -> None:
    bring_up(old_db)
    with reading(old_db) as (sql, _company):
        if sql.server:
            assert sql.rows("SELECT count(*) FROM pg_constraint WHERE NOT convalidated")[0][0] == 0
        else:
            assert sql.rows("PRAGMA foreign_key_check") == []
        assert sql.rows("SELECT count(*) FROM revisit r JOIN staff s ON s.id = r.staff_id") == sql.rows(
            "SELECT count(*) FROM revisit WHERE staff_id IS NOT NULL"
        )
    with pytest.raises(Exception, match=r"(?i)foreign key"), unit(old_db, at_shanghai(NOW)) as work:
        work.sql.run("UPDATE customer SET rep_id = 99 WHERE id = 1")
    with pytest.raises(Exception, match=r"(?i)foreign key"), unit(old_db, at_shanghai(NOW)) as work:
        work.sql.run("DELETE FROM staff WHERE id = 2")
    with pytest.raises(Exception, match=r"(?i)check"), unit(old_db, at_shanghai(NOW)) as work:
        work.sql.run("UPDATE staff SET role = 'king' WHERE id = 2")
    with unit(old_db, at_shanghai(NOW)) as work:
        work.sql.run("UPDATE staff SET role = 'auditor' WHERE id = 2")


def test_new_rows_get_new_numbers(old_db: str) -> None:
    bring_up(old_db)
    with unit(old_db, at_shanghai(NOW)) as work:
        work.session.add(models.Staff(login="new", name="New", role="representative", created_at=at_shanghai(NOW)))
    assert [row["id"] for row in contents(old_db)["staff"]] == [1, 2, 3, 4, 5, 6]


def test_work_goes_on(old_db: str, run: Any) -> None:
    bring_up(old_db)
    program = run(old_db)
    due = program("due", "--json").json
    assert due["census"]["customers"] == 17
    assert program("log", due["items"][0]["code"], "--result", "reached", "--json").json["met"]
    assert program("show", "C0142", "--json").code == 0


def test_migrations_import_nothing_of_the_program() -> None:
    """They hold for ever; what they would import does not."""
    for path in (PACKAGE / "migrations").rglob("*.py"):
        imported = {
            name
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [str(node.module)])
        }
        assert {name.split(".")[0] for name in imported} <= {"alembic", "sqlalchemy", *sys.stdlib_module_names}, path


# --- a file comes up to date when it is opened


@pytest.mark.parametrize("arguments", [("due",), ("show", "C0142"), ("log", "C0142", "--result", "busy")], ids=" ".join)
def test_opening_a_file_brings_it_up_to_date_and_says_so(old: Path, run: Any, arguments: tuple[str, ...]) -> None:
    before = old.read_bytes()
    program = run(old)
    first = program(*arguments)
    kept = old.with_name(f"company.before-{NEWEST}.20260312T030000Z.db")
    assert first.code == 0
    assert f"{old} was brought up to date: schema 0001 → {NEWEST}." in first.err
    assert f"As it was before: {kept}" in first.err
    assert backups(old) == [kept]
    assert kept.read_bytes()[100:] == before[100:], "the copy is the file as it was"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert sorted(one.name for one in old.parent.iterdir()) == [kept.name, old.name]
    second = program("due")
    assert (second.code, "up to date" in second.err) == (0, False)
    assert backups(old) == [kept]


def test_json_stays_json(old: Path, run: Any) -> None:
    done = run(old)("due", "--json")
    assert done.json["census"]["customers"] == 17
    assert "brought up to date" in done.err


def test_whoever_opens_a_file_brings_it_up_to_date(old: Path, run: Any) -> None:
    """It would be in vain to forbid it: whoever may write the file can do anything with it."""
    done = run(old, "limin")("due")
    assert (done.code, "brought up to date" in done.err) == (0, True)
    assert contents(str(old))["audit"][-1]["who"] == "limin"


def test_a_copy_made_before_is_never_overwritten(old: Path, run: Any) -> None:
    whole = old.read_bytes()
    run(old)("due")
    (first,) = backups(old)
    old.write_bytes(whole)
    assert run(old)("due").code == 0
    assert [one.name for one in backups(old)] == [first.name.replace("Z.db", "Z-2.db"), first.name]


def test_the_copy_is_a_database(old: Path, run: Any) -> None:
    before = contents(str(old))
    run(old)("due")
    (kept,) = backups(old)
    assert contents(str(kept)) == before
    shutil.copy(kept, old)
    assert run(old)("due").code == 0


def test_a_strange_name_is_no_hindrance(tmp_path: Path, run: Any) -> None:
    path = old_file(tmp_path / "客户 #1?%20 & more")
    assert run(path)("due").code == 0
    assert [one.name for one in backups(path)] == [f"客户 #1?%20 & more.before-{NEWEST}.20260312T030000Z"]


def test_a_name_with_control_characters_does_not_steer_the_terminal(tmp_path: Path, run: Any) -> None:
    done = run(old_file(tmp_path / "a\x1b[31mb.db"))("due")
    assert (done.code, "\x1b" in done.err + done.out) == (0, False)


# --- and not, where something is wrong


def half_migrated(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("ALTER TABLE staff ADD COLUMN post TEXT NOT NULL DEFAULT ''")
        connection.execute("ALTER TABLE department ADD COLUMN active BOOLEAN NOT NULL DEFAULT 1")
    connection.close()


def dangling(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE revisit SET staff_id = 99 WHERE id = 7")
    connection.close()


def without_company(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM company")
    connection.close()


def broken_policy(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE policy_version SET body = 'x = '")
    connection.close()


WRONG = {
    "half migrated": (half_migrated, "could not be brought up to date (duplicate column name"),
    "a reference into nothing": (dangling, "in revisit something refers to rows that are not there"),
    "no company": (without_company, "holds no company"),
    "a policy that cannot be read": (broken_policy, "the policy cannot be used"),
}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("arguments", [("due",), ("log", "C0142", "--result", "busy"), ("db", "upgrade")], ids=" ".join)
def test_what_cannot_be_brought_up_to_date_stays_as_it_was(
    old: Path, run: Any, wrong: str, arguments: tuple[str, ...]
) -> None:
    spoil, sentence = WRONG[wrong]
    spoil(old)
    before = contents(str(old)), old.read_bytes()
    done = run(old)(*arguments)
    assert (done.code, done.out) == (1, "")
    assert sentence in done.err
    assert "Try: " in done.err
    assert (contents(str(old)), old.read_bytes()) == before
    assert [one.name for one in old.parent.iterdir()] == [old.name], "no copy at every try"


def test_a_damaged_file_is_not_copied_and_called_a_backup(old: Path, run: Any) -> None:
    whole = bytearray(old.read_bytes())
    page = 4096
    for start in range(20 * page, len(whole) - 10 * page, 7 * page):
        whole[start : start + 200] = b"\xff" * 200
    old.write_bytes(whole)
    done = run(old)("due")
    assert done.code == 1
    assert "the database is damaged" in done.err
    assert old.read_bytes() == bytes(whole)
    assert [one.name for one in old.parent.iterdir()] == [old.name]


def test_a_copy_that_differs_is_found(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that loses what is written to it."""
    put_right = schema._verify

    def lossy(source: Any, copy: Path, path: Path) -> None:
        with sqlite3.connect(copy) as connection:
            connection.execute("DELETE FROM booking WHERE id = 1")
        connection.close()
        put_right(source, copy, path)

    monkeypatch.setattr(schema, "_verify", lossy)
    before = old.read_bytes()
    with pytest.raises(Refused, match="does not hold what the database holds"):
        bring_up(str(old))
    assert old.read_bytes() == before
    assert [one.name for one in old.parent.iterdir()] == [old.name]


def test_an_error_at_the_end_leaves_everything_as_it_was(old_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(old_db)

    def fail(*_arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(keep, "replan", fail)
    with pytest.raises(ZeroDivisionError):
        bring_up(old_db)
    assert contents(old_db) == before
    assert revision(old_db) == "0001"
    monkeypatch.undo()
    assert bring_up(old_db) is not None


@pytest.mark.parametrize(
    ("number", "sentence"),
    [("9999", "was made by a newer revisit (schema 9999)"), ("", "none that revisit has ever had"),
     ("0000", "none that revisit has ever had"), ("abc", "(abc) is none that revisit has ever had")],
)  # fmt: skip
@pytest.mark.parametrize("arguments", [("due",), ("db", "upgrade"), ("db", "info")], ids=" ".join)
def test_a_schema_that_is_not_known_is_refused(
    old_db: str, run: Any, number: str, sentence: str, arguments: tuple[str, ...]
) -> None:
    set_version(old_db, number)
    done = run(old_db)(*arguments)
    assert (done.code, done.out) == (1, "")
    assert sentence in done.err
    if not db.is_server(old_db):
        assert [one.name for one in Path(old_db).parent.iterdir()] == [Path(old_db).name]


def set_version(url: str, number: str) -> None:
    """With another program; an empty one takes the number away."""
    text = f"UPDATE alembic_version SET version_num = '{number}'" if number else "DELETE FROM alembic_version"
    if db.is_server(url):
        import psycopg

        with psycopg.connect(url) as server:
            server.execute(text)
        return
    with sqlite3.connect(url) as connection:
        connection.execute(text)
    connection.close()


# --- rights and room

AS_NOBODY = """
import os, sys
from revisit import cli
os.umask(0)
os.environ["REVISIT_CONFIG"] = sys.argv[1] + ".toml"
warm, path = sys.argv[1:3]
assert cli.run(["--db", warm, "--as", "admin", "due"]) == 0   # everything is imported, as long as we may
if os.geteuid() == 0:
    os.setegid(65534)
    os.seteuid(65534)
sys.stdout = sys.stderr = sys.__stderr__
print("---", file=sys.stderr)
sys.exit(cli.run(["--db", path, "--as", "admin", *sys.argv[3:]]))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "folder"), [(0o444, 0o555), (0o666, 0o555), (0o444, 0o777)], ids=["both", "folder", "file"]
)
def test_without_the_right_to_write_a_sentence_says_so(file: int, folder: int) -> None:
    place = run_folder() / f"rights-{uuid.uuid4().hex[:8]}"
    place.mkdir()
    try:
        (place / "in").mkdir()
        path = old_file(place / "in" / "company.db")
        before = path.read_bytes()
        path.chmod(file)
        (place / "in").chmod(folder)
        for arguments in (("due",), ("db", "upgrade")):
            done = in_process(AS_NOBODY, str(old_file(place / "warm.db")), str(path), *arguments)
            said = done.stderr.split("---\n")[1]
            assert done.returncode == 1, done.stderr
            assert "has to be brought up to date for this program, but it or its folder may not be written to" in said
            assert "Try: let somebody who may write there run" in said
        assert path.read_bytes() == before
        assert [one.name for one in (place / "in").iterdir()] == ["company.db"]
    finally:
        (place / "in").chmod(0o777)
        shutil.rmtree(place)


WITH_LITTLE_ROOM = """
import resource, sys
from revisit import cli
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
sys.exit(cli.run(["--db", sys.argv[2], "--as", "admin", *sys.argv[3:]]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("at", ["the copy", "the migration"])
def test_without_room_the_file_is_as_it_was(old: Path, at: str) -> None:
    """A limit on the size of files stands in for a full disk."""
    size = old.stat().st_size
    room = {"the copy": size // 2, "the migration": size}[at]
    before = contents(str(old))
    for arguments in (("due",), ("db", "upgrade")):
        done = in_process(WITH_LITTLE_ROOM, str(room), str(old), *arguments)
        assert done.returncode == 1, done.stderr
        assert "there is no room to bring" in done.stderr
        assert "free some space" in done.stderr
        assert contents(str(old)) == before
    assert [one.name for one in old.parent.iterdir()] == [old.name], "no half copy is left"
    assert in_process(WITH_LITTLE_ROOM, "-1", str(old), "due").returncode == 0


def in_process(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    place = os.environ | {"PYTHONPATH": str(PACKAGE.parent), "REVISIT_NOW": at_shanghai(NOW).isoformat()}
    return subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, env=place, timeout=120, check=False
    )


# --- killed

KILLED = """
import json, os, signal, sqlite3, sys, time
from pathlib import Path
import alembic.command, sqlmodel
from revisit import db
from revisit.context import Context
from tests.old import old_file

folder = Path(sys.argv[1])
by_event, by_time = int(sys.argv[2]), int(sys.argv[3])

def open_it(path, die_at, after):
    '''Opens the database; dies at this event, or after so many seconds. The number of events.'''
    count = 0
    def event(*_ignored):
        nonlocal count
        count += 1
        if count == die_at:
            os.kill(os.getpid(), signal.SIGKILL)
    def watched(*arguments, **options):
        connection = connect(*arguments, **options)
        connection.set_trace_callback(event)
        return connection
    def hook(name, arguments):
        if name in ("open", "os.link", "os.rename", "os.remove") and str(path.parent) in str(arguments):
            event()
    connect = sqlite3.connect
    sqlite3.connect = sqlite3.dbapi2.connect = watched
    sys.addaudithook(hook)
    if after:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, after)
    with Context(db_option=str(path), login_option="admin").reading():
        pass
    return count

def in_child(path, die_at=0, after=0.0):
    '''How the process ended, after how many events and seconds.'''
    reader, writer = os.pipe()
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        os.write(writer, str(open_it(path, die_at, after)).encode())
        os._exit(0)
    os.close(writer)
    status = os.waitpid(child, 0)[1]
    said = os.read(reader, 20).decode()
    os.close(reader)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, int(said or 0), time.monotonic() - began

def fresh(name):
    (folder / name).mkdir()
    return old_file(folder / name / "company.db")

_signal, events, seconds = in_child(fresh("whole"))
found = {"whole": 0}
for number in range(by_event):
    name = f"event-{1 + number * (events - 1) // (by_event - 1)}"
    found[name] = in_child(fresh(name), die_at=int(name[6:]))[0]
for number in range(by_time):
    name = f"time-{number}"
    found[name], _events, took = in_child(fresh(name), after=seconds * (number + 0.5) / by_time)
    if not found[name]:
        seconds = min(seconds, took)  # the machine has become faster since
print(json.dumps([events, found]))
"""


@pytest.mark.slow
def test_killed_at_any_instant_the_file_is_as_before_or_as_after(tmp_path: Path) -> None:
    """Before each statement and each opening, linking and removing of a file, and in the middle of what takes its time."""
    by_event, by_time = 10, 16
    done = in_process(KILLED, str(tmp_path), str(by_event), str(by_time))
    assert done.returncode == 0, done.stderr
    events, found = json.loads(done.stdout)
    assert events > 60
    died = {name for name, signal in found.items() if signal}
    assert died >= {name for name in found if name.startswith("event-")}
    assert any(name.startswith("time-") for name in died)
    before, after = contents(str(old_file(tmp_path / "before.db"))), contents(str(tmp_path / "whole" / "company.db"))
    states = set()
    for name in found:
        path = tmp_path / name / "company.db"
        is_now = contents(str(path))
        states.add(revision(str(path)))
        assert is_now in (before, after), name
        for kept in backups(path):
            assert contents(str(kept)) == before, name
        with context.Context(db_option=str(path), login_option="admin").reading() as (sql, _company):
            assert sql.rows("PRAGMA integrity_check") == [("ok",)]
        again = contents(str(path))
        assert [again[table] for table in again if table != "audit"] == [
            after[table] for table in after if table != "audit"
        ], name
        assert len(again["audit"]) == len(after["audit"])
        assert [one.name for one in path.parent.iterdir() if one != path and one not in backups(path)] == [], name
    assert states == {"0001", NEWEST}


# --- two at once


@pytest.mark.slow
def test_one_upgrades_and_the_others_wait_and_go_on(old: Path) -> None:
    desks = [start(str(old), *arguments) for arguments in [("due", "--json"), ("log", "C0142", "--result", "busy")] * 2]
    said = [desk.communicate(timeout=120) for desk in desks]
    assert [desk.returncode for desk in desks] == [0, 0, 0, 0], said
    assert sum("was brought up to date" in err for _out, err in said) == 1
    assert len(backups(old)) == 1
    found = contents(str(old))
    assert len([row for row in found["audit"] if row["action"] == "upgrade"]) == 1
    with reading(str(old)) as (sql, _company):
        assert broken_at(sql) is None
        assert sql.rows("SELECT count(*) FROM revisit WHERE result = 'busy' AND done_on = '2026-03-12'") == [(2,)]


@pytest.mark.slow
def test_an_upgrade_waits_for_a_writer_and_reads_what_it_wrote(old: Path) -> None:
    """A desk with the old program is writing just now."""
    writer = sqlite3.connect(old, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("UPDATE customer SET note = 'written meanwhile' WHERE id = 3")
    desk = start(str(old), "due")
    time.sleep(3)
    assert desk.poll() is None, "it waits"
    writer.execute("COMMIT")
    writer.close()
    _out, err = desk.communicate(timeout=60)
    assert (desk.returncode, "was brought up to date" in err) == (0, True)
    for path in (old, *backups(old)):
        assert contents(str(path))["customer"][2]["note"] == "written meanwhile"


@pytest.mark.slow
def test_two_administrators_upgrade_a_server_at_once(old_on_server: str) -> None:
    desks = [start(old_on_server, "db", "upgrade") for _desk in range(2)]
    said = [desk.communicate(timeout=120) for desk in desks]
    assert [desk.returncode for desk in desks] == [0, 0], said
    assert sorted("was brought up to date" in out for out, _err in said) == [False, True]
    assert len([row for row in contents(old_on_server)["audit"] if row["action"] == "upgrade"]) == 1


def start(url: str, *arguments: str) -> subprocess.Popen[str]:
    place = os.environ | {"PYTHONPATH": str(PACKAGE.parent), "REVISIT_NOW": at_shanghai(NOW).isoformat()}
    return subprocess.Popen(
        [sys.executable, "-m", "revisit", "--db", url, "--as", "admin", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=place,
    )  # fmt: skip


# --- a server comes up to date on command


@pytest.mark.parametrize("arguments", [("due",), ("show", "C0142"), ("log", "C0142", "--result", "busy")], ids=" ".join)
def test_an_old_server_is_refused_with_the_command(old_on_server: str, run: Any, arguments: tuple[str, ...]) -> None:
    before = contents(old_on_server)
    done = run(old_on_server)(*arguments)
    assert (done.code, done.out) == (1, "")
    assert f"was made by an older revisit (schema 0001, this program needs {NEWEST})" in done.err
    assert f"Try: {REFUSED_ON_A_SERVER}" in done.err
    assert contents(old_on_server) == before


def test_only_an_administrator_upgrades_a_server(old_on_server: str, run: Any) -> None:
    before = contents(old_on_server)
    refusals = {
        "limin": "the role representative may not do this",
        "chenjing": "the role supervisor may not do this",
        "nobody-here": "I do not know who you are",
    }
    for login, sentence in refusals.items():
        done = run(old_on_server, login)("db", "upgrade")
        assert (done.code, sentence in done.err) == (1, True), login
    assert contents(old_on_server) == before
    done = run(old_on_server)("db", "upgrade")
    assert (done.code, done.err) == (0, "")
    assert re.fullmatch(rf".* was brought up to date: schema 0001 → {NEWEST}\.\n", done.out)
    again = run(old_on_server, "limin")("db", "upgrade")
    assert (again.code, f"is up to date (schema {NEWEST})" in again.out) == (0, True)
    assert run(old_on_server)("due").code == 0


def test_who_works_on_a_server_is_not_thrown_out(old_on_server: str, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import psycopg

    monkeypatch.setattr(db, "BUSY_SECONDS", 1)
    with psycopg.connect(old_on_server) as other:
        other.execute("UPDATE staff SET name = 'Li Min' WHERE login = 'limin'")
        refused = run(old_on_server)("db", "upgrade")
        assert (refused.code, "the database is busy" in refused.err) == (1, True)
    assert revision(old_on_server) == "0001"
    assert run(old_on_server)("db", "upgrade").code == 0
    names = {row["login"]: row["name"] for row in contents(old_on_server)["staff"]}
    assert names["limin"] == "Li Min"


def test_a_login_without_the_tables_is_refused(old_on_server: str, run: Any) -> None:
    import psycopg

    name = f"reader_{uuid.uuid4().hex[:8]}"
    try:
        with psycopg.connect(old_on_server) as server:
            server.execute(f"CREATE ROLE {name} LOGIN")
            server.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name}")
        done = run(old_on_server.replace("postgres@", f"{name}@"))("db", "upgrade")
        assert done.code == 1
        assert "could not be brought up to date (must be owner of table" in done.err
        assert "use the login that owns the tables" in done.err
        assert revision(old_on_server) == "0001"
    finally:
        with psycopg.connect(old_on_server) as server:
            server.execute(f"DROP OWNED BY {name}")
            server.execute(f"DROP ROLE {name}")


# --- revisit db


def test_a_dry_run_changes_nothing(old_db: str, run: Any) -> None:
    before = contents(old_db)
    done = run(old_db)("db", "upgrade", "--dry-run")
    assert (done.code, done.err) == (0, "")
    assert f"would be brought up to date: schema 0001 → {NEWEST}. Nothing was changed." in done.out
    assert ("A verified copy" in done.out) == (not db.is_server(old_db))
    assert contents(old_db) == before


def test_the_command_does_what_opening_does(old: Path, run: Any) -> None:
    done = run(old)("db", "upgrade")
    (kept,) = backups(old)
    assert (done.code, done.err) == (0, "")
    assert done.out == f"{old} was brought up to date: schema 0001 → {NEWEST}.\nAs it was before: {kept}\n"
    again = run(old)("db", "upgrade")
    assert again.out == f"{old} is up to date (schema {NEWEST}).\n"
    assert run(old)("db", "upgrade", "--dry-run").out == again.out


def test_an_old_database_is_described_and_left_as_it_is(old_db: str, run: Any) -> None:
    before = contents(old_db)
    done = run(old_db)("db", "info")
    assert (done.code, done.err) == (0, "")
    assert f"0001 (this program needs {NEWEST}: revisit db upgrade)" in done.out
    assert contents(old_db) == before
    assert revision(old_db) == "0001"


def test_what_a_database_is_and_holds(old_db: str, run: Any) -> None:
    bring_up(old_db)
    found = run(old_db)("db", "info", "--json").json
    rows = {table: len(rows) for table, rows in contents(old_db).items() if table != "alembic_version"}
    assert found.pop("tables") == rows
    assert found.pop("size") > 300_000
    assert re.match(r"\d+\.\d+", found.pop("version"))
    assert found == {
        "address": db.shown(old_db),
        "kind": "postgresql" if db.is_server(old_db) else "sqlite",
        "revision": NEWEST,
        "newest": NEWEST,
        "company": "青禾商贸",
        "timezone": "Asia/Shanghai",
        "start_on": "2025-10-01",
        "policies": [
            {
                "in_force_from": "1900-01-01",
                "adopted_at": "2025-10-01T09:00:00+08:00",
                "adopted_by": "admin",
                "written_by": "",
            }
        ],
    }


def test_the_screen_of_a_database(old: Path, run: Any) -> None:
    bring_up(str(old))
    done = run(old)("db", "info")
    lines = done.out.splitlines()
    assert lines[:8] == [
        f"Database         {old}",
        f"Kind             SQLite {sqlite3.sqlite_version}",
        f"Schema           {NEWEST}",
        f"Size             {databases_size(old)}",
        "Company          青禾商贸 (Asia/Shanghai)",
        "Programme start  2025-10-01",
        "Policy           from 1900-01-01, adopted on 2025-10-01 by admin",
        "",
    ]
    assert "staff               5" in lines


def databases_size(path: Path) -> str:
    return f"{path.stat().st_size / 1000:.1f} KB"


def test_the_address_is_shown_without_its_password(old_on_server: str, run: Any) -> None:
    program = run(old_on_server.replace("postgres@", "postgres:geheim@"))
    for arguments in (
        ("db", "info"),
        ("db", "info", "--json"),
        ("due",),
        ("db", "upgrade", "--dry-run"),
        ("db", "upgrade"),
    ):
        done = program(*arguments)
        assert "geheim" not in done.out + done.err
        assert "postgres:***@" in done.out + done.err


def test_an_unknown_login_may_look(company_db: str, run: Any) -> None:
    assert run(company_db, None)("db", "info", "--json").json["company"] == "宏远商贸"


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 KB"), (344_064, "344.1 KB"), (2_200_000, "2.2 MB"), (10**15, "1000.0 TB")],
)
def test_sizes_as_people_say_them(count: int, said: str) -> None:
    from revisit.commands.databases import size

    assert size(count) == said
