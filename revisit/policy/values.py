"""The policy file as typed values: every number the rules use, with its clause. Numbers stand in no other place.

`policy_from` takes the parsed file (TOML is parsed outside) and refuses what it does not know, naming the key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Any

from revisit.policy.chains import BEFORE_THE_APPROVALS, KINDS, Chain, chain_from
from revisit.policy.chats import BEFORE_THE_CHATS, ChatLimits
from revisit.policy.clocks import BEFORE_THE_CLOCKS, CLOCKS, COUNTED, LENGTHS, Escalation, TimeLimit, WorkingHours
from revisit.policy.hours import PARTS, CallHours, Window, window
from revisit.policy.outcomes import BEFORE_THE_DESK, RESULTS, Desk, OutcomeRule
from revisit.policy.scoring import BEFORE_THE_APPRAISAL, Appraisal, appraisal_from
from revisit.policy.survey import BEFORE_THE_SURVEY, GRADES, ITEMS, Weights
from revisit.policy.workload import BEFORE_THE_FORECAST, Capacity

REQUIRED = ("callback", "case-revisit", "after-sale", "dormant-week", "dormant-month", "takeover", "prospect", "brief")
"""The rules that a policy must state, because the program knows them."""
OWN_WINDOWS = ("dormant-month", "campaign")
"""Rules that have no `window_days`: a slot of the month and a campaign bring their own last day."""
LANGUAGES = ("zh", "en")
BEFORE_CALL_HOURS: Mapping[str, Any] = {
    "call_hours": {
        "clause": "P1",
        "working_days": ["09:00-12:00", "14:00-17:30"],
        "rest_days": [],
        "morning": "06:00-12:00", "noon": "12:00-14:00", "afternoon": "12:00-18:00", "evening": "18:00-22:00",
    },
    "contact": {"min_gap_days": 3},
}  # fmt: skip
"""What holds for policies that were adopted before these keys were there."""
BEFORE = {
    **BEFORE_CALL_HOURS,
    **BEFORE_THE_DESK,
    **BEFORE_THE_CLOCKS,
    **BEFORE_THE_APPROVALS,
    **BEFORE_THE_SURVEY,
    **BEFORE_THE_CHATS,
    **BEFORE_THE_FORECAST,
    **BEFORE_THE_APPRAISAL,
}
BEFORE_THE_CASES: Mapping[str, Any] = {
    "case-revisit": {
        "clause": "P0",
        "says": {
            "zh": "投诉或转办问题办结后，就处理情况回访",
            "en": "after a complaint or a passed-on case is closed, ask how it was handled",
        },
        "window_days": 3,
        "script": "complaint",
    }
}
"""The rule that policies could leave out when nothing was owed under it; it ranks behind `callback`."""


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
    min_gap_days: int
    call_hours: CallHours
    desk: Desk
    outcomes: Mapping[str, OutcomeRule]
    outcomes_clause: str
    working_hours: WorkingHours
    clocks: Mapping[str, TimeLimit]
    escalation: Escalation
    approvals: Mapping[str, Chain]
    split_days: int
    survey: Weights
    chats: ChatLimits
    capacity: Capacity
    appraisal: Appraisal
    record_hours: int
    dormancy_record_hours: int
    record_clause: str
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
    read = _Reader(_with_cases(data))
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
        min_gap_days=read.whole("contact", "min_gap_days"),
        call_hours=_call_hours(read),
        desk=_desk(read),
        outcomes={result: _outcome(read, result) for result in RESULTS},
        outcomes_clause=read.text("outcomes", "clause"),
        working_hours=_working_hours(read),
        clocks={name: _limit(read, name) for name in CLOCKS},
        escalation=Escalation(
            clause=read.text("escalation", "clause"),
            ladder=tuple(read.get("escalation", "ladder")),
            every_hours=read.whole("escalation", "every_hours", least=1),
        ),
        approvals={kind: _chain(read, kind) for kind in KINDS},
        split_days=read.whole("approvals", "split_days"),
        survey=_weights(read),
        chats=_chats(read),
        capacity=Capacity(read.text("capacity", "clause"), read.whole("capacity", "calls_per_day", least=1)),
        appraisal=_appraisal(read),
        record_hours=read.whole("records", "hours"),
        dormancy_record_hours=read.whole("records", "dormancy_hours"),
        record_clause=read.text("records", "clause", default=""),
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


def _with_cases(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The data with the rule that older policies could leave out, where it belongs among the others."""
    rules = data.get("rules")
    if not isinstance(rules, Mapping) or "case-revisit" in rules:
        return data
    before = {"callback": rules["callback"]} if "callback" in rules else {}
    return {**data, "rules": {**before, **BEFORE_THE_CASES, **rules}}


def _call_hours(read: _Reader) -> CallHours:
    working_days = read.windows("call_hours", "working_days")
    if not working_days:
        raise PolicyError("call_hours.working_days: at least one window is wanted")
    return CallHours(
        clause=read.text("call_hours", "clause"),
        working_days=working_days,
        rest_days=read.windows("call_hours", "rest_days"),
        parts={part: read.window("call_hours", part) for part in PARTS},
    )


def _working_hours(read: _Reader) -> WorkingHours:
    working_days = read.windows("working_hours", "working_days")
    if not working_days:
        raise PolicyError("working_hours.working_days: at least one window is wanted")
    return WorkingHours(read.text("working_hours", "clause"), working_days, read.windows("working_hours", "rest_days"))


