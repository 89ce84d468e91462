"""Workbooks with looks and notes: what is written is read again as what it was, and nothing of it is live."""

from __future__ import annotations

import tempfile
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from revisit.sheets import BadCell, marked, read_workbook
from revisit.sheets.marked import ERRORS, FIRST_DAY, MarkedCell, MarkedSheet, write_marked
from revisit.sheets.streaming import LONGEST_TEXT

TEXTS = (
    "=1+1", "+1", "-1", "@x", "＝1", "\t=1", "\r=1", "<r><t>a</t></r>", '</t></is></c><c r="A9"><f>1+1</f></c>', "]]>", "&amp;",
    "_x0041_", "_x005F_", "_x", "  空  ", "a\nb", "a\r\nb", "a\x1b[31mb", "𠮷😀", "#N/A", "1", "TRUE", "x" * LONGEST_TEXT,
)  # fmt: skip


def sheet(*rows: list[MarkedCell | None], name: str = "x", **more: Any) -> MarkedSheet:
    return MarkedSheet(name, [12.0] * max(map(len, rows)), rows, more.get("choices", {}))


def written(folder: Path, *sheets: MarkedSheet) -> Path:
    path = folder / "a.xlsx"
    write_marked(path, sheets)
    return path


def read(path: Path) -> list[list[object]]:
    return [list(row.cells) for row in read_workbook(path).sheets[0].rows]


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: ascii(text[:20]))
def test_a_text_stays_the_text_that_it_is(tmp_path: Path, text: str) -> None:
    path = written(
        tmp_path, sheet([MarkedCell(text, look, "", edited) for look in ("plain", "bad") for edited in (True, False)])
    )
    assert read(path) == [[text] * 4]
    first = load_workbook(path).worksheets[0]["A1"]
    assert first.data_type in ("s", "inlineStr")
    with zipfile.ZipFile(path) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def to_the_second(at: Any) -> Any:
    return at.replace(microsecond=0)


CELLS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\0\ufffe\uffff"), min_size=1, max_size=20),
    st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False), st.booleans(),
    st.datetimes(datetime.fromisoformat("1900-03-01"), datetime.fromisoformat("9999-12-30")).map(to_the_second),
    st.dates(FIRST_DAY, date(9999, 12, 30)), st.times().map(to_the_second),
    st.sampled_from(sorted(ERRORS)).map(lambda text: BadCell("error_value", text)),
)  # fmt: skip


@given(st.lists(CELLS, min_size=1, max_size=6))
def test_whatever_is_written_is_read_again(cells: list[object]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder), sheet([MarkedCell("head")], [MarkedCell(cell) for cell in cells]))
        found = read(path)[1][: len(cells)]
        load_workbook(path)  # another reader understands it, too
    for was, became in zip(cells, found, strict=True):
        if isinstance(was, datetime) and isinstance(became, date) and not isinstance(became, datetime):
            assert was == datetime.combine(became, time())
        else:
            assert became == was


def test_what_no_cell_can_hold(tmp_path: Path) -> None:
    cells = [
        "很" * (LONGEST_TEXT + 1),
        "😀" * (LONGEST_TEXT // 2 + 1),
        BadCell("uncached_formula", "=cmd|'/c calc'!A1"),
        date(1900, 2, 3),
    ]
    path = written(tmp_path, sheet([MarkedCell(cell) for cell in [*cells, float("inf"), timedelta(hours=30)]]))
    error = BadCell("error_value", "#N/A")
    assert read(path) == [[error, error, error, "1900-02-03", "inf", timedelta(hours=30)]]
    with zipfile.ZipFile(path) as archive:
        assert not any(b"cmd" in archive.read(name) for name in archive.namelist())


def test_looks_notes_words_to_choose_from_and_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marked, "MOST_NOTES", 2)
    bad = [[MarkedCell(n, "bad", f"<{n}> &\n_x0041_")] for n in range(3)]
    rows = [[MarkedCell("a", "title"), MarkedCell("b", "ours")], *bad]
    names = ("[/]{x}:?*", "[/]{x}:?*", "'很" * 40, "")
    path = written(tmp_path, *(sheet(*rows, name=name, choices={1: ("是", "否")}) for name in names))
    book = load_workbook(path)
    assert book.sheetnames == ["___{x}___", "___{x}___ (2)", ("'很" * 40)[1:32].strip("'"), "_"]
    first = book.worksheets[0]
    assert [first[f"A{row}"].comment and first[f"A{row}"].comment.text for row in (2, 3, 4)] == [
        "<0> &\n_x005F_x0041_", "<1> &\n_x005F_x0041_", None,
    ]  # fmt: skip
    assert first["A2"].fill.fgColor.rgb == "FFF8CBAD" and first["A1"].font.bold
    assert [(str(one.sqref), one.formula1) for one in first.data_validations.dataValidation] == [("B2:B4", '"是,否"')]
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            ElementTree.fromstring(archive.read(name))  # noqa: S314 - our own


def test_a_row_is_as_high_as_its_reasons_need(tmp_path: Path) -> None:
    rows = [
        [MarkedCell("原因", "title")], [MarkedCell("一\n二\n三", "wrapped")], [MarkedCell("一", "wrapped")],
        [MarkedCell("行\n" * 100, "wrapped")],
    ]  # fmt: skip
    write_marked(tmp_path / "a.xlsx", [MarkedSheet("表", [20], rows, {})])
    sheet = load_workbook(tmp_path / "a.xlsx").worksheets[0]
    assert [sheet.row_dimensions[number].height for number in (1, 2, 3, 4)] == [None, 51, None, 408]
