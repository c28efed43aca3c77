"""Several providers of different kinds, running beside the portal."""

from contextlib import ExitStack

import pytest

from portal.config.settings import Settings
from tests.accounts.identity_providers import Reader, Surroundings


@pytest.fixture(scope="package")
def around_all():
    with ExitStack() as stack:
        yield Surroundings(stack)


@pytest.fixture
def around(around_all):
    """Every test begins with honest providers."""
    around_all.be_honest()
    return around_all


@pytest.fixture
def settings(settings, around):
    return Settings(**settings.model_dump() | around.settings())


@pytest.fixture
def reader(browser_of):
    return Reader(browser_of())
