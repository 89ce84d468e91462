"""Papers of any content, written in every form: each form says the same, and nothing in it is more than a text."""

from __future__ import annotations

import csv
import io
import re
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from revisit import access
from revisit.folding import safe
from revisit.policy.periods import period_of
from revisit.reports import outputs
from revisit.reports.imprint import Imprint
from revisit.reports.sections import Bar, Bars, Block, Column, Paper, Plot, Section, Table, Text
from revisit.reports.values import Unit, Value, written
from tests.report_files import HOSTILE, Page

ON = date(2026, 3, 12)
MONTH = period_of("month", ON)
IMPRINT = Imprint(
    "宏远商贸", "Asia/Shanghai", MONTH, ON, (), datetime.fromisoformat("2026-03-12 10:00"), "李主管 (li)", "f" * 64
)
TITLES = st.sampled_from(("Problems: 3", "问题：3", "Talks, a week", "a/b [c]*?", *HOSTILE))
TEXTS = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn")), max_size=20))
VALUES: dict[Unit, st.SearchStrategy[Value]] = {
    "n": st.integers(0, 10**6),
    "share": st.floats(0, 1, allow_nan=False),
    "score": st.floats(0, 100, allow_nan=False),
    "money": st.integers(0, 10**9),
    "text": TEXTS,
    "long": TEXTS,
    "code": st.text("ABC0123456789-", max_size=8),
    "day": st.dates(date(2020, 1, 1), date(2030, 12, 31)),
}


@st.composite
def tables(draw: st.DrawFn) -> Table:
    units = draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=7))
    columns = tuple(Column(str(place), draw(TITLES), unit) for place, unit in enumerate(units))
    row = st.fixed_dictionaries({one.key: st.none() | VALUES[one.unit] for one in columns})
    return Table(draw(st.just("") | TITLES), columns, tuple(draw(st.lists(row, min_size=1, max_size=4))))


@st.composite
def bars(draw: st.DrawFn) -> Bars:
    numbers = draw(st.lists(st.integers(0, 99), min_size=1, max_size=5))
    whole, so_far, made = sum(numbers) or 1, 0, []
    for n in numbers:
        so_far += n
        made.append(Bar(draw(TEXTS), n, n / whole, so_far / whole, "reasons.x"))
    return Bars(draw(TITLES), draw(TITLES), tuple(made), draw(st.booleans()), draw(st.integers(0, 3)))


@st.composite
def plots(draw: st.DrawFn) -> Plot:
    days = draw(st.integers(1, 40))
    values = st.lists(st.integers(0, 99), min_size=days, max_size=days).map(tuple)
    lines = tuple((title, draw(values)) for title in ("made", "met"))
    return Plot(
        draw(TITLES), tuple(date.fromordinal(ON.toordinal() + place) for place in range(days)), lines, "{step} days"
    )


BLOCKS: st.SearchStrategy[Block] = st.one_of(tables(), bars(), plots(), TEXTS.map(Text))
PAPERS = st.builds(
    lambda heading, parts: Paper(
        "pack", heading, tuple(Section(f"s{at}", title, tuple(blocks)) for at, (title, blocks) in enumerate(parts)), MONTH, ON
    ),
    TITLES,
    st.lists(st.tuples(TITLES, st.lists(BLOCKS, min_size=1, max_size=4)), min_size=1, max_size=3),
)  # fmt: skip
TIMES = settings(max_examples=40, deadline=None)


