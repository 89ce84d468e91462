"""Which customer a row probably means whose code or name nobody has: found for all such rows of a sheet in one go.

The customers are gone through once; only what can be near one of the unknown ones is compared.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from revisit import alike, pinyin
from revisit.access import Viewer
from revisit.db import Sql
from revisit.policy.likeness import LIKELY, Profile, compare, profile, score_of

OPEN_FILES = "SELECT code, name, rep_id FROM customer WHERE merged_into IS NULL ORDER BY id"
CLEARLY = 5  # points by which the nearest has to be nearer than the next
COMPARED_BY_MOST = 20  # unknown names that share a part with a customer; more of them share what tells nothing
_UNWRITTEN = re.compile(r"[\W_]+")
_LOOKS_LIKE = str.maketrans({"o": "0", "l": "1", "i": "1"})
_LEADING = re.compile(r"(?<![0-9])0+(?=[0-9])")
_FEWEST = 3


def code_key(code: str) -> str:
    """The form in which codes are near each other: case, separators, leading zeros, O and 0, l and 1 do not matter."""
    written = unicodedata.normalize("NFKC", code).casefold()
    return _LEADING.sub("", _UNWRITTEN.sub("", written).translate(_LOOKS_LIKE))


class Nearest:
    """Customers near the unknown texts of a sheet: its codes, and its names.

    A customer whose name the viewer may not see is found as well, and is told of as nobody.
    """

    def __init__(self, sql: Sql, viewer: Viewer, codes: Iterable[str], names: Iterable[str]) -> None:
        self._codes: dict[str, set[str]] = {key: set() for key in map(code_key, codes) if key}
        self._unknown = {name: profile(name, sound=_sound) for name in dict.fromkeys(names)}
        self._found: dict[str, list[tuple[int, str, str]]] = {}
        self._fitting: dict[str, int] = {}
        self._look_through(sql, viewer)

    def code(self, written: str) -> str | None:
        """The one code that it can be."""
        found = self._codes.get(code_key(written), ())
        return next(iter(found)) if len(found) == 1 else None

    def name(self, written: str) -> tuple[str, str] | None:
        """Code and name of the customer that is nearest to a name, if one is near and no other is as near."""
        found = sorted(self._found.get(written, ()), reverse=True)
        if not found or not found[0][2] or (len(found) > 1 and found[0][0] - found[1][0] < CLEARLY):
            return None
        return found[0][1:]

    def is_unique(self, name: str) -> bool:
        """Whether a proposed name is that of one customer only."""
        return self._fitting.get(alike.customer_name(name), 0) == 1

    def _look_through(self, sql: Sql, viewer: Viewer) -> None:
        if not self._codes and not self._unknown:
            return
        parts: dict[str, list[str]] = {}
        for name, one in self._unknown.items():
            for part in _parts(one):
                parts.setdefault(part, []).append(name)
        for code, name, owner in sql.rows(OPEN_FILES):
            found = self._codes.get(code_key(code)) if self._codes else None
            if found is not None:
                found.add(code)
            if parts:
                key = alike.customer_name(name)
                self._fitting[key] = self._fitting.get(key, 0) + 1
                whole = viewer.sees("name", owner) == "whole"
                self._compare(code, profile(name), name if whole else "", parts)

    def _compare(self, code: str, known: Profile, name: str, parts: dict[str, list[str]]) -> None:
        near = {
            one for part in _parts(known) if len(sharing := parts.get(part, ())) <= COMPARED_BY_MOST for one in sharing
        }
        if near:
            known = profile(name, sound=_sound)
        for one in near:
            reasons = compare(self._unknown[one], known)
            score = score_of(reasons)
            if score >= LIKELY:
                self._found.setdefault(one, []).append((score, code, name))


def _sound(core: str) -> str:
    spelt = [] if core.isascii() else pinyin.spellings(core)
    return "".join(spelt[0]) if spelt else ""


def _parts(one: Profile) -> set[str]:
    """The core of a name, and what is left of it without one of its characters: names that share one are compared."""
    text = one.core.text
    if len(text) < _FEWEST:
        return {text} - {""}
    return {text, *(text[:place] + text[place + 1 :] for place in range(len(text)))}
