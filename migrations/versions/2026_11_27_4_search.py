"""The index that searching reads."""

import sqlalchemy as sa
from alembic import op

revision = "20261127_search"
down_revision = "20261127_spelling"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply. The words are no table of the models: each database has its own."""
    op.create_table(
        "search_texts",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("item_kind", sa.String(length=20), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("title_words", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=16), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_texts")),
    )
    with op.batch_alter_table("search_texts", schema=None) as batch_op:
        batch_op.create_index("ix_search_texts_item", ["item_kind", "item_id"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        # Every letter beyond ASCII is a letter: words come analysed, and apart by spaces.
        op.execute(
            "CREATE VIRTUAL TABLE search_words"
            " USING fts5(words, tokenize='ascii', detail=none, columnsize=0)"
        )
    else:
        # Numbers alone in the rows, the words beside them, so that thousands are counted quickly.
        op.execute(
            "CREATE TABLE search_words ("
            "id BIGINT PRIMARY KEY REFERENCES search_texts (id) ON DELETE CASCADE,"
            " words TSVECTOR NOT NULL) WITH (toast_tuple_target = 128)"
        )
        op.execute(
            "CREATE INDEX ix_search_words ON search_words USING gin (words) WITH (fastupdate = off)"
        )


def downgrade() -> None:
    """Take back."""
    op.execute("DROP TABLE search_words")
    op.drop_table("search_texts")
