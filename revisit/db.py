"""The database: one SQLite file or one PostgreSQL server, the same statements on both.

Writes go through `writing` (a SQLModel session in one transaction). Reads that people wait for go through `reading`: SQL
text on the plain driver, no ORM imported. SQL texts name their parameters `:name`; days come back as ISO text. Databases
are made and brought up to date in `schema`.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from revisit import bulk
from revisit.errors import Refused
from revisit.i18n import N_

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine
    from sqlmodel import Session

APPLICATION_ID = 0x52565354  # "RVST", in the header of every SQLite file of ours
REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007")
"""The migrations this program knows, oldest first; a test compares them with the migration chain."""
BUSY_SECONDS = 10
ONE_STATE = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
REVISION = "SELECT version_num FROM alembic_version"
CHUNK = 1000  # ids in one statement
PRAGMAS = (
    "journal_mode=DELETE",
    "synchronous=FULL",
    "foreign_keys=ON",
    f"busy_timeout={BUSY_SECONDS * 1000}",
    "trusted_schema=OFF",
    "cell_size_check=ON",
)
MAPPED = 2**30
"""Bytes of a file that are read from where the system keeps them, without a copy of each page: twice as fast where much is read.
Only to read, and no file is on a network drive, where the system could not say that a page is gone."""
_NOT_THERE = ("UndefinedTable", "UndefinedColumn")
_NETWORK_DRIVES = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "vboxsf", "afs", "ncpfs"})


def is_server(url: str) -> bool:
    """Whether the address names a PostgreSQL server; anything else is the path of a SQLite file."""
    return url.startswith(("postgresql://", "postgres://"))


def shown(url: str) -> str:
    """The address as a person may see it: no password."""
    return re.sub(r"([?&]\w*password=)[^&#]*", r"\1***", re.sub(r"//([^:/@?]*):.*@", r"//\1:***@", url))


def _without_secrets(text: str, url: str) -> str:
    """What a driver says about an address, without the password; "?" where it may have taken part of it for a host or port."""
    from urllib.parse import unquote

    for secret in re.findall(r"//[^:/@?]*:(.*)@", url) + re.findall(r"[?&]\w*password=([^&#]*)", url):
        if re.search("[@/?#]", secret):
            return "?"
        for one in filter(None, (secret, unquote(secret))):
            text = text.replace(one, "***")
    return text


class OlderSchema(Refused):
    """The database was made by an older revisit: it has to be brought up to date before it can be used."""


class Sql:
    """Statements on a plain driver connection: `rows` to read, `run` and `run_many` to write inside a session's transaction."""

    def __init__(self, connection: Any, *, server: bool) -> None:
        self.connection = connection
        self.server = server

    def rows(self, sql: str, **params: object) -> list[tuple[Any, ...]]:
        """All rows. Days and instants are ISO text on both databases, truth values truthy."""
        cursor = self._cursor()
        cursor.execute(_for_server(sql) if self.server else sql, _plain(params))
        return list(cursor.fetchall())

    def each(self, sql: str, **params: object) -> Iterator[tuple[Any, ...]]:
        """All rows, one after the other: no list of them is made. Nothing is written while they are gone through."""
        cursor = self._cursor()
        return iter(cursor.execute(_for_server(sql) if self.server else sql, _plain(params)))

    def run(self, sql: str, **params: object) -> None:
        """One statement without a result."""
        self._cursor().execute(_for_server(sql) if self.server else sql, _plain(params))

    def run_many(self, sql: str, rows: Iterable[Mapping[str, object]]) -> None:
        """One statement for many parameter sets."""
        sets = [_plain(row) for row in rows]
        if sets:
            self._cursor().executemany(_for_server(sql) if self.server else sql, sets)

    def insert_rows(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Many new rows of one table. Cells are what the driver takes as it is: days and instants as ISO text."""
        for portion in bulk.by_columns(columns, rows):
            self.insert_columns(table, portion)

    def insert_columns(self, table: str, columns: Mapping[str, Sequence[object]]) -> None:
        """The same, given column by column, all of one length."""
        bulk.insert(self.connection, server=self.server, table=table, columns=columns)

    def _cursor(self) -> Any:
        cursor = self.connection.cursor()
        if self.server:
            for name, loader in _server_loaders():
                cursor.adapters.register_loader(name, loader)
        return cursor


@contextmanager
def reading(url: str, *, older: bool = False) -> Iterator[Sql]:
    """A connection to read from, on the plain driver, once it is sure whose database it is.

    Raises Refused; OlderSchema for a database of an older revision, unless `older` ones are welcome.
    """
    if is_server(url):
        connection = connect_server(url)
        try:
            sql = Sql(connection, server=True)
            _check_server(sql, url, older=older)
            yield sql
        finally:
            connection.close()
    else:
        path = check_file(Path(url))
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=BUSY_SECONDS)
        try:
            connection.isolation_level = None
            for pragma in ("trusted_schema=OFF", f"mmap_size={MAPPED}"):
                connection.execute(f"PRAGMA {pragma}")
            sql = Sql(connection, server=False)
            connection.execute("BEGIN")  # one consistent state for all reads of a command
            check_revision(sql, url, older=older)
            yield sql
        finally:
            connection.close()


@contextmanager
def writing(url: str, *pragmas: str) -> Iterator[Session]:
    """A session in one transaction that can write from its first statement. The caller commits; leaving rolls back. `pragmas`
    of SQLite take the place of the usual ones.

    Raises Refused; OlderSchema for a database of an older revision.
    """
    from sqlmodel import Session

    if is_server(url):
        with reading(url):
            pass
    else:
        check_file(Path(url))
    engine = open_engine(url, *pragmas)
    try:
        with Session(engine, autoflush=False) as session:
            if not is_server(url):
                check_revision(sql_of(session), url)
            yield session
            session.rollback()
    finally:
        engine.dispose()


def hold_still(sql: Sql) -> None:
    """Everything that is read from here on is one state of the database. A file was opened so; on a server the transaction
    of a connection to read from begins anew."""
    if sql.server:
        sql.connection.rollback()
        sql.run(ONE_STATE)


def sql_of(session: Session) -> Sql:
    """Plain statements in the session's own transaction. Flush first what they are to see."""
    connection = session.connection()
    return Sql(connection.connection.driver_connection, server=connection.dialect.name == "postgresql")


def check_file(path: Path) -> Path:
    """The path, if a SQLite database of ours is there; refuses everything else before a byte is written."""
    remedy = N_("name the right file with --db or REVISIT_DB, or create a database: revisit init")
    if not path.exists():
        raise Refused(N_("there is no database yet at {path}"), N_("create it: revisit init"), path=path)
    if path.is_dir():
        raise Refused(N_("{path} is a folder, not a database"), remedy, path=path)
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except OSError as error:
        raise Refused(N_("{path} cannot be read: {why}"), remedy, path=path, why=error.strerror or error) from error
    if not header.startswith(b"SQLite format 3\x00"):
        raise Refused(N_("{path} is not a database of revisit"), remedy, path=path)
    if int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        raise Refused(N_("{path} is the database of another program"), remedy, path=path)
    refuse_network_drive(path)
    return path


def explain(error: BaseException) -> Refused | None:
    """What a driver's error means for a person; None if it is not one that a person can mend."""
    name = type(error).__name__
    cause: BaseException = getattr(error, "orig", None) or error
    text = str(cause).strip().splitlines()[0] if str(cause).strip() else name
    if isinstance(cause, sqlite3.Error) or type(cause).__module__.startswith("psycopg"):
        if "locked" in text or "busy" in text or type(cause).__name__ == "LockNotAvailable":
            return Refused(
                N_("the database is busy: another program has been writing for over {seconds} seconds"),
                N_("try again in a moment"),
                seconds=BUSY_SECONDS,
            )
        if type(cause).__name__ == "DeadlockDetected":
            return Refused(
                N_("this program and another one were waiting for each other; nothing was changed"),
                N_("try again in a moment"),
            )
        if re.search("malformed|not a database|no such (table|column)", text) or type(cause).__name__ in _NOT_THERE:
            return Refused(N_("the database is damaged ({why})"), N_("restore the newest backup"), why=text)
        if "full" in text:
            return Refused(N_("the disk is full; nothing was changed"), N_("free some space and try again"))
        if "readonly" in text:
            return Refused(N_("the database may not be written to"), N_("check the rights of the file and its folder"))
        if type(cause).__name__ in ("OperationalError", "ConnectionTimeout"):
            return Refused(N_("the database does not answer: {why}"), N_("check the address and the server"), why=text)
    return None


def instant(text: Any) -> datetime | None:
    """An instant as a plain driver gives it: UTC."""
    if text is None:
        return None
    value = text if isinstance(text, datetime) else datetime.fromisoformat(text)
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def day(text: str | None) -> date | None:
    """A day as a plain driver gives it."""
    return date.fromisoformat(text) if text else None


def id_list(ids: Sequence[int]) -> str:
    """Whole numbers for an `IN (…)`; nothing else can come through."""
    return ", ".join(str(int(one)) for one in ids)


def chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """The ids in portions of one query each."""
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def _plain(params: Mapping[str, object]) -> dict[str, object]:
    return {key: plain(value) for key, value in params.items()}


def plain(value: object) -> object:
    """A value as a plain driver takes it: days and instants (UTC) as ISO text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    if isinstance(value, date):
        return value.isoformat()
    return value


@cache
def _for_server(sql: str) -> str:
    return re.sub(r"(?<!:):([a-z_][a-z0-9_]*)", r"%(\1)s", sql.replace("%", "%%"))


@cache
def _server_loaders() -> tuple[tuple[str, Any], ...]:
    from psycopg.types.string import TextLoader

    return (("date", TextLoader), ("timestamptz", TextLoader))


def _silence_driver() -> None:
    """What psycopg could not tidy up after Ctrl-C or an error is its log's, not a person's: we say ourselves what happened."""
    import logging

    logging.getLogger("psycopg").addHandler(logging.NullHandler())


def connect_server(url: str) -> Any:
    try:
        import psycopg
    except ModuleNotFoundError as error:
        raise Refused(
            N_("this installation cannot talk to a PostgreSQL server"),
            N_("install it with: pip install 'revisit[postgres]'"),
        ) from error
    _silence_driver()
    try:
        return psycopg.connect(url, connect_timeout=5, options="-c timezone=UTC", autocommit=False)
    except psycopg.Error as error:
        why = (str(error).strip().splitlines() or ["?"])[-1]
        raise Refused(
            N_("the server {url} does not answer: {why}"),
            N_("check the address, your login and the server"),
            url=shown(url),
            why=_without_secrets(why, url),
        ) from None  # the driver's own words may hold the password


def _check_server(sql: Sql, url: str, *, older: bool) -> None:
    known = sql.rows("SELECT to_regclass('alembic_version') IS NOT NULL, to_regclass('follow_up') IS NOT NULL")
    versioned, ours = known[0]
    if not versioned:
        raise Refused(N_("there is no database yet at {path}"), N_("create it: revisit init"), path=shown(url))
    if not ours:
        raise Refused(
            N_("{path} is the database of another program"),
            N_("name the right file with --db or REVISIT_DB, or create a database: revisit init"),
            path=shown(url),
        )
    check_revision(sql, url, older=older)


def check_revision(sql: Sql, url: str, *, older: bool = False) -> str:
    """The schema revision of the database: the newest, or with `older` any that this program knows. Raises Refused."""
    found = sql.rows(REVISION)
    revision = str(found[0][0]) if len(found) == 1 else ""
    where: dict[str, object] = {"path": shown(url), "revision": revision or "?"}
    if revision == REVISIONS[-1] or (older and revision in REVISIONS):
        return revision
    if revision in REVISIONS:
        raise OlderSchema(
            N_("{path} was made by an older revisit (schema {revision}, this program needs {newest})"),
            N_("an administrator brings it up to date: revisit --db … db upgrade"),
            newest=REVISIONS[-1],
            **where,
        )
    if re.fullmatch(r"\d{4}", revision) and revision > REVISIONS[-1]:
        raise Refused(N_("{path} was made by a newer revisit (schema {revision})"), N_("update the program"), **where)
    raise Refused(
        N_("the schema of {path} ({revision}) is none that revisit has ever had"),
        N_("restore the newest backup"),
        **where,
    )


def refuse_network_drive(path: Path) -> None:
    """SQLite on a share loses data: refused where the drive can be recognised."""
    try:
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    folder = str(path.absolute().parent)
    best, kind = "", ""
    for line in mounts:
        fields = line.split()
        mount = fields[4]
        inside = mount == "/" or folder == mount or folder.startswith(mount + "/")
        if inside and len(mount) >= len(best):
            best, kind = mount, fields[fields.index("-") + 1]
    if kind in _NETWORK_DRIVES:
        raise Refused(
            N_("{path} lies on a network drive, where a SQLite file loses data"),
            N_("keep the file on a local disk, or use a PostgreSQL server for a team: --db postgresql://…"),
            path=path,
        )


def open_engine(url: str, *pragmas: str) -> Engine:
    """The engine for a session in one transaction; `pragmas` of SQLite beside the usual ones (`foreign_keys=OFF`)."""
    from sqlalchemy import URL, NullPool, create_engine, event

    if is_server(url):
        _silence_driver()
        address = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url)
        return create_engine(
            address, poolclass=NullPool, connect_args={"options": "-c timezone=UTC", "connect_timeout": 5}
        )
    engine = create_engine(URL.create("sqlite", database=url), poolclass=NullPool)  # a path may hold ? and %

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # we begin transactions ourselves
        for pragma in (*PRAGMAS, *pragmas):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
