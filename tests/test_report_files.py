"""`revisit report -o FILE`: page, Markdown and table of the demo company as a whole, and what must hold for any company."""

from __future__ import annotations

import base64
import csv
import hashlib
import os
import re
import stat
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from revisit import access, company, db, i18n, resources
from revisit.models import Customer, PolicyVersion, Revisit
from revisit.policy.periods import parse_label
from revisit.render import width
from revisit.reports.imprint import in_force
from revisit.reports.outputs import markup, svg
from revisit.reports.outputs.markdown import plain
from revisit.reports.sections import Plot
from revisit.reports.values import spark
from tests.report_files import HOSTILE, Page, fill_demo, fill_hostile, outline
from tests.support import CREATED_AT, Program, reading, unit

GOLDEN = Path(__file__).parent / "golden"
REWRITE = "REWRITE_GOLDEN"
"""With this in the environment the golden files are written anew; look at the difference before it is committed."""
FILLED = {"demo": fill_demo, "hostile": fill_hostile}
ON_SQLITE = pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])
_HASH = re.compile(r"\b[0-9a-f]{64}\b|\b[0-9a-f]{12}(?=…)")
_BIDI = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
STYLE = Path(svg.__file__).with_name("page.css")


@pytest.fixture
def demo(revisit: Program) -> Program:
    """The demo company on 12 March 2026."""
    return revisit


@pytest.fixture
def hostile(revisit: Program) -> Program:
    """The company of hostile texts on 10 April 2026."""
    return revisit.at("2026-04-10 10:00")


def written(revisit: Program, path: Path, *options: str) -> str:
    """The text of a report that was written."""
    period = () if "--week" in options else ("--month", "last")
    done = revisit("report", *period, "-o", str(path), *options)
    assert done.code == 0, done.err
    return path.read_text(encoding="utf-8-sig")


def check_golden(name: str, found: str) -> None:
    path = GOLDEN / name
    if os.environ.get(REWRITE):
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")


# --- the demo company, as a whole


@ON_SQLITE
@LANGUAGES
def test_the_whole_markdown(demo: Program, tmp_path: Path, language: str) -> None:
    i18n.activate(language)
    check_golden(f"report-{language}.md", _HASH.sub("…", written(demo, tmp_path / "report.md", "--by", "rep")))


@ON_SQLITE
@LANGUAGES
def test_the_parts_of_the_page(demo: Program, tmp_path: Path, language: str) -> None:
    i18n.activate(language)
    check_golden(f"report-{language}.txt", outline(written(demo, tmp_path / "report.html", "--week", "last")))


