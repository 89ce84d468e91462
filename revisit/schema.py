"""How a database comes to be and is brought up to date: created whole or not at all, upgraded whole or not at all.

A SQLite file is copied and the copy verified before it is changed; a server is somebody's who makes backups of it.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from revisit import db, placing
from revisit.db import APPLICATION_ID, REVISIONS, Sql
from revisit.errors import Refused
from revisit.i18n import N_

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlmodel import Session

TABLES_IN_FILE = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name"
)
TABLES_ON_SERVER = """
SELECT table_name FROM information_schema.tables
WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name
"""
COUNT = "SELECT count(*) FROM {table}"
PROBE = "UPDATE alembic_version SET version_num = version_num"
"""Fails where the file or its folder may not be written to."""
WAIT_FOR_UPGRADE = "busy_timeout=120000"  # milliseconds: whoever comes second waits until the first one is done


@dataclass(frozen=True, slots=True)
class Upgrade:
    """A database was brought from one schema revision to another; `backup` is the copy of the file as it was before."""

    before: str
    after: str
    backup: Path | None


def create(url: str, fill: Callable[[Session], None]) -> None:
    """A database of the newest schema, filled by `fill`, in one transaction: it is there as a whole, or not at all.

    Refuses where anything is already. A file is created 0600.
    """
    from sqlmodel import Session

    if db.is_server(url):
        db.connect_server(url).close()
        with _session(url) as session:
            if table_names(db.sql_of(session)):
                raise Refused(
                    N_("the database {url} already holds tables"),
                    N_("name an empty database: revisit --db postgresql://… init"),
                    url=db.shown(url),
                )
            migrate(session.connection())
            fill(session)
            session.commit()
        return
    path = Path(url)
    there = Refused(N_("{path} is there already"), N_("name another file with --db, or use this one"), path=path)
    if path.exists():
        raise there
    db.refuse_network_drive(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = placing.beside(path)
    _make_private(beside)
    engine = db.open_engine(str(beside))
    try:
        with Session(engine, autoflush=False) as session:
            session.connection().exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
            migrate(session.connection())
            fill(session)
            session.commit()
        engine.dispose()
        placing.put(beside, path)
    except FileExistsError as error:
        raise there from error
    finally:
        engine.dispose()
        beside.unlink(missing_ok=True)


def upgrade(url: str, fill: Callable[[Session, str], None], *, at: datetime) -> Upgrade | None:
    """Brings a database of an older revision to the newest, in one transaction; None: it is (by now) up to date.

    `fill` is told the revision before and writes what follows from the new schema, in the same transaction. Of a file a
    verified copy is made first; `at` is the instant in its name. Raises Refused; the database is then as it was.
    """
    return _upgrade_server(url, fill) if db.is_server(url) else _upgrade_file(Path(url), fill, at)


def migrate(connection: Connection, to: str = "head") -> None:
    """Runs the migrations up to a revision, in the transaction of the connection."""
    from alembic import command
    from alembic.config import Config

    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({APPLICATION_ID})")
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def table_names(sql: Sql) -> list[str]:
    """The names of the tables of the database."""
    return [name for (name,) in sql.rows(TABLES_ON_SERVER if sql.server else TABLES_IN_FILE)]


def tables(sql: Sql) -> dict[str, int]:
    """The tables of the database with their numbers of rows."""
    return {name: sql.rows(COUNT.format(table=f'"{name}"'))[0][0] for name in table_names(sql)}


def _upgrade_server(url: str, fill: Callable[[Session, str], None]) -> Upgrade | None:
    with db.reading(url, older=True):
        pass
    with _explained(db.shown(url)), _session(url) as session:
        connection = session.connection()
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({APPLICATION_ID})")
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{db.BUSY_SECONDS}s'")  # whoever works, works on
        before = db.check_revision(db.sql_of(session), url, older=True)
        if before == REVISIONS[-1]:
            return None
        migrate(connection)
        fill(session, before)
        session.commit()
    return Upgrade(before, REVISIONS[-1], None)


def _upgrade_file(path: Path, fill: Callable[[Session, str], None], at: datetime) -> Upgrade | None:
    db.check_file(path)
    backup = None
    try:
        # a table is rebuilt by dropping the old one: rows that refer to it must not mind
        with _explained(str(path)), _session(str(path), "foreign_keys=OFF", WAIT_FOR_UPGRADE) as session:
            sql = db.sql_of(session)  # from here on nobody else writes: the copy is of the very state that is changed
            before = db.check_revision(sql, str(path), older=True)
            if before == REVISIONS[-1]:
                return None
            sql.run(PROBE)
            backup = back_up(path, f"before-{REVISIONS[-1]}", at=at)
            migrate(session.connection())
            fill(session, before)
            session.flush()
            broken = sql.rows("PRAGMA foreign_key_check")
            if broken:
                raise Refused(
                    N_("{path} cannot be brought up to date: in {table} something refers to rows that are not there"),
                    N_("restore the newest backup"),
                    path=path,
                    table=", ".join(sorted({str(row[0]) for row in broken})),
                )
            session.commit()
    except BaseException:
        if backup is not None and _is_older(path):
            backup.unlink(missing_ok=True)  # the file is as it was: a copy at every try would fill the disk
        raise
    return Upgrade(before, REVISIONS[-1], backup)


def _is_older(path: Path) -> bool:
    try:
        with db.reading(str(path), older=True) as sql:
            return db.check_revision(sql, str(path), older=True) != REVISIONS[-1]
    except (Refused, sqlite3.Error):
        return False


def back_up(path: Path, why: str, *, at: datetime) -> Path:
    """A verified copy of a database file beside it, named after the reason and the instant; the path of the copy.

    Made through SQLite itself, so that it is one consistent state. Raises Refused, OSError and sqlite3.Error.
    """
    beside = path.with_name(f".{path.name}.{why}.part")
    beside.unlink(missing_ok=True)  # left by a process that was killed
    _make_private(beside)
    try:
        with _plainly(path, "ro") as source:
            with _plainly(beside, "rw") as copy:
                copy.execute("PRAGMA journal_mode=OFF")  # a copy that fails is thrown away
                source.backup(copy)
            _verify(source, beside, path)
        _sync(beside)
        stamp = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        for number in range(1, 1000):
            kept = path.with_name(f"{path.stem}.{why}.{stamp}{f'-{number}' if number > 1 else ''}{path.suffix}")
            try:
                placing.put(beside, kept)
            except FileExistsError:
                continue
            beside.unlink(missing_ok=True)
            _sync(path.absolute().parent)
            return kept
        raise FileExistsError(str(kept))
    finally:
        beside.unlink(missing_ok=True)


def _verify(source: sqlite3.Connection, copy: Path, path: Path) -> None:
    """Reads the copy to its end and compares it with its source. Raises Refused."""
    with _plainly(copy, "ro") as connection:
        said = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(1)")]
        if said != ["ok"]:
            raise Refused(N_("the database is damaged ({why})"), N_("restore the newest backup"), why=said[0])
        one, other = Sql(source, server=False), Sql(connection, server=False)
        if tables(one) != tables(other) or one.rows(db.REVISION) != other.rows(db.REVISION):
            raise Refused(
                N_("the copy of {path} does not hold what the database holds; nothing was changed"),
                N_("look at the disk and try again"),
                path=path,
            )


@contextmanager
def _explained(where: str) -> Iterator[None]:
    """Why a database was not brought up to date, as a sentence; it is as it was. Raises Refused."""
    try:
        yield
    except Exception as error:
        refused = _why_not(error, where)
        if refused is None:
            raise
        raise refused from error


def _why_not(error: Exception, where: str) -> Refused | None:
    cause: BaseException = getattr(error, "orig", None) or error
    text = (str(cause).strip().splitlines() or ["?"])[0]
    driver = isinstance(cause, sqlite3.Error) or type(cause).__module__.startswith("psycopg")
    if not driver and not isinstance(cause, OSError):
        return None
    if isinstance(cause, PermissionError) or re.search("readonly|read-only|Read-only|unable to open", text):
        return Refused(
            N_("{path} has to be brought up to date for this program, but it or its folder may not be written to"),
            N_("let somebody who may write there run: revisit --db … db upgrade"),
            path=where,
        )
    if isinstance(cause, OSError) or re.search("full|disk I/O", text):
        return Refused(
            N_("there is no room to bring {path} up to date ({why}); it is as it was"),
            N_("free some space, or look at the disk, and try again"),
            path=where,
            why=getattr(cause, "strerror", None) or text,
        )
    known = db.explain(error)
    if known is not None and not re.search("no such column|duplicate column|already exists", text):
        return known
    return Refused(
        N_("{path} could not be brought up to date ({why}); it is as it was"),
        N_("use the login that owns the tables; otherwise restore the newest backup"),
        path=where,
        why=text,
    )


@contextmanager
def _session(url: str, *pragmas: str) -> Iterator[Session]:
    from sqlmodel import Session

    engine = db.open_engine(url, *pragmas)
    try:
        with Session(engine, autoflush=False) as session:
            yield session
    finally:
        engine.dispose()


@contextmanager
def _plainly(path: Path, mode: str) -> Iterator[Any]:
    """A connection to a file on the plain driver, closed at the end."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=db.BUSY_SECONDS)
    try:
        connection.isolation_level = None
        connection.execute("PRAGMA trusted_schema=OFF")
        yield connection
    finally:
        connection.close()


def _make_private(path: Path) -> None:
    """An empty file that only its owner may read."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _sync(path: Path) -> None:
    """What was written is on the disk; of a folder: which files are in it."""
    if os.name != "posix" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
