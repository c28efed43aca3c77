"""Somebody who says nothing of where requests come from, and an event to ask for."""

import pytest
from starlette.testclient import TestClient

from portal.app import with_page_cache
from tests.conftest import ADDRESS
from tests.factories import make_event, make_organization


@pytest.fixture
def bare(app):
    """A browser that says nothing of where its requests come from."""
    return TestClient(with_page_cache(app), base_url=ADDRESS, follow_redirects=False)


@pytest.fixture
def slug(database):
    with database.writing() as db:
        return make_event(db, make_organization(db)).slug
