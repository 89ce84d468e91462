"""`revisit call`: from the briefing to the record, interrupted and gone on with, practised, and never answered by a pipe."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from revisit import i18n, prompting, render, resources
from revisit.db import instant
from revisit.errors import RevisitError
from tests.support import Program, Result, at_shanghai, reading, table, unit

NOW = "2026-03-12 10:00"  # a Thursday, in call hours
CUSTOMERS = [
    {"客户编号": "C1", "客户名称": "宏远涂料", "联系人": "李敏", "称谓": "女士", "电话": "13800000001", "等级": "A"}
    | {"客服专员": "wang", "业务员": "陈刚"},
    {"客户编号": "C2", "客户名称": "恒昌五金", "联系人": "周强", "电话": "13800000002", "客服专员": "li"},
    {"客户编号": "C3", "客户名称": "无话商行", "客服专员": "wang", "签约日期": "2026-03-01"},
]
CUSTOMERS += [
    {
        "客户编号": f"D{number}",
        "客户名称": f"同样{number}号",
        "联系人": "赵一",
        "电话": f"1390000000{number}",
        "客服专员": "wang",
    }
    for number in range(9)
]
ORDERS = [
    {"订单号": f"D{number}", "客户编号": f"D{number}", "下单日期": "2026-03-10", "完成日期": "2026-03-10"}
    for number in range(9)
]
ORDERS += [
    {
        "订单号": "A1",
        "客户编号": "C1",
        "下单日期": "2026-03-10",
        "完成日期": "2026-03-10",
        "金额": "1200",
        "产品": "漆",
    },
    {"订单号": "A2", "客户编号": "C2", "下单日期": "2026-03-02", "完成日期": "2026-03-02", "金额": "80"},
]
ENTER, STOP = "\r", "\x03"
UNHAPPY = (ENTER, "1", "1", "3", "2", "晚了三天" + ENTER, "1", ENTER)
"""With C1 after a sale: speaking, convenient, dissatisfied, delivery, what to improve, at once, the promise."""
RECORDS = """
SELECT r.result, r.channel, r.satisfaction, r.reason, r.suggestion, r.person, r.note, r.with_whom, r.done_on, r.done_at,
       r.filled_at, s.login, r.found_us, r.recommend, r.order_again
FROM revisit r JOIN customer c ON c.id = r.customer_id JOIN staff s ON s.id = r.staff_id WHERE c.code = :code ORDER BY r.id
"""
BOOKED = """
SELECT b.promised_on, b.promised_at, b.person, b.planned FROM booking b JOIN customer c ON c.id = b.customer_id
WHERE c.code = :code ORDER BY b.id
"""
CASES = """
SELECT k.what, k.immediate, k.state, s.login, r.result FROM case_ k JOIN customer c ON c.id = k.customer_id
JOIN staff s ON s.id = k.staff_id LEFT JOIN revisit r ON r.id = k.revisit_id WHERE c.code = :code ORDER BY k.id
"""
CALLS = """
SELECT k.state, k.script, k.script_version, k.script_hash, k.steps, k.notes, k.language, k.started_at, k.ended_at, r.result
FROM call_ k JOIN customer c ON c.id = k.customer_id LEFT JOIN revisit r ON r.id = k.revisit_id
WHERE c.code = :code ORDER BY k.id
"""
OWED = """
SELECT f.rule, f.opens_on, f.met_on, f.ended_on FROM follow_up f JOIN customer c ON c.id = f.customer_id
WHERE c.code = :code ORDER BY f.rule, f.opens_on
"""
ALL = "SELECT code FROM customer ORDER BY code"


def fill(revisit: Program, folder: Path) -> None:
    """Two customers to whom a contact after a sale is owed, one without a phone, on 12 March 2026."""
    assert revisit("import", "customers", str(table(folder / "c.xlsx", CUSTOMERS))).code == 0
    assert revisit("import", "orders", str(table(folder / "o.xlsx", ORDERS))).code == 0


FILLED = {"desk": fill}


@pytest.fixture
def desk(revisit: Program, monkeypatch: pytest.MonkeyPatch) -> Program:
    """wang at work."""
    monkeypatch.setenv("NO_COLOR", "1")
    return Program(revisit.url, revisit.capsys, revisit.monkeypatch, "wang").at(NOW)


def press(desk: Program, keys: str | tuple[str, ...], *arguments: str) -> Result:
    """The program, while these keys are pressed."""
    with prompting.keys_ready("".join(keys)):
        return desk(*arguments)


def of_customer(url: str, code: str = "C1") -> list[list[Any]]:
    """What a call writes, for one customer: records, bookings, cases, calls, the register; how long it lasted left out."""
    with reading(url) as (sql, _company):
        found: list[list[Any]] = [
            list(sql.rows(statement, code=code)) for statement in (RECORDS, BOOKED, CASES, CALLS, OWED)
        ]
    found[3] = [(*row[:4], steps(row[4]), *row[5:]) for row in found[3]]
    return found


def state(url: str) -> list[Any]:
    """The same of everybody."""
    with reading(url) as (sql, _company):
        codes = [code for (code,) in sql.rows(ALL)]
    return [of_customer(url, code) for code in codes]


def steps(text: str) -> list[tuple[str, str, str]]:
    """The answers, how long into the call they came left out."""
    assert all(one["seconds"] >= 0 for one in json.loads(text))
    return [(one["node"], one["key"], one["text"]) for one in json.loads(text)]


def own_templates(desk: Program, folder: Path) -> None:
    """From now on the company's own files go before the shipped ones."""
    desk.monkeypatch.setattr(resources, "_company_folder", None)  # as it was, when the test is over
    desk.monkeypatch.setenv("REVISIT_TEMPLATES", str(folder))


