"""Signing in with an OpenID Connect provider."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.requests import Request

from portal.config.providers import TENANT
from portal.domain.accounts.people.actions import Claims
from portal.i18n.locale import LANGUAGES
from portal.web.providers.provider import Provider, SignInFailedError

# Only public-key signatures: with these neither "none" nor a secret-as-key can pass.
ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA")
# Of a discovery document nothing else is used; in particular no keys, which have their address.
_METADATA: Final = (
    *("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "_loaded_at"),
    *("userinfo_endpoint", "authorization_response_iss_parameter_supported"),
)
_GUID: Final = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


class OpenIdProvider(Provider):
    """One issuer: discovery, nonce, ID token, and `iss` checked."""

    def _endpoints(self) -> dict[str, str]:
        return {"server_metadata_url": self.settings.discovery_url}

    async def _prepare(self) -> None:
        await self._metadata()

    async def _arrive(self, request: Request) -> Claims:
        metadata = await self._metadata()
        named = self._check_response(request, metadata)
        token = await self._client.authorize_access_token(
            request,
            claims_options={
                "iss": {"essential": True, "validate": self._is_ours},
                "sub": {"essential": True},
                "exp": {"essential": True},
            },
        )
        userinfo = token.get("userinfo")
        if not userinfo:
            raise SignInFailedError  # no ID token: plain OAuth says nothing about who it is
        claims = dict(userinfo)
        if named is not None and named != claims["iss"]:
            raise SignInFailedError
        if not claims.keys() & {"name", "email"} and "userinfo_endpoint" in metadata:
            claims = await self._profile(token) | claims
        return _claims(self.key, claims, trusts_email=self.settings.preset != "microsoft")

    async def _profile(self, token: Mapping[str, Any]) -> dict[str, Any]:
        """Return the profile of the UserInfo endpoint (Core 5.3, 5.4)."""
        claims = dict(await self._client.userinfo(token=token))
        if claims.get("sub") != token["userinfo"]["sub"]:
            raise SignInFailedError  # somebody else's: the token was exchanged on the way
        return claims

    def _check_response(self, request: Request, metadata: Mapping[str, Any]) -> str | None:
        """RFC 9207: an answer made by another issuer must not be taken to this one."""
        named = request.query_params.get("iss")
        announced = metadata.get("authorization_response_iss_parameter_supported") is True
        if named is None:
            if announced:
                raise SignInFailedError
        elif not self._fits(named):
            raise SignInFailedError
        return named

    def _fits(self, issuer: str) -> bool:
        """Return whether this is our issuer, or one of its tenants."""
        before, tenant, after = self.issuer.partition(TENANT)
        if not tenant:
            return issuer == self.issuer
        return bool(re.fullmatch(re.escape(before) + _GUID + re.escape(after), issuer))

    def _is_ours(self, claims: Mapping[str, Any], issuer: object) -> bool:
        """Authlib's own question about `iss`; the tenant it names must be the token's."""
        if TENANT in self.issuer:
            return issuer == self.issuer.replace(TENANT, str(claims.get("tid"))) and self._fits(
                str(issuer)
            )
        return issuer == self.issuer

    async def _metadata(self) -> Mapping[str, Any]:
        """Return the discovery document; forget what cannot be trusted and ask again."""
        known: dict[str, Any] = self._client.server_metadata
        if "_loaded_at" in known:
            return known
        try:
            trusted = self._trusted(await self._client.load_server_metadata())
        except BaseException:
            known.clear()
            raise
        known.clear()
        known.update(trusted)
        return known

    def _trusted(self, claims: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a document may decide: of its own issuer, safe ways and addresses."""
        if claims.get("issuer") != self.issuer:
            raise SignInFailedError
        offered = claims.get("id_token_signing_alg_values_supported") or ["RS256"]
        allowed = [name for name in offered if name in ALGORITHMS]
        if not allowed:
            raise SignInFailedError
        asked = [claims["authorization_endpoint"], claims["token_endpoint"], claims["jwks_uri"]]
        asked += [claims["userinfo_endpoint"]] if "userinfo_endpoint" in claims else []
        for address in asked:
            scheme = urlsplit(address).scheme
            if scheme != "https" and not (scheme == "http" == urlsplit(self.issuer).scheme):
                raise SignInFailedError
        trusted = {name: claims[name] for name in _METADATA if name in claims}
        return trusted | {"id_token_signing_alg_values_supported": allowed}


class AppleProvider(OpenIdProvider):
    """Asks for the account alone: names come by a cross-site POST, which our callback refuses."""

    scope = "openid"
    options = MappingProxyType({"token_endpoint_auth_method": "client_secret_post"})


def _claims(key: str, claims: Mapping[str, Any], *, trusts_email: bool) -> Claims:
    def text(name: str) -> str:
        value = claims.get(name)
        return value if isinstance(value, str) else ""

    language = text("locale").replace("_", "-").split("-")[0].lower()
    # Whoever runs a company's accounts at Microsoft writes what they like into its addresses.
    is_verified = trusts_email and claims.get("email_verified") is True
    return Claims(
        issuer=text("iss"),
        subject=text("sub"),
        name=text("name") or text("preferred_username") or text("given_name"),
        verified_email=text("email") or None if is_verified else None,
        language=language if language in LANGUAGES else None,
        time_zone=text("zoneinfo") or None,
        provider=key,
    )
