"""A report as a workbook: its pages say what the report says, the rows behind add up, and nothing in it is computed or shown
to whoever may not see it."""

from __future__ import annotations

import zipfile
from collections import Counter
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import text
from sqlmodel import select

from revisit import db
from revisit.models import Customer, Department, Revisit, Staff
from revisit.reports import behind
from revisit.reports.book import rows
from tests.support import CREATED_AT, Program, reading
from tests.test_reports import PROSPECTS, SEASON, fill

SECTIONS = ["Key figures", "Trend", "Follow-ups owed", "Revisits made", "What customers said"]
ROWS = [
    "Follow-up rows", "Revisit rows", "Reason rows", "Suggestion rows", "Dormancy rows", "Customer rows",
    "Prospect rows", "Case rows", "Complaint rows", "Deadline rows",
]  # fmt: skip
HOSTILE = (
    "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "=HYPERLINK(\"http://x\")", "<b>&amp;", "_x0041_", " leading ", "a\x01\x0bb",
    "😀" * 20_000, "好" * 40_000, "＝1+1", "'=1",
)  # fmt: skip


@pytest.fixture
def season(revisit: Program) -> Program:
    """The season of `test_reports` with its prospects, seen on 2026-04-10."""
    fill(revisit.url, [*SEASON, *PROSPECTS])
    return revisit.at("2026-04-10 10:00")


def book_of(season: Program, tmp_path: Path, *options: str) -> Workbook:
    path = tmp_path / "report.xlsx"
    done = season("report", "--month", "last", "-o", str(path), "--yes", *options)
    assert done.code == 0, done
    return load_workbook(path)


def table(page: Worksheet) -> list[dict[str, Any]]:
    """The rows of a page with one table, by its titles, which are frozen."""
    header = int(str(page.freeze_panes)[1:]) - 1
    titles = [cell.value for cell in page[header] if cell.value]
    found = page.iter_rows(min_row=header + 1, max_col=len(titles), values_only=True)
    return [dict(zip(titles, row, strict=True)) for row in found if any(cell is not None for cell in row)]


def test_pages_of_sections_and_of_rows(season: Program, tmp_path: Path) -> None:
    book = book_of(season, tmp_path)
    names = book.sheetnames
    assert [one for one in names if one in SECTIONS] == SECTIONS
    assert names[-12:] == ["What the figures count", *ROWS, "About this report"]
    for page in book.worksheets[:-1]:
        lines = [page.cell(row, 1).value for row in (2, 3, 4)]
        assert lines[0] == "Report 2026-03 (2026-03-01 to 2026-03-31), as it stood on 2026-04-10"
        assert str(lines[1]).startswith("宏远商贸 · made on 2026-04-10 10:00 by ")
        assert str(lines[2]).startswith("policy default · newest row of the audit: ")
        assert page.print_title_rows
        assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    about = {row[0].value: row[1].value for row in book["About this report"].iter_rows(max_col=2)}
    assert (about["Company"], about["As of"], about["Made by"]) == ("宏远商贸", "2026-04-10", "admin")


def test_the_key_figures_are_those_of_the_report(season: Program, tmp_path: Path) -> None:
    page = book_of(season, tmp_path)["Key figures"]
    told = {row["Figure"]: row["2026-03"] for row in table(page)}
    figures = season("report", "--month", "last", "--json").json["figures"]
    assert told["Follow-ups owed"] == figures["followups.owed"]
    assert told["Coverage"] == figures["followups.coverage"]
    assert told["Revisits made"] == figures["contacts.total"]
    assert told["Customers in scope"] == figures["customers.in_scope"]
    formats = {page.cell(row, 1).value: page.cell(row, 2).number_format for row in range(6, page.max_row + 1)}
    assert formats["Coverage"] == "0.0%"
    assert formats["Follow-ups owed"] == "#,##0"
    assert page.auto_filter.ref is not None


def test_the_rows_add_up_to_the_figures(season: Program, tmp_path: Path) -> None:
    """Whoever filters the rows counts the figure again."""
    book = book_of(season, tmp_path)
    figures = season("report", "--month", "last", "--json").json["figures"]
    states = Counter(row["State"] for row in table(book["Follow-up rows"]))
    for state, word in (("in_time", "in time"), ("late", "late"), ("missed", "missed"), ("void", "void")):
        assert states[word] == figures[f"followups.{state}"], state
    revisits = table(book["Revisit rows"])
    assert len([one for one in revisits if not one["From outside"]]) == figures["contacts.total"]
    assert len([one for one in revisits if one["Counts as"] == "contact made"]) == figures["contacts.reached"]
    assert len([one for one in revisits if one["Written down"] == "written down late"]) == figures["records.late"]
    assert {type(one["Day"]) for one in revisits} == {datetime}
    customers = table(book["Customer rows"])
    assert len(customers) == figures["customers.in_scope"]
    assert len([one for one in customers if one["Never reached"]]) == figures["customers.never_reached"]
    dormant = table(book["Dormancy rows"])
    assert len([one for one in dormant if one["Became dormant"]]) == figures["dormancy.entered"]
    reasons = table(book["Reason rows"])
    assert sum("质量" in one["Reason"] for one in reasons) == figures["reasons.质量"]
    prospects = table(book["Prospect rows"])
    assert len(prospects) == figures["funnel.prospects"] == 4
    assert len([one for one in prospects if one["What became of it"] == "a customer who ordered"]) == 1
    about = book["About this report"]
    counts = {about.cell(row, 1).value: about.cell(row, 2).value for row in range(1, about.max_row + 1)}
    assert counts["Revisit rows"] == len(revisits)


@pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
def test_the_trend_is_the_history_with_a_line_for_each_figure(season: Program, tmp_path: Path) -> None:
    path = tmp_path / "report.xlsx"
    assert season("report", "--month", "last", "-o", str(path)).code == 0
    told = season("report", "--month", "last", "--trend", "--json").json
    periods = [*told["history"], told]
    page = load_workbook(path)["Trend"]
    lines = [[cell for cell in row if cell is not None] for row in page.iter_rows(min_row=6, values_only=True)]
    tables = [(lines[at - 1][0], at) for at, row in enumerate(lines) if row[:1] == ["Period"]]
    assert [title for title, _at in tables] == [
        "Follow-ups", "Dormant customers", "Revisits", "Customers", "Shares",
    ]  # fmt: skip
    for title, name, column in (
        ("Follow-ups", "followups.owed", "Follow-ups owed"), ("Dormant customers", "dormancy.entered", "Became dormant"),
        ("Revisits", "contacts.total", "Revisits made"), ("Shares", "followups.coverage", "Coverage"),
    ):  # fmt: skip
        at = dict(tables)[title]
        place = page[6 + at]
        titles = [cell.value for cell in place]
        values = [page.cell(6 + at + number, titles.index(column) + 1).value for number in range(1, len(periods) + 1)]
        assert values == [one["figures"][name] for one in periods], name
        assert [page.cell(6 + at + number, 1).value for number in range(1, len(periods) + 1)] == [
            one["period"]["label"] for one in periods
        ]
    with zipfile.ZipFile(path) as archive:
        charts = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/charts/chart")]
    lines_of = [one for one in charts if "'Trend'!" in one]
    assert len(lines_of) == len(tables)
    assert all("<lineChart>" in one and one.count("<ser>") >= 1 for one in lines_of)
    assert [one for one in lines_of if 'max val="1"' in one and 'formatCode="0%"' in one], "shares end at 100 %"


@pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
def test_charts_stand_over_the_cells_beside_them(season: Program, tmp_path: Path) -> None:
    book_of(season, tmp_path)
    with zipfile.ZipFile(tmp_path / "report.xlsx") as archive:
        charts = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/charts/chart")]
    assert len(charts) >= 6
    pareto = [one for one in charts if "<barChart>" in one and "<lineChart>" in one]
    assert pareto, "a Pareto chart has bars and a line"
    assert all('<crosses val="max" />' in one and 'formatCode="0%"' in one for one in pareto)
    assert [one for one in charts if "<dateAx>" in one], "a line along the days"
    assert all("'!$" in one for one in charts)


@pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
def test_no_two_charts_lie_over_each_other(season: Program, tmp_path: Path) -> None:
    for page in book_of(season, tmp_path).worksheets:
        spans = sorted((one.anchor._from.row, one.anchor.to.row) for one in page._charts)  # type: ignore[attr-defined]
        assert all(end <= start for (_first, end), (start, _last) in pairwise(spans)), page.title


def test_what_customers_said_stays_text(season: Program, tmp_path: Path) -> None:
    with db.writing(season.url) as session:
        customer = session.exec(select(Customer).where(Customer.code == "C1")).one()
        assert customer.id is not None
        for number, said in enumerate(HOSTILE, 100):
            session.add(
                Revisit(
                    number=number,
                    customer_id=customer.id,
                    done_on=date(2026, 3, 9),
                    channel="phone",
                    result="reached",
                    with_whom="customer",
                    suggestion=said,
                    reason=said[:60],
                )
            )
        session.commit()
    book = book_of(season, tmp_path)
    cells = [cell for page in book.worksheets for row in page.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    with zipfile.ZipFile(tmp_path / "report.xlsx") as archive:
        pages = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not [one for one in pages if b"<f>" in one]
    said = {row["Suggestion"] for row in table(book["Suggestion rows"])}
    assert {"=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "<b>&amp;", " leading ", "＝1+1", "'=1"} <= said
    assert len(max(said, key=len)) == 32_767
    assert all(len(one.encode("utf-16-le")) <= 2 * 32_767 for one in said)
    quoted = [cell for cell in cells if str(cell.value).startswith(("=", "+", "-", "@")) and len(str(cell.value)) > 1]
    assert quoted
    assert all(cell.quotePrefix for cell in quoted)


@pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
def test_a_telephone_number_is_not_taken_along(season: Program, tmp_path: Path) -> None:
    with db.writing(season.url) as session:
        session.execute(
            text("UPDATE revisit SET reason = '改打 138 0000 0001', suggestion = '打 １３８００００００１１'")
        )
        session.commit()
    path = tmp_path / "report.xlsx"
    done = season("report", "--month", "last", "-o", str(path))
    assert done.code == 0
    assert "a telephone number stands in them" in done.err
    told = [str(cell.value) for page in load_workbook(path).worksheets for row in page.iter_rows() for cell in row]
    assert not [one for one in told if "138" in one or "１３８" in one]
    assert "***" in told


def exported(season: Program) -> list[tuple[Any, ...]]:
    with reading(season.url) as (sql, _company):
        return sql.rows("SELECT who, table_name, change FROM audit WHERE action = 'export'")


def test_the_rows_that_are_taken_along_are_noted(season: Program, tmp_path: Path) -> None:
    done = season("report", "--month", "last", "-o", str(tmp_path / "report.xlsx"), "--json")
    ((who, table_name, change),) = exported(season)
    assert (who, table_name) == ("admin", "report")
    assert '"period":[null,"2026-03"]' in change
    assert f'"rows":[null,{sum(done.json["rows"].values())}]' in change
    assert done.json["file"].endswith("report.xlsx")


def test_without_the_right_to_export_there_are_no_rows(season: Program, tmp_path: Path) -> None:
    season.login = "wang"
    path = tmp_path / "report.xlsx"
    done = season("report", "--month", "last", "-o", str(path), "--json")
    assert (done.code, done.json["rows"]) == (0, None)
    assert "Without the rows behind the figures" in done.err
    book = load_workbook(path)
    assert not set(ROWS) & set(book.sheetnames)
    assert any("only who may export" in str(cell.value) for cell in book["About this report"]["A"])
    assert exported(season) == []


def test_names_are_masked_as_in_a_trace(season: Program, tmp_path: Path) -> None:
    """A supervisor of one team takes the rows of another along with masked names, and without what was said."""
    with db.writing(season.url) as session:
        north = Department(name="北区")
        session.add(north)
        session.flush()
        staff = {one.login: one for one in session.exec(select(Staff))}
        staff["wang"].department_id = north.id
        for code, login in (("C1", "wang"), ("C4", "li")):
            session.exec(select(Customer).where(Customer.code == code)).one().rep_id = staff[login].id
        session.add(Staff(login="ming", name="ming", role="supervisor", department_id=north.id, created_at=CREATED_AT))
        session.commit()
    season.login = "ming"
    found = table(book_of(season, tmp_path)["Reason rows"])
    told = {(row["Code"], row["Customer"], bool(row["Reason"])) for row in found}
    assert {("C1", "客户C1", True), ("C4", "客***", False)} <= told


@pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
def test_a_page_that_would_be_too_long_says_so(
    season: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "MOST_ROWS", 2)
    done = season("report", "--month", "last", "-o", str(tmp_path / "report.xlsx"), "--json")
    assert "revisits" in done.json["more"]
    page = load_workbook(tmp_path / "report.xlsx")["Revisit rows"]
    *two, last = table(page)
    assert len(two) == 2
    assert last["Day"] == "There are more rows than these 2; all of them: revisit report trace"


@pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
def test_in_chinese(season: Program, tmp_path: Path) -> None:
    from revisit import i18n

    i18n.activate("zh")
    book = book_of(season, tmp_path)
    assert book.sheetnames[:3] == ["主要指标", "走势", "回访任务"]
    assert book.sheetnames[-1] == "关于本报表"
    page = book["回访任务明细"]
    widths = [page.column_dimensions[letter].width for letter in "ABCDE"]
    assert widths == [12, 10, 30, 13, 9]
    assert [cell.value for cell in page[6]][:5] == ["到期日", "编号", "客户", "客服专员", "等级"]


@pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
def test_what_cannot_be_written(season: Program, tmp_path: Path) -> None:
    path = tmp_path / "report.xlsx"
    path.write_text("there")
    done = season("report", "-o", str(path))
    assert done.code == 1
    assert "is there already" in done.err
    assert path.read_text() == "there"
    assert season("report", "-o", str(tmp_path / "report.docx")).code == 2
    assert exported(season) == []


def test_every_source_that_can_be_traced_has_a_page() -> None:
    """But for the hours, whose rows are those of the revisits."""
    from revisit.figures.catalogue import FAMILIES, FIGURES

    sources = {one.source for one in FIGURES.values()} | {one.source for one in FAMILIES.values()}
    assert {one.source for one in behind.SHEETS} == sources


def test_days_are_days(season: Program, tmp_path: Path) -> None:
    page = book_of(season, tmp_path)["Follow-up rows"]
    cell = page["A7"]
    assert (cell.is_date, cell.number_format) == (True, "yyyy\\-mm\\-dd")
    assert isinstance(cell.value, datetime)
    assert cell.value.date() >= date(2026, 3, 1)
