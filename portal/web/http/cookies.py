"""The portal's cookies: session, a sign-in or its email under way, who came before, the zone."""

import base64
import hashlib
import json
import time
from collections.abc import Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from starlette.requests import Request
from starlette.responses import Response

from portal.config.settings import Settings
from portal.core.tokens import new_token
from portal.domain.accounts.people.rules import SESSION_LASTS

SIGN_IN_SECONDS = 600
# As long as browsers keep a cookie at most (RFC 6265bis, 5.5).
KNOWN_BROWSER_SECONDS = 400 * 24 * 3600
TIME_ZONE_SECONDS = 365 * 24 * 3600
TIME_ZONE = "time_zone"
_NONCE = 12


def _name(settings: Settings, name: str) -> str:
    # The prefix makes browsers refuse a cookie planted by another host; it needs https.
    return f"__Host-{name}" if settings.is_https else name


def session_cookie(settings: Settings) -> str:
    """Return the name of the session's cookie: of all, this one alone says who somebody is."""
    return _name(settings, "session")


def session_token(request: Request, settings: Settings) -> str | None:
    """Return the session cookie's token, if the browser sent one."""
    return request.cookies.get(session_cookie(settings))


def set_session(response: Response, settings: Settings, token: str) -> None:
    """Sign the browser in."""
    response.set_cookie(
        session_cookie(settings),
        token,
        max_age=int(SESSION_LASTS.total_seconds()),
        secure=settings.is_https,
        httponly=True,
        samesite="lax",
    )


def drop_session(response: Response, settings: Settings) -> None:
    """Take the session cookie back."""
    response.delete_cookie(
        session_cookie(settings), secure=settings.is_https, httponly=True, samesite="lax"
    )


def set_time_zone(response: Response, settings: Settings, zone: str) -> None:
    """Remember a zone; it says nothing about who the reader is."""
    response.set_cookie(
        TIME_ZONE,
        zone,
        max_age=TIME_ZONE_SECONDS,
        secure=settings.is_https,
        httponly=True,
        samesite="lax",
    )


class SealedCookie:
    """A short-lived note to ourselves that the browser carries and cannot read or alter."""

    def __init__(self, settings: Settings, name: str, seconds: int) -> None:
        self._settings, self._purpose, self._seconds = settings, name, seconds
        self._name = _name(settings, name)
        self._ciphers = self._from_keys(settings.secrets)

    @staticmethod
    def _from_keys(keys: Sequence[str]) -> list[AESGCM]:
        return [AESGCM(hashlib.sha256(b"cookie:" + key.encode()).digest()) for key in keys]

    def put(self, response: Response, content: dict[str, Any]) -> None:
        """Send the note along."""
        nonce = new_token()[:_NONCE].encode()
        # Whole seconds: a fraction is written with more digits at one time than at another, and
        # the length of the cookie is not to vary with anything but what it carries.
        until = int(time.time()) + self._seconds
        text = json.dumps({"until": until, "content": content}).encode()
        sealed = nonce + self._ciphers[0].encrypt(nonce, text, self._purpose.encode())
        response.set_cookie(
            self._name,
            base64.urlsafe_b64encode(sealed).decode(),
            max_age=self._seconds,
            secure=self._settings.is_https,
            httponly=True,
            samesite="lax",
        )

    def read(self, request: Request) -> dict[str, Any] | None:
        """Return the note, or None if there is none, it is past its time or not ours."""
        try:
            sealed = base64.urlsafe_b64decode(request.cookies.get(self._name, ""))
        except ValueError:
            return None
        for cipher in self._ciphers:
            try:
                text = cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], self._purpose.encode())
            except (InvalidTag, ValueError):
                continue
            note = json.loads(text)
            content: dict[str, Any] = note["content"]
            return content if note["until"] > time.time() else None
        return None

    def drop(self, response: Response) -> None:
        """Take the note back."""
        response.delete_cookie(
            self._name, secure=self._settings.is_https, httponly=True, samesite="lax"
        )
