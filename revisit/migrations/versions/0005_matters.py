"""Approvals with their signatures, the service register, the opinion survey, chats, complaints.

Revision ID: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _approval()


def _approval() -> None:
    op.create_table(
        "approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("asker_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=True),
        sa.Column("credit_limit_cents", sa.BigInteger(), nullable=True),
        sa.Column("old_credit_limit_cents", sa.BigInteger(), nullable=True),
        sa.Column("term_days", sa.Integer(), nullable=True),
        sa.Column("old_term_days", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("matter_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('documents', 'credit', 'term', 'settlement', 'remote-service')", name=op.f("ck_approval_kind")
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'signed', 'approved', 'rejected', 'withdrawn')", name=op.f("ck_approval_state")
        ),
        sa.CheckConstraint("(state IN ('asked', 'signed')) = (ended_at IS NULL)", name=op.f("ck_approval_ended_at")),
        sa.CheckConstraint("(matter = '') = (matter_id IS NULL)", name=op.f("ck_approval_matter")),
        sa.CheckConstraint(
            "(kind = 'settlement') = (amount_cents IS NOT NULL)"
            " AND (kind <> 'credit' OR credit_limit_cents IS NOT NULL) AND (kind <> 'term' OR term_days IS NOT NULL)"
            " AND (kind IN ('credit', 'term') OR (credit_limit_cents IS NULL AND term_days IS NULL))",
            name=op.f("ck_approval_wanted"),
        ),
        sa.ForeignKeyConstraint(["asker_id"], ["staff.id"], name=op.f("fk_approval_asker_id")),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_approval_batch_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_approval_customer_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_approval_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
        sa.UniqueConstraint("number", name=op.f("uq_approval_number")),
    )
    op.create_index(op.f("ix_approval_customer_id"), "approval", ["customer_id"])
    op.create_index(op.f("ix_approval_state"), "approval", ["state"])
    op.create_index(op.f("ix_approval_matter_matter_id"), "approval", ["matter", "matter_id"])
    op.create_index(op.f("ix_approval_batch_id"), "approval", ["batch_id"])
    op.create_table(
        "delegation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_delegation_days")),
        sa.CheckConstraint("deputy_id <> holder_id", name=op.f("ck_delegation_deputy")),
        sa.ForeignKeyConstraint(["deputy_id"], ["staff.id"], name=op.f("fk_delegation_deputy_id")),
        sa.ForeignKeyConstraint(["holder_id"], ["staff.id"], name=op.f("fk_delegation_holder_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_delegation_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    op.create_index(op.f("ix_delegation_deputy_id"), "delegation", ["deputy_id"])
    op.create_index(op.f("ix_delegation_holder_id"), "delegation", ["holder_id"])
    op.create_table(
        "signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("approval_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.Column("delegation_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("void_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(holder_id IS NULL) = (delegation_id IS NULL)", name=op.f("ck_signature_holder")),
        sa.CheckConstraint("holder_id IS NULL OR holder_id <> staff_id", name=op.f("ck_signature_deputy")),
        sa.ForeignKeyConstraint(["approval_id"], ["approval.id"], name=op.f("fk_signature_approval_id")),
        sa.ForeignKeyConstraint(["delegation_id"], ["delegation.id"], name=op.f("fk_signature_delegation_id")),
        sa.ForeignKeyConstraint(["holder_id"], ["staff.id"], name=op.f("fk_signature_holder_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_signature_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
        sa.UniqueConstraint("approval_id", "round", "step", name=op.f("uq_signature_approval_id_round_step")),
        sa.UniqueConstraint("approval_id", "round", "staff_id", name=op.f("uq_signature_approval_id_round_staff_id")),
    )
