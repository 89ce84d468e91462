"""A script in memory: a graph of nodes, each of which says or asks something and leads on, or ends the call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Way = tuple[str | int, ...]
"""Where something stands below its node, or at the top of the file: ("answers", 0, "goto")."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with a script: a code out of `PROBLEMS`, the node ("" = the whole script), the facts, and the place."""

    code: str
    node: str = ""
    params: Mapping[str, str | int] = field(default_factory=dict)
    at: Way = ()

    @property
    def key(self) -> Way:
        """The way to it in the file."""
        return ("node", self.node, *self.at) if self.node else self.at


@dataclass(frozen=True)
class Answer:
    """One way out of a node. The key "" stands for whatever fits no other answer (free text, or simply going on).

    `unhappy`: whoever answers so has a problem, and the call has to open a case.
    """

    key: str = ""
    label: str = ""
    goto: str = ""
    end: str = ""
    unhappy: bool = False


@dataclass(frozen=True)
class Node:
    """One place in the talk. `record` names the field of the revisit record that the answer fills.

    `required`: the free text may not be left empty. `opens_case`: a call that passes here opens a case.
    """

    id: str
    say: str = ""
    ask: str = ""
    hint: str = ""
    record: str = ""
    answers: tuple[Answer, ...] = ()
    text: bool = False
    required: bool = False
    opens_case: bool = False
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
    """A whole script in one language. `minutes` is what the customer is promised (0 = nothing); `faults` are of loading.

    `with_whom` the talk is: the customer, or sales. `hash` is the SHA-256 of the text that was loaded, in hexadecimal digits.
    """

    id: str
    version: int
    language: str
    title: str
    minutes: int
    max_questions: int
    rules: tuple[str, ...]
    start: str
    nodes: Mapping[str, Node]
    with_whom: str = "customer"
    hash: str = ""
    faults: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """How a call ended: a code out of `OUTCOMES`."""

    code: str
