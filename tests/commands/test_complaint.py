"""`revisit complaint`: from the form to the review, settled by signature; who may what, and what is refused."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from revisit import audit, i18n
from tests.support import Program, reading, table

ON_SQLITE = pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
PEOPLE = [
    {"客户编号": code, "客户名称": name, "客服专员": rep, "最近订货日期": "2026-03-09"}
    for code, name, rep in (("C001", "明珠酒楼", "wang"), ("C002", "宏远涂料", "sun"))
]
STAFF = (
    ("li", "李主管", "客服主管", "客服部"), ("wang", "王芳", "客服专员", "客服部"), ("sun", "孙丽", "客服专员", "客服二部"),
    ("zhao", "赵工", "", "研发部"), ("zhou", "周工", "", "生产部"), ("qian", "钱经理", "客服部经理", "客服部"),
    ("sheng", "沈总", "副总经理", ""), ("xiao", "肖经理", "销售部经理", ""), ("zong", "总经理", "总经理", ""),
    ("shen", "审计员", "审计", ""),
)  # fmt: skip


@pytest.fixture
def office(revisit: Program, tmp_path: Path) -> Program:
    """Customer service in two departments, those who investigate and those who sign, on a Thursday morning."""
    revisit.at("2026-03-12 09:00")
    for name in ("客服部", "客服二部", "研发部", "生产部"):
        assert revisit("department", "add", name).code == 0
    for login, name, post, department in STAFF:
        options = [*(["--post", post] if post else []), *(["--department", department] if department else [])]
        assert revisit("staff", "add", login, "--name", name, *options).code == 0
    assert revisit("import", "customers", str(table(tmp_path / "people.xlsx", PEOPLE))).code == 0
    return revisit


def does(office: Program, login: str, *words: str, at: str = "") -> list[str]:
    """What somebody does with a complaint, and what the program says."""
    if at:
        office.at(at)
    office.login = login
    result = office("complaint", *words)
    assert result.code == 0, result.err
    return result.out.splitlines()


def refused(office: Program, login: str, *words: str) -> list[str]:
    before = stands(office)
    office.login = login
    result = office("complaint", *words)
    assert result.code in (1, 2), result.out
    assert stands(office) == before, "a refusal changes nothing"
    return result.err.splitlines()


def stands(office: Program, number: str = "1") -> Any:
    office.login = "admin"
    shown = office("complaint", "show", number, "--json")
    return {key: value for key, value in shown.json.items() if key != "possible"} if shown.code == 0 else None


def sign(office: Program, login: str, number: int = 1) -> int:
    office.login = login
    return office("approval", "sign", str(number)).code


def trail(office: Program) -> list[tuple[str, str, str]]:
    with reading(office.url) as (sql, _company):
        return [(row[1], row[2], row[3]) for row in sql.rows(audit.ALL) if row[3] == "complaint"]


def proposed(office: Program, amount: str = "800", *more: str) -> None:
    """A complaint for which something is proposed."""
    does(office, "wang", "open", "C001", "--text", "茶叶发霉")
    does(office, "wang", "investigate", "1", "--department", "研发部")
    does(office, "zhao", "conclude", "1", "--cause", "受潮", "--kind", "quality")
    does(office, "wang", "report", "1", "--text", "受潮三箱")
    does(office, "wang", "propose", "1", "--settlement", "refund", "--amount", amount, *more)


def settled(office: Program) -> None:
    """A complaint that is settled with 800.00."""
    proposed(office)
    assert sign(office, "xiao") == 0
    does(office, "wang", "settle", "1")


def closed(office: Program) -> None:
    settled(office)
    does(office, "wang", "answer", "1", "--channel", "phone")
    does(office, "wang", "measure", "1", "--text", "换包装", "--department", "研发部", "--by", "2026-03-31")
    does(office, "wang", "close", "1", "--result", "已退款")


def test_a_complaint_from_the_form_to_the_review(office: Program) -> None:
    """Severe: before the vice president at once; reported, settled once signed, told, closed, revisited, reviewed."""
    facts = ("--order", "D1", "--batch", "B7", "--quantity", "12.5", "--unit", "箱", "--shipped", "2026-03-02")
    assert does(office, "wang", "open", "C001", "--text", "茶叶发霉", "--severe", "--urgent", *facts) == [
        "Complaint TS2026-0001 of C001: accepted",
        "  closing of the complaint: 王芳, due by 2026-03-18 23:59",
        "  decision: vice president, due by 2026-03-12 10:00",
    ]
    does(office, "sheng", "instruct", "1", "--text", "先退款", at="2026-03-12 09:30")
    does(office, "wang", "facts", "1", "--demand", "退货", at="2026-03-12 10:00")
    does(office, "wang", "investigate", "1", "--department", "研发部", at="2026-03-12 10:10")
    assert does(
        office,
        "zhao",
        "conclude",
        "1",
        "--cause",
        "受潮",
        "--kind",
        "quality",
        "--check",
        "三箱",
        at="2026-03-13 09:00",
    ) == [
        "Complaint TS2026-0001 of C001: investigated, the report is due",
        "  closing of the complaint: 王芳, due by 2026-03-18 23:59",
        "  report to the vice president: 王芳, due by 2026-03-16 23:59",
    ]
    does(office, "wang", "report", "1", "--text", "受潮三箱", at="2026-03-16 09:00")
    settlement = ("--settlement", "refund", "--amount", "3000", "--responsible", "生产部", "--loss", "500")
    assert (
        does(office, "wang", "propose", "1", *settlement)[0]
        == "Complaint TS2026-0001 of C001: settlement proposed · to be signed: approval A1"
    )
    assert sign(office, "xiao") == 1, "not below 1000.00"
    assert sign(office, "sheng") == 0
    does(office, "wang", "settle", "1")
    does(office, "wang", "answer", "1", "--channel", "wechat", "--person", "王经理", "--letter", "回函.docx")
    does(office, "wang", "measure", "1", "--text", "换包装", "--by", "2026-03-31")
    assert does(office, "wang", "close", "1", "--result", "已退款", at="2026-03-17 09:00") == [
        "Complaint TS2026-0001 of C001: closed, the customer was told",
        "  review of the closed complaint: service supervisor, due by 2026-04-10 23:59",
    ]
    due = office("due", "--rule", "case-revisit", "--why").out
    assert "complaint TS2026-0001 was closed on 2026-03-17, no conversation since" in due
    does(office, "zhou", "measure", "1", "--item", "1", "--done", "已换", at="2026-03-30 09:00")
    assert "reviewed" in "".join(does(office, "li", "review", "--done", "--text", "无误", at="2026-04-02 09:00"))
    found = stands(office)
    assert (found["state"], found["amount"], found["approval"], found["closed_on"]) == (
        "reviewed", "3000.00", 1, "2026-03-17",
    )  # fmt: skip
    assert [(one["action"], one.get("by")) for one in found["timeline"]] == [
        ("open", "wang"), ("instruct", "sheng"), ("facts", "wang"), ("investigate", "wang"), ("conclude", "zhao"),
        ("report", "wang"), ("propose", "wang"), ("settle", "wang"), ("answer", "wang"), ("plan", "wang"), ("close", "wang"),
        ("done", "zhou"), ("review", "li"),
    ]  # fmt: skip
    assert [(one["clock"], one["ended"], one["late"]) for one in found["deadlines"]] == [
        ("closing", "met", False), ("decide", "met", False), ("report", "met", False), ("review", "met", False),
    ]  # fmt: skip
    assert found["measures"][0]["state"] == "done"
    assert [(one["duty"], one["departments"], one["owed"]) for one in found["duties"]] == [
        ("marketing", [], []), ("development", [], []), ("service", [], []),
    ]  # fmt: skip
    assert [(one["step"], one["at"][5:16], one["by"]) for one in found["duties"][0]["done"]] == [
        ("facts", "03-12T10:00", "wang"), ("answer", "03-16T09:00", "wang"),
    ]  # fmt: skip


def test_it_is_settled_only_as_far_as_it_is_signed(office: Program) -> None:
    proposed(office, "5000.01")
    assert refused(office, "wang", "settle", "1") == [
        "Error: the settlement of TS2026-0001 is not signed: approval A1",
        "Try: it holds once it is signed: revisit approval show A1",
    ]
    assert (sign(office, "sheng"), sign(office, "wang")) == (1, 1)
    assert sign(office, "zong") == 0
    does(office, "wang", "propose", "1", "--settlement", "refund", "--amount", "6000")
    assert refused(office, "wang", "settle", "1")[0].endswith("approval A2"), "another amount is asked for anew"
    does(office, "wang", "propose", "1", "--settlement", "refund", "--amount", "900")
    assert sign(office, "xiao", 2) == 0
    does(office, "wang", "settle", "1")
    assert stands(office)["amount"] == "900.00"


def test_what_is_signed_for_a_complaint_is_changed_by_proposing_something_else(office: Program) -> None:
    proposed(office)
    office.login = "wang"
    tried = office("approval", "change", "1", "--amount", "500", "--reason", "少退")
    assert (tried.code, tried.err.splitlines()) == (
        1,
        [
            "Error: A1 is signed for a complaint: its amount is what is proposed there",
            "Try: propose another one: revisit complaint propose N --settlement KIND --amount AMOUNT",
        ],
    )
    assert office("approval", "show", "1", "--json").json["amount"] == "800.00"
    assert sign(office, "xiao") == 0
    does(office, "wang", "propose", "1", "--settlement", "refund", "--amount", "900")
    assert (
        refused(office, "wang", "settle", "1")[0] == "Error: the settlement of TS2026-0001 is not signed: approval A2"
    )


def test_who_may_propose_may_propose_something_else(office: Program) -> None:
    """The manager of customer service leads no team of the other department: what was proposed is changed, and taken back."""
    office.login = "admin"
    assert office("staff", "change", "qian", "--department", "客服二部").code == 0
    proposed(office)
    does(office, "qian", "propose", "1", "--settlement", "refund", "--amount", "1200")
    assert (sign(office, "xiao"), sign(office, "qian")) == (1, 1)
    assert stands(office)["amount"] == "1200.00"
    does(office, "qian", "propose", "1", "--settlement", "none", "--text", "客户不要了")
    office.login = "admin"
    assert office("approval", "show", "1", "--json").json["state"] == "withdrawn"
    office.login = "qian"
    for words in (("change", "1", "--amount", "5", "--reason", "x"), ("withdraw", "1", "--reason", "x")):
        assert office("approval", *words).code == 1, "other than by a proposal it is not this person's"


def test_an_amount_that_was_proposed_anew_is_not_split_one_of_another_form_is(office: Program) -> None:
    """The second proposal takes the place of the first; what the customer refuses and gets on the next form comes on top."""
    proposed(office)
    assert sign(office, "xiao") == 0
    does(office, "wang", "propose", "1", "--settlement", "refund", "--amount", "900")
    office.login = "admin"
    assert office("approval", "show", "2", "--json").json["split"] == []
    assert sign(office, "xiao", 2) == 0
    does(office, "wang", "settle", "1")
    does(office, "wang", "answer", "1", "--channel", "phone")
    does(office, "wang", "refuse", "1", "--reason", "还不够")
    does(office, "wang", "investigate", "2", "--department", "研发部")
    does(office, "zhao", "conclude", "2", "--cause", "受潮")
    does(office, "wang", "report", "2", "--text", "同上")
    does(office, "wang", "propose", "2", "--settlement", "refund", "--amount", "300")
    office.login = "admin"
    assert office("approval", "show", "3", "--json").json["split"] == [1, 2]


def test_another_settlement_of_the_same_amount_is_signed_as_what_it_is(office: Program) -> None:
    """What was signed for a refund is no signature for goods."""
    proposed(office)
    does(office, "wang", "propose", "1", "--settlement", "refund", "--amount", "800", "--text", "两周内")
    assert stands(office)["approval"] == 1, "the same is not asked for twice"
    does(office, "wang", "propose", "1", "--settlement", "replacement", "--amount", "800")
    assert sign(office, "xiao") == 1
    assert (stands(office)["approval"], sign(office, "xiao", 2)) == (2, 0)
    shown = [office("approval", "show", number, "--json").json for number in ("1", "2")]
    assert [(one["state"], one["reason"]) for one in shown] == [
        ("withdrawn", "TS2026-0001 refund"), ("approved", "TS2026-0001 replacement"),
    ]  # fmt: skip


def test_what_is_not_upheld_needs_no_signature_and_no_measure(office: Program) -> None:
    proposed(office)
    does(office, "wang", "propose", "1", "--not-upheld", "--text", "人为损坏")
    office.login = "xiao"
    assert office("approval", "show", "1", "--json").json["state"] == "withdrawn"
    does(office, "wang", "settle", "1")
    does(office, "wang", "answer", "1", "--channel", "phone")
    does(office, "wang", "close", "1", "--result", "不成立")
    assert (stands(office)["upheld"], stands(office)["amount"]) == (False, "0.00")
    usage = (("--settlement", "refund"), ("--settlement", "none", "--amount", "5"), ("--settlement", "x"))
    for words in (*usage, ("--settlement", "refund", "--amount", "5", "--not-upheld"), ()):
        office.login = "wang"
        assert office("complaint", "propose", "1", *words).code in (1, 2)


def test_nothing_closes_before_the_customer_was_told(office: Program) -> None:
    proposed(office)
    assert refused(office, "wang", "close", "1", "--result", "x") == [
        "Error: TS2026-0001 is settlement proposed: close is not possible now",
        "Try: possible for you now: propose, settle, facts, hold",
    ]
    assert sign(office, "xiao") == 0
    does(office, "wang", "settle", "1")
    assert refused(office, "wang", "answer", "1") == [
        "Error: how the customer was told is missing", "Try: name it with --channel: phone, visit, wechat",
    ]  # fmt: skip
    assert refused(office, "wang", "answer", "1", "--channel", "phone", "--on", "2026-03-11")
    does(office, "wang", "answer", "1", "--channel", "phone")
    assert refused(office, "wang", "close", "1", "--result", "x")[0] == (
        "Error: TS2026-0001 has no measure of improvement, nor a reason why it needs none"
    )
    does(office, "wang", "measure", "1", "--exempt", "偶发")
    does(office, "wang", "close", "1", "--result", "x")


def test_the_department_that_investigates_is_urged(office: Program) -> None:
    """Each urging has its time and the answer; it moves nothing, and does not end the waiting for the customer."""
    does(office, "wang", "open", "C001", "--text", "茶叶发霉")
    assert refused(office, "wang", "urge", "1")[0] == "Error: TS2026-0001 is accepted: urge is not possible now"
    does(office, "wang", "investigate", "1", "--department", "研发部", at="2026-03-12 10:00")
    assert refused(office, "zhao", "urge", "1")[0].endswith("urge is not yours to do")
    before = stands(office)["deadlines"]
    assert does(office, "wang", "urge", "1", "--text", "明天给结果", at="2026-03-13 09:00") == [
        "Complaint TS2026-0001 of C001: being investigated",
        "  closing of the complaint: 王芳, due by 2026-03-18 23:59",
    ]
    assert stands(office)["deadlines"] == before
    does(office, "wang", "hold", "1", "--reason", "等样品")
    does(office, "qian", "urge", "1", at="2026-03-13 10:00")
    found = stands(office)
    urged = [(one["at"][:16], one["by"], one["text"]) for one in found["timeline"] if one["action"] == "urge"]
    assert urged == [("2026-03-13T09:00", "wang", "明天给结果"), ("2026-03-13T10:00", "qian", "")]
    assert found["waits"]


def test_moves_and_duties_are_named_in_chinese_beside_the_word_that_is_typed(office: Program) -> None:
    does(office, "wang", "open", "C001", "--text", "茶叶发霉")
    i18n.activate("zh")
    shown = does(office, "wang", "show", "1")
    place = shown.index("职责")
    assert shown[place + 1 : place + 4] == [
        "营销部门 · 待办：facts（补记情况）、answer（答复客户）",
        "研发部门 · 待办：conclude（调查结论）、measure（改进措施）",
        "客服部 · 待办：investigate（交办调查）、report（报告副总）、propose（提出处理方案）、settle（执行处理方案）、"
        "close（结案）、review（复核）",
    ]
    assert shown[-1] == "您现在可以：investigate（交办调查）、facts（补记情况）、hold（等待客户）"
    office.login = "wang"
    assert office("complaint", "settle", "1").err.splitlines() == [
        "错误：TS2026-0001现在是“已受理”：不能settle（执行处理方案）",
        "建议：您现在可以：investigate（交办调查）、facts（补记情况）、hold（等待客户）",
    ]
    assert office("complaint", "show", "1", "--json").json["possible"] == ["investigate", "facts", "hold"]


@pytest.mark.parametrize("when", ["told", "closed", "reviewed"])
def test_what_the_customer_does_not_accept_goes_on_with_another_form(office: Program, when: str) -> None:
    closed(office)
    if when == "told":  # the same up to there, with another form
        does(office, "wang", "refuse", "1", "--reason", "还要赔")
    if when == "reviewed":
        does(office, "li", "review", "--month", "2026-03", "--done", "--text", "x")
    if when != "told":
        told = does(office, "wang", "refuse", "1", "--reason", "还要赔")
        assert told[0] == "Complaint TS2026-0002 of C001: accepted · goes on from TS2026-0001"
    old, new = stands(office), stands(office, "2")
    assert (old["state"], old["after"], old["closed_on"]) == ("refused", "TS2026-0002", None)
    assert (new["state"], new["before"], new["what"]) == ("accepted", "TS2026-0001", "还要赔")
    assert not [one for one in old["deadlines"] if not one["ended"]]
    office.login = "wang"
    assert office("due", "--rule", "case-revisit", "--json").json["items"] == [], "it was not closed"
    assert refused(office, "wang", "refuse", "1", "--reason", "x")
    assert (
        refused(office, "wang", "measure", "1", "--text", "x")[0]
        == "Error: TS2026-0001 goes on with the form TS2026-0002"
    )


def test_a_note_is_signed_for_no_more_than_came_back(office: Program) -> None:
    settled(office)
    does(office, "wang", "return", "1", "--goods", "茶叶", "--quantity", "10", "--unit", "箱", "--discount")
    assert refused(office, "li", "return", "1", "--item", "1", "--approve", "10")[0].endswith(
        "approve is not possible now"
    )
    does(office, "wang", "return", "1", "--item", "1", "--received", "8.5")
    for login, quantity in (("wang", "8"), ("li", "8.501"), ("li", "x"), ("li", "-1")):
        assert refused(office, login, "return", "1", "--item", "1", "--approve", quantity, "--amount", "1")
    does(office, "li", "return", "1", "--item", "1", "--approve", "8.5", "--amount", "600", "--note", "ZR-1")
    assert stands(office)["returned"] == [
        {
            "place": 1, "goods": "茶叶", "unit": "箱", "note": "discount", "note_number": "ZR-1", "announced": "10",
            "received": "8.5", "approved": "8.5", "amount": "600.00", "state": "approved",
        }
    ]  # fmt: skip
    does(office, "li", "return", "1", "--goods", "礼盒", "--quantity", "1")
    does(office, "li", "return", "1", "--item", "2", "--received", "1")
    assert refused(office, "li", "return", "1", "--item", "2", "--approve", "1", "--amount", "1")[0] == (
        "Error: TS2026-0001/2: whoever received the goods does not sign for them"
    )
    assert (
        refused(office, "li", "return", "1", "--item", "3", "--received", "1")[0] == "Error: TS2026-0001 has no part 3"
    )


def test_what_is_late_climbs_and_waiting_stops_the_clocks(office: Program) -> None:
    does(office, "wang", "open", "C001", "--text", "茶叶发霉", "--severe")
    does(office, "wang", "hold", "1", "--reason", "等样品", at="2026-03-12 09:30")
    assert refused(office, "wang", "hold", "1", "--reason", "x")
    assert {one["due_by"] for one in stands(office)["deadlines"]} == {None}
    assert does(office, "wang", "resume", "1", at="2026-03-13 09:00")[1:] == [
        "  closing of the complaint: 王芳, due by 2026-03-18 23:59",
        "  decision: vice president, due by 2026-03-13 09:30",
    ]
    office.at("2026-03-13 11:00")
    climbs = [one for one in stands(office)["timeline"] if one["action"] == "climb"]
    assert [one["post"] for one in climbs] == ["general manager"]
    assert refused(office, "xiao", "instruct", "1", "--text", "x")
    does(office, "wang", "facts", "1", "--ordinary")
    assert [one["ended"] for one in stands(office)["deadlines"]] == ["", "dropped"]
    does(office, "wang", "facts", "1", "--severe")
    does(office, "sheng", "instruct", "1", "--text", "x")


def test_who_sees_which_complaint(office: Program) -> None:
    does(office, "wang", "open", "C001", "--text", "茶叶发霉")
    seen = {}
    for login, *_more in STAFF:
        office.login = login
        seen[login] = (len(office("complaint", "list", "--json").json), office("complaint", "show", "1").code)
    nothing, all_ = (0, 1), (1, 0)
    assert seen == {
        "li": all_, "wang": all_, "sun": nothing, "zhao": nothing, "zhou": nothing, "qian": all_, "sheng": all_, "xiao": all_,
        "zong": all_, "shen": all_,
    }  # fmt: skip
    assert refused(office, "sun", "facts", "1", "--batch", "x")
    assert refused(office, "shen", "facts", "1", "--batch", "x")
    does(office, "wang", "investigate", "1", "--department", "研发部")
    office.login = "zhao"
    assert office("complaint", "show", "1").code == 0, "it was sent to them"
    assert office("due", "--json").json["waiting"]["complaints"] == 1


def test_the_manager_and_the_deputy_see_every_complaining_customer(office: Program) -> None:
    office.login = "sun"
    assert office("complaint", "open", "C002", "--text", "色差").code == 0
    office.login = "qian"
    (one,) = office("complaint", "list", "--json").json
    assert one["name"] == "宏远涂料"
    office.login = "wang"
    assert office("complaint", "list", "--json").json == []
    office.login = "qian"
    assert office("approval", "delegate", "客服部经理", "--to", "wang", "--until", "2026-03-13").code == 0
    does(office, "wang", "investigate", "1", "--department", "研发部")
    office.at("2026-03-14 09:00").login = "wang"
    assert office("complaint", "list", "--json").json == [], "the delegation is over"


def test_a_refusal_leaves_an_audit_row_and_nothing_else(office: Program) -> None:
    does(office, "wang", "open", "C001", "--text", "茶叶发霉")
    refused(office, "wang", "settle", "1")
    refused(office, "sun", "facts", "1", "--batch", "x")
    refused(office, "wang", "investigate", "1")
    assert trail(office) == [
        ("wang", "create", "complaint"),
        ("wang", "refuse", "complaint"),
        ("sun", "refuse", "complaint"),
    ]
    assert refused(office, "wang", "show", "9")[0] == "Error: there is no complaint TS2026-0009"
    assert refused(office, "wang", "show", "x")[0] == "Error: there is no complaint x"


def test_the_numbers_begin_anew_with_the_year(office: Program) -> None:
    does(office, "wang", "open", "C001", "--text", "x", at="2026-12-31 23:30")
    does(office, "wang", "open", "C001", "--text", "x")
    told = does(office, "wang", "open", "C001", "--text", "x", at="2027-01-01 00:30")
    assert told[0].startswith("Complaint TS2027-0001 of C001")
    assert does(office, "wang", "show", "ts2026-2")[0].startswith("TS2026-0002")
    assert does(office, "wang", "show", "1")[0].startswith("TS2027-0001")


def test_the_review_of_a_month(office: Program) -> None:
    closed(office)
    assert does(office, "li", "review", "--month", "2026-03")[0] == "Complaints closed in 2026-03: 1, to be reviewed: 1"
    office.login = "wang"
    assert office("complaint", "review", "--month", "2026-03", "--done", "--text", "x").code == 1, (
        "not for representatives"
    )
    assert office("complaint", "review", "--month", "x").code == 2
    office.login = "li"
    assert office("complaint", "review", "--month", "2026-03", "--done").code == 2, "what did it find?"
    assert does(office, "li", "review", "--month", "2026-03", "--done", "--text", "无误")[0].endswith(
        "to be reviewed: 0"
    )


@ON_SQLITE
def test_the_form_prints_in_both_languages(office: Program, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    closed(office)
    office.login = "wang"
    sheet = tmp_path / "form.xlsx"
    assert office("complaint", "form", "1", "-o", str(sheet)).code == 0
    assert office("complaint", "form", "1", "-o", str(sheet)).code == 1, "it is there"
    page = load_workbook(sheet).active
    assert page is not None
    cells = [str(cell) for row in page.iter_rows(values_only=True) for cell in row if cell]
    assert cells[0] == "Complaint form"
    assert {
        "Cause",
        "受潮",
        "refund 800.00 · approval A1",
        "sales department manager · 肖经理 · 2026-03-12 09:00",
    } <= set(cells)
    assert (page.page_setup.paperSize, page.page_setup.orientation) == (9, "portrait")
    assert sheet.stat().st_mode & 0o077 == 0
    i18n.activate("zh")
    assert office("complaint", "form", "1", "-o", str(sheet), "--yes").code == 0
    page = load_workbook(sheet).active
    assert page is not None
    assert (page.cell(1, 1).value, trail(office)[-1]) == ("客户投诉处理表", ("wang", "export", "complaint"))
    office.login = "sun"
    assert office("complaint", "form", "1", "-o", str(tmp_path / "other.xlsx")).code == 1
    assert not (tmp_path / "other.xlsx").exists()


@ON_SQLITE
@pytest.mark.parametrize(
    ("by_hand", "named"),
    [
        ("UPDATE complaint SET amount_cents = 80001", "TS2026-0001 closed, 800.01"),
        ("UPDATE approval SET state = 'asked', ended_at = NULL", "A1 asked, approved"),
        ("UPDATE complaint SET state = 'reviewed'", "TS2026-0001 reviewed, closed"),
        ("UPDATE measure SET state = 'done', ended_on = '2026-03-12'", "TS2026-0001 done, planned"),
        ("DELETE FROM move WHERE action = 'settle'", "TS2026-0001 answer: settled → told"),
    ],
)
def test_doctor_names_what_was_changed_by_hand(office: Program, by_hand: str, named: str) -> None:
    closed(office)
    office.login = "admin"

    def told() -> dict[str, Any]:
        (found,) = [one for one in office("doctor", "--json").json["checks"] if one["code"] == "matters"]
        return dict(found)

    assert told()["status"] == "ok"
    with sqlite3.connect(office.url) as connection:
        connection.execute(by_hand)
    connection.close()
    assert told()["status"] == "failed"
    assert named in told()["detail"]


@ON_SQLITE
def test_a_narrow_terminal_and_the_customer_file(office: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    closed(office)
    monkeypatch.setenv("COLUMNS", "40")
    assert "TS2026-0001" in "".join(does(office, "wang", "list", "--all"))
    does(office, "wang", "show", "1")
    does(office, "wang", "open", "C001", "--text", "又发霉", "--severe")
    office.login = "wang"
    shown = office("show", "C001", "--json").json
    assert [one["number"] for one in shown["complaints"]] == ["TS2026-0002"]
    assert "complaint" in {one["kind"] for one in shown["timeline"]}
    assert "TS2026-0002" in office("show", "C001").out


@ON_SQLITE
def test_a_measure_and_goods_are_told_with_the_place_by_which_they_are_called_later(office: Program) -> None:
    settled(office)
    planned = does(office, "wang", "measure", "1", "--text", "换包装", "--department", "研发部", "--by", "2026-03-31")
    assert planned[1] == "  1 · 换包装 · 研发部 · planned · due by 2026-03-31"
    assert does(office, "zhao", "measure", "1", "--item", "1", "--done", "已换")[1].endswith("done · 2026-03-12 · 已换")
    announced = does(office, "wang", "return", "1", "--goods", "茶叶", "--quantity", "3", "--unit", "箱")
    assert announced[1] == "  1 · 茶叶 · return · announced 3 箱"
    does(office, "wang", "return", "1", "--item", "1", "--received", "2")
    assert refused(office, "li", "return", "1", "--item", "1", "--approve", "3", "--amount", "10")[1] == (
        "Try: look at what came back: revisit complaint show TS2026-0001"
    )
    signed = does(office, "li", "return", "1", "--item", "1", "--approve", "2", "--amount", "10", "--note", "TH-1")
    assert signed[1] == "  1 · 茶叶 · return · announced 3 箱 · came back 2 箱 · approved 2 箱 · amount 10.00 · TH-1"


@ON_SQLITE
def test_in_chinese_the_settlement_is_typed_and_told_in_chinese(
    office: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    does(office, "wang", "open", "C001", "--text", "茶叶发霉")
    does(office, "wang", "investigate", "1", "--department", "研发部")
    does(office, "zhao", "conclude", "1", "--cause", "受潮", "--kind", "质量")
    does(office, "wang", "report", "1", "--text", "受潮三箱")
    monkeypatch.setenv("REVISIT_LANG", "zh")
    i18n.activate("zh")
    try:
        assert refused(office, "wang", "propose", "1", "--settlement", "送礼", "--amount", "80")[1] == (
            "建议：从这些里选一个：none（不作处理）, refund（退款）, discount（折让）, return（退货）, replacement（换货）, "
            "repair（维修）, compensation（赔偿）"
        )
        does(office, "wang", "propose", "1", "--settlement", "none")
        assert "处理方案        不作处理" in does(office, "wang", "show", "1")
        does(office, "wang", "propose", "1", "--settlement", "退款", "--amount", "800")
        office.login = "xiao"
        signed = office("approval", "show", "1").out.splitlines()
        assert signed[1:5:3] == ["事项  投诉处理金额 800.00 [P4]", "原因  TS2026-0001 退款"]
        assert signed[-3:-2] == ["03-12 09:00 已申请 · TS2026-0001 退款 · wang"]
        assert office("approval", "sign", "1", "--text", "同意 return 好").code == 0
        assert (
            "03-12 09:00 已签批 · 销售部经理 · 同意 return 好 · xiao"
            in office("approval", "show", "1").out.splitlines()
        )
    finally:
        i18n.activate("en")
