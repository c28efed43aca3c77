"""The letter that a follower of an initiative was told by last."""

import sqlalchemy as sa
from alembic import op

revision = "20261127_followers"
down_revision = "20261124_reported_initiatives"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("initiative_follows", schema=None) as batch_op:
        batch_op.add_column(sa.Column("notice_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_initiative_follows_notice_id_notices"),
            "notices",
            ["notice_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_index(
            batch_op.f("ix_initiative_follows_notice_id"), ["notice_id"], unique=False
        )


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("initiative_follows", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_initiative_follows_notice_id"))
        batch_op.drop_constraint(
            batch_op.f("fk_initiative_follows_notice_id_notices"), type_="foreignkey"
        )
        batch_op.drop_column("notice_id")
