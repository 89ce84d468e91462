"""Call scripts: the shipped ones are sound, the checker finds each kind of fault, the printed reading holds all branches."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revisit.policy.scripts import (
    BLANK,
    LANGUAGES,
    OUTCOMES,
    PLACEHOLDERS,
    PROBLEMS,
    Line,
    Node,
    Outcome,
    Pace,
    Script,
    check_script,
    fill,
    lay_out,
    load_script,
    paths,
    step,
)

FOLDER = Path(__file__).parents[2] / "templates" / "scripts"
FILES = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml"))}
FAREWELLS = FILES.pop("farewells")
SHIPPED = {name: FILES[name] for name in ("satisfaction", "dormancy", "takeover", "callback")}
CALLS = tomllib.loads(Path(__file__).with_name("transcripts.toml").read_text(encoding="utf-8"))["call"]
SHIPPED_AND_LANGUAGE = [(name, language) for name in SHIPPED for language in LANGUAGES]
VALUES = {
    "company": "宏远科技",
    "me": "王芳",
    "contact": "李敏",
    "title": "女士",
    "name": "华东涂料",
    "last_order_on": "2026-03-02",
    "idle_days": "31",
    "product": "A 型涂料",
    "farewell": "祝您工作顺利,再见!",
}


def shipped(name: str) -> Script:
    return load_script(SHIPPED[name])


def walk(script: Script, answers: list[str]) -> tuple[Outcome, str, list[str], list[str]]:
    """The outcome, the node that ended the call, what was recorded, and the answers that nobody asked for."""
    given_, recorded, place, last = iter(answers), [], script.nodes[script.start], ""
    while isinstance(place, Node):
        last, answer = place.id, next(given_) if place.asks else ""
        if place.record and answer:
            recorded.append(f"{place.record}={answer}")
        going = step(script, place.id, answer)
        if isinstance(going, Outcome):
            return going, last, recorded, list(given_)
        place = going
    raise AssertionError("a call ends with an outcome")


# --- what is shipped


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_script_has_no_problems(name: str) -> None:
    assert check_script(shipped(name)) == []
    assert shipped(name).id == name


def test_every_rule_that_wants_a_talk_has_a_script() -> None:
    rules = [rule for name in SHIPPED for rule in shipped(name).rules]
    assert sorted(rules) == ["after-sale", "callback", "dormant-month", "dormant-week", "takeover"]


def test_the_farewell_fits_the_day_in_both_languages() -> None:
    assert set(FAREWELLS) == {"workday", "before_rest", "weekend"}
    assert all(set(words) == set(LANGUAGES) and all(words.values()) for words in FAREWELLS.values())
    assert len({words["zh"] for words in FAREWELLS.values()}) == 3


@pytest.mark.parametrize("name", SHIPPED)
def test_every_talk_that_took_place_or_was_put_off_ends_with_the_farewell(name: str) -> None:
    script = shipped(name)
    last = {way[-1][0] for way, outcome in paths(script) if outcome.code in ("reached", "declined", "inconvenient")}
    for node in last:
        assert script.nodes[node].say.zh.endswith("{farewell}"), node
        assert script.nodes[node].say.en.endswith("{farewell}"), node


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call['script']}: {call['title']}")
def test_a_call_ends_and_is_recorded_as_written(call: dict[str, Any]) -> None:
    outcome, end, recorded, left = walk(shipped(call["script"]), call["answers"])
    assert (outcome.code, end, recorded, left) == (call["outcome"], call["end"], call["recorded"], [])


@pytest.mark.parametrize("name", SHIPPED)
def test_the_transcripts_reach_every_end_and_outcome(name: str) -> None:
    possible = {(way[-1][0], outcome.code) for way, outcome in paths(shipped(name))}
    assert {(call["end"], call["outcome"]) for call in CALLS if call["script"] == name} == possible
    assert {outcome for _, outcome in possible} == set(OUTCOMES)


@pytest.mark.parametrize("name", SHIPPED)
def test_nobody_is_questioned_without_having_agreed(name: str) -> None:
    for way, outcome in paths(shipped(name)):
        if outcome.code == "reached":
            assert ("permission", "yes") in way


def test_each_reason_for_not_ordering_is_confirmed_and_each_problem_marked_immediate_or_not() -> None:
    script = shipped("dormancy")
    for way, _ in paths(script):
        passed = [node for node, _ in way]
        assert ("why" in passed) == ("confirm" in passed)
        assert ("stopped" in passed) == ("urgent" in passed) == ("reach_us" in passed)


def test_a_neutral_answer_is_no_urgent_case_by_itself() -> None:
    ways = [way for way, _ in paths(shipped("satisfaction")) if ("satisfied", "neutral") in way]
    assert ways
    assert all(("urgent", "yes") in way or way[-1][0] == "promise" for way in ways)


# --- the checker


def small() -> dict[str, Any]:
    """The smallest script without a problem."""
    yes = {"key": "yes", "label": {"zh": "好", "en": "yes"}, "goto": "tell"}
    no = {"key": "no", "label": {"zh": "不", "en": "no"}, "end": "inconvenient"}
    return {
        "id": "small",
        "version": 1,
        "title": {"zh": "小", "en": "Small"},
        "minutes": 2,
        "max_questions": 2,
        "rules": ["after-sale"],
        "start": "hello",
        "node": {
            "hello": {"ask": {"zh": "方便吗?", "en": "A good time?"}, "record": "convenient", "answers": [yes, no]},
            "tell": {
                "ask": {"zh": "有建议吗?", "en": "Suggestions?"},
                "record": "suggestion",
                "text": True,
                "goto": "bye",
            },
            "bye": {"say": {"zh": "{farewell}", "en": "{farewell}"}, "end": "reached"},
        },
    }


def put(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    """A change of one place in a script; None takes the key out."""

    def change(data: dict[str, Any]) -> None:
        *way, last = path.split("/")
        place: Any = data
        for key in way:
            place = place[int(key)] if isinstance(place, list) else place[key]
        if value is None:
            del place[last]
        else:
            place[last] = value

    return change


LOOP = {"say": {"zh": "再说一遍", "en": "Again"}, "goto": "bye"}
LONG = {"zh": "说" * 600, "en": "word " * 400}
ENDED = {"say": {"zh": "完", "en": "Done"}, "end": "reached"}
BROKEN = [
    ("wrong-type", "", put("minutes", "two")),
    ("wrong-type", "", put("minutes", True)),
    ("wrong-type", "", put("rules", [1])),
    ("wrong-type", "", put("node", ["hello"])),
    ("wrong-type", "hello", put("node/hello", "hello")),
    ("wrong-type", "hello", put("node/hello/answers", {"key": "yes"})),
    ("wrong-type", "hello", put("node/hello/answers", ["yes"])),
    ("wrong-type", "bye", put("node/bye/say", "hello")),
    ("wrong-type", "bye", put("node/bye/say/zh", 5)),
    ("unknown-key", "", put("autor", "me")),
    ("unknown-key", "bye", put("node/bye/goot", "hello")),
    ("unknown-key", "bye", put("node/bye/say/fr", "salut")),
    ("missing-key", "", put("version", None)),
    ("missing-key", "hello", put("node/hello/answers/0/key", None)),
    ("no-start", "", put("start", "hallo")),
    ("unreachable", "alone", put("node/alone", ENDED)),
    ("unknown-goto", "tell", put("node/tell/goto", "by")),
    ("unknown-goto", "hello", put("node/hello/answers/0/goto", "tel")),
    ("never-ends", "bye", put("node/bye", LOOP)),
    ("no-exit", "bye", put("node/bye/end", None)),
    ("mixed-exit", "bye", put("node/bye/goto", "hello")),
    ("mixed-exit", "hello", put("node/hello/goto", "bye")),
    ("mixed-exit", "hello", put("node/hello/answers/0/end", "reached")),
    ("mixed-exit", "hello", put("node/hello/answers/0/goto", None)),
    ("text-without-goto", "bye", put("node/bye/text", True)),
    ("duplicate-answer", "hello", put("node/hello/answers/1/key", "yes")),
    ("unknown-outcome", "bye", put("node/bye/end", "happy")),
    ("unknown-outcome", "hello", put("node/hello/answers/1/end", "happy")),
    ("unknown-field", "tell", put("node/tell/record", "mood")),
    ("nothing-said", "bye", put("node/bye/say", None)),
    ("missing-language", "", put("title/en", None)),
    ("missing-language", "bye", put("node/bye/say/zh", None)),
    ("missing-language", "hello", put("node/hello/answers/0/label/en", "")),
    ("missing-language", "bye", put("node/bye/hint", {"zh": "慢一点"})),
    ("unknown-placeholder", "bye", put("node/bye/say/zh", "{fare_well}")),
    ("unknown-placeholder", "bye", put("node/bye/say/zh", "{me.__class__}")),
    ("unknown-placeholder", "bye", put("node/bye/say/en", "{me")),
    ("unknown-placeholder", "hello", put("node/hello/answers/0/label/zh", "{}")),
    ("no-permission", "", put("node/hello/record", "person")),
    ("opening-too-long", "", put("node/hello/say", LONG)),
    ("too-long", "", put("node/bye/say", LONG)),
    ("too-many-questions", "", put("max_questions", 1)),
]


def test_the_smallest_script_has_no_problems() -> None:
    assert check_script(load_script(small())) == []


@pytest.mark.parametrize(("code", "node", "change"), BROKEN, ids=[f"{n}-{c[0]}" for n, c in enumerate(BROKEN)])
def test_a_fault_is_found_where_it_is(code: str, node: str, change: Callable[[dict[str, Any]], None]) -> None:
    data = small()
    change(data)
    script = load_script(data)
    assert (code, node) in [(problem.code, problem.node) for problem in check_script(script)]
    for language in LANGUAGES:  # a broken script can still be looked at
        assert isinstance(lay_out(script, VALUES, language), tuple)
    assert all(outcome.code for _, outcome in paths(script))


def test_every_kind_of_problem_has_a_case() -> None:
    assert sorted({code for code, _, _ in BROKEN}) == sorted(PROBLEMS)


def test_one_fault_is_reported_once() -> None:
    data = small()
    put("node/tell/goto", "by")(data)
    put("node/bye", None)(data)
    assert [problem.code for problem in check_script(load_script(data))] == ["unknown-goto"]


def test_a_problem_names_the_facts() -> None:
    data = small()
    put("node/tell/ask", {"zh": "说" * 480, "en": "word"})(data)
    put("max_questions", 1)(data)
    found = {problem.code: dict(problem.params) for problem in check_script(load_script(data))}
    assert found == {
        "too-many-questions": {"questions": 2, "limit": 1},
        "too-long": {"language": "zh", "seconds": 128, "limit": 120},  # 480 + 3 + 4 characters, two answers of 3 s
    }


@pytest.mark.parametrize(("characters", "codes"), [(180, []), (181, ["opening-too-long"])])
def test_an_opening_may_be_as_long_as_promised(characters: int, codes: list[str]) -> None:
    data = small()
    put("node/hello/ask", {"zh": "说" * characters, "en": "word"})(data)
    pace = Pace(zh_characters=4, answer_seconds=0, opening_seconds=45)
    assert [problem.code for problem in check_script(load_script(data), pace)] == codes


@pytest.mark.parametrize(("words", "codes"), [(289, []), (290, ["too-long"])])
def test_the_speed_of_english_is_a_parameter(words: int, codes: list[str]) -> None:
    data = small()
    put("node/tell/ask", {"zh": "说", "en": "word " * words})(data)
    pace = Pace(en_words=2.5, answer_seconds=0, value_words=8)  # 2.5 words a second, 120 seconds, 3 + 8 others
    assert [problem.code for problem in check_script(load_script(data), pace)] == codes


def test_the_longer_way_counts_where_two_ways_meet() -> None:
    data = small()
    data["node"]["side"] = data["node"]["tell"] | {"goto": "tell"}
    data["node"]["hello"]["answers"].append({"key": "side", "label": ENDED["say"], "goto": "side"})
    assert [dict(problem.params) for problem in check_script(load_script(data))] == [{"questions": 3, "limit": 2}]


def test_a_script_that_promises_no_time_is_not_measured() -> None:
    data = small()
    put("minutes", 0)(data)
    put("node/hello", {"say": LONG, "goto": "tell"})(data)
    assert check_script(load_script(data)) == []


# --- one step


def test_free_text_takes_the_way_for_other_answers() -> None:
    script = shipped("satisfaction")
    assert (
        step(script, "found_us", "referral") == step(script, "found_us", "在路上看到的车") == script.nodes["suggestion"]
    )
    assert step(script, "greet_again") == script.nodes["permission"]
    assert step(script, "thanks") == Outcome("reached")


def test_a_named_answer_goes_before_free_text() -> None:
    data = small()
    data["node"]["tell"]["answers"] = [{"key": "stop", "label": ENDED["say"], "end": "declined"}]
    script = load_script(data)
    assert check_script(script) == []
    assert (step(script, "tell", "stop"), step(script, "tell", "stopp")) == (Outcome("declined"), script.nodes["bye"])


@pytest.mark.parametrize(("node", "answer"), [("greeting", "maybe"), ("greeting", ""), ("nowhere", "yes")])
def test_an_answer_that_a_node_does_not_have_is_refused(node: str, answer: str) -> None:
    with pytest.raises(LookupError):
        step(shipped("satisfaction"), node, answer)


@given(name=st.sampled_from(sorted(SHIPPED)), choice=st.data())
def test_a_random_walk_ends_or_can_be_ended(name: str, choice: st.DataObject) -> None:
    script = shipped(name)
    place: Node | Outcome = script.nodes[script.start]
    for _ in range(60):
        if isinstance(place, Outcome):
            break
        keys = [way.key for way in place.exits] + (["随便说说"] if place.text else [])
        place = step(script, place.id, choice.draw(st.sampled_from(keys)))
    assert place.code in OUTCOMES if isinstance(place, Outcome) else any(can_end(script, place.id))


def can_end(script: Script, start: str) -> Iterator[bool]:
    seen, ahead = {start}, [start]
    while ahead:
        for way in script.nodes[ahead.pop()].exits:
            yield bool(way.end)
            if way.goto and way.goto not in seen:
                seen.add(way.goto)
                ahead.append(way.goto)


# --- the printed reading


def spoken(lines: tuple[Line, ...]) -> list[str]:
    return [line.text for line in lines if line.kind in ("say", "ask")]


@pytest.mark.parametrize(("name", "language"), SHIPPED_AND_LANGUAGE)
def test_the_reading_holds_every_node_once_and_every_answer(name: str, language: str) -> None:
    script = shipped(name)
    lines = lay_out(script, VALUES, language)
    texts = [text for node in script.nodes.values() for text in (node.say.of(language), node.ask.of(language)) if text]
    assert sorted(spoken(lines)) == sorted(fill(text, VALUES) for text in texts)
    labels = [answer.label.of(language) for node in script.nodes.values() for answer in node.answers]
    assert not set(labels) - {line.text for line in lines if line.kind == "answer"}
    assert {line.node for line in lines} == set(script.nodes)
    assert BLANK not in "".join(line.text for line in lines)
    assert min(line.depth for line in lines) == 0


@pytest.mark.parametrize(
    ("language", "both"),
    [
        ("zh", ["听您这么说,我们很高兴。", "实在对不起,给您添麻烦了。"]),
        ("en", ["I am very glad to hear that.", "I am very sorry about that."]),
    ],
)
def test_both_branches_stand_in_the_reading(language: str, both: list[str]) -> None:
    assert set(both) <= set(spoken(lay_out(shipped("satisfaction"), VALUES, language)))


@pytest.mark.parametrize(("name", "language"), SHIPPED_AND_LANGUAGE)
def test_a_reference_finds_its_place(name: str, language: str) -> None:
    lines = lay_out(shipped(name), VALUES, language)
    see, (left, right) = {"zh": ("→ 见 ", "〔〕"), "en": ("→ see ", "()")}[language]
    letters = [line.text.removeprefix(see) for line in lines if line.kind == "goto"]
    heads = [line.text.strip(left + right) for line in lines if line.kind == "hint" and line.text.startswith(left)]
    assert len(set(letters)) > 2
    assert heads == sorted(set(letters))


def test_a_reading_in_full() -> None:
    data = small()
    again = {"key": "again", "label": {"zh": "再说", "en": "again"}, "goto": "hello"}
    data["node"]["hello"]["answers"].append(again)
    assert [(line.kind, line.depth, line.text, line.node) for line in lay_out(load_script(data), {}, "zh")] == [
        ("hint", 0, "〔A〕", "hello"),
        ("ask", 0, "方便吗?", "hello"),
        ("answer", 1, "好", "hello"),
        ("ask", 2, "有建议吗?", "tell"),
        ("hint", 2, "照客户的原话记", "tell"),
        ("say", 2, BLANK, "bye"),
        ("end", 2, "结束:已谈到本人", "bye"),
        ("answer", 1, "不", "hello"),
        ("end", 2, "结束:现在不方便", "hello"),
        ("answer", 1, "再说", "hello"),
        ("goto", 2, "→ 见 A", "hello"),
    ]


def test_answers_that_lead_to_one_place_make_no_branch() -> None:
    lines = lay_out(shipped("satisfaction"), VALUES, "en")
    at = [line.text for line in lines].index("If friends of yours needed the same, would you recommend us?")
    assert [(line.kind, line.depth - lines[at].depth) for line in lines[at : at + 6]] == [
        *[("ask", 0), ("answer", 1), ("answer", 1), ("answer", 1), ("say", 0), ("end", 0)]
    ]


def test_a_place_stands_where_the_ways_to_it_part() -> None:
    lines = lay_out(shipped("satisfaction"), VALUES, "en")
    depth = {line.node: line.depth for line in lines if line.kind in ("say", "ask")}
    assert depth["improve"] == depth["satisfied"] == depth["permission"] + 2
    assert depth["permission"] == depth["wrong"] == depth["greeting"] == 0


def test_more_than_twenty_six_places_keep_different_letters() -> None:
    data = small()
    fork = [{"key": key, "label": {"zh": key, "en": key}} for key in "ab"]
    for number in range(30):
        ways = [fork[0] | {"goto": f"side{number}"}, fork[1] | {"goto": f"n{number + 1}"}]
        data["node"][f"n{number}"] = {"ask": {"zh": "?", "en": "?"}, "answers": ways}
        data["node"][f"side{number}"] = {"say": {"zh": "!", "en": "!"}, "goto": f"n{number + 1}"}
    data["node"]["n30"] = ENDED
    lines = lay_out(load_script(data | {"start": "n0"}), {}, "en")
    heads = [line.text for line in lines if line.kind == "hint"]
    assert len(set(heads)) == 30
    assert heads[0] == "(A)"


# --- values are values


HOSTILE = ["[/]", "{0.__class__}", "{me}", "{", "\x1b[31m", "\\1\\g<0>", "%s", "</script>", "\u202e", "$(rm)", "'"]


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hostile_value_comes_through_literally(value: str, language: str) -> None:
    script = shipped("dormancy")
    lines = lay_out(script, VALUES | {"contact": value}, language)
    assert script.nodes["greeting"].ask.of(language).replace("{contact}", value).replace("{name}", "华东涂料").replace(
        "{title}", "女士"
    ) in spoken(lines)


@pytest.mark.parametrize(
    "values", [{}, dict.fromkeys(PLACEHOLDERS, ""), dict.fromkeys(PLACEHOLDERS, "  "), dict.fromkeys(PLACEHOLDERS)]
)
def test_a_missing_value_is_a_visible_blank(values: dict[str, str]) -> None:
    lines = lay_out(shipped("dormancy"), values, "zh")
    assert f"您好!我是{BLANK}的客服{BLANK}。" in spoken(lines)


@given(st.text(), st.dictionaries(st.sampled_from(sorted(PLACEHOLDERS)), st.text()))
def test_filling_never_fails_and_leaves_other_text_alone(text: str, values: dict[str, str]) -> None:
    filled = fill(text, values)
    if not any(f"{{{name}}}" in text for name in PLACEHOLDERS):
        assert filled == text


# --- any script at all

NAMES = st.sampled_from("abcdefgh")
WORDS = st.fixed_dictionaries({"zh": st.just("说"), "en": st.just("say")})
ANSWERS = st.lists(
    st.fixed_dictionaries({"key": NAMES, "label": WORDS}, optional={"goto": NAMES, "end": st.just("reached")}),
    max_size=3,
)
NODES = st.fixed_dictionaries(
    {"say": WORDS}, optional={"answers": ANSWERS, "goto": NAMES, "end": st.just("reached"), "text": st.booleans()}
)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*sorted(small()), "zh"]), inner),
    max_leaves=12,
)


@given(st.dictionaries(NAMES, NODES, min_size=1))
def test_any_graph_is_checked_and_printed_with_each_node_once(nodes: dict[str, Any]) -> None:
    script = load_script(small() | {"node": nodes, "start": min(nodes)})
    problems = check_script(script)
    lost = {problem.node for problem in problems if problem.code == "unreachable"}
    printed = [line.node for line in lay_out(script, {}, "en") if line.kind == "say"]
    assert sorted(printed) == sorted(set(script.nodes) - lost)


@given(st.dictionaries(st.sampled_from(sorted(small())), JUNK))
def test_any_table_is_loaded_and_its_faults_are_reported(data: dict[str, Any]) -> None:
    whole = copy.deepcopy(small()) | data
    script = load_script(whole)
    assert {problem.code for problem in check_script(script)} <= set(PROBLEMS)
    assert isinstance(lay_out(script, {}, "zh"), tuple)
