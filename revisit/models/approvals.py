"""The tables of approvals: what was asked for, who signed, and whose post somebody held for whom."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from revisit.models.columns import UtcDateTime, id_of, one_of


class Approval(SQLModel, table=True):
    """Something that has to be signed: another credit limit or payment term, to trade without all papers, a settlement, remote
    service. `round` counts how often it was put in another form; `asker_id` and `asked_at` are of this one.

    `batch_id`: the import that asked for it. `matter` and `matter_id`: the complaint or service job it is for.
    """

    __table_args__ = (
        UniqueConstraint("number"),
        Index(None, "customer_id"),
        Index(None, "state"),
        Index(None, "matter", "matter_id"),
        Index(None, "batch_id"),
        one_of("kind", "documents", "credit", "term", "settlement", "remote-service"),
        one_of("state", "asked", "signed", "approved", "rejected", "withdrawn"),
        CheckConstraint("(state IN ('asked', 'signed')) = (ended_at IS NULL)", name="ended_at"),
        CheckConstraint("(matter = '') = (matter_id IS NULL)", name="matter"),
        CheckConstraint(
            "(kind = 'settlement') = (amount_cents IS NOT NULL)"
            " AND (kind <> 'credit' OR credit_limit_cents IS NOT NULL) AND (kind <> 'term' OR term_days IS NOT NULL)"
            " AND (kind IN ('credit', 'term') OR (credit_limit_cents IS NULL AND term_days IS NULL))",
            name="wanted",
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    number: int
    kind: str = Field(sa_type=Text)
    customer_id: int | None = Field(default=None, sa_column=id_of("customer", nullable=True))
    staff_id: int = Field(sa_column=id_of("staff"))
    opened_at: datetime = Field(sa_type=UtcDateTime)
    round: int = 1
    asker_id: int = Field(sa_column=id_of("staff"))
    asked_at: datetime = Field(sa_type=UtcDateTime)
    amount_cents: int | None = Field(default=None, sa_type=BigInteger)
    credit_limit_cents: int | None = Field(default=None, sa_type=BigInteger)
    old_credit_limit_cents: int | None = Field(default=None, sa_type=BigInteger)
    term_days: int | None = None
    old_term_days: int | None = None
    reason: str = Field(sa_type=Text)
    state: str = Field(default="asked", sa_type=Text)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    matter: str = Field(default="", sa_type=Text)
    matter_id: int | None = None
    batch_id: int | None = Field(default=None, sa_column=id_of("import_batch", nullable=True))


class Signature(SQLModel, table=True):
    """A step of an approval, signed for a post; by the deputy of `holder_id` where there was a delegation.

    One that was given before the request was changed is void and stays.
    """

    __table_args__ = (
        UniqueConstraint("approval_id", "round", "step"),
        UniqueConstraint("approval_id", "round", "staff_id"),
        CheckConstraint("(holder_id IS NULL) = (delegation_id IS NULL)", name="holder"),
        CheckConstraint("holder_id IS NULL OR holder_id <> staff_id", name="deputy"),
    )
    id: int | None = Field(default=None, primary_key=True)
    approval_id: int = Field(sa_column=id_of("approval"))
    round: int
    step: int
    post: str = Field(sa_type=Text)
    staff_id: int = Field(sa_column=id_of("staff"))
    holder_id: int | None = Field(default=None, sa_column=id_of("staff", nullable=True))
    delegation_id: int | None = Field(default=None, sa_column=id_of("delegation", nullable=True))
    at: datetime = Field(sa_type=UtcDateTime)
    text: str = Field(default="", sa_type=Text)
    void_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Delegation(SQLModel, table=True):
    """From one day to another (both included) a deputy signs for the holder of a post; `ended_at`: taken back before."""

    __table_args__ = (
        Index(None, "deputy_id"),
        Index(None, "holder_id"),
        CheckConstraint("until_on >= from_on", name="days"),
        CheckConstraint("deputy_id <> holder_id", name="deputy"),
    )
    id: int | None = Field(default=None, primary_key=True)
    post: str = Field(sa_type=Text)
    holder_id: int = Field(sa_column=id_of("staff"))
    deputy_id: int = Field(sa_column=id_of("staff"))
    from_on: date = Field(sa_type=Date)
    until_on: date = Field(sa_type=Date)
    reason: str = Field(default="", sa_type=Text)
    staff_id: int = Field(sa_column=id_of("staff"))
    at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
