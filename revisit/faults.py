"""What is wrong with a TOML file that somebody writes, told so that it can be mended: the line, the key, a sentence."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any, NamedTuple

from revisit.i18n import N_, _
from revisit.policy.toml_lines import Key

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
_AS_THEY_STAND = ("value", "earlier")
_LONGEST = 40  # characters of a value that are shown


class Problem(NamedTuple):
    """One thing to mend: the line, the key, and what is wrong. Key and text come out of the file."""

    line: int
    key: str
    problem: str


def parsed(text: str) -> Mapping[str, Any] | Problem:
    """A parsed file; of a text that is no TOML the one fault, since what comes after it cannot be read."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line, why = syntax_fault(error, text)
        return Problem(line, "", _("from here on this is no TOML: {why}").format(why=why))


def syntax_fault(error: ValueError | RecursionError, text: str) -> tuple[int, str]:
    """The line from which on a text cannot be read as TOML, and why, from what its reader raised."""
    if isinstance(error, RecursionError):
        return 1, _("brackets in brackets without end")
    found = _PLACE.match(str(error))
    why, line = (found["why"], found["line"]) if found else (str(error), None)
    ours = next((words for begins, words in SYNTAX.items() if why.startswith(begins)), None)
    return int(line) if line else text.rstrip().count("\n") + 1, _(ours) if ours else why


def told(sentence: str, params: Mapping[str, object]) -> str:
    """A sentence with its facts; values as they stand in the file, of a long one the beginning."""
    facts = {name: _shown(value) if name in _AS_THEY_STAND else value for name, value in params.items()}
    return _PARAM.sub(lambda found: str(facts.get(found[1], found[0])), sentence)


def shown_key(key: Key) -> str:
    """A key as it is written: rules.dormant-month.slots[2]."""
    text = ""
    for part in key:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _shown(value: object) -> str:
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
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
