"""Code and schema of two releases beside one another, and migrations that begin at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command
from sqlalchemy import select, text

from portal.cli.base import fault_of
from portal.db import schema
from portal.db.engine import Database
from portal.db.schema import CompatibleSchema
from tests.architecture.test_migrations import config_of, new_database  # noqa: F401 - a fixture
from tests.conftest import SEAL

pytestmark = pytest.mark.both_engines

MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"
{served}

def upgrade():
    op.execute("SELECT 1")


def downgrade():
    op.execute("SELECT 1")
"""


@pytest.fixture
def later(tmp_path):
    """Versions after ours: one that only adds, one more, and one that takes away."""
    versions = tmp_path / "versions"
    versions.mkdir()
    before = schema.VERSION
    for revision, oldest in (("adds", schema.VERSION), ("adds_more", "adds"), ("takes", None)):
        served = f'oldest_served = "{oldest}"' if oldest else ""
        text_of = MIGRATION.format(revision=revision, before=before, served=served)
        (versions / f"{revision}.py").write_text(text_of)
        before = revision
    return versions


def served(database):
    with database.reading() as db:
        return set(db.scalars(select(CompatibleSchema.version)))


def test_a_schema_says_whose_code_it_serves(new_database, later):  # noqa: F811
    database = new_database()
    assert not schema.may_serve(database)
    schema.migrate(database)
    assert schema.VERSION in served(database)
    assert fault_of(database) is None
    config = config_of(database, later)
    command.upgrade(config, "adds")
    assert served(database) == {schema.VERSION, "adds"}
    # One ahead, and this code goes on and may be started anew.
    assert schema.stored_version(database) == "adds"
    assert fault_of(database) is None
    schema.migrate(database)  # as an older release does that is started anew
    assert schema.stored_version(database) == "adds"
    for version, its in (("adds_more", {"adds", "adds_more"}), ("takes", {"takes"})):
        command.upgrade(config, version)
        assert served(database) == its
        assert "portal migrate" in fault_of(database)
        with pytest.raises(schema.UnsupportedSchemaError):
            schema.migrate(database)
    command.downgrade(config, "adds")
    assert fault_of(database) is None


def test_readiness_follows_what_the_schema_says(client, database):
    assert client.get("/readyz").status_code == 200
    with database.writing() as db:
        db.add(CompatibleSchema(version="a_later_one"))
        db.execute(text("UPDATE alembic_version SET version_num = 'a_later_one'"))
    assert client.get("/readyz").status_code == 200
    with database.writing() as db:
        db.delete(db.get_one(CompatibleSchema, schema.VERSION))
    assert client.get("/readyz").status_code == 503


def test_of_two_that_migrate_at_once_one_works_and_both_are_done(new_database):  # noqa: F811
    first = new_database()
    second = Database(first.url, SEAL)
    with ThreadPoolExecutor(2) as both:
        assert list(both.map(schema.migrate, (first, second))) == [None, None]
    assert schema.may_serve(second)
    second.close()


def test_whoever_migrates_lets_others_pass_where_a_table_is_in_use(new_database, monkeypatch):  # noqa: F811
    database = new_database()
    if database.is_sqlite:
        return  # there everybody waits for the one write lock
    schema.migrate(database)
    schema.downgrade(database)
    with database.engine.connect() as reader:
        reader.execute(text("LOCK TABLE alembic_version IN SHARE MODE"))
        monkeypatch.setattr(schema.time, "sleep", lambda _seconds: reader.rollback())
        schema.migrate(database)
    assert schema.may_serve(database)
