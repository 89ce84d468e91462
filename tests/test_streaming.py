"""Tables out: what a spreadsheet program finds in them, and what it never does."""

from __future__ import annotations

import csv
import re
import zipfile
from datetime import date, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from revisit.errors import Refused
from revisit.intake.textcell import unguarded
from revisit.sheets import streaming
from revisit.sheets.streaming import FORMULA, LONGEST_TEXT, Cell, OutColumn, Table, Written, guarded, write_table

COLUMNS = (
    OutColumn("编号", "code"),
    OutColumn("名称"),
    OutColumn("日期", "day"),
    OutColumn("时间", "moment"),
    OutColumn("金额", "hundredths"),
    OutColumn("天数", "number"),
)
ROWS: list[list[Cell]] = [
    ["00123", "宏远", date(2026, 3, 12), datetime.fromisoformat("2026-03-12 15:01:07"), 999999999999937, 30],
    ["=1+1", None, date(1900, 1, 15), datetime.fromisoformat("1900-02-15 23:59:59"), -5, 0],
    ["http://x.y/", "", None, date(2026, 3, 12), 0, None],
]
TEXTS = (
    "=1+1", "+1", "-1", "@x", "＝1", "\t=1", "\r=1", "\n=1", "<r><t>a</t></r>", "</t></is></c><c r=\"A9\"><f>1+1</f></c>",
    '<r><t>x</t></r></is></c><c r="C1"><f>1+1</f></c><c><is><r><t>y</t></r>', "]]>", "&amp;", "&lt;", "_x0041_", "_x005F_", "_x",
    "  空  ", "a\nb", "a\r\nb", "a\x1b[31mb", "‮abc", "𠮷😀", "http://x.y/?a=b", "mailto:a@b.c", "internal:A1", "x" * LONGEST_TEXT,
)  # fmt: skip


def written(folder: Path, rows: list[list[Cell]], columns: tuple[OutColumn, ...] = COLUMNS, above: str = "谁") -> Path:
    path = folder / "t.xlsx"
    assert write_table(path, Table("表", above, columns), rows, workbook=True) == Written(len(rows))
    return path


def cells(path: Path) -> list[list[object]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)


def test_values_are_those_that_were_given(tmp_path: Path) -> None:
    path = written(tmp_path, ROWS)
    above, header, *rows = cells(path)
    assert above == ["谁", "", "", "", "", ""]
    assert header == [column.title for column in COLUMNS]
    assert rows == [
        ["00123", "宏远", date(2026, 3, 12), datetime.fromisoformat("2026-03-12 15:01:07"), 9999999999999.37, 30.0],
        ["=1+1", "", date(1900, 1, 15), datetime.fromisoformat("1900-02-15 23:59:59"), -0.05, 0.0],
        ["http://x.y/", "", "", date(2026, 3, 12), 0.0, ""],
    ]
    with zipfile.ZipFile(path) as archive:
        assert b"<v>9999999999999.37</v>" in archive.read("xl/worksheets/sheet1.xml")  # no float on the way


def test_how_they_are_shown(tmp_path: Path) -> None:
    sheet = load_workbook(written(tmp_path, ROWS)).active
    assert sheet is not None and sheet.title == "表" and sheet.freeze_panes == "A3"
    assert [cell.number_format for cell in sheet[3]] == [
        "@",
        "General",
        "yyyy\\-mm\\-dd",
        "yyyy\\-mm\\-dd\\ hh:mm",
        "#,##0.00",
        "0",
    ]
    assert [cell.quotePrefix for cell in (sheet["A3"], sheet["A4"])] == [False, True]  # stays a text when it is edited
    assert sheet["A4"].number_format == "@"
    assert [sheet[f"{letter}2"].font.b for letter in "ABCDEF"] == [True] * 6
    assert sheet.column_dimensions["C"].width == streaming.WIDTHS["day"]


def test_a_day_before_the_spreadsheets_begin_is_a_text(tmp_path: Path) -> None:
    assert cells(written(tmp_path, [[None, None, date(1899, 12, 30)]]))[2][2] == "1899-12-30"


def test_no_text_is_ever_more_than_a_text(tmp_path: Path) -> None:
    columns = tuple(OutColumn(text, form) for form in ("text", "code") for text in TEXTS)
    path = written(tmp_path, [[*TEXTS, *TEXTS]], columns, above=TEXTS[9])
    assert cells(path)[1:] == [[*TEXTS, *TEXTS]] * 2
    assert cells(path)[0][0] == TEXTS[9]
    with zipfile.ZipFile(path) as archive:
        for part in archive.namelist():
            parsed = ElementTree.fromstring(archive.read(part))  # noqa: S314 - our own
            tags = {element.tag.rpartition("}")[2] for element in parsed.iter()}
            assert not tags & {"f", "hyperlink", "hyperlinks", "oleObject", "r", "externalReference", "definedName"}, (
                part
            )


