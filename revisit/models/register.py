"""The tables of the follow-up register: what is owed, and what stands in the way of judging it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from revisit.models.columns import UtcDateTime, id_of


class FollowUp(SQLModel, table=True):
    """The register: one contact owed, or one series of them. Kept by `register`, never written by hand."""

    __tablename__ = "follow_up"
    __table_args__ = (
        UniqueConstraint("customer_id", "rule", "anchor_on", "slot"),
        Index(None, "opens_on"),
        Index(None, "due_by", info={"where": "due_by IS NOT NULL"}),
        Index("ix_follow_up_endless", "opens_on", "ended_on", info={"where": "due_by IS NULL"}),
        Index(None, "met_on"),
    )
    id: int | None = Field(default=None, primary_key=True)
    customer_id: int = Field(sa_column=id_of("customer"))
    rule: str = Field(sa_type=Text)
    anchor_on: date = Field(sa_type=Date)
    slot: int
    opens_on: date = Field(sa_type=Date)
    due_by: date | None = Field(default=None, sa_type=Date)
    call_by: date | None = Field(default=None, sa_type=Date)
    at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    met_on: date | None = Field(default=None, sa_type=Date)
    ended_on: date | None = Field(default=None, sa_type=Date)
    cause: str = Field(default="", sa_type=Text)
    policy: str = Field(sa_type=Text)
    numbers: str = Field(sa_type=Text)
    days: str = Field(default="", sa_type=Text)


class Standing(SQLModel, table=True):
    """The register: a span of days on which a customer is excluded, waived, defective, dormant, followed by sales."""

    __table_args__ = (
        UniqueConstraint("customer_id", "kind", "code", "from_on"),
        Index(None, "kind", "from_on", "until_on"),
        Index(None, "kind", "until_on"),
    )
    id: int | None = Field(default=None, primary_key=True)
    customer_id: int = Field(sa_column=id_of("customer"))
    kind: str = Field(sa_type=Text)
    code: str = Field(sa_type=Text)
    from_on: date = Field(sa_type=Date)
    until_on: date | None = Field(default=None, sa_type=Date)
