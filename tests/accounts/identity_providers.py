"""Providers to sign in with: honest and lying discovery, and plain OAuth 2.0 servers."""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlencode

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from portal.demo.services.id_tokens import Mischief
from portal.demo.services.identity_provider import DemoPerson, create_identity_provider
from portal.demo.services.serving import listener_on, running, url_of
from tests.conftest import ADDRESS
from tests.pages import page_of

SECRET = "a secret of these tests' providers"


@dataclass
class Reader:
    """Somebody with a browser, on the way through a provider and back."""

    browser: TestClient

    def depart(self, key, target=None, action="/en/sign-in"):
        """Presses a provider's button; the provider's address the page leads to."""
        answer = self.browser.post(action, data={"provider": key, "next": target or ""})
        assert answer.status_code == 200, (answer.status_code, answer.headers)
        (onward,) = page_of(answer).xpath("//meta[@http-equiv='refresh']/@content")
        return onward.partition("url=")[2]

    @staticmethod
    def choose(subject, address):
        """Chooses somebody at the provider; the way back."""
        headers = {"sec-fetch-site": "same-origin"}
        with httpx.Client(trust_env=False, headers=headers) as outside:
            answer = outside.post(address, data={"subject": subject})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].removeprefix(ADDRESS)

    def sign_in(self, key, subject, **how):
        """The whole way; the portal's last answer."""
        return self.browser.get(self.choose(subject, self.depart(key, **how)))


class Discovery:
    """A provider whose discovery document a test may spoil: `spoil` gets it and returns it.

    `answers` takes the place of the document's whole answer. `asked` counts.
    """

    def __init__(self, provider: ASGIApp, configuration: Callable[[], dict[str, Any]]) -> None:
        self._configuration = configuration
        self.asked = 0
        self.be_honest()
        self.app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._document),
                Route("/userinfo-of-another", self._another),
                Mount("/", provider),
            ]
        )

    def be_honest(self) -> None:
        self.spoil: Callable[[dict[str, Any]], Any] = lambda document: document
        self.answers: Callable[[], Any] | None = None

    async def _another(self, _request: Request) -> Response:
        return JSONResponse({"sub": "another", "name": "Another", "email_verified": True})

    async def _document(self, _request: Request) -> Response:
        self.asked += 1
        if self.answers is not None:
            return await self.answers()
        return JSONResponse(self.spoil(self._configuration()))


