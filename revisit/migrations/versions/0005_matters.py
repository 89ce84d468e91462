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
    _complaint()
    _service()
    _survey()
    _chats()


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


def _service() -> None:
    op.create_table(
        "service_job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("wanted_on", sa.Date(), nullable=True),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worker_id", sa.Integer(), nullable=True),
        sa.Column("approver_id", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fee_cents", sa.BigInteger(), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("signed_by", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('paid', 'contract', 'free', 'internal')", name=op.f("ck_service_job_kind")),
        sa.CheckConstraint("place IN ('on-site', 'remote')", name=op.f("ck_service_job_place")),
        sa.CheckConstraint(
            "state IN ('waiting', 'dispatched', 'started', 'finished', 'done', 'cancelled')",
            name=op.f("ck_service_job_state"),
        ),
        sa.CheckConstraint("(kind = 'internal') = (customer_id IS NULL)", name=op.f("ck_service_job_customer")),
        sa.CheckConstraint(
            "CASE WHEN fee_cents IS NULL THEN kind <> 'paid' OR state NOT IN ('finished', 'done')"
            " ELSE kind = 'paid' AND fee_cents > 0 END",
            name=op.f("ck_service_job_fee"),
        ),
        sa.CheckConstraint(
            "worker_id IS NOT NULL OR state IN ('waiting', 'cancelled')", name=op.f("ck_service_job_worker")
        ),
        sa.CheckConstraint(
            "(place = 'on-site' OR approver_id IS NOT NULL OR state IN ('waiting', 'cancelled'))"
            " AND (approver_id IS NULL OR approver_id <> staff_id)",
            name=op.f("ck_service_job_approver"),
        ),
        sa.CheckConstraint(
            "(started_at IS NULL OR started_at >= asked_at)"
            " AND (ended_at IS NULL OR (started_at IS NOT NULL AND ended_at >= started_at))"
            " AND (signed_at IS NULL OR signed_at >= ended_at)"
            " AND (state NOT IN ('finished', 'done') OR ended_at IS NOT NULL)",
            name=op.f("ck_service_job_times"),
        ),
        sa.CheckConstraint(
            "(signed_at IS NOT NULL) = (signed_by <> '')"
            " AND (signed_at IS NOT NULL) = (state = 'done' AND kind <> 'internal')",
            name=op.f("ck_service_job_signed"),
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_service_job_customer_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_service_job_staff_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["staff.id"], name=op.f("fk_service_job_worker_id")),
        sa.ForeignKeyConstraint(["approver_id"], ["staff.id"], name=op.f("fk_service_job_approver_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_job")),
        sa.UniqueConstraint("number", name=op.f("uq_service_job_number")),
    )
    op.create_index(op.f("ix_service_job_customer_id"), "service_job", ["customer_id"])
    op.create_index(op.f("ix_service_job_state"), "service_job", ["state"])


def _survey() -> None:
    grades = "'very-satisfied', 'satisfied', 'fair', 'poor'"
    items = ("attitude", "skill", "arrival", "promises")
    op.create_table(
        "survey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("revisit_id", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(item, sa.Text(), nullable=False) for item in items),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("grave", sa.Boolean(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=False),
        *(sa.CheckConstraint(f"{item} IN ({grades})", name=op.f(f"ck_survey_{item}")) for item in items),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_survey_customer_id")),
        sa.ForeignKeyConstraint(["job_id"], ["service_job.id"], name=op.f("fk_survey_job_id")),
        sa.ForeignKeyConstraint(["revisit_id"], ["revisit.id"], name=op.f("fk_survey_revisit_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_survey_staff_id")),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_survey_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_survey_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey")),
        sa.UniqueConstraint("number", name=op.f("uq_survey_number")),
    )
    op.create_index(op.f("ix_survey_customer_id"), "survey", ["customer_id"])
    op.create_index(op.f("ix_survey_job_id"), "survey", ["job_id"])
    op.create_index(op.f("ix_survey_asked_on"), "survey", ["asked_on"])


