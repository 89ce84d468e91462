"""Closed months: what was frozen of each is what it was, and the audit up to it as well."""

from __future__ import annotations

from revisit.closing import proof
from revisit.doctor.finding import Patient, Said, failed, named, ok
from revisit.i18n import N_, _

COMPARE = N_("keep this database as it is, and compare it with a backup from before")


def closed_months(patient: Patient) -> Said:
    """Every closed month fits its hash, the hash in the audit, and the audit row that was the last one then."""
    found = proof.prove(patient.sql)
    wrong = [f"{one.label} ({', '.join(one.faults)})" for one in found if one.faults]
    if wrong:
        return failed(_("closed months are not what was frozen: {what}").format(what=named(wrong)), COMPARE)
    return ok(_("{n} closed months are what was frozen").format(n=len(found)))
