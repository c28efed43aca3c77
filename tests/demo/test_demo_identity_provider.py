"""The demonstration's identity provider, driven over HTTP as a portal and its reader drive it."""

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from portal.core import clock
from portal.demo.services.id_tokens import at_hash, base64url
from portal.demo.services.identity_provider import DemoPerson, create_identity_provider
from portal.demo.services.serving import listener_on, running, url_of

CLIENT = "shanyraq"
SECRET = "a secret with : and % and ü"
CALLBACK = "http://127.0.0.1:8000/sign-in/callback"
AIGUL = DemoPerson("aigul", "Айгүл Серікқызы", "aigul@example.org", locale="kk")
UNPROVEN = DemoPerson("bolat", "Болат", "bolat@example.org", email_verified=False, role_note="NGO")


@dataclass
class Portal:
    """A client of the provider, and the browser in front of it."""

    http: httpx.Client
    issuer: str

    def ask(self, *, form: dict[str, str] | None = None, **changed: str) -> httpx.Response:
        """Ask for authorization, or with a form answer the page; empty parameters are left out."""
        asked = {
            "client_id": CLIENT,
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": "openid email profile",
            "state": "the state",
            "nonce": "the nonce",
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
            **changed,
        }
        params = {name: value for name, value in asked.items() if value}
        method = "GET" if form is None else "POST"
        return self.http.request(method, "/authorize", params=params, data=form)

    def choose(self, person: DemoPerson, **changed: str) -> dict[str, str]:
        """Choose a person; what comes back at the callback."""
        answer = self.ask(form={"subject": person.subject}, **changed)
        assert answer.status_code == httpx.codes.SEE_OTHER, answer.text
        return query_of(answer)

    def redeem(self, code: str, **changed: str) -> httpx.Response:
        """Bring a code to the token endpoint, with the client's secret in the form."""
        form = {
            "grant_type": "authorization_code",
            "client_id": CLIENT,
            "client_secret": SECRET,
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
            **changed,
        }
        return self.http.post("/token", data=form)

    def id_token_of(self, person: DemoPerson) -> str:
        """The ID token at the end of the whole way."""
        answer = self.redeem(self.choose(person)["code"])
        assert answer.status_code == httpx.codes.OK, answer.text
        return str(answer.json()["id_token"])

    def verified(self, id_token: str) -> dict[str, Any]:
        """The claims, once the signature holds against the published keys."""
        keys = KeySet.import_key_set(self.http.get("/jwks").json())
        return jwt.decode(id_token, keys, ["RS256"]).claims


VERIFIER = secrets.token_urlsafe(48)


def challenge_of(verifier: str) -> str:
    return base64url(hashlib.sha256(verifier.encode()).digest())


def query_of(answer: httpx.Response) -> dict[str, str]:
    location = answer.headers["location"]
    assert location.startswith(f"{CALLBACK}?")
    return dict(parse_qsl(urlsplit(location).query))


@pytest.fixture(scope="module")
def portal() -> Iterator[Portal]:
    listener = listener_on()
    issuer = url_of(listener)
    app = create_identity_provider(
        issuer, [AIGUL, UNPROVEN], CLIENT, SECRET, redirect_uris=[CALLBACK]
    )
    with (
        running(app, listener=listener),
        httpx.Client(base_url=issuer, trust_env=False) as http,
    ):
        yield Portal(http, issuer)


def test_whoever_is_chosen_arrives_with_a_signed_id_token(portal: Portal) -> None:
    returned = portal.choose(AIGUL)
    answer = portal.redeem(returned["code"])
    claims = portal.verified(answer.json()["id_token"])

    assert (returned["state"], returned["iss"]) == ("the state", portal.issuer)
    assert claims["iss"] == portal.issuer
    assert claims["aud"] == CLIENT
    assert claims["nonce"] == "the nonce"
    assert claims["exp"] > clock.now().timestamp() >= claims["iat"] >= claims["auth_time"]
    assert claims["at_hash"] == at_hash(answer.json()["access_token"])
    assert {name: claims[name] for name in ("sub", "email", "email_verified", "name")} == {
        "sub": "aigul",
        "email": "aigul@example.org",
        "email_verified": True,
        "name": "Айгүл Серікқызы",
    }
    assert answer.headers["cache-control"] == "no-store"


def test_claims_beyond_the_scopes_are_kept_back(portal: Portal) -> None:
    code = portal.choose(AIGUL, scope="openid")["code"]
    claims = portal.verified(portal.redeem(code).json()["id_token"])

    assert not {"email", "name", "locale"} & claims.keys()


