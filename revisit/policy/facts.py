"""What the rules look at: the dated events of one customer, nothing else.

Every value is a calendar day in the company's time zone; the time of day only orders revisits of one day.
A fact or hand-over without a day (`None`) holds from the file's first day: the sheet that created the file said it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

NEVER = date.max
"""The end of what has no end: later than every day."""


class Sale(NamedTuple):
    """One order. `completed_on` is None until it is completed, `cancelled_on` None unless it was cancelled."""

    ordered_on: date
    completed_on: date | None = None
    cancelled_on: date | None = None


class Contact(NamedTuple):
    """One revisit on record (the current version, not voided). `promised_on` is set when it booked a callback.

    `planned`: the booking is a plan of ours, nothing that was promised to the customer. `intention` ("interested",
    "undecided", "none") is what this revisit learnt, whatever its result; it holds after the revisit.
    """

    on: date
    channel: str
    result: str
    inbound: bool = False
    with_sales: bool = False
    promised_on: date | None = None
    promised_at: datetime | None = None
    planned: bool = False
    intention: str = ""


class Handover(NamedTuple):
    """From `on` (None: the file's first day) the customer is followed by `to`: "sales" or "service"."""

    to: str
    on: date | None = None


class Allocation(NamedTuple):
    """From `on` (None: the sheet that created the file said it) the customer is another representative's.

    `temporary`: only for the time of an absence.
    """

    on: date | None
    temporary: bool = False


class Closing(NamedTuple):
    """A problem of the customer's was closed on a day, after it had gone to a department; `reopened_on` is None unless it was
    opened again. `matter` and `number` tell which one: "case" and its number."""

    on: date
    reopened_on: date | None = None
    matter: str = "case"
    number: str = ""


class Fact(NamedTuple):
    """From `on` (None: the file's first day) until `until` (excluded; None: for good) `name` is `value`.

    After `until` whatever was stated before shows again. Names and values: kind "customer"|"prospect", intention
    "interested"|"undecided"|"none", contract_on ISO date, balance whole cents, do_not_call, closed and waived "1"|"0";
    an empty value is an unknown one. No rule looks at credit_limit (whole cents) and term_days, which are facts once they
    were signed for.
    """

    name: str
    value: str
    on: date | None = None
    until: date | None = None


class File(NamedTuple):
    """Everything the rules know of one customer. Contacts stand in order of time within their day."""

    code: str
    entered_on: date
    sales: tuple[Sale, ...] = ()
    contacts: tuple[Contact, ...] = ()
    handovers: tuple[Handover, ...] = ()
    sales_follow_ups: tuple[date, ...] = ()
    shown_orders: tuple[date, ...] = ()
    facts: tuple[Fact, ...] = ()
    grade: str = ""
    region: str = ""
    industry: str = ""
    allocations: tuple[Allocation, ...] = ()
    closings: tuple[Closing, ...] = ()


class FollowUp(NamedTuple):
    """One contact owed, or one endless series of them (`rule == "dormant-month"`), as the register keeps it.

    Natural key: `rule`, `anchor_on`, `slot`. `ended_on` is the first day on which it is no longer owed without having
    been met; None: it stays until met. A series has no `due_by`; its slots are arithmetic (`policy.slots`), `days` are
    the days whose contacts meet them. `numbers` holds the dates and counts that the reason is made of.
    """

    rule: str
    anchor_on: date
    slot: int
    opens_on: date
    due_by: date | None
    call_by: date | None
    at: datetime | None
    met_on: date | None
    ended_on: date | None
    cause: str
    policy: str
    numbers: tuple[tuple[str, str], ...]
    days: tuple[date, ...] = ()


class Standing(NamedTuple):
    """A span of days on which something holds of the customer: `kind` with `code`, until `until_on` (excluded; None: open).

    Kinds: "excluded" (code: "do_not_call" or "closed"), "waived", "defective" (code: the missing fact), "dormant" (over a
    week), "followed" (code: "sales"), "candidate" (a takeover that a supervisor may register).
    """

    kind: str
    code: str
    from_on: date
    until_on: date | None


class Plan(NamedTuple):
    """The register of one customer: a pure function of its file, the dated policies and the calendar."""

    first_on: date
    last_order_on: date | None
    follow_ups: tuple[FollowUp, ...]
    standings: tuple[Standing, ...]
