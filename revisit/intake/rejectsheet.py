"""How a reject workbook looks: the source's columns, then ours; bad cells coloured, with the reason as a comment.

Cells keep what they are: a text stays a text, a number a number, an error an error. Written row by row: there may be many.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from revisit.folding import width
from revisit.i18n import _
from revisit.intake.own import CHOICES, FIX, TITLES
from revisit.intake.rows import shown
from revisit.sheets import BadCell, column_letter
from revisit.sheets.writing import put

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell

MOST_COMMENTS = 2000
"""Comments of a workbook: with very many of them it opens slowly. The reasons stand in their own column anyway."""
LONGEST_TEXT = 32_767  # characters that a cell holds
LONGEST_NAME = 31  # characters of a sheet's name
FIRST_DAY = date(1900, 3, 1)  # earlier days are counted differently by different programs
NO_VALUE = "#N/A"
_BAD, _OURS, _FIX, _TITLED = "F8CBAD", "FFF2CC", "E2EFDA", "DDE7F3"
_NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPED = re.compile("_(x[0-9A-Fa-f]{4}_)")
_SPACES, _NOTHING = re.compile("[\x0b\x0c\x1c-\x1f]"), re.compile("[\x00-\x08\x0e-\x1b]")


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a sheet: the source's titles, how many there are, the titles of those that have a column of fixes; and
    the number of rows."""

    titles: Mapping[int, str]
    width: int
    fixed: Mapping[int, str]
    rows: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A row: its number in the source, its cells, the reason of each bad cell, the fixes by column, and all that is said."""

    number: int
    cells: Sequence[object]
    bad: Mapping[int, str]
    fixes: Mapping[int, str]
    reasons: Sequence[str]


class Book:
    """The workbook, in a language (zh, en)."""

    def __init__(self, language: str) -> None:
        from openpyxl import Workbook

        self._book = Workbook(write_only=True)
        self.language = language
        self.comments = 0
        self._names: set[str] = set()

    def add(self, name: str, columns: Columns, as_text: frozenset[int]) -> Page:
        """A sheet with its header. `as_text`: columns whose cells are formatted as text."""
        return Page(self, self._book.create_sheet(self._free(name)), columns, as_text)

    def save(self, path: Path) -> None:
        """Writes it."""
        self._book.save(path)

    def _free(self, name: str) -> str:
        plain = _NO_SHEET_NAME.sub("_", name).strip("'")[:LONGEST_NAME] or "_"
        free, number = plain, 2
        while free.casefold() in self._names:
            end = f" ({number})"
            free, number = plain[: LONGEST_NAME - len(end)] + end, number + 1
        self._names.add(free.casefold())
        return free


class Page:
    """A sheet that is written row by row."""

    def __init__(self, book: Book, sheet: Any, columns: Columns, as_text: frozenset[int]) -> None:
        self._book = book
        self._sheet = sheet
        self._columns = columns
        self._as_text = as_text
        self._fixes = list(columns.fixed)
        self._styles = self._made_styles()
        self._head()

    def append(self, entry: Entry) -> None:
        """Writes a row."""
        row = [self._source(index, entry) for index in range(self._columns.width)]
        row += [self._ours(entry.fixes.get(index), "fix") for index in self._fixes]
        row += [
            self._ours(None, "accept"),
            self._ours("\n".join(entry.reasons), "reason"),
            self._ours(entry.number, "row"),
        ]
        self._sheet.append(row)

    def _source(self, index: int, entry: Entry) -> Cell | None:
        value = entry.cells[index] if index < len(entry.cells) else None
        reason = entry.bad.get(index)
        if value is None and reason is None:
            return None
        style = ("bad" if reason is not None else "") + ("text" if index in self._as_text else "")
        cell = self._cell(value, style or "plain")
        if reason is not None:
            self._comment(cell, reason, entry.fixes.get(index))
        return cell

    def _cell(self, value: object, style: str) -> Cell:
        from openpyxl.cell import WriteOnlyCell

        cell: Cell = WriteOnlyCell(self._sheet)
        cell._style = copy(self._styles[style])  # type: ignore[attr-defined]
        _write(cell, value)
        return cell

    def _ours(self, value: object, style: str) -> Cell:
        return self._cell(value[:LONGEST_TEXT] if isinstance(value, str) else value, style)

    def _comment(self, cell: Cell, reason: str, fix: str | None) -> None:
        from openpyxl.comments import Comment

        self._book.comments += 1
        if self._book.comments <= MOST_COMMENTS:
            told = [reason, _("proposed: {fix}").format(fix=fix)] if fix is not None else [reason]
            cell.comment = Comment(_printable("\n".join(told)), "revisit", width=320, height=90)

    def _head(self) -> None:
        """The header, the widths, the words to choose from. In a sheet that is written at once they come before its rows."""
        from openpyxl.comments import Comment
        from openpyxl.worksheet.datavalidation import DataValidation

        sheet, columns, language = self._sheet, self._columns, self._book.language
        ours = [FIX[language] + title for title in columns.fixed.values()]
        ours += [TITLES[name][language] for name in ("accept", "reason", "row")]
        titles = [columns.titles.get(index) for index in range(columns.width)]
        for index, title in enumerate([*titles, *ours]):
            if title is not None:
                size = 60 if title == TITLES["reason"][language] else min(max(width(title) + 3, 12), 40)
                sheet.column_dimensions[column_letter(index)].width = size
        sheet.freeze_panes = "A2"
        row = [None if title is None else self._cell(title, "title") for title in titles]
        row += [self._cell(title, "ours") for title in ours]
        accept = row[-3]
        assert accept is not None
        said = _("yes: the fixes of this row are taken. Otherwise the row is read as it stands: correct its cells.")
        accept.comment = Comment(said, "revisit", width=320, height=110)
        yes, no = CHOICES[language]
        offered = DataValidation("list", formula1=f'"{yes},{no}"', allow_blank=True)
        letter = column_letter(columns.width + len(self._fixes))
        offered.add(f"{letter}2:{letter}{columns.rows + 1}")
        sheet.data_validations.append(offered)
        sheet.append(row)

    def _made_styles(self) -> dict[str, Any]:
        """Each look once: to make one for every cell takes much longer."""
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Alignment, Font, PatternFill

        def look(fill: str = "", *, bold: bool = False, text: bool = False, wrap: bool = False) -> Any:
            cell: Any = WriteOnlyCell(self._sheet)
            if fill:
                cell.fill = PatternFill("solid", fgColor=fill)
            if bold:
                cell.font = Font(bold=True)
            if text:
                cell.number_format = "@"
            if wrap:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
            return cell._style

        return {
            "plain": look(), "text": look(text=True), "bad": look(_BAD), "badtext": look(_BAD, text=True),
            "title": look(_TITLED, bold=True), "ours": look(_OURS, bold=True), "fix": look(_FIX, text=True),
            "accept": look(_FIX), "reason": look(wrap=True), "row": look(),
        }  # fmt: skip


def _write(cell: Cell, value: object) -> None:
    """A value in a cell so that it is read as what it was. What no cell can hold is an error: it is refused again."""
    if isinstance(value, BadCell):
        error = value.text if value.code == "error_value" else NO_VALUE
        _put_error(cell, error)
    elif isinstance(value, str):
        written = _printable(value)
        if len(written) > LONGEST_TEXT:
            _put_error(cell, NO_VALUE)
        else:
            put(cell, written)
    elif isinstance(value, date) and (value.date() if isinstance(value, datetime) else value) < FIRST_DAY:
        put(cell, shown(value))
    elif value is not None:
        put(cell, value)
        if isinstance(value, date):
            timed = isinstance(value, datetime) and value.time() != time()
            cell.number_format = "yyyy-mm-dd hh:mm:ss" if timed else "yyyy-mm-dd"


def _put_error(cell: Cell, error: str) -> None:
    from openpyxl.cell.cell import ERROR_CODES

    cell.value = error if error in ERROR_CODES else NO_VALUE
    cell.data_type = "e"


def _printable(text: str) -> str:
    """A text as a workbook can hold it: without the characters that are never read, and with no escape that is none."""
    return _ESCAPED.sub(r"_x005F_\1", _NOTHING.sub("", _SPACES.sub(" ", text)))
