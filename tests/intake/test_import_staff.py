"""`import staff`: who is known by what, what a post means, who is adopted, and what would leave somebody out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support import Program, reading, table

ON_SQLITE = pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
SHEET = [
    {"登录名": "wang", "姓名": "王芳", "岗位": "客服专员", "部门": "客服部", "能力系数": 1.2, "在职": "在职"},
    {"登录名": "chen", "姓名": "陈静", "岗位": "客服主管", "部门": "客服部", "能力系数": "100%", "在职": "是"},
    {"登录名": "zhou", "姓名": "周总", "岗位": "总经理", "部门": "总经办"},
    {"登录名": "deng", "姓名": "邓会计", "岗位": "会计", "部门": "财务部"},
    {"登录名": "sun", "姓名": "孙师傅", "岗位": "司机", "角色": "审计", "爱好": "茶"},
    {"登录名": "old", "姓名": "旧同事", "岗位": "客服专员", "在职": "离职"},
]


def bring(
    revisit: Program, folder: Path, *rows: dict[str, Any], kind: str = "staff", more: tuple[str, ...] = ()
) -> Any:
    """Imports rows; the document with the exit code."""
    done = revisit("import", kind, str(table(folder / f"{kind}.xlsx", rows)), "--json", *more)
    return done.json | {"code": done.code}


def kept(revisit: Program) -> dict[str, tuple[Any, ...]]:
    """Everybody ever: login → name, role, post, department, ability, works here."""
    people = revisit("staff", "list", "--all", "--json").json["staff"]
    names = ("name", "role", "post", "department", "ability", "active")
    return {one["login"]: tuple(one[name] for name in names) for one in people}


def test_a_staff_list(revisit: Program, tmp_path: Path) -> None:
    dry = bring(revisit, tmp_path, *SHEET, more=("--dry-run",))
    assert list(kept(revisit)) == ["admin"]
    told = bring(revisit, tmp_path, *SHEET)
    assert dry | {"batch": told["batch"]} == told
    assert told["code"] == 3
    assert [told[name] for name in ("rows", "inserted", "updated", "unchanged", "rejected")] == [6, 5, 0, 0, 1]
    (reject,) = told["rejects"]
    assert (reject["row"], reject["column"], reject["value"]) == (5, "岗位", "会计")
    assert reject["reason"].startswith(
        "会计 is no post known here, and no role is named; known: service representative, "
    )
    assert told["warnings"] == ["the department 客服部 is new", "the department 总经办 is new"]
    assert told["columns"]["爱好"] is None
    assert kept(revisit) == {
        "admin": ("admin", "administrator", "", "", 1.0, True),
        "wang": ("王芳", "representative", "service-representative", "客服部", 1.2, True),
        "chen": ("陈静", "supervisor", "service-supervisor", "客服部", 1.0, True),
        "zhou": ("周总", "approver", "general-manager", "总经办", 1.0, True),
        "sun": ("孙师傅", "auditor", "司机", "", 1.0, True),
        "old": ("旧同事", "representative", "service-representative", "", 1.0, False),
    }
    again = bring(revisit, tmp_path, *SHEET)
    assert [again[name] for name in ("inserted", "updated", "unchanged", "rejected")] == [0, 0, 5, 1]


def test_what_changes_and_who_is_not_in_the_sheet(revisit: Program, tmp_path: Path) -> None:
    bring(revisit, tmp_path, *SHEET)
    before = kept(revisit)
    told = bring(
        revisit, tmp_path,
        {"login": "WANG", "post": "team leader", "ability": "0.8"},
        {"name": "陈静", "department": "客服二部"},
        {"name": "李 梅"},
    )  # fmt: skip
    assert (told["code"], told["updated"], told["inserted"]) == (0, 2, 1)
    assert told["warnings"] == ["the department 客服二部 is new", "row 4: 李 梅 has no login and got 李梅"]
    after = kept(revisit)
    assert after["wang"] == ("王芳", "supervisor", "service-supervisor", "客服部", 0.8, True)
    assert after["chen"] == ("陈静", "supervisor", "service-supervisor", "客服二部", 1.0, True)
    assert after["李梅"] == ("李 梅", "representative", "", "", 1.0, True)
    assert {login: after[login] for login in ("zhou", "sun", "old")} == {
        login: before[login] for login in ("zhou", "sun", "old")
    }
    again = bring(revisit, tmp_path, {"name": "李 梅"}, {"login": "wang", "post": "客服主管"})
    assert (again["unchanged"], again["warnings"]) == (2, [])


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ({"登录名": "a b", "姓名": "甲"}, "登录名", "a b is no login"),
        ({"登录名": None, "姓名": None, "岗位": "客服专员"}, "登录名", "the row names nobody"),
        ({"登录名": "wang", "能力系数": "很强"}, "能力系数", "很强 is no factor"),
        ({"登录名": "wang", "能力系数": 120}, "能力系数", "120 is not between 0.1 and 10"),
        ({"登录名": "wang", "能力系数": 1.234}, "能力系数", "more than two decimals"),
        ({"登录名": "wang", "角色": "国王"}, "角色", "国王 is unknown here"),
        ({"登录名": "wang", "在职": "也许"}, "在职", "也许 is unknown here"),
        ({"登录名": "x", "姓名": "甲", "岗位": "司机"}, "岗位", "司机 is no post known here"),
        ({"登录名": None, "姓名": "王芳"}, "姓名", "the name fits several of the staff: wang, fang"),
        ({"登录名": "wang", "在职": "离职"}, "在职", "wang still has 1 customers"),
        ({"登录名": "wang", "角色": "审批人"}, "角色", "wang still has 1 customers"),
        ({"登录名": "admin", "在职": "离职"}, "在职", "nobody ends the own work here"),
        ({"登录名": "admin", "角色": "客服主管"}, "角色", "admin is the last administrator"),
        ({"登录名": "wang", "部门": "旧部"}, "部门", "the department 旧部 is closed"),
    ],
    ids=str,
)
@ON_SQLITE
def test_a_row_that_cannot_be_is_rejected_alone(
    revisit: Program, tmp_path: Path, row: dict[str, Any], column: str, reason: str
) -> None:
    good = [{"登录名": "wang", "姓名": "王芳"}, {"登录名": "fang", "姓名": "王芳"}]
    bring(revisit, tmp_path, *good)
    bring(revisit, tmp_path, {"客户编号": "C1", "客服专员": "wang"}, kind="customers")
    for arguments in (("add", "旧部"), ("close", "旧部")):
        assert revisit("department", *arguments).code == 0
    before = kept(revisit)
    told = bring(revisit, tmp_path, row, {"登录名": "fang", "能力系数": 2})
    assert told["code"] == 3
    (reject,) = told["rejects"]
    assert (reject["row"], reject["column"]) == (2, column)
    assert reason in reject["reason"]
    assert kept(revisit) == before | {"fang": ("王芳", "representative", "", "", 2.0, True)}


def test_two_rows_of_one_person(revisit: Program, tmp_path: Path) -> None:
    told = bring(
        revisit, tmp_path,
        {"登录名": "wang", "姓名": "王芳"},
        {"登录名": "wang", "姓名": "王芳"},
        {"登录名": "Wang", "姓名": "王方"},
    )  # fmt: skip
    assert (told["inserted"], told["unchanged"], told["rejected"]) == (1, 1, 1)
    assert told["rejects"][0]["reason"] == "row 2 states the same person differently"


# --- who was made from a bare name


def test_who_was_made_by_another_sheet_is_adopted_not_doubled(revisit: Program, tmp_path: Path) -> None:
    customers = {"客户编号": "C1", "客户名称": "甲", "客服专员": "王芳", "签约日期": "2026-01-05"}
    log = {"客户编号": "C1", "回访时间": "2026-02-01", "结果": "已接通", "回访人": "旧 同事"}
    bring(revisit, tmp_path, customers, kind="customers")
    bring(revisit, tmp_path, log, kind="revisits")
    assert kept(revisit)["王芳"][5] is True
    assert kept(revisit)["旧同事"] == ("旧 同事", "representative", "", "", 1.0, False)
    told = bring(
        revisit, tmp_path,
        {"登录名": "wangfang", "姓名": "王芳", "岗位": "客服专员"},
        {"登录名": "jiu", "姓名": "旧 同事", "岗位": "客服专员"},
    )  # fmt: skip
    assert (told["updated"], told["inserted"], told["code"]) == (2, 0, 0)
    assert told["warnings"] == [
        "row 2: 王芳, made by an earlier sheet as 王芳, has the login wangfang from now on",
        "row 3: 旧 同事, made by an earlier sheet as 旧同事, has the login jiu from now on",
    ]
    assert set(kept(revisit)) == {"admin", "wangfang", "jiu"}
    assert kept(revisit)["jiu"][5] is True, "who stands in a list of the staff works here"
    assert revisit("show", "C1", "--json").json["rep"] == "wangfang"
    with reading(revisit.url) as (sql, _company):
        assert sql.rows("SELECT login FROM revisit r JOIN staff s ON s.id = r.staff_id") == [("jiu",)]
    for kind, row in (("customers", customers), ("revisits", log)):
        again = bring(revisit, tmp_path, row, kind=kind)
        assert (again["unchanged"], again["warnings"]) == (1, []), "the same sheet still means the same people"


def test_a_namesake_of_one_who_was_entered_by_hand_is_somebody_else(revisit: Program, tmp_path: Path) -> None:
    assert revisit("staff", "add", "王芳").code == 0
    told = bring(revisit, tmp_path, {"登录名": "wang2", "姓名": "王芳"})
    assert told["inserted"] == 1
    assert told["warnings"] == ["row 2: 王芳 is also the name of 王芳; wang2 became a person of its own"]


def test_who_stands_in_the_sheet_under_the_made_login_is_not_adopted(revisit: Program, tmp_path: Path) -> None:
    bring(revisit, tmp_path, {"客户编号": "C1", "客服专员": "王芳"}, kind="customers")
    told = bring(revisit, tmp_path, {"登录名": "wang2", "姓名": "王芳"}, {"登录名": "王芳", "姓名": "王芳"})
    assert (told["inserted"], told["unchanged"]) == (1, 1)
    assert set(kept(revisit)) == {"admin", "王芳", "wang2"}


def test_a_login_in_another_case_is_the_same_person_in_every_sheet(revisit: Program, tmp_path: Path) -> None:
    assert revisit("staff", "add", "wang", "--name", "王芳").code == 0
    told = bring(revisit, tmp_path, {"客户编号": "C1", "客服专员": "Wang"}, kind="customers")
    assert told["warnings"] == []
    assert set(kept(revisit)) == {"admin", "wang"}


def test_a_customer_given_to_somebody_without_a_list_is_told(revisit: Program, tmp_path: Path) -> None:
    assert revisit("staff", "add", "boss", "--post", "总经理").code == 0
    told = bring(revisit, tmp_path, {"客户编号": "C1", "客服专员": "boss"}, kind="customers")
    assert told["warnings"] == [
        "row 2: boss has no list of customers, but has been given the customer as the sheet says"
    ]


# --- administrators and leavers


def test_the_administrator_may_pass_the_office_on_in_one_sheet(revisit: Program, tmp_path: Path) -> None:
    told = bring(
        revisit, tmp_path, {"登录名": "admin", "角色": "主管"}, {"登录名": "wang", "姓名": "王芳", "角色": "管理员"}
    )
    assert (told["code"], told["inserted"], told["updated"]) == (0, 1, 1)
    assert {login: one[1] for login, one in kept(revisit).items()} == {"admin": "supervisor", "wang": "administrator"}


def test_a_post_does_not_take_the_office_away(revisit: Program, tmp_path: Path) -> None:
    told = bring(revisit, tmp_path, {"登录名": "admin", "姓名": "张三", "岗位": "客服主管"})
    assert told["warnings"] == ["row 2: admin stays administrator; only the column 角色/role takes that away"]
    assert kept(revisit)["admin"][:3] == ("张三", "administrator", "service-supervisor")


def test_who_left_comes_back_only_where_the_sheet_says_so(revisit: Program, tmp_path: Path) -> None:
    bring(revisit, tmp_path, {"登录名": "old", "姓名": "旧同事", "在职": "离职"})
    told = bring(revisit, tmp_path, {"登录名": "old", "能力系数": 1})
    assert told["warnings"] == ["row 2: 旧同事 no longer works here; write 在职 or “active” to take the person back"]
    assert kept(revisit)["old"][5] is False
    assert bring(revisit, tmp_path, {"login": "old", "active": True})["warnings"] == []
    assert kept(revisit)["old"][5] is True


def test_images_and_audit_cover_every_person_and_department(revisit: Program, tmp_path: Path) -> None:
    bring(revisit, tmp_path, *SHEET)
    bring(revisit, tmp_path, {"登录名": "wang", "能力系数": 2})
    with reading(revisit.url) as (sql, _company):
        images = sql.rows("SELECT table_name, row_id, before FROM import_change ORDER BY id")
        assert [(name, id_) for name, id_, before in images if not before] == [
            ("department", 1), ("staff", 2), ("staff", 3), ("department", 2), ("staff", 4), ("staff", 5), ("staff", 6),
        ]  # fmt: skip
        assert images[-1] == ("staff", 2, '{"ability_percent": 120}')
        audited = sql.rows(
            "SELECT table_name, row_id FROM audit WHERE batch_id IS NOT NULL AND table_name <> 'import_batch'"
        )
        assert {(name, id_) for name, id_, _before in images} == set(audited)


def test_what_is_no_staff_list_is_refused(revisit: Program, tmp_path: Path) -> None:
    file = table(tmp_path / "x.xlsx", [{"客户编号": "C1", "客户名称": "甲", "电话": "13800000001"}])
    result = revisit("import", "staff", str(file))
    assert result.code == 1
    assert result.err.splitlines() == [
        "Error: x.xlsx has no header of the kind staff: a row that names 登录名/login or 姓名/name, "
        "and another column of that kind",
        "Try: give the columns such titles; all of them are in: revisit import template staff -o FILE",
    ]
    people = table(tmp_path / "y.xlsx", [{"login": "a", "name": "A", "post": "csr", "department": "x", "ability": 1}])
    taken = revisit("import", "customers", str(people))
    assert taken.err.splitlines()[0] == "Error: y.xlsx looks like staff, not like customers"


def test_what_changes_is_told_by_login(revisit: Program, tmp_path: Path) -> None:
    bring(revisit, tmp_path, *SHEET)
    row = {"登录名": "wang", "岗位": "客服主管", "能力系数": "0.8", "部门": "客服部"}
    for more in (("--dry-run",), ()):
        told = bring(revisit, tmp_path, row, more=more)
        assert (told["changes"], told["changed_cells"]) == (
            [
                {"row": 2, "of": "wang", "column": "role", "old": "representative", "new": "supervisor"},
                {
                    "row": 2,
                    "of": "wang",
                    "column": "post",
                    "old": "service-representative",
                    "new": "service-supervisor",
                },
                {"row": 2, "of": "wang", "column": "ability_percent", "old": 120, "new": 80},
            ],
            3,
        )
