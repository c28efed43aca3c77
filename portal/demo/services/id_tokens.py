"""Signing the ID tokens of the demonstration's identity provider, truly or with mischief."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

Claims = dict[str, Any]
HALF_OF_SHA256 = 16  # bytes; OpenID Connect Core 3.1.3.6


class Signature(Enum):
    """How ID tokens are signed; all but TRUE are forgeries that a careful client refuses."""

    TRUE = auto()
    NONE = auto()  # alg "none" and no signature
    CLIENT_SECRET = auto()  # HS256 keyed with the client's secret
    PUBLIC_KEY = auto()  # HS256 keyed with the published RSA key (algorithm confusion)
    STRANGER = auto()  # RS256 with an unpublished key under the published key's id
    OWN_KEY = auto()  # the same, with the stranger's key offered in the header's "jwk"


@dataclass
class Mischief:
    """What a test spoils; asked anew at each request, so a test may change it while it runs."""

    # `claims` returns those to sign; `response_iss` returns the response's `iss`, or None.

    claims: Callable[[Claims], Claims] = lambda claims: claims
    signature: Signature = Signature.TRUE
    response_iss: Callable[[str], str | None] = lambda issuer: issuer


class Signer:
    """A key pair of its own, made at creation, and the ID tokens signed with it."""

    def __init__(self, client_secret: str) -> None:
        self._client_secret = client_secret
        self._key = _new_key()

    def jwks(self) -> dict[str, Any]:
        """Return the published half of the key, as a JSON Web Key Set."""
        return dict(KeySet([self._key]).as_dict(private=False))

    def id_token(self, claims: Claims, signature: Signature = Signature.TRUE) -> str:
        """Return the claims as a compact JSON Web Token."""
        header: dict[str, Any] = {"alg": "RS256", "kid": self._key.kid}
        match signature:
            case Signature.TRUE:
                return jwt.encode(header, claims, self._key, ["RS256"])
            case Signature.STRANGER:
                return jwt.encode(header, claims, _new_key(), ["RS256"])
            case Signature.OWN_KEY:
                stranger = _new_key()
                header["jwk"] = stranger.as_dict(private=False)
                return jwt.encode(header, claims, stranger, ["RS256"])
            case Signature.CLIENT_SECRET:
                return _hs256(header, claims, self._client_secret.encode())
            case Signature.PUBLIC_KEY:
                return _hs256(header, claims, self._key.as_pem(private=False))
            case Signature.NONE:
                return f"{_signing_input({**header, 'alg': 'none'}, claims)}."


def base64url(raw: bytes) -> str:
    """Base64url without padding, as RFC 7515 and RFC 7636 want it."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def at_hash(access_token: str) -> str:
    """Return the claim that ties an access token to the ID token beside it."""
    return base64url(hashlib.sha256(access_token.encode()).digest()[:HALF_OF_SHA256])


def _new_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)


def _signing_input(header: dict[str, Any], claims: Claims) -> str:
    return ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))


# Written by hand, since a good library refuses to use these keys for HMAC.
def _hs256(header: dict[str, Any], claims: Claims, key: bytes) -> str:
    signing_input = _signing_input({**header, "alg": "HS256"}, claims)
    digest = hmac.digest(key, signing_input.encode(), "sha256")
    return f"{signing_input}.{base64url(digest)}"
