"""Two files of one customer become one and two again: what moves, what stays, where the old code leads, what is judged then."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from revisit import audit, customers, files, staff
from revisit.context import Context
from revisit.errors import Refused
from revisit.register import keep
from tests.support import Program, at_shanghai, mostly_on_sqlite, reading, table, unit

NOW = "2026-03-12 10:00"
CUSTOMERS = [
    {"客户编号": "C1", "客户名称": "宏远涂料有限公司", "联系人": "李敏", "电话": "13800000001", "等级": "A", "客服专员": "wang"}
    | {"地址": "解放路 1 号大院", "类型": "客户", "欠款": "0", "最近订货日期": "2026-02-01", "批次": "甲"},
    {"客户编号": "C2", "客户名称": "宏远涂料（上海）公司", "联系人": "李敏", "称谓": "经理", "电话": "13800000001 13900000002"}
    | {"地址": "解放路1号大院", "地区": "华东", "客服专员": "li", "欠款": "120", "信用额度": "5000", "签约日期": "2025-12-01"}
    | {"最近订货日期": "2026-02-01", "备注": "催款", "批次": "乙", "来源": "展会"},
    {"客户编号": "C3", "客户名称": "鸿远涂料", "联系人": "周强", "电话": "13700000003", "免打扰": "是"},
    {"客户编号": "C4", "客户名称": "安顺化工", "类型": "潜在客户", "意向": "有意向"},
]  # fmt: skip
ORDERS = [
    {"订单号": "A1", "客户编号": "C1", "下单日期": "2026-02-20", "金额": "10"},
    {"订单号": "A2", "客户编号": "C2", "下单日期": "2026-03-10", "金额": "20"},
    {"客户编号": "C2", "下单日期": "2026-02-03", "金额": "7", "产品": "漆"},
    {"订单号": "A3", "客户编号": "C3", "下单日期": "2026-03-01", "金额": "30"},
]
REVISITS = [
    {"客户": "C1", "回访时间": "2026-02-25 10:00", "结果": "未接", "回访人": "wang"},
    {"客户": "C2", "回访时间": "2026-02-26 10:00", "结果": "已接通", "回访人": "li", "约定时间": "2026-03-16 15:00"},
]
SALES = [
    {"客户编号": "C1", "跟进日期": "2026-02-20", "业务员": "陈刚", "备注": "同一次"},
    {"客户编号": "C2", "跟进日期": "2026-02-20", "业务员": "陈刚", "备注": "同一次"},
    {"客户编号": "C2", "跟进日期": "2026-02-21", "业务员": "陈刚", "备注": "再一次"},
]
EVENTS = ("order_", "revisit", "booking", "sales_follow_up", "shown_order", "contact_person", "contact_point")
TRACES = {"audit", "import_batch", "import_change"}
REGISTER = {"follow_up", "standing"}


def fill(revisit: Program, folder: Path) -> None:
    """Three files of what may be one firm, and one of another."""
    for kind, rows in (
        ("customers", CUSTOMERS),
        ("orders", ORDERS),
        ("revisits", REVISITS),
        ("sales-followups", SALES),
    ):
        result = revisit("import", kind, str(table(folder / f"{kind}.xlsx", rows)))
        assert result.code == 0, result.err


FILLED = {"desk": fill}


@pytest.fixture
def desk(revisit: Program) -> Program:
    """The company that `fill` leaves, on 12 March 2026."""
    return revisit.at(NOW)


def dump(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but those that tell what was done; of the register without its row numbers."""
    with reading(url) as (sql, _company):
        names = (
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            if sql.server
            else "SELECT name FROM sqlite_master WHERE type = 'table'"
        )
        found = {name: sql.rows(f"SELECT * FROM {name}") for (name,) in sql.rows(names) if name not in TRACES}
        return {
            name: sorted((row[1:] if name in REGISTER else row for row in rows), key=repr)
            for name, rows in found.items()
        }


