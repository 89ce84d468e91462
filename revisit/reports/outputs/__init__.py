"""A paper as a file: the sections that the screen shows, as a page, a workbook, a text or a table, by the suffix of its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from revisit import access, audit
from revisit.intake import Progress, untold
from revisit.reports.imprint import Imprint
from revisit.reports.sections import Bars, Block, Paper, Section, Table, definitions

if TYPE_CHECKING:
    from sqlmodel import Session


@dataclass(frozen=True, slots=True)
class Made:
    """What was written: rows behind the figures by their source (None: this person may not take them along), the sources of which
    there are more than a page holds, and the texts left out because a telephone number stands in them."""

    rows: dict[str, int] | None
    more: tuple[str, ...] = ()
    hidden: int = 0


def write(paper: Paper, imprint: Imprint, path: Path, form: str, progress: Progress = untold) -> Made:
    """Writes a paper to a file, in the `form` of a suffix and the language in use. What its figures count stands at its end. A
    text in which a telephone number stands is left out: what is passed on is read by whoever gets it."""
    hiding = _Hiding()
    told = (*paper.sections, *definitions(paper))
    if form == ".csv":
        told = (Section("listing", "", (paper.listing(),)),) if paper.listing else paper.sections
    sections = tuple(map(hiding.section, told))
    return WRITERS[form](replace(paper, sections=sections, hidden=hiding.count), imprint, path, progress)


def note(session: Session, paper: Paper, made: Made, file: str, *, to: str, purpose: str) -> None:
    """Notes who took which paper along: a row of the audit. `to`: whoever receives it, `purpose`: what for; empty: not said."""
    named = file.encode(errors="surrogateescape").decode(errors="replace")
    after = {"kind": paper.kind, "file": named, "period": paper.period.label, "on": paper.on}
    more = {"receiver": to, "purpose": purpose, "rows": sum((made.rows or {}).values())}
    known = {key: value for key, value in more.items() if value}
    audit.changed(session, action="export", table="report", row_id=None, after=after | known)


class _Hiding:
    """Leaves out texts in which a telephone number stands, and counts them."""

    def __init__(self) -> None:
        self.count = 0

    def text(self, value: Any) -> Any:
        """A value; nothing of it where a telephone number stands in it."""
        if not isinstance(value, str) or not access.holds_phone(value):
            return value
        self.count += 1
        return access.HIDDEN

    def section(self, one: Section) -> Section:
        """A section without them."""
        return replace(one, blocks=tuple(map(self.block, one.blocks)))

    def block(self, one: Block) -> Block:
        """A block without them."""
        if isinstance(one, Bars):
            return replace(one, bars=tuple(replace(bar, label=self.text(bar.label)) for bar in one.bars))
        return self.table(one) if isinstance(one, Table) else one

    def table(self, one: Table) -> Table:
        """A table without them."""
        texts = {column.key for column in one.columns if column.unit in ("text", "long")}
        rows = ({key: self.text(value) if key in texts else value for key, value in row.items()} for row in one.rows)
        return replace(one, rows=tuple(rows))


def _page(paper: Paper, imprint: Imprint, path: Path, _told: Progress) -> Made:
    from revisit.reports.outputs import page

    return _text(paper, path, page.page(paper, imprint))


def _markdown(paper: Paper, imprint: Imprint, path: Path, _told: Progress) -> Made:
    from revisit.reports.outputs import markdown

    return _text(paper, path, markdown.markdown(paper, imprint))


def _csv(paper: Paper, _imprint: Imprint, path: Path, _told: Progress) -> Made:
    from revisit.reports.outputs import listing

    listing.write(paper, path)
    return Made({}, hidden=paper.hidden)


def _book(paper: Paper, imprint: Imprint, path: Path, told: Progress) -> Made:
    from revisit.reports import book

    return book.write(paper, imprint, path, told)


WRITERS: Mapping[str, Callable[[Paper, Imprint, Path, Progress], Made]] = {
    ".html": _page, ".xlsx": _book, ".md": _markdown, ".csv": _csv,
}  # fmt: skip
"""Who writes a file, by its suffix; loaded when it is wanted."""


def _text(paper: Paper, path: Path, text: str) -> Made:
    path.write_text(text, encoding="utf-8", newline="\n")
    return Made({}, hidden=paper.hidden)
