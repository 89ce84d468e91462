"""Call scripts: the shipped ones are sound, the checker finds each kind of fault, the printed reading holds all branches."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revisit.policy.scripts import (
    LANGUAGES,
    OUTCOMES,
    PROBLEMS,
    Outcome,
    Pace,
    Script,
    Talk,
    check_pair,
    check_script,
    lay_out,
    load_script,
    outline,
    paths,
    step,
)

FOLDER = Path(__file__).parents[2] / "templates" / "scripts"
FILES = {
    (path.stem, path.parent.name): tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted(FOLDER.glob("*/*.toml"))
}
SHIPPED = sorted({name for name, _ in FILES} - {"farewells"})
TO_CUSTOMERS = [name for name in SHIPPED if name != "brief"]
TALKS = tomllib.loads(Path(__file__).with_name("transcripts.toml").read_text(encoding="utf-8"))
CALLS = [{"script": name, **opening} for name in TO_CUSTOMERS for opening in TALKS["opening"]] + TALKS["call"]
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
    "campaign": "春季新品",
    "salesperson": "赵强",
    "farewell": "祝您工作顺利，再见！",
}


def shipped(name: str, language: str = "zh") -> Script:
    return load_script(FILES[name, language])


def talked(name: str, *answers: str, language: str = "zh") -> Talk:
    """A talk along a shipped script; an answer that is no key was typed. Nodes that only say something are passed."""
    talk, left = Talk(shipped(name, language)), list(answers)
    while (node := talk.at) is not None and (left or not node.asks):
        word = left.pop(0) if node.asks else ""
        talk = talk.say(word) if word in [one.key for one in node.answers] else talk.say(text=word)
    assert not left
    return talk


# --- what is shipped


@pytest.mark.parametrize(("name", "language"), SHIPPED_AND_LANGUAGE)
def test_a_shipped_script_has_no_problems(name: str, language: str) -> None:
    script, other = shipped(name, language), shipped(name, "en" if language == "zh" else "zh")
    assert check_script(script) == check_pair(script, other) == []
    assert (script.id, script.language) == (name, language)


def test_every_rule_that_wants_a_talk_has_a_script() -> None:
    rules = [rule for name in SHIPPED for rule in shipped(name).rules]
    assert sorted(rules) == [
        "after-sale", "brief", "callback", "campaign", "case-revisit", "dormant-month", "dormant-week", "prospect",
        "takeover",
    ]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_farewell_fits_the_day(language: str) -> None:
    words = FILES["farewells", language]
    assert set(words) == {"workday", "before_rest", "weekend", "festival"}
    assert len(set(words.values())) == 4


@pytest.mark.parametrize("name", TO_CUSTOMERS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_talk_that_took_place_or_was_put_off_ends_with_the_farewell(name: str, language: str) -> None:
    script = shipped(name, language)
    last = {way[-1][0] for way, outcome in paths(script) if outcome.code in ("reached", "declined", "inconvenient")}
    assert [node for node in last if not script.nodes[node].say.endswith("{farewell}")] == []


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call['script']}: {call['title']}")
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_call_ends_and_is_recorded_as_written(call: dict[str, Any], language: str) -> None:
    talk = talked(call["script"], *call["answers"], language=language)
    records = [(talk.script.nodes[one.node].record, one.key or one.text) for one in talk.steps]
    recorded = [f"{record}={said}" for record, said in records if record and said]
    assert (talk.ended, talk.steps[-1].node, recorded) == (call["outcome"], call["end"], call["recorded"])


@pytest.mark.parametrize("name", SHIPPED)
def test_the_transcripts_reach_every_end_and_outcome(name: str) -> None:
    possible = {(way[-1][0], outcome.code) for way, outcome in paths(shipped(name))}
    assert {(call["end"], call["outcome"]) for call in CALLS if call["script"] == name} == possible
    assert {outcome for _, outcome in possible} == (set(OUTCOMES) if name in TO_CUSTOMERS else {"reached"})


def test_a_talk_with_the_salesperson_is_one() -> None:
    assert [shipped(name).with_whom for name in SHIPPED if name != "brief"] == ["customer"] * 8
    assert shipped("brief").with_whom == talked("brief").brought().with_whom == "sales"


@pytest.mark.parametrize("name", TO_CUSTOMERS)
def test_nobody_is_questioned_without_having_agreed(name: str) -> None:
    for way, outcome in paths(shipped(name)):
        if outcome.code == "reached":
            assert ("permission", "yes") in way


def test_a_satisfied_customer_is_asked_how_they_found_us_for_suggestions_and_a_recommendation() -> None:
    """P3 2.3 and C2 of the requirements: what is asked of whom, in which order."""
    asked = {
        key: [node for node, _ in way if shipped("satisfaction").nodes[node].asks][3:]
        for way, _ in paths(shipped("satisfaction"))
        for key in ("satisfied", "neutral", "dissatisfied")
        if ("satisfied", key) in way and ("greeting", "contact") in way
    }
    assert asked == {
        "satisfied": ["found_us", "suggestion", "recommend"],
        "neutral": ["so_so", "improve", "urgent"],
        "dissatisfied": ["sorry", "improve", "urgent"],
    }


@pytest.mark.parametrize("name", ["satisfaction", "callback", "complaint"])
def test_whoever_is_not_satisfied_has_a_case(name: str) -> None:
    script = shipped(name)
    asks = [node.id for node in script.nodes.values() if node.record == "satisfaction"]
    for way, _ in paths(script):
        unhappy = [node for node, key in way if node in asks and key != "satisfied"]
        opened = [node for node, _ in way if script.nodes[node].opens_case]
        assert bool(opened) >= bool(unhappy)
        assert not opened or unhappy or ("solved", "no") in way or ("solved", "partly") in way


def test_each_reason_for_not_ordering_is_confirmed_and_each_problem_marked_immediate_or_not() -> None:
    script = shipped("dormancy")
    for way, _ in paths(script):
        passed = [node for node, _ in way]
        assert ("why" in passed) == ("confirm" in passed)
        assert ("stopped" in passed) == ("urgent" in passed) == ("order_again" in passed) == ("reach_us" in passed)
        assert ("recommend" in passed) == ("suggestion" in passed) == ("thanks" in passed)
    assert script.nodes["urgent"].opens_case


def test_a_neutral_answer_is_no_urgent_case_by_itself() -> None:
    ways = [way for way, _ in paths(shipped("satisfaction")) if ("satisfied", "neutral") in way]
    assert ways
    assert all(("urgent", "yes") in way or way[-1][0] == "promise" for way in ways)


# --- the checker


def small() -> dict[str, Any]:
    """The smallest script without a problem."""
    return {
        "id": "small",
        "version": 1,
        "language": "zh",
        "title": "小",
        "minutes": 2,
        "max_questions": 2,
        "rules": ["after-sale"],
        "start": "hello",
        "node": {
            "hello": {
                "ask": "方便吗？",
                "record": "convenient",
                "answers": [
                    {"key": "yes", "label": "好", "goto": "tell"},
                    {"key": "no", "label": "不", "end": "inconvenient"},
                ],
            },
            "tell": {"ask": "有建议吗？", "record": "suggestion", "text": True, "goto": "bye"},
            "bye": {"say": "{farewell}", "end": "reached"},
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


LONG = "说" * 600
ENDED = {"say": "完", "end": "reached"}
BROKEN = tomllib.loads(Path(__file__).with_name("broken_scripts.toml").read_text(encoding="utf-8"))["case"]


def broken(case: dict[str, Any]) -> dict[str, Any]:
    """The smallest script with one of the faults in it."""
    data, value = small(), case.get("value")
    put(case["at"], value * case["times"] if "times" in case else value)(data)
    return data


def test_the_smallest_script_has_no_problems() -> None:
    assert check_script(load_script(small())) == []


@pytest.mark.parametrize("case", BROKEN, ids=[f"{n}-{case['code']}" for n, case in enumerate(BROKEN)])
def test_a_fault_is_found_where_it_is(case: dict[str, Any]) -> None:
    script = load_script(broken(case))
    keys = [(problem.code, "/".join(map(str, problem.key))) for problem in check_script(script)]
    assert (case["code"], case["key"]) in keys
    assert isinstance(lay_out(script, VALUES), tuple)  # a broken script can still be looked at
    assert isinstance(outline(script), tuple)
    assert all(outcome.code for _, outcome in paths(script))


def test_every_kind_of_problem_has_a_case() -> None:
    assert sorted({case["code"] for case in BROKEN} | {"language-lacks", "language-differs"}) == sorted(PROBLEMS)


def test_one_fault_is_reported_once() -> None:
    data = small()
    put("node/tell/goto", "by")(data)
    put("node/bye", None)(data)
    assert [problem.code for problem in check_script(load_script(data))] == ["unknown-goto"]


def test_a_problem_names_the_facts() -> None:
    data = small()
    put("node/tell/ask", "说" * 480)(data)
    put("max_questions", 1)(data)
    found = {problem.code: dict(problem.params) for problem in check_script(load_script(data))}
    assert found == {
        "too-many-questions": {"questions": 2, "limit": 1},
        "too-long": {"seconds": 128, "limit": 120},  # 480 + 3 + 4 characters, two answers of 3 s
    }


@pytest.mark.parametrize(("characters", "codes"), [(180, []), (181, ["opening-too-long"])])
def test_an_opening_may_be_as_long_as_promised(characters: int, codes: list[str]) -> None:
    data = small()
    put("node/hello/ask", "说" * characters)(data)
    pace = Pace(zh_characters=4, answer_seconds=0, opening_seconds=45)
    assert [problem.code for problem in check_script(load_script(data), pace)] == codes


@pytest.mark.parametrize(("words", "codes"), [(292, []), (293, ["too-long"])])
def test_english_is_measured_in_words(words: int, codes: list[str]) -> None:
    data = small() | {"language": "en"}
    put("node/hello/ask", "say")(data)
    put("node/tell/ask", "word " * words)(data)
    pace = Pace(en_words=2.5, answer_seconds=0, value_words=7)  # 2.5 words a second, 120 seconds, 1 + 7 others
    assert [problem.code for problem in check_script(load_script(data), pace)] == codes


def test_the_longer_way_counts_where_two_ways_meet() -> None:
    data = small()
    data["node"]["side"] = data["node"]["tell"] | {"goto": "tell"}
    data["node"]["hello"]["answers"].append({"key": "side", "label": "边上", "goto": "side"})
    assert [dict(problem.params) for problem in check_script(load_script(data))] == [{"questions": 3, "limit": 2}]


def test_a_script_that_promises_no_time_is_not_measured() -> None:
    data = small()
    put("minutes", 0)(data)
    put("node/hello", {"say": LONG, "goto": "tell"})(data)
    assert check_script(load_script(data)) == []


def test_a_case_opened_on_the_way_is_enough() -> None:
    data = small()
    data["node"]["hello"]["answers"][0]["unhappy"] = True
    for node in ("tell", "bye", "hello"):
        opened = copy.deepcopy(data)
        opened["node"][node]["opens_case"] = True
        assert check_script(load_script(opened)) == []


def test_satisfaction_needs_no_mark_to_be_unhappy() -> None:
    data = small()
    keys = [{"key": key, "label": key, "end": "reached"} for key in ("satisfied", "neutral", "dissatisfied")]
    data["node"]["tell"] = {"ask": "满意吗？", "record": "satisfaction", "answers": keys}
    del data["node"]["bye"]
    found = [(problem.code, problem.params["key"]) for problem in check_script(load_script(data))]
    assert found == [("unhappy-without-case", "neutral"), ("unhappy-without-case", "dissatisfied")]


# --- two languages


DIFFERENT = {
    "a step": ("node/bye", None, [("language-lacks", "bye", "")]),
    "an answer": (
        "node/hello/answers",
        [{"key": "yes", "label": "yes", "goto": "tell"}],
        [("language-lacks", "hello", "no")],
    ),
    "a way": ("node/tell/goto", "hello", [("language-differs", "tell", "goto")]),
    "an answer's way": ("node/hello/answers/1/end", "declined", [("language-differs", "hello", "end")]),
    "a mark": ("node/hello/answers/1/unhappy", True, [("language-differs", "hello", "unhappy")]),
    "a field": ("node/tell/record", "reason", [("language-differs", "tell", "record")]),
    "what has to be": ("node/tell/required", True, [("language-differs", "tell", "required")]),
    "a case": ("node/bye/opens_case", True, [("language-differs", "bye", "opens_case")]),
    "the promise": ("minutes", 3, [("language-differs", "", "minutes")]),
    "the rules": ("rules", ["callback"], [("language-differs", "", "rules")]),
    "whom": ("with_whom", "sales", [("language-differs", "", "with_whom")]),
    "words": ("node/bye/say", "Goodbye! {farewell}", []),
    "a version": ("version", 7, []),
    "one step more": ("node/more", ENDED, []),
}


@pytest.mark.parametrize("case", DIFFERENT)
def test_what_one_language_lacks_is_found(case: str) -> None:
    at, value, expected = DIFFERENT[case]
    data = small() | {"language": "en"}
    put(at, value)(data)
    found = check_pair(load_script(data), load_script(small()))
    assert [(one.code, one.node, one.params.get("part", one.params.get("key"))) for one in found] == expected


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
    data["node"]["tell"]["answers"] = [{"key": "stop", "label": "停", "end": "declined"}]
    script = load_script(data)
    assert check_script(script) == []
    assert (step(script, "tell", "stop"), step(script, "tell", "stopp")) == (Outcome("declined"), script.nodes["bye"])


@pytest.mark.parametrize(("node", "answer"), [("greeting", "maybe"), ("greeting", ""), ("nowhere", "yes")])
def test_an_answer_that_a_node_does_not_have_is_refused(node: str, answer: str) -> None:
    with pytest.raises(LookupError):
        step(shipped("satisfaction"), node, answer)


# --- any script at all

NAMES = st.sampled_from("abcdefgh")
WORDS = st.just("说")
ANSWERS = st.lists(
    st.fixed_dictionaries(
        {"key": NAMES, "label": WORDS}, optional={"goto": NAMES, "end": st.just("reached"), "unhappy": st.booleans()}
    ),
    max_size=3,
)
NODES = st.fixed_dictionaries(
    {"say": WORDS},
    optional={
        "answers": ANSWERS,
        "goto": NAMES,
        "end": st.just("reached"),
        "text": st.booleans(),
        "opens_case": st.booleans(),
    },
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
    printed = [line.node for line in lay_out(script, {}) if line.kind == "say"]
    assert sorted(printed) == sorted(set(script.nodes) - lost)


@given(st.dictionaries(st.sampled_from(sorted(small())), JUNK))
def test_any_table_is_loaded_and_its_faults_are_reported(data: dict[str, Any]) -> None:
    whole = copy.deepcopy(small()) | data
    script = load_script(whole)
    assert {problem.code for problem in check_script(script)} <= set(PROBLEMS)
    assert isinstance(lay_out(script, {}), tuple)
