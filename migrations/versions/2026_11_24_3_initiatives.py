"""initiatives."""

from alembic import op
import sqlalchemy as sa

revision = "20261124_initiatives"
down_revision = "20261124_stories"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "initiatives",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("purpose", sa.JSON(), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("partners", sa.JSON(), nullable=False),
        sa.Column("funding", sa.String(length=12), nullable=True),
        sa.Column("funding_note", sa.JSON(), nullable=False),
        sa.Column("description", sa.JSON(), nullable=False),
        sa.Column("description_html", sa.JSON(), nullable=False),
        sa.Column("visibility", sa.String(length=10), nullable=False),
        sa.Column("hidden_for", sa.String(length=10), nullable=True),
        sa.Column("visibility_chosen", sa.String(length=10), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("editions", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "funding IN ('nobody', 'hosts', 'participants', 'sponsor', 'grant', 'state')",
            name=op.f("ck_initiatives_funding_known"),
        ),
        sa.CheckConstraint(
            "stage IN ('idea', 'planned', 'running', 'finished')",
            name=op.f("ck_initiatives_stage_known"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_initiatives_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_initiatives")),
        sa.UniqueConstraint("slug", name=op.f("uq_initiatives_slug")),
    )
    with op.batch_alter_table("initiatives", schema=None) as batch_op:
        batch_op.create_index(
            "ix_initiatives_listed",
            ["visibility", "stage", "published_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_initiatives_of_organization", ["organization_id", "published_at"], unique=False
        )

    op.create_table(
        "initiative_hosts",
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('invited', 'accepted', 'declined')",
            name=op.f("ck_initiative_hosts_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["initiative_id"],
            ["initiatives.id"],
            name=op.f("fk_initiative_hosts_initiative_id_initiatives"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_initiative_hosts_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "initiative_id", "organization_id", name=op.f("pk_initiative_hosts")
        ),
    )
    with op.batch_alter_table("initiative_hosts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_initiative_hosts_of_organization",
            ["organization_id", "state", "initiative_id"],
            unique=False,
        )

    for table, column, length in (
        ("initiative_countries", "country", 2),
        ("initiative_tags", "tag", 40),
    ):
        op.create_table(
            table,
            sa.Column("initiative_id", sa.Integer(), nullable=False),
            sa.Column(column, sa.String(length=length), nullable=False),
            sa.ForeignKeyConstraint(
                ["initiative_id"],
                ["initiatives.id"],
                name=op.f(f"fk_{table}_initiative_id_initiatives"),
                ondelete="CASCADE",
            ),
            sa.PrimaryKeyConstraint("initiative_id", column, name=op.f(f"pk_{table}")),
        )
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_index(batch_op.f(f"ix_{table}_{column}"), [column], unique=False)

    op.create_table(
        "initiative_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('plan', 'next_step')", name=op.f("ck_initiative_steps_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["initiative_id"],
            ["initiatives.id"],
            name=op.f("fk_initiative_steps_initiative_id_initiatives"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_initiative_steps")),
    )
    with op.batch_alter_table("initiative_steps", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_initiative_steps_initiative_id"), ["initiative_id"], unique=False
        )

    for table, moment in (("initiative_follows", "since"), ("initiative_questions", "asked_at")):
        op.create_table(
            table,
            sa.Column("initiative_id", sa.Integer(), nullable=False),
            sa.Column("person_id", sa.Integer(), nullable=False),
            sa.Column(moment, sa.DateTime(timezone=True), nullable=False),
            sa.ForeignKeyConstraint(
                ["initiative_id"],
                ["initiatives.id"],
                name=op.f(f"fk_{table}_initiative_id_initiatives"),
                ondelete="CASCADE",
            ),
            sa.ForeignKeyConstraint(
                ["person_id"],
                ["people.id"],
                name=op.f(f"fk_{table}_person_id_people"),
                ondelete="CASCADE",
            ),
            sa.PrimaryKeyConstraint("initiative_id", "person_id", name=op.f(f"pk_{table}")),
        )
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_index(batch_op.f(f"ix_{table}_person_id"), ["person_id"], unique=False)

    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("initiative_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_events_initiative_id_initiatives"),
            "initiatives",
            ["initiative_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_index(
            batch_op.f("ix_events_initiative_id"), ["initiative_id"], unique=False
        )


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_events_initiative_id"))
        batch_op.drop_constraint(
            batch_op.f("fk_events_initiative_id_initiatives"), type_="foreignkey"
        )
        batch_op.drop_column("initiative_id")
    op.drop_table("initiative_questions")
    op.drop_table("initiative_follows")
    op.drop_table("initiative_steps")
    op.drop_table("initiative_tags")
    op.drop_table("initiative_countries")
    op.drop_table("initiative_hosts")
    op.drop_table("initiatives")
