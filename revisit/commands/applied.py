"""The credit limits and payment terms of an import that have to be signed before they hold: in its document and on the screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from revisit import approvals, render, trail, wording
from revisit.i18n import N_, _
from revisit.intake.ledger import Application
from revisit.render import Column

VIEW = (
    Column("row", N_("Row"), right=True),
    Column("of", N_("Code")),
    Column("column", N_("Column")),
    Column("old", N_("Before"), right=True),
    Column("new", N_("After"), right=True),
    Column("approval", N_("Approval"), right=True),
)
SHOWN = 20


def document(one: Application) -> dict[str, Any]:
    """One of them: amounts as text."""
    is_money = one.column.endswith("_cents")
    old, new = (wording.money(value) if is_money else value for value in (one.old, one.new))
    return {
        "row": one.row, "of": one.of, "column": trail.name_of(one.column), "old": old, "new": new, "approval": one.approval,
    }  # fmt: skip


def show(found: Sequence[Mapping[str, Any]]) -> None:
    """The first of them on the screen."""
    if not found:
        return
    render.tell()
    render.tell(_("To be signed before it holds: {count}").format(count=len(found)))
    render.table([_row(one) for one in found[:SHOWN]], VIEW)
    if len(found) > SHOWN:
        render.tell(_("… and {count} more: revisit approval list").format(count=len(found) - SHOWN))


def _row(one: Mapping[str, Any]) -> dict[str, Any]:
    return {**one, "column": wording.column(one["column"]), "approval": approvals.called(one["approval"])}
