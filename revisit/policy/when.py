"""Days as people type them, in Chinese and English: a closed grammar that refuses what it is not sure of.

Weeks run from Monday to Sunday. A weekday word means that day of this week, `下`/`next` that of the next week and
`上`/`last` that of the week before, in both languages; a day without a month or a year is one of this month or year. Seen
ahead (`Seen.ahead`), where something is to come, the coming one is meant instead. Whether a day has passed is for the caller
to judge. Times of day: `times`; what only makes sense ahead (by Friday, 月底前): `ahead`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from revisit.policy.months import month_start, plus_months

LONGEST = 64  # characters; a longer text is no date
_DIGITS = "零一二三四五六七八九"
_CHINESE_NUMBER = "[一二三四五六七八九]?十[一二三四五六七八九]?|[零〇一二两三四五六七八九]"
_ENGLISH_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30,
}  # fmt: skip
SMALL_NUMBER = f"(?:[0-9]{{1,2}}|{_CHINESE_NUMBER})"  # 0-99, for other grammars too
NUMBER = f"(?:[0-9]{{1,4}}|{_CHINESE_NUMBER})"
ENGLISH_NUMBER = f"(?:[0-9]{{1,4}}|{'|'.join(_ENGLISH_NUMBERS)})"
_TRADITIONAL = str.maketrans("週點後個禮兩號時鐘間內這晝會‘’", "周点后个礼两号时钟间内这昼会''")


class WhenError(ValueError):
    """A text that names no day, time or period. `text` is what was typed.

    `code`: unknown (not in the grammar), impossible (2018-02-29, 25:00), ambiguous (3点: write 下午3点 or 15:00), clash (the
    weekday does not fit the date). Seen ahead also: weekday (Friday said on a Friday), vague (改天, next week), over (that part
    of today has passed), deadline (until when, but not when), range (longer than a window of the call hours),
    no-working-day (none is left until then), far (more than two years away).
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text


@dataclass(frozen=True)
class Seen:
    """From where a text is understood: the day, whether something to come is meant, and the hours of the morning and noon
    that need no word for it (`7点` is 07:00)."""

    today: date
    ahead: bool = False
    plain_hours: Collection[int] = range(7, 13)


def plain_text(text: str) -> str:
    """`text` in half-width small letters, without spaces around Chinese characters and with single ones elsewhere."""
    narrow = unicodedata.normalize("NFKC", text).translate(_TRADITIONAL).lower()
    narrow = narrow.replace("a.m.", "am").replace("p.m.", "pm")
    return re.sub("(?<=[\u4e00-\u9fff]) | (?=[\u4e00-\u9fff])", "", " ".join(narrow.split()))


def fitting(forms: Iterable[str], plain: str) -> Iterator[str]:
    """The patterns of words that can fit a text, by the letters in it: what is not tried need not be compiled."""
    chinese, latin = not plain.isascii(), re.search("[a-z]", plain) is not None
    return (form for form in forms if (latin if form.isascii() else chinese))


def numeral(text: str) -> int:
    """The number written as ASCII digits, as a Chinese numeral up to 九十九, or as an English word.

    Raises ValueError for other texts.
    """
    if text in _ENGLISH_NUMBERS:
        return _ENGLISH_NUMBERS[text]
    if text.isascii():
        return int(text)
    if not re.fullmatch(_CHINESE_NUMBER, text):
        raise ValueError(f"no number: {text}")
    tens, ten, ones = text.replace("〇", "零").replace("两", "二").rpartition("十")
    return 10 * (_DIGITS.index(tens or "一") if ten else 0) + (_DIGITS.index(ones) if ones else 0)


_WORDS = {
    **dict.fromkeys(("大前天",), -3),
    **dict.fromkeys(("前天", "前日", "day before yesterday", "the day before yesterday"), -2),
    **dict.fromkeys(("昨天", "昨日", "yesterday"), -1),
    **dict.fromkeys(("今天", "今日", "今儿", "今儿个", "today"), 0),
    **dict.fromkeys(("明天", "明日", "明儿", "明儿个", "tomorrow", "tmrw", "tmr"), 1),
    **dict.fromkeys(("后天", "后日", "后儿", "后儿个", "day after tomorrow", "the day after tomorrow"), 2),
    **dict.fromkeys(("大后天",), 3),
}
_WAYS = {"上上": -2, "上": -1, "last": -1, "本": 0, "这": 0, "this": 0, "下": 1, "next": 1, "下下": 2}
_WEEKDAYS = {
    **{word: n for n, word in enumerate("一二三四五六日")},
    **{word: n for n, word in enumerate("1234567")},
    **{word: n for n, word in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))},
    "天": 6,
}
_ENGLISH_WEEKDAY = (
    r"(?:mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)\.?"
)
_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
ENGLISH_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_ORDINAL = "(?P<d>[0-9]{1,2})(?:st|nd|rd|th)"
_YEARS = f"(?:[1-9]|{_CHINESE_NUMBER})"  # 26年后 may be after the year 26
_HALF_A_YEAR, _HALF_A_MONTH = timedelta(days=183), timedelta(days=15)


