"""The tables of complaints: the numbered form, the measures that follow from it, the goods that come back."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from revisit.models.columns import UtcDateTime, id_of, one_of


class Complaint(SQLModel, table=True):
    """A complaint on its numbered form, with what was ordered, what is demanded, what was found and how it is settled.

    `parent_id` is the form whose answer the customer did not accept, `case_id` the case that turned out to be this
    complaint. `department_id` investigates, `responsible_id` answers for it. `amount_cents` is what the settlement is worth,
    `approval_id` what was signed for it. Quantities are thousandths of the unit.
    """

    __table_args__ = (
        UniqueConstraint("number"),
        Index(None, "customer_id"),
        Index(None, "state"),
        Index(None, "parent_id"),
        Index(None, "case_id", unique=True),
        one_of(
            "state", "accepted", "investigating", "investigated", "reported", "proposed", "settled", "told", "closed",
            "reviewed", "refused",
        ),
        one_of("kind", "quality", "non-quality", empty=True),
        one_of("severity", "ordinary", "severe"),
        one_of("urgency", "ordinary", "urgent"),
        one_of(
            "settlement", "none", "refund", "discount", "return", "replacement", "repair", "compensation", empty=True
        ),
        CheckConstraint(
            "(state NOT IN ('closed', 'reviewed') OR (result <> '' AND answered_on IS NOT NULL))"
            " AND (state IN ('closed', 'reviewed')) = (closed_on IS NOT NULL)",
            name="ended",
        ),
        CheckConstraint(
            "state IN ('accepted', 'investigating', 'investigated', 'reported') OR settlement <> ''", name="settled"
        ),
        CheckConstraint(
            "amount_cents >= 0 AND (settlement IN ('', 'none')) = (amount_cents = 0)"
            " AND (amount_cents = 0) = (approval_id IS NULL)",
            name="amount_cents",
        ),
        CheckConstraint("parent_id IS NULL OR parent_id <> id", name="parent_id"),
        CheckConstraint("quantity IS NULL OR quantity > 0", name="quantity"),
        CheckConstraint("loss_cents IS NULL OR loss_cents >= 0", name="loss_cents"),
    )  # fmt: skip
    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(sa_type=Text)
    customer_id: int = Field(sa_column=id_of("customer"))
    parent_id: int | None = Field(default=None, sa_column=id_of("complaint", nullable=True))
    staff_id: int = Field(sa_column=id_of("staff"))
    opened_at: datetime = Field(sa_type=UtcDateTime)
    what: str = Field(sa_type=Text)
    severity: str = Field(default="ordinary", sa_type=Text)
    urgency: str = Field(default="ordinary", sa_type=Text)
    order_number: str = Field(default="", sa_type=Text)
    batch_number: str = Field(default="", sa_type=Text)
    quantity: int | None = Field(default=None, sa_type=BigInteger)
    unit: str = Field(default="", sa_type=Text)
    shipped_on: date | None = Field(default=None, sa_type=Date)
    demand: str = Field(default="", sa_type=Text)
    state: str = Field(default="accepted", sa_type=Text)
    department_id: int | None = Field(default=None, sa_column=id_of("department", nullable=True))
    kind: str = Field(default="", sa_type=Text)
    cause: str = Field(default="", sa_type=Text)
    upheld: bool = True
    responsible_id: int | None = Field(default=None, sa_column=id_of("department", nullable=True))
    supplier_liable: bool = False
    loss_cents: int | None = Field(default=None, sa_type=BigInteger)
    settlement: str = Field(default="", sa_type=Text)
    amount_cents: int = Field(default=0, sa_type=BigInteger)
    approval_id: int | None = Field(default=None, sa_column=id_of("approval", nullable=True))
    result: str = Field(default="", sa_type=Text)
    answered_on: date | None = Field(default=None, sa_type=Date)
    closed_on: date | None = Field(default=None, sa_type=Date)
    case_id: int | None = Field(default=None, sa_column=id_of("case_", nullable=True))


class Measure(SQLModel, table=True):
    """A measure against the cause of a complaint, until a day, done or exempt; a department's, or the keeper's."""

    __table_args__ = (
        Index(None, "complaint_id"),
        Index(None, "state"),
        one_of("state", "planned", "done", "exempt"),
        CheckConstraint("(state = 'planned') = (ended_on IS NULL)", name="ended_on"),
        CheckConstraint("state <> 'exempt' OR result <> ''", name="exempt"),
    )
    id: int | None = Field(default=None, primary_key=True)
    complaint_id: int = Field(sa_column=id_of("complaint"))
    staff_id: int = Field(sa_column=id_of("staff"))
    department_id: int | None = Field(default=None, sa_column=id_of("department", nullable=True))
    what: str = Field(sa_type=Text)
    due_on: date = Field(sa_type=Date)
    state: str = Field(default="planned", sa_type=Text)
    ended_on: date | None = Field(default=None, sa_type=Date)
    result: str = Field(default="", sa_type=Text)


class ReturnedGoods(SQLModel, table=True):
    """Goods that come back because of a complaint, with the note that follows: announced, received, approved.

    Quantities are thousandths of the unit; no more is approved than came back. `amount_cents`: what the note is worth; those
    that were signed before notes had an amount have none.
    """

    __tablename__ = "returned_goods"
    __table_args__ = (
        Index(None, "complaint_id"),
        one_of("note", "return", "discount"),
        one_of("state", "announced", "received", "approved"),
        CheckConstraint("announced > 0 AND (received IS NULL OR received >= 0)", name="quantities"),
        CheckConstraint("(state = 'announced') = (received IS NULL)", name="received"),
        CheckConstraint("(state = 'approved') = (approved IS NOT NULL)", name="approval"),
        CheckConstraint("approved IS NULL OR (approved >= 0 AND approved <= received)", name="approved"),
        CheckConstraint("approver_id IS NULL OR approver_id <> receiver_id", name="approver"),
        CheckConstraint("amount_cents > 0", name="amount_cents"),
    )
    id: int | None = Field(default=None, primary_key=True)
    complaint_id: int = Field(sa_column=id_of("complaint"))
    staff_id: int = Field(sa_column=id_of("staff"))
    goods: str = Field(sa_type=Text)
    unit: str = Field(default="", sa_type=Text)
    note: str = Field(sa_type=Text)
    note_number: str = Field(default="", sa_type=Text)
    announced: int = Field(sa_type=BigInteger)
    received: int | None = Field(default=None, sa_type=BigInteger)
    receiver_id: int | None = Field(default=None, sa_column=id_of("staff", nullable=True))
    approved: int | None = Field(default=None, sa_type=BigInteger)
    approver_id: int | None = Field(default=None, sa_column=id_of("staff", nullable=True))
    state: str = Field(default="announced", sa_type=Text)
    amount_cents: int | None = Field(default=None, sa_type=BigInteger)
