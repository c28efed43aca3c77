"""Who took the list of an event's participants along."""

import sqlalchemy as sa
from alembic import op

from portal.db.types import Instant

revision = "20261129_taken_lists"
down_revision = "20261129_many_sign_ups"
branch_labels = None
depends_on = None
# Only adds: a replica of the version before goes on beside it.
oldest_served = "20261129_many_sign_ups"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "taken_lists",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("taken_at", Instant(timezone=True), nullable=False),
        sa.Column("form", sa.String(length=4), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["events.id"],
            name=op.f("fk_taken_lists_event_id_events"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_taken_lists_person_id_people"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taken_lists")),
    )
    for column in ("event_id", "person_id", "taken_at"):
        op.create_index(op.f(f"ix_taken_lists_{column}"), "taken_lists", [column])


def downgrade() -> None:
    """Take back."""
    op.drop_table("taken_lists")
