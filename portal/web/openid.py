"""Signing in with the operator's OpenID Connect provider, through Authlib."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Final

import httpx
from authlib.deprecate import AuthlibDeprecationWarning

with warnings.catch_warnings():
    # 2026-11: Authlib 1.9 prefers httpx2; the portal stays with httpx, its given client, and
    # carries no second HTTP stack.
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    from authlib.integrations.starlette_client import OAuth, OAuthError

from joserfc.errors import JoseError

from portal.domain.people.actions import Claims
from portal.i18n import LANGUAGES
from portal.i18n import gettext_lazy as _
from portal.refusals import Refusal

if TYPE_CHECKING:
    from starlette.requests import Request

    from portal.settings import Settings

# Only public-key signatures: with these neither "none" nor a secret-as-key can pass.
ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA")
SECONDS: Final = 10
# OpenID Connect Core, section 2.
LONGEST_SUBJECT: Final = 255


class ProviderAwayError(Refusal):
    """No sensible answer from the provider."""

    message = _("The sign-in service does not answer now. Please try again in a few minutes.")


class SignInFailedError(Refusal):
    """The provider said no, or what it said cannot be trusted."""

    message = _("Signing in did not work. Please try again.")


class SignInStaleError(Refusal):
    """The answer belongs to no sign-in this browser has under way."""

    message = _("This sign-in took too long or was started in another browser. Please try again.")


class OpenIdProvider:
    """One issuer: discovery, PKCE (S256), state and nonce tied to the browser, `iss` checked.

    Authlib keeps what belongs to a sign-in under way in `request.session`; the routes put that
    into a sealed cookie, so it is bound to the browser and needs no row for strangers.
    """

    def __init__(self, settings: Settings) -> None:
        self.issuer = settings.oidc_issuer
        self.name = settings.oidc_name or settings.oidc_issuer.partition("://")[2]
        self._redirect_uri = f"{settings.address}/sign-in/callback"
        self._client = OAuth().register(
            "oidc",
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret,
            server_metadata_url=f"{self.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid profile email",
                "code_challenge_method": "S256",
                "timeout": SECONDS,
                "trust_env": False,
            },
        )

    async def departure(self, request: Request) -> tuple[str, dict[str, Any]]:
        """The provider's address to go to, and what must be remembered until the way back."""
        request.scope["session"] = {}
        try:
            await self._check_metadata()
            answer = await self._client.authorize_redirect(request, self._redirect_uri)
        except (httpx.HTTPError, OAuthError, ValueError, RuntimeError, KeyError) as failure:
            raise ProviderAwayError from failure
        return answer.headers["location"], dict(request.session)

    async def arrival(self, request: Request, remembered: dict[str, Any] | None) -> Claims:
        """What the provider vouches for, after its every claim has been checked."""
        if (
            remembered is None
            or f"_state_oidc_{request.query_params.get('state')}" not in remembered
        ):
            raise SignInStaleError
        request.scope["session"] = remembered
        try:
            self._check_issuer(request, await self._check_metadata())
            token = await self._client.authorize_access_token(
                request,
                claims_options={
                    "iss": {"essential": True, "values": [self.issuer]},
                    "sub": {"essential": True},
                    "exp": {"essential": True},
                },
            )
        except httpx.HTTPError as failure:
            raise ProviderAwayError from failure
        except (OAuthError, JoseError, ValueError, RuntimeError, KeyError, TypeError) as failure:
            raise SignInFailedError from failure
        userinfo = token.get("userinfo")
        if not userinfo:
            raise SignInFailedError  # no ID token: plain OAuth says nothing about who it is
        claims = _claims(self.issuer, dict(userinfo))
        if not 0 < len(claims.subject) <= LONGEST_SUBJECT:
            raise SignInFailedError
        return claims

    def _check_issuer(self, request: Request, metadata: dict[str, Any]) -> None:
        """RFC 9207: an answer made by another issuer must not be taken to this one."""
        issuer = request.query_params.get("iss")
        announced = metadata.get("authorization_response_iss_parameter_supported") is True
        if issuer != self.issuer and (announced or issuer is not None):
            raise SignInFailedError

    async def _check_metadata(self) -> dict[str, Any]:
        """Trusts the discovery document only about its own issuer and safe algorithms."""
        metadata: dict[str, Any] = await self._client.load_server_metadata()
        if metadata.get("issuer") != self.issuer:
            raise SignInFailedError
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        allowed = [name for name in offered if name in ALGORITHMS]
        if not allowed:
            raise SignInFailedError
        metadata["id_token_signing_alg_values_supported"] = allowed
        return metadata


def _claims(issuer: str, userinfo: dict[str, Any]) -> Claims:
    def text(name: str) -> str:
        value = userinfo.get(name)
        return value if isinstance(value, str) else ""

    language = text("locale").replace("_", "-").split("-")[0].lower()
    return Claims(
        issuer=issuer,
        subject=text("sub"),
        name=text("name") or text("preferred_username") or text("given_name"),
        verified_email=text("email") or None if userinfo.get("email_verified") is True else None,
        language=language if language in LANGUAGES else None,
        time_zone=text("zoneinfo") or None,
    )
