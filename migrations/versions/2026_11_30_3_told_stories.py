"""The list of what an organisation or an author has told is found without touching the table."""

from alembic import op

revision = "20261130_told_stories"
down_revision = "20261130_held_events"
branch_labels = None
depends_on = None
# Changes indexes alone: a replica of the version before goes on beside it.
oldest_served = "20261129_many_sign_ups"

REST = ["published_at", "id", "visibility"]
BEFORE = {
    "ix_stories_of_organization": ["organization_id", "state"],
    "ix_stories_author_id": ["author_id"],
}
AFTER = {
    "ix_stories_of_organization": ["organization_id", *REST, "languages"],
    "ix_stories_author_id": ["author_id", *REST, "byline"],
}


def upgrade() -> None:
    """Apply."""
    _index_by(AFTER)


def downgrade() -> None:
    """Take back."""
    _index_by(BEFORE)


def _index_by(columns: dict[str, list[str]]) -> None:
    for name, listed in columns.items():
        op.drop_index(name, table_name="stories")
        op.create_index(name, "stories", listed)
