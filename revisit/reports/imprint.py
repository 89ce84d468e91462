"""What stands at the foot of a report that leaves the program: of when it is, by which policy, who made it, the audit's head."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from revisit import audit, clock
from revisit.company import CompanyInfo
from revisit.db import Sql
from revisit.i18n import _
from revisit.policy.periods import Period

POLICIES = "SELECT in_force_from, sha256 FROM policy_version ORDER BY in_force_from"
SHOWN_OF_A_HASH = 12


@dataclass(frozen=True, slots=True)
class Imprint:
    """Whose figures of which period, as of which day; `policies`: those in force in it, as (from, SHA-256); `head`: the hash of
    the newest audit row (empty: there is none); when it was made (in the company's time zone), and by whom."""

    company: str
    timezone: str
    period: Period
    on: date
    policies: tuple[tuple[date, str], ...]
    head: str
    at: datetime
    who: str


def imprint(sql: Sql, company: CompanyInfo, period: Period, on: date, *, at: datetime, who: str) -> Imprint:
    """The imprint of a report that is made at the instant `at`."""
    newest = sql.rows(audit.NEWEST)
    return Imprint(
        company=company.name,
        timezone=company.timezone,
        period=period,
        on=on,
        policies=in_force(sql, period),
        head=newest[0][0] if newest else "",
        at=clock.local(at, company.timezone),
        who=who,
    )


def in_force(sql: Sql, period: Period) -> tuple[tuple[date, str], ...]:
    """The versions of the policy that some day of a period goes by; the first one also holds for every day before it."""
    versions = [(date.fromisoformat(since), sha256) for since, sha256 in sql.rows(POLICIES)]
    until = [after[0] for _before, after in pairwise(versions)] + [date.max]
    return tuple(
        version
        for place, (version, end) in enumerate(zip(versions, until, strict=True))
        if period.start < end and (version[0] <= period.end or place == 0)
    )


def lines(one: Imprint) -> tuple[tuple[str, str], ...]:
    """It in words: what is told, and it."""
    policies = [
        _("in force from {day} (SHA-256 {hash}…)").format(day=since, hash=sha256[:SHOWN_OF_A_HASH])
        for since, sha256 in one.policies
    ]
    period = _("{label} ({start} to {end})").format(
        label=one.period.label, start=one.period.start, end=one.period.end
    )  # fmt: skip
    return (
        (_("Company"), one.company),
        (_("Period"), period),
        (_("As of"), one.on.isoformat()),
        (_("Policy"), _("; ").join(policies)),
        (_("Made at"), f"{one.at:%Y-%m-%d %H:%M} ({one.timezone})"),
        (_("Made by"), one.who),
        (_("Audit head"), one.head or _("(none)")),
    )
