"""One list in every kind of file, under titles, with blank rows and totals; and text that wants to do harm."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support import Program, reading, workbook

TITLES = {
    "zh": ["客户编号", "客户名称", "手机", "最近下单日期", "应收余额"],
    "en": ["Customer No.", "Company Name", "Mobile", "Last Order Date", "Outstanding (CNY)"],
}
BODY: list[list[Any]] = [
    ["C1", "宏远涂料", "13800000001", "2026-02-01", "1,200.50"],
    [],
    ["C2", "宏达建材", "010-88886666", "2026年2月3日", "0"],
    ["C3", "海天", "138", "2026-02-04", "0"],
    ["合计", "", "", "", "1,200.50"],
]


def rows_of(language: str) -> list[list[Any]]:
    """A title, a blank row, the header, the list with a blank row in it, a total."""
    return [["客户一览表 2026"], [], TITLES[language], *BODY]


def xlsx(path: Path, rows: list[list[Any]]) -> None:
    workbook(path, rows)


def xls(path: Path, rows: list[list[Any]]) -> None:
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("客户")
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            if cell != "":
                sheet.write(y, x, cell)
    book.save(str(path))


def delimited(encoding: str, delimiter: str = ",") -> Callable[[Path, list[list[Any]]], None]:
    def write(path: Path, rows: list[list[Any]]) -> None:
        text = io.StringIO()
        csv.writer(text, delimiter=delimiter).writerows(rows)
        path.write_bytes(text.getvalue().encode(encoding))

    return write


FORMATS: dict[str, Callable[[Path, list[list[Any]]], None]] = {
    "a.xlsx": xlsx,
    "a.xls": xls,
    "utf8.csv": delimited("utf-8"),
    "bom.csv": delimited("utf-8-sig"),
    "gb.csv": delimited("gb18030"),
    "gb.tsv": delimited("gb18030", "\t"),
    "wrong-name.xlsx": delimited("utf-8"),
}


@pytest.mark.parametrize("language", TITLES)
@pytest.mark.parametrize("name", FORMATS)
def test_every_kind_of_file_says_the_same(revisit: Program, tmp_path: Path, name: str, language: str) -> None:
    FORMATS[name](tmp_path / name, rows_of(language))
    result = revisit("import", "customers", str(tmp_path / name), "--json")
    assert result.code == 3
    told = result.json
    assert {key: told[key] for key in ("rows", "inserted", "updated", "unchanged", "rejected", "blank", "skipped")} == {
        "rows": 7, "inserted": 2, "updated": 0, "unchanged": 0, "rejected": 1, "blank": 2, "skipped": 2
    }  # fmt: skip
    assert list(told["columns"].values()) == ["code", "name", "phone", "last_order_on", "balance"]
    assert [(one["row"], one["value"]) for one in told["rejects"]] == [(7, "138")]
    with reading(revisit.url) as (sql, _company):
        asked = "SELECT code, name, shown_order_on, balance_cents FROM customer ORDER BY code"
        assert sql.rows(asked) == [
            ("C1", "宏远涂料", "2026-02-01", 120050), ("C2", "宏达建材", "2026-02-03", 0)
        ]  # fmt: skip
        assert sql.rows("SELECT value FROM contact_point ORDER BY id") == [("13800000001",), ("01088886666",)]


def test_rows_of_a_csv_whose_cells_have_several_lines(revisit: Program, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text('编号,名称,备注\nC1,甲,"一\n二\n三"\n\nC2,乙,\nC3,丙,\n,,x\n', encoding="utf-8")
    told = revisit("import", "customers", str(file), "--json").json
    assert (told["rows"], told["inserted"], told["blank"], told["rejected"]) == (5, 3, 1, 1)
    assert told["rejects"][0]["row"] == 8  # the line in an editor


def test_one_sheet_of_several(revisit: Program, tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    assert book.active is not None
    book.active.title = "说明"
    book.active.append(["请先读"])
    for title, code in (("一月", "C1"), ("二月", "C2")):
        sheet = book.create_sheet(title)
        sheet.append(["客户编号"])
        sheet.append([code])
    book.save(tmp_path / "a.xlsx")
    first = revisit("import", "customers", str(tmp_path / "a.xlsx"), "--json")
    assert (first.code, first.json["warnings"]) == (0, ["only sheet 一月 was read; there are also 说明, 二月"])
    revisit("import", "customers", str(tmp_path / "a.xlsx"), "--sheet", "二月")
    with reading(revisit.url) as (sql, _company):
        assert sql.rows("SELECT code FROM customer ORDER BY code") == [("C1",), ("C2",)]


HOSTILE = [
    "[/] [bold]x[/bold]", "\x1b[31mred\x1b[0m", "a\u202eb\u2066c", "=cmd|' /C calc'!A0", "+1+1", "@SUM(A1)",
    "' OR 1=1 --", "'; DROP TABLE customer; --", "../../etc/passwd", "{0.__class__}", "{name}", "%s %(x)s %", ":name :id",
    "<script>alert(1)</script>", "\\N \\x00 \\", '"quoted"', "${HOME} `id`", "null", "🦊" * 20, "١٢٣",
]  # fmt: skip


def test_text_that_wants_to_do_harm(revisit: Program, tmp_path: Path) -> None:
    header = ["客户编号", "客户名称", "备注", "客服专员", "{0} %s [/]", "等级"]
    rows = [[f"H{n}", text, text, text, text, "A"] for n, text in enumerate(HOSTILE)]
    rows += [[f"R{n}", "名", text, "", text, text] for n, text in enumerate(HOSTILE)]
    file = tmp_path / "evil {0} %s [bold].csv"
    delimited("utf-8")(file, [header, *rows])
    result = revisit("import", "customers", str(file), "--json")
    assert result.code == 3
    told = result.json
    assert (told["inserted"], told["rejected"]) == (len(HOSTILE), len(HOSTILE))
    assert [one["value"] for one in told["rejects"]] == HOSTILE
    assert "{0} %s [/]" in told["columns"]
    with reading(revisit.url) as (sql, _company):
        kept = sql.rows("SELECT name, note, extra FROM customer ORDER BY id")
        assert len(kept) == len(HOSTILE)
        for text, (name, note, extra) in zip(HOSTILE, kept, strict=True):
            seen = text.replace("\x1b", "").replace("\u202e", "").replace("\u2066", "")  # what steers a screen goes
            assert name == note == seen
            assert json.loads(extra) == {"{0} %s [/]": text}
    screen = revisit("import", "customers", str(file))
    assert screen.code == 3
    assert not {"\x1b", "\u202e", "\u2066"} & set(screen.out + screen.err)
    assert "[/] [bold]x[/bold]" in screen.out
    again = revisit("import", "customers", str(file), "--json").json
    assert again["unchanged"] == len(HOSTILE)
    assert revisit("show", "H0").code == 0
    assert revisit("due", "--all").code == 0


@pytest.mark.parametrize("kind", ["orders", "revisits", "sales-followups"])
def test_harm_in_the_other_kinds(revisit: Program, tmp_path: Path, kind: str) -> None:
    header = [
        "客户名称",
        "下单日期",
        "回访时间",
        "跟进日期",
        "结果",
        "产品",
        "备注",
        "业务员",
        "回访人",
        "订单号",
        "x'\";--",
    ]
    day = "2026-03-01"
    rows = [
        [text, day, day, day, "reached", text, text, text, text, f"N{n}{text}", text] for n, text in enumerate(HOSTILE)
    ]
    delimited("utf-8")(tmp_path / "a.csv", [header, *rows])
    told = revisit("import", kind, str(tmp_path / "a.csv"), "--json", "--create-customers").json
    assert told["inserted"] == len(HOSTILE), told["rejects"]
    again = revisit("import", kind, str(tmp_path / "a.csv"), "--json").json
    assert again["unchanged"] == len(HOSTILE), again["rejects"]
