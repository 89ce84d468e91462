"""One script in two languages: the same steps, answers and ways, other words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from revisit.policy.scripts.model import Node, Problem, Script, Way

_HEAD = ("with_whom", "start", "minutes", "max_questions")
_NODE = ("record", "text", "required", "opens_case", "goto", "end")
_ANSWER = ("goto", "end", "unhappy")


def check_pair(script: Script, other: Script) -> list[Problem]:
    """Where this script lacks what the one in the other language has, or leads elsewhere. Words are not compared."""
    found = list(_differences("", script, other, _HEAD, ()))
    if script.rules != other.rules:
        params = {"part": "rules", "here": ", ".join(script.rules), "there": ", ".join(other.rules)}
        found.append(Problem("language-differs", "", params, ("rules",)))
    for name, node in other.nodes.items():
        if name in script.nodes:
            found += _check_node(script.nodes[name], node)
        else:
            found.append(Problem("language-lacks", name, {"key": ""}))
    return found


def _check_node(node: Node, other: Node) -> Iterator[Problem]:
    yield from _differences(node.id, node, other, _NODE, ())
    here = {answer.key: (number, answer) for number, answer in enumerate(node.answers)}
    for answer in other.answers:
        if answer.key not in here:
            yield Problem("language-lacks", node.id, {"key": answer.key}, ("answers",))
            continue
        number, mine = here[answer.key]
        for problem in _differences(node.id, mine, answer, _ANSWER, ("answers", number)):
            yield replace(problem, params={**problem.params, "key": answer.key})


def _differences(node: str, mine: object, other: object, parts: tuple[str, ...], at: Way) -> Iterator[Problem]:
    for part in parts:
        here, there = getattr(mine, part), getattr(other, part)
        if here != there:
            params = {"part": part, "here": _shown(here), "there": _shown(there)}
            yield Problem("language-differs", node, params, (*at, part))


def _shown(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value) or "–"
