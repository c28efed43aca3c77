"""media."""

revision = "20261124_media"
down_revision = "20261123_the_loop"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Take back."""
