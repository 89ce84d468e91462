"""Complaints, their measures and the goods that came back, as they are kept; and who may see them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from revisit import access, departments
from revisit.access import Viewer
from revisit.approvals import delegations
from revisit.company import CompanyInfo
from revisit.db import Sql, day, instant
from revisit.departments import Carrier
from revisit.errors import NotedRefusal, Refused
from revisit.i18n import N_
from revisit.matters import Matter, wall
from revisit.policy.machines import IN_SIGHT
from revisit.posts import SERVICE_MANAGER
from revisit.staff import StaffMember

COLUMNS = """
k.id, k.number, k.customer_id, c.code, c.name, c.rep_id, coalesce(r.login, ''), s.login, k.staff_id, k.opened_at,
coalesce(p.number, ''), coalesce(n.number, ''), k.what, k.severity, k.urgency, k.order_number, k.batch_number, k.quantity, k.unit,
k.shipped_on, k.demand, k.state, k.department_id, coalesce(d.name, ''), k.kind, k.cause, k.upheld, k.responsible_id,
coalesce(e.name, ''), k.supplier_liable, k.loss_cents, k.settlement, k.amount_cents, k.approval_id, a.number, k.result,
k.answered_on, k.closed_on, q.number
FROM complaint k JOIN customer c ON c.id = k.customer_id JOIN staff s ON s.id = k.staff_id
LEFT JOIN staff r ON r.id = c.rep_id LEFT JOIN complaint p ON p.id = k.parent_id LEFT JOIN complaint n ON n.parent_id = k.id
LEFT JOIN department d ON d.id = k.department_id LEFT JOIN department e ON e.id = k.responsible_id
LEFT JOIN approval a ON a.id = k.approval_id LEFT JOIN case_ q ON q.id = k.case_id
"""
BY_NUMBER = f"SELECT {COLUMNS} WHERE k.number = :number"
OF_CUSTOMER = f"SELECT {COLUMNS} WHERE k.customer_id = :id ORDER BY k.number"
NOT_CLOSED = f"SELECT {COLUMNS} WHERE k.state NOT IN ('closed', 'reviewed', 'refused') ORDER BY k.number"
EVERY = f"SELECT {COLUMNS} ORDER BY k.number"
CLOSED_IN = f"SELECT {COLUMNS} WHERE k.closed_on >= :first AND k.closed_on <= :last ORDER BY k.closed_on, k.number"
NEWEST_SERIAL = "SELECT coalesce(max(CAST(substr(number, 8) AS INTEGER)), 0) FROM complaint WHERE number LIKE :like"
LOCK_ON_SERVER = "LOCK TABLE complaint IN SHARE ROW EXCLUSIVE MODE"
LOCK_ROW_ON_SERVER = "SELECT 1 FROM complaint WHERE number = :number FOR UPDATE"
MEASURES = """
SELECT m.id, m.complaint_id, m.what, m.department_id, coalesce(d.name, ''), m.due_on, m.state, m.ended_on, m.result
FROM measure m LEFT JOIN department d ON d.id = m.department_id WHERE m.complaint_id = :id ORDER BY m.id
"""
GOODS = """
SELECT g.id, g.complaint_id, g.goods, g.unit, g.note, g.note_number, g.announced, g.received, g.receiver_id, g.approved, g.state,
g.amount_cents
FROM returned_goods g WHERE g.complaint_id = :id ORDER BY g.id
"""
WITH_A_MEASURE = "SELECT complaint_id FROM measure WHERE department_id = :department"
TO_INSTRUCT = """
SELECT d.matter_id, d.post FROM deadline d WHERE d.matter = 'complaint' AND d.clock = 'decide' AND d.ended = ''
"""
OVER = ("closed", "reviewed", "refused")
IN_FORCE = ("settled", "told", "closed", "reviewed")
_NUMBER = re.compile(r"(?:TS)?(?:(\d{4})-)?0*(\d{1,6})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Complaint:
    """A complaint as it stands on its form. `owner`: the customer's representative (staff id); `rep`, `by`: logins; `parent`
    and `child`: the numbers of the form before and after; `case`: the number of the case that it was before; `quantity`:
    thousandths; amounts in cents."""

    id: int
    number: str
    customer_id: int
    code: str
    name: str
    owner: int | None
    rep: str
    by: str
    opener: int
    opened_at: datetime
    parent: str
    child: str
    what: str
    severity: str
    urgency: str
    order_number: str
    batch_number: str
    quantity: int | None
    unit: str
    shipped_on: date | None
    demand: str
    state: str
    department_id: int | None
    department: str
    kind: str
    cause: str
    upheld: bool
    responsible_id: int | None
    responsible: str
    supplier_liable: bool
    loss: int | None
    settlement: str
    amount: int
    approval_id: int | None
    approval: int | None
    result: str
    answered_on: date | None
    closed_on: date | None
    case: int | None

    @property
    def has_order(self) -> bool:
        """Whether a fact of the order was taken down."""
        return bool(self.order_number or self.batch_number or self.quantity is not None or self.shipped_on)

    @property
    def is_in_force(self) -> bool:
        """Whether its settlement holds: it was signed as far as it had to be, and the customer has not turned it down."""
        return self.state in IN_FORCE

    @property
    def is_over(self) -> bool:
        """Whether it is closed, or goes on with another form."""
        return self.state in OVER

    @property
    def matter(self) -> Matter:
        """The complaint as a matter."""
        return Matter("complaint", self.id, "complaint", self.number, self.state, self.customer_id, self.department_id)


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of improvement; `place` counts from 1 within its complaint."""

    id: int
    place: int
    what: str
    department_id: int | None
    department: str
    due_on: date
    state: str
    ended_on: date | None
    result: str


