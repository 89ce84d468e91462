"""The pages of reports and packs in a real headless Chromium: `make test-apps`. Where it is missing the tests fail and name it.

With SCREENSHOTS=folder in the environment the page is pictured as on a phone, on a desktop and on paper.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from pathlib import Path
from unicodedata import normalize

import pytest
from pypdf import PdfReader

from revisit import i18n
from tests.browser import Browser, browser
from tests.report_files import WORDS, fill_demo, fill_hostile, tokens
from tests.support import Program

pytestmark = [pytest.mark.apps, pytest.mark.parametrize("company_db", ["sqlite"], indirect=True)]
FILLED = {"demo": fill_demo, "hostile": fill_hostile}
PHONE, DESKTOP = 360, 1280
OTHERS = {
    "pack": ("report", "pack", "--month", "2026-02", "--to", "sales"),
    "quarter": ("report", "pack", "--quarter", "2026-Q1", "--to", "sales"),
    "weekly": ("report", "weekly", "--week", "last", "--to", "sales"),
    "appraisal": ("appraise", "--quarter"), "bulletin": ("inspect", "bulletin"),
}  # fmt: skip
"""Papers besides the report: the commands that write them."""
OVERFLOWS = """
[...document.querySelectorAll("body *")]
  .filter((one) => !one.closest(".wide, svg, .unseen") && one.getBoundingClientRect().right > innerWidth + 0.5)
  .map((one) => one.tagName + " " + one.textContent.slice(0, 40))
"""
COLUMN = """(() => {
  const table = document.querySelector("table.sortable");
  return [[...table.tHead.rows[0].cells].map((one) => one.getAttribute("aria-sort")),
          [...table.tBodies[0].rows].map((row) => row.cells[PLACE].dataset.value)];
})()"""


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for all tests of this file."""
    with browser(tmp_path_factory.mktemp("browser")) as opened:
        yield opened


@pytest.fixture
def demo(revisit: Program) -> Program:
    """The demo company."""
    return revisit


@pytest.fixture
def hostile(revisit: Program) -> Program:
    """The company of hostile texts."""
    return revisit.at("2026-04-10 10:00")


def page_of(revisit: Program, folder: Path, language: str, *options: str) -> Path:
    return paper_of(revisit, folder, language, "report", *(options or ("--month", "last")))


def paper_of(revisit: Program, folder: Path, language: str, *command: str) -> Path:
    i18n.activate(language)
    path = folder / f"paper-{language}.html"
    done = revisit(*command, "-o", str(path))
    assert (done.code, done.err) == (0, "")
    return path


def picture(name: str, data: bytes) -> None:
    """Keeps a picture for whoever wants to look at it."""
    if folder := os.environ.get("SCREENSHOTS"):
        (Path(folder) / name).write_bytes(data)


def check_quiet(page: Browser, path: Path) -> None:
    """Nothing was complained of, and nothing but the page itself was asked for."""
    assert page.complaints() == []
    assert set(page.requested()) == {path.as_uri()}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("dark", [False, True])
def test_nothing_is_complained_of_asked_for_or_too_wide(
    chromium: Browser, demo: Program, tmp_path: Path, language: str, width: int, dark: bool
) -> None:
    for options in (("--month", "last", "--by", "rep"), ("--from", "2025-12-20", "--to", "2026-03-12"), ("--day",)):
        path = page_of(demo, tmp_path, language, *options, "--yes")
        chromium.show(path, width=width, dark=dark)
        assert chromium.js("document.documentElement.scrollWidth") == width
        assert chromium.js(OVERFLOWS) == []
        picture(f"{language}-{width}{'-dark' if dark else ''}{options[0]}.png", chromium.picture())
        check_quiet(chromium, path)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("dark", [False, True])
def test_so_it_is_with_every_other_paper(
    chromium: Browser, demo: Program, tmp_path: Path, language: str, width: int, dark: bool
) -> None:
    for name, command in OTHERS.items():
        path = paper_of(demo, tmp_path, language, *command, "--yes")
        chromium.show(path, width=width, dark=dark)
        assert chromium.js("document.documentElement.scrollWidth") == width, name
        assert chromium.js(OVERFLOWS) == [], name
        picture(f"{name}-{language}-{width}{'-dark' if dark else ''}.png", chromium.picture())
        check_quiet(chromium, path)


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_hostile_texts_do_nothing_in_a_pack(chromium: Browser, hostile: Program, tmp_path: Path, width: int) -> None:
    path = paper_of(hostile, tmp_path, "en", *OTHERS["quarter"])
    chromium.show(path, width=width)
    assert chromium.js("typeof window.hit") == "undefined"
    assert chromium.js("document.images.length") == 0
    assert chromium.js("document.documentElement.scrollWidth") == width
    assert chromium.js(OVERFLOWS) == []
    check_quiet(chromium, path)


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_hostile_texts_do_nothing(chromium: Browser, hostile: Program, tmp_path: Path, width: int) -> None:
    for by in ("region", "grade"):
        path = page_of(hostile, tmp_path, "en", "--month", "last", "--by", by, "--yes")
        chromium.show(path, width=width)
        assert chromium.js("typeof window.hit") == "undefined"
        assert chromium.js("document.images.length") == 0
        assert chromium.js("document.documentElement.scrollWidth") == width
        assert chromium.js(OVERFLOWS) == []
        picture(f"hostile-{by}-{width}.png", chromium.picture())
        check_quiet(chromium, path)


