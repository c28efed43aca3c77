"""Readers: who asks nothing holds no connection, and nobody holds one for longer than they ask."""

import pytest
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import DBAPIError, InvalidRequestError

from portal.domain.accounts.people.models import Person
from tests.factories import make_person

pytestmark = pytest.mark.both_engines

ONE = text("SELECT 1")


def held(database):
    """How many connections are with readers."""
    return database.reading_engine.pool.checkedout()


def test_a_reader_connects_with_its_first_question(database):
    with database.reading() as db:
        assert held(database) == 0
        assert [db.scalar(ONE) for _again in range(2)] == [1, 1]
        assert held(database) == 1
    assert held(database) == 0


@pytest.mark.parametrize("begin", ["reading", "snapshot"])
def test_a_reader_cannot_write(database, begin):
    with database.writing() as db:
        make_person(db)
    with pytest.raises(DBAPIError), getattr(database, begin)() as db:
        db.execute(text("DELETE FROM people"))
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Person)) == 1


def test_who_has_ended_asks_no_more(database):
    with database.reading() as db:
        assert db.scalar(ONE) == 1
    with pytest.raises(InvalidRequestError):
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


def test_a_reader_reads_anew_on_the_connection_of_another(database):
    def people():
        with database.reading() as db:
            return db.scalar(select(func.count()).select_from(Person))

    assert people() == 0
    with database.writing() as db:
        make_person(db)
    assert people() == 1
    assert database.reading_engine.pool.checkedin() == 1


def test_a_snapshot_stays_as_it_was_at_its_first_question(database):
    count = select(func.count()).select_from(Person)
    with database.snapshot() as db:
        assert held(database) == 0
        assert db.scalar(count) == 0
        assert held(database) == 1
        with database.writing() as other:
            make_person(other)
        assert db.scalar(count) == 0
    assert held(database) == 0
    with database.snapshot() as db:
        assert db.scalar(count) == 1
