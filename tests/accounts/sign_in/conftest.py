"""A provider that is honest unless a test spoils its answers, and a portal that trusts it."""

import pytest

from portal.config.settings import Settings
from portal.demo.services.id_tokens import Mischief
from portal.demo.services.identity_provider import create_identity_provider
from portal.demo.services.serving import listener_on, running, url_of
from tests.accounts.sign_in.reader import AIGUL, BOLAT, CALLBACK, SECRET, Reader


@pytest.fixture(scope="module")
def mischief():
    return Mischief()


@pytest.fixture(scope="module")
def issuer(mischief):
    """A provider of each module's own, run over HTTP; so is its key."""
    listener = listener_on()
    provider = create_identity_provider(
        url_of(listener),
        [AIGUL, BOLAT],
        "portal",
        SECRET,
        redirect_uris=[CALLBACK],
        mischief=mischief,
    )
    with running(provider, listener=listener) as address:
        yield address


@pytest.fixture(autouse=True)
def honest(mischief):
    """Every test begins with a provider that spoils nothing."""
    fresh = Mischief()
    mischief.claims, mischief.signature = fresh.claims, fresh.signature
    mischief.response_iss = fresh.response_iss


@pytest.fixture
def settings(settings, issuer):
    given = settings.model_dump() | {
        "oidc_issuer": issuer,
        "oidc_client_id": "portal",
        "oidc_client_secret": SECRET,
        "oidc_name": "Demo ID",
    }
    return Settings(**given)


@pytest.fixture
def reader(browser_of):
    return Reader(browser_of())
