"""A section of a report as a page of the workbook: its tables under each other, each with its chart at its side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import singledispatch
from itertools import pairwise
from typing import Any

from revisit import access
from revisit.i18n import N_, _
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
)
from revisit.reports.sections import STATES, Bars, Block, Plot, Section, Table, Text

DAYS_BESIDE = 31
"""More days than these get a page for themselves."""
LINES_OF_CHART, LEAST_LINES_OF_CHART = 16, 9
WRITTEN, SUGGESTIONS = "text", "suggestions"
"""The key of a column in which stands what somebody wrote, and of the page with it."""
NAMES = {
    "overview": N_("Key figures"), "followups": N_("Follow-ups"), "contacts": N_("Revisits"), "voices": N_("What customers said"),
    SUGGESTIONS: N_("Suggestions"), "days": N_("Revisits per day"), "dormancy": N_("Dormant customers"),
    "timeliness": N_("In time"), "never-reached": N_("Never reached so far"),
}  # fmt: skip
BESIDE = (
    (N_("Follow-ups"), ("followups",)), (N_("Dormant customers"), ("dormancy",)),
    (N_("Cases and complaints"), ("cases", "complaints")),
)  # fmt: skip
"""The charts beside the key figures: those whose names begin so."""
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
    hidden: int = 0

    def free(self, value: object) -> object:
        """What somebody wrote; nothing of it where a telephone number stands in it."""
        if isinstance(value, str) and access.holds_phone(value):
            self.hidden += 1
            return access.HIDDEN
        return value

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


def write_section(binder: Binder, section: Section, lines: Sequence[str], *, rows: bool) -> int:
    """Writes a section as a page, its long tables as pages of their own; `rows`: what people wrote is told among the rows.

    Tells how many texts were left out because a telephone number stands in them.
    """
    apart = [one for block in section.blocks if (one := _apart(block))] if len(section.blocks) > 1 else []
    rest = tuple(block for block in section.blocks if not apart or not _apart(block))
    hidden = _write_page(binder, replace(section, blocks=rest), lines) if rest else 0
    for one in apart:
        if one.key != SUGGESTIONS or not rows:
            hidden += _write_page(binder, one, lines)
    return hidden


def _apart(block: Block) -> Section | None:
    """The page that a block gets for itself; None: it stands beside others."""
    if isinstance(block, Plot) and len(block.days) > DAYS_BESIDE:
        return Section("days", block.title, (block,))
    if isinstance(block, Table) and any(one.key == WRITTEN for one in block.columns):
        return Section(SUGGESTIONS, block.title, (replace(block, title=""),))
    return None


def _write_page(binder: Binder, section: Section, lines: Sequence[str]) -> int:
    """Writes a page; how many texts were left out because a telephone number stands in them."""
    name = _(NAMES[section.key]) if section.key in NAMES else section.title
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
    return canvas.hidden


# --- what each kind of block looks like


@singledispatch
def _lay(_block: Block, _canvas: Canvas) -> None:
    raise TypeError(_block)


@_lay.register
def _text(block: Text, canvas: Canvas) -> None:
    canvas.rows.append([(block.text, "plain")])


@_lay.register
def _table(block: Table, canvas: Canvas) -> None:
    _caption(block.title, canvas)
    looks: list[Look] = [_look(one.key, one.unit) for one in block.columns]
    rows: list[list[Shown | None]] = []
    for row in block.rows:
        line: list[Shown | None] = []
        for column, look in zip(block.columns, looks, strict=True):
            value = row[column.key]
            own: Look = _look("", str(row.get("unit", column.unit))) if column.unit == "n" else look
            line.append((canvas.free(value) if column.key == WRITTEN else value, own))
        rows.append(line)
    cells = canvas.table([(_(one.title), look) for one, look in zip(block.columns, looks, strict=True)], rows)
    if block.names:
        _overview(block, canvas, cells)
    elif [one.key for one in block.columns[:3]] == ["hour", "calls", "reached"]:
        title = block.title
        canvas.chart(cells, lambda found: charts.columns(found, title), last=3)


def _overview(block: Table, canvas: Canvas, cells: tuple[int, int, int]) -> None:
    """Key figures beside those of the periods before, one chart for each group of them."""
    header, top, _bottom = cells
    numbers = 1 + sum(one.unit == "n" for one in block.columns)
    row = header
    for title, groups in BESIDE:
        wanted = [
            number for number, (name, one) in enumerate(zip(block.names, block.rows, strict=True))
            if name.split(".")[0] in groups and one.get("unit") == "n"
        ]  # fmt: skip
        if len(wanted) < 2:
            continue
        lines = LINES_OF_CHART - 4

        def make(found: Cells, title: str = title) -> Any:
            return charts.columns(found, _(title))

        canvas.charts.append(Chart(row, lines, header, top + wanted[0], top + wanted[-1], numbers, make))
        row += lines


@_lay.register
def _bars(block: Bars, canvas: Canvas) -> None:
    _caption(block.title, canvas)
    titles: list[tuple[str, Look]] = [(block.column, "text"), (_("Number"), "n"), (_("Share"), "share")]
    if block.pareto:
        titles.append((_("Together"), "share"))
    rows: list[list[Shown | None]] = []
    for one in block.bars:
        label = canvas.free(one.label) if block.pareto else one.label
        row: list[Shown | None] = [(label, "text"), (one.n, "n"), (one.share, "share")]
        rows.append([*row, (one.together, "share")] if block.pareto else row)
    cells = canvas.table(titles, rows)
    title = block.title or f"{canvas.title} · {block.column}"
    if block.pareto:
        canvas.chart(cells, lambda found: charts.pareto(found, title, together=4))
    else:
        states = [one.name.removeprefix("followups.") for one in block.bars]
        shades = tuple(charts.SHADES[state] for state in states) if states == list(STATES) else ()
        lines = min(LINES_OF_CHART, max(LEAST_LINES_OF_CHART, 2 * len(rows) + 3))
        canvas.chart(cells, lambda found: charts.bars(found, title, shades), lines=lines)
    if block.left:
        canvas.rows.append([(_("and {n} more reasons").format(n=block.left), "note")])


@_lay.register
def _plot(block: Plot, canvas: Canvas) -> None:
    if not block.days:
        return
    titles: list[tuple[str, Look]] = [(_("Day"), "day"), *((title, "n") for title, _values in block.lines)]
    values = zip(block.days, *(one for _title, one in block.lines), strict=True)
    rows: list[list[Shown | None]] = [[(day, "day"), *((n, "n") for n in counted)] for day, *counted in values]
    cells = canvas.table(titles, rows)
    canvas.chart(cells, lambda found: charts.lines(found, block.title), last=len(titles))


def _caption(title: str, canvas: Canvas) -> None:
    if title:
        canvas.rows.append([(title, "caption")])


def _look(key: str, unit: str) -> Look:
    if key == WRITTEN:
        return "long"
    looks: dict[str, Look] = {"n": "n", "share": "share", "ratio": "ratio", "money": "money", "day": "day"}
    return looks.get(unit, "text")


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
