"""What was filled in on a call sheet: `revisit log --from FILE.xlsx`."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from revisit import access, clock, lags, render, wording
from revisit.commands import callbacks, outcomes
from revisit.commands.callsheets import check_output, require
from revisit.context import Context
from revisit.errors import Refused
from revisit.i18n import N_, _
from revisit.policy.tally import Lag
from revisit.register import read
from revisit.register.effect import Effect, compare
from revisit.render import Column

if TYPE_CHECKING:
    from revisit.callsheet.merging import Conflict, Merged, Written
    from revisit.company import CompanyInfo
    from revisit.context import Unit

NOT_ALL_IN = 3
WRITTEN = (
    Column("row", N_("Row"), right=True, card=0),
    Column("code", N_("Code"), card=0),
    Column("revisit", N_("Revisit"), right=True, card=2),
    Column("result", N_("Result"), card=1),
    Column("came", N_("What came of it"), wrap=True, card=1),
)
CONFLICTS = (
    Column("row", N_("Row"), right=True, card=0),
    Column("code", N_("Code"), card=0),
    Column("reason", N_("Why"), wrap=True, card=1),
    Column("differs", N_("On record → in the sheet"), wrap=True, card=1),
)
REJECTS = (
    Column("row", N_("Row"), right=True),
    Column("column", N_("Column")),
    Column("value", N_("Value")),
    Column("reason", N_("Why"), wrap=True),
)
WIDEST_VALUE = 40


@dataclass(slots=True)
class Told:
    """What became of a sheet, and what each row that was written has met and how late it was."""

    merged: Merged
    company: CompanyInfo
    effects: dict[int, Effect] = field(default_factory=dict)
    lags: dict[int, Lag | None] = field(default_factory=dict)


def record_sheet(
    context: Context, file: Path, *, dry_run: bool = False, rejects: Path | None = None, replace: bool = False
) -> Told:
    """Reads a filled-in call sheet and writes it in one transaction, or rolls the same work back. `rejects`: the workbook of the
    rows that were refused, if there are any."""
    from revisit.callsheet import merging, reading

    if rejects is not None:
        _check_rejects(rejects, file, replace=replace)
    require(context)
    with context.reading() as (_sql, company):
        today = context.today(company)
    opened = reading.open_sheet(file, today)
    with context.unit(dry_run=dry_run) as unit:
        access.require_role(unit.actor, "log")
        merged = merging.merge(
            unit.session, unit.sql, reading=opened, actor=unit.actor, company=unit.company, now=unit.now
        )
        told = Told(merged, unit.company)
        _watch(unit, told)
        if rejects is not None and opened.rejects:
            from revisit.intake.rejected import write_rejects

            write_rejects(rejects, opened, unit.sql, access.viewer(unit.sql, unit.actor), replace=replace)
    return told


def _check_rejects(path: Path, file: Path, *, replace: bool) -> None:
    check_output(path, replace=replace)
    try:
        same = path.samefile(file)
    except OSError:
        same = False
    if same:
        raise Refused(
            N_("{file} is the call sheet itself; it is never written over"),
            N_("name another file for the rejected rows"),
            file=path.name,
        )


def _watch(unit: Unit, told: Told) -> None:
    """Plans anew; what each customer's rows have met and opened, and how late they were written down."""
    ids = sorted({one.customer_id for one in told.merged.written})
    before = _by_customer(unit, ids)
    unit.replan()
    after = _by_customer(unit, ids)
    told.effects = {one: compare(before[one], after[one], unit.company, unit.today) for one in ids}
    spans = lags.dormant_spans(unit.sql, ids)
    for one in told.merged.written:
        told.lags[one.number] = lags.lag_of(
            spans, unit.company, customer_id=one.customer_id, done_on=one.outcome.done_on, done_at=one.outcome.done_at,
            filled_at=one.filled_at,
        )  # fmt: skip


def _by_customer(unit: Unit, ids: Sequence[int]) -> dict[int, list[read.Row]]:
    found: dict[int, list[read.Row]] = {one: [] for one in ids}
    for row in read.rows_of(unit.sql, ids) if ids else ():
        found[row.customer_id].append(row)
    return found


def document(told: Told, *, dry_run: bool) -> dict[str, Any]:
    """The JSON document of `log --from`."""
    merged = told.merged
    return {
        "file": str(merged.reading.path),
        "sheets": merged.sheets,
        "rows": merged.reading.rows,
        **merged.counts,
        "records": [_record(one, told, dry_run=dry_run) for one in sorted(merged.written, key=lambda one: one.number)],
        "conflicts": [_conflict(one, told.company) for one in merged.conflicts],
        "rejects": [
            {"row": one.row, "column": bad.column, "value": bad.value, "reason": bad.reason}
            for one in merged.reading.rejects
            for bad in one.cells[:1]
        ],
        "warnings": [_(template).format(**params) for template, params in merged.reading.told_warnings()],
    }


def _record(one: Written, told: Told, *, dry_run: bool) -> dict[str, Any]:
    effect = told.effects[one.customer_id]
    return {
        "row": one.row,
        "code": one.code,
        "revisit": None if dry_run and one.version == 1 else one.number,
        "version": one.version,
        "met": list(effect.met),
        "opened": list(effect.opened),
        "callback": outcomes.bookings(one.outcome, told.company)["callback"],
        **lags.document(told.lags[one.number]),
        "filled_stated": one.stated,
    }


