"""The call sheet as a workbook: what the list says is locked, what is filled in is free, and it prints on A4."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from revisit import i18n, wording
from revisit.callsheet import tokens
from revisit.callsheet.layout import FILLED_IN, TOKEN, sheet_layout
from revisit.callsheet.tokens import Token
from revisit.folding import width
from revisit.i18n import _
from revisit.intake.headers import Field
from revisit.morning import DueLine
from revisit.sheets import column_letter
from revisit.sheets.writing import FONT, put

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.styles import Border
    from openpyxl.worksheet.worksheet import Worksheet

WIDTHS = {
    "place": 5, "code": 10, "name": 18, "contact": 8, "phone": 14, "call_by": 8, "rule": 11, "why": 27, "last_contact": 11,
    "at": 10, "result": 9, "channel": 8, "satisfaction": 12, "reason": 14, "suggestion": 14, "person": 9, "callback": 12,
    "note": 14, "filled_at": 10, TOKEN: 12,
}  # fmt: skip
HEADER, FIRST = 4, 5
"""The row of the titles, and the first row below it; above stands what the sheet is."""
LINE_POINTS, LEAST_POINTS, MOST_POINTS = 16.5, 33.0, 400.0
"""The height of a line; of a row at least, so that there is room to write by hand; and at most."""
_LOCKED, _FREE, _GRID = "DDE7F3", "FFF2CC", "BFBFBF"
_A4 = 9


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the list: company, day, whose list it is, who took it along, and up to which day orders are known."""

    company: str
    day: date
    whose: str
    who: str
    orders_known_to: date | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A call sheet that is to be written: its id, its origin (`tokens.origin`), and the newest revisit on record."""

    id: str
    origin: str
    newest: int


def write_sheet(path: Path, head: Head, sheet: Sheet, lines: Sequence[DueLine]) -> None:
    """Writes the list as a call sheet in the language in use."""
    workbook_of(head, sheet, lines).save(path)


def workbook_of(head: Head, sheet: Sheet, lines: Sequence[DueLine]) -> Workbook:
    """The workbook of a call sheet."""
    from openpyxl import Workbook

    language = i18n.language()
    layout = sheet_layout()
    fields = list(layout.fields.values())
    book = Workbook()
    book.properties.creator = "revisit"
    page = book.active
    assert page is not None
    page.title = (layout.title or {}).get(language, layout.kind)
    _above(page, head, page.title, len(lines))
    _titles(page, fields, language)
    for place, line in enumerate(lines, 1):
        token = Token(sheet.id, head.day, place, sheet.newest, line.code)
        _row(page, FIRST + place - 1, fields, cells_of(place, line) | {TOKEN: tokens.written(token, sheet.origin)})
    last = max(FIRST + len(lines) - 1, FIRST)
    _offer(page, fields, language, last)
    _lay_out(page, fields, last)
    return book


def cells_of(place: int, line: DueLine) -> dict[str, str]:
    """What the list says of a customer, by column."""
    by = line.call_by.strftime("%m-%d") + (line.at.strftime(" %H:%M") if line.at else "")
    why = [f"{wording.booked(line.reason, line.purpose, line.ask_for)} [{line.clause}]"]
    if line.attempts:
        why.append(_("attempts: {attempts}").format(attempts=line.attempts))
    others = dict.fromkeys(one["rule"] for one in line.also if one["rule"] != line.rule)
    if others:
        why.append(_("also {rules}").format(rules=wording.listed(wording.rule(name) for name in others)))
    return {
        "place": str(place),
        "code": line.code,
        "name": line.name + (f" ({line.grade})" if line.grade else ""),
        "contact": line.contact,
        "phone": line.phone or _("no phone"),
        "call_by": by + (" " + wording.state("overdue") if line.status == "overdue" else ""),
        "rule": wording.rule(line.rule),
        "why": _("; ").join(why),
        "last_contact": line.last_contact_on.isoformat() if line.last_contact_on else "",
    }


def _above(page: Worksheet, head: Head, title: str, count: int) -> None:
    from openpyxl.styles import Font

    known = (
        _("orders known up to {day}").format(day=head.orders_known_to)
        if head.orders_known_to
        else _("no orders are known")
    )
    lines = (
        _("{company} · {title} of {day} · {whose}").format(
            company=head.company, title=title, day=head.day, whose=head.whose
        ),
        _("{count} customers · exported by {who} · {known}").format(count=count, who=head.who, known=known),
        _(
            "Fill in the yellow columns; leave a row empty that was not called. A time alone is one of {day}. Then: "
            "revisit log --from FILE"
        ).format(day=head.day),
    )
    for number, text in enumerate(lines, 1):
        put(page.cell(number, 1), " ".join(text.split()))
        page.cell(number, 1).font = Font(name=FONT, bold=number == 1, size=14 if number == 1 else 10)


def _titles(page: Worksheet, fields: Sequence[Field], language: str) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    for column, field in enumerate(fields, 1):
        cell = page.cell(HEADER, column)
        put(cell, field.title[language])
        cell.font = Font(name=FONT, bold=True, size=10)
        cell.fill = PatternFill("solid", fgColor=_FREE if field.name in FILLED_IN else _LOCKED)
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        cell.border = _border()
    page.row_dimensions[HEADER].height = LEAST_POINTS


def _row(page: Worksheet, number: int, fields: Sequence[Field], cells: dict[str, str]) -> None:
    from openpyxl.styles import Alignment, Font, Protection

    lines = 1
    for column, field in enumerate(fields, 1):
        cell = page.cell(number, column)
        text = cells.get(field.name, "")
        if text:
            put(cell, text)
        cell.number_format = "@"  # a phone keeps its zeros, and what is typed stays as it is typed
        cell.font = Font(name=FONT, size=10)
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        cell.border = _border()
        cell.protection = Protection(locked=field.name not in FILLED_IN)
        if field.name != TOKEN:
            lines = max(lines, math.ceil(width(text) * 1.1 / (WIDTHS[field.name] - 1)))
    page.row_dimensions[number].height = min(max(lines * LINE_POINTS, LEAST_POINTS), MOST_POINTS)


def _border() -> Border:
    from openpyxl.styles import Border, Side

    side = Side(style="thin", color=_GRID)
    return Border(left=side, right=side, top=side, bottom=side)


def _offer(page: Worksheet, fields: Sequence[Field], language: str, last: int) -> None:
    """Words to choose from, and what each column is for, shown where a cell is chosen. Another word may be typed all the same."""
    from openpyxl.worksheet.datavalidation import DataValidation

    for column, field in enumerate(fields):
        if field.name not in FILLED_IN:
            continue
        words = field.choices[language] if field.type == "word" else ()
        listed = '"' + ",".join(words) + '"'
        offered = DataValidation("list" if words else None, formula1=listed if words else None, allow_blank=True)
        offered.errorStyle = "warning"
        offered.showErrorMessage = bool(words)
        offered.showInputMessage = True
        offered.promptTitle, offered.prompt = field.title[language][:32], field.says[language][:255]
        page.add_data_validation(offered)
        letter = column_letter(column)
        offered.add(f"{letter}{FIRST}:{letter}{last}")


def _lay_out(page: Worksheet, fields: Sequence[Field], last: int) -> None:
    """Widths, what stays in sight, what is locked, and the printed page."""
    from openpyxl.worksheet.properties import PageSetupProperties

    for column, field in enumerate(fields):
        shape = page.column_dimensions[column_letter(column)]
        shape.width = WIDTHS[field.name]
        shape.hidden = field.name == TOKEN
    page.freeze_panes = f"D{FIRST}"
    page.protection.sheet = True  # without a password: it guards against slips, not against people
    page.protection.formatColumns = page.protection.formatRows = page.protection.formatCells = False
    shown = column_letter(len(fields) - 2)
    page.print_area = f"A1:{shown}{last}"
    page.print_title_rows = f"{HEADER}:{HEADER}"
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = _A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.print_options.horizontalCentered = True
    page.page_margins.left = page.page_margins.right = 0.4
    page.page_margins.top, page.page_margins.bottom, page.page_margins.footer = 0.4, 0.6, 0.3
    if page.oddFooter is not None:
        page.oddFooter.center.text = "&P / &N"
