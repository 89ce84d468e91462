"""Days and times as people type them, in Chinese and English: a closed grammar that refuses what it is not sure of.

Weeks run from Monday to Sunday. A weekday word means that day of this week, `下`/`next` that of the next week and
`上`/`last` that of the week before, in both languages. Whether a time has passed is for the caller to judge.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from revisit.policy.months import plus_months

_LONGEST = 64  # characters; a longer text is no date
_DIGITS = "零一二三四五六七八九"
_CHINESE_NUMBER = "[一二三四五六七八九]?十[一二三四五六七八九]?|[零〇一二两三四五六七八九]"
SMALL_NUMBER = f"(?:[0-9]{{1,2}}|{_CHINESE_NUMBER})"  # 0-99, for other grammars too
_NUMBER = f"(?:[0-9]{{1,4}}|{_CHINESE_NUMBER})"


class WhenError(ValueError):
    """A text that names no day, time or period. `text` is what was typed.

    `code`: unknown (not in the grammar), impossible (2018-02-29, 25:00), ambiguous (3点: write 下午3点 or 15:00).
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text


@dataclass(frozen=True)
class When:
    """A day, and a time of that day where one was given; both local."""

    on: date
    at: time | None = None


def plain_text(text: str) -> str:
    """`text` in half-width small letters, without spaces around Chinese characters and with single ones elsewhere."""
    narrow = unicodedata.normalize("NFKC", text).lower().replace("a.m.", "am").replace("p.m.", "pm")
    return re.sub("(?<=[\u4e00-\u9fff]) | (?=[\u4e00-\u9fff])", "", " ".join(narrow.split()))


def numeral(text: str) -> int:
    """The number written as ASCII digits or as a Chinese numeral up to 九十九. Raises ValueError for other texts."""
    if text.isascii():
        return int(text)
    if not re.fullmatch(_CHINESE_NUMBER, text):
        raise ValueError(f"no number: {text}")
    tens, ten, ones = text.replace("〇", "零").replace("两", "二").rpartition("十")
    return 10 * (_DIGITS.index(tens or "一") if ten else 0) + (_DIGITS.index(ones) if ones else 0)


# --- Days ---------------------------------------------------------------------------------------------------------

_WORDS = {
    **dict.fromkeys(("大前天",), -3),
    **dict.fromkeys(("前天", "前日", "day before yesterday"), -2),
    **dict.fromkeys(("昨天", "昨日", "yesterday"), -1),
    **dict.fromkeys(("今天", "今日", "today"), 0),
    **dict.fromkeys(("明天", "明日", "tomorrow"), 1),
    **dict.fromkeys(("后天", "后日", "day after tomorrow"), 2),
    **dict.fromkeys(("大后天",), 3),
}
_WEEKS = {"上上": -2, "上": -1, "last": -1, "本": 0, "这": 0, "this": 0, "下": 1, "next": 1, "下下": 2}
_WEEKDAYS = {
    **{word: n for n, word in enumerate("一二三四五六日")},
    **{word: n for n, word in enumerate("1234567")},
    **{word: n for n, word in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))},
    "天": 6,
}
_ENGLISH_WEEKDAY = "mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"


def _date(found: re.Match[str], today: date) -> date:
    parts = found.groupdict()
    return date(int(parts.get("y") or today.year), numeral(parts["m"]), numeral(parts["d"]))


def _shifted(found: re.Match[str], today: date) -> date:
    back = found["way"] in ("-", "前", "ago")
    count = -numeral(found["n"]) if back else numeral(found["n"])
    unit = found["unit"] if "unit" in found.re.groupindex else "天"
    if unit in ("个月", "month"):
        return plus_months(today, count)
    return today + timedelta(days=count if unit in ("天", "日", "day") else 7 * count)


def _weekday(found: re.Match[str], today: date) -> date:
    weekday = _WEEKDAYS[found["d"][:3]]
    return today + timedelta(days=weekday - today.weekday(), weeks=_WEEKS[found["way"] or "this"])


