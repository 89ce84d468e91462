"""What a request asks for, and what cannot be asked for: of which kind, twice at a time, what holds already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from revisit import wording
from revisit.approvals import records
from revisit.approvals.records import Approval
from revisit.approvals.words import KINDS
from revisit.company import CompanyInfo
from revisit.db import Sql
from revisit.errors import NotedRefusal, WrongUsage
from revisit.i18n import N_, _

NOW = "SELECT credit_limit_cents, term_days FROM customer WHERE id = :id"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: an amount to settle with, another credit limit (cents), another payment term (days)."""

    amount: int | None = None
    credit_limit: int | None = None
    term_days: int | None = None


NOTHING = Wanted()


def refuse_changed(one: Approval, read: Wanted) -> None:
    """Raises NotedRefusal where what the person has read is not what would be signed."""
    pairs = (
        (read.amount, one.amount, True),
        (read.credit_limit, one.credit_limit, True),
        (read.term_days, one.term_days, False),
    )
    for said, stands, is_money in pairs:
        if said is not None and said != stands:
            shown = [wording.money(cents) if is_money and cents is not None else cents for cents in (said, stands)]
            raise NotedRefusal(
                N_("{number} asks for {now}, not for {said}: it was changed, or another one is meant"),
                N_("look at it: revisit approval show {bare}"), table="approval", row_id=one.id, customer_id=one.customer_id,
                action="sign", number=one.matter.number, bare=one.number, said=shown[0],
                now=shown[1] if stands is not None else "—",
            )  # fmt: skip


def check(company: CompanyInfo, kind: str, wanted: Wanted, today: date) -> None:
    """Raises WrongUsage unless what is said is what a request of this kind asks for."""
    needs = {"settlement": "--amount", "credit": "--limit", "term": "--term"}
    said = {"--amount": wanted.amount, "--limit": wanted.credit_limit, "--term": wanted.term_days}
    allowed = {needs.get(kind)} | ({"--term"} if kind == "credit" else set())
    if kind in needs and said[needs[kind]] is None:
        raise WrongUsage(N_("what is asked for is missing"), N_("name it with {option}"), option=needs[kind])
    for option, value in said.items():
        if value is None:
            continue
        if option not in allowed:
            raise WrongUsage(
                N_("{option} is not asked for with {kind}"), N_("leave it out, or ask for it by itself"), option=option,
                kind=_(KINDS[kind]),
            )  # fmt: skip
        if value < 0 or (option == "--amount" and value == 0):
            raise WrongUsage(
                N_("{option} says nothing that can be asked for"), N_("name an amount, or days, above 0"), option=option
            )
    policy = company.policies.on(today).approvals
    if kind == "credit" and wanted.term_days is not None and policy["credit"].tiers != policy["term"].tiers:
        raise WrongUsage(
            N_("credit limit and payment term are signed by different people here"),
            N_("ask for the term by itself: revisit approval request term CUSTOMER --term DAYS --reason TEXT"),
        )


def refuse_double(sql: Sql, kind: str, customer_id: int | None, wanted: Wanted, *, own: Approval | None = None) -> None:
    """Raises NotedRefusal where the same of a customer is asked for already; `own`: by another than this one, which changes."""
    if customer_id is None or kind in ("settlement", "remote-service"):
        return
    for other in records.of_customer(sql, customer_id):
        same = (
            other.kind == kind
            or (wanted.credit_limit is not None and other.credit_limit is not None)
            or (wanted.term_days is not None and other.term_days is not None)
        )
        if other.is_open and same and (own is None or other.id != own.id):
            raise NotedRefusal(
                N_("{code} has such a request already: {number}"),
                N_("change it, or withdraw it: revisit approval show {bare}"),
                table="approval", row_id=other.id, customer_id=customer_id, action="change" if own else "request",
                code=other.code, number=other.matter.number, bare=other.number,
            )  # fmt: skip


def refuse_same(wanted: Wanted, old: tuple[int | None, int | None]) -> None:
    """Raises WrongUsage where limit and term would stay as they are."""
    new = (wanted.credit_limit, wanted.term_days)
    if new != (None, None) and all(one is None or one == was for one, was in zip(new, old, strict=True)):
        raise WrongUsage(N_("that is what holds now"), N_("ask for another limit or term"))


def old_of(sql: Sql, customer_id: int | None) -> tuple[int | None, int | None]:
    """Credit limit and payment term that hold now."""
    if customer_id is None:
        return None, None
    limit, term = sql.rows(NOW, id=customer_id)[0]
    return limit, term


def cells_of(wanted: Wanted, old: tuple[int | None, int | None]) -> dict[str, Any]:
    """What is asked for, as its columns; with what holds now of what would change."""
    return {
        "amount_cents": wanted.amount,
        "credit_limit_cents": wanted.credit_limit,
        "old_credit_limit_cents": old[0] if wanted.credit_limit is not None else None,
        "term_days": wanted.term_days,
        "old_term_days": old[1] if wanted.term_days is not None else None,
    }
