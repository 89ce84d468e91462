"""What becomes of a filled-in call sheet: each row is compared with what it said before, and with what is on record now.

A row is written once, whoever reads the sheet how often. What changed in the sheet alone is a new version; what a person
corrected since stays; where both changed, or where another record of that day may be the same talk, nothing is written, and
both are shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from revisit import access, clock, customers, revisits
from revisit.callsheet import tokens
from revisit.callsheet.layout import sheet_layout
from revisit.callsheet.reading import BadRow, Line, line_of
from revisit.company import CompanyInfo
from revisit.db import Sql
from revisit.errors import RevisitError
from revisit.i18n import N_, _
from revisit.intake.columns import shown
from revisit.intake.ledger import extra_text, merged_extra
from revisit.intake.logs import doubts
from revisit.intake.refusals import Reject, RowLabel
from revisit.intake.rows import Reading, Record
from revisit.revisits import Outcome, Version
from revisit.staff import StaffMember

if TYPE_CHECKING:
    from sqlmodel import Session

OF_ROW = "SELECT number FROM revisit WHERE customer_id = :id AND source_number = :source ORDER BY number LIMIT 1"
SINCE = """
SELECT number FROM revisit WHERE customer_id = :id AND done_on = :on AND number > :newest AND source_number <> :source
  AND is_current AND NOT is_void AND NOT inbound AND with_whom = 'customer' ORDER BY number
"""
LONG_BEFORE = timedelta(days=7)
"""A talk that was longer before the day of its sheet is doubtful: the year or the month was mistyped."""
SAME_TALK = timedelta(minutes=30)
"""Two records of one customer, day and channel whose times are no further apart, or of which one has none, may be one talk."""
IN_SHEET = (
    "result", "channel", "done_on", "done_at", "satisfaction", "reason", "suggestion", "person", "note", "promised_on",
    "promised_at",
)  # fmt: skip
"""What a sheet says of an outcome; the rest stays as it is on record."""


@dataclass(frozen=True, slots=True)
class Written:
    """A row that was written: the revisit it became, or a new version of it."""

    row: RowLabel
    customer_id: int
    code: str
    number: int
    version: int
    outcome: Outcome
    filled_at: datetime | None
    stated: bool


@dataclass(frozen=True, slots=True)
class Conflict:
    """A row that was not written since a person has to decide: with which revisit it is in conflict, and why (a template with
    its parameters). `sheet` and `record` say it otherwise."""

    row: RowLabel
    code: str
    number: int
    template: str
    params: Mapping[str, object]
    record: Outcome
    sheet: Outcome

    @property
    def reason(self) -> str:
        """Why, in words."""
        return _(self.template).format(**self.params)


@dataclass(slots=True)
class Merged:
    """What became of a sheet; with the rejects, blank rows and titles of its reading the counts add up to its rows."""

    reading: Reading
    recorded: list[Written] = field(default_factory=list)
    changed: list[Written] = field(default_factory=list)
    unchanged: int = 0
    untouched: int = 0
    conflicts: list[Conflict] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """The rows of the sheet by what became of them."""
        return {
            "recorded": len(self.recorded), "changed": len(self.changed), "unchanged": self.unchanged,
            "untouched": self.untouched, "in_conflict": len(self.conflicts), "rejected": len(self.reading.rejects),
            "blank": self.reading.blank, "skipped": self.reading.skipped,
        }  # fmt: skip

    @property
    def written(self) -> list[Written]:
        """Every row that was written."""
        return [*self.recorded, *self.changed]


def merge(
    session: Session, sql: Sql, *, reading: Reading, actor: StaffMember, company: CompanyInfo, now: datetime
) -> Merged:
    """Writes what the rows say into the log, in the caller's transaction. Nothing is planned anew here."""
    revisits.lock(sql)
    work = _Work(session, sql, actor, company, now, Merged(reading))
    origin, layout = tokens.origin(sql), sheet_layout()
    for record in reading.read():
        try:
            line = line_of(record, layout=layout, origin=origin, company=company, now=now, epoch1904=reading.epoch1904)
            if line is None:
                work.merged.untouched += 1
            else:
                work.take(line)
        except BadRow as bad:
            _reject(reading, record, bad.field, bad.value, bad.template, bad.params)
        except RevisitError as error:
            _reject(reading, record, "code", record.values.get("code", ""), error.message, error.params)
    reading.close()
    if sum(work.merged.counts.values()) != reading.rows:
        raise AssertionError(f"{reading.rows} rows, but {work.merged.counts}")  # before anything is committed
    return work.merged


