"""customer waive|exclude|close, assign and show: dated statements with their reason, who may make them, what they change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from revisit import access, files, staff
from tests.support import Program, at_shanghai, reading, table, unit

CUSTOMERS = [
    {"客户编号": "C1", "客户名称": "宏远涂料", "联系人": "李敏", "电话": "13800000001", "地址": "解放路 1 号", "等级": "A"}
    | {"地区": "华东", "客服专员": "wang", "欠款": "0", "信用额度": "5000", "业务员": "老赵"},
    {"客户编号": "C2", "客户名称": "恒昌五金", "联系人": "周强", "电话": "13800000002", "客服专员": "li"},
    {"客户编号": "C3", "客户名称": "无主商行", "电话": "13800000003"},
]  # fmt: skip
ORDERS = [
    {"订单号": f"A{n}", "客户编号": f"C{n}", "下单日期": "2026-03-02", "金额": "100", "产品": "茶叶"} for n in (1, 2, 3)
]


def fill(revisit: Program, folder: Path) -> None:
    """Three customers on 12 March 2026: one of wang, one of li, one of nobody; ming leads, shen signs, guan looks."""
    assert revisit("import", "customers", str(table(folder / "c.xlsx", CUSTOMERS))).code == 0
    assert revisit("import", "orders", str(table(folder / "o.xlsx", ORDERS))).code == 0
    now = at_shanghai("2026-03-01 09:00")
    with unit(revisit.url, now) as work:
        for login, role in (("ming", "supervisor"), ("shen", "approver"), ("guan", "auditor")):
            staff.add_staff(work.session, login=login, name=login, role=role, at=now)


FILLED = {"desk": fill}


@pytest.fixture
def desk(revisit: Program) -> Program:
    """The company that `fill` leaves."""
    return revisit


def owed(desk: Program, code: str, on: str | None = None) -> set[str]:
    """The rules under which a customer is owed a contact."""
    arguments = ("why", code, "--json", *(("--on", on) if on else ()))
    return {one["rule"] for one in desk(*arguments).json["rules"] if one["owed"]}


def reasons(desk: Program, code: str, on: str | None = None) -> set[str]:
    arguments = ("why", code, "--json", *(("--on", on) if on else ()))
    return {one["reason"] for one in desk(*arguments).json["rules"]}


# --- what is stated and what it changes


def test_a_waiver_has_a_reason_and_an_end(desk: Program) -> None:
    said = desk("customer", "waive", "C1", "--until", "2026-03-20", "--reason", "搬迁", "--json")
    assert said.json == {
        "code": "C1", "name": "宏远涂料", "statement": "waived", "holds": True, "from_on": "2026-03-12",
        "until_on": "2026-03-20", "reason": "搬迁",
    }  # fmt: skip
    assert owed(desk, "C1") == owed(desk, "C1", "2026-03-20") == set()
    assert reasons(desk, "C1") == {"waived by a supervisor, until 2026-03-20"}
    assert owed(desk, "C1", "2026-03-11") == {"after-sale", "dormant-week"}
    assert owed(desk, "C1", "2026-03-21") == {"after-sale"}, (
        "it begins again, the opening day of dormant-week has passed"
    )
    found = desk("show", "C1", "--json").json
    assert found["waived"] == {"until_on": "2026-03-20", "reason": "搬迁"}
    assert found["timeline"][-1] == {
        "on": "2026-03-12", "kind": "fact", "parts": ["waived = 1", "→ 2026-03-20", "搬迁"],
    }  # fmt: skip
    assert "Waived until 2026-03-20: 搬迁" in desk("show", "C1").out
    assert "waived = yes → 2026-03-20 · 搬迁" in desk("show", "C1").out


def test_a_waiver_can_be_given_another_end_and_taken_back(desk: Program) -> None:
    desk("customer", "waive", "C1", "--until", "2026-06-30", "--reason", "long")
    assert desk("customer", "waive", "C1", "--until", "2026-06-30", "--reason", "again").code == 1
    assert (
        desk.at("2026-03-14 10:00")("customer", "waive", "C1", "--until", "2026-03-20", "--reason", "shorter").code == 0
    )
    assert desk("show", "C1", "--json").json["waived"] == {"until_on": "2026-03-20", "reason": "shorter"}
    assert desk("show", "C1", "--json", "--on", "2026-03-21").json["waived"] is None
    assert desk("show", "C1", "--json", "--on", "2026-03-13").json["waived"]["until_on"] == "2026-06-30"
    desk.at("2026-03-15 10:00")
    assert desk("customer", "waive", "C1", "--lift", "--reason", "back").code == 0
    assert desk("customer", "waive", "C1", "--until", "2026-04-30", "--reason", "once more").code == 0
    assert desk("show", "C1", "--json", "--on", "2026-04-30").json["waived"]["reason"] == "once more"
    assert desk("show", "C1", "--json", "--on", "2026-05-01").json["waived"] is None


def test_do_not_call_and_closing_end_everything_and_can_be_lifted(desk: Program) -> None:
    desk("log", "C2", "--result", "inconvenient", "--callback", "2026-03-13 15:00")
    assert desk("customer", "exclude", "C2", "--reason", "asked not to be called").code == 0
    assert reasons(desk, "C2") == {"do not call"}
    assert desk("show", "C2", "--json").json["do_not_call"] is True
    assert "Do not call." in desk("show", "C2").out
    assert desk("customer", "close", "C3", "--reason", "out of business").code == 0
    assert reasons(desk, "C3") == {"the file is closed"}
    assert desk("show", "C3", "--json").json["closed"] is True
    desk.at("2026-03-13 09:00")
    assert desk("customer", "exclude", "C2", "--lift", "--reason", "agreed again").code == 0
    assert "callback" in owed(desk, "C2")
    assert desk("customer", "close", "C3", "--lift", "--reason", "a mistake").code == 0
    assert owed(desk, "C3") == {"after-sale"}


def test_the_sheet_that_comes_again_does_not_undo_what_a_person_stated(desk: Program, tmp_path: Path) -> None:
    sheet = table(tmp_path / "again.xlsx", [{"客户编号": "C1", "客户名称": "宏远涂料", "免打扰": "否"}])
    desk("import", "customers", str(sheet))
    desk("customer", "exclude", "C1", "--reason", "asked")
    again = desk("import", "customers", str(sheet), "--json").json
    assert (again["updated"], again["unchanged"]) == (0, 1)
    assert desk("show", "C1", "--json").json["do_not_call"] is True


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("waive", "C1", "--reason", "x"), 2, "the end of the waiver is missing"),
        (("waive", "C1", "--until", "2026-03-20"), 2, "the reason is missing"),
        (("waive", "C1", "--until", "2026-03-11", "--reason", "x"), 1, "2026-03-11 lies in the past"),
        (("waive", "C1", "--until", "2026-03-20", "--lift", "--reason", "x"), 2, "exclude each other"),
        (("waive", "C1", "--lift", "--reason", "x"), 1, "the customer is not waived"),
        (("exclude", "C1", "--reason", "  "), 2, "the reason is missing"),
        (("exclude", "C1", "--lift", "--reason", "x"), 1, "not marked “do not call”"),
        (("close", "C9", "--reason", "x"), 1, "no customer is known as C9"),
        (("close", "C1", "--lift", "--reason", "x"), 1, "the file is not closed"),
        (("nothing",), 2, "nothing"),
    ],
)
def test_what_cannot_be_is_a_sentence(desk: Program, arguments: tuple[str, ...], code: int, sentence: str) -> None:
    result = desk("customer", *arguments)
    assert (result.code, result.out) == (code, "")
    assert sentence in result.err


# --- who may


DEEDS: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "waive": (("customer", "waive", "C1", "--until", "2026-03-20", "--reason", "x"), {"ming", "admin"}),
    "exclude": (("customer", "exclude", "C1", "--reason", "x"), {"wang", "ming", "admin"}),
    "close": (("customer", "close", "C1", "--reason", "x"), {"ming", "admin"}),
    "assign": (("assign", "C1", "--to", "li"), {"ming", "admin"}),
    "reveal": (("show", "C1", "--reveal", "--reason", "x"), {"wang", "ming", "admin"}),
}


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("login", ["wang", "li", "ming", "admin", "shen", "guan"])
def test_who_may_do_what(desk: Program, deed: str, login: str) -> None:
    arguments, allowed = DEEDS[deed]
    desk.login = login
    result = desk(*arguments)
    assert result.code == (0 if login in allowed else 1), result.err
    if login == "li" and deed != "assign":
        assert "C1 is a customer of wang" in result.err


def test_lifting_do_not_call_is_for_supervisors(desk: Program) -> None:
    desk.login = "wang"
    assert desk("customer", "exclude", "C1", "--reason", "asked").code == 0
    assert desk("customer", "exclude", "C1", "--lift", "--reason", "x").code == 1
    desk.login = "ming"
    assert desk("customer", "exclude", "C1", "--lift", "--reason", "x").code == 0


# --- assign


def test_assign_moves_customers_and_opens_the_talk_with_sales(desk: Program) -> None:
    found = desk("assign", "C1", "宏远涂料", "C2", "--to", "li", "--json").json
    assert found == {"to": "li", "assigned": 1, "unchanged": 1, "customers": ["C1"]}
    assert desk("show", "C1", "--json").json["rep"] == "li"
    assert "brief" in owed(desk, "C1")
    assert "brief" not in owed(desk, "C2")
    assert desk("show", "C1", "--json", "--on", "2026-03-12").json["timeline"][-1]["parts"] == ["li"]
    desk.login = "li"
    assert desk("log", "C1", "--result", "reached", "--with", "sales").code == 0
    assert "brief" not in owed(desk, "C1")


def test_assign_takes_all_of_one_or_those_of_nobody(desk: Program) -> None:
    dry = desk("assign", "--from", "wang", "--to", "li", "--dry-run").out
    assert "1 customers would go to li." in dry
    assert desk("show", "C1", "--json").json["rep"] == "wang"
    assert desk("assign", "--from", "wang", "--to", "li").code == 0
    assert desk("assign", "--unassigned", "--to", "wang", "--json").json["customers"] == ["C3"]
    assert [desk("show", code, "--json").json["rep"] for code in ("C1", "C2", "C3")] == ["li", "li", "wang"]


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("--to", "li"), 2, "name either customers"),
        (("C1", "--unassigned", "--to", "li"), 2, "name either customers"),
        (("C1", "--to", "nobody"), 1, "there is no staff login nobody"),
        (("C1", "--to", "guan"), 1, "keeps no customers"),
        (("C9", "--to", "li"), 1, "no customer is known as C9"),
    ],
)
def test_assign_refuses_in_a_sentence(desk: Program, arguments: tuple[str, ...], code: int, sentence: str) -> None:
    result = desk("assign", *arguments)
    assert (result.code, result.out) == (code, "")
    assert sentence in result.err


# --- show


def test_a_representative_learns_of_anothers_customer_that_it_is_there(desk: Program) -> None:
    desk("log", "C2", "--result", "reached", "--note", "秘密")
    desk.login = "wang"
    found = desk("show", "C2", "--json").json
    assert {key: value for key, value in found.items() if value} == {"code": "C2", "name": "恒***", "rep": "li"}
    screen = desk("show", "C2")
    assert screen.out.splitlines() == ["C2 恒***", "A customer of li: you see that it is there, nothing else."]
    assert desk("script", "C2").code == 1
    assert "C2 is a customer of li" in desk("script", "C2").err


SEEN: dict[str, dict[str, Any]] = {
    "wang": {"phone": "13800000001", "address": "解放路 1 号", "credit_limit": "5000.00"},
    "ming": {"phone": "138****0001", "address": "****", "credit_limit": "5000.00"},
    "admin": {"phone": "138****0001", "address": "****", "credit_limit": "5000.00"},
    "guan": {"phone": "138****0001", "address": "****", "credit_limit": "5000.00"},
    "shen": {"phone": "", "address": "", "credit_limit": "5000.00", "timeline": []},
}


@pytest.mark.parametrize("login", SEEN)
def test_what_each_role_sees_of_a_file(desk: Program, login: str) -> None:
    desk.login = login
    found = desk("show", "C1", "--json").json
    assert {key: found[key] for key in SEEN[login]} == SEEN[login]


def test_the_owner_sees_a_masked_phone_once_nothing_is_owed(desk: Program) -> None:
    desk("log", "C1", "--result", "reached")
    desk.login = "wang"
    assert desk("show", "C1", "--json").json["phone"] == "138****0001"


def test_revealing_needs_a_reason_and_is_logged(desk: Program, company_db: str) -> None:
    assert desk("show", "C1", "--reveal").code == 2
    found = desk("show", "C1", "--reveal", "--reason", "courier asks for the address", "--json").json
    assert (found["phone"], found["address"]) == ("13800000001", "解放路 1 号")
    with reading(company_db) as (sql, _company):
        rows = sql.rows("SELECT who, action, change FROM audit WHERE action = 'reveal'")
    assert rows == [("admin", "reveal", '{"reason":[null,"courier asks for the address"]}')]


def test_many_orders_of_a_month_are_one_line(desk: Program, tmp_path: Path) -> None:
    more = [
        {"订单号": f"B{n}", "客户编号": "C1", "下单日期": f"2026-02-{n:02}", "完成日期": f"2026-02-{n + 1:02}"}
        for n in range(1, 25)
    ]
    desk("import", "orders", str(table(tmp_path / "more.xlsx", more)))
    lines = desk("show", "C1").out.splitlines()
    at = lines.index("2026-02")
    assert lines[at + 1].split() == ["02-24", "orders", "24", "·", "02-01", "…", "02-24"]
    assert sum("B" in line for line in desk("show", "C1", "--all").out.splitlines()) > 40
    assert lines.index("2026-03") < at, "newest first"


def test_what_holds_is_shown_not_what_the_sheet_once_said(desk: Program, tmp_path: Path) -> None:
    sheet = [{"客户编号": "P1", "客户名称": "新客户", "类型": "潜在客户", "意向": "待定"}]
    desk("import", "customers", str(table(tmp_path / "p.xlsx", sheet)))
    assert [desk("show", "P1", "--json").json[key] for key in ("kind", "intention")] == ["prospect", "undecided"]
    desk("log", "P1", "--result", "reached", "--intention", "interested")
    assert desk("show", "P1", "--json").json["intention"] == "interested"
    desk(
        "import",
        "orders",
        str(table(tmp_path / "o2.xlsx", [{"订单号": "Z", "客户编号": "P1", "下单日期": "2026-03-12"}])),
    )
    assert desk("show", "P1", "--json").json["kind"] == "customer"


def test_a_name_is_masked_so_that_only_its_beginning_is_told() -> None:
    assert access.masked_name("宏远涂料") == "宏***"
    assert access.masked_name("") == ""


def test_what_is_held_on_a_day(desk: Program, company_db: str) -> None:
    desk("customer", "waive", "C1", "--until", "2026-03-20", "--reason", "x")
    with reading(company_db) as (sql, _company):
        ids = [row[0] for row in sql.rows("SELECT id FROM customer ORDER BY code")]
        now = at_shanghai("2026-03-12 10:00").date()
        held = files.held_on(sql, ids, now)
    assert [(one.name, str(one.until), one.reason) for found in held.values() for one in found] == [
        ("waived", "2026-03-20", "x")
    ]
