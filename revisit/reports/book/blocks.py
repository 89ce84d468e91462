"""A section of a paper as a page of the workbook: its tables under each other, each with its chart at its side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import singledispatch
from itertools import pairwise, takewhile
from typing import Any

from revisit.i18n import _
from revisit.reports.book import charts
from revisit.reports.book.charts import CHART_CM, Cells
from revisit.reports.book.pages import (
    HIGH_CM,
    LINE_CM,
    MARGIN_CM,
    WIDE_CM,
    Binder,
    Head,
    Look,
    Page,
    Shown,
    column_cm,
    column_width,
    header_of,
    look_of,
)
from revisit.reports.book.trends import BESIDE, GROUPS, members, trends
from revisit.reports.report_sections import STATES
from revisit.reports.sections import Bars, Block, Plot, Section, Table, Text
from revisit.reports.values import unit_in

DAYS_BESIDE = 31
"""More days than these get a page for themselves."""
LINES_OF_CHART, LEAST_LINES_OF_CHART, LEAST_LINES_OF_TREND = 16, 9, 12
FILLER, EDGE, LEAST_CM = 9.0, 1.0, 24.0
"""The width of a column beside the tables, and of one right of charts, whose line would be cut; how wide a page is at least."""
_GAP, _SMALLEST, _SAFE = 1, 0.7, 0.96

Make = Callable[[Cells], Any]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart that is to stand beside a table: from which row on, how many lines high, over which cells (rows of the page)."""

    row: int
    lines: int
    header: int
    top: int
    bottom: int
    last: int
    make: Make


@dataclass(slots=True)
class Canvas:
    """The rows of a page before they are written: how wide its columns have to be is known only then."""

    title: str
    rows: list[list[Shown | None]] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    blocks: list[int] = field(default_factory=list)
    tables: list[tuple[int, int]] = field(default_factory=list)

    def table(self, titles: Sequence[tuple[str, Look]], rows: Sequence[Sequence[Shown | None]]) -> tuple[int, int, int]:
        """Writes a table; its header and its first and last row."""
        self.rows.append([(title, header_of(look)) for title, look in titles])
        header = len(self.rows)
        self.tables.append((header, len(titles)))
        self.rows.extend(list(row) for row in rows)
        return header, header + 1, len(self.rows)

    def chart(self, cells: tuple[int, int, int], make: Make, *, last: int = 2, lines: int = LINES_OF_CHART) -> None:
        """A chart beside the table that was just written."""
        header, top, bottom = cells
        self.charts.append(Chart(header, lines, header, top, bottom, last, make))


def write_section(binder: Binder, section: Section, lines: Sequence[str]) -> None:
    """Writes a section as a page, its long tables as pages of their own, and the way of its figures through the periods."""
    apart = [one for block in section.blocks if (one := _apart(block))] if len(section.blocks) > 1 else []
    rest = tuple(block for block in section.blocks if not apart or not _apart(block))
    for one in (*([replace(section, blocks=rest)] if rest else ()), *apart, *trends(section)):
        _write_page(binder, one, lines)


def _apart(block: Block) -> Section | None:
    """The page that a block gets for itself; None: it stands beside others."""
    if isinstance(block, Plot) and len(block.days) > DAYS_BESIDE:
        return Section("", block.title, (block,))
    if isinstance(block, Table) and block.title and any(one.unit == "long" for one in block.columns):
        return Section("", block.title, (replace(block, title=""),))
    return None


def _write_page(binder: Binder, section: Section, lines: Sequence[str]) -> None:
    name = section.name()
    canvas = Canvas(name)
    for block, after in zip(section.blocks, [*section.blocks[1:], None], strict=True):
        canvas.blocks.append(len(canvas.rows))
        _lay(block, canvas)
        lowest = max((one.row - 1 + one.lines for one in canvas.charts), default=0)
        gap = 0 if isinstance(block, Text) and isinstance(after, Text) else 1
        canvas.rows.extend([] for _number in range(max(gap, lowest + 1 - len(canvas.rows))))
    head = Head(section.title, tuple(lines))
    widths = _widths(canvas)
    page = Page(binder, name, head, widths, scaled=bool(canvas.charts))
    alone = canvas.tables[0] if len(canvas.tables) == 1 else None
    page.freeze(head.rows + alone[0] + 1 if alone else head.rows + 1)
    page.begin()
    for row in canvas.rows:
        page.row(row)
    for one in canvas.charts:
        header, top, bottom = (head.rows + row for row in (one.header, one.top, one.bottom))
        cells = Cells(page.sheet, header, top, bottom, last=one.last)
        page.chart(one.make(cells), _beside(canvas), head.rows + one.row, one.lines)
    if alone:
        page.filter(head.rows + alone[0], alone[1])
    _print(page, canvas, head, alone)


# --- what each kind of block looks like


@singledispatch
def _lay(_block: Block, _canvas: Canvas) -> None:
    raise TypeError(_block)


@_lay.register
def _text(block: Text, canvas: Canvas) -> None:
    canvas.rows.append([(block.text, "plain")])


