"""The columns that a reject workbook has besides those of its source: a fix to accept, the reason, the row it came from.

Their titles are known in both languages, whatever the language in use: a workbook may be corrected on another machine.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass

from .textcell import clean, fold

TITLES = {
    "accept": {"zh": "导入采用（是/否）", "en": "Import: take the fixes (yes/no)"},
    "reason": {"zh": "导入退回原因", "en": "Import: reason"},
    "row": {"zh": "导入原行号", "en": "Import: source row"},
}
FIX = {"zh": "导入建议：", "en": "Import fix: "}
"""Before the title of the column whose cells are to be replaced."""
CHOICES = {"zh": ("是", "否"), "en": ("yes", "no")}
_NAMES = {fold(title): name for name, both in TITLES.items() for title in both.values()}
_FIXES = tuple(clean(prefix).rstrip(":：") for prefix in FIX.values())


@dataclass(frozen=True, slots=True)
class Own:
    """Where our own columns stand: whether the fixes are accepted (None: nowhere), and by column the one with its fix."""

    accept: int | None
    fixes: Mapping[int, int]
    indexes: frozenset[int]


def apart(titles: Mapping[int, str]) -> tuple[dict[int, str], Own | None]:
    """The titles of the source's own columns, and our columns among the titles of a row, if there are any."""
    named = {index: name for index, title in titles.items() if (name := _NAMES.get(fold(title)))}
    fixed = {index: wrong for index, title in titles.items() if (wrong := _fixed(title))}
    if not named and not fixed:
        return dict(titles), None
    rest = {index: title for index, title in titles.items() if index not in named and index not in fixed}
    by_title = {title: index for index, title in distinct(rest).items()}
    fixes = {by_title[title]: index for index, title in fixed.items() if title in by_title}
    # A fix of a column that is not there fixes nothing: it is a column like any other, and is told as such.
    rest |= {index: titles[index] for index in fixed if index not in fixes.values()}
    if not named and not fixes:
        return dict(titles), None
    accept = next((index for index, name in named.items() if name == "accept"), None)
    return dict(sorted(rest.items())), Own(accept, fixes, frozenset([*named, *fixes.values()]))


def _fixed(title: str) -> str:
    """The title of the column that this one fixes; empty: it is no fix."""
    for prefix in _FIXES:
        if title.startswith(prefix) and title[len(prefix) : len(prefix) + 1] in (":", "："):
            return title[len(prefix) + 1 :].strip()
    return ""


def distinct(titles: Mapping[int, str]) -> dict[int, str]:
    """Titles by column; one that stands twice is told apart by its place."""
    found: dict[int, str] = {}
    for index, title in sorted(titles.items()):
        found[index] = distinct_title(title, index, found.values())
    return found


def distinct_title(title: str, index: int, taken: Container[str]) -> str:
    """A title that none of those taken is."""
    from ..sheets import column_letter

    return f"{title} ({column_letter(index)})" if title in taken else title
