"""What one looks a customer up by, and how a text finds it. Both stand here: what is kept must be what is looked for.

`customer.search` is one text per customer, everything in it folded (width, case, spaces):

    c0012 ⏎ 宏远涂料有限公司 ⏎ 李敏 ⏎ ⏎ hongyuantuliaoyouxiangongsi ⏎ hytlyxgs ⏎ limin ⏎ lm yuantuliao ytl tuliao tl liao min

First the code, the name, the contact persons, each on a line. Behind the empty line the keys, each after a space: pinyin and
initials of the names, on lines of their own the whole ones, then those from each further syllable on, and Latin words from
each letter on. A word of Latin letters finds what has a key that begins with it, any other word what it stands in.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from heapq import nsmallest
from typing import Any, Literal, NamedTuple, Protocol

from revisit import pinyin
from revisit.db import Sql, id_list
from revisit.policy.access import Subject

STAFF = "SELECT id FROM staff"
IN_TEXT = "c.search LIKE :{word} ESCAPE '!'"
IN_TEXT_OR_PHONE = "(c.search LIKE :{word} ESCAPE '!' OR {phone})"
PHONE_PART = """
c.id IN (SELECT t.customer_id FROM contact_point t WHERE t.kind = 'phone' AND t.value LIKE :{word}_part)
"""
PHONE_WHOLE = """
c.id IN (SELECT t.customer_id FROM contact_point t WHERE t.kind = 'phone'
         AND (t.value IN (:{word}_one, :{word}_two, :{word}_three) OR t.value LIKE :{word}_inner))
"""
WITH_PHONE = f"""
SELECT c.id FROM customer c WHERE c.merged_into IS NULL AND {PHONE_WHOLE.format(word="w")} ORDER BY c.code LIMIT :limit
"""
EXACTLY = """
SELECT id, CASE WHEN search LIKE :code ESCAPE '!' THEN 1 ELSE 0 END FROM customer
WHERE search LIKE :code ESCAPE '!' OR search LIKE :line ESCAPE '!' ORDER BY 2 DESC, code LIMIT :limit
"""
BEGINS = """
(c.search LIKE :begin ESCAPE '!' OR c.search LIKE :begin_line ESCAPE '!' OR c.search LIKE :begin_key ESCAPE '!')
"""
RANK = """
CASE WHEN c.search LIKE :whole_code ESCAPE '!' THEN 0 WHEN c.search LIKE :whole_line ESCAPE '!' THEN 1 ELSE 2 END,
CASE WHEN c.rep_id = :me THEN 0 ELSE 1 END,
CASE WHEN c.search LIKE :begin ESCAPE '!' THEN 0
     WHEN c.search LIKE :begin_line ESCAPE '!' OR c.search LIKE :begin_key ESCAPE '!' THEN 1 ELSE 2 END,
c.code
"""
"""Exact code, exact name; then own customers before others, among them those whose code, then whose name begins so."""
FOUND = f"SELECT {RANK}, c.id FROM customer c WHERE c.merged_into IS NULL AND {{conditions}}"
BEGINNING = f"SELECT {RANK}, c.id FROM customer c WHERE {BEGINS} ORDER BY 1, 2, 3, 4 LIMIT :limit"

LIMIT = 50  # customers of one name or one telephone number
LONGEST = 200  # characters of a text that is looked for
MOST_WORDS = 12
SYLLABLES = 8  # of one key, but for the first one of a name
MOST_BYTES = 2400  # of what is kept: an index entry of a PostgreSQL server holds no more than 2704
FEWEST_LATIN = 3  # letters of a shortened text: fewer would find half the customers
PHONE_DIGITS = 3  # of a part of a phone number that is looked for

_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]+"
)
_CHINESE = "\u3007\u3400-\u9fff\U00020000-\U0003ffff"
_RUNS = re.compile(f"[{_CHINESE}]+|[^{_CHINESE}]+")
_LETTERS = re.compile("[a-z]+")
_LATIN = re.compile(r"[a-z\u00fc'’]+")
_PHONE = re.compile(r"\+?[\d().\-\s/]+")
_FORMS_OF_A_FIRM = (
    "股份有限公司", "有限责任公司", "有限責任公司", "有限公司", "集团公司", "集團公司", "公司", "集团", "集團",
)  # fmt: skip
_FORMS_END = frozenset(form[-1] for form in _FORMS_OF_A_FIRM)
_OF_A_FIRM_TYPED = re.compile("(?<=[a-z]{4})(?:jituan|(?:gufen)?(?:youxian)?(?:zeren)?(?:jituan)?gongsi)$")


class Looker(Protocol):
    """Who looks: what `access.viewer` makes."""

    @property
    def member(self) -> Any:
        """The staff member, if it is one."""

    def name(self, name: str, owner: int | None) -> str:
        """A customer's name, as much of it as this person sees."""

    def sees(self, subject: Subject, owner: int | None, *, owes: bool = ...) -> Literal["whole", "masked", "none"]:
        """How much of a customer of `owner` this person sees."""


