"""How a script is used: how often each step was reached, which answers were given, where calls broke off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from revisit.policy.scripts.model import Node, Script
from revisit.policy.scripts.talk import Step, Talk
from revisit.policy.scripts.walk import order_of


@dataclass(frozen=True, slots=True)
class AnswerUse:
    """How often an answer was given, and its share of all answers of its node. The key "" = other words, `label` then ""."""

    key: str
    label: str
    n: int
    share: float


@dataclass(frozen=True, slots=True)
class NodeUse:
    """How often a node was reached, how many calls broke off there; `known`: whether the script has it today."""

    node: str
    reached: int
    broke_off: int
    answers: tuple[AnswerUse, ...]
    known: bool = True


def usage(
    script: Script, finished: Iterable[tuple[Step, ...]], broken: Iterable[tuple[Step, ...]]
) -> tuple[NodeUse, ...]:
    """The use of each node of a script, the start first; then of nodes that an earlier version had.

    A node that a loop passes twice is reached twice. A call breaks off at the node that was to be answered next.
    """
    given, off = Counter[tuple[str, str]](), Counter[str]()
    for steps in finished:
        given.update((one.node, one.key) for one in steps)
    for steps in broken:
        given.update((one.node, one.key) for one in steps)
        off[_place(script, steps)] += 1
    off.pop("", None)
    order = order_of(script)[0][::-1] if script.start in script.nodes else []
    names = dict.fromkeys([*order, *script.nodes, *(node for node, _ in given), *off])
    return tuple(_use(script.nodes.get(name, Node(name)), given, off[name], name in script.nodes) for name in names)


def unused(nodes: Iterable[NodeUse]) -> list[tuple[str, str | None]]:
    """The branches that nobody went: node and answer; nodes that were never reached, with None."""
    found: list[tuple[str, str | None]] = []
    for node in nodes:
        if not node.reached:
            found.append((node.node, None))
        else:
            found += [(node.node, one.key) for one in node.answers if not one.n]
    return found


def _place(script: Script, steps: tuple[Step, ...]) -> str:
    """Where a call broke off; "" if it had come to its end. Of steps that no longer lead on: the last one."""
    talk = Talk.resume(script, steps)
    if talk.lost:
        return steps[-1].node
    return talk.at.id if talk.at is not None else ""


def _use(node: Node, given: Counter[tuple[str, str]], broke_off: int, known: bool) -> NodeUse:
    passed = {key: n for (at, key), n in given.items() if at == node.id}
    whole = sum(passed.values())
    labels = {answer.key: answer.label for answer in node.answers}
    if labels and node.text:
        labels[""] = ""
    if labels or not known:
        labels |= {key: "" for key in passed if key not in labels}  # an earlier version had it
    answers = tuple(
        AnswerUse(key, label, passed.get(key, 0), passed.get(key, 0) / whole if whole else 0.0)
        for key, label in labels.items()
    )
    return NodeUse(node.id, whole + broke_off, broke_off, answers, known)
