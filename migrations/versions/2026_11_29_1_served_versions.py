"""Whose code the schema serves, for replicas of two releases beside one another."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_served_versions"
down_revision = "20261127_revision"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "served_versions",
        sa.Column("version", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_served_versions")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("served_versions")
