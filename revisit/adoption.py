"""A policy comes into force on a day: who may, from when, and the register planned anew with it."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from revisit import access, audit, company, policy_file, staff
from revisit.access import require_role
from revisit.company import CompanyInfo
from revisit.db import Sql
from revisit.errors import Refused
from revisit.i18n import N_
from revisit.policy.access import may
from revisit.policy.simulation import differences
from revisit.policy.toml_lines import lines_of
from revisit.register import keep
from revisit.register.keep import Difference
from revisit.staff import StaffMember

if TYPE_CHECKING:
    from sqlmodel import Session

VERSIONS = "SELECT id, in_force_from, sha256 FROM policy_version ORDER BY in_force_from"
WRITE_ANEW = """
UPDATE policy_version SET body = :body, sha256 = :sha256, adopted_at = :at, adopted_by = :by, written_by = :author WHERE id = :id
"""
LOCK_ON_SERVER = "LOCK TABLE policy_version IN ACCESS EXCLUSIVE MODE"
"""Waits for everybody who plans by the old versions and has not committed, and lets nobody begin."""
_IN_FORCE_FROM = re.compile(r"(\s*in_force_from\s*=\s*)[0-9-]+")


class Draft(NamedTuple):
    """A policy file without faults: its text as it was read, from when it is to hold, who wrote it."""

    text: str
    effective: date
    author: str

    @property
    def body(self) -> str:
        """The text that is kept: the file's, with the day on which it comes into force."""
        return dated(self.text, self.effective)


def read_draft(text: str) -> str:
    """The text of a policy file, which has no faults. Raises Refused."""
    problems = policy_file.problems_of(text)
    if problems:
        raise Refused(
            N_("the policy file has faults: {number}; the first in line {line}: {problem}"),
            N_("see all of them: revisit policy check FILE"),
            number=len(problems),
            line=problems[0].line,
            problem=f"{problems[0].key}: {problems[0].problem}" if problems[0].key else problems[0].problem,
        )
    return text


def dated(text: str, effective: date) -> str:
    """The text of a policy file that holds from a day; everything else stands as it was written. Raises Refused."""
    lines = text.splitlines(keepends=True)
    place = lines_of(text)["in_force_from",] - 1
    lines[place] = _IN_FORCE_FROM.sub(rf"\g<1>{effective}", lines[place], count=1)
    result = "".join(lines)
    if company.read_policy(result).in_force_from != effective:
        raise Refused(
            N_("the day cannot be written into line {line} of the policy file"),
            N_("let the line be: in_force_from = {day}"),
            line=place + 1,
            day=effective,
        )
    return result


def check(sql: Sql, draft: Draft, *, actor: StaffMember, today: date, restate: bool) -> StaffMember:
    """Who wrote the draft, if it may be adopted by this person from that day on. Raises Refused.

    Author and approver are two people. A day that is over has to be meant (`restate`): figures that were reported change with
    it. A version that is to hold from that day and is not in force yet gives way; one that is in force never does.
    """
    require_role(actor, "adopt")
    author = staff.get_by_login(sql, draft.author)
    if author.id == actor.id:
        raise Refused(
            N_("nobody adopts what he wrote himself: {login}"),
            N_("let somebody else run it: --as LOGIN; administrators and approvers may"),
            login=author.login,
        )
    side = access.viewer(sql, author).side(author.id)
    if not may("draft", side):
        raise Refused(
            N_("{login} is no author of policies"),
            N_("--author names a supervisor, an administrator or an approver"),
            login=author.login,
        )
    versions = policy_file.adopted(sql)
    if draft.effective < today and not restate:
        raise Refused(
            N_("{day} is over: figures that were reported since then would change"),
            N_("name a day to come, or say --restate if that is meant"),
            day=draft.effective,
        )
    if any(one.in_force_from == draft.effective for one in versions) and draft.effective <= today:
        raise Refused(
            N_("a version is in force from {day} already"),
            N_("what was decided by it stays; name another day"),
            day=draft.effective,
        )
    now = policy_file.in_force(versions, draft.effective)
    if not any(differences(now.data, tomllib.loads(draft.text))):
        raise Refused(
            N_("the file says what holds on {day} already"), N_("look: revisit policy show"), day=draft.effective
        )
    return author


def adopt(
    session: Session,
    sql: Sql,
    draft: Draft,
    *,
    actor: StaffMember,
    at: datetime,
    today: date,
    restate: bool,
    told: Callable[[int, int], None] | None = None,
) -> tuple[CompanyInfo, Difference]:
    """The policy is adopted, and the register planned anew: the company with it, and what differed. Raises as `check` does."""
    from revisit.models import PolicyVersion

    if sql.server:
        sql.run(LOCK_ON_SERVER)
    author = check(sql, draft, actor=actor, today=today, restate=restate)
    body = draft.body
    sha256 = hashlib.sha256(body.encode()).hexdigest()
    known = {from_on: (id_, before) for id_, from_on, before in sql.rows(VERSIONS)}
    row_id, old = known.get(draft.effective.isoformat(), (None, None))
    if row_id is None:
        made = PolicyVersion(
            in_force_from=draft.effective,
            body=body,
            sha256=sha256,
            adopted_at=at,
            adopted_by=actor.login,
            written_by=author.login,
        )
        session.add(made)
        session.flush()
        row_id = made.id
    else:
        sql.run(WRITE_ANEW, id=row_id, body=body, sha256=sha256, at=at, by=actor.login, author=author.login)
    audit.changed(
        session, action="adopt", table="policy_version", row_id=row_id, before={"sha256": old} if old else None,
        after={"sha256": sha256, "in_force_from": draft.effective, "author": author.login, "approver": actor.login},
    )  # fmt: skip
    info = company.load_company(sql)
    return info, keep.replan(sql, info, None, told)
