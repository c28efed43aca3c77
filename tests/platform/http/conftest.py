"""Somebody who says nothing of where requests come from, and an event to ask for."""

import pytest
from starlette.testclient import TestClient

from tests.conftest import ADDRESS
from tests.factories import make_event, make_organization


@pytest.fixture
def bare(app):
    """A browser that says nothing of where its requests come from."""
    return TestClient(app, base_url=ADDRESS, follow_redirects=False)


@pytest.fixture
def slug(database):
    with database.writing() as db:
        return make_event(db, make_organization(db)).slug
