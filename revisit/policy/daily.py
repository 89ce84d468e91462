"""One day at the desk: what each revisit was, and which of them met what was owed. Pure: dated rows in, words out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from revisit.policy.facts import Contact
from revisit.policy.tally import Made
from revisit.policy.timeline import fits, is_contact
from revisit.policy.values import Policies

Kind = Literal["contact", "attempt", "sales", "other", "enquiry"]
"""`sales`: a talk with the salesperson; `other`: a message that nobody has confirmed; `enquiry`: it came from outside."""


def kind_of(one: Made, policies: Policies) -> Kind:
    """What a revisit was: exactly one of the kinds."""
    if one.inbound:
        return "enquiry"
    if one.with_sales:
        return "sales"
    if is_contact(contact_of(one), policies):
        return "contact"
    return "attempt" if one.result in policies.on(one.on).attempt_results else "other"


def met_by(rule: str, made: Sequence[Made], policies: Policies) -> int | None:
    """Which of one customer's revisits of a day met a follow-up of that day (its place): the first that fits the rule.

    None: none fits, what was owed to the file was met without a revisit.
    """
    fitting = [place for place, one in enumerate(made) if fits(rule, contact_of(one), policies)]
    return min(fitting, key=lambda place: (_moment(made[place]), place), default=None)


def contact_of(one: Made) -> Contact:
    """A revisit as the rules look at it."""
    return Contact(one.on, one.channel, one.result, one.inbound, one.with_sales)


def _moment(one: Made) -> tuple[bool, datetime | None]:
    return (False, one.done_at) if one.done_at is not None else (True, None)
