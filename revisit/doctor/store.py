"""The store itself: can every page be read, does every reference lead somewhere, are the tables those the program expects?"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from revisit import db
from revisit.db import Sql
from revisit.doctor.finding import Patient, Said, failed, named, ok, told, warning
from revisit.errors import Refused
from revisit.i18n import N_, _
from revisit.schema import table_names

if TYPE_CHECKING:
    from sqlalchemy import Table

ONE_STATE = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
COLUMNS = {
    False: "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_xinfo(m.name) c WHERE m.type = 'table'",
    True: "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()",
}
SQLITE_TEXTS = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"
SERVER_NAMES = """
SELECT conname FROM pg_constraint WHERE connamespace = current_schema()::regnamespace
UNION SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()
"""
NOT_VALIDATED = """
SELECT conname FROM pg_constraint
WHERE contype = 'f' AND NOT convalidated AND connamespace = current_schema()::regnamespace ORDER BY conname
"""
READ_ALL = 'SELECT count(*), coalesce(sum(length(one::text)), 0) FROM "{table}" AS one'
LOST = """
SELECT count(*), min(child.id) FROM "{child}" AS child LEFT JOIN "{parent}" AS parent ON parent.id = child."{column}"
WHERE child."{column}" IS NOT NULL AND parent.id IS NULL
"""
PAGE_SIZE, PAGES, CHANGED, VALID_FOR = (
    slice(16, 18),
    slice(28, 32),
    slice(24, 28),
    slice(92, 96),
)  # of the file's header
NOT_OURS = N_("keep tables of your own in a database of their own")
RESTORE_OR_NAME = N_("restore the newest backup, or name the right file with --db or REVISIT_DB")
MOST = 100  # faults that SQLite is asked to name
_NAME = re.compile(r"\bCONSTRAINT\s+\"?(\w+)|\bINDEX\s+\"?(\w+)", re.IGNORECASE)


@contextmanager
def opened(url: str, now: datetime) -> Iterator[Patient]:
    """What is to be looked at, as far as it can be opened. Raises Refused where there is no database at all."""
    if db.is_server(url):
        connection = db.connect_server(url)
        try:
            patient = Patient(url, None, Sql(connection, server=True), None, now)
            begin_again(patient)
            if not set(expected()) & set(table_names(patient.sql)):
                raise Refused(
                    N_("there is no database yet at {path}"), N_("create it: revisit init"), path=db.shown(url)
                )
            yield patient
        finally:
            connection.close()
        return
    path = Path(url)
    if not path.is_file():
        db.check_file(path)
    try:
        db.check_file(path)
    except Refused as error:
        yield Patient(url, path, None, error, now)
        return
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=db.BUSY_SECONDS)
    try:
        connection.isolation_level = None
        with suppress(sqlite3.DatabaseError):  # a damaged file says so again in the first check
            for pragma in ("trusted_schema=OFF", "query_only=ON", "cell_size_check=ON"):
                connection.execute(f"PRAGMA {pragma}")
        patient = Patient(url, path, Sql(connection, server=False), None, now)
        begin_again(patient)
        yield patient
    finally:
        connection.close()


def begin_again(patient: Patient) -> None:
    """All checks see one state of the data; after an error that state is taken anew."""
    if patient.connection is None:
        return
    patient.sql.connection.rollback()
    if patient.sql.server:
        patient.sql.run(ONE_STATE)
    else:
        with suppress(sqlite3.DatabaseError):
            patient.sql.run("BEGIN")


def integrity(patient: Patient) -> Said:
    """Every page or, on a server, every row can be read."""
    if patient.refused is not None:
        cut = _cut_off(patient.path) if patient.path is not None else ""
        return failed(cut or told(patient.refused), RESTORE_OR_NAME)
    if patient.sql.server:
        return _read_to_the_end(patient.sql)
    assert patient.path is not None
    if cut := _cut_off(patient.path):
        return failed(cut)
    try:
        faults = [str(row[0]) for row in patient.sql.rows(f"PRAGMA integrity_check({MOST})")]
        pages = patient.sql.rows("PRAGMA page_count")[0][0]
    except sqlite3.DatabaseError as error:
        return failed(_("the file is damaged: {why}").format(why=told(error)))
    if faults != ["ok"]:
        lines = [line for fault in faults for line in fault.splitlines()]
        number = f"{MOST}+" if len(faults) == MOST else str(len(faults))
        return failed(_("the file is damaged in {number} places: {first}").format(number=number, first=lines[0]))
    return ok(_("all {pages} pages can be read").format(pages=pages))


def foreign_keys(patient: Patient) -> Said:
    """Every row that refers to another one finds it."""
    lost: list[str] = []
    count = 0
    for name, table in expected().items():
        for column in table.columns:
            for key in column.foreign_keys:
                parent = key.column.table.name
                rows, first = patient.sql.rows(LOST.format(child=name, parent=parent, column=column.name))[0]
                count += rows
                lost += [f"{name} {first} ({column.name} → {parent})"] if rows else []
    if lost:
        return failed(_("{number} rows refer to nothing: {names}").format(number=count, names=named(lost)))
    if patient.sql.server and (loose := [str(row[0]) for row in patient.sql.rows(NOT_VALIDATED)]):
        return failed(_("constraints that were never validated: {names}").format(names=named(loose)))
    return ok(_("every reference leads to a row"))


def schema(patient: Patient) -> Said:
    """Revision, tables, columns, constraints and indexes are those the program expects."""
    sql = patient.sql
    tables = set(table_names(sql))
    if "alembic_version" not in tables:
        return failed(_("the revision of the schema is not on record"))
    try:
        revision = db.check_revision(sql, patient.url)
    except Refused as error:
        return failed(told(error), error.remedy)
    wanted = {(name, column.name) for name, table in expected().items() for column in table.columns}
    columns = {(table, column) for table, column in sql.rows(COLUMNS[sql.server]) if table in expected()}
    missing = sorted(set(expected()) - tables)
    missing += sorted(f"{table}.{column}" for table, column in wanted - columns if table in tables)
    missing += sorted(_expected_names() - _names(sql)) if not missing else []
    if missing:
        return failed(_("missing: {names}").format(names=named(missing)))
    more = sorted(tables - set(expected()) - {"alembic_version"})
    more += sorted(f"{table}.{column}" for table, column in columns - wanted)
    if more:
        return warning(_("not of this program: {names}").format(names=named(more)), NOT_OURS)
    return ok(_("schema {revision}, {tables} tables").format(revision=revision, tables=len(expected())))


def expected() -> dict[str, Table]:
    """The tables that the program expects, by name."""
    from revisit.models import metadata

    return dict(metadata.tables)


def _expected_names() -> set[str]:
    """The names of constraints and indexes."""
    tables = expected().values()
    found = {str(one.name) for table in tables for one in table.constraints if one.name}
    return found | {str(index.name) for table in tables for index in table.indexes}


def _names(sql: Sql) -> set[str]:
    if sql.server:
        return {str(row[0]) for row in sql.rows(SERVER_NAMES)}
    return {name for (text,) in sql.rows(SQLITE_TEXTS) for pair in _NAME.findall(text) for name in pair if name}


def _read_to_the_end(sql: Sql) -> Said:
    rows = 0
    for name in sorted(set(expected()) & set(table_names(sql))):
        rows += sql.rows(READ_ALL.format(table=name))[0][0]
    return ok(_("all {rows} rows of all tables can be read; the pages are the server's own business").format(rows=rows))


def _cut_off(path: Path) -> str:
    """Whether the file is shorter than its header says, as a sentence."""
    with path.open("rb") as file:
        header = file.read(100)
    size = path.stat().st_size
    if not size:
        return _("the file is empty")
    if not header.startswith(b"SQLite format 3\x00"):
        return ""
    page = int.from_bytes(header[PAGE_SIZE], "big")
    pages = int.from_bytes(header[PAGES], "big") if header[CHANGED] == header[VALID_FOR] else 0
    wanted = max(pages * (65536 if page == 1 else page), 512)
    return _("the file is cut off: {size} of {wanted} bytes").format(size=size, wanted=wanted) if size < wanted else ""
