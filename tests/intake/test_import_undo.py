"""An import that is undone was never there; what a person has done since stays, is named, and nothing hangs in the air."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revisit import audit, context, models, undoing
from revisit.undoing import spans
from revisit.undoing.rows import PARTS
from tests.support import Program, at_shanghai, reading, table, unit
from tests.whole import check_whole, state


def bring(revisit: Program, folder: Path, kind: str, *rows: dict[str, Any], more: Sequence[str] = ()) -> int:
    """Imports a sheet of these rows; the number of the import."""
    done = revisit("import", kind, str(table(folder / f"{kind}.xlsx", rows)), "--json", *more)
    assert done.code == 0, done.err + done.out
    return int(done.json["batch"])


def take_back(revisit: Program, batch: int, *more: str) -> Any:
    """Undoes an import; the document."""
    done = revisit("import", "undo", str(batch), "--yes", "--json", *more)
    assert done.code == 0, done.err
    return done.json


def held(told: Any) -> list[tuple[str, str | None, tuple[str, ...], str]]:
    return [(one["table"], one["code"], tuple(one["columns"]), one["reason"]) for one in told["kept"]]


C1 = {
    "客户编号": "C1", "客户名称": "宏远涂料", "联系人": "李敏", "称谓": "经理", "电话": "13800000001", "地址": "杭州",
    "等级": "A", "客服专员": "wang", "跟进部门": "客服", "欠款": "100", "签约日期": "2025-06-01", "最近订货日期": "2026-02-01",
    "颜色": "红",
}  # fmt: skip
C2 = {"客户编号": "C2", "客户名称": "宏达建材", "电话": "13800000002", "客服专员": "li", "最近订货日期": "2026-02-03"}
OTHER_C1 = C1 | {
    "客户名称": "宏远新材", "联系人": "王芳", "电话": "13900000001 13900000002", "地址": "宁波", "等级": "B", "客服专员": "zhao",
    "跟进部门": "销售", "移交日期": "2026-03-01", "欠款": "0", "签约日期": "2025-07-01", "最近订货日期": "2026-03-01",
    "颜色": "蓝",
}  # fmt: skip
C3 = {
    "客户编号": "C3",
    "客户名称": "海天",
    "电话": "13800000003",
    "客服专员": "sun",
    "欠款": "5",
    "最近订货日期": "2026-02-05",
}
A1 = {"订单号": "A1", "客户编号": "C1", "下单日期": "2026-02-10", "完成日期": "2026-02-12", "金额": "10", "产品": "漆"}
R1 = {
    "记录编号": "1", "客户编号": "C1", "回访时间": "2026-02-20 10:00", "结果": "不方便", "回访人": "旧同事",
    "约定时间": "2026-03-20",
}  # fmt: skip
S1 = {"客户编号": "C1", "跟进日期": "2026-02-21", "业务员": "陈刚", "备注": "催款"}
M1 = {"会话编号": "9", "时间": "2026-03-02 10:00:00", "发送方": "客户", "内容": "在吗", "访客": "宏远涂料"}
P1 = {"登录名": "wang", "姓名": "王五", "部门": "一部", "能力系数": "1.2"}

KINDS: dict[str, tuple[tuple[dict[str, Any], ...], tuple[str, ...]]] = {
    "customers": ((OTHER_C1, C2, C3), ()),
    "orders": (
        (
            A1 | {"完成日期": "2026-02-14", "金额": "12"},
            {"订单号": "A2", "客户编号": "C2", "下单日期": "2026-03-01"},
            {"订单号": "A3", "客户编号": "C9", "客户名称": "新客", "下单日期": "2026-03-02"},
        ),
        ("--create-customers",),
    ),
    "revisits": (
        (R1 | {"结果": "已接通", "约定时间": None}, R1 | {"记录编号": "2", "客户编号": "C2", "回访人": "另一个"}),
        (),
    ),
    "sales-followups": ((S1 | {"备注": "收款"}, S1 | {"跟进日期": "2026-03-01"}), ()),
    "chats": ((M1 | {"客服": "wang"}, M1 | {"时间": "2026-03-02 10:00:09", "发送方": "客服", "客服": "旧同事"}), ()),
    "staff": ((P1 | {"部门": "二部", "能力系数": "2"}, {"登录名": "chen", "姓名": "陈", "部门": "三部"}), ()),
}
"""What the sheet under test says, by kind: it changes some of what there is, and makes some."""


def fill(revisit: Program, folder: Path) -> None:
    """A company with something of every kind, all of it imported on 10 March."""
    revisit.at("2026-03-10 09:00")
    bring(revisit, folder, "customers", C1, C2)
    bring(revisit, folder, "orders", A1)
    bring(revisit, folder, "revisits", R1)
    bring(revisit, folder, "sales-followups", S1)
    bring(revisit, folder, "staff", P1)
    bring(revisit, folder, "chats", M1)


FILLED = {"office": fill}


@pytest.fixture
def office(revisit: Program) -> Program:
    """The company that `fill` leaves, on 12 March 2026."""
    return revisit.at("2026-03-12 10:00")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_undone_was_never_there(office: Program, tmp_path: Path, kind: str) -> None:
    before = state(office.url)
    rows, more = KINDS[kind]
    batch = bring(office, tmp_path, kind, *rows, more=more)
    assert state(office.url) != before
    dry = office("import", "undo", str(batch), "--dry-run", "--json")
    assert (dry.code, dry.json["undone_at"]) == (0, None)
    assert state(office.url) != before
    told = take_back(office, batch)
    assert told == dry.json | {"undone_at": "2026-03-12T10:00:00+08:00"}
    assert (told["batch"], told["kind"], told["kept"], told["freed"]) == (batch, kind, [], [])
    assert told["restored"] and told["removed"]
    assert state(office.url) == before
    check_whole(office.url)


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_sheet_undone_leaves_an_empty_company(revisit: Program, tmp_path: Path, kind: str) -> None:
    before = state(revisit.url)
    more = ("--create-customers",) if kind in ("orders", "revisits", "sales-followups") else ()
    batch = bring(revisit, tmp_path, kind, *KINDS[kind][0], more=more)
    take_back(revisit, batch)
    assert state(revisit.url) == before
    check_whole(revisit.url)


def test_nothing_is_undone_by_halves(office: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = bring(office, tmp_path, "customers", OTHER_C1, C3)
    before = state(office.url)

    def full(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(context.audit, "write", full)
        assert office("import", "undo", str(batch), "--yes").code == 130
    assert state(office.url) == before
    with reading(office.url) as (sql, _company):
        assert sql.rows("SELECT undone_at FROM import_batch WHERE id = :id", id=batch) == [(None,)]
    take_back(office, batch)


def test_the_audit_tells_of_an_undo(office: Program, tmp_path: Path) -> None:
    batch = bring(office, tmp_path, "customers", C1 | {"等级": "B", "电话": "13900000009"}, C3)
    office.at("2026-03-13 10:00")
    take_back(office, batch)
    (told,) = office("audit", "--action", "undo", "--limit", "1", "--json").json["rows"]
    (imported,) = [one for one in office("audit", "--action", "import", "--json").json["rows"] if one["batch"] == batch]
    assert (told["table"], told["batch"], told["who"]) == ("import_batch", batch, "admin")
    assert told["changes"]["restored"] == [None, 2]
    assert told["changes"]["images"] == imported["changes"]["images"], "what was undone is what was imported"
    rows = office("audit", "C1", "--json").json["rows"]
    of_grade = [(one["action"], *one["changes"]["grade"]) for one in rows if "grade" in one["changes"]]
    assert of_grade == [("import", None, "A"), ("import", "A", "B"), ("undo", "B", "A")]
    points = [(one["action"], *one["changes"]["value"]) for one in rows if one["table"] == "contact_point"]
    first, second = "138****0001", "139****0009"
    assert points == [
        ("import", None, first), ("import", None, "****"), ("import", first, second), ("undo", second, first),
    ]  # fmt: skip
    assert office("audit", "--verify").code == 0


# --- what somebody has done since


def test_a_customer_who_was_called_stays_whole(office: Program, tmp_path: Path) -> None:
    batch = bring(office, tmp_path, "customers", C3, {"客户编号": "C4", "客户名称": "走了"})
    assert office("log", "C3", "--result", "reached").code == 0
    before = office("show", "C3", "--json").json
    told = take_back(office, batch)
    assert held(told) == [("customer", "C3", (), "person"), ("staff", None, (), "used")]
    (first, second) = told["kept"]
    assert (first["who"], first["at"], first["action"]) == ("admin", "2026-03-12T10:00:00+08:00", "create")
    assert second["label"] == "sun"
    assert told["removed"] == {"customer": 1}
    assert office("show", "C3", "--json").json == before, "with its phone, its balance and its representative"
    check_whole(office.url)


def test_cells_that_somebody_changed_stay_and_are_named_one_by_one(office: Program, tmp_path: Path) -> None:
    batch = bring(office, tmp_path, "customers", OTHER_C1)
    office.at("2026-03-13 10:00")
    with unit(office.url, at_shanghai("2026-03-13 10:00"), "wang") as work:
        ((id_,),) = work.sql.rows("SELECT id FROM customer WHERE code = 'C1'")
        work.sql.run("UPDATE customer SET grade = 'D' WHERE id = :id", id=id_)
        audit.changed(
            work.session, action="update", table="customer", row_id=id_, customer_id=id_, before={"grade": "B"},
            after={"grade": "D"},
        )  # fmt: skip
    assert office("assign", "C1", "--to", "li").code == 0
    told = take_back(office, batch)
    assert held(told) == [("customer", "C1", ("grade",), "person"), ("customer", "C1", ("rep_id",), "person")]
    assert [one["who"] for one in told["kept"]] == ["wang", "admin"]
    with reading(office.url) as (sql, _company):
        (row,) = sql.rows(
            "SELECT c.name, c.grade, s.login, c.balance_cents, c.followed_by FROM customer c JOIN staff s ON s.id = c.rep_id "
            "WHERE code = 'C1'"
        )
    assert row == ("宏远涂料", "D", "li", 10000, "service")
    check_whole(office.url)


def test_a_record_that_was_corrected_stays_with_its_versions(office: Program, tmp_path: Path) -> None:
    batch = bring(office, tmp_path, "revisits", *KINDS["revisits"][0])
    assert office("amend", "1", "--result", "declined", "--because", "听错").code == 0
    told = take_back(office, batch)
    assert ("revisit", "C1", (), "person") in held(told)
    assert told["removed"]["revisit"] == 1
    with reading(office.url) as (sql, _company):
        versions = sql.rows("SELECT version, result, is_current FROM revisit WHERE number = 1 ORDER BY version")
    assert [(version, result, bool(current)) for version, result, current in versions] == [
        (1, "inconvenient", False), (2, "reached", False), (3, "declined", True),
    ]  # fmt: skip
    check_whole(office.url)


def test_who_has_worked_here_stays(office: Program, tmp_path: Path) -> None:
    sheet = [
        {"登录名": "boss", "姓名": "老板", "岗位": "客服主管", "部门": "四部"},
        {"登录名": "gone", "姓名": "走", "部门": "五部"},
    ]
    batch = bring(
        office, tmp_path, "staff", *sheet, {"登录名": "own", "姓名": "有客户", "部门": "四部"}, P1 | {"能力系数": "2"}
    )
    assert office("assign", "C2", "--to", "own").code == 0
    office.login = "boss"
    assert office("log", "C2", "--result", "busy").code == 0
    office.login = "admin"
    told = take_back(office, batch)
    found = {(one["table"], one["label"]): one["reason"] for one in told["kept"]}
    assert found == {("staff", "boss"): "person", ("staff", "own"): "used", ("department", "四部"): "used"}
    assert told["removed"] == {"staff": 1, "department": 1}
    assert told["restored"] == {"staff": 1}


def test_nobody_loses_the_list_on_which_customers_stand(office: Program, tmp_path: Path) -> None:
    bring(office, tmp_path, "staff", {"登录名": "zhou", "姓名": "周", "角色": "审批人"})
    batch = bring(office, tmp_path, "staff", {"登录名": "zhou", "姓名": "周一", "角色": "客服专员"})
    assert office("assign", "C2", "--to", "zhou").code == 0
    told = take_back(office, batch)
    assert held(told) == [("staff", None, ("role",), "used")]
    assert told["restored"] == {"staff": 1}, "the name, not the role"


def test_an_administrator_is_left(office: Program, tmp_path: Path) -> None:
    bring(office, tmp_path, "staff", {"登录名": "two", "姓名": "二", "角色": "客服主管"})
    batch = bring(office, tmp_path, "staff", {"登录名": "two", "角色": "管理员"})
    office.login = "two"
    assert office("staff", "change", "admin", "--role", "supervisor").code == 0
    before = state(office.url)
    done = office("import", "undo", str(batch), "--yes")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("Error: nobody would be left as an administrator\nTry: ")
    assert state(office.url) == before


def test_whoever_undoes_still_works_here_afterwards(office: Program, tmp_path: Path) -> None:
    bring(office, tmp_path, "staff", {"登录名": "two", "姓名": "二", "角色": "管理员", "在职": "离职"})
    batch = bring(office, tmp_path, "staff", {"登录名": "two", "在职": "在职"})
    new = bring(office, tmp_path, "staff", {"登录名": "three", "姓名": "三", "角色": "管理员"})
    office.login = "two"
    assert "nobody ends the own work here" in office("import", "undo", str(batch), "--yes").err
    office.login = "three"
    told = take_back(office, new)
    assert held(told) == [("staff", None, (), "used")]


def test_what_was_taken_meanwhile_is_not_given_back(office: Program, tmp_path: Path) -> None:
    """The sheet gave the person whom another sheet had made a proper login; the old one is somebody else's by now."""
    batch = bring(office, tmp_path, "staff", {"登录名": "li.mei", "姓名": "li", "能力系数": "1.5"})
    assert office("staff", "add", "li", "--name", "另一个李").code == 0
    told = take_back(office, batch)
    assert held(told) == [("staff", None, ("ability_percent", "login"), "taken")]