def test_what_no_file_can_hold_is_replaced(tmp_path: Path) -> None:
    assert cells(written(tmp_path, [["a\0b\ufffec"]]))[2][0] == "a\ufffdb\ufffdc"


def test_a_text_too_long_for_a_cell_is_left_out_and_counted(tmp_path: Path) -> None:
    rows = [["a", "x" * (LONGEST_TEXT + 1)], ["b", "😀" * (LONGEST_TEXT // 2 + 1)], ["c", "😀" * (LONGEST_TEXT // 2)]]
    table = Table("表", "", COLUMNS[:2])
    assert write_table(tmp_path / "t.xlsx", table, rows, workbook=True) == Written(3, too_long=2)
    assert [row[0] for row in cells(tmp_path / "t.xlsx")] == ["编号", "a", "b", "c"]
    assert [len(str(row[1])) for row in cells(tmp_path / "t.xlsx")][1:] == [0, 0, LONGEST_TEXT // 2]
    assert write_table(tmp_path / "t.csv", table, rows, workbook=False) == Written(3)
    assert len((tmp_path / "t.csv").read_text("utf-8-sig").splitlines()[1]) > LONGEST_TEXT


def test_a_sheet_ends_where_spreadsheets_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "MOST_ROWS", 4)
    written(tmp_path, [["a"], ["b"]])
    with pytest.raises(Refused):
        write_table(tmp_path / "t.xlsx", Table("表", "谁", COLUMNS), [["a"], ["b"], ["c"]], workbook=True)
    assert write_table(tmp_path / "t.csv", Table("表", "谁", COLUMNS), [["a"], ["b"], ["c"]], workbook=False).rows == 3


@pytest.mark.parametrize(
    ("name", "shown"), [("a/b[c]:*?\\", "a b c"), ("'x'", "x"), ("", "1"), ("长" * 40, "长" * 31), ("<&>", "<&>")]
)
def test_the_name_of_a_sheet(tmp_path: Path, name: str, shown: str) -> None:
    write_table(tmp_path / "t.xlsx", Table(name, "", COLUMNS), [], workbook=True)
    assert re.sub(" +", " ", load_workbook(tmp_path / "t.xlsx").sheetnames[0]).strip() == shown


def test_the_same_table_is_the_same_file(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    assert written(tmp_path, ROWS).read_bytes() == written(tmp_path / "other", ROWS).read_bytes()


def test_csv_is_quoted_and_guarded(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [*ROWS, ['say "x"', "a,b\nc\x1b\x9b", None, None, None, None]]
    write_table(tmp_path / "t.csv", Table("表", "=谁", COLUMNS), rows, workbook=False)
    assert (tmp_path / "t.csv").read_bytes().decode("utf-8").splitlines(keepends=True) == [
        '\ufeff"\'=谁"\r\n',
        '"编号","名称","日期","时间","金额","天数"\r\n',
        '"00123","宏远","2026-03-12","2026-03-12 15:01:07","9999999999999.37","30"\r\n',
        '"\'=1+1","","1900-01-15","1900-02-15 23:59:59","-0.05","0"\r\n',
        '"http://x.y/","","","2026-03-12","0.00",""\r\n',
        '"say ""x""","a,b\n',
        'c\ufffd\ufffd","","","",""\r\n',
    ]


@given(st.text())
def test_what_is_guarded_is_no_formula_and_comes_back(text: str) -> None:
    assert guarded(text)[:1] not in FORMULA
    if text[:1] != "'":
        assert unguarded(guarded(text)) == text


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=40), min_size=1, max_size=4))
def test_any_text_goes_into_a_workbook_and_a_csv(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    folder = tmp_path_factory.mktemp("any")
    columns = tuple(OutColumn(str(place)) for place in range(len(texts)))
    kept = [re.sub("[\0\ufffe\uffff]", "\ufffd", text) for text in texts]
    path = written(folder, [["x", *texts]], (OutColumn("x"), *columns))
    assert cells(path)[2] == ["x", *kept]
    write_table(folder / "t.csv", Table("表", "", columns), [texts], workbook=False)
    with (folder / "t.csv").open(encoding="utf-8-sig", newline="") as file:
        (found,) = list(csv.reader(file))[1:]
    assert len(found) == len(texts)
    assert not any(cell[:1] in FORMULA for cell in found)
