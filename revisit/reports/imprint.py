"""Where a report comes from: whose company, of which period and day, by which policies, when and by whom made, after which row of
the audit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from revisit import audit, clock
from revisit.company import CompanyInfo
from revisit.db import Sql
from revisit.i18n import _
from revisit.policy.periods import Period
from revisit.staff import StaffMember

HASHES = "SELECT sha256 FROM policy_version ORDER BY in_force_from"
SHOWN_OF_A_HASH = 12


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the policy: its name, since when it is in force (None: the first one, which always held), its SHA-256."""

    id: str
    since: date | None
    sha256: str

    def __str__(self) -> str:
        if self.since is None:
            return _("policy {id}").format(id=self.id)
        return _("policy {id}, in force since {day}").format(id=self.id, day=self.since)


@dataclass(frozen=True, slots=True)
class Imprint:
    """What stands on everything that leaves the house. `policies` are those that some day of the period goes by; `at` is on the
    company's own clock; `head` is the hash of the newest row of the audit ("": it has none)."""

    company: str
    timezone: str
    period: Period
    on: date
    policies: tuple[Version, ...]
    at: datetime
    who: str
    head: str

    def lines(self) -> Iterator[str]:
        """The imprint in two lines, for the head of a page."""
        yield _("{company} · made on {at} by {who}").format(
            company=self.company, at=f"{self.at:%Y-%m-%d %H:%M}", who=self.who
        )
        policy = _("; ").join(map(str, self.policies))
        yield _("{policy} · newest row of the audit: {head}").format(policy=policy, head=self.head or "–")

    def parts(self) -> tuple[tuple[str, str], ...]:
        """The whole imprint: what is told, and it."""
        period = self.period
        days = _("{start} to {end}").format(start=period.start, end=period.end)
        more = _("{what} ({more})")
        policies = (more.format(what=one, more=f"SHA-256 {one.sha256[:SHOWN_OF_A_HASH]}…") for one in self.policies)
        return (
            (_("Company"), self.company),
            (_("Period"), days if ".." in period.label else more.format(what=period.label, more=days)),
            (_("As of"), self.on.isoformat()),
            (_("Policy"), _("; ").join(policies)),
            (_("Made at"), more.format(what=f"{self.at:%Y-%m-%d %H:%M}", more=self.timezone)),
            (_("Made by"), self.who),
            (_("Audit head"), self.head or "–"),
        )


def imprint(sql: Sql, company: CompanyInfo, period: Period, on: date, *, who: str, now: datetime) -> Imprint:
    """The imprint of a report of a period as of a day, made by somebody at an instant."""
    newest = sql.rows(audit.NEWEST)
    return Imprint(
        company=company.name,
        timezone=company.timezone,
        period=period,
        on=on,
        policies=in_force(sql, company, period),
        at=clock.local(now, company.timezone),
        who=who,
        head=newest[0][0] if newest else "",
    )


def named(member: StaffMember | None, login: str) -> str:
    """Who makes a report; whoever is not of the staff by the login."""
    if member is None or member.name == member.login:
        return login if member is None else member.login
    return f"{member.name} ({member.login})"


def in_force(sql: Sql, company: CompanyInfo, period: Period) -> tuple[Version, ...]:
    """The versions of the policy that some day of a period goes by, the earliest first."""
    versions = company.policies.versions
    ends = [after.in_force_from for _before, after in pairwise(versions)] + [date.max]
    return tuple(
        Version(one.id, one.in_force_from if place else None, sha256)
        for place, (one, end, (sha256,)) in enumerate(zip(versions, ends, sql.rows(HASHES), strict=True))
        if period.start < end and (one.in_force_from <= period.end or not place)
    )
