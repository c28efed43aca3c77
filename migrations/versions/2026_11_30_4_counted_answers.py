"""The numbers of an event's answers are counted from an index alone."""

from alembic import op

revision = "20261130_counted_answers"
down_revision = "20261130_found_by_few"
branch_labels = None
depends_on = None
# Adds an index alone: a replica of the version before goes on beside it.
oldest_served = "20261129_many_sign_ups"


def upgrade() -> None:
    """Apply."""
    op.create_index(
        "ix_feedback_answers_numbers", "feedback_answers", ["event_id", "rating", "recommend"]
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_feedback_answers_numbers", table_name="feedback_answers")
