"""A real OpenID Connect provider for people who do not exist: pick one, and be signed in."""

import hashlib
import hmac
import re
import secrets
from base64 import b64decode
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, Self, TypeVar
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

from starlette.applications import Starlette
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from portal.core import clock
from portal.demo.services.id_tokens import Claims, Mischief, Signer, at_hash, base64url
from portal.demo.services.serving import ASSETS, STRICT, guards, page


@dataclass(frozen=True)
class Credentials:
    """A client's public name and its secret."""

    client_id: str
    client_secret: str

    def are(self, others: Self) -> bool:
        """Return whether both are the same, in a time that does not depend on where they differ."""
        return hmac.compare_digest(self._as_bytes(), others._as_bytes())

    def _as_bytes(self) -> bytes:
        return f"{self.client_id}\0{self.client_secret}".encode()


def presented(authorization: str, fields: Mapping[str, str]) -> Credentials:
    """Return the credentials of a request, from a Basic Authorization header or the form."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return Credentials(fields.get("client_id", ""), fields.get("client_secret", ""))
    try:
        name, _, secret = b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return Credentials("", "")
    return Credentials(unquote_plus(name), unquote_plus(secret))


CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # SHA-256 in base64url
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class UnanswerableError(Exception):
    """The client or its address is not the registered one: tell the reader, never redirect."""


@dataclass(frozen=True)
class AuthorizationRequest:
    """A request of the registered client, to be answered at its registered address."""

    redirect_uri: str
    response_type: str
    scopes: frozenset[str]
    state: str | None
    nonce: str | None
    challenge: str
    challenge_method: str
    prompt: str

    @property
    def error(self) -> str:
        """The OAuth error code this request deserves, or nothing."""
        if self.response_type != "code":
            return "unsupported_response_type"
        if "openid" not in self.scopes:
            return "invalid_scope"
        if self.challenge_method != "S256" or not CHALLENGE.fullmatch(self.challenge):
            return "invalid_request"
        # Nobody is ever signed in here already.
        return "login_required" if self.prompt == "none" else ""

    def is_proved_by(self, verifier: str) -> bool:
        """Return whether the verifier is the one whose challenge came with this request."""
        digest = base64url(hashlib.sha256(verifier.encode()).digest())
        return bool(VERIFIER.fullmatch(verifier)) and hmac.compare_digest(digest, self.challenge)

    def answer_address(self, answer: Mapping[str, str | None]) -> str:
        """Return where the browser goes with the answer; the state is added, None is left out."""
        given = {"state": self.state, **answer}
        query = urlencode({name: value for name, value in given.items() if value is not None})
        return f"{self.redirect_uri}{'&' if '?' in self.redirect_uri else '?'}{query}"


def authorization_request(
    asked: QueryParams, client_id: str, redirect_uris: Collection[str]
) -> AuthorizationRequest:
    """Read the request; raises UnanswerableError if it must not be answered by a redirect."""
    if len(asked.multi_items()) != len(asked):
        msg = "A parameter is given twice."
        raise UnanswerableError(msg)
    if asked.get("client_id") != client_id:
        msg = "No such client is registered."
        raise UnanswerableError(msg)
    if asked.get("redirect_uri") not in redirect_uris:
        msg = "The address to return to is not registered."
        raise UnanswerableError(msg)
    return AuthorizationRequest(
        redirect_uri=asked["redirect_uri"],
        response_type=asked.get("response_type", ""),
        scopes=frozenset(asked.get("scope", "").split()),
        state=asked.get("state"),
        nonce=asked.get("nonce"),
        challenge=asked.get("code_challenge", ""),
        challenge_method=asked.get("code_challenge_method", ""),
        prompt=asked.get("prompt", ""),
    )


Stored = TypeVar("Stored")


class ShortLived(Generic[Stored]):
    """Things kept in memory for one span each; for one thread."""

    def __init__(self, life: timedelta) -> None:
        self.life = life
        self._stored: dict[str, tuple[datetime, Stored]] = {}

    def store(self, thing: Stored) -> str:
        """Keep a thing and return its key of 256 bits."""
        now = clock.now()
        self._stored = {key: entry for key, entry in self._stored.items() if entry[0] > now}
        key = secrets.token_urlsafe(32)
        self._stored[key] = (now + self.life, thing)
        return key

    def find(self, key: str) -> Stored | None:
        """Return what the key stands for, if it still does."""
        ends_at, thing = self._stored.get(key, (None, None))
        return thing if ends_at and ends_at > clock.now() else None

    def take(self, key: str) -> Stored | None:
        """Return what the key stands for, and forget it."""
        thing = self.find(key)
        self._stored.pop(key, None)
        return thing


CODE_LIFE = timedelta(seconds=60)
TOKEN_LIFE = timedelta(minutes=10)
LARGEST_BODY = 16_384  # bytes


@dataclass(frozen=True)
class DemoPerson:
    """Someone to be; `locale` is a BCP 47 tag, `role_note` says what this person may do."""

    subject: str
    name: str
    email: str
    email_verified: bool = True
    locale: str = "en"
    zoneinfo: str = "UTC"
    role_note: str = ""

    def claims(self, scopes: frozenset[str]) -> Claims:
        """Return what these scopes reveal (OpenID Connect Core 5.4)."""
        claims: Claims = {"sub": self.subject}
        if "email" in scopes:
            claims |= {"email": self.email, "email_verified": self.email_verified}
        if "profile" in scopes:
            claims |= {"name": self.name, "locale": self.locale, "zoneinfo": self.zoneinfo}
        return claims


@dataclass(frozen=True)
class Grant:
    """What a code, and after it an access token, stands for."""

    person: DemoPerson
    asked: AuthorizationRequest
    given_at: datetime


def create_identity_provider(
    issuer: str,
    people: Sequence[DemoPerson],
    client_id: str,
    client_secret: str,
    *,
    redirect_uris: Sequence[str],
    mischief: Mischief | None = None,
) -> Starlette:
    """Return the provider at origin `issuer`, all in memory; tests hand in a Mischief."""
    client = Credentials(client_id, client_secret)
    provider = _Provider(issuer, people, client, redirect_uris, mischief)
    # Chromium holds a form's redirect to form-action too, and ours leads back to the portal.
    origins = sorted({"{0.scheme}://{0.netloc}".format(urlsplit(uri)) for uri in redirect_uris})
    policy = f"{STRICT}; form-action 'self' {' '.join(origins)}"
    return Starlette(
        routes=[
            Route("/.well-known/openid-configuration", provider.configuration),
            Route("/authorize", provider.authorize, methods=["GET", "POST"]),
            Route("/token", provider.token, methods=["POST"]),
            Route("/jwks", provider.jwks),
            Route("/userinfo", provider.userinfo, methods=["GET", "POST"]),
            *ASSETS,
        ],
        middleware=guards(policy, hosts=(urlsplit(issuer).hostname or "",), origin=issuer),
        max_body_size=LARGEST_BODY,
    )


class _Provider:
    def __init__(
        self,
        issuer: str,
        people: Sequence[DemoPerson],
        client: Credentials,
        redirect_uris: Sequence[str],
        mischief: Mischief | None,
    ) -> None:
        self.issuer = issuer
        self.people = {person.subject: person for person in people}
        self.client = client
        self.redirect_uris = frozenset(redirect_uris)
        self.mischief = mischief or Mischief()
        self.signer = Signer(client.client_secret)
        self.codes = ShortLived[Grant](CODE_LIFE)
        self.tokens = ShortLived[Grant](TOKEN_LIFE)

    async def configuration(self, _request: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                "jwks_uri": f"{self.issuer}/jwks",
                "response_types_supported": ["code"],
                "response_modes_supported": ["query"],
                "grant_types_supported": ["authorization_code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
                "token_endpoint_auth_methods_supported": [
                    "client_secret_basic",
                    "client_secret_post",
                ],
                "authorization_response_iss_parameter_supported": True,
                "scopes_supported": ["openid", "email", "profile"],
                "claims_supported": [
                    *("iss", "sub", "aud", "iat", "exp", "auth_time", "nonce", "at_hash"),
                    *("email", "email_verified", "name", "locale", "zoneinfo"),
                ],
            }
        )

    async def jwks(self, _request: Request) -> Response:
        return JSONResponse(self.signer.jwks())

    async def authorize(self, request: Request) -> Response:
        try:
            asked = authorization_request(
                request.query_params, self.client.client_id, self.redirect_uris
            )
        except UnanswerableError as why:
            return page("unanswerable.html", 400, why=str(why))
        if asked.error:
            return self._back_to_client(asked, error=asked.error)
        if request.method != "POST":
            portal = urlsplit(asked.redirect_uri).netloc
            return page("people.html", people=self.people.values(), portal=portal)
        chosen = await _fields(request)
        if "cancel" in chosen:
            return self._back_to_client(asked, error="access_denied")
        person = self.people.get(chosen.get("subject", ""))
        if person is None:
            return page("unanswerable.html", 400, why="There is no such person.")
        return self._back_to_client(asked, code=self.codes.store(Grant(person, asked, clock.now())))

    async def token(self, request: Request) -> Response:
        fields = await _fields(request)
        if not self.client.are(presented(request.headers.get("authorization", ""), fields)):
            challenge = {"WWW-Authenticate": 'Basic realm="token"'}
            return JSONResponse({"error": "invalid_client"}, 401, challenge)
        if fields.get("grant_type") != "authorization_code":
            return JSONResponse({"error": "unsupported_grant_type"}, 400)
        # Taken out first: whatever comes of it, a code is good for one try.
        grant = self.codes.take(fields.get("code", ""))
        if (
            grant is None
            or grant.asked.redirect_uri != fields.get("redirect_uri")
            or not grant.asked.is_proved_by(fields.get("code_verifier", ""))
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        access_token = self.tokens.store(grant)
        return JSONResponse(
            {
                "access_token": access_token,
                "token_type": "Bearer",
                "expires_in": int(TOKEN_LIFE.total_seconds()),
                "scope": " ".join(sorted(grant.asked.scopes & {"openid", "email", "profile"})),
                "id_token": self._id_token(grant, access_token),
            }
        )

    async def userinfo(self, request: Request) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        grant = self.tokens.find(token) if scheme.lower() == "bearer" else None
        if grant is None:
            return Response(status_code=401, headers={"WWW-Authenticate": "Bearer"})
        return JSONResponse(grant.person.claims(grant.asked.scopes))

    def _back_to_client(self, asked: AuthorizationRequest, **answer: str) -> Response:
        iss = self.mischief.response_iss(self.issuer)  # RFC 9207, for errors too
        return RedirectResponse(asked.answer_address({**answer, "iss": iss}), 303)

    def _id_token(self, grant: Grant, access_token: str) -> str:
        now = clock.now()
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": self.client.client_id,
            "iat": int(now.timestamp()),
            "exp": int((now + TOKEN_LIFE).timestamp()),
            "auth_time": int(grant.given_at.timestamp()),
            "at_hash": at_hash(access_token),
            **grant.person.claims(grant.asked.scopes),
        }
        if grant.asked.nonce is not None:
            claims["nonce"] = grant.asked.nonce
        return self.signer.id_token(self.mischief.claims(claims), self.mischief.signature)


async def _fields(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