def of(url: str, name: str, code: str, columns: str = "id") -> list[tuple[Any, ...]]:
    """Rows of a table that belong to a customer."""
    with reading(url) as (sql, _company):
        return sql.rows(
            f"SELECT {columns} FROM {name} WHERE customer_id = (SELECT id FROM customer WHERE code = :code) ORDER BY id",
            code=code,
        )


def merged(desk: Program, one: str, other: str, *more: str) -> Any:
    """Merges; the document."""
    result = desk("customer", "merge", one, other, "--yes", "--json", *more)
    assert result.code == 0, result.err
    return result.json


def unmerged(desk: Program, code: str) -> Any:
    result = desk("customer", "unmerge", code, "--yes", "--json")
    assert result.code == 0, result.err
    return result.json


def is_sound(url: str) -> None:
    """The register is what a recomputation gives, the audit fits together, no merged file holds anything of its own."""
    with unit(url, at_shanghai(NOW)) as work:
        assert not keep.replan(work.sql, work.company)
        assert audit.verify(work.sql).broken_at is None
        gone = work.sql.rows("SELECT id, first_on, search FROM customer WHERE merged_into IS NOT NULL")
        assert all(row[1:] == (None, "") for row in gone)
        assert not customers.busy(work.sql, [row[0] for row in gone])


# --- what moves, what stays, what is filled


def test_what_happened_moves_and_what_was_stated_stays(desk: Program) -> None:
    events = {name: of(desk.url, name, "C1") + of(desk.url, name, "C2") for name in EVENTS}
    stated = {name: of(desk.url, name, "C2", "*") for name in ("allocation", "handover")}
    found = merged(desk, "C1", "C2", "--reason", "同一家")
    assert found == {
        "batch": 5,
        "keep": "C1",
        "other": "C2",
        "moved": {"order_": 2, "revisit": 1, "booking": 1, "sales_follow_up": 1, "contact_point": 1, "fact": 1},
        "left": {"sales_follow_up": 1, "shown_order": 1, "contact_person": 1, "contact_point": 2, "fact": 1, "allocation": 1},
        "filled": ["contract_on", "credit_limit", "extra", "note", "region"],
        "stated": [],
        "owed": found["owed"],
    }  # fmt: skip
    for name in ("order_", "revisit", "booking"):
        assert of(desk.url, name, "C1") == sorted(events[name])
        assert of(desk.url, name, "C2") == []
    assert {name: of(desk.url, name, "C2", "*") for name in stated} == stated
    assert of(desk.url, "sales_follow_up", "C1", "done_on, note") == [
        ("2026-02-20", "同一次"),
        ("2026-02-21", "再一次"),
    ]
    assert sorted(of(desk.url, "contact_point", "C1", "kind, position, value")) == [
        ("address", 1, "解放路 1 号大院"),
        ("phone", 1, "13800000001"),
        ("phone", 2, "13900000002"),
    ]
    assert of(desk.url, "contact_person", "C1", "position, name, title") == [(1, "李敏", "经理")]
    assert sorted(of(desk.url, "fact", "C1", "name, value")) == [
        ("balance", "0"),
        ("contract_on", "2025-12-01"),
        ("kind", "customer"),
    ]
    shown = desk("show", "C1", "--json").json
    assert (shown["region"], shown["note"], shown["credit_limit"], shown["balance"]) == (
        "华东",
        "催款",
        "5000.00",
        "0.00",
    )
    assert (shown["contract_on"], shown["extra"], shown["rep"]) == (
        "2025-12-01",
        {"批次": "甲", "来源": "展会"},
        "wang",
    )
    assert (shown["first_on"], shown["last_order_on"], shown["last_contact_on"]) == (
        "2025-12-01",
        "2026-03-10",
        "2026-02-26",
    )
    assert shown["merged"] == [{"code": "C2", "name": "宏远涂料（上海）公司"}]
    is_sound(desk.url)