def _date(found: re.Match[str], seen: Seen) -> date:
    """A day of a month. Without a year and ahead it may be next year's, if this year's is over and that one is near."""
    parts = found.groupdict()
    month, day = _MONTHS.get(parts["m"][:3]) or numeral(parts["m"]), numeral(parts["d"])
    if parts.get("y"):
        return date(int(parts["y"]), month, day)
    year = seen.today.year
    if parts.get("year") == "明年":
        return date(year + 1, month, day)
    if seen.ahead and not parts.get("year") and (month, day) < (seen.today.month, seen.today.day):
        try:
            if (later := date(year + 1, month, day)) - seen.today <= _HALF_A_YEAR:
                return later
        except ValueError:
            pass
    return date(year, month, day)


def _day_of_month(found: re.Match[str], seen: Seen) -> date:
    """The day of this month; ahead, the next month's if this one's is over and that one is near."""
    parts = found.groupdict()
    way, first = parts.get("way"), month_start(seen.today)
    day = plus_months(first, _WAYS[way or "this"]).replace(day=numeral(parts["d"]))
    if seen.ahead and way is None and day < seen.today:
        later = plus_months(first, 1)
        if later + timedelta(days=day.day - 1) - seen.today <= _HALF_A_MONTH:
            return later.replace(day=day.day)
    return day


def _shifted(found: re.Match[str], seen: Seen) -> date:
    """So many days, weeks, months or years away. Ahead `20日后` is refused: after the 20th, or in 20 days."""
    parts = found.groupdict()
    count = numeral(parts["n"]) * (-1 if parts.get("way") in ("-", "前", "ago") else 1)
    unit = parts.get("unit") or "天"
    if seen.ahead and unit == "日" and parts["way"] == "后":
        raise WhenError("ambiguous", found.string)
    if unit in _MONTHS_IN:
        return plus_months(seen.today, _MONTHS_IN[unit] * count)
    return seen.today + timedelta(days=_DAYS_IN.get(unit, 7) * count)


def _half(found: re.Match[str], seen: Seen) -> date:
    """Half a year away, or half a month: fifteen days."""
    sign = -1 if found.groupdict().get("way") == "前" else 1
    if found["unit"] in ("年", "year"):
        return plus_months(seen.today, 6 * sign)
    return seen.today + sign * _HALF_A_MONTH


def _weekday(found: re.Match[str], seen: Seen) -> date:
    """A weekday of the week that is named. Ahead and without a week it is the coming one; said on that very weekday it is
    refused, and so is an English `next` that people read in two ways."""
    weekday, way = _WEEKDAYS[found["d"][:3]], found.groupdict().get("way")
    day = seen.today + timedelta(days=weekday - seen.today.weekday(), weeks=_WAYS[way or "this"])
    if not seen.ahead or (way not in (None, "next") or "week" in found.groupdict()):
        return day
    if way is None:
        if day == seen.today:
            raise WhenError("weekday", found.string)
        return day if day > seen.today else day + timedelta(days=7)
    if weekday > seen.today.weekday() or day == seen.today + timedelta(days=1):
        raise WhenError("weekday", found.string)
    return day


