"""How a Chinese name is typed in Latin letters: `hongyuan` or `hy` for 宏远.

The table is data (`templates/pinyin/readings.tsv`, made by `tools/make_pinyin.py`). It is read by what writes names, never
by what looks for them.
"""

from __future__ import annotations

from functools import cache
from itertools import islice, product

from revisit import resources

TABLE = "pinyin/readings.tsv"
IN_EVERY_WAY = 3  # characters read in several ways up to which each reading is combined with each
MOST = 8  # spellings of one name
LONGEST = 60  # characters of a name that are spelled; nobody types more of one


class _Readings(dict[str, tuple[str, ...]]):
    """The readings of a character, looked up in the text of the table when it is asked for the first time."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.only: dict[str, str] = {}  # the reading of those that have been looked up and have one

    def __missing__(self, char: str) -> tuple[str, ...]:
        mostly: list[str] = []
        also: list[str] = []
        at = self.text.find(char) if ord(char) >= 0x3007 else -1  # 〇; nothing below is read in Chinese
        while at >= 0:
            end = (self.text.find("\n", at) + 1 or len(self.text) + 1) - 1
            columns = self.text[self.text.rfind("\n", 0, at) + 1 : end].split("\t")
            if len(columns) == 3:
                (mostly if char in columns[1] else also).append(columns[0])
            at = self.text.find(char, end)
        found = mostly + also
        found += [one.replace("v", "u") for one in found if "v" in one]  # 吕 is typed lv, and lu as well
        self[char] = result = tuple(dict.fromkeys(found))
        if len(result) == 1:
            self.only[char] = result[0]
        return result


@cache
def _readings() -> _Readings:
    return _Readings(resources.read_text(TABLE))


def readings(char: str) -> tuple[str, ...]:
    """How one character is read, the most frequent reading first; nothing for what is not Chinese."""
    return _readings()[char]


def spellings(name: str) -> list[list[str]]:
    """The syllables of a name, once for each way in which it may be read, the likeliest first.

    What is not Chinese stands among them as it is (`3m中国` → `3m`, `zhong`, `guo`), without spaces and marks; a name without
    Chinese has no spelling. Only the first `LONGEST` characters are spelled.
    """
    name = name[:LONGEST]
    known = _readings()
    try:
        return [[known.only[char] for char in name]] if name else []  # most names
    except KeyError:
        alone = [known[char] for char in name]
    if not any(alone):
        return []
    ways = _with_latin(name, alone) if () in alone else alone
    if sum([len(way) > 1 for way in ways]) <= IN_EVERY_WAY:
        return [list(one) for one in islice(product(*ways), MOST)]
    return _one_by_one(ways)


def _with_latin(name: str, alone: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The readings of a name in which something is not Chinese: what stands together of it is one syllable."""
    ways: list[tuple[str, ...]] = []
    latin = ""
    for char, found in zip(name, alone, strict=True):
        if found:
            if latin:
                ways.append((latin,))
                latin = ""
            ways.append(found)
        elif char.isalnum():
            latin += char
    if latin:
        ways.append((latin,))
    return ways


def _one_by_one(ways: list[tuple[str, ...]]) -> list[list[str]]:
    """The likeliest spelling, and those in which one character is read otherwise: all together would be too many."""
    likeliest = [way[0] for way in ways]
    result = [likeliest]
    for place, way in enumerate(ways):
        for other in way[1:]:
            result.append([*likeliest[:place], other, *likeliest[place + 1 :]])
    return result[:MOST]
