"""`revisit doctor` finds what was really broken — bytes flipped, rows tampered with, rights given away — in sentences."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from revisit import audit, clock, db, doctor, models
from revisit.doctor import store
from revisit.doctor.content import FACTS
from revisit.doctor.place import synchronised
from tests.support import Program, reading, table

ON_SQLITE = pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
ON_SERVER = pytest.mark.parametrize("company_db", ["postgresql"], indirect=True)
CODES = [
    "integrity", "schema", "foreign-keys", "states", "policy", "calendar", "owners", "register", "matters", "audit",
    "closed-months", "clock", "modes", "synchronised-folder",
]  # fmt: skip
PEOPLE = [
    {"客户编号": "C1", "客户名称": "宏远涂料", "电话": "13800000001", "客服专员": "admin", "签约日期": "2026-01-05"},
    {"客户编号": "C2", "客户名称": "利民建材", "免打扰": "是", "欠款": "12.50"},
    {"客户编号": "C3", "客户名称": "安顺化工", "类型": "潜在客户", "意向": "有意向"},
]
ORDERS = [
    {"订单号": "D1", "客户编号": "C1", "下单日期": "2026-02-02"},
    {"订单号": "D2", "客户编号": "C1", "下单日期": "2026-02-20"},
]


def fill(revisit: Program, folder: Path) -> None:
    """A company with customers, orders and a revisit, on 12 March 2026."""
    assert revisit("import", "customers", str(table(folder / "people.xlsx", PEOPLE))).code == 0
    assert revisit("import", "orders", str(table(folder / "orders.xlsx", ORDERS))).code == 0
    assert revisit("log", "C1", "--result", "inconvenient", "--callback", "2026-03-13 10:30").code == 0
    assert revisit("department", "add", "研发部").code == 0
    assert revisit("case", "open", "C1", "--text", "晚了", "--at-once").code == 0
    assert revisit("case", "coordinate", "1", "--department", "研发部").code == 0


FILLED = {"desk": fill}


@pytest.fixture
def desk(revisit: Program) -> Program:
    """The company that `fill` leaves; its folder is nobody else's."""
    if not db.is_server(revisit.url):
        Path(revisit.url).chmod(0o600)
    return revisit


@contextmanager
def tampering(url: str) -> Iterator[Any]:
    """A connection on which everything is allowed: no foreign keys, no checks, no triggers."""
    if db.is_server(url):
        import psycopg

        with psycopg.connect(url) as connection:
            connection.execute("SET session_replication_role = replica")
            yield connection
    else:
        connection = sqlite3.connect(url)
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("PRAGMA ignore_check_constraints=ON")
        with connection:
            yield connection
        connection.close()


def tamper(url: str, *statements: str) -> None:
    with tampering(url) as connection:
        for statement in statements:
            connection.execute(statement)


def statuses(program: Program) -> dict[str, str]:
    """The status of every check; the exit code, the document and stderr agree."""
    done = program("doctor", "--json")
    found = {one["code"]: one["status"] for one in done.json["checks"]}
    broken = [code for code, status in found.items() if status == "failed"]
    assert list(found) == CODES
    assert done.code == (1 if broken else 0)
    assert done.json["ok"] is (not broken)
    assert done.err == (f"{len(broken)} checks failed: {', '.join(broken)}\n" if broken else "")
    for one in done.json["checks"]:
        assert one["detail"]
        assert bool(one["remedy"]) is (one["status"] in ("warning", "failed"))
        assert "Traceback" not in one["detail"]
    return found


def failing(program: Program) -> set[str]:
    return {code for code, status in statuses(program).items() if status == "failed"}


def detail(program: Program, code: str) -> str:
    return next(str(one["detail"]) for one in program("doctor", "--json").json["checks"] if one["code"] == code)


# --- nothing is wrong


def test_a_sound_company(desk: Program) -> None:
    assert statuses(desk) == dict.fromkeys(CODES, "ok") | {"calendar": "warning"}, "2027 is not published"
    assert "recomputed" in detail(desk, "register")


def test_the_codes_are_those_that_are_promised() -> None:
    assert [code for code, _check in doctor.CHECKS] == CODES


