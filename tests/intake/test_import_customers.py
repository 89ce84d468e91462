"""What a customer sheet means: a file speaks from its first day, a later change from the day it is recorded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support import Program, reading, table

Row = dict[str, Any]


class Desk:
    """Imports customer sheets, counts what came of it, asks the database."""

    def __init__(self, program: Program, folder: Path) -> None:
        self.program, self.folder, self.sheets = program, folder, 0

    def bring(self, *rows: Row, at: str = "2026-03-12 10:00") -> Any:
        self.sheets += 1
        self.program.at(at)
        file = table(self.folder / f"sheet-{self.sheets}.xlsx", rows)
        told = self.program("import", "customers", str(file), "--json").json
        again = self.program("import", "customers", str(file), "--json").json
        assert (again["inserted"], again["updated"], again["rejected"]) == (0, 0, told["rejected"])
        return told

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with reading(self.program.url) as (database, _company):
            return database.rows(sql)

    def file(self, columns: str, code: str = "C1") -> tuple[Any, ...]:
        (row,) = self.ask(f"SELECT {columns} FROM customer WHERE code = '{code}'")
        return row


@pytest.fixture
def desk(revisit: Program, tmp_path: Path) -> Desk:
    return Desk(revisit, tmp_path)


FACTS = [
    ("类型", "潜在客户", "客户", "kind", "prospect", "customer"),
    ("签约日期", "2026.1.2", "2026年2月3日", "contract_on", "2026-01-02", "2026-02-03"),
    ("欠款", "1,200.50", 0, "balance", "120050", "0"),
    ("免打扰", "是", "no", "do_not_call", "1", "0"),
    ("意向", "有意向", "待定", "intention", "interested", "undecided"),
]


@pytest.mark.parametrize(("title", "first", "later", "name", "was", "becomes"), FACTS, ids=[one[3] for one in FACTS])
def test_facts_hold_from_the_first_day_and_later_ones_from_the_day_recorded(
    desk: Desk, title: str, first: Any, later: Any, name: str, was: str, becomes: str
) -> None:
    desk.bring({"客户编号": "C1", title: first})
    desk.bring({"客户编号": "C1", title: None, "备注": "x"}, at="2026-03-13 09:00")  # a blank cell changes nothing
    desk.bring({"客户编号": "C1", title: later}, at="2026-03-20 23:30")
    facts = desk.ask("SELECT name, value, from_on FROM fact ORDER BY id")
    assert facts == [(name, was, None), (name, becomes, "2026-03-20")]


def test_hand_overs_are_new_pairs_only(desk: Desk) -> None:
    pair = {"客户编号": "C1", "跟进部门": "销售部", "移交日期": "2026-01-10"}
    desk.bring(pair)
    kept = [("sales", "2026-01-10")]
    asked = "SELECT to_whom, from_on FROM handover ORDER BY id"
    assert desk.ask(asked) == kept
    desk.bring({"客户编号": "C1", "跟进部门": "客服", "移交日期": "2026-03-01"}, at="2026-03-02 10:00")
    kept += [("service", "2026-03-01")]
    assert desk.ask(asked) == kept
    assert desk.bring(pair | {"备注": "x"}, at="2026-03-20 10:00")["updated"] == 1  # the old pair is none
    assert desk.ask(asked) == kept
    assert desk.file("followed_by, followed_since") == ("service", "2026-03-01")
    desk.bring({"客户编号": "C1", "跟进部门": "sales", "移交日期": "2026-03-25"}, at="2026-03-26 10:00")
    desk.bring({"客户编号": "C1", "跟进部门": "service", "移交日期": None}, at="2026-04-01 10:00")
    assert desk.ask(asked) == [*kept, ("sales", "2026-03-25"), ("service", "2026-04-01")]


def test_after_a_takeover_the_old_pair_starts_nothing(desk: Desk) -> None:
    pair = {"客户编号": "C1", "跟进部门": "销售", "移交日期": "2026-01-10", "欠款": 0, "最近订货日期": "2025-12-01"}
    desk.bring(pair)
    before = desk.ask("SELECT * FROM follow_up ORDER BY id")
    desk.bring(pair | {"备注": "又来"}, at="2026-06-01 10:00")
    assert desk.ask("SELECT * FROM follow_up ORDER BY id") == before
    assert len(desk.ask("SELECT 1 FROM handover")) == 1


def test_a_shown_order_date_feeds_the_last_order_alone(desk: Desk) -> None:
    for on in ("2026-02-01", "2026-03-01", "2026-02-01"):
        desk.bring({"客户编号": "C1", "最近订货日期": on, "备注": on + str(desk.sheets)})
    assert desk.ask("SELECT ordered_on FROM shown_order ORDER BY ordered_on") == [("2026-02-01",), ("2026-03-01",)]
    assert desk.file("shown_order_on, last_order_on") == ("2026-02-01", "2026-03-01")
    assert desk.ask("SELECT 1 FROM order_") == []


def test_a_representative_is_found_added_and_changed(desk: Desk) -> None:
    told = desk.bring({"客户编号": "C1", "客服专员": "wang"}, {"客户编号": "C2", "客服专员": "wang"})
    assert told["warnings"] == ["wang was not among the staff and has been added as a representative"]
    assert desk.ask("SELECT login, name, role FROM staff WHERE id > 1") == [("wang", "wang", "representative")]
    assert desk.ask("SELECT customer_id, staff_id, from_on FROM allocation") == [(1, 2, None), (2, 2, None)]
    assert desk.bring({"客户编号": "C1", "客服专员": "admin", "备注": "y"}, at="2026-03-20 10:00")["warnings"] == []
    assert desk.ask("SELECT staff_id, from_on FROM allocation WHERE customer_id = 1 AND from_on IS NOT NULL") == [
        (1, "2026-03-20")
    ]
    assert (desk.file("rep_id"), desk.file("rep_id", "C2")) == ((1,), (2,))


def test_a_representative_whose_name_two_share_is_not_guessed(desk: Desk) -> None:
    from revisit.db import sql_of, writing

    with writing(desk.program.url) as session:
        for login in ("li1", "li2"):
            sql_of(session).run(
                "INSERT INTO staff (login, name, role, active, created_at) "
                "VALUES (:login, '李敏', 'representative', true, '2026-01-01 00:00:00')",
                login=login,
            )
        session.commit()
    told = desk.bring({"客户编号": "C1", "客服专员": "李敏"}, {"客户编号": "C2", "客服专员": "li2"})
    assert [(one["row"], one["column"], one["reason"]) for one in told["rejects"]] == [
        (2, "客服专员", "the name fits several of the staff: li1, li2")
    ]
    assert told["inserted"] == 1
    assert desk.ask("SELECT code FROM customer") == [("C2",)]


ASKED = "SELECT number, kind, credit_limit_cents, term_days, state FROM approval ORDER BY number"


def test_limit_and_term_of_an_existing_customer_wait_for_signatures(desk: Desk) -> None:
    desk.bring({"客户编号": "C1", "信用额度": "1万", "账期": "30天"})
    told = desk.bring({"客户编号": "C1", "信用额度": "2万", "账期": 60})
    assert told["applications"] == [
        {"row": 2, "of": "C1", "column": "credit_limit", "old": "10000.00", "new": "20000.00", "approval": 1},
        {"row": 2, "of": "C1", "column": "term_days", "old": 30, "new": 60, "approval": 1},
    ]
    assert (told["updated"], told["warnings"], told["changed_cells"]) == (1, [], 0)
    assert desk.file("credit_limit_cents, term_days") == (1_000_000, 30)
    assert desk.ask(ASKED) == [(1, "credit", 2_000_000, 60, "asked")]
    assert desk.ask("SELECT clock, post, ended FROM deadline") == [("sign", "marketing-director", "")]
    again = desk.bring({"客户编号": "C1", "信用额度": "2万", "账期": 60})
    assert (again["unchanged"], again["applications"]) == (1, [])
    assert again["warnings"] == [
        "row 2: 信用额度 of C1 stays 10000.00 until approval A1 is signed",
        "row 2: 账期 of C1 stays 30 until approval A1 is signed",
    ]
    other = desk.bring({"客户编号": "C1", "信用额度": "3万"})
    assert (other["unchanged"], other["warnings"]) == (
        1, ["row 2: 信用额度 of C1 stays 10000.00; approval A1 asks for another one and is not signed yet"],
    )  # fmt: skip
    assert len(desk.ask(ASKED)) == 1


def test_a_dry_run_asks_for_nothing(desk: Desk, tmp_path: Path) -> None:
    from tests.support import table

    desk.bring({"客户编号": "C1", "账期": "30天"})
    sheet = str(table(tmp_path / "x.xlsx", [{"客户编号": "C1", "账期": 60}]))
    assert desk.program("import", "customers", sheet, "--dry-run", "--json").json["applications"][0]["approval"] == 1
    assert desk.ask(ASKED) == []
    assert "To be signed before it holds: 1" in desk.program("import", "customers", sheet).out
    assert desk.ask(ASKED) == [(1, "term", None, 60, "asked")]


@pytest.mark.parametrize("deed", ["reject", "withdraw"])
def test_what_was_refused_is_not_asked_for_again_by_the_same_sheet(desk: Desk, deed: str) -> None:
    desk.bring({"客户编号": "C1", "账期": "30天"})
    desk.bring({"客户编号": "C1", "账期": 60})
    desk.program.login = "admin"
    assert desk.program("staff", "add", "md", "--post", "营销总监").code == 0
    desk.program.login = "md" if deed == "reject" else "admin"
    assert desk.program("approval", deed, "1", "--reason", "x").code == 0
    desk.program.login = "admin"
    told = desk.bring({"客户编号": "C1", "账期": 60})
    assert told["warnings"] == ["row 2: 账期 of C1 stays 30; approval A1 asked for the same in vain"]
    assert desk.bring({"客户编号": "C1", "账期": 61})["applications"][0]["approval"] == 2, "another one is"


def test_where_there_was_no_limit_the_sheet_says_it(desk: Desk) -> None:
    desk.bring({"客户编号": "C1"})
    told = desk.bring({"客户编号": "C1", "信用额度": 100, "账期": 0})
    assert (told["updated"], told["applications"], desk.ask(ASKED)) == (1, [], [])
    assert desk.file("credit_limit_cents, term_days") == (10_000, 0)


def test_blank_cells_and_unknown_columns_keep_what_was_there(desk: Desk) -> None:
    full = {"客户编号": "C1", "客户名称": "宏远", "联系人": "李敏", "称谓": "女士", "电话": "13800000001/13800000002",
            "地址": "杭州", "地区": "华东", "行业": "涂料", "等级": "A类", "生日": "1980-05-01", "业务员": "陈", "备注": "好",
            "渠道来源": "展会", "编 码2": 17.0}  # fmt: skip
    desk.bring(full)
    columns = "name, region, industry, grade, birthday, salesperson, note"
    kept = desk.file(columns), desk.ask("SELECT kind, position, value FROM contact_point ORDER BY id")
    desk.bring({"客户编号": "C1", **dict.fromkeys(list(full)[1:]), "备忘录": "新"}, at="2026-03-20 10:00")
    assert kept == (desk.file(columns), desk.ask("SELECT kind, position, value FROM contact_point ORDER BY id"))
    assert kept[1] == [("phone", 1, "13800000001"), ("phone", 2, "13800000002"), ("address", 1, "杭州")]
    assert json.loads(desk.file("extra")[0]) == {"渠道来源": "展会", "编 码2": "17", "备忘录": "新"}
    assert desk.ask("SELECT name, title FROM contact_person") == [("李敏", "女士")]


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("13800000002", ["13800000002", "13800000001"]),  # the second has become the first; none is lost
        ("13800000003", ["13800000003", "13800000002"]),
        ("13800000002,13800000001", ["13800000002", "13800000001"]),
        ("13800000001,13800000002,13800000003", ["13800000001", "13800000002", "13800000003"]),
        ("无", ["13800000001", "13800000002"]),
    ],
)
def test_phones_change_places(desk: Desk, given: str, wanted: list[str]) -> None:
    desk.bring({"客户编号": "C1", "电话": "13800000001 13800000002"})
    desk.bring({"客户编号": "C1", "电话": given})
    assert [value for (value,) in desk.ask("SELECT value FROM contact_point ORDER BY position")] == wanted


def test_doubled_unknown_columns_are_all_kept(desk: Desk, tmp_path: Path) -> None:
    from tests.support import workbook

    sheet = workbook(
        tmp_path / "x.xlsx", [["客户编号", "备注", "备注", "备注", "色", "色"], ["C1", "一", "二", "三", "红", "蓝"]]
    )
    told = desk.program("import", "customers", str(sheet), "--json").json
    assert told["columns"] == {
        "客户编号": "code", "备注": "note", "备注 (C)": None, "备注 (D)": None, "色": None, "色 (F)": None
    }  # fmt: skip
    assert desk.file("note") == ("一",)
    assert json.loads(desk.file("extra")[0]) == {"备注 (C)": "二", "备注 (D)": "三", "色": "红", "色 (F)": "蓝"}


def test_two_rows_for_one_customer(desk: Desk) -> None:
    told = desk.bring(
        {"客户编号": "C1", "客户名称": "甲", "地区": "华东"},
        {"客户编号": "C1", "客户名称": "甲", "地区": "华东"},
        {"客户编号": "C1", "客户名称": "甲", "地区": "华北"},
        {"客户编号": None, "客户名称": "甲", "地区": "华东"},
        {"客户编号": None, "客户名称": "甲", "地区": "华南"},
    )
    assert (told["inserted"], told["unchanged"], told["rejected"]) == (1, 2, 2)
    assert [(one["row"], one["reason"]) for one in told["rejects"]] == [
        (4, "row 2 states the same customer differently"),
        (6, "row 2 states the same customer differently"),
    ]
    assert desk.file("region") == ("华东",)


def test_a_name_that_fits_two_is_not_guessed(desk: Desk) -> None:
    told = desk.bring(
        {"客户编号": "C1", "客户名称": "甲"}, {"客户编号": "C2", "客户名称": "甲"}, {"客户编号": None, "客户名称": "甲"}
    )
    assert told["warnings"] == ["row 3: 甲 is also the name of C1; C2 became a file of its own"]
    assert [(one["row"], one["column"], one["value"]) for one in told["rejects"]] == [(4, "客户名称", "甲")]
    assert told["rejects"][0]["reason"] == "the name fits several customers: C1, C2"
    assert desk.bring({"客户名称": "甲", "地区": "华东"})["rejected"] == 1
    assert desk.file("region") == ("",)


def test_a_name_alone_gets_a_code_and_keeps_it(desk: Desk) -> None:
    told = desk.bring({"客户编号": None, "客户名称": "无号"}, {"客户编号": "K000001", "客户名称": "有号"})
    assert told["inserted"] == 2
    assert desk.ask("SELECT code, name FROM customer ORDER BY code") == [("K000001", "有号"), ("K000002", "无号")]
    assert desk.bring({"客户名称": "无号", "地区": "华东"})["updated"] == 1
    assert desk.file("region", "K000002") == ("华东",)


def test_a_renamed_customer_is_found_by_the_new_name_in_the_same_sheet(desk: Desk) -> None:
    desk.bring({"客户编号": "C1", "客户名称": "旧名"})
    told = desk.bring({"客户编号": None, "客户名称": "旧名"}, {"客户编号": "C1", "客户名称": "新名"})
    assert (told["inserted"], told["updated"]) == (1, 1)
    assert sorted(desk.ask("SELECT name FROM customer")) == [("新名",), ("旧名",)]


def test_thousands_of_alike_warnings_are_a_few_lines(desk: Desk) -> None:
    rows = [{"客户编号": f"C{n}", "信用额度": 100} for n in range(300)]
    desk.bring(*rows)
    assert len(desk.bring(*(row | {"信用额度": 200} for row in rows))["applications"]) == 300
    told = desk.bring(*(row | {"信用额度": 200} for row in rows))
    assert len(told["warnings"]) == 6
    assert told["warnings"][4].startswith("row 6: ")
    assert told["warnings"][5] == "… and 295 more like the one before"


def test_what_lies_in_the_future_is_kept_with_a_warning(desk: Desk) -> None:
    told = desk.bring({"客户编号": "C1", "最近订货日期": "2026-12-31", "移交日期": "2026-01-01"})
    assert told["warnings"] == [
        "row 2: 2026-12-31 lies in the future",
        "row 2: a hand-over date without the department that follows was not used",
    ]
