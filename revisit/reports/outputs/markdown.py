"""A paper as Markdown: headings and tables, with nothing in them that came from outside and could be markup."""

from __future__ import annotations

import re
from collections.abc import Iterator

from revisit.folding import safe
from revisit.i18n import _
from revisit.reports.imprint import Imprint
from revisit.reports.sections import Block, Paper, Plot, Table, Text
from revisit.reports.values import TEXTS, unit_in, written

MOST_DAYS = 31
_MARKUP = re.compile(r"([\\`*_\[\]|~#!@]|://|\bwww\.)", re.IGNORECASE)
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def markdown(paper: Paper, imprint: Imprint) -> str:
    """The whole paper."""
    told = [f"# {plain(paper.heading)}"]
    for section in paper.sections:
        told += [f"## {plain(section.title)}", *(part for block in section.blocks for part in _block(block))]
    line = _("{title}: {word}")
    foot = "\n".join(f"- {line.format(title=plain(name), word=plain(about))}" for name, about in imprint.parts())
    return "\n\n".join((*told, f"## {_('About this report')}", foot)) + "\n"


def plain(text: object) -> str:
    """A text as Markdown that shows it and nothing else: no markup, no link, no HTML."""
    told = "".join(_ENTITIES.get(char, char) for char in safe(text))
    return _MARKUP.sub(r"\\\1", told)


def _block(block: Block) -> Iterator[str]:
    """The paragraphs of a block."""
    if isinstance(block, Text):
        yield plain(block.text)
    elif isinstance(block, Table):
        yield from _table(block)
    elif not isinstance(block, Plot):
        yield from _table(block.table())
        if block.more():
            yield plain(block.more())
    elif block.days:
        yield from _table(block.folded(MOST_DAYS).table())


def _table(table: Table) -> Iterator[str]:
    if table.title:
        yield f"### {plain(table.title)}"
    lines = [
        [plain(one.title) for one in table.columns],
        ["---" if one.unit in TEXTS else "---:" for one in table.columns],
        *([plain(written(row[one.key], unit_in(one.unit, row))) for one in table.columns] for row in table.rows),
    ]
    yield "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
