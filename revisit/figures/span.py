"""The days a report is about, and what statements have to be told of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from revisit import clock
from revisit.company import CompanyInfo
from revisit.policy.months import month_start, next_month
from revisit.policy.periods import Period
from revisit.policy.values import Policies, Policy

_DAY = timedelta(days=1)
MOVED = "SELECT customer_id FROM allocation WHERE from_on > :from_then"
"""Customers that changed hands since then; of all others the owner of today was the owner all the time."""


@dataclass(frozen=True, slots=True)
class Span:
    """A period as it stood at the end of the day `on`; `edge` is the last day of it of which anything is known, and may lie
    before its first."""

    company: CompanyInfo
    period: Period
    on: date

    @property
    def edge(self) -> date:
        """The last day that counts."""
        return min(self.period.end, self.on)

    @property
    def paperwork(self) -> frozenset[str]:
        """The rules by which something is owed beside the customer, not to it: a call in vain is no try at it."""
        return frozenset(name for name, rule in self.company.policies.on(self.on).rules.items() if rule.paperwork)

    @property
    def params(self) -> dict[str, Any]:
        """The days and instants by their names in the statements. An instant `until_at` is the first one after `edge`."""
        zone = self.company.timezone
        return {
            "first": self.period.start,
            "last": self.period.end,
            "edge": self.edge,
            "on": self.on,
            "from_then": min(month_start(self.period.start), self.on),
            "month": month_start(self.period.start),
            "after": next_month(self.period.end),
            "from_at": _midnight(self.period.start, zone),
            "until_at": _midnight(self.edge + _DAY, zone),
            "end_at": _midnight(self.period.end + _DAY, zone),
            "now_at": _midnight(self.on + _DAY, zone),
        }


def span_of(company: CompanyInfo, period: Period, on: date) -> Span:
    """The days of a period, seen at the end of a day."""
    return Span(company, period, on)


def _midnight(day: date, zone: str) -> datetime:
    return clock.instant(datetime.combine(day, time.min), zone)


# --- What a policy says, as a condition of SQL: the words themselves are parameters


Condition = tuple[str, dict[str, Any]]
"""A condition of SQL and its parameters."""


def is_contact(policies: Policies) -> Condition:
    """A conversation that we began, or a message that counts as one; `r` is the revisit. As `policy.timeline.is_contact`."""

    def words(policy: Policy) -> Mapping[str, Iterable[str]]:
        return {"result": policy.conversation_results}

    talks = _dated(policies, words, "contact")
    messages = _dated(
        policies, lambda policy: {"result": (policy.message_result,), "channel": policy.message_channels}, "message"
    )
    return f"(({talks[0]}) OR ({messages[0]}))", talks[1] | messages[1]


def is_attempt(policies: Policies) -> Condition:
    """An attempt in vain; `r` is the revisit. As `policy.tally.attempt_days`."""
    return _dated(policies, lambda policy: {"result": policy.attempt_results}, "attempt")


def _dated(policies: Policies, words: Callable[[Policy], Mapping[str, Iterable[str]]], name: str) -> Condition:
    """A revisit from us to the customer whose words are among those of the policy of its day."""
    parts: list[str] = []
    params: dict[str, Any] = {}
    versions = policies.versions
    for place, policy in enumerate(versions):
        tests = ["NOT r.inbound", "r.with_whom = 'customer'"]
        if place:
            tests.append(f"r.done_on >= :{name}_from_{place}")
            params[f"{name}_from_{place}"] = policy.in_force_from
        if place + 1 < len(versions):
            tests.append(f"r.done_on < :{name}_until_{place}")
            params[f"{name}_until_{place}"] = versions[place + 1].in_force_from
        for column, allowed in words(policy).items():
            names = []
            for number, word in enumerate(sorted(allowed)):
                names.append(f":{name}_{column}_{place}_{number}")
                params[names[-1][1:]] = word
            tests.append(f"r.{column} IN ({', '.join(names)})" if names else "1 = 0")
        parts.append(" AND ".join(tests))
    return f"({' OR '.join(f'({part})' for part in parts)})", params
