"""The rows behind the figures, a page for each source: as `revisit report trace` tells them, as much as may be seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from revisit import access, clock, figures
from revisit.access import Viewer
from revisit.db import Sql, instant
from revisit.figures import Span
from revisit.figures.marks import Marked
from revisit.folding import width
from revisit.i18n import _
from revisit.reports import tracing
from revisit.reports.book.columns import Column, Sheet, Told
from revisit.reports.book.pages import LEAST, LONG, Binder, Head, Page, Shown, header_of

MOST_ROWS = 100_000
"""Of one page; beyond that a workbook takes minutes to open."""
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: rows; whether there are more; texts left out because a telephone number stands in them."""

    rows: int
    more: bool
    hidden: int


class Reader:
    """Reads the rows of a period for a person."""

    def __init__(self, sql: Sql, span: Span, viewer: Viewer) -> None:
        self.sql, self.span, self.viewer = sql, span, viewer
        self.logins: dict[int, str] = dict(sql.rows(tracing.LOGINS))

    def told(self, source: str) -> Iterator[Told]:
        """The rows of a source with their customers, some at a time."""
        rows = figures.rows(self.sql, self.span, source)
        while portion := list(islice(rows, _AT_ONCE)):
            known = tracing.customers_of(self.sql, [one.customer_id for one in portion if one.customer_id is not None])
            for one in portion:
                code, name, owner = known.get(one.customer_id or 0, ("", "", None))
                whole, marks = self.viewer.sees("name", owner) == "whole", one.marks
                yield Told(
                    source=source,
                    one=one,
                    marks=marks,
                    on=self._day(source, one),
                    code=code,
                    name=self.viewer.name(name, owner),
                    rep=self.logins.get(marks.staff_id, ""),
                    grade=marks.grade if whole else "",
                    region=marks.region if whole else "",
                    clause=self._clause(one) if source == "followups" else "",
                    log=self.viewer.sees("log", owner) == "whole",
                )

    def _day(self, source: str, one: Marked) -> date | None:
        """The day that counts; of an instant the day on the company's own clock."""
        if not one.on:
            return None
        at = instant(one.on) if source == "deadlines" else None
        if at is not None:
            return clock.local(at, self.span.company.timezone).date()
        return date.fromisoformat(str(one.on)[:10])

    def _clause(self, one: Marked) -> str:
        """Under which clause a follow-up is owed."""
        return self.span.company.policies.on(date.fromisoformat(one.on)).rules[one.marks.rule].clause


def write_rows(binder: Binder, sheet: Sheet, reader: Reader, lines: Sequence[str]) -> Written:
    """Writes the rows of a source as a page, up to `MOST_ROWS` of them."""
    head = Head(_(sheet.title), tuple(lines))
    columns = sheet.columns
    page = Page(binder, head.title, head, [_width(one) for one in columns])
    header = head.rows + 1
    page.freeze(header + 1)
    page.begin()
    page.row([(_(one.title), header_of(one.look)) for one in columns])
    count, hidden, more = 0, 0, False
    for told in reader.told(sheet.source):
        if count == MOST_ROWS:
            more = True
            break
        cells: list[Shown] = []
        for one in columns:
            value = one.of(told)
            if one.look == "long" and isinstance(value, str) and access.holds_phone(value):
                value, hidden = access.HIDDEN, hidden + 1
            cells.append((value, one.look))
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
    if column.look == "long":
        return LONG
    return float(max(column.wide, LEAST.get(column.look, 0), width(_(column.title)) + 5))
