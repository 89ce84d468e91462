"""`revisit log` as representatives use it: words of a sheet, enquiries, what is important, planned follow-ups, who may."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from revisit import i18n, models
from tests.support import Program, at_shanghai, mostly_on_sqlite, reading, table, unit

CUSTOMERS = [
    {"客户编号": "C1", "客户名称": "宏远涂料", "联系人": "李敏", "电话": "13800000001", "等级": "A", "地区": "华东"}
    | {"客服专员": "wang"},
    {"客户编号": "C2", "客户名称": "恒昌五金", "电话": "13800000002", "客服专员": "li"},
    {"客户编号": "C3", "客户名称": "新客", "签约日期": "2026-03-01"},
]
ORDERS = [
    {"订单号": "A1", "客户编号": "C1", "下单日期": "2026-03-02", "金额": "1200.50"},
    {"订单号": "A2", "客户编号": "C2", "下单日期": "2026-03-10", "金额": "80"},
]
STAFF = {
    "sun": ("supervisor", "华东"), "zhou": ("supervisor", "华南"), "boss": ("supervisor", None), "gao": ("approver", None),
    "shen": ("auditor", None),
}  # fmt: skip


def fill(revisit: Program, folder: Path) -> None:
    """Three customers, two teams, and somebody of every role, on 12 March 2026, 10:00 in Shanghai."""
    assert revisit("import", "customers", str(table(folder / "c.xlsx", CUSTOMERS))).code == 0
    assert revisit("import", "orders", str(table(folder / "o.xlsx", ORDERS))).code == 0
    at = at_shanghai("2026-03-12 09:00")
    with unit(revisit.url, at) as work:
        rooms = {name: models.Department(name=name) for name in ("华东", "华南")}
        work.session.add_all(rooms.values())
        work.session.flush()
        for login, room in (("wang", "华东"), ("li", "华南")):
            work.sql.run(
                "UPDATE staff SET department_id = :room WHERE login = :login", room=rooms[room].id, login=login
            )
        for login, (role, of) in STAFF.items():
            room_id = rooms[of].id if of else None
            work.session.add(models.Staff(login=login, name=login, role=role, department_id=room_id, created_at=at))


FILLED = {"office": fill}


def by(office: Program, login: str, *arguments: str) -> Any:
    """The program as somebody else runs it."""
    return Program(office.url, office.capsys, office.monkeypatch, login)(*arguments)


@pytest.fixture
def office(revisit: Program) -> Program:
    """The company that `fill` leaves."""
    return revisit


def stored(office: Program, statement: str) -> list[tuple[Any, ...]]:
    with reading(office.url) as (sql, _company):
        return sql.rows(statement)


NO_NEXT_TRY = {"retry_at": None, "try": None, "try_phone": None, "try_channels": None}
BOOKING = "SELECT promised_on, promised_at, purpose, person, planned FROM booking ORDER BY id"
SAID = "SELECT result, channel, satisfaction, intention, inbound, important, reason, note FROM revisit ORDER BY id"


def test_everything_that_can_be_said(office: Program) -> None:
    done = by(
        office, "wang", "log", "C1", "--result", "已接通", "--channel", "上门", "--satisfaction", "很满意",
        "--intention", "有意向", "--reason", "价格", "--note", "要样品", "--person", "李敏", "--next", "下周三",
        "--purpose", "送样品", "--important", "--json",
    )  # fmt: skip
    assert (done.code, done.err) == (0, "")
    assert done.json == {
        "revisit": 1,
        "met": [
            {"rule": "after-sale", "due_by": "2026-03-09", "outcome": "late"},
            {"rule": "dormant-week", "due_by": "2026-03-16", "outcome": "in_time"},
        ],
        "opened": [{"rule": "callback", "opens_on": "2026-03-18", "due_by": "2026-03-18"}],
        "callback": None,
        "next": "2026-03-18",
        **NO_NEXT_TRY,
        "lag_hours": 0.0,
        "in_time": True,
    }
    said = [tuple(row) for row in stored(office, SAID)]
    assert said == [("reached", "visit", "satisfied", "interested", False, True, "价格", "要样品")]
    assert stored(office, BOOKING) == [("2026-03-18", None, "送样品", "李敏", True)]


@pytest.mark.parametrize(
    ("option", "typed", "kept"),
    [
        ("--result", "已接通", "reached"),
        ("--result", "未接", "no_answer"),
        ("--result", "拒访", "declined"),
        ("--result", "不 方便", "inconvenient"),
        ("--result", "No Answer", "no_answer"),
        ("--channel", "电话", "phone"),
        ("--channel", "微信", "wechat"),
        ("--channel", "ＳＭＳ", "sms"),
        ("--satisfaction", "不满意", "dissatisfied"),
        ("--satisfaction", "一般", "neutral"),
        ("--intention", "未定", "undecided"),
        ("--intention", "无意向", "none"),
        ("--intention", "", ""),
    ],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_word_of_a_sheet_is_a_word_here(office: Program, language: str, option: str, typed: str, kept: str) -> None:
    i18n.activate(language)
    required = () if option == "--result" else ("--result", "reached")
    done = office("log", "C1", *required, option, typed)
    assert (done.code, done.err) == (0, "")
    assert stored(office, f"SELECT {option.strip('-')} FROM revisit") == [(kept,)]


def test_an_important_talk_is_followed_up_on_the_next_working_day(office: Program) -> None:
    office.at("2026-04-30 16:00")  # the five days after it are the Labour Day holiday
    done = by(office, "wang", "log", "C1", "-r", "reached", "--important", "--note", "样品已寄", "--person", "李敏")
    assert done.out.splitlines()[-3:] == [
        "Follow-up planned: 2026-05-06 (Wednesday)",
        "  Purpose: 样品已寄",
        "  Ask for: 李敏",
    ]
    assert stored(office, BOOKING) == [("2026-05-06", None, "样品已寄", "李敏", True)]


BOOKED: list[tuple[tuple[str, ...], tuple[Any, ...]]] = [
    (("--important", "--reason", "缺货"), ("2026-03-13", None, "缺货", "", True)),
    (("--important", "--callback", "2026-03-20"), ("2026-03-20", None, "", "", False)),
    (("--important", "--at", "2026-03-03"), ("2026-03-12", None, "", "", True)),
    (("--next", "2026-03-20 15:00"), ("2026-03-20", "2026-03-20 07:00", "", "", True)),
    (("--next", "2026-03-12"), ("2026-03-12", None, "", "", True)),
    (("--callback", "周六下午"), ("2026-03-14", "2026-03-14 06:00", "", "", False)),
    (("--callback", "周六下午", "--in-hours"), ("2026-03-16", "2026-03-16 01:00", "", "", False)),
    (("--next", "周六", "--in-hours"), ("2026-03-16", None, "", "", True)),
    (("--callback", "12:30", "--in-hours"), ("2026-03-12", "2026-03-12 06:00", "", "", False)),
    (("--callback", "月底前"), ("2026-03-31", None, "", "", False)),
    (("--callback", "Mon 15:00", "--in-hours"), ("2026-03-16", "2026-03-16 07:00", "", "", False)),
    (("--callback", "明天", "--ask-for", "张总", "--person", "李敏"), ("2026-03-13", None, "", "张总", False)),
]


@pytest.mark.parametrize(("told", "booked"), BOOKED, ids=[" ".join(case[0]) for case in BOOKED])
def test_what_is_booked(office: Program, told: tuple[str, ...], booked: tuple[Any, ...]) -> None:
    assert office("log", "C1", "-r", "no_answer", *told).code == 0
    ((on, at, *rest),) = stored(office, BOOKING)
    assert (on, at[:16] if at else None, *rest) == booked


WRONG: list[tuple[tuple[str, ...], int, str]] = [
    (("--next", "明天", "--callback", "明天"), 2, "--callback, --next exclude each other"),
    (("--next", "2026-03-11"), 1, "the follow-up lies before the revisit"),
    (("--next", "09:00"), 1, "the follow-up lies before the revisit"),
    (("--callback", "09:30", "--in-hours"), 1, "the callback lies before the revisit"),
    (
        ("--at", "2026-03-11 12:10", "--callback", "2026-03-11 12:05", "--in-hours"),
        1,
        "the callback lies before the revisit",
    ),
    (("--callback", "3点"), 2, "3点 can be read in two ways"),
    (("--callback", "next week"), 2, "next week names no day that could be kept"),
    (("--callback", "Thursday"), 2, "Thursday: this week or next week?"),
    (("--callback", "3月18日周四"), 2, "the weekday does not fit the date: 3月18日周四"),
    (("--callback", "下午3点前"), 2, "下午3点前 says until when, but not when"),
    (("--callback", "明天上午10点到下午3点"), 2, "明天上午10点到下午3点 is longer than one stretch of the call hours"),
    (("--callback", "今天前"), 2, "今天前 has passed"),
    (("--callback", "周六", "--at", "2026-03-12 09:50", "--next", "周六"), 2, "--callback, --next exclude each other"),
    (("--in-hours",), 2, "--in-hours needs a day"),
    (("--next", "irgendwann"), 2, "I do not understand the date irgendwann"),
    (("--at", "2026-03-10", "--callback", "2026-03-09"), 1, "the callback lies before the revisit"),
    (("--purpose", "送样品"), 2, "--purpose needs a day"),
    (("--ask-for", "张总"), 2, "--ask-for needs a day"),
    (("--intention", "perhaps"), 2, "--intention does not know the word perhaps"),
    (("--channel", "鸽子"), 2, "--channel does not know the word 鸽子"),
]


@pytest.mark.parametrize(("told", "code", "sentence"), WRONG, ids=[" ".join(case[0]) for case in WRONG])
@pytest.mark.parametrize("inbound", [(), ("--inbound",)], ids=["outbound", "inbound"])
def test_what_cannot_be_is_refused_and_nothing_is_written(
    office: Program, told: tuple[str, ...], code: int, sentence: str, inbound: tuple[str, ...]
) -> None:
    done = office("log", "C1", "-r", "reached", *told, *inbound)
    assert (done.code, done.out) == (code, "")
    assert sentence in done.err
    assert len(done.err.splitlines()) == 2
    assert stored(office, "SELECT count(*) FROM revisit") == [(0,)]


# --- the customer calls


def test_an_enquiry_is_recorded_with_what_was_asked_and_answered(office: Program) -> None:
    said = ("-r", "reached", "--inbound", "--person", "李敏", "--reason", "何时到货", "--note", "下周二")
    done = by(office, "wang", "log", "C1", *said)
    assert done.out.splitlines() == ["Revisit 1 is on record.", "It meets no follow-up that is owed."]
    assert [tuple(row)[4:] for row in stored(office, SAID)] == [(True, False, "何时到货", "下周二")]
    assert office("due", "--json").json["items"][0]["code"] == "C1", "it is still owed a call"


def test_whoever_picks_up_the_telephone_writes_it_down_and_learns_nothing(office: Program) -> None:
    """The talk meets a promised callback of the other representative's customer; that is not told."""
    assert by(office, "wang", "log", "C1", "-r", "inconvenient", "--callback", "2026-03-12 15:00").code == 0
    office.at("2026-03-12 15:30")
    told = by(office, "li", "log", "C1", "-r", "reached", "--inbound", "--important", "--note", "急", "--json")
    assert told.json == {
        "revisit": 2, "met": [], "opened": [], "callback": None, "next": "2026-03-13", **NO_NEXT_TRY, "lag_hours": None,
        "in_time": None,
    }  # fmt: skip
    screen = by(office, "li", "log", "C1", "-r", "reached", "--inbound").out.splitlines()
    assert screen == ["Revisit 3 is on record.", "C1 is a customer of wang: pass it on."]
    nobody = by(office, "li", "log", "C3", "-r", "reached", "--inbound")
    assert nobody.out.splitlines() == ["Revisit 4 is on record."]
    met = stored(office, "SELECT rule FROM follow_up WHERE met_on IS NOT NULL")
    assert met == [("callback",), ("callback",)], "the enquiry met what was promised, and the next one what was planned"


