"""The tables of matters: cases with their moves, deadlines, pauses and climbs, and the feedback times that sales asked for."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from revisit.models.columns import UtcDateTime, id_of, one_of


class Case(SQLModel, table=True):
    """A problem that a customer raised: in which revisit, what it is, whether it has to be solved at once, and how it stands.

    `answer_clock` is what the department owes: its first contact, or after a dormancy revisit its plan of measures.
    """

    __tablename__ = "case_"
    __table_args__ = (
        UniqueConstraint("number"),
        Index(None, "customer_id"),
        Index(None, "state"),
        one_of("state", "open", "coordinating", "routed", "answered", "resolved", "closed"),
        one_of("answer_clock", "contact", "plan"),
        CheckConstraint(
            "(state NOT IN ('resolved', 'closed') OR result <> '') AND (state = 'closed') = (closed_on IS NOT NULL)",
            name="ended",
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    number: int
    customer_id: int = Field(sa_column=id_of("customer"))
    revisit_id: int | None = Field(default=None, sa_column=id_of("revisit", nullable=True))
    staff_id: int = Field(sa_column=id_of("staff"))
    opened_at: datetime = Field(sa_type=UtcDateTime)
    immediate: bool = False
    what: str = Field(sa_type=Text)
    state: str = Field(default="open", sa_type=Text)
    answer_clock: str = Field(default="contact", sa_type=Text)
    department_id: int | None = Field(default=None, sa_column=id_of("department", nullable=True))
    result: str = Field(default="", sa_type=Text)
    closed_on: date | None = Field(default=None, sa_type=Date)


class Move(SQLModel, table=True):
    """One move of a matter (`matter` names its kind): who did what, when, from which state to which.

    `text` is what was said; `said` is JSON, what else the move needed.
    """

    __table_args__ = (Index(None, "matter", "matter_id"),)
    id: int | None = Field(default=None, primary_key=True)
    matter: str = Field(sa_type=Text)
    matter_id: int
    action: str = Field(sa_type=Text)
    state_from: str = Field(sa_type=Text)
    state_to: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=UtcDateTime)
    staff_id: int = Field(sa_column=id_of("staff"))
    text: str = Field(default="", sa_type=Text)
    said: str = Field(default="{}", sa_type=Text)


class Deadline(SQLModel, table=True):
    """Until when a step of a matter is owed, by a person, a department or a post; `clock` is its time limit in the policy.

    `due_by` is None while the clock stands still; `stated`: a person named the day. `climbs_at`: when it is put before the
    next post unless it ends before.
    """

    __table_args__ = (
        Index(None, "matter", "matter_id"),
        Index(None, "ended", "due_by"),
        Index(None, "climbs_at"),
        one_of("ended", "met", "dropped", empty=True),
        CheckConstraint("(ended = '') = (ended_at IS NULL)", name="ended_at"),
        CheckConstraint("staff_id IS NOT NULL OR department_id IS NOT NULL OR post <> ''", name="owner"),
    )
    id: int | None = Field(default=None, primary_key=True)
    matter: str = Field(sa_type=Text)
    matter_id: int
    clock: str = Field(sa_type=Text)
    started_at: datetime = Field(sa_type=UtcDateTime)
    due_by: datetime | None = Field(default=None, sa_type=UtcDateTime)
    stated: bool = False
    staff_id: int | None = Field(default=None, sa_column=id_of("staff", nullable=True))
    department_id: int | None = Field(default=None, sa_column=id_of("department", nullable=True))
    post: str = Field(default="", sa_type=Text)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended: str = Field(default="", sa_type=Text)
    climbs_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Pause(SQLModel, table=True):
    """A time in which the clocks of a matter stand still, because it waits for the customer."""

    __table_args__ = (
        Index(None, "matter", "matter_id"),
        CheckConstraint("ended_at IS NULL OR ended_at >= started_at", name="ended_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    matter: str = Field(sa_type=Text)
    matter_id: int
    started_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reason: str = Field(sa_type=Text)


class Climb(SQLModel, table=True):
    """A deadline that was put before a post, because it was missed or somebody asked for it; `level` counts from 1."""

    __table_args__ = (UniqueConstraint("deadline_id", "level"),)
    id: int | None = Field(default=None, primary_key=True)
    deadline_id: int = Field(sa_column=id_of("deadline"))
    level: int
    post: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=UtcDateTime)


class FeedbackTime(SQLModel, table=True):
    """Until when sales wants feedback about a customer: asked for by an electronic document, kept with file and people."""

    __tablename__ = "feedback_time"
    __table_args__ = (Index(None, "customer_id"),)
    id: int | None = Field(default=None, primary_key=True)
    customer_id: int = Field(sa_column=id_of("customer"))
    due_by: date = Field(sa_type=Date)
    document: str = Field(sa_type=Text)
    sender: str = Field(sa_type=Text)
    sent_on: date = Field(sa_type=Date)
    receiver: str = Field(sa_type=Text)
    staff_id: int = Field(sa_column=id_of("staff"))
    at: datetime = Field(sa_type=UtcDateTime)
