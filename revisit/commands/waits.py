"""What waits for me beside the morning list: counts of each kind and the nearest deadline, in a line or a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from revisit import scheduler
from revisit.company import CompanyInfo
from revisit.i18n import N_, _
from revisit.waiting import Waits

WAITS = {
    "cases": N_("cases: {n}"), "complaints": N_("complaints: {n}"), "approvals": N_("approvals: {n}"),
    "services": N_("service jobs: {n}"), "paperwork": N_("paperwork: {n}"),
}  # fmt: skip


def document(mine: Sequence[Waits], paperwork: int, company: CompanyInfo) -> dict[str, Any]:
    """How much of each kind waits, how many lines of `paperwork` are mine, and the nearest deadline."""
    nearest = next((one for one in mine if one.due_by is not None), None)
    due = nearest.due_by.replace(microsecond=0) if nearest and nearest.due_by else None
    return {**_counts(mine, paperwork), "nearest": scheduler.local_at(due, company)}


def line(mine: Sequence[Waits], paperwork: int, company: CompanyInfo, now: datetime) -> str:
    """The same in a line; nothing where nothing waits."""
    told = [_(WAITS[kind]).format(n=n) for kind, n in _counts(mine, paperwork).items() if n]
    if mine and mine[0].due_by is not None:
        first, due = mine[0], mine[0].due_by
        late = " " + _("overdue") if due < now else ""
        when = scheduler.local_at(due, company)
        assert when is not None
        told.append(_("nearest deadline {when} ({what})").format(when=f"{when:%m-%d %H:%M}", what=first.number) + late)
    return _("Waiting for me: {what}").format(what=_("; ").join(told)) if told else ""


def _counts(mine: Sequence[Waits], paperwork: int) -> Mapping[str, int]:
    kinds = [f"{one.kind}s" for one in mine]
    return {kind: paperwork if kind == "paperwork" else kinds.count(kind) for kind in WAITS}
