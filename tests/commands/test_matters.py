"""Every kind of matter by the number people call it, with its customer and at the desk of whoever it waits for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from revisit import audit, i18n, prompting
from tests.support import Program, Result, reading, table

STAFF = [
    {"登录名": login, "姓名": name, "岗位": post, "部门": department}
    for login, name, post, department in (
        ("li", "李主管", "客服主管", "客服部"), ("wang", "王芳", "客服专员", "客服部"), ("sun", "孙丽", "客服专员", "客服二部"),
        ("zhao", "赵工", "", "研发部"), ("qian", "钱经理", "客服部经理", "客服部"), ("sheng", "沈总", "副总经理", ""),
        ("shen", "审计员", "审计", ""),
    )
]  # fmt: skip
CUSTOMERS = [
    {
        "客户编号": code, "客户名称": name, "联系人": "李敏", "电话": phone, "客服专员": rep, "最近订货日期": "2026-03-09",
        "信用额度": 10000,
    }
    for code, name, phone, rep in (
        ("C001", "明珠酒楼", "13800000001", "wang"), ("C002", "宏远涂料", "13800000002", "sun"),
    )
]  # fmt: skip
DEEDS = (
    ("wang", "2026-03-12 09:00", ("case", "open", "C001", "--text", "送货晚了两天", "--at-once")),
    ("wang", "2026-03-12 09:10", ("complaint", "open", "C001", "--text", "茶叶发霉", "--severe")),
    ("wang", "2026-03-12 09:20", ("approval", "request", "credit", "C001", "--limit", "20000", "--reason", "旺季备货")),
    ("wang", "2026-03-12 09:30", ("service", "open", "C001", "--kind", "contract", "--text", "换滤芯")),
    ("wang", "2026-03-12 09:31", ("service", "open", "C001", "--kind", "free", "--text", "清洗机器")),
    ("li", "2026-03-12 09:40", ("service", "dispatch", "2", "--to", "zhao")),
    ("zhao", "2026-03-12 10:00", ("service", "start", "2")),
    ("zhao", "2026-03-12 11:00", ("service", "finish", "2", "--result", "已清洗")),
)


def fill(revisit: Program, folder: Path) -> None:
    """One customer with a matter of every kind, another one of another team."""
    assert revisit("import", "staff", str(table(folder / "s.xlsx", STAFF))).code == 0
    assert revisit("import", "customers", str(table(folder / "c.xlsx", CUSTOMERS))).code == 0
    for login, at, words in DEEDS:
        done = by(revisit.at(at), login, *words)
        assert done.code == 0, done.err


FILLED = {"office": fill}
OPEN = ("cases", "complaints", "services", "approvals")
ON_SQLITE = pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)


@pytest.fixture
def office(revisit: Program) -> Program:
    """The company that `fill` leaves, on Thursday, 12 March 2026, at noon."""
    return revisit.at("2026-03-12 12:00")


def by(office: Program, login: str, *words: str) -> Result:
    """The program, run by somebody."""
    return Program(office.url, office.capsys, office.monkeypatch, login)(*words)


def document(office: Program, login: str, *words: str) -> Any:
    """The document that somebody gets."""
    found = by(office, login, *words, "--json")
    assert found.code == 0, found.err
    return found.json


# --- revisit clock


@pytest.mark.parametrize(
    ("typed", "key", "number", "heading", "clocks"),
    [
        (("3", "#3", "＃3"), "case", None, None, None),
        (("1", "#1"), "case", 1, "#1 C001 明珠酒楼", ["decide", "form"]),
        (("TS2026-0001", "ts2026-1", "2026-1"), "complaint", "TS2026-0001", "TS2026-0001 C001 明珠酒楼", ["closing", "decide"]),
        (("A1", "a1", "Ａ１"), "approval", 1, "A1 C001 明珠酒楼", ["sign"]),
        (("S2", "s2"), "service", "S2", "S2 C001 明珠酒楼", []),
    ],
    ids=["none of that number", "case", "complaint", "approval", "service job"],
)  # fmt: skip
def test_a_clock_is_read_by_the_number_people_call_a_matter(
    office: Program,
    typed: tuple[str, ...],
    key: str,
    number: int | str | None,
    heading: str | None,
    clocks: list[str] | None,
) -> None:
    for one in typed:
        if number is None:
            assert by(office, "wang", "clock", one).err.startswith("Error: there is no case 3")
            continue
        found = document(office, "wang", "clock", one)
        assert list(found) == [key, "clocks"]
        assert (found[key], [each["clock"] for each in found["clocks"]]) == (number, clocks)
    if heading is not None:
        lines = by(office, "wang", "clock", typed[0]).out.splitlines()
        assert lines[0] == heading
        assert lines[1:] == ["No clock has run here."] if not clocks else len(lines) > 3


@ON_SQLITE
def test_the_screen_of_a_clock_is_the_same_for_every_kind(office: Program) -> None:
    assert by(office, "wang", "clock", "A1").out.splitlines()[:6] == [
        "A1 C001 明珠酒楼",
        "",
        "signature [P3 1.5]",
        "signature · marketing director · due by 2026-03-17 10:50 · running",
        "From         To           Length  Counted or not",
        "03-12 09:20  03-12 12:00    2:40  counted",
    ]


@pytest.mark.parametrize("typed", ["x", "A", "S", "3A", "##3", "2026", "TS", "-", "A1234567890"])
@ON_SQLITE
def test_what_is_no_number_of_a_matter_says_how_they_are_called(office: Program, typed: str) -> None:
    found = by(office, "wang", "clock", typed)
    assert found.code in (1, 2), found.out
    assert "no number of a case, complaint, approval or service job" in found.err or "there is no" in found.err


def test_who_does_not_see_a_matter_does_not_see_its_clocks(office: Program) -> None:
    for number in ("1", "TS2026-0001", "A1", "S1"):
        assert by(office, "sun", "clock", number).code == 1, number
        assert by(office, "shen", "clock", number).code == 0, number
    with reading(office.url) as (sql, _company):
        refused = [(row[1], row[3]) for row in sql.rows(audit.ALL) if row[2] == "refuse"]
    assert refused == [("sun", "approval")], (
        "an approval that was asked for in vain is noted, as it is by `approval show`"
    )


@ON_SQLITE
def test_clock_in_chinese(office: Program) -> None:
    i18n.activate("zh")
    assert by(office, "wang", "clock", "A1").out.splitlines()[:4] == [
        "A1 C001 明珠酒楼",
        "",
        "签批 [P3 1.5]",
        "签批 · 营销总监 · 时限2026-03-17 10:50 · 计时中",
    ]
    assert by(office, "wang", "clock", "x").err.splitlines() == [
        "错误：x不是问题单、投诉单、审批单或服务单的编号",
        "建议：问题单写作 3，投诉单 TS2026-0001，审批单 A3，服务单 S3",
    ]


@ON_SQLITE
def test_an_approval_is_named_with_or_without_its_letter(office: Program) -> None:
    for typed in ("1", "A1", "a1", "Ａ１"):
        assert document(office, "wang", "approval", "show", typed)["number"] == 1
    assert by(office, "wang", "approval", "show", "#1").err.startswith("Error: #1 is no number of an approval")
    assert by(office, "wang", "approval", "list").out.splitlines()[2].split()[0] == "A1"
    assert document(office, "wang", "case", "show", "#1")["number"] == 1
    assert document(office, "wang", "service", "show", "S1")["number"] == "S1"


# --- with the customer: revisit show, the briefing


def asked(office: Program) -> None:
    """The customer was asked what it thinks of the job that is finished, and the signature of another one is there."""
    grades = ("--attitude", "satisfied", "--skill", "fair", "--arrival", "satisfied", "--promises", "satisfied")
    found = by(office, "wang", "survey", "record", "C001", "--job", "S2", *grades, "--note", "来得快")
    assert found.code == 0, found.err


def test_every_kind_stands_with_its_customer_open_ones_above(office: Program) -> None:
    asked(office)
    found = document(office, "wang", "show", "C001")
    assert [one["number"] for one in found["cases"]] == [1]
    assert [one["number"] for one in found["complaints"]] == ["TS2026-0001"]
    assert [(one["number"], one["state"], one["worker"]) for one in found["services"]] == [
        ("S1", "waiting", None), ("S2", "finished", "zhao"),
    ]  # fmt: skip
    assert [(one["number"], one["credit_limit"], one["state"]) for one in found["approvals"]] == [
        (1, "20000.00", "asked")
    ]
    assert [(one["staff"], one["job"], one["skill"], one["note"]) for one in found["surveys"]] == [
        ("zhao", "S2", "fair", "来得快")
    ]
    told = [
        one["parts"]
        for one in found["timeline"]
        if one["kind"] in ("case", "complaint", "service", "approval", "survey")
    ]
    assert [parts[:4] for parts in told] == [
        ["09:00", "#1", "open", ""], ["09:10", "TS2026-0001", "open", ""], ["09:20", "A1", "credit", "request"],
        ["09:30", "S1", "open", ""], ["09:31", "S2", "open", ""], ["09:40", "S2", "dispatch", ""], ["10:00", "S2", "start", ""],
        ["11:00", "S2", "finish", ""], ["1", "赵工", "attitude = satisfied", "skill = fair"],
    ]  # fmt: skip


@ON_SQLITE
def test_the_file_on_the_screen_in_both_languages(office: Program) -> None:
    asked(office)
    shown = by(office, "wang", "show", "C001").out
    assert shown[shown.index("Open cases") : shown.index("  03-09")].splitlines() == [
        "Open cases",
        "#1 · 2026-03-12 · at once · 送货晚了两天 · open, not decided yet",
        "",
        "Open complaints",
        "TS2026-0001 · 2026-03-12 · severe · 茶叶发霉 · accepted",
        "",
        "Open service jobs",
        "S1 · 2026-03-12 · by contract · 换滤芯 · not dispatched",
        "S2 · 2026-03-12 · free of charge · 清洗机器 · finished, not signed off · zhao",
        "",
        "Approvals to be signed",
        "A1 · 2026-03-12 · credit limit · 20000.00 · 旺季备货 · not signed yet",
        "",
        "What happened, newest first",
        "2026-03",
        "  03-12  survey       1 · 赵工 · attitude satisfied · skill fair · arrival time satisfied · kept",
        "                      promises satisfied · 来得快",
        "  03-12  service job  11:00 · S2 · finished · 已清洗 · 赵工",
        "  03-12  service job  10:00 · S2 · begun · 赵工",
        "  03-12  service job  09:40 · S2 · dispatched · 赵工 · 李主管",
        "  03-12  service job  09:31 · S2 · opened · 清洗机器 · 王芳",
        "  03-12  service job  09:30 · S1 · opened · 换滤芯 · 王芳",
        "  03-12  approval     09:20 · A1 · credit limit · asked for · 旺季备货 · 王芳",
        "  03-12  complaint    09:10 · TS2026-0001 · opened · 茶叶发霉 · 王芳",
        "  03-12  case         09:00 · #1 · opened · 送货晚了两天 · 王芳",
    ]
    i18n.activate("zh")
    shown = by(office, "wang", "show", "C001").out
    for line in (
        "未完成的服务单\nS1 · 2026-03-12 · 合同 · 换滤芯 · 未派工\n",
        "待签批的审批单\nA1 · 2026-03-12 · 信用额度 · 20000.00 · 旺季备货 · 待签批\n",
        "  03-12  意见调查  1 · 赵工 · 服务态度 满意 · 技术水平 一般 · 到达时间 满意 · 信守承诺 满意 · 来得快\n",
        "  03-12  服务单    09:40 · S2 · 已派工 · 赵工 · 李主管\n",
        "  03-12  审批单    09:20 · A1 · 信用额度 · 已申请 · 旺季备货 · 王芳\n",
    ):
        assert line in shown


@ON_SQLITE
def test_a_survey_that_was_taken_back_stays_on_the_timeline_alone(office: Program) -> None:
    asked(office)
    assert by(office, "li", "survey", "void", "1", "--reason", "记错了").code == 0
    found = document(office, "wang", "show", "C001")
    assert found["surveys"] == []
    assert "taken back: 记错了" in by(office, "wang", "show", "C001").out


def test_who_does_not_see_a_kind_in_its_list_does_not_see_it_with_the_customer(office: Program) -> None:
    """Each of the staff: the numbers in the lists are the numbers in the file, where the file itself may be seen."""
    asked(office)
    for login in ("admin", "li", "wang", "sun", "zhao", "qian", "sheng", "shen"):
        found = document(office, login, "show", "C001")
        lists = {kind: document(office, login, kind.removesuffix("s"), "list") for kind in OPEN}
        lists["services"] = lists["services"]["jobs"]
        listed = {kind: [one["number"] for one in found if one["customer"] == "C001"] for kind, found in lists.items()}
        shown = {kind: [one["number"] for one in found[kind]] for kind in OPEN}
        if login in ("sun", "zhao"):
            assert set(map(len, shown.values())) == {0} and found["timeline"] == [], "only that it is there"
        else:
            assert shown == {kind: sorted(numbers) for kind, numbers in listed.items()}, login
        kinds = {one["kind"] for one in found["timeline"]} & {"case", "complaint", "service", "approval"}
        assert kinds == {kind.removesuffix("s") for kind, numbers in shown.items() if numbers}, login


@ON_SQLITE
def test_the_briefing_before_a_call_tells_of_all_that_is_open(office: Program) -> None:
    asked(office)
    with prompting.keys_ready("q"):
        told = by(office, "wang", "call", "C001").out
    assert told[told.index("Open cases") : told.index("There was no contact yet")].split("\n\n") == [
        "Open cases\n#1 · 2026-03-12 · at once · 送货晚了两天 · open, not decided yet",
        "Open complaints\nTS2026-0001 · 2026-03-12 · severe · 茶叶发霉 · accepted",
        "Open service jobs\nS1 · 2026-03-12 · by contract · 换滤芯 · not dispatched\n"
        "S2 · 2026-03-12 · free of charge · 清洗机器 · finished, not signed off · zhao",
        "Approvals to be signed\nA1 · 2026-03-12 · credit limit · 20000.00 · 旺季备货 · not signed yet",
        "Last opinion\n2026-03-12 · 赵工 · attitude satisfied · skill fair · arrival time satisfied · kept promises satisfied · "
        "来得快",
        "",
    ]


# --- what waits for whom: the last line of the morning list


def waits(office: Program, login: str) -> dict[str, int]:
    """How much of each kind waits for somebody; what is nothing is left out."""
    found = document(office, login, "due")["waiting"]
    return {kind: n for kind, n in found.items() if kind != "nearest" and n}


def test_service_jobs_wait_for_whoever_can_move_them(office: Program) -> None:
    """Undispatched for who leads, sent for who was sent, finished for that person and the customer's representative."""
    services = {
        login: waits(office, login).get("services", 0)
        for login in ("li", "wang", "sun", "zhao", "sheng", "shen", "qian")
    }
    assert services == {"li": 1, "wang": 1, "sun": 0, "zhao": 1, "sheng": 0, "shen": 0, "qian": 1}
    assert by(office, "li", "service", "dispatch", "S1", "--to", "sun").code == 0
    assert (waits(office, "li").get("services"), waits(office, "sun")) == (None, {"services": 1})
    assert by(office, "sun", "service", "start", "S1").code == 0
    assert waits(office, "sun") == {"services": 1}
    assert by(office, "zhao", "service", "sign-off", "S2", "--signed-by", "李敏").code == 0
    assert (waits(office, "zhao"), waits(office, "wang").get("services")) == ({}, None)


