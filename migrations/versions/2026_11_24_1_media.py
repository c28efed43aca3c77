"""media."""

from alembic import op
import sqlalchemy as sa

revision = "20261124_media"
down_revision = "20261123_the_loop"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "images",
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.Column("item_kind", sa.String(length=20), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_cover", sa.Boolean(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("alt", sa.JSON(), nullable=False),
        sa.Column("caption", sa.JSON(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_images_person_id_people"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_images")),
    )
    with op.batch_alter_table("images", schema=None) as batch_op:
        batch_op.create_index(
            "ix_images_cover",
            ["item_kind", "item_id"],
            unique=True,
            sqlite_where=sa.text("is_cover"),
            postgresql_where=sa.text("is_cover"),
        )
        batch_op.create_index(
            "ix_images_of_item", ["item_kind", "item_id", "position"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_images_person_id"), ["person_id"], unique=False)

    op.create_table(
        "removed_images",
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_removed_images")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("removed_images")
    with op.batch_alter_table("images", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_images_person_id"))
        batch_op.drop_index("ix_images_of_item")
        batch_op.drop_index(
            "ix_images_cover",
            sqlite_where=sa.text("is_cover"),
            postgresql_where=sa.text("is_cover"),
        )

    op.drop_table("images")
