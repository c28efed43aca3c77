"""Reading from a standby of PostgreSQL: never behind what was written, and nothing without it."""

import signal
import time
from contextlib import contextmanager

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, delete, text

from portal.app import create_app
from portal.config.settings import Settings
from portal.db import schema, standby
from portal.db.engine import Database
from portal.domain.accounts.people.models import SignInSession
from portal.ops import deploy_checks
from tests.conftest import SEAL, keep_session
from tests.factories import make_event, make_organization, make_person, session_cookie
from tests.postgres.server import own_postgres

pytestmark = pytest.mark.processes

ADDRESS = "https://testserver"
NAME = "portal_of_test"


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """A primary and its standby."""
    with own_postgres(tmp_path_factory.mktemp("primary")) as primary:
        with administered(primary.address) as administrator:
            administrator.execute(text(f"CREATE DATABASE {NAME}"))
        database = Database(f"{primary.address}/{NAME}", SEAL)
        schema.migrate(database)
        database.close()
        with primary.followed() as follower:
            yield primary, follower


@contextmanager
def administered(address):
    engine = create_engine(f"{address}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def portal(servers, tmp_path):
    """A portal that draws every page anew, reading from the standby where it can."""
    primary, follower = servers
    settings = Settings(
        database_url=f"{primary.address}/{NAME}",
        standby_url=f"{follower.address}/{NAME}",
        data_dir=tmp_path / "data",
        base_url=ADDRESS,
        secret_keys="a-secret-of-the-tests-" + "x" * 32,
        worker=False,
        rate_limits=False,
        page_cache=0,
        log_level="ERROR",
    )
    application = create_app(settings)
    yield application
    application.state.site.database.close()


@pytest.fixture
def database(portal):
    return portal.state.site.database


@pytest.fixture
def browser(portal):
    headers = {"origin": ADDRESS, "sec-fetch-site": "same-origin"}
    with TestClient(portal, base_url=ADDRESS, follow_redirects=False, headers=headers) as browser:
        yield browser


@contextmanager
def left_behind(follower):
    """What is written meanwhile does not reach the standby."""
    with administered(follower.address) as connection:
        connection.execute(text("SELECT pg_wal_replay_pause()"))
        try:
            while connection.scalar(text("SELECT pg_get_wal_replay_pause_state()")) != "paused":
                time.sleep(0.01)
            yield
        finally:
            connection.execute(text("SELECT pg_wal_replay_resume()"))


def reads_from_standby(database):
    with database.reading() as db:
        return db.scalar(text("SELECT pg_is_in_recovery()"))


def wait_until(is_true, seconds=20):
    until = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < until
        time.sleep(0.01)


def published(database):
    """The page of a new event."""
    with database.writing() as db:
        return f"/kk/events/{make_event(db, make_organization(db)).slug}"


def test_readers_go_to_the_standby_once_it_has_everything(database, browser):
    page = published(database)
    wait_until(lambda: reads_from_standby(database))
    assert browser.get(page).status_code == 200
    # A reader cannot write there either.
    with pytest.raises(Exception, match="read-only"), database.reading() as db:
        db.execute(text("DELETE FROM events"))


def test_nobody_misses_what_was_written_before_they_came(servers, database, browser):
    wait_until(lambda: reads_from_standby(database))
    with left_behind(servers[1]):
        page = published(database)
        assert not reads_from_standby(database)
        assert browser.get(page).status_code == 200
    wait_until(lambda: reads_from_standby(database))
    assert browser.get(page).status_code == 200


def test_who_is_signed_out_is_so_at_once(servers, database, browser):
    with database.writing() as db:
        person = make_person(db)
    keep_session(browser, session_cookie(database, person))
    wait_until(lambda: reads_from_standby(database))
    assert browser.get("/kk/profile").status_code == 200
    with left_behind(servers[1]):
        with database.writing() as db:
            db.execute(delete(SignInSession))
        assert browser.get("/kk/profile").status_code == 303


def test_a_standby_that_dies_is_missed_by_nobody(servers, database, browser, monkeypatch):
    follower = servers[1]
    page = published(database)
    wait_until(lambda: reads_from_standby(database))
    follower.end(signal.SIGQUIT)
    try:
        for _reader in range(3):
            assert browser.get(page).status_code == 200
        monkeypatch.setattr(standby.time, "monotonic", lambda: 0.0)
        assert not reads_from_standby(database)
    finally:
        monkeypatch.undo()
        follower.start()
    monkeypatch.setattr(database.standby, "_rests_until", 0.0)
    wait_until(lambda: reads_from_standby(database))


def test_a_primary_started_anew_is_missed_by_no_reader(servers, database, browser):
    page = published(database)
    wait_until(lambda: reads_from_standby(database))
    assert browser.get(page).status_code == 200
    servers[0].end(signal.SIGINT)
    servers[0].start()
    assert browser.get(page).status_code == 200


@pytest.mark.parametrize("which", ["the primary itself", "another database", "nobody"])
def test_what_does_not_follow_is_never_read_and_told_to_the_operator(
    servers, database, which, monkeypatch
):
    primary, follower = servers
    address = {
        "the primary itself": f"{primary.address}/{NAME}",
        "another database": f"{follower.address}/postgres",
        "nobody": "postgresql+psycopg://portal@127.0.0.1:9/portal",
    }[which]
    mistaken = Database(database.url.render_as_string(), SEAL, standby_url=address)
    settings = Settings(database_url=database.url.render_as_string(), standby_url=address)
    told = "PORTAL_STANDBY_URL"
    try:
        for _reader in range(3):
            assert not reads_from_standby(mistaken)
        # Whatever was asked on the way has been given back.
        assert [engine.pool.checkedout() for engine in mistaken.engines] == [0, 0, 0]
        assert told in "".join(each.what for each in deploy_checks.of_database(settings, mistaken))
        assert told not in "".join(
            each.what for each in deploy_checks.of_database(settings, database)
        )
        assert [engine.pool.checkedout() for engine in database.engines] == [0, 0, 0]
    finally:
        mistaken.close()
