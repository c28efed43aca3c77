"""Many people after the same places at once: none is given twice, no answer is lost."""

import threading
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from functools import partial

import httpx
import pytest
from sqlalchemy import func, select

from portal.core import clock
from portal.domain.accounts.people import actions as people
from portal.domain.emails.models import Email, EmailKind
from portal.domain.events.models import Event, EventSeats
from portal.domain.feedback.models import SealedAnswer
from portal.domain.organizations import actions as organizations
from portal.domain.organizations.models import Role
from portal.domain.registrations.models import Registration
from tests.factories import (
    make_event,
    make_organization,
    make_person,
    pass_key,
    session_cookie,
    sign_up_guest,
)
from tests.forms import feedback_fields
from tests.processes import serving
from tests.registrations.races.rushing import AT_ONCE, all_at_once

pytestmark = pytest.mark.both_engines

CROWD, PLACES = 200, 50


def registration_path(slug):
    return f"/en/events/{slug}/registration"


def sign_ups(visitor, slug, guests):
    """One call for each guest, each in a browser of its own thread's choosing."""
    browsers = [visitor() for _thread in range(AT_ONCE)]

    def call(number):
        form = {"name": f"Guest {number}", "email": f"guest-{number}@example.org"}
        return lambda: browsers[number % AT_ONCE].post(registration_path(slug), data=form)

    return [call(number) for number in guests]


def line_of(database):
    with database.reading() as db:
        statement = select(Registration.queue_number, Registration.status)
        return db.execute(statement.order_by(Registration.queue_number)).all()


def taken(database):
    with database.reading() as db:
        return db.scalar(select(EventSeats.taken))


def test_two_hundred_sign_ups_race_for_fifty_places(visitor, database):
    with database.writing() as db:
        slug = make_event(db, make_organization(db), capacity=PLACES).slug
    answers = all_at_once(sign_ups(visitor, slug, range(CROWD)))
    assert Counter(answer.status_code for answer in answers) == {303: CROWD}
    line = line_of(database)
    assert [number for number, _status in line] == list(range(1, CROWD + 1))
    assert [status for _number, status in line] == ["confirmed"] * PLACES + ["waitlisted"] * (
        CROWD - PLACES
    )
    assert taken(database) == PLACES
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Email)) == CROWD
        assert db.scalar(select(func.count(Email.registration_id.distinct()))) == CROWD


def test_one_guest_who_submits_many_times_at_once_signs_up_once(visitor, database):
    with database.writing() as db:
        slug = make_event(db, make_organization(db), capacity=PLACES).slug
    answers = all_at_once(sign_ups(visitor, slug, [7] * 12))
    assert {answer.status_code for answer in answers} == {303}
    assert [tuple(row) for row in line_of(database)] == [(1, "confirmed")]
    assert taken(database) == 1


def test_one_member_who_clicks_many_times_at_once_signs_up_once(visitor, database):
    with database.writing() as db:
        slug = make_event(db, make_organization(db), capacity=PLACES).slug
        session = people.start_session(db, make_person(db), clock.now())
    clicks = [partial(visitor(session).post, registration_path(slug)) for _n in range(12)]
    answers = all_at_once(clicks)
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert [tuple(row) for row in line_of(database)] == [(1, "confirmed")]
    with database.reading() as db:
        assert db.scalars(select(Email.kind)).all() == [EmailKind.CONFIRMED]


def test_a_member_and_a_guest_race_for_the_last_place(visitor, database):
    with database.writing() as db:
        slug = make_event(db, make_organization(db), capacity=1).slug
        session = people.start_session(db, make_person(db), clock.now())
    member = visitor(session)
    answers = all_at_once(
        [lambda: member.post(registration_path(slug)), *sign_ups(visitor, slug, [1])]
    )
    assert [answer.status_code for answer in answers] == [303, 303]
    assert [status for _n, status in line_of(database)] == ["confirmed", "waitlisted"]


def test_a_member_and_the_same_person_as_a_guest_are_one_sign_up(visitor, database):
    with database.writing() as db:
        slug = make_event(db, make_organization(db), capacity=5).slug
        person = make_person(db, email="guest-1@example.org")
        session = people.start_session(db, person, clock.now())
    member = visitor(session)
    clicks = [lambda: member.post(registration_path(slug)), *sign_ups(visitor, slug, [1])] * 4
    assert {answer.status_code for answer in all_at_once(clicks)} == {303}
    assert [tuple(row) for row in line_of(database)] == [(1, "confirmed")]
    assert taken(database) == 1


def test_a_place_given_back_many_times_at_once_promotes_one(visitor, database):
    with database.writing() as db:
        event = make_event(db, make_organization(db), capacity=1)
        guests = [sign_up_guest(db, event) for _guest in range(4)]
        key = pass_key(db, guests[0], event)
    clicks = [partial(visitor().post, f"/en/passes/{key}/cancellation") for _n in range(8)]
    statuses = Counter(answer.status_code for answer in all_at_once(clicks))
    assert statuses == {303: 1, 409: 7}
    assert [status for _n, status in line_of(database)] == [
        *("cancelled", "confirmed", "waitlisted", "waitlisted")
    ]
    assert taken(database) == 1
    with database.reading() as db:
        promoted = select(func.count()).where(Email.kind == EmailKind.PROMOTED.value)
        assert db.scalar(promoted) == 1