def test_another_house_number_is_another_address(desk: Program, tmp_path: Path) -> None:
    houses = {"C3": "中山路 12-3 号", "C4": "中山路123号"}
    rows = [{"客户编号": code, "地址": address} for code, address in houses.items()]
    assert desk("import", "customers", str(table(tmp_path / "houses.xlsx", rows))).code == 0
    merged(desk, "C4", "C3")
    assert of(desk.url, "contact_point", "C4", "kind, position, value") == [
        ("phone", 1, "13700000003"), ("address", 2, "中山路 12-3 号"), ("address", 1, "中山路123号"),
    ]  # fmt: skip


def test_a_file_of_which_nothing_is_known_takes_everything(desk: Program, tmp_path: Path) -> None:
    bare = table(tmp_path / "bare.xlsx", [{"客户编号": "C9", "客户名称": "宏远"}])
    assert desk("import", "customers", str(bare)).code == 0
    before = desk("show", "C2", "--json").json
    found = merged(desk, "C9", "C2")
    assert found["left"] == {}
    after = desk("show", "C9", "--json").json
    same = set(before) - {"code", "name", "merged", "followups", "contacts", "timeline"}
    assert {key: after[key] for key in same} == {key: before[key] for key in same}
    assert (after["followups"], after["timeline"]) == (before["followups"], before["timeline"])
    assert of(desk.url, "allocation", "C9") and not of(desk.url, "fact", "C2")
    is_sound(desk.url)


def test_who_does_not_want_to_be_called_is_not_called(desk: Program) -> None:
    before = desk("why", "C1", "--json").json["rules"]
    assert any(one["owed"] for one in before)
    found = merged(desk, "C1", "C3")
    assert (found["stated"], found["owed"]) == (["do_not_call"], [])
    assert {one["reason"] for one in desk("why", "C1", "--json").json["rules"]} == {"do not call"}
    assert of(desk.url, "fact", "C1", "name, value, from_on, reason")[-1] == ("do_not_call", "1", "2026-03-12", "C3")
    assert of(desk.url, "contact_person", "C1", "position, name") == [(1, "李敏"), (2, "周强")]
    unmerged(desk, "C3")
    assert desk("why", "C1", "--json").json["rules"] == before
    is_sound(desk.url)


def test_a_prospect_becomes_the_customer_that_the_other_file_says(desk: Program, tmp_path: Path) -> None:
    sheet = table(tmp_path / "more.xlsx", [{"客户编号": "C5", "客户名称": "安顺化工公司", "类型": "客户"}])
    assert desk("import", "customers", str(sheet)).code == 0
    assert merged(desk, "C4", "C5")["stated"] == ["kind"]
    assert desk("show", "C4", "--json").json["kind"] == "customer"
    unmerged(desk, "C5")
    assert desk("show", "C4", "--json").json["kind"] == "prospect"
    assert merged(desk, "C5", "C4")["stated"] == []
    assert desk("show", "C5", "--json").json["kind"] == "customer"
    assert desk("show", "C5", "--json").json["intention"] == "interested"


# --- judged together


def test_both_are_judged_together(desk: Program) -> None:
    """C1 has been silent since 20 February; the order of C2 on 10 March was its own."""
    census = desk("due", "--all", "--json").json["census"]
    report = desk("report", "--json").json
    owed = {one["rule"] for one in desk("why", "C1", "--json").json["rules"] if one["owed"]}
    assert "dormant-week" in owed
    merged(desk, "C1", "C2")
    rules = {one["rule"]: one for one in desk("why", "C1", "--json").json["rules"]}
    assert not rules["dormant-week"]["owed"]
    assert rules["callback"]["opens_on"] == "2026-03-16"
    after = desk("due", "--all", "--json").json["census"]
    assert after["customers"] == census["customers"] - 1 == sum(n for name, n in after.items() if name != "customers")
    again = desk("report", "--json").json
    assert again["customers"]["in_scope"] == report["customers"]["in_scope"] - 1
    assert again["contacts"] == report["contacts"]
    assert {one["code"] for one in desk("due", "--all", "--json").json["items"]}.isdisjoint({"C2"})
    is_sound(desk.url)


# --- where the old code leads


