"""What all providers have in common: the way there, the way back, and when to give up."""

import asyncio
import warnings
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

import httpx
from authlib.deprecate import AuthlibDeprecationWarning
from starlette.requests import Request

from portal.config.providers import ProviderSettings
from portal.domain.accounts.people.actions import Claims

with warnings.catch_warnings():
    # 2026-11: Authlib 1.9 prefers httpx2; the portal stays with httpx, its given client, and
    # carries no second HTTP stack.
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    from authlib.integrations.starlette_client import OAuth, OAuthError

from joserfc.errors import JoseError

from portal.config.providers import OIDC
from portal.core import clock
from portal.core.refusals import Refusal
from portal.i18n.locale import gettext_lazy as _
from portal.web.providers.limits import HOOKS

# One answer of a provider, and everything it is asked on one way there or back.
SECONDS: Final = 10
SECONDS_IN_ALL: Final = 15
# OpenID Connect Core, section 2.
LONGEST_SUBJECT: Final = 255
# RFC 6749, section 4.1.2.1: what a provider says of people who press "Cancel".
DENIED: Final = "access_denied"


class ProviderAwayError(Refusal):
    """No sensible answer from the provider."""

    message = _("The sign-in service does not answer now. Please try again in a few minutes.")


class SignInFailedError(Refusal):
    """The provider said no, or what it said cannot be trusted."""

    message = _("Signing in did not work. Please try again.")


class SignInStaleError(Refusal):
    """The answer belongs to no sign-in this browser has under way."""

    message = _("This sign-in took too long or was started in another browser. Please try again.")


class ProviderHistory:
    """When a provider last let somebody in and last failed to, in this process's memory alone."""

    succeeded_at: datetime | None = None
    failed_at: datetime | None = None


class Provider(ABC):
    """A provider by its key; PKCE (S256) and a state tied to the browser and to this provider."""

    # Authlib's `request.session` is a sealed cookie: no row for strangers. Each has a callback
    # and its key in the state's name, so the answer of one is no answer of another.

    scope = "openid profile email"
    # What else Authlib's client is told.
    options: Mapping[str, Any] = MappingProxyType({})

    def __init__(self, key: str, settings: ProviderSettings, address: str) -> None:
        self.key, self.settings, self.name = key, settings, settings.name
        self.issuer = settings.issuer
        self.history = ProviderHistory()
        # The first provider's callback is registered with it under the older address.
        self.callback = "/sign-in/callback" if key == OIDC else f"/sign-in/{key}/callback"
        self._redirect_uri = address + self.callback
        self._client = OAuth().register(
            key,
            client_id=settings.client_id,
            client_secret=settings.client_secret,
            client_kwargs={
                "scope": self.scope,
                "code_challenge_method": "S256",
                "timeout": SECONDS,
                "trust_env": False,
                "event_hooks": HOOKS,
                **self.options,
            },
            **self._endpoints(),
        )

    @abstractmethod
    def _endpoints(self) -> dict[str, str]:
        """Return where the provider is asked, in Authlib's words."""

    @abstractmethod
    async def _prepare(self) -> None:
        """Learn and check what is needed to go there."""

    @abstractmethod
    async def _arrive(self, request: Request) -> Claims:
        """Return whom the provider's answer is about, with everything checked but the state."""

    async def departure(self, request: Request) -> tuple[str, dict[str, Any]]:
        """Return the provider's address to go to, and what to remember until the way back."""
        request.scope["session"] = {}
        async with self._giving_up(ProviderAwayError):
            await self._prepare()
            answer = await self._client.authorize_redirect(request, self._redirect_uri)
        return answer.headers["location"], dict(request.session)

    async def claims_of(self, request: Request, session: dict[str, Any] | None) -> Claims:
        """Return what the provider vouches for, after its every claim has been checked."""
        state = request.query_params.get("state")
        if session is None or f"_state_{self.key}_{state}" not in session:
            raise SignInStaleError
        request.scope["session"] = session
        async with self._giving_up(SignInFailedError):
            claims = await self._arrive(request)
            if not 0 < len(claims.subject) <= LONGEST_SUBJECT:
                raise SignInFailedError
        self.history.succeeded_at = clock.now()
        return claims

    @asynccontextmanager
    async def _giving_up(self, otherwise: type[Refusal]) -> AsyncIterator[None]:
        """Remember that it failed, unless the person has only thought better of it."""
        try:
            async with _refusing(otherwise):
                yield
        except Refusal as refusal:
            if getattr(refusal.__cause__, "error", None) != DENIED:
                self.history.failed_at = clock.now()
            raise


@asynccontextmanager
async def _refusing(otherwise: type[Refusal]) -> AsyncIterator[None]:
    """Make refusals of whatever a provider does wrong, and wait only so long in all."""
    try:
        async with asyncio.timeout(SECONDS_IN_ALL):
            yield
    except (httpx.HTTPError, TimeoutError) as failure:
        raise ProviderAwayError from failure
    except (OAuthError, JoseError, httpx.InvalidURL) as failure:
        raise otherwise from failure
    except (ValueError, RuntimeError, KeyError, TypeError, AttributeError) as failure:
        raise otherwise from failure  # an answer of another shape than any standard's
