"""due, why, show and log as people and scripts use them: whole documents, whole screens, every refusal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support import Program, table

CUSTOMERS = [
    {"客户编号": "C1", "客户名称": "宏远涂料", "联系人": "李敏", "电话": "13800000001", "等级": "A", "地区": "华东"}
    | {"客服专员": "wang"},
    {"客户编号": "C2", "客户名称": "恒昌五金", "联系人": "周强", "电话": "13800000002", "等级": "B", "地区": "华南"}
    | {"客服专员": "li"},
    {"客户编号": "C3", "客户名称": "新客", "地区": "华南"},
    {"客户编号": "C4", "客户名称": "勿扰", "免打扰": "是"},
    {"客户编号": "C5", "客户名称": "负债", "跟进部门": "销售", "移交日期": "2026-01-05", "欠款": "500", "签约日期": "2025-06-01"},
    {"客户编号": "C6", "客户名称": "不明", "跟进部门": "销售", "签约日期": "2025-06-01"},
]  # fmt: skip
ORDERS = [
    {"订单号": "A1", "客户编号": "C1", "下单日期": "2026-03-02", "金额": "1200.50"},
    {"订单号": "A2", "客户编号": "C2", "下单日期": "2026-03-10", "金额": "80"},
    {"订单号": "A3", "客户编号": "C4", "下单日期": "2026-03-10", "金额": "80"},
]


def fill(revisit: Program, folder: Path) -> None:
    """Six customers on 12 March 2026, 10:00 in Shanghai."""
    assert revisit("import", "customers", str(table(folder / "c.xlsx", CUSTOMERS))).code == 0
    assert revisit("import", "orders", str(table(folder / "o.xlsx", ORDERS))).code == 0


FILLED = {"desk": fill}


@pytest.fixture
def desk(revisit: Program) -> Program:
    """The company that `fill` leaves."""
    return revisit


LINE = {
    "code": "C1",
    "name": "宏远涂料",
    "contact": "李敏",
    "phone": "138****0001",
    "grade": "A",
    "region": "华东",
    "rep": "wang",
    "rule": "after-sale",
    "clause": "P3 2.2",
    "opens_on": "2026-03-02",
    "due_by": "2026-03-09",
    "call_by": "2026-03-09",
    "at": None,
    "status": "overdue",
    "reason": "sale completed on 2026-03-02, no conversation since",
    "purpose": "",
    "ask_for": "",
    "made": 0,
    "owed": 1,
    "attempts": 0,
    "script": "satisfaction",
    "last_order_on": "2026-03-02",
    "idle_days": 10,
    "last_contact_on": None,
    "also": [{"rule": "dormant-week", "due_by": "2026-03-16", "status": "open"}],
    "claimed_by": None,
    "claim_until": None,
    "retry_at": None,
}


def test_due_gives_the_whole_document(desk: Program) -> None:
    found = desk("due", "--json").json
    assert found["on"] == "2026-03-12"
    assert found["rep"] is None
    assert found["census"] == {
        "customers": 6, "due": 2, "promised": 0, "settled": 1, "waived": 0, "excluded": 1, "defective": 2,
    }  # fmt: skip
    assert found["orders_known_to"] == "2026-03-10"
    assert found["paperwork"] == []
    assert [item["code"] for item in found["items"]] == ["C1", "C2"]
    assert found["items"][0] == LINE


def test_due_on_the_screen(desk: Program) -> None:
    assert desk("due").out.splitlines() == [
        "2026-03-12: 2 customers to contact (everybody)",
        "#  Code  Customer      Phone        Call by        Rule          Why",
        "1  C1    宏远涂料 (A)  138****0001  03-09 overdue  after a sale  "
        "sale completed on 2026-03-02, no conversation since [P3 2.2]; also dormant over a week",
        "2  C2    恒昌五金 (B)  138****0002  03-17          after a sale  "
        "sale completed on 2026-03-10, no conversation since [P3 2.2]",
        "6 customers = 2 due + 0 promised + 1 settled + 0 waived + 1 excluded + 2 defective",
        "Orders known up to 2026-03-10.",
    ]


def test_a_representative_sees_the_own_customers_with_whole_phones(desk: Program) -> None:
    desk.login = "wang"
    found = desk("due", "--json").json
    assert found["rep"] == "wang"
    assert [(item["code"], item["phone"]) for item in found["items"]] == [("C1", "13800000001")]
    assert found["census"]["customers"] == 1
    everybody = desk("due", "--all", "--json").json
    assert [(item["code"], item["phone"]) for item in everybody["items"]] == [("C1", "13800000001"), ("C2", "")]
    assert [item["code"] for item in desk("due", "--rep", "li", "--json").json["items"]] == ["C2"]
    assert desk("due", "--unassigned", "--json").json["census"]["customers"] == 4


def test_rule_limit_and_excluded_narrow_the_list_but_never_the_census(desk: Program) -> None:
    whole = desk("due", "--json").json["census"]
    by_rule = desk("due", "--rule", "dormant-week", "--json").json
    assert [item["code"] for item in by_rule["items"]] == ["C1"]
    limited = desk("due", "--limit", "1", "--json").json
    assert [item["code"] for item in limited["items"]] == ["C1"]
    assert by_rule["census"] == limited["census"] == whole
    aside = desk("due", "--excluded").out
    assert all(code in aside for code in ("C3", "C4", "C6"))
    assert "order or contract date" in aside
    assert "hand-over date or sales follow-up" in aside


def test_an_inconvenient_call_is_promised_and_listed_first_on_its_day(desk: Program) -> None:
    said = desk("log", "C1", "--result", "inconvenient", "--callback", "明天下午3点", "--json").json
    assert said["met"] == []
    assert said["opened"] == [{"rule": "callback", "opens_on": "2026-03-13", "due_by": "2026-03-13"}]
    assert said["callback"] == "2026-03-13T15:00:00+08:00"
    waiting = desk("due", "--json").json
    assert waiting["census"]["promised"] == 1
    assert [item["code"] for item in waiting["items"]] == ["C2"]
    desk.at("2026-03-13 09:00")
    first = desk("due", "--json").json["items"][0]
    assert (first["code"], first["rule"], first["at"]) == ("C1", "callback", "2026-03-13T15:00:00+08:00")
    assert {one["rule"] for one in first["also"]} == {"after-sale", "dormant-week"}
    assert first["attempts"] == 0


def test_one_talk_meets_everything_that_is_owed(desk: Program) -> None:
    said = desk("log", "宏远", "--result", "reached", "--satisfaction", "satisfied", "--json").json
    assert said == {
        "revisit": 1,
        "met": [
            {"rule": "after-sale", "due_by": "2026-03-09", "outcome": "late"},
            {"rule": "dormant-week", "due_by": "2026-03-16", "outcome": "in_time"},
        ],
        "opened": [],
        "callback": None,
        "next": None,
        "retry_at": None,
        "try": None,
        "try_phone": None,
        "try_channels": None,
        "lag_hours": 0.0,
        "in_time": True,
    }
    assert [item["code"] for item in desk("due", "--json").json["items"]] == ["C2"]
    screen = desk("log", "C2", "--result", "reached").out.splitlines()
    assert screen == ["Revisit 2 is on record.", "Met in time: after a sale (due by 2026-03-17)"]


def test_a_missed_attempt_meets_nothing_and_is_counted(desk: Program) -> None:
    assert desk("log", "C1", "--result", "no_answer").out.splitlines() == [
        "Revisit 1 is on record.",
        "Try again from 14:00 (attempt 2).",
        "It meets no follow-up that is owed.",
    ]
    assert desk("due", "--json").json["items"][0]["attempts"] == 1


def test_why_names_every_rule_once(desk: Program) -> None:
    found = desk("why", "C1", "--json").json
    assert (found["code"], found["on"]) == ("C1", "2026-03-12")
    assert [(one["rule"], one["owed"], one["reason"]) for one in found["rules"]] == [
        ("callback", False, "no call back was promised"),
        ("case-revisit", False, "no case that was closed waits for a conversation"),
        ("after-sale", True, "sale completed on 2026-03-02, no conversation since"),
        ("dormant-week", True, "no order for 10 days (last 2026-03-02)"),
        ("dormant-month", False, "opens on 2026-04-03"),
        ("takeover", False, "customer service follows this customer"),
        ("prospect", False, "a customer, no prospect any more"),
        ("brief", False, "no talk with the salesperson is owed"),
    ]
    assert found["rules"][4] == {
        "rule": "dormant-month", "clause": "P3 1.4", "owed": False, "opens_on": "2026-04-03", "due_by": "2026-04-15",
        "reason": "opens on 2026-04-03",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "rule", "reason"),
    [
        ("C5", "takeover", "excluded by a debt of 500.00"),
        ("C5", "dormant-month", "the sales department follows this customer"),
        ("C6", "takeover", "cannot be judged: neither a hand-over date nor a sales follow-up is known"),
        ("C3", "dormant-week", "cannot be judged: neither an order nor a contract date is known"),
        ("C4", "after-sale", "do not call"),
    ],
)
def test_why_says_what_stands_in_the_way(desk: Program, code: str, rule: str, reason: str) -> None:
    found = {one["rule"]: one for one in desk("why", code, "--json", "--on", "2026-03-20").json["rules"]}
    assert found[rule]["owed"] is False
    assert found[rule]["reason"] == reason


def test_show_gives_file_timeline_and_follow_ups(desk: Program) -> None:
    desk("log", "C1", "--result", "no_answer", "--at", "2026-03-11 15:30")
    found = desk("show", "C1", "--json").json
    assert {name: found[name] for name in ("code", "name", "contact", "phone", "grade", "region", "rep", "last_order_on")} == {
        "code": "C1", "name": "宏远涂料", "contact": "李敏", "phone": "138****0001", "grade": "A", "region": "华东",
        "rep": "wang", "last_order_on": "2026-03-02",
    }  # fmt: skip
    assert [event["kind"] for event in found["timeline"]] == ["allocation", "order", "revisit"]
    assert found["contacts"][0]["at"] == "2026-03-11T15:30:00+08:00"
    assert [(one["rule"], one["status"]) for one in found["followups"]] == [
        ("after-sale", "overdue"), ("dormant-week", "open"),
    ]  # fmt: skip
    desk.login = "wang"
    assert desk("show", "C1", "--json").json["phone"] == "13800000001"
    assert desk("show", "C2", "--json").json["phone"] == ""
    screen = desk("show", "C1").out
    assert "after a sale" in screen
    assert "15:30 · phone · no answer" in screen


REFUSALS: list[tuple[tuple[str, ...], int, str]] = [
    (("due", "--on", "2025-12-31"), 1, "2025-12-31 is before the programme start (2026-01-01)"),
    (("due", "--on", "2018-02-29"), 2, "there is no such date: 2018-02-29"),
    (("due", "--on", "soon"), 2, "I do not understand the date soon"),
    (("due", "--rule", "nothing"), 2, "there is no rule nothing"),
    (("due", "--rep", "nobody"), 1, "there is no staff login nobody"),
    (("due", "--all", "--unassigned"), 2, "exclude each other"),
    (("due", "--nonsense"), 2, "there is no option --nonsense"),
    (("due", "--limit", "x"), 2, "--limit does not take this"),
    (("why", "C9"), 1, "no customer is known as C9"),
    (("why",), 2, "CUSTOMER is missing"),
    (("show", "1390000000"), 1, "no customer is known as 1390000000"),
    (("log", "C1"), 2, "--result is missing"),
    (("log", "C1", "--result", "perhaps"), 2, "--result does not know the word perhaps"),
    (("log", "C1", "--result", "reached", "--channel", "owl"), 2, "--channel does not know the word owl"),
    (("log", "C1", "--result", "reached", "--satisfaction", "so"), 2, "--satisfaction does not know the word so"),
    (("log", "C1", "--result", "reached", "--at", "2026-03-13"), 1, "the revisit lies in the future"),
    (("log", "C1", "--result", "inconvenient", "--callback", "2026-03-11"), 1, "the callback lies before the revisit"),
    (("log", "C1", "--result", "inconvenient", "--callback", "09:00"), 1, "the callback lies before the revisit"),
    (("log", "C1", "--result", "inconvenient", "--callback", "3点"), 2, "can be read in two ways"),
    (("log", "C9", "--result", "reached"), 1, "no customer is known as C9"),
    (("log", "司", "--result", "reached"), 1, "no customer is known as 司"),
    (("nosuch",), 2, "nosuch"),
]


@pytest.mark.parametrize(("arguments", "code", "sentence"), REFUSALS, ids=[" ".join(case[0]) for case in REFUSALS])
def test_a_mistake_is_a_sentence_an_exit_code_and_no_change(
    desk: Program, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    before = everything(desk)
    result = desk(*arguments)
    assert result.code == code
    assert sentence in result.err
    assert "Traceback" not in result.err
    assert result.out == ""
    assert everything(desk) == before


def test_a_name_that_fits_two_customers_shows_the_candidates(desk: Program, tmp_path: Path) -> None:
    desk("import", "customers", str(table(tmp_path / "d.xlsx", [{"客户编号": "D1", "客户名称": "宏远化工"}])))
    result = desk("why", "宏远")
    assert result.code == 1
    assert "C1 宏远涂料" in result.err
    assert "D1 宏远化工" in result.err


def test_a_login_that_is_not_there_and_a_person_nobody_knows(desk: Program) -> None:
    desk.login = "nobody"
    assert desk("due").code == 1
    desk.login = None
    assert desk("due", "--json").json["items"][0]["phone"] == "138****0001"
    refused = desk("log", "C1", "--result", "reached")
    assert refused.code == 1
    assert "I do not know who you are" in refused.err


def test_stale_orders_and_an_unpublished_calendar_are_said_aloud(desk: Program) -> None:
    late = desk("due", "--on", "2026-03-20")
    assert "import newer ones" in late.err
    beyond = desk("due", "--on", "2027-03-20", "--json")
    assert "working calendar of 2027 is not published" in beyond.err
    assert beyond.json["on"] == "2027-03-20"


def test_an_empty_company_has_an_empty_list(revisit: Program) -> None:
    assert revisit("due").out.splitlines() == [
        "2026-03-12: 0 customers to contact (everybody)",
        "Nobody has to be contacted.",
        "0 customers = 0 due + 0 promised + 0 settled + 0 waived + 0 excluded + 0 defective",
        "No orders are known.",
    ]


def everything(desk: Program) -> dict[str, Any]:
    """Every row of every table."""
    from revisit import db

    with db.reading(desk.url) as sql:
        names = ("customer", "order_", "revisit", "booking", "follow_up", "standing", "audit", "import_batch", "fact")
        return {name: sql.rows(f"SELECT * FROM {name} ORDER BY id") for name in names}


def test_a_past_list_names_the_representative_of_that_day(desk: Program, tmp_path: Path) -> None:
    moved = table(tmp_path / "moved.xlsx", [{"客户编号": "C1", "客服专员": "li"}])
    assert desk.at("2026-03-14 10:00")("import", "customers", str(moved)).code == 0
    assert [item["rep"] for item in desk("due", "--on", "2026-03-12", "--json").json["items"]] == ["wang", "li"]
    assert [item["rep"] for item in desk("due", "--json").json["items"]] == ["li", "li"]


def test_a_past_list_knows_nothing_of_later_orders(desk: Program, tmp_path: Path) -> None:
    shown = table(tmp_path / "shown.xlsx", [{"客户编号": "C1", "最近订货日期": "2026-03-14"}])
    assert desk.at("2026-03-15 10:00")("import", "customers", str(shown)).code == 0
    first = desk("due", "--on", "2026-03-12", "--json").json["items"][0]
    assert (first["last_order_on"], first["idle_days"]) == ("2026-03-02", 10)


def test_unknown_columns_of_a_sheet_stand_in_the_file(desk: Program, tmp_path: Path) -> None:
    more = table(tmp_path / "more.xlsx", [{"客户编号": "C1", "客户名称": "宏远涂料", "结算方式": "月结"}])
    assert desk("import", "customers", str(more)).code == 0
    assert desk("show", "C1", "--json").json["extra"] == {"结算方式": "月结"}
    assert desk("show", "C2", "--json").json["extra"] == {}
