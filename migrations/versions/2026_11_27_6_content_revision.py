"""The number that every change of public content raises."""

import sqlalchemy as sa
from alembic import op

revision = "20261127_revision"
down_revision = "20261127_funding_of_stories"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    table = op.create_table(
        "content_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_content_revision_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_revision")),
    )
    op.bulk_insert(table, [{"id": 1, "number": 1}])


def downgrade() -> None:
    """Take back."""
    op.drop_table("content_revision")
