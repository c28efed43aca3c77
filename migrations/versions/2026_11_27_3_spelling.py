"""Corrected words of Kazakh in other scripts, and those that readers found wrong."""

import sqlalchemy as sa
from alembic import op

revision = "20261127_spelling"
down_revision = "20261127_proposals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("script", sa.String(length=12), nullable=False),
        sa.Column("word", sa.String(length=60), nullable=False),
        sa.Column("written", sa.String(length=80), nullable=False),
        sa.Column("item_kind", sa.String(length=12), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
        sa.UniqueConstraint(
            "script",
            "item_kind",
            "item_id",
            "word",
            name=op.f("uq_corrections_script_item_kind_item_id_word"),
        ),
    )
    op.create_index("ix_corrections_item", "corrections", ["item_kind", "item_id"])
    op.create_table(
        "doubtful_words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("script", sa.String(length=12), nullable=False),
        sa.Column("word", sa.String(length=60), nullable=False),
        sa.Column("written", sa.String(length=80), nullable=False),
        sa.Column("page", sa.String(length=200), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_doubtful_words")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("doubtful_words")
    op.drop_index("ix_corrections_item", table_name="corrections")
    op.drop_table("corrections")
