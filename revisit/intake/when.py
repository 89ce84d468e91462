"""Days and moments as people and spreadsheets write them. What can be read in two ways is refused, never guessed."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from ..i18n import N_
from .textcell import CellError, clean, raw, shown

FIRST_YEAR, LAST_YEAR = 1900, 2100
_SERIAL_FROM, _SERIAL_TO = 20_000, 80_000
_EPOCH_1900, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - wall clock, as in the sheet
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<month>jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
_WEEKDAY = r"(?:\s*,?\s*\(?(?:星期|周|礼拜)[一二三四五六日天]\)?)?"
_TIME = (
    r"(?:(?:\s*T\s*|\s+|(?<=[日号])|(?<=[一二三四五六日天)]))(?P<time>"
    r"(?:凌晨|早上|上午|中午|下午|傍晚|晚上|[AaPp]\.?[Mm]\.?)?\s*\d{1,2}\s*[:时点].*))?"
)
_REST = _WEEKDAY + _TIME
_YEAR_FIRST = re.compile(r"(\d{4})\s*(?:年|[./、。-])\s*(\d{1,2})\s*(?:月|[./、。-])\s*(\d{1,2})\s*[日号]?" + _REST)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})" + _REST)
_COMPACT_TIME = re.compile(r"(\d{8})(\d{2})(\d{2})(\d{2})?")
_YEAR_LAST = re.compile(r"(\d{1,2})\s*[./-]\s*(\d{1,2})\s*[./-]\s*(\d{4})" + _REST)
_SHORT_YEAR = re.compile(r"(?:\d{1,2}\s*[./-]\s*\d{1,2}\s*[./-]\s*\d{1,2}|\d{2}年\d{1,2}月\d{1,2}[日号]?)" + _REST)
_DAY_NAMED = re.compile(
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[\s-]*" + _MONTH + r",?[\s-]*(?P<year>\d{4})" + _TIME, re.IGNORECASE
)
_NAMED_DAY = re.compile(_MONTH + r"\s*(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})" + _TIME, re.IGNORECASE)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_CLOCK = re.compile(
    r"(凌晨|早上|上午|中午|下午|傍晚|晚上)?\s*([AaPp]\.?[Mm]\.?)?\s*(\d{1,2})\s*[:时点]\s*(?:(\d{1,2})|(半))?\s*分?"
    r"\s*(?::?\s*(\d{1,2})(?:\.\d+)?\s*秒?)?\s*([AaPp]\.?[Mm]\.?)?"
)
_MORNING, _AFTERNOON = ("凌晨", "早上", "上午", "am"), ("下午", "傍晚", "pm")


def day(value: object, *, epoch1904: bool = False) -> date | None:
    """The calendar day; a time of day is dropped. `epoch1904`: bare serial numbers count from 1904.

    Raises CellError: no date, an impossible one (2018-02-29), an ambiguous one (12/1/10), a year outside 1900–2100.
    """
    found = moment(value, epoch1904=epoch1904)
    return found.date() if isinstance(found, datetime) else found


def moment(value: object, *, epoch1904: bool = False) -> datetime | date | None:
    """The moment in local wall-clock time, to the second; a plain day where no time of day (or midnight) is given.

    Raises CellError as `day` does, and for a time of day that does not exist.
    """
    value = raw(value)
    if value is None:
        return None
    if isinstance(value, datetime):
        _in_range(value, value)
        return _in_range(_settle(value.replace(tzinfo=None)), value)
    if isinstance(value, date):
        return _in_range(value, value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_number(value, epoch1904)
    if not isinstance(value, str):
        raise _no_date(value)
    written = clean(unicodedata.normalize("NFKC", value)).replace("—", "-").replace("–", "-")
    return _from_text(written, epoch1904) if written else None


def _settle(at: datetime) -> datetime | date:
    """Rounded to the second; a day when that is midnight."""
    at = (at + timedelta(microseconds=500_000)).replace(microsecond=0)
    return at if at.time() != time() else at.date()


def _in_range(found: datetime | date, value: object) -> datetime | date:
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise CellError(
            "year_out_of_range",
            N_("{value}: the year is not between {first} and {last}"),
            value=shown(value),
            first=FIRST_YEAR,
            last=LAST_YEAR,
        )
    return found


def _from_number(value: int | float, epoch1904: bool) -> datetime | date:
    if _SERIAL_FROM <= value < _SERIAL_TO:
        epoch = _EPOCH_1904 if epoch1904 else _EPOCH_1900
        return _in_range(_settle(epoch + timedelta(seconds=round(value * 86_400))), value)
    if 10_000_000 <= value <= 99_999_999 and value == int(value):
        return _from_text(str(int(value)), epoch1904)
    raise _no_date(value)


def _from_text(written: str, epoch1904: bool) -> datetime | date:
    if match := _YEAR_FIRST.fullmatch(written) or _COMPACT.fullmatch(written):
        return _build(match[1], match[2], match[3], match["time"], written)
    if match := _COMPACT_TIME.fullmatch(written):
        clock = f"{match[2]}:{match[3]}:{match[4] or '00'}"
        return _build(match[1][:4], match[1][4:6], match[1][6:], clock, written)
    if match := _YEAR_LAST.fullmatch(written):
        first, second = int(match[1]), int(match[2])
        if first <= 12 and second <= 12 and first != second:
            raise _ambiguous(written)
        month, day_ = (first, second) if first <= 12 else (second, first)
        return _build(match[3], month, day_, match["time"], written)
    if match := _DAY_NAMED.fullmatch(written) or _NAMED_DAY.fullmatch(written):
        month = _MONTHS.index(match["month"][:3].lower()) + 1
        return _build(match["year"], month, match["day"], match["time"], written)
    if _SHORT_YEAR.fullmatch(written):
        raise _ambiguous(written)
    if _SERIAL.fullmatch(written):
        return _from_number(float(written), epoch1904)
    raise _no_date(written)


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
    return CellError(
        "ambiguous_date", N_("{value} can be read as different days; write it as 2026-03-12"), value=shown(written)
    )
