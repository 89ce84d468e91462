"""`revisit report pack|weekly`: what goes to the sales department every month and quarter, and the report of the week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from revisit import access, audit, render, staff
from revisit.commands.options import Command, JsonOption, context_of
from revisit.context import Context, bad_when
from revisit.errors import WrongUsage
from revisit.i18n import N_, _
from revisit.policy.periods import Period, parse_period
from revisit.policy.when import WhenError
from revisit.reports import pack_sections, packs, weekly
from revisit.reports.sections import Section

FileOption = Annotated[
    Path | None, typer.Option("--output", "-o", metavar=_("FILE"), help=_("Into a file: .xlsx or .md; with --to."))
]
ToOption = Annotated[
    str, typer.Option("--to", metavar=_("NAME"), help=_("Who receives the file; it stands in the audit."))
]
PurposeOption = Annotated[
    str, typer.Option("--purpose", metavar=_("TEXT"), help=_("What it is for; it stands in the audit."))
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help=_("Replace the file if it is there already."))]


class Handed(NamedTuple):
    """A file that is handed to somebody: where it lies, who receives it, what for."""

    path: Path
    to: str
    purpose: str
    replace: bool


def mount(group: typer.Typer) -> None:
    """Hangs the commands of this file on `revisit report`."""
    group.command("pack", cls=Command, help=_("The pack for the sales department, of a month or a quarter."))(pack)
    group.command("weekly", cls=Command, help=_("The report of the week, due on Friday at 16:00."))(weekly_)


def pack(
    ctx: typer.Context,
    month: Annotated[
        str | None, typer.Option("--month", metavar=_("MONTH"), help=_("2026-03; otherwise this month."))
    ] = None,
    quarter: Annotated[
        str | None, typer.Option("--quarter", metavar=_("QUARTER"), help=_("2026-Q1: the summary of a quarter."))
    ] = None,
    output: FileOption = None,
    to: ToOption = "",
    purpose: PurposeOption = "",
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Problems that need not be solved at once, talks without one, suggestions, dormant customers, complaints (P3 2.2)."""
    if month is not None and quarter is not None:
        raise WrongUsage(N_("--month and --quarter exclude each other"), N_("name one of them"))
    handed, context = _handed(output, to, purpose, replace=yes), context_of(ctx)
    with context.reading() as (sql, company):
        actor, today = context.actor(sql), context.today(company)
        _check(actor, handed)
        kind, text = ("quarter", quarter) if quarter is not None else ("month", month)
        try:
            period = parse_period("quarter" if kind == "quarter" else "month", text, today)
        except WhenError as error:
            raise bad_when(error) from error
        found = packs.pack(sql, company, period, today, viewer=access.viewer(sql, actor), at=context.now)
    made = pack_sections.pack_sections(found)
    _out(context, handed, pack_sections.heading(found), made, period, "pack")
    if as_json:
        render.as_json(asdict(found) | {"period": _period(period)} | _told(handed))
    elif handed is None:
        show(pack_sections.heading(found), made)


def weekly_(
    ctx: typer.Context,
    week: Annotated[
        str | None, typer.Option("--week", metavar=_("WEEK"), help=_("2026-W41, last; otherwise up to this Friday."))
    ] = None,
    output: FileOption = None,
    to: ToOption = "",
    purpose: PurposeOption = "",
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """From Saturday to Friday: what was done, what was missed, what comes in the seven days after it (P4)."""
    handed, context = _handed(output, to, purpose, replace=yes), context_of(ctx)
    with context.reading() as (sql, company):
        actor, today = context.actor(sql), context.today(company)
        _check(actor, handed)
        try:
            named = parse_period("week", week, today)
        except WhenError as error:
            raise bad_when(error) from error
        period = weekly.week_of(named.start)
        found = weekly.weekly(sql, company, period, today, viewer=access.viewer(sql, actor), at=context.now)
    made = pack_sections.weekly_sections(found)
    _out(context, handed, pack_sections.weekly_heading(found), made, period, "weekly")
    if as_json:
        told = {"period": _period(period), "next": _period(found.next), "due_at": found.due_at}
        render.as_json(asdict(found) | told | _told(handed))
    elif handed is None:
        show(pack_sections.weekly_heading(found), made)


def show(heading: str, sections: Sequence[Section]) -> None:
    """Sections on the screen."""
    from revisit.commands.report import show_blocks

    with render.paged():
        render.heading(render.safe(heading))
        for section in sections:
            render.tell()
            render.heading(render.safe(section.title))
            show_blocks(section.blocks)


def _handed(output: Path | None, to: str, purpose: str, *, replace: bool) -> Handed | None:
    """What is to become of a file. Raises WrongUsage where nobody receives it, or there is none."""
    from revisit.reports.papers import WRITERS

    if output is None:
        if to or purpose:
            raise WrongUsage(N_("--to and --purpose belong to a file"), N_("name it with -o FILE.xlsx"))
        return None
    if output.suffix.lower() not in WRITERS:
        raise WrongUsage(
            N_("{file} ends in none of {known}"), N_("for example -o pack.xlsx"), file=output.name, known=", ".join(WRITERS)
        )  # fmt: skip
    if not to.strip():
        raise WrongUsage(N_("nobody is named who receives the file"), N_("say it: --to NAME; it stands on record"))
    return Handed(output, to.strip(), purpose.strip(), replace)


def _check(actor: staff.StaffMember | None, handed: Handed | None) -> None:
    """Raises Refused for whoever may not take customers' names along in a file."""
    if handed is None:
        return
    if actor is None:
        raise staff.nobody()
    access.require_role(actor, "export")


def _out(
    context: Context, handed: Handed | None, heading: str, sections: Sequence[Section], period: Period, kind: str
) -> None:
    """Writes the file, which gets its name once the audit knows who received what, and what for."""
    if handed is None:
        return
    from revisit.reports.papers import WRITERS
    from revisit.sheets.writing import write_beside

    def write_it(beside: Path) -> None:
        beside.touch(mode=0o600)
        WRITERS[handed.path.suffix.lower()](beside, heading, sections)
        with context.unit() as unit:
            access.require_role(unit.actor, "export")
            file = handed.path.name.encode(errors="surrogateescape").decode(errors="replace")
            after = {"kind": kind, "file": file, "period": period.label, "receiver": handed.to}
            after |= {"purpose": handed.purpose} if handed.purpose else {}
            audit.changed(unit.session, action="export", table="report", row_id=None, after=after)

    write_beside(handed.path, write_it, replace=handed.replace)
    told = _("{file} is written for {receiver}.")
    render.note(told.format(file=render.safe(handed.path), receiver=render.safe(handed.to)))


def _period(period: Period) -> dict[str, Any]:
    return {"from": period.start, "to": period.end, "label": period.label}


def _told(handed: Handed | None) -> dict[str, Any]:
    return {"file": str(handed.path), "receiver": handed.to} if handed else {"file": None, "receiver": None}
