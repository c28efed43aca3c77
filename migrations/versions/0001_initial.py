"""The whole schema of 0.2.0. Constraints are named by the convention of `portal.db.engine.Base`."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001_initial"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def references(
    name: str, column: str, *, ondelete: str = "CASCADE", **options: Any
) -> sa.Column[Any]:
    """Return a column whose row goes with the one it references, unless `ondelete` differs."""
    return sa.Column(name, sa.Integer(), sa.ForeignKey(column, ondelete=ondelete), **options)


def upgrade() -> None:
    """Create all tables, and the words of the search, which are no table of the models."""
    op.create_table(
        "audit_log",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("act", sa.String(30), nullable=False),
        sa.Column("reason", sa.String(30), nullable=False),
        sa.Column("item", sa.String(20), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_table(
        "audit_log_head",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.CheckConstraint("id = 1", name="only_one"),
    )
    op.create_table("bans", sa.Column("digest", sa.String(64), primary_key=True))
    op.create_table("compatible_schemas", sa.Column("version", sa.String(32), primary_key=True))
    op.create_table(
        "consent_texts",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("language", sa.String(12), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
    )
    table = op.create_table(
        "content_revision",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name="one_row"),
    )
    op.bulk_insert(table, [{"id": 1, "number": 1}])
    op.create_table("image_deletions", sa.Column("key", sa.String(22), primary_key=True))
    op.create_table(
        "job_runs",
        sa.Column("name", sa.String(30), primary_key=True),
        sa.Column("ran_at", INSTANT, nullable=False),
        sa.Column("found_at", INSTANT),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("email_sealed", sa.LargeBinary()),
        sa.Column("email_index", sa.String(64), index=True),
        sa.Column("language", sa.String(12), nullable=False),
        sa.Column("time_zone", sa.String(64)),
        sa.Column("country", sa.String(2)),
        sa.Column("city_sealed", sa.LargeBinary()),
        sa.Column("spoken", sa.JSON(), nullable=False),
        sa.Column("interests", sa.JSON(), nullable=False),
        sa.Column("is_discreet", sa.Boolean(), nullable=False),
        sa.Column("is_administrator", sa.Boolean(), nullable=False),
        sa.Column("is_moderator", sa.Boolean(), nullable=False),
        sa.Column("banned_at", INSTANT),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_seen_at", INSTANT, nullable=False, index=True),
        sa.Column("asked_at", INSTANT),
        sa.Column("closed_at", INSTANT, index=True),
    )
    op.create_table(
        "result_reminders",
        sa.Column("item_kind", sa.String(20), primary_key=True),
        sa.Column("item_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("asked_at", INSTANT, nullable=False),
    )
    op.create_table(
        "results",
        sa.Column("item_kind", sa.String(20), primary_key=True),
        sa.Column("item_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("happened", sa.JSON(), nullable=False),
        sa.Column("reached", sa.JSON(), nullable=False),
        sa.Column("next_steps", sa.JSON(), nullable=False),
        sa.Column("took_part", sa.Integer()),
        sa.Column("published_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("took_part IS NULL OR took_part >= 5", name="five_or_more"),
        sa.Index("ix_results_newest", "published_at", "item_kind", "item_id"),
        sa.Index("ix_results_newest_of_kind", "item_kind", "published_at", "item_id"),
    )
    op.create_table(
        "revisions",
        sa.Column("item_kind", sa.String(20), primary_key=True),
        sa.Column("item_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("is_small_fix", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("facts", sa.JSON(), nullable=False),
    )
    op.create_table(
        "runtime_settings",
        sa.Column("name", sa.String(30), primary_key=True),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
    )
    op.create_table(
        "script_corrections",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("script", sa.String(12), nullable=False),
        sa.Column("word", sa.String(60), nullable=False),
        sa.Column("output", sa.String(80), nullable=False),
        sa.Column("item_kind", sa.String(12), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.UniqueConstraint("script", "item_kind", "item_id", "word"),
        sa.Index("ix_script_corrections_item", "item_kind", "item_id"),
    )
    op.create_table(
        "script_reports",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("script", sa.String(12), nullable=False),
        sa.Column("word", sa.String(60), nullable=False),
        sa.Column("output", sa.String(80), nullable=False),
        sa.Column("page", sa.String(200), nullable=False),
        sa.Column("reported_at", INSTANT, nullable=False),
    )
    op.create_table(
        "search_texts",
        sa.Column("id", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("item_kind", sa.String(20), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(12), nullable=False),
        sa.Column("title_words", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(16), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Index("ix_search_texts_item", "item_kind", "item_id"),
    )
    op.create_table(
        "site_pages",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("slug", sa.String(20), unique=True, nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("body_html", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
    )
    op.create_table(
        "translation_progress",
        sa.Column("item_kind", sa.String(20), primary_key=True),
        sa.Column("item_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("language", sa.String(12), primary_key=True),
        sa.Column("is_original", sa.Boolean(), nullable=False),
        sa.Column("translated", sa.Integer(), nullable=False),
        sa.Column("drafts", sa.Integer(), nullable=False),
        sa.Column("outdated", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "translated >= 0 AND drafts >= 0 AND outdated >= 0 AND missing >= 0",
            name="counts_positive",
        ),
    )
    op.create_table(
        "translation_requests",
        sa.Column("item_kind", sa.String(20), primary_key=True),
        sa.Column("item_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("language", sa.String(12), primary_key=True),
        sa.Column("asker", sa.String(64), primary_key=True),
        sa.Column("asked_at", INSTANT, nullable=False),
    )
    op.create_table(
        "authors",
        references("person_id", "people.id", primary_key=True),
        sa.Column("slug", sa.String(100), unique=True, nullable=False),
        sa.Column("byline", sa.String(80), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
    )
    op.create_table(
        "identities",
        sa.Column("id", sa.Integer(), primary_key=True),
        references("person_id", "people.id", nullable=False, index=True),
        sa.Column("issuer", sa.String(255), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("provider", sa.String(40), nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.UniqueConstraint("issuer", "subject"),
    )
    op.create_table(
        "images",
        sa.Column("key", sa.String(22), primary_key=True),
        sa.Column("item_kind", sa.String(20), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_cover", sa.Boolean(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("alt", sa.JSON(), nullable=False),
        sa.Column("caption", sa.JSON(), nullable=False),
        references("person_id", "people.id", ondelete="SET NULL", index=True),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Index(
            "ix_images_cover",
            "item_kind",
            "item_id",
            unique=True,
            sqlite_where=sa.text("is_cover"),
            postgresql_where=sa.text("is_cover"),
        ),
        sa.Index("ix_images_of_item", "item_kind", "item_id", "position"),
    )
    op.create_table(
        "notifications",
        sa.Column("about", sa.String(30), nullable=False),
        references("person_id", "people.id", index=True),
        sa.Column("address_sealed", sa.LargeBinary()),
        sa.Column("language", sa.String(12), nullable=False),
        sa.Column("payload_sealed", sa.LargeBinary()),
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", INSTANT),
        sa.Column("sent_at", INSTANT),
        sa.Column("failure", sa.String(40)),
        sa.CheckConstraint(
            "state IN ('queued', 'sent', 'undelivered', 'dropped')", name="state_known"
        ),
        sa.Index("ix_notifications_due", "state", "due_at"),
    )
    op.create_table(
        "organizations",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("slug", sa.String(80), unique=True, nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("description", sa.JSON(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("city", sa.String(80), nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("time_zone", sa.String(64), nullable=False),
        sa.Column("site", sa.String(300), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("suspended_at", INSTANT, index=True),
        references("founder_id", "people.id", ondelete="SET NULL", index=True),
        sa.Column("verified_by", sa.String(10)),
        sa.Column("verified_at", INSTANT),
        sa.Column("verified_until", INSTANT),
        sa.Column("verified_domain", sa.String(253)),
        sa.Column("verified_token", sa.String(43)),
        sa.Column("proof_looked_at", INSTANT),
        sa.Column("proof_misses", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('ngo', 'ethnocultural', 'diaspora', 'university', 'embassy', 'state', 'media', 'informal')",
            name="kind_known",
        ),
        sa.CheckConstraint(
            "(verified_by IS NULL) = (verified_at IS NULL) AND (verified_by IS NULL) = (verified_until IS NULL)",
            name="verified_wholly",
        ),
    )
    op.create_table(
        "passkeys",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("public_id", sa.String(22), unique=True, nullable=False),
        references("person_id", "people.id", nullable=False, index=True),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), unique=True, nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("digest", sa.String(64), primary_key=True),
        references("person_id", "people.id", nullable=False, index=True),
    )
    op.create_table(
        "second_factor_codes",
        references("person_id", "people.id", primary_key=True),
        sa.Column("secret_sealed", sa.LargeBinary()),
        sa.Column("pending_sealed", sa.LargeBinary()),
        sa.Column("last_step", sa.BigInteger()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("blocked_until", INSTANT),
    )
    op.create_table(
        "sign_in_links",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("browser", sa.String(64), nullable=False, index=True),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("email_index", sa.String(64), nullable=False, index=True),
        sa.Column("email_sealed", sa.LargeBinary()),
        references("person_id", "people.id", index=True),
        sa.Column("created_at", INSTANT, nullable=False, index=True),
        sa.Column("proved_at", INSTANT),
        sa.Column("used_at", INSTANT),
    )
    op.create_table(
        "sign_in_sessions",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("digest", sa.String(64), unique=True, nullable=False),
        sa.Column("public_id", sa.String(22), unique=True, nullable=False),
        references("person_id", "people.id", nullable=False, index=True),
        sa.Column("way", sa.String(40), nullable=False),
        sa.Column("browser", sa.String(40), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("acted_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False, index=True),
        sa.Column("second_factor_at", INSTANT),
    )
    op.create_table(
        "translation_links",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("digest", sa.String(64), unique=True, nullable=False),
        sa.Column("public_id", sa.String(22), unique=True, nullable=False),
        sa.Column("item_kind", sa.String(20), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(12), nullable=False),
        references("made_by", "people.id", ondelete="SET NULL", index=True),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False, index=True),
        sa.Column("withdrawn_at", INSTANT),
        sa.Index("ix_translation_links_item", "item_kind", "item_id", "language"),
    )
    op.create_table(
        "confusable_names",
        sa.Column("digest", sa.String(64), primary_key=True),
        references("organization_id", "organizations.id", nullable=False, index=True),
    )
    op.create_table(
        "contact_messages",
        sa.Column("id", sa.Integer(), primary_key=True),
        references("organization_id", "organizations.id", nullable=False, index=True),
        sa.Column("sender", sa.String(64), nullable=False, index=True),
        sa.Column("is_member", sa.Boolean(), nullable=False),
        sa.Column("sent_at", INSTANT, nullable=False, index=True),
    )
    op.create_table(
        "endorsements",
        references("organization_id", "organizations.id", primary_key=True),
        references("by_organization_id", "organizations.id", primary_key=True, index=True),
        references("person_id", "people.id", nullable=False, index=True),
        sa.Column("vouched_at", INSTANT, nullable=False),
        sa.UniqueConstraint("organization_id", "person_id"),
    )
    op.create_table(
        "initiatives",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("slug", sa.String(100), unique=True, nullable=False),
        references("organization_id", "organizations.id", nullable=False),
        sa.Column("stage", sa.String(10), nullable=False),
        sa.Column("since", sa.Date()),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("purpose", sa.JSON(), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("partners", sa.JSON(), nullable=False),
        sa.Column("funding", sa.String(12)),
        sa.Column("funding_note", sa.JSON(), nullable=False),
        sa.Column("description", sa.JSON(), nullable=False),
        sa.Column("description_html", sa.JSON(), nullable=False),
        sa.Column("visibility", sa.String(10), nullable=False),
        sa.Column("hidden_for", sa.String(10)),
        sa.Column("visibility_chosen", sa.String(10)),
        sa.Column("published_at", INSTANT),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("editions", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "funding IN ('nobody', 'hosts', 'participants', 'sponsor', 'grant', 'state')",
            name="funding_known",
        ),
        sa.CheckConstraint(
            "stage IN ('idea', 'planned', 'running', 'finished')", name="stage_known"
        ),
        sa.Index("ix_initiatives_listed", "visibility", "stage", "published_at", "id"),
        sa.Index("ix_initiatives_newest", "visibility", "published_at", "id"),
        sa.Index("ix_initiatives_of_organization", "organization_id", "published_at"),
    )
    op.create_table(
        "invitations",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("digest", sa.String(64), unique=True, nullable=False),
        references("organization_id", "organizations.id", nullable=False, index=True),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("email_sealed", sa.LargeBinary()),
        sa.Column("email_index", sa.String(64)),
        references("made_by", "people.id", ondelete="SET NULL", index=True),
        sa.Column("by_administrator", sa.Boolean(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False, index=True),
        sa.Column("accepted_at", INSTANT),
        sa.Column("withdrawn_at", INSTANT),
    )
    op.create_table(
        "memberships",
        references("organization_id", "organizations.id", primary_key=True),
        references("person_id", "people.id", primary_key=True, index=True),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.CheckConstraint(
            "role IN ('owner', 'editor', 'translator', 'door', 'analyst')", name="role_known"
        ),
    )
    op.create_table(
        "passkey_challenges",
        references("session_id", "sign_in_sessions.id", primary_key=True),
        sa.Column("purpose", sa.String(10), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
    )
    op.create_table(
        "verification_requests",
        references("organization_id", "organizations.id", primary_key=True),
        sa.Column("method", sa.String(10), nullable=False),
        sa.Column("remark_sealed", sa.LargeBinary()),
        sa.Column("domain", sa.String(253)),
        sa.Column("token", sa.String(43), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("tried_at", INSTANT),
        sa.Column("proved_at", INSTANT),
    )
    op.create_table(
        "activity_requests",
        references("initiative_id", "initiatives.id", primary_key=True),
        references("person_id", "people.id", primary_key=True, index=True),
        sa.Column("asked_at", INSTANT, nullable=False),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("slug", sa.String(100), unique=True, nullable=False),
        sa.Column("uid", sa.String(120), unique=True, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        references("organization_id", "organizations.id", nullable=False),
        references("initiative_id", "initiatives.id", ondelete="SET NULL"),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("venue", sa.JSON(), nullable=False),
        sa.Column("attendance_mode", sa.String(10), nullable=False),
        sa.Column("starts_wall", sa.DateTime(), nullable=False),
        sa.Column("ends_wall", sa.DateTime(), nullable=False),
        sa.Column("time_zone", sa.String(64), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("availability", sa.String(9), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("funding", sa.String(12)),
        sa.Column("funding_note", sa.JSON(), nullable=False),
        sa.Column("visibility", sa.String(10), nullable=False),
        sa.Column("hidden_for", sa.String(10)),
        sa.Column("visibility_chosen", sa.String(10)),
        sa.Column("published_at", INSTANT),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("editions", sa.Integer(), nullable=False),
        sa.Column("description", sa.JSON(), nullable=False),
        sa.Column("description_html", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "availability IN ('unlimited', 'free', 'few', 'full')", name="availability_known"
        ),
        sa.CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        sa.CheckConstraint(
            "funding IN ('nobody', 'hosts', 'participants', 'sponsor', 'grant', 'state')",
            name="funding_known",
        ),
        sa.CheckConstraint(
            "status IN ('scheduled', 'postponed', 'cancelled')", name="status_known"
        ),
        sa.Index("ix_events_ended", "status", "ends_at"),
        sa.Index(
            "ix_events_listed",
            "visibility",
            "starts_at",
            "id",
            "ends_at",
            "published_at",
            "organization_id",
            "status",
        ),
        sa.Index("ix_events_newest", "visibility", "published_at", "id"),
        sa.Index("ix_events_of_initiative", "initiative_id", "visibility", "starts_at"),
        sa.Index(
            "ix_events_of_organization",
            "organization_id",
            "starts_at",
            "id",
            "ends_at",
            "published_at",
            "visibility",
            "status",
        ),
        sa.Index("ix_events_starting", "status", "starts_at"),
    )
    op.create_table(
        "follower_updates",
        sa.Column("id", sa.Integer(), primary_key=True),
        references("initiative_id", "initiatives.id", nullable=False, index=True),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("sent_up_to", sa.Integer(), nullable=False),
    )
    op.create_table(
        "follows",
        references("initiative_id", "initiatives.id", primary_key=True),
        references("person_id", "people.id", primary_key=True, index=True),
        sa.Column("since", INSTANT, nullable=False),
        references("notification_id", "notifications.id", ondelete="SET NULL", index=True),
    )
    op.create_table(
        "initiative_countries",
        references("initiative_id", "initiatives.id", primary_key=True),
        sa.Column("country", sa.String(2), primary_key=True, index=True),
    )
    op.create_table(
        "initiative_hosts",
        references("initiative_id", "initiatives.id", primary_key=True),
        references("organization_id", "organizations.id", primary_key=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("invited_at", INSTANT, nullable=False),
        sa.Column("answered_at", INSTANT),
        sa.CheckConstraint("state IN ('invited', 'accepted', 'declined')", name="state_known"),
        sa.Index(
            "ix_initiative_hosts_of_organization", "organization_id", "state", "initiative_id"
        ),
    )
    op.create_table(
        "initiative_steps",
        sa.Column("id", sa.Integer(), primary_key=True),
        references("initiative_id", "initiatives.id", nullable=False, index=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("day", sa.Date()),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("done_at", INSTANT),
        sa.CheckConstraint("kind IN ('plan', 'next_step')", name="kind_known"),
    )
    op.create_table(
        "initiative_tags",
        references("initiative_id", "initiatives.id", primary_key=True),
        sa.Column("tag", sa.String(40), primary_key=True, index=True),
    )
    op.create_table(
        "stories",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("slug", sa.String(100), unique=True, nullable=False),
        references("organization_id", "organizations.id"),
        references("initiative_id", "initiatives.id", ondelete="SET NULL", index=True),
        sa.Column("is_by_author", sa.Boolean(), nullable=False),
        references("author_id", "people.id", ondelete="SET NULL"),
        sa.Column("byline", sa.String(80), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("submitted_at", INSTANT),
        sa.Column("publish_wall", sa.DateTime()),
        sa.Column("time_zone", sa.String(64), nullable=False),
        sa.Column("publish_at", INSTANT),
        sa.Column("comments", sa.String(10), nullable=False),
        references("saved_by_id", "people.id", ondelete="SET NULL", index=True),
        sa.Column("languages", sa.String(40), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("funding", sa.String(12)),
        sa.Column("funding_note", sa.JSON(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("body_html", sa.JSON(), nullable=False),
        sa.Column("visibility", sa.String(10), nullable=False),
        sa.Column("hidden_for", sa.String(10)),
        sa.Column("visibility_chosen", sa.String(10)),
        sa.Column("published_at", INSTANT),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("editions", sa.Integer(), nullable=False),
        sa.CheckConstraint("comments IN ('off', 'moderated', 'open')", name="comments_known"),
        sa.CheckConstraint(
            "funding IN ('nobody', 'hosts', 'participants', 'sponsor', 'grant', 'state')",
            name="funding_known",
        ),
        sa.CheckConstraint("is_by_author OR organization_id IS NOT NULL", name="of_somebody"),
        sa.CheckConstraint(
            "(state = 'published') = (published_at IS NOT NULL)", name="published_wholly"
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'returned', 'scheduled', 'published')",
            name="state_known",
        ),
        sa.Index("ix_stories_author_id", "author_id", "published_at", "id", "visibility", "byline"),
        sa.Index("ix_stories_due", "state", "publish_at"),
        sa.Index("ix_stories_listed", "visibility", "published_at", "id"),
        sa.Index(
            "ix_stories_of_organization",
            "organization_id",
            "published_at",
            "id",
            "visibility",
            "languages",
        ),
    )
    op.create_table(
        "comments",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("public_id", sa.String(22), unique=True, nullable=False),
        references("story_id", "stories.id", nullable=False),
        references("parent_id", "comments.id", index=True),
        references("person_id", "people.id", ondelete="SET NULL", index=True),
        sa.Column("byline", sa.String(80), nullable=False),
        sa.Column("language", sa.String(12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("state_chosen", sa.String(10)),
        sa.Column("posted_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'visible', 'hidden', 'withheld', 'removed')", name="state_known"
        ),
        sa.Index("ix_comments_of_story", "story_id", "posted_at"),
    )
    op.create_table(
        "event_hosts",
        references("event_id", "events.id", primary_key=True),
        references("organization_id", "organizations.id", primary_key=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("invited_at", INSTANT, nullable=False),
        sa.Column("answered_at", INSTANT),
        sa.CheckConstraint("state IN ('invited', 'accepted', 'declined')", name="state_known"),
        sa.Index("ix_event_hosts_of_organization", "organization_id", "state", "event_id"),
    )
    op.create_table(
        "event_languages",
        references("event_id", "events.id", primary_key=True),
        sa.Column("language", sa.String(12), primary_key=True, index=True),
        sa.Column("position", sa.Integer(), nullable=False),
    )
    op.create_table(
        "event_seats",
        references("event_id", "events.id", primary_key=True),
        sa.Column("capacity", sa.Integer()),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("last_queue_number", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity IS NULL OR capacity > 0", name="capacity_positive"),
        sa.CheckConstraint(
            "taken >= 0 AND (capacity IS NULL OR taken <= capacity)", name="never_oversold"
        ),
    )
    op.create_table(
        "event_tags",
        references("event_id", "events.id", primary_key=True),
        sa.Column("tag", sa.String(40), primary_key=True, index=True),
    )
    op.create_table(
        "feedback_answers",
        sa.Column("id", sa.String(22), primary_key=True),
        references("event_id", "events.id", nullable=False, index=True),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("recommend", sa.Integer(), nullable=False),
        sa.Column("good_sealed", sa.LargeBinary()),
        sa.Column("improve_sealed", sa.LargeBinary()),
        sa.Column("may_quote", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(12), nullable=False),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name="rating_in_scale"),
        sa.CheckConstraint("recommend BETWEEN 0 AND 10", name="recommend_in_scale"),
        sa.Index("ix_feedback_answers_numbers", "event_id", "rating", "recommend"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "join_links",
        sa.Column("id", sa.Integer(), primary_key=True),
        references("event_id", "events.id", nullable=False, index=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("remark", sa.JSON(), nullable=False),
    )
    op.create_table(
        "participant_exports",
        sa.Column("id", sa.Integer(), primary_key=True),
        references("event_id", "events.id", nullable=False, index=True),
        references("person_id", "people.id", ondelete="SET NULL", index=True),
        sa.Column("exported_at", INSTANT, nullable=False, index=True),
        sa.Column("form", sa.String(4), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
    )
    op.create_table(
        "registrations",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("public_id", sa.String(22), unique=True, nullable=False),
        references("event_id", "events.id", nullable=False),
        references("person_id", "people.id", index=True),
        sa.Column("name_sealed", sa.LargeBinary()),
        sa.Column("email_sealed", sa.LargeBinary()),
        sa.Column("email_index", sa.String(64)),
        sa.Column("language", sa.String(12), nullable=False),
        sa.Column("time_zone", sa.String(64)),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("queue_number", sa.Integer(), nullable=False),
        sa.Column("registered_at", INSTANT, nullable=False),
        sa.Column("held_until", INSTANT),
        sa.Column("confirmed_at", INSTANT),
        sa.Column("attended_at", INSTANT),
        sa.Column("wants_reminders", sa.Boolean(), nullable=False),
        sa.Column("is_discreet", sa.Boolean(), nullable=False),
        sa.Column("has_answered", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("event_id", "person_id"),
        sa.UniqueConstraint("event_id", "email_index"),
        sa.CheckConstraint(
            "status IN ('confirmed', 'waitlisted', 'cancelled')", name="status_known"
        ),
        sa.Index(
            "ix_registrations_held",
            "held_until",
            sqlite_where=sa.text("held_until IS NOT NULL AND status <> 'cancelled'"),
            postgresql_where=sa.text("held_until IS NOT NULL AND status <> 'cancelled'"),
        ),
        sa.Index(
            "ix_registrations_known",
            "event_id",
            sqlite_where=sa.text("person_id IS NOT NULL OR email_index IS NOT NULL"),
            postgresql_where=sa.text("person_id IS NOT NULL OR email_index IS NOT NULL"),
        ),
        sa.Index("ix_registrations_line", "event_id", "status", "queue_number"),
        sa.Index("ix_registrations_order", "event_id", "queue_number"),
    )
    op.create_table(
        "sealed_answers",
        sa.Column("id", sa.String(22), primary_key=True),
        references("event_id", "events.id", nullable=False, index=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "story_autosaves",
        references("story_id", "stories.id", primary_key=True),
        references("person_id", "people.id", primary_key=True, index=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", INSTANT, nullable=False),
        sa.Column("typed", sa.JSON(), nullable=False),
    )
    op.create_table(
        "story_change_requests",
        references("story_id", "stories.id", primary_key=True),
        references("person_id", "people.id", nullable=False, index=True),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("typed", sa.JSON(), nullable=False),
    )
    op.create_table(
        "story_events",
        references("story_id", "stories.id", primary_key=True),
        references("event_id", "events.id", primary_key=True, index=True),
        sa.Column("position", sa.Integer(), nullable=False),
    )
    op.create_table(
        "story_tags",
        references("story_id", "stories.id", primary_key=True),
        sa.Column("tag", sa.String(40), primary_key=True, index=True),
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.Integer(), primary_key=True),
        references("person_id", "people.id"),
        references("registration_id", "registrations.id", index=True),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column(
            "text_digest",
            sa.String(64),
            sa.ForeignKey("consent_texts.digest"),
            nullable=False,
            index=True,
        ),
        sa.Column("given_at", INSTANT, nullable=False),
        sa.Column("withdrawn_at", INSTANT),
        sa.CheckConstraint("(person_id IS NULL) <> (registration_id IS NULL)", name="of_one"),
        sa.CheckConstraint(
            "purpose IN ('account', 'other_events', 'sign_up')", name="purpose_known"
        ),
        sa.Index("ix_consents_person_id_purpose", "person_id", "purpose"),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("public_id", sa.String(22), unique=True, nullable=False),
        sa.Column("measure", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        references("organization_id", "organizations.id", index=True),
        references("event_id", "events.id", index=True),
        references("initiative_id", "initiatives.id", index=True),
        references("story_id", "stories.id", index=True),
        references("comment_id", "comments.id", index=True),
        references("person_id", "people.id", index=True),
        sa.Column("words_sealed", sa.LargeBinary()),
        references("decided_by", "people.id", ondelete="SET NULL", index=True),
        references("confirmed_by", "people.id", ondelete="SET NULL", index=True),
        sa.Column("decided_at", INSTANT, nullable=False),
        sa.CheckConstraint("measure IN ('hide', 'warn', 'suspend', 'ban')", name="measure_known"),
        sa.CheckConstraint(
            "reason IN ('spam', 'fraud', 'hate', 'violence', 'personal-data', 'minors', 'impersonation', 'false', 'illegal', 'other')",
            name="reason_known",
        ),
        sa.CheckConstraint("status IN ('proposed', 'in_force', 'reversed')", name="status_known"),
    )
    op.create_table(
        "emails",
        references("registration_id", "registrations.id", nullable=False, index=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("occasion", sa.String(40), nullable=False),
        sa.Column("speaks_of", INSTANT),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", INSTANT),
        sa.Column("sent_at", INSTANT),
        sa.Column("failure", sa.String(40)),
        sa.UniqueConstraint("registration_id", "kind", "occasion"),
        sa.CheckConstraint(
            "state IN ('queued', 'sent', 'undelivered', 'dropped')", name="state_known"
        ),
        sa.Index("ix_emails_due", "state", "due_at"),
    )
    op.create_table(
        "pass_tokens",
        sa.Column("digest", sa.String(64), primary_key=True),
        references("registration_id", "registrations.id", nullable=False, index=True),
    )
    op.create_table(
        "reports",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("public_id", sa.String(22), unique=True, nullable=False),
        references("organization_id", "organizations.id", index=True),
        references("event_id", "events.id", index=True),
        references("initiative_id", "initiatives.id", index=True),
        references("story_id", "stories.id", index=True),
        references("comment_id", "comments.id", index=True),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary()),
        sa.Column("address_sealed", sa.LargeBinary()),
        sa.Column("language", sa.String(12), nullable=False),
        sa.Column("reported_at", INSTANT, nullable=False),
        sa.Column("progress", sa.String(10), nullable=False),
        references("claimed_by", "people.id", ondelete="SET NULL", index=True),
        sa.Column("claimed_at", INSTANT),
        sa.Column("note_sealed", sa.LargeBinary()),
        sa.Column("closed_at", INSTANT),
        sa.CheckConstraint("progress IN ('open', 'claimed', 'closed')", name="progress_known"),
        sa.CheckConstraint(
            "reason IN ('spam', 'fraud', 'hate', 'violence', 'personal-data', 'minors', 'impersonation', 'false', 'illegal', 'other')",
            name="reason_known",
        ),
        sa.Index("ix_reports_queue", "progress", "reported_at"),
    )
    op.create_table(
        "appeals",
        references("decision_id", "decisions.id", primary_key=True),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.String(12), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("was_granted", sa.Boolean()),
        sa.Column("answered_at", INSTANT),
    )
    op.create_table(
        "decision_access_tokens",
        sa.Column("digest", sa.String(64), primary_key=True),
        references("decision_id", "decisions.id", nullable=False, index=True),
    )
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
    """Drop everything."""
    op.execute("DROP TABLE search_words")
    op.drop_table("decision_access_tokens")
    op.drop_table("appeals")
    op.drop_table("reports")
    op.drop_table("pass_tokens")
    op.drop_table("emails")
    op.drop_table("decisions")
    op.drop_table("consents")
    op.drop_table("story_tags")
    op.drop_table("story_events")
    op.drop_table("story_change_requests")
    op.drop_table("story_autosaves")
    op.drop_table("sealed_answers")
    op.drop_table("registrations")
    op.drop_table("participant_exports")
    op.drop_table("join_links")
    op.drop_table("feedback_answers")
    op.drop_table("event_tags")
    op.drop_table("event_seats")
    op.drop_table("event_languages")
    op.drop_table("event_hosts")
    op.drop_table("comments")
    op.drop_table("stories")
    op.drop_table("initiative_tags")
    op.drop_table("initiative_steps")
    op.drop_table("initiative_hosts")
    op.drop_table("initiative_countries")
    op.drop_table("follows")
    op.drop_table("follower_updates")
    op.drop_table("events")
    op.drop_table("activity_requests")
    op.drop_table("verification_requests")
    op.drop_table("passkey_challenges")
    op.drop_table("memberships")
    op.drop_table("invitations")
    op.drop_table("initiatives")
    op.drop_table("endorsements")
    op.drop_table("contact_messages")
    op.drop_table("confusable_names")
    op.drop_table("translation_links")
    op.drop_table("sign_in_sessions")
    op.drop_table("sign_in_links")
    op.drop_table("second_factor_codes")
    op.drop_table("recovery_codes")
    op.drop_table("passkeys")
    op.drop_table("organizations")
    op.drop_table("notifications")
    op.drop_table("images")
    op.drop_table("identities")
    op.drop_table("authors")
    op.drop_table("translation_requests")
    op.drop_table("translation_progress")
    op.drop_table("site_pages")
    op.drop_table("search_texts")
    op.drop_table("script_reports")
    op.drop_table("script_corrections")
    op.drop_table("runtime_settings")
    op.drop_table("revisions")
    op.drop_table("results")
    op.drop_table("result_reminders")
    op.drop_table("people")
    op.drop_table("job_runs")
    op.drop_table("image_deletions")
    op.drop_table("content_revision")
    op.drop_table("consent_texts")
    op.drop_table("compatible_schemas")
    op.drop_table("bans")
    op.drop_table("audit_log_head")
    op.drop_table("audit_log")
