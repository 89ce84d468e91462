"""From a parsed file to a script: what is malformed is left out and noted, never raised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from revisit.policy.scripts.model import Answer, Node, Problem, Script, Way

_REQUIRED = ("id", "version", "language", "title", "minutes", "max_questions", "start", "node")
_OPTIONAL = ("rules", "with_whom")
_NODE = ("say", "ask", "hint", "record", "answers", "text", "required", "opens_case", "goto", "end")
_ANSWER = ("key", "label", "goto", "end", "unhappy")
_T = TypeVar("_T", str, int, bool, dict[str, object], list[object])


def load_script(data: Mapping[str, object], sha256: str = "") -> Script:
    """A script from its parsed file. Never raises: what is malformed is left out and reported by `check_script`."""
    faults: list[Problem] = []
    read = _Reader(data, "", (), faults, (*_REQUIRED, *_OPTIONAL))
    faults += [Problem("missing-key", "", {"key": key}) for key in _REQUIRED if key not in data]
    rules = tuple(
        _Reader({"rules": rule}, "", (), faults).take("rules", "", at=(number,))
        for number, rule in enumerate(read.take("rules", []))
    )
    tables = read.take("node", {})
    nodes = {name: _node(read.inner("node", table, name, (), _NODE)) for name, table in tables.items()}
    return Script(
        id=read.take("id", ""),
        version=read.take("version", 0),
        language=read.take("language", ""),
        title=read.take("title", ""),
        minutes=read.take("minutes", 0),
        max_questions=read.take("max_questions", 0),
        rules=rules,
        start=read.take("start", ""),
        nodes=nodes,
        with_whom=read.take("with_whom", "customer"),
        hash=sha256,
        faults=tuple(faults),
    )


def _node(read: _Reader) -> Node:
    say, ask, hint, record, goto, end = (
        read.take(part, "") for part in ("say", "ask", "hint", "record", "goto", "end")
    )
    text, required, opens_case = (read.take(part, False) for part in ("text", "required", "opens_case"))
    answers = tuple(
        _answer(read.inner("answers", entry, read.node, ("answers", number), _ANSWER))
        for number, entry in enumerate(read.take("answers", []))
    )
    return Node(read.node, say, ask, hint, record, answers, text, required, opens_case, goto, end)


def _answer(read: _Reader) -> Answer:
    key, label, goto, end = (read.take(part, "") for part in ("key", "label", "goto", "end"))
    read.faults.extend(
        Problem("missing-key", read.node, {"key": part}, read.at)
        for part, value in (("key", key), ("label", label))
        if not value
    )
    return Answer(key, label, goto, end, read.take("unhappy", False))


class _Reader:
    """Takes values of the right type out of a table, and notes what is of another type or has an unknown name."""

    def __init__(
        self,
        table: Mapping[str, object],
        node: str,
        at: Way,
        faults: list[Problem],
        names: tuple[str, ...] = (),
    ) -> None:
        self.table, self.node, self.at, self.faults = table, node, at, faults
        unknown = [key for key in table if names and key not in names]
        faults.extend(Problem("unknown-key", node, {"key": key}, (*at, key)) for key in unknown)

    def take(self, key: str, default: _T, *, at: Way = ()) -> _T:
        value = self.table.get(key, default)
        if type(value) is type(default):
            return value
        self.faults.append(Problem("wrong-type", self.node, {"key": key}, (*self.at, key, *at)))
        return default

    def inner(self, key: str, table: object, node: str, at: Way, names: tuple[str, ...]) -> _Reader:
        """What reads an inner table; `at` is its place below its node."""
        if isinstance(table, dict):
            return _Reader(table, node, at, self.faults, names)
        self.faults.append(Problem("wrong-type", node, {"key": key}, at))
        return _Reader({}, node, at, self.faults, names)