def test_giving_back_and_signing_up_at_once_never_oversells(visitor, database):
    with database.writing() as db:
        event = make_event(db, make_organization(db), capacity=10)
        slug = event.slug
        guests = [sign_up_guest(db, event, number=1000 + n) for n in range(16)]
        keys = [pass_key(db, guest, event) for guest in guests]
    browsers = [visitor() for _n in range(8)]
    leaving = [
        lambda n=n: browsers[n % 8].post(f"/en/passes/{keys[n]}/cancellation") for n in range(8)
    ]
    coming = sign_ups(visitor, slug, range(16))
    mixed = [call for pair in zip(leaving * 2, coming, strict=True) for call in pair]
    answers = all_at_once(mixed)
    assert {answer.status_code for answer in answers} <= {303, 409}
    statuses = Counter(status for _n, status in line_of(database))
    assert statuses == {"confirmed": 10, "waitlisted": 14, "cancelled": 8}
    assert taken(database) == 10
    waiting = [number for number, status in line_of(database) if status == "waitlisted"]
    confirmed = [number for number, status in line_of(database) if status == "confirmed"]
    assert max(confirmed) < min(waiting)


def test_one_person_who_answers_many_times_at_once_is_counted_once(visitor, database):
    with database.writing() as db:
        ended = clock.now() - timedelta(hours=3)
        event = make_event(db, make_organization(db), starts_at=ended)
        key = pass_key(db, sign_up_guest(db, event), event)
    clicks = [
        partial(visitor().post, f"/en/passes/{key}/feedback", data=feedback_fields())
        for _n in range(8)
    ]
    assert Counter(a.status_code for a in all_at_once(clicks)) == {303: 1, 409: 7}
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(SealedAnswer)) == 1


def test_helpers_at_the_door_who_press_at_once_mark_one_arrival(visitor, database):
    with database.writing() as db:
        helpers = [make_person(db) for _n in range(6)]
        organization = make_organization(db)
        for helper in helpers:
            organizations.grant_role(db, organization, helper, Role.CHECK_IN, clock.now())
        event = make_event(db, organization, starts_at=clock.now() + timedelta(hours=1))
        path = f"/en/manage/events/{event.slug}/check-in/{sign_up_guest(db, event).public_id}"
    sessions = [session_cookie(database, helper) for helper in helpers]
    clicks = [partial(visitor(session).post, path) for session in sessions]
    assert Counter(a.status_code for a in all_at_once(clicks)) == {303: 6}
    with database.reading() as db:
        arrivals = select(func.count()).where(Registration.attended_at.is_not(None))
        assert db.scalar(arrivals) == 1


@pytest.mark.processes
def test_a_power_cut_in_the_middle_of_a_rush_loses_no_answered_sign_up(
    settings, database, tmp_path
):
    """What the server had answered before it was killed is whole; the rest is not there."""
    with database.writing() as db:
        slug = make_event(db, make_organization(db), capacity=30).slug
    database.close()
    environment = {
        "database_url": settings.database_url,
        "seal_key_file": settings.seal_key_path,
        "log_level": "ERROR",
    }
    answered = []
    with serving(tmp_path, **environment) as server:

        def hammer(thread):
            with server.browser() as browser, suppress(httpx.TransportError):
                for number in range(1_000):
                    email = f"guest-{thread}-{number}@example.org"
                    form = {"name": "Guest", "email": email}
                    answer = browser.post(registration_path(slug), data=form)
                    assert answer.status_code == httpx.codes.SEE_OTHER
                    answered.append(email)

        crowd = [threading.Thread(target=hammer, args=(thread,)) for thread in range(6)]
        for thread in crowd:
            thread.start()
        enough = threading.Event()
        while len(answered) < 60 and any(thread.is_alive() for thread in crowd):
            enough.wait(0.01)
        server.kill()
        for thread in crowd:
            thread.join(60)
    assert len(answered) >= 60
    with serving(tmp_path, **environment) as server, server.browser() as browser:
        assert browser.get(f"/en/events/{slug}").status_code == httpx.codes.OK
        again = {"name": "Guest", "email": "after@example.org"}
        after = browser.post(registration_path(slug), data=again)
        assert after.status_code == httpx.codes.SEE_OTHER
    answered.append("after@example.org")
    with database.reading() as db:
        seal = db.info["seal"]
        rows = db.scalars(select(Registration).order_by(Registration.queue_number)).all()
        kept = {seal.open(row.email_sealed, "registration.email") for row in rows}
        assert set(answered) <= kept
        event = db.scalars(select(Event)).one()
        confirmed = [row for row in rows if row.status == "confirmed"]
        assert event.taken == len(confirmed) == 30
        assert [row.queue_number for row in rows] == list(range(1, len(rows) + 1))
        assert event.seats.last_queue_number == len(rows)
        owed = Counter(db.scalars(select(Email.registration_id)))
        assert owed == {row.id: 1 for row in rows}
