"""The call sheet: `revisit due -o FILE.xlsx`."""

from __future__ import annotations

import secrets
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from revisit import access, audit, render, staff
from revisit.context import Context
from revisit.db import Sql
from revisit.errors import WrongUsage
from revisit.i18n import N_, _
from revisit.morning import DueLine, Morning

SUFFIX = ".xlsx"


def check_output(output: Path, *, replace: bool) -> None:
    """Raises WrongUsage, Refused where no call sheet can be written there."""
    from revisit.sheets.writing import check_place

    if output.suffix.lower() != SUFFIX:
        raise WrongUsage(N_("{file} does not end in .xlsx"), N_("for example -o sheet.xlsx"), file=output.name)
    check_place(output, replace=replace)


def write(
    context: Context,
    output: Path,
    found: Morning,
    lines: Sequence[DueLine],
    whose: str,
    *,
    newest: int,
    replace: bool,
) -> dict[str, Any]:
    """Writes a list as a call sheet, its owner's alone; it gets its name once the audit knows of it. The JSON document.

    `newest`: the newest revisit on record before the list was read.
    """
    from revisit.callsheet import tokens, writing
    from revisit.sheets.writing import write_beside

    id_ = secrets.token_hex(4)

    def write_it(beside: Path) -> None:
        beside.touch(mode=0o600)
        with context.unit() as unit:
            access.require_role(unit.actor, "log")
            who = unit.actor.name if unit.actor.name == unit.actor.login else f"{unit.actor.name} {unit.actor.login}"
            head = writing.Head(unit.company.name, found.on, whose, who, found.orders_known_to)
            writing.write_sheet(beside, head, writing.Sheet(id_, tokens.origin(unit.sql), newest), lines)
            named = output.name.encode(errors="surrogateescape").decode(errors="replace")
            after = {"kind": "call-sheet", "file": named, "rows": len(lines), "rep": found.rep, "sheet": id_}
            audit.changed(
                unit.session, action="export", table="customer", row_id=None,
                after={name: value for name, value in after.items() if value is not None},
            )  # fmt: skip

    write_beside(output, write_it, replace=replace)
    return {"file": str(output), "sheet": id_, "on": found.on, "rep": found.rep, "rows": len(lines)}


def newest(sql: Sql) -> int:
    """The newest revisit on record: what a sheet knows that is made of a list read after it."""
    from revisit.revisits import NEWEST_NUMBER

    return int(sql.rows(NEWEST_NUMBER)[0][0])


def tell_written(output: Path, document: dict[str, Any], paperwork: int) -> None:
    """Where the sheet is, and what to do with it."""
    told = _("{file} is written, customers: {count}. Fill it in, then: revisit log --from {again}")
    again = render.safe(shlex.quote(str(output)))
    render.tell(told.format(file=render.safe(output), count=document["rows"], again=again))
    if paperwork:
        render.note(_("Paperwork is not on the sheet: {count}; see it with: revisit due").format(count=paperwork))


def require(context: Context) -> None:
    """Raises Refused for somebody who may record nothing, or of whom nobody knows who it is: a sheet bears a name."""
    with context.reading() as (sql, _company):
        actor = context.actor(sql)
        if actor is None:
            raise staff.nobody()
        access.require_role(actor, "log")
