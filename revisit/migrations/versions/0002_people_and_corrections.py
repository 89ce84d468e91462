"""Posts and abilities of the staff, waivers with reason and end, planned follow-ups, corrections, search.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROLES = "role IN ('representative', 'supervisor', 'administrator', 'approver', 'auditor')"


def upgrade() -> None:
    # databases of the first days of 0001 were made without it
    op.create_index(op.f("ix_order__ordered_on"), "order_", ["ordered_on"], unique=False, if_not_exists=True)
    op.add_column("department", sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("staff") as staff:
        staff.add_column(sa.Column("post", sa.Text(), nullable=False, server_default=""))
        staff.add_column(sa.Column("ability_percent", sa.Integer(), nullable=False, server_default="100"))
        staff.drop_constraint(op.f("ck_staff_role"), type_="check")
        staff.create_check_constraint(op.f("ck_staff_role"), ROLES)
    op.add_column("customer", sa.Column("search", sa.Text(), nullable=False, server_default=""))
    op.add_column("revisit", sa.Column("change_reason", sa.Text(), nullable=False, server_default=""))
    op.add_column("booking", sa.Column("person", sa.Text(), nullable=False, server_default=""))
    op.add_column("booking", sa.Column("planned", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("allocation", sa.Column("temporary", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("fact", sa.Column("until_on", sa.Date(), nullable=True))
    op.add_column("fact", sa.Column("reason", sa.Text(), nullable=False, server_default=""))
