"""Sign-ups that wait for each other: nobody loses by whoever came with them."""

import asyncio
import threading

import pytest
from sqlalchemy import event as events
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from portal.domain.organizations.models import Organization
from portal.domain.registrations.models import Registration
from portal.web.http import batching
from portal.web.http.batching import MAX_BATCH, BatchQueue, QueueFullError
from tests.factories import make_event, make_organization

pytestmark = pytest.mark.both_engines


@pytest.fixture
def sign_up(client, database):
    """Presses the button as a guest; the path by language."""
    with database.writing() as db:
        slug = make_event(db, make_organization(db)).slug

    def press(language="en", email="guest@example.org"):
        form = {"name": "Айгүл <b>", "email": email}
        return client.post(f"/{language}/events/{slug}/registration", data=form)

    return press


def signed_up(database):
    with database.reading() as db:
        return len(db.scalars(select(Registration.id)).all())


@pytest.mark.parametrize(
    ("language", "words"),
    [("kk", "Қайта жіберу"), ("ru", "Отправить ещё раз"), ("en", "Send it again")],
)
def test_where_too_many_wait_nothing_typed_is_lost(sign_up, database, monkeypatch, language, words):
    monkeypatch.setattr(batching, "MAX_WAITING", 0)
    answer = sign_up(language)
    assert answer.status_code == 503
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert answer.headers["cache-control"] == "no-store"
    assert words in answer.text
    assert 'value="Айгүл &lt;b&gt;"' in answer.text
    assert 'value="guest@example.org"' in answer.text
    assert signed_up(database) == 0


def test_nobody_is_told_of_a_place_that_was_not_committed(sign_up, database):
    def fail(_connection):
        raise OSError("the disk is full")

    events.listen(database.engine, "commit", fail)
    try:
        assert sign_up().status_code == 500
    finally:
        events.remove(database.engine, "commit", fail)
    assert signed_up(database) == 0
    assert sign_up().status_code == 303
    assert signed_up(database) == 1


def outcomes(queue, submitted):
    """What becomes of each (key, request), if all came while another was being decided."""
    held = threading.Event()

    async def all_of_them():
        decide, queue._decide = queue._decide, lambda _db, _key, sent: held.wait(10) and sent
        first = asyncio.create_task(queue.submit("first", "first"))
        await asyncio.sleep(0.05)
        queue._decide = decide
        rest = [asyncio.create_task(queue.submit(*each)) for each in submitted]
        await asyncio.sleep(0)
        held.set()
        await first
        return await asyncio.gather(*rest, return_exceptions=True)

    return asyncio.run(all_of_them())


def slugs(database):
    with database.reading() as db:
        return list(db.scalars(select(Organization.slug).order_by(Organization.id)))


def add(db, _key, requests):
    """Writes an organisation for each of those who stand in line together."""
    return [make_organization(db, slug=each).slug for each in requests]


def test_each_is_told_what_was_decided_about_them(database):
    found = outcomes(BatchQueue(database, add), [("a", "first"), ("a", "second"), ("a", "third")])
    assert found == ["first", "second", "third"]
    assert slugs(database) == ["first", "second", "third"]


def test_where_one_cannot_be_written_nobody_is_told_of_anything(database):
    def lock(db, key, requests):
        add(db, key, requests)
        raise OperationalError("LOCK", None, Exception("it took too long"))

    found = outcomes(BatchQueue(database, lock), [("a", "one"), ("a", "two")])
    assert [type(each) for each in found] == [OperationalError, OperationalError]
    assert slugs(database) == []


def test_who_went_away_takes_nothing_from_those_who_came_with_them(database):
    queue = BatchQueue(database, add)

    async def one_leaves():
        one, other = (asyncio.create_task(queue.submit("a", name)) for name in ("one", "other"))
        await asyncio.sleep(0)
        one.cancel()
        return await other

    assert asyncio.run(one_leaves()) == "other"


def test_turns_are_taken_in_order_and_together_only_by_those_who_want_the_same(database):
    seen = []

    def note(_db, key, requests):
        seen.append((key, requests))
        return requests

    asked = [("a", "a1"), ("b", "b1"), ("a", "a2"), ("b", "b2")]
    assert outcomes(BatchQueue(database, note), asked) == ["a1", "b1", "a2", "b2"]
    assert seen == [("a", ["a1", "a2"]), ("b", ["b1", "b2"])]


def test_no_more_are_decided_together_than_a_transaction_holds(database):
    seen = []

    def note(_db, _key, requests):
        seen.append(len(requests))
        return requests

    outcomes(BatchQueue(database, note), [("a", each) for each in range(MAX_BATCH + 1)])
    assert seen == [MAX_BATCH, 1]


def test_more_than_can_be_answered_soon_are_refused_at_once(database, monkeypatch):
    monkeypatch.setattr(batching, "MAX_WAITING", 2)
    queue = BatchQueue(database, lambda _db, _key, requests: requests)
    found = outcomes(queue, [("a", "wanted")] * 3)
    assert found[:2] == ["wanted", "wanted"]
    assert isinstance(found[2], QueueFullError)
