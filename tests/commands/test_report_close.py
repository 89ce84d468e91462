"""`revisit report close|closed|changes|verify`: whole screens, in both languages, and what is refused."""

from __future__ import annotations

import re

import pytest

from revisit import i18n
from tests.support import Program
from tests.test_report_files import check_golden
from tests.test_reports import SEASON, fill

HASH = re.compile(r"(?<![0-9a-f])[0-9a-f]{12}(?:[0-9a-f]{52})?(?![0-9a-f])")


@pytest.fixture
def season(revisit: Program) -> Program:
    """The season of `test_reports`, on the day on which March is closed."""
    fill(revisit.url, SEASON)
    return revisit.at("2026-04-10 18:00")


@pytest.fixture
def closed(season: Program) -> Program:
    """March is closed, and four days later a talk of March is recorded."""
    assert season("report", "close", "2026-03").code == 0
    season.at("2026-04-14 09:30")
    said = ("--result", "reached", "--satisfaction", "satisfied")
    assert season("log", "C3", "--at", "2026-03-20 10:00", *said).code == 0
    return season


def shown(text: str) -> list[str]:
    return [line.rstrip() for line in HASH.sub("#", text).splitlines()]


def test_closing(season: Program) -> None:
    done = season("report", "close", "last")
    assert (done.code, shown(done.out), done.err) == (
        0, ["2026-03 is closed, as it stood on 2026-04-09.", "Hash: #"], "",
    )  # fmt: skip
    assert shown(season("report", "closed").out)[1].split() == [
        "2026-03", "2026-04-10", "18:00", "admin", "2026-04-09", "#",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("close", "2026-04"), 1, "Error: 2026-04 has not ended yet\nTry: close it after 2026-04-30\n"),
        (("close", "x"), 2, "Error: I do not understand the date x\n"),
        (("closed", "2026-02"), 1, "Error: 2026-02 is not closed\nTry: close it: revisit report close 2026-02\n"),
        (("changes", "2026-02"), 1, "Error: 2026-02 is not closed\n"),
        (("verify", "2026-02"), 1, "Error: 2026-02 is not closed\n"),
    ],
)
def test_what_is_refused(season: Program, words: tuple[str, ...], code: int, said: str) -> None:
    done = season("report", *words)
    assert (done.code, done.err.startswith(said)) == (code, True), done.err


def test_a_month_is_closed_once(closed: Program) -> None:
    done = closed("report", "close", "2026-03")
    assert (done.code, done.err) == (
        1, "Error: 2026-03 is closed already\nTry: look at it: revisit report closed 2026-03\n",
    )  # fmt: skip


def test_only_those_who_lead_close(season: Program) -> None:
    season.login = "wang"
    assert season("report", "close", "2026-03").code == 1
    assert season("report", "closed").out == "No month is closed: revisit report close MONTH\n"


def test_the_report_of_a_closed_month(closed: Program) -> None:
    lines = shown(closed("report", "--month", "2026-03").out)
    assert lines[2:5] == [
        "The month is closed",
        "2026-03 was closed at 2026-04-10 18:00 by admin, as it stood on 2026-04-09; hash #",
        "",
    ]
    assert lines.index("Changed since it was closed") < lines.index("The newest of them") < lines.index("Key figures")
    assert "All of them: revisit report changes 2026-03" in lines


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_changed_whole(closed: Program, language: str) -> None:
    i18n.activate(language)
    lines = shown(closed("report", "changes", "2026-03").out)
    check_golden(f"report-changes-{language}.txt", "\n".join(lines) + "\n")


def test_whoever_may_not_read_the_audit_sees_no_names(closed: Program) -> None:
    closed.login = "wang"
    found = closed("report", "--month", "2026-03", "--json").json["closed"]
    assert (found["counts"], found["reasons"]) == ({"revisit-recorded": 1}, [])
    assert closed("report", "verify", "2026-03").code == 1


def test_nothing_changed(season: Program) -> None:
    assert season("report", "close", "2026-03").code == 0
    assert "No figure has changed since." in season("report", "--month", "2026-03").out
    assert season("report", "verify", "2026-03").code == 0
    assert season("report", "--month", "2026-03", "--json").json["closed"]["counts"] == {}
    assert season("report", "--month", "2026-02", "--json").json["closed"] is None


def test_what_was_frozen(closed: Program) -> None:
    lines = shown(closed("report", "closed", "2026-03").out)
    assert lines[0] == "2026-03, closed at 2026-04-10 18:00 by admin, as it stood on 2026-04-09"
    assert ["Coverage", "44.4%", "followups.coverage"] in [line.split() for line in lines]
    assert lines[-1] == "Hash: #"