def test_the_whole_screen(desk: Program) -> None:
    done = desk("doctor")
    lines = done.out.splitlines()
    assert (done.code, done.err) == (0, "")
    assert lines[0].split() == ["Check", "Result", "What", "was", "found"]
    assert [line.split()[:2] for line in lines[1:15]] == [
        [code, "warning" if code == "calendar" else "ok"] for code in CODES
    ]
    assert lines[15:] == [
        "calendar: put calendar/cn-2027.toml into the company's templates folder once the State Council has published it"
    ]
    with reading(desk.url) as (sql, _company):
        rows, head = sql.rows("SELECT count(*), max(id) FROM audit")[0][0], sql.rows(audit.NEWEST)[0][0]
    assert f"{rows} rows follow from each other; the last hash is {head}" in done.out


def test_nobody_known_may_look_too(desk: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "stranger")
    desk.login = None
    assert failing(desk) == set()


def test_nothing_is_written(desk: Program) -> None:
    tamper(desk.url, "DELETE FROM follow_up")
    before = contents(desk.url)
    assert failing(desk) == {"register"}
    assert contents(desk.url) == before


def contents(url: str) -> object:
    """All that is kept: the bytes of the file, or every row of the server's tables with the transaction that wrote it."""
    if not db.is_server(url):
        return Path(url).read_bytes()
    with tampering(url) as connection:
        return {name: connection.execute(f'SELECT xmin, * FROM "{name}"').fetchall() for name in store.expected()}


# --- rows that were tampered with, on both databases

TAMPERED = {
    "a deadline moved": ("UPDATE follow_up SET due_by = '2026-03-01' WHERE rule = 'after-sale'", {"register"}),
    "a follow-up taken out": ("DELETE FROM follow_up WHERE rule = 'dormant-week'", {"register"}),
    "a standing taken out": ("DELETE FROM standing WHERE kind = 'excluded'", {"register"}),
    "a derived day changed": ("UPDATE customer SET last_order_on = '2026-01-01' WHERE code = 'C1'", {"register"}),
    "an order moved by hand": ("UPDATE order_ SET ordered_on = '2026-03-01' WHERE number = 'D2'", {"register"}),
    "an owner by hand": ("UPDATE customer SET rep_id = NULL WHERE code = 'C1'", {"owners"}),
    "an allocation to nobody": ("UPDATE allocation SET staff_id = 99", {"foreign-keys", "owners"}),
    "a customer taken out": ("DELETE FROM customer WHERE code = 'C2'", {"foreign-keys"}),
    "an audit row changed": ("UPDATE audit SET who = 'nobody' WHERE id = 2", {"audit"}),
    "an audit row taken out": ("DELETE FROM audit WHERE id = 3", {"audit"}),
    "the audit emptied": ("DELETE FROM audit", {"audit"}),
    "a fact that is none": ("UPDATE fact SET value = 'perhaps' WHERE name = 'do_not_call'", {"states", "register"}),
    "a fact nobody knows": (
        "INSERT INTO fact (customer_id, name, value, reason) VALUES (1, 'mood', 'x', '')",
        {"states"},
    ),
    "a case moved by hand": ("UPDATE case_ SET state = 'routed'", {"matters"}),
    "a step taken out": ("DELETE FROM move WHERE action = 'coordinate'", {"matters"}),
    "a step that there is not": ("UPDATE move SET action = 'tell' WHERE action = 'coordinate'", {"matters"}),
    "a case closed by hand": (
        "UPDATE case_ SET state = 'closed', result = 'x', closed_on = '2026-03-12'",
        {"matters"},
    ),
    "a deadline of nothing": ("UPDATE deadline SET matter_id = 99", {"matters"}),
    "no current version": ("UPDATE revisit SET is_current = (1 = 0)", {"states", "register"}),
    "a time zone of nowhere": ("UPDATE company SET timezone = 'Mars/Olympus'", {"states"}),
    "no company": ("DELETE FROM company", {"states"}),
    "no policy": ("DELETE FROM policy_version", {"policy"}),
    "a number of the policy by hand": (
        "UPDATE policy_version SET body = replace(body, 'after_days = 7', 'after_days = 8')",
        {"policy", "register"},
    ),
    "a policy that is no TOML": ("UPDATE policy_version SET body = body || '['", {"policy"}),
    "a policy of another day": ("UPDATE policy_version SET in_force_from = '2026-02-01'", {"policy"}),
    "a row of tomorrow": ("UPDATE import_batch SET at = '2026-03-13 09:00:00.000000'", {"clock"}),
    "a revisit of tomorrow": ("UPDATE revisit SET done_on = '2026-03-13'", {"clock", "register"}),
    "a table lost": ("DROP TABLE import_change", {"schema"}),
    "an index lost": ("DROP INDEX ix_follow_up_due_by", {"schema"}),
    "another revision": ("UPDATE alembic_version SET version_num = '9999'", {"schema"}),
    "no revision": ("DELETE FROM alembic_version", {"schema"}),
}


