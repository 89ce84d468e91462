"""The printed reading of a script holds all branches, each node once; values are values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revisit.policy.scripts import (
    BLANK,
    LANGUAGES,
    OUTCOMES,
    PLACEHOLDERS,
    Line,
    fill,
    lay_out,
    load_script,
    outline,
)
from tests.policy.test_scripts import ENDED, SHIPPED_AND_LANGUAGE, VALUES, shipped, small


def spoken(lines: tuple[Line, ...]) -> list[str]:
    return [line.text for line in lines if line.kind in ("say", "ask")]


@pytest.mark.parametrize(("name", "language"), SHIPPED_AND_LANGUAGE)
def test_the_reading_holds_every_node_once_and_every_answer(name: str, language: str) -> None:
    script = shipped(name, language)
    lines = lay_out(script, VALUES)
    texts = [text for node in script.nodes.values() for text in (node.say, node.ask) if text]
    assert sorted(spoken(lines)) == sorted(fill(text, VALUES) for text in texts)
    labels = [answer.label for node in script.nodes.values() for answer in node.answers]
    assert not set(labels) - {line.text for line in lines if line.kind == "answer"}
    assert {line.node for line in lines} == set(script.nodes)
    assert BLANK not in "".join(line.text for line in lines)
    assert min(line.depth for line in lines) == 0


@pytest.mark.parametrize(
    ("language", "both"),
    [
        ("zh", ["听您这么说，我们很高兴。", "实在对不起，给您添麻烦了。"]),
        ("en", ["I am very glad to hear that.", "I am very sorry about that."]),
    ],
)
def test_both_branches_stand_in_the_reading(language: str, both: list[str]) -> None:
    assert set(both) <= set(spoken(lay_out(shipped("satisfaction", language), VALUES)))


@pytest.mark.parametrize(("name", "language"), SHIPPED_AND_LANGUAGE)
def test_a_reference_finds_its_place(name: str, language: str) -> None:
    lines = lay_out(shipped(name, language), VALUES)
    see, (left, right) = {"zh": ("→ 见 ", "〔〕"), "en": ("→ see ", "()")}[language]
    letters = [line.text.removeprefix(see) for line in lines if line.kind == "goto"]
    heads = [line.text.strip(left + right) for line in lines if line.kind == "hint" and line.text.startswith(left)]
    assert letters
    assert heads == sorted(set(letters))


def test_a_reading_in_full() -> None:
    data = small()
    again = {"key": "again", "label": "再说", "goto": "hello"}
    data["node"]["hello"]["answers"].append(again)
    assert [(line.kind, line.depth, line.text, line.node) for line in lay_out(load_script(data), {})] == [
        ("hint", 0, "〔A〕", "hello"),
        ("ask", 0, "方便吗？", "hello"),
        ("answer", 1, "好", "hello"),
        ("ask", 2, "有建议吗？", "tell"),
        ("hint", 2, "照客户的原话记", "tell"),
        ("say", 2, BLANK, "bye"),
        ("end", 2, "结束：已谈到本人", "bye"),
        ("answer", 1, "不", "hello"),
        ("end", 2, "结束：现在不方便", "hello"),
        ("answer", 1, "再说", "hello"),
        ("goto", 2, "→ 见 A", "hello"),
    ]


def test_answers_that_lead_to_one_place_make_no_branch() -> None:
    lines = lay_out(shipped("satisfaction", "en"), VALUES)
    at = [line.text for line in lines].index("If friends of yours needed the same, would you recommend us?")
    assert [(line.kind, line.depth - lines[at].depth) for line in lines[at : at + 6]] == [
        *[("ask", 0), ("answer", 1), ("answer", 1), ("answer", 1), ("say", 0), ("end", 0)]
    ]


def test_a_place_stands_where_the_ways_to_it_part() -> None:
    lines = lay_out(shipped("satisfaction", "en"), VALUES)
    depth = {line.node: line.depth for line in lines if line.kind in ("say", "ask")}
    assert depth["improve"] == depth["satisfied"] == depth["permission"] + 2
    assert depth["permission"] == depth["wrong"] == depth["greeting"] == 0


def test_more_than_twenty_six_places_keep_different_letters() -> None:
    data = small()
    fork = [{"key": key, "label": key} for key in "ab"]
    for number in range(30):
        ways = [fork[0] | {"goto": f"side{number}"}, fork[1] | {"goto": f"n{number + 1}"}]
        data["node"][f"n{number}"] = {"ask": "?", "answers": ways}
        data["node"][f"side{number}"] = {"say": "!", "goto": f"n{number + 1}"}
    data["node"]["n30"] = ENDED
    lines = lay_out(load_script(data | {"start": "n0", "language": "en"}), {})
    heads = [line.text for line in lines if line.kind == "hint"]
    assert len(set(heads)) == 30
    assert heads[0] == "(A)"


# --- values are values


HOSTILE = ["[/]", "{0.__class__}", "{me}", "{", "\x1b[31m", "\\1\\g<0>", "%s", "</script>", "\u202e", "$(rm)", "'"]


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hostile_value_comes_through_literally(value: str, language: str) -> None:
    script = shipped("dormancy", language)
    lines = lay_out(script, VALUES | {"contact": value})
    assert script.nodes["greeting"].ask.replace("{contact}", value).replace("{name}", "华东涂料").replace(
        "{title}", "女士"
    ) in spoken(lines)


@pytest.mark.parametrize(
    "values", [{}, dict.fromkeys(PLACEHOLDERS, ""), dict.fromkeys(PLACEHOLDERS, "  "), dict.fromkeys(PLACEHOLDERS)]
)
def test_a_missing_value_is_a_visible_blank(values: dict[str, str]) -> None:
    lines = lay_out(shipped("dormancy"), values)
    assert f"您好！我是{BLANK}的客服{BLANK}。" in spoken(lines)


@pytest.mark.parametrize(
    ("text", "product", "told"),
    [
        ("您订了{product|货}。", "漆", "您订了漆。"),
        ("您订了{product|货}。", " ", "您订了货。"),
        ("您订了{product|{me}}。", "", "您订了{product|" + BLANK + "}。"),
        ("{product|}", "漆", "{product|}"),
        ("{product|the goods} or {product}", "", f"the goods or {BLANK}"),
    ],
)
def test_a_place_may_bring_its_own_words(text: str, product: str, told: str) -> None:
    assert fill(text, {"product": product}) == told


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["campaign", "satisfaction"])
def test_what_is_offered_or_was_ordered_is_a_whole_sentence_where_nothing_is_known(name: str, language: str) -> None:
    known = VALUES | {"product": "", "campaign": ""}
    lines = lay_out(shipped(name, language), known)
    assert not [line.text for line in lines if BLANK in line.text]


@given(st.text(), st.dictionaries(st.sampled_from(sorted(PLACEHOLDERS)), st.text()))
def test_filling_never_fails_and_leaves_other_text_alone(text: str, values: dict[str, str]) -> None:
    filled = fill(text, values)
    if not any(f"{{{name}}}" in text for name in PLACEHOLDERS):
        assert filled == text


# --- the structure alone


@pytest.mark.parametrize(("name", "language"), SHIPPED_AND_LANGUAGE)
def test_the_outline_holds_every_node_and_every_way_once(name: str, language: str) -> None:
    script = shipped(name, language)
    lines = outline(script)
    assert next(line.text for line in lines if line.kind == "node") == script.start
    assert sorted(line.text for line in lines if line.kind == "node") == sorted(script.nodes)
    ways = [line for line in lines if line.kind not in ("node", "hint")]
    assert len(ways) == sum(len(node.exits) for node in script.nodes.values())
    marks = sum(node.opens_case + node.required for node in script.nodes.values())
    assert len([line for line in lines if line.kind == "hint"]) == marks


def test_an_outline_in_full() -> None:
    data = small() | {"language": "en"}
    data["node"]["alone"] = {"say": "!", "goto": "nowhere", "opens_case": True}
    data["node"]["tell"]["required"] = True
    assert [(line.kind, line.depth, line.text, line.node) for line in outline(load_script(data))] == [
        ("node", 0, "hello", "hello"),
        ("answer", 1, "yes: 好 → tell", "hello"),
        ("answer", 1, "no: 不 → Ends: not convenient now", "hello"),
        ("node", 0, "tell", "tell"),
        ("hint", 1, "may not be left empty", "tell"),
        ("answer", 1, "note down the customer's own words → bye", "tell"),
        ("node", 0, "bye", "bye"),
        ("end", 1, f"→ Ends: {OUTCOMES['reached'].en}", "bye"),
        ("node", 0, "alone", "alone"),
        ("hint", 1, "opens a case", "alone"),
        ("goto", 1, "→ nowhere", "alone"),
    ]
