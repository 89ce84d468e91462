"""What waits for me beside the morning list: counts of each kind of matter and the nearest deadline, in a line or a document."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from revisit import scheduler
from revisit.company import CompanyInfo
from revisit.i18n import N_, _
from revisit.waiting import Waits

WAITS = {"case": N_("cases: {n}"), "complaint": N_("complaints: {n}"), "approval": N_("approvals: {n}")}


def document(mine: Sequence[Waits], company: CompanyInfo) -> dict[str, Any]:
    """What waits for me beside the list: how much of each kind, and the nearest deadline."""
    nearest = next((one for one in mine if one.due_by is not None), None)
    return {
        "cases": sum(one.kind == "case" for one in mine),
        "complaints": sum(one.kind == "complaint" for one in mine),
        "approvals": sum(one.kind == "approval" for one in mine),
        "nearest": scheduler.local_at(nearest.due_by.replace(microsecond=0), company)
        if nearest and nearest.due_by
        else None,
    }


def line(mine: Sequence[Waits], company: CompanyInfo, now: datetime) -> str:
    """The same in a line."""
    counts = {kind: sum(one.kind == kind for one in mine) for kind in WAITS}
    told = [_(WAITS[kind]).format(n=n) for kind, n in counts.items() if n]
    first = mine[0]
    if first.due_by is not None:
        late = " " + _("overdue") if first.due_by < now else ""
        when = scheduler.local_at(first.due_by, company)
        assert when is not None
        told.append(_("nearest deadline {when} ({what})").format(when=f"{when:%m-%d %H:%M}", what=first.number) + late)
    return _("Waiting for me: {what}").format(what=_("; ").join(told))
