"""Providers whose discovery document hangs, misbehaves or lies."""

import asyncio
import gzip
from urllib.parse import parse_qsl, urlsplit

import pytest
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from portal.config.providers import ProviderSettings
from portal.core.refusals import Refusal
from portal.domain.accounts.people.models import Person, SignInSession
from portal.web.providers import provider as provider_module
from portal.web.providers.openid import OpenIdProvider
from tests.accounts.identity_providers import SECRET
from tests.accounts.providers.counting import count
from tests.conftest import ADDRESS
from tests.pages import page_of, words


async def _hang():
    await asyncio.sleep(5)
    return PlainTextResponse("too late")


async def _moved():
    return RedirectResponse("http://127.0.0.1:9/elsewhere", 302)


async def _bomb():
    headers = {"content-encoding": "gzip", "content-type": "application/json"}
    return Response(gzip.compress(b" " * 4_000_000), headers=headers)


async def _endless():
    return PlainTextResponse("x" * 2_000_000)


async def _broken():
    return PlainTextResponse("{", 200)


async def _list():
    return JSONResponse(["issuer"])


async def _fault():
    return PlainTextResponse("no", 500)


ANSWERS = (_hang, _moved, _bomb, _endless, _broken, _list, _fault)

LIES = {
    "another issuer": {"issuer": "https://evil.example"},
    "no issuer": {"issuer": None},
    "only unsigned tokens": {"id_token_signing_alg_values_supported": ["none"]},
    "only secrets as keys": {"id_token_signing_alg_values_supported": ["HS256"]},
    "a place that is none": {"authorization_endpoint": 17},
    "a script to go to": {"authorization_endpoint": "javascript:alert(1)"},
    "no place for tokens": {"token_endpoint": ""},
    "a file with keys": {"jwks_uri": "file:///etc/passwd"},
}


def gone_wrong(reader, database):
    """Leaving for the second provider is refused, with the other ways on the page."""
    answer = reader.browser.post("/en/sign-in", data={"provider": "second"})
    assert answer.status_code == 503
    assert page_of(answer).xpath("//main//*[@role='alert']")
    assert "Continue with Demo ID" in words(answer)
    assert reader.browser.get("/en/sign-in").status_code == 200
    assert [count(database, table) for table in (Person, SignInSession)] == [0, 0]


@pytest.mark.parametrize("answers", ANSWERS, ids=lambda answers: answers.__name__)
def test_discovery_that_hangs_or_misbehaves_leaves_the_other_ways(
    reader, database, around, answers, monkeypatch
):
    with monkeypatch.context() as impatient:
        if answers is _hang:
            impatient.setattr(provider_module, "SECONDS_IN_ALL", 0.2)
        around.second_discovery.answers = answers
        gone_wrong(reader, database)
    assert reader.sign_in("oidc", "aigul").status_code == 303
    # It is not held against a provider for ever.
    reader.browser.post("/en/sign-out")
    around.second_discovery.answers = None
    assert reader.sign_in("second", "aigul").status_code == 303


@pytest.mark.parametrize("lie", LIES)
def test_discovery_that_lies_is_not_followed(reader, database, around, lie):
    around.second_discovery.spoil = lambda document: document | LIES[lie]
    gone_wrong(reader, database)
    around.second_discovery.spoil = lambda document: document
    assert reader.sign_in("second", "aigul").status_code == 303


def test_keys_and_settings_in_a_discovery_document_are_not_taken(reader, database, around):
    """Keys are read from their address alone; what else it says changes nothing of ours."""
    more = {"jwks": {"keys": []}, "client_id": "evil", "scope": "evil", "verify": False}
    around.second_discovery.spoil = lambda document: document | more
    asked = dict(parse_qsl(urlsplit(reader.depart("second")).query))
    assert (asked["client_id"], asked["scope"]) == ("portal", "openid profile email")
    assert reader.sign_in("second", "aigul").status_code == 303


def test_a_provider_behind_tls_may_not_lead_out_of_it():
    issuer = "https://id.example.org"
    given = ProviderSettings(client_id="portal", client_secret=SECRET, issuer=issuer)
    provider = OpenIdProvider("work", given.completed("work"), ADDRESS)
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")
    document = {"issuer": issuer, **{name: f"{issuer}/{name}" for name in names}}
    assert provider._trusted(document)["jwks_uri"] == f"{issuer}/jwks_uri"
    for name in names:
        with pytest.raises(Refusal):
            provider._trusted(document | {name: "http://id.example.org/plain"})
