"""The table of chats: what was written in online service, message by message, as a log of the chat system tells it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text
from sqlmodel import Field, SQLModel

from revisit.models.columns import UtcDateTime, id_of, one_of


class ChatMessage(SQLModel, table=True):
    """One message: in which chat (its number in the log), when, by the customer, the staff or the system, what.

    `staff_id` is who of the staff wrote it; of a customer's message, whom the chat was given to. `customer_id` is the file that
    the log names; a name that no file has is a `visitor`.
    """

    __tablename__ = "chat_message"
    __table_args__ = (
        Index(None, "at"),
        Index(None, "customer_id"),
        one_of("sender", "customer", "staff", "system"),
        CheckConstraint("sender <> 'staff' OR staff_id IS NOT NULL", name="written_by"),
    )
    id: int | None = Field(default=None, primary_key=True)
    chat: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=UtcDateTime)
    sender: str = Field(sa_type=Text)
    staff_id: int | None = Field(default=None, sa_column=id_of("staff", nullable=True))
    customer_id: int | None = Field(default=None, sa_column=id_of("customer", nullable=True))
    visitor: str = Field(default="", sa_type=Text)
    text: str = Field(default="", sa_type=Text)
    extra: str = Field(default="", sa_type=Text)