@pytest.mark.parametrize("text", ["C2", "c2", "宏远涂料（上海）公司", "13900000002", "139 0000 0002"])
def test_the_old_code_and_name_lead_to_the_file_that_was_kept(desk: Program, text: str) -> None:
    merged(desk, "C1", "C2")
    shown = desk("show", text, "--json")
    assert shown.json["code"] == "C1"
    assert ("C2 was merged into C1." in shown.err) == (not text[0].isdigit())
    assert desk("why", text, "--json").json["code"] == "C1"
    assert [one["code"] for one in desk("find", text, "--json").json["items"]] == ["C1"]


def test_part_of_the_old_name_finds_the_file_that_was_kept_and_nothing_else(desk: Program) -> None:
    merged(desk, "C1", "C2")
    for text in ("上海", "shanghai", "13800000001", "宏远"):
        assert [one["code"] for one in desk("find", text, "--json").json["items"]] == ["C1"], text
    assert "C2" not in desk("show", "C1").err
    assert "Merged into this file: C2 宏远涂料（上海）公司" in desk("show", "C1").out


def test_what_is_recorded_for_the_old_code_belongs_to_the_file_that_was_kept(desk: Program, tmp_path: Path) -> None:
    merged(desk, "C1", "C2")
    assert desk("log", "C2", "--result", "reached").code == 0
    orders = [{"订单号": "A9", "客户编号": "C2", "下单日期": "2026-03-11", "金额": "1"}]
    orders += [{"客户名称": "宏远涂料(上海) 公司", "下单日期": "2026-03-11", "金额": "2", "产品": "漆"}]
    assert desk("import", "orders", str(table(tmp_path / "o.xlsx", orders)), "--json").json["inserted"] == 2
    again = desk("import", "orders", str(table(tmp_path / "same.xlsx", ORDERS)), "--json").json
    assert (again["unchanged"], again["inserted"]) == (4, 0), "orders without a number are known by the new customer"
    changed = [{"客户编号": "C2", "客户名称": "宏远涂料有限公司", "等级": "B"}]
    assert desk("import", "customers", str(table(tmp_path / "c.xlsx", changed)), "--json").json["updated"] == 1
    assert desk("show", "C1", "--json").json["grade"] == "B"
    assert len(of(desk.url, "order_", "C1")) == 5
    assert desk("assign", "C2", "--to", "li", "--json").json["customers"] == ["C1"]
    is_sound(desk.url)


def test_a_merged_file_is_nobodys_any_more(desk: Program) -> None:
    merged(desk, "C1", "C2")
    people = {one["login"]: one["customers"] for one in desk("staff", "list", "--json").json["staff"]}
    assert (people["wang"], people["li"]) == (1, 0)
    assert desk("assign", "--from", "li", "--to", "wang", "--json").json == {
        "to": "wang", "assigned": 0, "unchanged": 0, "customers": [],
    }  # fmt: skip
    assert desk("staff", "deactivate", "li").code == 0
    checks = {one["code"]: one for one in desk("doctor", "--json").json["checks"]}
    assert checks["owners"]["status"] == checks["register"]["status"] == checks["states"]["status"] == "ok"
    assert "3 customers" in checks["owners"]["detail"]


def test_doctor_finds_what_was_merged_wrongly(desk: Program) -> None:
    merged(desk, "C1", "C2")
    with unit(desk.url, at_shanghai(NOW)) as work:
        work.sql.run("UPDATE order_ SET customer_id = (SELECT id FROM customer WHERE code = 'C2') WHERE number = 'A2'")
        work.sql.run("UPDATE customer SET merged_into = (SELECT id FROM customer WHERE code = 'C4') WHERE code = 'C3'")
        work.sql.run("UPDATE customer SET merged_into = (SELECT id FROM customer WHERE code = 'C3') WHERE code = 'C4'")
    states = next(one for one in desk("doctor", "--json").json["checks"] if one["code"] == "states")
    assert states["status"] == "failed"
    assert all(code in states["detail"] for code in ("C2", "C3", "C4"))
    assert "C1" not in states["detail"]
    assert desk("show", "C1", "--json").code == 0


