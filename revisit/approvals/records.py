"""Approvals and their signatures as they are kept, read from the tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from revisit.company import CompanyInfo
from revisit.db import Sql, chunks, id_list, instant
from revisit.errors import Refused
from revisit.i18n import N_
from revisit.matters import Matter, wall
from revisit.policy.chains import Chain, Signed, Step

COLUMNS = """
a.id, a.number, a.kind, a.customer_id, coalesce(c.code, ''), coalesce(c.name, ''), c.rep_id, coalesce(r.login, ''), a.staff_id,
s.login, a.opened_at, a.round, a.asker_id, a.asked_at, a.amount_cents, a.credit_limit_cents, a.old_credit_limit_cents,
a.term_days, a.old_term_days, a.reason, a.state, a.ended_at, a.matter, a.matter_id, a.batch_id
FROM approval a JOIN staff s ON s.id = a.staff_id LEFT JOIN customer c ON c.id = a.customer_id
LEFT JOIN staff r ON r.id = c.rep_id
"""
BY_NUMBER = f"SELECT {COLUMNS} WHERE a.number = :number"
OPEN = f"SELECT {COLUMNS} WHERE a.state IN ('asked', 'signed') ORDER BY a.number"
EVERY = f"SELECT {COLUMNS} ORDER BY a.number"
OF_CUSTOMER = f"SELECT {COLUMNS} WHERE a.customer_id = :id ORDER BY a.number"
OF_CUSTOMERS = f"SELECT {COLUMNS} WHERE a.kind IN ('credit', 'term') AND a.customer_id IN ({{ids}}) ORDER BY a.number"
OF_MATTER = f"SELECT {COLUMNS} WHERE a.matter = :kind AND a.matter_id = :id ORDER BY a.number"
BY_IDS = f"SELECT {COLUMNS} WHERE a.id IN ({{ids}}) ORDER BY a.number"
NEWEST_NUMBER = "SELECT coalesce(max(number), 0) FROM approval"
SIGNATURES = """
SELECT g.id, g.approval_id, g.round, g.step, g.post, g.staff_id, s.login, s.name, g.holder_id, coalesce(h.login, ''),
       coalesce(h.name, ''), g.at, g.text, g.void_at
FROM signature g JOIN staff s ON s.id = g.staff_id LEFT JOIN staff h ON h.id = g.holder_id
WHERE g.approval_id IN ({ids}) ORDER BY g.id
"""
LOCK_ON_SERVER = "LOCK TABLE approval IN SHARE ROW EXCLUSIVE MODE"
LIVE = ("asked", "signed")
"""The states in which something is still to be signed."""


@dataclass(frozen=True, slots=True)
class Approval:
    """An approval as it stands. `owner`: the representative of the customer (staff id); `by`: the login of who asked for it
    first; `asker` (staff id) and `asked_at`: who put it in its present form, and when. `old_…`: what held then."""

    id: int
    number: int
    kind: str
    customer_id: int | None
    code: str
    name: str
    owner: int | None
    rep: str
    requester: int
    by: str
    opened_at: datetime
    round: int
    asker: int
    asked_at: datetime
    amount: int | None
    credit_limit: int | None
    old_credit_limit: int | None
    term_days: int | None
    old_term_days: int | None
    reason: str
    state: str
    ended_at: datetime | None
    about: str
    about_id: int | None
    batch: int | None

    @property
    def matter(self) -> Matter:
        """The approval as a matter."""
        return Matter("approval", self.id, "approval", called(self.number), self.state, self.customer_id)

    @property
    def askers(self) -> frozenset[int]:
        """Who asked for it (staff ids): none of them signs."""
        return frozenset({self.requester, self.asker})

    @property
    def is_open(self) -> bool:
        """Whether something is still to be signed."""
        return self.state in LIVE

    def chain(self, company: CompanyInfo) -> Chain:
        """Its chain, by the policy of the day on which it was put in its present form."""
        return company.policies.on(wall(self.asked_at, company).date()).approvals[self.kind]

    def steps(self, company: CompanyInfo) -> tuple[Step, ...]:
        """What has to be signed, in order."""
        return self.chain(company).steps(self.amount)


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature: which step (from 1), for which post, by whom, and for whom where it was a deputy's. `void_at`: the request
    was changed after it."""

    id: int
    approval_id: int
    round: int
    step: int
    post: str
    staff_id: int
    login: str
    name: str
    holder_id: int | None
    holder_login: str
    holder_name: str
    at: datetime
    text: str
    void_at: datetime | None

    @property
    def signed(self) -> Signed:
        """Whose it is, as the chain counts."""
        return Signed(self.staff_id, self.holder_id)


