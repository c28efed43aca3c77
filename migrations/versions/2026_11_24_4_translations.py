"""How far items are translated, requests of readers, links for volunteers, and small fixes."""

import sqlalchemy as sa
from alembic import op

revision = "20261124_translations"
down_revision = "20261124_initiatives"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "revisions",
        sa.Column("is_small_fix", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.create_table(
        "translation_ledger",
        sa.Column("item_kind", sa.String(length=20), nullable=False),
        sa.Column("item_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("is_original", sa.Boolean(), nullable=False),
        sa.Column("translated", sa.Integer(), nullable=False),
        sa.Column("drafts", sa.Integer(), nullable=False),
        sa.Column("outdated", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "translated >= 0 AND drafts >= 0 AND outdated >= 0 AND missing >= 0",
            name=op.f("ck_translation_ledger_counts_positive"),
        ),
        sa.PrimaryKeyConstraint(
            "item_kind", "item_id", "language", name=op.f("pk_translation_ledger")
        ),
    )
    op.create_table(
        "translation_requests",
        sa.Column("item_kind", sa.String(length=20), nullable=False),
        sa.Column("item_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("asker", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "item_kind", "item_id", "language", "asker", name=op.f("pk_translation_requests")
        ),
    )
    op.create_table(
        "translation_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("item_kind", sa.String(length=20), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["people.id"],
            name=op.f("fk_translation_links_made_by_people"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_translation_links")),
        sa.UniqueConstraint("digest", name=op.f("uq_translation_links_digest")),
        sa.UniqueConstraint("public_id", name=op.f("uq_translation_links_public_id")),
    )
    op.create_index(
        "ix_translation_links_item", "translation_links", ["item_kind", "item_id", "language"]
    )
    op.create_index(op.f("ix_translation_links_made_by"), "translation_links", ["made_by"])
    op.create_index(op.f("ix_translation_links_expires_at"), "translation_links", ["expires_at"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("translation_links")
    op.drop_table("translation_requests")
    op.drop_table("translation_ledger")
    op.drop_column("revisions", "is_small_fix")
