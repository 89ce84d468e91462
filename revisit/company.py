"""Whose database this is: name, time zone, programme start, dated policies, working calendar."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from revisit import audit, resources
from revisit.db import Sql, sql_of
from revisit.errors import Refused, WrongUsage
from revisit.i18n import N_
from revisit.policy.calendar import CalendarError, WorkCalendar, calendar_from
from revisit.policy.values import Policies, Policy, PolicyError, policy_from

if TYPE_CHECKING:
    from sqlmodel import Session

COMPANY = "SELECT name, timezone, start_on FROM company"
POLICIES = "SELECT body FROM policy_version ORDER BY in_force_from"


@dataclass(frozen=True, slots=True)
class CompanyInfo:
    """The company as every command needs it."""

    name: str
    timezone: str
    start_on: date
    policies: Policies
    calendar: WorkCalendar


def load_company(sql: Sql) -> CompanyInfo:
    """The company of this database with its policies and calendar. Raises Refused if the database was never set up."""
    name, timezone, start_on = load_name(sql)
    versions = tuple(read_policy(body) for (body,) in sql.rows(POLICIES))
    return CompanyInfo(name, timezone, start_on, Policies(versions), load_calendar())


def load_name(sql: Sql) -> tuple[str, str, date]:
    """Name, time zone and programme start. Raises Refused if the database was never set up."""
    found = sql.rows(COMPANY)
    if not found:
        raise Refused(N_("this database holds no company yet"), N_("create it: revisit init"))
    name, timezone, start_on = found[0]
    return name, timezone, date.fromisoformat(start_on)


def load_calendar() -> WorkCalendar:
    """The working calendar: the shipped years, each overridden by the company's file of that name. Raises Refused."""
    name = ""
    files = []
    try:
        for name in resources.list_names("calendar"):
            files.append((name, resources.read_text(name)))
    except UnicodeDecodeError as error:
        raise _no_calendar(name, error) from error
    return _calendar_of(tuple(files))


@lru_cache(maxsize=8)
def _calendar_of(files: tuple[tuple[str, str], ...]) -> WorkCalendar:
    """The calendar of these files (name, text); understood once in a process, however often it opens the database."""
    name = ""
    years = []
    try:
        for file in files:
            name, text = file
            years.append(tomllib.loads(text))
        return calendar_from(years)
    except (CalendarError, tomllib.TOMLDecodeError) as error:
        raise _no_calendar(name, error) from error


def _no_calendar(name: str, error: Exception) -> Refused:
    return Refused(
        N_("the working calendar cannot be used: {why}"),
        N_("mend the calendar files in the company's templates folder ({file})"),
        why=error,
        file=name,
    )


@lru_cache(maxsize=64)
def read_policy(text: str) -> Policy:
    """The policy of a file's text. Raises Refused, naming the key that is wrong."""
    try:
        return policy_from(tomllib.loads(text))
    except (PolicyError, tomllib.TOMLDecodeError) as error:
        raise Refused(
            N_("the policy cannot be used: {why}"), N_("mend the policy file of the company"), why=error
        ) from error


def check_company(name: str, timezone: str) -> None:
    """Refuses a company without a name and a time zone there is none of. Raises WrongUsage."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    if not name.strip():
        raise WrongUsage(N_("the company needs a name"), N_("for example --company 宏远商贸"))
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise WrongUsage(
            N_("there is no time zone {timezone}"), N_("for example --timezone Asia/Shanghai"), timezone=timezone
        ) from error


def open_company(session: Session, *, name: str, timezone: str, start_on: date, login: str, at: datetime) -> None:
    """Fills an empty database: company, default policy, and `login` as its first administrator. Raises WrongUsage."""
    from revisit.models import Company, PolicyVersion, Staff

    check_company(name, timezone)
    policy = resources.read_text("policy/default.toml")
    version = read_policy(policy)
    company = Company(name=name.strip(), timezone=timezone, start_on=start_on, created_at=at)
    adopted = PolicyVersion(
        in_force_from=version.in_force_from,
        body=policy,
        sha256=hashlib.sha256(policy.encode()).hexdigest(),
        adopted_at=at,
        adopted_by=login,
    )
    admin = Staff(login=login, name=login, role="administrator", created_at=at)
    session.add_all([company, adopted, admin])
    session.flush()
    audit.changed(
        session, action="create", table="company", row_id=1,
        after={"name": company.name, "timezone": timezone, "start_on": start_on},
    )  # fmt: skip
    audit.changed(session, action="adopt", table="policy_version", row_id=adopted.id, after={"sha256": adopted.sha256})
    audit.changed(session, action="create", table="staff", row_id=admin.id, after={"login": login, "role": admin.role})
    audit.write(sql_of(session), audit.pending(session), who=login, at=at)
