"""What is proposed for cells that were refused: sure enough to be offered, understood without a doubt, or nothing at all."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revisit.intake import KINDS, Hints
from revisit.intake.cells import CellError, Doubt
from revisit.intake.choosing import load_layout
from revisit.intake.columns import readers
from revisit.intake.proposals import HOPELESS, propose
from revisit.sheets import BadCell

TODAY = date(2026, 3, 12)
CASES = tomllib.loads((Path(__file__).parent / "proposals.toml").read_text(encoding="utf-8"))["case"]
LAYOUTS = {kind: load_layout(kind) for kind in KINDS}
READ = {kind: readers(layout, False, Hints(today=TODAY)) for kind, layout in LAYOUTS.items()}
FIELDS = [(kind, name) for kind, layout in LAYOUTS.items() for name in layout.fields]


def proposed(kind: str, field: str, cell: object) -> str | None:
    return propose(LAYOUTS[kind].fields[field], cell, READ[kind][field])


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['field']}-{case['written']}")
def test_a_proposal(case: dict[str, Any]) -> None:
    assert proposed(case["kind"], case["field"], case["written"]) == case.get("proposed")


CELLS = st.one_of(
    st.text(max_size=30), st.text("0123456789OolI.,-/年月日约元万天 （）()、。", max_size=16), st.integers(), st.floats(),
    st.booleans(), st.datetimes(), st.dates(), st.just(BadCell("error_value", "#N/A")), st.none(),
)  # fmt: skip


@given(st.sampled_from(FIELDS), CELLS)
def test_what_is_proposed_is_understood_and_what_is_understood_is_left_alone(
    field: tuple[str, str], cell: object
) -> None:
    kind, name = field
    text = proposed(kind, name, cell)
    if text is None:
        return
    read = READ[kind][name]
    assert read(text) is not None  # and raises neither CellError nor Doubt
    if LAYOUTS[kind].fields[name].type != "post":
        assert refusal(kind, name, cell) not in (None, *HOPELESS)


def refusal(kind: str, name: str, cell: object) -> str | None:
    try:
        READ[kind][name](cell)
    except CellError as error:
        return error.code
    except Doubt:
        pass
    return None


@given(st.text("1234567890/.-", max_size=12))
def test_a_day_with_two_readings_is_left_to_a_person(text: str) -> None:
    if refusal("customers", "contract_on", text) == "ambiguous_date":
        assert proposed("customers", "contract_on", text) is None


@pytest.mark.parametrize("cell", [None, "", "  ", BadCell("error_value", "#N/A"), True])
@pytest.mark.parametrize("field", ["code", "name", "balance", "phone", "contract_on"])
def test_nothing_is_proposed_for_what_says_nothing(cell: object, field: str) -> None:
    assert proposed("customers", field, cell) is None