@pytest.mark.parametrize(("statement", "codes"), TAMPERED.values(), ids=TAMPERED)
def test_what_was_tampered_with_is_found(desk: Program, statement: str, codes: set[str]) -> None:
    tamper(desk.url, statement)
    assert failing(desk) == codes


def test_what_is_wrong_is_named(desk: Program) -> None:
    tamper(desk.url, TAMPERED["a deadline moved"][0], "UPDATE customer SET rep_id = NULL")
    assert detail(desk, "register") == ("1 rows differ from what follows from the events, of 1 customers: C1")
    assert detail(desk, "owners") == "1 customers do not belong to whom they were allocated: C1"
    tamper(desk.url, *(f"DELETE FROM {name}" for name in ("staff", "case_", "move", "deadline")))
    lost = detail(desk, "foreign-keys")
    assert lost == (
        "4 rows refer to nothing: import_batch 1 (staff_id → staff), revisit 1 (staff_id → staff), "
        "allocation 1 (staff_id → staff)"
    )
    tamper(desk.url, "UPDATE audit SET change = '{}' WHERE id = 4")
    assert "the chain breaks at row 4:" in detail(desk, "audit")


def test_the_head_of_the_chain_shows_that_its_tail_was_cut(desk: Program) -> None:
    before = detail(desk, "audit")
    tamper(desk.url, "DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)")
    assert failing(desk) == set()
    assert detail(desk, "audit") != before


def test_a_customer_of_somebody_who_left_is_a_warning(desk: Program) -> None:
    tamper(desk.url, "UPDATE staff SET active = (1 = 0) WHERE login = 'admin'")
    assert statuses(desk)["owners"] == "warning"
    assert "C1" in detail(desk, "owners")


def test_a_deadline_that_would_be_another_one_today_is_a_warning(desk: Program) -> None:
    tamper(desk.url, "UPDATE deadline SET due_by = '2026-03-12 08:00:00.000000' WHERE clock = 'form'")
    assert (statuses(desk)["matters"], failing(desk)) == ("warning", set())
    assert detail(desk, "matters") == "deadlines are not what they would be today: #1 form"


def test_a_table_of_somebody_else_is_a_warning(desk: Program) -> None:
    tamper(desk.url, "CREATE TABLE shopping (what TEXT)", "ALTER TABLE customer ADD COLUMN mood TEXT")
    found = statuses(desk)
    assert (found["schema"], failing(desk)) == ("warning", set())
    assert detail(desk, "schema") == "not of this program: shopping, customer.mood"


def test_a_clock_that_was_set_back(desk: Program) -> None:
    desk.at("2026-03-12 09:30")
    assert failing(desk) == {"clock"}
    desk.at("2026-03-12 09:57")
    assert failing(desk) == set(), "a few minutes between two computers are nothing"


def test_an_older_calendar_is_no_reason_to_fail(desk: Program) -> None:
    desk.at("2031-05-05 09:30")
    assert statuses(desk)["calendar"] == "warning"
    assert "2031, 2032" in detail(desk, "calendar")


