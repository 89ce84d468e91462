"""Spreadsheets in: formats by content, the person's row numbers, broken cells, and a sentence for everything else."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlwt
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from revisit.errors import Refused
from revisit.sheets import BadCell, Workbook, column_index, column_letter, read_workbook

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ROWS = '<row r="1"><c r="A1"><v>1</v></c></row>'


def save(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def xlsx(path: Path, cells: dict[str, object], **book: object) -> Path:
    workbook = openpyxl.Workbook()
    for name, value in book.items():
        setattr(workbook, name, value)
    sheet = workbook.worksheets[0]
    for place, value in cells.items():
        sheet[place] = value
    workbook.save(path)
    return path


def xls(path: Path, cells: dict[tuple[int, int], object], dates_1904: bool = False) -> Path:
    workbook = xlwt.Workbook()
    workbook.dates_1904 = dates_1904
    style = xlwt.XFStyle()
    style.num_format_str = "YYYY-MM-DD"
    sheet = workbook.add_sheet("表")
    for (row, column), value in cells.items():
        sheet.write(row, column, value, *([style] if isinstance(value, dt.date) else []))
    workbook.save(str(path))
    return path


def with_sheet_xml(path: Path, rows: str, prolog: str = "", **parts: str) -> Path:
    """A workbook whose only sheet is written by hand."""
    source = io.BytesIO()
    openpyxl.Workbook().save(source)
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    xml = f'{prolog}<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, xml if name == "xl/worksheets/sheet1.xml" else old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return path


def ods(path: Path, rows: str, manifest: str = "<manifest/>") -> Path:
    office, table, text = (f"urn:oasis:names:tc:opendocument:xmlns:{part}:1.0" for part in ("office", "table", "text"))
    content = (
        f'<?xml version="1.0"?><office:document-content xmlns:office="{office}" xmlns:table="{table}" xmlns:text="{text}">'
        f'<office:body><office:spreadsheet><table:table table:name="T">{rows}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)
    return path


def filled(workbook: Workbook, sheet: int = 0) -> dict[tuple[int, int], object]:
    rows = workbook.sheets[sheet].rows
    return {(row.number, i): cell for row in rows for i, cell in enumerate(row.cells) if cell is not None}


def refusal(path: Path) -> str:
    with pytest.raises(Refused) as caught:
        for sheet in read_workbook(path).sheets:
            list(sheet.rows)
    assert caught.value.remedy
    caught.value.remedy.format(**caught.value.params)
    return str(caught.value)


def test_xlsx_keeps_types_and_the_numbers_of_rows_and_columns(tmp_path: Path) -> None:
    moment, day = dt.datetime.fromisoformat("2024-03-01 15:30"), dt.date(2024, 3, 1)
    cells = {"C4": "x", "D4": moment, "E4": day, "F4": dt.time(3, 4), "G4": True, "H4": 12.5, "I4": dt.timedelta(1, 60)}
    path = xlsx(tmp_path / "named.csv", cells)
    book = read_workbook(path)
    assert book.kind == "xlsx"
    assert book.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert book.errors_visible
    assert filled(book) == dict(zip([(4, column) for column in range(2, 9)], cells.values(), strict=True))
    assert [row.number for row in book.sheets[0].rows] == [1, 2, 3, 4]
    assert [row.blank for row in book.sheets[0].rows] == [True, True, True, False]


def test_dates_of_1904_are_the_days_that_were_typed(tmp_path: Path) -> None:
    day = dt.date(2024, 3, 1)
    new = read_workbook(xlsx(tmp_path / "a.xlsx", {"A1": day}, epoch=CALENDAR_MAC_1904))
    old = read_workbook(xls(tmp_path / "a.xls", {(0, 0): day}, dates_1904=True))
    usual = read_workbook(xls(tmp_path / "b.xls", {(0, 0): day}))
    assert filled(new) == filled(old) == filled(usual) == {(1, 0): day}
    assert (new.epoch1904, old.epoch1904, usual.epoch1904) == (True, True, False)


def test_xls_by_content(tmp_path: Path) -> None:
    book = read_workbook(xls(tmp_path / "a.xlsx", {(2, 1): "宏远", (2, 2): 17850}))
    assert (book.kind, book.errors_visible, book.sheets[0].name) == ("xls", False, "表")
    assert filled(book) == {(3, 1): "宏远", (3, 2): 17850}


def test_ods(tmp_path: Path) -> None:
    empty = '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
    cell = '<table:table-cell office:value-type="string"><text:p>宏远</text:p></table:table-cell>'
    blank = '<table:table-cell table:number-columns-repeated="16384"/>'
    padding = f'<table:table-row table:number-rows-repeated="1048000">{blank}</table:table-row>'
    book = read_workbook(
        ods(tmp_path / "a.ods", f"{empty}<table:table-row><table:table-cell/>{cell}</table:table-row>{padding}")
    )
    assert book.kind == "ods"
    assert filled(book) == {(4, 1): "宏远"}


def test_macros_make_it_xlsm_and_never_run(tmp_path: Path) -> None:
    assert read_workbook(with_sheet_xml(tmp_path / "a", ROWS, **{"xl/vbaProject.bin": "x"})).kind == "xlsm"


def test_several_sheets_hidden_ones_marked(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.worksheets[0]["A1"] = 1
    workbook.create_sheet("隐藏").sheet_state = "hidden"
    workbook.create_chartsheet("图")
    workbook.worksheets[0].row_dimensions[1].hidden = True
    workbook.save(tmp_path / "a.xlsx")
    first, second = read_workbook(tmp_path / "a.xlsx").sheets
    assert (first.name, first.hidden, first.hidden_rows) == ("Sheet", False, (1,))
    assert (second.name, second.hidden, second.blank) == ("隐藏", True, True)


def test_error_cells_and_formulas_without_a_value_are_bad_cells(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", {"B2": "x", "C2": "#N/A", "D2": '=1+A1&"<"', "B4": "#DIV/0!", "B6": "=A1"})
    assert filled(read_workbook(path)) == {
        (2, 1): "x",
        (2, 2): BadCell("error_value", "#N/A"),
        (2, 3): BadCell("uncached_formula", '=1+A1&"<"'),
        (4, 1): BadCell("error_value", "#DIV/0!"),
        (6, 1): BadCell("uncached_formula", "=A1"),
    }


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ('<row r="1"><c r="A1"><f>B1</f><v>3</v></c></row>', {(1, 0): 3.0}),
        ('<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="str"><f>IF(1,"")</f><v></v></c></row>', {(1, 0): 1.0}),
        ('<row r="1"><c r="A1" t="e"><f>NA()</f><v>#N/A</v></c></row>', {(1, 0): BadCell("error_value", "#N/A")}),
        ('<row r="1"><c r="A1" t="shared"><v>0</v></c></row>', None),
        (
            '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f t="shared" si="0"/></c></row>',
            {(1, 0): 1.0, (1, 1): BadCell("uncached_formula", "=")},
        ),
        (
            '<row><c><v>1</v></c><c t="e"><v>#REF!</v></c></row><row><c><v>2</v></c></row>',
            {(1, 0): 1.0, (1, 1): BadCell("error_value", "#REF!"), (2, 0): 2.0},
        ),
        (
            '<row r="1"><c r="A1" t="e"/><c r="B1" t="e"><v>#N/A</v></c></row>',
            {(1, 1): BadCell("error_value", "#N/A")},
        ),
    ],
)
def test_sheet_xml_of_other_programs(tmp_path: Path, rows: str, expected: dict[tuple[int, int], object] | None) -> None:
    path = with_sheet_xml(tmp_path / "a.xlsx", rows)
    if expected is None:
        assert "damaged" in refusal(path)
    else:
        assert filled(read_workbook(path)) == expected


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("编号,名称\n1,宏远\n".encode("utf-8-sig"), "csv"),
        ("编号,名称\n1,宏远\n".encode(), "csv"),
        ("编号;名称\r\n1;宏远\r\n".encode("gb18030"), "csv"),
        ("编号\t名称\n1\t宏远\n".encode("utf-16"), "tsv"),
        ("sep=;\n编号;名称\n1;宏远\n".encode(), "csv"),
        ("编号\t名称\n1\t宏远\n".encode("gb18030"), "tsv"),
    ],
)
def test_text_in_every_encoding_and_delimiter(tmp_path: Path, content: bytes, kind: str) -> None:
    book = read_workbook(save(tmp_path / "a.xls", content))
    assert book.kind == kind
    rows = [row.cells for row in book.sheets[0].rows if not row.blank]
    assert rows == [("编号", "名称"), ("1", "宏远")]


def test_csv_rows_bear_the_line_where_they_begin(tmp_path: Path) -> None:
    book = read_workbook(save(tmp_path / "a.csv", b'a,b\n\n"x\ny",2\n3,\n'))
    assert [(row.number, row.cells) for row in book.sheets[0].rows] == [
        (1, ("a", "b")), (2, ()), (3, ("x\ny", "2")), (5, ("3", None)),
    ]  # fmt: skip


def test_delimiter_is_the_even_one(tmp_path: Path) -> None:
    book = read_workbook(save(tmp_path / "a.csv", b"name;amount\na, b;1,5\nc;2,5\n"))
    assert list(book.sheets[0].rows)[1].cells == ("a, b", "1,5")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"  \n\t\n", "no rows"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n...", "PNG"),
        (b"\xff\xd8\xff\xe0..", "JPEG"),
        (b"PK\x05\x06" + b"\0" * 18, "ZIP"),
        (b"PK\x03\x04" + b"x" * 300, "damaged"),
        (OLE + b"\0" * 2000, "no workbook"),
        (OLE + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le"), "password"),
        (OLE + b"\0" * 512 + "Workbook\0".encode("utf-16-le") + b"\xff" * 900, "damaged"),
        (b"\xef\xbb\xbf  <!DOCTYPE html><table><tr><td>1</td></tr></table>", "web page"),
        (b'<html xmlns:x="urn:schemas-microsoft-com:office:excel"><table/></html>', "web page"),
        (b'<?xml version="1.0"?><Workbook/>', "web page"),
        ("<html><table/></html>".encode("utf-16"), "web page"),
        (b"a,b\n1,\0\n", "neither"),
        (b"a,caf\xe9,b\n", "GB18030"),
        ("编号,名称\n".encode() * 20 + b"\xe5\xae,1\n", "GB18030"),
        (b'a,b\n"never closed,1\n2,3\n', "line 2"),
    ],
)
def test_what_is_no_workbook_is_refused_with_a_sentence(tmp_path: Path, content: bytes, says: str) -> None:
    assert says in refusal(save(tmp_path / "a.xlsx", content))


def test_missing_folder_and_lock_file(tmp_path: Path) -> None:
    assert "does not exist" in refusal(tmp_path / "nothing.xlsx")
    assert "folder" in refusal(tmp_path)
    assert "cannot be read" in refusal(tmp_path / f"{'x' * 300}.xlsx")
    assert "lock file" in refusal(save(tmp_path / "~$a.xlsx", b"x"))


def test_too_large_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("revisit.sheets.MOST_FILE_BYTES", 3)
    assert "larger" in refusal(save(tmp_path / "a.csv", b"a,b\n"))


def test_zip_bombs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = with_sheet_xml(tmp_path / "a.xlsx", ROWS, **{"xl/more.xml": " " * 2_000_000})
    read_workbook(bomb)
    monkeypatch.setattr("revisit.sheets.archive.RATIO_MATTERS_FROM_BYTES", 1_000_000)
    assert "unpacks" in refusal(bomb)
    monkeypatch.setattr("revisit.sheets.archive.MOST_UNPACKED_BYTES", 1_000)
    assert "unpacks" in refusal(xlsx(tmp_path / "b.xlsx", {"A1": 1}))


def test_two_far_corners_do_not_fill_the_memory(tmp_path: Path) -> None:
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"{}</row>'
    assert "unpacks" in refusal(with_sheet_xml(tmp_path / "a.xlsx", far.format("><v>1</v></c>")))
    assert filled(read_workbook(with_sheet_xml(tmp_path / "b.xlsx", far.format(' s="0"/>')))) == {(1, 0): 1.0}
    cell = '<table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="1"/>'
    row = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    assert "unpacks" in refusal(ods(tmp_path / "c.ods", row))


def test_entities_are_refused(tmp_path: Path) -> None:
    prolog = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    assert "entities" in refusal(with_sheet_xml(tmp_path / "a.xlsx", ROWS, prolog))


def test_other_zips_and_encrypted_ods(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert "no workbook" in refusal(tmp_path / "a.zip")
    assert "password" in refusal(ods(tmp_path / "b.ods", "", "<manifest:encryption-data/>"))


def test_truncated_and_broken_workbooks(tmp_path: Path) -> None:
    whole = xlsx(tmp_path / "a.xlsx", {"A1": "x"}).read_bytes()
    for length in range(8, len(whole), 97):
        assert "damaged" in refusal(save(tmp_path / "b.xlsx", whole[:length]))
    assert "damaged" in refusal(with_sheet_xml(tmp_path / "c.xlsx", '<row r="1"><c r="A1"><v>1</v></wrong>'))


def test_a_panic_of_the_reader_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    class PanicException(BaseException):
        pass

    def panic(*_: object) -> None:
        import os

        os.write(2, b"thread panicked at src/lib.rs")
        raise PanicException

    monkeypatch.setattr("revisit.sheets._grid", panic)
    assert "damaged" in refusal(xlsx(tmp_path / "a.xlsx", {"A1": 1}))
    assert capfd.readouterr().err == ""


def test_no_cell_at_all(tmp_path: Path) -> None:
    assert "no rows" in refusal(xlsx(tmp_path / "a.xlsx", {}))


@given(st.integers(0, 20_000))
def test_column_letters_round_trip(index: int) -> None:
    assert column_index(column_letter(index)) == index