MAY = {
    # login: (own C1 outbound, C2 outbound, C3 of nobody outbound, C2 inbound)
    "wang": (0, 1, 1, 0),
    "li": (1, 0, 1, 0),
    "sun": (0, 1, 0, 0),
    "zhou": (1, 0, 0, 0),
    "boss": (0, 0, 0, 0),
    "admin": (0, 0, 0, 0),
    "gao": (1, 1, 1, 1),
    "shen": (1, 1, 1, 1),
}


@pytest.mark.parametrize("login", MAY)
def test_who_may_write(office: Program, login: str) -> None:
    calls = (("C1",), ("C2",), ("C3",), ("C2", "--inbound"))
    done = [by(office, login, "log", *call, "-r", "no_answer") for call in calls]
    assert tuple(one.code for one in done) == MAY[login]
    assert all(len(one.err.splitlines()) == 2 for one in done if one.code)
    assert stored(office, "SELECT count(*) FROM revisit") == [(MAY[login].count(0),)]


def test_a_stranger_may_not_write(office: Program) -> None:
    office.login = None
    refused = office("log", "C1", "-r", "reached", "--inbound")
    assert (refused.code, "I do not know who you are" in refused.err) == (1, True)


def test_a_talk_with_the_salesperson_is_none_with_the_customer(office: Program) -> None:
    done = office("log", "C1", "-r", "reached", "--with", "sales", "--note", "赵经理说价格高", "--next", "2026-03-20")
    assert done.out.splitlines() == ["Revisit 1 is on record.", "Follow-up planned: 2026-03-20 (Friday)"]


