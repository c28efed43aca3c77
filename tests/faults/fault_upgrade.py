"""A database of the first version with data in it, brought to the newest, also in pieces."""

import shutil
import time
import uuid

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from portal import HOME
from portal.core.encryption import Seal
from portal.db import schema
from portal.db.engine import Database
from tests.faults.stage import ROUNDS

KILLS = max(2, ROUNDS // 10)


def versions():
    """From the oldest on."""
    script = ScriptDirectory.from_config(Config(HOME / "alembic.ini"))
    return [each.revision for each in script.walk_revisions()][::-1]


def opened(portal):
    return Database(portal.url, Seal.from_file(portal.folder / "seal.key"))


def rows_of(portal):
    """How many rows each table has that migrating itself does not write."""
    with portal.connection() as connection:
        tables = inspect(connection).get_table_names()
        return {
            table: connection.scalar(text(f"SELECT count(*) FROM {table}"))
            for table in tables
            if not table.startswith(("search_", "alembic", "served_versions"))
        }


@pytest.fixture
def old(portal):
    """The portal with its data, as the first version would have kept them."""
    database = opened(portal)
    config = Config(HOME / "alembic.ini")
    config.attributes["engine"] = database.engine
    command.downgrade(config, versions()[0])
    database.close()
    return portal


def test_every_version_leads_to_the_newest(old, tell):
    database, before = opened(old), rows_of(old)
    assert before["registrations"] > 50
    for version in versions():
        schema.migrate(database, version)
        assert old.column("SELECT version_num FROM alembic_version") == [version]
        after = rows_of(old)
        assert {table: after.get(table) for table in before} == before
        before = after
    schema.differences(database)
    database.close()
    finish(old)
    tell(versions=len(versions()), rows=sum(before.values()), lost=0)


def finish(portal):
    """The command an operator runs, once more after it was killed; then the look at everything."""
    portal.ask("migrate")
    portal.verify()
    with portal.serving() as server, server.browser() as browser:
        found = browser.get("/en/search?q=nauryz+public")
        assert portal.event["slug"] in found.text


def copy_of(portal, request):
    """The settings of another database with the same rows."""
    name = f"copy_{uuid.uuid4().hex}"
    if portal.is_sqlite:
        file = portal.folder / f"{name}.db"
        with portal.connection() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copyfile(portal.url.removeprefix("sqlite:///"), file)
        return {"database_url": f"sqlite:///{file}"}
    address, _template, administrator = request.getfixturevalue("postgres_address")
    administrator.execute(text(f"CREATE DATABASE {name} TEMPLATE {portal.url.rpartition('/')[2]}"))
    return {"database_url": f"{address}/{name}"}


def test_an_upgrade_that_is_killed_goes_on(old, request, tell):
    whole = old.at(copy_of(old, request))
    begun = time.monotonic()
    whole.ask("migrate")
    seconds, meant = time.monotonic() - begun, rows_of(whole)
    stopped_at = []
    for kill in range(KILLS):
        broken = old.at(copy_of(old, request))
        process = broken.start("migrate")
        time.sleep(seconds * (kill + 1) / (KILLS + 1))
        process.kill()
        (version,) = broken.column("SELECT version_num FROM alembic_version")
        stopped_at.append(versions().index(version))
        broken.ask("migrate")
        assert rows_of(broken) == meant
        broken.verify()
    finish(broken)
    tell(kills=KILLS, seconds_whole=round(seconds, 2), steps_done_when_killed=stopped_at, lost=0)
    assert stopped_at[0] < len(versions()) - 1
