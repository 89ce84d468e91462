"""Call scripts: load, check, walk and lay out a talk that a company wrote as data.

A script is a graph of nodes; each says or asks something and leads on, or ends the call. Source: P3 2.3, 2.5.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from math import ceil
from typing import TypeVar

LANGUAGES = ("zh", "en")
_WORD = re.compile(r"\w+(?:['’-]\w+)*")
PLACEHOLDERS = _WORD.findall("company me contact title name last_order_on idle_days product farewell")
FIELDS = _WORD.findall(
    "person convenient satisfaction found_us suggestion recommend reason immediate would_order_again callback"
)
PROBLEMS = _WORD.findall(
    "wrong-type unknown-key missing-key no-start unreachable unknown-goto never-ends no-exit mixed-exit duplicate-answer "
    "text-without-goto unknown-outcome unknown-field nothing-said missing-language unknown-placeholder "
    "no-permission opening-too-long too-long too-many-questions"
)
_NODE, _ANSWER = ("say", "ask", "hint", "record", "answers", "text", "goto", "end"), ("key", "label", "goto", "end")
BLANK = "____"
_PLACEHOLDER = re.compile("{(" + "|".join(PLACEHOLDERS) + ")}")
_BRACES = re.compile(r"\{[^{}]*\}|[{}]")
_T = TypeVar("_T", str, int, bool, dict[str, object], list[object])


@dataclass(frozen=True)
class Text:
    """The same words in both languages; an empty one is missing."""

    zh: str = ""
    en: str = ""

    def of(self, language: str) -> str:
        """The words in this language, or the other one's where it is missing."""
        return (self.en or self.zh) if language == "en" else (self.zh or self.en)


OUTCOMES: Mapping[str, Text] = {
    "reached": Text("已谈到本人", "reached"),
    "declined": Text("客户谢绝", "declined"),
    "wrong_number": Text("号码或人不对", "wrong number or person"),
    "inconvenient": Text("现在不方便", "not convenient now"),
    "no_answer": Text("没有人接", "no answer"),
}
_ENDS, _SEE, _MARK = Text("结束:", "Ends: "), Text("→ 见 {}", "→ see {}"), Text("〔{}〕", "({})")
_WORDS = Text("照客户的原话记", "note down the customer's own words")
_OTHER = Text("其他(照客户的原话记)", "something else (in their own words)")


@dataclass(frozen=True)
class Problem:
    """What is wrong with a script: a code out of `PROBLEMS`, the node ("" = the whole script), and the facts."""

    code: str
    node: str = ""
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """One way out of a node. The key "" stands for whatever fits no other answer (free text, or simply going on)."""

    key: str = ""
    label: Text = Text()
    goto: str = ""
    end: str = ""


@dataclass(frozen=True)
class Node:
    """One place in the talk. `record` names the field of the revisit record that the answer fills."""

    id: str
    say: Text = Text()
    ask: Text = Text()
    hint: Text = Text()
    record: str = ""
    answers: tuple[Answer, ...] = ()
    text: bool = False
    goto: str = ""
    end: str = ""

    @property
    def asks(self) -> bool:
        """Whether the customer has to answer here."""
        return self.text or bool(self.answers)

    @property
    def exits(self) -> tuple[Answer, ...]:
        """Every way out, the one for all other answers last."""
        return self.answers + ((Answer(goto=self.goto, end=self.end),) if self.goto or self.end else ())


@dataclass(frozen=True)
class Script:
    """A whole script. `minutes` is what the customer is promised (0 = nothing); `faults` were found while loading."""

    id: str
    version: int
    title: Text
    minutes: int
    max_questions: int
    rules: tuple[str, ...]
    start: str
    nodes: Mapping[str, Node]
    faults: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """How a call ended: a code out of `OUTCOMES`."""

    code: str


@dataclass(frozen=True)
class Pace:
    """Characters and words a second, seconds for an answer and for a greeting, and what a placeholder counts for."""

    zh_characters: float = 4.0
    en_words: float = 2.5
    answer_seconds: float = 3.0
    opening_seconds: float = 45.0
    value_characters: int = 4
    value_words: int = 2


@dataclass(frozen=True)
class Line:
    """A line to read: say, ask, answer, hint, end or goto; a goto bears the node it refers to."""

    kind: str
    depth: int
    text: str
    node: str


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