LATE = [
    # who, made, recorded; hours, in time, what the screen adds: C1 is dormant from 10 March on, C2 is not
    ("C1", "2026-03-12 09:30", 0.5, True, []),
    ("C1", "2026-03-12 08:30", 1.5, False, ["Written down late: 1.5 h after the talk; allowed: 1 h [P3 2.2]"]),
    ("C1", "2026-03-09 09:00", 73.0, False, ["Written down late: 73 h after the talk; allowed: 24 h [P3 2.2]"]),
    ("C2", "2026-03-11 10:00", 24.0, True, []),
    ("C2", "2026-03-11 08:00", 26.0, False, ["Written down late: 26 h after the talk; allowed: 24 h [P3 2.2]"]),
    ("C2", "2026-03-11", None, None, []),
]


@pytest.mark.parametrize(
    ("company_db", "code", "at", "hours", "in_time", "said"), mostly_on_sqlite(LATE), indirect=["company_db"]
)
def test_a_record_out_of_time_is_told(
    office: Program, code: str, at: str, hours: float | None, in_time: bool | None, said: list[str]
) -> None:
    """P3 2.2: within 24 hours, of a dormant customer within one; unknown where no time of day is known."""
    screen = office("log", code, "-r", "no_answer", "--at", at).out.splitlines()
    assert [line for line in screen if line.startswith("Written")] == said
    told = office("log", code, "-r", "no_answer", "--at", at, "--json").json
    assert (told["lag_hours"], told["in_time"]) == (hours, in_time)
    shown = office("show", code, "--json").json
    assert {(one["lag_hours"], one["in_time"], one["filled_stated"]) for one in shown["contacts"]} == {
        (hours, in_time, False)
    }
    late = ["late_record", f"+{hours:g} h", ""] if hours is not None and not in_time else []
    assert shown["timeline"][-1]["parts"][-3:] == (late or ["admin", "#2", ""])