# --- the trace


def test_every_changed_row_is_in_the_audit_and_in_the_images(desk: Program) -> None:
    with reading(desk.url) as (sql, _company):
        before = {
            (name, row[0]): row
            for name in (*EVENTS, "fact", "allocation", "handover")
            for row in sql.rows(f"SELECT id, customer_id FROM {name}")
        }
    batch = merged(desk, "C1", "C3", "--reason", "同一家")["batch"]
    with reading(desk.url) as (sql, _company):
        after = {
            (name, row[0]): row
            for name in (*EVENTS, "fact", "allocation", "handover")
            for row in sql.rows(f"SELECT id, customer_id FROM {name}")
        }
        changed = {one for one in after if before.get(one) != after[one]}
        gone = sql.rows("SELECT id FROM customer WHERE merged_into IS NOT NULL")[0][0]
        changed.add(("customer", gone))
        images = sql.rows("SELECT table_name, row_id, before FROM import_change WHERE batch_id = :id", id=batch)
        assert {row[:2] for row in images} == changed
        assert {row[:2] for row in images if not row[2]} == {one for one in changed if one not in before} - {
            ("customer", gone)
        }
        told = sql.rows(
            "SELECT table_name, row_id, change FROM audit WHERE action = 'merge' AND batch_id = :id", id=batch
        )
        assert {row[:2] for row in told} == changed | {("import_batch", batch)}
        said = json.loads(next(row[2] for row in told if row[0] == "import_batch"))
        assert {name: said[name][1] for name in ("kind", "keep", "other", "reason")} == {
            "kind": "merge", "keep": "C1", "other": "C3", "reason": "同一家",
        }  # fmt: skip
        (row,) = sql.rows("SELECT kind, file_name, sha256, counts FROM import_batch WHERE id = :id", id=batch)
        assert row[:3] == ("merge", "", "")
        assert json.loads(row[3])["keep"] == "C1"


def test_the_audit_of_a_merged_file_stays_readable(desk: Program) -> None:
    desk("customer", "waive", "C2", "--until", "2026-04-01", "--reason", "搬迁")
    told = {(one["action"], one["table"]) for one in desk("audit", "C2", "--limit", "0", "--json").json["rows"]}
    merged(desk, "C1", "C2")
    after = desk("audit", "C2", "--limit", "0", "--json").json["rows"]
    assert told <= {(one["action"], one["table"]) for one in after if one["code"] in ("C1", "C2")}
    assert any(one["changes"].get("merged_into") == [None, "C1"] for one in after if one["code"] == "C2")
    moved = [one for one in after if one["table"] == "order_" and one["action"] == "merge"]
    assert [one["changes"] for one in moved] == [{"customer": ["C2", "C1"]}] * 2
    imported = [one for one in after if one["table"] == "contact_point" and one["action"] == "import"]
    assert all(set(one["changes"]) <= {"kind", "value"} for one in imported)
    assert "merged: order" in desk("audit", "C1").out
    unmerged(desk, "C2")
    back = desk("audit", "C1", "--limit", "0", "--json").json["rows"]
    assert [one["changes"] for one in back if one["action"] == "undo" and "merged" in one["changes"]] == [
        {"merged": ["C2", None]}
    ]


# --- back again


@pytest.mark.parametrize("way", ["unmerge", "undo"])
@pytest.mark.parametrize(("one", "other"), [("C1", "C2"), ("C2", "C1"), ("C1", "C3"), ("C4", "C2"), ("C3", "C4")])
def test_undone_it_is_as_before(desk: Program, one: str, other: str, way: str) -> None:
    before = dump(desk.url)
    batch = merged(desk, one, other)["batch"]
    between = dump(desk.url)
    assert {name for name in before if before[name] != between[name]} >= {"customer"}
    if way == "unmerge":
        found = unmerged(desk, other)
        assert (found["code"], found["keep"], found["kept"], found["batch"]) == (other, one, [], batch)
    else:
        assert desk("import", "undo", str(batch), "--yes").code == 0
    assert dump(desk.url) == before
    is_sound(desk.url)
    assert merged(desk, one, other)["batch"] == batch + 1
    assert dump(desk.url)["order_"] == between["order_"]


