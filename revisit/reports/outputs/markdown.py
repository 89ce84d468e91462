"""A report as Markdown: headings and tables, with nothing in them that came from outside and could be markup."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from revisit.folding import safe
from revisit.i18n import _
from revisit.reports import sections
from revisit.reports.outputs import Paper
from revisit.reports.sections import Bars, Plot, Section, Table, Text
from revisit.reports.values import TEXTS, unit_in, written

MOST_DAYS = 31
_MARKUP = re.compile(r"([\\`*_\[\]|~#!@]|://|\bwww\.)", re.IGNORECASE)
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def markdown(paper: Paper) -> str:
    """The whole report."""
    imprint = "\n".join(f"- {plain(name)}: {plain(told)}" for name, told in paper.imprint.parts())
    return text_of(sections.heading(paper.found), paper.sections) + f"\n## {_('About this report')}\n\n{imprint}\n"


def text_of(heading: str, parts: Sequence[Section]) -> str:
    """Any sections under a heading."""
    told = [f"# {plain(heading)}"]
    for section in parts:
        told.append(f"## {plain(section.title)}")
        for block in section.blocks:
            told += _BLOCKS[type(block)](block)
    return "\n\n".join(told) + "\n"


def plain(text: object) -> str:
    """A text as Markdown that shows it and nothing else: no markup, no link, no HTML."""
    told = "".join(_ENTITIES.get(char, char) for char in safe(text))
    return _MARKUP.sub(r"\\\1", told)


def _table(titles: Sequence[tuple[str, bool]], rows: Iterable[Sequence[str]]) -> str:
    """A table from (title, to the left) and rows of texts."""
    lines = [[title for title, _left in titles], ["---" if left else "---:" for _title, left in titles], *rows]
    shown = [[*map(plain, lines[0])], lines[1], *(map(plain, row) for row in lines[2:])]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in shown)


def _titled(title: str, table: str) -> Iterator[str]:
    if title:
        yield f"### {plain(title)}"
    yield table


def _block_table(block: Table) -> Iterator[str]:
    titles = [(one.title and _(one.title), one.unit in TEXTS) for one in block.columns]
    rows = [[written(row[one.key], unit_in(one.unit, row)) for one in block.columns] for row in block.rows]
    yield from _titled(block.title, _table(titles, rows))


def _block_bars(block: Bars) -> Iterator[str]:
    share = _("Together") if block.pareto else _("Share")
    titles = [(block.column, True), (_("Number"), False), (share, False)]
    rows = [
        (one.label, str(one.n), written(one.together if block.pareto else one.share, "share")) for one in block.bars
    ]
    yield from _titled(block.title, _table(titles, rows))
    if block.left:
        yield plain(_("and {n} more reasons").format(n=block.left))


def _block_plot(block: Plot) -> Iterator[str]:
    if not block.days:
        return
    shown = block.folded(MOST_DAYS)
    titles = [(_("Day"), True), *((title, False) for title, _values in shown.lines)]
    rows = [
        (day.isoformat(), *(str(values[place]) for _title, values in shown.lines))
        for place, day in enumerate(shown.days)
    ]
    yield from _titled(shown.title, _table(titles, rows))


def _block_text(block: Text) -> Iterator[str]:
    yield plain(block.text)


_BLOCKS: Mapping[type, Callable[[Any], Iterator[str]]] = {
    Table: _block_table, Bars: _block_bars, Plot: _block_plot, Text: _block_text,
}  # fmt: skip
