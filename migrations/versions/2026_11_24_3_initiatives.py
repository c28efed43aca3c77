"""initiatives."""

revision = "20261124_initiatives"
down_revision = "20261124_stories"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Take back."""