def _reject(
    reading: Reading, record: Record, name: str, value: object, template: str, params: Mapping[str, object]
) -> None:
    title = next((title for title, field_name in reading.columns.items() if field_name == name), name)
    reading.rejects.append(Reject(record.row, title, shown(value), template, dict(params)))


@dataclass(slots=True)
class _Work:
    """A sheet that is being merged; `seen` are the rows so far by their token."""

    session: Session
    sql: Sql
    actor: StaffMember
    company: CompanyInfo
    now: datetime
    merged: Merged
    seen: dict[str, Line] = field(default_factory=dict)

    def take(self, line: Line) -> None:
        """Decides about a row and writes it. Raises BadRow, Refused."""
        token = line.token
        customer = customers.find_by_code(self.sql, token.code)
        if customer is None:
            raise BadRow("code", token.code, N_("no customer has the code {code} any more"), code=token.code)
        first = self.seen.setdefault(token.source, line)
        if first is not line:
            if replace(first, row=line.row) != line:
                raise BadRow("at", "", N_("row {other} states the same differently"), other=first.row)
            self.merged.unchanged += 1
            return
        if token.sheet not in self.merged.sheets:
            self.merged.sheets.append(token.sheet)
        found = self.sql.rows(OF_ROW, id=customer, source=token.source)
        if found:
            self._again(line, customer, revisits.versions(self.sql, found[0][0]))
        else:
            self._new(line, customer)

    def _new(self, line: Line, customer: int) -> None:
        """A row that was never recorded."""
        access.require(self.sql, self.actor, "log", customer)
        token = line.token
        for (number,) in self.sql.rows(
            SINCE, id=customer, on=line.outcome.done_on, newest=token.newest, source=token.source
        ):
            record = revisits.versions(self.sql, number)[-1]
            if _says(record.outcome, line):
                self.merged.unchanged += 1
                return
            if _may_be_one(record.outcome, line.outcome):
                why = N_("revisit {number} ({who}) of that day may be the same talk; the sheet did not know it")
                self._conflict(line, record, why, {"number": number, "who": record.author or "?"})
                return
        revisits.check_outcome(line.outcome, now=self.now, today=clock.local(self.now, self.company.timezone).date())
        revisits.check_note(line.outcome, self.company.policies)
        self._doubt(line)
        beside: dict[str, Any] = {"source_number": token.source, "extra": extra_text(line.extra)}
        beside |= {"filled_stated": True} if line.filled_at else {}
        filled_at = line.filled_at or self.now
        number = revisits.record_revisit(
            self.session, self.sql, customer_id=customer, staff_id=self.actor.id, outcome=line.outcome,
            filled_at=filled_at, beside={name: value for name, value in beside.items() if value},
        )  # fmt: skip
        self.merged.recorded.append(
            Written(line.row, customer, token.code, number, 1, line.outcome, filled_at, line.filled_at is not None)
        )

    def _again(self, line: Line, customer: int, versions: tuple[Version, ...]) -> None:
        """A row that was recorded before: the record has the version that the sheet wrote last, and perhaps later ones."""
        current, source = versions[-1], line.token.source
        if not (self.actor.role == "representative" and self.actor.id == current.staff_id):
            access.require(self.sql, self.actor, "amend", customer)
        base = next(one for one in reversed(versions) if one.version == 1 or one.because == source)
        restated = line.filled_at is not None and line.filled_at != current.filled_at
        wanted = _onto(current.outcome, line.outcome)
        if (wanted == current.outcome and not current.is_void and not restated) or not self._differs(line, base):
            self.merged.unchanged += 1
            return
        if current is not base:
            why = (
                N_("revisit {number} was taken back by {who}, and this row was changed since")
                if current.is_void
                else N_("revisit {number} was corrected by {who}, and this row was changed as well")
            )
            self._conflict(line, current, why, {"number": current.number, "who": current.who or "?"})
            return
        revisits.check_outcome(wanted, now=self.now, today=clock.local(self.now, self.company.timezone).date())
        revisits.check_note(wanted, self.company.policies)
        self._doubt(line)
        beside: dict[str, Any] = {"extra": merged_extra(current.extra, extra_text(line.extra))}
        if restated:
            beside |= {"filled_at": line.filled_at, "filled_stated": True}
        version = revisits.amend(self.session, current=current, outcome=wanted, because=source, beside=beside)
        self.merged.changed.append(
            Written(
                line.row, customer, line.token.code, current.number, version, wanted,
                line.filled_at or current.filled_at, restated or current.stated,
            )
        )  # fmt: skip

    def _differs(self, line: Line, base: Version) -> bool:
        """Whether the row says something else than when it was written last."""
        stated = line.filled_at is not None and line.filled_at != base.filled_at
        return stated or _onto(base.outcome, line.outcome) != base.outcome

    def _doubt(self, line: Line) -> None:
        """Warns of what is written, and does not go together."""
        said, warnings = line.outcome, self.merged.reading.warnings
        warnings += [(one, {"row": line.row}) for one in doubts(said.result, said.channel, said.satisfaction)]
        if said.done_on < line.token.day - LONG_BEFORE:
            told = N_("row {row}: the talk was on {on}, long before the day of the sheet ({day})")
            warnings.append((told, {"row": line.row, "on": said.done_on, "day": line.token.day}))

    def _conflict(self, line: Line, record: Version, why: str, params: Mapping[str, object]) -> None:
        sheet = _onto(record.outcome, line.outcome)
        if "done_at" not in line.said and sheet.done_on == record.outcome.done_on:
            sheet = replace(sheet, done_at=record.outcome.done_at)  # what the row leaves open is no difference
        self.merged.conflicts.append(
            Conflict(line.row, line.token.code, record.number, why, params, record.outcome, sheet)
        )


def _onto(record: Outcome, sheet: Outcome) -> Outcome:
    """The outcome on record with what the sheet says; whom to ask for stays where a person has named somebody else."""
    ours = replace(record, **{name: getattr(sheet, name) for name in IN_SHEET})
    if sheet.promised_on is None:
        return replace(ours, planned=False, purpose="", ask_for="")
    ask_for = sheet.person if record.ask_for in ("", record.person) else record.ask_for
    same = (sheet.promised_on, sheet.promised_at) == (record.promised_on, record.promised_at)
    return replace(ours, planned=record.planned and same, ask_for=ask_for)


def _says(record: Outcome, line: Line) -> bool:
    """Whether a record says all that the row says, to the minute."""
    return all(_minute(getattr(record, name)) == _minute(getattr(line.outcome, name)) for name in line.said)


def _may_be_one(record: Outcome, sheet: Outcome) -> bool:
    """Whether two records of a customer and day may be of one talk."""
    if record.channel != sheet.channel:
        return False
    if record.done_at is None or sheet.done_at is None:
        return True
    return abs(record.done_at - sheet.done_at) <= SAME_TALK


def _minute(value: Any) -> Any:
    return value.replace(second=0, microsecond=0) if isinstance(value, datetime) else value
