"""Sign-ups that wait for each other: nobody loses by whoever came with them."""

from __future__ import annotations

import asyncio
import threading

import pytest
from sqlalchemy import event as events
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from portal.domain.registrations.models import Registration
from portal.outages import BusyError
from portal.web import turnstile
from portal.web.turnstile import LineFullError, Turnstile
from tests.factories import make_event, make_organization


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
    monkeypatch.setattr(turnstile, "MOST_WAITING", 0)
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


def outcomes(gate, calls):
    """What each call of (key, call) comes to, if all came while another had its turn."""
    held = threading.Event()

    async def all_of_them():
        first = asyncio.create_task(gate.through("first", lambda _begin: held.wait(10)))
        await asyncio.sleep(0.05)
        rest = [asyncio.create_task(gate.through(key, call)) for key, call in calls]
        await asyncio.sleep(0)
        held.set()
        await first
        return await asyncio.gather(*rest, return_exceptions=True)

    return asyncio.run(all_of_them())


def test_what_one_of_them_wrote_goes_with_its_error_and_the_others_stay(database):
    def add(name):
        def call(begin):
            with begin() as db:
                make_organization(db, slug=name)
                if name == "second":
                    raise ValueError(name)
            return name

        return call

    def slugs():
        with database.reading() as db:
            return [
                slug
                for (slug,) in db.connection().exec_driver_sql(
                    "SELECT slug FROM organizations ORDER BY id"
                )
            ]

    found = outcomes(Turnstile(database), [("a", add(n)) for n in ("first", "second", "third")])
    assert [str(each) for each in found] == ["first", "second", "third"]
    assert isinstance(found[1], ValueError)
    assert slugs() == ["first", "third"]


def test_nobody_waits_for_the_lock_that_another_has_just_waited_for(database):
    asked = []

    def add(name):
        def call(begin):
            asked.append(name)
            with begin() as db:
                make_organization(db, slug=name)
                if name == "second":
                    raise OperationalError("LOCK", None, Exception("it took too long"))
            return name

        return call

    names = ("first", "second", "third", "fourth")
    found = outcomes(Turnstile(database), [("a", add(name)) for name in names])
    assert asked == ["first", "second"]
    assert found[0] == "first"
    assert [type(each) for each in found[1:]] == [OperationalError, BusyError, BusyError]
    with database.reading() as db:
        assert db.connection().exec_driver_sql("SELECT slug FROM organizations").scalar() == "first"


def test_turns_are_taken_in_order_and_together_only_by_those_who_want_the_same(database):
    seen = []

    def note(name):
        def call(begin):
            seen.append((name, id(begin)))
            return name

        return call

    asked = [("a", "a1"), ("b", "b1"), ("a", "a2"), ("b", "b2")]
    outcomes(Turnstile(database), [(key, note(name)) for key, name in asked])
    assert [name for name, _transaction in seen] == ["a1", "a2", "b1", "b2"]
    assert len({transaction for name, transaction in seen if name.startswith("a")}) == 1


def test_more_than_can_be_answered_soon_are_refused_at_once(database, monkeypatch):
    monkeypatch.setattr(turnstile, "MOST_WAITING", 2)
    gate = Turnstile(database)
    found = outcomes(gate, [("a", lambda _begin: "done")] * 3)
    assert found[:2] == ["done", "done"]
    assert isinstance(found[2], LineFullError)
