"""A change redraws the pages that show it, in every process, and leaves the others kept."""

from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import bindparam, delete, select, text, update

from portal.core import clock
from portal.db.changes import writes
from portal.db.changes.revision import ContentChange, raise_revision, revision_now
from portal.domain.accounts.consents.models import Consent
from portal.domain.events.models import Event
from portal.domain.organizations.models import Organization
from portal.domain.registrations import actions as registrations
from portal.domain.registrations.models import Registration
from portal.domain.registrations.queries import Pass
from tests.factories import (
    make_event,
    make_organization,
    make_person,
    pass_key,
    session_cookie,
    sign_up_guest,
)
from tests.queries import queries_of

pytestmark = [pytest.mark.usefixtures("stopped_clock"), pytest.mark.both_engines]
EVERYTHING = None


class ChangedMindError(Exception):
    """Of a writer in the middle of it."""


@pytest.fixture
def replica(browser_at):
    """A browser of another process of the same portal."""
    return browser_at()


@pytest.fixture
def ids(database):
    """Two events of twelve places, of which the first has given three."""
    with database.writing() as db:
        ours = make_organization(db, "ours", owner=make_person(db))
        first, second = (make_event(db, ours, capacity=12) for _number in range(2))
        for _guest in range(3):
            sign_up_guest(db, first)
        return first.id, second.id


def slugs_of(database, ids):
    with database.reading() as db:
        found = db.execute(select(Event.id, Event.slug)).all()
    slugs = dict(map(tuple, found))
    return [slugs[each] for each in ids]


def told(database, event_id, write):
    """What is told of a write about an event; None if everything has changed."""
    with database.reading() as db:
        before = revision_now(db)
    with suppress(ChangedMindError), database.writing() as db:
        write(db, db.get_one(Event, event_id))
    with database.reading() as db:
        if (number := revision_now(db)) == before:
            return "nothing"
        assert number == before + 1
        return db.scalar(select(ContentChange.scopes).where(ContentChange.number == number))


def gave_back(db, event):
    held = db.scalars(select(Registration).order_by(Registration.id)).first()
    registrations.cancel(db, Pass(held, event), clock.now())


def opened(db, _event):
    db.scalars(select(Registration)).first().attended_at = clock.now()


def wrote_to(db, event):
    pass_key(db, db.scalars(select(Registration)).first(), event)


def took_back_a_part(db, event):
    with suppress(ChangedMindError), db.begin_nested():
        event.taken = 4
        db.flush()
        raise ChangedMindError
    db.refresh(event)
    event.last_queue_number = 9


def took_all_back(db, event):
    sign_up_guest(db, event)
    db.flush()
    raise ChangedMindError


def took_many(db, event):
    db.connection().execute(
        update(Event).where(Event.id == bindparam("events_id")).values(taken=bindparam("places")),
        [{"events_id": event.id, "places": 12}],
    )


def test_a_change_is_told_by_what_was_written(database, ids):
    places = f"places:{ids[0]}"
    signed_up = f"consents registrations {places}=free"
    for write, scopes in (
        (sign_up_guest, signed_up),
        (gave_back, f"registrations {places}=free"),
        (opened, "registrations"),
        (took_back_a_part, f"{places}=free"),
        (took_many, f"{places}=full"),
        (lambda _db, event: setattr(event, "taken", 11), f"{places}=few"),
        (lambda db, _event: db.execute(delete(Consent)), "consents"),
        (took_all_back, "nothing"),
        (wrote_to, "nothing"),
    ):
        assert told(database, ids[0], write) == scopes, scopes

    def both(db, event):
        other = db.get_one(Event, ids[1])
        other.last_queue_number = event.last_queue_number = 20

    assert told(database, ids[0], both) == f"{places}=few places:{ids[1]}=free"


