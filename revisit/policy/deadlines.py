"""Until when, and from when on, as people say it: 周五前, 月底前, 三天内, 节后, by Friday, before the holiday.

A deadline is kept on the last working day until then; what lies after a festival, on the first working day after it. `前` and
`before` leave out the day that they name (so that both readings of 周五前 are kept), `by` and `最晚` hold it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from revisit.policy.calendar import WorkCalendar
from revisit.policy.hours import CallHours, over
from revisit.policy.months import month_start, plus_months
from revisit.policy.periods import Kind, Period, period_of
from revisit.policy.times import When, reading_of
from revisit.policy.when import (
    ENGLISH_MONTH,
    ENGLISH_NUMBER,
    NUMBER,
    SMALL_NUMBER,
    Seen,
    WhenError,
    day_of,
    fitting,
    numeral,
)

_DAY = timedelta(days=1)
_SOON = timedelta(days=14)  # "the holiday" without a name is one that begins within two weeks
_UNITS: dict[str, Kind] = {
    "周": "week", "星期": "week", "礼拜": "week", "week": "week", "月": "month", "month": "month", "季": "quarter",
    "季度": "quarter", "quarter": "quarter", "年": "year", "year": "year",
}  # fmt: skip
_PERIODS_ON = {"下": 1, "next": 1, "明": 1, "下下": 2}
_SHORT = {"eow": "end of week", "eom": "end of month", "eoq": "end of quarter", "eoy": "end of year"}
_UNTIL = (
    r"(?:在|赶在)?(?P<what>.+?)(?P<strict>[之以]?前)",
    r"(?:最晚|最迟|至迟|不晚于|不迟于)(?:到|在)?(?P<what>.+?)(?P<strict>[之以]?前)?",
    r"(?P<strict>before) (?P<what>.+)",
    r"(?:by|no later than|not later than) (?P<what>.+)",
    r"(?P<what>.+?),? at the latest",
)
_AFTER_WORK = ".*(?:下班|收工)(?:[之以]?后)?"
_END_OF_DAY = (
    r"eod|cob|(?:the )?end of (?:the |this )?(?:business )?day|(?:the )?close of business|(?:今天)?(?:下班|收工)",
    r"(?P<day>.+?)的?(?:下班|收工)|(?P<before>.+?) (?:eod|cob)"
    r"|(?:(?:eod|cob|end of day)(?: on)?|(?:the )?end of) (?P<english>.+)",
)
_END_OF_PERIOD = (
    r"(?:(?P<way>本|这|下|下下)个?)?(?P<unit>月|季度|季)(?:底|末)",
    r"(?:(?P<way>今|本|明)年)?(?P<unit>年)(?:底|末|终)",
    r"(?P<way>今|本|明)(?P<unit>年)(?:底|末|终)",
    r"(?:at )?(?:the )?end of (?:the )?(?:(?P<way>this|next) )?(?P<unit>week|month|quarter|year)",
    r"(?:the )?(?:(?P<way>this|next) )?(?P<unit>month|quarter|year)(?:'s | |-)end",
)
_WITHIN_PERIOD = (
    r"(?:(?P<way>本|这|今|明|下|下下)个?)?(?P<unit>周|星期|礼拜|月|季度|季|年)[之以]?内",
    r"within (?:the|(?P<way>this|next)) (?P<unit>week|month|quarter|year)",
)
_NAMED_MONTH = rf"(?P<year>今年|明年)?(?P<chinese>{SMALL_NUMBER})月(?:份)?"
_END_OF_MONTH = (f"{_NAMED_MONTH}(?:底|末)", rf"(?:at )?(?:the )?end of (?P<english>{ENGLISH_MONTH})")
_BEGINNING_OF_MONTH = (f"{_NAMED_MONTH}初", rf"(?:the |at the )?(?:beginning|start) of (?P<english>{ENGLISH_MONTH})")
_TO_COME = (
    r"(?P<way>下|下下)个?(?P<unit>周|星期|礼拜|月|季度)",
    r"(?P<way>明)(?P<unit>年)",
    r"(?P<way>next) (?P<unit>week|month|quarter|year)",
)
_WORKING_DAYS = (
    rf"(?:再?过)?(?P<n>{NUMBER})个工作日(?P<way>[之以]?后|[之以]?内)?",
    rf"(?P<within>within(?: the next)?|in the next) (?P<n>{ENGLISH_NUMBER}) (?:working|business|work) ?days?",
    rf"(?:in )?(?P<n>{ENGLISH_NUMBER}) (?:working|business|work) ?days?(?P<way> later| from now| from today)?",
)
_WITHIN_LENGTH = (
    rf"(?:在)?(?P<chinese>{NUMBER}(?:天|周|个?星期|个?礼拜|个月)|半(?:个月|年))[之以]?内|(?:在)?(?P<days>{NUMBER})日[之以]?内",
    rf"(?:within(?: the next)?|in the next) (?P<english>{ENGLISH_NUMBER} (?:day|week|fortnight|month|year)s?)",
)
_WITHIN_DAY = r"(?P<day>今天|今日|明天|明日|后天)[之以]?内|(?:some ?time |any ?time )(?P<english>today|tomorrow)"
_WITHIN_HOURS = r".*(?:小时|钟头|分钟|刻钟)[之以]?内|(?:within|in the next) .*(?:hours?|hrs?|minutes?|min)"
_BEGINNING = (
    r"(?P<way>下|下下)个?(?P<unit>周|星期|礼拜|月)(?:初|的?第一个工作日)",
    r"(?:the |at the )?(?:beginning|start) of (?P<way>next) (?P<unit>week|month)",
    r"early (?P<way>next) (?P<unit>week|month)",
)
_FESTIVAL = (
    r"(?P<name>.*?)(?:节日|节假日|假期|小长假|长假|放假|节|假)?(?:过|结束)?[之以]?(?:(?P<way>前|后)|后的?第一(?:天|个工作日))",
    r"(?P<way>before|after) (?:the )?(?P<name>.*?)(?: ?holidays?| break)?",
)
_FESTIVALS = {
    "劳动": ("五一", "labor day", "may day"), "国庆": ("十一",), "春": ("chinese new year", "lunar new year"),
    "清明": ("qingming",),
}  # fmt: skip
"""What else people call a festival; the names themselves stand in the calendar."""


class Deadlines:
    """Reads texts that name a deadline or the time after a festival; made for one text seen from one moment."""

    def __init__(self, text: str, now: datetime, seen: Seen, calendar: WorkCalendar, hours: CallHours) -> None:
        self.text = text
        self.now = now
        self.seen = seen
        self.today = now.date()
        self.calendar = calendar
        self.hours = hours

    def read(self, plain: str) -> When | None:
        """The day that keeps the deadline, None if the text names none. Raises WhenError and OverflowError."""
        plain = _SHORT.get(plain, plain)
        if when := self.from_on(plain):
            return when
        if re.fullmatch(_AFTER_WORK, plain):
            raise WhenError("vague", self.text)
        if span := self._end(plain) or self._within(plain):
            return self._last_working_day(*span)
        for form in fitting(_UNTIL, plain):
            if found := re.fullmatch(form, plain):
                when = self._until(
                    _SHORT.get(found["what"], found["what"]), strict=bool(found.groupdict().get("strict"))
                )
                if when:
                    return when
        return None

    def from_on(self, plain: str) -> When | None:
        """The first working day of a time to come, or so many working days away; what is said of a festival."""
        for form in fitting(_BEGINNING, plain):
            if found := re.fullmatch(form, plain):
                return When(self._working_from(self._period(found).start))
        if span := self._month(plain, _BEGINNING_OF_MONTH):
            if span[0] < self.today:
                raise WhenError("over", self.text)
            return When(self._working_from(span[0]))
        if re.fullmatch(r"下一?个工作日|(?:the )?next (?:working|business|work) ?day", plain):
            return When(self._working_from(self.today + _DAY))
        return self._working_days(plain) or self._festival(plain)

    def _working_days(self, plain: str) -> When | None:
        for form in fitting(_WORKING_DAYS, plain):
            found = re.fullmatch(form, plain)
            if not found:
                continue
            parts = found.groupdict()
            within = bool(parts.get("within")) or (parts.get("way") or "").endswith("内")
            if not (within or parts.get("way") or plain.startswith(("in ", "过", "再过"))):
                return None  # a length alone
            day = self.today
            for _ in range(numeral(found["n"])):
                day = self._working_from(day + _DAY)
            return self._last_working_day(self.today, day) if within else When(day)
        return None

    def _until(self, what: str, *, strict: bool) -> When | None:
        if found := re.fullmatch(r"(?:(?P<way>本|这|下)个?)?周末|(?:the )?(?P<next>next )?weekend", what):
            if not strict:
                return None
            week = self._week(1 if found["way"] == "下" or found["next"] else 0)
            return self._last_working_day(week.start, week.start + 4 * _DAY)
        for form in fitting(_TO_COME, what) if strict else ():
            if found := re.fullmatch(form, what):
                return self._last_working_day(self.today, self._period(found).start - _DAY)
        if span := self._end(what):
            return self._last_working_day(*span)
        day = day_of(what, self.text, self.seen)
        if day is not None:
            return self._last_working_day(self.today, day - _DAY if strict else day)
        if reading_of(what, self.text, self.now, self.seen) is not None:
            raise WhenError("deadline", self.text)
        return None

    def _end(self, plain: str) -> tuple[date, date] | None:
        """The period, and its last day, that `plain` names the end of."""
        plain = _SHORT.get(plain, plain)
        if re.fullmatch(_END_OF_DAY[0], plain):
            return self.today, self.today
        for form in fitting(_END_OF_PERIOD, plain):
            if found := re.fullmatch(form, plain):
                period = self._period(found)
                return period.start, period.end
        if span := self._month(plain, _END_OF_MONTH):
            return span
        found = re.fullmatch(_END_OF_DAY[1], plain)
        day = day_of(found["day"] or found["before"] or found["english"], self.text, self.seen) if found else None
        return (day, day) if day else None

    def _month(self, plain: str, forms: tuple[str, ...]) -> tuple[date, date] | None:
        """First and last day of a month that one of the forms names: without a year the coming one, if it is near."""
        for form in fitting(forms, plain):
            if found := re.fullmatch(form, plain):
                parts = found.groupdict()
                said = (
                    f"1 {parts['english']}" if "english" in parts else f"{parts['year'] or ''}{parts['chinese']}月1日"
                )
                first = day_of(said, self.text, replace(self.seen, today=month_start(self.today)))
                assert first is not None
                return first, plus_months(first, 1) - _DAY
        return None

    def _within(self, plain: str) -> tuple[date, date] | None:
        for form in fitting(_WITHIN_PERIOD, plain):
            if found := re.fullmatch(form, plain):
                period = self._period(found)
                return period.start, period.end
        if re.fullmatch(_WITHIN_HOURS, plain):
            raise WhenError("deadline", self.text)
        said = ""
        if found := re.fullmatch(_WITHIN_LENGTH[0], plain):
            said = f"{found['chinese'] or found['days'] + '天'}后"
        elif found := re.fullmatch(_WITHIN_LENGTH[1], plain):
            said = f"in {found['english']}"
        elif found := re.fullmatch(_WITHIN_DAY, plain):
            day = day_of(found["day"] or found["english"], self.text, self.seen)
            return (day, day) if day else None
        day = day_of(said, self.text, self.seen) if said else None
        return (self.today, day) if day else None

    def _period(self, found: re.Match[str]) -> Period:
        kind = _UNITS[found["unit"]]
        period = period_of(kind, self.today)
        for _ in range(_PERIODS_ON.get(found["way"] or "", 0)):
            period = period_of(kind, period.end + _DAY)
        return period

    def _week(self, on: int) -> Period:
        return period_of("week", self.today + timedelta(weeks=on))

    def _last_working_day(self, first: date, last: date) -> When:
        """The last working day from `first` (today at the earliest, if a call hour is left) to `last`."""
        if last < self.today:
            raise WhenError("over", self.text)
        earliest = max(first, self.today + _DAY if over(self.now, self.calendar, self.hours) else self.today)
        day = last
        while day >= earliest and not self.calendar.is_working_day(day):
            day -= _DAY
        if day < earliest:
            raise WhenError("no-working-day", self.text)
        return When(day, by=last)

    def _working_from(self, day: date) -> date:
        while not self.calendar.is_working_day(day):
            day += _DAY
        return day

    # --- Festivals --------------------------------------------------------------------------------------------------

    def _festival(self, plain: str) -> When | None:
        for form in fitting(_FESTIVAL, plain):
            found = re.fullmatch(form, plain)
            if not found or (not found["name"] and not re.search("[节假]|holiday", plain)):
                continue
            blocks = [
                block for block in self._blocks() if not found["name"] or self._is_called(block[0], found["name"])
            ]
            if not blocks:
                if found["name"] and not any(self._is_called(day, found["name"]) for day in self.calendar.festivals):
                    continue
                raise WhenError("vague", self.text)  # the calendar of that year is not known yet
            first, last = blocks[0]
            if not found["name"] and first - self.today > _SOON:
                raise WhenError("vague", self.text)
            if found["way"] not in ("前", "before"):
                return When(self._working_from(last + _DAY))
            return self._last_working_day(self.today, first - _DAY)
        return None

    def _blocks(self) -> Iterator[tuple[date, date]]:
        """First and last day off of the festivals that are not over, in their order."""
        days = sorted(self.calendar.festivals)
        first = None
        for day in days:
            follows = day + _DAY
            first = first or day
            if self.calendar.festivals.get(follows) != self.calendar.festivals[day]:
                if day >= self.today:
                    yield first, day
                first = None

    def _is_called(self, day: date, name: str) -> bool:
        names = self.calendar.festivals[day]
        known = {names["en"].lower()}
        for one in names["zh"].split("、"):
            short = one.removesuffix("节")
            known |= {one, short if len(short) > 1 else one, *_FESTIVALS.get(short, ())}
        return name in known or f"{name}节" in known
