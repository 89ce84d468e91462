"""What is wrong with a script: exits, words, ends that cannot be reached, and its length against the time promised."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import ceil

from revisit.policy.scripts.model import Node, Problem, Script
from revisit.policy.scripts.walk import order_of, targets
from revisit.policy.scripts.words import FIELDS, LANGUAGES, NOTHING, OUTCOMES, PLACEHOLDER, WORD, Text

_BRACES = re.compile(r"\{[^{}]*\}|[{}]")


@dataclass(frozen=True)
class Pace:
    """Characters and words a second, seconds for an answer and for a greeting, and what a placeholder counts for."""

    zh_characters: float = 4.0
    en_words: float = 2.5
    answer_seconds: float = 3.0
    opening_seconds: float = 45.0
    value_characters: int = 4
    value_words: int = 2


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
    if node.say == node.ask == NOTHING:
        yield Problem("nothing-said", node.id)
    spoken = [pair for pair in (("say", node.say), ("ask", node.ask), ("hint", node.hint)) if pair[1] != NOTHING]
    for part, text in spoken + [(answer.key, answer.label) for answer in node.answers]:
        yield from _check_text(node.id, part, text)


def _check_text(node: str, part: str, text: Text) -> Iterator[Problem]:
    for language, words in zip(LANGUAGES, (text.zh, text.en), strict=True):
        if not words:
            yield Problem("missing-language", node, {"part": part, "language": language})
    for name in dict.fromkeys(_BRACES.findall(f"{text.zh} {text.en}")):
        if not PLACEHOLDER.fullmatch(name):
            yield Problem("unknown-placeholder", node, {"part": part, "name": name})


def _check_ends(script: Script) -> list[Problem]:
    order, _ = order_of(script)  # a node without exit or with an unknown one is reported elsewhere
    ending = {node for node in order if len(targets(script, node)) < max(1, len(script.nodes[node].exits))}
    for _ in order:  # at most one round for each node
        ending |= {node for node in order if not ending.isdisjoint(targets(script, node))}
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
        spoken = len(WORD.findall(PLACEHOLDER.sub(" x" * pace.value_words, words))) / pace.en_words
    else:
        spoken = sum(map(str.isalnum, PLACEHOLDER.sub("x" * pace.value_characters, words))) / pace.zh_characters
    return spoken + (pace.answer_seconds if node.asks else 0.0)


def _longest(script: Script, weight: Mapping[str, float], done: set[str]) -> float:
    """The heaviest way from the start to a node that is done, no loop walked twice; minus infinity if there is none."""
    order, back = order_of(script)
    best: dict[str, float] = {}
    for node in order:
        ahead = [best[to] for to in targets(script, node) if (node, to) not in back]
        best[node] = weight[node] + max([*ahead, 0.0 if node in done else float("-inf")])
    return best[script.start]
