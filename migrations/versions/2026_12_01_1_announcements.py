"""What followers of initiatives have yet to hear."""

import sqlalchemy as sa
from alembic import op

revision = "20261201_announcements"
down_revision = "20261130_counted_answers"
branch_labels = None
depends_on = None
# Adds a table alone: a replica of the version before tells followers by itself, beside it.
oldest_served = "20261129_many_sign_ups"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "initiative_announcements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_up_to", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["initiative_id"],
            ["initiatives.id"],
            name=op.f("fk_initiative_announcements_initiative_id_initiatives"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_initiative_announcements")),
    )
    with op.batch_alter_table("initiative_announcements", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_initiative_announcements_initiative_id"), ["initiative_id"], unique=False
        )


def downgrade() -> None:
    """Take back."""
    op.drop_table("initiative_announcements")
