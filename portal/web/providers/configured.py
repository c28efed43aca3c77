"""The providers of the settings."""

from typing import Final

from portal.config.settings import Settings
from portal.web.providers.oauth2 import GitHubProvider, VkProvider
from portal.web.providers.openid import AppleProvider, OpenIdProvider
from portal.web.providers.provider import Provider

_KINDS: Final[dict[str, type[Provider]]] = {
    "apple": AppleProvider,
    "github": GitHubProvider,
    "vk": VkProvider,
}


def configured_providers(settings: Settings) -> dict[str, Provider]:
    """By key, in the order in which the sign-in page offers them."""
    return {
        key: _KINDS.get(given.preset, OpenIdProvider)(key, given, settings.address)
        for key, given in settings.sign_in_providers.items()
    }
