"""Readers: who asks nothing holds no connection, and nobody holds one for longer than they ask."""

import pytest
from sqlalchemy import Connection, func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from portal.db.read_sessions import WouldWaitError
from portal.domain.accounts.people.models import Person
from tests.factories import make_person

pytestmark = pytest.mark.both_engines

ONE = text("SELECT 1")


def held(database):
    """How many connections are with readers, neither in the pool nor left to the next reader."""
    left = 0 if database.handed_on is None else len(database.handed_on)
    return database.reading_engine.pool.checkedout() - left


def test_a_reader_connects_with_its_first_question(database):
    with database.reading() as db:
        assert held(database) == 0
        assert [db.scalar(ONE) for _again in range(2)] == [1, 1]
        assert held(database) == 1
    assert held(database) == 0


def test_who_may_not_wait_asks_only_what_is_on_this_machine(database):
    with database.reading(may_wait=False) as db:
        if database.is_sqlite:
            assert db.scalar(ONE) == 1
        else:
            with pytest.raises(WouldWaitError):
                db.scalar(ONE)
    assert held(database) == 0


def test_who_has_ended_asks_no_more(database):
    with database.reading() as db:
        assert db.scalar(ONE) == 1
    with pytest.raises(WouldWaitError):
        db.scalar(ONE)
    assert held(database) == 0


def test_what_was_read_outlives_its_reader(database):
    with database.writing() as db:
        make_person(db)
    with database.reading() as db:
        person = db.scalars(select(Person)).one()
        assert person in db
    assert inspect(person).detached
    assert held(database) == 0


def test_a_question_that_fails_leaves_no_connection_behind(database):
    with pytest.raises(DBAPIError), database.reading() as db:
        db.execute(text("SELECT 1 FROM nothing_there"))
    assert held(database) == 0


def test_a_reader_takes_the_connection_that_another_has_left(database):
    """On SQLite, where none can have died; it begins to read anew."""
    if not database.is_sqlite:
        assert database.handed_on is None
        return
    with database.reading() as db:
        first = db.connection()
        assert db.scalar(select(func.count()).select_from(Person)) == 0
    assert not first.in_transaction()
    with database.writing() as db:
        make_person(db)
    with database.reading() as db:
        assert db.connection() is first
        assert db.scalar(select(func.count()).select_from(Person)) == 1
        with database.reading() as other:
            assert other.connection() is not first
    assert len(database.handed_on) == 2
    # Who gave theirs back last is followed first.
    with database.reading() as db:
        assert db.connection() is first
    database.handed_on.close()
    assert database.reading_engine.pool.checkedout() == 0


def test_a_snapshot_needs_no_connection_of_its_own(database):
    """Where all are left to the next reader, none is in the pool."""
    with database.reading() as db:
        left = db.connection()
    with database.snapshot() as db:
        assert db.scalar(ONE) == 1
        assert not database.is_sqlite or db.connection() is left
        assert held(database) == 1
    assert held(database) == 0


def test_a_broken_connection_is_left_to_nobody(database, monkeypatch):
    if not database.is_sqlite:
        return

    def broken(_connection):
        raise RuntimeError

    monkeypatch.setattr(Connection, "rollback", broken)
    with pytest.raises(RuntimeError), database.reading() as db:
        connection = db.connection()
    assert connection.closed
    assert len(database.handed_on) == 0
    assert held(database) == 0
