"""`revisit day`: one person's day and the team's on the screen, its document, who may see it, and the note for the next shift."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from revisit import i18n
from revisit.customers import get_customer
from revisit.models import Call, Claim
from revisit.render import width
from revisit.staff import get_by_login
from tests.support import Program, at_shanghai, reading, table, unit

STAFF = [
    {"登录名": "han", "姓名": "韩梅", "角色": "supervisor", "部门": "客服一部"},
    {"登录名": "wang", "姓名": "王伟", "角色": "representative", "部门": "客服一部"},
    {"登录名": "li", "姓名": "李[b]敏", "角色": "representative", "部门": "客服一部"},
    {"登录名": "zhao", "姓名": "赵", "角色": "representative", "部门": "客服二部"},
    {"登录名": "look", "姓名": "审计", "角色": "auditor"},
    {"登录名": "sign", "姓名": "审批", "角色": "approver"},
]
CUSTOMERS = [
    {"客户编号": "C1", "客户名称": "宏远涂料", "客服专员": "wang"},
    {"客户编号": "C2", "客户名称": "恒昌五金", "客服专员": "wang"},
    {"客户编号": "C3", "客户名称": "明珠[/]酒楼", "客服专员": "li"},
    {"客户编号": "C4", "客户名称": "利民建材", "客服专员": "zhao"},
    {"客户编号": "C5", "客户名称": "安顺化工"},
    {"客户编号": "C6", "客户名称": "鑫源超市", "客服专员": "wang"},
]
ORDERS = [
    {"订单号": code, "客户编号": code, "下单日期": f"2026-03-{on}"}
    for code, on in (("C1", "02"), ("C2", "02"), ("C3", "11"), ("C4", "02"), ("C5", "10"), ("C6", "11"))
]
LOGGED = (
    ("wang", "11:05", "C1", "--result", "reached", "--at", "09:05", "--satisfaction", "satisfied"),
    ("wang", "10:00", "C2", "--result", "no_answer"),
    ("wang", "10:30", "C6", "--result", "inconvenient", "--callback", "明天下午3点", "--purpose", "新报价", "--person", "王经理"),
    ("li", "14:00", "C3", "--result", "reached", "-c", "visit", "--at", "08:00", "--satisfaction", "neutral"),
    ("li", "14:10", "C4", "--result", "reached", "--inbound", "--reason", "问交货期", "--important"),
    ("zhao", "13:00", "C4", "--result", "declined"),
)  # fmt: skip
"""Who wrote down when what; C1 was dormant over a week, so an hour was given."""
CALLS = (
    ("wang", "C1", "09:00", "recorded", 250, 1), ("wang", "C6", "11:00", "dropped", 40, None),
    ("wang", "C2", "11:30", "draft", 0, None),
)  # fmt: skip
NOW = "2026-03-12 15:00"


def fill(revisit: Program, folder: Path) -> None:
    """Two departments and the day of their people, 12 March 2026."""
    revisit.at("2026-03-12 08:00")
    for kind, rows in (("staff", STAFF), ("customers", CUSTOMERS), ("orders", ORDERS)):
        assert revisit("import", kind, str(table(folder / f"{kind}.xlsx", rows))).code == 0
    for login, at, *words in LOGGED:
        revisit.login = login
        done = revisit.at(f"2026-03-12 {at}")("log", *words)
        assert done.code == 0, done.err
    with unit(revisit.url, at_shanghai("2026-03-12 12:00")) as work:
        from revisit import cases

        rows = dict(work.sql.rows("SELECT number, id FROM revisit"))
        for login, code, at, state, seconds, number in CALLS:
            work.session.add(
                Call(
                    customer_id=get_customer(work.sql, code), staff_id=get_by_login(work.sql, login).id, state=state,
                    script="satisfaction", script_version=1, script_hash="", language="zh", talk_seconds=seconds,
                    started_at=at_shanghai(f"2026-03-12 {at}"), revisit_id=rows[number] if number else None,
                )
            )  # fmt: skip
        for code, login, until in (("C5", "wang", "15:20"), ("C3", "li", "14:20")):
            work.session.add(
                Claim(
                    customer_id=get_customer(work.sql, code), staff_id=get_by_login(work.sql, login).id,
                    taken_at=at_shanghai("2026-03-12 12:00"), until_at=at_shanghai(f"2026-03-12 {until}"),
                )
            )  # fmt: skip
        cases.open_case(
            work.session, work.sql, work.company, customer_id=get_customer(work.sql, "C3"), actor=get_by_login(work.sql, "li"),
            revisit_id=rows[4], what="色差，要求退货", immediate=True, at=work.now,
        )  # fmt: skip


FILLED = {"desk": fill}


@pytest.fixture
def desk(revisit: Program) -> Program:
    """The company that `fill` leaves, as wang sees it at three in the afternoon."""
    revisit.login = "wang"
    return revisit.at(NOW)


def by(desk: Program, login: str | None, *words: str) -> Any:
    """What somebody is told; afterwards it is wang again."""
    desk.login = login
    done = desk(*words)
    desk.login = "wang"
    return done


MINE = """\
2026-03-12 (Thursday): the day of wang 王伟
Calls         3: on record 1, broken off 1, unfinished 1
Talk time     4:10, 4:10 on average
Not timed     2 by phone without a call
Revisits      3: contacts 1, attempts 2
Channels      phone 3
Results       not convenient 1, no answer 1, reached 1
Satisfaction  satisfied 1
Contacted     1
Met           in time 1, late 1
Records       2 written down within the deadline, 1 late
Left          1 to contact, 1 of them overdue

