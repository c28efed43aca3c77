"""An organisation that is not verified yet, and who decides about it."""

import dataclasses

import pytest

from tests.factories import make_organization, make_person
from tests.organizations.verification.verification_requests import HOST
from tests.outside import PUBLIC, internet


@pytest.fixture
def owner(database, browser_of):
    with database.writing() as db:
        person = make_person(db, "Иесі")
        make_organization(db, "ours", owner=person, verified=False)
    return browser_of(person)


@pytest.fixture
def administrator(database, browser_of):
    with database.writing() as db:
        person = make_person(db, "Серік", is_administrator=True)
    return browser_of(person)


@pytest.fixture
def outside(app, tmp_path):
    """The tests' own internet instead of the real one."""
    with internet(tmp_path, HOST) as made:
        made.names[HOST, "A"] = [PUBLIC]
        app.state.site = dataclasses.replace(app.state.site, outside=made.client())
        yield made