# --- one call, whole


def test_a_call_from_the_list_to_the_record(desk: Program) -> None:
    done = press(desk, (*UNHAPPY, "y"), "call", "C1")
    assert done.code == 0, done.err
    (record,), booked, (case,), (call,), owed = of_customer(desk.url)
    assert record[:9] == (
        "reached", "phone", "dissatisfied", "delivery", "晚了三天", "李敏", "", "customer", "2026-03-12",
    )  # fmt: skip
    assert (instant(record[9]), instant(record[10]), record[11]) == (at_shanghai(NOW), at_shanghai(NOW), "wang")
    assert booked == []
    assert (case[0], bool(case[1]), *case[2:]) == ("delivery; 晚了三天", True, "open", "wang", "reached")
    assert (call[0], call[1], call[6], call[9]) == ("recorded", "satisfaction", "en", "reached")
    assert [node for node, _key, _text in call[4]] == [
        "greeting", "permission", "satisfied", "sorry", "improve", "urgent", "promise_now",
    ]  # fmt: skip
    assert [row for row in owed if row[2]] == [("after-sale", "2026-03-10", "2026-03-12", None)]
    lines = done.out.splitlines()
    assert lines[-4:] == [
        "> y", "Revisit 1 is on record.", "Case 1 is open.", "Met in time: after a sale (due by 2026-03-17)",
    ]  # fmt: skip


def test_the_script_with_its_version_and_hash_stands_with_the_call(desk: Program) -> None:
    from revisit.script_files import load_script_file

    press(desk, (*UNHAPPY, "y"), "call", "C1")
    script = load_script_file("satisfaction")
    assert of_customer(desk.url)[3][0][1:4] == ("satisfaction", script.version, script.hash)


def test_everything_of_a_call_is_one_transaction_with_its_audit(desk: Program) -> None:
    press(desk, (*UNHAPPY, "y"), "call", "C1")
    told = desk("audit", "C1", "--json").json["rows"]
    assert [(one["table"], one["action"], one["who"]) for one in told if one["table"] in ("case_", "revisit")] == [
        ("revisit", "create", "wang"), ("case_", "create", "wang"),
    ]  # fmt: skip


