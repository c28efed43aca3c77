"""What the latest changes of public content were of."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_content_changes"
down_revision = "20261129_upkeep_runs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "content_changes",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_content_changes")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("content_changes")
