"""Telephone numbers as they stand in real sheets: several in one cell, full-width, labelled, with extensions, as numbers, and
masked ones, which are never taken for a number."""

from __future__ import annotations

import re
from functools import cache

from ..i18n import N_
from .textcell import LOST_DIGITS_FROM, SCIENTIFIC, CellError, Doubt, clean, digits_lost, narrow, raw, shown

_NOTHING = frozenset(
    (
        "无",
        "暂无",
        "没有",
        "无电话",
        "不详",
        "未知",
        "未提供",
        "-",
        "--",
        "---",
        "/",
        "none",
        "n/a",
        "na",
        "nil",
        "null",
    )
)
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_GROUPED = re.compile(r"(?:(?:\+|00)?86[ -]?)?(1[3-9][0-9])[ -]?([0-9]{4})[ -]?([0-9]{4})")
_MOBILES = re.compile(r"1[3-9][0-9]{9}(?:[/;,、；， \n]+1[3-9][0-9]{9})+")
_FIXED = re.compile(r"(0[0-9]{2,3})[ -]?([0-9]{3,4})[ -]?([0-9]{4})(?:(?:-|转|x|ext\.? ?)([0-9]{1,6}))?")
_MOBILE_DRESSED = re.compile(r"(?:\+?86|0086|\+86\(?0\)?)?0?(1[3-9][0-9]{9})")
_SERVICE = re.compile(r"[48]00[0-9]{7}")
_HOME_CODE = re.compile(r"^(?:\+86|0086)0?(?=[1-9])")
_COUNTRY = re.compile(r"^(?:\+|00)[0-9]{2,3}")
_NEIGHBOUR = re.compile(r"(?:852|853|886)(?=[ -])")
_APART = re.compile(r"[/\\;,、。|&\n\r]+|或者?|以及|和|及|\b(?:or|and)\b", re.IGNORECASE)
_LABEL_WORD = (
    r"(?:手机号码?|手机|移动电话|联系电话|联系方式|电话号码|电话|座机|固话|固定电话|办公电话|办公室?|家庭电话|宅电|mobile|mob|cell|phone"
    r"|telephone|tel|[mt](?=\s*:))"
)
_LABEL = re.compile(
    rf"(?<![a-z]){_LABEL_WORD}(?![a-z])(?:\s*[一二三四1-9]?\s*[:.]|\s*[一二三四](?![0-9]))?", re.IGNORECASE
)
_NOTE = re.compile(
    rf"\(\s*(?:{_LABEL_WORD}|微信同号|同微信|微信|办|宅|家|公司|单位|office|home|work|[omht])\s*\)", re.IGNORECASE
)
_EXTENSION = re.compile(
    r"(?P<main>.+?)\s*(?:转(?:分机|接)?|分机号?|内线|ext(?:ension|n)?\.?|x|#)\s*[:.]?\s*(?P<ext>[0-9]{1,6})",
    re.IGNORECASE,
)
_DASHED = re.compile(
    r"(?P<main>1[3-9][0-9]{9}|(?:\+?86-?)?\(?0[0-9]{2,3}\)?[\s-]?[0-9]{3,4}[\s-]?[0-9]{4}|[48]00-?[0-9]{3,4}-?[0-9]{3,4})"
    r"\s*-\s*(?P<ext>[0-9]{1,6})"
)
_ALLOWED = re.compile(r"\+?[0-9\s().\-]{5,30}")
_MASK = re.compile(r"[*∗✱×●○•]|[xX]{2,}|[#?_]{2,}|\.{3,}|-{3,}")
_MASKED = re.compile(r"[+(]?[0-9+()\s.*∗✱×●○•xX#?_-]{1,40}")
_FRAGMENT = re.compile(r"\(?\+?[0-9]{1,4}\)?(?:-[0-9]{1,4})?-?|-")
_MOST_SEEN = 10  # digits of a number that still is masked
_MOST_PIECES = 8
_Found = tuple[tuple[str, ...], tuple[str, ...]]
"""Numbers, and masked ones as they are written."""


def phones(value: object, *, region: str = "CN") -> tuple[str, ...] | None:
    """The numbers in the cell, each once, in their order; None for a blank cell or one that says 无.

    Numbers of `region` are digits as dialled there (`13800000001`, `01088886666`), others begin with + and the country
    code; an extension follows an x (`01088886666x123`). Raises CellError when any part is no complete number and when
    a spreadsheet has lost its digits; Doubt with the other numbers when one is masked (`138****0001`).
    """
    if region == "CN":
        quick = _quick(value)
        if quick is not None:
            return quick
    value = raw(value)
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not abs(value) < LOST_DIGITS_FROM:
            raise digits_lost(value)
        if value < 0 or value != int(value):
            raise _unreadable(value)
        value = str(int(value))
    if not isinstance(value, str):
        raise _unreadable(value)
    lines = "\n".join(clean(line) for line in narrow(value).splitlines()).strip()
    written = lines.removeprefix("'").replace("—", "-").replace("–", "-").replace("‐", "-")
    if not written or written.casefold() in _NOTHING:
        return None
    numbers, masked = _several(written, region)
    found = tuple(dict.fromkeys(numbers)) or None
    if masked:
        message = N_("the masked number {value} says nothing and was left out")
        raise Doubt("masked_number", found, message, value=shown(", ".join(masked)))
    return found


