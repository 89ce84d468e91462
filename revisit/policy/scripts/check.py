"""What is wrong with a script: exits, words, ends that cannot be reached, and its length against the time promised."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from revisit.policy.scripts.model import Answer, Node, Problem, Script, Way
from revisit.policy.scripts.talk import SIGNS
from revisit.policy.scripts.walk import order_of, targets
from revisit.policy.scripts.words import FIELDS, LANGUAGES, OUTCOMES, PLACEHOLDER, UNHAPPY, WITH_WHOM, WORD
from revisit.policy.survey import GRADES, ITEMS

PROBLEMS = WORD.findall(
    "wrong-type unknown-key missing-key unknown-language unknown-with no-start unreachable unknown-goto loop-without-exit "
    "dead-end dead-answer mixed-exit mixed-answer duplicate-answer text-without-goto required-without-text "
    "unknown-outcome unknown-field unknown-code callback-without-text too-many-answers "
    "nothing-said unknown-placeholder unhappy-without-case language-lacks language-differs "
    "no-permission opening-too-long too-long too-many-questions"
)
CODES = {
    "satisfaction": ("satisfied", "neutral", "dissatisfied"),
    "intention": ("interested", "undecided", "none"),
    "immediate": ("yes", "no"),
    "grave": ("yes", "no"),
    **dict.fromkeys(ITEMS, GRADES),
}
"""Keys that answers to a question for one of these fields may have: the record knows no others."""
_BRACES = re.compile("[{｛][^{}｛｝]*[}｝]|[{}｛｝]")
"""Also those of a Chinese keyboard: they are meant to be a place, and would be read out."""


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
    found = [*script.faults, *_check_head(script)]
    for node in script.nodes.values():
        found += [*_check_exits(script, node), *_check_fields(node), *_check_words(node)]
    if script.start not in script.nodes:
        return [*found, Problem("no-start", "", {"start": script.start}, ("start",))]
    return [*found, *_check_ends(script), *_check_cases(script), *_check_length(script, pace)]


def _check_head(script: Script) -> Iterator[Problem]:
    if script.language not in ("", *LANGUAGES):
        yield Problem("unknown-language", "", {"language": script.language}, ("language",))
    if script.with_whom not in WITH_WHOM:
        yield Problem("unknown-with", "", {"whom": script.with_whom}, ("with_whom",))
    yield from _check_text("", script.title, ("title",))


def _check_exits(script: Script, node: Node) -> Iterator[Problem]:
    if not node.exits:
        yield Problem("dead-end", node.id)
    if (node.end and (node.goto or node.asks)) or (node.goto and node.answers and not node.text):
        yield Problem("mixed-exit", node.id, {}, ("end" if node.end else "goto",))
    if node.text and not node.goto:
        yield Problem("text-without-goto", node.id, {}, ("text",))
    for number, answer in enumerate(node.answers):
        if answer.key in [earlier.key for earlier in node.answers[:number]]:
            yield Problem("duplicate-answer", node.id, {"key": answer.key}, ("answers", number, "key"))
        if bool(answer.goto) == bool(answer.end):
            code = "mixed-answer" if answer.goto else "dead-answer"
            yield Problem(code, node.id, {"key": answer.key}, ("answers", number))
    for at, way in _exits(node):
        if way.goto and way.goto not in script.nodes:
            yield Problem("unknown-goto", node.id, {"goto": way.goto}, (*at, "goto"))
        if way.end and way.end not in OUTCOMES:
            yield Problem("unknown-outcome", node.id, {"outcome": way.end}, (*at, "end"))


def _check_fields(node: Node) -> Iterator[Problem]:
    if node.required and not node.text:
        yield Problem("required-without-text", node.id, {}, ("required",))
    if node.record not in ("", *FIELDS):
        yield Problem("unknown-field", node.id, {"field": node.record}, ("record",))
    if node.record == "callback" and not node.text:
        yield Problem("callback-without-text", node.id, {}, ("record",))
    if len(node.answers) > len(SIGNS):
        yield Problem("too-many-answers", node.id, {"answers": len(node.answers), "limit": len(SIGNS)}, ("answers",))
    known = CODES.get(node.record, ())
    for number, answer in enumerate(node.answers if known else ()):
        if answer.key and answer.key not in known:
            params = {"key": answer.key, "known": ", ".join(known)}
            yield Problem("unknown-code", node.id, params, ("answers", number, "key"))


def _check_words(node: Node) -> Iterator[Problem]:
    if not node.say and not node.ask:
        yield Problem("nothing-said", node.id)
    for part, text in (("say", node.say), ("ask", node.ask), ("hint", node.hint)):
        yield from _check_text(node.id, text, (part,))
    for number, answer in enumerate(node.answers):
        yield from _check_text(node.id, answer.label, ("answers", number, "label"))


def _check_text(node: str, text: str, at: Way) -> Iterator[Problem]:
    for name in dict.fromkeys(_BRACES.findall(text)):
        if not PLACEHOLDER.fullmatch(name):
            yield Problem("unknown-placeholder", node, {"part": at[-1], "name": name}, at)


def _check_ends(script: Script) -> list[Problem]:
    order, _ = order_of(script)  # a node without exit or with an unknown one is reported elsewhere
    ending = {node for node in order if len(targets(script, node)) < max(1, len(script.nodes[node].exits))}
    ending = _leading_to(script, ending, order)
    lost = [node for node in script.nodes if node not in ending]
    return [Problem("loop-without-exit" if node in order else "unreachable", node) for node in lost]


def _check_cases(script: Script) -> Iterator[Problem]:
    """Unhappy answers on a way from the start to an end that passes no node which opens a case. Clause: P3 2.3."""
    free = [name for name, node in script.nodes.items() if not node.opens_case]
    begun = {script.start} & set(free)
    for _ in free:  # at most one round for each node
        begun |= {to for node in begun for to in targets(script, node)} & set(free)
    ending = _leading_to(script, {node for node in free if any(way.end for way in script.nodes[node].exits)}, free)
    for node in (script.nodes[name] for name in free if name in begun):
        for number, answer in enumerate(node.answers):
            unhappy = answer.unhappy or (node.record == "satisfaction" and answer.key in UNHAPPY)
            if unhappy and (answer.end or answer.goto in ending):
                yield Problem("unhappy-without-case", node.id, {"key": answer.key}, ("answers", number))


def _leading_to(script: Script, ending: set[str], among: Sequence[str]) -> set[str]:
    """The nodes among these from which one of `ending` can be reached through them."""
    found = set(ending)
    for _ in among:  # at most one round for each node
        found |= {node for node in among if not found.isdisjoint(targets(script, node))}
    return found


def _exits(node: Node) -> Iterator[tuple[Way, Answer]]:
    """Every way out with its place in the file."""
    for number, answer in enumerate(node.answers):
        yield ("answers", number), answer
    yield (), Answer(goto=node.goto, end=node.end)


def _check_length(script: Script, pace: Pace) -> Iterator[Problem]:
    nodes = script.nodes.values()
    final = {node.id for node in nodes if any(way.end for way in node.exits)}
    permission = {node.id for node in nodes if node.record == "convenient"}
    questions = _longest(script, {node.id: float(node.asks) for node in nodes}, final)
    if script.max_questions and questions > script.max_questions:
        params = {"questions": int(questions), "limit": script.max_questions}
        yield Problem("too-many-questions", "", params, ("max_questions",))
    if script.minutes and not permission:
        yield Problem("no-permission", "", {}, ("minutes",))
    limits = ("opening-too-long", permission, pace.opening_seconds), ("too-long", final, script.minutes * 60)
    for code, done, limit in limits if script.minutes else ():
        took = _longest(script, {node.id: _seconds(node, script.language, pace) for node in nodes}, done)
        if took > limit:
            yield Problem(code, "", {"seconds": ceil(took), "limit": ceil(limit)}, ("minutes",))


def _seconds(node: Node, language: str, pace: Pace) -> float:
    """How long this node takes: what is said and asked, and the customer's answer. Units: seconds."""
    words = f"{node.say} {node.ask}"
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
