"""`revisit appraise` and `revisit target`: sheets that can be reckoned by hand, who sets targets, and who sees what."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from revisit import audit, i18n, render
from revisit.figures.catalogue import SHARES
from revisit.policy.scoring import mean
from tests.support import Program, Result, reading, table

_COLOUR = re.compile("\x1b\\[[0-9;]*m")
STAFF = [
    {"登录名": "boss", "姓名": "何主管", "岗位": "客服主管", "部门": "客服一部"},
    {"登录名": "wang", "姓名": "王芳", "岗位": "客服专员", "部门": "客服一部"},
    {"登录名": "li", "姓名": "李雷", "岗位": "客服专员", "部门": "客服一部"},
    {"登录名": "sun", "姓名": "孙静", "岗位": "客服专员", "部门": "客服二部"},
    {"登录名": "fang", "姓名": "方主管", "岗位": "客服主管", "部门": "客服二部"},
    {"登录名": "shen", "姓名": "沈审计", "岗位": "审计", "部门": ""},
    {"登录名": "vp", "姓名": "高副总", "岗位": "副总经理", "部门": ""},
]
CUSTOMERS = [
    {"客户编号": f"C{number}", "客户名称": name, "电话": f"1380000000{number}", "客服专员": rep}
    for number, (name, rep) in enumerate(
        (("宏远涂料", "wang"), ("利民建材", "wang"), ("安顺化工", "li"), ("东升五金", "sun")), start=1
    )
]
ORDERS = [
    {"订单号": f"D{number}", "客户编号": f"C{number}", "下单日期": "2026-03-02", "完成日期": "2026-03-02"}
    for number in range(1, 5)
]
TALKS = (  # when it was written down, by whom, with whom, when it was, what came of it
    ("2026-03-04 10:10", "wang", "C1", "10:00", "reached", "satisfied"),
    ("2026-03-06 10:10", "wang", "C2", "2026-03-04 10:00", "reached", "dissatisfied"),
    ("2026-03-12 09:30", "wang", "C1", "09:10", "reached", "satisfied"),
    ("2026-03-13 09:30", "wang", "C1", "09:10", "no_answer", ""),
    ("2026-03-05 09:30", "li", "C3", "09:10", "no_answer", ""),
    ("2026-03-11 09:30", "li", "C3", "09:10", "reached", "satisfied"),
    ("2026-03-05 15:00", "sun", "C4", "14:50", "reached", ""),
)


def by(office: Program, login: str, *words: str) -> Result:
    """The program, run by somebody."""
    return Program(office.url, office.capsys, office.monkeypatch, login)(*words)


def fill(revisit: Program, folder: Path) -> None:
    """Two teams in March 2026, each customer with an order of the second, and what came of the talks with them."""
    for kind, rows in (("staff", STAFF), ("customers", CUSTOMERS), ("orders", ORDERS)):
        assert revisit("import", kind, str(table(folder / f"{kind}.xlsx", rows))).code == 0
    for written, login, customer, at, result, satisfaction in sorted(TALKS):
        revisit.at(written)
        more = ("--satisfaction", satisfaction) if satisfaction else ()
        assert by(revisit, login, "log", customer, "--result", result, "--at", at, *more).code == 0


FILLED = {"office": fill}
ON_SQLITE = pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)


@pytest.fixture
def office(revisit: Program) -> Program:
    """The company that `fill` leaves, on Friday, 20 March 2026, at ten."""
    return revisit.at("2026-03-20 10:00")


def done(office: Program, login: str, *words: str) -> Any:
    """The document of what somebody did."""
    found = by(office, login, *words, "--json")
    assert found.code == 0, found.err
    return found.json


@pytest.fixture
def weighed(office: Program) -> Program:
    """Wang and Li have targets, a survey was asked about Wang, and a record of hers was checked."""
    done(office, "boss", "target", "set", "wang", "contacts", "4")
    done(office, "boss", "target", "set", "li", "有效联系数", "2")
    grades = ("--attitude", "satisfied", "--skill", "satisfied", "--arrival", "satisfied", "--promises", "fair")
    done(office, "boss", "survey", "record", "C1", "--staff", "wang", *grades)
    done(office, "boss", "inspect", "draw", "--rep", "wang", "--size", "1", "--seed", "a")
    done(office, "boss", "inspect", "find", "1", "1", "--verdict", "minor", "--text", "时间不对")
    return office


SHEET = """wang 王芳 · 2026-03 · service representative · overall score 74.7, as it stood on 2026-03-20

