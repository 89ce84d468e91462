"""What every kind of cell shares: the error, the cleaning of text, the comparison of words."""

from __future__ import annotations

import re
import unicodedata

from .. import alike
from ..i18n import N_
from ..sheets import BadCell

LOST_DIGITS_FROM = 10**15  # a spreadsheet keeps 15 digits of a number; from the 16th on they are zeros
SCIENTIFIC = re.compile(r"[-+]?\d(?:\.\d+)?[eE]\+\d+")

_SPACE = re.compile(r"[\x09-\x0d\x1c-\x1f\x85\u2028\u2029]")
# Controls, bidi and invisible format characters, halves of surrogate pairs. U+200D stays: it joins emoji.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e"
    r"\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_NARROW = {wide: wide - 0xFEE0 for wide in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}


class CellError(Exception):
    """A cell that cannot be understood. `template` (marked for translation) is filled by `params` when it is shown."""

    def __init__(self, code: str, template: str, **params: object) -> None:
        super().__init__(template.format(**params))
        self.code = code
        self.template = template
        self.params = params


def raw(value: object) -> object:
    """The cell itself, None for an empty text. Raises CellError for an error cell or a formula without a value."""
    if isinstance(value, BadCell):
        if value.code == "uncached_formula":
            template = N_("the formula {value} has no computed value; open the file, let it calculate and save it")
            raise CellError(value.code, template, value=value.text)
        raise CellError(value.code, N_("the cell shows the error {value}"), value=value.text)
    return None if value == "" else value


def clean(value: str) -> str:
    """One line without outer or double spaces, invisible characters or full-width letters and digits."""
    if value.isascii() and value.isprintable():
        return " ".join(value.split())
    seen = _UNSEEN.sub("", _SPACE.sub(" ", value)).translate(_NARROW)
    return " ".join(unicodedata.normalize("NFC", seen).split())


def fold(value: str) -> str:
    """The form in which words are compared: width, case, spaces, hyphens and underscores do not matter."""
    return alike.word(clean(value))


def shown(value: object) -> str:
    """The cell as an error message repeats it, on one line and not endless."""
    text = clean(str(int(value)) if isinstance(value, float) and value.is_integer() else str(value))
    return text if len(text) <= 60 else text[:59] + "…"


def digits_lost(value: object) -> CellError:
    """The error for a number that the spreadsheet has already cut down."""
    return CellError(
        "digits_lost", N_("{value} has lost digits in the spreadsheet; format the column as text"), value=shown(value)
    )
