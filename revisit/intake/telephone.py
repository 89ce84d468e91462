"""Telephone numbers as they stand in real sheets: several in one cell, full-width, with extensions, as numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from ..i18n import N_
from .textcell import LOST_DIGITS_FROM, SCIENTIFIC, CellError, clean, digits_lost, raw, shown

_NOTHING = frozenset(("无", "暂无", "没有", "-", "--", "/", "none", "n/a"))
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_MOBILE_DRESSED = re.compile(r"(?:\+?86|0086|\+86\(?0\)?)?0?(1[3-9][0-9]{9})")
_APART = re.compile(r"[/;,、|\n\r]+|或者?|以及|和|\bor\b", re.IGNORECASE)
_LABEL = re.compile(
    r"^(?:手机号?码?|移动电话|联系电话|电话|座机|固话|办公|mobile|mob|phone|tel)\s*[:.]?\s*(?=[+(\d])", re.IGNORECASE
)
_EXTENSION = re.compile(
    r"(?P<main>.+?)\s*(?:转|分机|ext(?:ension|n)?\.?|x|#)\s*[:.]?\s*(?P<ext>\d{1,6})", re.IGNORECASE
)
_DASHED = re.compile(
    r"(?P<main>1[3-9]\d{9}|(?:\+?86-?)?\(?0\d{2,3}\)?[\s-]?\d{3,4}[\s-]?\d{4}|[48]00-?\d{3,4}-?\d{3,4})\s*-\s*(?P<ext>\d{1,6})"
)
_ALLOWED = re.compile(r"\+?[0-9\s().\-]{5,30}")


def phones(value: object, *, region: str = "CN") -> tuple[str, ...] | None:
    """The numbers in the cell, each once, in their order; None for a blank cell or one that says 无.

    Numbers of `region` are digits as dialled there (`13800000001`, `01088886666`), others begin with + and the country
    code; an extension follows an x (`01088886666x123`). Raises CellError when any part is no complete number and when
    a spreadsheet has lost its digits.
    """
    value = raw(value)
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not abs(value) < LOST_DIGITS_FROM:
            raise digits_lost(value)
        value = str(int(value)) if value == int(value) else str(value)
    if not isinstance(value, str):
        raise _unreadable(value)
    if region == "CN" and _MOBILE.fullmatch(value):
        return (value,)
    lines = "\n".join(clean(line) for line in unicodedata.normalize("NFKC", value).splitlines()).strip()
    written = lines.removeprefix("'").replace("—", "-").replace("–", "-").replace("‐", "-")
    if not written or written.casefold() in _NOTHING:
        return None
    return tuple(dict.fromkeys(_numbers(written, region))) or None


def _numbers(written: str, region: str) -> Iterator[str]:
    for part in filter(None, (piece.strip() for piece in _APART.split(written))):
        whole = _one(part, region)
        if whole is not None:
            yield whole
            continue
        several = [_one(piece, region) for piece in part.split()]
        found = [number for number in several if number is not None]
        if len(several) < 2 or len(found) < len(several):
            raise digits_lost(part) if SCIENTIFIC.fullmatch(part.replace(" ", "")) else _unreadable(part)
        yield from found


def _one(part: str, region: str) -> str | None:
    """One number in its normal form, None when the text is not exactly one."""
    part = _LABEL.sub("", part)
    if match := _EXTENSION.fullmatch(part) or (_DASHED.fullmatch(part) if region == "CN" else None):
        main = _main(match["main"].strip(), region)
        return main and f"{main}x{match['ext']}"
    return _main(part, region)


def _main(part: str, region: str) -> str | None:
    bare = re.sub(r"[\s().\-]", "", part)
    if region == "CN" and (match := _MOBILE_DRESSED.fullmatch(bare)):
        return match[1]
    if not _ALLOWED.fullmatch(part):
        return None
    return _by_plan(bare, region)


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
        return phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
    national = phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL)
    return "".join(character for character in national if character.isdigit())


def _unreadable(value: object) -> CellError:
    return CellError("phone_unreadable", N_("{value} is no complete telephone number"), value=shown(value))
