"""From a raw cell to a typed value. A blank cell is None; what cannot be understood raises CellError, never a guess; what
was understood and looks wrong all the same raises Doubt, which carries the value.

Days and times are in `when`, telephone numbers in `telephone`; all of them are reached from here. Every reader begins with
the forms that nearly all cells have and takes the long way for the rest: the two never differ (tests).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from ..i18n import N_
from .telephone import phones
from .textcell import (
    LOST_DIGITS_FROM,
    SCIENTIFIC,
    CellError,
    Doubt,
    clean,
    digits_lost,
    figures,
    fold,
    is_clean,
    narrow,
    raw,
    shown,
    unguarded,
)
from .when import FIRST_YEAR, Order, day, instant, moment

__all__ = [
    "FIRST_YEAR", "CellError", "Doubt", "Order", "clean", "code", "day", "factor", "fold", "instant", "moment", "money", "number",
    "phones", "text", "unguarded", "word", "yes_no",
]  # fmt: skip

_POINT_ZERO = re.compile(r"([0-9]+)\.0+")
_PLAIN_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_/#-]*")
_PLAIN_AMOUNT = re.compile(r"(-?)[¥￥]?([0-9]{1,12}|[0-9]{1,3}(?:,[0-9]{3}){1,3})(?:\.([0-9]{1,2}))?元?")
_CURRENCY = r"(?:人民币|rmb|cny|[¥$£€])"
_HEAD = rf"(?:{_CURRENCY} ?){{0,2}}"
_TAIL = rf" ?(?:元|圆|块|{_CURRENCY})? ?[整正]?"
_IN_BRACKETS = re.compile(rf"{_HEAD}\((?P<inside>[^()]*)\){_TAIL}", re.IGNORECASE)
_AMOUNT = re.compile(
    rf"(?P<before>[-+负]?) ?{_HEAD}(?P<between>[-+]?) ?"
    r"(?P<digits>[0-9]{1,3}(?:, ?[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+|[0-9]{1,3}(?:['’][0-9]{3})+|[0-9]+)?(?P<part>\.[0-9]*)?"
    rf" ?(?P<unit>[千百]?万|[千万亿])?{_TAIL} ?(?P<after>-?)",
    re.IGNORECASE,
)
_UNITS = {"": 1, "千": 1_000, "万": 10_000, "百万": 1_000_000, "千万": 10_000_000, "亿": 100_000_000}
_MINUS = str.maketrans(dict.fromkeys("−‐‒–—➖", "-"))
_NOISE = Decimal("0.000001")
_MOST = 10**15
_FLOAT_TO = 10**8
_FLOAT_NOISE = 0.00001
_MOST_DAYS = 10**9
_DAYS = re.compile(r"([0-9]{1,9}|[0-9]{1,3}(?:,[0-9]{3}){1,2})(?:\.0+)?(?:天|日|days?)?", re.IGNORECASE)
_FACTOR = re.compile(r"([0-9]{1,4}(?:\.[0-9]+)?|\.[0-9]+)(%?)倍?")
_LEAST_PERCENT, _MOST_PERCENT = 10, 1000
YES = (
    "是",
    "y",
    "yes",
    "1",
    "1.0",
    "true",
    "t",
    "v",
    "√",
    "✓",
    "✔",
    "☑",
    "✅",
    "对",
    "要",
    "需要",
    "真",
    "有",
    "是的",
)
NO = (
    "否", "n", "no", "0", "0.0", "false", "f", "x", "×", "✕", "✗", "✘", "✖", "☒", "❌", "错", "不", "不是", "不要", "不需要",
    "假", "无", "没有",
)  # fmt: skip
"""What is understood as yes and as no."""
_YES_NO = {**dict.fromkeys(YES, True), **dict.fromkeys(NO, False)}


def text(value: object) -> str | None:
    """The cell as one line of text: full-width letters and digits narrowed, control and bidi characters removed.

    Chinese punctuation stays; the apostrophe that our CSV puts before `=`, `+`, `-`, `@` goes. Numbers and dates become
    their plain text. Raises CellError for a broken cell and for a number of 16 digits or more (a spreadsheet keeps 15).
    """
    if isinstance(value, str):
        return value if is_clean(value) and value[0] != "'" else unguarded(clean(unguarded(value))) or None
    value = raw(value)
    if value is None:
        return None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _plain_number(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds" if value.second else "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("seconds" if value.second else "minutes")
    return str(value)


def _plain_number(value: int | float) -> str:
    if isinstance(value, int):
        return str(value)
    if not abs(value) < LOST_DIGITS_FROM:
        raise digits_lost(value)
    return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")


def code(value: object) -> str | None:
    """A customer's code or an order's number: 17850.0 → "17850". Raises CellError for dates, yes/no, lost digits."""
    if isinstance(value, str):
        return value if _PLAIN_CODE.fullmatch(value) else _code(value)
    if isinstance(value, float) and -LOST_DIGITS_FROM < value < LOST_DIGITS_FROM and value.is_integer():
        return str(int(value))
    value = raw(value)
    if isinstance(value, bool | date | time | timedelta):
        raise CellError("not_a_code", N_("{value} is no code; format the column as text"), value=shown(value))
    return text(value)


def _code(value: str) -> str | None:
    cleaned = unguarded(clean(narrow(unguarded(value))))
    if SCIENTIFIC.fullmatch(cleaned):
        raise digits_lost(cleaned)
    if cleaned.startswith("'") and cleaned[1:].isdigit():
        cleaned = cleaned[1:]
    whole = _POINT_ZERO.fullmatch(cleaned)
    return (whole[1] if whole else cleaned) or None


def money(value: object) -> int | None:
    """An amount in cents: `￥1,234.50`, `(100)`, `1.2万元`, `100-`, 139.12. Raises CellError for more than two decimals (beyond
    the noise of floating point), for separators in the wrong place and for anything that is no amount, a percentage too."""
    if isinstance(value, float):
        if -_FLOAT_TO < value < _FLOAT_TO:
            # Below 10**8 the product and what it was made of are off by 0.000002 cents at most: what is this close to a
            # whole number of cents is also within the noise that `_cents` forgives, of the same number.
            cents = value * 100
            whole = round(cents)
            if -_FLOAT_NOISE < cents - whole < _FLOAT_NOISE:
                return whole
    elif isinstance(value, str) and (match := _PLAIN_AMOUNT.fullmatch(value)):
        sign, whole_part, part = match.groups()
        size = int(whole_part.replace(",", "")) * 100 + int((part or "").ljust(2, "0"))
        return -size if sign else size
    return _money(value)


def _money(value: object) -> int | None:
    """Any amount, the long way."""
    value = raw(value)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise _no_amount(value)
    if isinstance(value, str):
        amount = _amount(value)
        return None if amount is None else _cents(amount, value)
    if not abs(value) < LOST_DIGITS_FROM:
        raise digits_lost(value)
    return value * 100 if isinstance(value, int) else _cents(Decimal(repr(value)), value)


def _amount(value: str) -> Decimal | None:
    written = figures(value).translate(_MINUS)
    if not written:
        return None
    if SCIENTIFIC.fullmatch(written.replace(" ", "")):
        raise digits_lost(value)
    brackets = _IN_BRACKETS.fullmatch(written)
    match = _AMOUNT.fullmatch(brackets["inside"].strip() if brackets else written)
    if not match or not (match["digits"] or (match["part"] or ".") != "."):
        raise _no_amount(value)
    signs = match["before"] + match["between"] + match["after"]
    if len(signs) > (0 if brackets else 1):
        raise _no_amount(value)
    digits = re.sub("[ ,'’]", "", match["digits"] or "0")
    size = Decimal(digits + (match["part"] or "")) * _UNITS[match["unit"] or ""]
    return -size if brackets or signs in ("-", "负") else size


def _cents(amount: Decimal, value: object) -> int:
    if abs(amount) >= _MOST:
        raise _no_amount(value)
    rounded = amount.quantize(Decimal("0.01"), ROUND_HALF_EVEN)
    if abs(rounded - amount) >= _NOISE:
        raise CellError("too_precise", N_("{value} has more than two decimals"), value=shown(value))
    return int(rounded * 100)


def _no_amount(value: object) -> CellError:
    return CellError("not_an_amount", N_("{value} is no amount of money"), value=shown(value))


def number(value: object) -> int | None:
    """A whole number of days, 0 or more: 30, 30.0, `30天`, `1,000`. Raises CellError otherwise."""
    if isinstance(value, float) and 0 <= value < _MOST_DAYS and value.is_integer():
        return int(value)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 9:
        return int(value)
    return _number(value)


def _number(value: object) -> int | None:
    """Any number of days, the long way."""
    value = raw(value)
    if value is None:
        return None
    if isinstance(value, str):
        written = figures(value).replace(" ", "")
        if not written:
            return None
        if match := _DAYS.fullmatch(written):
            return int(match[1].replace(",", ""))
    elif (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and 0 <= value < _MOST_DAYS
        and value == int(value)
    ):
        return int(value)
    raise CellError("not_a_number", N_("{value} is no whole number of 0 or more"), value=shown(value))


def factor(value: object) -> int | None:
    """A weight in percent: 1.2, `1.2`, `120%` → 120. Raises CellError for anything finer than a hundredth, and outside
    0.1 to 10: 120 without a percent sign is no weight."""
    value = raw(value)
    if value is None:
        return None
    written = figures(text(value) or "").replace(" ", "")
    if not written:
        return None
    match = _FACTOR.fullmatch(written)
    if isinstance(value, bool) or not match:
        raise CellError("not_a_factor", N_("{value} is no factor such as 1.2 or 120%"), value=shown(value))
    percent = Decimal(match[1]) * (1 if match[2] else 100)
    if abs(percent - percent.to_integral_value()) >= _NOISE:
        raise CellError("too_precise", N_("{value} has more than two decimals"), value=shown(value))
    if not _LEAST_PERCENT <= percent <= _MOST_PERCENT:
        raise CellError("not_a_factor", N_("{value} is not between 0.1 and 10"), value=shown(value))
    return round(percent)


def yes_no(value: object) -> bool | None:
    """是 or 否, in any usual way of writing it. Raises CellError for any other word."""
    if value is None or isinstance(value, bool):
        return value
    written = fold(text(value) or "").removesuffix("\ufe0f")
    if not written:
        return None
    known = _YES_NO.get(written)
    if known is None:
        raise CellError("not_yes_no", N_("{value} is neither yes (是) nor no (否)"), value=shown(value))
    return known


def word(value: object, table: Mapping[str, str]) -> str | None:
    """The canonical word for the cell, by a table of folded synonyms (see `fold`). Raises CellError naming the words."""
    written = text(value)
    if written is None:
        return None
    known = table.get(written) or table.get(fold(written))
    if known is None:
        raise CellError(
            "unknown_word", N_("{value} is unknown here; known: {allowed}"), value=written, allowed=_allowed(table)
        )
    return known


def _allowed(table: Mapping[str, str]) -> str:
    """Every canonical word with its first other synonym: `customer (客户), prospect (潜在客户)`."""
    synonyms: dict[str, str] = {}
    for synonym, canonical in table.items():
        if not synonym.startswith(fold(canonical)):
            synonyms.setdefault(canonical, synonym)
    return ", ".join(f"{one} ({synonyms[one]})" if one in synonyms else one for one in dict.fromkeys(table.values()))
