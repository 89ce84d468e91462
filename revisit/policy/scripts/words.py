"""What stands in a script: the words in both languages, the names that a file may use, and the places to fill in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

LANGUAGES = ("zh", "en")
WORD = re.compile(r"\w+(?:['’-]\w+)*")
PLACEHOLDERS = WORD.findall("company me contact title name last_order_on idle_days product farewell")
FIELDS = WORD.findall(
    "person convenient satisfaction found_us suggestion recommend reason immediate would_order_again callback"
)
PROBLEMS = WORD.findall(
    "wrong-type unknown-key missing-key no-start unreachable unknown-goto never-ends no-exit mixed-exit duplicate-answer "
    "text-without-goto unknown-outcome unknown-field nothing-said missing-language unknown-placeholder "
    "no-permission opening-too-long too-long too-many-questions"
)
BLANK = "____"
PLACEHOLDER = re.compile("{(" + "|".join(PLACEHOLDERS) + ")}")


@dataclass(frozen=True)
class Text:
    """The same words in both languages; an empty one is missing."""

    zh: str = ""
    en: str = ""

    def of(self, language: str) -> str:
        """The words in this language, or the other one's where it is missing."""
        return (self.en or self.zh) if language == "en" else (self.zh or self.en)


NOTHING = Text()
OUTCOMES: Mapping[str, Text] = {
    "reached": Text("已谈到本人", "reached"),
    "declined": Text("客户谢绝", "declined"),
    "wrong_number": Text("号码或人不对", "wrong number or person"),
    "inconvenient": Text("现在不方便", "not convenient now"),
    "no_answer": Text("没有人接", "no answer"),
}


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled in, once: braces in a value mean nothing, a missing value is a blank."""
    shown = {name: str(value) for name, value in values.items() if value is not None and str(value).strip()}
    return PLACEHOLDER.sub(lambda found: shown.get(found[1], BLANK), text)
