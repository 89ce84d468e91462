"""`revisit next`, `revisit release` and claims in `revisit due`: what the screen and the documents say, in both languages."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from revisit import i18n, prompting
from tests.support import Program, table

CUSTOMERS = [
    {"客户编号": "C1", "客户名称": "宏远涂料", "联系人": "李敏", "电话": "13800000001 13900000001"}
    | {"等级": "A", "地区": "华东", "客服专员": "wang"},
    {"客户编号": "C2", "客户名称": "[red]恒昌五金", "电话": "13800000002", "客服专员": "wang"},
    {"客户编号": "C3", "客户名称": "新客", "客服专员": "li"},
]
ORDERS = [
    {"订单号": "A1", "客户编号": "C1", "下单日期": "2026-03-02"},
    {"订单号": "A2", "客户编号": "C2", "下单日期": "2026-03-10"},
    {"订单号": "A3", "客户编号": "C3", "下单日期": "2026-03-11"},
]


def fill(revisit: Program, folder: Path) -> None:
    """Three customers of two representatives on 12 March 2026, 10:00."""
    assert revisit("import", "customers", str(table(folder / "c.xlsx", CUSTOMERS))).code == 0
    assert revisit("import", "orders", str(table(folder / "o.xlsx", ORDERS))).code == 0


FILLED = {"desk": fill}


@pytest.fixture
def desk(revisit: Program) -> Program:
    """The company that `fill` leaves, as wang uses it."""
    revisit.login = "wang"
    return revisit


def by(desk: Program, login: str, *arguments: str) -> Any:
    """The program as somebody else runs it."""
    return Program(desk.url, desk.capsys, desk.monkeypatch, login)(*arguments)


NOBODY_PASSED = {"held": 0, "retry": 0, "promised": 0, "others": 0}


def test_the_document_is_the_item_of_the_list_with_its_claim(desk: Program) -> None:
    first = desk("due", "--json").json["items"][0]
    taken = desk("next", "--claim-only", "--json")
    assert (taken.code, taken.err) == (0, "")
    claim = {"claimed_by": "wang", "claim_until": "2026-03-12T10:30:00+08:00"}
    assert taken.json == first | claim | {"passed_over": NOBODY_PASSED}
    assert taken.json["phone"] == "13800000001", "whole for whoever calls"
    assert desk("due", "--json").json["items"][0] == first | claim


def test_the_screen_says_who_until_when_and_whom_it_passed_over(desk: Program) -> None:
    assert desk("next", "--claim-only").out.splitlines() == [
        "Code  Customer      Phone        Call by        Rule          Why",
        "C1    宏远涂料 (A)  13800000001  03-09 overdue  after a sale  sale completed on 2026-03-02, "
        "no conversation since [P3 2.2]; also dormant over a week",
        "Yours until 10:30; back with: revisit release C1",
    ]
    assert desk("next", "--all", "--claim-only").out.splitlines() == [
        "Code  Customer       Phone        Call by  Rule          Why",
        "C2    [red]恒昌五金  13800000002  03-17    after a sale  sale completed on 2026-03-10, no conversation since [P3 2.2]",
        "Yours until 10:30; back with: revisit release C2",
        "Passed over, on a desk already: 1",
        "Passed over, customers of others: 1",
    ]
    nobody = desk("next", "--claim-only")
    assert (nobody.code, nobody.err) == (0, "")
    assert nobody.out.splitlines() == ["Nobody is left to take.", "Passed over, on a desk already: 2"]


def test_the_screen_in_chinese(desk: Program) -> None:
    i18n.activate("zh")
    assert desk("next", "--claim-only").out.splitlines() == [
        "编号  客户          电话         最迟联系    规则        说明",
        "C1    宏远涂料 (A)  13800000001  03-09 逾期  成交后回访  "
        "2026-03-02成交，此后还没有通话 [P3 2.2]；另有超过一周未订货",
        "由您领取至10:30；退回：revisit release C1",
    ]
    assert (
        desk("due")
        .out.splitlines()[2]
        .endswith("2026-03-02成交，此后还没有通话 [P3 2.2]；由wang领取至10:30；另有超过一周未订货")
    )
    assert desk("next", "--resume").out.splitlines() == [
        "编号  客户      领取至  说明",
        "C1    宏远涂料  10:30   2026-03-02成交，此后还没有通话 [P3 2.2]；另有超过一周未订货",
    ]
    assert desk("log", "C1", "-r", "未接").out.splitlines() == [
        "回访已记录，编号1。",
        "14:00起再联系（第2次）；从第3次起换拨第2个电话。",
        "这次回访没有对应的应回访。",
    ]
    assert desk("next", "--claim-only").out.splitlines()[-1] == "跳过，未到再联系时间：1位"
    assert desk("release", "C2").out.splitlines() == ["C2 [red]恒昌五金已退回清单。"]
    assert desk("release", "--all").out.splitlines() == ["没有已领取的客户，什么都没有改变。"]


def test_nobody_left_is_a_document_of_nulls(desk: Program) -> None:
    item = desk("next", "--claim-only", "--json").json
    desk("next", "--claim-only")
    nobody = desk("next", "--claim-only", "--json")
    assert nobody.code == 0
    assert nobody.json == dict.fromkeys(item) | {"passed_over": NOBODY_PASSED | {"held": 2}}


def test_the_list_may_be_another(desk: Program) -> None:
    assert by(desk, "admin", "next", "--claim-only", "--rep", "li", "--json").json["code"] == "C3"
    assert by(desk, "admin", "next", "--claim-only", "--rule", "dormant-week", "--json").json["code"] == "C1"
    assert desk("next", "--claim-only", "--on", "2026-03-11", "--json").json["code"] == "C2"
    assert desk("next", "--claim-only", "--on", "2025-12-31").code == 1


def test_a_miss_waits_on_the_list_and_a_record_clears_the_desk(desk: Program) -> None:
    desk("next", "--claim-only")
    (row, other) = csv.DictReader(io.StringIO(desk("due", "--csv").out))
    assert (row["Taken by"], row["Taken until"], row["Try again from"]) == ("wang", "2026-03-12 10:30", "")
    assert (other["Taken by"], other["Taken until"]) == ("", "")
    said = desk("log", "C1", "-r", "no_answer", "--json").json
    assert {name: said[name] for name in ("retry_at", "try", "try_phone", "try_channels")} == {
        "retry_at": "2026-03-12T14:00:00+08:00", "try": 2, "try_phone": 1, "try_channels": [],
    }  # fmt: skip
    line = desk("due", "--json").json["items"][0]
    assert (line["code"], line["claimed_by"], line["retry_at"]) == ("C1", None, "2026-03-12T14:00:00+08:00")
    assert "attempts: 1; try again from 03-12 14:00" in desk("due").out
    (row, _other) = csv.DictReader(io.StringIO(desk("due", "--csv").out))
    assert (row["Taken by"], row["Taken until"], row["Try again from"]) == ("", "", "2026-03-12 14:00")
    passed = desk("next", "--claim-only", "--json").json
    assert (passed["code"], passed["passed_over"]) == ("C2", NOBODY_PASSED | {"retry": 1})
    desk.at("2026-03-12 14:00")
    again = desk("next", "--claim-only", "--json").json
    assert (again["code"], again["retry_at"]) == ("C1", None)


TOLD = [
    ("no_answer", "Try again from 14:00 (attempt 2); from attempt 3 on another number: phone 2."),
    ("no_answer", "Try again from 14:00 (attempt 3); now on another number: phone 2."),
    ("wrong_number", "Try again from 14:00 (attempt 4); now on another number: phone 1; or by text message, WeChat."),
    ("busy", "Try again from 10:15 (attempt 5); from attempt 7 on another number: phone 2."),
]


def test_every_miss_says_the_next_step(desk: Program) -> None:
    for result, told in TOLD:
        assert desk("log", "C1", "-r", result).out.splitlines()[1] == told
    desk("log", "C2", "-r", "no_answer", "--at", "2026-03-11")
    told_of_c2 = desk("log", "C2", "-r", "no_answer").out.splitlines()[1]
    assert told_of_c2 == "Try again from 14:00 (attempt 3); no other number is on file."
    booked = desk("log", "C2", "-r", "inconvenient", "--callback", "2026-03-13 15:00", "--json").json
    assert (booked["retry_at"], booked["try"]) == (None, None), "the customer named a time"


def test_resume_shows_mine_and_takes_nobody(desk: Program) -> None:
    assert desk("next", "--resume").out == "I have taken nobody.\n"
    assert desk("next", "--resume", "--json").json == {"items": []}
    taken = desk("next", "--claim-only", "--json").json
    desk("next", "--claim-only")
    by(desk, "admin", "next", "--claim-only")
    by(desk, "admin", "customer", "exclude", "C2", "--reason", "不愿再接电话")
    mine = desk("next", "--resume", "--json").json["items"]
    assert [one["code"] for one in mine] == ["C1", "C2"]
    assert mine[0] == {name: value for name, value in taken.items() if name != "passed_over"}
    assert (mine[1]["name"], mine[1]["rule"], mine[1]["claim_until"]) == (
        "[red]恒昌五金",
        None,
        "2026-03-12T10:30:00+08:00",
    )
    assert desk("next", "--resume").out.splitlines()[-1] == "C2    [red]恒昌五金  10:30        no longer on the list"


def test_at_a_terminal_the_call_follows(desk: Program) -> None:
    with prompting.keys_ready("q"):
        done = desk("next")
    assert (done.code, done.err) == (0, "Nobody was called.\n")
    lines = done.out.splitlines()
    assert lines[:3] == ["Yours until 10:30; back with: revisit release C1", "", "C1 宏远涂料 (A)"]
    assert [one["code"] for one in desk("next", "--resume", "--json").json["items"]] == ["C1"]


def test_release_gives_back_and_says_so(desk: Program) -> None:
    desk("next", "--claim-only")
    assert desk("release", "宏远").out == "C1 宏远涂料 is back on the list.\n"
    assert desk("release", "C1").out == "Nothing had been taken; nothing was changed.\n"
    desk("next", "--claim-only")
    other = by(desk, "li", "release", "C1")
    assert (other.code, other.err.splitlines()) == (
        1, ["Error: C1 is on wang's desk", "Try: ask wang or a supervisor"],
    )  # fmt: skip
    assert by(desk, "li", "release", "--all", "--rep", "wang").code == 1
    assert by(desk, "admin", "release", "--all", "--rep", "wang", "--json").json == {
        "released": [{"code": "C1", "name": "宏远涂料", "claimed_by": "wang"}]
    }
    assert desk("due", "--json").json["items"][0]["claimed_by"] is None


def test_of_anothers_customer_nothing_is_told(desk: Program) -> None:
    desk("next", "--claim-only")
    desk("log", "C2", "-r", "busy")
    seen = {item["code"]: item for item in by(desk, "li", "due", "--all", "--json").json["items"]}
    assert [seen[code][name] for code in ("C1", "C2") for name in ("claimed_by", "claim_until", "retry_at")] == [
        None
    ] * 6


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (("next",), 2, "a call needs a terminal"),
        (("next", "--json"), 2, "a call needs a terminal"),
        (("next", "--claim-only", "--all", "--rep", "li"), 2, "--all, --rep exclude each other"),
        (("next", "--claim-only", "--rule", "x"), 2, "there is no rule x"),
        (("next", "--claim-only", "--rep", "x"), 1, "there is no staff login x"),
        (("release",), 2, "name a customer, or --all"),
        (("release", "C1", "--all"), 2, "name a customer, or --all"),
        (("release", "C1", "--rep", "li"), 2, "--rep goes with --all"),
        (("release", "C9"), 1, "no customer is known as C9"),
    ],
)
@pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
def test_what_is_refused_takes_nobody(desk: Program, arguments: tuple[str, ...], code: int, error: str) -> None:
    done = desk(*arguments)
    assert (done.code, done.out, done.err.splitlines()[0]) == (code, "", f"Error: {error}")
    assert desk("next", "--resume", "--json").json == {"items": []}


@pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
def test_whoever_is_none_of_the_staff_takes_nobody(desk: Program) -> None:
    desk.login = None
    assert desk("next", "--claim-only").code == 1
    assert desk("release", "--all").code == 1


@pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("now", "warning"),
    [
        ("2026-03-12 12:30", "Outside call hours: meal time, 12:00 to 14:00."),
        ("2026-03-14 10:00", "Outside call hours: a day off."),
        ("2026-03-12 09:30", ""),
    ],
)
def test_outside_call_hours_there_is_a_warning_and_no_refusal(desk: Program, now: str, warning: str) -> None:
    done = desk.at(now)("next", "--claim-only")
    assert (done.code, done.err.strip()) == (0, warning)
    assert done.out.startswith("Code")


@pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
def test_a_policy_that_wants_a_note_gets_one(desk: Program) -> None:
    from revisit import models
    from tests.support import at_shanghai, unit

    with unit(desk.url, at_shanghai("2026-03-12 09:00")) as work:
        version = work.session.get_one(models.PolicyVersion, 1)
        version.body = version.body.replace(
            "declined = { note_required = false }", "declined = { note_required = true }"
        )
        work.session.add(version)
        work.session.flush()
    refused = desk("log", "C1", "-r", "declined")
    assert (refused.code, refused.err.splitlines()) == (
        2, ["Error: the result declined needs a note", "Try: say what was said, or why, with --note TEXT"],
    )  # fmt: skip
    assert desk("log", "C1", "-r", "no_answer").code == 0
    assert desk("amend", "1", "-r", "declined").code == 2
    assert desk("amend", "1", "-r", "declined", "--note", "太忙").code == 0
    assert desk("log", "C2", "-r", "declined", "--inbound").code == 0, "the customer called"
    results = {one["result"]: one["note_required"] for one in desk("policy", "outcomes", "--json").json["results"]}
    assert [name for name, wanted in results.items() if wanted] == ["declined"]