def called(number: int) -> str:
    """How people call the approval of a number: A3."""
    return f"A{number}"


def lock(sql: Sql) -> None:
    """On a server: nobody else asks, signs or changes until the transaction ends. A file is locked as a whole anyway."""
    if sql.server:
        sql.run(LOCK_ON_SERVER)


def get_approval(sql: Sql, number: int) -> Approval:
    """The approval of a number. Raises Refused."""
    found = sql.rows(BY_NUMBER, number=number)
    if not found:
        raise Refused(
            N_("there is no approval {number}"),
            N_("look at the list: revisit approval list --all"),
            number=called(number),
        )
    return _approval(found[0])


def list_approvals(sql: Sql, *, closed: bool = False) -> list[Approval]:
    """Every approval that is still to be signed, or all there are, by number."""
    return list(map(_approval, sql.rows(EVERY if closed else OPEN)))


def of_customer(sql: Sql, customer_id: int) -> list[Approval]:
    """Every approval of a customer, the oldest first."""
    return list(map(_approval, sql.rows(OF_CUSTOMER, id=customer_id)))


def of_matter(sql: Sql, kind: str, id_: int) -> list[Approval]:
    """The approvals that a complaint or a service job has asked for, the oldest first."""
    return list(map(_approval, sql.rows(OF_MATTER, kind=kind, id=id_)))


def credit_of(sql: Sql, customers: Sequence[int]) -> dict[int, list[Approval]]:
    """The approvals of a credit limit or payment term by customer, the newest first."""
    found: dict[int, list[Approval]] = {}
    for portion in chunks(customers):
        for row in sql.rows(OF_CUSTOMERS.format(ids=id_list(portion))):
            one = _approval(row)
            assert one.customer_id is not None
            found.setdefault(one.customer_id, []).insert(0, one)
    return found


def by_ids(sql: Sql, ids: Sequence[int]) -> list[Approval]:
    """The approvals of these ids, by number."""
    return [_approval(row) for portion in chunks(ids) for row in sql.rows(BY_IDS.format(ids=id_list(portion)))]


def signatures_of(sql: Sql, ids: Collection[int]) -> Mapping[int, list[Signature]]:
    """Every signature by approval, in the order in which they were given; void ones among them."""
    found: dict[int, list[Signature]] = {}
    for portion in chunks(sorted(ids)):
        for one in _signatures(sql.rows(SIGNATURES.format(ids=id_list(portion)))):
            found.setdefault(one.approval_id, []).append(one)
    return found


def counting(found: Iterable[Signature]) -> list[Signature]:
    """The signatures that are not void."""
    return [one for one in found if one.void_at is None]


def next_number(sql: Sql) -> int:
    """The number of the next approval."""
    return int(sql.rows(NEWEST_NUMBER)[0][0]) + 1


def _approval(row: tuple[Any, ...]) -> Approval:
    cells = dict(zip(Approval.__slots__, row, strict=True))
    for name in ("opened_at", "asked_at", "ended_at"):
        cells[name] = instant(cells[name])
    return Approval(**cells)


def _signatures(rows: Iterable[tuple[Any, ...]]) -> Iterable[Signature]:
    for row in rows:
        cells = dict(zip(Signature.__slots__, row, strict=True))
        yield Signature(**cells | {name: instant(cells[name]) for name in ("at", "void_at")})
