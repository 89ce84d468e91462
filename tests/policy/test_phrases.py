"""A text finds phrases: by any piece of them, by pinyin, by what they are about; and every fault of their files is found."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revisit import pinyin
from revisit.policy.phrases import Entry, Hits, search, situation_from
from revisit.policy.phrases.check import Source, check_phrases
from revisit.policy.scripts.words import PLACEHOLDER, WORD

ROOT = Path(__file__).parents[2] / "templates/phrases"
HAN = re.compile("[\u4e00-\u9fff]+")


@cache
def entries(language: str = "zh") -> tuple[Entry, ...]:
    """The shipped phrases of a language."""
    files = sorted((ROOT / language).glob("*.toml"))
    situations = [situation_from(file.stem, tomllib.loads(file.read_text(encoding="utf-8"))) for file in files]
    return tuple(Entry(phrase, one) for one in situations for phrase in one.phrases)


def ids(hits: Hits) -> list[str]:
    return [one.phrase.id for one in hits.entries]


def found(text: str, language: str = "zh", *, guess: bool = False) -> list[str]:
    return ids(search(entries(language), text, pinyin.readings, guess=guess))


# --- what finds a phrase


@st.composite
def pieces(draw: st.DrawFn, least: int, most: int) -> tuple[str, str]:
    """The id of a phrase and a piece of its Chinese."""
    one = draw(st.sampled_from(entries())).phrase
    runs = [run for run in HAN.findall(PLACEHOLDER.sub("|", one.text)) if len(run) >= least]
    run = draw(st.sampled_from(runs or [None]))
    if run is None:
        return one.id, one.id
    start = draw(st.integers(0, len(run) - least))
    return one.id, run[start : start + draw(st.integers(least, most))]


def spelled(piece: str) -> list[str]:
    return [pinyin.readings(char)[0] for char in piece] if HAN.fullmatch(piece) else [piece]


@given(pieces(2, 2))
def test_a_phrase_is_found_by_any_two_characters_of_it(one: tuple[str, str]) -> None:
    assert one[0] in found(one[1])


@given(pieces(2, 6))
def test_a_phrase_is_found_by_the_pinyin_of_any_piece_of_it(one: tuple[str, str]) -> None:
    assert one[0] in found("".join(spelled(one[1])))


@given(pieces(3, 6))
def test_a_phrase_is_found_by_the_initials_of_any_piece_of_it(one: tuple[str, str]) -> None:
    letters = [syllable[0] for syllable in spelled(one[1])] if HAN.fullmatch(one[1]) else spelled(one[1])
    assert one[0] in found("".join(letters))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_phrase_is_the_first_that_its_id_finds_and_the_first_that_its_text_finds(language: str) -> None:
    for one in entries(language):
        assert found(one.phrase.id, language)[0] == one.phrase.id
    for one in entries(language)[::9]:
        assert found(one.phrase.text, language)[0] == one.phrase.id


@given(st.data())
def test_an_english_phrase_is_found_by_any_word_of_it_and_its_beginning(data: st.DataObject) -> None:
    one = data.draw(st.sampled_from(entries("en"))).phrase
    word = data.draw(st.sampled_from(WORD.findall(PLACEHOLDER.sub(" ", one.text))))
    assert one.id in found(word.upper(), "en")
    assert one.id in found(word[: data.draw(st.integers(min(2, len(word)), len(word)))], "en")


@given(st.sampled_from(["价格", "稍等 库存", "taigui", "客户说价格太高怎么办", "hy", "抱歉"]), st.randoms())
def test_the_order_does_not_depend_on_that_of_the_files(text: str, random: Random) -> None:
    shuffled = list(entries())
    random.shuffle(shuffled)
    assert ids(search(shuffled, text, pinyin.readings)) == found(text)


@given(st.text(max_size=30) | st.text("太贵了价格等一下 ,。jiage-'{}", max_size=12))
def test_whatever_is_typed_finds_phrases_or_names_what_it_does_not_know(text: str) -> None:
    hits = search(entries(), text, pinyin.readings, guess=True)
    assert len(set(ids(hits))) == len(hits.entries)
    assert hits.entries or hits.unknown or not re.search(r"\w", text)


RANKED = {
    ("zh", "太贵了"): ["price-ask", "price-whole-cost", "price-what-for"],
    ("zh", "我没空"): ["later-no-time"],
    ("zh", "投诉"): ["criticism-listen", "criticism-calm", "criticism-accept"],
    ("zh", "等了三分钟"): ["waiting-three-minutes"],
    ("zh", "道歉 晚了"): ["apology-late-delivery"],
    ("zh", "你怎么知道我的电话"): ["unfamiliar-my-number"],
    ("zh", "价格，太高怎么办？"): ["price-rise", "price-ask"],
    ("zh", "tai gui"): ["price-ask"],
    ("zh", "ＷＡＩＴＩＮＧ－ＢＡＣＫ"): ["waiting-back"],
    ("en", "too expensive"): ["price-ask", "price-payment-term", "price-whole-cost"],
    ("en", "I have no time"): ["later-no-time"],
    ("en", "never heard of you"): ["unfamiliar-who"],
    ("en", "complaint"): ["criticism-listen", "criticism-calm"],
    ("en", "hold on"): ["waiting-stock"],
}


@pytest.mark.parametrize(("language", "text"), RANKED)
def test_what_comes_first(language: str, text: str) -> None:
    wanted = RANKED[language, text]
    assert found(text, language)[: len(wanted)] == wanted


def test_what_holds_every_word_comes_first_and_what_holds_some_below() -> None:
    hits = search(entries(), "样品 单子", pinyin.readings).entries
    held = [("样品" in text) + ("单子" in text) for text in (f"{one.phrase.text}{one.phrase.note}" for one in hits)]
    assert held == sorted(held, reverse=True)
    assert (held[0], held[-1]) == (2, 1)


def test_pieces_of_a_word_come_below_the_whole_word() -> None:
    hits = search(entries(), "太贵了", pinyin.readings).entries
    assert ["太贵了" in one.phrase.note for one in hits] == [True] + [False] * (len(hits) - 1)
    assert {one.phrase.cause.id for one in hits} == {"price"}


MEANT = {"家各": "价格", "shaodegn": "shaodeng", "prcie": "price", "哨等": "稍等"}


@pytest.mark.parametrize("typed", MEANT)
def test_a_word_that_nothing_holds_is_taken_for_another_and_that_is_told(typed: str) -> None:
    hits = search(entries(), typed, pinyin.readings, guess=True)
    assert hits.meant == ((typed, MEANT[typed]),)
    assert ids(hits) == found(MEANT[typed])
    plain = search(entries(), typed, pinyin.readings)
    assert (plain.entries, plain.unknown) == ((), (typed,))


def test_names_of_the_other_language_find_as_well() -> None:
    named = [Entry(one.phrase, one.situation, ("Lamentation",)) for one in entries() if one.phrase.cause.id == "need"]
    assert ids(search(named, "lament", pinyin.readings)) == [one.phrase.id for one in named]


# --- faults


def test_the_shipped_files_have_no_faults() -> None:
    assert check_phrases(files()) == []
    assert len(entries("zh")) == len(entries("en")) >= 60
    assert {one.phrase.cause.id for one in entries()} >= {"unfamiliar", "price", "competitor", "need"}


def files(**changed: str) -> dict[Source, dict[str, Any]]:
    """The shipped files, some of them with another text: zh_waiting=…"""
    made = {}
    for path in sorted(ROOT.glob("*/*.toml")):
        source = Source(path.parent.name, path.stem)
        made[source] = tomllib.loads(changed.pop("_".join(source), None) or path.read_text(encoding="utf-8"))
    for name, text in changed.items():
        made[Source(*name.split("_"))] = tomllib.loads(text)
    return made


HEAD = 'title = "x"\n'
ONE = '[[phrase]]\nid = "a"\ntext = "x"\n'
FAULTS: dict[str, tuple[str, list[tuple[tuple[str | int, ...], str]]]] = {
    "nothing wrong": (HEAD + ONE, []),
    "no title": (ONE, [(("title",), "missing-key")]),
    "no phrase": (HEAD, [(("phrase",), "missing-key")]),
    "an unknown key": (HEAD + "colour = 1\n" + ONE, [(("colour",), "unknown-key")]),
    "an unknown key of a phrase": (HEAD + ONE + "say = 1\n", [(("phrase", 0, "say"), "unknown-key")]),
    "no number": (HEAD + "place = true\n" + ONE, [(("place",), "no-whole")]),
    "no list": (HEAD + 'also = "y"\n' + ONE, [(("also",), "no-list")]),
    "a number among words": (HEAD + 'also = ["y", 1]\n' + ONE, [(("also", 1), "no-text")]),
    "no id": (HEAD + '[[phrase]]\ntext = "x"\n', [(("phrase", 0, "id"), "missing-key")]),
    "no text": (HEAD + '[[phrase]]\nid = "a"\n', [(("phrase", 0, "text"), "missing-key")]),
    "an empty text": (HEAD + ONE.replace('"x"', '" "'), [(("phrase", 0, "text"), "empty")]),
    "a text that is none": (HEAD + ONE.replace('"x"', "1"), [(("phrase", 0, "text"), "no-text")]),
    "a bad id": (HEAD + ONE.replace('"a"', '"A b"'), [(("phrase", 0, "id"), "bad-id")]),
    "a placeholder of nowhere": (HEAD + ONE.replace('"x"', '"{name}{nam}"'), [(("phrase", 0, "text"), "unknown-placeholder")]),
    "half a placeholder": (HEAD + ONE.replace('"x"', '"{name"'), [(("phrase", 0, "text"), "unknown-placeholder")]),
    "a cause of nowhere": (HEAD + ONE + 'cause = "c"\n', [(("phrase", 0, "cause"), "unknown-cause")]),
    "a cause without a title": (HEAD + "[cause.c]\n" + ONE + 'cause = "c"\n', [(("cause", "c", "title"), "missing-key")]),
    "causes that are none": (HEAD + "cause = 1\n" + ONE, [(("cause",), "no-table")]),
    "a phrase in single brackets": (HEAD + ONE.replace("[[phrase]]", "[phrase]"), [(("phrase",), "no-phrases")]),
    "a phrase that is none": (HEAD + "phrase = [1]\n", [(("phrase", 0), "no-table")]),
    "an id twice": (HEAD + ONE + ONE, [(("phrase", 1, "id"), "twice")]),
}  # fmt: skip


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_is_found_where_it_is(case: str) -> None:
    text, wanted = FAULTS[case]
    source = Source("zh", "mine")
    own = [one for one in check_phrases({source: tomllib.loads(text)}) if one.source == source]
    assert [(one.key, one.code) for one in own] == wanted


def test_an_id_of_another_file_is_there_twice() -> None:
    own = HEAD + ONE.replace('"a"', '"waiting-back"')
    (first, *_rest) = check_phrases(files(zh_more=own))
    assert (first.source, first.key, first.code) == (Source("zh", "more"), ("phrase", 0, "id"), "twice")
    assert first.other == (Source("zh", "waiting"), ("phrase", 3, "id"))


def test_each_language_has_what_the_other_has() -> None:
    own = HEAD + '[cause.c]\ntitle = "c"\n' + ONE
    assert [(one.source, one.code) for one in check_phrases(files(zh_mine=own))] == [
        (Source("en", "mine"), "missing-file"),
    ]
    found = check_phrases(files(zh_mine=own, en_mine=own.replace('"a"', '"b"')))
    assert [(one.source, one.code, one.params["value"]) for one in found] == [
        (Source("en", "mine"), "missing-phrase", "a"),
        (Source("zh", "mine"), "missing-phrase", "b"),
    ]
    (found_cause,) = check_phrases(files(zh_mine=own, en_mine=own + 'cause = "c"\n'))
    assert (found_cause.source, found_cause.code) == (Source("en", "mine"), "other-cause")
    moved = {"zh_mine": own, "en_mine": own.replace('"a"', '"b"'), "zh_more": own.replace('"a"', '"b"'), "en_more": own}
    assert {one.code for one in check_phrases(files(**moved))} == {"other-situation"}


def test_of_a_file_that_cannot_be_read_nothing_is_said() -> None:
    whole = files()
    gone = whole.pop(Source("en", "waiting"))
    assert gone["phrase"]
    assert check_phrases(whole, [Source("en", "waiting")]) == []


@given(
    st.recursive(
        st.integers(-2, 2) | st.booleans() | st.sampled_from(["", "x", "{name}", "{"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["title", "phrase", "id", "text", "cause", "also", "note"]), inner, max_size=4
            )
        ),
        max_leaves=12,
    ).filter(lambda data: isinstance(data, dict))
)
def test_whatever_stands_in_a_file_is_read_as_far_as_it_goes(data: Any) -> None:
    situation = situation_from("mine", data)
    faults = check_phrases({Source("zh", "mine"): data, Source("en", "mine"): data})
    assert faults or (situation.phrases and not situation.left_out)
    for phrase in situation.phrases:
        assert phrase.id in ids(search([Entry(phrase, situation)], phrase.id, pinyin.readings)) or "{" in phrase.id
