"""Days and moments as people and spreadsheets write them. What can be read in two ways is refused, never guessed."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from ..i18n import N_
from .textcell import CellError, Doubt, figures, raw, shown

Order = Literal["dmy", "mdy"]
"""How a sheet orders day, month and year where the year stands last: `--dates`."""

FIRST_YEAR, LAST_YEAR = 1900, 2100
"""Outside of these a year is refused: no person of the register lives then, and spreadsheets write 1899 for nothing."""
PLAUSIBLE_FROM = 1980
"""An earlier year is kept and doubted: 1900-01-01 and 1970-01-01 are what programs write for a day they do not know."""
YEARS_AHEAD = 5
"""A year further ahead of today is kept and doubted. A year of two digits never means one that lies further ahead:
in 2026 `31` is 2031 and `32` is 1932; of a birthday `26` is 2026 and `27` is 1927."""
_SHORT_YEARS_TO = 2069  # the last year that two digits mean where today is not known

_SERIAL_FROM, _SERIAL_TO = 20_000, 80_000
_EPOCH_1900, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - wall clock, as in the sheet
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<month>jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
_WEEKDAYS = {**{word: n for n, word in enumerate("一二三四五六日")}, **{str(n + 1): n for n in range(7)}, "天": 6}
_WEEKDAYS |= {word: n for n, word in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
_WEEKDAY_WORD = (
    r"(?:(?:星期|周|礼拜)\s?(?:[一二三四五六日天]|[1-7](?![0-9]))"
    r"|(?<![a-z])(?:mon|tue(?:s)?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?(?![a-z])\.?)"
)
_WEEKDAY = re.compile(
    rf"\s*,?\s*(?:\(\s*(?P<a>{_WEEKDAY_WORD})\s*\)|\[\s*(?P<b>{_WEEKDAY_WORD})\s*\]"
    rf"|【\s*(?P<c>{_WEEKDAY_WORD})\s*】|(?P<d>{_WEEKDAY_WORD}))\s*,?\s*",
    re.IGNORECASE,
)
_TIME = (
    r"(?:(?:\s*T\s*|\s+|(?<=[日号]))(?P<time>"
    r"(?:凌晨|早上|上午|中午|下午|傍晚|晚上|[AaPp]\.?[Mm]\.?)?\s*[0-9]{1,2}\s*[:时点].*))?"
)
_HAS_CLOCK = re.compile(r"[0-9]\s*[:：时点]")
_PLAIN = re.compile(
    r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?:[ T]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?)?"
)
_YEAR_FIRST = re.compile(
    r"([0-9]{4})\s*(?:年|[./、。-])\s*([0-9]{1,2})\s*(?:月|[./、。-])\s*([0-9]{1,2})\s*[日号]?" + _TIME
)
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})" + _TIME)
_COMPACT_TIME = re.compile(r"([0-9]{8})([0-9]{2})([0-9]{2})([0-9]{2})?")
_YEAR_LAST = re.compile(r"([0-9]{1,2})\s*[./-]\s*([0-9]{1,2})\s*[./-]\s*([0-9]{4}|[0-9]{1,2})" + _TIME)
_SHORT_YEAR_FIRST = re.compile(r"'?([0-9]{2})\s*年\s*([0-9]{1,2})\s*月\s*([0-9]{1,2})\s*[日号]?" + _TIME)
_DAY_NAMED = re.compile(
    r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?[\s-]*(?:of )?" + _MONTH + r",?[\s-]*'?(?P<year>[0-9]{4}|[0-9]{2})" + _TIME,
    re.IGNORECASE,
)
_NAMED_DAY = re.compile(
    _MONTH + r"[\s-]*(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?(?:,\s*|[\s-]\s*)'?(?P<year>[0-9]{4}|[0-9]{2})" + _TIME,
    re.IGNORECASE,
)
_YEAR_NAMED = re.compile(
    r"(?P<year>[0-9]{4}),?[\s-]*" + _MONTH + r"[\s-]*(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?" + _TIME, re.IGNORECASE
)
_SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")
_CLOCK = re.compile(
    r"(凌晨|早上|上午|中午|下午|傍晚|晚上)?\s*([AaPp]\.?[Mm]\.?)?\s*([0-9]{1,2})\s*[:时点]\s*(?:([0-9]{1,2})|(半))?\s*分?"
    r"\s*(?::?\s*([0-9]{1,2})(?:\.[0-9]+)?\s*秒?)?\s*([AaPp]\.?[Mm]\.?)?"
)
_MORNING, _AFTERNOON = ("凌晨", "早上", "上午", "am"), ("下午", "傍晚", "pm")


def day(
    value: object,
    *,
    epoch1904: bool = False,
    order: Order | None = None,
    today: date | None = None,
    earliest: int = PLAUSIBLE_FROM,
    latest: date | None = None,
) -> date | None:
    """The calendar day; a time of day is dropped. `epoch1904`: bare serial numbers count from 1904.

    `order` says how the sheet writes days whose year stands last or has two digits (12/1/10). With `today` a day is plausible
    from the year `earliest` to the day `latest` (none: the end of the fifth year after today's). A birthday:
    `earliest=FIRST_YEAR, latest=today`.

    Raises CellError: no date, an impossible one (2018-02-29; 31/12/2026 where months come first), an ambiguous one
    (12/1/10 without an order), a year outside 1900–2100. Raises Doubt with the day: not plausible, another weekday.
    """
    if value is None:
        return None
    strange = False
    at = _quick(value)
    if at is None:
        at, strange = _read(value, epoch1904, order, _last_year(today, latest))
        if at is None:
            return None
    found = at.date() if isinstance(at, datetime) else at
    if strange or today is not None:
        _doubt(found, found, value, strange, today, earliest, latest)
    return found


def moment(
    value: object,
    *,
    epoch1904: bool = False,
    order: Order | None = None,
    today: date | None = None,
    earliest: int = PLAUSIBLE_FROM,
    latest: date | None = None,
) -> datetime | date | None:
    """The moment in local wall-clock time, to the second; a plain day where no time of day (or midnight) is given.

    Options and errors are those of `day`; a time of day that does not exist is a CellError, too.
    """
    if value is None:
        return None
    strange = False
    found = _quick(value)
    if found is None:
        found, strange = _read(value, epoch1904, order, _last_year(today, latest))
    if found is not None and (strange or today is not None):
        on = found.date() if isinstance(found, datetime) else found
        _doubt(found, on, value, strange, today, earliest, latest)
    return found


def instant(value: object, **how: Any) -> datetime | date | None:
    """The moment as `moment` reads it, of what always has a time of day: midnight is one, unless a text names the day alone."""
    found = moment(value, **how)
    if type(found) is date and not (isinstance(value, str) and not _HAS_CLOCK.search(value)):
        return datetime.combine(found, time())
    return found


def _doubt(
    found: datetime | date,
    on: date,
    value: object,
    strange: bool,
    today: date | None,
    earliest: int,
    latest: date | None,
) -> None:
    """Raises Doubt for a day that is not plausible; else for a weekday that says otherwise (`strange`)."""
    if today is not None:
        late = on.year > today.year + YEARS_AHEAD if latest is None else on > latest
        if late or on.year < earliest:
            message = N_("{value} is an unlikely date; it was kept")
            raise Doubt("unlikely_date", found, message, value=_written(value))
    if strange:
        message = N_("{value}: the weekday does not go with the date; the date was kept")
        raise Doubt("other_weekday", found, message, value=_written(value))


def _written(value: object) -> str:
    """A cell as it is shown: a date without the midnight that a spreadsheet adds."""
    return shown(value.date() if isinstance(value, datetime) and value.time() == time() else value)


def _last_year(today: date | None, latest: date | None) -> int:
    """The last year that two digits may mean."""
    return latest.year if latest else today.year + YEARS_AHEAD if today else _SHORT_YEARS_TO


def _quick(value: object) -> datetime | date | None:
    """The moment of a cell that is a date or a text as nearly all are; None: to be read with more care."""
    found: datetime | date | None = None
    if isinstance(value, str):
        found = _plain(value)
    elif isinstance(value, datetime):
        if not value.microsecond and value.tzinfo is None:
            found = value if value.hour or value.minute or value.second else value.date()
    elif isinstance(value, date):
        found = value
    return found if found is not None and FIRST_YEAR <= found.year <= LAST_YEAR else None


def _plain(value: str) -> datetime | date | None:
    """The moment of a text in one of the forms that nearly every cell has; None: to be read with more care."""
    try:
        if len(value) == 10 and value[4] == value[7] == "-":
            return date.fromisoformat(value)
        match = _PLAIN.fullmatch(value)
        if match is None:
            return None
        year, month, day_, hour, minute, second = match.groups()
        if hour is None:
            return date(int(year), int(month), int(day_))
        return _settle(datetime(int(year), int(month), int(day_), int(hour), int(minute), int(second or 0)))  # noqa: DTZ001
    except ValueError:
        return None


def _read(value: object, epoch1904: bool, order: Order | None, last: int) -> tuple[datetime | date | None, bool]:
    """The moment, and whether a weekday beside it says otherwise. `last`: the last year that two digits may mean."""
    value = raw(value)
    if value is None:
        return None, False
    if isinstance(value, datetime):
        _in_range(value, value)
        return _in_range(_settle(value.replace(tzinfo=None)), value), False
    if isinstance(value, date):
        return _in_range(value, value), False
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_number(value, epoch1904), False
    if not isinstance(value, str):
        raise _no_date(value)
    written = figures(value).replace("—", "-").replace("–", "-")
    if not written:
        return None, False
    weekdays = {_WEEKDAYS[_weekday(match)] for match in _WEEKDAY.finditer(written)}
    bare = _WEEKDAY.sub(" ", written).strip() if weekdays else written
    found = _from_text(bare, written, epoch1904, order, last)
    return found, bool(weekdays - {found.weekday()})


def _weekday(match: re.Match[str]) -> str:
    """The key of a weekday's word: its last character in Chinese, its first three in English."""
    word = (match["a"] or match["b"] or match["c"] or match["d"]).lower()
    return word[:3] if word.isascii() else word[-1]


def _settle(at: datetime) -> datetime | date:
    """Rounded to the second; a day when that is midnight."""
    if at.microsecond:
        at = (at + timedelta(microseconds=500_000)).replace(microsecond=0)
    return at if at.hour or at.minute or at.second else at.date()


def _in_range(found: datetime | date, value: object) -> datetime | date:
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise CellError(
            "year_out_of_range",
            N_("{value}: the year is not between {first} and {last}"),
            value=_written(value),
            first=FIRST_YEAR,
            last=LAST_YEAR,
        )
    return found


def _from_number(value: int | float, epoch1904: bool) -> datetime | date:
    if _SERIAL_FROM <= value < _SERIAL_TO:
        epoch = _EPOCH_1904 if epoch1904 else _EPOCH_1900
        return _in_range(_settle(epoch + timedelta(seconds=round(value * 86_400))), value)
    if 10_000_000 <= value <= 99_999_999 and value == int(value):
        written = str(int(value))
        return _build(written[:4], written[4:6], written[6:], None, written)
    raise _no_date(value)


def _from_text(bare: str, written: str, epoch1904: bool, order: Order | None, last: int) -> datetime | date:
    """The moment of a text without its weekday; `written` is what an error shows."""
    if match := _YEAR_FIRST.fullmatch(bare) or _COMPACT.fullmatch(bare):
        return _build(match[1], match[2], match[3], match["time"], written)
    if match := _COMPACT_TIME.fullmatch(bare):
        clock = f"{match[2]}:{match[3]}:{match[4] or '00'}"
        return _build(match[1][:4], match[1][4:6], match[1][6:], clock, written)
    if match := _YEAR_LAST.fullmatch(bare):
        return _year_last(match, written, order, last)
    if match := _DAY_NAMED.fullmatch(bare) or _NAMED_DAY.fullmatch(bare) or _YEAR_NAMED.fullmatch(bare):
        month = _MONTHS.index(match["month"][:3].lower()) + 1
        return _build(_year(match["year"], written, order, last), month, match["day"], match["time"], written)
    if match := _SHORT_YEAR_FIRST.fullmatch(bare):
        return _build(_year(match[1], written, order, last), match[2], match[3], match["time"], written)
    if _SERIAL.fullmatch(bare):
        return _from_number(float(bare), epoch1904)
    raise _no_date(written)


def _year_last(match: re.Match[str], written: str, order: Order | None, last: int) -> datetime | date:
    """A day of which only the order of the sheet, or a part beyond 12, tells what is the day and what the month."""
    first, second = int(match[1]), int(match[2])
    year = _year(match[3], written, order, last)
    if order is None:
        if first <= 12 and second <= 12 and first != second:
            raise _ambiguous(written)
        month, day_ = (first, second) if first <= 12 else (second, first)
    else:
        month, day_ = (first, second) if order == "mdy" else (second, first)
        if month > 12 >= day_:
            message = N_("{value} is no date in the order {order}, which --dates names")
            raise CellError("other_order", message, value=shown(written), order=order)
    return _build(year, month, day_, match["time"], written)


def _year(written_year: str, written: str, order: Order | None, last: int) -> int:
    """The year. One of two digits is understood only where an order is given, and is never after `last`."""
    if len(written_year) == 4:
        return int(written_year)
    if order is None:
        raise _ambiguous(written)
    if len(written_year) == 1:
        raise _no_date(written)
    return last - (last - int(written_year)) % 100


def _build(year: str | int, month: str | int, day_: str | int, clock: str | None, written: str) -> datetime | date:
    try:
        found = date(int(year), int(month), int(day_))
    except ValueError:
        raise CellError("impossible_date", N_("{value}: this day does not exist"), value=shown(written)) from None
    _in_range(found, written)
    return _settle(datetime.combine(found, _clock(clock, written))) if clock else found


def _clock(clock: str, written: str) -> time:
    match = _CLOCK.fullmatch(clock.strip())
    if not match:
        raise _no_date(written)
    hour, minute, second = int(match[3]), 30 if match[5] else int(match[4] or 0), int(match[6] or 0)
    half = match[1] or (match[2] or match[7] or "").replace(".", "").lower()
    found = _hour(half, hour)
    if found is None or minute > 59 or second > 59:
        raise CellError("impossible_time", N_("{value}: this time of day does not exist"), value=shown(written))
    return time(found, minute, second)


def _hour(half: str, hour: int) -> int | None:
    """The hour of 24; None when the word for the part of the day and the hour do not go together."""
    if half in _MORNING:
        return hour % 12 if hour <= 12 else None
    if half in _AFTERNOON:
        return hour + 12 if hour < 12 else hour if hour <= 23 else None
    if half == "中午":
        return hour + 12 if hour in (1, 2) else hour if 11 <= hour <= 14 else None
    if half == "晚上":
        return hour + 12 if 5 <= hour <= 11 else hour if 17 <= hour <= 23 else None
    return hour if hour <= 23 else None


def _no_date(value: object) -> CellError:
    return CellError("not_a_date", N_("{value} is no date; write it as 2026-03-12"), value=shown(value))


def _ambiguous(written: str) -> CellError:
    message = N_("{value} can be read as different days; write it as 2026-03-12, or say --dates dmy or --dates mdy")
    return CellError("ambiguous_date", message, value=shown(written))
