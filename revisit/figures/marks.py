"""The marks by which rows are told apart: what figures ask for, and by what a supervisor groups them."""

from __future__ import annotations

from typing import Any, NamedTuple


class Marked(NamedTuple):
    """Rows that are alike (`n` of them, `cents` together), or one row, which has a key, a customer, a day and what it says."""

    marks: Any
    n: int
    cents: int
    key: str = ""
    customer_id: int | None = None
    on: str = ""
    said: str = ""


NOT_SAID = (None, "", "")
"""In place of the last three marks of every kind (staff, grade, region), where it was not asked to whom a row belongs."""


class FollowUpMarks(NamedTuple):
    """Marks of a follow-up: its rule, its state, whether it was tried in vain while it was owed, whose it was."""

    rule: str
    state: str
    tried: int
    staff_id: int | None
    grade: str
    region: str


class RevisitMarks(NamedTuple):
    """Marks of a revisit; `kind` is contact, attempt or neither, `record` within, late or unknown."""

    channel: str
    result: str
    inbound: int
    with_whom: str
    satisfaction: str
    kind: str
    record: str
    staff_id: int | None
    grade: str
    region: str


class ReasonMarks(NamedTuple):
    """Marks of a revisit with a reason, which may name several."""

    reason: str
    satisfaction: str
    dormant: int
    staff_id: int | None
    grade: str
    region: str


class SuggestionMarks(NamedTuple):
    """Whose talk it was."""

    staff_id: int | None
    grade: str
    region: str


class HourMarks(NamedTuple):
    """An hour (UTC) in which was called, and whether somebody was reached."""

    hour: str
    contact: int
    staff_id: int | None
    grade: str
    region: str


class DormancyMarks(NamedTuple):
    """A span of being dormant: begun in the period, ended in it, ended soon after its beginning, not ended."""

    entered: int
    reactivated: int
    soon: int
    still: int
    staff_id: int | None
    grade: str
    region: str


class CustomerMarks(NamedTuple):
    """A file in scope: contacted in the period, reached at any time up to its end."""

    contacted: int
    reached: int
    staff_id: int | None
    grade: str
    region: str


class ProspectMarks(NamedTuple):
    """A file that was a prospect in the period: its intention as known at its end (or "unknown"), whether it was contacted
    meanwhile, by what it is a customer at its end ("order", "contract", "kind"; "": it still is a prospect)."""

    intention: str
    contacted: int
    by: str
    staff_id: int | None
    grade: str
    region: str


class CaseMarks(NamedTuple):
    """A case: opened in the period, to be solved at once, closed in the period."""

    opened: int
    immediate: int
    closed: int
    staff_id: int | None
    grade: str
    region: str


class ComplaintMarks(NamedTuple):
    """A complaint: accepted in the period, severity, kind, closed in the period, upheld."""

    opened: int
    severity: str
    kind: str
    closed: int
    upheld: int
    staff_id: int | None
    grade: str
    region: str


class DeadlineMarks(NamedTuple):
    """A deadline that falls into the period: of which matter, which clock, how it stands."""

    matter: str
    clock: str
    state: str
    staff_id: int | None
    grade: str
    region: str
