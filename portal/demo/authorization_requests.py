"""What a portal asks of the identity provider (RFC 6749, 7636; OpenID Connect Core 3.1.2)."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from portal.demo.id_tokens import base64url

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
        """Whether the verifier is the one whose challenge came with this request."""
        digest = base64url(hashlib.sha256(verifier.encode()).digest())
        return bool(VERIFIER.fullmatch(verifier)) and hmac.compare_digest(digest, self.challenge)

    def answer_address(self, answer: Mapping[str, str | None]) -> str:
        """Where the browser goes with the answer; the state is added, None is left out."""
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
