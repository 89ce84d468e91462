"""Ways through a script: one step, every way to an end, and the order in which its nodes lead to each other."""

from __future__ import annotations

from collections.abc import Iterator

from revisit.policy.scripts.model import Node, Outcome, Script


def step(script: Script, node: str, answer: str = "") -> Node | Outcome:
    """Where this answer leads; any text takes the way for all other answers. LookupError if there is no such way."""
    ways = {way.key: way for way in reversed(script.nodes[node].exits)}
    if not (way := ways.get(answer, ways.get(""))):
        raise LookupError(f"{script.id}: {node} has no answer {answer!r}")
    return Outcome(way.end) if way.end else script.nodes[way.goto]


def paths(script: Script) -> Iterator[tuple[tuple[tuple[str, str], ...], Outcome]]:
    """Every way from the start to an end that passes no node twice: (node, answer) steps and the outcome. Lazy."""
    stack: list[tuple[str, tuple[tuple[str, str], ...]]] = [(script.start, ())] if script.start in script.nodes else []
    while stack:
        node, gone = stack.pop()
        passed = {node, *(earlier for earlier, _ in gone)}
        for way in reversed(script.nodes[node].exits):
            if way.end:
                yield (*gone, (node, way.key)), Outcome(way.end)
            elif way.goto in script.nodes and way.goto not in passed:
                stack.append((way.goto, (*gone, (node, way.key))))


def targets(script: Script, node: str) -> list[str]:
    """The nodes that this one leads on to, in the order of its exits."""
    return [way.goto for way in script.nodes[node].exits if not way.end and way.goto in script.nodes]


def order_of(script: Script) -> tuple[list[str], set[tuple[str, str]]]:
    """The nodes that can be reached, each after all it leads to; and the steps that lead back into a loop."""
    order, back = list[str](), set[tuple[str, str]]()
    opened, stack = {script.start: True}, [(script.start, iter(targets(script, script.start)))]
    while stack:
        node, ahead = stack[-1]
        to = next(ahead, None)
        if to is None:
            opened[node] = False
            order.append(stack.pop()[0])
        elif to not in opened:
            opened[to] = True
            stack.append((to, iter(targets(script, to))))
        elif opened[to]:
            back.add((node, to))
    return order, back