# --- several imports


def test_a_later_import_holds_what_it_has_built_on_until_it_goes_itself(office: Program, tmp_path: Path) -> None:
    before = state(office.url)
    first = bring(office, tmp_path, "customers", C1 | {"等级": "B", "客服专员": "zhao"}, C3)
    between = state(office.url)
    office.at("2026-03-13 10:00")
    second = bring(office, tmp_path, "customers", C1 | {"等级": "C", "客服专员": "sun"})
    third = bring(office, tmp_path, "orders", {"订单号": "A9", "客户编号": "C3", "下单日期": "2026-03-01"})
    told = take_back(office, first)
    assert [(*one, told["kept"][place]["batch"]) for place, one in enumerate(held(told))] == [
        ("customer", "C1", ("grade", "rep_id"), "import", second),
        ("customer", "C3", (), "import", third),
        ("staff", None, (), "import", second),
        ("staff", None, (), "import", third),
    ]
    check_whole(office.url)
    told = take_back(office, third)
    assert (told["freed"], told["kept"]) == ([first], []), "what it had held goes as well"
    told = take_back(office, second)
    assert told["kept"] == []
    assert state(office.url) == before != between
    check_whole(office.url)


def test_what_a_later_import_would_have_to_give_back_stays(office: Program, tmp_path: Path) -> None:
    """The first sheet made 二部 and put chen there; the second moved chen to 三部. To undo it 二部 has to be there."""
    before = state(office.url)
    first = bring(office, tmp_path, "staff", {"登录名": "chen", "姓名": "陈", "部门": "二部"})
    second = bring(office, tmp_path, "staff", {"登录名": "chen", "姓名": "陈", "部门": "三部"})
    told = take_back(office, first)
    assert {(one["table"], one["label"], one["batch"]) for one in told["kept"]} == {
        ("staff", "chen", second), ("department", "二部", second),
    }  # fmt: skip
    take_back(office, second)
    assert state(office.url) == before


