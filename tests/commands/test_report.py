"""`revisit report`: its options, its document, its screen."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest

from revisit.commands.papers import plot
from revisit.commands.periods import with_current
from revisit.figures.catalogue import FIGURES
from revisit.render import width
from revisit.reports import Day
from revisit.reports.values import counted_in
from tests.support import Program
from tests.test_reports import PROSPECTS, SEASON, fill

COUNTS = ["owed", "in_time", "late", "missed", "overdue", "open", "void", "coverage"]


@pytest.fixture
def season(revisit: Program) -> Program:
    """The season of `test_reports`, seen on 2026-04-10."""
    fill(revisit.url, SEASON)
    return revisit.at("2026-04-10 10:00")


def test_the_document(season: Program) -> None:
    done = season("report", "--month", "last", "--json")
    assert (done.code, done.err) == (0, "")
    found = done.json
    assert list(found) == [
        "period", "on", "followups", "by_rule", "by_rep", "by_region", "by_grade", "by_department", "contacts", "satisfaction",
        "reasons", "reasons_dormancy", "reasons_dissatisfaction", "dormancy", "records", "customers", "missed", "days", "hours",
        "figures", "previous", "last_year", "history", "suggestions", "unreached", "closed",
    ]  # fmt: skip
    assert found["period"] == {"from": "2026-03-01", "to": "2026-03-31", "label": "2026-03"}
    assert found["on"] == "2026-04-10"
    assert list(found["followups"]) == COUNTS
    assert found["followups"]["coverage"] == 0.4444
    assert (
        list(found["by_rule"]["dormant-week"]) == list(found["by_rep"]["wang"]) == list(found["by_rep"][""]) == COUNTS
    )
    assert list(found["by_region"]) == ["华南", "华东", ""]
    assert list(found["by_grade"]["A"]) == COUNTS
    assert found["by_rule"]["takeover"]["coverage"] is None
    assert found["contacts"]["by_channel"] == {"phone": 5, "sms": 1}
    assert found["reasons"] == [["质量", 3], ["价格", 1], ["服务", 1]]
    assert found["records"] == {"within_deadline": 2, "late": 1}
    assert found["missed"] == {"tried": 2, "never_tried": 1}
    assert found["days"][11] == {"on": "2026-03-12", "contacts": 1, "met": 2}


@pytest.mark.parametrize(
    ("options", "label"),
    [
        ([], "2026-04"),
        (["--month"], "2026-04"),
        (["--month", "last"], "2026-03"),
        (["--month=2026-10"], "2026-10"),
        (["--month", "2026年3月"], "2026-03"),
        (["--day"], "2026-04-10"),
        (["--day", "昨天"], "2026-04-09"),
        (["--week"], "2026-W15"),
        (["--week", "2026-W10"], "2026-W10"),
        (["--quarter"], "2026-Q2"),
        (["--quarter", "last"], "2026-Q1"),
        (["--year"], "2026"),
        (["--year", "--on", "2025-05-05"], "2025"),
        (["--on", "2026-03-15"], "2026-03"),
        (["--month", "last", "--on", "2026-03-15"], "2026-02"),
    ],
)
def test_periods(season: Program, options: list[str], label: str) -> None:
    done = season("report", *options, "--json")
    assert done.code == 0
    assert done.json["period"]["label"] == label


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (["--month"], ["--month", "current"]),
        (["--month", "--json"], ["--month", "current", "--json"]),
        (["--week", "last"], ["--week", "last"]),
        (["--month=3", "--by", "rep"], ["--month=3", "--by", "rep"]),
        (["--json", "--year", "-h"], ["--json", "--year", "current", "-h"]),
    ],
)
def test_a_bare_period_option_means_the_current_one(typed: list[str], meant: list[str]) -> None:
    assert with_current(typed) == meant


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--month", "--week"], "exclude each other"),
        (["--month", "3", "--year", "2026"], "exclude each other"),
        (["--month", "soon"], "I do not understand the date soon"),
        (["--month", "2026-13"], "there is no such date: 2026-13"),
        (["--by", "industry"], "one of: rule, rep, department, region, grade"),
        (["--by", ""], "one of: rule, rep, department, region, grade"),
        (["--decade"], "there is no option --decade"),
        (["--on", "whenever"], "I do not understand the date whenever"),
    ],
)
def test_wrong_usage(revisit: Program, options: list[str], words: str) -> None:
    done = revisit("report", *options)
    assert (done.code, done.out) == (2, "")
    assert words in done.err


def test_the_screen(season: Program) -> None:
    done = season("report", "--month", "last")
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == "Report 2026-03 (2026-03-01 to 2026-03-31), as it stood on 2026-04-10"
    assert squeezed(lines, "Follow-ups owed ") == "Follow-ups owed 9 0 follow-ups"
    assert "Follow-ups owed: 9" in lines
    assert squeezed(lines, "Coverage") == "Coverage 44.4% –"
    assert squeezed(lines, "within 30 days") == "within 30 days 1 0 times"
    assert squeezed(lines, "10:00") == "10:00 1 1 100.0%"
    assert "Missed: 2 tried in vain, 1 never tried" in lines
    assert "Void, ended before they were due: 1" in lines
    assert squeezed(lines, "dormant over a week") == "dormant over a week 4 1 0 2 1 0 1 25.0%"
    assert squeezed(lines, "text message") == "text message 1 17% ████····················"
    told = [squeezed([line], "价格") for line in lines if line.startswith("价格")]
    assert told == ["价格 1 100% ████████████············", "价格 1 80% ████████················"], (
        "of the dormant, of all"
    )
    assert "Records: 2 filled in within the deadline, 1 late" in lines
    assert "Dormant customers: 5 became dormant, 1 ordered again, 4 still are" in lines
    assert "Customers: 6 in scope, 3 contacted, 3 never reached so far" in lines
    assert max(map(width, lines)) <= 80


def test_the_screen_by_representative(season: Program) -> None:
    lines = season("report", "--month", "last", "--by", "rep").out.splitlines()
    assert squeezed(lines, "wang") == "wang 4 2 1 1 0 0 0 75.0%"
    assert squeezed(lines, "(no representative)") == "(no representative) 1 0 0 0 1 0 1 0.0%"
    assert not any(line.startswith("dormant over a week") for line in lines)


@pytest.mark.parametrize(
    ("by", "rows"),
    [
        (
            "region",
            [
                "Region Owed In time Late Missed Overdue Open Void Coverage",
                "华南 5 1 0 3 1 0 0 20.0%",
                "华东 3 2 1 0 0 0 0 100.0%",
                "(no region) 1 0 0 0 1 0 1 0.0%",
            ],
        ),
        (
            "grade",
            [
                "Grade Owed In time Late Missed Overdue Open Void Coverage",
                "A 4 2 1 1 0 0 0 75.0%",
                "B 3 0 0 2 1 0 0 0.0%",
                "(no grade) 2 1 0 0 1 0 1 50.0%",
            ],
        ),
    ],
)
def test_the_screen_by_what_the_file_says(season: Program, by: str, rows: list[str]) -> None:
    lines = [re.sub(" +", " ", line) for line in season("report", "--month", "last", "--by", by).out.splitlines()]
    at = lines.index(rows[0])
    assert lines[at : at + len(rows)] == rows


def squeezed(lines: list[str], start: str) -> str:
    (line,) = [line for line in lines if line.startswith(start)]
    return re.sub(" +", " ", line)


def test_the_funnel_on_the_screen_and_its_rows(revisit: Program) -> None:
    fill(revisit.url, PROSPECTS)
    revisit.at("2026-04-10 10:00")
    lines = revisit("report", "--month", "last").out.splitlines()
    at = lines.index("From prospect to order")
    assert [re.sub(" +", " ", line) for line in lines[at + 1 : at + 14]] == [
        "Prospects Number Share",
        "Prospects of the period 4 100% ████████████████████████",
        "contacted 2 50% ████████████············",
        "interested 1 25% ██████··················",
        "became customers 2 50% ████████████············",
        "by an order 1 25% ██████··················",
        "",
        "By intention",
        "Intention Prospects contacted became customers by an order Converted",
        "interested 1 1 1 1 100.0%",
        "no intention 1 0 0 0 0.0%",
        "intention not known 2 1 1 0 50.0%",
        "Prospects at the end of the period: 2",
    ]
    traced = revisit("report", "trace", "2026-03", "funnel.customers", "--json").json
    assert [(row["on"], row["record"], row["what"]) for row in traced["rows"]] == [
        ("2026-03-20", "P1", "interested · a customer who ordered"),
        ("2026-03-25", "P3", "intention not known · a customer, no longer marked as a prospect"),
    ]
    assert revisit("report", "trace", "2026-03", "funnel.customers.interested", "--json").json["value"] == 1
    assert revisit("report", "trace", "2026-03", "funnel.prospects", "--region", "华东", "--json").json["value"] == 1


def test_an_empty_report_is_a_result(revisit: Program) -> None:
    done = revisit("report")
    assert (done.code, done.err) == (0, "")
    assert "No follow-up fell due." in done.out
    assert "Revisits made" not in done.out


def test_a_period_outside_the_programme_says_so(revisit: Program) -> None:
    assert "The programme started on 2026-01-01" in revisit("report", "--month", "2025-11").err
    assert "2026-W40 has not begun on 2026-03-12." in revisit("report", "--week", "W40").err


def test_the_help_names_the_periods(revisit: Program) -> None:
    done = revisit("report", "--help")
    assert done.code == 0
    assert all(option in done.out for option in ("--day", "--week", "--month", "--quarter", "--year", "--by", "--on"))


# --- the plot


def day_rows(*numbers: int) -> list[Day]:
    return [Day(date(2026, 1, 1) + timedelta(days=n), number, 0) for n, number in enumerate(numbers)]


def test_a_plot() -> None:
    lines, step = plot(day_rows(0, 1, 2, 4, 8, 0, 8), 80)
    assert step == 1
    assert lines == [
        "8         █   █",
        "          █   █",
        "        █ █   █",
        "0   ▄ █ █ █   █",
        "  01-01   01-07",
    ]


def test_a_low_plot_is_no_higher_than_its_numbers() -> None:
    assert plot(day_rows(1, 0), 80)[0] == ["1 █", "  01-01"]


@pytest.mark.parametrize("room", [20, 40, 80])
@pytest.mark.parametrize("number", [1, 7, 31, 92, 366])
def test_a_plot_fits(room: int, number: int) -> None:
    numbers: list[Any] = [n % 13 for n in range(number)]
    lines, step = plot(day_rows(*numbers), room)
    assert max(map(width, lines)) <= room
    assert step == 1 or step % 7 == 0


def test_a_plot_of_nothing() -> None:
    assert plot([], 80) == (["0"], 1)


def test_a_trace_calls_its_figure_by_name_and_customers_customers(season: Program) -> None:
    lines = season("report", "trace", "2026-03", "followups.missed", "--rep", "wang").out.splitlines()
    assert lines[0] == "missed (followups.missed), 2026-03: 1"
    assert lines[2].split() == ["Day", "Record", "Code", "Customer", "Representative", "What"]


def test_matters_with_deadlines_are_named(season: Program) -> None:
    """Not by the codes of their kind, step and state."""
    assert season("case", "open", "C1", "--text", "late again").code == 0
    lines = season("report", "--month", "current").out.splitlines()
    assert squeezed(lines, "Steps with a deadline") == "Steps with a deadline In time Late Overdue Not due yet"
    assert squeezed(lines, "Case ") == "Case 0 0 0 1"
    traced = season("report", "trace", "2026-04", "deadlines.case.open").out.splitlines()
    assert traced[0] == "Case: not due yet (deadlines.case.open), 2026-04: 1"
    assert traced[-1].endswith("Case · feedback · not due yet")


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("followups.owed", "follow-ups"),
        ("contacts.reached", "revisits"),
        ("contacts.attempts_per_contact", "per contact"),
        ("followups.coverage", ""),
        ("dormancy.entered", "times"),
        ("dormancy.still", "customers"),
        ("complaints.amount", "yuan"),
    ],
)
def test_what_a_figure_counts_in(name: str, unit: str) -> None:
    assert counted_in(name) == unit


def test_every_figure_says_what_it_counts_in() -> None:
    assert all(counted_in(name) for name in FIGURES)