def test_the_briefing_tells_what_is_known(desk: Program) -> None:
    desk(
        "log",
        "C1",
        "--result",
        "inconvenient",
        "--at",
        "2026-03-11 15:00",
        "--callback",
        "2026-03-12 09:30",
        "--purpose",
        "报价",
    )
    with unit(desk.url, at_shanghai("2026-03-11 16:00"), "wang") as work:
        from revisit import cases

        cases.open_case(
            work.session, work.sql, work.company, customer_id=1, actor=work.actor, revisit_id=None, what="色差",
            immediate=True, at=work.now,
        )  # fmt: skip
    done = press(desk, "q", "call", "C1")
    assert done.out.splitlines()[:23] == [
        "C1 宏远涂料 (A)",
        "Contact      李敏 女士",
        "Phone        13800000001",
        "Last order   2026-03-10 (2 days ago) · 漆",
        "Salesperson  陈刚",
        "",
        "Why now",
        "promised callback: a call back was promised on 2026-03-11 [P3 2.3], due by 2026-03-12, open",
        "after a sale: sale completed on 2026-03-10, no conversation since [P3 2.2], due by 2026-03-17, open",
        "This talk meets: after a sale, promised callback",
        "",
        "Promised",
        "2026-03-12 09:30 (Thursday) · 报价",
        "",
        "Open cases",
        "#1 · 2026-03-11 · at once · 色差 · open, not decided yet",
        "",
        "Last contacts",
        "2026-03-11 15:00 · phone · not convenient · wang",
        "",
        "The call we promised – For: promised callback [P3 2.3], due by 2026-03-12",
        "",
        "Before you dial",
    ]  # fmt: skip


# --- nobody there


def test_a_pipe_is_refused_and_nothing_is_made_up(desk: Program) -> None:
    before = state(desk.url)
    words = [sys.executable, "-m", "revisit", "--db", desk.url, "--as", "wang", "call", "C1"]
    environment = os.environ | {"REVISIT_NOW": at_shanghai(NOW).isoformat(), "REVISIT_LANG": "en"}
    ran = subprocess.run(
        words, input="\n1\n1\n1\ny\n", capture_output=True, text=True, env=environment, timeout=60, check=False
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == (
        "Error: a call is led at a terminal, and here is none: nothing is asked and nothing is made up\n"
        "Try: record a talk with: revisit log CUSTOMER --result …; what to say: revisit script CUSTOMER\n"
    )
    assert state(desk.url) == before


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("call",), 2),
        (("call", "--practice"), 2),
        (("call", "C1", "--channel", "sms"), 2),
        (("call", "C1", "--script", "nonsense"), 2),
        (("call", "C2"), 1),
        (("call", "C9"), 1),
    ],
)
def test_what_cannot_be_called(desk: Program, arguments: tuple[str, ...], code: int) -> None:
    done = press(desk, "q", *arguments)
    assert done.code == code, done.out
    assert done.err.startswith("Error: ")
    assert not any(one[3] for one in state(desk.url))


# --- interrupted


def test_a_call_stopped_at_any_key_goes_on_to_the_same_end(desk: Program) -> None:
    """One customer for each place at which the call is stopped, all alike."""
    assert press(desk, (*UNHAPPY, "y"), "call", "D0").code == 0
    wanted = of_customer(desk.url, "D0")
    for stopped in range(1, len(UNHAPPY) + 1):
        code = f"D{stopped}"
        first = press(desk, (*UNHAPPY[:stopped], STOP), "call", code)
        assert first.err.splitlines()[-1] == f"The call is kept as it stands. To go on: revisit call {code}"
        record, booked, case, (call,), _owed = of_customer(desk.url, code)
        assert (record, booked, case) == ([], [], []), "nothing is recorded before it is confirmed"
        assert (call[0], call[4]) == ("draft", wanted[3][0][4][: stopped - 1])
        second = press(desk, ("g", *UNHAPPY[stopped:], "y"), "call", code)
        assert second.code == 0, second.err
        assert of_customer(desk.url, code) == wanted, stopped


def test_a_call_cut_short_and_stopped_before_it_is_confirmed_goes_on_to_the_same_end(desk: Program) -> None:
    """How it ended, and what the case is about, is not asked a second time."""
    keys = (ENTER, "1", "1", "3", "h", "2", "说话很冲" + ENTER)
    assert press(desk, (*keys, "y"), "call", "D0").code == 0
    wanted = of_customer(desk.url, "D0")
    assert (wanted[0][0][0], wanted[2][0][0]) == ("declined", "说话很冲")
    for stopped in range(4, len(keys) + 1):
        code = f"D{stopped}"
        press(desk, (*keys[:stopped], STOP), "call", code)
        left = keys[4:] if stopped == 5 else keys[stopped:]  # stopped at "how did it end": the step stands there again
        second = press(desk, ("g", *left, "y", STOP), "call", code)
        assert second.code == 0, second.err
        assert of_customer(desk.url, code) == wanted, stopped