@_lay.register
def _table(block: Table, canvas: Canvas) -> None:
    block = replace(block, columns=tuple(one for one in block.columns if one.unit != "trend"))
    cells = _write(block, canvas)
    if block.names:
        _overview(block, canvas, cells)
    elif block.chart:
        unit = block.columns[1].unit
        alike = len(list(takewhile(lambda one: one.unit == unit, block.columns[1:])))
        if block.chart == "bars":
            canvas.chart(cells, lambda found: charts.columns(found, block.title), last=1 + alike)
        else:
            lines, shares = max(LEAST_LINES_OF_TREND, len(block.rows) + 1), unit == "share"
            canvas.chart(
                cells, lambda found: charts.lines(found, block.title, shares=shares), last=1 + alike, lines=lines
            )


def _write(block: Table, canvas: Canvas) -> tuple[int, int, int]:
    """Writes a table under its title; its header and its first and last row."""
    if block.title:
        canvas.rows.append([(block.title, "caption")])
    rows = [[(row[one.key], look_of(unit_in(one.unit, row))) for one in block.columns] for row in block.rows]
    return canvas.table([(one.title, look_of(one.unit)) for one in block.columns], rows)


def _overview(block: Table, canvas: Canvas, cells: tuple[int, int, int]) -> None:
    """Figures beside those of other periods, one chart for each group of them."""
    header, top, _bottom = cells
    numbers = 1 + sum(one.unit == "n" for one in block.columns)
    row = header
    for title, groups in GROUPS[:BESIDE]:
        wanted = members(block, groups)
        if len(wanted) < 2:
            continue
        lines = LINES_OF_CHART - 4

        def make(found: Cells, title: str = title) -> Any:
            return charts.columns(found, _(title))

        canvas.charts.append(Chart(row, lines, header, top + wanted[0], top + wanted[-1], numbers, make))
        row += lines


@_lay.register
def _bars(block: Bars, canvas: Canvas) -> None:
    cells = _write(block.table(), canvas)
    title = block.title or f"{canvas.title} · {block.column}"
    if block.pareto:
        canvas.chart(cells, lambda found: charts.pareto(found, title, together=3))
    else:
        states = [one.name.removeprefix("followups.") for one in block.bars]
        shades = tuple(charts.SHADES[state] for state in states) if states == list(STATES) else ()
        lines = min(LINES_OF_CHART, max(LEAST_LINES_OF_CHART, 2 * len(block.bars) + 3))
        canvas.chart(cells, lambda found: charts.bars(found, title, shades), lines=lines)
    if block.more():
        canvas.rows.append([(block.more(), "note")])


@_lay.register
def _plot(block: Plot, canvas: Canvas) -> None:
    if block.days:
        cells = _write(block.table(), canvas)
        canvas.chart(cells, lambda found: charts.lines(found, block.title, dated=True), last=1 + len(block.lines))


# --- where it stands on the page


def _widths(canvas: Canvas) -> list[float]:
    """The columns of the tables, and as many more as lie below the charts."""
    wide = max((columns for _header, columns in canvas.tables), default=1)
    found = []
    for place in range(wide):
        cells = (row[place] for row in canvas.rows if len(row) > place)
        found.append(column_width(cell for cell in cells if cell is not None))
    wanted = sum(map(column_cm, found[: _beside(canvas)])) + CHART_CM if canvas.charts else LEAST_CM
    while sum(map(column_cm, found)) < wanted:
        found.append(FILLER)
    if canvas.charts:
        found.append(EDGE)
    return found


def _beside(canvas: Canvas) -> int:
    """How many columns stand left of the charts: the widest table that has one, and a gap."""
    headers = {one.header for one in canvas.charts}
    return max(columns for header, columns in canvas.tables if header in headers) + _GAP


def _print(page: Page, canvas: Canvas, head: Head, alone: tuple[int, int] | None) -> None:
    """On one sheet of paper where that is not too small; else no block is parted that has room on one."""
    repeated = f"{head.rows + alone[0]}:{head.rows + alone[0]}" if alone else "1:1"
    if not canvas.charts:
        page.prints(repeated)
        return
    wide, high = sum(map(column_cm, page.widths)), page.rows * LINE_CM
    by_width = min(1.0, _SAFE * (WIDE_CM - 2 * MARGIN_CM) / wide)
    by_height = _SAFE * (HIGH_CM - 2 * MARGIN_CM) / high
    scale = min(by_width, by_height) if by_height >= _SMALLEST else by_width
    page.prints(repeated, scale=int(scale * 100))
    if by_height < _SMALLEST:
        page.breaks(_breaks(page.rows, canvas, head, int(_SAFE * (HIGH_CM - 2 * MARGIN_CM) / LINE_CM / scale) - 1))


def _breaks(rows: int, canvas: Canvas, head: Head, room: int) -> Iterator[int]:
    """The rows (of the page) after which a new sheet of paper begins; `room`: so many lines has one."""
    starts = [head.rows + start for start in canvas.blocks]
    used = head.rows
    for start, end in pairwise([*starts, rows]):
        height = end - start
        if used + height > room and used > head.rows:
            yield start
            used = 0
        used = (used + height) % room if used + height > room else used + height
