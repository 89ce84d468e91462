"""`import template`: what it writes can be imported as it is, says what each column means, and holds nothing live."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from revisit import resources
from revisit.intake import KINDS
from revisit.intake.choosing import load_layout
from revisit.intake.headers import parse_layout
from revisit.intake.template import FORMATS, FORMATTED_ROWS, template_of
from revisit.sheets import read_workbook
from revisit.sheets.writing import put
from tests.support import Program, Result

ON_SQLITE = pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])
EACH_KIND = pytest.mark.parametrize("kind", KINDS)


def written(revisit: Program, folder: Path, kind: str, language: str) -> Path:
    path = folder / f"{kind}-{language}.xlsx"
    assert revisit("import", "template", kind, "-o", str(path), "--lang", language).code == 0
    return path


@LANGUAGES
def test_every_template_is_imported_as_it_is(revisit: Program, tmp_path: Path, language: str) -> None:
    for kind in KINDS:  # customers first: the examples of the others name the example customers
        path = written(revisit, tmp_path, kind, language)
        told = revisit("import", kind, str(path), "--json")
        assert (told.code, told.err) == (0, "")
        assert [told.json[name] for name in ("rows", "inserted", "rejected", "blank", "skipped")] == [2, 2, 0, 0, 0]
        department = "客服部" if language == "zh" else "customer service"
        assert told.json["warnings"] == ([f"the department {department} is new"] if kind == "staff" else [])
        assert None not in told.json["columns"].values()
        again = revisit("import", kind, str(path), "--json").json
        assert (again["unchanged"], again["inserted"]) == (2, 0)
    assert revisit("due", "--json").json["census"]["customers"] == 2
    assert revisit("show", "EX-001", "--json").json["last_order_on"] == "2026-02-02"


@EACH_KIND
@LANGUAGES
def test_what_stands_in_it(kind: str, language: str) -> None:
    layout = load_layout(kind)
    book = template_of(layout, language)
    sheet, explained = book.worksheets
    fields = [field for field in layout.fields.values() if field.in_template]
    assert [cell.value for cell in sheet[1]] == [field.title[language] for field in fields]
    assert sheet.freeze_panes == "A2"
    offered = {str(one.sqref).split("2:")[0]: one for one in sheet.data_validations.dataValidation}
    shown = [cell.value for row in explained.iter_rows() for cell in row if cell.value]
    for column, field in zip(sheet.iter_cols(max_row=FORMATTED_ROWS + 1), fields, strict=True):
        letter = column[0].column_letter
        assert field.says[language] and field.says[language] in column[0].comment.text
        assert field.says[language] in shown and field.title[language] in shown
        if field.type in FORMATS:
            assert {cell.number_format for cell in column[1:]} == {FORMATS[field.type]}
            assert len(column) == FORMATTED_ROWS + 1
        assert sheet.column_dimensions[letter].width >= 8
        assert (letter in offered) == (field.type in ("word", "post", "yes_no"))
        if letter in offered:
            words = pointed_at(book, offered[letter].formula1)
            assert words and all(understood(field, word) for word in words)
            assert str(offered[letter].sqref) == f"{letter}2:{letter}{FORMATTED_ROWS + 1}"
            assert offered[letter].errorStyle == "warning", "another word may be typed: the importer knows more"
    assert not any(cell.data_type == "f" for one in book for row in one.iter_rows() for cell in row)
    assert any("EX-" in str(cell.value) or "example." in str(cell.value) for cell in sheet[2])
    marks = "".join(str(cell.value) for row in (2, 3) for cell in sheet[row])
    assert ("请删除" in marks) if language == "zh" else ("delete" in marks)


def pointed_at(book: Any, source: str) -> list[Any]:
    title, cells = source.split("!")
    return [row[0].value for row in book[title.strip("'")][cells.replace("$", "")]]


def understood(field: Any, word: str) -> bool:
    from revisit.intake import cells
    from revisit.posts import find_post, load_posts

    if field.type == "post":
        return find_post(load_posts(), word) is not None
    if field.type == "yes_no":
        return cells.yes_no(word) is not None
    return cells.word(word, field.words) is not None


@EACH_KIND
@LANGUAGES
def test_every_column_is_explained_in_both_languages(kind: str, language: str) -> None:
    for field in load_layout(kind).fields.values():
        chinese = any("\u3400" <= char <= "\u9fff" for char in field.says[language])
        assert field.says[language] and chinese == (language == "zh"), field.name


def test_the_examples_are_days_and_numbers_where_the_column_is_one(tmp_path: Path) -> None:
    sheet = template_of(load_layout("revisits"), "zh").worksheets[0]
    row = dict(zip((cell.value for cell in sheet[1]), (cell.value for cell in sheet[2]), strict=True))
    assert row["回访时间"] == datetime.fromisoformat("2026-02-10 10:30")
    sheet = template_of(load_layout("orders"), "zh").worksheets[0]
    row = dict(zip((cell.value for cell in sheet[1]), (cell.value for cell in sheet[2]), strict=True))
    assert (row["下单日期"], row["金额"], "客户" in row) == (date(2026, 1, 12), 1280.5, False)


def test_a_filled_in_template(revisit: Program, tmp_path: Path) -> None:
    """As a person does it: the examples go, rows come, codes and phones with leading zeros stay what they are."""
    path = written(revisit, tmp_path, "customers", "zh")
    book = load_workbook(path)
    sheet = book.worksheets[0]
    sheet.delete_rows(2, 2)
    places = {cell.value: cell.column for cell in sheet[1]}
    for title, value in (
        ("客户编号", "00017"),
        ("客户名称", "利民"),
        ("电话", "02160000001"),
        ("等级", "A"),
        ("免打扰", "是"),
    ):
        sheet.cell(2, places[title]).value = value
    book.save(path)
    told = revisit("import", "customers", str(path), "--json")
    assert (told.code, told.json["inserted"], told.json["blank"], told.json["warnings"]) == (0, 1, 0, [])
    assert revisit("show", "00017", "--json").json["do_not_call"] is True


def test_other_sheets_are_still_told(revisit: Program, tmp_path: Path) -> None:
    path = written(revisit, tmp_path, "customers", "en")
    book = load_workbook(path)
    book.create_sheet("more")["A1"] = "code"
    book.save(path)
    told = revisit("import", "customers", str(path), "--json")
    assert told.json["warnings"] == ["only sheet customers was read; there are also more"]


def test_a_company_layout_makes_a_company_template(tmp_path: Path) -> None:
    """A layout of one's own, without explanations, and with a text that a spreadsheet program would compute."""
    text = (
        '[fields.code]\ntitle = { zh = "号", en = "no" }\ntype = "code"\nrequired = true\nnames = ["号"]\n'
        'examples = ["=cmd|\' /C calc\'!A0", "\\u0007+1"]\n'
    )
    book = template_of(parse_layout("customers", text), "zh")
    book.save(tmp_path / "x.xlsx")
    sheet = load_workbook(tmp_path / "x.xlsx").worksheets[0]
    assert [(cell.value, cell.data_type) for cell in sheet["A"][:3]] == [
        ("号", "s"), ("=cmd|' /C calc'!A0", "s"), ("\ufffd+1", "s"),
    ]  # fmt: skip
    assert sheet["A2"].quotePrefix
    with zipfile.ZipFile(tmp_path / "x.xlsx") as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist() if "worksheets" in name)


