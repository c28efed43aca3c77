"""An event that is over, its participants' passes, and the worker that mixes what they said."""

from datetime import timedelta

import pytest

from portal.app import declared_links
from portal.core import clock
from portal.domain.organizations.queries import organization_named
from portal.worker.loop import Worker
from tests.factories import make_event, make_organization, make_person, pass_key, sign_up_guest


@pytest.fixture
def analyst(database):
    with database.writing() as db:
        person = make_person(db)
        make_organization(db, "ours", analyst=person)
    return person


@pytest.fixture
def finished(database, analyst):
    """Makes an event that ended an hour ago with so many guests; its slug and their keys."""

    def make(guests, *, ended=timedelta(hours=1)):
        with database.writing() as db:
            event = make_event(
                db,
                organization_named(db, "ours"),
                starts_at=clock.now() - ended - timedelta(hours=2),
                capacity=None,
            )
            return event.slug, [
                pass_key(db, sign_up_guest(db, event), event) for _guest in range(guests)
            ]

    return make


@pytest.fixture
def pour(database, settings):
    """Lets the worker do its round, now or later; returns how many boxes it has poured."""
    worker = Worker(database, declared_links(settings), settings)
    return lambda later=timedelta(): worker.round(clock.now() + later).poured
