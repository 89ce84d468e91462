"""Real old databases: one file per schema revision, made by the program of that time.

`0001.db.gz`: commit bf257a9, a part of its demo company, set up by `init`, the four imports and a few `log`; one department and
one supervisor were added by hand, since there was no command for them.

`0002.db.gz`: commit 12686c1, that same database brought up to 0002, then a staff sheet, a waiver, an exclusion, a closed file,
an assignment, a planned follow-up, an amended and a voided revisit.

`0003.db.gz`: commit 0c4c6ef, that same database brought up to 0003, then imports with a meaning told, with rejected rows and
with accepted fixes, two files merged, two told apart, an import undone (on 2026-11-27).

`0004.db.gz`: that same database brought up to 0004, then a claim, a call that was left as a draft, a note for the next shift, a
case that was sent to a department, waited for the customer and climbed, one that is not urgent, a feedback time (2026-11-27).

`0005.db.gz`: commit d351f67, that same database brought up to 0005, then complaints (closed with a measure and a signed note;
waiting with a changed proposal; not accepted, so that another form follows), a delegation, approvals of a settlement, a credit
limit and remote service, a service register, surveys with the cases that they opened, chats, a case that was told, deadlines that
climbed (2026-11-27).

`0006.db.gz`: commit 412785e, that same database brought up to 0006, then duties of two departments, a target, three inspections
with a finding, a closed month, a policy adopted by its approver, a complaint that began as a case, goods announced (2026-11-27).
"""

from __future__ import annotations

import gzip
import sqlite3
from pathlib import Path
from typing import Any

from revisit import db, schema

FOLDER = Path(__file__).parent
NOW = "2026-03-12 11:00"
"""A day on which that company works, in Shanghai."""


def old_file(path: Path, revision: str = "0001") -> Path:
    """The old database as a file at this path."""
    path.write_bytes(gzip.decompress((FOLDER / f"{revision}.db.gz").read_bytes()))
    path.chmod(0o600)
    return path


def old_server(url: str, revision: str = "0001") -> None:
    """The old database on a server: its schema by the migrations, its rows from the file."""
    import psycopg

    engine = db.open_engine(url)
    with engine.begin() as connection:
        schema.migrate(connection, revision)
    engine.dispose()
    rows = contents_of_file(gzip.decompress((FOLDER / f"{revision}.db.gz").read_bytes()))
    with psycopg.connect(url, options="-c timezone=UTC") as connection:
        connection.execute("SET session_replication_role = replica")  # in any order
        for table, (columns, cells) in rows.items():
            if table == "alembic_version":
                continue
            types = dict(
                connection.execute(
                    "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s", [table]
                ).fetchall()
            )
            places = ", ".join("%s" for _column in columns)
            with connection.cursor() as cursor:
                cursor.executemany(
                    f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})",
                    [
                        [_for_server(cell, types[name]) for name, cell in zip(columns, row, strict=True)]
                        for row in cells
                    ],
                )
            if "id" in columns and table != "company":
                connection.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table} HAVING max(id) > 0"
                )


def contents_of_file(content: bytes) -> dict[str, tuple[list[str], list[tuple[Any, ...]]]]:
    """The columns and rows of every table."""
    connection = sqlite3.connect(":memory:")
    connection.deserialize(content)
    found = {}
    for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        cursor = connection.execute(f"SELECT * FROM {table}")
        found[table] = ([column[0] for column in cursor.description], cursor.fetchall())
    connection.close()
    return found


def _for_server(cell: Any, kind: str) -> Any:
    if cell is None:
        return None
    if kind == "boolean":
        return bool(cell)
    return f"{cell}+00" if kind == "timestamp with time zone" else cell