# Patterns stay text until one is needed: compiling them all would slow down every start.
_DAY_FORMS: tuple[tuple[str, Callable[[re.Match[str], date], date]], ...] = (
    (r"(?P<y>[0-9]{4})(?P<sep>[-/.])(?P<m>[0-9]{1,2})(?P=sep)(?P<d>[0-9]{1,2})", _date),
    (r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})", _date),
    (r"(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})", _date),
    (rf"(?:(?P<y>[0-9]{{4}})年)?(?P<m>{SMALL_NUMBER})月(?P<d>{SMALL_NUMBER})[日号]", _date),
    (r"(?P<way>[-+])(?P<n>[0-9]{1,4})", _shifted),
    (rf"(?P<n>{_NUMBER})(?P<unit>天|日|周|个?星期|个?礼拜|个月)[之以]?(?P<way>前|后)", _shifted),
    (r"(?P<way>in) (?P<n>[0-9]{1,4}) (?P<unit>day|week|month)s?", _shifted),
    (r"(?P<n>[0-9]{1,4}) (?P<unit>day|week|month)s? (?P<way>ago)", _shifted),
    (r"(?:(?P<way>上上|下下|[上下本这])个?)?(?:周|星期|礼拜)(?P<d>[一二三四五六日天1-7])", _weekday),
    (rf"(?:on )?(?:(?P<way>this|next|last) )?(?P<d>{_ENGLISH_WEEKDAY})", _weekday),
)


def parse_day(text: str, today: date) -> date:
    """The day that `text` names, seen from `today`; a day without a year is one of this year.

    Known are 2026-10-08, 2026/10/8, 2026.10.8, 20261008, 2026年10月8日, 10-08, 10月8日, 今天, tomorrow, 前天, +3, -3,
    3天前, 两周后, in 3 days, 周三, 下周三, next wednesday. Raises WhenError (unknown, impossible).
    """
    day = _day(plain_text(text), text, today)
    if day is None:
        raise WhenError("unknown", text)
    return day


def _day(plain: str, text: str, today: date) -> date | None:
    try:
        if plain in _WORDS:
            return today + timedelta(days=_WORDS[plain])
        for form, meaning in _DAY_FORMS:
            if found := re.fullmatch(form, plain):
                return meaning(found, today)
    except (ValueError, OverflowError) as error:
        raise WhenError("impossible", text) from error
    return None


# --- Times of day -------------------------------------------------------------------------------------------------


def _as_said(first: int, last: int) -> dict[int, int]:
    return {hour: hour for hour in range(first, last + 1)}


def _afternoon(first: int, last: int) -> dict[int, int]:
    """Hours said on the twelve-hour clock, and the same hours said on the other one."""
    return {hour: hour + 12 for hour in range(first, last + 1)} | _as_said(first + 12, last + 12)


# What an hour means in each part of the day; an hour that is missing is not guessed (晚上12点 belongs to which day?).
_PARTS: Mapping[str, Mapping[int, int]] = {
    "凌晨": _as_said(0, 6),
    **dict.fromkeys(("清晨", "早晨", "早上", "早", "上午"), _as_said(1, 11)),
    "中午": _as_said(11, 12) | _afternoon(1, 2),
    "下午": {12: 12} | _afternoon(1, 11),
    "傍晚": _afternoon(4, 8),
    **dict.fromkeys(("晚上", "夜里", "晚"), _afternoon(5, 11)),
    "am": {12: 0} | _as_said(1, 11),
    "pm": {12: 12} | _afternoon(1, 11),
}
_NOON = ("noon", "正午")
_DAY_AND_PART = {"今早": "今天早上", "明早": "明天早上", "昨晚": "昨天晚上", "今晚": "今天晚上", "明晚": "明天晚上"}
_TIME = (
    rf"(?:at )?(?P<part>清晨|早晨|早上|早|凌晨|上午|中午|下午|傍晚|晚上|夜里|晚)?(?P<hour>{SMALL_NUMBER})"
    r"(?P<sign>:(?P<digits>[0-9]{2})(?::(?P<second>[0-9]{2}))?"
    rf"|[点时](?:钟|整|(?P<half>半)|(?P<quarters>[一三13])刻|[零〇]?(?P<minute>{SMALL_NUMBER})分?)?)?"
    r"(?: ?(?P<english>am|pm))?"
)


def _time(plain: str, text: str) -> time | None:
    plain = plain.removeprefix("at ") if plain.removeprefix("at ") in _NOON else plain
    if plain in _NOON:
        return time(12)
    if plain in _PARTS and not plain.isascii():
        raise WhenError("ambiguous", text)
    found = re.fullmatch(_TIME, plain)
    if not found or not (found["sign"] or found["english"]) or (found["part"] and found["english"]):
        return None
    hour = _hour(found["hour"], found["part"] or found["english"], text)
    try:
        return time(hour, _minute(found), int(found["second"] or 0))
    except ValueError as error:
        raise WhenError("impossible", text) from error


