"""The sheet of a service job: what is asked, who goes, what was done, the customer's signature. It prints on A4. Clause: P4."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from revisit import access, audit, customers, service, wording
from revisit.access import Viewer
from revisit.company import CompanyInfo
from revisit.db import Sql
from revisit.folding import width
from revisit.i18n import _
from revisit.matters import wall
from revisit.service import Job
from revisit.sheets.writing import FONT, put

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet
    from sqlmodel import Session


WIDTHS = (16, 30, 16, 30)
LINE_POINTS, WRITING_POINTS = 17.0, 84.0
"""The height of a line, and of a box that is written into by hand."""
_A4, _TITLES = 9, "DDE7F3"


def workbook_of(sql: Sql, company: CompanyInfo, viewer: Viewer, job: Job, now: datetime) -> Workbook:
    """The sheet in the language in use, as much of it as the person who prints it may see."""
    from openpyxl import Workbook

    book = Workbook()
    book.properties.creator = "revisit"
    page = book.active
    assert page is not None
    page.title = _("Service voucher")
    _head(page, company, job)
    number = 4
    for titles in _pairs(sql, company, viewer, job):
        _line(page, number, titles)
        number += 1
    for title, text in (
        (_("What is asked for"), job.what),
        (_("Work done"), job.result if job.state in ("finished", "done") else ""),
        (_("What the customer says of it"), ""),
    ):
        _box(page, number, title, text)
        number += 1
    number = _signatures(page, number, job, company)
    printed = _("Printed by {name}, {at}").format(
        name=viewer.member.name if viewer.member else "", at=f"{wall(now, company):%Y-%m-%d %H:%M}"
    )
    put(page.cell(number + 1, 1), printed)
    _lay_out(page, number + 1)
    return book


def note(session: Session, job: Job, file_name: str) -> None:
    """The audit knows who took the sheet along: a telephone number may stand on it."""
    audit.changed(
        session, action="export", table="service_job", row_id=job.id, customer_id=job.customer_id,
        after={"number": job.matter.number, "file_name": file_name},
    )  # fmt: skip


def _head(page: Worksheet, company: CompanyInfo, job: Job) -> None:
    from openpyxl.styles import Alignment, Font

    for number, text, size in ((1, company.name, 12), (2, _("Service voucher"), 18)):
        page.merge_cells(start_row=number, start_column=1, end_row=number, end_column=4)
        put(page.cell(number, 1), text)
        page.cell(number, 1).font = Font(name=FONT, bold=True, size=size)
        page.cell(number, 1).alignment = Alignment(horizontal="center")
    put(page.cell(3, 1), _("No. {number}").format(number=job.matter.number))
    page.row_dimensions[2].height = 30


def _pairs(sql: Sql, company: CompanyInfo, viewer: Viewer, job: Job) -> Iterator[tuple[str, str, str, str]]:
    """The lines of two titles each."""
    if job.customer_id is not None:
        file, how = customers.load_file(sql, job.customer_id), service.sees_phone(viewer, job)
        contact = file["contact"] if how == "whole" or viewer.sees("name", job.owner) == "whole" else ""
        yield _("Customer"), f"{job.code} {service.sees_name(viewer, job)}", _("Contact"), contact
        phone, address = access.shown_phone(file["phone"], how), access.shown_address(file["address"], how)
        yield _("Phone"), phone, _("Address"), address
    else:
        yield _("Customer"), _("ourselves"), "", ""
    wanted = _moment(job.wanted_at, company) or (job.wanted_on.isoformat() if job.wanted_on else "")
    yield _("Kind"), wording.word(job.kind), _("Place"), wording.word(job.place)
    yield _("Asked for"), _moment(job.asked_at, company), _("Wanted"), wanted
    yield _("Who goes"), job.worker_name, _("Approved by"), job.approver
    yield _("Begun"), _moment(job.started_at, company), _("Finished"), _moment(job.ended_at, company)
    fee = wording.money(job.fee_cents) if job.fee_cents is not None else ""
    yield _("Fee"), fee if job.kind == "paid" else _("no fee"), _("Taken down by"), job.by


def _line(page: Worksheet, number: int, texts: tuple[str, str, str, str]) -> None:
    for column, text in enumerate(texts, 1):
        _cell(page, number, column, text, title=column % 2 == 1)
    page.row_dimensions[number].height = (
        max(2.0, _lines(texts[1], WIDTHS[1]), _lines(texts[3], WIDTHS[3])) * LINE_POINTS
    )


def _box(page: Worksheet, number: int, title: str, text: str) -> None:
    """A title and room beside it, over the whole width."""
    _cell(page, number, 1, title, title=True)
    for column in (2, 3, 4):
        _cell(page, number, column, text if column == 2 else "")
    page.merge_cells(start_row=number, start_column=2, end_row=number, end_column=4)
    page.row_dimensions[number].height = max(WRITING_POINTS, _lines(text, sum(WIDTHS[1:])) * LINE_POINTS)


def _signatures(page: Worksheet, number: int, job: Job, company: CompanyInfo) -> int:
    """Whoever did the work signs, and the customer, unless it is for ourselves; the last row."""
    _line(page, number, (_("Signature of who did it"), "", _("Day"), ""))
    if job.kind != "internal":
        number += 1
        signed = _moment(job.signed_at, company)
        _line(page, number, (_("Customer's signature"), job.signed_by, _("Day"), signed))
    return number


def _cell(page: Worksheet, row: int, column: int, text: str, *, title: bool = False) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    cell = page.cell(row, column)
    if text:
        put(cell, text)
    cell.number_format = "@"
    cell.font = Font(name=FONT, bold=title, size=10)
    cell.alignment = Alignment(vertical="center" if title or column > 1 else "top", wrap_text=True)
    if title:
        cell.fill = PatternFill("solid", fgColor=_TITLES)
    side = Side(style="thin", color="808080")
    cell.border = Border(left=side, right=side, top=side, bottom=side)


def _lines(text: str, room: int) -> float:
    return sum(max(1, math.ceil(width(part) * 1.1 / (room - 1))) for part in text.splitlines() or [""])


def _lay_out(page: Worksheet, last: int) -> None:
    from openpyxl.worksheet.properties import PageSetupProperties

    for letter, room in zip("ABCD", WIDTHS, strict=True):
        page.column_dimensions[letter].width = room
    page.print_area = f"A1:D{last}"
    page.page_setup.orientation = "portrait"
    page.page_setup.paperSize = _A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.print_options.horizontalCentered = True


def _moment(moment: datetime | None, company: CompanyInfo) -> str:
    return f"{wall(moment, company):%Y-%m-%d %H:%M}" if moment else ""
