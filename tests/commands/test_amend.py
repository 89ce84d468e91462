"""`revisit amend` and `revisit void`: a correction is a new version, a mistake is taken back, and both tell what comes of it."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from revisit import i18n, revisits
from revisit.errors import Refused
from tests.commands.test_log import by, stored
from tests.commands.test_log import fill as fill_office
from tests.support import Program, at_shanghai, table, unit

VERSIONS = "SELECT version, is_current, is_void, result, note, change_reason FROM revisit ORDER BY number, version"
CURRENT_BOOKINGS = """
SELECT b.promised_on, b.purpose, b.person, b.planned FROM booking b JOIN revisit r ON r.id = b.revisit_id
WHERE r.is_current AND NOT r.is_void ORDER BY b.id
"""


def fill(revisit: Program, folder: Path) -> None:
    """`wang` has spoken with C1 and planned to call again."""
    fill_office(revisit, folder)
    spoken = (
        "log",
        "C1",
        "-r",
        "reached",
        "-s",
        "satisfied",
        "--note",
        "好",
        "--person",
        "李敏",
        "--next",
        "2026-03-20",
    )
    assert by(revisit, "wang", *spoken).code == 0


FILLED = {"office": fill}


@pytest.fixture
def office(revisit: Program) -> Program:
    """The company that `fill` leaves, an hour and a half later."""
    return revisit.at("2026-03-12 11:30")


def test_a_correction_is_a_new_version_and_tells_what_came_of_it(office: Program) -> None:
    done = by(office, "wang", "amend", "1", "--result", "未接", "--clear", "satisfaction", "--because", "记错了")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "Revisit 1 is on record as version 2.",
        "  Result: reached → no answer",
        "  Satisfaction: satisfied → —",
        "Owed again: after a sale (due by 2026-03-09; overdue)",
        "Owed again: dormant over a week (due by 2026-03-16; open)",
    ]
    assert [tuple(row) for row in stored(office, VERSIONS)] == [
        (1, False, False, "reached", "好", ""),
        (2, True, False, "no_answer", "好", "记错了"),
    ]
    assert stored(office, "SELECT DISTINCT filled_at FROM revisit") == stored(
        office, "SELECT filled_at FROM revisit WHERE version = 1"
    )
    assert stored(office, CURRENT_BOOKINGS) == [("2026-03-20", "", "李敏", True)], "carried over"


def test_back_again_meets_again(office: Program) -> None:
    assert by(office, "wang", "amend", "1", "-r", "no_answer").code == 0
    done = by(office, "wang", "amend", "1", "-r", "reached", "--json")
    assert done.json == {
        "revisit": 1,
        "version": 3,
        "changes": {"result": ["no_answer", "reached"]},
        "met": [
            {"rule": "after-sale", "due_by": "2026-03-09", "outcome": "late"},
            {"rule": "dormant-week", "due_by": "2026-03-16", "outcome": "in_time"},
        ],
        "opened": [],
        "owed_again": [],
        "gone": [],
        "callback": None,
        "next": "2026-03-20",
    }


def test_an_earlier_day_changes_late_to_in_time(office: Program) -> None:
    done = by(office, "wang", "amend", "1", "--at", "2026-03-09", "--json").json
    assert done["changes"] == {"at": ["2026-03-12T10:00:00+08:00", "2026-03-09"]}
    assert done["met"] == [{"rule": "after-sale", "due_by": "2026-03-09", "outcome": "in_time"}]
    assert done["owed_again"] == [{"rule": "dormant-week", "due_by": "2026-03-16", "status": "open"}], "before L + 8"


def test_a_booking_is_moved_to_call_hours_where_that_is_asked_for(office: Program) -> None:
    done = by(office, "wang", "amend", "1", "--callback", "周六下午")
    assert done.out.splitlines()[1:3] == [
        "  Call back promised: — → 2026-03-14 14:00 (Saturday)",
        "  Follow-up planned: 2026-03-20 (Friday) → —",
    ]
    outside = (
        "2026-03-14 14:00 (Saturday) is outside call hours: a day off. With --in-hours: 2026-03-16 09:00 (Monday).\n"
    )
    assert done.err == outside
    done = by(office, "wang", "amend", "1", "--in-hours")
    assert done.out.splitlines()[1:3] == [
        "  Call back promised: 2026-03-14 14:00 (Saturday) → 2026-03-16 09:00 (Monday)",
        "  moved to call hours; said was 2026-03-14 14:00 (Saturday): a day off",
    ]
    assert done.err == ""
    assert by(office, "wang", "amend", "1", "--in-hours").out == "Revisit 1 says so already; nothing was changed.\n"


REBOOKED: list[tuple[tuple[str, ...], list[tuple[Any, ...]], list[str]]] = [
    (("--callback", "2026-03-19"), [("2026-03-19", "", "李敏", False)], ["callback", "next"]),
    (("--next", "2026-03-25"), [("2026-03-25", "", "李敏", True)], ["next"]),
    (("--no-callback",), [], ["next", "ask_for"]),
    (("--purpose", "合同"), [("2026-03-20", "合同", "李敏", True)], ["purpose"]),
    (("--ask-for", "张总"), [("2026-03-20", "", "张总", True)], ["ask_for"]),
    (("--clear", "ask-for"), [("2026-03-20", "", "", True)], ["ask_for"]),
    (("--important",), [("2026-03-20", "", "李敏", True)], ["important"]),
    (("--inbound",), [("2026-03-20", "", "李敏", True)], ["inbound"]),
    (("--note", ""), [("2026-03-20", "", "李敏", True)], ["note"]),
]


@pytest.mark.parametrize(("told", "booked", "changed"), REBOOKED, ids=[" ".join(case[0]) for case in REBOOKED])
def test_only_what_is_named_changes(
    office: Program, told: tuple[str, ...], booked: list[tuple[Any, ...]], changed: list[str]
) -> None:
    done = by(office, "wang", "amend", "1", *told, "--json")
    assert (done.code, sorted(done.json["changes"])) == (0, sorted(changed))
    assert stored(office, CURRENT_BOOKINGS) == booked


def test_what_becomes_important_is_planned_where_nothing_is(office: Program) -> None:
    assert by(office, "wang", "amend", "1", "--no-callback").code == 0
    assert by(office, "wang", "amend", "1", "--important").code == 0
    assert stored(office, CURRENT_BOOKINGS) == [("2026-03-13", "好", "李敏", True)]
    assert by(office, "wang", "amend", "1", "--no-important", "--no-callback").code == 0
    assert stored(office, CURRENT_BOOKINGS) == []


def test_what_says_the_same_is_no_version(office: Program) -> None:
    done = by(office, "wang", "amend", "1", "--note", "好", "-r", "已接通")
    assert (done.code, done.out) == (0, "Revisit 1 says so already; nothing was changed.\n")
    assert len(stored(office, VERSIONS)) == 1


SCREEN = [
    "Revisit 1: C1 宏远涂料",
    "When               2026-03-12 10:00",
    "Result             no answer",
    "Channel            phone",
    "With               customer",
    "Spoken to          李敏",
    "Satisfaction       satisfied",
    "Note               好",
    "Follow-up planned  2026-03-20 (Friday)",
    "Ask for            李敏",
    "Recorded by        wang",
    "Written down       right after the talk",
    "",
    "Version  When              Who   What                         Why",
    "      1  2026-03-12 10:00  wang  recorded",
    "      2  2026-03-12 11:30  sun   Result: reached → no answer  听了录音",
]


def test_alone_it_shows_the_record_and_its_versions(office: Program) -> None:
    assert by(office, "sun", "amend", "1", "-r", "no_answer", "--because", "听了录音").code == 0
    before = stored(office, VERSIONS)
    assert by(office, "wang", "amend", "1").out.splitlines() == SCREEN
    found = by(office, "wang", "amend", "1", "--json").json
    versions = found.pop("versions")
    assert found == {
        "revisit": 1, "customer": "C1", "staff": "wang", "filled_at": "2026-03-12T10:00:00+08:00", "void": False,
        "filled_stated": False, "lag_hours": 0.0, "in_time": True,
        "at": "2026-03-12T10:00:00+08:00", "result": "no_answer", "channel": "phone", "with": "customer", "inbound": False,
        "person": "李敏", "satisfaction": "satisfied", "intention": "", "reason": "", "suggestion": "", "found_us": "",
        "recommend": "", "order_again": "", "note": "好", "important": False, "callback": None, "next": "2026-03-20",
        "purpose": "", "ask_for": "李敏",
    }  # fmt: skip
    assert versions == [
        {
            "version": 1, "at": "2026-03-12T10:00:00+08:00", "who": "wang", "because": "", "void": False, "changes": {},
        },
        {
            "version": 2, "at": "2026-03-12T11:30:00+08:00", "who": "sun", "because": "听了录音", "void": False,
            "changes": {"result": ["reached", "no_answer"]},
        },
    ]  # fmt: skip
    assert stored(office, VERSIONS) == before


def test_an_imported_record_is_corrected_like_any_other(office: Program, tmp_path: Path) -> None:
    old = {"客户编号": "C2", "回访时间": "2026-03-11", "结果": "未接", "回访人": "li", "备注": "旧"}
    sheet = str(table(tmp_path / "log.xlsx", [old]))
    assert office("import", "revisits", sheet).code == 0
    assert by(office, "li", "amend", "2", "-r", "reached").code == 0
    found = by(office, "li", "amend", "2", "--json").json
    assert [one["who"] for one in found["versions"]] == ["admin", "li"]
    assert found["filled_at"] is None, "the lag of an imported record stays unknown"
    again = office("import", "revisits", sheet, "--json").json
    assert (again["unchanged"], again["updated"]) == (1, 0), "the sheet brings nothing new"
    assert by(office, "li", "amend", "2", "--json").json["result"] == "reached"


# --- taking back


def test_void_gives_back_what_it_met(office: Program) -> None:
    done = by(office, "wang", "void", "1", "--reason", "打错客户")
    assert done.out.splitlines() == [
        "Revisit 1 is void.",
        "Owed again: after a sale (due by 2026-03-09; overdue)",
        "Owed again: dormant over a week (due by 2026-03-16; open)",
        "No longer owed: promised callback (2026-03-20)",
    ]
    assert [tuple(row) for row in stored(office, VERSIONS)] == [
        (1, False, False, "reached", "好", ""),
        (2, True, True, "reached", "好", "打错客户"),
    ]
    assert stored(office, CURRENT_BOOKINGS) == []
    assert by(office, "wang", "amend", "1").out.splitlines()[1] == "Void."


def test_the_document_of_void(office: Program) -> None:
    office.at("2026-04-03 09:00")  # dormant over a month: what was owed then is missed
    assert by(office, "wang", "void", "1", "--reason", "打错客户", "--json").json == {
        "revisit": 1,
        "version": 2,
        "met": [],
        "opened": [],
        "owed_again": [
            {"rule": "after-sale", "due_by": "2026-03-09", "status": "missed"},
            {"rule": "dormant-week", "due_by": "2026-03-16", "status": "missed"},
        ],
        "gone": [{"rule": "callback", "opens_on": "2026-03-20", "due_by": "2026-03-20"}],
    }


def test_what_was_met_by_the_promised_call_is_promised_again(office: Program) -> None:
    assert by(office, "wang", "log", "C1", "-r", "inconvenient", "--callback", "2026-03-12 15:00").code == 0
    office.at("2026-03-12 15:05")
    assert by(office, "wang", "log", "C1", "-r", "reached").code == 0
    done = by(office, "wang", "void", "3", "--reason", "没打通", "--json").json
    assert done["owed_again"] == [{"rule": "callback", "due_by": "2026-03-12", "status": "open"}]


def test_a_booking_that_replaced_another_gives_it_back(office: Program) -> None:
    assert by(office, "wang", "log", "C1", "-r", "inconvenient", "--callback", "2026-03-16").code == 0
    assert by(office, "wang", "void", "2", "--reason", "写错").out.splitlines() == [
        "Revisit 2 is void.",
        "Owed from 2026-03-20 on: promised callback",
        "No longer owed: promised callback (2026-03-16)",
    ]
    office.at("2026-03-13 09:00")  # a booking of another day: the first one has ended, and begins again
    assert by(office, "wang", "log", "C1", "-r", "inconvenient", "--callback", "2026-03-16").code == 0
    done = by(office, "wang", "void", "3", "--reason", "写错", "--json").json
    assert done["owed_again"] == [{"rule": "callback", "due_by": "2026-03-20", "status": "ahead"}]
    assert done["gone"] == [{"rule": "callback", "opens_on": "2026-03-16", "due_by": "2026-03-16"}]


REFUSED: list[tuple[tuple[str, ...], int, str]] = [
    (("amend", "9"), 1, "there is no revisit 9"),
    (("amend", "9", "--note", "x"), 1, "there is no revisit 9"),
    (("void", "9", "--reason", "x"), 1, "there is no revisit 9"),
    (("amend", "x"), 2, "“x” is no whole number"),
    (("amend", "0"), 2, "0 is not in the range"),
    (("void", "1"), 2, "--reason is missing"),
    (("void", "1", "--reason", "  "), 2, "the reason is missing"),
    (("amend", "1", "--because", "x"), 2, "nothing to correct was named"),
    (("amend", "1", "--clear", "result"), 2, "result cannot be cleared"),
    (("amend", "1", "--clear", "note", "--note", "x"), 2, "--clear note, --note exclude each other"),
    (("amend", "1", "--next", "明天", "--no-callback"), 2, "--callback, --next, --no-callback exclude each other"),
    (("amend", "1", "--at", "2026-03-13"), 1, "the revisit lies in the future"),
    (("amend", "1", "--callback", "2026-03-11"), 1, "the callback lies before the revisit"),
    (("amend", "1", "-r", "perhaps"), 2, "--result does not know the word perhaps"),
    (("amend", "1", "--no-callback", "--purpose", "x"), 2, "--purpose needs a day"),
    (("amend", "1", "--no-callback", "--in-hours"), 2, "--in-hours needs a day"),
]


@pytest.mark.parametrize(("typed", "code", "sentence"), REFUSED, ids=[" ".join(case[0]) for case in REFUSED])
def test_what_cannot_be_is_refused_and_nothing_is_written(
    office: Program, typed: tuple[str, ...], code: int, sentence: str
) -> None:
    before = stored(office, VERSIONS), stored(office, "SELECT * FROM audit ORDER BY id")
    done = by(office, "wang", *typed)
    assert (done.code, done.out) == (code, "")
    assert sentence in done.err
    assert len(done.err.splitlines()) == 2
    assert (stored(office, VERSIONS), stored(office, "SELECT * FROM audit ORDER BY id")) == before


@pytest.mark.parametrize("again", [("void", "1", "--reason", "x"), ("amend", "1", "--note", "x")], ids=" ".join)
def test_what_is_void_stays_void(office: Program, again: tuple[str, ...]) -> None:
    assert by(office, "wang", "void", "1", "--reason", "打错客户").code == 0
    done = by(office, "sun", *again)
    assert (done.code, done.err.splitlines()) == (
        1,
        [
            "Error: revisit 1 is void since 2026-03-12 11:30 (wang: 打错客户)",
            "Try: record it anew with the time it was made: revisit log CUSTOMER --at WHEN …",
        ],
    )


# --- who may

MAY = {
    # login: (look, amend, void) of wang's talk with wang's customer
    "wang": (0, 0, 0),
    "li": (1, 1, 1),
    "sun": (0, 0, 0),
    "zhou": (1, 1, 1),
    "boss": (0, 0, 0),
    "admin": (0, 0, 0),
    "gao": (1, 1, 1),
    "shen": (0, 1, 1),
}


@pytest.mark.parametrize("login", MAY)
def test_who_may_look_and_correct(office: Program, login: str) -> None:
    tries = (("amend", "1"), ("amend", "1", "--note", "x"), ("void", "1", "--reason", "x"))
    done = [by(office, login, *one) for one in tries]
    assert tuple(one.code for one in done) == MAY[login]
    assert all(len(one.err.splitlines()) == 2 and not one.out for one in done if one.code)


def test_the_author_corrects_what_was_written_down_for_another(office: Program) -> None:
    """`li` took the call; the customer is wang's: correcting it tells nothing of what is owed to that customer."""
    assert by(office, "wang", "log", "C1", "-r", "inconvenient", "--callback", "2026-03-12 13:00").code == 0
    office.at("2026-03-12 13:05")
    assert by(office, "li", "log", "C1", "-r", "reached", "--inbound", "--note", "问价").code == 0
    assert by(office, "li", "amend", "3").code == 0
    assert stored(office, "SELECT count(*) FROM follow_up WHERE rule = 'callback' AND met_on IS NOT NULL") == [(1,)]
    done = by(office, "li", "amend", "3", "-r", "no_answer", "--json").json
    assert (done["version"], done["owed_again"]) == (2, [])
    assert stored(office, "SELECT count(*) FROM follow_up WHERE rule = 'callback' AND met_on IS NOT NULL") == [(0,)]
    assert by(office, "li", "amend", "1", "--note", "x").code == 1


