"""The one masking layer: how much of a customer the person who looks may see, and what that person may do with it.

Every list, file and export asks here; the matrix itself stands in `policy.access`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from revisit import staff, wording
from revisit.db import Sql, chunks, id_list
from revisit.errors import NotedRefusal, Refused
from revisit.i18n import N_
from revisit.policy.access import DEEDS, Deed, Side, Subject, may, side_of, sight
from revisit.staff import StaffMember

WHOSE = """
SELECT c.code, c.name, c.rep_id, coalesce(s.name, '') FROM customer c LEFT JOIN staff s ON s.id = c.rep_id WHERE c.id = :id
"""
OWNERS = "SELECT id, rep_id FROM customer WHERE id IN ({ids})"
MASKED_NAME = "***"
HIDDEN = "***"
SUBJECTS: Mapping[str, Subject] = {
    "phone": "phone", "address": "phone", "balance_cents": "credit", "credit_limit_cents": "credit", "term_days": "credit",
}  # fmt: skip
"""What a cell of a customer's file tells of, by column; any other is seen by whoever sees the whole name."""
_PHONE = re.compile(
    r"(?<![\d.])(?:1[3-9]\d[ -]?\d{4}[ -]?\d{4}|\(?0\d{2,3}\)?[ -]?\d{7,8}|(?:\+|00)[1-9](?:[ -]?\d){7,14})(?!\d)"
)


class Whose(NamedTuple):
    """A customer and its representative (staff id and name; None and "": nobody)."""

    code: str
    name: str
    owner: int | None
    owner_name: str


@dataclass(frozen=True)
class Viewer:
    """Who looks. `member` None: nobody of the staff; `departments`: staff id → department."""

    member: StaffMember | None
    departments: Mapping[int, int | None] = field(default_factory=dict)

    def side(self, owner: int | None) -> Side:
        """From where this person looks at a customer of `owner` (staff id; None: of nobody)."""
        me = self.member
        return side_of(
            me.role if me else None,
            me.id if me else None,
            me.department_id if me else None,
            owner,
            self.departments.get(owner) if owner is not None else None,
        )

    def sees(self, subject: Subject, owner: int | None, *, owes: bool = False) -> Literal["whole", "masked", "none"]:
        """How much of a customer's name, phone, log or credit this person sees.

        Who owes a customer of the own a contact sees it as its representative does: a supervisor may have customers, too.
        """
        side = self.side(owner)
        mine = owes and self.member is not None and owner == self.member.id
        return sight(subject, "own" if mine and may("log", side) else side, owes=mine)

    def name(self, name: str, owner: int | None) -> str:
        """The name of a customer of `owner`, as much of it as this person sees."""
        return shown_name(name, self.sees("name", owner))

    def cell(self, column: str, value: Any, owner: int | None) -> Any:
        """A cell of the file of a customer of `owner`, as much of it as this person sees. Where that is nothing, an empty cell
        looks like a filled one."""
        subject = SUBJECTS.get(column, "name")
        how = self.sees(subject, owner)
        if how == "none" or self.sees("name", owner) != "whole":
            return HIDDEN
        if subject != "phone" or not value:
            return value
        return (shown_address if column == "address" else shown_phone)(str(value), how)


def viewer(sql: Sql, member: StaffMember | None) -> Viewer:
    """The person who looks, with what is needed to tell a team."""
    return Viewer(member, dict(sql.rows(staff.DEPARTMENTS)))


def masked_name(name: str) -> str:
    """A name of which only the first character is shown: it is there, that is all."""
    return name[:1] + MASKED_NAME if name else ""


def masked_phone(phone: str) -> str:
    """A phone number for somebody who does not owe this customer a contact: `138****0001`."""
    number = phone.split("x")[0]
    if len(number) < 7:
        return "*" * len(number)
    return f"{number[:3]}****{number[-4:]}"


def may_export(viewer: Viewer) -> bool:
    """Whether a person may take customers along in a file."""
    me = viewer.member
    return me is not None and may("export", viewer.side(me.id))


def holds_phone(text: str) -> bool:
    """Whether a telephone number stands in a text that somebody wrote, as far as that can be seen."""
    return any(char.isdecimal() for char in text) and bool(_PHONE.search(unicodedata.normalize("NFKC", text)))