def test_the_newer_one_first(office: Program, tmp_path: Path) -> None:
    before = state(office.url)
    first = bring(office, tmp_path, "customers", C1 | {"等级": "B"}, C3)
    between = state(office.url)
    second = bring(office, tmp_path, "customers", C1 | {"等级": "C"}, C3 | {"欠款": "7", "客服专员": "li"})
    assert take_back(office, second)["kept"] == []
    assert state(office.url) == between
    assert take_back(office, first)["kept"] == []
    assert state(office.url) == before


def test_a_file_that_was_undone_can_be_imported_again(office: Program, tmp_path: Path) -> None:
    first = bring(office, tmp_path, "customers", OTHER_C1, C3)
    after = state(office.url)
    take_back(office, first)
    again = bring(office, tmp_path, "customers", OTHER_C1, C3)
    assert len(after["customer"]) == len(state(office.url)["customer"])
    told = take_back(office, again)
    assert told["kept"] == []
    check_whole(office.url)


def test_an_id_that_is_given_again_belongs_to_the_new_row(office: Program, tmp_path: Path) -> None:
    """SQLite gives the id of a row that has gone to the next one: a revisit by hand is not the import's for that."""
    third = bring(office, tmp_path, "sales-followups", S1 | {"跟进日期": "2026-03-05"})
    first = bring(office, tmp_path, "revisits", R1 | {"记录编号": "8"})
    second = bring(office, tmp_path, "revisits", R1 | {"记录编号": "8", "结果": "占线"})
    take_back(office, first)
    take_back(office, second)
    assert office("log", "C1", "--result", "reached", "--note", "手工").code == 0
    assert office("log", "C1", "--result", "reached", "--note", "又一次").code == 0
    assert office("amend", "2", "--result", "busy", "--because", "x").code == 0
    rows = [one for one in office("audit", "C1", "--json").json["rows"] if one["table"] == "revisit"]
    assert [(one["action"], one["batch"]) for one in rows] == [
        ("import", 3), ("create", None), ("create", None), ("supersede", None), ("amend", None),
    ]  # fmt: skip
    take_back(office, third)
    with reading(office.url) as (sql, _company):
        kept = sql.rows("SELECT note, is_current FROM revisit WHERE note <> '' ORDER BY id")
        assert [(note, bool(current)) for note, current in kept] == [("手工", False), ("又一次", True), ("手工", True)]
    check_whole(office.url)


