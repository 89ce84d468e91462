"""A talk along a script: what is asked, what an answer may be, a step back, a talk taken up again, and what it brings."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revisit.policy.scripts import LANGUAGES, OUTCOMES, Step, Talk, TalkError, answers_of, load_script
from tests.policy.test_scripts import SHIPPED, shipped, small, talked


def test_a_talk_goes_from_question_to_question_to_its_end() -> None:
    talk = talked("satisfaction")
    assert talk.at is not None
    assert (talk.at.id, talk.ended) == ("greeting", "")
    talk = talked("satisfaction", "contact", "no", "明天上午十点")
    assert (talk.at, talk.ended) == (None, "inconvenient")
    assert [one.node for one in talk.steps] == ["greeting", "permission", "book", "booked"]


def test_an_answer_that_ends_the_call_ends_it() -> None:
    talk = talked("satisfaction", "no_answer")
    assert (talk.at, talk.ended, len(talk.steps)) == (None, "no_answer", 1)


@pytest.mark.parametrize(
    ("answers", "key", "text", "code"),
    [
        ((), "maybe", "", "unknown-answer"),
        ((), "", "我也不知道", "unknown-answer"),
        (("no_answer",), "contact", "", "ended"),
        (("contact", "yes", "dissatisfied"), "", "  ", "required"),
    ],
)
def test_an_answer_that_cannot_be_is_refused(answers: tuple[str, ...], key: str, text: str, code: str) -> None:
    with pytest.raises(TalkError) as caught:
        talked("satisfaction", *answers).say(key, text)
    assert caught.value.code == code


def test_a_step_that_does_not_exist_is_told() -> None:
    data = small()
    data["node"]["tell"]["goto"] = "nowhere"
    with pytest.raises(TalkError) as caught:
        Talk(load_script(data)).say("yes").say(text="好")
    assert caught.value.code == "leads-nowhere"


def test_what_is_typed_and_when_is_kept() -> None:
    talk = talked("satisfaction").say("other", " 张经理 ", seconds=12)
    assert talk.steps == (Step("greeting", "other", "张经理", 12),)


def test_the_answers_are_numbered_for_the_screen() -> None:
    node = shipped("dormancy").nodes["confirm"]
    signs = [sign for sign, _ in answers_of(node)]
    assert signs[:3] == ["1", "2", "3"]
    assert len(set(signs)) == len(node.answers) > 9
    assert [answer for _, answer in answers_of(node)] == list(node.answers)


# --- what a talk brings


def test_a_time_to_call_back_is_what_was_typed_and_no_answer_that_was_chosen() -> None:
    data = small()
    data["node"]["tell"] |= {"record": "callback", "answers": [{"key": "none", "label": "不约", "goto": "bye"}]}
    talk = Talk(load_script(data)).say("yes")
    assert talk.say("none").brought().callback == ""
    assert talk.say(text="2026-03-13 15:00").brought().callback == "2026-03-13 15:00"


def test_a_satisfied_customer() -> None:
    brought = talked("satisfaction", "contact", "yes", "satisfied", "referral", "常来坐坐", "maybe").brought()
    assert brought.fields == {
        "person": "contact",
        "convenient": "yes",
        "satisfaction": "satisfied",
        "found_us": "朋友或同行介绍",
        "suggestion": "常来坐坐",
        "recommend": "看情况",
    }
    assert (brought.opens_case, brought.immediate, brought.case_text, brought.with_whom) == (
        False,
        False,
        "",
        "customer",
    )


def test_a_dissatisfied_customer_brings_a_case() -> None:
    talk = talked("satisfaction", "contact", "yes", "dissatisfied").say("delivery", "晚了三天")
    talk = talk.say(text="提前一天通知").say("yes")
    assert talk.at is not None
    brought = talk.say().brought()
    assert (brought.fields["reason"], brought.fields["suggestion"]) == ("交货；晚了三天", "提前一天通知")
    assert (brought.opens_case, brought.immediate) == (True, True)
    assert brought.case_text == "交货；晚了三天；提前一天通知"


def test_each_reason_is_recorded_and_only_problems_make_the_case() -> None:
    said = ["contact", "yes", "仓库里还有", "stock", "yes", "价格也高", "price", "涨了一成", "no", "yes"]
    said += ["送货慢", "delivery", "等了一周", "yes", "yes", "没别的活", "season", "no", "yes"]
    talk = talked("dormancy", *said)
    assert talk.ended == "reached"
    brought = talk.brought()
    assert brought.fields["reason"] == "库存还够（不是问题）；价格；涨了一成；交货；等了一周；淡季，活少（不是问题）"
    assert brought.case_text == "价格；涨了一成；交货；等了一周"
    assert (brought.opens_case, brought.immediate, brought.fields["immediate"]) == (True, True, "yes")
    assert brought.fields["would_order_again"] == "愿意"


def test_the_words_of_the_record_are_those_of_the_language_of_the_talk() -> None:
    talk = talked("satisfaction", "contact", "yes", "neutral", language="en").say("price", "ten per cent up")
    assert talk.brought().fields["reason"] == "price; ten per cent up"


def test_who_was_spoken_to_and_when_to_call_again() -> None:
    talk = Talk(shipped("satisfaction")).say("other", "张经理").say("away").say(text="周五15:00")
    brought = talk.brought()
    assert (brought.fields["person"], brought.callback) == ("away", "周五15:00")


def test_what_no_field_takes_down_is_a_note() -> None:
    talk = talked("satisfaction", "contact", "yes").say("neutral", "还行吧")
    assert talk.brought().note == "还行吧"


# --- a step back, a talk taken up again


def test_a_step_back_takes_the_answer_out_of_the_record() -> None:
    talk = talked("satisfaction", "contact", "yes", "dissatisfied").say("delivery", "晚了三天").back().back()
    assert talk.at is not None
    assert talk.at.id == "satisfied"
    brought = talk.say("satisfied").brought()
    assert "reason" not in brought.fields
    assert not brought.opens_case


def test_at_the_start_there_is_no_step_back() -> None:
    talk = Talk(shipped("callback"))
    assert talk.back() is talk or talk.back() == talk


def test_a_talk_is_taken_up_as_far_as_the_script_still_leads() -> None:
    talk = talked("satisfaction", "contact", "yes", "satisfied", "referral")
    script = talk.script
    without = replace(script, nodes={**script.nodes, "satisfied": replace(script.nodes["satisfied"], answers=())})
    again = Talk.resume(without, talk.steps)
    assert again.at is not None
    assert (again.at.id, again.lost) == ("satisfied", 2)
    renamed = replace(script, start="ask_for")
    assert Talk.resume(renamed, talk.steps).lost == 4
    assert Talk.resume(script, talk.steps).lost == 0
    assert Talk.resume(script, [*talk.steps, Step("greeting", "contact")]).lost == 1


# --- any walk


@st.composite
def walks(draw: st.DrawFn) -> Talk:
    """A talk along a shipped script with random answers, as far as somebody chooses to go."""
    talk = Talk(shipped(draw(st.sampled_from(sorted(SHIPPED))), draw(st.sampled_from(LANGUAGES))))
    for _ in range(draw(st.integers(0, 40))):
        if talk.at is None:
            break
        talk = answered(draw, talk)
    return talk


def answered(draw: st.DrawFn, talk: Talk) -> Talk:
    node = talk.at
    assert node is not None
    keys = [answer.key for answer in node.answers]
    typed = st.text("说abc", min_size=int(node.required), max_size=3)
    if keys and not (node.text and draw(st.booleans())):
        return talk.say(draw(st.sampled_from(keys)), draw(st.just("") | typed))
    return talk.say(text=draw(typed) if node.text else "", seconds=draw(st.integers(0, 300)))


@given(walks())
def test_a_walk_ends_or_can_end(talk: Talk) -> None:
    ahead, seen = [talk], set[str]()
    while ahead and (node := ahead[0].at) is not None:
        talk = ahead.pop(0)
        for key in [answer.key for answer in node.answers] or [""]:
            further = talk.say(key, "好" if node.text else "")
            place = further.at
            if place is None or place.id not in seen:
                seen.add(place.id if place else "")
                ahead.insert(0 if place is None else len(ahead), further)
    assert ahead
    assert ahead[0].ended in OUTCOMES


@given(walks(), st.data())
def test_a_step_back_is_where_one_was(talk: Talk, choice: st.DataObject) -> None:
    if talk.at is not None:
        further = answered(choice.draw, talk)
        assert further.back() == talk
        assert further.back().brought() == talk.brought()


@given(walks())
def test_a_talk_taken_up_again_is_the_same(talk: Talk) -> None:
    again = Talk.resume(talk.script, talk.steps)
    assert (again, again.lost, again.brought()) == (talk, 0, talk.brought())


@given(walks())
def test_a_record_holds_what_was_answered_on_the_way_that_was_gone(talk: Talk) -> None:
    brought = talk.brought()
    passed = [talk.script.nodes[one.node] for one in talk.steps]
    assert set(brought.fields) <= {node.record for node in passed}
    labels = {
        answer.label for node in passed for answer in node.answers if answer.key in [one.key for one in talk.steps]
    }
    words = "".join([*labels, *(one.text + one.key for one in talk.steps), "yes；; "])
    assert all(set(text) <= set(words) for text in brought.fields.values())
    assert brought.opens_case == any(node.opens_case for node in passed)