@ON_SQLITE
@LANGUAGES
def test_the_page_is_for_everybody(demo: Program, tmp_path: Path, language: str) -> None:
    """Headings in order, tables with caption and scopes, plots with title and description, references that lead somewhere."""
    i18n.activate(language)
    page = Page(written(demo, tmp_path / "report.html")).root
    (html,) = page.all("html")
    assert html.attributes["lang"] == {"zh": "zh-CN", "en": "en"}[language]
    levels = [int(one.tag[1]) for one in page.all("h1", "h2", "h3")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for table in page.all("table"):
        assert [one.text.strip() != "" for one in table.all("caption")] == [True]
        assert {th.attributes.get("scope") for th in table.all("th")} <= {"col", "row"}
        assert all(tr.all("th") for tr in table.all("tr"))
    for plot in page.all("svg"):
        told = plot.attributes.get("aria-hidden") == "true" or (
            plot.attributes.get("role") == "img" and plot.all("title")
        )
        assert told, "a plot that says nothing"
    ids = [one.attributes["id"] for one in page.all() if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    names = ("aria-labelledby", "aria-describedby")
    named = [one.attributes[name] for one in page.all() for name in names if name in one.attributes]
    links = [one.attributes["href"] for one in page.all("a")]
    assert {*named, *((link or "").removeprefix("#") for link in links)} <= set(ids)


@ON_SQLITE
def test_the_table_holds_every_figure(demo: Program, tmp_path: Path) -> None:
    """The same values as the document, percent and amounts as a spreadsheet reads them; then the groups."""
    document = demo("report", "--month", "last", "--json").json
    rows = list(csv.reader(written(demo, tmp_path / "report.csv", "--by", "rep").splitlines()))
    assert rows[0] == [
        "Grouped by", "Group", "Name of the figure", "Figure", "2026-02", "Period before (2026-01)", "A year ago (–)",
        "What counts",
    ]  # fmt: skip
    whole = {row[2]: row for row in rows[1:] if not row[0]}
    assert set(document["figures"]) <= set(whole)
    for name, value in document["figures"].items():
        shown = whole[name][4]
        if value is None:
            assert shown == ""
        elif shown.endswith("%"):
            assert float(shown[:-1]) == pytest.approx(100 * value, abs=0.01)
        else:
            assert float(shown) == pytest.approx(value / (100 if name == "complaints.amount" else 1), abs=1e-4)
    assert all(row[7] for row in whole.values())
    grouped = {(row[1], row[2]): row[4] for row in rows if row[0] == "Representative"}
    for rep, tally in document["by_rep"].items():
        assert grouped[rep or "(no representative)", "followups.owed"] == str(tally["owed"])


@ON_SQLITE
def test_a_trend_on_the_screen(demo: Program) -> None:
    """Beside the figures of the weeks since the programme started."""
    lines = demo("report", "--week", "last", "--trend").out.splitlines()
    assert re.search(r"Figure +2026-W10 +2026-W09 +Unit +Since 2026-W01", "\n".join(lines))
    (owed,) = [line for line in lines if line.startswith("Follow-ups owed ")]
    assert re.search(" [▁▂▃▄▅▆▇█]{10}$", owed)
    assert max(map(width, lines)) <= 80
    document = demo("report", "--week", "last", "--trend", "--json").json
    assert [one["period"]["label"] for one in document["history"]] == [f"2026-W{week:02d}" for week in range(1, 10)]
    assert "Since" not in demo("report", "--month", "last", "--trend").out, "two months are no trend"
    assert demo("report", "--week", "last", "--json").json["history"] == []


# --- texts from outside


@LANGUAGES
def test_nothing_from_outside_is_markup_in_a_page(hostile: Program, tmp_path: Path, language: str) -> None:
    i18n.activate(language)
    for by in ("region", "grade"):
        text = written(hostile, tmp_path / f"{by}.html", "--by", by)
        page = Page(text).root
        assert len(page.all("script")) == len(page.all("style")) == len(page.all("title")[:1]) == 1
        assert page.all("img", "iframe", "link", "b", "object", "form", "input", "base") == []
        for one in page.all():
            assert not [name for name in one.attributes if name.startswith("on") or name in ("style", "src")]
        assert all((one.attributes["href"] or "").startswith("#") for one in page.all("a"))
        assert not _BIDI.search(text)
        for said in HOSTILE:
            assert _BIDI.sub("\ufffd", said) in page.text


@ON_SQLITE
def test_the_page_allows_its_own_style_and_script_only(hostile: Program, tmp_path: Path) -> None:
    page = Page(written(hostile, tmp_path / "report.html")).root
    (policy,) = [
        one.attributes["content"] for one in page.all("meta") if one.attributes.get("http-equiv") == "Content-Security-Policy"
    ]  # fmt: skip
    parts = dict(part.split(" ", 1) for part in (policy or "").split("; "))
    for name in ("script", "style"):
        (element,) = page.all(name)
        digest = base64.b64encode(hashlib.sha256(element.text.encode()).digest()).decode()
        assert parts.pop(f"{name}-src") == f"'sha256-{digest}'"
    assert parts == {"default-src": "'none'", "base-uri": "'none'", "form-action": "'none'"}


@ON_SQLITE
def test_nothing_from_outside_is_markup_in_markdown(hostile: Program, tmp_path: Path) -> None:
    text = written(hostile, tmp_path / "report.md", "--by", "region")
    assert not _BIDI.search(text)
    assert not re.search(r"<|(?<!\\)://|(?<!\\)`|(?<!\\)\[|(?<!\\)\*", text)
    table: list[str] = []
    for line in [*text.splitlines(), ""]:
        if line.startswith("|"):
            table.append(line)
        else:
            cells = {len(re.findall(r"(?<!\\)\|", row)) for row in table}
            assert len(cells) <= 1, "a row has another number of cells"
            table = []


@ON_SQLITE
def test_nothing_from_outside_is_a_formula_in_a_table(hostile: Program, tmp_path: Path) -> None:
    text = written(hostile, tmp_path / "report.csv", "--by", "region")
    assert not _BIDI.search(text)
    assert not [cell for row in csv.reader(text.splitlines()) for cell in row if re.match("[=+@\t\r]|-[^0-9]", cell)]


@given(st.text())
def test_any_text_stays_a_text(said: str) -> None:
    shown = markup.tag("p", said, title=said)
    (element,) = Page(shown).root.all("p")
    assert not re.search("[<>]", element.text and plain(said))
    assert element.text == element.attributes["title"]
    assert "\n" not in plain(said)


@ON_SQLITE
@pytest.mark.parametrize("suffix", ["html", "md", "csv"])
def test_no_telephone_number_is_passed_on(hostile: Program, tmp_path: Path, suffix: str) -> None:
    """Neither in what customers said nor in a name, a reason or a region."""
    number = "13812345678"
    with db.writing(hostile.url) as session:
        for one in session.exec(select(Customer)).all():
            one.name = one.region = f"call {number}"
        for said in session.exec(select(Revisit)).all():
            said.suggestion = said.reason = f"call {number}"
        session.commit()
    text = written(hostile, tmp_path / f"report.{suffix}", "--by", "region")
    assert number not in text
    assert access.HIDDEN in text.replace("\\", "")


# --- the file


@pytest.mark.parametrize("suffix", ["html", "md", "csv"])
def test_a_file_is_never_replaced_unasked(revisit: Program, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"report.{suffix.upper()}"
    done = revisit("report", "-o", str(path), "--json")
    assert (done.code, done.json["file"], done.json["period"]["label"]) == (0, str(path), "2026-03")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_text("mine")
    refused = revisit("report", "-o", str(path))
    assert (refused.code, path.read_text()) == (1, "mine")
    assert "is there already" in refused.err
    assert revisit("report", "-o", str(path), "--yes").code == 0
    assert path.read_text(encoding="utf-8-sig") != "mine"
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []


@ON_SQLITE
@pytest.mark.parametrize("name", ["report.docx", "report", ".html"])
def test_a_file_of_another_kind_is_refused(revisit: Program, tmp_path: Path, name: str) -> None:
    done = revisit("report", "-o", str(tmp_path / name))
    assert done.code == 2
    assert f"{name} ends in none of .html, .xlsx, .md, .csv" in done.err
    assert list(tmp_path.glob("*report*")) == []


@ON_SQLITE
def test_the_foot(revisit: Program, tmp_path: Path) -> None:
    text = written(revisit, tmp_path / "report.html")
    page = Page(text).root
    foot = {one.text: told.text for one, told in zip(page.all("dt"), page.all("dd"), strict=True)}
    with reading(revisit.url) as (sql, _company):
        ((head,),) = sql.rows("SELECT hash FROM audit ORDER BY id DESC LIMIT 1")
        ((sha256,),) = sql.rows("SELECT sha256 FROM policy_version")
    assert foot == {
        "Company": "宏远商贸", "Period": "2026-02 (2026-02-01 to 2026-02-28)", "As of": "2026-03-12",
        "Policy": f"policy default (SHA-256 {sha256[:12]}…)", "Made at": "2026-03-12 10:00 (Asia/Shanghai)",
        "Made by": "admin", "Audit head": head,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("period", "versions"),
    [
        ("2025-12", ["first"]), ("1899", ["first"]), ("2026-01", ["first"]), ("2026-02", ["first", "2026-02"]),
        ("2026-02-14", ["first"]), ("2026-02-15", ["2026-02"]), ("2026-03", ["2026-02"]),
        ("2026", ["first", "2026-02", "2026-04"]), ("2026-04", ["2026-04"]),
    ],
)  # fmt: skip
@ON_SQLITE
def test_which_policies_a_period_goes_by(company_db: str, period: str, versions: list[str]) -> None:
    with unit(company_db, CREATED_AT) as work:
        for day in (date(2026, 2, 15), date(2026, 4, 1)):
            more = {"sha256": "0" * 64, "adopted_at": CREATED_AT, "adopted_by": "admin"}
            body = re.sub(
                "(?m)^in_force_from = .*", f"in_force_from = {day}", resources.read_text("policy/default.toml")
            )
            work.session.add(PolicyVersion(in_force_from=day, body=body, **more))
            work.session.flush()
        info = company.load_company(work.sql)
        found = in_force(work.sql, info, parse_label(period, date(2026, 3, 12)))
        work.give_up()
    assert [one.since.isoformat()[:7] if one.since else "first" for one in found] == versions


# --- plots


@given(st.integers(0, 10**7))
def test_marks_are_few_and_round(most: int) -> None:
    marks = svg.ticks(most)
    assert marks[0] == 0
    assert marks[-1] >= max(1, most)
    assert 2 <= len(marks) <= svg.GRID + 1
    assert len({after - before for before, after in pairwise(marks)}) == 1


@given(st.lists(st.integers(0, 99), min_size=1, max_size=400), st.integers(1, 100))
def test_a_plot_is_folded_by_weeks(values: list[int], most: int) -> None:
    days = tuple(date(2026, 1, 1) + timedelta(place) for place in range(len(values)))
    found = Plot("per day", days, (("made", tuple(values)),), "per {step} days").folded(most)
    assert len(found.days) == len(found.lines[0][1]) <= most
    assert sum(found.lines[0][1]) == sum(values)
    step = 1 if found.title == "per day" else int(found.title.split()[1])
    assert step == 1 or step % 7 == 0
    assert found.days == days[::step]


@pytest.mark.parametrize(
    ("values", "shown"),
    [((1, 2, 3), "▁▅█"), ((5, 5), "▅▅"), ((None, 0, 0.5), " ▁█"), ((), ""), ((None,), " "), ((3, None, 1), "█ ▁")],
)
def test_values_as_a_line(values: tuple[int | float | None, ...], shown: str) -> None:
    assert spark(values) == shown
    assert svg.spark(values, ["x"] * len(values), "n").startswith("<svg")


# --- colours


def schemes() -> dict[str, dict[str, str]]:
    """The colours of the style sheet: by day, by night, on paper."""
    blocks = re.findall(r":root \{(.*?)\}", STYLE.read_text(encoding="utf-8"), re.DOTALL)
    return dict(
        zip(("light", "dark", "paper"), (dict(re.findall(r"--(\w+): (#\w{6})", one)) for one in blocks), strict=True)
    )


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark", "paper"])
@pytest.mark.parametrize(
    ("colour", "least"), [("text", 4.5), ("quiet", 4.5), ("link", 4.5), ("line", 4.5), ("bar", 3.0)]
)
def test_contrast(scheme: str, colour: str, least: float) -> None:
    colours = schemes()[scheme]
    for ground in ("page", "stripe"):
        low, high = sorted((luminance(colours[colour]), luminance(colours[ground])))
        assert (high + 0.05) / (low + 0.05) >= least
