"""`revisit survey`: four items, four grades; asked after each job, counted by person and month; grave complaints go up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from revisit import prompting, service, surveys
from revisit.errors import Refused
from revisit.policy.survey import ITEMS
from revisit.surveys import Said
from tests.commands.test_service import by, done
from tests.commands.test_service import fill as fill_office
from tests.support import Program, at_shanghai, mostly_on_sqlite, unit

GOOD = ("--attitude", "非常满意", "--skill", "very-satisfied", "--arrival", "satisfied", "--promises", "满意")
LATE = ("--attitude", "satisfied", "--skill", "fair", "--arrival", "poor", "--promises", "fair")


def fill(revisit: Program, folder: Path) -> None:
    """Li has done three jobs for C1, and something for ourselves; one more is not finished."""
    fill_office(revisit, folder)
    for number in (1, 2, 3):
        done(revisit, "wang", "open", "C1", "--kind", "free", "--text", f"第{number}次")
    done(revisit, "wang", "open", "--kind", "internal", "--text", "换灯")
    done(revisit, "wang", "open", "C1", "--kind", "free", "--text", "还没做完")
    for number in "12345":
        done(revisit, "boss", "dispatch", number, "--to", "li")
        done(revisit, "li", "start", number)
        if number != "5":
            done(revisit, "li", "finish", number, "--result", "做好了")


FILLED = {"office": fill}
ON_SQLITE = pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)


@pytest.fixture
def office(revisit: Program) -> Program:
    """The company that `fill` leaves, on Thursday, 12 March 2026, at three."""
    return revisit.at("2026-03-12 15:00")


def asked(office: Program, *words: str, login: str = "wang") -> Any:
    """The document of a survey that was recorded."""
    found = by(office, login, "survey", "record", "C1", *words, "--json")
    assert found.code == 0, found.err
    return found.json


def test_every_finished_job_for_a_customer_is_asked_about_once(office: Program) -> None:
    listed = by(office, "wang", "survey", "due", "--json").json
    assert [(one["job"], one["worker"]) for one in listed] == [("S1", "li"), ("S2", "li"), ("S3", "li")]
    told = asked(office, "--job", "S2", *GOOD, "--note", "很好")
    assert (told["survey"], told["staff"], told["job"], told["by"], told["case"]) == (1, "li", "S2", "wang", None)
    assert [one["job"] for one in by(office, "wang", "survey", "due", "--json").json] == ["S1", "S3"]
    again = by(office, "wang", "survey", "record", "C1", "--job", "2", *GOOD)
    assert (again.code, "was asked about service job S2 already: survey 1" in again.err) == (1, True)
    assert by(office, "wang", "survey", "show", "1").out.splitlines() == [
        "1 C1 宏远涂料",
        "About          李雷",
        "Job            S2",
        "Asked          2026-03-12 · wang",
        "attitude       very satisfied",
        "skill          very satisfied",
        "arrival time   satisfied",
        "kept promises  satisfied",
        "Note           很好",
    ]


def test_two_who_ask_about_a_job_at_the_same_time_count_once(office: Program) -> None:
    """The other one meets the survey that the first one left."""
    ready = Barrier(2)

    def record() -> str:
        with unit(office.url, at_shanghai("2026-03-12 15:00"), "wang") as work:
            job = service.get_job(work.sql, 1)
            if work.sql.server:  # a file has let one in only
                ready.wait(30)
            try:
                whom = surveys.about(work.sql, 1, job=job, login=None)
            except Refused as refusal:
                return str(refusal)
            said = Said(dict.fromkeys(ITEMS, "fair"))
            return str(
                surveys.record(
                    work.session,
                    work.sql,
                    work.company,
                    1,
                    whom,
                    said,
                    actor=work.actor,
                    on=date(2026, 3, 12),
                    at=work.now,
                ).number
            )

    with ThreadPoolExecutor(2) as pool:
        found = sorted(one.result(60) for one in [pool.submit(record) for _time in range(2)])
    assert found == ["1", "the customer was asked about service job S1 already: survey 1"]


def test_what_was_poor_becomes_a_case_and_a_grave_complaint_goes_to_the_vice_president(office: Program) -> None:
    told = asked(office, "--job", "1", *LATE, "--note", "晚到两小时")
    case = by(office, "boss", "case", "show", str(told["case"]), "--json").json
    assert (case["what"], case["immediate"]) == ("Survey, poor: arrival time; 晚到两小时", False)
    told = asked(office, "--job", "2", *LATE, "--at-once")
    case = by(office, "boss", "case", "show", str(told["case"]), "--json").json
    owed = {one["clock"]: one["owed_by"] for one in case["deadlines"]}
    assert (case["immediate"], owed) == (True, {"decide": "service supervisor", "form": "王芳"})
    told = asked(office, "--job", "3", *GOOD, "--grave", "--note", "动手打人")
    case = by(office, "vp", "case", "show", str(told["case"]), "--json").json
    owed = {one["clock"]: one["owed_by"] for one in case["deadlines"]}
    assert (case["what"], case["immediate"]) == ("Survey, a grave complaint; 动手打人", True)
    assert owed == {"decide": "vice president", "form": "王芳"}
    assert by(office, "vp", "case", "decide", str(told["case"]), "--result", "道歉").code == 0
    assert by(office, "vp", "survey", "show", "3", "--json").json["grave"] is True


@ON_SQLITE
def test_results_by_item_and_by_person(office: Program) -> None:
    asked(office, "--job", "1", *GOOD)  # (100 + 100 + 80 + 80) / 4 = 90
    asked(office, "--job", "2", *LATE)  # (80 + 60 + 0 + 60) / 4 = 50
    asked(office, "--staff", "wang", *GOOD, login="boss")
    found = by(office, "boss", "survey", "results", "--json").json
    assert (found["period"]["label"], found["surveys"], found["score"]) == ("2026-03", 3, 76.7)
    assert found["items"]["arrival"] == {
        "very-satisfied": {"n": 0, "share": 0.0}, "satisfied": {"n": 2, "share": 0.6667},
        "fair": {"n": 0, "share": 0.0}, "poor": {"n": 1, "share": 0.3333},
    }  # fmt: skip
    assert [(one["staff"], one["month"], one["surveys"], one["score"]) for one in found["people"]] == [
        ("li", "2026-03", 2, 70.0), ("wang", "2026-03", 1, 90.0),
    ]  # fmt: skip
    assert by(office, "boss", "survey", "results", "--quarter").out.splitlines() == [
        "Surveys, 2026-Q1: 3 · score 76.7",
        "Item           Very satisfied  Satisfied     Fair     Poor",
        "attitude              2 (67%)    1 (33%)   0 (0%)   0 (0%)",
        "skill                 2 (67%)     0 (0%)  1 (33%)   0 (0%)",
        "arrival time           0 (0%)    2 (67%)   0 (0%)  1 (33%)",
        "kept promises          0 (0%)    2 (67%)  1 (33%)   0 (0%)",
    ]
    assert by(office, "boss", "survey", "results", "--by", "person").out.splitlines() == [
        "Surveys, 2026-03: 3 · score 76.7",
        "Person  Month    Surveys  Score  Attitude       Skill          Arrival        Promises",
        "李雷    2026-03        2   70.0  1 / 1 / 0 / 0  1 / 0 / 1 / 0  0 / 1 / 0 / 1  0 / 1 / 1 / 0",
        "王芳    2026-03        1   90.0  1 / 0 / 0 / 0  1 / 0 / 0 / 0  0 / 1 / 0 / 0  0 / 1 / 0 / 0",
        "Very satisfied / satisfied / fair / poor",
    ]
    mine = by(office, "li", "survey", "results", "--json").json
    assert [one["staff"] for one in mine["people"]] == ["li"], "a representative sees the own results"
    assert by(office, "li", "survey", "results", "--month", "2026-02", "--json").json["score"] is None


@ON_SQLITE
def test_a_survey_that_is_wrong_is_taken_back(office: Program) -> None:
    asked(office, "--job", "1", *LATE)
    assert by(office, "wang", "survey", "void", "1", "--reason", "x").code == 1, "for supervisors"
    assert by(office, "boss", "survey", "void", "1").code == 2, "with a reason"
    assert by(office, "boss", "survey", "void", "1", "--reason", "记错人", "--json").json["void"] == "记错人"
    assert "taken back already: 记错人" in by(office, "boss", "survey", "void", "1", "--reason", "x").err
    assert by(office, "boss", "survey", "results", "--json").json["surveys"] == 0
    assert "taken back: 记错人" in by(office, "boss", "survey", "list").out
    assert [one["job"] for one in by(office, "wang", "survey", "due", "--json").json] == ["S1", "S2", "S3"]
    assert asked(office, "--job", "1", *GOOD)["survey"] == 2
    asked(office, "--staff", "boss", *GOOD)
    assert "survey 3 is about your own work" in by(office, "boss", "survey", "void", "3", "--reason", "x").err


REFUSED: dict[str, tuple[str, tuple[str, ...], int, str]] = {
    "nobody it is about": ("wang", GOOD, 1, "whom the survey is about is missing"),
    "not finished": ("wang", ("--job", "5", *GOOD), 1, "service job S5 is not finished"),
    "for ourselves": ("wang", ("--job", "4", *GOOD), 1, "service job S4 was not for this customer"),
    "done by another": ("wang", ("--job", "1", "--staff", "wang", *GOOD), 1, "service job S1 was done by li"),
    "an item is missing": ("wang", ("--job", "1", *GOOD[:6]), 2, "--promises is missing"),
    "another grade": ("wang", ("--job", "1", *GOOD[:7], "super"), 2, "--promises does not know the word super"),
    "another's customer": ("li", ("--job", "1", *GOOD), 1, "C1 is a customer of 王芳"),
    "before it was done": (
        "wang",
        ("--job", "1", *GOOD, "--on", "2026-03-11"),
        1,
        "cannot have been asked on 2026-03-11",
    ),
    "tomorrow": ("wang", ("--job", "1", *GOOD, "--on", "2026-03-13"), 1, "cannot have been asked on 2026-03-13"),
}


@pytest.mark.parametrize(
    ("company_db", "name"), mostly_on_sqlite([(name,) for name in REFUSED]), indirect=["company_db"]
)
def test_refusals_change_nothing(office: Program, name: str) -> None:
    login, words, code, why = REFUSED[name]
    tried = by(office, login, "survey", "record", "C1", *words)
    assert (tried.code, why in tried.err) == (code, True), tried.err
    assert by(office, "boss", "survey", "list", "--json").json == []
    assert by(office, "boss", "case", "list", "--json").json == []


SPEAKING, AGREED = "1", "1"
CALLS: dict[str, tuple[tuple[str, ...], dict[str, Any], tuple[bool, str] | None]] = {
    "everything well": (
        (SPEAKING, AGREED, "1", "1", "2", "1", "1", "常来看看\r", "\r", "y"),
        {"attitude": "very-satisfied", "arrival": "satisfied", "grave": False, "note": "常来看看", "case": None}, None,
    ),
    "late, and it is urgent": (
        (SPEAKING, AGREED, "2", "2", "4", "3", "2", "晚到两小时\r", "1", "2", "\r", "y"),
        {"arrival": "poor", "promises": "fair", "grave": False, "note": "晚到两小时", "case": 1}, (True, "service supervisor"),
    ),
    "a grave complaint": (
        (SPEAKING, AGREED, "4", "4", "4", "4", "2", "动手打人\r", "1", "1", "\r", "y"),
        {"attitude": "poor", "grave": True, "case": 1}, (True, "vice president"),
    ),
    "poor, and nothing to be put right": (
        (SPEAKING, AGREED, "2", "2", "4", "2", "1", "\r", "\r", "y"),
        {"arrival": "poor", "grave": False, "case": 1}, (False, ""),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("company_db", "name"), mostly_on_sqlite([(name,) for name in CALLS]), indirect=["company_db"])
def test_a_call_by_the_script_fills_the_four_items(office: Program, name: str) -> None:
    keys, wanted, case = CALLS[name]
    with prompting.keys_ready("".join(("\r", *keys))):
        told = by(office, "wang", "call", "C1", "--script", "survey")
    assert told.code == 0, told.out + told.err
    assert "Survey 1 is on record." in told.out
    found = by(office, "wang", "survey", "show", "1", "--json").json
    assert {key: found[key] for key in wanted} == wanted
    assert (found["staff"], found["job"], found["revisit"]) == ("li", "S1", 1), (
        "the oldest job that nobody was asked about"
    )
    cases = by(office, "vp", "case", "list", "--json").json
    assert len(cases) == (case is not None)
    if case is not None:
        decide = [one["owed_by"] for one in cases[0]["deadlines"] if one["clock"] == "decide"]
        assert (cases[0]["immediate"], "".join(decide)) == case
