"""A script in memory: a graph of nodes, each of which says or asks something and leads on, or ends the call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from revisit.policy.scripts.words import NOTHING, Text


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
    label: Text = NOTHING
    goto: str = ""
    end: str = ""


@dataclass(frozen=True)
class Node:
    """One place in the talk. `record` names the field of the revisit record that the answer fills."""

    id: str
    say: Text = NOTHING
    ask: Text = NOTHING
    hint: Text = NOTHING
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
