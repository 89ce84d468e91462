"""How a reject workbook looks: the source's columns, then ours; bad cells coloured, with the reason as a note."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from revisit.folding import width
from revisit.i18n import _
from revisit.intake.own import CHOICES, FIX, TITLES
from revisit.sheets.marked import MarkedCell, MarkedSheet
from revisit.sheets.streaming import LONGEST_TEXT

NARROWEST, WIDEST, REASON = 12, 40, 60
_FREE = MarkedCell(None, "fix")


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a sheet: the source's titles, how many there are, those edited as texts, and the titles of those that have
    a column of fixes."""

    titles: Mapping[int, str]
    width: int
    as_text: frozenset[int]
    fixed: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """A row: its number in the source, its cells, the reason of each bad cell, the fixes by column, and all that is said."""

    number: int
    cells: Sequence[object]
    bad: Mapping[int, str]
    fixes: Mapping[int, str]
    reasons: Sequence[str]


def sheet_of(name: str, columns: Columns, entries: Iterable[Entry], language: str) -> MarkedSheet:
    """A sheet of a reject workbook, in a language (zh, en)."""
    titles = [columns.titles.get(index, "") for index in range(columns.width)]
    ours = [FIX[language] + title for title in columns.fixed.values()]
    ours += [TITLES[which][language] for which in ("accept", "reason", "row")]
    widths = [float(min(max(width(title) + 3, NARROWEST), WIDEST)) for title in (*titles, *ours)]
    widths[-2] = REASON
    accept = columns.width + len(columns.fixed)
    return MarkedSheet(name, widths, _rows(titles, ours, columns, entries), {accept: CHOICES[language]})


def _rows(
    titles: Sequence[str], ours: Sequence[str], columns: Columns, entries: Iterable[Entry]
) -> Iterator[list[MarkedCell | None]]:
    said = _("yes: the fixes of this row are taken. Otherwise the row is read as it stands: correct its cells.")
    head: list[MarkedCell | None] = [MarkedCell(title, "title") if title else None for title in titles]
    yield head + [MarkedCell(title, "ours", said if place == len(ours) - 3 else "") for place, title in enumerate(ours)]
    for entry in entries:
        row: list[MarkedCell | None] = [_of_source(index, entry, columns.as_text) for index in range(columns.width)]
        row += [
            MarkedCell(entry.fixes[index], "fix", "", True) if index in entry.fixes else None for index in columns.fixed
        ]
        reasons = "\n".join(entry.reasons)
        if len(reasons) > LONGEST_TEXT // 2:
            reasons = reasons[: LONGEST_TEXT // 2 - 1] + "…"
        yield [*row, _FREE if entry.fixes else None, MarkedCell(reasons, "wrapped"), MarkedCell(entry.number)]


def _of_source(index: int, entry: Entry, as_text: frozenset[int]) -> MarkedCell | None:
    value = entry.cells[index] if index < len(entry.cells) else None
    reason = entry.bad.get(index)
    if reason is None:
        return None if value is None else MarkedCell(value, "plain", "", index in as_text)
    fix = entry.fixes.get(index)
    note = reason if fix is None else f"{reason}\n{_('proposed: {fix}').format(fix=fix)}"
    return MarkedCell(value, "bad", note, index in as_text)
