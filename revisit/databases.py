"""The database as a thing of its own: what it is and holds, and how it is brought up to date with its register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from revisit import access, audit, company, db, policy_file, schema, staff
from revisit.db import REVISIONS
from revisit.i18n import _
from revisit.register import keep
from revisit.schema import Upgrade
from revisit.staff import StaffMember

if TYPE_CHECKING:
    from sqlmodel import Session

VERSION_IN_FILE = "SELECT sqlite_version()"
VERSION_ON_SERVER = "SELECT current_setting('server_version'), pg_database_size(current_database())"
WHO = "SELECT id, login, name, role FROM staff WHERE login = :login AND active"
"""Columns that staff has had in every schema."""


@dataclass(frozen=True, slots=True)
class Description:
    """What a database is and holds. `kind`: sqlite or postgresql; `size` in bytes; `tables`: rows per table; `policies`: from
    when each version holds, when and by whom it was adopted."""

    address: str
    kind: str
    version: str
    revision: str
    newest: str
    size: int
    company: str
    timezone: str
    start_on: date
    policies: tuple[dict[str, Any], ...]
    tables: dict[str, int]


def describe(url: str) -> Description:
    """What the database is and holds; one of an older revision is left as it is. Raises Refused."""
    with db.reading(url, older=True) as sql:
        revision = db.check_revision(sql, url, older=True)
        if sql.server:
            version, size = sql.rows(VERSION_ON_SERVER)[0]
        else:
            version, size = sql.rows(VERSION_IN_FILE)[0][0], Path(url).stat().st_size
        name, timezone, start_on = company.load_name(sql)
        policies = tuple(one.card(timezone) for one in policy_file.adopted(sql, revision))
        rows = {name: count for name, count in schema.tables(sql).items() if name != "alembic_version"}
    kind = "postgresql" if db.is_server(url) else "sqlite"
    return Description(
        db.shown(url), kind, version, revision, REVISIONS[-1], size, name, timezone, start_on, policies, rows
    )


def revision(url: str) -> str:
    """The schema revision of a database, up to date or older. Raises Refused."""
    with db.reading(url, older=True) as sql:
        return db.check_revision(sql, url, older=True)


def require_administrator(url: str, login: str) -> None:
    """A server is brought up to date by its administrators alone. Raises Refused."""
    with db.reading(url, older=True) as sql:
        found = sql.rows(WHO, login=login)
    if not found:
        raise staff.nobody()
    access.require_role(StaffMember(*found[0]), "upgrade")


def bring_up_to_date(url: str, *, login: str, at: datetime) -> Upgrade | None:
    """Schema, register and audit row in one transaction; None: the database is up to date. Raises Refused."""

    def fill(session: Session, before: str) -> None:
        sql = db.sql_of(session)
        keep.replan(sql, company.load_company(sql))
        audit.changed(
            session, action="upgrade", table="alembic_version", row_id=None,
            before={"version_num": before}, after={"version_num": REVISIONS[-1]},
        )  # fmt: skip
        audit.write(sql, audit.pending(session), who=login, at=at)

    return schema.upgrade(url, fill, at=at)


def upgraded(done: Upgrade | None, url: str) -> list[str]:
    """What was done, in sentences; nothing where another process was faster."""
    if done is None:
        return []
    lines = [
        _("{path} was brought up to date: schema {before} → {after}.").format(
            path=db.shown(url), before=done.before, after=done.after
        )
    ]
    if done.backup is not None:
        lines.append(_("As it was before: {path}").format(path=done.backup))
    return lines