def test_what_was_of_an_id_before_does_not_come_back_to_the_new_row(office: Program, tmp_path: Path) -> None:
    """The revisit that was imported belonged to C2; the one by hand that got its id belongs to C1."""
    older = bring(office, tmp_path, "sales-followups", S1 | {"跟进日期": "2026-03-05"})
    log = bring(office, tmp_path, "revisits", R1 | {"记录编号": "8", "客户编号": "C2"})
    assert office("customer", "merge", "C1", "C2", "--reason", "同一家", "--yes").code == 0
    assert [one["batch"] for one in take_back(office, log)["kept"]] == [log + 1], "the revisit, its booking with it"
    assert office("customer", "unmerge", "C2", "--yes").code == 0
    assert office("log", "C1", "--result", "reached", "--note", "手工").code == 0
    take_back(office, older)
    with reading(office.url) as (sql, _company):
        statement = "SELECT c.code FROM revisit r JOIN customer c ON c.id = r.customer_id WHERE r.note = '手工'"
        assert sql.rows(statement) == [("C1",)]
    check_whole(office.url)


def test_what_was_told_of_a_source_is_forgotten(office: Program, tmp_path: Path) -> None:
    batch = bring(office, tmp_path, "customers", C3)
    with unit(office.url, at_shanghai("2026-03-12 11:00")) as work:
        one = {"kind": "customers", "source": "x", "batch_id": batch}
        work.session.add(models.ImportMapping(**one, title="公司", field="name"))
        work.session.add(models.ImportAlias(**one, field="grade", written="甲", meant="A"))
        work.session.flush()
    told = take_back(office, batch)
    assert (told["removed"]["import_mapping"], told["removed"]["import_alias"]) == (1, 1)
    assert state(office.url)["import_mapping"] == state(office.url)["import_alias"] == []


