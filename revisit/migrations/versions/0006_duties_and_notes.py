"""Duties of departments, amounts of notes, complaints that began as cases; closed months, targets, inspections, indexes
of the reports.

Revision ID: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # plain, as in 0003: no table is copied for a constraint of a new column
    op.execute(
        "ALTER TABLE department ADD COLUMN duty TEXT DEFAULT '' NOT NULL"
        " CONSTRAINT ck_department_duty CHECK (duty IN ('marketing', 'development', 'service', ''))"
    )
    op.execute(
        "ALTER TABLE returned_goods ADD COLUMN amount_cents BIGINT"
        " CONSTRAINT ck_returned_goods_amount_cents CHECK (amount_cents > 0)"
    )
    op.execute(
        "ALTER TABLE complaint ADD COLUMN case_id INTEGER CONSTRAINT fk_complaint_case_id REFERENCES case_ (id)"
    )
    op.create_index(op.f("ix_complaint_case_id"), "complaint", ["case_id"], unique=True)
    op.create_table(
        "closed_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_report")),
        sa.UniqueConstraint("label", name=op.f("uq_closed_report_label")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_closed_report_staff_id")),
    )
    op.create_table(
        "target",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
        sa.UniqueConstraint("staff_id", "month", "indicator", name=op.f("uq_target_staff_id_month_indicator")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_target_staff_id")),
        sa.ForeignKeyConstraint(["set_by"], ["staff.id"], name=op.f("fk_target_set_by")),
    )
    op.create_table(
        "inspection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=False),
        sa.Column("rep_id", sa.Integer(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
        sa.UniqueConstraint("number", name=op.f("uq_inspection_number")),
        sa.ForeignKeyConstraint(["rep_id"], ["staff.id"], name=op.f("fk_inspection_rep_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_inspection_staff_id")),
    )
    op.create_table(
        "inspected",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inspection_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("revisit_id", sa.Integer(), nullable=False),
        sa.Column("rep_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("checked_by", sa.Integer(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspected")),
        sa.UniqueConstraint("inspection_id", "place", name=op.f("uq_inspected_inspection_id_place")),
        sa.CheckConstraint("verdict IN ('right', 'minor', 'major', '')", name=op.f("ck_inspected_verdict")),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspection.id"], name=op.f("fk_inspected_inspection_id")),
        sa.ForeignKeyConstraint(["revisit_id"], ["revisit.id"], name=op.f("fk_inspected_revisit_id")),
        sa.ForeignKeyConstraint(["rep_id"], ["staff.id"], name=op.f("fk_inspected_rep_id")),
        sa.ForeignKeyConstraint(["checked_by"], ["staff.id"], name=op.f("fk_inspected_checked_by")),
    )
    op.create_index(op.f("ix_inspected_revisit_id"), "inspected", ["revisit_id"])
    op.create_index(op.f("ix_standing_kind_until_on"), "standing", ["kind", "until_on"])
    op.create_index(op.f("ix_follow_up_met_on"), "follow_up", ["met_on"])
