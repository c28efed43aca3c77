"""Readers: who asks nothing holds no connection, and nobody holds one for longer than they ask."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError

from portal.domain.people.models import Person
from portal.readers import WouldWaitError
from tests.factories import make_person

ONE = text("SELECT 1")


def held(database):
    return database.reading_engine.pool.checkedout()


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