def test_a_merge_is_a_later_import(office: Program, tmp_path: Path) -> None:
    before = state(office.url)
    first = bring(office, tmp_path, "customers", C3)
    second = bring(office, tmp_path, "orders", {"订单号": "A9", "客户编号": "C3", "下单日期": "2026-03-01"})
    between = state(office.url)
    assert office("customer", "merge", "C1", "C3", "--reason", "同一家", "--yes").code == 0
    merged = office("import", "list", "--kind", "merge", "--json").json["imports"][0]["batch"]
    told = take_back(office, second)
    assert held(told) == [("order_", "C1", (), "import")]
    check_whole(office.url)
    told = take_back(office, merged)
    assert told["freed"] == [second]
    assert state(office.url) == between | {"order_": before["order_"]} | {
        name: state(office.url)[name] for name in ("customer", "follow_up", "standing")
    }
    told = take_back(office, first)
    assert [one[:2] for one in held(told)] == [("customer", "C3"), ("staff", None)], "a person has spoken of it"
    check_whole(office.url)


# --- who may, and what cannot be


def test_who_may_undo(office: Program, tmp_path: Path) -> None:
    staff = [
        {"登录名": "boss", "角色": "客服主管"},
        {"登录名": "shen", "角色": "审计"},
        {"登录名": "li", "角色": "客服专员"},
    ]
    of_staff = bring(office, tmp_path, "staff", *staff)
    office.login = "li"
    own = bring(office, tmp_path, "customers", C3)
    office.login = "wang"
    others = bring(office, tmp_path, "customers", {"客户编号": "C5", "客户名称": "五"})

    def said(login: str, batch: int) -> str:
        office.login = login
        done = office("import", "undo", str(batch), "--dry-run")
        assert (done.code, done.out == "") in ((0, False), (1, True))
        return done.err

    assert said("li", own) == ""
    assert said("li", others).splitlines()[0] == f"Error: import {others} was made by wang"
    assert said("boss", others) == said("boss", own) == said("admin", own) == ""
    assert "may not do this" in said("shen", own)
    assert "may not do this" in said("boss", of_staff)
    assert said("admin", of_staff) == ""


