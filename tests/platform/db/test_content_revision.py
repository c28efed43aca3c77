"""The content's revision: raised by what everybody may see, by nothing else, and read afresh."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from portal.core import clock
from portal.db.changes.revision import revision_now
from portal.db.changes.revision_reader import revision_reader
from portal.domain.accounts.people.models import SignInSession
from portal.domain.events.models import Event
from tests.engines import ON_ONE_ENGINE
from tests.factories import make_event, make_organization, make_person, session_cookie

pytestmark = pytest.mark.both_engines


def _fail_after(db):
    db.execute(text("UPDATE events SET editions = 3"))
    raise ZeroDivisionError


@pytest.fixture
def number(database):
    def ask():
        with database.reading() as db:
            return revision_now(db)

    return ask


def test_it_rises_with_every_change_that_can_be_seen(database, number):
    before = number()
    with database.writing() as db:
        event_id = make_event(db, make_organization(db, owner=make_person(db))).id
    assert number() == before + 1

    with database.writing() as db:  # one that changes nothing at all
        db.execute(update(Event).where(Event.id == -1).values(sequence=1))
        db.get(Event, event_id)
    assert number() == before + 1

    with database.writing() as db:  # what is still waiting to be written when the block ends
        db.get(Event, event_id).sequence = 1
    assert number() == before + 2

    with database.writing() as db:  # plain SQL
        db.execute(text("UPDATE events SET editions = 2"))
        db.rollback()
    assert number() == before + 2
    with database.writing() as db:
        db.execute(text("UPDATE events SET editions = 2"))
    assert number() == before + 3
    with pytest.raises(ZeroDivisionError), database.writing() as db:
        _fail_after(db)
    assert number() == before + 3
    with database.writing() as db:  # a part taken back may leave it raised, never behind
        with pytest.raises(ZeroDivisionError), db.begin_nested():
            _fail_after(db)
        db.execute(text("UPDATE events SET editions = 4"))
    assert number() == before + 4


def test_what_nobody_sees_leaves_it(database, number):
    with database.writing() as db:
        person = make_person(db)
    before = number()
    session_cookie(database, person)
    with database.writing() as db:  # statements about private tables alone
        db.execute(text("UPDATE event_seats SET last_queue_number = 7"))
        db.execute(update(SignInSession).values(acted_at=clock.now() + timedelta(minutes=1)))
    assert number() == before


async def read(reader):
    return reader.latest.version.number if await reader.catch_up() else None


def test_a_reader_sees_each_commit_at_once_however_many_ask(database, number):
    reader = revision_reader(database)

    async def many():
        seen = []
        for _round in range(5):
            with database.writing() as db:
                make_organization(db)
            due = number()
            answers = await asyncio.gather(*(read(reader) for _ in range(20)))
            seen.append((due, set(answers)))
        return seen

    try:
        for due, answers in asyncio.run(many()):
            assert answers == {due}
        assert asyncio.run(read(reader)) == number()  # in another loop
    finally:
        reader.close()
    assert asyncio.run(read(reader)) == number()  # opened again
    reader.close()


@ON_ONE_ENGINE  # PostgreSQL's reader is another
def test_those_whose_turn_had_come_share_a_question_and_nobody_after_them(
    database, number, monkeypatch
):
    reader, asked = revision_reader(database), []
    question = reader._read
    monkeypatch.setattr(reader, "_read", lambda: asked.append(number()) or question())

    def write():
        with database.writing() as db:
            make_organization(db)

    async def read_around_a_write():
        before = await asyncio.gather(*(read(reader) for _ in range(20)))
        await asyncio.to_thread(write)
        return before, await asyncio.gather(*(read(reader) for _ in range(20)))

    before, after = asyncio.run(read_around_a_write())
    reader.close()
    assert len(asked) == 2
    assert (set(before), set(after)) == ({asked[0]}, {asked[1]})
    assert asked[0] < asked[1] == number()


def test_a_reader_without_a_database_says_that_it_does_not_know(database):
    reader = revision_reader(database)
    with database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE content_revision RENAME TO away"))
    assert asyncio.run(read(reader)) is None
    with database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE away RENAME TO content_revision"))
    assert asyncio.run(read(reader)) is not None
    reader.close()
