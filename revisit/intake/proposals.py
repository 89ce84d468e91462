"""What a cell that was not understood probably means: a text to write instead, for a person to accept. Pure.

Each kind of cell has its ways of putting right what people write. A proposal is only what the reader of the cell then
understands without a doubt; where nothing is sure enough there is none. Never proposed: one of several readings of a day,
digits that a spreadsheet has lost, anything for an empty cell or for one that shows an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from revisit import pinyin, posts
from revisit.intake.cells import NO, YES, CellError, Doubt, unguarded
from revisit.intake.headers import Field, Layout
from revisit.intake.own import CHOICES
from revisit.intake.textcell import LOST_DIGITS_FROM, clean, fold, narrow
from revisit.sheets import BadCell

FIGURES = ("money", "number", "factor", "day", "birthday", "moment", "instant", "phones")
LIKE = 70
"""Percent from which on a word that is not known is probably one that is (rapidfuzz `ratio`)."""
CLEARLY = 8  # percent by which it must be more like that one than like one of another meaning
FEWEST_SPOKEN = 2  # characters of a word that is known by its sound
HOPELESS = ("digits_lost", "ambiguous_date", "other_order", "uncached_formula", "error_value")
LONGEST = 200  # characters; a longer text is no figure
Read = Callable[[object], Any]
Ways = Callable[[str, str, Read], Iterable[str]]
"""Texts to try for what is written, by why it was refused."""

_NOT = frozenset("不未无非没否勿")
_ZERO_ONE = str.maketrans({"O": "0", "o": "0", "〇": "0", "l": "1", "I": "1", "|": "1", "。": ".", "．": ".", "·": "."})
_ABOUT = r"大约|大概|约|差不多|左右|上下|about|approx(?:imately)?\.?|ca\.|circa|~|≈"
_UNIT = {
    "money": r"人民币|rmb|cny|[¥$£€]|元|圆|块钱?|欠款",
    "number": r"天|日|days?|账期|帐期",
    "factor": r"倍|系数",
}
_NUMBER = re.compile(r"-?[0-9][0-9,]*(?:\.[0-9]+)?\s*[千万亿]?")
_NOTED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
_YEAR_FIRST = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_APART = re.compile(r"[/\\;,、。|&\n\r]+")
_MOBILE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")


class Offers:
    """Proposals for the cells of one kind of sheet, each thought of once: a column holds the same mistakes again and again."""

    def __init__(self, layout: Layout, read: Mapping[str, Read]) -> None:
        self._layout = layout
        self._read = read
        self._thought: dict[tuple[str, type, object], str | None] = {}

    def of(self, field: Field, cell: object) -> str | None:
        """What is proposed for a cell of this field that was refused; None: nothing."""
        key = (field.name, type(cell), cell)
        if key not in self._thought:
            self._thought[key] = propose(field, cell, self._read[field.name])
        return self._thought[key]


def propose(field: Field, cell: object, read: Read) -> str | None:
    """The text to write instead of a cell that its reader refuses; None where none is sure enough."""
    if cell is None or isinstance(cell, BadCell | bool):
        return None
    if isinstance(cell, int | float) and abs(cell) >= LOST_DIGITS_FROM:
        return None
    code = _refusal(read, cell)
    if code in HOPELESS:
        return None
    written = clean(unguarded(str(cell)) if isinstance(cell, str) else _plain(cell))
    if not written or len(written) > LONGEST:
        return None
    if field.type == "post":
        return _post(written)
    if code is None:
        return None
    if field.type == "word":
        return _word(written, field)
    if field.type == "yes_no":
        return _yes_no(written)
    asked = str(cell) if field.type == "phones" and isinstance(cell, str) else written
    for text in dict.fromkeys(_WAYS[field.type](asked, code, read)) if field.type in _WAYS else ():
        if text != written and _is_understood(read, text):
            return text
    return None


def _plain(cell: object) -> str:
    if isinstance(cell, float):
        return format(Decimal(repr(cell)), "f").removesuffix(".0")
    return str(cell)


def _refusal(read: Read, cell: object) -> str | None:
    """Why the reader refuses the cell, as a code; None: it does not."""
    try:
        read(cell)
    except CellError as error:
        return error.code
    except Doubt:
        pass
    return None


def _is_understood(read: Read, text: str) -> bool:
    try:
        return read(text) is not None
    except (CellError, Doubt):
        return False


# --- words


def _word(written: str, field: Field) -> str | None:
    """The word that is most like it, in the language in which the cell is written."""
    canonical = _nearest(written, field.words)
    if canonical is None:
        return None
    words = dict(zip(dict.fromkeys(field.words.values()), field.choices[_language(written)], strict=True))
    return words[canonical]


def _yes_no(written: str) -> str | None:
    known = {word: answer for answer, words in (("yes", YES), ("no", NO)) for word in words if len(word) > 1}
    answer = _nearest(written, known)
    return None if answer is None else CHOICES[_language(written)][answer == "no"]


def _post(written: str) -> str | None:
    known = posts.load_posts()
    if posts.find_post(known, written) is not None:
        return None
    by_name = {fold(name): post.id for post in known for name in (post.id, *post.title.values(), *post.names)}
    found = _nearest(written, by_name)
    return next((post.title[_language(written)] for post in known if post.id == found), None)


def _language(written: str) -> str:
    return "en" if written.isascii() else "zh"


def _nearest(written: str, words: Mapping[str, str]) -> str | None:
    """The meaning of the one known word that a word is like; a word that denies is never like one that does not."""
    from rapidfuzz import fuzz, process

    word = fold(written)
    found = process.extract(word, words.keys(), scorer=fuzz.ratio, score_cutoff=LIKE, limit=10)
    alike = [(percent, words[name]) for name, percent, _place in found if _NOT.isdisjoint({*word} ^ {*name})]
    if not alike:
        return _of_same_sound(word, words)
    best, meaning = alike[0]
    others = [percent for percent, other in alike if other != meaning]
    return meaning if not others or best - others[0] >= CLEARLY else None


def _of_same_sound(word: str, words: Mapping[str, str]) -> str | None:
    """The meaning of the one known word that is spoken in the same way: 管理院 is typed like 管理员."""
    if len(word) < FEWEST_SPOKEN or word.isascii():
        return None
    sound = _sound(word)
    found = {words[name] for name in words if len(name) == len(word) and _sound(name) == sound}
    return next(iter(found)) if len(found) == 1 else None


@lru_cache(maxsize=1024)
def _sound(word: str) -> str:
    spelt = pinyin.spellings(word)
    return " ".join(spelt[0]) if spelt else word


# --- figures


def _clear(written: str) -> Iterator[str]:
    """The cell with letters that look like digits as digits, without a note in brackets, without what ends a sentence."""
    looked = narrow(written).translate(_ZERO_ONE)
    for text in (looked, _NOTED.sub("", looked), looked.strip(" .,;:!?、，；：！"), _without_about(looked)):
        yield text.strip()


def _without_about(text: str) -> str:
    return re.sub(_ABOUT, "", text, flags=re.IGNORECASE)


def _amounts(kind: str) -> Ways:
    """Ways for an amount, a number of days, a factor."""
    beside = re.compile(rf"(?:{_ABOUT}|{_UNIT[kind]}|[\s:,.;!、，；：！()])*", re.IGNORECASE)

    def ways(written: str, code: str, _read: Read) -> Iterator[str]:
        if code == "too_precise":
            yield from _rounded(written)
            return
        if not any(map(str.isdigit, written)):
            return
        yield from _clear(written)
        looked = narrow(written).translate(_ZERO_ONE)
        numbers = _NUMBER.findall(looked)
        if len(numbers) == 1 and beside.fullmatch(_NUMBER.sub("", looked)):
            yield numbers[0].strip()
        if kind == "factor" and re.fullmatch(r"[0-9]{2,3}", looked) and 50 <= int(looked) <= 200:
            yield f"{looked}%"

    return ways


def _rounded(written: str) -> Iterator[str]:
    looked = narrow(written)
    numbers = re.findall(r"-?[0-9][0-9,]*\.[0-9]+", looked)
    if len(numbers) == 1 and not re.search("[%万千亿百]", looked):
        size = Decimal(numbers[0].replace(",", "")).quantize(Decimal("0.01"), ROUND_HALF_UP)
        yield looked.replace(numbers[0], format(size, "f"))


def _days(written: str, _code: str, _read: Read) -> Iterator[str]:
    """Ways for a day: only one order of its three numbers is a day at all."""
    yield from (text for text in _clear(written) if any(map(str.isdigit, text)))
    for text in _clear(written):
        match = _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text)
        if match and int(match[2]) > 12:
            year, day, month = map(int, match.groups())
            try:
                yield date(year, month, day).isoformat()
            except ValueError:
                return


def _phones(written: str, _code: str, read: Read) -> Iterator[str]:
    """Ways for telephone numbers: those that are complete, of several."""
    lines = narrow(written)
    yield from (text for text in (lines.translate(_ZERO_ONE), _NOTED.sub("", lines)) if any(map(str.isdigit, text)))
    pieces = [piece.strip() for piece in _APART.split(lines.replace("，", ",").replace("；", ";")) if piece.strip()]
    if len(pieces) > 1:
        yield " / ".join(piece for piece in pieces if _is_understood(read, piece))
    mobiles = _MOBILE.findall(lines)
    if mobiles and not any(map(str.isdigit, _MOBILE.sub("", lines))):
        yield " / ".join(dict.fromkeys(mobiles))


_WAYS: dict[str, Ways] = {
    "money": _amounts("money"),
    "number": _amounts("number"),
    "factor": _amounts("factor"),
    "day": _days,
    "birthday": _days,
    "moment": _days,
    "instant": _days,
    "phones": _phones,
}
