"""Months whose figures are closed: what was frozen, by whom, under which policies and calendar, up to which audit row.

A closed month is a document (canonical JSON) and its hash; nothing ever changes it. `changes` tells what the figures would be
today and why, `proof` whether the document and the audit up to it are still what they were.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from revisit import access, audit, figures, resources
from revisit.company import CompanyInfo
from revisit.db import Sql, instant
from revisit.errors import Refused, WrongUsage
from revisit.figures.catalogue import SHARES
from revisit.i18n import N_
from revisit.policy.periods import Period, period_of
from revisit.staff import StaffMember

if TYPE_CHECKING:
    from sqlmodel import Session

COLUMNS = "SELECT id, label, document, sha256 FROM closed_report"
OF_MONTH = f"{COLUMNS} WHERE label = :label"
EVERY = f"{COLUMNS} ORDER BY label DESC"
LAST_AUDIT_ROW = "SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1"
POLICIES = "SELECT in_force_from, sha256 FROM policy_version WHERE in_force_from <= :seen ORDER BY in_force_from"
LOGINS = "SELECT id, login FROM staff"
TABLE = "closed_report"
Figures = Mapping[str, int | float | None]
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class People:
    """The figures of one representative (`id` None: of nobody), those that are nothing left out."""

    id: int | None
    login: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed month: its figures as they stood at the end of the day `seen_on`, what they were counted under (days and hashes of
    the policies, hash of the calendar), the last audit row before it. `document` is the text that was frozen, `sha256` the hash
    kept with it."""

    id: int
    period: Period
    seen_on: date
    closed_at: datetime
    by: str
    figures: Figures
    people: tuple[People, ...]
    policies: tuple[tuple[date, str], ...]
    calendar: str
    audit_row: int
    audit_head: str
    document: str
    sha256: str


def close(
    session: Session, sql: Sql, company: CompanyInfo, period: Period, *, actor: StaffMember, today: date, at: datetime
) -> Closed:
    """Freezes the figures of a month as they stood at the end of yesterday: today is not over yet. For those who lead.

    Raises WrongUsage for what is no month, Refused before it has ended, where it is closed already, and for everybody else.
    """
    from revisit.models import ClosedReport

    access.require_role(actor, "close-report")
    if period_of("month", period.start) != period:
        raise WrongUsage(N_("{period} is not a month"), N_("months are closed: 2026-10"), period=period.label)
    if today <= period.end:
        raise Refused(N_("{period} has not ended yet"), N_("close it after {day}"), period=period.label, day=period.end)
    if sql.server:
        sql.run(audit.LOCK_ON_SERVER)  # what is counted now and the audit up to it belong together
    found = find(sql, period.label)
    if found is not None:
        raise Refused(
            N_("{period} is closed already"), N_("look at it: revisit report closed {period}"), period=period.label
        )
    seen = today - _DAY
    whole, people = counted(sql, company, period, seen)
    row, head = sql.rows(LAST_AUDIT_ROW)[0]
    said = {
        "label": period.label, "from": period.start, "to": period.end, "seen_on": seen,
        "closed_at": at.astimezone(UTC).isoformat(timespec="microseconds"), "by": actor.login,
        "figures": dict(whole),
        "representatives": [{"id": one.id, "login": one.login, "figures": dict(one.figures)} for one in people],
        "policies": [{"in_force_from": day, "sha256": hash_} for day, hash_ in policies(sql, seen)],
        "calendar": calendar_hash(seen),
        "audit": {"row": row, "head": head},
    }  # fmt: skip
    text = canonical(said)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    made = ClosedReport(label=period.label, closed_at=at, staff_id=actor.id, document=text, sha256=sha256)
    session.add(made)
    session.flush()
    after = {"label": period.label, "sha256": sha256}
    audit.changed(session, action="close", table=TABLE, row_id=made.id, after=after)
    return get(sql, period)


def find(sql: Sql, label: str) -> Closed | None:
    """The closed month of that label, if it is closed."""
    found = sql.rows(OF_MONTH, label=label)
    return read(*found[0]) if found else None


def get(sql: Sql, period: Period) -> Closed:
    """The closed month. Raises Refused where it is not closed."""
    found = find(sql, period.label)
    if found is None:
        raise Refused(N_("{period} is not closed"), N_("close it: revisit report close {period}"), period=period.label)
    return found


def every(sql: Sql) -> list[Closed]:
    """All closed months, the newest first."""
    return [read(*row) for row in sql.rows(EVERY)]


def read(id_: int, label: str, document: str, sha256: str) -> Closed:
    """A closed month from its row. Raises ValueError, KeyError or TypeError where the document was damaged."""
    said = json.loads(document)
    at = instant(said["closed_at"])
    assert at is not None
    return Closed(
        id=id_,
        period=Period(date.fromisoformat(said["from"]), date.fromisoformat(said["to"]), label),
        seen_on=date.fromisoformat(said["seen_on"]),
        closed_at=at,
        by=said["by"],
        figures=said["figures"],
        people=tuple(People(one["id"], one["login"], one["figures"]) for one in said["representatives"]),
        policies=tuple((date.fromisoformat(one["in_force_from"]), one["sha256"]) for one in said["policies"]),
        calendar=said["calendar"],
        audit_row=said["audit"]["row"],
        audit_head=said["audit"]["head"],
        document=document,
        sha256=sha256,
    )


def counted(sql: Sql, company: CompanyInfo, period: Period, seen: date) -> tuple[Figures, tuple[People, ...]]:
    """Every figure of a period as it stood at the end of a day: of all, and of each representative."""
    found = figures.count(sql, figures.span_of(company, period, seen))
    logins = dict(sql.rows(LOGINS))
    people = []
    for id_, counts in sorted(found.people().items(), key=lambda pair: (pair[0] is None, pair[0])):
        told = {name: value for name, value in counts.all().items() if value or (name in SHARES and value is not None)}
        if told:
            people.append(People(id_, logins.get(id_, ""), told))
    return found.all(), tuple(people)


def policies(sql: Sql, seen: date) -> list[tuple[str, str]]:
    """The policies in force up to a day: from when, and the hash of each."""
    return [(day, hash_) for day, hash_ in sql.rows(POLICIES, seen=seen)]


def calendar_hash(seen: date) -> str:
    """The hash of the calendar's files of the years up to a day: those of later years decide nothing of it."""
    digest = hashlib.sha256()
    for name in resources.list_names("calendar"):
        years = "".join(filter(str.isdigit, name.rsplit("/", 1)[-1]))
        if not years or int(years[-4:]) <= seen.year:
            digest.update(f"{name}\n{resources.read_text(name)}\n".encode())
    return digest.hexdigest()


def canonical(document: Mapping[str, Any]) -> str:
    """A document as the text that is hashed: keys in order, no spaces, days as ISO text, UTF-8."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=date.isoformat)
