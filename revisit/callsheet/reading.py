"""A filled-in call sheet: which rows it has, and what each of them says was done.

Times are what people write: `10:30`, 昨天下午3点, a time or date cell of whatever spreadsheet program saved it last.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from revisit import clock, sheets, wording
from revisit.callsheet import tokens
from revisit.callsheet.layout import FILLED_IN, TOKEN, added, read_layout, sheet_layout
from revisit.callsheet.tokens import Token
from revisit.company import CompanyInfo
from revisit.errors import Refused
from revisit.i18n import N_
from revisit.intake import cells
from revisit.intake.cells import CellError, Doubt
from revisit.intake.choosing import reading_of
from revisit.intake.columns import shown
from revisit.intake.headers import Layout, find_header
from revisit.intake.refusals import EMPTY
from revisit.intake.rows import Hints, Part, Reading, Record, RowLabel, Said, titles_of
from revisit.policy.ahead import parse_ahead
from revisit.policy.times import When, parse_when
from revisit.policy.when import WhenError
from revisit.revisits import Outcome

_TIME_CELL = re.compile(
    "(?:1899-12-3[01]|1900-01-0[01]|1904-01-01) ([0-9].*)"
)  # a time of day, as some programs keep it
_MIDNIGHT = re.compile("(?<=[0-9]{4}-[0-9]{2}-[0-9]{2}) 00:00(?::00)?$")  # a day, as some programs keep it
_PART_OF_DAY = re.compile(r"0?\.[0-9]+")
_EXAMPLES = {
    "at": N_("write for example 10:30, 昨天15:00 or 2026-03-12 10:30"),
    "filled_at": N_("write for example 10:30, 昨天15:00 or 2026-03-12 10:30"),
    "callback": N_("write for example 明天下午3点, 下周三上午 or 2026-10-08 15:00"),
}


class BadRow(Exception):
    """A row that cannot be recorded: the field, what stands there, and why as a template, filled with that and `params`."""

    def __init__(self, field: str, cell: object, template: str, **params: object) -> None:
        super().__init__(template)
        self.field = field
        self.value = shown(cell)
        self.template = template
        self.params = {"value": self.value, **params}


@dataclass(frozen=True, slots=True)
class Line:
    """A row in which something was filled in. `said` are the fields of the outcome that are not blank; `filled_at` is the
    instant that it states; `extra` the columns that somebody added."""

    row: RowLabel
    token: Token
    outcome: Outcome
    said: frozenset[str]
    filled_at: datetime | None
    extra: dict[str, str]


def open_sheet(path: Path, today: date) -> Reading:
    """A workbook with call sheets, ready to be read. Raises Refused if it cannot be read or holds none."""
    workbook = sheets.read_workbook(path)
    layout = read_layout(sheet_layout())
    parts = []
    for sheet in workbook.sheets:
        header = find_header(sheet, layout)
        if header is not None and TOKEN in header.fields and "code" in header.fields:
            _require_columns(path, layout, header.fields)
            parts.append(Part(sheet, header, titles_of(header)))
    if not parts:
        raise Refused(
            N_("{file} is no call sheet: it has no columns of customer codes and row tokens ({title})"),
            N_("fill in one that was made with: revisit due -o FILE"),
            file=path.name,
            title=_title(layout, TOKEN),
        )
    if len(parts) > 1:
        for part in parts:
            part.name = part.sheet.name
    return reading_of(workbook, layout, parts, Hints(today=today))


def _require_columns(path: Path, layout: Layout, found: Collection[str]) -> None:
    """Raises Refused for a sheet without a column to fill in: what stood there would be lost, or taken for emptied."""
    missing = [_title(layout, name) for name in FILLED_IN if name not in found]
    if missing:
        raise Refused(
            N_("{file} has no column {titles}: its title was changed, or it was deleted"),
            N_("a call sheet keeps all columns that are filled in; write the title back above its column"),
            file=path.name,
            titles=", ".join(missing),
        )


def _title(layout: Layout, name: str) -> str:
    """The title of a column in both languages: nobody knows in which one the sheet was made."""
    title = layout.fields[name].title
    return f"{title['zh']}/{title['en']}"


def line_of(
    record: Record, *, layout: Layout, origin: str, company: CompanyInfo, now: datetime, epoch1904: bool
) -> Line | None:
    """What a row says was done; None where nothing was filled in. `layout`: all columns of a sheet. Raises BadRow."""
    values = record.values
    if not any(name in values for name in FILLED_IN):
        return None
    token = _token(values, origin)
    if "result" not in values:
        raise BadRow("result", "", EMPTY)
    read = _Times(values, company, epoch1904)
    done_on, at = read.moment("at", token.day, None) or (token.day, None)
    done_at = read.instant(done_on, at)
    if done_on > clock.local(now, company.timezone).date() or (done_at is not None and done_at > now):
        raise BadRow("at", values.get("at", ""), N_("the revisit lies in the future"))
    promised = read.moment("callback", done_on, at)
    promised_on, promised_at = (promised[0], read.instant(*promised)) if promised else (None, None)
    if promised_on is not None and (
        promised_on < done_on or (promised_at is not None and done_at is not None and promised_at <= done_at)
    ):
        raise BadRow("callback", values["callback"], N_("the callback lies before the revisit that promises it"))
    texts = {name: values.get(name, "") for name in ("satisfaction", "reason", "suggestion", "person", "note")}
    outcome = Outcome(
        result=values["result"],
        channel=values.get("channel", "phone"),
        done_on=done_on,
        done_at=done_at,
        promised_on=promised_on,
        promised_at=promised_at,
        ask_for=texts["person"] if promised_on is not None else "",
        **texts,
    )
    said = {name for name, text in texts.items() if text} | {"result", "channel", "done_on"}
    said |= {"done_at"} if done_at is not None else set()
    said |= {"promised_on", "promised_at"} if promised_on is not None else set()
    stated = read.filled_at(done_on, done_at, now)
    return Line(record.row, token, outcome, frozenset(said), stated, added(record.extra, layout))


def _token(values: dict[str, Any], origin: str) -> Token:
    """The token of a row that was filled in. Raises BadRow where it is none, or not that of the customer beside it."""
    text = values.get(TOKEN, "")
    if not text:
        raise BadRow(
            TOKEN, "", N_("this row was not on the call sheet (it has no token); record it: revisit log CUSTOMER")
        )
    token = tokens.read(text, origin)
    if token is None:
        raise BadRow(
            TOKEN, text, N_("the token was changed, or is of another company; take it from the original sheet")
        )
    if "code" not in values:
        raise BadRow("code", "", N_("the code is gone; by its token this row is that of {code}"), code=token.code)
    if cells.code(token.code) != values["code"]:
        raise BadRow(
            "code", values["code"],
            N_("the token of this row is that of {code}: the rows were sorted without it; sort all columns together"),
            code=token.code,
        )  # fmt: skip
    return token


@dataclass(frozen=True, slots=True)
class _Times:
    """The times of a row as people write them."""

    values: dict[str, Any]
    company: CompanyInfo
    epoch1904: bool

    def moment(self, field: str, on: date, at: time | None) -> tuple[date, time | None] | None:
        """The day and time in a cell, seen from this day and time (None: unknown); None for a blank one. Raises BadRow."""
        text = self.values.get(field)
        if text is None:
            return None
        text = _as_text(text)
        try:
            found = self._parsed(field, text, datetime.combine(on, at or time()))
            sure = at is not None or found == self._parsed(field, text, datetime.combine(on, time(12)))
        except WhenError as error:
            return self._cell(field, text, error.code)
        if not sure:
            raise BadRow(field, text, N_("{value} counts from a time that nobody knows; name the day and time"))
        return found.on, found.at

    def _parsed(self, field: str, text: str, now: datetime) -> When:
        """What people's words mean: of a callback something that is to come. Raises WhenError."""
        if field != "callback":
            return parse_when(text, now)
        hours = self.company.policies.on(now.date()).call_hours
        return parse_ahead(text, now, calendar=self.company.calendar, hours=hours)

    def _cell(self, field: str, text: str, code: str) -> tuple[date, time | None]:
        """A day as spreadsheets write it. Raises BadRow: `code` tells why people's words did not help."""
        found = None
        with suppress(CellError, Doubt):
            if code in ("unknown", "impossible"):  # what was understood, and refused, is not understood otherwise
                found = cells.moment(text, epoch1904=self.epoch1904)
        if found is None:
            said = Said(wording.BAD_WHEN[code], {"text": text})
            remedy = Said(wording.WHEN_REMEDIES.get(code, _EXAMPLES[field]), {})
            raise BadRow(field, text, N_("{said}; {remedy}"), said=said, remedy=remedy) from None
        return (found.date(), found.time()) if isinstance(found, datetime) else (found, None)

    def instant(self, on: date, at: time | None) -> datetime | None:
        """The instant of a wall-clock time; None where no time is known."""
        return clock.instant(datetime.combine(on, at), self.company.timezone) if at is not None else None

    def filled_at(self, done_on: date, done_at: datetime | None, now: datetime) -> datetime | None:
        """When the row was filled in, as it states itself. Raises BadRow for what cannot be."""
        found = self.moment("filled_at", done_on, None)
        if found is None:
            return None
        value, stated = self.values["filled_at"], self.instant(*found)
        if stated is None:
            raise BadRow("filled_at", value, N_("{value} names no time of day; write for example 18:30"))
        if found[0] < done_on or (done_at is not None and stated < done_at):
            raise BadRow("filled_at", value, N_("it was filled in before it happened"))
        if stated > now:
            raise BadRow("filled_at", value, N_("it was filled in in the future"))
        return stated


def _as_text(text: str) -> str:
    """What a time cell says, also where a program keeps it as a moment of its first day or as a part of one."""
    if found := _TIME_CELL.fullmatch(text):
        return found[1]
    if _PART_OF_DAY.fullmatch(text):
        minutes, seconds = divmod(round(float(text) * 86_400), 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
    return _MIDNIGHT.sub("", text)