def check_script(script: Script, pace: Pace = Pace()) -> list[Problem]:
    """Everything that is wrong with a script; nothing if it can be used. A loop counts once. Clause: P3 2.3."""
    found = [*script.faults, *_check_text("", "title", script.title)]
    for node in script.nodes.values():
        found += [*_check_exits(script, node), *_check_words(node)]
    if script.start not in script.nodes:
        return [*found, Problem("no-start", "", {"start": script.start})]
    return [*found, *_check_ends(script), *_check_length(script, pace)]


def _check_exits(script: Script, node: Node) -> Iterator[Problem]:
    if not node.exits:
        yield Problem("no-exit", node.id)
    if (node.end and (node.goto or node.asks)) or (node.goto and node.answers and not node.text):
        yield Problem("mixed-exit", node.id)
    if node.text and not node.goto:
        yield Problem("text-without-goto", node.id)
    if node.record not in ("", *FIELDS):
        yield Problem("unknown-field", node.id, {"field": node.record})
    for number, answer in enumerate(node.answers):
        if answer.key in [earlier.key for earlier in node.answers[:number]]:
            yield Problem("duplicate-answer", node.id, {"key": answer.key})
        if bool(answer.goto) == bool(answer.end):
            yield Problem("mixed-exit", node.id, {"key": answer.key})
    for way in node.exits:
        if way.goto and way.goto not in script.nodes:
            yield Problem("unknown-goto", node.id, {"goto": way.goto})
        if way.end and way.end not in OUTCOMES:
            yield Problem("unknown-outcome", node.id, {"outcome": way.end})


def _check_words(node: Node) -> Iterator[Problem]:
    if node.say == node.ask == Text():
        yield Problem("nothing-said", node.id)
    spoken = [pair for pair in (("say", node.say), ("ask", node.ask), ("hint", node.hint)) if pair[1] != Text()]
    for part, text in spoken + [(answer.key, answer.label) for answer in node.answers]:
        yield from _check_text(node.id, part, text)


def _check_text(node: str, part: str, text: Text) -> Iterator[Problem]:
    for language, words in zip(LANGUAGES, (text.zh, text.en), strict=True):
        if not words:
            yield Problem("missing-language", node, {"part": part, "language": language})
    for name in dict.fromkeys(_BRACES.findall(f"{text.zh} {text.en}")):
        if not _PLACEHOLDER.fullmatch(name):
            yield Problem("unknown-placeholder", node, {"part": part, "name": name})


def _check_ends(script: Script) -> list[Problem]:
    order, _ = _order(script)  # a node without exit or with an unknown one is reported elsewhere
    ending = {node for node in order if len(_targets(script, node)) < max(1, len(script.nodes[node].exits))}
    for _ in order:  # at most one round for each node
        ending |= {node for node in order if not ending.isdisjoint(_targets(script, node))}
    lost = [node for node in script.nodes if node not in ending]
    return [Problem("never-ends" if node in order else "unreachable", node) for node in lost]


def _check_length(script: Script, pace: Pace) -> Iterator[Problem]:
    nodes = script.nodes.values()
    final = {node.id for node in nodes if any(way.end for way in node.exits)}
    permission = {node.id for node in nodes if node.record == "convenient"}
    questions = _longest(script, {node.id: float(node.asks) for node in nodes}, final)
    if script.max_questions and questions > script.max_questions:
        yield Problem("too-many-questions", "", {"questions": int(questions), "limit": script.max_questions})
    if script.minutes and not permission:
        yield Problem("no-permission")
    limits = ("opening-too-long", permission, pace.opening_seconds), ("too-long", final, script.minutes * 60)
    for language, (code, done, limit) in product(LANGUAGES if script.minutes else (), limits):
        took = _longest(script, {node.id: _seconds(node, language, pace) for node in nodes}, done)
        if took > limit:
            yield Problem(code, "", {"language": language, "seconds": ceil(took), "limit": ceil(limit)})


