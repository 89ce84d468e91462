"""When two names that people write are the same: the forms in which they are compared."""

from __future__ import annotations

import re
import unicodedata

_NOT_COMPARED = re.compile(r"[\s_\-]+")
_UNWRITTEN = re.compile(r"(?<=\d)([\W_])[\W_]*(?=\d)|[\W_]+")
_UNSEEN = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
_NO_PART_OF_A_NAME = re.compile(rf"[\s\x00-\x1f\x7f-\x9f{_UNSEEN}]+")
_OPENED, _CLOSED = "[{【〔〖〘〚", "]}】〕〗〙〛"
_BRACKETS = str.maketrans({**dict.fromkeys(_OPENED, "("), **dict.fromkeys(_CLOSED, ")")})
_UNTIDY = re.compile(rf"{_NO_PART_OF_A_NAME.pattern}|[{re.escape(_OPENED + _CLOSED)}]")


def name(text: str) -> str:
    """Of a login or a department: width and case do not matter."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def word(text: str) -> str:
    """Of a word that is one of a few: width, case, spaces, hyphens and underscores do not matter."""
    return _NOT_COMPARED.sub("", name(text))


def address(text: str) -> str:
    """Of an address: width, case, spaces and marks do not matter, but that something parts two numbers: 12-3号 is not 123号."""
    return _UNWRITTEN.sub(lambda found: "-" if found[1] else "", unicodedata.normalize("NFKC", text).casefold())


def customer_name(text: str) -> str:
    """Of a customer: width, the kind of brackets, spaces and invisible characters do not matter; capital letters do.

    Names of this same form are one name: a row of a sheet is matched by it, unasked. What only looks alike (ABC and abc, with
    and without 有限公司) is for a person to judge: `policy.likeness`.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    if not _UNTIDY.search(text):
        return text
    tidy = _NO_PART_OF_A_NAME.sub("", text).translate(_BRACKETS)
    return unicodedata.normalize("NFKC", tidy)  # what a space has kept apart may belong together: Y and a mark above it