@dataclass(frozen=True, slots=True)
class Returned:
    """Goods that come back, and the note that follows; `place` counts from 1 within its complaint, quantities are thousandths,
    `amount` is what the note is worth, in cents."""

    id: int
    place: int
    goods: str
    unit: str
    note: str
    note_number: str
    announced: int
    received: int | None
    receiver: int | None
    approved: int | None
    state: str
    amount: int | None


def get_complaint(sql: Sql, company: CompanyInfo, text: str, today: date, *, lock: bool = False) -> Complaint:
    """The complaint of a number: TS2026-0001, 2026-1, or 1 of this year. Raises Refused. `lock`: until the transaction ends."""
    found = _NUMBER.fullmatch(text.strip())
    number = number_of(int(found[1] or today.year), int(found[2])) if found else text.strip()
    if lock and sql.server:
        sql.rows(LOCK_ROW_ON_SERVER, number=number)
    rows = sql.rows(BY_NUMBER, number=number)
    if not rows:
        raise Refused(
            N_("there is no complaint {number}"), N_("look at the list: revisit complaint list --all"), number=number
        )
    return _complaint(rows[0])


def number_of(year: int, serial: int) -> str:
    """The number of a form: a series for each year."""
    return f"TS{year:04d}-{serial:04d}"


def next_number(sql: Sql, year: int) -> str:
    """The next number of a year's series; on a server nobody else takes one until the transaction ends."""
    if sql.server:
        sql.run(LOCK_ON_SERVER)
    return number_of(year, int(sql.rows(NEWEST_SERIAL, like=f"TS{year:04d}-%")[0][0]) + 1)


def of_customer(sql: Sql, customer_id: int) -> list[Complaint]:
    """Every complaint of a customer, the oldest first."""
    return list(map(_complaint, sql.rows(OF_CUSTOMER, id=customer_id)))


def list_complaints(sql: Sql, sight: Sight, *, closed: bool = False) -> list[Complaint]:
    """The complaints that somebody may see: those that are not over, or all."""
    return [one for one in map(_complaint, sql.rows(EVERY if closed else NOT_CLOSED)) if sight.sees(one)]


def closed_in(sql: Sql, sight: Sight, first: date, last: date) -> list[Complaint]:
    """The complaints that were closed within some days and still are, as far as somebody may see them."""
    return [one for one in map(_complaint, sql.rows(CLOSED_IN, first=first, last=last)) if sight.sees(one)]


def measures_of(sql: Sql, complaint_id: int) -> list[Measure]:
    """The measures of a complaint, in the order in which they were planned."""
    found = []
    for place, row in enumerate(sql.rows(MEASURES, id=complaint_id), 1):
        id_, _of, what, department_id, department, due, state, ended, result = row
        due_on = day(due)
        assert due_on is not None
        found.append(Measure(id_, place, what, department_id, department, due_on, state, day(ended), result))
    return found


def goods_of(sql: Sql, complaint_id: int) -> list[Returned]:
    """The goods of a complaint that come back, in the order in which they were announced."""
    found = []
    for place, row in enumerate(sql.rows(GOODS, id=complaint_id), 1):
        id_, _of, *said = row
        found.append(Returned(id_, place, *said))
    return found


