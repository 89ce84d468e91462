"""Short writes on the plain driver, for what people wait for and no audit row is kept of: a claim is one row.

Many desks write so at the same time. SQLite lets who has waited longest wait longest; here everybody who waits asks again
after a few milliseconds, so that each has the same chance.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Any

from revisit import db, interrupts
from revisit.db import Sql

SHORTEST_WAIT, LONGEST_WAIT = 0.001, 0.008  # seconds


@contextmanager
def writing(sql: Sql) -> Iterator[None]:
    """A transaction that can write from its first statement, on a connection that was opened to read from: what was read
    before is let go of. Committed at the end, rolled back if something is raised."""
    connection = sql.connection
    connection.rollback()
    if not sql.server:
        for pragma in (*db.PRAGMAS, "busy_timeout=0"):
            connection.execute(f"PRAGMA {pragma}")
        _patiently(connection, "BEGIN IMMEDIATE")
    try:
        yield
        with interrupts.held():  # a Ctrl-C now comes too late
            if sql.server:
                connection.commit()
            else:
                _patiently(connection, "COMMIT")
    except BaseException:
        connection.rollback()
        raise
    finally:
        if not sql.server:
            connection.execute(f"PRAGMA busy_timeout={db.BUSY_SECONDS * 1000}")


def _patiently(connection: Any, statement: str) -> None:
    """Runs a statement as soon as nobody is in its way. Raises the driver's error after `db.BUSY_SECONDS`."""
    until = monotonic() + db.BUSY_SECONDS
    while True:
        try:
            connection.execute(statement)
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or monotonic() >= until:
                raise
        else:
            return
        sleep(SHORTEST_WAIT + (LONGEST_WAIT - SHORTEST_WAIT) * os.urandom(1)[0] / 255)
