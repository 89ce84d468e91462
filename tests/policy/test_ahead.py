"""When to call back, as people say it: every phrase of callback_phrases.toml is right or refused, none silently wrong."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from revisit.policy.ahead import parse_ahead
from revisit.policy.hours import CallHours, inside, window
from revisit.policy.times import When
from revisit.policy.when import WhenError
from tests.policy.reading import CALENDAR, DEFAULT_POLICIES

HOURS = DEFAULT_POLICIES.versions[0].call_hours
SEEN = tomllib.loads(Path(__file__).with_name("callback_phrases.toml").read_text(encoding="utf-8"))["seen"]
PHRASES = [(seen["from"], text, answer) for seen in SEEN for text, answer in seen["phrases"].items()]
CODES = {
    "unknown", "impossible", "ambiguous", "clash", "weekday", "vague", "over", "deadline", "range", "no-working-day", "far",
}  # fmt: skip


def said(text: str, now: datetime, hours: CallHours = HOURS) -> When:
    return parse_ahead(text, now, calendar=CALENDAR, hours=hours)


def passed(when: When, now: datetime) -> bool:
    return when.on < now.date() or (when.at is not None and datetime.combine(when.on, when.at) <= now)


def answer_to(text: str, now: datetime) -> str:
    """The answer in the words of the file."""
    try:
        when = said(text, now)
    except WhenError as error:
        return error.code
    parts = [
        "past" if passed(when, now) else "", str(when.on), f"{when.at:%H:%M}" if when.at else "",
        f"({when.part})" if when.part else "", f"by {when.by}" if when.by else "",
    ]  # fmt: skip
    return " ".join(part for part in parts if part)


@pytest.mark.parametrize(("seen_from", "text", "answer"), PHRASES, ids=lambda value: str(value)[:24])
def test_a_phrase_means_what_a_native_speaker_means_or_is_refused(seen_from: str, text: str, answer: str) -> None:
    assert answer_to(text, datetime.fromisoformat(seen_from)) == answer


def test_every_way_to_refuse_is_among_the_phrases() -> None:
    assert len(PHRASES) >= 700
    assert {answer for _, _, answer in PHRASES if not answer[0].isdigit() and not answer.startswith("past")} == CODES


NOWS = st.datetimes(*map(datetime.fromisoformat, ("2023-01-01", "2029-01-01"))).map(
    lambda at: at.replace(microsecond=0)
)
WORDS = """
今天 明天 大后天 下周 周三 星期天 礼拜五 本月 下个月 15号 3月18日 月底 年底 节 国庆 上午 下午 傍晚 早 晚 3点 十二点 半 一刻
15:00 9:30 前 后 内 之 以 最晚 到 - ~ 多 左右 两 3 十 天 周 个月 小时 分钟 过 的 in by before after within next this
tomorrow tonight Friday Mon March 18 18th 3pm am noon half past quarter to three o'clock morning afternoon evening the end of week
month day a 2 days ,
"""
PIECES = st.sampled_from(WORDS.split())
TEXTS = st.one_of(
    st.text(max_size=20),
    st.lists(PIECES, max_size=5).map("".join),
    st.lists(PIECES, max_size=5).map(" ".join),
    st.sampled_from([text for _, text, _ in PHRASES]),
)


@settings(max_examples=600, deadline=None)
@given(TEXTS, NOWS)
@example("下周三上午", datetime.fromisoformat("2026-03-13 10:20"))
def test_what_is_read_is_echoed_so_that_it_reads_the_same_and_the_rest_is_refused(text: str, now: datetime) -> None:
    try:
        when = said(text, now)
    except WhenError as error:
        assert error.code in CODES
        assert error.text == text
        return
    weekday = "一二三四五六日"[when.on.weekday()]
    clock = f" {when.at:%H:%M:%S}" if when.at else ""
    assert said(f"{when.on}{clock}", now) == When(when.on, when.at)
    assert said(f"{when.on} (周{weekday}){clock}", now) == When(when.on, when.at)
    if when.by:
        assert CALENDAR.is_working_day(when.on)
        assert now.date() <= when.on <= when.by


@pytest.mark.parametrize("text", ["明天", "月底前", "下周内", "一个月后", "20小时后", "下月初", "三天内", "周一"])
def test_the_calendar_ends(text: str) -> None:
    last = datetime.combine(date.max, time(23))
    with pytest.raises(WhenError) as caught:
        said(text, last)
    assert caught.value.code in ("impossible", "no-working-day")


@given(st.sampled_from(["上午", "下午"]), NOWS)
def test_a_part_of_a_working_day_is_booked_in_call_hours(part: str, now: datetime) -> None:
    when = said(f"3天后{part}", now)
    assert when.at
    moment = datetime.combine(when.on, when.at)
    assert when.on == now.date() + timedelta(days=3)
    assert inside(moment, CALENDAR, HOURS) is None or not CALENDAR.is_working_day(when.on)


@given(st.integers(0, 6), st.dates(date(2024, 1, 1), date(2028, 1, 1)))
def test_a_weekday_is_the_coming_one(weekday: int, today: date) -> None:
    now = datetime.combine(today, time(10))
    for text in (f"周{'一二三四五六日'[weekday]}", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[weekday]):
        if weekday == today.weekday():
            with pytest.raises(WhenError, match="weekday"):
                said(text, now)
        else:
            on = said(text, now).on
            assert on.weekday() == weekday
            assert 0 < (on - today).days < 7


def test_the_hours_of_a_company_that_calls_early_need_no_word() -> None:
    early = CallHours("P1", (window("08:00-12:00"), window("13:00-17:00")), (), HOURS.parts)
    now = datetime.fromisoformat("2026-03-13 10:20")
    assert said("明天8:30", now, early) == When(date(2026, 3, 14), time(8, 30))
    assert said("周一上午", now, early) == When(date(2026, 3, 16), time(8), "morning")
    assert said("周一下午", now, early) == When(date(2026, 3, 16), time(13), "afternoon")
    with pytest.raises(WhenError, match="ambiguous"):
        said("明天7:30", now, early)