def test_a_dry_run_changes_nothing_and_says_the_same(desk: Program) -> None:
    before = dump(desk.url)
    dry = desk("customer", "merge", "C1", "C2", "--dry-run", "--json").json
    assert dump(desk.url) == before
    assert dry["batch"] is None
    assert merged(desk, "C1", "C2") | {"batch": None} == dry
    between = dump(desk.url)
    undone = desk("customer", "unmerge", "C2", "--dry-run", "--json").json
    assert dump(desk.url) == between
    assert unmerged(desk, "C2") | {"undone_at": None} == undone | {"undone_at": None}


def test_what_was_done_since_stays_with_the_file_that_was_kept(desk: Program) -> None:
    merged(desk, "C1", "C2")
    assert desk("log", "C2", "--result", "reached", "--note", "since").code == 0
    assert desk("amend", "2", "--note", "corrected").code == 0
    found = unmerged(desk, "C2")
    assert {(one["table"], one["label"]) for one in found["kept"]} >= {("revisit", "2")}
    assert {row[0] for row in of(desk.url, "booking", "C1", "revisit_id")} == {2, 4}, "with their revisits"
    notes = [row[0] for row in of(desk.url, "revisit", "C1", "note")]
    assert {"since", "corrected"} <= set(notes)
    assert [row[0] for row in of(desk.url, "order_", "C2", "number")] == ["A2", ""]
    with unit(desk.url, at_shanghai(NOW)) as work:
        assert not keep.replan(work.sql, work.company)


def raise_case(desk: Program) -> None:
    """C2's talk was a call, and a case was opened in it; sales has asked for feedback."""
    from revisit.models import Call, Case, FeedbackTime

    with unit(desk.url, at_shanghai(NOW)) as work:
        ((customer, revisit),) = work.sql.rows("SELECT customer_id, id FROM revisit WHERE number = 2")
        call = Call(
            customer_id=customer, staff_id=1, state="recorded", script="satisfaction", script_version=1, script_hash="",
            language="zh", channel="phone", started_at=at_shanghai("2026-02-26 10:00"), revisit_id=revisit,
        )  # fmt: skip
        case = Case(
            number=1, customer_id=customer, staff_id=1, revisit_id=revisit, what="晚到",
            opened_at=at_shanghai("2026-02-26 10:05"),
        )  # fmt: skip
        asked = FeedbackTime(
            customer_id=customer, due_by=date(2026, 3, 20), document="a.pdf", sender="陈刚", sent_on=date(2026, 3, 2),
            receiver="admin", staff_id=1, at=at_shanghai("2026-03-02 10:00"),
        )  # fmt: skip
        work.session.add_all([call, case, asked])


def test_calls_and_cases_go_and_come_back(desk: Program) -> None:
    raise_case(desk)
    before = dump(desk.url)
    moved = merged(desk, "C1", "C2")["moved"]
    assert (moved["call_"], moved["case_"]) == (1, 1)
    assert [len(of(desk.url, table, "C1")) for table in ("call_", "case_")] == [1, 1]
    assert unmerged(desk, "C2")["kept"] == []
    assert dump(desk.url) == before
    is_sound(desk.url)


def test_a_case_that_went_on_since_comes_back_as_it_is(desk: Program) -> None:
    raise_case(desk)
    merged(desk, "C1", "C2")
    assert desk("case", "decide", "1", "--result", "sent again").code == 0
    assert unmerged(desk, "C2")["kept"] == []
    assert of(desk.url, "case_", "C2", "state") == [("resolved",)]


