"""Imports that can be undone, what is remembered of their sources, files that were merged.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("import_batch", sa.Column("source", sa.Text(), nullable=False, server_default=""))
    op.add_column("import_batch", sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("import_batch", sa.Column("undone_by", sa.Text(), nullable=False, server_default=""))
    _images()
    op.create_table(
        "import_mapping",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_import_mapping_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_mapping")),
        sa.UniqueConstraint("kind", "source", "title", name=op.f("uq_import_mapping_kind_source_title")),
    )
    op.create_table(
        "import_alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("written", sa.Text(), nullable=False),
        sa.Column("meant", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_import_alias_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_alias")),
        sa.UniqueConstraint("kind", "source", "field", "written", name=op.f("uq_import_alias_kind_source_field_written")),
    )
    # plain: a table that is rebuilt for a foreign key would lose nothing, but cost a copy of every customer
    op.execute(
        "ALTER TABLE customer ADD COLUMN merged_into INTEGER CONSTRAINT fk_customer_merged_into REFERENCES customer (id)"
    )
    merged = sa.text("merged_into IS NOT NULL")
    op.create_index(
        op.f("ix_customer_merged_into"), "customer", ["merged_into"], sqlite_where=merged, postgresql_where=merged
    )
    op.create_table(
        "distinct_pair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_distinct_pair_customer_id")),
        sa.ForeignKeyConstraint(["other_id"], ["customer.id"], name=op.f("fk_distinct_pair_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distinct_pair")),
        sa.UniqueConstraint("customer_id", "other_id", name=op.f("uq_distinct_pair_customer_id_other_id")),
    )
    op.create_index(op.f("ix_distinct_pair_other_id"), "distinct_pair", ["other_id"])


def _images() -> None:
    """Each image named one row so far; from now on those of rows that were made name a range."""
    op.add_column("import_change", sa.Column("last_id", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("import_change", sa.Column("sheet", sa.Text(), nullable=False, server_default=""))
    op.add_column("import_change", sa.Column("row_numbers", sa.Text(), nullable=False, server_default=""))
    op.execute("UPDATE import_change SET last_id = row_id, row_numbers = coalesce(CAST(row_number AS TEXT), '')")
    op.drop_column("import_change", "row_number")
    op.create_index(op.f("ix_import_change_table_name_row_id"), "import_change", ["table_name", "row_id"])