Booked: 1
When         Customer     How       Ask for  Purpose
03-13 15:00  C6 鑫源超市  promised  王经理   新报价

Written down late: 1
Revisit  Customer     Hours after
      1  C1 宏远涂料          2.0

Unfinished calls: go on (revisit call CUSTOMER), or hand them over
Customer     Begun
C2 恒昌五金  03-12 11:30

Still on the desk: call them, or hand them over
Customer  Held until
C5 安***  03-12 15:20
"""
TEAM = """\
2026-03-12 (Thursday): the day of the team
Login     Calls  Talk  Made  Contacts  Met  Late log  Booked  Left  Overdue
wang          3  4:10     3         1    2         1       1     1        1
li            0     –     1         1    1         0       1     0        0
(nobody)      0     –     0         0    0         0       0     1        0
total         3  4:10     4         2    3         1       2     2        1

Calls         3: on record 1, broken off 1, unfinished 1
Talk time     4:10, 4:10 on average
Not timed     2 by phone without a call
Revisits      4: contacts 2, attempts 2
Channels      phone 3, visit 1
Results       reached 2, not convenient 1, no answer 1
Satisfaction  satisfied 1, neutral 1
Contacted     2
Enquiries     1
Met           in time 2, late 1
Records       4 written down within the deadline, 1 late
Left          2 to contact, 1 of them overdue

Booked: 2
When         Customer     Login  How       Ask for  Purpose
03-13 15:00  C6 鑫源超市  wang   promised  王经理   新报价
03-13        C4 利***     li     planned

Cases opened: 1
Case  Customer        Login  At once  What
   1  C3 明珠[/]酒楼  li     yes      色差，要求退货

Written down late: 1
Revisit  Customer     Login  Hours after
      1  C1 宏远涂料  wang           2.0

Unfinished calls: go on (revisit call CUSTOMER), or hand them over
Customer     Login  Begun
C2 恒昌五金  wang   03-12 11:30

Still on the desk: call them, or hand them over
Customer     Login  Held until
C5 安顺化工  wang   03-12 15:20

Left for the next shift
  03-12 15:00  li: [/]样品在前台
"""
MINE_ZH = """\
2026-03-12（星期四）：wang 王伟的一天
外呼      3：已登记1、中断1、未完成1
通话时长  4:10，平均4:10
未计时    2次电话回访没有外呼记录
回访      3：联系1、未成功2
方式      电话3
结果      不方便1、未接1、已接通1
满意度    满意1
联系客户  1
已完成    按时完成1、逾期完成1
登记      按时登记2条，超时1条
剩余      还有1位客户待联系，其中1位逾期

预约：1
时间         客户         类别  届时找谁  事由
03-13 15:00  C6 鑫源超市  约定  王经理    新报价

超时登记的回访：1
回访  客户         延迟（小时）
   1  C1 宏远涂料           2.0

未完成的外呼：请继续（revisit call 客户）或移交
客户         开始时间
C2 恒昌五金  03-12 11:30

已领取尚未联系：请联系或移交
客户      领取到
C5 安***  03-12 15:20

上一班的交班留言
  03-12 15:00  li: [/]样品在前台
