"""What has to be signed before it holds: requests that go through a chain of posts (`policy.chains`), which is policy data.

Kinds: `documents` (trade without all papers), `credit` and `term` (another credit limit, payment term), `settlement` (of a
complaint, by amount), `remote-service`. Clauses: P3 1.5, P4.

For other nouns, in the caller's transaction:

- `request(session, sql, company, kind=…, customer_id=…, wanted=Wanted(amount=…), reason=…, viewer=…, actor=…, at=…,
  about=matter)` asks for signatures and gives the `Approval`; its `number` is what people sign. With `about` (the matter of
  a complaint or service job) the caller has looked whether the person may.
- `state_of(sql, number)`: "asked" or "signed" (signatures are missing), "approved", "rejected", "withdrawn".
- `of_matter(sql, kind, id)`: the approvals of a complaint or job, the oldest first, each with `state` and `amount`.
- `covers(sql, kind, id, cents)`: whether that matter has an approval of this amount or more: nothing is paid above it.
- `documents_signed(sql, customer_id)`: the approval by which a customer trades without all papers; None if there is none.
- `change` voids the signatures given so far, `withdraw` takes it back, both also with `about`; `drop` takes back what a matter
  that ends needs no more.
- `signed_for(sql, kind, id)`: who gave the last signature for a matter; None while it is not approved.
- `waiting_for(sql, company, viewer, today)`: what waits for somebody's signature.

Rules: every step is another person's; nobody signs what he asked for or changed last, nor through a delegation; a deputy is
named for some days and the signature says for whom; when the last signature is there the effect is in the same transaction.
"""

from __future__ import annotations

from revisit.approvals import records
from revisit.approvals.asked import Wanted
from revisit.approvals.deeds import change, drop, reject, remind, request, sign, withdraw
from revisit.approvals.records import (
    Approval,
    Signature,
    called,
    get_approval,
    list_approvals,
    of_customer,
    of_matter,
    signatures_of,
)  # fmt: skip
from revisit.approvals.signing import next_step, possible, require_sight, split_with, visible, waiting_for
from revisit.db import Sql


def state_of(sql: Sql, number: int) -> str:
    """How an approval stands. Raises Refused where there is none of that number."""
    return get_approval(sql, number).state


def covers(sql: Sql, kind: str, id_: int, cents: int) -> bool:
    """Whether a complaint or service job has an approval of this amount or more."""
    return any(
        one.state == "approved" and one.amount is not None and one.amount >= cents for one in of_matter(sql, kind, id_)
    )


def signed_for(sql: Sql, kind: str, id_: int) -> int | None:
    """Who gave the last signature of the newest approval of a complaint or service job (staff id); None: it has none."""
    found = [one for one in of_matter(sql, kind, id_) if one.state == "approved"]
    if not found:
        return None
    return records.counting(signatures_of(sql, [found[-1].id])[found[-1].id])[-1].staff_id


def documents_signed(sql: Sql, customer_id: int) -> Approval | None:
    """The newest approval by which a customer trades without all papers."""
    found = [one for one in of_customer(sql, customer_id) if one.kind == "documents" and one.state == "approved"]
    return found[-1] if found else None


__all__ = [
    "Approval", "Signature", "Wanted", "called", "change", "covers", "documents_signed", "drop", "get_approval", "list_approvals",
    "next_step", "of_customer", "of_matter", "possible", "reject", "remind", "request", "require_sight", "sign", "signatures_of",
    "signed_for", "split_with", "state_of", "visible", "waiting_for", "withdraw",
]  # fmt: skip