def test_a_script_that_slipped_in_would_not_run(chromium: Browser, demo: Program, tmp_path: Path) -> None:
    """The last line of defence: what the page's own policy does not know is not run, not shown, not fetched."""
    path = page_of(demo, tmp_path, "en")
    slipped = (
        '<script>window.hit = 1</script><img src="http://127.0.0.1:9/x" onerror="window.hit = 1"><p style="color: red">'
    )
    path.write_text(path.read_text(encoding="utf-8").replace("</main>", f"{slipped}</main>"), encoding="utf-8")
    chromium.show(path, width=DESKTOP)
    assert chromium.js("typeof window.hit") == "undefined"
    assert len(chromium.complaints()) >= 3
    assert {event["params"].get("blockedReason") for event in chromium.events if event["method"] == "Network.loadingFailed"} <= {
        "csp"
    }  # fmt: skip


def test_tables_are_sorted_with_the_keyboard(chromium: Browser, demo: Program, tmp_path: Path) -> None:
    chromium.show(page_of(demo, tmp_path, "en"), width=DESKTOP)
    for place, orders in ((1, ("descending", "ascending")), (0, ("ascending", "descending"))):
        chromium.js(f'document.querySelectorAll("table.sortable th button")[{place}].focus()')
        for key, order in zip(("Enter", "Space"), orders, strict=True):
            chromium.press(*(("Enter", "Enter", "\r") if key == "Enter" else (" ", "Space", " ")))
            sorts, values = chromium.js(COLUMN.replace("PLACE", str(place)))
            assert [one for one in sorts if one] == [order]
            assert sorts[place] == order
            expected = sorted(values, key=(lambda one: int(one)) if place else str.lower, reverse=order == "descending")
            assert values == expected
    first = "document.activeElement.closest('table').querySelector('th button')"
    chromium.js(f"{first}.focus()")
    chromium.press("Tab", "Tab")
    assert chromium.js("document.activeElement.textContent") == "Owed"
    outline = chromium.js("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "one sees where one is"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_paper_splits_no_row_and_repeats_heads(
    chromium: Browser, hostile: Program, tmp_path: Path, language: str
) -> None:
    """Suggestions of sixty words each, twenty of them: every one stands on one page, and each page says what the columns are."""
    path = page_of(hostile, tmp_path, language, "--month", "last")
    chromium.show(path, width=DESKTOP)
    data = chromium.pdf()
    picture(f"paper-{language}.pdf", data)
    pages = PdfReader(io.BytesIO(data)).pages
    assert {(round(float(one.mediabox.width)), round(float(one.mediabox.height))) for one in pages} <= {
        (595, 842), (594, 842), (595, 841),
    }  # fmt: skip
    # 日 and 户 may come back as radicals, of which the second one is the radical of the traditional character
    texts = [normalize("NFKC", "".join(one.extract_text().split())).replace("戶", "户") for one in pages]
    shown = path.read_text(encoding="utf-8")
    suggested = [place for place in range(99) if tokens(place)[0] in shown]
    assert len(suggested) == 20
    used = set()
    for place in suggested:
        found = [number for number, text in enumerate(texts) for word in tokens(place) if word in text]
        assert len(found) == WORDS
        assert len(set(found)) == 1, f"the row of suggestion {place} is split"
        used |= set(found)
    assert len(used) > 1, "there was nothing to split"
    heads = {"en": "DayCodeCustomerSuggestion", "zh": "日期编号客户建议"}
    assert all(heads[language] in texts[number] for number in used), "or is there no Chinese font (fonts-noto-cjk)?"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_pack_on_paper(chromium: Browser, demo: Program, tmp_path: Path, language: str) -> None:
    """A4, the pages numbered, no name of a person broken in two, and the titles of a long table on each of its pages."""
    chromium.show(paper_of(demo, tmp_path, language, *OTHERS["quarter"]), width=DESKTOP)
    data = chromium.pdf()
    picture(f"pack-{language}.pdf", data)
    pages = PdfReader(io.BytesIO(data)).pages
    assert {(round(float(one.mediabox.width)), round(float(one.mediabox.height))) for one in pages} <= {
        (595, 842), (594, 842), (595, 841),
    }  # fmt: skip
    texts = [normalize("NFKC", one.extract_text()) for one in pages]
    assert all(f"{place} / {len(pages)}" in text for place, text in enumerate(texts, 1))
    reps = {"chenjing", "limin", "wangfang", "zhangwei"}
    assert all(any(rep in text for text in texts) for rep in reps)
    assert not [text for text in texts if re.search(r"chenjin\s+g|wangfan\s+g|zhangwe\s+i|wangfa\s+ng", text)]
    dormant = {"en": "Dormant since", "zh": "久未订货起始日"}[language]
    assert sum(dormant.replace(" ", "") in "".join(text.split()) for text in texts) > 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_demo_company_on_paper(chromium: Browser, demo: Program, tmp_path: Path, language: str) -> None:
    chromium.show(page_of(demo, tmp_path, language), width=DESKTOP, dark=True)
    data = chromium.pdf()
    picture(f"demo-{language}.pdf", data)
    pages = PdfReader(io.BytesIO(data)).pages
    assert len(pages) <= 10
    assert all(f"{place} / {len(pages)}" in one.extract_text() for place, one in enumerate(pages, 1))
