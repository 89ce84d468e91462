"""The pictures in docs/pictures/: each that a page shows is there and small, and what they show is what the program says now."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import pictures

ROOT = Path(__file__).parents[1]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
SHOWN = re.compile(r"!\[[^\]]+\]\(([^)]+)\)")
MOST_BYTES = 150_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The demo company."""
    place = tmp_path_factory.mktemp("pictures")
    with pictures.company(place):
        yield place


@pytest.mark.slow
@pytest.mark.parametrize("language", pictures.LANGUAGES)
def test_screen_and_text_are_what_the_program_says(folder: Path, language: str) -> None:
    """If it fails: `make pictures`, and look at them. Without a browser `python tools/pictures.py --text`: the page and the
    workbook are made anew by whoever has one."""
    made = pictures.texts(folder, language)
    assert made == {name: (pictures.FOLDER / name).read_text(encoding="utf-8") for name in made}


@pytest.mark.slow
@pytest.mark.parametrize("language", pictures.LANGUAGES)
def test_the_first_page_shows_the_morning_list_as_it_is(folder: Path, language: str) -> None:
    page, text = pictures.readme(language)
    assert page.read_text(encoding="utf-8") == text


def test_each_picture_is_shown_and_small() -> None:
    shown = {
        (page.parent / found).resolve() for page in PAGES for found in SHOWN.findall(page.read_text(encoding="utf-8"))
    }
    there = {file for file in pictures.FOLDER.iterdir() if file.suffix != ".md"}
    assert shown == there
    assert {file.name for file in there} == {
        f"report-{form}-{language}.{ending}"
        for form, ending in (("screen", "svg"), ("page", "png"), ("workbook", "png"))
        for language in pictures.LANGUAGES
    }
    assert max(file.stat().st_size for file in there) < MOST_BYTES


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("\x1b[1mab  你好\x1b[0m", ['class="b" x="16.0"', 'textLength="16.8"', 'x="49.6"', 'textLength="33.6"']),
        ("██··  a <b>", ['<rect x="16.0"', 'width="16.8" height="14.0"', 'height="1.0"', ">a &lt;b&gt;<"]),
        ("▁█", ['height="1.8"', 'height="14.0"']),
    ],
)
def test_each_run_of_a_line_stands_in_its_places(line: str, parts: list[str]) -> None:
    svg = pictures.drawn([line])
    at = 0
    for part in parts:
        at = svg.index(part, at)