def _hour(said: str, part: str | None, text: str) -> int:
    """The hour of the day, 0-23 where possible. 3 alone is refused; 03 is on the twenty-four-hour clock."""
    hour = numeral(said)
    if part is None:
        if 1 <= hour <= 6 and not said.startswith("0"):
            raise WhenError("ambiguous", text)
        return hour
    if hour not in _PARTS[part]:
        raise WhenError("ambiguous" if 1 <= hour <= 12 else "impossible", text)
    return _PARTS[part][hour]


def _minute(found: re.Match[str]) -> int:
    if found["half"]:
        return 30
    if found["quarters"]:
        return 15 * numeral(found["quarters"])
    return numeral(found["digits"] or found["minute"] or "0")


# --- From now on --------------------------------------------------------------------------------------------------

_SPANS = (
    rf"(?=.*[时分刻])(?:(?P<hours>{_NUMBER})(?:(?P<more>个半)|个)?小时)?(?P<half>半个?小时)?"
    rf"(?:零?(?P<minutes>{_NUMBER})分钟?|(?P<quarter>[一1]刻钟))?[之以]?后",
    r"in (?:(?P<half>half an hour)|(?:(?P<hours>[0-9]{1,4}|an) ?(?:h|hrs?|hours?))?"
    r"(?: ?(?:and )?(?P<minutes>[0-9]{1,4}) ?min(?:ute)?s?)?)",
)


def _span(plain: str) -> timedelta | None:
    for form in _SPANS:
        if found := re.fullmatch(form, plain):
            parts = found.groupdict()
            hours = 1 if parts["hours"] == "an" else numeral(parts["hours"] or "0")
            halves = bool(parts["half"]) + bool(parts.get("more"))
            minutes = numeral(parts["minutes"] or "0") + 15 * bool(parts.get("quarter"))
            return timedelta(hours=hours, minutes=30 * halves + minutes)
    return None


# --- Both ---------------------------------------------------------------------------------------------------------

_ISO = r"([0-9]{4}-[0-9]{2}-[0-9]{2})t([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)"


def parse_when(text: str, now: datetime) -> When:
    """The day and time that `text` names, seen from `now` (local, without a zone).

    A day as `parse_day` knows it, then a time: 15:00, 下午三点半, 上午10点15分, 晚上8点, 3:30 pm, noon. A day alone has
    no time, a time alone is today's; 2小时后 and in 30 minutes count from now, to the minute. An hour from 1 to 6 needs
    上午, 下午, am or pm, or a leading zero. Raises WhenError (unknown, impossible, ambiguous).
    """
    plain = plain_text(text)
    if not plain or len(plain) > _LONGEST:
        raise WhenError("unknown", text)
    span = timedelta() if plain in ("now", "现在") else _span(plain)
    if span is not None:
        return _later(now, span, text)
    if found := re.fullmatch(_ISO, plain):
        plain = f"{found[1]} {found[2]}"
    for short, full in _DAY_AND_PART.items():
        if plain.startswith(short):
            plain = full + plain.removeprefix(short)
    return _only_reading(plain, text, now.date())


def _later(now: datetime, span: timedelta, text: str) -> When:
    try:
        moment = now.replace(second=0, microsecond=0) + span
    except OverflowError as error:
        raise WhenError("impossible", text) from error
    return When(moment.date(), moment.time())


def _only_reading(plain: str, text: str, today: date) -> When:
    """The one way to cut `plain` into a day and a time: 周二十二点 has one, 10-115:00 has two and is refused."""
    readings: set[When] = set()
    problems: set[str] = set()
    for cut in range(len(plain) + 1):
        try:
            reading = _reading(plain[:cut].strip(), plain[cut:].strip(), text, today)
        except WhenError as error:
            problems.add(error.code)
        else:
            readings |= {reading} if reading else set()
    if len(readings) > 1 or "ambiguous" in problems:
        raise WhenError("ambiguous", text)
    if not readings:
        raise WhenError("impossible" if problems else "unknown", text)
    return readings.pop()


def _reading(day_text: str, time_text: str, text: str, today: date) -> When | None:
    on = _day(day_text, text, today) if day_text else today
    if on is None:
        return None
    if not time_text:
        return When(on)
    at = _time(time_text, text)
    return None if at is None else When(on, at)
