"""Row tokens: what was written is read again, and nothing else is."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from revisit.callsheet import tokens
from revisit.callsheet.layout import FILLED_IN, TOKEN, sheet_layout
from revisit.callsheet.tokens import Token
from revisit.callsheet.writing import WIDTHS
from revisit.intake.cells import code

CODES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), min_size=1, max_size=12).filter(
    lambda text: code(text) == text
)
TOKENS = st.builds(
    Token,
    sheet=st.from_regex("[0-9a-f]{8}", fullmatch=True),
    day=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    place=st.integers(1, 99_999),
    newest=st.integers(0, 10**9),
    code=CODES,
)


@given(TOKENS, st.text(max_size=10))
def test_a_token_is_read_as_it_was_written(token: Token, origin: str) -> None:
    assert tokens.read(tokens.written(token, origin), origin) == token
    assert tokens.read(tokens.written(token, origin), origin + "x") is None, "of another company"


@given(TOKENS, st.data())
def test_a_token_that_was_changed_is_none(token: Token, data: st.DataObject) -> None:
    text = tokens.written(token, "here")
    place = data.draw(st.integers(0, len(text)))
    other = data.draw(st.sampled_from(["", "0", "1", "f", "-", "x", " ", "Ｃ"]))
    drop = data.draw(st.integers(0, 2))
    changed = text[:place] + other + text[place + drop :]
    assert (tokens.read(changed, "here") is None) == (changed != text)


@given(st.text(max_size=40))
def test_any_other_text_is_none(text: str) -> None:
    assert tokens.read(text, "here") is None


def test_every_column_has_both_names_a_width_and_where_it_is_filled_in_a_word_of_help() -> None:
    fields = sheet_layout().fields
    assert list(fields) == list(WIDTHS)
    assert [name for name, field in fields.items() if field.says["zh"]] == list(FILLED_IN)
    assert all(field.title["zh"] and field.title["en"] for field in fields.values())
    assert next(reversed(fields)) == TOKEN, "the hidden column is the last one"