Indicators
Indicator            Actual  Target  Points  Weight  Counts
follow-ups met          75%            75.0      30   25.00
customers contacted    100%           100.0      10   11.11
contacts made             3       4    75.0      10    8.33
satisfied customers  66.67%            66.7      15   11.12
records in time         75%            75.0      10    8.33
cases in time             –               –      10       –
opinion survey           75            75.0       5    4.17
inspected records        60            60.0      10    6.67
Not counted, the others share the weight (90 of 100 counts): cases in time (nothing to count)

The rows behind: revisit report trace 2026-03 FIGURE --rep wang, with FIGURE of this list
Indicator            Rows behind
follow-ups met       followups.in_time, followups.late, followups.missed, followups.overdue
customers contacted  customers.contacted, customers.in_scope
contacts made        contacts.reached
satisfied customers  satisfaction.satisfied, satisfaction.neutral, satisfaction.dissatisfied
records in time      records.within_deadline, records.late
cases in time        deadlines.case.in_time, deadlines.case.late, deadlines.case.overdue
opinion survey       revisit survey list --month 2026-03
inspected records    revisit inspect bulletin --month 2026-03
"""
IN_CHINESE = """wang 王芳 · 2026-03 · 客服专员 · 总分74.7，数据截至2026-03-20

各项指标
指标          实绩  目标   得分  权重  加权得分
回访完成率     75%         75.0    30     25.00
客户联系率    100%        100.0    10     11.11
有效联系数       3     4   75.0    10      8.33
客户满意率  66.67%         66.7    15     11.12
及时登记率     75%         75.0    10      8.33
问题按时率       –            –    10         –
意见调查        75         75.0     5      4.17
记录抽查        60         60.0    10      6.67
未计入，权重由其余指标分担（100中计入90）：问题按时率（没有可统计的数据）

查看明细：revisit report trace 2026-03 指标 --rep wang，指标见下表
"""
TEAM = """Appraisal, 2026-03, as it stood on 2026-03-20

Scores
Login  Name  Score  Counted
wang   王芳   74.7    90.0%
li     李雷   93.3    75.0%
A sheet: revisit appraise --month 2026-03 --rep LOGIN
"""
QUARTER = """Appraisal, 2026-Q1, as it stood on 2026-04-02

