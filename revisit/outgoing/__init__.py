"""Spreadsheets out: the records of a kind as a sheet that is read back by `intake` as what it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from revisit import access, audit, resources, staff
from revisit.access import Viewer
from revisit.company import CompanyInfo
from revisit.db import Sql, hold_still
from revisit.errors import Refused, WrongUsage
from revisit.i18n import N_
from revisit.intake import Progress, load_layout, untold
from revisit.intake.textcell import clean
from revisit.outgoing.columns import Columns
from revisit.outgoing.records import Among, Source
from revisit.policy.access import MOST_REVEALED, may
from revisit.sheets.streaming import Cell, Table, write_table
from revisit.staff import StaffMember

if TYPE_CHECKING:
    from sqlmodel import Session

TABLES = {
    "customers": "customer", "orders": "order_", "revisits": "revisit", "sales-followups": "sales_follow_up",
    "staff": "staff",
}  # fmt: skip
ABOVE = "export.toml"
WORKBOOK, TEXT = ".xlsx", ".csv"
ROWS_TOLD = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be exported: a kind, in a language, of one representative (login) or of all that may be seen; `revealed`:
    phones and addresses whole, and why."""

    kind: str
    language: str
    rep: str | None = None
    revealed: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Export:
    """What was written: rows below the header; cells left out because of a telephone number, or because they are too long
    for a workbook; records that a sheet has no words for."""

    rows: int
    hidden: int
    too_long: int
    unsayable: int


def check_wanted(wanted: Wanted, path: Path) -> None:
    """Raises WrongUsage for what cannot be meant."""
    load_layout(wanted.kind)
    if wanted.kind not in TABLES:
        raise WrongUsage(N_("{kind} are not exported"), N_("kinds: {known}"), kind=wanted.kind, known=", ".join(TABLES))
    if path.suffix.lower() not in (WORKBOOK, TEXT):
        raise WrongUsage(
            N_("{file} ends neither in .xlsx nor in .csv"), N_("for example -o customers.xlsx"), file=path.name
        )
    if wanted.rep is not None and wanted.kind == "staff":
        raise WrongUsage(N_("staff is not exported by representative"), N_("leave --rep out"))
    if wanted.revealed:
        audit.reason_of(wanted.reason)


def require(actor: StaffMember | None, wanted: Wanted) -> StaffMember:
    """The person, if that may export this kind at all. Raises Refused."""
    if actor is None:
        raise staff.nobody()
    access.require_role(actor, "export")
    if wanted.kind == "staff":
        access.require_role(actor, "staff")
    return actor


def write_export(
    sql: Sql,
    company: CompanyInfo,
    actor: StaffMember,
    wanted: Wanted,
    path: Path,
    *,
    workbook: bool,
    today: date,
    told: Progress = untold,
) -> Export:
    """Writes the sheet, as much of it as this person may see. Raises Refused.

    Everything is read from one state of the database.
    """
    hold_still(sql)
    viewer = access.viewer(sql, actor)
    source = Source(sql, wanted.kind, among(sql, viewer, wanted.rep), today, company.timezone)
    total = source.count()
    most = MOST_REVEALED.get(viewer.side(actor.id))
    if wanted.revealed and most is not None and total > most:
        raise Refused(
            N_(
                "{count} rows are too many to be exported with whole telephone numbers (a supervisor may export {most})"
            ),
            N_("name one representative with --rep LOGIN, leave --reveal out, or ask an administrator"),
            count=total,
            most=most,
        )
    columns = Columns(
        load_layout(wanted.kind), source.titles(), wanted.language,
        viewer=viewer, contacts=load_layout("customers"), revealed=wanted.revealed,
    )  # fmt: skip
    table = Table(_title(wanted), _above(wanted, company, actor, today), columns.shown)
    written = write_table(path, table, _rows(source, columns, total, told), workbook=workbook)
    return Export(written.rows, columns.hidden, written.too_long, source.unsayable())


def note(session: Session, wanted: Wanted, file: str, rows: int) -> None:
    """Notes who took what along, and why: a row of the audit."""
    named = file.encode(errors="surrogateescape").decode(errors="replace")
    after = {"kind": wanted.kind, "file": named, "rows": rows, "rep": wanted.rep, "revealed": wanted.revealed}
    after |= {"reason": wanted.reason.strip() or None}
    told = {name: value for name, value in after.items() if value is not None}
    audit.changed(session, action="export", table=TABLES[wanted.kind], row_id=None, after=told)


def among(sql: Sql, viewer: Viewer, rep: str | None) -> Among:
    """Whose customers this person may export, narrowed down to those of one representative. Raises Refused."""
    if rep is not None:
        named = staff.get_by_login(sql, rep, former=True)
        if not may("export", viewer.side(named.id)):
            raise Refused(
                N_("{login} is not of your team"), N_("name somebody of your team, or ask an administrator"), login=rep
            )
        return Among(frozenset({named.id}), nobody=False)
    everybody = [one.id for one in staff.list_staff(sql, former=True)]
    mine = frozenset(one for one in everybody if may("export", viewer.side(one)))
    nobody = may("export", viewer.side(None))
    return Among() if nobody and len(mine) == len(everybody) else Among(mine, nobody=nobody)


def _rows(source: Source, columns: Columns, total: int, told: Progress) -> Iterator[list[Cell]]:
    for number, record in enumerate(source.records()):
        if number % ROWS_TOLD == 0:
            told("writing", number, total)
        yield columns.row(record)


def _title(wanted: Wanted) -> str:
    return (load_layout(wanted.kind).title or {}).get(wanted.language, wanted.kind)


def _above(wanted: Wanted, company: CompanyInfo, actor: StaffMember, today: date) -> str:
    """The line above the header: what it is, who took it along, when and why. No header is found in it."""
    import tomllib

    texts = {
        name: by_language[wanted.language]
        for name, by_language in tomllib.loads(resources.read_text(ABOVE))["above"].items()
    }
    who = actor.name if actor.name == actor.login else f"{actor.name} {actor.login}"
    filled = {"title": _title(wanted), "company": company.name, "who": who, "day": today, "reason": wanted.reason}
    parts = [texts["who"], texts["reason"] if wanted.reason.strip() else ""]
    parts += [texts["masked"] if wanted.kind == "customers" and not wanted.revealed else ""]
    return clean("".join(part.format(**filled) for part in parts))
