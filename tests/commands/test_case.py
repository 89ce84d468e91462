"""`revisit case`, `revisit clock`: from an unhappy customer to one who was told, with deadlines; and what is refused."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from revisit import audit
from tests.support import Program, mostly_on_sqlite, reading, table

ON_SQLITE = pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
PEOPLE = [
    {"客户编号": code, "客户名称": name, "联系人": "王芳", "电话": phone, "客服专员": rep, "最近订货日期": on}
    for code, name, phone, rep, on in (
        ("C001", "明珠酒楼", "13800138000", "wang", "2026-03-09"),
        ("C002", "宏远涂料", "13800138001", "wang", "2026-02-02"),
        ("C003", "利民建材", "13800138002", "sun", "2026-03-09"),
    )
]
STAFF = (
    ("li", "李主管", "客服主管", "客服部"),
    ("wang", "王芳", "客服专员", "客服部"),
    ("sun", "孙丽", "客服专员", "客服部"),
    ("zhao", "赵工", "", "研发部"),
    ("qian", "钱经理", "客服部经理", ""),
    ("sheng", "沈总", "副总经理", ""),
    ("shen", "审计员", "审计", ""),
)


@pytest.fixture
def office(revisit: Program, tmp_path: Path) -> Program:
    """A customer service department and one that is asked, on a Thursday morning."""
    revisit.at("2026-03-12 09:00")
    for name in ("客服部", "研发部", "销售部"):
        assert revisit("department", "add", name).code == 0
    for login, name, post, department in STAFF:
        options = [*(["--post", post] if post else []), *(["--department", department] if department else [])]
        assert revisit("staff", "add", login, "--name", name, *options).code == 0
    assert revisit("import", "customers", str(table(tmp_path / "people.xlsx", PEOPLE))).code == 0
    return revisit


def as_(office: Program, login: str) -> Program:
    office.login = login
    return office


def opened(office: Program, *, code: str = "C001", at_once: bool = True, at: str = "2026-03-12 09:00") -> None:
    options = ["--at-once"] if at_once else []
    assert as_(office.at(at), "wang")("case", "open", code, "--text", "送货晚了两天", *options).code == 0


def stands(office: Program, number: int = 1) -> Any:
    return office("case", "show", str(number), "--json").json


def trail(office: Program) -> list[tuple[str, str, str]]:
    """(who, what was done, to what) of every audit row of a case."""
    with reading(office.url) as (sql, _company):
        return [(row[1], row[2], row[3]) for row in sql.rows(audit.ALL) if row[3] in ("case_", "climb")]


def test_a_problem_from_the_first_word_to_the_last(office: Program) -> None:
    """Opened, decided upon, sent on, answered late and put before two posts, solved, told."""
    opened(office)
    moved = as_(office.at("2026-03-12 09:20"), "li")(
        "case", "coordinate", "1", "--department", "研发部", "--text", "先查批次"
    )
    assert moved.out.splitlines() == [
        "Case 1 of C001: being coordinated",
        "  form to the department: 王芳, due by 2026-03-12 10:00",
        "  coordination: service supervisor, due by 2026-03-12 10:20",
    ]
    moved = as_(office.at("2026-03-12 09:40"), "wang")("case", "route", "1", "--department", "研发部")
    assert moved.out.splitlines() == [
        "Case 1 of C001: with the department · 研发部",
        "  department's first contact: 研发部, due by 2026-03-13 09:40",
    ]
    listed = office.at("2026-03-14 10:00")("case", "list").out
    assert listed.splitlines() == [
        "Cases: 1",
        "Case  Customer       Status               Due by               Owed by  What",
        "   1  C001 明珠酒楼  with the department  03-13 09:40 overdue  研发部   at once · 送货晚了两天",
    ]
    assert as_(office, "zhao")("case", "respond", "1", "--text", "换货，周一送到").code == 0
    assert as_(office, "wang")("case", "resolve", "1", "--result", "已换货").code == 0
    assert office("case", "tell", "1", "--channel", "电话", "--person", "王经理").code == 0
    shown = office("case", "show", "1").out
    assert shown.splitlines() == [
        "#1 C001 明珠酒楼",
        "What        送货晚了两天",
        "Status      closed, the customer was told",
        "At once     yes",
        "Opened      2026-03-12 09:00 · wang",
        "Department  研发部",
        "Result      已换货",
        "",
        "Deadlines",
        "decision · service supervisor · due by 2026-03-12 10:00 · met 03-12 09:20",
        "form to the department · 王芳 · due by 2026-03-12 10:00 · met 03-12 09:40",
        "coordination · service supervisor · due by 2026-03-12 10:20 · met 03-12 09:40",
        "department's first contact · 研发部 · due by 2026-03-13 09:40 · met 03-14 10:00 · late",
        "",
        "What was done",
        "03-12 09:00 opened · 送货晚了两天 · wang",
        "03-12 09:20 coordinated · 研发部 · 先查批次 · li",
        "03-12 09:40 sent to the department · 研发部 · wang",
        "03-13 09:40 put before the next post · service supervisor",
        "03-14 09:40 put before the next post · service manager",
        "03-14 10:00 answered · 换货，周一送到 · zhao",
        "03-14 10:00 resolved · 已换货 · wang",
        "03-14 10:00 customer told · phone · 王经理 · wang",
        "",
        "Possible for you now: reopen",
    ]
    told = office("show", "C001").out
    for line in (
        "03-14  case         09:40 · #1 · put before the next post · service manager",
        "customer told · phone · 王经理",
    ):
        assert line in told
    assert "Open cases" not in told


def test_the_whole_story_of_an_unhappy_customer(office: Program) -> None:
    """From one interactive call to the revisit after the case was closed; `show` tells it all."""
    from revisit import prompting

    as_(office.at("2026-03-12 09:10"), "wang")
    with prompting.keys_ready("\r1132晚了两天\r1\ry"):
        called = office("call", "C002", "--script", "satisfaction")
    assert "Case 1 is open." in called.out
    assert stands(office)["immediate"]
    assert as_(office.at("2026-03-12 09:25"), "li")("case", "coordinate", "1", "--department", "研发部").code == 0
    assert as_(office.at("2026-03-12 09:40"), "wang")("case", "route", "1", "--department", "研发部").code == 0
    assert as_(office.at("2026-03-13 10:00"), "li")("due").code == 0  # whoever looks: the department is late
    assert office("case", "urge", "1", "--text", "答应下午给方案").code == 0
    assert as_(office.at("2026-03-13 14:00"), "zhao")("case", "respond", "1", "--text", "专车送货").code == 0
    assert office("case", "resolve", "1", "--result", "改由专车送货").code == 0
    told = as_(office.at("2026-03-13 15:00"), "wang")("case", "tell", "1", "--channel", "phone", "--person", "王芳")
    assert told.code == 0
    (line,) = [one for one in office.at("2026-03-16 09:00")("due", "--json").json["items"] if one["code"] == "C002"]
    assert (line["rule"], line["clause"], line["due_by"], line["script"]) == (
        "case-revisit",
        "P0",
        "2026-03-16",
        "complaint",
    )
    revisited = office("log", "C002", "--result", "reached", "--satisfaction", "satisfied", "--json").json
    assert {"rule": "case-revisit", "due_by": "2026-03-16", "outcome": "in_time"} in revisited["met"]
    shown = office("show", "C002").out
    lines = [line.strip() for line in shown[shown.index("What happened") :].splitlines()[1:]]
    assert [" ".join(line.split()) for line in lines[1:12]] == [
        "03-16 revisit 09:00 · phone · reached · satisfied · 王芳 · #2",
        "03-13 case 15:00 · #1 · customer told · phone · 王芳 · 王芳",
        "03-13 case 14:00 · #1 · resolved · 改由专车送货 · 赵工",
        "03-13 case 14:00 · #1 · answered · 专车送货 · 赵工",
        "03-13 case 10:00 · #1 · urged · 答应下午给方案 · 李主管",
        "03-13 case 09:40 · #1 · put before the next post · service supervisor",
        "03-12 case 09:40 · #1 · sent to the department · 研发部 · 王芳",
        "03-12 case 09:25 · #1 · coordinated · 研发部 · 李主管",
        "03-12 case 09:10 · #1 · opened · delivery; 晚了两天 · 王芳",
        "03-12 revisit 09:10 · phone · reached · dissatisfied · 王芳 · delivery · 晚了两天 · 王芳 ·",
        "#1",
    ]


def test_a_climb_is_noted_once_however_often_somebody_looks(office: Program) -> None:
    opened(office)
    for at in ("2026-03-12 10:01", "2026-03-12 10:01", "2026-03-12 18:00", "2026-03-16 09:00", "2026-03-30 09:00"):
        for command in (("case", "list"), ("case", "show", "1"), ("clock", "1"), ("due",)):
            assert office.at(at)(*command).code == 0
    climbs = [event for event in stands(office)["timeline"] if event["action"] == "climb"]
    by_clock = [(event["at"][:16], event["post"]) for event in climbs]
    assert by_clock == [
        ("2026-03-12T10:00", "service manager"), ("2026-03-12T10:00", "service supervisor"),
        ("2026-03-13T10:00", "vice president"), ("2026-03-13T10:00", "service manager"),
        ("2026-03-14T10:00", "general manager"), ("2026-03-14T10:00", "vice president"),
        ("2026-03-15T10:00", "general manager"),
    ]  # fmt: skip
    assert sum(table == "climb" for _who, _what, table in trail(office)) == 7


@ON_SQLITE
def test_an_auditor_who_looks_writes_nothing(office: Program) -> None:
    opened(office)
    before = len(trail(office))
    assert as_(office.at("2026-03-20 09:00"), "shen")("case", "list").code == 0
    assert len(trail(office)) == before


REFUSALS = [
    ("wang", ("decide", "1", "--result", "x"), 1, "#1 is open, not decided yet: decide is not yours to do"),
    ("wang", ("resolve", "1", "--result", "x"), 1, "#1 is open, not decided yet: resolve is not possible now"),
    ("wang", ("tell", "1", "--channel", "phone"), 1, "#1 is open, not decided yet: tell is not possible now"),
    ("wang", ("resume", "1"), 1, "#1 is open, not decided yet: resume is not possible now"),
    ("sun", ("route", "1", "--department", "研发部"), 1, "#1 is open, not decided yet: route is not yours to do"),
    ("zhao", ("respond", "1", "--text", "x"), 1, "#1 is open, not decided yet: respond is not yours to do"),
    ("shen", ("hold", "1", "--reason", "x"), 1, "#1 is open, not decided yet: hold is not yours to do"),
    ("li", ("decide", "1"), 2, "what came of it is missing"),
    ("li", ("coordinate", "1"), 2, "the department is missing"),
    ("li", ("escalate", "1"), 2, "the reason is missing"),
    ("li", ("route", "1", "--department", "无此部门"), 1, "there is no department 无此部门"),
    ("li", ("decide", "7", "--result", "x"), 1, "there is no case 7"),
]


@pytest.mark.parametrize(
    ("who", "words", "code", "sentence"), REFUSALS, ids=[" ".join((r[0], *r[1])) for r in REFUSALS]
)
@ON_SQLITE
def test_a_refusal_is_a_sentence_and_leaves_at_most_an_audit_row(
    office: Program, who: str, words: tuple[str, ...], code: int, sentence: str
) -> None:
    opened(office)
    before, rows = stands(office), trail(office)
    refused = as_(office, who)("case", *words)
    assert (refused.code, refused.err.splitlines()[0]) == (code, f"Error: {sentence}")
    assert refused.out == ""
    assert stands(as_(office, "wang")) == before
    noted = [(who, "refuse", "case_")] if "possible now" in sentence or "yours to do" in sentence else []
    assert trail(office)[len(rows) :] == noted


@ON_SQLITE
def test_what_would_be_possible_is_said(office: Program) -> None:
    opened(office)
    assert as_(office, "wang")("case", "decide", "1", "--result", "x").err.splitlines()[1] == (
        "Try: possible for you now: route, escalate, hold"
    )
    assert as_(office, "sun")("case", "route", "1", "--department", "研发部").err.splitlines()[1] == (
        "Try: nothing is left for you to do here"
    )


def test_waiting_for_the_customer_moves_the_deadline(office: Program) -> None:
    opened(office)
    assert office.at("2026-03-12 09:30")("case", "hold", "1", "--reason", "等客户寄样").code == 0
    assert [one["due_by"] for one in stands(office)["deadlines"]] == [None, None]
    assert office("case", "hold", "1", "--reason", "再等").err.startswith(
        "Error: #1 is open, not decided yet: hold is not"
    )
    assert office.at("2026-03-16 09:00")("case", "list").out.count("put before") == 0, "nothing climbs meanwhile"
    assert office.at("2026-03-16 09:00")("case", "resume", "1").code == 0
    assert [one["due_by"][:16] for one in stands(office)["deadlines"]] == ["2026-03-16T09:30"] * 2
    assert office("clock", "1").out.splitlines()[2:9] == [
        "decision [P3 2.1]",
        "decision · service supervisor · due by 2026-03-16 09:30 · running",
        "From         To           Length  Counted or not",
        "03-12 09:00  03-12 09:30    0:30  counted",
        "03-12 09:30  03-16 09:00   95:30  waiting for the customer",
        "03-16 09:00  03-16 09:30    0:30  counted",
        "Used: 0:30, left: 0:30.",
    ]


PRINTED: dict[str, tuple[str, str, list[str]]] = {
    "National Day": ("2026-09-30 17:00", "2026-10-08 09:00", [
        "form to the department [P3 2.1]",
        "form to the department · 王芳 · due by 2026-10-08 09:00 · running",
        "From         To           Length  Counted or not",
        "09-30 17:00  09-30 17:30    0:30  counted",
        "09-30 17:30  10-01 00:00    6:30  outside working hours",
        "10-01 00:00  10-08 00:00  168:00  festival",
        "10-08 00:00  10-08 08:30    8:30  outside working hours",
        "10-08 08:30  10-08 09:00    0:30  counted",
        "Used: 1:00, left: 0:00.",
    ]),
    "a Saturday that is worked": ("2026-10-10 11:40", "2026-10-10 14:00", [
        "form to the department [P3 2.1]",
        "form to the department · 王芳 · due by 2026-10-10 14:10 · running",
        "From         To           Length  Counted or not",
        "10-10 11:40  10-10 12:00    0:20  counted",
        "10-10 12:00  10-10 13:30    1:30  break at noon",
        "10-10 13:30  10-10 14:10    0:40  counted",
        "Used: 0:50, left: 0:10.",
    ]),
    "a weekend of a year without calendar": ("2027-10-01 17:00", "2027-10-02 10:00", [
        "form to the department [P3 2.1]",
        "form to the department · 王芳 · due by 2027-10-04 09:00 · running",
        "From         To           Length  Counted or not",
        "10-01 17:00  10-01 17:30    0:30  counted",
        "10-01 17:30  10-02 00:00    6:30  outside working hours",
        "10-02 00:00  10-04 00:00   48:00  days off",
        "10-04 00:00  10-04 08:30    8:30  outside working hours",
        "10-04 08:30  10-04 09:00    0:30  counted",
        "Used: 0:30, left: 0:30.",
    ]),
}  # fmt: skip


@pytest.mark.parametrize(
    ("company_db", "name"), mostly_on_sqlite([(name,) for name in PRINTED]), indirect=["company_db"]
)
def test_every_stretch_of_a_clock_is_printed(office: Program, name: str) -> None:
    raised, looked, lines = PRINTED[name]
    opened(office, at=raised)
    shown = office.at(looked)("clock", "1")
    told = shown.out.splitlines()
    assert told[told.index(lines[0]) : told.index(lines[0]) + len(lines)] == lines
    assert ("2027 is not published here" in shown.err) == (name == "a weekend of a year without calendar")


def test_a_dormant_customers_department_owes_a_plan(office: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """C002 has been dormant over a week: the case of that talk wants a plan of measures, one by hand a first contact."""
    from revisit import prompting

    as_(office.at("2026-03-12 09:10"), "wang")
    with prompting.keys_ready("\r1132晚了\r1\ry"):
        assert office("call", "C002", "--script", "satisfaction").code == 0
    assert as_(office.at("2026-03-12 09:40"), "li")("case", "route", "1", "--department", "研发部").code == 0
    assert stands(office)["deadlines"][-1]["clock"] == "plan"
    opened(office)
    assert as_(office, "li")("case", "route", "2", "--department", "研发部").code == 0
    assert stands(office, 2)["deadlines"][-1]["clock"] == "contact"


def test_escalating_hands_the_decision_to_the_next_post(office: Program) -> None:
    opened(office)
    assert as_(office, "wang")("case", "decide", "1", "--result", "x").code == 1
    moved = as_(office.at("2026-03-12 09:30"), "li")("case", "escalate", "1", "--reason", "超出权限")
    assert moved.out.splitlines() == [
        "Case 1 of C001: open, not decided yet",
        "  form to the department: 王芳, due by 2026-03-12 10:00",
        "  decision: service manager, due by 2026-03-12 10:30",
    ]
    for post in ("vice president", "general manager"):
        assert f"decision: {post}" in office("case", "escalate", "1", "--reason", "x").out
    assert office("case", "escalate", "1", "--reason", "x").err.startswith("Error: nobody stands above")
    assert as_(office, "sheng")("case", "decide", "1", "--result", "退款").code == 1, (
        "the decision has gone on to the next one"
    )


def test_whoever_it_was_put_before_may_decide(office: Program) -> None:
    opened(office)
    assert as_(office.at("2026-03-12 09:59"), "sheng")("case", "decide", "1", "--result", "退款").code == 1
    office.at("2026-03-13 10:01")("case", "list")
    assert (
        office("case", "decide", "1", "--result", "退款").out == "Case 1 of C001: resolved, the customer not told yet\n"
    )


def test_the_next_post_of_another_department_sees_what_was_put_before_it(office: Program) -> None:
    """The service manager leads no team here: the case is his to see and to decide once it climbed to him, and no other is."""
    assert as_(office, "admin")("staff", "change", "qian", "--department", "销售部").code == 0
    opened(office)
    assert as_(office.at("2026-03-12 09:59"), "qian")("case", "list").out.splitlines()[0] == "Cases: 0"
    assert as_(office.at("2026-03-12 10:01"), "qian")("case", "list").out.splitlines()[0] == "Cases: 1"
    opened(office, code="C002", at="2026-03-12 10:02")
    assert as_(office, "qian")("case", "show", "2").code == 1
    assert office("case", "decide", "2", "--result", "退款").code == 1
    assert office("case", "decide", "1", "--result", "退款").code == 0


@ON_SQLITE
def test_nobody_waits_for_a_climb_to_be_noted(office: Program) -> None:
    """While somebody else writes, the list is shown all the same; the climb is noted the next time, as of when it was due."""
    opened(office)
    office.at("2026-03-12 10:30")
    other = sqlite3.connect(office.url, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for command in (("due",), ("case", "list"), ("clock", "1")):
        shown = office(*command)
        assert (shown.code, "busy" in shown.err) == (0, False)
    other.rollback()
    other.close()
    assert [event["at"][11:16] for event in stands(office)["timeline"] if event["action"] == "climb"] == [
        "10:00",
        "10:00",
    ]


def test_a_case_that_the_customer_does_not_accept_begins_anew(office: Program) -> None:
    opened(office)
    assert as_(office, "li")("case", "decide", "1", "--result", "道歉").code == 0
    assert as_(office, "wang")("case", "tell", "1", "--channel", "wechat", "--by", "李主管").code == 0
    reopened = office.at("2026-03-13 14:00")("case", "reopen", "1", "--reason", "客户不接受")
    assert reopened.out.splitlines() == [
        "Case 1 of C001: open, not decided yet",
        "  decision: service supervisor, due by 2026-03-13 15:00",
        "  form to the department: 王芳, due by 2026-03-13 15:00",
    ]
    found = stands(office)
    assert (found["result"], found["closed_on"]) == ("", None)


def test_the_customer_cannot_be_told_before_the_case_or_tomorrow(office: Program) -> None:
    opened(office)
    assert as_(office, "li")("case", "decide", "1", "--result", "道歉").code == 0
    for day in ("2026-03-11", "2026-03-13"):
        refused = office("case", "tell", "1", "--channel", "phone", "--on", day)
        assert refused.err.splitlines()[0] == f"Error: the customer cannot have been told on {day}"
    assert office("case", "tell", "1", "--channel", "鸽子").code == 2


def test_what_is_not_urgent_is_collected_for_sales(office: Program) -> None:
    assert as_(office, "wang")("case", "pack").out == "Not urgent, 2026-03: 0\n"
    opened(office, at_once=False)
    opened(office, code="C002", at_once=False, at="2026-03-20 11:00")
    opened(office, at="2026-03-20 11:05")
    (kept,) = stands(office, 1)["deadlines"]
    assert (kept["clock"], kept["owed_by"], kept["due_by"]) == ("feedback", "王芳", "2026-03-31T23:59:59+08:00")
    pack = as_(office.at("2026-03-31 16:00"), "li")("case", "pack", "--month", "2026-03")
    assert pack.out.splitlines() == [
        "Not urgent, 2026-03: 2",
        "Case  Opened      Code  Customer  Status                 What",
        "   1  2026-03-12  C001  明珠酒楼  open, not decided yet  送货晚了两天",
        "   2  2026-03-20  C002  宏远涂料  open, not decided yet  送货晚了两天",
    ]
    dry = office("case", "pack", "--send", "--department", "销售部", "--dry-run")
    assert dry.err == "Would go to 销售部: 2\n"
    assert office("case", "pack", "--send", "--department", "销售部").err == "Sent to 销售部: 2\n"
    assert office("case", "pack", "--send", "--department", "销售部").err == "Sent to 销售部: 0\n"
    found = stands(office, 1)
    assert (found["state"], found["department"], [one["ended"] for one in found["deadlines"]]) == (
        "routed",
        "销售部",
        ["met"],
    )
    assert office("case", "pack", "--quarter", "2026-Q1").out.startswith("Not urgent, 2026-Q1: 2\n")
    assert as_(office, "wang")("case", "pack", "--send", "--department", "销售部").code == 1


def test_a_feedback_time_of_sales_takes_the_place_of_the_months_end(office: Program) -> None:
    opened(office, at_once=False)
    asked = ("--until", "2026-03-20", "--document", "函2026-7.docx", "--sender", "赵经理", "--receiver", "李主管")
    told = as_(office, "li")("case", "feedback", "C001", *asked)
    assert told.out.splitlines() == [
        "C001: feedback until 2026-03-20, as 赵经理 asked for.",
        "It holds for the cases #1.",
    ]
    opened(office, at_once=False, at="2026-03-13 09:00")
    for number in (1, 2):
        (kept,) = stands(office, number)["deadlines"]
        assert kept["due_by"] == "2026-03-20T23:59:59+08:00"
    assert office("clock", "2").out.splitlines()[-1] == "Used: 0 days, left: 7 days."
    opened(office, at_once=False, at="2026-03-21 09:00")
    (kept,) = stands(office, 3)["deadlines"]
    assert kept["due_by"] == "2026-03-31T23:59:59+08:00", "that day is over"
    late = ("--until", "2026-03-01", "--document", "x", "--sender", "x", "--receiver", "x")
    assert as_(office, "li")("case", "feedback", "C001", *late).code == 2
    assert as_(office, "wang")("case", "feedback", "C001", *asked).code == 1


def test_who_sees_which_case(office: Program) -> None:
    opened(office)
    assert as_(office, "sun")("case", "list").out.splitlines()[0] == "Cases: 0"
    assert as_(office, "sun")("case", "show", "1").err.startswith("Error: C001 is a customer of 王芳")
    assert as_(office, "zhao")("case", "list").out.splitlines()[0] == "Cases: 0"
    as_(office, "li")("case", "route", "1", "--department", "研发部")
    assert as_(office, "zhao")("case", "list").out.splitlines()[0] == "Cases: 1"
    assert as_(office, "shen")("case", "list").out.splitlines()[0] == "Cases: 1"


def test_the_morning_list_tells_what_waits_for_me(office: Program) -> None:
    opened(office)
    opened(office, code="C002", at="2026-03-12 09:10")
    for who, line in (
        ("wang", "Waiting for me: cases: 2; nearest deadline 03-12 10:00 (#1)"),
        ("li", "Waiting for me: cases: 2; nearest deadline 03-12 10:00 (#1)"),
    ):
        assert line in as_(office, who)("due").out.splitlines()
    for who in ("sun", "zhao", "admin", "shen"):
        assert "Waiting for me" not in as_(office, who)("due").out
    as_(office, "li")("case", "route", "1", "--department", "研发部")
    assert "cases: 1; nearest deadline 03-13 09:10 (#1)" in as_(office, "zhao")("due").out
    assert as_(office, "zhao")("due", "--json").json["waiting"] == {
        "cases": 1,
        "complaints": 0,
        "approvals": 0,
        "services": 0,
        "paperwork": 0,
        "nearest": "2026-03-13T09:10:00+08:00",
    }
    as_(office, "li")("case", "decide", "2", "--result", "道歉")
    assert "Waiting for me: cases: 1" in as_(office, "wang")("due").out, "the customer is to be told"
    assert "Waiting for me" not in as_(office, "wang")("due", "--all").out


@ON_SQLITE
def test_nothing_of_the_customers_words_is_markup(office: Program) -> None:
    text = "[red]=1+1[/] \x1b[31m' OR 1=1 <script>"
    assert as_(office, "wang")("case", "open", "C001", "--text", text).code == 0
    assert office("case", "show", "1", "--json").json["what"] == text
    assert "\x1b[31m" not in office("case", "show", "1").out
    assert "\x1b[31m" not in office("case", "list").out


def test_what_is_solved_does_not_wait_for_the_customer(office: Program) -> None:
    """Whatever moves a case on ends the waiting; an urging and an escalation only add to it."""
    opened(office)
    assert office("case", "route", "1", "--department", "研发部").code == 0
    assert office("case", "respond", "1", "--text", "已派车").code == 0
    assert office("case", "hold", "1", "--reason", "等客户验货").code == 0
    assert office("case", "urge", "1", "--text", "请回话").code == 0
    assert stands(office)["waits"]
    assert office("case", "resolve", "1", "--result", "已换货").code == 0
    assert not stands(office)["waits"]
    assert office("case", "reopen", "1", "--reason", "客户不认可").code == 0
    assert all(one["due_by"] for one in stands(office)["deadlines"] if not one["ended"])