def test_a_call_cut_short_can_be_taken_up_again(desk: Program) -> None:
    """Back from the summary into the talk: it is no longer cut short, also where it is stopped again."""
    press(desk, (ENTER, "1", "1", "3", "h", "2", ENTER, STOP), "call", "C1")
    press(desk, ("g", "b", STOP), "call", "C1")
    done = press(desk, ("g", "2", "晚了三天" + ENTER, "1", ENTER, "y", STOP), "call", "C1")
    assert done.code == 0, done.err
    assert of_customer(desk.url)[0][0][0] == "reached"


def test_an_unfinished_call_can_be_begun_anew_or_left_alone(desk: Program) -> None:
    press(desk, (*UNHAPPY[:4], STOP), "call", "C1")
    left = press(desk, "q", "call", "C1")
    assert [row[0] for row in of_customer(desk.url)[3]] == ["draft"]
    assert "You have an unfinished call with this customer: begun 2026-03-12 10:00, answers: 3." in left.out
    press(desk, ("a", ENTER, "4", "y"), "call", "C1")
    assert [row[0] for row in of_customer(desk.url)[3]] == ["dropped", "recorded"]
    assert [row[0] for row in of_customer(desk.url)[0]] == ["no_answer"]


def test_an_unfinished_call_goes_on_with_its_own_script_and_channel(desk: Program) -> None:
    """Whatever script and channel are named the next time; begun anew it is the one that is named."""
    press(desk, (*UNHAPPY[:4], STOP), "call", "C1", "--channel", "visit")
    done = press(desk, ("g", *UNHAPPY[4:], "y"), "call", "C1", "--script", "dormancy")
    assert done.code == 0, done.err
    (record,), _booked, _cases, (call,), _owed = of_customer(desk.url)
    assert (record[0], record[1], call[0], call[1]) == ("reached", "visit", "recorded", "satisfaction")
    press(desk, (*UNHAPPY[:4], STOP), "call", "D0")
    press(desk, ("a", ENTER, "4", "y"), "call", "D0", "--script", "dormancy")
    assert [(one[0], one[1]) for one in of_customer(desk.url, "D0")[3]] == [
        ("dropped", "satisfaction"), ("recorded", "dormancy"),
    ]  # fmt: skip


def test_a_draft_of_a_script_that_has_changed_goes_on_as_far_as_it_fits(desk: Program, tmp_path: Path) -> None:
    press(desk, (*UNHAPPY[:5], STOP), "call", "C1")
    text = resources.read_text("scripts/en/satisfaction.toml").replace('key = "delivery"', 'key = "late"')
    (tmp_path / "scripts/en").mkdir(parents=True)
    (tmp_path / "scripts/en/satisfaction.toml").write_text(text, encoding="utf-8")
    own_templates(desk, tmp_path)
    done = press(desk, ("g", STOP), "call", "C1")
    assert "The script has changed since: answers that no longer fit: 1. They are asked again." in done.err


# --- at any time


def test_a_step_back_takes_the_answers_of_the_branch_with_it(desk: Program) -> None:
    """Dissatisfied because of the delivery; back to it: satisfied after all."""
    keys = (ENTER, "1", "1", "3", "2", "/b" + ENTER, "b", "1", "1", ENTER, "1", ENTER, "y")
    done = press(desk, keys, "call", "C1")
    assert done.code == 0, done.err
    (record,), _booked, cases, _calls, _owed = of_customer(desk.url)
    assert record[2:5] == ("satisfied", "", "")
    assert cases == []


