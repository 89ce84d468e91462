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
    LANGUAGES,
    OUTCOMES,
    PROBLEMS,
    Node,
    Outcome,
    Pace,
    Script,
    check_script,
    lay_out,
    load_script,
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
    "campaign": "春季新品",
    "salesperson": "赵强",
    "farewell": "祝您工作顺利，再见！",
}


def shipped(name: str, language: str = "zh") -> Script:
    return load_script(FILES[name, language])


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
    assert set(FAREWELLS) == {"workday", "before_rest", "weekend", "festival"}
    assert all(set(words) == set(LANGUAGES) and all(words.values()) for words in FAREWELLS.values())
    assert len({words["zh"] for words in FAREWELLS.values()}) == 4


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


LONG = {"zh": "说" * 600, "en": "word " * 400}
ENDED = {"say": {"zh": "完", "en": "Done"}, "end": "reached"}
BROKEN = tomllib.loads(Path(__file__).with_name("broken_scripts.toml").read_text(encoding="utf-8"))["case"]


def broken(case: dict[str, Any]) -> dict[str, Any]:
    """The smallest script with one of the faults in it."""
    data, value = small(), case.get("value")
    if "times" in case:
        value = {language: text * case["times"] for language, text in case["value"].items()}
    put(case["at"], value)(data)
    return data


def test_the_smallest_script_has_no_problems() -> None:
    assert check_script(load_script(small())) == []


@pytest.mark.parametrize("case", BROKEN, ids=[f"{n}-{case['code']}" for n, case in enumerate(BROKEN)])
def test_a_fault_is_found_where_it_is(case: dict[str, Any]) -> None:
    script = load_script(broken(case))
    assert (case["code"], case["node"]) in [(problem.code, problem.node) for problem in check_script(script)]
    for language in LANGUAGES:  # a broken script can still be looked at
        assert isinstance(lay_out(script, VALUES, language), tuple)
    assert all(outcome.code for _, outcome in paths(script))


def test_every_kind_of_problem_has_a_case() -> None:
    assert sorted({case["code"] for case in BROKEN}) == sorted(PROBLEMS)


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
