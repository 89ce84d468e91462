"""Rows that are put into a workbook of openpyxl: whatever stands in a cell comes back as what it was, and is never computed."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from revisit.sheets.spliced import Rows, Style, cut, save

PLAIN = Style(0, 0)
TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"), max_size=60)
VALUES = st.none() | TEXTS | st.integers(-(10**9), 10**9) | st.dates(date(1900, 3, 1), date(9999, 12, 31))


def written(rows: list[list[object]]) -> list[list[object]]:
    """The rows as a reader finds them below a header."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        book = Workbook(write_only=True)
        page = book.create_sheet("=好 & 'it'")
        page.append(["header"])
        below = Rows(2)
        for row in rows:
            below.add(((value, PLAIN) for value in row), 15)
        save(book, path, {page.title: below})
        found = load_workbook(path).worksheets[0]
        assert found["A1"].value == "header"
        assert not [cell for row in found.iter_rows() for cell in row if cell.data_type == "f"]
        return [[cell.value for cell in row] for row in found.iter_rows(min_row=2)]


@given(st.lists(st.lists(VALUES, min_size=3, max_size=3), min_size=1, max_size=5))
def test_values_come_back(rows: list[list[object]]) -> None:
    found = written(rows)
    for row, back in zip(rows, found, strict=True):
        for value, read in zip(row, back, strict=True):
            if isinstance(value, date):
                serial = (value - date(1899, 12, 30)).days
                assert read in (serial, datetime.combine(value, datetime.min.time()))
            else:
                assert read == (value or None if isinstance(value, str) else value)


@given(st.text(max_size=20).flatmap(lambda some: st.just(some * 4000)))
def test_a_text_is_cut_to_what_a_cell_holds(text: str) -> None:
    short = cut(text)
    assert len(short.encode("utf-16-le", "replace")) <= 2 * 32_767
    assert short == text or (
        short[-1] == "…" and text.encode(errors="replace").startswith(short[:-1].encode(errors="replace"))
    )


def test_very_many_rows_and_days_before_spreadsheets_count() -> None:
    found = written([[number, "x", date(1800, 1, 1)] for number in range(1201)])
    assert len(found) == 1201
    assert found[-1] == [1200, "x", "1800-01-01"]
