"""`revisit due` beyond the plain list: why, CSV, paperwork, planned calls, who is set aside, narrow screens."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from revisit import audit
from revisit.models import Booking, Revisit
from tests.support import Program, at_shanghai, table, unit

CUSTOMERS = [
    {"客户编号": "C1", "客户名称": "宏远涂料", "联系人": "李敏", "电话": "13800000001"}
    | {"等级": "A", "地区": "华东", "客服专员": "wang"},
    {"客户编号": "C2", "客户名称": "恒昌五金", "联系人": "周强", "电话": "+44 20 7946 0002"}
    | {"等级": "B", "客服专员": "wang"},
    {"客户编号": "C3", "客户名称": "+HYPERLINK(1)", "联系人": "@SUM(A1)", "客服专员": "li"},
    {"客户编号": "C4", "客户名称": "勿扰商行", "免打扰": "是", "客服专员": "wang"},
    {"客户编号": "C5", "客户名称": "不明贸易", "跟进部门": "销售", "签约日期": "2025-06-01", "客服专员": "wang"},
    {"客户编号": "C6", "客户名称": "无事商行", "客服专员": "wang", "签约日期": "2026-03-11"},
]  # fmt: skip
ORDERS = [
    {"订单号": "A1", "客户编号": "C1", "下单日期": "2026-03-02"},
    {"订单号": "A2", "客户编号": "C2", "下单日期": "2026-03-10"},
    {"订单号": "A3", "客户编号": "C3", "下单日期": "2026-03-11"},
]
WHY_C1 = [
    {
        "rule": "after-sale", "clause": "P3 2.2", "opens_on": "2026-03-02", "due_by": "2026-03-09", "status": "overdue",
        "reason": "sale completed on 2026-03-02, no conversation since",
    },
    {
        "rule": "dormant-week", "clause": "P3 1.4", "opens_on": "2026-03-10", "due_by": "2026-03-16", "status": "open",
        "reason": "no order for 10 days (last 2026-03-02)",
    },
]  # fmt: skip
CENSUS = "6 customers = 3 due + 0 promised + 1 settled + 0 waived + 1 excluded + 1 defective"


def fill(revisit: Program, folder: Path) -> None:
    """Six customers of two representatives on 12 March 2026."""
    assert revisit("import", "customers", str(table(folder / "c.xlsx", CUSTOMERS))).code == 0
    assert revisit("import", "orders", str(table(folder / "o.xlsx", ORDERS))).code == 0


FILLED = {"desk": fill}


@pytest.fixture
def desk(revisit: Program) -> Program:
    """The company that `fill` leaves."""
    return revisit


def book(desk: Program, code: str, on: str, promised: str, **more: Any) -> None:
    """A call on a day in which another one was agreed on, or planned."""
    from revisit.customers import get_customer

    at = at_shanghai(f"{on} 09:00")
    with unit(desk.url, at) as work:
        customer = get_customer(work.sql, code)
        row = Revisit(
            number=int(work.sql.rows("SELECT coalesce(max(number), 0) + 1 FROM revisit")[0][0]), customer_id=customer,
            done_on=date.fromisoformat(on), done_at=at, channel="phone", result="inconvenient",
        )  # fmt: skip
        work.session.add(row)
        work.session.flush()
        assert row.id is not None
        booking = Booking(revisit_id=row.id, customer_id=customer, promised_on=date.fromisoformat(promised), **more)
        work.session.add(booking)
        audit.changed(
            work.session, action="create", table="revisit", row_id=row.id, customer_id=customer, after={"n": 1}
        )


# --- everything that is owed, with --why


def test_why_names_every_open_follow_up_in_the_document(desk: Program) -> None:
    found = desk("due", "--why", "--json").json
    assert found["items"][0]["why"] == WHY_C1
    assert [len(item["why"]) for item in found["items"]] == [2, 1, 1]
    assert "why" not in desk("due", "--json").json["items"][0]


def test_why_on_the_screen_has_a_line_for_every_follow_up(desk: Program) -> None:
    assert desk("due", "--why", "--rep", "wang").out.splitlines() == [
        "2026-03-12: 2 customers to contact (wang)",
        "#  Code  Customer      Phone        Call by        Why",
        "1  C1    宏远涂料 (A)  138****0001  03-09 overdue  after a sale: sale completed on 2026-03-02, "
        "no conversation since [P3 2.2], opened 2026-03-02, due by 2026-03-09, overdue",
        "                                                   dormant over a week: no order for 10 days "
        "(last 2026-03-02) [P3 1.4], opened 2026-03-10, due by 2026-03-16, open",
        "2  C2    恒昌五金 (B)  +44****0002  03-17          after a sale: sale completed on 2026-03-10, "
        "no conversation since [P3 2.2], opened 2026-03-10, due by 2026-03-17, open",
        "5 customers = 2 due + 0 promised + 1 settled + 0 waived + 1 excluded + 1 defective",
        "Orders known up to 2026-03-11.",
    ]


# --- CSV


def sheet(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_csv_holds_every_line_and_no_formula(desk: Program) -> None:
    done = desk("due", "--csv")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "#,Code,Customer,Contact,Phone,Grade,Region,Representative,Rule,Clause,Opens,Due by,Call by,Time,Status,Why,Also,"
        "Attempts,Last order,Days since,Last contact,Taken by,Taken until,Try again from",
        "1,C1,宏远涂料,李敏,138****0001,A,华东,wang,after a sale,P3 2.2,2026-03-02,2026-03-09,2026-03-09,,overdue,"
        '"sale completed on 2026-03-02, no conversation since",dormant over a week,0,2026-03-02,10,,,,',
        "2,C2,恒昌五金,周强,'+44****0002,B,,wang,after a sale,P3 2.2,2026-03-10,2026-03-17,2026-03-17,,open,"
        '"sale completed on 2026-03-10, no conversation since",,0,2026-03-10,2,,,,',
        "3,C3,'+HYPERLINK(1),'@SUM(A1),,,,li,after a sale,P3 2.2,2026-03-11,2026-03-18,2026-03-18,,open,"
        '"sale completed on 2026-03-11, no conversation since",,0,2026-03-11,1,,,,',
    ]


def test_csv_is_narrowed_like_the_list_and_whole_for_whom_it_is(desk: Program) -> None:
    desk.login = "wang"
    own = sheet(desk("due", "--csv").out)
    assert [(row["Code"], row["Phone"]) for row in own] == [("C1", "13800000001"), ("C2", "'+442079460002")]
    assert [row["Code"] for row in sheet(desk("due", "--all", "--csv", "--limit", "1").out)] == ["C1"]
    (line,) = sheet(desk("due", "--csv", "--why", "--rule", "dormant-week").out)
    assert line["Also"] == (
        "dormant over a week: no order for 10 days (last 2026-03-02) [P3 1.4], opened 2026-03-10, due by 2026-03-16, open"
    )
    other = sheet(desk("due", "--rep", "li", "--csv").out)[0]
    assert (other["Customer"], other["Contact"], other["Phone"]) == ("'+***", "", "")


def test_csv_of_who_is_set_aside(desk: Program) -> None:
    assert sheet(desk("due", "--excluded", "--csv").out) == [
        {
            "Code": "C5", "Customer": "不明贸易", "Class": "cannot be judged", "Since": "2025-06-01", "Until": "",
            "Why": "no hand-over date or sales follow-up", "Reason": "", "By": "",
            "What to do": "enter the hand-over date, or import the follow-ups of sales",
        },
        {
            "Code": "C4", "Customer": "勿扰商行", "Class": "excluded", "Since": "2026-03-12", "Until": "",
            "Why": "do not call", "Reason": "", "By": "", "What to do": "",
        },
    ]  # fmt: skip


def test_csv_and_json_exclude_each_other(desk: Program) -> None:
    done = desk("due", "--csv", "--json")
    assert (done.code, done.out) == (2, "")
    assert "--csv and --json exclude each other" in done.err


# --- paperwork


def test_a_talk_with_sales_is_paperwork_and_makes_nobody_due(desk: Program) -> None:
    assert desk("assign", "C6", "C1", "--to", "li").code == 0
    desk.login = "li"
    found = desk("due", "--json").json
    assert [item["code"] for item in found["items"]] == ["C1", "C3"]
    assert (found["census"]["due"], found["census"]["settled"]) == (2, 1)
    assert [(one["code"], one["rule"]) for one in found["paperwork"]] == [("C1", "brief"), ("C6", "brief")]
    (owed, settled) = found["paperwork"]
    assert settled == owed | {
        "code": "C6", "name": "无事商行", "contact": "", "phone": "", "grade": "", "region": "",
        "last_order_on": None, "idle_days": None,
    }  # fmt: skip
    assert owed == {
        "code": "C1", "name": "宏远涂料", "contact": "李敏", "phone": "13800000001", "grade": "A", "region": "华东",
        "rep": "li", "rule": "brief", "clause": "P3 1.3", "opens_on": "2026-03-12", "due_by": "2026-03-19",
        "call_by": "2026-03-19", "at": None, "status": "open",
        "reason": "received on 2026-03-12, no talk with the salesperson yet", "purpose": "", "ask_for": "", "made": 0,
        "owed": 1, "attempts": 0, "script": "brief", "last_order_on": "2026-03-02", "idle_days": 10, "last_contact_on": None,
        "also": [], "claimed_by": None, "claim_until": None, "retry_at": None,
    }  # fmt: skip
    assert [one["rule"] for one in found["items"][0]["also"]] == ["dormant-week"]
    assert desk("due").out.splitlines()[-7:] == [
        "Paperwork on 2026-03-12: 2 (li)",
        "Code  Customer      Call by  Rule             Why",
        "C1    宏远涂料 (A)  03-19    talk with sales  received on 2026-03-12, no talk with the salesperson yet [P3 1.3]",
        "C6    无事商行      03-19    talk with sales  received on 2026-03-12, no talk with the salesperson yet [P3 1.3]",
        "3 customers = 2 due + 0 promised + 1 settled + 0 waived + 0 excluded + 0 defective",
        "Orders known up to 2026-03-11.",
        "Waiting for me: paperwork: 2",
    ]
    assert found["waiting"]["paperwork"] == 2
    assert desk("due", "--all", "--json").json["waiting"]["paperwork"] == 0, "not somebody else's"
    desk.login = "wang"
    assert desk("due", "--json").json["paperwork"] == []


def test_the_rule_brief_shows_paperwork_alone(desk: Program) -> None:
    assert desk("assign", "C6", "--to", "li").code == 0
    found = desk("due", "--rule", "brief", "--json").json
    assert (found["items"], [one["code"] for one in found["paperwork"]]) == ([], ["C6"])
    assert desk("due", "--rule", "after-sale", "--json").json["paperwork"] == []
    assert desk("due", "--rule", "brief").out.splitlines() == [
        "Paperwork on 2026-03-12: 1 (everybody)",
        "Code  Customer  Call by  Rule             Why",
        "C6    无事商行  03-19    talk with sales  received on 2026-03-12, no talk with the salesperson yet [P3 1.3]",
    ]
    assert [row["Rule"] for row in sheet(desk("due", "--rule", "brief", "--csv").out)] == ["talk with sales"]
    assert [row["#"] for row in sheet(desk("due", "--csv").out)] == ["1", "2", "3", ""]
    desk.login = "wang"
    assert desk("due", "--rule", "brief").out == "Paperwork on 2026-03-12: 0 (wang)\n"


def test_paperwork_does_not_wait_for_a_promise_but_ends_with_an_exclusion(desk: Program) -> None:
    assert desk("assign", "C1", "C6", "--to", "li").code == 0
    assert desk("log", "C1", "--result", "inconvenient", "--callback", "2026-03-13 10:00").code == 0
    found = desk("due", "--json").json
    assert found["census"]["promised"] == 1
    assert [one["code"] for one in found["paperwork"]] == ["C1", "C6"]
    assert desk("customer", "exclude", "C6", "--reason", "不要再打").code == 0
    assert desk("customer", "waive", "C1", "--until", "2026-03-20", "--reason", "装修").code == 0
    assert desk("due", "--json").json["paperwork"] == []


# --- what was booked


def test_a_callback_says_what_for_and_whom_to_ask_for(desk: Program) -> None:
    book(
        desk,
        "C1",
        "2026-03-11",
        "2026-03-12",
        purpose="新报价",
        person="王经理",
        promised_at=at_shanghai("2026-03-12 15:00"),
    )
    item = desk("due", "--json").json["items"][0]
    assert (item["rule"], item["reason"]) == ("callback", "a call back was promised on 2026-03-11")
    assert (item["purpose"], item["ask_for"], item["at"]) == ("新报价", "王经理", "2026-03-12T15:00:00+08:00")
    assert {one["code"]: (one["purpose"], one["ask_for"]) for one in desk("due", "--json").json["items"][1:]} == {
        "C2": ("", ""), "C3": ("", ""),
    }  # fmt: skip
    line = desk("due").out.splitlines()[2]
    assert line.endswith(
        "promised callback  a call back was promised on 2026-03-11; about: 新报价; ask for 王经理 [P3 2.3]; "
        "also after a sale, dormant over a week"
    )
    assert sheet(desk("due", "--csv").out)[0]["Why"] == (
        "a call back was promised on 2026-03-11; about: 新报价; ask for 王经理"
    )


def test_what_we_planned_ourselves_is_no_promise(desk: Program) -> None:
    book(desk, "C2", "2026-03-10", "2026-03-12", purpose="试用情况", planned=True)
    item = desk("due", "--json").json["items"][0]
    assert (item["code"], item["rule"], item["reason"]) == ("C2", "callback", "planned on 2026-03-10")
    assert item["purpose"] == "试用情况"


def test_the_newest_of_two_bookings_is_the_one_that_is_told(desk: Program) -> None:
    book(desk, "C1", "2026-03-09", "2026-03-12", purpose="旧事", person="老李")
    book(desk, "C1", "2026-03-10", "2026-03-12", purpose="新事", person="")
    item = desk("due", "--json").json["items"][0]
    assert (item["code"], item["purpose"], item["ask_for"]) == ("C1", "新事", "")


# --- who is set aside


def test_who_is_set_aside_stands_with_the_reason_and_what_to_do(desk: Program) -> None:
    assert desk("customer", "waive", "C1", "--until", "2026-03-31", "--reason", "老板住院").code == 0
    assert desk("customer", "close", "C2", "--reason", "已注销").code == 0
    found = {one["code"]: one for one in desk("due", "--json").json["excluded"]}
    assert found["C1"] == {
        "code": "C1", "name": "宏远涂料", "group": "waived", "missing": ["waived"], "since": "2026-03-12",
        "until_on": "2026-03-31", "reason": "老板住院", "by": "admin",
    }  # fmt: skip
    assert (found["C2"]["missing"], found["C2"]["reason"], found["C2"]["until_on"]) == (["closed"], "已注销", None)
    assert (found["C4"]["missing"], found["C4"]["reason"], found["C4"]["by"]) == (["do_not_call"], "", "")
    assert (found["C5"]["missing"], found["C5"]["reason"]) == (["handover_date"], "")
    assert desk("due", "--excluded").out.splitlines() == [
        "Code  Customer  Class             Since       Until       Why",
        "C5    不明贸易  cannot be judged  2025-06-01              no hand-over date or sales follow-up; "
        "enter the hand-over date, or import the follow-ups of sales",
        "C2    恒昌五金  excluded          2026-03-12              the file is closed; 已注销; by admin",
        "C4    勿扰商行  excluded          2026-03-12              do not call",
        "C1    宏远涂料  waived            2026-03-12  2026-03-31  waived by a supervisor; 老板住院; by admin",
        "6 customers = 1 due + 0 promised + 1 settled + 1 waived + 2 excluded + 1 defective",
    ]


def test_two_reasons_to_leave_somebody_alone_are_both_told(desk: Program) -> None:
    assert desk("customer", "exclude", "C1", "--reason", "不要打").code == 0
    desk.at("2026-03-13 10:00")
    assert desk("customer", "close", "C1", "--reason", "已注销").code == 0
    (one,) = [one for one in desk("due", "--json").json["excluded"] if one["code"] == "C1"]
    assert (sorted(one["missing"]), one["since"], one["until_on"]) == (["closed", "do_not_call"], "2026-03-12", None)
    assert sorted(one["reason"].split(", ")) == ["不要打", "已注销"]
    assert desk("customer", "close", "C1", "--lift", "--reason", "误记").code == 0
    (one,) = [one for one in desk("due", "--json").json["excluded"] if one["code"] == "C1"]
    assert (one["missing"], one["reason"]) == (["do_not_call"], "不要打")


def test_a_waiver_is_told_on_the_days_on_which_it_held(desk: Program) -> None:
    assert desk("customer", "waive", "C1", "--until", "2026-03-14", "--reason", "装修").code == 0
    desk.at("2026-03-20 10:00")
    groups = {
        day: [one["group"] for one in desk("due", "--on", day, "--json").json["excluded"] if one["code"] == "C1"]
        for day in ("2026-03-11", "2026-03-12", "2026-03-14", "2026-03-15")
    }
    assert groups == {"2026-03-11": [], "2026-03-12": ["waived"], "2026-03-14": ["waived"], "2026-03-15": []}


def test_nobody_set_aside_is_a_result(revisit: Program) -> None:
    done = revisit("due", "--excluded")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[0] == "Nobody is waived, excluded or defective."
    assert revisit("due", "--excluded", "--csv").out == "Code,Customer,Class,Since,Until,Why,Reason,By,What to do\n"


# --- scope and limits


def test_the_screen_says_whose_list_it_is_and_how_much_of_it(desk: Program) -> None:
    lines = desk("due", "--limit", "1").out.splitlines()
    assert lines[0] == "2026-03-12: 3 customers to contact (everybody)"
    assert lines[3] == "1 of 3 shown"
    assert lines[4] == CENSUS
    assert desk("due", "--unassigned").out.splitlines()[:2] == [
        "2026-03-12: 0 customers to contact (without a representative)",
        "Nobody has to be contacted.",
    ]
    none = desk("due", "--limit", "0").out.splitlines()
    assert none[:2] == ["2026-03-12: 3 customers to contact (everybody)", "0 of 3 shown"]
    assert desk("due", "--rule", "takeover").out.splitlines()[1] == "0 of 3 shown"
