"""Who may see an approval, who signs it now, what waits for somebody, and which requests look like one that was split."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from revisit.access import Viewer
from revisit.approvals import delegations, records
from revisit.approvals.records import Approval, Signature
from revisit.approvals.words import UNSIGNED
from revisit.company import CompanyInfo
from revisit.db import Sql
from revisit.errors import NotedRefusal
from revisit.i18n import N_
from revisit.matters import wall
from revisit.policy import chains
from revisit.policy.access import may
from revisit.policy.chains import Power, Step, Unsigned
from revisit.policy.machines import APPROVAL, Part
from revisit.posts import load_posts, shown_post
from revisit.staff import StaffMember

REMINDED = """
SELECT a.id, count(*) FROM approval a JOIN move m ON m.matter = 'approval' AND m.matter_id = a.id AND m.action = 'remind'
WHERE a.state IN ('asked', 'signed') AND m.at >= a.asked_at GROUP BY a.id
"""


def may_see(viewer: Viewer, one: Approval, powers: Collection[Power], company: CompanyInfo) -> bool:
    """Whether somebody may see an approval: as the customer's credit, or since a deputy may have to sign it."""
    member = viewer.member
    if member is None:
        return False
    posts = {post for tier in one.chain(company).tiers for step in tier.steps for post in step.posts}
    if any(power.holder is not None and power.post in posts for power in powers):
        return True
    if one.customer_id is None:
        return member.id in one.askers or member.role != "representative"
    return viewer.sees("credit", one.owner) == "whole"


def visible(sql: Sql, company: CompanyInfo, viewer: Viewer, found: Sequence[Approval], on: date) -> list[Approval]:
    """Those approvals that somebody may see."""
    powers = delegations.powers_of(sql, viewer.member, on) if viewer.member else []
    return [one for one in found if may_see(viewer, one, powers, company)]


def require_sight(sql: Sql, company: CompanyInfo, viewer: Viewer, one: Approval, on: date, *, action: str) -> None:
    """Raises NotedRefusal unless somebody may see an approval; `action` is what was tried."""
    if not visible(sql, company, viewer, [one], on):
        raise NotedRefusal(
            N_("approval {number} is not for you to see"), N_("ask a supervisor"), table="approval", row_id=one.id,
            customer_id=one.customer_id, action=action, number=one.matter.number,
        )  # fmt: skip


def parts_of(viewer: Viewer, one: Approval, *, signer: bool) -> frozenset[Part]:
    """What somebody is to an approval: who may record of the customer may change and withdraw it, too."""
    member = viewer.member
    if member is None or member.role == "auditor":
        return frozenset()
    parts: set[Part] = {"signer"} if signer else set()
    if one.customer_id is None:
        if member.id in one.askers:
            parts.add("keeper")
        if member.role in ("supervisor", "administrator"):
            parts.add("lead")
    elif may("log", viewer.side(one.owner)):
        parts.add("keeper" if viewer.side(one.owner) == "own" else "lead")
    return frozenset(parts)


def next_step(one: Approval, company: CompanyInfo, signatures: Sequence[Signature]) -> Step | None:
    """The step that is to be signed now; None: nothing is left, or it is over."""
    if not one.is_open:
        return None
    return chains.next_step(one.steps(company), [given.signed for given in records.counting(signatures)])


def power_to_sign(
    one: Approval,
    company: CompanyInfo,
    signatures: Sequence[Signature],
    *,
    member: StaffMember,
    powers: Sequence[Power],
) -> Power:
    """By what somebody signs the next step. Raises Unsigned."""
    signed = [given.signed for given in records.counting(signatures)]
    return chains.power_to_sign(one.steps(company), signed, me=member.id, powers=powers, askers=one.askers)


def unsigned(
    one: Approval, company: CompanyInfo, signatures: Sequence[Signature], why: Unsigned, action: str
) -> NotedRefusal:
    """Why somebody does not sign, in a sentence."""
    step = next_step(one, company, signatures)
    shown = load_posts()
    posts = " / ".join(shown_post(shown, post) for post in step.posts) if step else ""
    message, remedy = UNSIGNED[why.code]
    return NotedRefusal(
        message, remedy, table="approval", row_id=one.id, customer_id=one.customer_id, action=action,
        number=one.matter.number, bare=one.number, posts=posts,
    )  # fmt: skip


def possible(
    sql: Sql, company: CompanyInfo, viewer: Viewer, one: Approval, signatures: Sequence[Signature], on: date
) -> tuple[str, ...]:
    """What somebody may do with an approval now."""
    powers = delegations.powers_of(sql, viewer.member, on) if viewer.member else []
    signer = viewer.member is not None and _signs(company, viewer.member, one, signatures, powers)
    return APPROVAL.legal(one.state, parts_of(viewer, one, signer=signer))


def waiting_for(sql: Sql, company: CompanyInfo, viewer: Viewer, on: date) -> list[Approval]:
    """The approvals that wait for the signature of this person, the oldest first."""
    member = viewer.member
    powers = delegations.powers_of(sql, member, on) if member else []
    if member is None or not powers:
        return []
    found = [one for one in records.list_approvals(sql) if may_see(viewer, one, powers, company)]
    signatures = records.signatures_of(sql, [one.id for one in found])
    return [one for one in found if _signs(company, member, one, signatures.get(one.id, []), powers)]


def _signs(
    company: CompanyInfo,
    member: StaffMember,
    one: Approval,
    signatures: Sequence[Signature],
    powers: Sequence[Power],
) -> bool:
    if not one.is_open:
        return False
    try:
        power_to_sign(one, company, signatures, member=member, powers=powers)
    except Unsigned:
        return False
    return True


def split_with(sql: Sql, company: CompanyInfo, one: Approval) -> tuple[int, ...]:
    """The numbers of other requests that stay under a tier as this one does, and pass it together with it: of the same kind and
    customer, within the days of the policy before or after it, neither rejected nor withdrawn. What the same complaint has
    asked for before is replaced, and nothing beside it."""
    if one.amount is None or one.customer_id is None:
        return ()
    chain, on = one.chain(company), _day(one, company)
    days = timedelta(days=company.policies.on(on).split_days)
    others = [
        (other.number, other.amount)
        for other in records.of_customer(sql, one.customer_id)
        if other.kind == one.kind and other.id != one.id and other.amount is not None
        and (one.about_id is None or (other.about, other.about_id) != (one.about, one.about_id))
        and other.state not in ("rejected", "withdrawn") and abs(_day(other, company) - on) <= days
    ]  # fmt: skip
    return chains.split(chain, one.amount, others)


def _day(one: Approval, company: CompanyInfo) -> date:
    return wall(one.asked_at, company).date()


def reminders(sql: Sql) -> dict[int, int]:
    """How often somebody has reminded of the signatures that are missing, by approval (id), since it has its present form."""
    return dict(sql.rows(REMINDED))
