"""Every worked example of the rules, as data: the sentence is its name, each day of a span is read."""

from __future__ import annotations

import pytest

from tests.policy.reading import Told, hold, told_in


@pytest.mark.parametrize("case", told_in("worked_examples.toml"), ids=lambda case: case.name)
def test_the_worked_example_holds(case: Told) -> None:
    hold(case)
