"""A fresh, migrated database for every test, and what one needs to act on it."""

import gc
import logging
import os
import shutil
import uuid
from contextlib import ExitStack
from types import SimpleNamespace

import pytest
from sqlalchemy import create_engine, text
from starlette.testclient import TestClient

from portal.app import create_app, with_page_cache
from portal.config.settings import Settings
from portal.core import clock
from portal.core.encryption import Seal
from portal.db import schema
from portal.db.engine import Database
from tests.compiling import compile_once
from tests.engines import ENGINES
from tests.memory import folder_in_memory
from tests.postgres.server import start_postgres

ADDRESS = "https://testserver"
SEAL = Seal([bytes(range(32))])
# `make test ENGINES=all`: every test on both, not only those marked `both_engines`.
ON_ALL_ENGINES = os.environ.get("ENGINES") == "all"


def pytest_configure(config):
    """Folders of tests lie in memory where they can, unless somebody has said where.

    What one test has had compiled is of use to the next.
    """
    if config.option.basetemp is None and (memory := folder_in_memory()) is not None:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))
    compile_once()


def pytest_generate_tests(metafunc):
    """Choose the engines of a test: SQLite, and PostgreSQL where they differ, or wherever asked."""
    chosen_by_test = any(
        "database_url" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")
    )
    if "database_url" in metafunc.fixturenames and not chosen_by_test:
        differs = metafunc.definition.get_closest_marker("both_engines") is not None
        engines = ENGINES if differs or ON_ALL_ENGINES else ENGINES[:1]
        metafunc.parametrize("database_url", engines, indirect=True)


def pytest_collection_finish():
    """The collector leaves alone what all tests need, as in a server; portals of tests go."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def logging_as_before():
    """Commands set logging up for a process of theirs; the next test shares this one."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture(scope="session")
def postgres_address(tmp_path_factory):
    """A real server's address, a migrated database to copy, a connection to do so; at first use."""
    with start_postgres(tmp_path_factory.mktemp("postgres")) as address:
        engine = create_engine(f"{address}/postgres", isolation_level="AUTOCOMMIT")
        with engine.connect() as administrator:
            name = f"template_{uuid.uuid4().hex[:8]}"
            administrator.execute(text(f"CREATE DATABASE {name}"))
            database = Database(f"{address}/{name}", SEAL)
            schema.migrate(database)
            database.close()
            yield address, name, administrator
        engine.dispose()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory):
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    database = Database(f"sqlite:///{path}", SEAL)
    schema.migrate(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    database.close()
    return path


@pytest.fixture
def database_url(request, tmp_path):
    """A migrated, empty database of the engine that `pytest_generate_tests` chose."""
    if request.param == "sqlite":
        template = request.getfixturevalue("migrated_sqlite")
        yield f"sqlite:///{shutil.copyfile(template, tmp_path / 'portal.db')}"
        return
    address, template, administrator = request.getfixturevalue("postgres_address")
    name = f"test_{uuid.uuid4().hex}"
    # Copying files takes a quarter of the time that writing every page into the log takes.
    copied = f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"
    administrator.execute(text(copied))
    yield f"{address}/{name}"
    administrator.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def settings(database_url, tmp_path):
    return Settings(
        database_url=database_url,
        data_dir=tmp_path / "data",
        base_url=ADDRESS,
        secret_keys="a-secret-of-the-tests-" + "x" * 32,
        worker=False,
        rate_limits=False,
        log_level="ERROR",
    )


@pytest.fixture
def app(settings):
    application = create_app(settings)
    yield application
    application.state.site.database.close()


@pytest.fixture
def database(app):
    yield app.state.site.database
    app.state.site.database.close()


def open_browser(app, address=ADDRESS, **more):
    """A stranger's browser: follows nothing by itself, keeps cookies, comes from our own pages."""
    headers = {"origin": address, "sec-fetch-site": "same-origin"}
    browser = TestClient(
        with_page_cache(app), base_url=address, follow_redirects=False, headers=headers, **more
    )
    browser.site = app.state.site
    return browser


@pytest.fixture
def client(app):
    with open_browser(app) as browser:
        yield browser


@pytest.fixture
def browser_at(settings):
    """Browsers at further processes of the portal, such as `browser_at(rate_limits=True)`."""
    with ExitStack() as opened:

        def make(**changes):
            app = create_app(Settings(**settings.model_dump() | changes))
            return opened.enter_context(open_browser(app))

        yield make


def keep_session(browser, cookie):
    """Puts the session cookie where the portal's own answers would put it, to be replaced."""
    browser.cookies.set("__Host-session", cookie, domain="testserver.local", path="/")


@pytest.fixture
def browser_of(app, client, database):
    """Browsers of people: `browser_of(person)` is signed in, and past the second factor.

    They share the event loop of `client`; each would begin and end one for every request.
    """
    from tests.factories import session_cookie

    def make(person=None, *, second_factor=True):
        browser = open_browser(app)
        browser.portal = client.portal
        if person is not None:
            cookie = session_cookie(database, person, second_factor=second_factor)
            keep_session(browser, cookie)
        return browser

    return make


@pytest.fixture
def editor(database):
    """An editor of the organisation "ours", who has nobody beside them."""
    from tests.factories import make_organization, make_person

    with database.writing() as db:
        person = make_person(db)
        make_organization(db, "ours", editor=person)
        db.flush()
        db.expunge(person)
    return person


def pytest_collection_modifyitems(config, items):
    """Begin with browsers, which take longest; mark what runs on PostgreSQL.

    Without a Chromium its tests are skipped, but not in CI.
    """
    from tests.browser.chromium import chromium_path

    items.sort(key=lambda item: "browser" not in item.path.parts)
    for item in items:
        if "postgresql" in getattr(item, "callspec", SimpleNamespace(params={})).params.values():
            item.add_marker("postgresql")
    if chromium_path() is None and not os.environ.get("CI"):
        skip = pytest.mark.skip(reason="no Chromium on this machine: install it to run these")
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(skip)


@pytest.fixture
def stopped_clock(monkeypatch):
    """A moment that stands still, since no page is kept into the next minute."""
    stopped = clock.now()
    monkeypatch.setattr(clock, "now", lambda: stopped)


@pytest.fixture
def drawn_anew(browser_at, stopped_clock):
    """A browser of another process that keeps no pages, while the clock stands still."""
    return browser_at(page_cache=0)
