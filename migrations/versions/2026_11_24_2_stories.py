"""stories."""

revision = "20261124_stories"
down_revision = "20261124_media"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Take back."""