def test_notes_and_phrases_and_the_file_at_any_time(desk: Program) -> None:
    keys = (
        ENTER,
        "n",
        "要发票" + ENTER,
        "p",
        "expensive" + ENTER,
        "p",
        "zzzzqq" + ENTER,
        "1",
        "i",
        "1",
        "3",
        "2",
        "/n 很急" + ENTER,
        "晚" + ENTER,
        "2",
        ENTER,
        "y",
    )
    done = press(desk, keys, "call", "C1")
    assert done.code == 0, done.err
    assert of_customer(desk.url)[0][0][6] == "要发票; 很急"
    assert done.out.count("C1 宏远涂料 (A)") == 2
    assert done.out.count("\n» ") == 3, "the first phrases on what was asked for"
    assert "No phrase holds that." in done.out


def test_what_has_to_be_answered_is_asked_again(desk: Program) -> None:
    done = press(desk, (ENTER, "1", "1", "3", "t", ENTER, "t", "晚" + ENTER, ENTER, "2", ENTER, "y"), "call", "C1")
    assert "This has to be answered; Enter alone is not enough." in done.out
    assert of_customer(desk.url)[0][0][3:5] == ("晚", "")


def test_a_call_that_is_cut_short_says_how_it_ended(desk: Program) -> None:
    done = press(desk, (ENTER, "1", "1", "3", "h", "2", "说话很冲" + ENTER, "y"), "call", "C1")
    assert done.code == 0, done.err
    (record,), _booked, (case,), (call,), _owed = of_customer(desk.url)
    assert record[:3] == ("declined", "phone", "dissatisfied")
    assert (case[0], bool(case[1])) == ("说话很冲", False)
    assert call[4][-1][0] == "satisfied", "where it broke off can be seen"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_line_is_longer_than_a_narrow_screen(desk: Program, language: str) -> None:
    desk.monkeypatch.setenv("COLUMNS", "40")
    desk.monkeypatch.setenv("REVISIT_LANG", language)
    i18n.activate(language)
    desk.monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    press(desk, (ENTER, "1", "2", STOP), "call", "C1")
    done = press(desk, ("g", "3月14日10点" + ENTER, "k", ENTER, "q"), "call", "C1")
    assert done.code == 0, done.err
    assert {render.width(line) > 40 for line in done.out.splitlines()} == {False}, done.out


def test_a_dropped_call_leaves_no_record(desk: Program) -> None:
    press(desk, (*UNHAPPY, "x"), "call", "C1")
    found = of_customer(desk.url)
    assert found[:3] == [[], [], []]
    assert [row[0] for row in found[3]] == ["dropped"]


# --- promised times


@pytest.mark.parametrize(
    ("typed", "booked"),
    [
        (("明天下午3点" + ENTER,), ("2026-03-13", "2026-03-13 15:00")),
        (("2026-03-13" + ENTER,), ("2026-03-13", None)),
        (("昨天" + ENTER, "明天上午10点" + ENTER), ("2026-03-13", "2026-03-13 10:00")),
        (("哪天吧" + ENTER, "明天上午10点" + ENTER), ("2026-03-13", "2026-03-13 10:00")),
        (("明天中午12点半" + ENTER, "k"), ("2026-03-13", "2026-03-13 12:30")),
        (("明天中午12点半" + ENTER, "m"), ("2026-03-13", "2026-03-13 14:00")),
        (("3月14日10点" + ENTER, "m"), ("2026-03-16", "2026-03-16 09:00")),  # a Saturday
        (("3月14日10点" + ENTER, "t", "明天下午3点" + ENTER), ("2026-03-13", "2026-03-13 15:00")),
    ],
)
def test_a_time_to_call_back(desk: Program, typed: tuple[str, ...], booked: tuple[str, str | None]) -> None:
    done = press(desk, (ENTER, "1", "2", *typed, ENTER, "y"), "call", "C1")
    assert done.code == 0, done.err
    ((on, at, person, planned),) = of_customer(desk.url)[1]
    assert (on, person, bool(planned)) == (booked[0], "李敏", False)
    assert (at is None) == (booked[1] is None)
    assert f"Call back promised: {booked[1] or booked[0]} (" in done.out