def written_as(paper: Paper, form: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"paper{form}"
        outputs.write(paper, IMPRINT, path, form)
        return path.read_bytes()


def told(paper: Paper) -> Iterator[Table]:
    """What a paper tells, as tables; texts with a telephone number are left out."""
    for section in paper.sections:
        for block in section.blocks:
            if not isinstance(block, Text):
                yield block if isinstance(block, Table) else block.table()


def hidden(value: Value, unit: Unit) -> Value:
    leave = unit in ("text", "long") and isinstance(value, str) and access.holds_phone(value)
    return access.HIDDEN if leave else value


def shown(table: Table) -> list[list[str]]:
    """The cells of a table as texts."""
    return [[safe(written(hidden(row[one.key], one.unit), one.unit)) for one in table.columns] for row in table.rows]


@TIMES
@given(PAPERS)
def test_a_page_says_what_a_paper_says(paper: Paper) -> None:
    page = Page(written_as(paper, ".html").decode()).root
    assert [one.text for one in page.all("h1")] == [safe(paper.heading)]
    assert [one.text for one in page.all("h2")][:-1] == [safe(one.title) for one in paper.sections]
    assert len(page.all("script")) == len(page.all("style")) == 1
    assert page.all("img", "iframe", "object", "form") == []
    assert {(one.attributes["href"] or "")[1:] for one in page.all("a")} <= {
        one.attributes["id"] for one in page.all() if "id" in one.attributes
    }
    rows = [row for body in page.all("tbody") for row in body.all("tr")]
    found = [
        [cell.text for cell in row.all("th", "td") if "drawn" not in (cell.attributes.get("class") or "")]
        for row in rows
    ]
    expected = [row for table in map(folded, blocks(paper)) for row in shown(table)]
    assert [[re.sub(r"^[0-9]+\. ", "", cell) for cell in row] for row in found] == [
        [re.sub(r"^[0-9]+\. ", "", cell) for cell in row] for row in expected
    ]


def blocks(paper: Paper) -> Iterator[Block]:
    for section in paper.sections:
        yield from (one for one in section.blocks if not isinstance(one, Text))


def folded(block: Block, most: int = 92) -> Table:
    """A block as a table, a plot of many days in fewer values."""
    if isinstance(block, Plot):
        return block.folded(most).table()
    assert not isinstance(block, Text)
    return block if isinstance(block, Table) else block.table()


@TIMES
@given(PAPERS)
def test_a_text_says_what_a_paper_says(paper: Paper) -> None:
    lines = written_as(paper, ".md").decode().splitlines()
    assert len([line for line in lines if line.startswith("## ")]) == len(paper.sections) + 1
    rows = [line for line in lines if line.startswith("| ")]
    expected = sum(len(table.rows) + 2 for table in (folded(one, 31) for one in blocks(paper)))
    assert len(rows) == expected
    cells = [len(re.findall(r"(?<!\\)\|", row)) - 1 for row in rows]
    assert cells == [
        len(table.columns)
        for table in (folded(one, 31) for one in blocks(paper))
        for _row in range(len(table.rows) + 2)
    ]


@TIMES
@given(PAPERS)
def test_a_table_holds_every_row_with_where_it_belongs(paper: Paper) -> None:
    found = list(csv.reader(io.StringIO(written_as(paper, ".csv").decode("utf-8-sig"), newline="")))
    assert found[0][:2] == ["Section", "Table"]
    assert len({len(row) for row in found}) == 1
    tables = list(told(paper))
    assert len(found) == 1 + sum(len(one.rows) + 1 for one in tables)
    wide = [len(one.columns) for one in tables for _row in range(len(one.rows) + 1)]
    assert all(not any(row[2 + columns :]) for row, columns in zip(found[1:], wide, strict=True))
    assert not [cell for row in found for cell in row if re.match("[=+@\t\r]|-[^0-9]", cell)]


@TIMES
@given(PAPERS)
def test_a_workbook_says_what_a_paper_says(paper: Paper) -> None:
    """Values as values, each row in one of its pages; a chart for all bars and plots; titles on every sheet of A4."""
    data = written_as(paper, ".xlsx")
    book = load_workbook(io.BytesIO(data))
    cells = [row for page in book.worksheets for row in page.iter_rows(values_only=True)]
    for table in told(paper):
        for row in table.rows:
            values = tuple(_in_a_cell(hidden(row[one.key], one.unit), one.unit) for one in table.columns)
            assert any(_same(one, values) for one in cells), values
    assert not [cell for page in book.worksheets for row in page.iter_rows() for cell in row if cell.data_type == "f"]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        charts = [name for name in archive.namelist() if name.startswith("xl/charts/chart")]
    assert len(charts) == sum(not isinstance(one, Table) for one in blocks(paper))
    for page in book.worksheets:
        assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
        assert page.print_title_rows
    assert len({name.casefold() for name in book.sheetnames}) == len(book.sheetnames)


def _in_a_cell(value: Value, unit: Unit) -> Any:
    if isinstance(value, date):
        return datetime.combine(value, datetime.min.time())
    if isinstance(value, int) and unit == "money":
        return value / 100
    return re.sub("_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", value) or None if isinstance(value, str) else value


def _same(found: tuple[Any, ...], values: tuple[Any, ...]) -> bool:
    return len(found) >= len(values) and all(
        one == (pytest.approx(value) if isinstance(value, float) else value)
        for one, value in zip(found, values, strict=False)
    )
