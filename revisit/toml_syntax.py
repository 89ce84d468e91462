"""What the reader of TOML says in English only, in the language in use: a text that is none, and on which line it breaks off."""

from __future__ import annotations

import re

from revisit.i18n import N_, _

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
"""What is wrong, by how the message of the reader begins."""
_PLACE = re.compile(r"^(?P<why>.*) \(at (?:line (?P<line>\d+), column \d+|end of document)\)$", re.DOTALL)


def syntax_fault(error: ValueError | RecursionError, text: str) -> tuple[int, str]:
    """The line from which on a text cannot be read as TOML, and why, from what its reader raised."""
    if isinstance(error, RecursionError):
        return 1, _("brackets in brackets without end")
    found = _PLACE.match(str(error))
    why, line = (found["why"], found["line"]) if found else (str(error), None)
    ours = next((words for begins, words in SYNTAX.items() if why.startswith(begins)), None)
    return int(line) if line else text.rstrip().count("\n") + 1, _(ours) if ours else why
