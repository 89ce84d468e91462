"""A paper as a workbook: a page for each section with native charts, the rows behind the figures where the paper has them, and
at the end what the workbook is.

No cell is a formula; what customers said stays text, whatever it begins with. Telephone numbers are never written.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from revisit import wording
from revisit.i18n import _
from revisit.intake import Progress
from revisit.reports.behind import SHEETS
from revisit.reports.book.blocks import write_section
from revisit.reports.book.pages import Binder, Head, Page
from revisit.reports.book.rows import MOST_ROWS, Written, write_rows
from revisit.reports.imprint import Imprint
from revisit.reports.outputs import Made
from revisit.reports.sections import Paper


def write(paper: Paper, imprint: Imprint, path: Path, told: Progress) -> Made:
    """Writes a paper to a file, in the language in use."""
    binder = Binder(paper.heading)
    lines = (paper.heading, *imprint.lines())
    for section in paper.sections:
        write_section(binder, section, lines)
    written: dict[str, Written] = {}
    for number, one in enumerate(paper.behind() if paper.behind else ()):
        told("writing", number, len(SHEETS))
        written[one.sheet.source] = write_rows(binder, one, lines)
    made = Made(
        {source: one.rows for source, one in written.items()} if paper.behind else None,
        tuple(source for source, one in written.items() if one.more),
        paper.hidden + sum(one.hidden for one in written.values()),
    )
    _write_about(binder, made, imprint, lines)
    binder.save(path)
    return made


def _write_about(binder: Binder, made: Made, imprint: Imprint, lines: tuple[str, ...]) -> None:
    """The last page: where the paper comes from, which rows stand in the workbook, and what does not."""
    head = Head(_("About this report"), lines[:1])
    page = Page(binder, head.title, head, (24, 60))
    page.begin()
    for name, about in imprint.parts():
        page.row([(name, "text"), (about, "long")])
    page.row([])
    for text in notes(made):
        page.row([(text, "note")])
    if made.rows:
        page.row([(_("Names and texts stand here as far as whoever made this workbook may see them."), "note")])
        page.row([])
        page.row([(_("Page"), "header"), (_("Rows"), "header")])
        for sheet in SHEETS:
            page.row([(_(sheet.title), "text"), (made.rows[sheet.source], "n")])
    page.prints("1:1")


def notes(made: Made) -> Iterator[str]:
    """What does not stand in a file."""
    if made.rows is None:
        yield _("Without the rows behind the figures: only who may export customers takes them along.")
    if made.hidden:
        yield _("Texts left out because a telephone number stands in them (***): {n}").format(n=made.hidden)
    if made.more:
        names = wording.listed(_(sheet.title) for sheet in SHEETS if sheet.source in made.more)
        yield _("Only the first {n} rows: {pages}").format(n=MOST_ROWS, pages=names)
