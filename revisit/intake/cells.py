"""From a raw cell to a typed value. A blank cell is None; what cannot be understood raises CellError, never a guess.

Days and times are in `when`, telephone numbers in `telephone`; all of them are reached from here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from ..i18n import N_
from .telephone import phones
from .textcell import LOST_DIGITS_FROM, SCIENTIFIC, CellError, clean, digits_lost, fold, raw, shown
from .when import day, moment

__all__ = [
    "CellError", "clean", "code", "day", "factor", "fold", "moment", "money", "number", "phones", "text", "word", "yes_no",
]  # fmt: skip

_POINT_ZERO = re.compile(r"(\d+)\.0+")
_AMOUNT = re.compile(r"(?P<sign>[-+]?)(?P<digits>\d+|\d{1,3}(?:,\d{3})+)?(?P<part>\.\d*)?(?P<unit>万|亿)?")
_MONEY_WORDS = re.compile(r"人民币|rmb|cny|[¥$£€元圆整]", re.IGNORECASE)
_UNITS = {"": 1, "万": 10_000, "亿": 100_000_000}
_NOISE = Decimal("0.000001")
_MOST_CENTS = 10**15
_DAYS = re.compile(r"(\d{1,9})(?:\.0+)?(?:天|日|days?)?", re.IGNORECASE)
_FACTOR = re.compile(r"(\d{1,4}(?:\.\d+)?|\.\d+)(%?)倍?")
_LEAST_PERCENT, _MOST_PERCENT = 10, 1000
_YES = frozenset(("是", "y", "yes", "1", "true", "t", "√", "✓", "✔", "☑", "对", "要", "需要", "真"))
_NO = frozenset(
    ("否", "n", "no", "0", "false", "f", "x", "×", "✕", "✗", "✘", "☒", "错", "不", "不是", "不要", "不需要", "假")
)


def text(value: object) -> str | None:
    """The cell as one line of text: full-width letters and digits narrowed, control and bidi characters removed.

    Chinese punctuation stays. Numbers and dates become their plain text. Raises CellError for a broken cell and for
    a number of 16 digits or more (a spreadsheet keeps only 15).
    """
    value = raw(value)
    if value is None:
        return None
    if isinstance(value, str):
        return clean(value) or None
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
    value = raw(value)
    if isinstance(value, bool | date | time | timedelta):
        raise CellError("not_a_code", N_("{value} is no code; format the column as text"), value=shown(value))
    if not isinstance(value, str):
        return text(value)
    cleaned = clean(unicodedata.normalize("NFKC", value))
    if SCIENTIFIC.fullmatch(cleaned):
        raise digits_lost(cleaned)
    if cleaned.startswith("'") and cleaned[1:].isdigit():
        cleaned = cleaned[1:]
    whole = _POINT_ZERO.fullmatch(cleaned)
    return (whole[1] if whole else cleaned) or None


def money(value: object) -> int | None:
    """An amount in cents: `￥1,234.50`, `(100)`, `1.2万`, 139.12. Raises CellError for more than two decimals (beyond
    the noise of floating point), for separators in the wrong place and for anything that is no amount."""
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
    return _cents(Decimal(repr(value)), value)


def _amount(value: str) -> Decimal | None:
    cleaned = clean(unicodedata.normalize("NFKC", value)).replace(" ", "").replace("−", "-")
    if not cleaned:
        return None
    if SCIENTIFIC.fullmatch(cleaned):
        raise digits_lost(value)
    bare = _MONEY_WORDS.sub("", cleaned)
    negative = len(bare) > 2 and bare[0] == "(" and bare[-1] == ")"
    match = _AMOUNT.fullmatch(bare[1:-1] if negative else bare)
    if not match or (negative and match["sign"]) or not (match["digits"] or (match["part"] or ".") != "."):
        raise _no_amount(value)
    try:
        size = Decimal((match["digits"] or "0").replace(",", "") + (match["part"] or "")) * _UNITS[match["unit"] or ""]
    except InvalidOperation:
        raise _no_amount(value) from None
    return -size if negative or match["sign"] == "-" else size


def _cents(amount: Decimal, value: object) -> int:
    if abs(amount) >= _MOST_CENTS:
        raise _no_amount(value)
    rounded = amount.quantize(Decimal("0.01"), ROUND_HALF_EVEN)
    if abs(rounded - amount) >= _NOISE:
        raise CellError("too_precise", N_("{value} has more than two decimals"), value=shown(value))
    return int(rounded * 100)


def _no_amount(value: object) -> CellError:
    return CellError("not_an_amount", N_("{value} is no amount of money"), value=shown(value))


def number(value: object) -> int | None:
    """A whole number of days, 0 or more: 30, 30.0, `30天`. Raises CellError otherwise."""
    value = raw(value)
    if value is None:
        return None
    if isinstance(value, str):
        cleaned = clean(unicodedata.normalize("NFKC", value)).replace(" ", "")
        if not cleaned:
            return None
        if match := _DAYS.fullmatch(cleaned):
            return int(match[1])
    elif isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 10**9 and value == int(value):
        return int(value)
    raise CellError("not_a_number", N_("{value} is no whole number of 0 or more"), value=shown(value))


def factor(value: object) -> int | None:
    """A weight in percent: 1.2, `1.2`, `120%` → 120. Raises CellError for anything finer than a hundredth, and outside
    0.1 to 10: 120 without a percent sign is no weight."""
    value = raw(value)
    if value is None:
        return None
    written = text(value) or ""
    cleaned = unicodedata.normalize("NFKC", written).replace(" ", "")
    if not cleaned:
        return None
    match = _FACTOR.fullmatch(cleaned)
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
    value = raw(value)
    if value is None or isinstance(value, bool):
        return value
    word_ = fold(text(value) or "")
    if word_ in _YES:
        return True
    if word_ in _NO:
        return False
    if not word_:
        return None
    raise CellError("not_yes_no", N_("{value} is neither yes (是) nor no (否)"), value=shown(value))


def word(value: object, table: Mapping[str, str]) -> str | None:
    """The canonical word for the cell, by a table of folded synonyms (see `fold`). Raises CellError naming the words."""
    written = text(value)
    if written is None:
        return None
    known = table.get(fold(written))
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
