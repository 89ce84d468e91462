"""When to call back, as people say it: the grammar of `when` and `times`, with what only makes sense ahead.

That is a part of the day without an hour (下周三上午), deadlines (`deadlines`), a stretch of time (下午2点到4点) and the same
time on another day. A weekday, a day of the month or a date without a year is the coming one. What names no day that could be
kept (改天, next week, asap) is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta

from revisit.policy.calendar import WorkCalendar
from revisit.policy.deadlines import Deadlines
from revisit.policy.hours import CallHours, part_window
from revisit.policy.times import When, reading_of
from revisit.policy.when import LONGEST, Seen, WhenError, fitting, plain_text

_VAGUE = (
    r"改[天日]|回头(?:再说|联系)?|(?:等|等一|待|过|过一|一)会儿?|等一下|晚点儿?|晚些(?:时候)?|稍[后晚]|以后(?:再说)?|再说|下次",
    r"不急|随时|尽[快早]|马上|立[刻即]|近[期日]|最近|有空(?:再说|的时候)?|有时间|方便的?时候?|年前|过完?年(?:以?后)?|年后",
    r"再?过?(?:两三|三两|三五|一两|几|些)个?(?:天|日|周|星期|礼拜|月|小时)(?:[之以]?后)?|再?过(?:两|些|几|一阵)(?:天|子|日子)",
    r"(?:这|近|最近|这几|这一)?(?:两|几|一两|三两)天内?|.*[点时半刻分]多钟?|(?:本|这|下)?个?(?:周|月|星期)中|.*[上中下]旬",
    r"(?:上|本|这|下|下下)(?:个?(?:周|星期|礼拜|月|季度)|一周|年)|[今明]年|(?:本|这|下)?个?周末|(?:明年?|今年?|本)?个?[年月周]初",
    r"a\.?s\.?a\.?p\.?|as soon as possible|soon|later|some ?(?:time|day)|any ?time|whenever|immediately|right away|at once",
    r"shortly|tb[da]|later (?:today|this week|this month|next week)|another day|in a (?:bit|while|moment|minute)",
    r"one of these days|weekends?|mid[- ]?(?:week|month|year)",
    r"(?:by )?(?:the )?(?:this|next|coming) (?:week|month|quarter|year|time|weekend)|(?:(?:on|at|over) )?the weekend",
    r"(?:(?:with)?in )?(?:the next |next )?(?:a )?(?:few|couple of|several|some) (?:minutes|hours|days|weeks|months)(?: later)?",
    r"(?:in|early|late|mid)[- ](?:in )?(?:the )?(?:morning|afternoon|evening)|(?:in|early|late|mid)[- ](?:[a-z]{3,9})",
)
_ABOUT = (
    (r"(?<=[点时半刻分钟整0-9])(?:左右|前后|上下)", ""),
    (r"大概|大约|差不多|估计", ""),
    (r"\b(?:at )?(?:around|about|approximately) (?=[0-9]|\w+ ?(?:am|pm|o'clock)|half|quarter|noon)", "at "),
    (r"(?:ish| or so)$", ""),
    (r"(?:吧|[。.!,])+$", ""),
    (r"大?[一清]大?早(?!上)|大早(?!上)", "一早"),
)
_SAME_TIME = (
    r"(?P<day>.+?)的?(?:这个时候|这个时间|这时候|同一时间|同样时间|此时)",
    r"(?:at )?(?:the same|same|this) time,? (?:on )?(?P<day>.+)",
    r"(?P<day>.+?),? (?:at )?(?:the )?same time",
)
_APART = r"到|至|~|—+|–|-| to | and | until | till "
_QUARTER = timedelta(minutes=15)
_FAR = timedelta(days=731)  # 2062 is a slip of the finger


def parse_ahead(text: str, now: datetime, *, calendar: WorkCalendar, hours: CallHours) -> When:
    """The day and time to call back that `text` names, seen from `now` (local, without a zone).

    A part of a day is booked for its first call hour, today's not before the next quarter of an hour; a deadline for the last
    working day until then; a stretch of time within one window of the call hours for its beginning. Whether the rest lies in
    call hours or in the past is for the caller to judge. Raises WhenError (all its codes).
    """
    plain = plain_text(text)
    if not plain or len(plain) > LONGEST:
        raise WhenError("unknown", text)
    if any(re.fullmatch(form, plain) for form in fitting(_VAGUE, plain)):
        raise WhenError("vague", text)
    for form, instead in _ABOUT:
        plain = re.sub(form, instead, plain)
    try:
        when = _read(plain.strip(), text, now, calendar, hours)
    except (ValueError, OverflowError) as error:
        if isinstance(error, WhenError):
            raise
        raise WhenError("impossible", text) from error
    if when.on - now.date() > _FAR:
        raise WhenError("far", text)
    return when


def _read(plain: str, text: str, now: datetime, calendar: WorkCalendar, hours: CallHours) -> When:
    seen = Seen(now.date(), ahead=True, plain_hours=_plain_hours(hours))
    for form in fitting(_SAME_TIME, plain):
        if (found := re.fullmatch(form, plain)) and (when := reading_of(found["day"], text, now, seen)) and not when.at:
            return replace(when, at=now.time().replace(second=0, microsecond=0))
    deadlines = Deadlines(text, now, seen, calendar, hours)
    when = deadlines.read(plain) or reading_of(plain, text, now, seen) or _from_on(plain, text, now, seen)
    when = when or _stretch(plain, text, now, seen, hours) or _at_time_of(deadlines, plain, text, now, seen)
    if when is None:
        raise WhenError("unknown", text)
    return _part(when, text, now, hours) if when.part else when


def _from_on(plain: str, text: str, now: datetime, seen: Seen) -> When | None:
    """The time after which a call is welcome: 下午3点以后, after 3pm."""
    found = re.fullmatch(r"(?P<what>.+?)[之以]?后|(?P<day>.*)\bafter (?P<english>(?:[0-9]|half|quarter).*)", plain)
    if not found:
        return None
    when = reading_of(found["what"] or f"{found['day']} {found['english']}".strip(), text, now, seen)
    return when if when and when.at else None


def _at_time_of(deadlines: Deadlines, plain: str, text: str, now: datetime, seen: Seen) -> When | None:
    """A day that the calendar decides, with a time behind it: 国庆后上午, 下个工作日下午3点."""
    for cut in range(1, len(plain)):
        day, behind = deadlines.from_on(plain[:cut].rstrip(" ,").removesuffix("的")), plain[cut:].strip(" ,")
        if day and not day.by and (when := reading_of(f"{day.on} {behind}", text, now, seen)):
            return when
    return None


def _plain_hours(hours: CallHours) -> frozenset[int]:
    """The hours that need no word for the part of the day: 9 to 12, and 7 or 8 where calls are made so early."""
    early = {start.hour for start, _ in hours.working_days if start.hour in (7, 8)}
    return frozenset(range(min(early, default=9), 13))


def _part(when: When, text: str, now: datetime, hours: CallHours) -> When:
    """The first call hour of the part of the day; of today's, what is left of it."""
    start, end = part_window(when.part, hours)
    if when.on == now.date() and now.time() >= start:
        begun = now.replace(minute=15 * (now.minute // 15), second=0, microsecond=0)
        start_at = begun + _QUARTER
        if start_at.date() > when.on or start_at.time() >= end:
            raise WhenError("over", text)
        start = start_at.time()
    return replace(when, at=start)


# --- A stretch of time --------------------------------------------------------------------------------------------


def _stretch(plain: str, text: str, now: datetime, seen: Seen, hours: CallHours) -> When | None:
    """The beginning of a stretch of time such as 下午2点到4点, if it lies in one window of the call hours. Raises WhenError."""
    plain = re.sub(r"\b(?:between|from) |(?<![\w\d])从|之间$", "", plain)
    found: set[When] = set()
    is_stretch = False
    for apart in re.finditer(_APART, plain):
        left, right = plain[: apart.start()].strip(), plain[apart.end() :].strip()
        for begin, end in _ends(left, right):
            start, stop = _tried(begin, text, now, seen), _tried(end, text, now, seen)
            is_stretch = is_stretch or bool(start and stop)
            if not (start and stop and _in_one_window(start.at, stop.at, hours)):
                continue
            if stop.on == seen.today:
                found.add(start)
            elif re.fullmatch(r"[0-9:.]+ ?(?:am|pm)?", begin):  # 2-3pm tomorrow
                found.add(When(stop.on, start.at))
    if len(found) == 1:
        return found.pop()
    if is_stretch:
        raise WhenError("range", text)
    return None


def _in_one_window(start: time | None, stop: time | None, hours: CallHours) -> bool:
    if start is None or stop is None or start >= stop:
        return False
    return any(first <= start and stop <= last for first, last in hours.working_days)


def _ends(left: str, right: str) -> Iterator[tuple[str, str]]:
    """What the two ends of a stretch may mean: 下午2点到4点 ends at 下午4点, 2-4pm begins at 2pm."""
    part = re.search("清晨|早晨|早上|上午|中午|下午|午后|傍晚|晚上|早|晚", left)
    unit = re.search(r" ?(?:am|pm)\b|[点时](?:钟|整)?$", right)
    for begin in (left, left + unit[0]) if unit else (left,):
        yield begin, right
        if part:
            yield begin, part[0] + right


def _tried(plain: str, text: str, now: datetime, seen: Seen) -> When | None:
    try:
        return reading_of(plain, text, now, seen)
    except WhenError:
        return None
