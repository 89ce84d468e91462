"""A report as a workbook: a page for each section with native charts, and the rows behind the figures, a page for each source.

No cell is a formula; what customers said stays text, whatever it begins with. Telephone numbers are never written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from revisit import audit, wording
from revisit.access import Viewer
from revisit.company import CompanyInfo
from revisit.db import Sql
from revisit.figures import span_of
from revisit.i18n import _
from revisit.intake import Progress, untold
from revisit.policy.access import may
from revisit.reports import Report, sections
from revisit.reports.book.blocks import write_section
from revisit.reports.book.columns import SHEETS
from revisit.reports.book.pages import Binder, Head, Page
from revisit.reports.book.rows import MOST_ROWS, Reader, Written, write_rows
from revisit.reports.imprint import Imprint

if TYPE_CHECKING:
    from sqlmodel import Session


@dataclass(frozen=True, slots=True)
class Book:
    """What was written: rows behind the figures by their source (None: this person may not take them along), the sources of
    which there are more than a page holds, and the texts left out because a telephone number stands in them."""

    rows: dict[str, int] | None
    more: tuple[str, ...]
    hidden: int


def may_take_rows(viewer: Viewer) -> bool:
    """Whether a person may take the rows behind the figures along: as customers are exported."""
    me = viewer.member
    return me is not None and may("export", viewer.side(me.id))


def write_book(
    path: Path,
    sql: Sql,
    company: CompanyInfo,
    found: Report,
    imprint: Imprint,
    *,
    by: str,
    viewer: Viewer,
    told: Progress = untold,
) -> Book:
    """Writes a report to a file, in the language in use, as much as the person who looks may see."""
    binder = Binder(sections.heading(found))
    lines = (sections.heading(found), *imprint.lines())
    allowed = may_take_rows(viewer)
    hidden = 0
    for section in sections.sections(found, by):
        hidden += write_section(binder, section, lines, rows=allowed)
    written: dict[str, Written] = {}
    if allowed:
        reader = Reader(sql, span_of(company, found.period, found.on), viewer)
        for number, sheet in enumerate(SHEETS):
            told("writing", number, len(SHEETS))
            written[sheet.source] = write_rows(binder, sheet, reader, lines)
    made = Book(
        {source: one.rows for source, one in written.items()} if allowed else None,
        tuple(source for source, one in written.items() if one.more),
        hidden + sum(one.hidden for one in written.values()),
    )
    _write_notes(binder, made, lines)
    binder.save(path)
    return made


def _write_notes(binder: Binder, made: Book, lines: tuple[str, ...]) -> None:
    """The last page: what stands in the workbook, and what does not."""
    head = Head(_("About this workbook"), lines)
    page = Page(binder, head.title, head, (34, 12, 60))
    page.begin()
    page.row([(_("Every figure has a name and can be traced: revisit report figures, revisit report trace."), "note")])
    page.row([(_("Names and texts stand here as far as whoever made this workbook may see them."), "note")])
    for text in notes(made):
        page.row([(text, "note")])
    page.row([])
    if made.rows is not None:
        page.row([(_("Page"), "header"), (_("Rows"), "over numbers")])
        for sheet in SHEETS:
            page.row([(_(sheet.title), "text"), (made.rows[sheet.source], "n")])
    page.prints("1:1")


def notes(made: Book) -> Iterator[str]:
    """What does not stand in the workbook."""
    if made.rows is None:
        yield _("Without the rows behind the figures: only who may export customers takes them along.")
    if made.hidden:
        yield _("Texts left out because a telephone number stands in them (***): {n}").format(n=made.hidden)
    if made.more:
        names = wording.listed(_(sheet.title) for sheet in SHEETS if sheet.source in made.more)
        yield _("Only the first {n} rows: {pages}").format(n=MOST_ROWS, pages=names)


def note(session: Session, found: Report, made: Book, file: str) -> None:
    """Notes who took the rows behind the figures of which period along: a row of the audit."""
    named = file.encode(errors="surrogateescape").decode(errors="replace")
    after = {"file": named, "period": found.period.label, "on": found.on}
    audit.changed(
        session, action="export", table="report", row_id=None, after=after | {"rows": sum((made.rows or {}).values())}
    )