def test_what_cannot_be_undone(office: Program, tmp_path: Path) -> None:
    batch = bring(office, tmp_path, "customers", C3)
    for number in ("99", "0", str(10**30)):
        done = office("import", "undo", number, "--yes")
        assert (done.code, done.out) == (1, "")
        assert done.err.startswith(f"Error: there is no import {number}\n")
    take_back(office, batch)
    office.at("2026-03-14 10:00")
    done = office("import", "undo", str(batch), "--yes")
    assert (done.code, done.out) == (1, "")
    assert done.err.splitlines() == [
        f"Error: import {batch} was undone already, on 2026-03-12 by admin",
        "Try: look at what there is: revisit import list",
    ]


def test_every_table_that_an_import_may_fill_is_undone() -> None:
    """A new table is either undone, or named here."""
    parts = {part for one in PARTS.values() for part in one}
    undone = {*undoing.ORDER, *undoing.PEOPLE, *undoing.REMEMBERED, *undoing.MOVED, *parts}
    kept = {"company", "policy_version", "import_batch", "import_change", "follow_up", "standing", "audit"}
    kept |= {"claim", "shift_note", "move", "deadline", "pause", "climb"}  # made by people at work, never by a sheet
    kept |= {
        "signature",
        "delegation",
        "measure",
        "returned_goods",
        "closed_report",
        "target",
        "inspection",
        "inspected",
    }
    assert undone | kept == set(models.metadata.tables)
    assert not undone & kept
    assert set(undoing.LABELS) == undone - set(undoing.REMEMBERED)


# --- spans


SPANS = st.lists(
    st.tuples(st.integers(1, 40), st.integers(0, 6)).map(lambda one: (one[0], one[0] + one[1])), max_size=6
)


def ids(found: Sequence[spans.Span]) -> set[int]:
    return {id_ for first, last in found for id_ in range(first, last + 1)}


@given(SPANS, SPANS)
def test_spans_are_sets_of_ids(one: list[spans.Span], other: list[spans.Span]) -> None:
    for found, wanted in ((spans.joined(one), ids(one)), (spans.without(one, other), ids(one) - ids(other))):
        assert ids(found) == wanted
        assert all(first <= last for first, last in found)
        assert all(before[1] + 1 < after[0] for before, after in pairwise(spans.joined(found)))
        assert {id_ for id_ in range(60) if spans.within(spans.joined(found), id_)} == wanted


def test_conditions_are_short_and_mean_all_ids() -> None:
    found = [(place, place) for place in range(1, 1000, 2)]
    parts = list(spans.conditions("id", found))
    assert len(parts) == 3
    with sqlite3.connect(":memory:") as connection:
        numbers = "WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 1200) "
        counted = [connection.execute(f"{numbers} SELECT count(*) FROM n WHERE {part}").fetchone()[0] for part in parts]
        assert sum(counted) == 500
    connection.close()
