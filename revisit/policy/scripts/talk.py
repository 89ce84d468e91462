"""A talk as it goes on: what was answered so far, what is asked now, and what the answers bring. Nothing is remembered twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from revisit.policy.scripts.model import Answer, Node, Outcome, Script
from revisit.policy.scripts.walk import step
from revisit.policy.scripts.words import CODED, SEVERAL

SIGNS = "123456789acdefgjkmorsuvwxyz"
"""The keys of answers on a screen: no letter that means something else there (back, note, phrase, …)."""


class TalkError(Exception):
    """An answer that cannot be given here. `code`: ended, unknown-answer, required, leads-nowhere."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Step:
    """One answer: at which node, its key ("" = free text, or simply going on), what was typed, seconds since the call began."""

    node: str
    key: str = ""
    text: str = ""
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class Brought:
    """What the answers of a talk say, for its record.

    `fields` by name out of `FIELDS`, what nobody answered left out: the key of the answer where it is coded (`CODED`), else
    its words; reasons, suggestions and how they found us one after the other. `person` is the name that was typed with the
    question for the person. `note` is what was typed where no field takes it down. `case_text` is what the case is about:
    the reasons and suggestions up to where it was opened, without reasons that are no problem.
    """

    fields: Mapping[str, str]
    callback: str
    opens_case: bool
    immediate: bool
    case_text: str
    person: str
    with_whom: str
    note: str = ""


@dataclass(frozen=True)
class Talk:
    """A talk along a script. Each answer gives a new one; `lost` answers of an earlier version of the script led nowhere."""

    script: Script
    steps: tuple[Step, ...] = ()
    lost: int = field(default=0, compare=False)

    @property
    def at(self) -> Node | None:
        """The node that is asked now; None once the talk has ended."""
        place = self._place()
        return place if isinstance(place, Node) else None

    @property
    def ended(self) -> str:
        """How the talk ended, a code out of `OUTCOMES`; "" while it goes on."""
        place = self._place()
        return place.code if isinstance(place, Outcome) else ""

    def say(self, key: str = "", text: str = "", seconds: int = 0) -> Talk:
        """The talk after an answer: the key of one of the answers, what was typed, or both. Raises TalkError."""
        node = self.at
        if node is None:
            raise TalkError("ended")
        if key and key not in [answer.key for answer in node.answers]:
            raise TalkError("unknown-answer")
        if not key and node.required and not text.strip():
            raise TalkError("required")
        try:
            step(self.script, node.id, key)
        except KeyError as error:  # the script has a fault: there is no such node
            raise TalkError("leads-nowhere") from error
        except LookupError as error:
            raise TalkError("unknown-answer") from error
        return replace(self, steps=(*self.steps, Step(node.id, key, text.strip(), seconds)))

    def back(self) -> Talk:
        """The talk before its last answer, which is forgotten; at the start the talk itself."""
        return replace(self, steps=self.steps[:-1])

    def brought(self) -> Brought:
        """What the answers so far say."""
        said: dict[str, list[str]] = {}
        notes, problem, case_text = list[str](), list[str](), list[str]()
        person, opens_case, immediate = "", False, False
        for one in self.steps:
            node = self.script.nodes[one.node]
            answer = next((answer for answer in node.answers if answer.key == one.key), None)
            words = [answer.label if answer and node.record != "callback" else "", one.text]
            if node.record == "person":
                person = one.text
            elif one.text and (not node.record or node.record in CODED):
                notes.append(one.text)
            if node.record in SEVERAL:
                said.setdefault(node.record, []).extend(words)
            elif node.record:
                said[node.record] = [one.key] if node.record in CODED else words
            immediate |= node.record == "immediate" and one.key == "yes"
            if node.record in ("reason", "suggestion") and is_problem(node, answer):
                problem += words
            if node.opens_case:
                opens_case, case_text = True, list(problem)
        fields = {name: self._joined(words) for name, words in said.items()}
        if immediate:  # one problem that is immediate makes the case so
            fields["immediate"] = "yes"
        return Brought(
            fields={name: words for name, words in fields.items() if words},
            callback=fields.get("callback", ""),
            opens_case=opens_case,
            immediate=immediate,
            case_text=self._joined(case_text),
            person=person,
            with_whom=self.script.with_whom,
            note=self._joined(notes),
        )

    @classmethod
    def resume(cls, script: Script, steps: Iterable[Step]) -> Talk:
        """A talk from the answers that were kept; of a script that has changed meanwhile as far as they still lead."""
        talk, kept = cls(script), tuple(steps)
        for number, one in enumerate(kept):
            if talk.at is None or talk.at.id != one.node:
                return replace(talk, lost=len(kept) - number)
            try:
                talk = talk.say(one.key, one.text, one.seconds)
            except TalkError:
                return replace(talk, lost=len(kept) - number)
        return talk

    def _place(self) -> Node | Outcome | None:
        if self.steps:
            return step(self.script, self.steps[-1].node, self.steps[-1].key)
        return self.script.nodes.get(self.script.start)

    def _joined(self, words: Iterable[str]) -> str:
        """Several words one after the other, each once."""
        return ("; " if self.script.language == "en" else "；").join(dict.fromkeys(word for word in words if word))


def is_problem(node: Node, answer: Answer | None) -> bool:
    """Whether an answer tells of a problem: not one beside which others are marked as such."""
    return answer is None or answer.unhappy or not any(other.unhappy for other in node.answers)


def answers_of(node: Node) -> list[tuple[str, Answer]]:
    """The answers to choose from on a screen, each under one sign: 1 … 9, then a, b, …"""
    return list(zip(SIGNS, node.answers, strict=False))
