"""The policy file as typed values: every number the rules use, with its clause. Numbers stand in no other place.

`policy_from` takes the parsed file (TOML is parsed outside) and refuses what it does not know, naming the key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

REQUIRED = ("callback", "after-sale", "dormant-week", "dormant-month", "takeover", "prospect", "brief")
"""The rules that a policy must state, because the program knows them."""
OWN_WINDOWS = ("dormant-month", "campaign")
"""Rules that have no `window_days`: a slot of the month and a campaign bring their own last day."""
LANGUAGES = ("zh", "en")


class PolicyError(ValueError):
    """A policy file that cannot be used; the text names the key and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What every rule states about itself."""

    name: str
    rank: int
    clause: str
    says: Mapping[str, str]
    script: str
    window_days: int
    paperwork: bool


@dataclass(frozen=True)
class Policy:
    """One dated version of the policy. Days and months are whole; money is whole cents."""

    id: str
    in_force_from: date
    rules: Mapping[str, Rule]
    documents: Mapping[str, Mapping[str, str]]
    conversation_results: frozenset[str]
    phone_channels: frozenset[str]
    message_result: str
    message_channels: frozenset[str]
    attempt_results: frozenset[str]
    record_hours: int
    dormancy_record_hours: int
    orders_fresh_days: int
    grades: tuple[str, ...]
    repeat: str
    again_after_months: int
    week_after_days: int
    week_exceptions: tuple[Mapping[str, Any], ...]
    month_after_months: int
    slots: tuple[int, ...]
    min_days_left: int
    takeover_after_months: int
    takeover_max_balance_cents: int
    takeover_auto: bool
    prospect_again_after_months: int
    prospect_interested_after_days: int
    prospect_first_window_days: int

    def week_days(self, code: str, grade: str, region: str, industry: str) -> int:
        """Days without an order before this customer is dormant over a week: the first exception that fits, else the rule."""
        if self.week_exceptions:
            mine = {"code": code, "grade": grade, "region": region, "industry": industry}
            for exception in self.week_exceptions:
                if all(mine[key] == value for key, value in exception.items() if key != "after_days"):
                    return int(exception["after_days"])
        return self.week_after_days


def policy_from(data: Mapping[str, Any]) -> Policy:
    """The typed policy of a parsed file. Raises PolicyError, which names the key."""
    read = _Reader(data)
    rules = {
        name: Rule(
            name=name,
            rank=rank,
            clause=read.text("rules", name, "clause"),
            says={language: read.text("rules", name, "says", language) for language in LANGUAGES},
            script=read.text("rules", name, "script", default=""),
            window_days=0 if name in OWN_WINDOWS else read.whole("rules", name, "window_days"),
            paperwork=bool(read.get("rules", name, "paperwork", default=False)),
        )
        for rank, name in enumerate(read.table("rules"))
    }
    for name in REQUIRED:
        if name not in rules:
            raise PolicyError(f"rules.{name}: missing")
    slots = tuple(read.get("rules", "dormant-month", "slots"))
    if not slots or slots[0] != 1 or list(slots) != sorted(set(slots)) or slots[-1] > 28:
        raise PolicyError("rules.dormant-month.slots: rising first days of a month, beginning with 1, none after 28")
    repeat = read.text("rules", "after-sale", "repeat")
    if repeat not in ("monthly", "each-sale"):
        raise PolicyError('rules.after-sale.repeat: "monthly" or "each-sale"')
    return Policy(
        id=read.text("id"),
        in_force_from=read.get("in_force_from"),
        rules=rules,
        documents=read.table("documents"),
        conversation_results=frozenset(read.get("contact", "conversation_results")),
        phone_channels=frozenset(read.get("contact", "phone_channels")),
        message_result=read.text("contact", "message_result"),
        message_channels=frozenset(read.get("contact", "message_channels")),
        attempt_results=frozenset(read.get("contact", "attempt_results")),
        record_hours=read.whole("records", "hours"),
        dormancy_record_hours=read.whole("records", "dormancy_hours"),
        orders_fresh_days=read.whole("list", "orders_fresh_days"),
        grades=tuple(read.get("list", "grades")),
        repeat=repeat,
        again_after_months=read.whole("rules", "after-sale", "again_after_months"),
        week_after_days=read.whole("rules", "dormant-week", "after_days"),
        week_exceptions=tuple(read.get("rules", "dormant-week", "exceptions", default=())),
        month_after_months=read.whole("rules", "dormant-month", "after_months"),
        slots=slots,
        min_days_left=read.whole("rules", "dormant-month", "min_days_left"),
        takeover_after_months=read.whole("rules", "takeover", "after_months"),
        takeover_max_balance_cents=int(Decimal(read.text("rules", "takeover", "max_balance")) * 100),
        takeover_auto=bool(read.get("rules", "takeover", "auto")),
        prospect_again_after_months=read.whole("rules", "prospect", "again_after_months", least=1),
        prospect_interested_after_days=read.whole("rules", "prospect", "interested_after_days", least=1),
        prospect_first_window_days=read.whole("rules", "prospect", "first_window_days"),
    )


class Policies:
    """Dated policy versions. The first one also holds for every day before it."""

    def __init__(self, versions: tuple[Policy, ...]) -> None:
        if not versions:
            raise PolicyError("no policy version")
        self.versions = tuple(sorted(versions, key=lambda version: version.in_force_from))
        self._only = self.versions[0] if len(self.versions) == 1 else None
        self.on = lru_cache(maxsize=4096)(self._on)

    def _on(self, day: date) -> Policy:
        """The version in force on the day."""
        if self._only is not None:
            return self._only
        result = self.versions[0]
        for version in self.versions:
            if version.in_force_from <= day:
                result = version
        return result


_REQUIRED = object()


class _Reader:
    """Reads nested keys and names the one that is missing or of the wrong type."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data

    def get(self, *path: str, default: Any = _REQUIRED) -> Any:
        value: Any = self.data
        for key in path:
            if not isinstance(value, Mapping) or key not in value:
                if default is _REQUIRED:
                    raise PolicyError(f"{'.'.join(path)}: missing")
                return default
            value = value[key]
        return value

    def text(self, *path: str, default: Any = _REQUIRED) -> str:
        value = self.get(*path, default=default)
        if not isinstance(value, str):
            raise PolicyError(f"{'.'.join(path)}: a text is wanted")
        return value

    def whole(self, *path: str, least: int = 0) -> int:
        value = self.get(*path)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise PolicyError(f"{'.'.join(path)}: a whole number, not below {least}, is wanted")
        return value

    def table(self, *path: str) -> Mapping[str, Any]:
        value = self.get(*path)
        if not isinstance(value, Mapping):
            raise PolicyError(f"{'.'.join(path)}: a table is wanted")
        return value
