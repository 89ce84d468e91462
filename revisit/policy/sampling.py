"""Random samples that anybody can draw again: they follow from a seed and the numbers there are, and from nothing else. Pure.

Every number gets its lot by the seed; those with the smallest lots are taken. So a bigger sample holds the smaller one, and a
number that goes, or comes, moves no other lot. Clause: P0.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256


def lot(seed: str, number: int) -> str:
    """What a number draws (SHA-256 of seed and number, hexadecimal)."""
    return sha256(f"{seed}\n{number}".encode()).hexdigest()


def sample(population: Iterable[int], seed: str, size: int) -> tuple[int, ...]:
    """At most `size` numbers of a population, in the order of their lots."""
    return tuple(sorted(set(population), key=lambda number: lot(seed, number))[:size])
