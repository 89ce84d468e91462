"""Times of day as people type them, with a day before or behind them: the rest of the grammar of `when`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from revisit.policy.when import (
    ENGLISH_NUMBER,
    LONGEST,
    NUMBER,
    SMALL_NUMBER,
    Seen,
    WhenError,
    day_of,
    fitting,
    numeral,
    plain_text,
)


@dataclass(frozen=True)
class When:
    """A day, and a time of that day where one was given; both local.

    `part`: the part of the day that was said instead of an hour. `by`: the last day of a deadline, where `on` is the day that
    keeps it. Both only ahead.
    """

    on: date
    at: time | None = None
    part: str = ""
    by: date | None = None


def _as_said(first: int, last: int) -> dict[int, int]:
    return {hour: hour for hour in range(first, last + 1)}


def _afternoon(first: int, last: int) -> dict[int, int]:
    """Hours said on the twelve-hour clock, and the same hours said on the other one."""
    return {hour: hour + 12 for hour in range(first, last + 1)} | _as_said(first + 12, last + 12)


# What an hour means in each part of the day; an hour that is missing is not guessed: 晚上12点 belongs to which day, and
# 下午9点 is a slip of the tongue.
_HOURS: Mapping[str, Mapping[int, int]] = {
    "凌晨": _as_said(0, 6),
    **dict.fromkeys(("清晨", "一早", "早晨", "早上", "早", "上午", "morning"), _as_said(5, 11)),
    "中午": _as_said(11, 12) | _afternoon(1, 2),
    **dict.fromkeys(("下午", "午后"), {12: 12} | _afternoon(1, 7)),
    "傍晚": _afternoon(4, 8),
    **dict.fromkeys(("晚上", "夜里", "晚"), _afternoon(5, 11)),
    "am": {12: 0} | _as_said(1, 11),
    "pm": {12: 12} | _afternoon(1, 11),
    "in the morning": _as_said(1, 11),
    **dict.fromkeys(("afternoon", "in the afternoon"), {12: 12} | _afternoon(1, 6)),
    **dict.fromkeys(("evening", "in the evening"), _afternoon(5, 11)),
    **dict.fromkeys(("night", "at night"), _afternoon(8, 11)),
}
PART_WORDS = {
    **dict.fromkeys(("上午", "一早", "早上", "早晨", "早", "morning", "in the morning", "am"), "morning"),
    "中午": "noon",
    **dict.fromkeys(("下午", "午后", "afternoon", "in the afternoon", "pm"), "afternoon"),
    **dict.fromkeys(("傍晚", "晚上", "晚", "evening", "in the evening"), "evening"),
}
"""The parts of the day that may stand without an hour, where something to come is named."""
_NOON = ("noon", "12 noon", "midday", "正午")
_SHORT = {
    "今晚上": "今天晚上",
    "明晚上": "明天晚上",
    **{f"{day[0]}{part}": f"{day}{part}上" for day in ("今天", "明天", "后天", "昨天") for part in "早晚"},
    "今夜": "今天晚上",
    "tonight": "today evening",
    **{f"this {part}": f"today {part}" for part in ("morning", "afternoon", "evening")},
}
_MINUTE = (
    f"[零〇]?{SMALL_NUMBER}分|[零〇]{SMALL_NUMBER}|[0-9]{{2}}|[一二三四五]?十[一二三四五六七八九]?"  # 9点3 is a slip
)
_TIME = (
    r"(?P<at>at )?(?:(?P<part>清晨|一早|早晨|早上|早|凌晨|上午|中午|下午|午后|傍晚|晚上|夜里|晚)"
    r"|(?P<before>morning|afternoon|evening|night),? (?:at )?)?"
    rf"(?P<hour>{SMALL_NUMBER}|(?!an?\b){ENGLISH_NUMBER})"
    r"(?P<sign>:(?P<digits>[0-9]{2})(?::(?P<second>[0-9]{2}))?|(?P<dot>\.)(?P<minutes>[0-9]{2})"
    rf"|[点时](?:钟|整|(?P<half>半)|(?P<quarters>[一三13])刻|(?P<minute>{_MINUTE}))?| ?o'?clock)?"
    r"(?: ?(?P<after>am|pm|in the morning|in the afternoon|in the evening|at night))?"
)
_FRENCH = r"(?:at )?(?P<hour>0[0-9]|1[3-9]|2[0-3]) ?h ?(?P<minutes>[0-5][0-9])?"  # 15h30; 9h may be a length of time
_PAST = rf"(?P<what>half|(?:a )?quarter) (?P<way>past|to) (?P<hour>(?!an?\b){ENGLISH_NUMBER})(?: ?o'?clock)?"


def _time(plain: str, text: str, seen: Seen) -> time | None:
    latin = re.search("[a-z]", plain)
    plain = re.sub(_PAST, _figures, plain) if latin else plain
    plain = plain.removeprefix("at ") if plain.removeprefix("at ") in _NOON else plain
    if plain in _NOON:
        return time(12)
    if plain in _HOURS and plain not in ("am", "pm"):
        raise WhenError("ambiguous", text)
    if latin and (found := re.fullmatch(_FRENCH, plain)):
        return time(int(found["hour"]), int(found["minutes"] or 0))
    found = re.fullmatch(_TIME, plain)
    if (
        not found
        or not any(found[name] for name in ("at", "sign", "before", "after"))
        or (found["part"] and found["after"])
    ):
        return None
    if found["dot"] and not (found["before"] or found["after"]):
        return None
    parts = [found[name] for name in ("part", "before", "after") if found[name]]
    hours = {_hour(found["hour"], part, text, seen) for part in parts or [None]}
    if len(hours) > 1:
        raise WhenError("impossible", text)
    try:
        return time(hours.pop(), _minute(found), int(found["second"] or 0))
    except ValueError as error:
        raise WhenError("impossible", text) from error


def _figures(found: re.Match[str]) -> str:
    """`half past three` as 3:30, `quarter to 4` as 3:45; what is before twelve or one stays as it is."""
    hour = numeral(found["hour"])
    if found["way"] == "past" and 1 <= hour <= 12:
        return f"{hour}:{30 if found['what'] == 'half' else 15}"
    return f"{hour - 1}:45" if 2 <= hour <= 11 and found["what"] != "half" else found[0]


def _hour(said: str, part: str | None, text: str, seen: Seen) -> int:
    """The hour of the day, 0-23 where possible. 3 alone is refused; 03 is on the twenty-four-hour clock."""
    hour = numeral(said)
    if part is None:
        if 1 <= hour <= 12 and hour not in seen.plain_hours and not said.startswith("0"):
            raise WhenError("ambiguous", text)
        return hour
    if hour not in _HOURS[part]:
        raise WhenError("ambiguous" if 1 <= hour <= 12 else "impossible", text)
    return _HOURS[part][hour]


def _minute(found: re.Match[str]) -> int:
    if found["half"]:
        return 30
    if found["quarters"]:
        return 15 * numeral(found["quarters"])
    return numeral(found["digits"] or found["minutes"] or (found["minute"] or "0").strip("零〇分") or "0")


# --- From now on --------------------------------------------------------------------------------------------------

_LENGTH = (
    rf"(?:(?P<hours>{NUMBER})(?:(?P<more>个半|\.5个?)|个)?(?:小时|钟头))?(?P<half>半个?(?:小时|钟头))?"
    rf"(?:零?(?P<minutes>{NUMBER})分钟?|(?P<quarters>[一三13])刻钟)?"
)
_ENGLISH_LENGTH = (
    r"(?:(?P<half>half (?:an )?hour|a half hour)|(?P<quarters>a) quarter of an hour"
    rf"|(?:(?P<hours>{ENGLISH_NUMBER})(?P<more>\.5)? ?(?:h|hrs?|hours?)(?P<half_more> and a half)?)?"
    rf"(?: ?(?:and )?(?P<minutes>{ENGLISH_NUMBER}) ?min(?:ute)?s?)?)"
)
_SPANS = (
    rf"(?=.*[时分刻头]){_LENGTH}[之以]?后",
    rf"(?=.*[时分刻头])再?过{_LENGTH}(?:[之以]?后)?",
    rf"in {_ENGLISH_LENGTH}",
    rf"(?=.*[hm]){_ENGLISH_LENGTH} (?:later|from now)",
)


def _span(plain: str) -> timedelta | None:
    for form in fitting(_SPANS, plain):
        if found := re.fullmatch(form, plain):
            parts = found.groupdict()
            halves = sum(bool(parts.get(name)) for name in ("half", "more", "half_more"))
            minutes = numeral(parts["minutes"] or "0") + 15 * numeral(parts["quarters"] or "0")
            return timedelta(hours=numeral(parts["hours"] or "0"), minutes=30 * halves + minutes)
    return None


# --- Both ---------------------------------------------------------------------------------------------------------

_ISO = r"([0-9]{4}-[0-9]{2}-[0-9]{2})t([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)"
_WITH_YEAR = "[0-9]{4}[-/.]?[0-9]"
_DAY_THEN_PART = r"(?P<day>.+?),? (?:in the )?(?P<part>morning|afternoon|evening)"


def parse_when(text: str, now: datetime) -> When:
    """The day and time that `text` names, seen from `now` (local, without a zone).

    A day as `parse_day` knows it, and a time before or behind it: 15:00, 下午三点半, 上午10点15分, 晚上8点, 3:30 pm, noon,
    half past three in the afternoon. A day alone has no time, a time alone is today's; 2小时后 and in 30 minutes count from
    now, to the minute. An hour from 1 to 6 needs 上午, 下午, am or pm, or a leading zero. Raises WhenError (unknown,
    impossible, ambiguous, clash).
    """
    plain = plain_text(text)
    when = reading_of(plain, text, now, Seen(now.date())) if len(plain) <= LONGEST else None
    if when is None:
        raise WhenError("unknown", text)
    return when


def reading_of(plain: str, text: str, now: datetime, seen: Seen) -> When | None:
    """The day and time that a plain text names, None if it names none. Raises WhenError, which tells of `text`."""
    if not plain:
        return None
    span = timedelta() if plain in ("now", "现在") else _span(plain)
    if span is not None:
        return _later(now, span, text)
    if found := re.fullmatch(_ISO, plain):
        plain = f"{found[1]} {found[2]}"
    for short, full in _SHORT.items():
        if plain.startswith(short):
            plain = full + plain.removeprefix(short)
        elif short.isascii() and plain.endswith(f" {short}"):
            plain = f"{full} {plain.removesuffix(short).strip()}"
    return _only_reading(plain, text, seen)


def _later(now: datetime, span: timedelta, text: str) -> When:
    try:
        moment = now.replace(second=0, microsecond=0) + span
    except OverflowError as error:
        raise WhenError("impossible", text) from error
    return When(moment.date(), moment.time())


def _only_reading(plain: str, text: str, seen: Seen) -> When | None:
    """The one way to cut `plain` into a day and a time: 周二十二点 has one, 10-115:00 has two and is refused."""
    readings: set[When] = set()
    problems: set[str] = set()
    for cut in range(len(plain) + 1):
        before, behind = plain[:cut], plain[cut:]
        torn = before[-1:].isdigit() and behind[:1].isdigit() and not re.match(_WITH_YEAR, before)
        if torn and seen.ahead:
            continue  # 10-11am is a stretch of time, and not 1 October
        ways = [(before, behind)]
        if before and behind and not re.match("[0-9]| ?[-+]", behind):
            ways.append((behind, before))  # 3pm tomorrow
        for day_text, time_text in ways:
            try:
                reading = _reading(day_text.strip(" ,").removesuffix("的"), time_text.strip(" ,"), text, seen)
            except WhenError as error:
                problems.add(error.code)
            else:
                if reading and torn:
                    problems.add("ambiguous")
                elif reading:
                    readings.add(reading)
    for code in ("ambiguous", "weekday"):
        if code in problems:
            raise WhenError(code, text)
    if len(readings) > 1:
        raise WhenError("ambiguous", text)
    if not readings and problems:
        raise WhenError(min(problems), text)
    return readings.pop() if readings else None


def _reading(day_text: str, time_text: str, text: str, seen: Seen) -> When | None:
    """What the two halves say together; nothing if one of them is no day or no time at all, whatever the other is."""
    if time_text and day_text.isascii() and (found := re.fullmatch(_DAY_THEN_PART, day_text)):  # 9 tomorrow morning
        return _reading(found["day"], f"{found['part']} {time_text}", text, seen)
    problems: list[WhenError] = []
    on = at = None
    part = _part_of(day_text, time_text) if seen.ahead else ""
    if time_text and not part:
        try:
            if (at := _time(time_text, text, seen)) is None:
                return None
        except WhenError as error:
            problems.append(error)
    try:
        on = day_of(day_text, text, seen) if day_text else seen.today
        if on is None:
            return None  # whatever is wrong with the time
    except WhenError as error:
        problems.append(error)
    if problems:
        raise problems[0]
    if seen.ahead and at is None and _may_be_hours(day_text):
        raise WhenError("ambiguous", text)
    return When(on, at, part) if on else None


def _part_of(day_text: str, time_text: str) -> str:
    """The part of the day that stands without an hour, beside a day or alone; 10-11am is no day with a part."""
    alone = not day_text and time_text in ("早", "晚", "一早", "am", "pm")
    hours = time_text in ("am", "pm") and re.fullmatch("[0-9]{1,2}-[0-9]{1,2}", day_text)
    return "" if alone or hours else PART_WORDS.get(time_text, "")


def _may_be_hours(day_text: str) -> bool:
    """Whether a month and day such as 10-11 may be a stretch of time as well; 10-08 cannot."""
    found = re.fullmatch("([1-9]|1[0-2])-([1-9]|1[0-2])", day_text)
    return found is not None and int(found[1]) < int(found[2])
