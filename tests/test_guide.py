"""The guide in docs/guide/: everything it shows is what the program says, line by line, in both languages."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tools.guide import (
    DATABASE,
    FENCE,
    LANGUAGES,
    LEFT_OUT,
    PAGES,
    TOPICS,
    Step,
    is_true,
    played,
    refreshed,
    stage,
    steps,
    table,
    write_sheets,
)  # fmt: skip

EACH_LANGUAGE = pytest.mark.parametrize("language", sorted(LANGUAGES))
EACH_PAGE = pytest.mark.parametrize(("topic", "language"), sorted(PAGES))


def lines_of(topic: str, language: str) -> list[str]:
    return PAGES[topic, language].read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)  # on a server a dry run uses up the number of an import
@EACH_PAGE
def test_a_page_shows_what_the_program_says(db_url: str, tmp_path: Path, topic: str, language: str) -> None:
    """If it fails: `python tools/guide.py`, then look at what has changed."""
    lines = lines_of(topic, language)
    folder = tmp_path / "desk"
    folder.mkdir()
    with stage(folder, language, db_url) as on:
        done = played(lines, on)
    untrue = {step.does: real for step, real in done if not is_true(lines[step.first : step.last], real)}
    assert untrue == {}


@pytest.mark.parametrize("topic", TOPICS)
def test_both_pages_do_the_same_in_the_same_order(topic: str) -> None:
    """Same commands and options, cells and days; names of files, sheets and people are of the language."""
    english, chinese = ([shape(step) for step in steps(lines_of(topic, language))] for language in ("en", "zh"))
    assert english == chinese
    headings = [re.findall(r"^#+ (?=\S)", "\n".join(lines_of(topic, language)), re.M) for language in LANGUAGES]
    assert headings[0] == headings[1]


def shape(step: Step) -> list[str]:
    """The command or directive with its options; what it is about only where that is the same in every language."""
    word, *rest = shlex.split(step.does)
    kept = {
        "press": "[a-z0-9]|enter|ctrl-c",
        "revisit": r"--?[a-z-]+|[a-z]+|[A-Z]\d+|\d+",
        "sheet": r"[A-Z]|\d+:\d+",
        "fill": "([A-Z]\\d+)=.*",
        "policy": ".+=.+",
    }.get(word, ".*")
    return [word, *(found[found.lastindex or 0] for one in rest if (found := re.fullmatch(kept, one)))]


@EACH_PAGE
def test_no_block_of_a_page_stands_outside_the_play(topic: str, language: str) -> None:
    lines = lines_of(topic, language)
    fences = [number for number, line in enumerate(lines) if line.startswith("```")]
    assert all(lines[number + 1].startswith("$ ") for number in fences[::2])
    assert all(lines[number] == FENCE for number in fences)
    between = zip([-1, *fences[1::2]], [*fences[::2], len(lines)], strict=True)
    prose = [line for last, first in between for line in lines[last + 1 : first]]
    assert not [line for line in prose if line.startswith("    ")]


@EACH_PAGE
def test_a_page_names_only_its_own_database(topic: str, language: str) -> None:
    text = "\n".join(lines_of(topic, language))
    assert DATABASE in text
    assert not re.search(r"(?<![\w.:/-])/[a-z]+/", text)


@pytest.mark.parametrize(
    ("shown", "real", "true"),
    [
        ([], [], True),
        (["a"], ["a"], True),
        (["a"], ["b"], False),
        (["a"], ["a", "b"], False),
        (["a", LEFT_OUT], ["a"], True),
        (["a", LEFT_OUT], ["a", "b", "c"], True),
        (["a", LEFT_OUT, "d"], ["a", "b", "c"], False),
        ([LEFT_OUT, "c"], ["a", "b", "c"], True),
        (["a", f"b {LEFT_OUT}"], ["a", "b c"], False),
        (["a (1) [x]"], ["a (1) [x]"], True),
    ],
)
def test_what_was_left_out(shown: list[str], real: list[str], true: bool) -> None:
    assert is_true(shown, real) is true


def test_an_output_that_is_no_longer_true_is_written_anew_and_the_others_stay() -> None:
    block = ["```", "$ revisit a", "old", "$ revisit b", "x", LEFT_OUT, "```"]
    page = [*block, "<!-- sheet f.xlsx A -->", "| old |", "", "end"]
    first, second, third = steps(page)
    fresh = refreshed(page, [(first, ["new", "newer"]), (second, ["x", "y"]), (third, ["| new |"])])
    assert fresh == ["```", "$ revisit a", "new", "newer", *page[3:8], "| new |", "", "end"]


@EACH_LANGUAGE
def test_a_table_of_a_page_looks_like_the_spreadsheet(tmp_path: Path, language: str) -> None:
    first = write_sheets(tmp_path, language)[0]
    shown = table(first, ["A", "B"], language)
    assert shown[:2] == ["|  | A | B |", "| ---: | --- | --- |"]
    hidden = {"en": "| **6** (hidden) | H003 |", "zh": "| **6**（隐藏） | H003 |"}
    assert shown[7].startswith(hidden[language])
    assert table(first, ["A", "B"], language, rows=range(5, 7)) == [*shown[:2], *shown[6:8]]
