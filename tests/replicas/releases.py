"""Releases to come: this code with a migration more, as a folder that replicas are started from."""

import shutil
from pathlib import Path

from portal import HOME
from portal.db import schema

_PARTS = ("portal", "migrations", "locales", "templates", "static")
_MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"
oldest_served = "{oldest}"


def upgrade():
{upgrade}


def downgrade():
    raise NotImplementedError
"""
# Adds a column that the code before does not know, fills it, and makes an index beside writers.
EXPAND = """
    op.add_column("events", sa.Column("nickname", sa.String(80)))
    op.execute("UPDATE events SET nickname = slug")
    op.execute("SELECT pg_sleep(2)")
    with op.get_context().autocommit_block():
        op.create_index("ix_nickname", "events", ["nickname"], postgresql_concurrently=True)
"""
# Changes nothing: it marks the first code that does without what the next one takes away.
UNUSED = """
    pass
"""
CONTRACT = """
    op.drop_column("events", "nickname")
"""
_BESIDE = "    funding_note: Mapped[Translated]\n"
_COLUMN = "    nickname: Mapped[str | None]\n"


def make_release(
    folder: Path, before: str, revision: str, upgrade: str, oldest: str, *, uses_column: bool
) -> Path:
    """A release with one migration more, whose style sheet and events are others too."""
    home = folder / revision
    for part in _PARTS:
        shutil.copytree(HOME / part, home / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(HOME / "alembic.ini", home)
    for earlier in [*folder.glob("*/migrations/versions/next_*.py")]:
        if earlier.stem != f"next_{revision}":
            shutil.copy(earlier, home / "migrations" / "versions")
    written = _MIGRATION.format(revision=revision, before=before, oldest=oldest, upgrade=upgrade)
    (home / "migrations" / "versions" / f"next_{revision}.py").write_text(written)
    _change(home / "portal" / "db" / "schema.py", f'"{schema.VERSION}"', f'"{revision}"')
    if uses_column:
        models = home / "portal" / "domain" / "events" / "models.py"
        _change(models, _BESIDE, _BESIDE + _COLUMN)
    sheet = home / "static" / "css" / "print.css"
    sheet.write_text(f"{sheet.read_text()}\n/* {revision} */\n")
    return home


def _change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, (path, old)
    path.write_text(text.replace(old, new), encoding="utf-8")
