"""Signing in with plain OAuth 2.0: whoever the access token's account is, by its number."""

from abc import abstractmethod
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request

from portal.domain.accounts.people.actions import Claims
from portal.web.providers.provider import Provider, SignInFailedError


class OAuth2Provider(Provider):
    """Endpoints and issuer are the settings', never an answer's; the profile says who it is."""

    def _endpoints(self) -> dict[str, str]:
        return {
            "authorize_url": self.settings.authorize_url,
            "access_token_url": self.settings.token_url,
        }

    async def _prepare(self) -> None:
        """Nothing to learn: the address to go to is known."""

    async def _arrive(self, request: Request) -> Claims:
        self._check_response(request)
        token = await self._client.authorize_access_token(
            request, **self._token_parameters(request)
        )
        return await self._account(dict(token))

    def _check_response(self, request: Request) -> None:
        """RFC 9207 for servers that name themselves unasked: by the server, since paths differ."""
        named = request.query_params.get("iss")
        if named is not None and (urlsplit(named)[:2] != urlsplit(self.settings.authorize_url)[:2]):
            raise SignInFailedError

    def _token_parameters(self, request: Request) -> dict[str, Any]:
        """Return what the token's endpoint wants to hear besides the code."""
        del request
        return {}

    @abstractmethod
    async def _account(self, token: dict[str, Any]) -> Claims:
        """Return whose token it is."""

    async def _read(self, url: str, token: dict[str, Any]) -> Any:
        answer = await self._client.get(url, token=token)
        answer.raise_for_status()
        return answer.json()


class GitHubProvider(OAuth2Provider):
    """GitHub, or a GitHub Enterprise Server with its own addresses."""

    scope = "read:user user:email"

    async def _account(self, token: dict[str, Any]) -> Claims:
        profile = await self._read(self.settings.profile_url, token)
        addresses = await self._read(self.settings.addresses_url, token)
        number = profile["id"]
        if type(number) is not int or number <= 0:
            raise SignInFailedError
        return Claims(
            issuer=self.issuer,
            subject=str(number),
            name=str(profile.get("name") or profile.get("login") or ""),
            verified_email=_primary(addresses),
            provider=self.key,
        )


def _primary(addresses: list[dict[str, Any]]) -> str | None:
    """Return the primary address, if GitHub has verified it."""
    for entry in addresses:
        if entry.get("primary") is True and entry.get("verified") is True:
            email = entry.get("email")
            return email if isinstance(email, str) else None
    return None


class VkProvider(OAuth2Provider):
    """VK ID. It hands out addresses without saying who verified them, so none is asked for."""

    scope = "vkid.personal_info"
    options = MappingProxyType({"token_endpoint_auth_method": "client_secret_post"})

    def _token_parameters(self, request: Request) -> dict[str, Any]:
        asked = request.query_params
        said = {name: asked[name] for name in ("device_id", "state") if name in asked}
        return {"body": urlencode(said)}

    async def _account(self, token: dict[str, Any]) -> Claims:
        form = {"client_id": self.settings.client_id, "access_token": token["access_token"]}
        answer = await self._client.post(self.settings.profile_url, data=form, withhold_token=True)
        answer.raise_for_status()
        user = answer.json()["user"]
        number = str(user["user_id"])
        if not (number.isascii() and number.isdigit() and int(number) > 0):
            raise SignInFailedError
        names = (user.get("first_name"), user.get("last_name"))
        return Claims(
            issuer=self.issuer,
            subject=str(int(number)),
            name=" ".join(str(name) for name in names if name),
            provider=self.key,
        )