# --- two at once


def test_two_corrections_at_once_are_two_versions(office: Program) -> None:
    """Whoever comes second waits, and corrects what the first has left."""
    done: list[Any] = []
    later = at_shanghai("2026-03-12 12:00")

    def second() -> None:
        with unit(office.url, later, "sun") as work:
            revisits.lock(work.sql)
            current = revisits.get_versions(work.sql, 1)[-1]
            outcome = replace(current.outcome, note="二")
            done.append((current.version, revisits.amend(work.session, current=current, outcome=outcome, because="")))

    with unit(office.url, later, "wang") as work:
        revisits.lock(work.sql)
        current = revisits.get_versions(work.sql, 1)[-1]
        thread = threading.Thread(target=second)
        thread.start()
        outcome = replace(current.outcome, result="no_answer")
        revisits.amend(work.session, current=current, outcome=outcome, because="")
        thread.join(0.5)
        assert not done, "the second one waits"
    thread.join(20)
    assert done == [(2, 3)]
    assert [tuple(row) for row in stored(office, VERSIONS)] == [
        (1, False, False, "reached", "好", ""),
        (2, False, False, "no_answer", "好", ""),
        (3, True, False, "no_answer", "二", ""),
    ]


def test_a_version_that_is_there_already_is_a_sentence(office: Program) -> None:
    """Two that have read the same version never both become the next one, whatever they do to avoid it."""

    def both() -> None:
        with unit(office.url, at_shanghai("2026-03-12 12:00")) as work:
            current = revisits.get_versions(work.sql, 1)[-1]
            for note in ("一", "二"):
                revisits.amend(work.session, current=current, outcome=replace(current.outcome, note=note), because="")

    with pytest.raises(Refused, match="revisit 1 was changed by somebody else at the same moment"):
        both()
    assert len(stored(office, VERSIONS)) == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_screens_speak_the_language_in_use(office: Program, language: str) -> None:
    i18n.activate(language)
    for typed in (("amend", "1", "-r", "占线"), ("amend", "1"), ("void", "1", "--reason", "x"), ("amend", "1")):
        done = by(office, "wang", *typed)
        assert (done.code, done.err) == (0, "")
        assert i18n._("engaged") in done.out or typed[0] == "void"
        assert "busy" not in done.out