_MONTHS_IN = {"个月": 1, "month": 1, "年": 12, "year": 12}
_DAYS_IN = {"天": 1, "日": 1, "day": 1, "fortnight": 14}
_WEEK = "(?:周|星期|礼拜)"
# Patterns stay text until one is needed: compiling them all would slow down every start.
_FIGURES: Mapping[str, Callable[[re.Match[str], Seen], date]] = {
    r"(?P<y>[0-9]{4})(?P<sep>[-/.])(?P<m>[0-9]{1,2})(?P=sep)(?P<d>[0-9]{1,2})": _date,
    r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})": _date,
    r"(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})": _date,
    r"(?P<way>[-+])(?P<n>[0-9]{1,4})": _shifted,
}
_DAY_FORMS: Mapping[str, Callable[[re.Match[str], Seen], date]] = {
    rf"(?:(?P<y>[0-9]{{4}})年|(?P<year>今年|明年))?(?P<m>{SMALL_NUMBER})月(?P<d>{SMALL_NUMBER})[日号]": _date,
    r"(?:(?P<y>[0-9]{4})年|(?P<year>今年|明年))?(?P<m>[0-9]{1,2})月(?P<d>[0-9]{1,2})": _date,
    rf"(?:on )?(?P<m>{ENGLISH_MONTH})[ -](?P<d>[0-9]{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<y>[0-9]{{4}}))?": _date,
    rf"(?:on )?(?:the )?(?P<d>[0-9]{{1,2}})(?:st|nd|rd|th)?[ -](?:of )?(?P<m>{ENGLISH_MONTH})(?:,?[ -](?P<y>[0-9]{{4}}))?": _date,
    rf"(?:(?P<way>上上|下下|[上下本这])个?月)?(?P<d>{SMALL_NUMBER})[日号]": _day_of_month,
    rf"(?:on )?(?:the )?{_ORDINAL}(?:(?: of)? (?P<way>this|next|last) month)?": _day_of_month,
    rf"(?P<n>{NUMBER})(?P<unit>天|日|周|个?星期|个?礼拜|个月)[之以]?(?P<way>前|后)": _shifted,
    rf"再?过(?P<n>{NUMBER})(?P<unit>天|周|个?星期|个?礼拜|个月)(?:[之以]?后)?": _shifted,
    rf"(?P<n>{_YEARS})(?P<unit>年)[之以]?(?P<way>前|后)": _shifted,
    rf"再?过(?P<n>{_YEARS})(?P<unit>年)(?:[之以]?后)?": _shifted,
    r"半(?P<unit>年|个月)[之以]?(?P<way>前|后)": _half,
    r"再?过半(?P<unit>年|个月)(?:[之以]?后)?": _half,
    rf"(?P<way>in) (?P<n>{ENGLISH_NUMBER}) (?P<unit>day|week|fortnight|month|year)s?": _shifted,
    rf"(?P<n>{ENGLISH_NUMBER}) (?P<unit>day|week|fortnight|month|year)s? (?P<way>ago|later|from now|from today)": _shifted,
    r"in half a (?P<unit>year)": _half,
    rf"(?:(?P<way>上上|下下|[上下本这])个?)?{_WEEK}(?P<d>[一二三四五六日天1-7])": _weekday,
    rf"(?P<way>上上|下下|[上下本这])个?{_WEEK}{_WEEK}(?P<d>[一二三四五六日天])": _weekday,
    rf"(?:on )?(?:(?P<way>this|next|last) |(?:this |the )?coming )?(?P<d>{_ENGLISH_WEEKDAY})": _weekday,
    rf"(?:on )?(?P<d>{_ENGLISH_WEEKDAY}) (?:of )?(?P<way>this|next|last) (?P<week>week)": _weekday,
    rf"(?P<way>this|next|last) (?P<week>week),? (?:on )?(?P<d>{_ENGLISH_WEEKDAY})": _weekday,
}
_WITH_WEEKDAY = (
    rf"(?P<day>.+?)(?:[ ,]*{_WEEK}(?P<d>[一二三四五六日天])|[ ,]*\({_WEEK}(?P<in>[一二三四五六日天])\))",
    rf"{_WEEK}(?P<d>[一二三四五六日天])(?:[ ,]*(?P<day>[0-9].+)|[ ,]*\((?P<within>.+)\))",
    rf"(?P<day>.+?)(?:[ ,]+(?P<d>{_ENGLISH_WEEKDAY})|[ ,]*\((?P<in>{_ENGLISH_WEEKDAY})\))",
    rf"(?:on )?(?P<d>{_ENGLISH_WEEKDAY})(?:[ ,]+(?P<day>[^(].*)|[ ,]*\((?P<within>.+)\))",
)
"""A day with its weekday beside it: the two must agree."""
_TWICE = r"(?P<day>.+?) ?\((?P<same>.+)\)"  # 下周三(3月18日)


def parse_day(text: str, today: date) -> date:
    """The day that `text` names, seen from `today`; a day without a year is one of this year.

    Known are 2026-10-08, 2026/10/8, 2026.10.8, 20261008, 2026年10月8日, 10-08, 10月8日, 8 October, 8号, 今天, tomorrow,
    前天, +3, -3, 3天前, 两周后, in 3 days, 周三, 下周三, next wednesday. Raises WhenError (unknown, impossible, clash).
    """
    day = day_of(plain_text(text), text, Seen(today))
    if day is None:
        raise WhenError("unknown", text)
    return day


def day_of(plain: str, text: str, seen: Seen) -> date | None:
    """The day that a plain text names, None if it names none. Raises WhenError, which tells of `text`."""
    try:
        day = _day(plain, seen)
        if day is None:
            for form in fitting(_WITH_WEEKDAY, plain):
                found = re.fullmatch(form, plain)
                beside = (found["day"] or found.groupdict().get("within") or "") if found else ""
                if found and re.search(r"[^0-9-]|[0-9]{4}", beside) and (day := _day(beside, seen)):
                    said = found["d"] or found.groupdict().get("in") or ""
                    if _WEEKDAYS[said[:3]] != day.weekday():
                        raise WhenError("clash", text)
                    return day
        if day is None and (found := re.fullmatch(_TWICE, plain)):
            day, same = _day(found["day"], seen), _day(found["same"], seen)
            if day is None or same is None:
                return None
            if day != same:
                raise WhenError("clash", text)
    except WhenError as error:
        raise WhenError(error.code, text) from error
    except (ValueError, OverflowError) as error:
        raise WhenError("impossible", text) from error
    return day


def _day(plain: str, seen: Seen) -> date | None:
    if plain in _WORDS:
        return seen.today + timedelta(days=_WORDS[plain])
    for form in (*_FIGURES, *fitting(_DAY_FORMS, plain)):
        if found := re.fullmatch(form, plain):
            return (_FIGURES.get(form) or _DAY_FORMS[form])(found, seen)
    return None