class Match(NamedTuple):
    """The customers that a text finds: the ids of the first ones, best first, and how many they are in all."""

    ids: list[int]
    total: int


# --- what is kept


def fold(text: str) -> str:
    """The form in which texts are compared: width, case, spaces at the ends and invisible characters do not matter."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    if text.isalnum():  # neither spaces nor anything unseen
        return text.casefold()
    if not text.isprintable():  # else there is nothing unseen in it, and no space but the plain one
        text = _UNSEEN.sub(" ", text)
    return " ".join(text.casefold().split())


def search_text(code: str, name: str, people: Iterable[str] = ()) -> str:
    """What `customer.search` holds of a customer with these names; `people` are its contact persons."""
    lines = [fold(code)[:MOST_BYTES], fold(name)[:MOST_BYTES], *filter(None, map(fold, people))]
    text = "\n".join(lines)
    if len(text) >= MOST_BYTES:  # no place for a key
        return _cut(text)
    whole: dict[str, None] = {}
    parts: dict[str, None] = {}
    for line in lines:
        if not line.isascii():
            _add_keys(line, whole, parts)
        if line != line.upper():  # it has letters
            for word in _LETTERS.findall(line) + _LETTERS.findall(_joined(line) if "'" in line or "’" in line else ""):
                for start in range(max(1, len(word) - 1)):
                    parts[word[start:]] = None
    text += "\n\n"
    if whole:
        text += " " + "\n ".join(whole)
    if parts:
        text += " " + " ".join(parts)
    return _cut(text)


def _cut(text: str) -> str:
    """As much of a text as is kept."""
    if len(text) * 4 <= MOST_BYTES:
        return text
    return text.encode()[:MOST_BYTES].decode(errors="ignore")


def _add_keys(name: str, whole: dict[str, None], parts: dict[str, None]) -> None:
    """Adds pinyin and initials of a name, and those from each syllable on; of a firm's name these without its legal form."""
    dropped = 0
    if name[-1:] in _FORMS_END:
        dropped = next((len(form) for form in _FORMS_OF_A_FIRM if name.endswith(form)), 0)
    first: Sequence[str] = ()
    for syllables in pinyin.spellings(name):
        text = "".join(syllables)
        initials = "".join([one[0] for one in syllables])
        whole[text] = whole[initials] = None
        last = size = len(syllables) - dropped
        if first:  # behind the last syllable that is another than in the first spelling there is nothing new
            while last > 1 and syllables[last - 1] == first[last - 1]:
                last -= 1
        else:
            first = syllables
        at, end = 0, len(text) - sum(map(len, syllables[size:]))
        for start in range(1, last):
            at += len(syllables[start - 1])
            if start + SYLLABLES < size:
                parts["".join(syllables[start : start + SYLLABLES])] = None
            else:
                parts[text[at:end]] = None
            if start + 1 < size:
                parts[initials[start : min(start + SYLLABLES, size)]] = None


# --- what is looked for


def find(sql: Sql, text: str, viewer: Looker | None, *, limit: int) -> Match:
    """The customers in whom every word of the text is found, best first (`RANK`).

    Where the `viewer` sees only that others' customers are there, a part of their phone numbers finds nothing.
    """
    wanted = fold(text)
    words = _words(wanted) if len(wanted) <= LONGEST else []
    if not words or len(words) > MOST_WORDS:
        return Match([], 0)
    seen = _seen(sql, viewer) if any(map(_digits, words)) else ""
    parts = [_condition(f"w{number}", word, seen) for number, word in enumerate(words)]
    params = {name: value for _condition, given in parts for name, value in given.items()}
    statement = FOUND.format(conditions=" AND ".join(condition for condition, _params in parts))
    rows = sql.rows(statement, **params, **_ranking(wanted), me=_me(viewer))
    return Match([row[-1] for row in nsmallest(limit, rows)], len(rows))


def beginning(sql: Sql, text: str, viewer: Looker | None, *, limit: int) -> list[int]:
    """The customers whose code or name begins with the text, in the order of `find`."""
    wanted = fold(text)
    if len(wanted) > LONGEST:
        return []
    return [row[-1] for row in sql.rows(BEGINNING, **_ranking(wanted), me=_me(viewer), limit=limit)]


