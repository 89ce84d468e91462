"""The tables of imports: batches, what each made and changed, what a person said of files of one source."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from revisit.models.columns import UtcDateTime, id_of


class ImportBatch(SQLModel, table=True):
    """One import (or merge of two files, kind `merge`): the file by its hash, who, when, and its counts as JSON.

    `source` knows files of one origin by their header (`intake.headers.source_of`); `undone_by` is a login.
    """

    __tablename__ = "import_batch"
    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(sa_type=Text)
    file_name: str = Field(sa_type=Text)
    sha256: str = Field(sa_type=Text, index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    staff_id: int = Field(sa_column=id_of("staff"))
    counts: str = Field(sa_type=Text)
    source: str = Field(default="", sa_type=Text)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    undone_by: str = Field(default="", sa_type=Text)


class ImportChange(SQLModel, table=True):
    """Rows that an import made (`before` is empty), `row_id` to `last_id`, or one that it changed (`before`: old cells as JSON).

    `row_numbers` are the rows of the sheet that did it, in the order of the ids (their form: `intake.images`).
    """

    __tablename__ = "import_change"
    __table_args__ = (Index(None, "batch_id"), Index(None, "table_name", "row_id"))
    id: int | None = Field(default=None, primary_key=True)
    batch_id: int = Field(sa_column=id_of("import_batch"))
    table_name: str = Field(sa_type=Text)
    row_id: int
    last_id: int
    sheet: str = Field(default="", sa_type=Text)
    row_numbers: str = Field(default="", sa_type=Text)
    before: str = Field(default="", sa_type=Text)


class ImportMapping(SQLModel, table=True):
    """Files of this source: the column of that title is this field (empty: none). What a person said with `--map`."""

    __tablename__ = "import_mapping"
    __table_args__ = (UniqueConstraint("kind", "source", "title"),)
    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(sa_type=Text)
    source: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    field: str = Field(sa_type=Text)
    batch_id: int = Field(sa_column=id_of("import_batch"))


class ImportAlias(SQLModel, table=True):
    """Files of this source: what is written so in that field means this. A fix that a person accepted."""

    __tablename__ = "import_alias"
    __table_args__ = (UniqueConstraint("kind", "source", "field", "written"),)
    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(sa_type=Text)
    source: str = Field(sa_type=Text)
    field: str = Field(sa_type=Text)
    written: str = Field(sa_type=Text)
    meant: str = Field(sa_type=Text)
    batch_id: int = Field(sa_column=id_of("import_batch"))
