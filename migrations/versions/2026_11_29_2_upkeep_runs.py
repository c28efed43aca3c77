"""What runs by itself or by a command, and when it last did."""

import sqlalchemy as sa
from alembic import op

from portal.db.types import Instant

revision = "20261129_upkeep_runs"
down_revision = "20261129_served_versions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "upkeep_runs",
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("ran_at", Instant(timezone=True), nullable=False),
        sa.Column("found_at", Instant(timezone=True), nullable=True),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_upkeep_runs")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("upkeep_runs")
