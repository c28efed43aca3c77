"""Who pays for a story; of those written before, nobody has said it."""

import sqlalchemy as sa
from alembic import op

revision = "20261127_funding_of_stories"
down_revision = "20261127_search"
branch_labels = None
depends_on = None

_stories = sa.table("stories", sa.column("title", sa.JSON()), sa.column("funding_note", sa.JSON()))


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("stories", schema=None) as batch_op:
        batch_op.add_column(sa.Column("funding", sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column("funding_note", sa.JSON(), nullable=True))
    # Nothing yet, in the language that each story was written in first.
    written_in = _stories.c.title["original"].as_string()
    for (language,) in op.get_bind().execute(sa.select(written_in).distinct()).all():
        note = {"original": language, "texts": {}}
        op.execute(_stories.update().where(written_in == language).values(funding_note=note))
    with op.batch_alter_table("stories", schema=None) as batch_op:
        batch_op.alter_column("funding_note", existing_type=sa.JSON(), nullable=False)
        batch_op.create_check_constraint(
            batch_op.f("ck_stories_funding_known"),
            "funding IN ('nobody', 'hosts', 'participants', 'sponsor', 'grant', 'state')",
        )


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("stories", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_stories_funding_known"), type_="check")
        batch_op.drop_column("funding_note")
        batch_op.drop_column("funding")
