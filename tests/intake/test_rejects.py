"""The reject workbook: refused rows as they stood, with the reasons and proposed fixes; it is imported as it is."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from revisit import db, i18n
from revisit.intake.own import CHOICES, TITLES
from revisit.sheets import marked, read_workbook
from tests.intake import ugly
from tests.intake.ugly import Case
from tests.support import Program, init_company, workbook

ON_SQLITE = pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
WITH_REJECTS = [case for case in ugly.load_cases() if case.counts.get("rejected") and not case.heavy]


def fresh(revisit: Program, folder: Path) -> Program:
    """Another company, which knows nobody."""
    url = str(folder / "fresh.db")
    init_company(url)
    return replace(revisit, url=url)


def source_rows(path: Path, language: str = "en") -> dict[str, Any]:
    """The row of the source by the row of the reject workbook, labelled as an import labels it."""
    book = load_workbook(path)
    found = {}
    for sheet in book:
        at = [cell.value for cell in sheet[1]].index(TITLES["row"][language])
        for row in sheet.iter_rows(min_row=2):
            prefix = f"{sheet.title}!" if len(book.worksheets) > 1 else ""
            found[f"{prefix}{row[0].row}"] = f"{prefix}{row[at].value}"
    return found


@ON_SQLITE
@pytest.mark.parametrize("case", WITH_REJECTS, ids=lambda case: case.name)
def test_untouched_it_is_refused_again_for_the_same_reasons(revisit: Program, tmp_path: Path, case: Case) -> None:
    companies = (revisit, fresh(revisit, tmp_path))
    for number, (kind, rows) in enumerate(case.given):
        for company in companies:
            assert company("import", kind, str(workbook(tmp_path / f"given-{number}.xlsx", rows))).code == 0
    options = [one.format(folder=tmp_path) for one in case.options if one not in ("--sheet", "all")]
    first = revisit(
        "import", case.kind, str(ugly.write(tmp_path, case)), *(one.format(folder=tmp_path) for one in case.options),
        "--rejects", str(tmp_path / "rejects.xlsx"), "--json",
    )  # fmt: skip
    assert first.code == 3, first.err
    rows_of = source_rows(tmp_path / "rejects.xlsx")
    for company in companies:
        again = company("import", case.kind, str(tmp_path / "rejects.xlsx"), *options, "--json")
        assert again.code == 3, again.err
        said = [said_of(one, rows_of) for one in again.json["rejects"]]
        assert said == [said_of(one) for one in first.json["rejects"]]
        assert again.json["rejected"] == first.json["rejected"]
        assert again.json["columns"] == {
            title: field for title, field in first.json["columns"].items() if title in again.json["columns"]
        }


def said_of(reject: dict[str, Any], rows_of: dict[str, str] | None = None) -> Any:
    """A reject, its rows named as in the source. What a workbook cannot hold is an error in it; an order of the file is known
    once the file was imported."""

    def number(label: object) -> str:
        return str((rows_of or {}).get(str(label), label)).rpartition("!")[2]

    def bad(one: dict[str, Any]) -> tuple[str, str, str]:
        reason = re.sub(r"row (\S+) (?=has|states)", lambda match: f"row {number(match[1])} ", one["reason"])
        reason = re.sub(r"row \d+ has this number with", "the number is known with", reason)
        if "no computed value" in reason:
            return one["column"], "#N/A", "the cell shows the error #N/A"
        return one["column"], one["value"], reason

    return number(reject["row"]), bad(reject), [bad(one) for one in reject.get("also", ())]


# --- made by hand


MOMENT = datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001 - wall clock, as in a sheet


def rejects_of(revisit: Program, file: Path, kind: str = "customers", *options: str, language: str = "en") -> Path:
    """The reject workbook of a file."""
    path = file.with_name(f"rejects-{file.stem}.xlsx")
    i18n.activate(language)
    try:
        told = revisit("import", kind, str(file), "--rejects", str(path), *options)
    finally:
        i18n.activate("en")
    assert told.code == 3, told.err
    return path


def shown(path: Path, sheet: int = 0) -> list[list[Any]]:
    """What stands in a sheet, row by row."""
    return [[cell.value for cell in row] for row in load_workbook(path).worksheets[sheet].iter_rows()]


def edit(path: Path, cells: dict[str, Any], sheet: int = 0) -> Path:
    """A person has changed these cells and saved it under another name."""
    book = load_workbook(path)
    for at, value in cells.items():
        book.worksheets[sheet][at] = value
    saved = path.with_name(f"edited-{path.name}")
    book.save(saved)
    return saved


SHEET: list[list[Any]] = [
    ["客户编号", "客户名称", "类型", "欠款", "签约日期", "来源"],
    ["C1", "宏远涂料", "客户", 5, "2026-01-02", "展会"],
    ["C2", "海天", "潜在客户们", "约100", "2025-13-05", "=1+1"],
    ["C3", "金立", "供应商", 7, "2026-01-02", "+86"],
]


def test_what_stands_in_it(revisit: Program, tmp_path: Path) -> None:
    path = rejects_of(revisit, workbook(tmp_path / "a.xlsx", SHEET))
    reasons = [
        "类型: 潜在客户们 is unknown here; known: customer (客户), prospect (潜在客户)\n欠款: 约100 is no amount of money\n"
        "签约日期: 2025-13-05: this day does not exist",
        "类型: 供应商 is unknown here; known: customer (客户), prospect (潜在客户)",
    ]
    assert shown(path) == [
        [*SHEET[0], "Import fix: 类型", "Import fix: 欠款", "Import fix: 签约日期", "Import: take the fixes (yes/no)",
         "Import: reason", "Import: source row"],
        [*SHEET[2], "潜在客户", "100", "2025-05-13", None, reasons[0], 3],
        [*SHEET[3], None, None, None, None, reasons[1], 4],
    ]  # fmt: skip
    sheet = load_workbook(path).active
    assert sheet is not None
    assert sheet.freeze_panes == "A2"
    assert [(str(one.sqref), one.formula1) for one in sheet.data_validations.dataValidation] == [("J2:J3", '"yes,no"')]
    coloured = {cell.coordinate for row in sheet["A2:F3"] for cell in row if cell.fill.fgColor.rgb == "FFF8CBAD"}
    noted = {cell.coordinate: cell.comment.text for row in sheet["A2:L3"] for cell in row if cell.comment}
    assert coloured == noted.keys() == {"C2", "D2", "E2", "C3"}
    assert noted["D2"] == "约100 is no amount of money\nproposed: 100"
    assert noted["C3"] == reasons[1].removeprefix("类型: ")
    assert (sheet["F2"].data_type, sheet["F3"].data_type, sheet["A2"].number_format) == ("s", "s", "@")


def test_all_bad_cells_of_a_row_are_told(revisit: Program, tmp_path: Path) -> None:
    told = revisit("import", "customers", str(workbook(tmp_path / "a.xlsx", SHEET)), "--json").json
    assert [sorted(one) for one in told["rejects"]] == [
        ["also", "column", "reason", "row", "value"],
        ["column", "reason", "row", "value"],
    ]
    assert [one["column"] for one in told["rejects"][0]["also"]] == ["欠款", "签约日期"]
    assert told["rejects"][0]["also"][0] == {
        "column": "欠款", "value": "约100", "reason": "约100 is no amount of money",
    }  # fmt: skip
    screen = revisit("import", "customers", str(tmp_path / "a.xlsx")).out
    assert "(also: 欠款, 签约日期)" in " ".join(screen.split())


def test_accepted_fixes_are_taken_and_remembered_until_undone(revisit: Program, tmp_path: Path) -> None:
    path = rejects_of(revisit, workbook(tmp_path / "a.xlsx", SHEET))
    corrected = edit(path, {"J2": "yes", "G3": "prospect", "J3": "是"})
    dry = revisit("import", "customers", str(corrected), "--dry-run", "--json")
    assert (dry.code, dry.json["inserted"]) == (0, 2)
    assert aliases(revisit) == set()
    done = revisit("import", "customers", str(corrected), "--json")
    assert (done.code, done.json["inserted"], done.json["warnings"]) == (0, 2, [])
    assert done.json["columns"] == {
        "客户编号": "code", "客户名称": "name", "类型": "kind", "欠款": "balance", "签约日期": "contract_on", "来源": None,
    }  # fmt: skip
    with db.reading(revisit.url) as sql:
        found = sql.rows("SELECT code, kind, balance_cents, contract_on, extra FROM customer ORDER BY code")
    assert [(*row[:3], str(row[3]), row[4]) for row in found] == [
        ("C1", "customer", 500, "2026-01-02", '{"来源": "展会"}'),
        ("C2", "prospect", 10000, "2025-05-13", '{"来源": "=1+1"}'),
        ("C3", "prospect", 700, "2026-01-02", '{"来源": "+86"}'),
    ]
    assert aliases(revisit) == {
        ("kind", "潜在客户们", "潜在客户"), ("kind", "供应商", "prospect"), ("balance", "约100", "100"),
        ("contract_on", "2025-13-05", "2025-05-13"),
    }  # fmt: skip
    next_file = workbook(tmp_path / "b.xlsx", [SHEET[0], ["C9", "新", "供应商", "约100", "2026-01-02", ""]])
    later = revisit("import", "customers", str(next_file), "--json")
    assert (later.code, later.json["inserted"]) == (0, 1)
    assert later.json["warnings"] == ["2 cells were read as was accepted for files of this source"]
    other = workbook(tmp_path / "c.xlsx", [SHEET[0][:3], ["C9", "新", "供应商"]])
    assert revisit("import", "customers", str(other), "--json").code == 3  # another source
    assert revisit("import", "undo", str(done.json["batch"]), "--yes").code == 0
    assert aliases(revisit) == set()


def aliases(revisit: Program) -> set[tuple[Any, ...]]:
    with db.reading(revisit.url) as sql:
        return set(sql.rows("SELECT field, written, meant FROM import_alias"))


@ON_SQLITE
def test_a_later_meaning_replaces_an_earlier_one(revisit: Program, tmp_path: Path) -> None:
    """Where nothing was proposed, a person may add the column of fixes."""
    rows = [SHEET[0], ["D0", "某", "供应商", 1, "2026-01-02", ""]]
    path = rejects_of(revisit, workbook(tmp_path / "a.xlsx", rows))
    assert shown(path)[0][6:] == [TITLES[name]["en"] for name in ("accept", "reason", "row")]
    for code, meant in (("D0", "客户"), ("D1", "潜在客户")):
        corrected = edit(path, {"A2": code, "G2": "yes", "J1": "导入建议：类型", "J2": meant})
        assert revisit("import", "customers", str(corrected)).code == 0
        assert aliases(revisit) == {("kind", "供应商", meant)}


@ON_SQLITE
def test_what_is_not_remembered(revisit: Program, tmp_path: Path) -> None:
    """A figure that a person has written instead of the proposed one, two meanings of one word, a fix of a row that was refused
    all the same, a word that was understood anyway, a text that is no word."""
    rows = [
        SHEET[0],
        ["C1", "甲", "客户", "约100", "2026-01-02", ""],
        ["C2", "乙", "潜在客户们", 1, "2026-01-02", ""],
        ["C3", "丙", "潜在客户们", 1, "2026-01-02", ""],
        ["C4", "丁", "潜在的客户", 1, "3/4/2026", ""],
        ["C5", "戊", "客户", "大概5", "2026-01-02", ""],
    ]
    path = rejects_of(revisit, workbook(tmp_path / "a.xlsx", rows))
    head = shown(path)[0]
    assert head[6:8] == ["Import fix: 类型", "Import fix: 欠款"]
    yes = {f"I{row}": "yes" for row in range(2, 7)}
    corrected = edit(path, yes | {"H2": "130", "G4": "客户", "G6": "潜在客户"})
    told = revisit("import", "customers", str(corrected), "--json").json
    assert [(one["row"], one["column"]) for one in told["rejects"]] == [(5, "签约日期")]
    assert aliases(revisit) == {("balance", "大概5", "5")}


@ON_SQLITE
def test_signs_and_capitals_count_where_figures_and_codes_are_remembered(revisit: Program, tmp_path: Path) -> None:
    head = ["客户编号", "客户名称", "欠款"]
    path = rejects_of(revisit, workbook(tmp_path / "a.xlsx", [head, ["C1", "甲", "1.234"]]))
    assert revisit("import", "customers", str(edit(path, {"E2": "yes"}))).code == 0
    later = workbook(tmp_path / "b.xlsx", [head, ["C1", "甲", "1.234"], ["C2", "乙", "-1.234"]])
    told = revisit("import", "customers", str(later), "--json").json
    assert (told["unchanged"], [one["row"] for one in told["rejects"]]) == (1, [3])


@ON_SQLITE
def test_a_corrected_cell_is_read_as_it_stands(revisit: Program, tmp_path: Path) -> None:
    path = rejects_of(revisit, workbook(tmp_path / "a.xlsx", SHEET))
    corrected = edit(path, {"C2": "客户", "D2": 9, "E2": "2026-02-03", "J2": "no", "C3": "客户", "J3": "vielleicht"})
    told = revisit("import", "customers", str(corrected), "--json")
    assert (told.code, told.json["inserted"]) == (0, 2)
    assert told.json["warnings"] == [
        "row 3: whether its fixes are to be taken is neither yes nor no; it was read as it stands"
    ]
    assert aliases(revisit) == set()


def test_an_unknown_customer_and_the_one_that_is_meant(revisit: Program, tmp_path: Path) -> None:
    known = [["客户编号", "客户名称"], ["C0012", "上海宏远涂料有限公司"], ["C2", "海天机械"], ["C3", "海天机械厂"]]
    assert revisit("import", "customers", str(workbook(tmp_path / "c.xlsx", known))).code == 0
    orders = [
        ["订单号", "客户", "下单日期", "金额"],
        ["A1", "c-12", "2026-01-02", 1],
        ["A2", "宏远涂料", "2026-01-02", 2],
        ["A3", "洪远涂料", "2026-01-02", 3],
        ["A4", "海天", "2026-01-02", 4],
        ["A5", "谁也不是", "2026-01-02", 5],
    ]
    path = rejects_of(revisit, workbook(tmp_path / "o.xlsx", orders), "orders")
    fixes = [row[4] for row in shown(path)]
    assert fixes == ["Import fix: 客户", "C0012", "上海宏远涂料有限公司", "上海宏远涂料有限公司", None, None]
    told = revisit("import", "orders", str(edit(path, {"F2": "yes", "F3": "yes"})), "--json").json
    assert (told["inserted"], told["rejected"]) == (2, 3)
    assert aliases(revisit) == {("customer", "c-12", "C0012"), ("customer", "宏远涂料", "上海宏远涂料有限公司")}
    later = workbook(tmp_path / "p.xlsx", [orders[0], ["A9", "宏远涂料", "2026-01-03", 9]])
    assert revisit("import", "orders", str(later)).code == 0


@ON_SQLITE
def test_lines_of_one_order_stay_together(revisit: Program, tmp_path: Path) -> None:
    """The amounts of the lines are added: a corrected line alone would be the whole order."""
    assert revisit("import", "customers", str(workbook(tmp_path / "c.xlsx", [["客户编号"], ["C1"]]))).code == 0
    rows = [["订单号", "客户编号", "下单日期", "金额"], ["A1", "C1", "2026-01-02", 10], ["A2", "C1", "2026-01-02", 5]]
    rows += [["A1", "C1", "2026-01-02", "约20"]]
    path = rejects_of(revisit, workbook(tmp_path / "o.xlsx", rows), "orders")
    assert [(row[0], row[-1]) for row in shown(path)[1:]] == [("A1", 2), ("A1", 4)]
    assert shown(path)[1][-2] == "not refused; a line of an order of which another line was refused"
    told = revisit("import", "orders", str(edit(path, {"F3": "yes"})), "--json").json
    assert (told["updated"], told["rejected"]) == (2, 0)
    with db.reading(revisit.url) as sql:
        assert sql.rows("SELECT number, amount_cents FROM order_ ORDER BY number") == [("A1", 3000), ("A2", 500)]


@ON_SQLITE
def test_several_sheets_are_read_as_a_whole(revisit: Program, tmp_path: Path) -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in (("一月", SHEET[:3]), ("二月", [SHEET[0], SHEET[1]]), ("三月", [SHEET[0], SHEET[3]])):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([f"'{one}" if isinstance(one, str) and one[0] in "=+" else one for one in row])
    book.save(tmp_path / "a.xlsx")
    path = rejects_of(revisit, tmp_path / "a.xlsx", "customers", "--sheet", "all")
    assert load_workbook(path).sheetnames == ["一月", "三月"]
    again = revisit("import", "customers", str(path), "--json").json
    assert [one["row"] for one in again["rejects"]] == ["一月!2", "三月!2"]
    corrected = edit(edit(path, {"J2": "yes"}), {"C2": "客户"}, sheet=1)
    assert revisit("import", "customers", str(corrected), "--json").json["inserted"] == 2


@ON_SQLITE
def test_headers_of_two_rows_blank_columns_untitled_and_doubled_ones(revisit: Program, tmp_path: Path) -> None:
    rows = [
        [],
        [None, None, "客户资料", None, "联系方式", None],
        [None, None, "客户编号", "客户名称", "电话", "备注", "备注", None],
        [None, None, "C1", "甲", "138", "x", "y", "z"],
    ]
    path = rejects_of(revisit, workbook(tmp_path / "a.xlsx", rows))
    assert shown(path)[0][:8] == [None, None, "客户编号", "客户名称", "电话", "备注", "备注", None]
    assert shown(path)[1][:8] == rows[3]
    assert shown(path)[1][-1] == 4
    first = revisit("import", "customers", str(tmp_path / "a.xlsx"), "--json").json
    again = revisit("import", "customers", str(path), "--json").json
    assert again["columns"] == first["columns"]
    assert [one | {"row": 4} for one in again["rejects"]] == first["rejects"]
    assert revisit("import", "customers", str(edit(path, {"E2": "13800000001"}))).code == 0
    with db.reading(revisit.url) as sql:
        assert sql.rows("SELECT code, note, extra FROM customer") == [("C1", "x", '{"列 H": "z", "备注 (G)": "y"}')]


@ON_SQLITE
def test_cells_keep_what_they_are(revisit: Program, tmp_path: Path) -> None:
    texts = ["=1+1", "@x", "'=2", "_x0041_b", "a\x01b", "<&>", "+86", " 1 ", "#N/A", "ｆｕｌｌ", "'", "a\nb", "0012"]
    file = tmp_path / "a.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([["客户编号", "电话", *(f"t{n}" for n in range(len(texts)))], ["C1", "138", *texts]])
    path = rejects_of(revisit, file)
    (sheet,) = read_workbook(path).sheets
    assert list(sheet.rows)[1].cells[2 : 2 + len(texts)] == tuple(texts)
    cells: list[Any] = ["C1", "138", 1.5, True, date(2026, 1, 2), MOMENT, time(6, 7), 1e20, -3]
    path = rejects_of(revisit, workbook(tmp_path / "b.xlsx", [["客户编号", "电话", *map(str, range(7))], cells]))
    (sheet,) = read_workbook(path).sheets
    assert list(sheet.rows)[1].cells[:9] == tuple(cells)


@ON_SQLITE
def test_days_need_no_option_any_more(revisit: Program, tmp_path: Path) -> None:
    rows = [["客户编号", "电话", "签约日期"], ["C1", "138", "3/4/2026"], ["C2", "138", "25/4/2026"], ["C3", "138", "x"]]
    path = rejects_of(revisit, workbook(tmp_path / "a.xlsx", rows), "customers", "--dates", "dmy")
    days = [row[2] for row in shown(path)[1:]]
    assert [str(day) for day in days] == ["2026-04-03 00:00:00", "25/4/2026", "x"]
    told = revisit("import", "customers", str(edit(path, {f"B{row}": "" for row in (2, 3, 4)})), "--json").json
    assert [(one["row"], one["column"]) for one in told["rejects"]] == [(4, "签约日期")]


@ON_SQLITE
def test_a_text_that_is_too_long_for_a_cell_is_an_error_again(revisit: Program, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"客户编号,备注,电话\nC1,{'很' * 40_000},138\n", encoding="utf-8")
    path = rejects_of(revisit, tmp_path / "a.csv")
    assert shown(path)[1][-2].startswith("备注: the text is longer than a cell can hold")
    told = revisit("import", "customers", str(edit(path, {"C2": "13800000001"})), "--json").json
    assert [(one["column"], one["reason"]) for one in told["rejects"]] == [("备注", "the cell shows the error #N/A")]


@ON_SQLITE
@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_is_read_in_the_other_language(revisit: Program, tmp_path: Path, language: str) -> None:
    path = rejects_of(revisit, workbook(tmp_path / "a.xlsx", SHEET), language=language)
    assert shown(path)[0][-3:] == [TITLES[name][language] for name in ("accept", "reason", "row")]
    corrected = edit(path, {"J2": CHOICES[language][0]})
    i18n.activate("en" if language == "zh" else "zh")
    told = revisit("import", "customers", str(corrected), "--json").json
    assert (told["inserted"], told["rejected"], list(told["columns"])) == (1, 1, SHEET[0])


@ON_SQLITE
@pytest.mark.parametrize("end", ["xls", "ods", "csv", "tsv"])
def test_sources_of_every_kind(revisit: Program, tmp_path: Path, end: str) -> None:
    file = tmp_path / f"a.{end}"
    rows = [["客户编号", "电话", "来源"], ["C1", "138", "展会"], ["C2", "13800000002", "展会"]]
    if end in ("xls", "ods"):
        ugly.WRITERS[end](file, {"rows": rows})
    else:
        lines = ["\t" if end == "tsv" else ","] * len(rows)
        file.write_text("".join(by.join(row) + "\n" for by, row in zip(lines, rows, strict=True)), encoding="utf-8")
    path = rejects_of(revisit, file)
    assert [row[:3] for row in shown(path)] == rows[:2]
    told = revisit("import", "customers", str(edit(path, {"B2": "13800000001"})), "--json").json
    assert (told["inserted"], told["columns"]) == (1, {"客户编号": "code", "电话": "phone", "来源": None})


@ON_SQLITE
def test_it_is_a_file_of_its_source(revisit: Program, tmp_path: Path) -> None:
    """What was said of the columns of the source holds for the workbook as well."""
    file = workbook(
        tmp_path / "a.xlsx", [["甲方", "编码", "电话号吗"], ["宏远", "C1", "138"], ["海天", "C2", "13800000002"]]
    )
    path = rejects_of(revisit, file, "customers", "--map", "甲方=name", "--map", "电话号吗=phone")
    told = revisit("import", "customers", str(edit(path, {"C2": "13800000001"})), "--json").json
    assert told["columns"] == {"甲方": "name", "编码": "code", "电话号吗": "phone"}
    assert told["inserted"] == 1


@ON_SQLITE
def test_a_row_that_contradicts_another_stands_beside_it(revisit: Program, tmp_path: Path) -> None:
    rows = [["客户编号", "客户名称", "等级"], ["C1", "甲", "A"], ["C2", "乙", "A"], ["C1", "甲", "B"]]
    path = rejects_of(revisit, workbook(tmp_path / "a.xlsx", rows))
    assert [(row[0], row[2], row[-2], row[-1]) for row in shown(path)[1:]] == [
        ("C1", "A", "not refused; it stands here because of row 4", 2),
        ("C1", "B", "客户编号: row 2 states the same customer differently", 4),
    ]
    told = revisit("import", "customers", str(path), "--json").json
    assert (told["unchanged"], told["rejected"], told["updated"]) == (1, 1, 0)
    told = revisit("import", "customers", str(edit(path, {"A3": "C9"})), "--json").json
    assert (told["unchanged"], told["inserted"]) == (1, 1)


@ON_SQLITE
def test_what_was_refused_of_a_reject_workbook(revisit: Program, tmp_path: Path) -> None:
    """The same once more: our columns are not doubled, accepted fixes stand where they belong."""
    path = rejects_of(revisit, workbook(tmp_path / "a.xlsx", SHEET))
    corrected = edit(path, {"J2": "yes", "H2": "viel"})
    again = rejects_of(revisit, corrected)
    assert shown(again)[0] == [*SHEET[0], *(TITLES[name]["en"] for name in ("accept", "reason", "row"))]
    assert shown(again)[1][:6] == ["C2", "海天", "潜在客户", "viel", "2025-05-13", "=1+1"]


# --- the command


@ON_SQLITE
def test_what_is_said_and_what_is_refused(revisit: Program, tmp_path: Path) -> None:
    file, path = workbook(tmp_path / "a.xlsx", SHEET), tmp_path / "r.xlsx"
    asked = ("import", "customers", str(file), "--rejects")
    wrong = revisit(*asked, str(tmp_path / "r.csv"))
    assert (wrong.code, wrong.err.splitlines()[0]) == (2, "Error: r.csv does not end in .xlsx")
    same = revisit(*asked, str(file), "--yes")
    assert (same.code, same.err.splitlines()[0]) == (
        1, "Error: a.xlsx is the file that is imported; it is never written over",
    )  # fmt: skip
    dry = revisit(*asked, str(path), "--dry-run")
    assert dry.err.splitlines() == [
        "rows that would be rejected: 2",
        f"the rejected rows stand in {path}; correct them there, then: revisit import customers {path}",
    ]
    assert path.stat().st_mode & 0o777 == 0o600
    before = path.read_bytes()
    there = revisit(*asked, str(path))
    assert (there.code, there.err.splitlines()[0]) == (1, f"Error: {path} is there already")
    assert path.read_bytes() == before
    assert revisit("due", "--json").json["census"]["customers"] == 0
    strict = revisit(*asked, str(path), "--strict", "-y")
    assert strict.code == 3 and str(path) in strict.err
    assert revisit("due", "--json").json["census"]["customers"] == 0
    well = workbook(tmp_path / "b.xlsx", SHEET[:2])
    done = revisit("import", "customers", str(well), "--rejects", str(tmp_path / "none.xlsx"))
    assert (done.code, done.err) == (0, f"no row was rejected: {tmp_path / 'none.xlsx'} was not written\n")
    assert sorted(one.name for one in tmp_path.glob("*.xlsx")) == ["a.xlsx", "b.xlsx", "r.xlsx"]


@ON_SQLITE
def test_stopped_while_it_is_written(revisit: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(marked, "_write_notes", stop)
    told = revisit(
        "import", "customers", str(workbook(tmp_path / "a.xlsx", SHEET)), "--rejects", str(tmp_path / "r.xlsx")
    )
    assert told.code == 130
    assert not list(tmp_path.glob("*r.xlsx*"))
    assert revisit("due", "--json").json["census"]["customers"] == 0


# --- anything at all


WRITTEN = ["C1", "C2", "138", "13800000001", "甲", "约5", "合计", "2026-13-05", "是", "E"]
ANY_CELL = st.one_of(
    st.none(), st.text(max_size=12), st.sampled_from(WRITTEN),
    st.integers(-(10**17), 10**17), st.floats(allow_nan=False, allow_infinity=False), st.booleans(), st.dates(), st.datetimes(),
)  # fmt: skip
TITLED = ["客户编号", "客户名称", "电话", "等级", "签约日期", "欠款", "免打扰", "账期", "来源"]


@ON_SQLITE
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(rows=st.lists(st.lists(ANY_CELL, max_size=len(TITLED) + 1), min_size=1, max_size=6))
def test_garbage_is_refused_again_as_it_was(revisit: Program, tmp_path: Path, rows: list[list[Any]]) -> None:
    file = tmp_path / "garbage.csv"
    with file.open("w", encoding="utf-8", newline="", errors="replace") as out:
        csv.writer(out).writerows([TITLED, *([_as_text(cell) for cell in row] for row in rows)])
    path = tmp_path / "r.xlsx"
    path.unlink(missing_ok=True)
    first = revisit("import", "customers", str(file), "--rejects", str(path), "--dry-run", "--json")
    assert first.code in (0, 1, 3), first.err
    assert path.exists() == (first.code == 3)
    if first.code == 3:
        again = revisit("import", "customers", str(path), "--dry-run", "--json").json
        rows_of = source_rows(path)
        assert [said_of(one, rows_of) for one in again["rejects"]] == [said_of(one) for one in first.json["rejects"]]


def _as_text(cell: Any) -> str:
    return "" if cell is None else str(cell).replace("\0", "")


ORDER = st.tuples(
    st.sampled_from(["A1", "A2", ""]), st.sampled_from(["C1", "c1", "甲", "甲公司", "?"]),
    st.sampled_from(["2026-01-02", "2026-01-03", "3/4/2026", "2027-05-05", ""]), st.sampled_from(["5", "约5", "-1", ""]),
)  # fmt: skip


@ON_SQLITE
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(orders=st.lists(ORDER, min_size=1, max_size=6))
def test_orders_are_refused_again_as_they_were(
    revisit: Program, tmp_path: Path, orders: list[tuple[str, str, str, str]]
) -> None:
    known = workbook(tmp_path / "c.xlsx", [["客户编号", "客户名称"], ["C1", "甲"], ["C2", "乙"]])
    assert revisit("import", "customers", str(known)).code == 0
    path = tmp_path / "r.xlsx"
    path.unlink(missing_ok=True)
    file = workbook(tmp_path / "o.xlsx", [["订单号", "客户", "下单日期", "金额"], *orders])
    first = revisit("import", "orders", str(file), "--rejects", str(path), "--dry-run", "--json")
    if first.code == 3:
        again = revisit("import", "orders", str(path), "--dry-run", "--json").json
        rows_of = source_rows(path)
        assert [said_of(one, rows_of) for one in again["rejects"]] == [said_of(one) for one in first.json["rejects"]]
