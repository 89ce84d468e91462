"""What is wrong with a policy file: every key against what may stand there, all faults at once.

`check_policy` takes the parsed file. It stands beside `values.policy_from`, which reads a policy that is to be used and
stops at the first fault.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any, NamedTuple

from revisit.policy import scoring
from revisit.policy.chains import KINDS, faults_of
from revisit.policy.clocks import CLOCKS, COUNTED, LENGTHS
from revisit.policy.hours import PARTS, Window, window
from revisit.policy.outcomes import CHANNELS, RESULTS
from revisit.policy.survey import GRADES as OPINIONS
from revisit.policy.survey import ITEMS
from revisit.policy.toml_lines import Key

LANGUAGES = ("zh", "en")
REPEATS = ("monthly", "each-sale")
CONDITIONS = ("code", "grade", "region", "industry")
LAST_SLOT = 28  # every month has this day
_MONEY = re.compile(r"-?\d+\.\d\d")


class Fault(NamedTuple):
    """One thing that is wrong: where, what (a code), and the facts its sentence is made of."""

    key: Key
    code: str
    params: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Want:
    """What may stand at a key. `low` and `high` bound a number, `words` are those that are known."""

    kind: str
    low: int = 0
    high: int = 0
    words: tuple[str, ...] = ()
    required: bool = True


Shape = Mapping[str, "Want | Shape"]

TEXT, SAYS, DAY, MONEY, CLAUSE = Want("text"), Want("says"), Want("day"), Want("money"), Want("clause")
SCRIPT, SLOTS, GRADES = Want("script", required=False), Want("slots"), Want("texts")
FLAG, PAPERWORK, EXCEPTIONS = Want("flag"), Want("flag", required=False), Want("exceptions", required=False)
DAYS, SOME_DAYS = Want("whole", 0, 3650), Want("whole", 1, 3650)
MONTHS, HOURS = Want("whole", 1, 120), Want("whole", 1, 8760)
SECONDS, DAYS_LEFT = Want("whole", 1, 86400), Want("whole", 1, 15)
WINDOW, WINDOWS = Want("window"), Want("windows", 1)
OUTCOME: Shape = {
    "retry_after_minutes": Want("whole", 0, 14400, required=False),
    "other_number_after": Want("whole", 0, 100, required=False),
    "other_channel_after": Want("whole", 0, 100, required=False),
    "note_required": PAPERWORK,
}
CLOCK: Shape = {
    "clause": CLAUSE,
    **dict.fromkeys(LENGTHS, Want("whole", 1, 14400, required=False)),
    "counted": Want("word", words=COUNTED),
    "same_day": PAPERWORK,
}
CHAIN: Shape = {"clause": CLAUSE, **dict.fromkeys(("steps", "tiers"), Want("together", required=False))}
INDICATOR: Shape = {
    "says": SAYS,
    "figure": Want("word", words=tuple(scoring.FIGURES)),
    "points": Want("word", words=scoring.POINTS),
    "most": Want("whole", *scoring.MOST, required=False),
}
SPOKEN: Shape = {"clause": CLAUSE, "says": SAYS, "script": SCRIPT, "paperwork": PAPERWORK}

SECTIONS: Mapping[str, Shape] = {
    "contact": {
        "clause": CLAUSE,
        "conversation_results": Want("words", words=RESULTS),
        "phone_channels": Want("words", words=CHANNELS),
        "message_result": Want("word", words=RESULTS),
        "message_channels": Want("words", words=CHANNELS),
        "attempt_results": Want("words", words=RESULTS),
        "min_gap_days": Want("whole", 0, 365, required=False),
    },
    "call_hours": {
        "clause": CLAUSE,
        "working_days": WINDOWS,
        "rest_days": Want("windows"),
        **dict.fromkeys(PARTS, WINDOW),
    },
    "desk": {"clause": CLAUSE, "claim_minutes": Want("whole", 1, 1440), "early_minutes": Want("whole", 0, 1440)},
    "outcomes": {"clause": CLAUSE, **dict.fromkeys(RESULTS, OUTCOME)},
    "records": {"clause": CLAUSE, "hours": HOURS, "dormancy_hours": HOURS},
    "list": {"clause": CLAUSE, "orders_fresh_days": DAYS, "grades": GRADES},
    "working_hours": {"clause": CLAUSE, "working_days": WINDOWS, "rest_days": Want("windows")},
    "clocks": dict.fromkeys(CLOCKS, CLOCK),
    "escalation": {"clause": CLAUSE, "ladder": Want("texts"), "every_hours": HOURS},
    "approvals": {"clause": CLAUSE, "split_days": DAYS, **dict.fromkeys(KINDS, CHAIN)},
    "survey": {
        "clause": CLAUSE,
        "grades": dict.fromkeys(OPINIONS, Want("whole", 0, 100)),
        "items": dict.fromkeys(ITEMS, Want("whole", 1, 100)),
        "grave_to": TEXT,
    },
    "chats": {
        "clause": CLAUSE,
        "first_reply_seconds": SECONDS,
        "average_reply_seconds": SECONDS,
        "word_within_seconds": SECONDS,
        "apology_after_seconds": SECONDS,
        "apologies": Want("texts"),
    },
    "capacity": {"clause": CLAUSE, "calls_per_day": Want("whole", 1, 10_000)},
    "appraisal": {
        "clause": CLAUSE,
        "verdicts": dict.fromkeys(scoring.VERDICTS, Want("whole", 0, 100)),
        "indicators": Want("indicators"),
        "posts": Want("together"),
    },
}
RULES: Mapping[str, Shape] = {
    "callback": {**SPOKEN, "window_days": DAYS},
    "case-revisit": {**SPOKEN, "window_days": DAYS},
    "after-sale": {
        **SPOKEN,
        "repeat": Want("word", words=REPEATS),
        "again_after_months": MONTHS,
        "window_days": DAYS,
    },
    "dormant-week": {**SPOKEN, "after_days": SOME_DAYS, "window_days": SOME_DAYS, "exceptions": EXCEPTIONS},
    "dormant-month": {**SPOKEN, "after_months": MONTHS, "slots": SLOTS, "min_days_left": DAYS_LEFT},
    "takeover": {**SPOKEN, "after_months": MONTHS, "max_balance": MONEY, "window_days": DAYS, "auto": FLAG},
    "prospect": {
        **SPOKEN,
        "again_after_months": MONTHS,
        "interested_after_days": SOME_DAYS,
        "first_window_days": DAYS,
        "window_days": DAYS,
    },
    "campaign": {**SPOKEN, "window_days": Want("whole", 0, 3650, required=False)},
    "brief": {**SPOKEN, "window_days": DAYS},
    "dossier": {**SPOKEN, "window_days": DAYS},
}
NOT_DECIDED_BY = ("campaign", "dossier")
"""Rules that a file may leave out."""
LATER = (
    ("call_hours",), ("desk",), ("outcomes",), ("working_hours",), ("clocks",), ("escalation",), ("approvals",),
    ("survey",), ("chats",), ("capacity",), ("appraisal",),
    *(("outcomes", result) for result in RESULTS), *(("clocks", name) for name in CLOCKS),
    *(("approvals", kind) for kind in KINDS), ("rules", "case-revisit"),
)  # fmt: skip
"""Tables that a file may leave out, because older ones do not have them."""
TOP: Mapping[str, Want] = {"id": TEXT, "title": SAYS, "in_force_from": DAY}
TABLES = ("documents", *SECTIONS, "rules")


def check_policy(data: Mapping[str, Any], scripts: Collection[str]) -> list[Fault]:
    """Every fault of a parsed policy file; nothing if it can be adopted. `scripts` are the ids of those there are."""
    check = _Check(_documents(data), scripts, _grades(data))
    found = list(check.table({**TOP, **SECTIONS}, data, (), also=("documents", "rules")))
    for name in ("documents", "rules"):
        if name not in data:
            found.append(Fault((name,), "missing-table", {}))
        elif not isinstance(data[name], Mapping):
            found.append(Fault((name,), "no-table", {"value": data[name]}))
    found += [fault for name in _documents(data) for fault in check.says(data["documents"][name], ("documents", name))]
    if isinstance(data.get("rules"), Mapping):
        found += _check_rules(check, data["rules"])
    return [*found, *_results_twice(data), *_lengths(data), *_chains(data), *_appraisal(data)]


def _check_rules(check: _Check, rules: Mapping[str, Any]) -> Iterator[Fault]:
    meant = {name: _nearest(name, RULES) for name in rules if name not in RULES}
    for name, rule in rules.items():
        if name in meant:
            yield Fault(("rules", name), "unknown-rule", {"near": meant[name], "known": ", ".join(RULES)})
        elif not isinstance(rule, Mapping):
            yield Fault(("rules", name), "no-table", {"value": rule})
        else:
            yield from check.table(RULES[name], rule, ("rules", name))
    later = {path[-1] for path in LATER if path[0] == "rules"}
    wanted = set(RULES) - set(rules) - set(NOT_DECIDED_BY) - later - set(meant.values())
    yield from (Fault(("rules", name), "missing-rule", {}) for name in RULES if name in wanted)


def _results_twice(data: Mapping[str, Any]) -> Iterator[Fault]:
    """A result says one thing: a conversation, a message or an attempt."""
    contact = data.get("contact")
    seen: dict[str, str] = {}
    for name in ("conversation_results", "message_result", "attempt_results"):
        value = contact.get(name) if isinstance(contact, Mapping) else None
        for word in [value] if isinstance(value, str) else value if isinstance(value, list) else []:
            if isinstance(word, str) and seen.setdefault(word, name) != name:
                yield Fault(("contact", name), "two-places", {"word": word, "other": f"contact.{seen[word]}"})


def _lengths(data: Mapping[str, Any]) -> Iterator[Fault]:
    """A clock says once how long something may take."""
    clocks = data.get("clocks")
    for name, clock in clocks.items() if isinstance(clocks, Mapping) else ():
        if name in CLOCKS and isinstance(clock, Mapping) and sum(key in LENGTHS for key in clock) != 1:
            yield Fault(("clocks", name), "no-length", {"known": ", ".join(LENGTHS)})


def _chains(data: Mapping[str, Any]) -> Iterator[Fault]:
    """A chain has steps that somebody can sign, or tiers of them that rise."""
    approvals = data.get("approvals")
    for kind, chain in approvals.items() if isinstance(approvals, Mapping) else ():
        if kind in KINDS and isinstance(chain, Mapping):
            for place, code, params in faults_of(chain):
                yield Fault(("approvals", kind, *place), code, params)


def _appraisal(data: Mapping[str, Any]) -> Iterator[Fault]:
    """What counts for a post adds up, of figures that there are."""
    appraisal = data.get("appraisal")
    for place, code, params in scoring.faults_of(appraisal) if isinstance(appraisal, Mapping) else ():
        yield Fault(("appraisal", *place), code, params)


def _documents(data: Mapping[str, Any]) -> tuple[str, ...]:
    found = data.get("documents")
    return tuple(found) if isinstance(found, Mapping) else ()


def _grades(data: Mapping[str, Any]) -> tuple[str, ...]:
    listed = data.get("list")
    grades = listed.get("grades") if isinstance(listed, Mapping) else None
    return tuple(grade for grade in grades if isinstance(grade, str)) if isinstance(grades, list) else ()


def _window(value: object) -> Window | None:
    try:
        return window(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _nearest(word: str, known: Collection[str]) -> str:
    return next(iter(get_close_matches(word, known, n=1)), "")


class _Check:
    """One function for each kind of value; what is named elsewhere in the file or beside it is known here."""

    def __init__(self, documents: Collection[str], scripts: Collection[str], grades: Collection[str]) -> None:
        self.documents = documents
        self.scripts = tuple(scripts)
        self.grades = grades

    def table(self, shape: Shape, data: Mapping[str, Any], at: Key, also: Collection[str] = ()) -> Iterator[Fault]:
        """The keys of a table: unknown ones, missing ones, and what stands at the others."""
        known = [*shape, *also]
        meant = {key: _nearest(key, known) for key in data if key not in known}
        for key, near in meant.items():
            yield Fault((*at, key), "unknown-key", {"near": near, "known": ", ".join(known)})
        for key, want in shape.items():
            if key not in data:
                if key not in meant.values():  # else it is there with a slip of the pen
                    yield from self.missing(key, want, (*at, key))
            elif isinstance(want, Want):
                yield from getattr(self, want.kind)(data[key], (*at, key), want)
            elif isinstance(data[key], Mapping):
                yield from self.table(want, data[key], (*at, key))
            else:
                yield Fault((*at, key), "no-table", {"value": data[key]})

    def missing(self, key: str, want: Want | Shape, at: Key) -> Iterator[Fault]:
        """What is said about a key that is not there, if it has to be."""
        if not isinstance(want, Want):
            if at not in LATER:
                yield Fault(at, "missing-table", {})
        elif want.required:
            yield Fault(at, "missing-clause" if key == "clause" else "missing-key", {"key": key})

    def text(self, value: object, at: Key, _want: Want = TEXT) -> Iterator[Fault]:
        if not isinstance(value, str):
            yield Fault(at, "no-text", {"value": value})
        elif not value.strip():
            yield Fault(at, "empty", {})

    def says(self, value: object, at: Key, _want: Want = SAYS) -> Iterator[Fault]:
        if not isinstance(value, Mapping):
            yield Fault(at, "no-words", {"value": value})
            return
        yield from self.table(dict.fromkeys(LANGUAGES, TEXT), value, at)

    def day(self, value: object, at: Key, _want: Want) -> Iterator[Fault]:
        if type(value) is not date:
            yield Fault(at, "no-day", {"value": value})

    def flag(self, value: object, at: Key, _want: Want) -> Iterator[Fault]:
        if not isinstance(value, bool):
            yield Fault(at, "no-flag", {"value": value})

    def money(self, value: object, at: Key, _want: Want) -> Iterator[Fault]:
        if not isinstance(value, str) or not _MONEY.fullmatch(value):
            yield Fault(at, "no-money", {"value": value})

    def whole(self, value: object, at: Key, want: Want) -> Iterator[Fault]:
        if type(value) is not int or not want.low <= value <= want.high:
            yield Fault(at, "no-whole", {"value": value, "low": want.low, "high": want.high})

    def word(self, value: object, at: Key, want: Want) -> Iterator[Fault]:
        if value not in want.words:
            near = _nearest(value, want.words) if isinstance(value, str) else ""
            yield Fault(at, "unknown-word", {"value": value, "near": near, "known": ", ".join(want.words)})

    def words(self, value: object, at: Key, want: Want) -> Iterator[Fault]:
        yield from self.texts(value, at)
        for number, word in enumerate(value if isinstance(value, list) else []):
            if isinstance(word, str) and word.strip():
                yield from self.word(word, (*at, number), want)

    def texts(self, value: object, at: Key, _want: Want = TEXT) -> Iterator[Fault]:
        """A list of texts, not empty, none of them twice."""
        if not isinstance(value, list):
            yield Fault(at, "no-list", {"value": value})
            return
        if not value:
            yield Fault(at, "empty", {})
        for number, word in enumerate(value):
            yield from self.text(word, (*at, number))
            if isinstance(word, str) and word in value[:number]:
                yield Fault((*at, number), "twice", {"word": word})

    def clause(self, value: object, at: Key, _want: Want) -> Iterator[Fault]:
        if not isinstance(value, str):
            yield Fault(at, "no-clause", {"value": value})
            return
        for reference in value.split(","):
            document = reference.split()[0] if reference.strip() else ""
            if not document:
                yield Fault(at, "no-clause", {"value": value})
            elif document not in self.documents:
                known = ", ".join(self.documents)
                yield Fault(at, "unknown-document", {"document": document, "known": known})

    def script(self, value: object, at: Key, _want: Want) -> Iterator[Fault]:
        if value not in self.scripts:
            near = _nearest(value, self.scripts) if isinstance(value, str) else ""
            yield Fault(at, "unknown-script", {"value": value, "near": near, "known": ", ".join(sorted(self.scripts))})

    def slots(self, value: object, at: Key, _want: Want) -> Iterator[Fault]:
        days = value if isinstance(value, list) else []
        numbers = [day for day in days if type(day) is int]
        if not days or numbers != days or days[0] != 1 or days[-1] > LAST_SLOT or days != sorted(set(numbers)):
            yield Fault(at, "no-slots", {"value": value, "last": LAST_SLOT})

    def together(self, _value: object, _at: Key, _want: Want) -> Iterator[Fault]:
        """Steps and tiers of a chain (`_chains`), weights and indicators (`_appraisal`): looked over together."""
        yield from ()

    def indicators(self, value: object, at: Key, _want: Want) -> Iterator[Fault]:
        named = dict.fromkeys(value, INDICATOR) if isinstance(value, Mapping) else {}
        yield from self.table({"indicators": named}, {"indicators": value}, at[:-1])

    def window(self, value: object, at: Key, _want: Want = WINDOW) -> Iterator[Fault]:
        if _window(value) is None:
            yield Fault(at, "no-window", {"value": value})

    def windows(self, value: object, at: Key, want: Want) -> Iterator[Fault]:
        """Hours in their order, none of them twice; at least so many as are wanted."""
        if not isinstance(value, list):
            yield Fault(at, "no-list", {"value": value})
            return
        if len(value) < want.low:
            yield Fault(at, "empty", {})
        last: Window | None = None
        for number, one in enumerate(value):
            yield from self.window(one, (*at, number))
            found = _window(one)
            if found and last and found[0] < last[1]:
                yield Fault((*at, number), "twice-hours", {"value": one, "earlier": value[number - 1]})
            last = found or last

    def exceptions(self, value: object, at: Key, _want: Want) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield Fault(at, "no-list", {"value": value})
            return
        for number, one in enumerate(value):
            here = (*at, number)
            if not isinstance(one, Mapping):
                yield Fault(here, "no-table", {"value": one})
                continue
            texts = {name: Want("text", required=False) for name in CONDITIONS}
            yield from self.table({**texts, "after_days": SOME_DAYS}, one, here)
            if not set(CONDITIONS) & set(one):
                yield Fault(here, "fits-everybody", {"known": ", ".join(CONDITIONS)})
            if isinstance(one.get("grade"), str) and one["grade"] not in self.grades:
                known = ", ".join(self.grades)
                yield Fault((*here, "grade"), "unknown-word", {"value": one["grade"], "near": "", "known": known})
            if one in value[:number]:
                yield Fault(here, "twice-exception", {})
