"""The day before, on and after every edge of the rules, as data."""

from __future__ import annotations

import pytest

from tests.policy.reading import Told, hold, told_in


@pytest.mark.parametrize("case", told_in("edges.toml"), ids=lambda case: case.name)
def test_the_edge_is_where_the_rules_put_it(case: Told) -> None:
    hold(case)
