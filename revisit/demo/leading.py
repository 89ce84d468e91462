"""What whoever leads the throw-away company has done: targets of two months, records of the last one looked at, its closing."""

from __future__ import annotations

from fractions import Fraction

from revisit import access, clock, closing, inspections, staff, targets
from revisit.context import Unit
from revisit.demo.people import REPRESENTATIVES
from revisit.i18n import N_, _
from revisit.policy.periods import period_of, previous

CONTACTS = 60
"""What each representative is to reach in a month; about what they make."""
LOOKED_AT, LEFT = 12, 2
FOUND = {
    3: ("minor", N_("the suggestion is not in the customer's words")), 6: ("minor", N_("did not ask why")),
    9: ("major", N_("the callback was noted for the wrong day")),
}  # fmt: skip
"""Verdict and words by place of the sample; the others are right."""


def lead(unit: Unit) -> None:
    """In a database into which the spreadsheets were imported. Raises Refused where it was done before."""
    today = clock.local(unit.now, unit.company.timezone).date()
    month = period_of("month", today)
    before = previous(month)
    viewer = access.viewer(unit.sql, unit.actor)
    for login, _name in REPRESENTATIVES:
        person = staff.get_by_login(unit.sql, login)
        for start in (before.start, month.start):
            targets.set_target(
                unit.session, unit.sql, unit.company, person, start, "contacts", Fraction(CONTACTS), viewer=viewer,
                actor=unit.actor, at=unit.now,
            )  # fmt: skip
    sample = inspections.draw(
        unit.session, unit.sql, before, None, LOOKED_AT, before.label, viewer=viewer, actor=unit.actor, at=unit.now
    )
    for place in range(1, LOOKED_AT - LEFT + 1):
        verdict, text = FOUND.get(place, ("right", ""))
        inspections.find(
            unit.session, unit.sql, sample.number, place, verdict, _(text) if text else "", "", viewer=viewer,
            actor=unit.actor, at=unit.now,
        )  # fmt: skip
    closing.close(unit.session, unit.sql, unit.company, before, actor=unit.actor, today=today, at=unit.now)