def test_the_access_token_opens_userinfo_and_nothing_else_does(portal: Portal) -> None:
    token = portal.redeem(portal.choose(AIGUL)["code"]).json()["access_token"]
    opened = portal.http.get("/userinfo", headers={"Authorization": f"Bearer {token}"})

    assert opened.json()["sub"] == "aigul"
    for header in ({}, {"Authorization": "Bearer made-up"}, {"Authorization": f"Basic {token}"}):
        assert portal.http.get("/userinfo", headers=header).status_code == httpx.codes.UNAUTHORIZED


def test_the_client_may_prove_itself_by_basic_authentication(portal: Portal) -> None:
    form = {
        "grant_type": "authorization_code",
        "code": portal.choose(AIGUL)["code"],
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
    }
    basic = httpx.BasicAuth(CLIENT, "a+secret+with+%3A+and+%25+and+%C3%BC")

    assert portal.http.post("/token", data=form, auth=basic).status_code == httpx.codes.OK


def test_a_wrong_secret_is_refused_and_leaves_the_code_alone(portal: Portal) -> None:
    code = portal.choose(AIGUL)["code"]
    refused = portal.redeem(code, client_secret="guessed")
    malformed = portal.http.post("/token", headers={b"Authorization": b"Basic \xff"})

    assert (refused.status_code, refused.json()) == (401, {"error": "invalid_client"})
    assert malformed.status_code == httpx.codes.UNAUTHORIZED
    assert portal.redeem(code).status_code == httpx.codes.OK


def test_a_code_is_good_once(portal: Portal) -> None:
    code = portal.choose(AIGUL)["code"]

    assert portal.redeem(code).status_code == httpx.codes.OK
    assert portal.redeem(code).json() == {"error": "invalid_grant"}


@pytest.mark.parametrize(
    "changed",
    [
        {"code_verifier": secrets.token_urlsafe(48)},
        {"code_verifier": ""},
        {"redirect_uri": "http://127.0.0.1:8000/elsewhere"},
    ],
)
def test_a_code_fails_with_another_verifier_or_address_and_is_spent(
    portal: Portal, changed: dict[str, str]
) -> None:
    code = portal.choose(AIGUL)["code"]

    assert portal.redeem(code, **changed).json() == {"error": "invalid_grant"}
    assert portal.redeem(code).json() == {"error": "invalid_grant"}


def test_a_code_dies_after_a_minute(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    code = portal.choose(AIGUL)["code"]
    later = clock.now() + timedelta(seconds=60)
    monkeypatch.setattr(clock, "now", lambda: later)

    assert portal.redeem(code).json() == {"error": "invalid_grant"}


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": "https://evil.example/callback"},
        {"redirect_uri": f"{CALLBACK}/more"},
        {"redirect_uri": ""},
        {"client_id": "somebody"},
    ],
)
def test_an_unregistered_client_or_address_is_never_redirected_to(
    portal: Portal, changed: dict[str, str]
) -> None:
    for answer in (
        portal.ask(form=None, **changed),
        portal.ask(form={"subject": "aigul"}, **changed),
    ):
        assert answer.status_code == httpx.codes.BAD_REQUEST
        assert "location" not in answer.headers


def test_a_parameter_given_twice_is_refused(portal: Portal) -> None:
    twice = {"client_id": CLIENT, "redirect_uri": [CALLBACK, CALLBACK]}

    assert portal.http.get("/authorize", params=twice).status_code == httpx.codes.BAD_REQUEST


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "email"}, "invalid_scope"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
    ],
)
def test_a_faulty_request_goes_back_with_its_error(
    portal: Portal, changed: dict[str, str], error: str
) -> None:
    returned = query_of(portal.ask(form=None, **changed))

    assert returned == {"error": error, "state": "the state", "iss": portal.issuer}


def test_the_page_offers_every_person_and_says_it_is_a_demonstration(portal: Portal) -> None:
    answer = portal.ask()

    assert "Demonstration only" in answer.text
    assert "NGO" in answer.text
    for person in (AIGUL, UNPROVEN):
        assert f'value="{person.subject}"' in answer.text
    assert portal.http.get("/demo.css").headers["content-type"].startswith("text/css")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self' http://127.0.0.1:8000" in policy


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_another_site_cannot_choose_for_the_reader(portal: Portal, headers: dict[str, str]) -> None:
    before = dict(portal.http.headers)
    portal.http.headers.update(headers)
    answer = portal.ask(form={"subject": "aigul"})
    portal.http.headers = before
    assert answer.status_code == httpx.codes.FORBIDDEN


def test_a_foreign_host_name_is_refused(portal: Portal) -> None:
    answer = portal.http.get("/jwks", headers={"Host": "evil.example"})

    assert answer.status_code == httpx.codes.BAD_REQUEST


def test_an_unknown_person_is_nobody(portal: Portal) -> None:
    answer = portal.ask(form={"subject": "someone else"})

    assert answer.status_code == httpx.codes.BAD_REQUEST