# --- before dialling


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ((), "2026-03-12 10:00", []),
        ((), "2026-03-12 12:30", ["! It is 2026-03-12 12:30 (Thursday): meal time, 12:00 to 14:00."]),
        ((), "2026-03-12 08:00", ["! It is 2026-03-12 08:00 (Thursday): calls begin at 09:00."]),
        ((), "2026-03-12 20:00", ["! It is 2026-03-12 20:00 (Thursday): calls end at 17:30."]),
        ((), "2026-03-14 10:00", ["! It is 2026-03-14 10:00 (Saturday): a day off."]),
        ((), "2026-04-06 10:00", ["! It is 2026-04-06 10:00 (Monday): a day off (Tomb-sweeping Day)."]),
        (
            ("log", "C1", "--result", "reached", "--at", "2026-03-11 10:00"), "2026-03-12 10:00",
            ["! Too soon: the last contact was on 2026-03-11; at least 3 days lie between two contacts."],
        ),
        (
            ("log", "C1", "--result", "inconvenient", "--callback", "2026-03-13 15:00"), "2026-03-12 10:00",
            ["! We promised to call at another time: 2026-03-13 15:00 (Friday)."],
        ),
        (
            ("customer", "exclude", "C1", "--reason", "本人要求"), "2026-03-12 10:00",
            ["! Do not call: since 2026-03-12; 本人要求."],
        ),
    ],
)  # fmt: skip
def test_what_speaks_against_calling(desk: Program, before: tuple[str, ...], now: str, said: list[str]) -> None:
    if before:
        assert desk(*before).code == 0
    done = press(desk.at(now), "q", "call", "C1")
    assert [line for line in done.out.splitlines() if line.startswith("! ")] == said


def test_a_customer_without_a_phone(desk: Program) -> None:
    assert "! There is no phone number in the file." in press(desk, "q", "call", "C3").out


def test_a_customer_whom_the_first_sheet_said_not_to_call(desk: Program, tmp_path: Path) -> None:
    """Neither a day nor a reason is known."""
    row = {"客户编号": "C7", "客户名称": "勿扰商行", "电话": "13800000007", "客服专员": "wang", "免打扰": "是"}
    assert (
        Program(desk.url, desk.capsys, desk.monkeypatch)(
            "import", "customers", str(table(tmp_path / "n.xlsx", [row]))
        ).code
        == 0
    )
    assert "! Do not call: from the start." in press(desk, "q", "call", "C7").out.splitlines()


# --- practice


@pytest.mark.parametrize("arguments", [("C1",), ("--script", "dormancy")])
def test_practice_records_nothing_and_says_so_on_every_screen(desk: Program, arguments: tuple[str, ...]) -> None:
    before = state(desk.url)
    done = press(desk, (ENTER, "1", "3", ENTER, ENTER), "call", "--practice", *arguments)
    assert done.code == 0, done.err
    screens = done.out.split("\n\n")
    headed = [screen for screen in screens if screen.startswith(("*** PRACTICE", "1 ·", "2 ·", "3 ·", "The record"))]
    assert len(headed) >= 4
    assert all(screen.startswith("*** PRACTICE: nothing is recorded ***") for screen in headed)
    assert state(desk.url) == before


# --- Chinese, and a script of one's own


def test_in_chinese(desk: Program) -> None:
    desk.monkeypatch.setenv("REVISIT_LANG", "zh")
    i18n.activate("zh")
    done = press(desk, (*UNHAPPY, "y"), "call", "C1")
    assert done.code == 0, done.err
    (record,), _booked, (case,), (call,), _owed = of_customer(desk.url)
    assert record[3:5] == ("交货", "晚了三天")
    assert case[0] == "交货；晚了三天"
    assert call[6] == "zh"
    assert not [line for line in done.out.splitlines() if line.isascii() and line.strip("> 0123456789y")]


def test_a_script_with_a_fault_is_not_walked(desk: Program, tmp_path: Path) -> None:
    text = resources.read_text("scripts/en/satisfaction.toml").replace('goto = "permission"', 'goto = "nowhere"')
    (tmp_path / "scripts/en").mkdir(parents=True)
    (tmp_path / "scripts/en/satisfaction.toml").write_text(text, encoding="utf-8")
    own_templates(desk, tmp_path)
    done = press(desk, ENTER, "call", "C1")
    assert done.code == 1
    assert done.err.startswith("Error: the script satisfaction cannot be walked: ")


def test_the_errors_are_ours() -> None:
    assert not issubclass(prompting.LeftOff, RevisitError), "leaving a call is no mistake"