def test_what_waits_for_an_approval_is_not_to_be_dispatched_yet(office: Program) -> None:
    opened = by(office, "wang", "service", "open", "C001", "--kind", "free", "--text", "远程设置", "--remote")
    assert opened.code == 0, opened.err
    assert waits(office, "li")["services"] == 1, "the other one"
    assert by(office, "wang", "service", "open", "--kind", "internal", "--text", "修打印机").code == 0
    assert waits(office, "li")["services"] == 2


@ON_SQLITE
def test_the_last_line_of_the_list_in_both_languages(office: Program) -> None:
    assert (
        "Waiting for me: cases: 1; complaints: 1; service jobs: 1; nearest deadline 03-12 10:00 (#1) overdue"
        in by(office, "wang", "due").out
    )
    assert by(office, "zhao", "due").out.splitlines()[-1] == "Waiting for me: service jobs: 1"
    i18n.activate("zh")
    assert "待我办理：问题单1；投诉1；服务单1；最近的时限03-12 10:00（#1） 逾期" in by(office, "wang", "due").out


def test_a_deputy_finds_what_may_be_done_for_the_post_and_no_more(office: Program) -> None:
    """The word on a severe complaint, seen and said by a representative of another team while the delegation holds."""
    assert waits(office, "sun") == {}
    assert by(office, "sun", "complaint", "show", "1").code == 1
    assert by(office, "sheng", "approval", "delegate", "副总经理", "--to", "sun", "--until", "2026-03-12").code == 0
    assert waits(office, "sun") == {"complaints": 1}
    assert document(office, "sun", "complaint", "show", "1")["possible"] == ["instruct"]
    office.at("2026-03-13 09:00")
    assert waits(office, "sun") == {}
    assert by(office, "sun", "complaint", "instruct", "1", "--text", "先退款").code == 1
    office.at("2026-03-12 12:00")
    assert by(office, "sun", "complaint", "instruct", "1", "--text", "先退款").code == 0
    assert waits(office, "sun") == {}


def test_the_deputy_of_the_manager_leads_complaints(office: Program) -> None:
    """What has climbed to the manager of customer service waits for the deputy, too; of cases it does not."""
    assert by(office, "qian", "approval", "delegate", "客服部经理", "--to", "sun", "--until", "2026-03-31").code == 0
    assert waits(office, "sun") == {}
    office.at("2026-03-25 09:00")
    found = waits(office, "sun")
    assert found == {"complaints": 1}
    assert waits(office, "qian")["complaints"] == 1