def test_calls_and_cases_stay_with_the_record_of_the_talk(desk: Program) -> None:
    raise_case(desk)
    merged(desk, "C1", "C2")
    assert desk("amend", "2", "--note", "corrected").code == 0
    found = unmerged(desk, "C2")
    assert {one["table"] for one in found["kept"]} == {"revisit", "call_", "case_"}
    assert [len(of(desk.url, table, "C1")) for table in ("call_", "case_")] == [1, 1]


def test_chains(desk: Program) -> None:
    """C3 into C2, C2 into C1; back in the other order only."""
    start = dump(desk.url)
    first = merged(desk, "C2", "C3")["batch"]
    middle = dump(desk.url)
    merged(desk, "C1", "C2")
    shown = desk("show", "C3", "--json")
    assert shown.json["code"] == "C1"
    assert [one["code"] for one in shown.json["merged"]] == ["C2", "C3"]
    assert [one["code"] for one in desk("find", "鸿远", "--json").json["items"]] == ["C1"]
    assert len(of(desk.url, "order_", "C1")) == 4
    assert desk("due", "--all", "--json").json["census"]["customers"] == 2
    is_sound(desk.url)
    for way in (("customer", "unmerge", "C3", "--yes"), ("import", "undo", str(first), "--yes")):
        refused = desk(*way)
        assert refused.code == 1
        assert "C3 was merged into C2, and that into C1" in refused.err
    unmerged(desk, "C2")
    assert dump(desk.url) == middle
    assert desk("show", "C3", "--json").json["code"] == "C2"
    unmerged(desk, "C3")
    assert dump(desk.url) == start


# --- refusals


@pytest.mark.parametrize(
    ("company_db", "one", "other", "sentence"),
    mostly_on_sqlite(
        [
            ("C1", "C1", "both are the same customer file"),
            ("C1", "宏远涂料有限公司", "both are the same customer file"),
            ("C1", "C9", "no customer is known as C9"),
            ("C4", "C3", "C3 was merged already, into C2"),
            ("C3", "C4", "C3 was merged already, into C2"),
            ("C2", "C3", "C3 was merged already, into C2"),
            ("C1", "C4", "somebody said that C1 and C4 are two customers"),
            ("C4", "C1", "somebody said that C4 and C1 are two customers"),
        ]
    ),
    indirect=["company_db"],
)
def test_what_cannot_be_merged(desk: Program, one: str, other: str, sentence: str) -> None:
    merged(desk, "C2", "C3")
    assert desk("customer", "duplicates", "--different", "C1", "C4").code == 0
    before = dump(desk.url)
    result = desk("customer", "merge", one, other, "--yes")
    assert (result.code, result.out) == (1, "")
    assert sentence in result.err
    assert dump(desk.url) == before


def test_only_what_was_merged_can_be_taken_apart(desk: Program) -> None:
    for text, sentence in (("C1", "C1 宏远涂料有限公司 was not merged"), ("C9", "no customer is known as C9")):
        result = desk("customer", "unmerge", text, "--yes")
        assert result.code == 1
        assert sentence in result.err


@pytest.mark.parametrize("company_db", ["postgresql"], indirect=True)
def test_what_is_written_meanwhile_is_refused(desk: Program) -> None:
    """On a server somebody may have found the file before it was merged, and write into it afterwards."""
    from revisit.models import Order

    slow = Context(db_option=desk.url, login_option="admin")
    with pytest.raises(Refused, match="was merged into another file"), slow.unit() as work:
        found = customers.get_customer(work.sql, "C2")
        merged(desk, "C1", "C2")
        order = Order(customer_id=found, ordered_on=work.today)
        work.session.add(order)
        work.session.flush()
        audit.changed(work.session, action="create", table="order_", row_id=order.id, customer_id=found)
    assert of(desk.url, "order_", "C2") == []


