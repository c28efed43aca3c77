"""The list of what an organisation holds is found without touching the table."""

from alembic import op

revision = "20261130_held_events"
down_revision = "20261130_stories_of_initiatives"
branch_labels = None
depends_on = None
# Changes an index alone: a replica of the version before goes on beside it.
oldest_served = "20261129_many_sign_ups"

INDEX = "ix_events_of_organization"
FIRST = ["organization_id", "starts_at"]
REST = ["id", "ends_at", "published_at", "visibility", "status"]


def upgrade() -> None:
    """Apply."""
    op.drop_index(INDEX, table_name="events")
    op.create_index(INDEX, "events", FIRST + REST)


def downgrade() -> None:
    """Take back."""
    op.drop_index(INDEX, table_name="events")
    op.create_index(INDEX, "events", FIRST)
