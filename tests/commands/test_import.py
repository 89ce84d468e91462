"""What a person and a script see of `revisit import`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support import Program, table, workbook

KEYS = [
    "batch", "kind", "rows", "inserted", "updated", "unchanged", "rejected", "blank", "skipped", "warnings", "columns",
    "rejects", "imported_before",
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
        "imported_before": None,
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
