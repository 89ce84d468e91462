"""The tables of those who lead: months closed with their figures, targets, inspections of records."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from revisit.models.columns import UtcDateTime, id_of, one_of


class ClosedReport(SQLModel, table=True):
    """A month whose figures are closed: by whom, when, and the document that was frozen (canonical JSON: figures, policies,
    calendar, head of the audit) with its hash (SHA-256, hexadecimal)."""

    __tablename__ = "closed_report"
    __table_args__ = (UniqueConstraint("label"),)
    id: int | None = Field(default=None, primary_key=True)
    label: str = Field(sa_type=Text)
    closed_at: datetime = Field(sa_type=UtcDateTime)
    staff_id: int = Field(sa_column=id_of("staff"))
    document: str = Field(sa_type=Text)
    sha256: str = Field(sa_type=Text)


class Target(SQLModel, table=True):
    """What somebody is to reach in a month (its first day): an indicator of the policy and its value, in thousandths of its unit
    (things, percent, points)."""

    __table_args__ = (UniqueConstraint("staff_id", "month", "indicator"),)
    id: int | None = Field(default=None, primary_key=True)
    staff_id: int = Field(sa_column=id_of("staff"))
    month: date = Field(sa_type=Date)
    indicator: str = Field(sa_type=Text)
    value: int = Field(sa_type=BigInteger)
    set_by: int = Field(sa_column=id_of("staff"))
    set_at: datetime = Field(sa_type=UtcDateTime)


class Inspection(SQLModel, table=True):
    """A random sample of the records of some days, of one person (`rep_id`) or of a team; `seed` and the records (so many were
    there: `population`) make it again."""

    __table_args__ = (UniqueConstraint("number"),)
    id: int | None = Field(default=None, primary_key=True)
    number: int
    start_on: date = Field(sa_type=Date)
    end_on: date = Field(sa_type=Date)
    rep_id: int | None = Field(default=None, sa_column=id_of("staff", nullable=True))
    size: int
    seed: str = Field(sa_type=Text)
    population: int
    staff_id: int = Field(sa_column=id_of("staff"))
    made_at: datetime = Field(sa_type=UtcDateTime)


class Inspected(SQLModel, table=True):
    """A record of a sample (`revisit_id`: the version that was drawn, made by `rep_id`), and what was found: `verdict` is empty
    until it was checked; `evidence` names a recording or a chat."""

    __table_args__ = (
        UniqueConstraint("inspection_id", "place"),
        Index(None, "revisit_id"),
        one_of("verdict", "right", "minor", "major", empty=True),
    )
    id: int | None = Field(default=None, primary_key=True)
    inspection_id: int = Field(sa_column=id_of("inspection"))
    place: int
    revisit_id: int = Field(sa_column=id_of("revisit"))
    rep_id: int = Field(sa_column=id_of("staff"))
    verdict: str = Field(default="", sa_type=Text)
    finding: str = Field(default="", sa_type=Text)
    evidence: str = Field(default="", sa_type=Text)
    checked_by: int | None = Field(default=None, sa_column=id_of("staff", nullable=True))
    checked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