def test_a_calendar_that_cannot_be_used_fails(
    desk: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    from revisit import resources

    (tmp_path / "calendar").mkdir()
    (tmp_path / "calendar" / "cn-2026.toml").write_text("year = [")
    request.addfinalizer(lambda: resources.use_company_folder(None))
    monkeypatch.setenv("REVISIT_TEMPLATES", str(tmp_path))
    assert failing(desk) == {"calendar"}


def test_the_policy_file_has_faults_that_the_reader_of_it_lets_pass(desk: Program) -> None:
    """`policy check` is stricter than what the program needs to work."""
    import hashlib

    with tampering(desk.url) as connection:
        body = connection.execute("SELECT body FROM policy_version").fetchone()[0]
        body = body.replace("[records]", '[records]\ncolour = "red"')
        mark = "%s" if db.is_server(desk.url) else "?"
        sha256 = hashlib.sha256(body.encode()).hexdigest()
        connection.execute(f"UPDATE policy_version SET body = {mark}, sha256 = {mark}", (body, sha256))
    assert statuses(desk)["policy"] == "warning"
    assert "records.colour: unknown key" in detail(desk, "policy")


# --- a SQLite file


def flip(path: Path, page: int, *, size: int = 4096) -> None:
    """Turns a page of the file (from 0) into noise, the header of the first one excepted."""
    data = bytearray(path.read_bytes())
    start = max(page * size, 100)
    noise = bytes((n * 37 + 11) % 256 for n in range((page + 1) * size - start))
    data[start : start + len(noise)] = noise
    path.write_bytes(data)


@ON_SQLITE
@pytest.mark.parametrize("page", [0, 1, 2, 5, 9, 17, 30])
def test_noise_in_a_page_is_found_and_never_a_traceback(desk: Program, page: int) -> None:
    flip(Path(desk.url), page)
    assert "integrity" in failing(desk)
    assert "damaged" in detail(desk, "integrity")


@ON_SQLITE
@pytest.mark.parametrize("place", range(100, 40000, 2963))
def test_a_flipped_byte_never_ends_in_a_traceback(desk: Program, place: int) -> None:
    """A byte may lie where nothing is kept; whatever it hits, every check says something."""
    data = bytearray(Path(desk.url).read_bytes())
    data[place] ^= 0xFF
    Path(desk.url).write_bytes(data)
    statuses(desk)


@ON_SQLITE
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "the file is empty"),
        (b"hello" * 100, "is not a database of revisit"),
        (b"SQLite format 3\x00", "the file is cut off: 16 of 512 bytes"),
        ("foreign", "is the database of another program"),
        (3000, "the file is cut off: 3000 of "),
        (40960, "the file is cut off: 40960 of "),
    ],
    ids=str,
)
def test_a_file_that_is_no_whole_database(desk: Program, content: bytes | str | int, sentence: str) -> None:
    path = Path(desk.url)
    if isinstance(content, int):
        path.write_bytes(path.read_bytes()[:content])
    elif isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.unlink()
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE a (b)")
        connection.close()
        path.chmod(0o600)
    assert "integrity" in failing(desk)
    assert sentence in detail(desk, "integrity")
    if content == b"":
        found = statuses(desk)
        assert {code for code, status in found.items() if status == "skipped"} == set(CODES) - {
            "integrity", "calendar", "modes", "synchronised-folder"
        }  # fmt: skip


@ON_SQLITE
def test_where_there_is_no_database_the_answer_is_that_of_every_command(desk: Program, tmp_path: Path) -> None:
    for url, sentence in ((tmp_path / "none.db", "there is no database yet"), (tmp_path, "is a folder")):
        done = Program(str(url), desk.capsys, desk.monkeypatch)("doctor")
        assert (done.code, done.out) == (1, "")
        assert sentence in done.err


@ON_SQLITE
@pytest.mark.parametrize(
    ("statement", "codes"),
    [
        ("UPDATE revisit SET done_on = '2026-02-30'", {"states"}),
        ("UPDATE revisit SET done_on = 'soon'", {"states"}),
        ("UPDATE customer SET entered_on = 20260102 WHERE code = 'C1'", {"states"}),
        ("UPDATE customer SET balance_cents = 'much' WHERE code = 'C1'", {"states"}),
        ("UPDATE staff SET active = 7", {"states"}),
        ("UPDATE audit SET at = 'then'", {"states"}),
        ("UPDATE revisit SET channel = 'pigeon'", {"integrity", "states"}),
        ("UPDATE customer SET kind = 'friend' WHERE code = 'C1'", {"integrity", "states"}),
    ],
)
def test_values_that_sqlite_takes_anywhere(desk: Program, statement: str, codes: set[str]) -> None:
    tamper(desk.url, statement)
    assert codes <= failing(desk) <= codes | {"register", "audit"}


@ON_SQLITE
def test_others_may_not_read_the_file(desk: Program) -> None:
    path = Path(desk.url)
    for mode, status in ((0o644, "warning"), (0o640, "warning"), (0o600, "ok"), (0o400, "ok")):
        path.chmod(mode)
        assert statuses(desk)["modes"] == status
    path.parent.chmod(0o777)
    assert statuses(desk)["modes"] == "warning"
    assert str(path.parent) in detail(desk, "modes")


