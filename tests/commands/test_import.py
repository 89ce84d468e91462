"""What a person and a script see of `revisit import`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.support import Program, table, workbook

KEYS = [
    "batch", "kind", "rows", "inserted", "updated", "unchanged", "rejected", "blank", "skipped", "warnings", "columns",
    "rejects", "changes", "changed_cells", "applications", "possible_duplicates",
    "imported_before",
]  # fmt: skip


BAD = {"客户编号": "C2", "签约日期": "昨"}


def test_the_document(revisit: Program, tmp_path: Path) -> None:
    file = table(
        tmp_path / "a.xlsx",
        [{"客户编号": "C1", "来源": "展会", "签约日期": "2026-01-01"}, {"客户编号": "C2", "签约日期": "昨"}],
    )
    result = revisit("import", "customers", str(file), "--json")
    assert result.code == 3
    assert list(result.json) == KEYS
    assert result.json == {
        "batch": 1, "kind": "customers", "rows": 2, "inserted": 1, "updated": 0, "unchanged": 0, "rejected": 1,
        "blank": 0, "skipped": 0, "warnings": [], "columns": {"客户编号": "code", "来源": None, "签约日期": "contract_on"},
        "rejects": [{"row": 3, "column": "签约日期", "value": "昨", "reason": "昨 is no date; write it as 2026-03-12"}],
        "changes": [], "changed_cells": 0, "applications": [], "possible_duplicates": [], "imported_before": None,
    }  # fmt: skip
    assert result.err == "rejected rows: 1; correct them and import the file again\n"


def test_the_screen(revisit: Program, tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["名单"],
        ["客户编号", "来源", "签约日期"],
        ["C1", "展会", "2026-01-01"],
        [],
        ["C2", "", "昨" * 300],
    ]
    result = revisit("import", "customers", str(workbook(tmp_path / "a.xlsx", rows)))
    assert result.code == 3
    assert result.out.splitlines() == [
        "a.xlsx imported as batch 1",
        "4 rows = 1 new + 0 changed + 0 unchanged + 1 rejected + 1 blank + 1 titles and totals",
        "Unknown columns, kept with their rows: 来源",
        "",
        "Row  Column    Value                                    Why",
        f"  5  签约日期  {'昨' * 19}…  {'昨' * 59}… is no date; write it as 2026-03-12",
    ]
    again = revisit("import", "customers", str(tmp_path / "a.xlsx"))
    assert again.err.splitlines()[0] == "This file was imported before, on 2026-03-12."
    dry = revisit("import", "customers", str(tmp_path / "a.xlsx"), "--dry-run")
    assert dry.out.splitlines()[0] == "Dry run of a.xlsx: nothing was written"
    assert dry.err.splitlines()[-1] == "rows that would be rejected: 1"


def test_all_well(revisit: Program, tmp_path: Path) -> None:
    result = revisit("import", "customers", str(table(tmp_path / "a.xlsx", [{"客户编号": "C1"}])))
    assert (result.code, result.err) == (0, "")
    for kind, title in (("orders", "下单日期"), ("sales-followups", "跟进日期"), ("revisits", "回访时间")):
        file = table(tmp_path / f"{kind}.xlsx", [{"客户编号": "C1", title: "2026-03-01", "结果": "占线"}])
        done = revisit("import", kind, str(file))
        assert (done.code, done.err) == (0, "")


def test_many_rejects_and_notes_stay_readable(revisit: Program, tmp_path: Path) -> None:
    rows = [{"客户编号": f"C{n}", "签约日期": "2027-01-01", "等级": "A"} for n in range(100)]
    rows += [{"客户编号": f"X{n}", "签约日期": "2027-01-01", "等级": "?"} for n in range(100)]
    result = revisit("import", "customers", str(table(tmp_path / "a.xlsx", rows)))
    assert result.code == 3
    assert len(result.out.splitlines()) == 45
    assert result.out.splitlines()[-1] == "… and 60 more: all of them with --json"
    assert result.err.splitlines() == [
        *(f"Note: row {n}: 2027-01-01 lies in the future" for n in range(2, 7)),
        "Note: … and 95 more like the one before",
        "rejected rows: 100; correct them and import the file again",
    ]


def test_options_before_and_after_the_command(revisit: Program, tmp_path: Path) -> None:
    revisit.login = None
    file = str(table(tmp_path / "a.xlsx", [{"客户编号": "C1"}]))
    assert revisit("import", "customers", file, "--as", "admin", "--db", revisit.url).code == 0
    helped = revisit("import", "--help")
    assert helped.code == 0
    for word in ("--dry-run", "--create-customers", "--sheet", "--json", "customers, orders, revisits"):
        assert word in helped.out


@pytest.mark.parametrize("language", ["zh", "en"])
def test_in_both_languages(revisit: Program, tmp_path: Path, language: str) -> None:
    from revisit import i18n

    i18n.activate(language)
    file = str(table(tmp_path / "a.xlsx", [{"客户编号": "C1", "签约日期": "昨"}]))
    result = revisit("import", "customers", file)
    assert result.code == 3
    assert "昨" in result.out and result.err


def test_an_order_list_is_not_taken_for_a_customer_list(revisit: Program, tmp_path: Path) -> None:
    row = {"订单号": "A1", "客户编号": "C1", "客户名称": "宏远", "下单日期": "2026-03-02", "金额": 5, "状态": "已完成"}
    refused = revisit("import", "customers", str(table(tmp_path / "orders.xlsx", [row])))
    assert refused.code == 1
    assert refused.err.splitlines() == [
        "Error: orders.xlsx looks like orders, not like customers",
        "Try: import it as what it is: revisit import orders FILE",
    ]
    assert revisit("due", "--json").json["census"]["customers"] == 0


SHEET: list[list[Any]] = [["甲方", "编码", "电话号吗", "签约日期"], ["宏远涂料", "C1", "13800000001", "3/2/2026"]]


def test_a_column_is_what_a_person_says_and_that_is_remembered(revisit: Program, tmp_path: Path) -> None:
    first = workbook(tmp_path / "a.xlsx", SHEET)
    guessed = revisit("import", "customers", str(first), "--dates", "dmy", "--dry-run", "--json").json
    assert guessed["columns"] == {"甲方": None, "编码": "code", "电话号吗": None, "签约日期": "contract_on"}
    assert guessed["warnings"] == [
        "column 电话号吗 was not understood; if it is phone, say so: --map '电话号吗=phone'"
    ]  # said, not done
    said = revisit(
        "import",
        "customers",
        str(first),
        "--map",
        "甲方=客户名称",
        "--map",
        "电话号吗=phone",
        "--dates",
        "dmy",
        "--json",
    ).json
    assert said["columns"] == {"甲方": "name", "编码": "code", "电话号吗": "phone", "签约日期": "contract_on"}
    again = workbook(tmp_path / "b.xlsx", [[row[1], row[3], row[0], row[2]] for row in SHEET])
    later = revisit("import", "customers", str(again), "--dates", "dmy", "--json").json
    assert (later["columns"]["甲方"], later["columns"]["电话号吗"], later["unchanged"]) == ("name", "phone", 1)
    other = workbook(tmp_path / "c.xlsx", [[*SHEET[0], "备注"], [*SHEET[1], "x"]])
    assert revisit("import", "customers", str(other), "--dates", "dmy", "--json").json["columns"]["甲方"] is None


def test_a_file_of_what_columns_are(revisit: Program, tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text('"甲方" = "name"\n"电话号吗" = "-"\n', encoding="utf-8")
    file = workbook(tmp_path / "a.xlsx", SHEET)
    told = revisit(
        "import", "customers", str(file), "--map", str(tmp_path / "map.toml"), "--dates", "mdy", "--json"
    ).json
    assert (told["columns"]["甲方"], told["columns"]["电话号吗"], told["warnings"]) == ("name", None, [])
    assert revisit("show", "C1", "--json").json["contract_on"] == "2026-03-02"


@pytest.mark.parametrize(
    ("option", "line"),
    [
        (["--map", "甲方=nobody"], "Error: --map 甲方=nobody: there is no such field"),
        (["--map", "乙方=name"], "Error: a.xlsx has no column 乙方"),
        (["--map", "no such file"], "Error: --map no such file is neither TITLE=FIELD nor a file"),
        (["--map", f"{'x' * 5000}=name"], f"Error: a.xlsx has no column {'x' * 5000}"),
        (["--dates", "ymd"], "Error: --dates ymd: there is no such order"),
    ],
)
def test_what_cannot_be_meant(revisit: Program, tmp_path: Path, option: list[str], line: str) -> None:
    result = revisit("import", "customers", str(workbook(tmp_path / "a.xlsx", SHEET)), *option)
    assert (result.code, result.err.splitlines()[0]) == (2, line)


def test_a_name_that_no_file_can_have(revisit: Program, tmp_path: Path) -> None:
    file = str(workbook(tmp_path / "a.xlsx", SHEET))
    for place in (f"{'x' * 300}.xlsx", f"{'报' * 90}.xlsx"):
        for more in ((), ("--yes",)):
            result = revisit("import", "customers", file, "--rejects", str(tmp_path / place), *more)
            assert result.code == 1
            assert "cannot be written: File name too long" in result.err.splitlines()[0]
    told = revisit("import", "customers", file, "--map", "x" * 5000)
    assert (told.code, len(told.err.splitlines())) == (2, 2)


def test_strict_writes_nothing_if_a_row_is_rejected(revisit: Program, tmp_path: Path) -> None:
    file = table(tmp_path / "a.xlsx", [{"客户编号": "C1", "签约日期": "2026-01-01"}, BAD])
    result = revisit("import", "customers", str(file), "--strict")
    assert result.code == 3
    assert result.out.splitlines()[0] == "Dry run of a.xlsx: nothing was written"
    assert result.err.splitlines()[-1] == "rejected rows: 1; nothing was written, as --strict demands"
    assert revisit("show", "C1").code == 1
    assert revisit("import", "customers", str(table(tmp_path / "b.xlsx", [{"客户编号": "C1"}])), "--strict").code == 0


def test_several_sheets_are_one_import(revisit: Program, tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    for title, code in (("华南", "C1"), ("华东", "C2")):
        sheet = book.create_sheet(title)
        for row in (
            ["客户编号", "客户名称", "签约日期"],
            [code, f"{title}客户", "2026-01-01"],
            [f"{code}x", "坏", "昨"],
        ):
            sheet.append(row)
    book.create_sheet("说明").append(["谁也不读"])
    del book["Sheet"]
    book.save(tmp_path / "a.xlsx")
    told = revisit("import", "customers", str(tmp_path / "a.xlsx"), "--sheet", "all", "--json").json
    assert (told["rows"], told["inserted"], told["rejected"]) == (4, 2, 2)
    assert [one["row"] for one in told["rejects"]] == ["华南!3", "华东!3"]
    assert told["warnings"] == ["only sheet 华南, 华东 was read; there are also 说明"]


def test_amounts_that_change_are_told_as_amounts(revisit: Program, tmp_path: Path) -> None:
    old = {"客户编号": "C1", "客户名称": "宏远涂料", "欠款": 12800.5, "信用额度": None}
    new = {"客户编号": "C1", "欠款": -0.05, "信用额度": "5万"}
    revisit("import", "customers", str(table(tmp_path / "a.xlsx", [old])))
    file = str(table(tmp_path / "b.xlsx", [new]))
    told = revisit("import", "customers", file, "--dry-run", "--json").json["changes"]
    assert sorted((one["column"], one["old"], one["new"]) for one in told) == [
        ("balance", "12800.50", "-0.05"),
        ("credit_limit", None, "50000.00"),
    ]
    shown = revisit("import", "customers", file, "--dry-run").out
    assert [line.split() for line in shown.splitlines() if "C1" in line] == [
        ["2", "C1", "balance", "12800.50", "-0.05"],
        ["2", "C1", "credit", "limit", "50000.00"],
    ]


def test_what_changes_is_shown(revisit: Program, tmp_path: Path) -> None:
    revisit(
        "import",
        "customers",
        str(table(tmp_path / "a.xlsx", [{"客户编号": "C1", "客户名称": "宏远涂料", "等级": "A"}])),
    )
    more = [
        {"客户编号": "C1", "客户名称": "宏远涂料", "等级": "B", "电话": "13800000001"},
        {"客户编号": "C2", "客户名称": "宏远涂料有限公司"},
    ]
    result = revisit("import", "customers", str(table(tmp_path / "b.xlsx", more)))
    assert result.out.splitlines()[2:] == [
        "",
        "Row  Code  Column  Before  After",
        "  2  C1    phone           138****0001",
        "  2  C1    grade   A       B",
    ]
    assert result.err.splitlines() == [
        "Row 3: C2 is perhaps C1 (the same name but for legal form and place); look: revisit customer duplicates C2"
    ]


def test_what_changes_is_shown_in_words_and_kept_in_codes(revisit: Program, tmp_path: Path) -> None:
    for login in ("wang", "limin"):
        assert revisit("staff", "add", login, "--role", "representative").code == 0
    first = {
        "客户编号": "C1",
        "欠款": "12000",
        "客服专员": "wang",
        "跟进部门": "客服",
        "免打扰": "否",
        "类型": "潜在客户",
        "批次": "甲",
    }
    second = {
        "客户编号": "C1", "欠款": "7", "客服专员": "limin", "跟进部门": "销售", "免打扰": "是", "类型": "客户", "批次": "乙",
        "联系人": "李", "签约日期": "2026-03-01",
    }  # fmt: skip
    assert revisit("import", "customers", str(table(tmp_path / "a.xlsx", [first]))).code == 0
    file = str(table(tmp_path / "b.xlsx", [second]))
    shown = revisit("import", "customers", file, "--dry-run").out.splitlines()[5:]
    assert {tuple(re.split(r"\s{2,}", line.strip())[2:]) for line in shown} == {
        ("balance", "12000.00", "7.00"), ("representative", "wang", "limin"), ("do not call", "no", "yes"),
        ("followed by", "customer service", "sales department"), ("kind", "prospect", "customer"),
        ("further columns", "批次=甲", "批次=乙"), ("contact person", "李"), ("contract", "2026-03-01"),
    }  # fmt: skip
    told = revisit("import", "customers", file, "--dry-run", "--json").json["changes"]
    assert {one["column"]: (one["old"], one["new"]) for one in told} == {
        "contact": (None, "李"), "kind": ("prospect", "customer"), "contract_on": (None, "2026-03-01"),
        "balance": ("12000.00", "7.00"), "do_not_call": (False, True), "followed_by": ("service", "sales"),
        "rep": ("wang", "limin"), "extra": ('{"批次": "甲"}', '{"批次": "乙"}'),
    }  # fmt: skip


def test_what_changes_of_orders_and_logs_is_told_too(revisit: Program, tmp_path: Path) -> None:
    """Old and new of an order by its number, of a talk by the customer's code; nothing of another's customer."""
    for login in ("wang", "limin"):
        assert revisit("staff", "add", login, "--role", "representative").code == 0
    customer = table(tmp_path / "c.xlsx", [{"客户编号": "C1", "客户名称": "宏远", "客服专员": "wang"}])
    assert revisit("import", "customers", str(customer)).code == 0
    order = {"订单号": "D1", "客户编号": "C1", "下单日期": "2026-03-01", "完成日期": "", "金额": "100", "产品": "漆"}
    talk = {"客户编号": "C1", "回访时间": "2026-03-02", "结果": "已接通", "回访人": "wang", "备注": "好"}
    sale = {"客户编号": "C1", "跟进日期": "2026-03-03", "业务员": "赵", "备注": "好"}
    changed = (
        ("orders", order, order | {"完成日期": "2026-03-05", "金额": "120.5"},
         {"completed_on": (None, "2026-03-05"), "amount": ("100.00", "120.50")}, "D1"),
        ("revisits", talk, talk | {"备注": "改"}, {"note": ("好", "改")}, "C1"),
        ("sales-followups", sale, sale | {"备注": "改"}, {"note": ("好", "改")}, "C1"),
    )  # fmt: skip
    for kind, first, second, cells, of in changed:
        assert revisit("import", kind, str(table(tmp_path / "a.xlsx", [first]))).code == 0
        file = str(table(tmp_path / "b.xlsx", [second]))
        told = revisit("import", kind, file, "--dry-run", "--json").json
        assert {one["column"]: (one["old"], one["new"]) for one in told["changes"]} == cells, kind
        assert ({one["of"] for one in told["changes"]}, told["changed_cells"]) == ({of}, len(cells))
        revisit.login = "limin"
        spied = revisit("import", kind, file, "--dry-run", "--json").json["changes"]
        assert {one["old"] for one in spied} == {"***"}, kind
        revisit.login = "admin"
