"""What leads to few rows has an index that reads no others."""

from alembic import op

revision = "20261130_found_by_few"
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
    _index_stories_by(AFTER)
    op.create_index("ix_initiatives_newest", "initiatives", ["visibility", "published_at", "id"])
    op.create_index("ix_organizations_suspended_at", "organizations", ["suspended_at"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_organizations_suspended_at", table_name="organizations")
    op.drop_index("ix_initiatives_newest", table_name="initiatives")
    _index_stories_by(BEFORE)


def _index_stories_by(columns: dict[str, list[str]]) -> None:
    for name, listed in columns.items():
        op.drop_index(name, table_name="stories")
        op.create_index(name, "stories", listed)