@ON_SQLITE
def test_a_file_of_another_account(desk: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests owns the file; the program is run as somebody else."""
    somebody_else = Path(desk.url).stat().st_uid + 1
    monkeypatch.setattr(os, "geteuid", lambda: somebody_else)
    assert "belongs to another account" in detail(desk, "modes")


@pytest.mark.parametrize(
    ("folder", "found"),
    [
        ("Dropbox", True),
        ("OneDrive - Hongyuan/work", True),
        ("坚果云", True),
        ("我的坚果云/公司", True),
        ("Nutstore/1", True),
        ("BaiduSyncdisk", True),
        ("百度网盘", True),
        ("Library/Mobile Documents/com~apple~CloudDocs", True),
        ("Documents", False),
        ("dropped boxes", False),
        ("drive", False),
    ],
)
def test_synchronised_folders_are_known_by_name(tmp_path: Path, folder: str, found: bool) -> None:
    (tmp_path / folder).mkdir(parents=True)
    named = synchronised(tmp_path / folder / "revisit.db")
    assert (named is not None) is found
    if named is not None:
        assert named.is_relative_to(tmp_path)


def test_a_link_into_a_synchronised_folder_is_seen_through(tmp_path: Path) -> None:
    (tmp_path / "Dropbox").mkdir()
    (tmp_path / "Dropbox" / "revisit.db").touch()
    (tmp_path / "revisit.db").symlink_to(tmp_path / "Dropbox" / "revisit.db")
    assert synchronised(tmp_path / "revisit.db") == tmp_path / "Dropbox"


def test_a_synchronised_folder_is_known_by_what_its_program_leaves(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    assert synchronised(tmp_path / "work" / "revisit.db") is None
    (tmp_path / ".stfolder").mkdir()
    assert synchronised(tmp_path / "work" / "revisit.db") == tmp_path


@ON_SQLITE
def test_a_file_in_a_synchronised_folder_is_a_warning(desk: Program) -> None:
    folder = Path(desk.url).parent / "Dropbox"
    folder.mkdir(mode=0o700)
    moved = Path(desk.url).rename(folder / "revisit.db")
    desk.url = str(moved)
    assert statuses(desk)["synchronised-folder"] == "warning"


# --- a server


@ON_SERVER
@pytest.mark.parametrize(
    ("statements", "codes"),
    [
        (
            (
                "ALTER TABLE allocation DROP CONSTRAINT fk_allocation_staff_id",
                "ALTER TABLE allocation ADD CONSTRAINT fk_allocation_staff_id "
                "FOREIGN KEY (staff_id) REFERENCES staff (id) NOT VALID",
            ),
            {"foreign-keys"},
        ),
        (
            (
                "ALTER TABLE customer DROP CONSTRAINT ck_customer_kind",
                "UPDATE customer SET kind = 'friend' WHERE code = 'C1'",
            ),
            {"schema", "states"},
        ),
        (("ALTER TABLE customer DROP COLUMN note",), {"schema"}),
    ],
)
def test_what_was_changed_on_a_server_is_found(desk: Program, statements: tuple[str, ...], codes: set[str]) -> None:
    tamper(desk.url, *statements)
    assert failing(desk) == codes


@ON_SERVER
def test_a_server_without_our_tables_is_no_database(db_url_empty: str, desk: Program) -> None:
    done = Program(db_url_empty, desk.capsys, desk.monkeypatch)("doctor")
    assert (done.code, done.out) == (1, "")
    assert "there is no database yet" in done.err


@pytest.fixture
def db_url_empty(tmp_path: Path) -> Iterator[str]:
    from tests.conftest import fresh_on_server

    yield from fresh_on_server("template1")


# --- what is known here is what is known elsewhere


def test_every_kind_of_column_is_looked_at() -> None:
    kinds = {type(column.type).__name__ for one in models.metadata.tables.values() for column in one.columns}
    assert kinds <= {"Boolean", "Date", "UtcDateTime", "Integer", "BigInteger", "Text"}


def test_the_facts_are_those_of_the_rules() -> None:
    from revisit.policy.facts import Fact

    assert Fact.__doc__ is not None
    for name in FACTS:
        assert name in Fact.__doc__


@ON_SQLITE
def test_progress_stands_on_a_terminal_only(desk: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[tuple[str, int, int]] = []
    doctor.examine(desk.url, clock.now(), lambda *what: heard.append(what))
    assert heard == [(code, done, len(CODES)) for done, code in enumerate(CODES)]
    assert desk("doctor").err == ""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    shown = desk("doctor")
    assert "integrity" in shown.err
    assert "\x1b" not in shown.out
