"""Runs migrations on the portal's engine: foreign keys off meanwhile on SQLite, and checked after."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, event, text

import portal.db.changes.revision
import portal.domain.accounts.consents.models
import portal.domain.events.models
import portal.domain.feedback.models
import portal.domain.publishing.revisions.models
import portal.domain.publishing.translation_progress.models
import portal.domain.publishing.search_index.models
import portal.domain.initiatives.models
import portal.domain.emails.models
import portal.domain.publishing.images.models
import portal.domain.moderation.models
import portal.domain.organizations.models
import portal.domain.accounts.people.models
import portal.domain.registrations.models
import portal.domain.results.models
import portal.domain.accounts.second_factors.models
import portal.domain.stories.models
import portal.domain.site_pages.models
import portal.domain.script_corrections.models
import portal.domain.accounts.identities.models  # noqa: F401 - models register themselves
from portal.db.engine import Base
from portal.db.schema import LOCK_TIMEOUT, record_compatible_schema


def render_item(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """Migrations name plain SQL types, so that they outlive the portal's own."""
    if kind == "type" and type(item).__module__ == "portal.db.engine":
        return {
            "Instant": "sa.DateTime(timezone=True)",
            "WallTime": "sa.DateTime()",
            "TranslatedText": "sa.JSON()",
        }[type(item).__name__]
    return False


def include_object(_item: Any, name: str | None, kind: str, *_more: Any) -> bool:
    """The table of searched words, with what stands beside it, is no model's."""
    return not (kind == "table" and name is not None and name.startswith("search_words"))


def note_version(ctx: Any, heads: set[str], **_more: Any) -> None:
    """Keeps whose code is served beside the version."""
    for version in heads:
        record_compatible_schema(ctx.connection, context.script, version)


def be_impatient(connection: Connection) -> None:
    """For a transaction: what is done outside of one, such as an index beside writers, may wait."""
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")


def run(connection: Connection) -> None:
    """Upgrades in one transaction a migration."""
    is_sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render_item,
        include_object=include_object,
        compare_server_default=True,
        transaction_per_migration=True,
        on_version_apply=note_version,  # type: ignore[arg-type]  # called by names
    )
    with context.begin_transaction():
        context.run_migrations()
    if is_sqlite:
        broken = connection.execute(text("PRAGMA foreign_key_check")).fetchall()
        if broken:
            message = f"{len(broken)} rows point at nothing after migrating"
            raise RuntimeError(message)


engine = context.config.attributes["engine"]
with engine.connect() as connection:
    if connection.dialect.name == "sqlite":
        # With foreign keys on, recreating a table silently deletes the rows that point at it.
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
    else:
        event.listen(connection, "begin", be_impatient)
    try:
        run(connection)
        connection.commit()
    finally:
        if connection.dialect.name == "sqlite":
            connection.rollback()
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")
