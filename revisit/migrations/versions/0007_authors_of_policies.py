"""Who wrote a policy, beside who adopted it; indexes that know an endless series from what falls due on a day.

Revision ID: 0007
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ADOPTIONS = "SELECT row_id, change FROM audit WHERE table_name = 'policy_version' AND action = 'adopt' ORDER BY id"


def upgrade() -> None:
    op.add_column("policy_version", sa.Column("written_by", sa.Text(), nullable=False, server_default=""))
    _authors()
    dated, endless = sa.text("due_by IS NOT NULL"), sa.text("due_by IS NULL")
    op.drop_index(op.f("ix_follow_up_due_by"), "follow_up")
    op.create_index(op.f("ix_follow_up_due_by"), "follow_up", ["due_by"], sqlite_where=dated, postgresql_where=dated)
    op.create_index(
        "ix_follow_up_endless", "follow_up", ["opens_on", "ended_on"], sqlite_where=endless, postgresql_where=endless
    )
    prospects = sa.text("name = 'kind' AND value = 'prospect'")
    op.create_index(
        "ix_fact_prospects", "fact", ["customer_id"], sqlite_where=prospects, postgresql_where=prospects
    )
    op.drop_index(op.f("ix_standing_kind_from_on"), "standing")
    op.create_index(op.f("ix_standing_kind_from_on_until_on"), "standing", ["kind", "from_on", "until_on"])


def _authors() -> None:
    """The author stood in the record of the adoption alone."""
    connection = op.get_bind()
    for row_id, change in connection.execute(sa.text(ADOPTIONS)).fetchall():
        _before, author = json.loads(change).get("author", (None, None))
        if author:
            connection.execute(
                sa.text("UPDATE policy_version SET written_by = :author WHERE id = :id"), {"author": author, "id": row_id}
            )
