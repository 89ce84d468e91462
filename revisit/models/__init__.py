"""Every table, no behaviour: this page and the files beside it, one for each room of the program. Column names are those of
`docs/cli.md`; units stand in the name.

`_on` a day in the company's time zone, `_at` an instant (UTC), `_by` a deadline, `_cents` whole cents. Status columns are
text with a CHECK. SQLModel does not validate tables: data is checked where it enters, and by the constraints here.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from revisit.models.approvals import Approval, Delegation, Signature
from revisit.models.chats import ChatMessage
from revisit.models.columns import NAMING, UtcDateTime, id_of, metadata, one_of
from revisit.models.complaints import Complaint, Measure, ReturnedGoods
from revisit.models.desk import Call, Claim, ShiftNote
from revisit.models.imports import ImportAlias, ImportBatch, ImportChange, ImportMapping
from revisit.models.management import ClosedReport, Inspected, Inspection, Target
from revisit.models.matters import Case, Climb, Deadline, FeedbackTime, Move, Pause
from revisit.models.register import FollowUp, Standing
from revisit.models.service import ServiceJob, Survey

_NUMBERED, _MERGED = "number <> ''", "merged_into IS NOT NULL"
_PROSPECTS = "name = 'kind' AND value = 'prospect'"
"""For which rows an index is kept. Only told (`info`), since the migrations make it: saying it to SQLAlchemy would load the
dialects of both databases with every command that writes."""


class Company(SQLModel, table=True):
    """One row: whose database this is."""

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
    id: int = Field(default=1, primary_key=True)
    name: str = Field(sa_type=Text)
    timezone: str = Field(sa_type=Text)
    start_on: date = Field(sa_type=Date)
    created_at: datetime = Field(sa_type=UtcDateTime)


class PolicyVersion(SQLModel, table=True):
    """A dated policy, as the text of its file."""

    __tablename__ = "policy_version"
    __table_args__ = (UniqueConstraint("in_force_from"),)
    id: int | None = Field(default=None, primary_key=True)
    in_force_from: date = Field(sa_type=Date)
    body: str = Field(sa_type=Text)
    sha256: str = Field(sa_type=Text)
    adopted_at: datetime = Field(sa_type=UtcDateTime)
    adopted_by: str = Field(sa_type=Text)
    written_by: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})


class Department(SQLModel, table=True):
    """A department. `duty`: whose part of a complaint it does; several may share one."""

    __table_args__ = (UniqueConstraint("name"), one_of("duty", "marketing", "development", "service", empty=True))
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(sa_type=Text)
    active: bool = True
    duty: str = Field(default="", sa_type=Text)


class Staff(SQLModel, table=True):
    """A person who works here. `ability_percent` weighs what is allocated to them (100: as everybody)."""

    __table_args__ = (
        UniqueConstraint("login"),
        one_of("role", "representative", "supervisor", "administrator", "approver", "auditor"),
    )
    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(sa_type=Text)
    name: str = Field(sa_type=Text)
    role: str = Field(sa_type=Text)
    department_id: int | None = Field(default=None, sa_column=id_of("department", nullable=True))
    post: str = Field(default="", sa_type=Text)
    ability_percent: int = 100
    active: bool = True
    created_at: datetime = Field(sa_type=UtcDateTime)


class Customer(SQLModel, table=True):
    """A customer file. What a sheet said stands here as said; what holds on a day is derived from `fact` and `handover`.

    A file with `merged_into` is none any more: its events belong to that other file, and its code leads there.
    `shown_order_on` is the last-order date a sheet showed; `first_on`, `last_order_on`, `last_contact_on`, `search` and
    `rep_id` are kept by the register.
    """

    __table_args__ = (
        UniqueConstraint("code"),
        Index(None, "name"),
        Index(None, "rep_id"),
        Index(None, "merged_into", info={"where": _MERGED}),
        one_of("kind", "customer", "prospect"),
        one_of("followed_by", "service", "sales"),
        one_of("intention", "interested", "undecided", "none", empty=True),
    )
    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(sa_type=Text)
    name: str = Field(sa_type=Text)
    kind: str = Field(default="customer", sa_type=Text)
    grade: str = Field(default="", sa_type=Text)
    region: str = Field(default="", sa_type=Text)
    industry: str = Field(default="", sa_type=Text)
    intention: str = Field(default="", sa_type=Text)
    salesperson: str = Field(default="", sa_type=Text)
    followed_by: str = Field(default="service", sa_type=Text)
    followed_since: date | None = Field(default=None, sa_type=Date)
    contract_on: date | None = Field(default=None, sa_type=Date)
    balance_cents: int | None = Field(default=None, sa_type=BigInteger)
    credit_limit_cents: int | None = Field(default=None, sa_type=BigInteger)
    term_days: int | None = None
    birthday: date | None = Field(default=None, sa_type=Date)
    do_not_call: bool = False
    note: str = Field(default="", sa_type=Text)
    extra: str = Field(default="", sa_type=Text)
    shown_order_on: date | None = Field(default=None, sa_type=Date)
    entered_on: date = Field(sa_type=Date)
    first_on: date | None = Field(default=None, sa_type=Date)
    last_order_on: date | None = Field(default=None, sa_type=Date)
    last_contact_on: date | None = Field(default=None, sa_type=Date)
    rep_id: int | None = Field(default=None, sa_column=id_of("staff", nullable=True))
    search: str = Field(default="", sa_type=Text)
    merged_into: int | None = Field(default=None, sa_column=id_of("customer", nullable=True))


class DistinctPair(SQLModel, table=True):
    """Two files that look alike, and of which a person said that they are two customers. The smaller id stands first."""

    __tablename__ = "distinct_pair"
    __table_args__ = (UniqueConstraint("customer_id", "other_id"), Index(None, "other_id"))
    id: int | None = Field(default=None, primary_key=True)
    customer_id: int = Field(sa_column=id_of("customer"))
    other_id: int = Field(sa_column=id_of("customer"))


class ContactPerson(SQLModel, table=True):
    __tablename__ = "contact_person"
    __table_args__ = (UniqueConstraint("customer_id", "position"),)
    id: int | None = Field(default=None, primary_key=True)
    customer_id: int = Field(sa_column=id_of("customer"))
    position: int = 1
    name: str = Field(default="", sa_type=Text)
    title: str = Field(default="", sa_type=Text)


class ContactPoint(SQLModel, table=True):
    """A telephone number or an address: apart from the file, so that a server can guard it by row."""

    __tablename__ = "contact_point"
    __table_args__ = (UniqueConstraint("customer_id", "kind", "position"), one_of("kind", "phone", "address"))
    id: int | None = Field(default=None, primary_key=True)
    customer_id: int = Field(sa_column=id_of("customer"))
    kind: str = Field(sa_type=Text)
    position: int = 1
    value: str = Field(sa_type=Text)


class Order(SQLModel, table=True):
    """A sale. `number` is empty where the source has none: then customer, date, product and amount know it."""

    __tablename__ = "order_"
    __table_args__ = (
        Index("uq_order__number", "number", unique=True, info={"where": _NUMBERED}),
        Index(None, "customer_id", "ordered_on"),
        Index(None, "ordered_on"),
    )
    id: int | None = Field(default=None, primary_key=True)
    customer_id: int = Field(sa_column=id_of("customer"))
    number: str = Field(default="", sa_type=Text)
    ordered_on: date = Field(sa_type=Date)
    completed_on: date | None = Field(default=None, sa_type=Date)
    cancelled_on: date | None = Field(default=None, sa_type=Date)
    amount_cents: int | None = Field(default=None, sa_type=BigInteger)
    product: str = Field(default="", sa_type=Text)
    extra: str = Field(default="", sa_type=Text)


class Revisit(SQLModel, table=True):
    """A revisit on record: versions are added, never overwritten; `is_current` marks the newest of a number.

    A later version says in `change_reason` why it was made; one that is void takes the revisit out of every count.
    `done_on` is the day in the company's time zone, `done_at` the instant (empty: no time known); `filled_at` is empty
    where the lag is unknown (imported logs), and `filled_stated` where a person stated it in a call sheet.
    """

    __table_args__ = (
        UniqueConstraint("number", "version"),
        Index(None, "customer_id", "done_on"),
        Index(None, "done_on"),
        one_of("channel", "phone", "visit", "sms", "wechat", "email", "service"),
        one_of("result", "reached", "declined", "sent", "no_answer", "busy", "wrong_number", "inconvenient"),
        one_of("satisfaction", "satisfied", "neutral", "dissatisfied", empty=True),
        one_of("with_whom", "customer", "sales"),
    )
    id: int | None = Field(default=None, primary_key=True)
    number: int
    version: int = 1
    is_current: bool = True
    is_void: bool = False
    customer_id: int = Field(sa_column=id_of("customer"))
    staff_id: int | None = Field(default=None, sa_column=id_of("staff", nullable=True))
    done_on: date = Field(sa_type=Date)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    filled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    channel: str = Field(sa_type=Text)
    result: str = Field(sa_type=Text)
    inbound: bool = False
    important: bool = False
    with_whom: str = Field(default="customer", sa_type=Text)
    person: str = Field(default="", sa_type=Text)
    satisfaction: str = Field(default="", sa_type=Text)
    reason: str = Field(default="", sa_type=Text)
    suggestion: str = Field(default="", sa_type=Text)
    found_us: str = Field(default="", sa_type=Text)
    recommend: str = Field(default="", sa_type=Text)
    order_again: str = Field(default="", sa_type=Text)
    intention: str = Field(default="", sa_type=Text)
    note: str = Field(default="", sa_type=Text)
    source_number: str = Field(default="", sa_type=Text)
    extra: str = Field(default="", sa_type=Text)
    change_reason: str = Field(default="", sa_type=Text)
    filled_stated: bool = False


class Booking(SQLModel, table=True):
    """A callback promised in a revisit, or (`planned`) a follow-up that we plan ourselves: when, what for, whom to ask for.

    `promised_at` is empty where only the day was named.
    """

    __table_args__ = (Index(None, "customer_id"), Index(None, "revisit_id"))
    id: int | None = Field(default=None, primary_key=True)
    revisit_id: int = Field(sa_column=id_of("revisit"))
    customer_id: int = Field(sa_column=id_of("customer"))
    promised_on: date = Field(sa_type=Date)
    promised_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    purpose: str = Field(default="", sa_type=Text)
    person: str = Field(default="", sa_type=Text)
    planned: bool = False


class Allocation(SQLModel, table=True):
    """From `from_on` (empty: the file's first day) the customer belongs to the representative; `temporary`: covers for one."""

    __table_args__ = (Index(None, "customer_id"),)
    id: int | None = Field(default=None, primary_key=True)
    customer_id: int = Field(sa_column=id_of("customer"))
    staff_id: int = Field(sa_column=id_of("staff"))
    from_on: date | None = Field(default=None, sa_type=Date)
    temporary: bool = False


class Handover(SQLModel, table=True):
    """From `from_on` (empty: the file's first day) the customer is followed by sales or by customer service."""

    __table_args__ = (Index(None, "customer_id"), one_of("to_whom", "sales", "service"))
    id: int | None = Field(default=None, primary_key=True)
    customer_id: int = Field(sa_column=id_of("customer"))
    to_whom: str = Field(sa_type=Text)
    from_on: date | None = Field(default=None, sa_type=Date)


class Fact(SQLModel, table=True):
    """From `from_on` (empty: the file's first day) the fact has the value: kind, contract_on, balance, do_not_call, …

    `until_on` is the first day on which it no longer holds (a waiver's end); `reason` is what the person said who stated it.
    """

    __table_args__ = (Index(None, "customer_id"), Index("ix_fact_prospects", "customer_id", info={"where": _PROSPECTS}))
    id: int | None = Field(default=None, primary_key=True)
    customer_id: int = Field(sa_column=id_of("customer"))
    name: str = Field(sa_type=Text)
    value: str = Field(sa_type=Text)
    from_on: date | None = Field(default=None, sa_type=Date)
    until_on: date | None = Field(default=None, sa_type=Date)
    reason: str = Field(default="", sa_type=Text)


class ShownOrder(SQLModel, table=True):
    """A last-order date that a customer sheet has shown: it feeds the last order, it is no completed sale."""

    __tablename__ = "shown_order"
    __table_args__ = (UniqueConstraint("customer_id", "ordered_on"),)
    id: int | None = Field(default=None, primary_key=True)
    customer_id: int = Field(sa_column=id_of("customer"))
    ordered_on: date = Field(sa_type=Date)


class SalesFollowUp(SQLModel, table=True):
    """The sales department followed a customer up."""

    __tablename__ = "sales_follow_up"
    __table_args__ = (UniqueConstraint("customer_id", "done_on", "salesperson"),)
    id: int | None = Field(default=None, primary_key=True)
    customer_id: int = Field(sa_column=id_of("customer"))
    done_on: date = Field(sa_type=Date)
    salesperson: str = Field(default="", sa_type=Text)
    note: str = Field(default="", sa_type=Text)
    extra: str = Field(default="", sa_type=Text)


class Audit(SQLModel, table=True):
    """Who changed what, when, old → new: append-only, each row holds the hash of the one before."""

    __table_args__ = (Index(None, "customer_id"),)
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    who: str = Field(sa_type=Text)
    action: str = Field(sa_type=Text)
    table_name: str = Field(sa_type=Text)
    row_id: int | None = None
    customer_id: int | None = Field(default=None, sa_column=id_of("customer", nullable=True))
    batch_id: int | None = Field(default=None, sa_column=id_of("import_batch", nullable=True))
    change: str = Field(sa_type=Text)
    previous: str = Field(sa_type=Text)
    hash: str = Field(sa_type=Text)


__all__ = [
    "NAMING",
    "Allocation",
    "Approval",
    "Audit",
    "Booking",
    "Call",
    "Case",
    "ChatMessage",
    "Claim",
    "Climb",
    "ClosedReport",
    "Company",
    "Complaint",
    "ContactPerson",
    "ContactPoint",
    "Customer",
    "Deadline",
    "Delegation",
    "Department",
    "DistinctPair",
    "Fact",
    "FeedbackTime",
    "FollowUp",
    "Handover",
    "ImportAlias",
    "ImportBatch",
    "ImportChange",
    "ImportMapping",
    "Inspected",
    "Inspection",
    "Measure",
    "Move",
    "Order",
    "Pause",
    "PolicyVersion",
    "ReturnedGoods",
    "Revisit",
    "SalesFollowUp",
    "ServiceJob",
    "ShiftNote",
    "ShownOrder",
    "Signature",
    "Staff",
    "Standing",
    "Survey",
    "Target",
    "UtcDateTime",
    "metadata",
]
