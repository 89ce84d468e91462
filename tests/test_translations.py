"""Chinese is complete, and the check that says so finds what it should."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from tools.check_translations import extract, load, offenders, update


def catalogue(**entries: str) -> Catalog:
    made = Catalog(locale="zh_CN")
    for identifier, translated in entries.items():
        made.add(identifier, translated)
    return made


def test_every_text_has_its_chinese() -> None:
    assert offenders(extract(), load()) == []


def test_both_marks_are_found_in_every_folder(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "a.py").write_text('_("shown now")\nN_("shown " "later")\nother("not a text")\n')
    assert {message.id for message in extract(tmp_path)} == {"", "shown now", "shown later"}


@pytest.mark.parametrize(
    ("text", "chinese", "complaint"),
    [
        ("due", "", "not translated"),
        ("due", " ", "not translated"),
        ("due by {day}", "到期", "other {placeholders}"),
        ("due by {day}", "{date} 到期", "other {placeholders}"),
        ("%d due", "%s 到期", "other %-placeholders"),
        ("due by {day:%d.%m.}", "{day} 到期", "other %-placeholders"),
    ],
)
def test_a_bad_translation_is_named(text: str, chinese: str, complaint: str) -> None:
    (line,) = offenders(catalogue(**{text: ""}), catalogue(**{text: chinese}))
    assert line.startswith(complaint)


@pytest.mark.parametrize(("text", "chinese"), [("{day!r}: 50 % of {n}", "{n} 的 50%:{day}"), ("a {", "一个 {")])
def test_order_and_form_of_placeholders_are_free(text: str, chinese: str) -> None:
    assert offenders(catalogue(**{text: ""}), catalogue(**{text: chinese})) == []


def test_missing_guessed_and_superfluous_texts_are_named() -> None:
    chinese = catalogue(gone="没有了", guessed="猜的")
    chinese["guessed"].flags.add("fuzzy")
    complaints = [line.split(":")[0] for line in offenders(catalogue(new="", guessed=""), chinese)]
    assert sorted(complaints) == ["no longer in the code", "not in the catalogue", "only a guess (fuzzy)"]


def test_an_update_adds_drops_keeps_and_settles(tmp_path: Path) -> None:
    path = tmp_path / "revisit.po"
    path.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "kept"\nmsgstr "留"\n')
    update(catalogue(kept="", added=""), path)
    once = path.read_text()
    assert offenders(catalogue(kept="", added=""), load(path)) == ["not translated: 'added'"]
    update(catalogue(kept="", added=""), path)
    assert path.read_text() == once
    update(catalogue(added=""), path)
    assert "kept" not in path.read_text()