@dataclass(frozen=True, slots=True)
class Sight:
    """Who looks at complaints, the posts that this person holds or stands in for, the complaints (ids) that are to be instructed
    by one of them, the departments that carry a duty, and the complaints (ids) of which the own department owes a measure."""

    viewer: Viewer
    posts: frozenset[str]
    instructs: frozenset[int] = frozenset()
    carriers: tuple[Carrier, ...] = ()
    measures: frozenset[int] = frozenset()

    @property
    def every(self) -> bool:
        """Whether this is the manager of customer service, or who stands in for that person."""
        return SERVICE_MANAGER in self.posts

    def sees(self, one: Complaint) -> bool:
        """Whether this person may see a complaint: as the customer's log, because it was sent to the own department or is before
        it by its duty, because a measure is owed there, as who signs or instructs, or because the manager sees all."""
        member = self.viewer.member
        ours = self.concerns(one) or one.id in self.measures or one.state in IN_SIGHT.get(self.duty, ())
        signs = member is not None and member.role == "approver"
        signs = signs or one.id in self.instructs
        return self.every or ours or signs or self.viewer.sees("log", one.owner) == "whole"

    def concerns(self, one: Complaint) -> bool:
        """Whether a complaint was sent to this person's department, or is its responsibility."""
        mine = self.viewer.member.department_id if self.viewer.member is not None else None
        return mine is not None and mine in (one.department_id, one.responsible_id)

    @property
    def duty(self) -> str:
        """The duty of this person's department; empty: none."""
        mine = self.viewer.member.department_id if self.viewer.member is not None else None
        return next((one.duty for one in self.carriers if one.id == mine), "")

    def carrying(self, duty: str) -> tuple[str, ...]:
        """The names of the departments that carry a duty."""
        return tuple(one.name for one in self.carriers if one.duty == duty)

    def name(self, one: Complaint) -> str:
        """The customer's name, as much of it as this person sees: whole for whoever tells the customer the result."""
        whole = self.every or (self.duty == "marketing" and self.sees(one))
        return one.name if whole else self.viewer.name(one.name, one.owner)


def sight_of(sql: Sql, company: CompanyInfo, member: StaffMember | None, at: datetime) -> Sight:
    """What somebody sees of complaints on a day."""
    on = wall(at, company).date()
    powers = delegations.powers_of(sql, member, on) if member is not None else []
    mine = frozenset(power.post for power in powers)
    instructs = frozenset(id_ for id_, post in sql.rows(TO_INSTRUCT) if post in mine) if mine else frozenset()
    department = member.department_id if member is not None else None
    owed = sql.rows(WITH_A_MEASURE, department=department) if department is not None else []
    measures = frozenset(row[0] for row in owed)
    return Sight(access.viewer(sql, member), mine, instructs, tuple(departments.carriers(sql)), measures)


def require_sight(sql: Sql, sight: Sight, one: Complaint) -> None:
    """Raises Refused unless somebody may see the complaint."""
    if not sight.sees(one):
        access.require_whole(sql, sight.viewer, one.customer_id)
        raise Refused(N_("complaint {number} is not for you to see"), N_("ask a supervisor"), number=one.number)


def require_letter(sql: Sql, sight: Sight, one: Complaint) -> None:
    """Raises NotedRefusal for a letter about what is not settled, or was turned down; Refused where the name is not seen."""
    if not one.is_in_force:
        untold = N_("{number} is not settled yet: there is no letter"), N_("what it says is known once it is settled")
        turned_down = N_("{number} goes on with the form {child}"), N_("name that one")
        raise NotedRefusal(
            *(turned_down if one.child else untold), table="complaint", row_id=one.id, customer_id=one.customer_id,
            action="letter", number=one.number, child=one.child,
        )  # fmt: skip
    if sight.name(one) != one.name:
        access.require_whole(sql, sight.viewer, one.customer_id)


def _complaint(row: tuple[Any, ...]) -> Complaint:
    (
        id_, number, customer, code, name, owner, rep, by, opener, opened, parent, child, what, severity, urgency, order, batch,
        quantity, unit, shipped, demand, state, department_id, department, kind, cause, upheld, responsible_id, responsible,
        supplier, loss, settlement, amount, approval_id, approval, result, answered, closed, case,
    ) = row  # fmt: skip
    moment = instant(opened)
    assert moment is not None
    return Complaint(
        id_, number, customer, code, name, owner, rep, by, opener, moment, parent, child, what, severity, urgency, order, batch,
        quantity, unit, day(shipped), demand, state, department_id, department, kind, cause, bool(upheld), responsible_id,
        responsible, bool(supplier), loss, settlement, amount, approval_id, approval, result, day(answered), day(closed),
        case,
    )  # fmt: skip
