"""Rows and a view → a table, JSON or CSV. Nothing else talks to the terminal: results on stdout, everything else on stderr.

Text from outside is never markup: control and direction characters are made visible before anything is written, and no
cell of a CSV begins a formula. What is longer than the screen goes through a pager (`paged`), on a terminal only.
"""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date, datetime
from itertools import zip_longest
from typing import Any

from revisit.folding import fold as fold
from revisit.folding import pad as pad
from revisit.folding import safe as safe
from revisit.folding import width as width
from revisit.i18n import N_, _

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_PAGER = "less -FRX"
_NARROW = 60  # columns below which a table that does not fit becomes cards
_ROOM_TO_READ = 30  # columns a text needs beside its table; with less it stands on a line of its own
_COLOUR = re.compile("\x1b\\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a view: the key of the value, its title (marked with N_), how it stands, and how it makes room.

    A text that may `wrap` stands below its row where the terminal is narrow; what is `soft` goes before it. `card` is the
    place where rows become cards: 0 stands on the first line of a card, 1 below it, both without a title. A value may be
    a tuple of texts, one below the other.
    """

    key: str
    title: str
    right: bool = False
    wrap: bool = False
    soft: bool = False
    card: int = 9


def columns() -> int:
    """Columns of the terminal."""
    return shutil.get_terminal_size((100, 24)).columns


def colour() -> bool:
    """Whether colour is welcome on stdout."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


class _Kept(io.StringIO):
    """What is written to the terminal, kept back until its length is known; asked, it is that terminal."""

    def __init__(self, terminal: Any) -> None:
        super().__init__()
        self.terminal = terminal

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return str(self.terminal.encoding)

    def isatty(self) -> bool:
        return True


_named_pager: str | None = None


def use_pager(named: str | None) -> None:
    """The pager of the settings: a command line; empty: none; None: that of the environment (`PAGER`), else `less`."""
    global _named_pager
    _named_pager = named


@contextmanager
def paged() -> Iterator[None]:
    """What is written inside goes through the pager if stdout is a terminal and too low for it; else nothing changes.

    A pager that cannot be started, or that its reader leaves early, is no failure.
    """
    terminal = sys.stdout
    words = _pager() if terminal.isatty() and os.environ.get("TERM", "dumb") != "dumb" else []
    if not words:
        yield
        return
    kept = _Kept(terminal)
    sys.stdout = kept
    whole = False
    try:
        yield
        whole = True
    finally:
        sys.stdout = terminal
        text = kept.getvalue()
        if not (whole and _height(text) >= shutil.get_terminal_size().lines and _read_in(words, text)):
            terminal.write(text)


def _pager() -> list[str]:
    """The words of the pager's command line; none: no pager is wanted or none is there."""
    named = _named_pager if _named_pager is not None else os.environ.get("PAGER", _PAGER)
    try:
        words = shlex.split(named)
    except ValueError:  # a quotation mark that nothing closes
        return []
    found = shutil.which(words[0]) if words else None
    return [found, *words[1:]] if found else []


def _height(text: str) -> int:
    """Lines that a text takes on the terminal, long ones folded by it."""
    room = columns()
    return sum(max(1, -(-width(_COLOUR.sub("", line)) // room)) for line in text.splitlines())


def _read_in(words: list[str], text: str) -> bool:
    """Whether the pager showed the text. One that failed at once did not."""
    import subprocess

    encoding = sys.stdout.encoding or "utf-8"
    environment = {"LESS": "FRX", **os.environ}
    if encoding.lower().replace("-", "") == "utf8":
        environment = {"LESSCHARSET": "utf-8", **environment}
    try:
        sys.stdout.flush()
        sys.stderr.flush()
        pager = subprocess.Popen(words, stdin=subprocess.PIPE, env=environment)  # noqa: S603 - the person's own choice
    except OSError:
        return False
    assert pager.stdin is not None
    with suppress(OSError, KeyboardInterrupt):  # the reader has seen enough
        pager.stdin.write(text.encode(encoding, "replace"))
    with suppress(OSError):
        pager.stdin.close()
    while True:
        try:
            return pager.wait() <= 0  # ended by a signal: it had been reading
        except KeyboardInterrupt:
            continue  # Ctrl-C belongs to the pager


def tell(text: str = "") -> None:
    """A line of the result."""
    sys.stdout.write(text + "\n")


def note(text: str) -> None:
    """A line beside the result: progress, notices, warnings."""
    sys.stderr.write(text + "\n")


def heading(text: str) -> None:
    """A line that begins a part of the result, folded on a terminal."""
    for line in _folded(text):
        tell(f"\x1b[1m{line}\x1b[0m" if colour() else line)


def paragraph(text: str, *, at: str = " ") -> None:
    """A text of the result, on a terminal in lines that fit: parted at `at`, which then begins the next line."""
    for line in _folded(text, at):
        tell(line)


def hanging(text: str, *, hang: str = "") -> None:
    """A text of the result after its indent; on a terminal in lines that fit, the rest below `hang` (none: the same indent)."""
    text = safe(text)
    indent = text[: len(text) - len(text.lstrip())]
    room = max(20, columns() - len(hang or indent))
    first, *rest = fold(text.lstrip(), room) if sys.stdout.isatty() else [text.lstrip()]
    tell(indent + first)
    for line in rest:
        tell((hang or indent) + line)


def cut(text: str) -> str:
    """As much of a line as the terminal is wide."""
    return fold(text, max(1, columns() - 1))[0] if width(text) >= columns() else text


def pairs(rows: Sequence[tuple[str, str]]) -> None:
    """Titles and their values, one below the other; a value that does not fit goes on below itself. Empty ones are left out."""
    shown = [(title, safe(value)) for title, value in rows if value]
    size = max((width(title) for title, _value in shown), default=0)
    room = max(16, columns() - size - 2) if sys.stdout.isatty() else None
    for title, value in shown:
        first, *rest = fold(value, room) if room else [value]
        tell(f"{pad(title, size)}  {first}")
        for line in rest:
            tell(" " * (size + 2) + line)


def gap() -> None:
    """An empty line between two parts, on a terminal only: elsewhere it would be one more line to read over."""
    if sys.stdout.isatty():
        tell()


def _folded(text: str, at: str = " ") -> list[str]:
    if not sys.stdout.isatty() or width(text) <= columns():
        return [text]
    if at == " ":
        return fold(text, columns())
    lines: list[str] = []
    for part in text.split(at):
        if lines and width(lines[-1] + at + part) <= columns():
            lines[-1] += at + part
        else:
            lines += fold((at.lstrip() if lines else "") + part, columns())
    return lines


def as_json(document: Any) -> None:
    """One JSON document on stdout, nothing else: ISO dates, stable keys, no escapes for Chinese."""
    json.dump(document, sys.stdout, ensure_ascii=False, indent=2, default=_plain)
    sys.stdout.write("\n")


def as_csv(rows: Sequence[Mapping[str, Any] | Any], view: Sequence[Column]) -> None:
    """All rows as CSV on stdout, with the titles in the language in use; no cell is taken for a formula."""
    import csv

    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow([_(column.title) for column in view])
    out.writerows([harmless(_value(row, column.key)) for column in view] for row in rows)


def harmless(value: object) -> str:
    """A text as a cell of a spreadsheet: what begins like a formula gets an apostrophe before it."""
    text = str(value)
    return "'" + safe(text) if text[:1] in _FORMULA else safe(text)


WEEKDAYS = (N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"))


def weekday(day: date) -> str:
    """The day of the week in words."""
    return _(WEEKDAYS[day.weekday()])


def table(rows: Sequence[Mapping[str, Any] | Any], view: Sequence[Column]) -> None:
    """An aligned table; on a narrow terminal texts stand below their row, on a very narrow one each row is a card."""
    cells = [[_cell(_value(row, column.key)) for column in view] for row in rows]
    sizes = [max([width(_(view[i].title)), *(_cell_width(row[i]) for row in cells)]) for i in range(len(view))]
    if not sys.stdout.isatty():
        _plain_table(cells, view, sizes)
        return
    texts = [i for i, column in enumerate(view) if column.wrap]
    fixed = [i for i in range(len(view)) if i not in texts]
    hard = [i for i in fixed if not view[i].soft]
    whole, least = (sum(sizes[i] + 2 for i in places) - 2 for places in (fixed, hard))
    needed = whole + sum((sizes[i] if columns() < _NARROW else min(_ROOM_TO_READ, sizes[i])) + 2 for i in texts)
    if needed > columns() and (columns() < _NARROW or least > columns()):
        _cards(cells, view)
    elif needed <= columns():
        _wide_table(cells, view, sizes, texts, columns() - whole - 2 * len(texts))
    else:
        _texts_below(cells, view, sizes, fixed if whole <= columns() else hard)


def bar(share: float) -> str:
    """A horizontal bar for a share of 1."""
    size = 24 if columns() >= _NARROW else 10
    filled = round(max(0.0, min(1.0, share)) * size)
    return "█" * filled + "·" * (size - filled)


def _plain_table(cells: list[list[str]], view: Sequence[Column], sizes: Sequence[int]) -> None:
    for row in [[_(column.title) for column in view], *cells]:
        for line in _row_lines([cell.split("\n") for cell in row], view, sizes):
            tell(line)


def _wide_table(
    cells: list[list[str]], view: Sequence[Column], sizes: list[int], texts: Sequence[int], room: int
) -> None:
    """Everything beside each other; texts are folded to what the terminal leaves them."""
    for number, i in enumerate(texts):
        sizes[i] = min(sizes[i], max(width(_(view[i].title)), room // (len(texts) - number)))
        room -= sizes[i]
    (titles,) = _row_lines([[_(column.title)] for column in view], view, sizes)
    heading(titles)
    tell("─" * (sum(sizes) + 2 * (len(sizes) - 1)))
    for row in cells:
        parts = [_fold_cell(cell, sizes[i]) if i in texts else cell.split("\n") for i, cell in enumerate(row)]
        for line in _row_lines(parts, view, sizes):
            tell(line)


def _row_lines(parts: Iterable[Sequence[str]], view: Sequence[Column], sizes: Sequence[int]) -> Iterator[str]:
    """The lines of one row of cells, each a list of lines."""
    for part in zip_longest(*parts, fillvalue=""):
        yield "  ".join(pad(cell, sizes[i], right=view[i].right) for i, cell in enumerate(part)).rstrip()


def _texts_below(cells: list[list[str]], view: Sequence[Column], sizes: Sequence[int], beside: list[int]) -> None:
    """What fits stands in the row, the rest below it."""
    heading("  ".join(pad(_(view[i].title), sizes[i], right=view[i].right) for i in beside).rstrip())
    indent = " " * (sizes[beside[0]] + 2)
    for row in cells:
        tell("  ".join(pad(row[i], sizes[i], right=view[i].right) for i in beside).rstrip())
        for line in _text_of(row, view, columns() - len(indent), [i for i in range(len(row)) if i not in beside]):
            tell(f"{indent}\x1b[2m{line}\x1b[0m" if colour() else indent + line)


def _text_of(row: list[str], view: Sequence[Column], room: int, places: Sequence[int]) -> list[str]:
    """The soft cells of a row and its texts, as one text in lines."""
    soft = [row[i] for i in places if view[i].soft and row[i]]
    texts = [row[i] for i in places if not view[i].soft and row[i]]
    return _fold_cell(" · ".join([*soft, *texts[:1]]), room) + [
        line for one in texts[1:] for line in _fold_cell(one, room)
    ]


def _cards(cells: list[list[str]], view: Sequence[Column]) -> None:
    """Each row as a few lines: what names it in bold, what has no title below it, then titles and values."""
    places = sorted(range(len(view)), key=lambda i: view[i].card)
    heads = [i for i in places if view[i].card == 0]
    texts = [i for i in range(len(view)) if view[i].card == 1 or (heads and view[i].soft)]
    titled = [i for i in places if i not in heads and i not in texts]
    size = max((width(_(view[i].title)) for i in titled), default=0) + 2
    indent = "  " if heads else ""
    for number, row in enumerate(cells):
        if number:
            tell()
        if heads:
            heading("  ".join(row[i] for i in heads if row[i]))
        for line in _text_of(row, view, columns() - width(indent), texts):
            tell(indent + line)
        for i in titled:
            title = pad(_(view[i].title), size)
            for line in _fold_cell(row[i], max(20, columns() - width(indent) - size)):
                tell(f"{indent}{title}{line}")
                title = " " * size


def _cell(value: Any) -> str:
    return "\n".join(map(safe, value)) if isinstance(value, tuple) else safe(value)


def _cell_width(cell: str) -> int:
    return max(map(width, cell.split("\n")))


def _fold_cell(cell: str, room: int) -> list[str]:
    """The lines of a cell; where it has several texts, what runs over is indented."""
    if "\n" not in cell:
        return fold(cell, room) if cell else []
    folded = [fold(part, room - 2) for part in cell.split("\n")]
    return [line for first, *more in folded for line in (first, *(f"  {one}" for one in more))]


def _value(row: Mapping[str, Any] | Any, key: str) -> Any:
    value = row.get(key) if isinstance(row, Mapping) else getattr(row, key)
    return "" if value is None else value


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{type(value).__name__} has no place in a JSON document")
