"""What every kind of cell shares: the error, the doubt, the cleaning of text, the comparison of words."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

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
# Characters that cleaning leaves alone, whatever stands beside them: printable ASCII, Latin-1, dashes and quotation marks,
# Chinese, Japanese and Korean letters, Chinese punctuation. None of them combines with another.
_HARMLESS = (
    r"[!-~\u00a1-\u00ac\u00ae-\u00ff\u2010-\u2027\u3001-\u3029\u3041-\u3096\u30a1-\u30fe\u3400-\u4dbf\u4e00-\u9fff"
    r"\uac00-\ud7a3\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\U00020000-\U0002a6df]"
)
is_clean = re.compile(f"{_HARMLESS}+(?: {_HARMLESS}+)*").fullmatch
"""Whether a text is clean at a glance, as most texts are; None says nothing."""
# Numbers above, below or inside something: a footnote's ² is no further digit of the number before it.
_RAISED = re.compile(
    r"[\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u209c\u2150-\u218b\u2460-\u24ff\u2776-\u2793\u3220-\u33ff\U0001f100-\U0001f1ff]"
)
_GUARDED = frozenset("=+-@\t\r\n＝＋－＠")
_REMEMBERED = 64  # characters; a longer text is compared anew each time


class CellError(Exception):
    """A cell that cannot be understood. `template` (marked for translation) is filled by `params` when it is shown."""

    def __init__(self, code: str, template: str, /, **params: object) -> None:
        super().__init__(code, template)
        self.code = code
        self.template = template
        self.params = params

    def __str__(self) -> str:
        return self.template.format(**self.params)


class Doubt(Exception):
    """A cell that was understood, or understood in part, and deserves a warning. `value` is what is to be kept of it
    (None: nothing); `template` and `params` are those of the warning, as in CellError."""

    def __init__(self, code: str, kept: object, template: str, /, **params: object) -> None:
        super().__init__(code, template)
        self.code = code
        self.value = kept
        self.template = template
        self.params = params

    def __str__(self) -> str:
        return self.template.format(**self.params)


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
    return value if is_clean(value) else _cleaned(value)


def _cleaned(value: str) -> str:
    """Any text made clean."""
    if value.isascii() and value.isprintable():
        return " ".join(value.split())
    seen = _UNSEEN.sub("", _SPACE.sub(" ", value)).translate(_NARROW)
    return " ".join(unicodedata.normalize("NFC", seen).split())


def unguarded(value: str) -> str:
    """A text without the one apostrophe that our CSV puts before what begins like a formula (= + - @, a tab, a return)."""
    return value[1:] if value[:1] == "'" and value[1:2] in _GUARDED else value


def narrow(value: str) -> str:
    """A text with everything half-width, if that does not make digits of what are none (10² is not 102)."""
    return value if _RAISED.search(value) else unicodedata.normalize("NFKC", value)


def figures(value: str) -> str:
    """A text that should hold figures: clean, everything half-width, without an apostrophe that keeps it a text."""
    written = clean(narrow(value))
    return written.removeprefix("'") or written


def fold(value: str) -> str:
    """The form in which words are compared: width, case, spaces, hyphens and underscores do not matter."""
    return _folded(value) if len(value) <= _REMEMBERED else alike.word(clean(value))


@lru_cache(maxsize=4096)
def _folded(value: str) -> str:
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
