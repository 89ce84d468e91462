"""A text as it may be shown, columns that it takes on a terminal, lines that fit: wide characters, Chinese without spaces."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_NOT_FIRST = frozenset("，；：？！）,。、;:?!)」』”’》〉】〕…,.;:!?)]}")
_TOGETHER = 24  # characters up to which what stands in brackets is not parted
_NOT_LAST = frozenset("（(「『“‘《〈【〔([{")

_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufffe\uffff]"
)


def safe(text: object) -> str:
    """A text from outside as it may be shown, on a terminal or in a file: nothing in it steers, or turns what is beside it."""
    return _CONTROL.sub("\ufffd", str(text)).replace("\n", " ").replace("\t", " ")


def width(text: str) -> int:
    """Columns a text takes on a terminal; wide characters take two."""
    return len(text) if text.isascii() else sum(_char_width(char) for char in text)


@lru_cache(maxsize=4096)
def _char_width(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def pad(text: str, size: int, *, right: bool = False) -> str:
    """A text filled with spaces to a number of columns."""
    space = " " * max(0, size - width(text))
    return space + text if right else text + space


def fold(text: str, room: int) -> list[str]:
    """A text in lines of at most `room` columns: at spaces and between Chinese characters, no full stop at a beginning.

    A few words in square brackets stay together.
    """
    lines: list[str] = []
    line, used, cut, within = "", 0, 0, False
    for place, char in enumerate(text):
        size = width(char)
        if line and not within and _may_part(line[-1], char):
            cut = len(line)
        if char in "[]":
            within = char == "[" and "]" in text[place : place + _TOGETHER]
        if used + size > room and char != " " and line.strip():
            at = cut or len(line)
            lines.append(line[:at].rstrip())
            line, cut = line[at:].lstrip(), 0
            used = width(line)
        line += char
        used += size
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _may_part(left: str, right: str) -> bool:
    if left == " " or right == " ":
        return True
    wide = width(left) == 2 or width(right) == 2
    return wide and right not in _NOT_FIRST and left not in _NOT_LAST
