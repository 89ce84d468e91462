"""What an order list means."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support import Program, reading, table

Row = dict[str, Any]
ORDER = {"订单号": "A1", "客户编号": "C1", "下单日期": "2026-03-02"}
KEPT = "SELECT number, ordered_on, completed_on, cancelled_on, amount_cents FROM order_ ORDER BY id"


class Desk:
    """Imports order lists, each one twice: the second time nothing may change."""

    def __init__(self, program: Program, folder: Path) -> None:
        self.program, self.folder, self.sheets = program, folder, 0
        rows = [{"客户编号": "C1", "客户名称": "宏远"}, {"客户编号": "C2", "客户名称": "宏达"}]
        program("import", "customers", str(table(folder / "customers.xlsx", rows)))

    def bring(self, *rows: Row, at: str = "2026-03-12 10:00", options: tuple[str, ...] = ()) -> Any:
        self.sheets += 1
        self.program.at(at)
        file = table(self.folder / f"sheet-{self.sheets}.xlsx", rows)
        told = self.program("import", "orders", str(file), "--json", *options).json
        again = self.program("import", "orders", str(file), "--json", *options).json
        assert (again["inserted"], again["updated"], again["rejected"]) == (0, 0, told["rejected"])
        return told

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with reading(self.program.url) as (database, _company):
            return database.rows(sql)


@pytest.fixture
def desk(revisit: Program, tmp_path: Path) -> Desk:
    return Desk(revisit, tmp_path)


def test_lines_of_one_order_are_joined(desk: Desk) -> None:
    told = desk.bring(
        ORDER | {"金额": "10.10", "产品": "漆", "货号": "P1"},
        ORDER | {"金额": "0.90", "产品": "刷", "货号": "P2"},
        ORDER | {"金额": "-1", "产品": "漆", "货号": "P3"},
        ORDER | {"订单号": "A2", "金额": 5},
    )
    assert (told["inserted"], told["rows"]) == (4, 4)
    assert desk.ask("SELECT number, amount_cents, product FROM order_ ORDER BY id") == [
        ("A1", 1000, "漆; 刷"), ("A2", 500, "")
    ]  # fmt: skip
    (extra,) = desk.ask("SELECT extra FROM order_ WHERE number = 'A1'")[0]
    assert json.loads(extra) == [{"货号": "P1"}, {"货号": "P2"}, {"货号": "P3"}]


def test_a_number_belongs_to_one_customer_and_one_date(desk: Desk) -> None:
    told = desk.bring(ORDER, ORDER | {"客户编号": "C2"}, ORDER | {"下单日期": "2026-03-03"}, ORDER | {"金额": 3})
    assert told["inserted"] == 2
    assert [(one["row"], one["column"], one["value"], one["reason"]) for one in told["rejects"]] == [
        (3, "订单号", "A1", "row 2 has this number with another customer"),
        (4, "订单号", "A1", "row 2 has this number with another date"),
    ]
    told = desk.bring(ORDER | {"客户编号": "C2"}, ORDER | {"下单日期": "2026-03-09"}, ORDER | {"金额": 4})
    assert [(one["row"], one["reason"]) for one in told["rejects"]] == [
        (2, "the number is known with another customer"),
        (3, "the number is known with another date"),
    ]
    assert told["updated"] == 1  # the line that is right is not refused with the others
    assert desk.ask(KEPT) == [("A1", "2026-03-02", "2026-03-02", None, 400)]


def test_without_a_number_by_customer_date_product_and_amount(desk: Desk) -> None:
    bare = {"客户": "宏远", "下单日期": "2026-03-02 08:30", "产品": "漆", "金额": 5}
    told = desk.bring(bare, bare, bare | {"金额": 6}, bare | {"产品": "刷"}, bare | {"客户": "C2"})
    assert told["inserted"] == 5
    assert len(desk.ask(KEPT)) == 4
    assert desk.bring(bare | {"货号": "新"})["updated"] == 1


@pytest.mark.parametrize(
    ("lines", "completed"),
    [
        ([{}], "2026-03-02"),
        ([{"完成日期": "2026-03-05"}], "2026-03-05"),
        ([{"完成日期": None}], None),
        ([{"完成日期": "2026-03-05"}, {"完成日期": "2026-03-08"}], "2026-03-08"),
        ([{"完成日期": "2026-03-05"}, {"完成日期": None}], None),
        ([{"完成日期": None}, {"完成日期": "2026-03-05"}], None),
        ([{"完成日期": "2026-03-05"}, {"完成日期": None, "状态": "已取消"}], "2026-03-05"),
    ],
)
def test_completion(desk: Desk, lines: list[Row], completed: str | None) -> None:
    desk.bring(*(ORDER | line for line in lines))
    assert desk.ask(KEPT)[0][2] == completed


def test_a_completion_recorded_later_is_taken_over_and_a_blank_takes_none_back(desk: Desk) -> None:
    for on, wanted in ((None, None), ("2026-03-09", "2026-03-09"), (None, "2026-03-09")):
        desk.bring(ORDER | {"完成日期": on, "行": str(desk.sheets)})
        assert desk.ask(KEPT)[0][2] == wanted
    assert desk.bring(ORDER | {"完成日期": "2026-03-01"})["warnings"] == ["row 2: completed before it was ordered"]


def test_cancelled(desk: Desk) -> None:
    desk.bring(ORDER | {"状态": "已取消"}, ORDER | {"订单号": "A2", "状态": "已发货"})
    assert [row[3] for row in desk.ask(KEPT)] == ["2026-03-02", None]  # at first sight: never an order
    assert desk.ask("SELECT last_order_on FROM customer WHERE code = 'C1'") == [("2026-03-02",)]
    desk.bring(ORDER | {"订单号": "A2", "状态": "cancelled"}, at="2026-03-20 10:00")
    assert desk.ask(KEPT)[1][3] == "2026-03-20"
    desk.bring(ORDER | {"订单号": "A2", "状态": None, "金额": 2}, at="2026-03-21 10:00")
    assert desk.ask(KEPT)[1][3] == "2026-03-20"
    desk.bring(ORDER | {"订单号": "A2", "状态": "已完成"}, at="2026-03-22 10:00")
    assert desk.ask(KEPT)[1][3] is None
    desk.bring(ORDER | {"订单号": "A3", "状态": "已取消"}, ORDER | {"订单号": "A3", "状态": "正常"})
    assert desk.ask(KEPT)[2][3] is None  # an order is cancelled when all its lines are


def test_a_list_of_invoices_as_the_world_has_it(desk: Desk) -> None:
    told = desk.bring(
        {"InvoiceNo": "536365", "CustomerID": 17850.0, "InvoiceDate": "2026-02-01 08:26", "Amount": 139.12, "Country": "UK"},
        {"InvoiceNo": "C536379", "CustomerID": 17850.0, "InvoiceDate": "2026-02-02 09:41", "Amount": -27.5, "Country": "UK"},
        {"InvoiceNo": "536380", "CustomerID": None, "InvoiceDate": "2026-02-02 09:41", "Amount": 1, "Country": "UK"},
        options=("--create-customers",),
    )  # fmt: skip
    assert (told["inserted"], told["rejected"]) == (2, 1)
    assert told["columns"] == {
        "InvoiceNo": "number", "CustomerID": "code", "InvoiceDate": "ordered_on", "Amount": "amount", "Country": "region"
    }  # fmt: skip
    assert desk.ask("SELECT code, name, region FROM customer WHERE id > 2") == [("17850", "17850", "UK")]
    assert [row[0::3] + row[4:] for row in desk.ask(KEPT)] == [("536365", None, 13912), ("C536379", None, -2750)]


def test_unknown_customers(desk: Desk) -> None:
    rows = [
        {"客户编号": "N1", "客户名称": "新一", "客户": None, "下单日期": "2026-03-01"},
        {"客户编号": None, "客户名称": "新一", "客户": None, "下单日期": "2026-03-02"},
        {"客户编号": None, "客户名称": "新二", "客户": None, "下单日期": "2026-03-03"},
        {"客户编号": None, "客户名称": None, "客户": "N3", "下单日期": "2026-03-04"},
        {"客户编号": None, "客户名称": None, "客户": "新四", "下单日期": "2026-03-05"},
    ]
    told = desk.bring(*rows)
    assert {one["reason"] for one in told["rejects"]} == {"no customer has this code", "no customer has this name"}
    assert (told["rejected"], desk.ask(KEPT)) == (5, [])
    told = desk.bring(*rows, options=("--create-customers",))
    assert told["inserted"] == 5
    assert told["warnings"] == ["4 customer files were made from the rows"]
    assert desk.ask("SELECT code, name FROM customer WHERE id > 2 ORDER BY id") == [
        ("N1", "新一"), ("K000004", "新二"), ("N3", "N3"), ("K000006", "新四")
    ]  # fmt: skip


def test_a_rejected_row_makes_no_customer(desk: Desk) -> None:
    desk.bring(ORDER)
    told = desk.bring(ORDER | {"客户编号": "N1"}, options=("--create-customers",))
    assert told["rejected"] == 1
    assert len(desk.ask("SELECT 1 FROM customer")) == 2


def test_amounts_and_products_are_corrected_and_blanks_are_not(desk: Desk) -> None:
    desk.bring(ORDER | {"金额": "1,000.00", "产品": "漆"})
    assert desk.bring(ORDER | {"金额": None, "产品": None, "序": "1"})["updated"] == 1
    assert desk.bring(ORDER | {"金额": "(20)", "产品": "刷"})["updated"] == 1
    assert desk.ask("SELECT amount_cents, product, extra FROM order_") == [(-2000, "刷", '{"序": "1"}')]


def test_an_order_of_tomorrow_is_kept_with_a_warning(desk: Desk) -> None:
    told = desk.bring(ORDER | {"下单日期": "2026-03-13"})
    assert (told["inserted"], told["warnings"]) == (1, ["row 2: 2026-03-13 lies in the future"])
