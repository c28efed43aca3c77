"""An operator's command line."""

import pytest

from portal.core.encryption import Seal
from portal.db.engine import Database
from tests.processes import run_all


@pytest.fixture
def operator(database_url, tmp_path):
    """Runs commands on the database of this test; on SQLite on one that does not exist yet."""
    given = {} if database_url.startswith("sqlite") else {"database_url": database_url}

    def commands(*each):
        return run_all(tmp_path / "new", *each, **given)

    return commands


@pytest.fixture
def stored(database_url, tmp_path):
    """The operator's database, opened beside the commands."""
    opened = []

    def open_database():
        folder = tmp_path / "new"
        url = f"sqlite:///{folder / 'portal.db'}"
        opened.append(
            Database(
                url if database_url.startswith("sqlite") else database_url,
                Seal.from_file(folder / "seal.key"),
            )
        )
        return opened[-1]

    yield open_database
    for database in opened:
        database.close()
