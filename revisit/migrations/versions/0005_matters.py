"""Approvals with their signatures, the service register, the opinion survey, chats, complaints.

Revision ID: 0005
"""

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