def _conflict(one: Conflict, company: CompanyInfo) -> dict[str, Any]:
    changes = outcomes.changes_of(one.record, one.sheet, company)
    return {
        "row": one.row,
        "code": one.code,
        "revisit": one.number,
        "reason": one.reason,
        "differs": [{"field": name, "record": old, "sheet": new} for name, (old, new) in changes.items()],
    }


def show(told: Told, *, dry_run: bool) -> None:
    """What became of a sheet, on the screen."""
    merged = told.merged
    title = _("Dry run of {file}: nothing was written") if dry_run else _("{file} is recorded")
    render.heading(title.format(file=render.safe(merged.reading.path.name)))
    said = _(
        "{rows} rows = {recorded} recorded + {changed} changed + {unchanged} unchanged + {untouched} not filled in "
        "+ {in_conflict} in conflict + {rejected} rejected + {blank} blank + {skipped} titles and totals"
    )
    render.paragraph(said.format(rows=merged.reading.rows, **merged.counts), at=" + ")
    if merged.written:
        render.tell()
        render.table([_written_row(one, told, dry_run=dry_run) for one in merged.written], WRITTEN)
    if merged.conflicts:
        render.tell()
        render.heading(_("In conflict: not written"))
        render.table([_conflict_row(one, told.company) for one in merged.conflicts], CONFLICTS)
    if merged.reading.rejects:
        render.tell()
        render.heading(_("Rejected"))
        render.table(
            [
                {"row": one.row, "column": one.column, "value": _short(one.value), "reason": one.cells[0].reason}
                for one in merged.reading.rejects
            ],
            REJECTS,
        )
    for template, params in merged.reading.told_warnings():
        render.note(_("Note: {text}").format(text=render.safe(_(template).format(**params))))


def _written_row(one: Written, told: Told, *, dry_run: bool) -> dict[str, Any]:
    return {
        "row": one.row,
        "code": one.code,
        "revisit": ""
        if dry_run and one.version == 1
        else f"{one.number}" + (f" v{one.version}" if one.version > 1 else ""),
        "result": wording.word(one.outcome.result),
        "came": _("; ").join(_came(one, told)),
    }


def _came(one: Written, told: Told) -> list[str]:
    """What a row has met, what was promised, and whether it was written down late."""
    effect, lag = told.effects[one.customer_id], told.lags[one.number]
    said = [
        _("met {outcome}: {rule}").format(outcome=wording.state(met["outcome"]), rule=wording.rule(met["rule"]))
        for met in effect.met
    ]
    said += [_("owed again: {rule}").format(rule=wording.rule(again["rule"])) for again in effect.owed_again]
    said += _promised(one, told.company)
    if lag is not None and not lag.in_time:
        said.append(_("written down late: {how}").format(how=wording.lag(*lag, stated=one.stated)))
    return said


def _promised(one: Written, company: CompanyInfo) -> list[str]:
    """The callback of a row, and why it is outside call hours, if it is."""
    outcome = one.outcome
    when = clock.local(outcome.promised_at, company.timezone) if outcome.promised_at else outcome.promised_on
    if when is None:
        return []
    made = clock.local(outcome.done_at, company.timezone) if outcome.done_at else None
    booked = callbacks.placed(when, made or datetime.combine(outcome.done_on, time()), company, in_hours=False)
    said = [_("call back {when} ({weekday})").format(when=callbacks.shown(when), weekday=render.weekday(when))]
    if booked.outside is not None:
        said.append(_("outside call hours: {why}").format(why=wording.outside(booked.outside)))
    return said


def _conflict_row(one: Conflict, company: CompanyInfo) -> dict[str, Any]:
    changes = outcomes.changes_of(one.record, one.sheet, company)
    shown = [outcomes.shown_change(name, *pair) for name, pair in changes.items()]
    return {"row": one.row, "code": one.code, "reason": one.reason, "differs": _("; ").join(shown)}


def _short(value: str) -> str:
    return value if render.width(value) <= WIDEST_VALUE else value[: WIDEST_VALUE // 2 - 1] + "…"


def end(told: Told, *, dry_run: bool, rejects: Path | None) -> None:
    """What is left to do, on stderr. Raises Exit with 3 where rows were refused or are in conflict."""
    merged = told.merged
    refused, conflicts = len(merged.reading.rejects), merged.conflicts
    if conflicts:
        text = _("rows in conflict: {count}; look at the record and decide: revisit amend {number}")
        render.note(text.format(count=len(conflicts), number=conflicts[0].number))
    if refused:
        text = _("rows that would be rejected: {count}") if dry_run else _("rejected rows: {count}")
        if rejects is None and not dry_run:
            text = _("rejected rows: {count}; correct them and record the sheet again")
        render.note(text.format(count=refused))
    if rejects is not None and refused:
        text = _("the rejected rows stand in {file}; correct them there, then: revisit log --from {again}")
        again = render.safe(shlex.quote(str(rejects)))
        render.note(text.format(file=render.safe(str(rejects)), again=again))
    elif rejects is not None:
        render.note(_("no row was rejected: {file} was not written").format(file=render.safe(str(rejects))))
    if refused or conflicts:
        raise typer.Exit(NOT_ALL_IN)
