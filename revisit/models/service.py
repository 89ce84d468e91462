"""The tables of service: jobs of the register, and what customers thought of the work."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from revisit.models.columns import UtcDateTime, id_of, one_of

_GRADES = ("very-satisfied", "satisfied", "fair", "poor")


class ServiceJob(SQLModel, table=True):
    """A job of the service register: for whom, of which kind, what is asked, who was sent, when it was done, who signed.

    `staff_id` took it down. Work for ourselves (internal) has no customer. Only paid work has a fee. `approver_id`: who
    approved that it is done from afar.
    """

    __tablename__ = "service_job"
    __table_args__ = (
        UniqueConstraint("number"),
        Index(None, "customer_id"),
        Index(None, "state"),
        one_of("kind", "paid", "contract", "free", "internal"),
        one_of("place", "on-site", "remote"),
        one_of("state", "waiting", "dispatched", "started", "finished", "done", "cancelled"),
        CheckConstraint("(kind = 'internal') = (customer_id IS NULL)", name="customer"),
        CheckConstraint(
            "CASE WHEN fee_cents IS NULL THEN kind <> 'paid' OR state NOT IN ('finished', 'done')"
            " ELSE kind = 'paid' AND fee_cents > 0 END",
            name="fee",
        ),
        CheckConstraint("worker_id IS NOT NULL OR state IN ('waiting', 'cancelled')", name="worker"),
        CheckConstraint(
            "(place = 'on-site' OR approver_id IS NOT NULL OR state IN ('waiting', 'cancelled'))"
            " AND (approver_id IS NULL OR approver_id <> staff_id)",
            name="approver",
        ),
        CheckConstraint(
            "(started_at IS NULL OR started_at >= asked_at)"
            " AND (ended_at IS NULL OR (started_at IS NOT NULL AND ended_at >= started_at))"
            " AND (signed_at IS NULL OR signed_at >= ended_at)"
            " AND (state NOT IN ('finished', 'done') OR ended_at IS NOT NULL)",
            name="times",
        ),
        CheckConstraint(
            "(signed_at IS NOT NULL) = (signed_by <> '') AND (signed_at IS NOT NULL) = (state = 'done' AND kind <> 'internal')",
            name="signed",
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    number: int
    customer_id: int | None = Field(default=None, sa_column=id_of("customer", nullable=True))
    kind: str = Field(sa_type=Text)
    place: str = Field(sa_type=Text)
    what: str = Field(sa_type=Text)
    staff_id: int = Field(sa_column=id_of("staff"))
    asked_at: datetime = Field(sa_type=UtcDateTime)
    state: str = Field(default="waiting", sa_type=Text)
    wanted_on: date | None = Field(default=None, sa_type=Date)
    wanted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    worker_id: int | None = Field(default=None, sa_column=id_of("staff", nullable=True))
    approver_id: int | None = Field(default=None, sa_column=id_of("staff", nullable=True))
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    fee_cents: int | None = Field(default=None, sa_type=BigInteger)
    result: str = Field(default="", sa_type=Text)
    signed_by: str = Field(default="", sa_type=Text)
    signed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Survey(SQLModel, table=True):
    """What a customer thought of somebody's work: four items, each with one of four grades.

    `staff_id` is the person it is about, `by_id` who asked; `job_id` the service job, None where it was asked periodically;
    `case_id` what was opened because of it. `void_reason`: why it does not count.
    """

    __table_args__ = (
        UniqueConstraint("number"),
        Index(None, "customer_id"),
        Index(None, "job_id"),
        Index(None, "asked_on"),
        *(one_of(item, *_GRADES) for item in ("attitude", "skill", "arrival", "promises")),
    )
    id: int | None = Field(default=None, primary_key=True)
    number: int
    customer_id: int = Field(sa_column=id_of("customer"))
    job_id: int | None = Field(default=None, sa_column=id_of("service_job", nullable=True))
    revisit_id: int | None = Field(default=None, sa_column=id_of("revisit", nullable=True))
    staff_id: int = Field(sa_column=id_of("staff"))
    by_id: int = Field(sa_column=id_of("staff"))
    asked_on: date = Field(sa_type=Date)
    at: datetime = Field(sa_type=UtcDateTime)
    attitude: str = Field(sa_type=Text)
    skill: str = Field(sa_type=Text)
    arrival: str = Field(sa_type=Text)
    promises: str = Field(sa_type=Text)
    note: str = Field(default="", sa_type=Text)
    grave: bool = False
    case_id: int | None = Field(default=None, sa_column=id_of("case_", nullable=True))
    void_reason: str = Field(default="", sa_type=Text)
