"""The initiative that a story tells of; those written before tell of none by themselves."""

import sqlalchemy as sa
from alembic import op

revision = "20261130_stories_of_initiatives"
down_revision = "20261129_taken_lists"
branch_labels = None
depends_on = None
# Only adds: a replica of the version before goes on beside it.
oldest_served = "20261129_many_sign_ups"


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("stories", schema=None) as batch_op:
        batch_op.add_column(sa.Column("initiative_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_stories_initiative_id_initiatives"),
            "initiatives",
            ["initiative_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_index(
            batch_op.f("ix_stories_initiative_id"), ["initiative_id"], unique=False
        )


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("stories", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stories_initiative_id"))
        batch_op.drop_constraint(
            batch_op.f("fk_stories_initiative_id_initiatives"), type_="foreignkey"
        )
        batch_op.drop_column("initiative_id")