def without_phones(text: str) -> str:
    """A text in which every telephone number is masked, as far as one can be seen: what leaves the house."""
    if not holds_phone(text):
        return text
    plain = unicodedata.normalize("NFKC", text)
    kept = text if len(text) == len(plain) else plain  # wide digits are found as well, wide punctuation stays
    parts, at = [], 0
    for found in _PHONE.finditer(plain):
        parts += [kept[at : found.start()], masked_phone(found[0])]
        at = found.end()
    return "".join((*parts, kept[at:]))


def shown_name(name: str, how: Literal["whole", "masked", "none"]) -> str:
    """A name, as much of it as may be seen."""
    return name if how == "whole" else masked_name(name) if how == "masked" else ""


def shown_phone(phone: str, how: Literal["whole", "masked", "none"]) -> str:
    """A phone number, as much of it as may be seen."""
    return phone if how == "whole" else masked_phone(phone) if how == "masked" else ""


def shown_address(address: str, how: Literal["whole", "masked", "none"]) -> str:
    """An address: whole, or only that there is one."""
    return address if how == "whole" else "****" if how == "masked" and address else ""


def whose(sql: Sql, customer_id: int) -> Whose:
    """Which customer it is, and whose."""
    return Whose(*sql.rows(WHOSE, id=customer_id)[0])


def owner_of(sql: Sql, customer_id: int) -> int | None:
    """The representative (staff id) of a customer; None: nobody."""
    return whose(sql, customer_id).owner


def owners_of(sql: Sql, ids: Sequence[int]) -> dict[int, int | None]:
    """The representatives of today by customer: what may be seen goes by them, whatever day is asked for."""
    return {
        customer: owner for portion in chunks(ids) for customer, owner in sql.rows(OWNERS.format(ids=id_list(portion)))
    }


def require(sql: Sql, actor: StaffMember, deed: Deed, customer_id: int) -> None:
    """Raises Refused unless the person may do this with this customer."""
    if not may(deed, viewer(sql, actor).side(owner_of(sql, customer_id))):
        raise _refusal(sql, actor, customer_id, deed)


def require_whole(sql: Sql, who: Viewer, customer_id: int) -> None:
    """Raises Refused where the person who looks learns of this customer only that it is there, and whose it is."""
    if who.member is not None and who.sees("name", owner_of(sql, customer_id)) != "whole":
        raise _refusal(sql, who.member, customer_id, "log")


def _refusal(sql: Sql, actor: StaffMember, customer_id: int, deed: Deed) -> Refused:
    code, _name, owner, owner_name = whose(sql, customer_id)
    outside = actor.role in ("representative", "supervisor") and owner != actor.id
    if outside and owner is None:
        return Refused(N_("{code} has no representative yet"), N_("ask a supervisor to give it to somebody"), code=code)
    if outside:
        return Refused(
            N_("{code} is a customer of {owner}"), N_("ask {owner} or a supervisor"), code=code, owner=owner_name
        )
    return _not_in_this_role(actor, deed)


def _not_in_this_role(actor: StaffMember, deed: Deed) -> Refused:
    remedy = N_("ask a supervisor or an administrator")
    if "supervisor" not in DEEDS[deed]:
        remedy = N_("ask an administrator or an approver") if "approver" in DEEDS[deed] else N_("ask an administrator")
    return Refused(N_("the role {role} may not do this"), remedy, role=wording.word(actor.role))


def require_about(who: Viewer, deed: Deed, person: StaffMember, *, table: str, row_id: int | None) -> None:
    """Raises NotedRefusal unless somebody may do this about a person of the staff: about the team that one leads."""
    if not may(deed, who.side(person.id)):
        raise NotedRefusal(
            N_("this is for supervisors of {login} and for administrators"), N_("ask one of them"), table=table,
            row_id=row_id, customer_id=None, action=deed, login=person.login,
        )  # fmt: skip


def require_role(actor: StaffMember, deed: Deed) -> None:
    """Raises Refused unless the person may do this at all, whoever's customers are touched."""
    side = side_of(actor.role, actor.id, actor.department_id, actor.id, actor.department_id)
    if not may(deed, side):
        raise _not_in_this_role(actor, deed)
