"""From a parsed file to a script: what is malformed is left out and noted, never raised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from revisit.policy.scripts.model import Answer, Node, Problem, Script
from revisit.policy.scripts.words import LANGUAGES, Text

_NODE, _ANSWER = ("say", "ask", "hint", "record", "answers", "text", "goto", "end"), ("key", "label", "goto", "end")
_T = TypeVar("_T", str, int, bool, dict[str, object], list[object])


def load_script(data: Mapping[str, object]) -> Script:
    """A script from its parsed file. Never raises: what is malformed is left out and reported by `check_script`."""
    faults: list[Problem] = []
    required = ("id", "version", "title", "minutes", "max_questions", "start", "node")
    read = _Reader(data, "", faults, (*required, "rules"))
    faults += [Problem("missing-key", "", {"key": key}) for key in required if key not in data]
    rules = tuple(_Reader({"rules": rule}, "", faults).take("rules", "") for rule in read.take("rules", []))
    nodes = {name: _node(read.inner("node", table, name, _NODE)) for name, table in read.take("node", {}).items()}
    name, start, title = read.take("id", ""), read.take("start", ""), read.text("title")
    version, minutes, questions = (read.take(key, 0) for key in ("version", "minutes", "max_questions"))
    return Script(name, version, title, minutes, questions, rules, start, nodes, tuple(faults))


def _node(read: _Reader) -> Node:
    say, ask, hint = (read.text(part) for part in ("say", "ask", "hint"))
    record, goto, end = (read.take(part, "") for part in ("record", "goto", "end"))
    answers = tuple(_answer(read.inner("answers", entry, read.node, _ANSWER)) for entry in read.take("answers", []))
    return Node(read.node, say, ask, hint, record, answers, read.take("text", False), goto, end)


def _answer(read: _Reader) -> Answer:
    if not read.table.get("key"):
        read.faults.append(Problem("missing-key", read.node, {"key": "key"}))
    return Answer(read.take("key", ""), read.text("label"), read.take("goto", ""), read.take("end", ""))


class _Reader:
    """Takes values of the right type out of a table, and notes what is of another type or has an unknown name."""

    def __init__(
        self, table: Mapping[str, object], node: str, faults: list[Problem], names: tuple[str, ...] = ()
    ) -> None:
        self.table, self.node, self.faults = table, node, faults
        faults.extend(Problem("unknown-key", node, {"key": key}) for key in table if names and key not in names)

    def take(self, key: str, default: _T) -> _T:
        value = self.table.get(key, default)
        if type(value) is type(default):
            return value
        self.faults.append(Problem("wrong-type", self.node, {"key": key}))
        return default

    def inner(self, key: str, table: object, node: str, names: tuple[str, ...]) -> _Reader:
        return _Reader(_Reader({key: table}, node, self.faults).take(key, {}), node, self.faults, names)

    def text(self, key: str) -> Text:
        words = self.inner(key, self.take(key, {}), self.node, LANGUAGES)
        return Text(words.take("zh", ""), words.take("en", ""))
