"""Many approvals at once: those that an import asks for, and those that its undo takes back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from revisit.approvals import records
from revisit.approvals.records import Approval
from revisit.company import CompanyInfo
from revisit.db import Sql
from revisit.matters import deadlines, wall
from revisit.policy.machines import APPROVAL

WITHDRAW = "UPDATE approval SET state = 'withdrawn', ended_at = :at WHERE id = :id"
DROP = """
UPDATE deadline SET ended = 'dropped', ended_at = :at, climbs_at = NULL
WHERE matter = 'approval' AND matter_id = :id AND ended = ''
"""
NOTE = """
INSERT INTO move (matter, matter_id, action, state_from, state_to, at, staff_id, text, said)
VALUES ('approval', :id, 'withdraw', 'asked', 'withdrawn', :at, :staff, :text, '{}')
"""
UNDONE = "SELECT id FROM import_batch WHERE undone_at IS NOT NULL AND id IN (SELECT batch_id FROM approval)"


class Standing(NamedTuple):
    """What there is of a limit or term that a sheet wants: asked for already (same), another value is asked for (other), the same
    was rejected, or withdrawn by a person (refused)."""

    code: str
    number: int


def standing(found: Sequence[Approval], undone: frozenset[int], name: str, new: int, old: int) -> Standing | None:
    """What there is of a limit or term (`name`: the attribute) among a customer's approvals, the newest first; None: nothing that
    keeps a sheet from asking for it. What the undo of an import withdrew was never there."""
    for one in found:
        value = getattr(one, name)
        if value is None or (one.state == "withdrawn" and one.batch in undone):
            continue
        if one.is_open:
            return Standing("same" if value == new else "other", one.number)
        repeated = one.state in ("rejected", "withdrawn") and (value, getattr(one, f"old_{name}")) == (new, old)
        return Standing("refused", one.number) if repeated else None
    return None


def undone_batches(sql: Sql) -> frozenset[int]:
    """The imports that asked for something and were undone."""
    return frozenset(row[0] for row in sql.rows(UNDONE))


def move_of(approval_id: int, actor_id: int, reason: str, at: datetime) -> dict[str, Any]:
    """The row of the journal that says that an approval was asked for."""
    step = APPROVAL.moves[0]
    return {
        "matter": "approval", "matter_id": approval_id, "action": step.action, "state_from": step.state, "state_to": step.to,
        "at": at, "staff_id": actor_id, "text": reason, "said": "{}",
    }  # fmt: skip


def deadlines_of(company: CompanyInfo, kind: str, at: datetime) -> list[dict[str, Any]]:
    """The deadlines of the first signatures of a kind whose steps do not go by amount, without the approval they are of: for many
    that begin at one instant."""
    policy = company.policies.on(wall(at, company).date())
    due = deadlines.due_at(company, "sign", at)
    return [
        {
            "matter": "approval", "clock": "sign", "started_at": at, "due_by": due, "post": post,
            "climbs_at": due if policy.escalation.above(post) else None,
        }
        for post in policy.approvals[kind].steps(None)[0].posts
    ]  # fmt: skip


def withdraw_unsigned(sql: Sql, ids: Sequence[int], *, actor_id: int, at: datetime, text: str) -> list[Approval]:
    """Withdraws those of these approvals that nobody has signed yet; which they were. Audit rows are the caller's."""
    found = [one for one in records.by_ids(sql, ids) if one.state == "asked"]
    rows = [{"id": one.id, "at": at, "staff": actor_id, "text": text} for one in found]
    sql.run_many(NOTE, rows)
    sql.run_many(WITHDRAW, [{"id": one.id, "at": at} for one in found])
    sql.run_many(DROP, [{"id": one.id, "at": at} for one in found])
    return found
