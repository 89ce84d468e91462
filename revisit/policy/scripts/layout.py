"""The printed reading of a script: all branches, each node once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from revisit.policy.scripts.model import Node, Script
from revisit.policy.scripts.walk import order_of, targets
from revisit.policy.scripts.words import Text, ends, fill

_ENDS, _SEE, _MARK = Text("结束：", "Ends: "), Text("→ 见 {}", "→ see {}"), Text("〔{}〕", "({})")
_WORDS = Text("照客户的原话记", "note down the customer's own words")
_CASE, _REQUIRED = Text("开问题单", "opens a case"), Text("必须填写", "may not be left empty")
_OTHER = Text("其他（照客户的原话记）", "something else (in their own words)")


@dataclass(frozen=True)
class Line:
    """A line to read: say, ask, answer, hint, end or goto (and node, in an outline); a goto bears the node it refers to."""

    kind: str
    depth: int
    text: str
    node: str


def lay_out(script: Script, values: Mapping[str, str]) -> tuple[Line, ...]:
    """The whole script with all branches, each node once; where ways come together it stands under a letter."""
    drafts = list(_drafts(script)) if script.start in script.nodes else []
    marked = enumerate(line.node for line in drafts if not line.text and line.kind == "hint")
    marks = {node: chr(ord("A") + number) if number < 26 else f"A{number}" for number, node in marked}
    signs = {"hint": _MARK.of(script.language), "goto": _SEE.of(script.language)}
    texts = (fill(line.text, values) or signs[line.kind].format(marks.get(line.node, line.node)) for line in drafts)
    return tuple(replace(line, text=text) for line, text in zip(drafts, texts, strict=True))


def outline(script: Script) -> tuple[Line, ...]:
    """The structure alone: every node, the start first, and under it where each answer leads."""
    reached = order_of(script)[0][::-1] if script.start in script.nodes else []
    lines: list[Line] = []
    for node in (script.nodes[name] for name in dict.fromkeys([*reached, *script.nodes])):
        lines.append(Line("node", 0, node.id, node.id))
        notes = (_CASE, node.opens_case), (_REQUIRED, node.required)
        lines += [Line("hint", 1, words.of(script.language), node.id) for words, holds in notes if holds]
        for way in node.exits:
            other = (_OTHER if node.answers else _WORDS).of(script.language) if node.asks else ""
            name = ": ".join(part for part in (way.key, way.label if way.key else other) if part)
            text = f"{name} → {_end(script, way.end) if way.end else way.goto}".strip()
            lines.append(Line("answer" if node.asks else "end" if way.end else "goto", 1, text, node.id))
    return tuple(lines)


def _drafts(script: Script) -> Iterator[Line]:
    """The lines before letters and values: a hint or goto without text stands for the letter of its node."""
    blocks = _blocks(script)
    shared = {node for group in blocks.values() for node in group}
    stack = [Line("node", 0, "", script.start)]
    while stack:
        line = stack.pop()
        if line.kind != "node" and (line.kind != "goto" or line.node in shared or line.node not in script.nodes):
            yield line
            continue
        if line.node in shared:
            yield replace(line, kind="hint")
        yield from _spoken(script, line)
        below = [Line("node", line.depth, "", block) for block in blocks.get(line.node, []) if block != line.node]
        stack += reversed([*_ways(script, line), *below])


def _ways(script: Script, at: Line) -> Iterator[Line]:
    node, depth = script.nodes[at.node], at.depth
    for way in node.exits:
        if node.answers:
            label = way.label if way.key else _OTHER.of(script.language)
            yield Line("answer", depth + 1, label or way.key, node.id)
        if way == node.exits[-1] or not _meet(node):
            inner = depth if _meet(node) else depth + 2
            end = Line("end", inner, _end(script, way.end), node.id)
            yield end if way.end else Line("goto", inner, "", way.goto)


def _end(script: Script, code: str) -> str:
    return _ENDS.of(script.language) + ends(code, script.language)


def _meet(node: Node) -> bool:
    return len({(way.goto, way.end) for way in node.exits}) == 1  # all answers lead to one place: no branch


def _spoken(script: Script, at: Line) -> Iterator[Line]:
    node = script.nodes[at.node]
    words = _WORDS.of(script.language) if node.text and not node.answers else ""
    for kind, text in (("say", node.say), ("ask", node.ask), ("hint", node.hint or words)):
        if text:
            yield Line(kind, at.depth, text, node.id)


def _blocks(script: Script) -> dict[str, list[str]]:
    """The nodes that several ways lead to, each under the last node that all ways to it pass (its dominator)."""
    order = order_of(script)[0][::-1]
    steps = [(at, to) for at in order for to in targets(script, at)[: 1 if _meet(script.nodes[at]) else None]]
    before = {node: [at for at, to in steps if to == node] for node in order}
    root, above = {script.start: {script.start}}, dict[str, set[str]]()
    fresh = {node: set(order) for node in order} | root
    while fresh != above:
        above = fresh
        fresh = {node: {node} | set.intersection(*(above[at] for at in before[node])) for node in order[1:]} | root
    blocks: dict[str, list[str]] = {script.start: [script.start]} if before[script.start] else {}
    for node in (node for node in order[1:] if len(before[node]) > 1):
        blocks.setdefault(max(above[node] - {node}, key=lambda at: len(above[at])), []).append(node)
    return blocks