def _chats() -> None:
    op.create_table(
        "chat_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("visitor", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("extra", sa.Text(), nullable=False),
        sa.CheckConstraint("sender IN ('customer', 'staff', 'system')", name=op.f("ck_chat_message_sender")),
        sa.CheckConstraint("sender <> 'staff' OR staff_id IS NOT NULL", name=op.f("ck_chat_message_written_by")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_chat_message_customer_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_chat_message_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_message")),
    )
    op.create_index(op.f("ix_chat_message_at"), "chat_message", ["at"])
    op.create_index(op.f("ix_chat_message_customer_id"), "chat_message", ["customer_id"])


def _complaint() -> None:
    op.create_table(
        "complaint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("batch_number", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("shipped_on", sa.Date(), nullable=True),
        sa.Column("demand", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("upheld", sa.Boolean(), nullable=False),
        sa.Column("responsible_id", sa.Integer(), nullable=True),
        sa.Column("supplier_liable", sa.Boolean(), nullable=False),
        sa.Column("loss_cents", sa.BigInteger(), nullable=True),
        sa.Column("settlement", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("approval_id", sa.Integer(), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.CheckConstraint("amount_cents >= 0 AND (settlement IN ('', 'none')) = (amount_cents = 0) AND (amount_cents = 0) = (approval_id IS NULL)", name=op.f("ck_complaint_amount_cents")),
        sa.CheckConstraint("(state NOT IN ('closed', 'reviewed') OR (result <> '' AND answered_on IS NOT NULL)) AND (state IN ('closed', 'reviewed')) = (closed_on IS NOT NULL)", name=op.f("ck_complaint_ended")),
        sa.CheckConstraint("kind IN ('quality', 'non-quality', '')", name=op.f("ck_complaint_kind")),
        sa.CheckConstraint('loss_cents IS NULL OR loss_cents >= 0', name=op.f("ck_complaint_loss_cents")),
        sa.CheckConstraint('parent_id IS NULL OR parent_id <> id', name=op.f("ck_complaint_parent_id")),
        sa.CheckConstraint('quantity IS NULL OR quantity > 0', name=op.f("ck_complaint_quantity")),
        sa.CheckConstraint("state IN ('accepted', 'investigating', 'investigated', 'reported') OR settlement <> ''", name=op.f("ck_complaint_settled")),
        sa.CheckConstraint("settlement IN ('none', 'refund', 'discount', 'return', 'replacement', 'repair', 'compensation', '')", name=op.f("ck_complaint_settlement")),
        sa.CheckConstraint("severity IN ('ordinary', 'severe')", name=op.f("ck_complaint_severity")),
        sa.CheckConstraint("state IN ('accepted', 'investigating', 'investigated', 'reported', 'proposed', 'settled', 'told', 'closed', 'reviewed', 'refused')", name=op.f("ck_complaint_state")),
        sa.CheckConstraint("urgency IN ('ordinary', 'urgent')", name=op.f("ck_complaint_urgency")),
        sa.ForeignKeyConstraint(["approval_id"], ["approval.id"], name=op.f("fk_complaint_approval_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_complaint_customer_id")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_complaint_department_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["complaint.id"], name=op.f("fk_complaint_parent_id")),
        sa.ForeignKeyConstraint(["responsible_id"], ["department.id"], name=op.f("fk_complaint_responsible_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_complaint_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
        sa.UniqueConstraint("number", name=op.f("uq_complaint_number")),
    )
    op.create_index(op.f("ix_complaint_customer_id"), "complaint", ["customer_id"])
    op.create_index(op.f("ix_complaint_parent_id"), "complaint", ["parent_id"])
    op.create_index(op.f("ix_complaint_state"), "complaint", ["state"])
    op.create_table(
        "measure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.CheckConstraint("(state = 'planned') = (ended_on IS NULL)", name=op.f("ck_measure_ended_on")),
        sa.CheckConstraint("state <> 'exempt' OR result <> ''", name=op.f("ck_measure_exempt")),
        sa.CheckConstraint("state IN ('planned', 'done', 'exempt')", name=op.f("ck_measure_state")),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_measure_complaint_id")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_measure_department_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_measure_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure")),
    )
    op.create_index(op.f("ix_measure_complaint_id"), "measure", ["complaint_id"])
    op.create_index(op.f("ix_measure_state"), "measure", ["state"])
    op.create_table(
        "returned_goods",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("goods", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("note_number", sa.Text(), nullable=False),
        sa.Column("announced", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=True),
        sa.Column("receiver_id", sa.Integer(), nullable=True),
        sa.Column("approved", sa.BigInteger(), nullable=True),
        sa.Column("approver_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint("(state = 'approved') = (approved IS NOT NULL)", name=op.f("ck_returned_goods_approval")),
        sa.CheckConstraint('approved IS NULL OR (approved >= 0 AND approved <= received)', name=op.f("ck_returned_goods_approved")),
        sa.CheckConstraint('approver_id IS NULL OR approver_id <> receiver_id', name=op.f("ck_returned_goods_approver")),
        sa.CheckConstraint("note IN ('return', 'discount')", name=op.f("ck_returned_goods_note")),
        sa.CheckConstraint('announced > 0 AND (received IS NULL OR received >= 0)', name=op.f("ck_returned_goods_quantities")),
        sa.CheckConstraint("(state = 'announced') = (received IS NULL)", name=op.f("ck_returned_goods_received")),
        sa.CheckConstraint("state IN ('announced', 'received', 'approved')", name=op.f("ck_returned_goods_state")),
        sa.ForeignKeyConstraint(["approver_id"], ["staff.id"], name=op.f("fk_returned_goods_approver_id")),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_returned_goods_complaint_id")),
        sa.ForeignKeyConstraint(["receiver_id"], ["staff.id"], name=op.f("fk_returned_goods_receiver_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_returned_goods_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returned_goods")),
    )
    op.create_index(op.f("ix_returned_goods_complaint_id"), "returned_goods", ["complaint_id"])
