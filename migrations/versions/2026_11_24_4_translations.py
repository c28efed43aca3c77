"""translations."""

revision = "20261124_translations"
down_revision = "20261124_initiatives"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Take back."""