@dataclass
class Accounts:
    """A plain OAuth 2.0 server: GitHub's profile and addresses, and VK ID's, of one account."""

    client_id: str
    profile: dict[str, Any] = field(default_factory=dict)
    addresses: list[dict[str, Any]] = field(default_factory=list)
    vk_user: dict[str, Any] = field(default_factory=dict)
    iss: str | None = None
    wants_device: bool = False

    def __post_init__(self) -> None:
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: set[str] = set()
        self.app = Starlette(
            routes=[
                Route("/authorize", self._authorize, methods=["POST"]),
                Route("/token", self._token, methods=["POST"]),
                Route("/user", self._profile),
                Route("/user/emails", self._addresses),
                Route("/user_info", self._user_info, methods=["POST"]),
            ]
        )

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        answer = {"code": code, "state": asked["state"]}
        if self.iss is not None:
            answer["iss"] = self.iss
        if self.wants_device:
            answer["device_id"] = "device-of-" + code
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer)}", 303)

    async def _token(self, request: Request) -> Response:
        given = {
            name: values[0] for name, values in parse_qs((await request.body()).decode()).items()
        }
        asked = self.codes.pop(given.get("code", ""), None)
        proof = urlsafe_b64encode(sha256(given.get("code_verifier", "").encode()).digest())
        if (
            asked is None
            or proof.rstrip(b"=").decode() != asked["code_challenge"]
            or given.get("redirect_uri") != asked["redirect_uri"]
            or (self.wants_device and given.get("device_id") != "device-of-" + given["code"])
            or (self.wants_device and given.get("client_secret") != SECRET)
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        token = secrets.token_urlsafe(16)
        self.tokens.add(token)
        return JSONResponse({"access_token": token, "token_type": "Bearer"})

    def _is_known(self, request: Request) -> bool:
        return request.headers.get("authorization", "").removeprefix("Bearer ") in self.tokens

    async def _profile(self, request: Request) -> Response:
        return JSONResponse(self.profile, 200 if self._is_known(request) else 401)

    async def _addresses(self, request: Request) -> Response:
        return JSONResponse(self.addresses, 200 if self._is_known(request) else 401)

    async def _user_info(self, request: Request) -> Response:
        given = parse_qs((await request.body()).decode())
        is_known = given["access_token"][0] in self.tokens and given["client_id"] == [
            self.client_id
        ]
        return JSONResponse({"user": self.vk_user}, 200 if is_known else 401)


AIGUL = DemoPerson("aigul", "Айгүл", "aigul@example.org", locale="kk-KZ")
ELSEWHERE = DemoPerson("aigul", "Another Aigul", "aigul@example.org")
TENANT = "11111111-2222-3333-4444-555555555555"
OTHER_TENANT = "99999999-2222-3333-4444-555555555555"


class Surroundings:
    """Every provider of this module, each on a port of its own."""

    def __init__(self, stack):
        self.mischief, self.listeners = {}, {}
        self.issuers = {}
        for key, person in (("oidc", AIGUL), ("second", ELSEWHERE), ("many", AIGUL)):
            self._run_openid(stack, key, person)
        self.github, self.vk = Accounts("github"), Accounts("vk", wants_device=True)
        for key, accounts in (("github", self.github), ("vk", self.vk)):
            self.issuers[key] = stack.enter_context(running(accounts.app))

    def _run_openid(self, stack, key, person):
        listener = listener_on()
        issuer, mischief = url_of(listener), Mischief()
        path = "/sign-in/callback" if key == "oidc" else f"/sign-in/{key}/callback"
        provider = create_identity_provider(
            issuer,
            [person],
            "portal",
            SECRET,
            redirect_uris=[ADDRESS + path],
            mischief=mischief,
        )
        document = {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/jwks",
            "userinfo_endpoint": f"{issuer}/userinfo",
            "id_token_signing_alg_values_supported": ["RS256"],
            "authorization_response_iss_parameter_supported": True,
        }
        discovery = Discovery(provider, lambda: dict(document))
        stack.enter_context(running(discovery.app, listener=listener))
        self.issuers[key], self.mischief[key] = issuer, mischief
        setattr(self, f"{key}_discovery", discovery)

    def be_honest(self):
        for discovery in (self.oidc_discovery, self.second_discovery, self.many_discovery):
            discovery.be_honest()
            discovery.asked = 0
        for mischief in self.mischief.values():
            fresh = Mischief()
            mischief.claims, mischief.signature = fresh.claims, fresh.signature
            mischief.response_iss = fresh.response_iss
        # One that serves many tenants names its issuer with the tenant left open.
        many = self.issuers["many"]
        self.many_discovery.spoil = lambda document: {
            name: told
            for name, told in (document | {"issuer": many + "/{tenantid}/v2.0"}).items()
            if name != "authorization_response_iss_parameter_supported"
        }
        self.mischief["many"].response_iss = lambda _issuer: None
        self.mischief["many"].claims = lambda told: (
            told | {"iss": f"{many}/{TENANT}/v2.0", "tid": TENANT}
        )
        self.github.iss = self.vk.iss = None
        self.github.profile = {"id": 4711, "login": "aigul", "name": "Aigul"}
        self.github.addresses = [
            {"email": "old@example.org", "primary": False, "verified": True},
            {"email": "aigul@example.org", "primary": True, "verified": True},
        ]
        self.vk.vk_user = {
            "user_id": "4711",
            "first_name": "Айгуль",
            "last_name": "С.",
            "email": "aigul@example.org",
        }

    def settings(self):
        """What the portal is told about all of them."""
        client = {"client_id": "portal", "client_secret": SECRET}
        github, vk = self.issuers["github"], self.issuers["vk"]
        many = self.issuers["many"]
        return {
            "oidc_issuer": self.issuers["oidc"],
            "oidc_client_id": "portal",
            "oidc_client_secret": SECRET,
            "oidc_name": "Demo ID",
            "providers": {
                "second": {**client, "issuer": self.issuers["second"], "name": "Second ID"},
                "many": {
                    **client,
                    "preset": "microsoft",
                    "issuer": many + "/{tenantid}/v2.0",
                    "discovery_url": f"{many}/.well-known/openid-configuration",
                },
                "github": {
                    "client_id": "github",
                    "client_secret": SECRET,
                    "issuer": github,
                    "authorize_url": f"{github}/authorize",
                    "token_url": f"{github}/token",
                    "profile_url": f"{github}/user",
                    "addresses_url": f"{github}/user/emails",
                },
                "vk": {
                    "client_id": "vk",
                    "client_secret": SECRET,
                    "issuer": vk,
                    "authorize_url": f"{vk}/authorize",
                    "token_url": f"{vk}/token",
                    "profile_url": f"{vk}/user_info",
                },
            },
        }