def test_what_a_change_is_of_is_certain_or_it_is_of_everything(database, ids):
    def person_taken_over(db, _event):
        db.execute(text("WITH other AS (SELECT 1) UPDATE people SET language = 'kk'"))

    for write in (
        lambda _db, event: (setattr(event, "taken", 4), setattr(event, "editions", 4)),
        lambda _db, event: setattr(event, "capacity", 13),
        lambda db, _event: db.execute(text("UPDATE events SET taken = 2")),
        lambda db, _event: db.execute(update(Event).values(taken=3)),
        lambda db, _event: db.execute(update(Event).where(Event.taken == 3).values(taken=4)),
        person_taken_over,
        lambda db, _event: db.delete(db.scalars(select(Registration)).first()),
        lambda db, _event: setattr(db.scalars(select(Organization)).one(), "city", "Ош"),
    ):
        assert told(database, ids[0], write) is EVERYTHING


def test_a_sign_up_redraws_only_what_shows_it(database, client, replica, browser_of, ids):
    first, second = slugs_of(database, ids)
    own, other = f"/en/events/{first}", f"/en/events/{second}"
    lists, history = ("/en/events", "/ru/organizations/ours"), f"/en/events/{first}/history"

    def redrawn(*asked):
        """Which of some pages each process draws anew, and that all see the same."""
        drawn, said = [], []
        for browser in (client, replica):
            for path in asked:
                with queries_of(browser.site.database) as sent:
                    said.append(browser.get(path).text)
                drawn.append(path if sent else None)
        assert drawn[: len(asked)] == drawn[len(asked) :]
        assert said[: len(asked)] == said[len(asked) :]
        return {path for path in drawn if path}

    every = (own, other, *lists, history)
    assert redrawn(*every) == set(every)
    assert redrawn(*every) == set()
    answer = client.post(f"{own}/registration", data={"name": "Dana", "email": "dana@example.org"})
    assert answer.status_code == 303
    # There are places as before; only the page that reads the event as a whole is not sure.
    assert redrawn(*every) == {history}
    with database.writing() as db:
        for _guest in range(7):
            sign_up_guest(db, db.get_one(Event, ids[0]))
    assert redrawn(*every) == {own, *lists, history}
    assert "Few places left" in client.get(own).text
    with database.writing() as db:
        sign_up_guest(db, db.get_one(Event, ids[0]))
    assert redrawn(*every) == {own, *lists, history}
    assert "Full" in replica.get("/en/events").text
    # Members come and go without anybody seeing it.
    with database.writing() as db:
        person = make_person(db)
    session_cookie(database, person)
    assert redrawn(*every) == set()
    with database.writing() as db:
        db.get_one(Event, ids[0]).sequence += 1
    assert redrawn(*every) == set(every)


def test_who_is_far_behind_takes_everything_for_changed(
    database, client, replica, ids, monkeypatch
):
    monkeypatch.setattr(writes, "KEPT", 5)
    monkeypatch.setattr(writes, "_FORGOTTEN_AT_ONCE", 1)
    _first, second = slugs_of(database, ids)
    path = f"/en/events/{second}"

    def is_drawn_anew(browser):
        with queries_of(browser.site.database) as sent:
            assert browser.get(path).status_code == 200
        return bool(sent)

    assert is_drawn_anew(client)
    assert is_drawn_anew(replica)
    for changes in range(9):
        with database.writing() as db:
            sign_up_guest(db, db.get_one(Event, ids[0]), confirmed=False)
        assert not is_drawn_anew(client)
        with database.reading() as db:
            kept = db.scalars(select(ContentChange.number)).all()
        assert len(kept) <= 5, changes
    assert is_drawn_anew(replica)
    assert not is_drawn_anew(replica)
    raise_revision(database)  # as after what was written past it
    assert is_drawn_anew(client)
    assert is_drawn_anew(replica)


def test_a_minute_later_the_same_event_is_over(database, client, monkeypatch):
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)
    with database.writing() as db:
        ends = moment + timedelta(minutes=1)
        event = make_event(
            db,
            make_organization(db),
            starts_at=ends - timedelta(hours=1),
            lasts=timedelta(hours=1),
        )
        path = f"/en/events/{event.slug}"
    assert "On now" in client.get(path).text
    moment = ends
    assert "On now" not in client.get(path).text