def test_the_screen_in_chinese(office: Program) -> None:
    i18n.activate("zh")
    done = office("log", "C1", "-r", "不方便", "--callback", "明天下午3点")
    assert done.out.splitlines() == ["回访已记录，编号1。", "约定回访：2026-03-13 15:00（星期五）"]


SAID_AND_BOOKED: list[tuple[tuple[str, ...], list[str], str]] = [
    (("--callback", "下周三上午"), ["Call back promised: 2026-03-18 09:00 (Wednesday, morning)"], ""),
    (
        ("--callback", "月底前", "--at", "2026-02-10 10:00"),
        ["Call back promised: 2026-02-28 (Saturday)"],  # a Saturday that is worked
        "",
    ),
    (
        ("--next", "下周内"),
        ["Follow-up planned: 2026-03-20 (Friday)", "  the last working day until 2026-03-22 (Sunday)"],
        "",
    ),
    (
        ("--callback", "明天中午"),
        ["Call back promised: 2026-03-13 12:00 (Friday, noon)"],
        "2026-03-13 12:00 (Friday) is outside call hours: meal time, 12:00 to 14:00. With --in-hours: 2026-03-13 14:00 (Friday).",
    ),
    (
        ("--callback", "明天中午", "--in-hours"),
        [
            "Call back promised: 2026-03-13 14:00 (Friday)",
            "  moved to call hours; said was 2026-03-13 12:00 (Friday): meal time, 12:00 to 14:00",
        ],
        "",
    ),
    (
        ("--callback", "明晚8点"),
        ["Call back promised: 2026-03-13 20:00 (Friday)"],
        "2026-03-13 20:00 (Friday) is outside call hours: calls end at 17:30. With --in-hours: 2026-03-16 09:00 (Monday).",
    ),
    (
        ("--callback", "明天08:30"),
        ["Call back promised: 2026-03-13 08:30 (Friday)"],
        "2026-03-13 08:30 (Friday) is outside call hours: calls begin at 09:00. With --in-hours: 2026-03-13 09:00 (Friday).",
    ),
    (
        ("--next", "2026-04-05"),
        ["Follow-up planned: 2026-04-05 (Sunday)"],
        "2026-04-05 (Sunday) is outside call hours: a day off (Tomb-sweeping Day). With --in-hours: 2026-04-07 (Tuesday).",
    ),
    (
        ("--next", "2027-01-01"),
        ["Follow-up planned: 2027-01-01 (Friday)"],
        "The working calendar of 2027 is not published here: only weekends count as rest days.",
    ),
]


@pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("told", "screen", "notice"), SAID_AND_BOOKED, ids=[" ".join(case[0]) for case in SAID_AND_BOOKED]
)
def test_a_booking_is_told_with_date_and_weekday_and_what_became_of_what_was_said(
    office: Program, told: tuple[str, ...], screen: list[str], notice: str
) -> None:
    done = office("log", "C1", "-r", "inconvenient", *told)
    said = [line for line in done.out.splitlines() if not line.startswith("Written down late")]
    assert said == ["Revisit 1 is on record.", *screen]
    assert done.err.strip() == notice


def test_a_booking_outside_call_hours_in_chinese(office: Program) -> None:
    i18n.activate("zh")
    done = office("log", "C1", "-r", "不方便", "--callback", "周六上午")
    assert done.out.splitlines()[1:] == ["约定回访：2026-03-14 09:00（星期六上午）"]
    assert (
        done.err == "2026-03-14 09:00（星期六）不在通话时段：休息日。加 --in-hours 则为2026-03-16 09:00（星期一）。\n"
    )
    done = office("log", "C1", "-r", "不方便", "--next", "10月3日", "--in-hours")
    assert done.out.splitlines()[1:] == [
        "计划回访：2026-10-08（星期四）",
        "  已移到通话时段；原说2026-10-03（星期六）：休息日（国庆节）",
    ]
    assert done.err == ""


def test_a_notice_stands_beside_the_document(office: Program) -> None:
    done = office("log", "C1", "-r", "inconvenient", "--callback", "周六上午", "--json")
    assert done.json["callback"] == "2026-03-14T09:00:00+08:00"
    assert "is outside call hours" in done.err
