"""Indexes for a hundred thousand events and a million sign-ups."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_many_sign_ups"
down_revision = "20261129_content_changes"
branch_labels = None
depends_on = None

HELD = "held_until IS NOT NULL"
HELD_NOW = "held_until IS NOT NULL AND status <> 'cancelled'"


def upgrade() -> None:
    """Apply."""
    op.drop_index(op.f("ix_events_initiative_id"), table_name="events")
    op.create_index(
        "ix_events_of_initiative", "events", ["initiative_id", "visibility", "starts_at"]
    )
    op.create_index("ix_events_newest", "events", ["visibility", "published_at", "id"])
    op.create_index("ix_registrations_order", "registrations", ["event_id", "queue_number"])
    op.drop_index("ix_registrations_held_until", table_name="registrations")
    op.create_index(
        "ix_registrations_held",
        "registrations",
        ["held_until"],
        sqlite_where=sa.text(HELD_NOW),
        postgresql_where=sa.text(HELD_NOW),
    )
    op.create_index(
        "ix_results_newest_of_kind", "results", ["item_kind", "published_at", "item_id"]
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_results_newest_of_kind", table_name="results")
    op.drop_index("ix_registrations_held", table_name="registrations")
    op.create_index(
        "ix_registrations_held_until",
        "registrations",
        ["held_until"],
        sqlite_where=sa.text(HELD),
        postgresql_where=sa.text(HELD),
    )
    op.drop_index("ix_registrations_order", table_name="registrations")
    op.drop_index("ix_events_newest", table_name="events")
    op.drop_index("ix_events_of_initiative", table_name="events")
    op.create_index(op.f("ix_events_initiative_id"), "events", ["initiative_id"])
