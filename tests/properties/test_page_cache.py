"""Whatever is written, in whatever order, a kept page says what one drawn anew would say."""

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from portal.core import clock
from portal.domain.accounts.people.models import Person
from portal.domain.events.models import Event
from portal.domain.organizations.models import Organization
from portal.domain.registrations import queries as registrations
from portal.domain.registrations.actions import cancel
from portal.domain.registrations.models import Registration
from portal.domain.registrations.queries import Pass
from portal.i18n.translated import Translated
from tests.factories import (
    make_event,
    make_organization,
    make_person,
    session_cookie,
    sign_up_guest,
)

pytestmark = pytest.mark.both_engines

PATHS = ("/kk", "/en/events", "/kk-Latn/events", "/ru/organizations/ours", "/en/feed.atom")


class GaveUpError(Exception):
    """The writer changes their mind after writing."""


def add(database, number):
    with database.writing() as db:
        ours = db.scalars(select(Organization)).first()
        title = Translated.of("kk", kk=f"Кеш {number}")
        make_event(db, ours, title=title, capacity=number + 3)


def rename(database, number):
    with database.writing() as db:
        db.scalars(select(Organization)).first().name = Translated.of("kk", kk=f"Ұйым {number}")


def fill(database, number):
    with database.writing() as db:
        for event in db.scalars(select(Event)):
            event.taken, event.capacity = number, 9


def take_away(database, number):
    with database.writing() as db:
        db.execute(text("UPDATE events SET published_at = NULL WHERE id % 3 = :n"), {"n": number})


def give_up(database, number):
    with suppress(GaveUpError), database.writing() as db:
        db.execute(update(Event).values(sequence=number + 10))
        raise GaveUpError


def roll_back_a_part(database, number):
    with database.writing() as db:
        with suppress(GaveUpError), db.begin_nested():
            db.execute(update(Event).values(editions=9))
            raise GaveUpError
        rows = text("UPDATE organizations SET time_zone = :zone")
        db.execute(rows, {"zone": ("Asia/Seoul", "Asia/Almaty")[number % 2]})


def sign_in(database, number):
    with database.reading() as db:
        person = db.scalars(select(Person)).first()
    session_cookie(database, person)


def some_event(db, number):
    found = db.scalars(select(Event).where(Event.published_at.is_not(None)).order_by(Event.id))
    events = found.all()
    return events[number % len(events)] if events else None


def sign_up(database, number):
    with database.writing() as db:
        if (event := some_event(db, number)) is not None:
            for _guest in range(number + 1):
                sign_up_guest(db, event)


def give_back(database, number):
    # Who filled an event by hand has counted nobody in.
    with suppress(IntegrityError), database.writing() as db:
        event = some_event(db, number)
        held = event and registrations.active_of(db, event)
        if held:
            cancel(db, Pass(db.get_one(Registration, held[0]), event), clock.now())


def let_in(database, number):
    with database.writing() as db:
        rows = update(Registration).where(Registration.id % 2 == number % 2)
        db.execute(rows.values(attended_at=clock.now()))


WRITES = (add, rename, fill, take_away, give_up, roll_back_a_part, sign_in)
ALL = (*WRITES, *(sign_up, give_back, let_in) * 2)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(ALL),
            st.integers(0, 5),
            st.sets(st.sampled_from(PATHS)),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_a_kept_page_equals_one_drawn_anew(database, client, drawn_anew, steps):
    with database.writing() as db:
        if db.scalars(select(Organization)).first() is None:
            ours = make_organization(db, "ours", owner=make_person(db))
            for capacity in (2, 5, 20):
                make_event(db, ours, capacity=capacity)
    for write, number, paths in steps:
        write(database, number)
        for path in sorted(paths):
            kept, anew = client.get(path), drawn_anew.get(path)
            assert (kept.status_code, kept.text) == (200, anew.text), (write, path)