def exactly(sql: Sql, text: str) -> list[int]:
    """The customers of exactly this code; if there are none, those of exactly this name or contact person."""
    if len(text) > LONGEST:
        return []
    ranking = _ranking(fold(text))
    rows = sql.rows(EXACTLY, code=ranking["whole_code"], line=ranking["whole_line"], limit=LIMIT)
    codes = [int(id_) for id_, is_code in rows if is_code]
    return codes or [int(id_) for id_, _is_code in rows]


def with_phone(sql: Sql, text: str) -> list[int]:
    """The customers that have exactly this telephone number, however it is written."""
    digits = _digits(fold(text))
    if not digits:
        return []
    return [int(row[0]) for row in sql.rows(WITH_PHONE, **_whole_numbers("w", digits), limit=LIMIT)]


def shorter(text: str) -> list[str]:
    """Texts that find what somebody may have meant where the text finds nothing: without a word, with shorter words."""
    words = fold(text)[:LONGEST].split()[:MOST_WORDS]
    if len(words) > 1:
        return [" ".join(words[:place] + words[place + 1 :]) for place in reversed(range(len(words)))]
    word = words[0] if words else ""
    fewest = FEWEST_LATIN if word.isascii() else 1
    return [word[:end] for end in range(len(word) - 1, max(fewest, len(word) - 3) - 1, -1)]


def _words(wanted: str) -> list[str]:
    """The words of a text, parted where Chinese begins or ends; a number with spaces in it is one word."""
    if _digits(wanted):
        return [wanted]
    return list(dict.fromkeys(run for word in wanted.split() for run in _RUNS.findall(word)))


def _condition(name: str, word: str, seen: str) -> tuple[str, dict[str, str]]:
    """The condition that a customer is found by a word, and its parameters."""
    params = {name: f"%{_plain(word)}%"}
    if digits := _digits(word):
        part = f"({PHONE_PART.format(word=name)} AND {seen})" if seen else PHONE_PART.format(word=name)
        phone = f"{part} OR {PHONE_WHOLE.format(word=name)}" if seen else part
        if seen:
            params |= _whole_numbers(name, digits)
        return IN_TEXT_OR_PHONE.format(word=name, phone=phone), params | {f"{name}_part": f"%{digits}%"}
    if _LATIN.fullmatch(word):
        params = {name: f"% {_plain(_typed(word))}%"}
    return IN_TEXT.format(word=name), params


def _ranking(wanted: str) -> dict[str, str]:
    """The patterns of `RANK` and `BEGINS`."""
    text = _plain(wanted)
    typed = _plain(_typed(wanted.replace(" ", "")))
    return {
        "whole_code": f"{text}\n%",
        "whole_line": f"%\n{text}\n%",
        "begin": f"{text}%",
        "begin_line": f"%\n{text}%",
        "begin_key": f"%\n {typed}%",
    }


def _typed(word: str) -> str:
    """Pinyin as the keys hold it: without apostrophes, ü as v, without the legal form of a firm at its end."""
    return _OF_A_FIRM_TYPED.sub("", _joined(word).replace("ü", "v"))


def _joined(text: str) -> str:
    """A text without apostrophes."""
    return re.sub("['’]", "", text)


def _digits(word: str) -> str:
    """The digits of a telephone number or of a part of it, without the country's; nothing if it is none."""
    if not _PHONE.fullmatch(word):
        return ""
    digits = re.sub(r"\D", "", word)
    digits = (
        re.sub(r"^86", "", digits) if word.startswith("+") else re.sub(r"^(?:00)?86(?=1[3-9]\d{9}$)|^0086", "", digits)
    )
    return digits if len(digits) >= PHONE_DIGITS else ""


def _whole_numbers(name: str, digits: str) -> dict[str, str]:
    """The ways in which a whole number may be kept: as dialled, with the zero of a city, with a country; with an extension."""
    return {
        f"{name}_one": digits,
        f"{name}_two": f"0{digits}",
        f"{name}_three": f"+{digits}",
        f"{name}_inner": f"{digits}x%",
    }


def _me(viewer: Looker | None) -> int:
    return viewer.member.id if viewer is not None and viewer.member is not None else 0


def _seen(sql: Sql, viewer: Looker | None) -> str:
    """The condition that somebody sees anything of a customer's phone; nothing where it holds for every customer."""
    if viewer is None:
        return ""
    owners: Sequence[int | None] = [None, *(int(row[0]) for row in sql.rows(STAFF))]
    seen = [owner for owner in owners if viewer.sees("phone", owner) != "none"]
    if len(seen) == len(owners):
        return ""
    of_nobody = "c.rep_id IS NULL OR " if None in seen else ""
    return f"({of_nobody}c.rep_id IN ({id_list([0, *(owner for owner in seen if owner is not None)])}))"


def _plain(text: str) -> str:
    """A text as it stands in a pattern: nothing in it is a wildcard."""
    return re.sub(r"([%_!])", r"!\1", text)
