"""The opinion survey: four items with four grades each, counted and made one score. Pure. Clause: P4.

A score is 0 to 100: what the grades of an answer count, weighed by item; that of several answers is their mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

ITEMS = ("attitude", "skill", "arrival", "promises")
GRADES = ("very-satisfied", "satisfied", "fair", "poor")
POOR = "poor"
BEFORE_THE_SURVEY: Mapping[str, Any] = {
    "survey": {
        "clause": "P4",
        "grades": {"very-satisfied": 100, "satisfied": 80, "fair": 60, "poor": 0},
        "items": {"attitude": 1, "skill": 1, "arrival": 1, "promises": 1},
        "grave_to": "vice-president",
    },
}
"""What holds for policies that were adopted before these keys were there."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What each grade counts (0 to 100), how much each item weighs, and the post that a grave complaint goes to."""

    clause: str
    grades: Mapping[str, int]
    items: Mapping[str, int]
    grave_to: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A grade for each item, about a person in a month (2026-03)."""

    who: str
    month: str
    grades: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Figures:
    """How many answers there are, how many of them have each grade, by item, and their score (None: there are none)."""

    surveys: int
    counts: Mapping[str, Mapping[str, int]]
    score: float | None

    def share(self, item: str, grade: str) -> float | None:
        """The share of a grade among the answers to an item, 0 to 1."""
        return round(self.counts[item][grade] / self.surveys, 4) if self.surveys else None


def score(grades: Mapping[str, str], weights: Weights) -> Fraction:
    """What one answer counts."""
    whole = sum(weights.items[item] for item in ITEMS)
    return Fraction(sum(weights.items[item] * weights.grades[grades[item]] for item in ITEMS), whole)


def figures(answers: Sequence[Mapping[str, str]], weights: Sequence[Weights]) -> Figures:
    """Answers counted, each scored by the weights of its own day."""
    counts = {item: {grade: sum(one[item] == grade for one in answers) for grade in GRADES} for item in ITEMS}
    scores = [score(one, mine) for one, mine in zip(answers, weights, strict=True)]
    mean = float(round(sum(scores, Fraction()) / len(scores), 1)) if scores else None
    return Figures(len(answers), counts, mean)


def by_person(answers: Iterable[tuple[Answer, Weights]]) -> dict[tuple[str, str], Figures]:
    """The figures of each person and month, in this order."""
    found: dict[tuple[str, str], list[tuple[Answer, Weights]]] = {}
    for one in answers:
        found.setdefault((one[0].who, one[0].month), []).append(one)
    return {
        key: figures([answer.grades for answer, _weights in found[key]], [weights for _answer, weights in found[key]])
        for key in sorted(found)
    }


def is_poor(grades: Mapping[str, str]) -> bool:
    """Whether something was poor: that becomes a case."""
    return POOR in grades.values()