Scores
Login  Name  2026-01  2026-02  2026-03  Score
wang   王芳        –        –     74.7   74.7
li     李雷        –        –     93.3   93.3
A sheet: revisit appraise --quarter 2026-Q1 --rep LOGIN
"""


def test_a_sheet_that_can_be_reckoned_by_hand(weighed: Program) -> None:
    """(30·75 + 10·100 + 10·75 + 15·66.7 + 10·75 + 5·75 + 10·60) / 90 = 74.72…"""
    assert by(weighed, "boss", "appraise", "--rep", "wang").out == SHEET
    assert by(weighed, "wang", "appraise").out == SHEET, "the own sheet"
    assert by(weighed, "boss", "appraise").out == TEAM
    i18n.activate("zh")
    assert by(weighed, "boss", "appraise", "--rep", "wang").out.startswith(IN_CHINESE)


def test_every_figure_of_a_sheet_is_that_of_its_trace(weighed: Program) -> None:
    person = done(weighed, "boss", "appraise", "--rep", "wang")["people"][0]
    assert (person["login"], person["post"], person["score"]) == ("wang", "service-representative", 74.7)
    for line in person["months"][0]["indicators"]:
        traced = [done(weighed, "boss", *command.split()[1:]) for command in line["trace"]]
        if line["figure"].endswith(".score"):
            continue
        values = {one["figure"]: one["value"] for one in traced}
        if line["figure"] in SHARES:
            share = SHARES[line["figure"]]
            part, whole = (sum(values[name] for name in names) for names in (share.part, share.whole))
            assert line["value"] == (round(100 * part / whole, 2) if whole else None), line["figure"]
        else:
            assert line["value"] == values[line["figure"]]


@ON_SQLITE
def test_months_make_a_quarter_and_a_year(weighed: Program) -> None:
    weighed.at("2026-04-02 10:00")
    told = {month: done(weighed, "boss", "appraise", "--month", month) for month in ("2026-03", "2026-04")}
    march, april = ({one["login"]: one["score"] for one in told[month]["people"]} for month in told)
    assert march["li"] == 93.3, "a month does not change by what comes after it, but for what was overdue"
    quarter = done(weighed, "boss", "appraise", "--quarter", "2026-Q1")
    assert [[month["score"] for month in one["months"]] for one in quarter["people"]] == [
        [None, None, march["wang"]], [None, None, march["li"]],
    ]  # fmt: skip
    assert [one["score"] for one in quarter["people"]] == [march["wang"], march["li"]], (
        "of the months that have a score"
    )
    year = done(weighed, "boss", "appraise", "--year", "--rep", "li")["people"][0]
    assert [one["month"] for one in year["months"]] == ["2026-01", "2026-02", "2026-03", "2026-04"]
    assert [one["quarter"] for one in year["quarters"]] == ["2026-Q1", "2026-Q2"]
    assert year["score"] == float(mean([Fraction(str(one["li"])) for one in (march, april)]) or 0)
    assert by(weighed, "boss", "appraise", "--quarter", "last").out == QUARTER
    assert by(weighed, "boss", "appraise", "--month", "2026-05").out == (
        "Appraisal, 2026-05, as it stood on 2026-04-02\n\nScores\n"
        "No sheet: it has not begun, or nobody whom I may see has a post for which something is weighed.\n"
    )
    assert by(weighed, "boss", "appraise", "--month", "--year").code == 2


@ON_SQLITE
def test_who_sees_whose_sheet(weighed: Program) -> None:
    def seen(login: str) -> list[str]:
        return [one["login"] for one in done(weighed, login, "appraise")["people"]]

    assert {login: seen(login) for login in ("wang", "boss", "fang", "shen", "admin", "vp")} == {
        "wang": ["wang"], "boss": ["wang", "li"], "fang": ["sun"], "shen": ["wang", "li", "sun"],
        "admin": ["wang", "li", "sun"], "vp": [],
    }  # fmt: skip
    assert done(weighed, "shen", "appraise", "--rep", "sun")["people"][0]["login"] == "sun"


@ON_SQLITE
def test_targets_are_set_anew_and_listed(weighed: Program) -> None:
    told = by(weighed, "admin", "target", "set", "wang", "contacts", "1,200", "--month", "4")
    assert told.out == "wang, 2026-04: contacts made 1200.\n"
    done(weighed, "admin", "target", "set", "li", "contacts", "3")
    assert by(weighed, "boss", "target", "list").out.splitlines() == [
        "Targets, 2026-03: 2",
        "Login  Name  Indicator                 Target  Set by  Set on",
        "wang   王芳  contacts made (contacts)       4  boss    2026-03-20",
        "li     李雷  contacts made (contacts)       3  admin   2026-03-20",
    ]
    assert [one["login"] for one in done(weighed, "li", "target", "list")] == ["li"]
    assert [one["target"] for one in done(weighed, "boss", "target", "list", "--rep", "wang")] == [4.0]
    assert done(weighed, "fang", "target", "list") == []
    shown = done(weighed, "sun", "target", "show", "sun")
    assert (shown["targets"], shown["without"]) == ([], ["contacts"])
    assert by(weighed, "boss", "target", "show", "wang", "--month", "2026-05").out.splitlines() == [
        "wang 王芳 · 2026-05", "Indicator                 Target  Set by  Set on", "contacts made (contacts)       –",
    ]  # fmt: skip
    with reading(weighed.url) as (sql, _company):
        noted = [(row[1], row[2], json.loads(row[7])) for row in sql.rows(audit.ALL) if row[3] == "target"]
    assert [one[:2] for one in noted] == [
        ("boss", "create"),
        ("boss", "create"),
        ("admin", "create"),
        ("admin", "update"),
    ]
    assert noted[-1][2] == {"value": ["2", "3"]}


@ON_SQLITE
def test_sheets_and_the_bulletin_as_files(weighed: Program, tmp_path: Path) -> None:
    """Whoever may see a sheet may take it along, nobody else; it is no export."""
    for form in ("html", "xlsx", "md", "csv"):
        path = tmp_path / f"wang.{form}"
        made = done(weighed, "wang", "appraise", "-o", str(path))
        assert (made["file"], made["period"]["label"], made["rows"], made["hidden"]) == (str(path), "2026-03", {}, 0)
        assert path.stat().st_mode & 0o777 == 0o600
        tried = by(weighed, "li", "appraise", "--rep", "wang", "-o", str(tmp_path / f"li.{form}"))
        assert (tried.code, (tmp_path / f"li.{form}").exists()) == (1, False)
    text = (tmp_path / "wang.md").read_text(encoding="utf-8")
    assert text.startswith(
        "# wang 王芳 · 2026-03 · service representative · overall score 74.7, as it stood on 2026-03-20\n"
    )
    assert "| satisfied customers | 66.67% |  | 66.7 | 15 | 11.12 |" in text
    assert "| follow-ups met | followups.in\\_time, followups.late, followups.missed, followups.overdue |" in text
    assert '"Indicators","","satisfied customers","66.67%","","66.7","15","11.1200"' in (
        tmp_path / "wang.csv"
    ).read_text(encoding="utf-8-sig")
    page = load_workbook(tmp_path / "wang.xlsx")["Indicators"]
    rows = {row[0].value: row for row in page.iter_rows()}
    points, weighted = rows["satisfied customers"][3], rows["satisfied customers"][5]
    assert (points.value, points.number_format, weighted.value) == (66.7, "0.0", 11.12)
    assert by(weighed, "boss", "appraise", "--quarter", "-o", str(tmp_path / "team.html")).code == 0
    assert by(weighed, "boss", "inspect", "bulletin", "-o", str(tmp_path / "bulletin.md")).code == 0
    assert "| #1 | wang | minor fault | 时间不对 |" in (tmp_path / "bulletin.md").read_text(encoding="utf-8").replace(
        "\\", ""
    )
    with reading(weighed.url) as (sql, _company):
        assert [row for row in sql.rows(audit.ALL) if row[2] == "export"] == []


SUPERVISORS = "this is for supervisors of wang and for administrators"
REFUSED: dict[str, tuple[str, str, int, str, str | None]] = {
    "another's sheet": ("li", "appraise --rep wang", 1, SUPERVISORS, "staff"),
    "a sheet of another team": ("fang", "appraise --rep wang", 1, SUPERVISORS, "staff"),
    "an approver": ("vp", "appraise --rep wang", 1, SUPERVISORS, "staff"),
    "another's targets": ("li", "target show wang", 1, SUPERVISORS, "staff"),
    "a target of another team": ("fang", "target set wang contacts 3", 1, SUPERVISORS, "target"),
    "a colleague's target": ("li", "target set wang contacts 3", 1, SUPERVISORS, "target"),
    "an auditor": ("shen", "target set wang contacts 3", 1, SUPERVISORS, "target"),
    "the own target": ("wang", "target set wang contacts 1", 1, "nobody sets the own target", "target"),
    "a supervisor's own": ("boss", "target set boss contacts 1", 1, "nobody sets the own target", "target"),
    "a post without weights": (
        "admin",
        "target set boss contacts 1",
        1,
        "nothing is weighed for the post of boss",
        None,
    ),
    "a sheet without weights": ("boss", "appraise --rep boss", 1, "nothing is weighed for the post of boss", None),
    "a share": ("boss", "target set wang records 90", 2, "no target goes by records", None),
    "nothing": ("boss", "target set wang contacts 0", 2, "0 is no target by contacts", None),
    "half a contact": ("boss", "target set wang contacts 2.5", 2, "2.5 is no target by contacts", None),
    "no number": ("boss", "target set wang contacts many", 2, "many is no number", None),
    "no month": ("boss", "target set wang contacts 3 --month 13", 2, "13", None),
}


def test_refusals_are_sentences_and_change_nothing(weighed: Program) -> None:
    before = done(weighed, "shen", "target", "list"), done(weighed, "shen", "appraise")
    for name, (login, words, code, why, noted) in REFUSED.items():
        with reading(weighed.url) as (sql, _company):
            rows = len(sql.rows(audit.ALL))
        tried = by(weighed, login, *words.split())
        assert (tried.code, why in tried.err.splitlines()[0]) == (code, True), (name, tried.err)
        with reading(weighed.url) as (sql, _company):
            more = [(row[1], row[2], row[3]) for row in sql.rows(audit.ALL)[rows:]]
        assert more == ([(login, "refuse", noted)] if noted else []), name
    assert (done(weighed, "shen", "target", "list"), done(weighed, "shen", "appraise")) == before


@ON_SQLITE
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("columns", [60, 80])
def test_a_terminal_that_is_narrow_holds_everything(weighed: Program, language: str, columns: int) -> None:
    i18n.activate(language)
    weighed.monkeypatch.setenv("COLUMNS", str(columns))
    weighed.monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    weighed.monkeypatch.setenv("PAGER", "")
    for words in (
        ("appraise",), ("appraise", "--rep", "wang"), ("appraise", "--year"), ("appraise", "--quarter", "--rep", "li"),
        ("target", "list"), ("target", "show", "wang"), ("inspect", "list"), ("inspect", "show", "1"), ("inspect", "bulletin"),
    ):  # fmt: skip
        shown = by(weighed, "boss", *words)
        wide = [line for line in shown.out.splitlines() if render.width(_COLOUR.sub("", line)) > columns]
        assert (shown.code, wide) == (0, []), words