def _quick(value: object) -> tuple[str, ...] | None:
    """The numbers of a cell in one of the forms that nearly every cell of this country has; None: the long way."""
    if isinstance(value, float):
        if not 1.3e10 <= value < 2e10 or not value.is_integer():
            return None
        return (str(int(value)),)
    if not isinstance(value, str):
        return None
    if _MOBILE.fullmatch(value):
        return (value,)
    if match := _FIXED.fullmatch(value):
        city, first, second, extension = match.groups()
        bare = f"{city}{first}{second}"
        if not _is_landline(bare):
            return None
        return (f"{bare}x{extension}" if extension else bare,)
    if match := _GROUPED.fullmatch(value):
        return ("".join(match.groups()),)
    if _MOBILES.fullmatch(value):
        return tuple(dict.fromkeys(_MOBILE.findall(value)))
    return None


def _several(written: str, region: str) -> _Found:
    """All numbers of a cell. Raises CellError when one is not complete."""
    numbers: list[str] = []
    masked: list[str] = []
    apart = _LABEL.sub("\n", _NOTE.sub("\n", written))
    for part in filter(None, (piece.strip(" :") for piece in _APART.split(apart))):
        found = _part(part, region)
        if found is None:
            raise digits_lost(part) if SCIENTIFIC.fullmatch(part.replace(" ", "")) else _unreadable(part)
        numbers.extend(found[0])
        masked.extend(found[1])
    if not numbers and not masked:
        raise _unreadable(written)
    return tuple(numbers), tuple(masked)


def _part(part: str, region: str) -> _Found | None:
    """The numbers of a text without separators: one, or several with spaces between and within them, where there is only
    one way to part them. None: it cannot be understood."""
    has_mask = _MASK.search(part) is not None
    whole = None if has_mask else _one(part, region)
    if whole is not None:
        return (whole,), ()
    pieces = part.split()
    if len(pieces) > _MOST_PIECES or (len(pieces) == 1 and not has_mask):
        return None
    # The ways to part the pieces from each place on, from behind; ways to the same numbers are one.
    ways: list[dict[tuple[str, ...], tuple[str, ...]]] = [{} for _ in pieces] + [{(): ()}]
    for start in reversed(range(len(pieces))):
        for end in range(start + 1, len(pieces) + 1):
            if not ways[end] or (found := _group(pieces[start:end], region)) is None:
                continue
            for numbers, masked in ways[end].items():
                ways[start].setdefault(found[0] + numbers, found[1] + masked)
    return next(iter(ways[0].items())) if len(ways[0]) == 1 else None


def _group(pieces: list[str], region: str) -> _Found | None:
    """Pieces that are one number together, or one masked number."""
    written = " ".join(pieces)
    if not any(map(_MASK.search, pieces)):
        number = _one(written, region)
        return None if number is None else ((number,), ())
    main = _EXTENSION.fullmatch(written)
    shape = main["main"] if main and _MASK.search(main["main"]) else written
    if not _MASKED.fullmatch(shape) or len(re.sub("[^0-9]", "", _COUNTRY.sub("", shape))) > _MOST_SEEN:
        return None
    if not all(_MASK.search(piece) or _FRAGMENT.fullmatch(piece) for piece in shape.split()):
        return None
    return (), (written,)


def _one(part: str, region: str) -> str | None:
    """One number in its normal form, None when the text is not exactly one."""
    if match := _EXTENSION.fullmatch(part) or (_DASHED.fullmatch(part) if region == "CN" else None):
        main = _main(match["main"].strip(), region)
        return main and f"{main}x{match['ext']}"
    return _main(part, region)


def _main(part: str, region: str) -> str | None:
    bare = re.sub(r"[\s().\-]", "", part)
    if region == "CN":
        if match := _MOBILE_DRESSED.fullmatch(bare):
            return match[1]
        home = _HOME_CODE.sub("0", bare)
        if _is_landline(home) or _SERVICE.fullmatch(bare):
            return home
    if not _ALLOWED.fullmatch(part):
        return None
    neighbour = region == "CN" and _NEIGHBOUR.match(part)
    return _by_plan(bare, region) or (_by_plan(f"+{bare}", region) if neighbour else None)


def _is_landline(bare: str) -> bool:
    """Whether this is a whole landline number of China with the zero of its city."""
    return len(bare) in (11, 12) and bare[0] == "0" and _landlines().fullmatch(bare, 1) is not None


@cache
def _landlines() -> re.Pattern[str]:
    """The landlines that the numbering plan of China has, without the zero. Asking the whole library takes 50 times as long."""
    from phonenumbers import PhoneMetadata

    plan = PhoneMetadata.metadata_for_region("CN")
    pattern = plan and plan.fixed_line and plan.fixed_line.national_number_pattern
    return re.compile(pattern or r"(?!)", re.ASCII)


def _by_plan(bare: str, region: str) -> str | None:
    """By the numbering plans of the world: only complete numbers that exist there."""
    import phonenumbers
    from phonenumbers import NumberParseException, PhoneNumberFormat

    bare = "+" + bare[2:] if bare.startswith("00") else bare
    try:
        parsed = phonenumbers.parse(bare, region)
    except NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    if parsed.country_code != phonenumbers.country_code_for_region(region):
        return f"+{parsed.country_code}{phonenumbers.national_significant_number(parsed)}"
    national = phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL)
    return "".join(character for character in national if character.isdigit())


def _unreadable(value: object) -> CellError:
    return CellError("phone_unreadable", N_("{value} is no complete telephone number"), value=shown(value))
