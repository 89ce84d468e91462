"""Rows and a view → a table, JSON or CSV. Nothing else talks to the terminal: results on stdout, everything else on stderr.

Text from outside is never markup: control and direction characters are made visible before anything is written.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from revisit.i18n import N_, _

_NOT_FIRST = frozenset("，；：？！）,。、;:?!)」』”’》〉】〕…,.;:!?)]}")
_NOT_LAST = frozenset("（(「『“‘《〈【〔([{")
_NARROW = 60  # columns below which a table becomes cards
_ROOM_TO_READ = 30  # columns a text needs beside its table; with less it stands on a line of its own
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufffe\uffff]"
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a view: the key of the value, its title (marked with N_), alignment, and the style on a terminal."""

    key: str
    title: str
    right: bool = False
    style: str = ""
    wrap: bool = False


def safe(text: object) -> str:
    """A text from outside as it may be shown: nothing in it can steer a terminal."""
    return _CONTROL.sub("\ufffd", str(text)).replace("\n", " ").replace("\t", " ")


def width(text: str) -> int:
    """Columns a text takes on a terminal; wide characters take two."""
    return len(text) if text.isascii() else sum(_char_width(char) for char in text)


@lru_cache(maxsize=4096)
def _char_width(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def columns() -> int:
    """Columns of the terminal."""
    return shutil.get_terminal_size((100, 24)).columns


def colour() -> bool:
    """Whether colour is welcome on stdout."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def tell(text: str = "") -> None:
    """A line of the result."""
    sys.stdout.write(text + "\n")


def note(text: str) -> None:
    """A line beside the result: progress, notices, warnings."""
    sys.stderr.write(text + "\n")


def heading(text: str) -> None:
    """A line that begins a part of the result."""
    tell(f"\x1b[1m{text}\x1b[0m" if colour() else text)


def as_json(document: Any) -> None:
    """One JSON document on stdout, nothing else: ISO dates, stable keys, no escapes for Chinese."""
    json.dump(document, sys.stdout, ensure_ascii=False, indent=2, default=_plain)
    sys.stdout.write("\n")


WEEKDAYS = (N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"))


def weekday(day: date) -> str:
    """The day of the week in words."""
    return _(WEEKDAYS[day.weekday()])


def table(rows: Sequence[Mapping[str, Any] | Any], view: Sequence[Column]) -> None:
    """An aligned table; on a narrow terminal texts stand below their row, on a very narrow one each row is a card."""
    cells = [[safe(_value(row, column.key)) for column in view] for row in rows]
    if not sys.stdout.isatty():
        _plain_table(cells, view)
        return
    fixed = [i for i, column in enumerate(view) if not column.wrap]
    taken = sum(max([width(_(view[i].title)), *(width(row[i]) for row in cells)]) + 2 for i in fixed)
    texts = [i for i, column in enumerate(view) if column.wrap]
    if columns() < _NARROW or taken > columns() + 2:
        _cards(cells, view)
    elif texts and columns() - taken < min(
        _ROOM_TO_READ, max((width(row[i]) for i in texts for row in cells), default=0)
    ):
        _texts_below(cells, view, fixed, texts)
    else:
        _rich_table(cells, view)


def bar(share: float, size: int = 24) -> str:
    """A horizontal bar for a share of 1."""
    filled = round(max(0.0, min(1.0, share)) * size)
    return "█" * filled + "·" * (size - filled)


def pad(text: str, size: int, *, right: bool = False) -> str:
    """A text filled with spaces to a number of columns."""
    space = " " * max(0, size - width(text))
    return space + text if right else text + space


def fold(text: str, room: int) -> list[str]:
    """A text in lines of at most `room` columns: at spaces and between Chinese characters, no full stop at a beginning."""
    lines: list[str] = []
    line, used, cut = "", 0, 0
    for char in text:
        size = width(char)
        if line and _may_part(line[-1], char):
            cut = len(line)
        if used + size > room and char != " " and line.strip():
            at = cut or len(line)
            lines.append(line[:at].rstrip())
            line, cut = line[at:].lstrip(), 0
            used = width(line)
        line += char
        used += size
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _may_part(left: str, right: str) -> bool:
    if left == " " or right == " ":
        return True
    wide = width(left) == 2 or width(right) == 2
    return wide and right not in _NOT_FIRST and left not in _NOT_LAST


def _plain_table(cells: list[list[str]], view: Sequence[Column]) -> None:
    titles = [_(column.title) for column in view]
    sizes = [max([width(title), *(width(row[i]) for row in cells)]) for i, title in enumerate(titles)]
    for row in [titles, *cells]:
        line = [pad(cell, sizes[i], right=view[i].right) for i, cell in enumerate(row)]
        tell("  ".join(line).rstrip())


def _rich_table(cells: list[list[str]], view: Sequence[Column]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    made = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    for column in view:
        made.add_column(
            Text(_(column.title)),
            justify="right" if column.right else "left",
            style=column.style,
            no_wrap=not column.wrap,
            overflow="fold" if column.wrap else "ellipsis",
            min_width=12 if column.wrap else 4,
        )
    for row in cells:
        made.add_row(*(Text(cell) for cell in row))
    Console(highlight=False, no_color=not colour()).print(made)


def _texts_below(cells: list[list[str]], view: Sequence[Column], fixed: list[int], texts: list[int]) -> None:
    sizes = {i: max([width(_(view[i].title)), *(width(row[i]) for row in cells)]) for i in fixed}
    heading("  ".join(pad(_(view[i].title), sizes[i], right=view[i].right) for i in fixed).rstrip())
    indent = " " * (sizes[fixed[0]] + 2)
    for row in cells:
        tell("  ".join(pad(row[i], sizes[i], right=view[i].right) for i in fixed).rstrip())
        for i in texts:
            for line in fold(row[i], columns() - len(indent)) if row[i] else ():
                tell(f"{indent}\x1b[2m{line}\x1b[0m" if colour() else indent + line)


def _cards(cells: list[list[str]], view: Sequence[Column]) -> None:
    titles = [_(column.title) for column in view]
    size = max(width(title) for title in titles)
    for number, row in enumerate(cells):
        if number:
            tell()
        for title, cell in zip(titles, row, strict=True):
            if cell:
                first, *rest = fold(cell, max(20, columns() - size - 2))
                tell(f"{pad(title, size)}  {first}")
                for line in rest:
                    tell(" " * (size + 2) + line)


def _value(row: Mapping[str, Any] | Any, key: str) -> Any:
    value = row.get(key) if isinstance(row, Mapping) else getattr(row, key)
    return "" if value is None else value


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{type(value).__name__} has no place in a JSON document")
