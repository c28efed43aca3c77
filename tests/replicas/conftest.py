"""One PostgreSQL database with everybody in it, and two replicas that share it."""

import uuid

import pytest
from sqlalchemy import text

from portal.config.settings import Settings
from portal.core.encryption import Seal
from portal.db.engine import Database
from portal.media.storage import Storage
from tests.architecture.world import World
from tests.processes import free_port
from tests.replicas.stage import NAME, Replica


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/replicas" in str(item.path):
            item.add_marker(pytest.mark.replicas)


@pytest.fixture(scope="module")
def shared_url(postgres_address):
    """A migrated database of PostgreSQL."""
    address, template, administrator = postgres_address
    name = f"shared_{uuid.uuid4().hex}"
    administrator.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield f"{address}/{name}"
    administrator.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("replicas")


@pytest.fixture(scope="module")
def settings(shared_url, folder):
    """What all replicas are told; the public address is the proxy's."""
    return {
        "data_dir": folder,
        "database_url": shared_url,
        "base_url": f"https://{NAME}:{free_port()}",
        "secret_keys": "a-secret-of-the-tests-" + "x" * 32,
        "trusted_proxies": "127.0.0.1",
        "rate_limits": "false",
        "worker": "false",
        "log_level": "WARNING",
    }


@pytest.fixture(scope="module")
def shared(settings):
    """The database that the replicas share."""
    known = Settings(**settings)
    database = Database(known.database, Seal.from_file(known.seal_key_path))
    yield database
    database.close()


@pytest.fixture(scope="module")
def world(shared, settings):
    return World.build(shared, Storage(Settings(**settings)))


@pytest.fixture(scope="module")
def replicas(folder, settings, world):
    """Two that serve until the tests of the module are over."""
    both = [Replica(folder, settings) for _each in range(2)]
    try:
        for each in both:
            each.start()
        yield both
    finally:
        for each in both:
            each.stop()
