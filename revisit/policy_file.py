"""Policy files: the versions that were adopted, and everything that is wrong with one that somebody is writing."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from revisit import clock, script_files
from revisit.db import Sql, instant
from revisit.errors import Refused
from revisit.i18n import N_, _
from revisit.policy.check import Fault, check_policy
from revisit.policy.toml_lines import Key, line_of, lines_of
from revisit.policy.values import PolicyError, policy_from

ADOPTED = "SELECT in_force_from, body, adopted_at, adopted_by FROM policy_version ORDER BY in_force_from"
SAYS = {
    "syntax": N_("from here on this is no TOML: {why}"),
    "missing-key": N_("is missing"),
    "missing-clause": N_('the clause is missing: each number stands under one, such as "P3 1.4"'),
    "missing-table": N_("this table is missing"),
    "missing-rule": N_("this rule is missing"),
    "unknown-key": N_("unknown key; known here: {known}"),
    "unknown-key-near": N_("unknown key; is {near} meant?"),
    "unknown-rule": N_("unknown rule; known: {known}"),
    "unknown-rule-near": N_("unknown rule; is {near} meant?"),
    "unknown-word": N_("unknown word {value}; known: {known}"),
    "unknown-word-near": N_("unknown word {value}; is {near} meant?"),
    "unknown-script": N_("there is no script {value}; there are {known}"),
    "unknown-script-near": N_("there is no script {value}; is {near} meant?"),
    "unknown-document": N_("{document} is not listed under [documents]; listed: {known}"),
    "no-clause": N_('a clause is wanted that begins with a document, such as "P3 1.4", not {value}'),
    "no-text": N_("a text in quotation marks is wanted, not {value}"),
    "no-words": N_('a text in both languages is wanted, { zh = "…", en = "…" }, not {value}'),
    "no-day": N_("a date without quotation marks is wanted, such as 2026-01-01, not {value}"),
    "no-flag": N_("true or false is wanted, not {value}"),
    "no-money": N_('an amount in quotation marks with two decimals is wanted, such as "0.00", not {value}'),
    "no-whole": N_("a whole number from {low} to {high} is wanted, not {value}"),
    "no-list": N_("a list in square brackets is wanted, not {value}"),
    "no-table": N_("a table is wanted, not {value}"),
    "no-slots": N_("rising first days of a month are wanted, beginning with 1, none after {last}, not {value}"),
    "no-window": N_('hours in quotation marks are wanted, such as "09:00-12:00", not {value}'),
    "twice-hours": N_("the hours {value} begin before {other} end"),
    "empty": N_("must not be empty"),
    "twice": N_("{word} stands twice"),
    "twice-exception": N_("this exception stands twice"),
    "two-places": N_("{word} stands in {other} already"),
    "fits-everybody": N_("this exception names nobody: at least one of {known} is wanted"),
    "other": "{why}",
}
"""The sentence of each fault; with -near where a word that is known comes close."""
SYNTAX = {
    "Invalid value": N_("there is no value here that TOML knows; texts stand in quotation marks"),
    "Invalid statement": N_("a table in square brackets or a key is wanted"),
    "Cannot overwrite a value": N_("this key stands twice"),
    "Duplicate inline table key": N_("this key stands twice"),
    "Cannot declare": N_("this table stands twice"),
    "Expected '='": N_("the sign = is missing after the key"),
    "Expected newline": N_("something stands behind the value"),
    "Unclosed array": N_("a square bracket or a comma is missing"),
    "Unclosed inline table": N_("a curly bracket or a comma is missing"),
    "Unterminated string": N_("a quotation mark is missing"),
    "Illegal character": N_("a quotation mark is missing"),
    "Expected ']": N_("a square bracket is missing"),
    "Invalid initial character": N_("no key can begin so; Chinese keys stand in quotation marks"),
    "Invalid date": N_("there is no such date"),
}
"""What the reader of TOML says in English only, by how it begins."""
_PARAM = re.compile(r"\{(\w+)\}")  # a sentence may show the curly brackets of a table
_PLACE = re.compile(r"^(?P<why>.*) \(at (?:line (?P<line>\d+), column \d+|end of document)\)$", re.DOTALL)


class Problem(NamedTuple):
    """One thing to mend: the line, the key, and what is wrong. Key and text come out of the file."""

    line: int
    key: str
    problem: str


@dataclass(frozen=True)
class Adopted:
    """A version of the policy as the database keeps it: from when it holds, the text of its file, who adopted it when."""

    in_force_from: date
    body: str
    adopted_at: str
    adopted_by: str

    @cached_property
    def data(self) -> Mapping[str, Any]:
        """Its parsed file."""
        return tomllib.loads(self.body)

    def card(self, timezone: str) -> dict[str, Any]:
        """From when it holds, and who adopted it when (the company's wall clock)."""
        at = instant(self.adopted_at)
        return {
            "in_force_from": self.in_force_from,
            "adopted_at": clock.zoned(at, timezone) if at else None,
            "adopted_by": self.adopted_by,
        }


def adopted(sql: Sql) -> tuple[Adopted, ...]:
    """All versions of the policy, the oldest first."""
    return tuple(Adopted(date.fromisoformat(from_on), *rest) for from_on, *rest in sql.rows(ADOPTED))


def in_force(versions: Sequence[Adopted], day: date) -> Adopted:
    """The version in force on a day; the first one also holds for every day before it."""
    return next((one for one in reversed(versions) if one.in_force_from <= day), versions[0])


def read_file(path: Path) -> str:
    """The text of a file that somebody is writing. Raises Refused if it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror or error if isinstance(error, OSError) else error.reason
        raise Refused(
            N_("{path} cannot be read: {why}"), N_("name a policy file: UTF-8 text in TOML"), path=path, why=why
        ) from error


def problems_of(text: str) -> list[Problem]:
    """Everything that is wrong with the text of a policy file, in the order of its lines."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return [_syntax(str(error), text)]
    except RecursionError:
        return [Problem(1, "", _(SAYS["syntax"]).format(why=_("brackets in brackets without end")))]
    lines = lines_of(text)
    found = check_policy(data, script_files.script_ids()) or _refused(data)
    problems = [Problem(line_of(lines, fault.key), shown_key(fault.key), sentence(fault)) for fault in found]
    return sorted(problems, key=lambda problem: problem.line)


def sentence(fault: Fault) -> str:
    """What is wrong, in the language in use."""
    params = {
        name: _shown(value) if name in ("value", "other") and fault.code != "two-places" else value
        for name, value in fault.params.items()
    }
    near = f"{fault.code}-near" if fault.params.get("near") else fault.code
    return _PARAM.sub(lambda found: str(params.get(found[1], found[0])), _(SAYS[near]))


def shown_key(key: Key) -> str:
    """A key as it is written: rules.dormant-month.slots[2]."""
    text = ""
    for part in key:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _refused(data: Mapping[str, Any]) -> list[Fault]:
    """What the reader of policies refuses all the same."""
    try:
        policy_from(data)
    except PolicyError as error:
        key, colon, why = str(error).partition(": ")
        return [Fault(tuple(key.split(".")) if colon else (), "other", {"why": why if colon else str(error)})]
    return []


def _syntax(message: str, text: str) -> Problem:
    """The one fault of a text that is no TOML: what comes after it cannot be read."""
    found = _PLACE.match(message)
    why, line = (found["why"], found["line"]) if found else (message, None)
    ours = next((words for begins, words in SYNTAX.items() if why.startswith(begins)), None)
    number = int(line) if line else text.rstrip().count("\n") + 1
    return Problem(number, "", _(SAYS["syntax"]).format(why=_(ours) if ours else why))


def _shown(value: object) -> str:
    """A value as it stands in the file; of a long one the beginning."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        text = f'"{value}"'
    elif isinstance(value, Mapping):
        text = "{ " + ", ".join(f"{name} = {_shown(one)}" for name, one in value.items()) + " }"
    elif isinstance(value, list):
        text = "[" + ", ".join(map(_shown, value)) + "]"
    else:
        text = str(value)
    return text if len(text) <= 40 else text[:39] + "…"
