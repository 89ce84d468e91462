"""The tables of the call desk: calls with their drafts, claims, notes for the next shift."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from revisit.models.columns import UtcDateTime, id_of, one_of


class Call(SQLModel, table=True):
    """A call that was opened: while it is a draft, the answers so far; then what was said, step by step, and what came of it.

    `steps` is JSON, one entry for each answer: node, key of the answer, what was typed, seconds since the call began.
    `script`, `script_version`, `script_hash` and `language` tell the words that were read out. A call that was `dropped`
    brought no record. `cut_short` is how it ended where the script was not gone through to an end; `raised` what the person then
    said the case is about ("" = there is none, None = nobody was asked).
    """

    __tablename__ = "call_"
    __table_args__ = (
        Index(None, "customer_id"),
        Index(None, "staff_id", "state"),
        Index(None, "started_at"),
        one_of("state", "draft", "recorded", "dropped"),
    )
    id: int | None = Field(default=None, primary_key=True)
    customer_id: int = Field(sa_column=id_of("customer"))
    staff_id: int = Field(sa_column=id_of("staff"))
    state: str = Field(default="draft", sa_type=Text)
    script: str = Field(sa_type=Text)
    script_version: int
    script_hash: str = Field(sa_type=Text)
    language: str = Field(sa_type=Text)
    channel: str = Field(default="phone", sa_type=Text)
    started_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    talk_seconds: int = 0
    steps: str = Field(default="[]", sa_type=Text)
    notes: str = Field(default="", sa_type=Text)
    cut_short: str = Field(default="", sa_type=Text)
    raised: str | None = Field(default=None, sa_type=Text)
    revisit_id: int | None = Field(default=None, sa_column=id_of("revisit", nullable=True))


class Claim(SQLModel, table=True):
    """Until `until_at` this customer is on somebody's desk: nobody else is given it by `next`."""

    __table_args__ = (UniqueConstraint("customer_id"), Index(None, "staff_id"))
    id: int | None = Field(default=None, primary_key=True)
    customer_id: int = Field(sa_column=id_of("customer"))
    staff_id: int = Field(sa_column=id_of("staff"))
    taken_at: datetime = Field(sa_type=UtcDateTime)
    until_at: datetime = Field(sa_type=UtcDateTime)


class ShiftNote(SQLModel, table=True):
    """What somebody leaves for the next shift at the end of a day."""

    __tablename__ = "shift_note"
    __table_args__ = (Index(None, "written_on"),)
    id: int | None = Field(default=None, primary_key=True)
    staff_id: int = Field(sa_column=id_of("staff"))
    written_on: date = Field(sa_type=Date)
    written_at: datetime = Field(sa_type=UtcDateTime)
    text: str = Field(sa_type=Text)
