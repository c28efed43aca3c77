"""pages."""

revision = "20261124_pages"
down_revision = "20261124_translations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Take back."""
