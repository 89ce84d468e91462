"""Samples: they follow from seed and population alone; a bigger one holds the smaller."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from revisit.policy.sampling import sample

NUMBERS = st.sets(st.integers(1, 5000), max_size=60)
SEEDS = st.text(max_size=12)


@given(st.lists(st.integers(1, 5000), max_size=60), SEEDS, st.integers(0, 70))
def test_the_same_records_and_seed_give_the_same_sample(population: list[int], seed: str, size: int) -> None:
    found = sample(population, seed, size)
    assert found == sample(reversed(population), seed, size) == sample(set(population), seed, size)
    assert len(found) == len(set(found)) == min(size, len(set(population)))
    assert set(found) <= set(population)


@given(NUMBERS, SEEDS, st.integers(0, 60), st.integers(0, 60))
def test_a_bigger_sample_begins_with_the_smaller_one(population: set[int], seed: str, one: int, other: int) -> None:
    small, big = sorted((one, other))
    assert sample(population, seed, big)[:small] == sample(population, seed, small)


@given(NUMBERS, NUMBERS, SEEDS, st.integers(0, 60))
def test_records_that_come_or_go_move_no_other(population: set[int], more: set[int], seed: str, size: int) -> None:
    whole = sample(population | more, seed, len(population | more))
    assert sample(population, seed, size) == tuple(one for one in whole if one in population)[:size]


def test_a_known_sample() -> None:
    """By `printf 'a\\n1' | sha256sum` and so on: what is drawn today is drawn in ten years."""
    assert sample(range(1, 11), "a", 4) == (3, 5, 2, 8)


def test_every_record_is_drawn_about_as_often() -> None:
    drawn = Counter(one for seed in range(3000) for one in sample(range(10), str(seed), 3))
    assert all(780 < drawn[number] < 1020 for number in range(10)), drawn
