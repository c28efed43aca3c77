"""Says of a test that one database is enough for it: what it holds does not hang on the engine."""

import pytest

ON_ONE_ENGINE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
