"""The columns of a sheet: what reads the cells of each field, and what is remembered of cells that stand below each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from typing import TYPE_CHECKING, Any

from revisit import sheets
from revisit.intake import cells
from revisit.intake.headers import Field, Layout
from revisit.intake.refusals import EMPTY
from revisit.intake.textcell import CellError, Doubt, clean, fold

if TYPE_CHECKING:
    from revisit.intake.rows import Hints

REMEMBERED_CELLS = 2000  # cells of a column whose meaning is remembered: columns of few different cells are read faster
_COMPARABLE = frozenset({str, date, datetime, type(None)})
"""What cells are remembered by: of other kinds different ones are equal, as are 1, 1.0 and TRUE."""


@dataclass(slots=True)
class Column:
    """A column of the sheet with what reads its cells; `seen` remembers what cells mean (None: too many different ones)."""

    index: int
    title: str
    field: Field
    read: Callable[[object], Any]
    aliases: Mapping[str, str]
    key: Callable[[object], str]
    seen: dict[object, Any] | None

    def values(self, written: Sequence[object], said: Noted) -> list[Any]:
        """The typed values of cells that stand below each other. What is wrong with one of them is added to `said`."""
        seen = self.seen
        try:
            if seen is None or not _COMPARABLE.issuperset(map(type, written)):
                read = self.read
                return [None if cell is None else read(cell) for cell in written]
            return [seen[cell] for cell in written]
        except (KeyError, CellError, Doubt):
            return [self._value(place, cell, said) for place, cell in enumerate(written)]

    def _value(self, place: int, cell: object, said: Noted) -> Any:
        """The typed value of one cell."""
        comparable = self.seen is not None and type(cell) in _COMPARABLE
        if self.seen is not None and comparable and cell in self.seen:
            return self.seen[cell]
        try:
            value = None if cell is None else self.read(cell)
        except Doubt as doubt:
            said.setdefault(place, []).append((self, cell, doubt.with_traceback(None)))
            return doubt.value
        except CellError as error:
            said.setdefault(place, []).append((self, cell, error.with_traceback(None)))
            return None
        if self.seen is not None and comparable:
            self.seen[cell] = value
            if len(self.seen) > REMEMBERED_CELLS:
                self.seen = None
        return value


Noted = dict[int, list[tuple[Column, object, CellError | Doubt]]]
"""Of rows, by their place in a portion: the cells with something wrong, in the order of the columns, and what it is."""


def notice_blank(column: Column, values: Sequence[Any], said: Noted) -> None:
    """A cell that has to be filled in and says nothing refuses its row."""
    for place, value in enumerate(values):
        bad = said.get(place, [])
        if value is None and not any(one is column and isinstance(what, CellError) for one, _cell, what in bad):
            said.setdefault(place, []).append((column, None, CellError("blank", EMPTY)))


def alias_key(field: Field) -> Callable[[object], str]:
    """How a cell of a field is compared with what a person has given a meaning: words are folded; of a figure every sign
    and of a code every letter counts."""
    return _folded_key if field.type in ("word", "yes_no", "post") else _plain_key


def _folded_key(cell: object) -> str:
    return fold(shown(cell))


def _plain_key(cell: object) -> str:
    return clean(shown(cell))


def readers(layout: Layout, epoch1904: bool, hints: Hints) -> dict[str, Callable[[object], Any]]:
    """What reads the cells of each field: a typed value, None for a blank one. They raise CellError and Doubt."""
    when: dict[str, Any] = {"epoch1904": epoch1904, "order": hints.dates, "today": hints.today}
    born: dict[str, Any] = {"earliest": cells.FIRST_YEAR, "latest": hints.today}
    plain: dict[str, Callable[[object], Any]] = {
        "code": cells.code,
        "text": cells.text,
        "money": cells.money,
        "number": cells.number,
        "factor": cells.factor,
        "post": cells.text,
        "yes_no": cells.yes_no,
        "phones": cells.phones,
        "day": partial(cells.day, **when),
        "moment": partial(cells.moment, **when),
        "instant": partial(cells.instant, **when),
    }
    plain["birthday"] = partial(cells.day, **when, **born)
    return {
        name: partial(cells.word, table=one.words) if one.type == "word" else plain[one.type]
        for name, one in layout.fields.items()
    }


def shown(cell: object) -> str:
    """A cell as a person sees it in the sheet."""
    if isinstance(cell, sheets.BadCell):
        return cell.text
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    return cells.unguarded(cell) if isinstance(cell, str) else "" if cell is None else str(cell)
