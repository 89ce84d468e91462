"""Complaints on numbered forms: accepted, investigated, reported, settled once it is signed, answered, closed, reviewed.

`records` reads them and says who may see them, `deeds` makes the steps, `follow` keeps what follows: measures and returned goods.
Clause: P4.
"""

from __future__ import annotations

from revisit.complaints.deeds import Facts, Said, make, open_complaint, parts_of, possible
from revisit.complaints.follow import announce, approve, end_measure, plan_measure, receive
from revisit.complaints.records import (
    Complaint,
    Measure,
    Returned,
    Sight,
    closed_in,
    get_complaint,
    goods_of,
    list_complaints,
    measures_of,
    of_customer,
    require_letter,
    require_sight,
    sight_of,
)

__all__ = [
    "Complaint", "Facts", "Measure", "Returned", "Said", "Sight", "announce", "approve", "closed_in", "end_measure",
    "get_complaint", "goods_of", "list_complaints", "make", "measures_of", "of_customer", "open_complaint", "parts_of",
    "plan_measure", "possible", "receive", "require_letter", "require_sight", "sight_of",
]  # fmt: skip
