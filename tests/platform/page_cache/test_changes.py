"""A change of public content renders all pages anew, in every process; no other change does."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.domain.events.models import Event
from portal.domain.registrations.attendance import set_attended
from portal.domain.registrations.models import Registration
from tests.factories import (
    make_event,
    make_organization,
    make_person,
    session_cookie,
    sign_up_guest,
)
from tests.queries import queries_of

pytestmark = [pytest.mark.usefixtures("stopped_clock"), pytest.mark.both_engines]
A_YEAR = timedelta(days=366)


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


def test_a_sign_up_changes_pages_only_if_it_shows(database, client, replica, browser_of, ids):
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
    # There are places as before.
    assert redrawn(*every) == set()
    with database.writing() as db:
        for _guest in range(7):
            sign_up_guest(db, db.get_one(Event, ids[0]))
    assert redrawn(*every) == set(every)
    assert "Few places left" in client.get(own).text
    with database.writing() as db:
        sign_up_guest(db, db.get_one(Event, ids[0]))
    assert redrawn(*every) == set(every)
    assert "Full" in replica.get("/en/events").text
    # Whoever comes to an event that is over is counted on its initiative's page.
    with database.writing() as db:
        event, registration = db.get_one(Event, ids[0]), db.scalars(select(Registration)).first()
        set_attended(db, event, registration, clock.now(), clock.now())
    assert redrawn(*every) == set()
    with database.writing() as db:
        set_attended(db, db.get_one(Event, ids[0]), registration, None, clock.now() + A_YEAR)
    assert redrawn(*every) == set(every)
    with database.writing() as db:
        person = make_person(db)
    assert redrawn(*every) == set(every)
    # Members sign in without anybody seeing it.
    session_cookie(database, person)
    assert redrawn(*every) == set()
    with database.writing() as db:
        db.get_one(Event, ids[0]).sequence += 1
    assert redrawn(*every) == set(every)


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
