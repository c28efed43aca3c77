"""The databases that tests run on."""

import pytest

ENGINES = ["sqlite", "postgresql"]
# Also with ENGINES=all: what the test sets up lies in a file, or is SQLite's own.
ON_ONE_ENGINE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
