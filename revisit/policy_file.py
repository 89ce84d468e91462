"""Policy files: the versions that were adopted, and everything that is wrong with one that somebody is writing."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from revisit import clock, faults, script_files
from revisit.db import REVISIONS, Sql, instant
from revisit.errors import Refused
from revisit.faults import Problem, shown_key
from revisit.i18n import N_, _
from revisit.policy.check import Fault, check_policy
from revisit.policy.toml_lines import line_of, lines_of
from revisit.policy.values import PolicyError, policy_from

ADOPTED = "SELECT in_force_from, body, adopted_at, adopted_by, written_by FROM policy_version ORDER BY in_force_from"
ADOPTED_BEFORE_0007 = (
    "SELECT in_force_from, body, adopted_at, adopted_by, '' FROM policy_version ORDER BY in_force_from"
)
SAYS = {
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
    "twice-hours": N_("the hours {value} begin before {earlier} end"),
    "empty": N_("must not be empty"),
    "twice": N_("{word} stands twice"),
    "twice-exception": N_("this exception stands twice"),
    "two-places": N_("{word} stands in {other} already"),
    "no-length": N_("exactly one of {known} says how long it may take"),
    "no-steps": N_("either steps or tiers are wanted"),
    "no-step": N_('a step such as { sign = ["general-manager"] } is wanted, with one of {known}, not {value}'),
    "no-last": N_("every tier but the last says to which amount it goes, with one of {known}; the last says none"),
    "no-rise": N_("{value} is not more than the tier before"),
    "fits-everybody": N_("this exception names nobody: at least one of {known} is wanted"),
    "no-share": N_("{figure} is a number: its points go by a target"),
    "no-most": N_("only what goes by a target has a most"),
    "no-hundred": N_("the weights of a post add up to 100, these to {sum}"),
    "other": "{why}",
}
"""The sentence of each fault; with -near where a word that is known comes close."""


@dataclass(frozen=True)
class Adopted:
    """A version of the policy as the database keeps it: from when it holds, the text of its file, who adopted it when.
    `written_by`: its author; "" where that was not kept."""

    in_force_from: date
    body: str
    adopted_at: str
    adopted_by: str
    written_by: str

    @cached_property
    def data(self) -> Mapping[str, Any]:
        """Its parsed file."""
        return tomllib.loads(self.body)

    def card(self, timezone: str) -> dict[str, Any]:
        """From when it holds, and who adopted it when, who wrote it (the company's wall clock)."""
        at = instant(self.adopted_at)
        return {
            "in_force_from": self.in_force_from,
            "adopted_at": clock.zoned(at, timezone) if at else None,
            "adopted_by": self.adopted_by,
            "written_by": self.written_by,
        }


def adopted(sql: Sql, revision: str = REVISIONS[-1]) -> tuple[Adopted, ...]:
    """All versions of the policy, the oldest first; `revision`: of the schema they stand in."""
    rows = sql.rows(ADOPTED if revision >= "0007" else ADOPTED_BEFORE_0007)
    return tuple(Adopted(date.fromisoformat(from_on), *rest) for from_on, *rest in rows)


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
    data = faults.parsed(text)
    if isinstance(data, Problem):
        return [data]
    lines = lines_of(text)
    found = check_policy(data, script_files.script_ids()) or _refused(data)
    problems = [Problem(line_of(lines, fault.key), shown_key(fault.key), sentence(fault)) for fault in found]
    return sorted(problems, key=lambda problem: problem.line)


def sentence(fault: Fault) -> str:
    """What is wrong, in the language in use."""
    near = f"{fault.code}-near" if fault.params.get("near") else fault.code
    return faults.told(_(SAYS[near]), fault.params)


def _refused(data: Mapping[str, Any]) -> list[Fault]:
    """What the reader of policies refuses all the same."""
    try:
        policy_from(data)
    except PolicyError as error:
        key, colon, why = str(error).partition(": ")
        return [Fault(tuple(key.split(".")) if colon else (), "other", {"why": why if colon else str(error)})]
    return []
