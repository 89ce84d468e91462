"""`revisit report pack|weekly`, `revisit case pack`: whole screens in both languages, files, and who receives them."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from revisit import db, i18n
from tests.report_files import outline
from tests.support import Program, table
from tests.test_report_files import _HASH, ON_SQLITE, check_golden

PEOPLE = [
    {"客户编号": code, "客户名称": name, "联系人": "王芳", "电话": phone, "客服专员": rep, "最近订货日期": on}
    for code, name, phone, rep, on in (
        ("C001", "明珠酒楼", "13800138000", "wang", "2026-03-09"),
        ("C002", "宏远涂料", "13800138001", "wang", "2026-02-02"),
        ("C003", "利民建材", "13800138002", "sun", "2026-02-20"),
    )
]
TALKS = (
    ("C001", "2026-03-03 10:00", "satisfied", ()),
    ("C001", "2026-03-10 10:00", "neutral", ("--suggestion", "提前一天打13912345678通知")),
    ("C002", "2026-03-11 09:00", "dissatisfied", ("--reason", "价格；质量")),
    ("C003", "2026-03-11 10:00", "", ("--reason", "价格", "--callback", "2026-03-18 10:00")),
    ("C003", "2026-02-27 10:00", "dissatisfied", ("--reason", "质量")),
)


def fill(revisit: Program, folder: Path) -> None:
    """A department with customers, talks, two cases, a complaint, on the evening of 12 March, a Thursday."""
    revisit.at("2026-02-25 09:00")
    for name in ("客服部", "销售部"):
        assert revisit("department", "add", name).code == 0
    for login, post in (("li", "客服主管"), ("wang", "客服专员"), ("sun", "客服专员")):
        assert revisit("staff", "add", login, "--post", post, "--department", "客服部").code == 0
    assert revisit("import", "customers", str(table(folder / "people.xlsx", PEOPLE))).code == 0
    revisit.at("2026-03-12 18:00")
    for code, at, said, more in TALKS:
        words = ("--satisfaction", said) if said else ()
        done = revisit("log", code, "--result", "reached", "--at", at, *words, *more)
        assert done.code == 0, done.err
    for code, what in (("C001", "送货晚了两天"), ("C002", "色差，回电13800138001")):
        assert revisit("case", "open", code, "--text", what).code == 0
    assert revisit("case", "open", "C003", "--text", "急", "--at-once").code == 0
    assert revisit("complaint", "open", "C002", "--text", "桶漏了").code == 0


FILLED = {"office": fill}


@pytest.fixture
def office(revisit: Program) -> Program:
    return revisit.at("2026-03-12 18:30")


SCREENS = {
    "pack": ("pack", "--month", "2026-03"), "quarter": ("pack", "--quarter", "2026-Q1"), "weekly": ("weekly",),
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", SCREENS)
def test_the_whole_screen(office: Program, name: str, language: str) -> None:
    i18n.activate(language)
    done = office("report", *SCREENS[name])
    assert (done.code, done.err) == (0, "")
    check_golden(f"report-{name}-{language}.txt", "".join(f"{line.rstrip()}\n" for line in done.out.splitlines()))


def written(office: Program, path: Path, name: str) -> str:
    """The text of one of these in a file."""
    done = office("report", *SCREENS[name], "-o", str(path), "--to", "销售部")
    assert (done.code, done.err) == (0, "")
    return _HASH.sub("…", path.read_text(encoding="utf-8-sig"))


@ON_SQLITE
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", ["quarter", "weekly"])
def test_the_parts_of_its_page(office: Program, tmp_path: Path, name: str, language: str) -> None:
    i18n.activate(language)
    check_golden(f"page-{name}-{language}.txt", outline(written(office, tmp_path / "pack.html", name)))


@ON_SQLITE
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_whole_text_and_the_whole_table(office: Program, tmp_path: Path, language: str) -> None:
    i18n.activate(language)
    check_golden(f"report-quarter-{language}.md", written(office, tmp_path / "pack.md", "quarter"))
    check_golden(f"report-quarter-{language}.csv", written(office, tmp_path / "pack.csv", "quarter"))


@ON_SQLITE
def test_its_workbook_draws_bars_and_figures_and_has_no_rows_behind(office: Program, tmp_path: Path) -> None:
    file = tmp_path / "quarter.xlsx"
    done = office("report", *SCREENS["quarter"], "-o", str(file), "--to", "li", "--json").json
    assert (done["file"], done["receiver"], done["rows"], done["hidden"]) == (str(file), "li", {}, 0)
    book = load_workbook(file)
    drawn = {page.title: len(page._charts) for page in book.worksheets if page._charts}  # type: ignore[attr-defined]
    assert drawn == {"Month by month": 2, "Reasons": 2}
    assert book.sheetnames[-2:] == ["What the figures count", "About this report"]


@ON_SQLITE
def test_a_telephone_number_in_a_name_is_not_handed_over(office: Program, tmp_path: Path) -> None:
    with db.writing(office.url) as session:
        session.execute(text("UPDATE customer SET name = '明珠 13800138000' WHERE code = 'C001'"))
        session.commit()
    for form in ("html", "md", "csv", "xlsx"):
        done = office("report", "pack", "-o", str(tmp_path / f"pack.{form}"), "--to", "li")
        assert "Texts left out because a telephone number stands in them (***): 2" in done.err, form
    assert "13800138000" not in (tmp_path / "pack.html").read_text(encoding="utf-8")
    rows = list(csv.reader((tmp_path / "pack.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [one[2:5] for one in rows if one[0] == "Suggestions"][1] == ["2026-03-10", "C001", "***"]


def test_case_pack_is_its_first_part(office: Program) -> None:
    ours = office("case", "pack", "--month", "2026-03", "--json").json["cases"]
    assert [one["number"] for one in ours] == [1, 2]
    assert ours == office("report", "pack", "--month", "2026-03", "--json").json["problems"]


def test_dormant_customers_are_those_of_the_figure(office: Program) -> None:
    pack = office("report", "pack", "--json").json
    figures = office("report", "--json").json["figures"]
    assert len(pack["dormant"]) == figures["dormancy.still"] > 0
    assert len(pack["suggestions"]) == figures["suggestions.total"] > 0
    assert len(pack["complaints"]) == figures["complaints.opened"] > 0
    by_code = {one["customer"]: one for one in pack["dormant"]}
    assert (by_code["C003"]["reason"], by_code["C003"]["promised_on"]) == ("价格", "2026-03-18")
    assert by_code["C003"]["last_contact"] == "2026-03-11"


def test_telephone_numbers_are_masked(office: Program) -> None:
    out = office("report", "pack").out
    assert "139****5678" in out and "138****8001" in out
    assert "13912345678" not in out and "13800138001" not in out


def test_a_representative_sees_as_much_as_elsewhere(office: Program) -> None:
    office.login = "sun"
    pack = office("report", "pack", "--json").json
    names = {one["customer"]: (one["name"], one["reason"]) for one in pack["dormant"]}
    assert names["C002"] == ("宏***", "") and names["C003"][0] == "利民建材"
    assert pack["suggestions"] == [] and pack["problems"] == []


def cells(path: Path) -> dict[str, list[list[Any]]]:
    book = load_workbook(path)
    return {page.title: [[cell.value for cell in row] for row in page.iter_rows()] for page in book.worksheets}


def test_a_workbook_for_the_sales_department(office: Program, tmp_path: Path) -> None:
    file = tmp_path / "pack.xlsx"
    words = ("-o", str(file), "--to", "销售部 赵经理", "--purpose", "三月反馈")
    done = office("report", "pack", "--month", "2026-03", *words)
    assert (done.code, done.out, done.err) == (0, f"{file} is written for 销售部 赵经理.\n", "")
    pages = cells(file)
    assert list(pages) == [
        "Problems that can wait", "Complaints", "Talks without a problem", "Suggestions", "Dormant customers",
        "About this report",
    ]  # fmt: skip
    first = pages["Problems that can wait"]
    assert first[1][0].startswith("Monthly pack 2026-03 for the sales department")
    assert first[5] == ["Case", "Opened", "Code", "Customer", "Status", "What"]
    assert first[6] == [
        1,
        datetime.fromisoformat("2026-03-12"),
        "C001",
        "明珠酒楼",
        "open, not decided yet",
        "送货晚了两天",
    ]
    assert file.stat().st_mode & 0o777 == 0o600
    newest = office("audit", "--action", "export", "--json").json["rows"][0]
    assert newest["changes"] == {
        "kind": [None, "pack"], "file": [None, "pack.xlsx"], "period": [None, "2026-03"], "on": [None, "2026-03-12"],
        "receiver": [None, "销售部 赵经理"], "purpose": [None, "三月反馈"],
    }  # fmt: skip
    assert office("report", "pack", *words).code == 1
    assert office("report", "pack", *words, "--yes").code == 0


def test_a_text_for_the_sales_department(office: Program, tmp_path: Path) -> None:
    file = tmp_path / "week.md"
    assert office("report", "weekly", "-o", str(file), "--to", "li").code == 0
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "# Weekly report, 2026-03-07 to 2026-03-13, as it stood on 2026-03-12"
    assert "| Figure | How much | Unit |" in lines


@pytest.mark.parametrize(
    ("words", "login", "code", "said"),
    [
        (("-o", "x.xlsx"), "admin", 2, "nobody is named who receives the file"),
        (("-o", "x.pdf", "--to", "li"), "admin", 2, "x.pdf ends in none of .html, .xlsx, .md, .csv"),
        (("--to", "li"), "admin", 2, "--to and --purpose belong to a file"),
        (("-o", "x.xlsx", "--to", "li"), "sun", 1, "may not do this"),
        (("--month", "2026-03", "--quarter", "2026-Q1"), "admin", 2, "exclude each other"),
    ],
)
def test_what_is_refused(office: Program, words: tuple[str, ...], login: str, code: int, said: str) -> None:
    office.login = login
    done = office("report", "pack", *words)
    assert (done.code, said in done.err) == (code, True), done.err


@pytest.mark.parametrize(
    ("now", "words", "start", "over"),
    [
        ("2026-03-12 18:30", (), "2026-03-07", False),
        ("2026-03-13 15:59", (), "2026-03-07", False),
        ("2026-03-13 16:00", (), "2026-03-07", True),
        ("2026-03-15 10:00", (), "2026-03-07", True),
        ("2026-03-16 09:00", (), "2026-03-14", False),
        ("2026-03-16 09:00", ("--week", "last"), "2026-03-07", True),
    ],
)
def test_the_week_ends_on_friday(office: Program, now: str, words: tuple[str, ...], start: str, over: bool) -> None:
    found = office.at(now)("report", "weekly", *words, "--json").json
    assert (found["period"]["from"], found["over"]) == (start, over)
