"""Migrations that are killed on their way go on where they stopped, and lose no row."""

import multiprocessing
import shutil
import time
import uuid
from contextlib import closing

import pytest
from alembic import command
from sqlalchemy import inspect, text

from portal.core.encryption import Seal
from portal.db import schema
from portal.db.engine import Database
from tests.architecture.test_migrations import config_of
from tests.faults.stage import ROUNDS

KILLS = max(2, ROUNDS // 10)
STEPS = 10
# Rebuilds tables on SQLite, and takes long enough to be killed on PostgreSQL too.
STEP = """
import time

import sqlalchemy as sa
from alembic import op

revision = "step_{number}"
down_revision = "{before}"
oldest_served = "{oldest}"


def upgrade():
    for table in ("organizations", "events", "registrations"):
        with op.batch_alter_table(table) as batch:
            batch.alter_column("time_zone", existing_type=sa.String(64), type_=sa.String(90))
    time.sleep(0.1)
"""


@pytest.fixture
def later(tmp_path):
    """Migrations after ours, which serve our code too."""
    versions, before = tmp_path / "versions", schema.VERSION
    versions.mkdir()
    for number in range(STEPS):
        step = STEP.format(number=number, before=before, oldest=schema.VERSION)
        (versions / f"step_{number}.py").write_text(step)
        before = f"step_{number}"
    return versions


def upgrade(url, key, versions):
    """Migrate to the last step; in a process of its own."""
    with closing(Database(url, Seal.from_file(key))) as database:
        command.upgrade(config_of(database, versions), "head")


def begun(portal, versions):
    given = (portal.url, portal.folder / "seal.key", versions)
    process = multiprocessing.get_context("spawn").Process(target=upgrade, args=given)
    process.start()
    return process


def rows_of(portal):
    """How many rows each table has that migrating itself does not write."""
    with portal.connection() as connection:
        tables = inspect(connection).get_table_names()
        return {
            table: connection.scalar(text(f"SELECT count(*) FROM {table}"))
            for table in tables
            if not table.startswith(("search_", "alembic", "compatible_schemas"))
        }


def copy_of(portal, request):
    """The portal at another database with the same rows."""
    name = f"copy_{uuid.uuid4().hex}"
    if portal.is_sqlite:
        file = portal.folder / f"{name}.db"
        with portal.connection() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copyfile(portal.url.removeprefix("sqlite:///"), file)
        return portal.at({"database_url": f"sqlite:///{file}"})
    address, _template, administrator = request.getfixturevalue("postgres_address")
    administrator.execute(text(f"CREATE DATABASE {name} TEMPLATE {portal.url.rpartition('/')[2]}"))
    return portal.at({"database_url": f"{address}/{name}"})


def test_an_upgrade_that_is_killed_goes_on(portal, later, request, tell):
    meant, whole = rows_of(portal), copy_of(portal, request)
    assert meant["registrations"] > 50
    start = time.monotonic()
    upgrade(whole.url, portal.folder / "seal.key", later)
    seconds, done = time.monotonic() - start, []
    for kill in range(KILLS):
        broken = copy_of(portal, request)
        process = begun(broken, later)
        while broken.column("SELECT version_num FROM alembic_version") == [schema.VERSION]:
            time.sleep(0.01)
        time.sleep(seconds * kill / KILLS)
        process.kill()
        process.join()
        (version,) = broken.column("SELECT version_num FROM alembic_version")
        done.append(int(version.removeprefix("step_")) + 1)
        upgrade(broken.url, portal.folder / "seal.key", later)
        assert rows_of(broken) == meant
        broken.verify()
    with broken.serving() as server, server.browser() as browser:
        found = browser.get("/en/search?q=nauryz+public")
        assert portal.event["slug"] in found.text
    tell(kills=KILLS, seconds_whole=round(seconds, 2), steps_done_when_killed=done, lost=0)
    assert done[0] < STEPS
