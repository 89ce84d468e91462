"""Duties of departments, amounts of notes, complaints that began as cases.

Revision ID: 0006
"""

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
