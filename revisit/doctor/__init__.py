"""Is the database sound, and does it say what the rules say? Named checks; nothing is written.

`store` looks at the file and the tables, `content` at what stands in them, `place` at where the file lies.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from revisit.doctor import closed, content, matters, place, store
from revisit.doctor.finding import Finding, Patient, Said, told
from revisit.i18n import N_, _

Check = Callable[[Patient], Said]

CHECKS: tuple[tuple[str, Check], ...] = (
    ("integrity", store.integrity),
    ("schema", store.schema),
    ("foreign-keys", store.foreign_keys),
    ("states", content.states),
    ("policy", content.policy),
    ("calendar", content.calendar),
    ("owners", content.owners),
    ("register", content.register),
    ("matters", matters.matters),
    ("audit", content.audit_chain),
    ("closed-months", closed.closed_months),
    ("clock", content.clock_runs),
    ("modes", place.modes),
    ("synchronised-folder", place.synchronised_folder),
)
"""Every check in the order in which it is made. The codes never change: scripts rely on them."""
WITHOUT_DATABASE = ("integrity", "calendar", "modes", "synchronised-folder")
DEFECT = N_("report this, with the sentence above")


def examine(url: str, now: datetime, tell: Callable[[str, int, int], None]) -> list[Finding]:
    """The findings of all checks. `tell` hears of each: its code, how many are done, of how many. Raises Refused: no database."""
    found: list[Finding] = []
    with store.opened(url, now) as patient:
        for done, (code, check) in enumerate(CHECKS):
            tell(code, done, len(CHECKS))
            sick = any(one.status == "failed" for one in found)
            found.append(Finding(code, *_said(code, check, patient, sick=sick)))
    return found


def _said(code: str, check: Check, patient: Patient, *, sick: bool) -> Said:
    """What a check says; a check that breaks off on damaged data says that, whatever it met there."""
    if patient.connection is None and code not in WITHOUT_DATABASE:
        return Said("skipped", _("not looked at: the database cannot be opened"))
    try:
        return check(patient)
    except Exception as error:
        store.begin_again(patient)
        if sick:
            return Said("skipped", _("not looked at, because of what failed above ({why})").format(why=told(error)))
        return Said("failed", _("the check broke off: {why}").format(why=told(error)), _(DEFECT))
