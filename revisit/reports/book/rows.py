"""The rows behind the figures as a page of the workbook, row by row as they are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from revisit import access
from revisit.folding import width
from revisit.i18n import _
from revisit.reports.behind import Behind, Column
from revisit.reports.book.pages import LEAST, LONG, Binder, Head, Page, Shown, header_of, look_of

MOST_ROWS = 100_000
"""Of one page; beyond that a workbook takes minutes to open."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: rows; whether there are more; texts left out because a telephone number stands in them."""

    rows: int
    more: bool
    hidden: int


def write_rows(binder: Binder, behind: Behind, lines: Sequence[str]) -> Written:
    """Writes the rows of a source as a page, up to `MOST_ROWS` of them."""
    head = Head(_(behind.sheet.title), tuple(lines))
    columns = behind.sheet.columns
    page = Page(binder, head.title, head, [_width(one) for one in columns])
    header = head.rows + 1
    page.freeze(header + 1)
    page.begin()
    page.row([(_(one.title), header_of(look_of(one.unit))) for one in columns])
    count, hidden, more = 0, 0, False
    for told in behind.rows:
        if count == MOST_ROWS:
            more = True
            break
        cells: list[Shown] = []
        for one in columns:
            value = one.of(told)
            if one.unit == "long" and isinstance(value, str) and access.holds_phone(value):
                value, hidden = access.HIDDEN, hidden + 1
            cells.append((value, look_of(one.unit)))
        page.long_row(cells)
        count += 1
    page.filter(header, len(columns))
    if more:
        page.long_row(
            [(_("There are more rows than these {n}; all of them: revisit report trace").format(n=count), "note")]
        )
    page.prints(f"{header}:{header}")
    return Written(count, more, hidden)


def _width(column: Column) -> float:
    """Wide enough for the title with its filter, and for what usually stands below."""
    if column.unit == "long":
        return LONG
    return float(max(column.wide, LEAST.get(look_of(column.unit), 0), width(_(column.title)) + 5))