@pytest.mark.parametrize("company_db", ["postgresql"], indirect=True)
@pytest.mark.parametrize("deed", ["do_not_call", "assign"])
def test_what_is_said_meanwhile_is_refused(desk: Program, deed: str) -> None:
    """What is said of a file that was merged would hold of nobody."""
    slow = Context(db_option=desk.url, login_option="admin")
    before = dump(desk.url)
    with pytest.raises(Refused, match="meanwhile C2 was merged into another file"), slow.unit() as work:
        found = customers.get_customer(work.sql, "C2")
        merged(desk, "C1", "C2")
        if deed == "assign":
            me = staff.get_by_login(work.sql, "admin")
            files.assign(work.session, work.sql, ids=[found], to=me, today=work.today, reason="")
        else:
            asked = "asked us not to"
            files.state(work.session, work.sql, customer_id=found, name="do_not_call", today=work.today, reason=asked)
    unmerged(desk, "C2")
    assert dump(desk.url) == before


def test_the_people_of_both_stay_in_order(desk: Program) -> None:
    """Persons, numbers and addresses: each once, in the order of the kept file, then of the other."""
    from revisit.models import ContactPerson, ContactPoint

    with unit(desk.url, at_shanghai(NOW)) as work:
        ids = {
            code: work.sql.rows("SELECT id FROM customer WHERE code = :code", code=code)[0][0] for code in ("C3", "C4")
        }
        people = {
            "C3": [(2, "", "经理"), (5, "王 芳", ""), (7, "", "出纳")],
            "C4": [(1, "", "经理"), (3, "王芳", "会计")],
        }
        for code, rows in people.items():
            work.session.add_all(
                ContactPerson(customer_id=ids[code], position=position, name=name, title=title)
                for position, name, title in rows
            )
        points = {"C3": [(4, "13600000004")], "C4": [(1, "13600000004"), (2, "13700000003"), (6, "13500000005")]}
        work.session.info["touched"] = set(ids.values())
        for code, numbers in points.items():
            work.session.add_all(
                ContactPoint(customer_id=ids[code], kind="phone", position=position, value=value)
                for position, value in numbers
            )
    before = dump(desk.url)
    merged(desk, "C4", "C3")
    assert of(desk.url, "contact_person", "C4", "position, name, title") == [
        (4, "周强", ""), (1, "", "经理"), (3, "王芳", "会计"),
    ]  # fmt: skip
    assert of(desk.url, "contact_point", "C4", "position, value") == [
        (1, "13600000004"), (2, "13700000003"), (6, "13500000005"),
    ]  # fmt: skip
    unmerged(desk, "C3")
    assert dump(desk.url) == before


def test_somebody_else_may_have_said_that_they_are_two(desk: Program) -> None:
    """What was said of a file that was merged since holds of the one that was kept."""
    assert desk("customer", "duplicates", "--different", "C2", "C4").code == 0
    merged(desk, "C1", "C2")
    result = desk("customer", "merge", "C1", "C4", "--yes")
    assert "are two customers" in result.err
    assert desk("customer", "duplicates", "--different", "C1", "C4", "--lift", "--json").json["changed"] is True
    merged(desk, "C1", "C4")
    is_sound(desk.url)


def test_a_supervisor_merges_what_the_team_has(desk: Program) -> None:
    now = at_shanghai(NOW)
    assert desk("department", "add", "北区").code == desk("department", "add", "南区").code == 0
    assert desk("staff", "change", "wang", "--department", "北区").code == 0
    assert desk("staff", "change", "li", "--department", "南区").code == 0
    with unit(desk.url, now) as work:
        (north,) = work.sql.rows("SELECT id FROM department WHERE name = '北区'")
        staff.add_staff(work.session, login="ming", name="ming", role="supervisor", at=now, department_id=north[0])
    desk.login = "ming"
    assert "C2 is a customer of li" in desk("customer", "merge", "C1", "C2", "--yes").err
    assert desk("customer", "merge", "C1", "C3", "--yes").code == 0
    desk.login = "admin"
    batch = merged(desk, "C1", "C2")["batch"]
    desk.login = "ming"
    for way in (("customer", "unmerge", "C2", "--yes"), ("import", "undo", str(batch), "--yes")):
        assert "C2 is a customer of li" in desk(*way).err
    assert desk("customer", "unmerge", "C3", "--yes").code == 0