"""
TEAM_ZH = """\
2026-03-12（星期四）：全组的一天
登录名    外呼  时长  回访  联系  已完成  超时登记  预约  剩余  逾期
wang         3  4:10     3     1       2         1     1     1     1
li           0     –     1     1       1         0     1     0     0
（无人）     0     –     0     0       0         0     0     1     0
合计         3  4:10     4     2       3         1     2     2     1
"""


def test_my_day(desk: Program) -> None:
    done = desk("day")
    assert (done.code, done.out, done.err) == (0, MINE, "")


def test_the_day_of_the_team_with_what_was_left_for_the_next_shift(desk: Program) -> None:
    assert by(desk, "li", "day", "--note", "[/]样品在前台").code == 0
    done = by(desk, "han", "day", "--team")
    assert (done.code, done.out, done.err) == (0, TEAM, "")


def test_a_day_in_chinese(desk: Program) -> None:
    assert by(desk, "li", "day", "--note", "[/]样品在前台").code == 0
    i18n.activate("zh")
    assert desk("day").out == MINE_ZH
    assert by(desk, "han", "day", "--team").out.startswith(TEAM_ZH)


def test_the_document(desk: Program) -> None:
    found = desk("day", "--json").json
    assert found == {
        "on": "2026-03-12", "rep": "wang", "team": None,
        "figures": {
            "calls": {
                "opened": 3, "recorded": 1, "broken_off": 1, "unfinished": 1, "talk_seconds": 250, "mean_seconds": 250,
                "not_timed": 2,
            },
            "revisits": {
                "total": 3, "contacts": 1, "attempts": 2, "sales": 0, "other": 0, "by_channel": {"phone": 3},
                "by_result": {"inconvenient": 1, "no_answer": 1, "reached": 1},
            },
            "enquiries": 0, "customers": 1, "satisfaction": {"satisfied": 1, "neutral": 0, "dissatisfied": 0},
            "met": {"in_time": 1, "late": 1}, "records": {"within_deadline": 2, "late": 1}, "booked": 1, "cases": 0,
            "census": {
                "customers": 3, "due": 1, "promised": 1, "settled": 1, "waived": 0, "excluded": 0, "defective": 0,
            },
            "overdue": 1,
        },
        "booked": [{
            "rep": "wang", "code": "C6", "name": "鑫源超市", "revisit": 3, "on": "2026-03-13",
            "at": "2026-03-13T15:00:00+08:00", "planned": False, "purpose": "新报价", "ask_for": "王经理",
        }],
        "cases": [],
        "late": [{"rep": "wang", "code": "C1", "name": "宏远涂料", "revisit": 1, "hours": 2.0}],
        "drafts": [{"rep": "wang", "code": "C2", "name": "恒昌五金", "at": "2026-03-12T11:30:00+08:00"}],
        "claims": [{"rep": "wang", "code": "C5", "name": "安***", "at": "2026-03-12T15:20:00+08:00"}],
        "left": [], "waiting": [],
    }  # fmt: skip


def test_the_document_of_a_team(desk: Program) -> None:
    assert by(desk, "li", "day", "--note", "样品在前台").code == 0
    found = by(desk, "han", "day", "--team", "--json").json
    assert list(found) == list(desk("day", "--json").json)
    assert (found["rep"], [(one["rep"], one["name"]) for one in found["team"]]) == (
        None, [("wang", "王伟"), ("li", "李[b]敏"), ("", "")],
    )  # fmt: skip
    assert found["team"][0]["figures"] == desk("day", "--json").json["figures"]
    assert found["cases"] == [
        {
            "rep": "li", "code": "C3", "name": "明珠[/]酒楼", "case": 1, "at": "2026-03-12T12:00:00+08:00",
            "immediate": True, "what": "色差，要求退货",
        },
    ]  # fmt: skip
    assert found["left"] == [{"rep": "li", "at": "2026-03-12T15:00:00+08:00", "text": "样品在前台"}]
    everybody = by(desk, "admin", "day", "--team", "--json").json
    assert [one["rep"] for one in everybody["team"]] == ["wang", "li", "zhao", ""]
    assert everybody["figures"]["revisits"]["total"] == 5
    assert {one["name"] for one in everybody["booked"]} == {"鑫源超市", "利民建材"}


def test_of_anothers_customer_only_that_it_is_there(desk: Program) -> None:
    (one,) = by(desk, "li", "day", "--json").json["booked"]
    assert (one["code"], one["name"], one["purpose"], one["planned"], one["at"]) == ("C4", "利***", "", True, None)
    assert by(desk, "admin", "day", "--rep", "li", "--json").json["booked"][0]["purpose"] == "问交货期"


def test_an_earlier_day_holds_what_is_unfinished_still_and_no_claims(desk: Program) -> None:
    desk.at("2026-03-13 09:00")
    found = desk("day", "--on", "昨天", "--json").json
    assert (found["figures"]["calls"]["opened"], len(found["drafts"]), found["claims"]) == (3, 1, [])
    today = desk("day", "--json").json
    assert (today["figures"]["calls"]["opened"], len(today["drafts"])) == (0, 1), "the draft is still there"
    assert desk("day", "--on", "2026-03-11", "--json").json["drafts"] == []


def test_a_corrected_record_is_still_that_of_its_call(desk: Program) -> None:
    assert desk("amend", "1", "--note", "补记").code == 0
    assert desk("day", "--json").json["figures"]["calls"]["not_timed"] == 2
    assert desk("void", "1", "--reason", "打错").code == 0
    figures = desk("day", "--json").json["figures"]
    assert (figures["revisits"]["total"], figures["met"]) == (2, {"in_time": 0, "late": 0})


# --- who may


@pytest.mark.parametrize(
    ("login", "words", "code"),
    [
        ("wang", ("--rep", "wang"), 0),
        ("wang", ("--rep", "li"), 1),
        ("wang", ("--team",), 1),
        ("han", (), 0),
        ("han", ("--rep", "li"), 0),
        ("han", ("--rep", "zhao"), 1),
        ("admin", ("--rep", "zhao"), 0),
        ("look", ("--rep", "zhao"), 0),
        ("look", ("--team",), 0),
        ("look", ("--note", "x"), 1),
        ("sign", (), 0),
        ("sign", ("--team",), 1),
        ("sign", ("--note", "x"), 1),
        (None, (), 1),
        ("wang", ("--rep", "nobody"), 1),
        ("wang", ("--note", "  "), 2),
        ("wang", ("--note", "x", "--on", "昨天"), 2),
        ("wang", ("--note", "x", "--rep", "wang"), 2),
        ("han", ("--note", "x", "--team"), 2),
        ("han", ("--rep", "li", "--team"), 2),
        ("wang", ("--on", "whenever"), 2),
        ("wang", ("--on", "明天"), 1),
    ],
)
@pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
def test_who_may_see_whose_day(desk: Program, login: str | None, words: tuple[str, ...], code: int) -> None:
    desk.login = login
    done = desk("day", *words)
    assert done.code == code
    assert bool(done.out) == (code == 0)
    assert done.err.startswith("Error: ") == (code != 0)
    desk.login = "admin"
    assert notes_of(desk) == [], "what is refused leaves nothing"


def notes_of(desk: Program) -> list[str]:
    with reading(desk.url) as (sql, _company):
        return [row[0] for row in sql.rows("SELECT text FROM shift_note ORDER BY id")]


# --- the note


def test_a_note_is_shown_with_the_day_and_in_the_audit(desk: Program) -> None:
    desk.at("2026-03-12 18:05")
    done = desk("day", "--note", " C1 明早9点前回电 \n另有[b]样品[/]\x1b[31m ")
    assert (done.code, done.err) == (0, "The note is left for the next shift.\n")
    shown = "03-12 18:05  wang: C1 明早9点前回电  另有[b]样品[/]\ufffd[31m"
    assert done.out.splitlines()[-2:] == ["Left for the next shift", f"  {shown}"]
    trail = by(desk, "admin", "audit", "--limit", "1").out
    assert "note for the next shift" in trail and "C1 明早9点前回电" in trail
    assert by(desk, "li", "day").out.splitlines()[-2:] == ["From the last shift", f"  {shown}"]


def test_the_next_shift_is_told_under_the_morning_list(desk: Program) -> None:
    assert desk("day", "--note", "一").code == by(desk, "han", "day", "--note", "二").code == 0
    desk.at("2026-03-13 08:30")
    told = "Notes from the last shift: 2 (revisit day)\n"
    assert by(desk, "li", "due").err == told
    assert "Notes" not in by(desk, "li", "due").out
    assert [by(desk, login, "due").err for login in ("wang", "han", "zhao", "sign")] == [told, told, "", ""]
    for words in (("--json",), ("--csv",), ("--all",), ("--excluded",)):
        assert by(desk, "li", "due", *words).err == ""
    assert [one["text"] for one in by(desk, "li", "day", "--json").json["waiting"]] == ["二", "一"]
    i18n.activate("zh")
    assert by(desk, "li", "due").err == "上一班有2条交班留言（revisit day）\n"
    desk.at("2026-03-16 08:30")
    last = by(desk, "li", "due").err.splitlines()[-1]
    assert last == "上一班有2条交班留言（revisit day）", "li was last at work on the 12th"
    assert by(desk, "look", "day", "--json").json["waiting"] == [], "the calendar says the 13th"


# --- screens


@pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("columns", [40, 59, 80, 200])
def test_a_day_fits_the_terminal(desk: Program, monkeypatch: pytest.MonkeyPatch, lang: str, columns: int) -> None:
    assert by(desk, "li", "day", "--note", "样品在前台，" * 20).code == 0
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr("revisit.render.paged", nullcontext)
    i18n.activate(lang)
    for login, words in (("wang", ("day",)), ("han", ("day", "--team"))):
        lines = by(desk, login, *words).out.splitlines()
        assert max(map(width, lines)) <= columns
        assert ("wang" in lines) == (login == "han" and columns < 60), "below 60 columns each line becomes a card"
