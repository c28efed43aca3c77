"""Sign-ups that wait for each other: nobody loses by whoever came with them."""

import asyncio
import threading

import pytest
from sqlalchemy import event as events
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from starlette.responses import Response

from portal.domain.organizations.models import Organization
from portal.domain.registrations.models import Registration
from portal.web.http import batching
from portal.web.http.batching import Crossing, LineFullError, Turnstile
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
    monkeypatch.setattr(batching, "MOST_WAITING", 0)
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


def wanting(decide, wish="wanted", tell=str):
    return Crossing(ask=lambda: wish, decide=decide, tell=tell)


def outcomes(gate, crossings):
    """What becomes of each of (key, crossing), if all came while another had its turn."""
    held = threading.Event()

    def wait(_db, wishes):
        held.wait(10)
        return wishes

    async def all_of_them():
        first = asyncio.create_task(gate.through("first", wanting(wait)))
        await asyncio.sleep(0.05)
        rest = [asyncio.create_task(gate.through(*each)) for each in crossings]
        await asyncio.sleep(0)
        held.set()
        await first
        return await asyncio.gather(*rest, return_exceptions=True)

    return asyncio.run(all_of_them())


def slugs(database):
    with database.reading() as db:
        return list(db.scalars(select(Organization.slug).order_by(Organization.id)))


def add(db, wishes):
    """Writes an organisation for each of those who stand in line together."""
    return [make_organization(db, slug=wish).slug for wish in wishes]


def failing(error):
    def fail(*_values):
        raise error

    return fail


def test_nobody_loses_by_whoever_is_answered_at_once_or_fails_alone(database):
    refused = Response("no", 422)
    crossings = [
        wanting(add, "first"),
        Crossing(ask=lambda: refused, decide=add, tell=str),
        Crossing(ask=failing(ValueError("theirs")), decide=add, tell=str),
        wanting(add, "second", failing(KeyError("told"))),
        wanting(add, "third"),
    ]
    found = outcomes(Turnstile(database), [("a", each) for each in crossings])
    assert found[:2] == ["first", refused]
    assert [type(each) for each in found[2:4]] == [ValueError, KeyError]
    assert found[4] == "third"
    assert slugs(database) == ["first", "second", "third"]


def test_where_one_cannot_be_written_nobody_is_told_of_anything(database):
    def lock(db, wishes):
        add(db, wishes)
        raise OperationalError("LOCK", None, Exception("it took too long"))

    found = outcomes(Turnstile(database), [("a", wanting(lock, name)) for name in ("one", "two")])
    assert [type(each) for each in found] == [OperationalError, OperationalError]
    assert slugs(database) == []


def test_turns_are_taken_in_order_and_together_only_by_those_who_want_the_same(database):
    seen = []

    def note(_db, wishes):
        seen.append(wishes)
        return wishes

    asked = [("a", "a1"), ("b", "b1"), ("a", "a2"), ("b", "b2")]
    found = outcomes(Turnstile(database), [(key, wanting(note, name)) for key, name in asked])
    assert found == ["a1", "b1", "a2", "b2"]
    assert seen == [["a1", "a2"], ["b1", "b2"]]


def test_more_than_can_be_answered_soon_are_refused_at_once(database, monkeypatch):
    monkeypatch.setattr(batching, "MOST_WAITING", 2)
    crossings = [("a", wanting(lambda _db, wishes: wishes))] * 3
    found = outcomes(Turnstile(database), crossings)
    assert found[:2] == ["wanted", "wanted"]
    assert isinstance(found[2], LineFullError)