def test_a_text_that_looks_like_an_escape_is_read_as_it_stands(tmp_path: Path) -> None:
    texts = ["_x0041_", "a_x000D_b", "_x005F_x0041_", "_x_", "_x00zz_", "__x4e2D_"]
    book = Workbook()
    for number, text in enumerate(texts, 1):
        put(book.worksheets[0].cell(number, 1), text)
    book.save(tmp_path / "x.xlsx")
    assert [row.cells[0] for row in read_workbook(tmp_path / "x.xlsx").sheets[0].rows] == texts


# --- the file


def refused(result: Result, code: int, said: str) -> None:
    assert (result.code, result.out) == (code, "")
    assert said in result.err.splitlines()[0]


@ON_SQLITE
def test_a_file_that_is_there_stays_unless_told(revisit: Program, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_text("mine")
    refused(revisit("import", "template", "orders", "-o", str(path)), 1, "is there already")
    assert path.read_text() == "mine"
    assert revisit("import", "template", "orders", "-o", str(path), "--yes").code == 0
    assert load_workbook(path).worksheets[0].title == "orders"
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []


@ON_SQLITE
@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("orders",), 2, "--output is missing"),
        (("clients", "-o", "a.xlsx"), 2, "there is no kind of import clients"),
        (("orders", "-o", "a.csv"), 2, "a.csv does not end in .xlsx"),
        (("orders", "-o", "a.xlsx", "--lang", "fr"), 2, "there is no language fr"),
        (("orders", "-o", "nowhere/a.xlsx"), 1, "cannot be written"),
        (("orders", "-o", "folder.xlsx"), 1, "folder.xlsx is a folder"),
        (("orders", "-o", "file.xlsx/a.xlsx"), 1, "cannot be written"),
        (("orders", "-o", f"{'x' * 300}.xlsx"), 1, "cannot be written"),
    ],
    ids=str,
)
def test_what_is_refused(
    revisit: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], code: int, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.xlsx").mkdir()
    (tmp_path / "file.xlsx").touch()
    before = sorted(tmp_path.iterdir())
    refused(revisit("import", "template", *arguments), code, said)
    assert sorted(tmp_path.iterdir()) == before


@ON_SQLITE
def test_no_database_is_needed(revisit: Program, tmp_path: Path) -> None:
    revisit.url = str(tmp_path / "nowhere.db")
    done = revisit("import", "template", "staff", "-o", str(tmp_path / "s.xlsx"))
    assert (done.code, done.err) == (0, "")
    assert "revisit import staff" in done.out
    assert not (tmp_path / "nowhere.db").exists()
    assert (tmp_path / "s.xlsx").is_file()


def test_every_shipped_layout_has_a_template() -> None:
    names = {Path(name).stem for name in resources.list_names("import")} - {"explanations", "call-sheet"}
    assert names == set(KINDS)
