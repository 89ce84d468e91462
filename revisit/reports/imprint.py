"""Where a report comes from: whose company, when and by whom it was made, by which policy, after which row of the audit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from revisit import audit, clock
from revisit.company import CompanyInfo
from revisit.db import Sql
from revisit.i18n import _


@dataclass(frozen=True, slots=True)
class Imprint:
    """What stands on every page that leaves the house. `at` is on the company's own clock; `head` is the hash of the newest row
    of the audit ("": it has none). `policy_since` is None for the first policy, which always held."""

    company: str
    at: datetime
    who: str
    policy: str
    policy_since: date | None
    head: str

    def lines(self) -> Iterator[str]:
        """The imprint in the language in use."""
        yield _("{company} · made on {at} by {who}").format(
            company=self.company, at=f"{self.at:%Y-%m-%d %H:%M}", who=self.who
        )
        policy = _("policy {id}").format(id=self.policy)
        if self.policy_since:
            policy = _("policy {id}, in force since {day}").format(id=self.policy, day=self.policy_since)
        yield _("{policy} · newest row of the audit: {head}").format(policy=policy, head=self.head or "–")


def imprint(sql: Sql, company: CompanyInfo, on: date, who: str, now: datetime) -> Imprint:
    """The imprint of a report as of the day `on`, made by somebody at an instant."""
    policy, newest = company.policies.on(on), sql.rows(audit.NEWEST)
    since = None if policy is company.policies.versions[0] else policy.in_force_from
    at = clock.local(now, company.timezone)
    return Imprint(company.name, at, who, policy.id, since, newest[0][0] if newest else "")
