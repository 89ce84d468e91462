"""Days and times as people type them. The clock stands at Friday, 13 March 2026, 10:20:45."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from revisit.policy.times import When, parse_when
from revisit.policy.when import WhenError, numeral, parse_day

NOW = datetime.fromisoformat("2026-03-13T10:20:45")
TODAY = NOW.date()

DAYS = {
    "2026-10-08": "2026-10-08",
    "2026-1-8": "2026-01-08",
    "2026/10/8": "2026-10-08",
    "2026.10.8": "2026-10-08",
    "20261008": "2026-10-08",
    "2026年10月8日": "2026-10-08",
    "2026 年 10 月 8 号": "2026-10-08",
    "２０２６－１０－０８": "2026-10-08",
    "10-08": "2026-10-08",
    "10月8日": "2026-10-08",
    "十月八日": "2026-10-08",
    "十月二十一号": "2026-10-21",
    "2024-02-29": "2024-02-29",
    "today": "2026-03-13",
    " Today ": "2026-03-13",
    "今天": "2026-03-13",
    "今日": "2026-03-13",
    "tomorrow": "2026-03-14",
    "明天": "2026-03-14",
    "明日": "2026-03-14",
    "后天": "2026-03-15",
    "大后天": "2026-03-16",
    "day after tomorrow": "2026-03-15",
    "yesterday": "2026-03-12",
    "昨天": "2026-03-12",
    "昨日": "2026-03-12",
    "前天": "2026-03-11",
    "+3": "2026-03-16",
    "-3": "2026-03-10",
    "＋20": "2026-04-02",
    "3天前": "2026-03-10",
    "3天后": "2026-03-16",
    "三天后": "2026-03-16",
    "3 天之后": "2026-03-16",
    "十五日以后": "2026-03-28",
    "两周后": "2026-03-27",
    "一个星期前": "2026-03-06",
    "1个月后": "2026-04-13",
    "in 3 days": "2026-03-16",
    "1 day ago": "2026-03-12",
    "in 2 weeks": "2026-03-27",
    "2 months ago": "2026-01-13",
    "周三": "2026-03-11",
    "星期三": "2026-03-11",
    "礼拜三": "2026-03-11",
    "周3": "2026-03-11",
    "本周三": "2026-03-11",
    "这周日": "2026-03-15",
    "星期天": "2026-03-15",
    "下周三": "2026-03-18",
    "下个星期三": "2026-03-18",
    "下下周一": "2026-03-23",
    "上周三": "2026-03-04",
    "上上周五": "2026-02-27",
    "wednesday": "2026-03-11",
    "Fri": "2026-03-13",
    "on saturday": "2026-03-14",
    "this sunday": "2026-03-15",
    "next wednesday": "2026-03-18",
    "last friday": "2026-03-06",
    "wednesday next week": "2026-03-18",
    "下周周三": "2026-03-18",
    "10 March": "2026-03-10",
    "the 10th of March 2026": "2026-03-10",
    "March 10th, 2026": "2026-03-10",
    "Tue, 10 March": "2026-03-10",
    "3月10日周二": "2026-03-10",
    "10号": "2026-03-10",
    "上个月10号": "2026-02-10",
    "the 10th": "2026-03-10",
    "two weeks ago": "2026-02-27",
    "过3天": "2026-03-16",
}
NO_DAYS = {
    "": "unknown",
    "soon": "unknown",
    "改天": "unknown",
    "周末": "unknown",
    "10/8": "unknown",
    "2026-10/8": "unknown",
    "8": "unknown",
    "周八": "unknown",
    "下周": "unknown",
    "３月": "unknown",
    "٣-٤": "unknown",
    "2026-10-08 15:00": "unknown",
    "2018-02-29": "impossible",
    "3月10日周三": "clash",
    "Wed, 10 March": "clash",
    "20261301": "impossible",
    "2026年2月30日": "impossible",
    "02-29": "impossible",
    "13-01": "impossible",
    "0000-01-01": "impossible",
}
WHENS = {
    "2026-03-16": "2026-03-16",
    "下周三": "2026-03-18",
    "2026-03-13T15:00": "2026-03-13 15:00",
    "2026-03-13T03:00:30": "2026-03-13 03:00:30",
    "2026-03-13 15:00": "2026-03-13 15:00",
    "2026-03-1315:00": "2026-03-13 15:00",
    "15:00": "2026-03-13 15:00",
    "15：00": "2026-03-13 15:00",
    "9:05": "2026-03-13 09:05",
    "03:00": "2026-03-13 03:00",
    "00:30": "2026-03-13 00:30",
    "15点": "2026-03-13 15:00",
    "15时30分": "2026-03-13 15:30",
    "7点": "2026-03-13 07:00",
    "12点": "2026-03-13 12:00",
    "十二点半": "2026-03-13 12:30",
    "9点钟": "2026-03-13 09:00",
    "下午3点": "2026-03-13 15:00",
    "下午三点半": "2026-03-13 15:30",
    "下午两点一刻": "2026-03-13 14:15",
    "下午3点3刻": "2026-03-13 15:45",
    "下午3:20": "2026-03-13 15:20",
    "下午 3 点": "2026-03-13 15:00",
    "下午15点": "2026-03-13 15:00",
    "下午12点30": "2026-03-13 12:30",
    "上午10点15分": "2026-03-13 10:15",
    "上午十点零五分": "2026-03-13 10:05",
    "早上8点整": "2026-03-13 08:00",
    "凌晨2点": "2026-03-13 02:00",
    "傍晚6点": "2026-03-13 18:00",
    "晚上8点": "2026-03-13 20:00",
    "今晚八点": "2026-03-13 20:00",
    "明早9点": "2026-03-14 09:00",
    "中午12点": "2026-03-13 12:00",
    "中午1点": "2026-03-13 13:00",
    "正午": "2026-03-13 12:00",
    "noon": "2026-03-13 12:00",
    "3pm": "2026-03-13 15:00",
    "3 p.m.": "2026-03-13 15:00",
    "3:30 pm": "2026-03-13 15:30",
    "at 11am": "2026-03-13 11:00",
    "12am": "2026-03-13 00:00",
    "12 pm": "2026-03-13 12:00",
    "tomorrow 15:00": "2026-03-14 15:00",
    "15:00 明天": "2026-03-14 15:00",
    "3pm yesterday": "2026-03-12 15:00",
    "at 9 yesterday morning": "2026-03-12 09:00",
    "half past three pm": "2026-03-13 15:30",
    "quarter to 4 in the afternoon": "2026-03-13 15:45",
    "three o'clock pm": "2026-03-13 15:00",
    "3.30pm": "2026-03-13 15:30",
    "15h30": "2026-03-13 15:30",
    "10 March 15:00": "2026-03-10 15:00",
    "3月10日(周二)下午3点": "2026-03-10 15:00",
    "下週三下午3點": "2026-03-18 15:00",
    "tomorrow at noon": "2026-03-14 12:00",
    "next wednesday 3pm": "2026-03-18 15:00",
    "on friday at 3:30pm": "2026-03-13 15:30",
    "下周三下午3点": "2026-03-18 15:00",
    "下周三 下午３点": "2026-03-18 15:00",
    "周二十二点": "2026-03-10 12:00",
    "下周一十点": "2026-03-16 10:00",
    "下周二 20:00": "2026-03-17 20:00",
    "10月8日十五点": "2026-10-08 15:00",
    "三天后下午三点": "2026-03-16 15:00",
    "+3 15:00": "2026-03-16 15:00",
    "20260316 9:00": "2026-03-16 09:00",
    "昨天 15:00": "2026-03-12 15:00",  # the past is for the caller to judge
    "now": "2026-03-13 10:20",
    "2小时后": "2026-03-13 12:20",
    "两个小时之后": "2026-03-13 12:20",
    "半小时后": "2026-03-13 10:50",
    "一个半小时后": "2026-03-13 11:50",
    "1小时30分钟后": "2026-03-13 11:50",
    "30分钟后": "2026-03-13 10:50",
    "一刻钟后": "2026-03-13 10:35",
    "20小时后": "2026-03-14 06:20",
    "in 2 hours": "2026-03-13 12:20",
    "in an hour": "2026-03-13 11:20",
    "in half an hour": "2026-03-13 10:50",
    "in 30 minutes": "2026-03-13 10:50",
    "in 1 hour and 30 min": "2026-03-13 11:50",
}
NO_WHENS = {
    "": "unknown",
    "   ": "unknown",
    "15": "unknown",
    "后": "unknown",
    "9:30-10": "unknown",  # from 9:30 to 10, and not ten days ago
    "下午3点-4": "unknown",
    "15:00 -3": "unknown",
    "11:30+1": "unknown",
    "10-11am": "ambiguous",
    "下周三下午": "ambiguous",
    "明天中午": "ambiguous",
    "3点": "ambiguous",
    "三点半": "ambiguous",
    "6点": "ambiguous",
    "3:00": "ambiguous",
    "明天3点": "ambiguous",
    "晚上12点": "ambiguous",
    "夜里1点": "ambiguous",
    "上午12点": "ambiguous",
    "10-115:00": "ambiguous",
    "+315:00": "ambiguous",
    "周13点": "ambiguous",
    "上午15点": "impossible",
    "15am": "impossible",
    "25:00": "impossible",
    "24点": "impossible",
    "15:75": "impossible",
    "2018-02-29 15:00": "impossible",
    "下午3点pm": "unknown",
    "下午3": "unknown",
    "2026-03-13T15:00Z": "unknown",
    "1" * 10_000: "unknown",
}


@pytest.mark.parametrize(("text", "expected"), DAYS.items())
def test_a_day(text: str, expected: str) -> None:
    assert parse_day(text, TODAY) == date.fromisoformat(expected)


@pytest.mark.parametrize(("text", "code"), NO_DAYS.items())
def test_no_day(text: str, code: str) -> None:
    with pytest.raises(WhenError) as caught:
        parse_day(text, TODAY)
    assert (caught.value.code, caught.value.text) == (code, text)


@pytest.mark.parametrize(("text", "expected"), WHENS.items())
def test_a_time(text: str, expected: str) -> None:
    on, _, at = expected.partition(" ")
    assert parse_when(text, NOW) == When(date.fromisoformat(on), time.fromisoformat(at) if at else None)


@pytest.mark.parametrize("text", [text for text in DAYS if text.strip()])
def test_every_day_is_a_time_without_an_hour(text: str) -> None:
    assert parse_when(text, NOW) == When(parse_day(text, TODAY))


@pytest.mark.parametrize(("text", "code"), NO_WHENS.items(), ids=lambda value: value[:20])
def test_no_time(text: str, code: str) -> None:
    with pytest.raises(WhenError) as caught:
        parse_when(text, NOW)
    assert (caught.value.code, caught.value.text) == (code, text)


@pytest.mark.parametrize("text", ["+1", "明天", "一个月后", "下周一"])
def test_the_calendar_ends(text: str) -> None:
    with pytest.raises(WhenError, match="impossible"):
        parse_day(text, date.max)
    with pytest.raises(WhenError, match="impossible"):
        parse_when("20小时后", datetime.combine(date.max, time(23)))


days = st.dates(min_value=date(1000, 1, 1))
FORMATS = ("{0:%Y-%m-%d}", "{0:%Y%m%d}", "{0.year}/{0.month}/{0.day}", "{0.year}.{0.month}.{0.day}", "{0:%Y年%m月%d日}")


@given(days, st.sampled_from(FORMATS))
def test_a_written_day_is_read_back(day: date, form: str) -> None:
    assert parse_day(form.format(day), TODAY) == day


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.sampled_from(("{0:%m-%d}", "{0.month}月{0.day}日")))
def test_a_day_without_a_year_is_this_years(day: date, form: str) -> None:
    assert parse_day(form.format(day), TODAY) == day


@given(days, st.times().map(lambda at: at.replace(second=0, microsecond=0)), st.sampled_from((" ", "T")))
def test_a_written_time_is_read_back(day: date, at: time, sign: str) -> None:
    assert parse_when(f"{day}{sign}{at:%H:%M}", NOW) == When(day, at)


@given(
    st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 6), st.sampled_from((("上", -1), ("", 0), ("下", 1)))
)
def test_a_weekday_is_one_of_the_week_that_is_named(today: date, weekday: int, way: tuple[str, int]) -> None:
    day = parse_day(f"{way[0]}周{'一二三四五六日'[weekday]}", today)
    monday = today - timedelta(days=today.weekday())
    assert day == monday + timedelta(days=weekday, weeks=way[1])


@pytest.mark.parametrize("number", range(100))
def test_a_numeral_is_read_as_it_is_written(number: int) -> None:
    tens, ones = divmod(number, 10)
    said = {0: "", 1: "十"}.get(tens, "一二三四五六七八九"[tens - 1] + "十")
    said += "一二三四五六七八九"[ones - 1] if ones else "" if tens else "零"
    assert numeral(said) == numeral(str(number)) == number


@pytest.mark.parametrize("text", ["", "三四", "百", "十十", "x"])
def test_no_numeral(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        numeral(text)


ALPHABET = (
    "0123456789-+/.: 年月日号天周星期个半上下本这前后今明昨早晚中午点时分刻钟小一二三四五六七八九十两零inamptfrow"
)


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.text(alphabet=ALPHABET, max_size=14), st.text(max_size=14)))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (lambda: parse_when(text, NOW), lambda: parse_day(text, TODAY)):
        try:
            read()
        except WhenError as error:
            assert error.code in ("unknown", "impossible", "ambiguous", "clash")
            assert error.text == text
