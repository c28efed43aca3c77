"""Where people can sign in: what the operator says about a provider, and ready presets."""

import re
from ipaddress import ip_address
from typing import Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

# What names a provider in settings and in its callback's address.
KEY: Final = re.compile(r"[a-z][a-z0-9_-]{0,30}")
# The provider of PORTAL_OIDC_*, and the portal's own emails.
OIDC: Final = "oidc"
EMAIL: Final = "email"
RESERVED: Final = (OIDC, EMAIL)
# Stands for the tenant in Microsoft's issuer; each token names its own.
TENANT: Final = "{tenantid}"
_GUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Accounts that belong to no company all live in this one.
_CONSUMERS: Final = "9188040d-6c67-4c5b-b112-36a304b66dad"
_MICROSOFT: Final = "https://login.microsoftonline.com"
# Discovery is one address for every standard issuer; OAuth 2.0 alone has none, so these are known.
PRESETS: Final[dict[str, dict[str, str]]] = {
    "openid": {},
    "google": {"name": "Google", "issuer": "https://accounts.google.com"},
    "microsoft": {"name": "Microsoft", "issuer": f"{_MICROSOFT}/{TENANT}/v2.0"},
    "apple": {"name": "Apple", "issuer": "https://appleid.apple.com"},
    "github": {
        "name": "GitHub",
        "issuer": "https://github.com",
        "authorize_url": "https://github.com/login/oauth/authorize",
        "token_url": "https://github.com/login/oauth/access_token",
        "profile_url": "https://api.github.com/user",
        "addresses_url": "https://api.github.com/user/emails",
    },
    "vk": {
        "name": "VK ID",
        "issuer": "https://id.vk.com",
        "authorize_url": "https://id.vk.com/authorize",
        "token_url": "https://id.vk.com/oauth2/auth",
        "profile_url": "https://id.vk.com/oauth2/user_info",
    },
}


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine, where plain http is no risk."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def check_address(value: str) -> str:
    """Return the address of a provider's page; raise ValueError unless it is https."""
    parts = urlsplit(value)
    secure = parts.scheme == "https" and bool(parts.hostname)
    if value and not secure and not is_loopback(parts.hostname or ""):
        msg = "must be https; plain http is for a provider on this machine alone"
        raise ValueError(msg)
    return value


class ProviderSettings(BaseModel):
    """One entry of PORTAL_PROVIDERS; what its preset knows need not be given."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        coerce_numbers_to_str=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )

    client_id: str = Field(min_length=1)
    """Client that the portal is registered as."""
    client_secret: str = Field(min_length=1)
    """Secret of that client."""
    preset: Literal["", "openid", "google", "microsoft", "apple", "github", "vk"] = ""
    """Which provider it is: `google`, `microsoft`, `apple`, `github`, `vk` or `openid`. If empty:
    the key, if it is one of these."""
    name: str = Field("", max_length=60)
    """Name on the button. If empty: the preset's name or the issuer's host."""
    issuer: str = ""
    """Issuer exactly as its discovery document says."""
    tenant: str = "common"
    """Microsoft's tenant: `common`, `organizations`, `consumers` or a tenant's id."""
    discovery_url: str = ""
    """Discovery document. If empty: at the issuer's standard address."""
    authorize_url: str = ""
    """Authorisation endpoint of a GitHub or VK server of your own."""
    token_url: str = ""
    """Token endpoint of such a server."""
    profile_url: str = ""
    """Profile endpoint of such a server."""
    addresses_url: str = ""
    """Endpoint of verified email addresses of a GitHub server."""

    _addresses_are_https = field_validator(
        "issuer", "discovery_url", "authorize_url", "token_url", "profile_url", "addresses_url"
    )(check_address)

    @field_validator("tenant")
    @classmethod
    def _tenant_is_known(cls, value: str) -> str:
        if value not in {"common", "organizations", "consumers"} and not _GUID.fullmatch(value):
            msg = "must be common, organizations, consumers or the tenant's id (a GUID)"
            raise ValueError(msg)
        return _CONSUMERS if value == "consumers" else value

    def completed(self, key: str) -> Self:
        """Return the settings completed by the preset; raise ValueError if something is missing."""
        preset: str = self.preset or (key if key in PRESETS else "openid")
        known = PRESETS[preset]
        given = {name: value for name, value in self.model_dump().items() if value}
        if known.get("authorize_url"):
            own = {name for name in given if name.endswith("_url")}
            if own and not self.issuer:
                # Numbers of accounts are each server's own: another server is another issuer.
                raise ValueError(f"{key}: another server than {known['name']} needs an issuer")
        elif preset == "microsoft" and not self.issuer:
            given |= self._at_microsoft()
        whole = self.model_validate({**known, **given, "preset": preset})
        if not whole.issuer:
            raise ValueError(f"{key}: needs an issuer")
        name = whole.name or whole.issuer.partition("://")[2]
        address = f"{whole.issuer.rstrip('/')}/.well-known/openid-configuration"
        return whole.model_copy(
            update={"name": name, "discovery_url": whole.discovery_url or address}
        )

    def _at_microsoft(self) -> dict[str, str]:
        """Return a tenant's own issuer, or the one of many with the tenant left open."""
        base = f"{_MICROSOFT}/{self.tenant}/v2.0"
        is_one = _GUID.fullmatch(self.tenant)
        return {
            "issuer": base if is_one else f"{_MICROSOFT}/{TENANT}/v2.0",
            "discovery_url": self.discovery_url or f"{base}/.well-known/openid-configuration",
        }
