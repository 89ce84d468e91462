"""The words of the program in a script: names that a file may use, places to fill in, outcomes in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

LANGUAGES = ("zh", "en")
WORD = re.compile(r"\w+(?:['’-]\w+)*")
PLACEHOLDERS = WORD.findall(
    "company me contact title name last_order_on idle_days product campaign salesperson farewell"
)
FIELDS = WORD.findall(
    "person convenient satisfaction intention found_us suggestion recommend reason immediate would_order_again callback "
    "attitude skill arrival promises grave"
)
CODED = WORD.findall("person convenient satisfaction intention immediate attitude skill arrival promises grave")
"""Fields of which the key of the answer is kept; of all others its words."""
SEVERAL = WORD.findall("found_us suggestion reason")
"""Fields that hold everything that was said, one after the other; of all others the last word counts."""
WITH_WHOM = ("customer", "sales")
UNHAPPY = ("neutral", "dissatisfied")
"""Answers to a question for `satisfaction` that call for a case, marked in the file or not."""
BLANK = "____"
PLACEHOLDER = re.compile("{(" + "|".join(PLACEHOLDERS) + r")(?:\|([^{}|]+))?}")
"""A place to fill in, and behind a stroke the words that stand there where nothing is known: {product|the goods}."""


@dataclass(frozen=True)
class Text:
    """The same words in both languages."""

    zh: str
    en: str

    def of(self, language: str) -> str:
        """The words in this language; in Chinese for one that is not known."""
        return self.en if language == "en" else self.zh


OUTCOMES: Mapping[str, Text] = {
    "reached": Text("已谈到本人", "reached"),
    "declined": Text("客户谢绝", "declined"),
    "wrong_number": Text("号码或人不对", "wrong number or person"),
    "inconvenient": Text("现在不方便", "not convenient now"),
    "no_answer": Text("没有人接", "no answer"),
    "busy": Text("占线", "line busy"),
}


def ends(code: str, language: str) -> str:
    """How a call ended, in words; a code that is none stands as it is."""
    return OUTCOMES[code].of(language) if code in OUTCOMES else code


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its places filled in, once: braces in a value mean nothing; for a missing value its own words or a blank."""
    shown = {name: str(value) for name, value in values.items() if value is not None and str(value).strip()}
    return PLACEHOLDER.sub(lambda found: shown.get(found[1], found[2] or BLANK), text)
