"""What columns hand out, whatever the clock of the machine or of the database says."""

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.dialects import postgresql, sqlite

from portal.db.types import Instant

NOON = datetime(2026, 3, 22, 12, 0, 0, 5, tzinfo=UTC)


@pytest.fixture
def _elsewhere(monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Seoul")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("_elsewhere")
@pytest.mark.parametrize(
    ("dialect", "stored"),
    [
        (sqlite.dialect(), "2026-03-22 12:00:00.000005"),
        (postgresql.dialect(), NOON.astimezone(timezone(timedelta(hours=5)))),
    ],
)
def test_an_instant_comes_in_utc(dialect, stored):
    read = Instant().result_processor(dialect, None)
    assert read(stored) == NOON
    assert read(stored).tzinfo is UTC
    assert read(None) is None
