"""The database itself: who may read the file, what is refused unharmed, one schema on both kinds, writers that wait."""

from __future__ import annotations

import ast
import os
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from revisit import audit, db, models
from revisit.errors import Refused
from tests.support import Program, at_shanghai, init_company, reading, unit
from tests.test_audit import broken_at

PACKAGE = Path(db.__file__).parent
ON_SQLITE = pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
ON_SERVER = pytest.mark.parametrize("db_url", ["postgresql"], indirect=True)


# --- the file


@pytest.fixture
def open_umask() -> Iterator[None]:
    """A system on which new files may be read and written by everybody."""
    before = os.umask(0o000)
    yield
    os.umask(before)


@pytest.mark.usefixtures("open_umask")
def test_only_the_owner_may_read_the_file(tmp_path: Path) -> None:
    path = tmp_path / "new" / "company.db"
    init_company(str(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with unit(str(path), at_shanghai("2026-03-02 09:00")) as work:
        work.sql.run("UPDATE company SET name = 'X'")
        journal = Path(f"{path}-journal")
        assert stat.S_IMODE(journal.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["company.db"], "nothing is left beside it"


def test_the_file_says_whose_it_is(tmp_path: Path) -> None:
    path = tmp_path / "company.db"
    init_company(str(path))
    assert path.read_bytes()[68:72] == b"RVST"


@ON_SQLITE
def test_the_file_is_kept_as_safely_as_sqlite_can(company_db: str) -> None:
    with unit(company_db, at_shanghai("2026-03-02 09:00")) as work:
        found = {
            name: work.sql.rows(f"PRAGMA {name}")[0][0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "trusted_schema", "busy_timeout")
        }
        assert found == {
            "journal_mode": "delete",
            "synchronous": 2,
            "foreign_keys": 1,
            "trusted_schema": 0,
            "busy_timeout": 1000 * db.BUSY_SECONDS,
        }
        with pytest.raises(sqlite3.IntegrityError):
            work.sql.run("UPDATE customer SET rep_id = 99")
            work.sql.run("INSERT INTO fact (customer_id, name, value) VALUES (99, 'kind', 'customer')")


def foreign(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE customer (id INTEGER PRIMARY KEY)")
    connection.close()


def newer(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()


def versionless(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE alembic_version")
    connection.close()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])


def scribbled(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:100] + b"\xff" * (len(whole) - 100))


DAMAGES = {
    "zero bytes": lambda path: path.write_bytes(b""),
    "a text": lambda path: path.write_text("客户编号,客户名称\nC001,明珠酒楼\n", encoding="utf-8"),
    "a header cut off": lambda path: path.write_bytes(path.read_bytes()[:40]),
    "another program's": foreign,
    "a newer program's": newer,
    "without a version": versionless,
    "truncated": cut,
    "overwritten": scribbled,
}


@ON_SQLITE
@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize(
    "arguments",
    [("due",), ("show", "C001"), ("log", "C001", "--result", "reached"), ("init", "--company", "X", "--yes")],
)
def test_what_is_not_ours_is_refused_and_left_as_it_is(
    revisit: Program, damage: str, arguments: tuple[str, ...]
) -> None:
    path = Path(revisit.url)
    DAMAGES[damage](path)
    before = path.read_bytes()
    result = revisit(*arguments)
    assert result.code == 1
    assert result.out == ""
    assert "Error: " in result.err
    assert "Try: " in result.err
    assert "Traceback" not in result.err
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == [path.name]


@ON_SQLITE
@pytest.mark.parametrize("damage", ["newer", "truncated", "another program's"])
def test_writing_is_refused_as_well_as_reading(company_db: str, damage: str) -> None:
    path = Path(company_db)
    {"newer": newer, "truncated": cut, "another program's": foreign}[damage](path)
    before = path.read_bytes()
    with pytest.raises((Refused, sqlite3.DatabaseError, Exception)) as caught, db.writing(company_db) as session:
        session.commit()
    assert isinstance(caught.value, Refused) or db.explain(caught.value) is not None
    assert path.read_bytes() == before


def test_no_file_and_a_folder_are_no_database(tmp_path: Path) -> None:
    for path in (tmp_path / "none.db", tmp_path):
        with pytest.raises(Refused), db.reading(str(path)):
            pass
    assert list(tmp_path.iterdir()) == []


def test_a_database_is_created_once(company_db: str) -> None:
    with pytest.raises(Refused):
        init_company(company_db)
    with reading(company_db) as (sql, company):
        assert company.name == "宏远商贸"
        assert len(sql.rows(audit.ALL)) == 3


INTERRUPTED = """
import sys
import threading
from revisit import db
url = sys.argv[1]
if sys.argv[2] == "reading":
    connection = db.connect_server(url)
else:
    lent = db.open_engine(url).raw_connection()
    connection = lent.driver_connection
try:
    with connection.pipeline():
        connection.execute("SELECT 1 / 0")
        raise KeyboardInterrupt
except KeyboardInterrupt:
    print("stopped")
"""


@ON_SERVER
@pytest.mark.parametrize("way", ["reading", "writing"])
def test_the_driver_says_nothing_of_its_own(db_url: str, way: str) -> None:
    """Ctrl-C in the middle of many statements: the person reads our sentence and no line of the driver's log."""
    done = subprocess.run([sys.executable, "-c", INTERRUPTED, db_url, way], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("stopped\n", "")


@ON_SERVER
def test_an_empty_server_and_one_of_another_program_are_refused(db_url: str) -> None:
    import psycopg

    with pytest.raises(Refused, match="no database yet"), db.reading(db_url):
        pass
    with psycopg.connect(db_url) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num text)")
    with pytest.raises(Refused, match="another program"), db.reading(db_url):
        pass
    with pytest.raises(Refused, match="already holds tables"):
        init_company(db_url)


# --- the schema


def test_the_program_knows_its_migrations() -> None:
    config = Config()
    config.set_main_option("script_location", str(PACKAGE / "migrations"))
    chain = ScriptDirectory.from_config(config).walk_revisions()
    assert tuple(reversed([script.revision for script in chain])) == db.REVISIONS


def test_the_migrations_make_what_the_models_say(company_db: str) -> None:
    engine = db.open_engine(company_db)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, models.metadata) == []
    engine.dispose()


def test_constraints_bear_the_names_of_the_models(company_db: str) -> None:
    """CHECKs are not compared by alembic."""
    with reading(company_db) as (sql, _company):
        if sql.server:
            found = {
                (table, name)
                for table, name in sql.rows(
                    "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0"
                )
            }
        else:
            texts = dict(sql.rows("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
            found = {
                (table, name) for table, text in texts.items() for name in re.findall(r"CONSTRAINT (ck_\w+)", text)
            }
    wanted = {
        (table.name, str(one.name))
        for table in models.metadata.tables.values()
        for one in table.constraints
        if str(one.name or "").startswith("ck_") or type(one).__name__ == "CheckConstraint"
    }
    named = {(table, name if name.startswith("ck_") else f"ck_{table}_{name}") for table, name in wanted}
    assert found == named


# --- the SQL texts


def sql_texts() -> list[tuple[str, str]]:
    """Every upper-case constant of the package that is a SQL text, with its name."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" in path.parts:
            continue
        names = [
            target.id
            for node in ast.parse(path.read_text(encoding="utf-8")).body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name) and target.id.isupper()
        ]
        if not names:
            continue
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        module = import_module(".".join(part for part in parts if part != "__init__"))
        for name in names:
            value = getattr(module, name)
            if isinstance(value, str) and re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE|LOCK|WITH)\s", value):
                found.append((f"{module.__name__.removeprefix('revisit.')}.{name}", value))
    return found


SQL_TEXTS = dict(sql_texts())


def test_there_are_texts_to_prepare() -> None:
    assert len(SQL_TEXTS) > 40
    assert {"morning.ATTEMPTS", "register.read.PROMISED_ON", "audit.NEWEST", "audit.LOCK_ON_SERVER"} <= set(SQL_TEXTS)


PLACES = {
    "table": "revisit", "child": "revisit", "parent": "customer", "memory": "import_mapping", "column": "customer_id",
    "columns": "id", "by": "id", "source": "customer c WHERE 1 = 1", "where": "1 = 1", "conditions": "1 = 1",
    "hanging": "deadline", "owner": "case_", "attempt": "1 = 1", "contact": "1 = 1", "paperwork": "''", "lag": "1",
    "early": "1 = 1", "seconds": "1", "dormant_seconds": "1", "days": "1",
    "hour": "'2026-03-12 01'", "marks": "kind", "cents": "id",
    "rows": "SELECT kind, id AS cents, id AS key, id AS customer_id, id AS on_day, id AS said FROM customer",
}  # fmt: skip
"""What stands in a text instead of a value; everything else is a list of ids."""


def filled(text: str) -> str:
    """A text with its placeholders for ids, tables and conditions filled in."""
    return re.sub(r"\{(\w+)\}", lambda found: PLACES.get(found[1], "1, 2"), text)


def test_every_text_fits_the_schema(company_db: str) -> None:
    """Prepared with every parameter NULL, one by one, and never kept."""
    failed = {}
    for name, text in SQL_TEXTS.items():
        server_only = "ON_SERVER" in name or re.search("LOCK TABLE|pg_|::", text) is not None
        file_only = "IN_FILE" in name or "sqlite_" in text
        with reading(company_db) as (sql, _company):
            if (server_only and not sql.server) or (file_only and sql.server):
                continue
            params: dict[str, object] = dict.fromkeys(re.findall(r"(?<!:):([a-z_]\w*)", text))
            explain = "" if text.lstrip().startswith("LOCK") else "EXPLAIN "
            try:
                sql.rows(explain + filled(text), **params) if explain else sql.run(filled(text), **params)
            except Exception as error:
                failed[name] = str(error)
    assert failed == {}


def test_texts_inside_functions_are_few() -> None:
    """A SQL text stands beside the functions that own its table, under a name."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" in path.parts:
            continue
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            for node in ast.walk(function):
                if (
                    isinstance(node, ast.Constant)
                    and isinstance(node.value, str)
                    and re.match(r"\s*(SELECT\s.*\sFROM|INSERT INTO|UPDATE\s\w+\sSET|DELETE FROM)\s", node.value, re.S)
                ):
                    found.append(f"{path.relative_to(PACKAGE)}: {node.value.split()[:4]}")
    allowed = ("db.py", "bulk.py")  # checks of a database that may be anything; rows for any table
    assert [one for one in found if not one.startswith(allowed)] == []


# --- writers

WRITER = """
import sys
import threading
from datetime import timedelta
from tests.support import at_shanghai, unit
from revisit import revisits
from revisit.revisits import Outcome

url, desk = sys.argv[1:]
for number in range(30):
    now = at_shanghai("2026-03-02 09:00") + timedelta(minutes=number)
    with unit(url, now) as work:
        outcome = Outcome(result="reached", channel="phone", done_on=now.date(), done_at=now, note=f"{desk} {number}")
        revisits.record_revisit(
            work.session, work.sql, customer_id=1, staff_id=work.actor.id, outcome=outcome, filled_at=now
        )
"""


def test_two_desks_write_at_once_and_nothing_is_lost(company_db: str, tmp_path: Path) -> None:
    with unit(company_db, at_shanghai("2026-03-01 09:00")) as work:
        work.session.add(
            models.Customer(code="C001", name="明珠酒楼", entered_on=at_shanghai("2026-03-01 09:00").date())
        )
        work.session.flush()
        audit.changed(work.session, action="create", table="customer", row_id=1, customer_id=1)
    script = tmp_path / "writer.py"
    script.write_text(WRITER, encoding="utf-8")
    place = os.environ | {"PYTHONPATH": str(PACKAGE.parent)}
    desks = [
        subprocess.Popen([sys.executable, script, company_db, desk], stderr=subprocess.PIPE, text=True, env=place)
        for desk in ("one", "two")
    ]
    errors = [desk.communicate(timeout=120)[1] for desk in desks]
    assert [desk.returncode for desk in desks] == [0, 0], errors
    with reading(company_db) as (sql, _company):
        rows = sql.rows("SELECT number, note FROM revisit ORDER BY number")
        assert [number for number, _note in rows] == list(range(1, 61)), "no number twice, none left out"
        assert sorted(note for _number, note in rows) == sorted(
            f"{desk} {n}" for desk in ("one", "two") for n in range(30)
        )
        assert broken_at(sql) is None, "the chain has one order"


@ON_SQLITE
def test_a_writer_waits_for_the_one_before(company_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And gives up with a sentence, not with half a change."""
    monkeypatch.setattr(db, "PRAGMAS", (*db.PRAGMAS, "busy_timeout=50"))
    with unit(company_db, at_shanghai("2026-03-02 09:00")) as first:
        first.sql.run("UPDATE company SET name = 'one'")
        with pytest.raises(Exception, match="locked") as caught, unit(company_db, at_shanghai("2026-03-02 09:00")):
            pass
        refused = db.explain(caught.value)
        assert refused is not None
        assert "busy" in str(refused)
        with reading(company_db) as (_sql, company):
            assert company.name == "宏远商贸", "a reader sees the state before"
    with reading(company_db) as (_sql, company):
        assert company.name == "one"


# --- what is said


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ann:geheim@localhost:1/x",
        "postgres://ann:geheim@127.0.0.1:1/x",
        "postgresql://ann:ge%40heim@localhost:1/x",
        "postgresql://ann:ge%4heim@localhost:1/x",
        "postgresql://ann:p@geheim@localhost:1/x",
        "postgresql://ann:p/geheim@localhost:1/x",
        "postgresql://ann:p?geheim@localhost:1/x",
        "postgresql://ann:1:geheim@localhost:1/x",
        "postgresql://localhost:1/x?user=ann&password=geheim",
        "postgresql://ann:geheim@localhost:notaport/x",
        "postgresql://:geheim@localhost:1/x",
    ],
)
@pytest.mark.parametrize(
    "arguments", [("due",), ("init", "--company", "X", "--yes"), ("log", "C1", "--result", "reached")]
)
def test_a_password_is_never_shown(
    url: str, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    result = Program(url, capsys, monkeypatch)(*arguments)
    assert result.code == 1
    assert "Error: " in result.err
    assert not re.search("ge.*heim", result.err + result.out)


@ON_SERVER
def test_a_password_that_works_is_not_shown_either(
    db_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    revisit = Program(db_url.replace("postgres@", "postgres:geheim@"), capsys, monkeypatch)
    for _time in ("new", "there already"):
        result = revisit("init", "--company", "X", "--yes")
        assert "postgres:***@" in result.err + result.out
        assert "geheim" not in result.err + result.out


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ann:x@host/db", "postgresql://ann:***@host/db"),
        ("postgresql://ann@host/db", "postgresql://ann@host/db"),
        (
            "postgresql://host:5432/db?password=x&sslmode=require",
            "postgresql://host:5432/db?password=***&sslmode=require",
        ),
        ("/home/ann/revisit.db", "/home/ann/revisit.db"),
    ],
)
def test_an_address_is_shown_without_its_password(url: str, shown: str) -> None:
    assert db.shown(url) == shown


@ON_SQLITE
def test_a_copy_of_a_file_is_a_database(company_db: str, tmp_path: Path) -> None:
    """And a path may hold what a URL may not."""
    strange = tmp_path / "客户 #1?%20 & more.db"
    shutil.copy(company_db, strange)
    with reading(str(strange)) as (_sql, company):
        assert company.name == "宏远商贸"
    with unit(str(strange), at_shanghai("2026-03-02 09:00")) as work:
        work.sql.run("UPDATE company SET name = 'copy'")
    with reading(str(strange)) as (_sql, company):
        assert company.name == "copy"


def test_values_travel_as_parameters(company_db: str) -> None:
    text: Any = "100% 'x' :on %(y)s {ids}"
    with reading(company_db) as (sql, _company):
        assert sql.rows("SELECT login FROM staff WHERE name = :name OR login LIKE 'adm%'", name=text) == [("admin",)]
        assert sql.rows("SELECT CAST(:text AS TEXT)", text=text) == [(text,)]


@pytest.mark.parametrize("company_db", ["postgresql"], indirect=True)
def test_two_who_wait_for_each_other_are_told_so(company_db: str) -> None:
    """The server lets one of them go."""
    with closing(db.connect_server(company_db)) as one, closing(db.connect_server(company_db)) as other:
        one.execute("LOCK TABLE fact")
        other.execute("LOCK TABLE allocation")
        failed: list[Exception] = []

        def wait(connection: Any, table: str) -> None:
            try:
                connection.execute(f"LOCK TABLE {table}")
            except Exception as error:
                failed.append(error)
                connection.rollback()

        waiting = threading.Thread(target=wait, args=(other, "fact"))
        waiting.start()
        wait(one, "allocation")
        if not failed:
            one.rollback()
        waiting.join()
    (error,) = failed
    assert "were waiting for each other; nothing was changed" in str(db.explain(error))