def _limit(read: _Reader, name: str) -> TimeLimit:
    lengths = [key for key in read.table("clocks", name) if key in LENGTHS]
    if len(lengths) != 1:
        raise PolicyError(f"clocks.{name}: one of {', '.join(LENGTHS)} is wanted")
    unit, times = LENGTHS[lengths[0]]
    counted, same_day = read.get("clocks", name, "counted"), read.get("clocks", name, "same_day", default=False)
    if counted not in COUNTED:
        raise PolicyError(f'clocks.{name}.counted: "{COUNTED[0]}" or "{COUNTED[1]}"')
    if not isinstance(same_day, bool):
        raise PolicyError(f"clocks.{name}.same_day: true or false is wanted")
    length = read.whole("clocks", name, lengths[0], least=1) * times
    return TimeLimit(name, read.text("clocks", name, "clause"), length, unit, counted, same_day)


def _chain(read: _Reader, kind: str) -> Chain:
    try:
        return chain_from(kind, read.table("approvals", kind))
    except ValueError as error:
        raise PolicyError(f"approvals.{kind}.{error}") from error


def _appraisal(read: _Reader) -> Appraisal:
    try:
        return appraisal_from(read.table("appraisal"))
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise PolicyError(f"appraisal.{error}") from error


def _weights(read: _Reader) -> Weights:
    items = {item: read.whole("survey", "items", item) for item in ITEMS}
    if not any(items.values()):
        raise PolicyError("survey.items: one of them has to weigh something")
    return Weights(
        clause=read.text("survey", "clause"),
        grades={grade: read.whole("survey", "grades", grade) for grade in GRADES},
        items=items,
        grave_to=read.text("survey", "grave_to"),
    )


def _chats(read: _Reader) -> ChatLimits:
    seconds = {
        name: read.whole("chats", name, least=1)
        for name in ("first_reply_seconds", "average_reply_seconds", "word_within_seconds", "apology_after_seconds")
    }
    return ChatLimits(clause=read.text("chats", "clause"), apologies=tuple(read.get("chats", "apologies")), **seconds)


def _desk(read: _Reader) -> Desk:
    return Desk(
        clause=read.text("desk", "clause"),
        claim_minutes=read.whole("desk", "claim_minutes", least=1),
        early_minutes=read.whole("desk", "early_minutes"),
    )


def _outcome(read: _Reader, result: str) -> OutcomeRule:
    note = read.get("outcomes", result, "note_required", default=False)
    if not isinstance(note, bool):
        raise PolicyError(f"outcomes.{result}.note_required: true or false is wanted")
    return OutcomeRule(
        retry_after_minutes=read.whole("outcomes", result, "retry_after_minutes", default=0),
        other_number_after=read.whole("outcomes", result, "other_number_after", default=0),
        other_channel_after=read.whole("outcomes", result, "other_channel_after", default=0),
        note_required=note,
    )


class Policies:
    """Dated policy versions. The first one also holds for every day before it."""

    def __init__(self, versions: tuple[Policy, ...]) -> None:
        if not versions:
            raise PolicyError("no policy version")
        self.versions = tuple(sorted(versions, key=lambda version: version.in_force_from))
        self._only = self.versions[0] if len(self.versions) == 1 else None
        self.on = lru_cache(maxsize=4096)(self._on)

    def with_version(self, version: Policy, first: date, last: date | None = None) -> Policies:
        """These versions with another one that holds from `first` on, instead of any that begins from then to `last` (None:
        on that day alone)."""
        kept = (one for one in self.versions if not first <= one.in_force_from <= (last or first))
        return Policies((*kept, replace(version, in_force_from=first)))

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
    """Reads nested keys and names the one that is missing or of the wrong type.

    A key that older policies do not have is read from `before`.
    """

    def __init__(self, data: Mapping[str, Any], before: Mapping[str, Any] = BEFORE) -> None:
        self.data = data
        self.before = before

    def get(self, *path: str, default: Any = _REQUIRED) -> Any:
        value: Any = self.data
        for key in path:
            if not isinstance(value, Mapping) or key not in value:
                if self.before:
                    return _Reader(self.before, {}).get(*path, default=default)
                if default is not _REQUIRED:
                    return default
                raise PolicyError(f"{'.'.join(path)}: missing")
            value = value[key]
        return value

    def text(self, *path: str, default: Any = _REQUIRED) -> str:
        value = self.get(*path, default=default)
        if not isinstance(value, str):
            raise PolicyError(f"{'.'.join(path)}: a text is wanted")
        return value

    def whole(self, *path: str, least: int = 0, default: Any = _REQUIRED) -> int:
        value = self.get(*path, default=default)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise PolicyError(f"{'.'.join(path)}: a whole number, not below {least}, is wanted")
        return value

    def table(self, *path: str) -> Mapping[str, Any]:
        value = self.get(*path)
        if not isinstance(value, Mapping):
            raise PolicyError(f"{'.'.join(path)}: a table is wanted")
        return value

    def window(self, *path: str) -> Window:
        return self._window(self.get(*path), path)

    def windows(self, *path: str) -> tuple[Window, ...]:
        value = self.get(*path)
        if not isinstance(value, list):
            raise PolicyError(f"{'.'.join(path)}: a list is wanted")
        found = tuple(self._window(one, path) for one in value)
        if any(one[1] > later[0] for one, later in pairwise(found)):
            raise PolicyError(f"{'.'.join(path)}: rising hours are wanted, none twice")
        return found

    def _window(self, value: object, path: tuple[str, ...]) -> Window:
        try:
            return window(value if isinstance(value, str) else "")
        except ValueError as error:
            raise PolicyError(f"{'.'.join(path)}: hours such as 09:00-12:00 are wanted") from error
