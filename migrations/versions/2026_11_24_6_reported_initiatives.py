"""Reports and decisions about initiatives."""

import sqlalchemy as sa
from alembic import op

revision = "20261124_reported_initiatives"
down_revision = "20261124_pages"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    for table in ("reports", "decisions"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("initiative_id", sa.Integer(), nullable=True))
            batch_op.create_foreign_key(
                batch_op.f(f"fk_{table}_initiative_id_initiatives"),
                "initiatives",
                ["initiative_id"],
                ["id"],
                ondelete="CASCADE",
            )
            batch_op.create_index(
                batch_op.f(f"ix_{table}_initiative_id"), ["initiative_id"], unique=False
            )


def downgrade() -> None:
    """Take back."""
    for table in ("decisions", "reports"):
        op.execute(f"DELETE FROM {table} WHERE initiative_id IS NOT NULL")  # noqa: S608 - our names
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_index(batch_op.f(f"ix_{table}_initiative_id"))
            batch_op.drop_constraint(
                batch_op.f(f"fk_{table}_initiative_id_initiatives"), type_="foreignkey"
            )
            batch_op.drop_column("initiative_id")
