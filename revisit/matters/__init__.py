"""What cases, complaints, approvals and service jobs have in common: moves by a table, deadlines, pauses, climbs.

`moves` makes a move and notes it, `deadlines` keeps until when what is owed and by whom, `climbing` puts what was missed before
the next post, `waiting` counts what waits for somebody. The noun modules (`cases`) stand above; none of this commits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from revisit import clock
from revisit.company import CompanyInfo


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter: of which kind ("case", …), its id, the table it stands in, how people call it, in which state it is."""

    kind: str
    id: int
    table: str
    number: str
    state: str
    customer_id: int | None
    department_id: int | None = None


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owes a step: a person, a department or a post; one of the three."""

    staff_id: int | None = None
    department_id: int | None = None
    post: str = ""

    def __post_init__(self) -> None:
        if sum((self.staff_id is not None, self.department_id is not None, bool(self.post))) != 1:
            raise ValueError("a deadline has one owner")


def wall(at: datetime, company: CompanyInfo) -> datetime:
    """An instant on the company's own clock, without a zone, as the clocks of the policy count."""
    return clock.local(at, company.timezone)


def instant_of(moment: datetime, company: CompanyInfo) -> datetime:
    """The instant (UTC) of a moment on the company's own clock."""
    return clock.instant(moment, company.timezone)


def end_of(day: date, company: CompanyInfo) -> datetime:
    """The last instant of a day."""
    return instant_of(datetime.combine(day, datetime.max.time()), company)