def _seconds(node: Node, language: str, pace: Pace) -> float:
    """How long this node takes: what is said and asked, and the customer's answer. Units: seconds."""
    words = f"{node.say.of(language)} {node.ask.of(language)}"
    if language == "en":
        spoken = len(_WORD.findall(_PLACEHOLDER.sub(" x" * pace.value_words, words))) / pace.en_words
    else:
        spoken = sum(map(str.isalnum, _PLACEHOLDER.sub("x" * pace.value_characters, words))) / pace.zh_characters
    return spoken + (pace.answer_seconds if node.asks else 0.0)


def _longest(script: Script, weight: Mapping[str, float], done: set[str]) -> float:
    """The heaviest way from the start to a node that is done, no loop walked twice; minus infinity if there is none."""
    order, back = _order(script)
    best: dict[str, float] = {}
    for node in order:
        ahead = [best[to] for to in _targets(script, node) if (node, to) not in back]
        best[node] = weight[node] + max([*ahead, 0.0 if node in done else float("-inf")])
    return best[script.start]


def _targets(script: Script, node: str) -> list[str]:
    return [way.goto for way in script.nodes[node].exits if not way.end and way.goto in script.nodes]


def _order(script: Script) -> tuple[list[str], set[tuple[str, str]]]:
    """The nodes that can be reached, each after all it leads to; and the steps that lead back into a loop."""
    order, back = list[str](), set[tuple[str, str]]()
    opened, stack = {script.start: True}, [(script.start, iter(_targets(script, script.start)))]
    while stack:
        node, ahead = stack[-1]
        to = next(ahead, None)
        if to is None:
            opened[node] = False
            order.append(stack.pop()[0])
        elif to not in opened:
            opened[to] = True
            stack.append((to, iter(_targets(script, to))))
        elif opened[to]:
            back.add((node, to))
    return order, back


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


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled in, once: braces in a value mean nothing, a missing value is a blank."""
    shown = {name: str(value) for name, value in values.items() if value is not None and str(value).strip()}
    return _PLACEHOLDER.sub(lambda found: shown.get(found[1], BLANK), text)


def lay_out(script: Script, values: Mapping[str, str], language: str) -> tuple[Line, ...]:
    """The whole script with all branches, each node once; where ways come together it stands under a letter."""
    drafts = list(_drafts(script, language)) if script.start in script.nodes else []
    marked = enumerate(line.node for line in drafts if not line.text and line.kind == "hint")
    marks = {node: chr(ord("A") + number) if number < 26 else f"A{number}" for number, node in marked}
    signs = {"hint": _MARK.of(language), "goto": _SEE.of(language)}
    texts = (fill(line.text, values) or signs[line.kind].format(marks.get(line.node, line.node)) for line in drafts)
    return tuple(replace(line, text=text) for line, text in zip(drafts, texts, strict=True))


def _drafts(script: Script, language: str) -> Iterator[Line]:
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
        yield from _spoken(script.nodes[line.node], line.depth, language)
        below = [Line("node", line.depth, "", block) for block in blocks.get(line.node, []) if block != line.node]
        stack += reversed([*_ways(script.nodes[line.node], line.depth, language), *below])


def _ways(node: Node, depth: int, language: str) -> Iterator[Line]:
    for way in node.exits:
        if node.answers:
            label = way.label if way.key else _OTHER
            yield Line("answer", depth + 1, label.of(language) or way.key, node.id)
        if way == node.exits[-1] or not _meet(node):
            inner, words = depth if _meet(node) else depth + 2, OUTCOMES.get(way.end, Text(way.end)).of(language)
            end = Line("end", inner, _ENDS.of(language) + words, node.id)
            yield end if way.end else Line("goto", inner, "", way.goto)


def _meet(node: Node) -> bool:
    return len({(way.goto, way.end) for way in node.exits}) == 1  # all answers lead to one place: no branch


def _spoken(node: Node, depth: int, language: str) -> Iterator[Line]:
    hint = _WORDS if node.text and not node.answers and node.hint == Text() else node.hint
    for kind, text in (("say", node.say), ("ask", node.ask), ("hint", hint)):
        if text != Text():
            yield Line(kind, depth, text.of(language), node.id)


def _blocks(script: Script) -> dict[str, list[str]]:
    """The nodes that several ways lead to, each under the last node that all ways to it pass (its dominator)."""
    order = _order(script)[0][::-1]
    steps = [(at, to) for at in order for to in _targets(script, at)[: 1 if _meet(script.nodes[at]) else None]]
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
