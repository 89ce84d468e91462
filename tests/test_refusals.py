"""Whoever tries what is not theirs, not now, or not yet: a sentence and a way out, and no trace but one audit row.

One company with a matter of every kind in many states; each attempt of the table is made in it, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from revisit import audit
from tests.support import Program, reading, table
from tests.whole import state

STAFF = (
    ("li", "客服主管", "客服部"), ("wang", "客服专员", "客服部"), ("sun", "客服专员", "客服二部"), ("zhao", "", "研发部"),
    ("qian", "客服部经理", "客服部"), ("xiao", "销售部经理", "销售部"), ("sheng", "副总经理", ""), ("zong", "总经理", ""),
    ("ming", "营销总监", ""), ("cai", "财务主管", ""), ("shen", "审计", ""),
)  # fmt: skip
DONE = (
    # cases: 1 open, 2 with the department, 3 resolved, 4 closed, 5 waits for the customer
    *(("wang", "case", "open", "C001", "--text", "晚了", "--at-once") for _number in range(5)),
    ("li", "case", "route", "2", "--department", "研发部"),
    ("li", "case", "decide", "3", "--result", "道歉"),
    ("li", "case", "decide", "4", "--result", "道歉"),
    ("wang", "case", "tell", "4", "--channel", "phone"),
    ("wang", "case", "hold", "5", "--reason", "等客户"),
    # complaints: 1 accepted, 2 without a report, 3 not signed, 4 not told, 5 without a measure, 6 signed for less
    *(("wang", "complaint", "open", "C001", "--text", "发霉") for _number in range(6)),
    *(("wang", "complaint", "investigate", number, "--department", "研发部") for number in "23456"),
    *(("zhao", "complaint", "conclude", number, "--cause", "受潮") for number in "23456"),
    *(("wang", "complaint", "report", number, "--text", "受潮") for number in "3456"),
    *(("wang", "complaint", "propose", number, "--settlement", "refund", "--amount", "800") for number in "3456"),
    *(("xiao", "approval", "sign", number) for number in "234"),
    ("wang", "complaint", "propose", "6", "--settlement", "refund", "--amount", "900"),
    *(("wang", "complaint", "settle", number) for number in "45"),
    ("wang", "complaint", "answer", "5", "--channel", "phone"),
    ("wang", "complaint", "return", "5", "--goods", "茶叶", "--quantity", "3"),
    ("qian", "complaint", "return", "5", "--item", "1", "--received", "2"),
    # approvals: 1 to 5 of the settlements, 6 a limit that one has signed, 7 of remote service by its own signer
    ("wang", "approval", "request", "credit", "C001", "--limit", "20000", "--reason", "x"),
    ("ming", "approval", "sign", "6"),
    ("qian", "service", "open", "C001", "--kind", "free", "--text", "远程", "--remote"),
    # service: S1 remote and not signed, S2 sent, S3 finished, S4 for ourselves
    *(("wang", "service", "open", "C001", "--kind", "paid", "--text", "漏水") for _number in range(2)),
    ("wang", "service", "open", "--kind", "internal", "--text", "清理"),
    *(("li", "service", "dispatch", number, "--to", "sun") for number in "23"),
    ("sun", "service", "start", "3"),
    ("sun", "service", "finish", "3", "--result", "好了", "--fee", "90"),
)  # fmt: skip
NOT_YOURS, NOT_NOW = "is not yours to do", "is not possible now"
REFUSED = {
    "wrong role": (
        ("wang", "case_", NOT_YOURS, "case decide 1 --result x"),
        ("wang", "case_", NOT_YOURS, "case coordinate 1 --department 研发部"),
        ("sun", "case_", NOT_YOURS, "case route 1 --department 研发部"),
        ("zhao", "case_", NOT_YOURS, "case respond 1 --text x"),
        ("zhao", "case_", NOT_YOURS, "case urge 2"),
        ("shen", "case_", NOT_YOURS, "case hold 1 --reason x"),
        ("sheng", "case_", NOT_YOURS, "case decide 1 --result x"),
        ("sun", "complaint", NOT_YOURS, "complaint facts 1 --batch B1"),
        ("sun", "complaint", NOT_YOURS, "complaint answer 4 --channel phone"),
        ("shen", "complaint", NOT_YOURS, "complaint facts 1 --batch B1"),
        ("zhao", "complaint", NOT_YOURS, "complaint propose 3 --settlement none"),
        ("li", "approval", "is not yours to sign: it waits for sales department manager", "approval sign 1"),
        ("sheng", "approval", "is not yours to sign: it waits for sales department manager", "approval reject 1 --reason x"),
        ("sun", "approval", "is not for you to see", "approval withdraw 6 --reason x"),
        ("shen", "approval", NOT_YOURS, "approval remind 6"),
        ("wang", "service_job", NOT_YOURS, "service dispatch 4 --to sun"),
        ("shen", "service_job", NOT_YOURS, "service cancel 2 --reason x"),
    ),
    "own request": (
        ("wang", "approval", "is your own request", "approval sign 6"),
        ("qian", "approval", "is your own request", "approval sign 7"),
        (
            "qian", "returned_goods", "whoever received the goods does not sign",
            "complaint return 5 --item 1 --approve 2 --amount 1",
        ),
    ),
    "wrong order": (
        ("wang", "case_", NOT_NOW, "case resolve 1 --result x"),
        ("wang", "case_", NOT_NOW, "case tell 1 --channel phone"),
        ("li", "case_", NOT_NOW, "case decide 2 --result x"),
        ("wang", "case_", NOT_NOW, "case resume 1"),
        ("wang", "case_", NOT_NOW, "case reopen 2 --reason x"),
        ("li", "case_", NOT_NOW, "case escalate 4 --reason x"),
        ("wang", "case_", NOT_NOW, "case hold 5 --reason x"),
        ("wang", "complaint", NOT_NOW, "complaint conclude 1 --cause x"),
        ("wang", "complaint", NOT_NOW, "complaint close 4 --result x"),
        ("wang", "complaint", NOT_NOW, "complaint refuse 4 --reason x"),
        ("zong", "approval", "is not yours to sign yet: it waits for finance supervisor first", "approval sign 6"),
        ("ming", "approval", "the step of your post is signed already", "approval sign 6"),
        ("xiao", "approval", NOT_NOW, "approval sign 2"),
        ("sun", "service_job", NOT_NOW, "service finish 2 --result x --fee 3"),
        ("sun", "service_job", NOT_NOW, "service sign-off 2 --signed-by x"),
        ("li", "service_job", NOT_NOW, "service cancel 3 --reason x"),
        ("li", "service_job", "approval A7 is not signed", "service dispatch 1 --to sun"),
    ),
    "something is missing": (
        ("wang", "complaint", NOT_NOW, "complaint propose 2 --settlement none"),
        ("wang", "complaint", "the settlement of TS2026-0003 is not signed: approval A1", "complaint settle 3"),
        ("wang", "complaint", "has no measure of improvement", "complaint close 5 --result x"),
    ),
    "a changed amount": (
        ("wang", "complaint", "the settlement of TS2026-0006 is not signed: approval A5", "complaint settle 6"),
        ("xiao", "approval", "asks for 900.00, not for 800.00", "approval sign 5 --amount 800"),
        ("wang", "approval", "its amount is what is proposed there", "approval change 5 --amount 100 --reason x"),
        ("li", "returned_goods", "no more is approved than came back", "complaint return 5 --item 1 --approve 3 --amount 1"),
        ("li", "approval", "C001 has such a request already: A6", "approval request credit C001 --limit 5 --reason x"),
    ),
}  # fmt: skip
LEFT_OUT = (
    ("wang", "the reason is missing", "case escalate 1"),
    ("li", "what came of it is missing", "case decide 1"),
    ("wang", "the department is missing", "complaint investigate 1"),
    ("xiao", "the reason is missing", "approval reject 1"),
    ("sun", "who signed", "service sign-off 3"),
    ("li", "who goes is missing", "service dispatch 4"),
    ("wang", "there is no case 99", "case tell 99 --channel phone"),
    ("wang", "C002 is a customer of sun", "case open C002 --text x"),
    ("wang", "C002 is a customer of sun", "complaint open C002 --text x"),
    ("wang", "--arrival is missing", "survey record C001 --attitude fair --skill fair --job 3"),
)  # fmt: skip


@pytest.fixture
def office(revisit: Program, tmp_path: Path) -> Program:
    """A company with matters in many states, on a Thursday morning."""
    revisit.at("2026-03-12 09:00")
    for name in ("客服部", "客服二部", "研发部", "销售部"):
        assert revisit("department", "add", name).code == 0
    for login, post, department in STAFF:
        options = [*(["--post", post] if post else []), *(["--department", department] if department else [])]
        assert revisit("staff", "add", login, *options).code == 0
    people = [
        {"客户编号": code, "客户名称": name, "客服专员": rep, "信用额度": "100", "最近订货日期": "2026-03-09"}
        for code, name, rep in (("C001", "明珠酒楼", "wang"), ("C002", "宏远涂料", "sun"))
    ]
    assert revisit("import", "customers", str(table(tmp_path / "people.xlsx", people))).code == 0
    for login, *words in DONE:
        revisit.login = login
        done = revisit(*words)
        assert done.code == 0, (words, done.err)
    return revisit


def noted(url: str) -> list[tuple[str, str, str]]:
    """Who did what to which table, as the audit has it; its chain holds."""
    with reading(url) as (sql, _company):
        assert audit.verify(sql).broken_at is None
        return [(row[1], row[2], row[3]) for row in sql.rows(audit.ALL)]


def test_every_refusal_is_a_sentence_and_leaves_no_trace_but_an_audit_row(office: Program) -> None:
    before, rows = state(office.url), noted(office.url)
    for kind, attempts in REFUSED.items():
        for login, where, sentence, words in attempts:
            office.login = login
            tried = office(*words.split())
            assert (tried.code, tried.out) == (1, ""), (kind, login, words, tried.err)
            error, remedy = tried.err.splitlines()
            assert error.startswith("Error: ") and sentence in error, (kind, login, words, error)
            assert remedy.startswith("Try: ")
            rows.append((login, "refuse", where))
            assert noted(office.url) == rows, (kind, login, words)
    assert state(office.url) == before


def test_what_was_left_out_or_is_not_there_leaves_no_trace_at_all(office: Program) -> None:
    before, rows = state(office.url), noted(office.url)
    for login, sentence, words in LEFT_OUT:
        office.login = login
        tried = office(*words.split())
        assert tried.code in (1, 2) and tried.out == "", words
        assert sentence in tried.err.splitlines()[0], (words, tried.err)
    assert (state(office.url), noted(office.url)) == (before, rows)
