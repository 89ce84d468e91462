"""What a spreadsheet is here: a workbook of sheets of numbered rows of typed cells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class BadCell:
    """A cell without a usable value: `error_value` (text `#N/A`) or `uncached_formula` (text `=A1+B1`)."""

    code: str
    text: str


@dataclass(slots=True)
class Row:
    """One row. `number` is the one the person sees (1-based; in a csv the line number where the row begins).

    A cell is str, int, float, bool, date, datetime, time, timedelta, BadCell or None. A row of nothing has no cells, however
    wide the sheet is. Not frozen: there are millions of them, and a frozen one takes three times as long to make.
    """

    number: int
    cells: tuple[object, ...]

    @property
    def blank(self) -> bool:
        """True when no cell shows anything."""
        for cell in self.cells:  # noqa: SIM110 - the first filled one decides: a generator for each row takes longer
            if cell is not None and not (isinstance(cell, str) and not cell.strip()):
                return False
        return True


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet with all its rows from row 1 on, blank ones included, so that counts add up.

    `rows` can be gone through as often as one likes; a row is made when its turn comes. `height` is their number, where it
    is known before (for telling how far the work is). `hidden_rows` holds the numbers of rows that the person does not see,
    hidden or filtered away (known for xlsx and xlsm only).
    """

    name: str
    rows: Iterable[Row]
    hidden: bool = False
    hidden_rows: tuple[int, ...] = ()
    height: int | None = None

    @property
    def blank(self) -> bool:
        """True when no row shows anything."""
        return all(row.blank for row in self.rows)


@dataclass(frozen=True, slots=True)
class Workbook:
    """A spreadsheet file. `kind` is xlsx, xlsm, xls, ods, csv or tsv, by content; `sha256` is that of the file's bytes.

    `epoch1904` tells how a bare number stands for a date; real date cells are dates already. `macros` and `links` (to other
    files) tell what it holds besides that nothing here runs or follows.
    """

    path: Path
    kind: str
    sha256: str
    sheets: tuple[Sheet, ...]
    epoch1904: bool = False
    macros: bool = False
    links: bool = False

    @property
    def errors_visible(self) -> bool:
        """False for xls and ods: an error cell or a formula without a value looks like a blank one there; say so."""
        return self.kind not in ("xls", "ods")


def column_letter(index: int) -> str:
    """The spreadsheet's letter of the column `index` (0 → A, 26 → AA)."""
    letters, rest = "", index + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def column_index(letters: str) -> int:
    """The index of a column letter (A → 0, AA → 26)."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1
