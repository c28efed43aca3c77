"""Providers of the environment: what a preset knows, and what an operator may leave out."""

import json

import pytest

from portal.config.settings import load_settings

TENANT = "11111111-2222-3333-4444-555555555555"
PERSONAL = "9188040d-6c67-4c5b-b112-36a304b66dad"


@pytest.fixture
def settings_of(monkeypatch):
    """The settings of an environment with these variables."""

    def load(**variables):
        for name, value in variables.items():
            monkeypatch.setenv(f"PORTAL_{name}", value)
        return load_settings()

    return load


def client_of(key):
    return {
        f"PROVIDERS__{key}__CLIENT_ID": "5123456",
        f"PROVIDERS__{key}__CLIENT_SECRET": '{"looks": "like JSON"}',
    }


def test_a_preset_needs_a_client_and_nothing_else(settings_of):
    variables = {}
    for key in ("GOOGLE", "APPLE", "MICROSOFT", "GITHUB", "VK"):
        variables |= client_of(key)
    providers = settings_of(**variables).sign_in_providers
    assert list(providers) == ["apple", "github", "google", "microsoft", "vk"]
    assert {key: given.name for key, given in providers.items()} == {
        "apple": "Apple",
        "github": "GitHub",
        "google": "Google",
        "microsoft": "Microsoft",
        "vk": "VK ID",
    }
    assert providers["vk"].client_id == "5123456"
    assert providers["vk"].client_secret == '{"looks": "like JSON"}'
    assert all(given.issuer.startswith("https://") for given in providers.values())
    well_known = "https://accounts.google.com/.well-known/openid-configuration"
    assert providers["google"].discovery_url == well_known


def test_a_standard_issuer_needs_its_address(settings_of):
    issuer = "https://login.example.org/realms/diaspora"
    settings = settings_of(**client_of("WORK"), PROVIDERS__WORK__ISSUER=issuer)
    given = settings.sign_in_providers["work"]
    assert given.name == "login.example.org/realms/diaspora"
    assert given.discovery_url == f"{issuer}/.well-known/openid-configuration"


@pytest.mark.parametrize(
    ("tenant", "issuer", "asked"),
    [
        ("common", "{tenantid}", "common"),
        ("organizations", "{tenantid}", "organizations"),
        ("consumers", PERSONAL, PERSONAL),
        (TENANT, TENANT, TENANT),
    ],
)
def test_microsoft_has_an_issuer_for_each_tenant(settings_of, tenant, issuer, asked):
    settings = settings_of(**client_of("MICROSOFT"), PROVIDERS__MICROSOFT__TENANT=tenant)
    given = settings.sign_in_providers["microsoft"]
    base = "https://login.microsoftonline.com"
    assert given.issuer == f"{base}/{issuer}/v2.0"
    assert given.discovery_url == f"{base}/{asked}/v2.0/.well-known/openid-configuration"


def test_two_of_a_kind_have_keys_of_their_own(settings_of):
    client = {"client_id": 17, "client_secret": "x", "preset": "github"}
    own = {
        "issuer": "https://git.example.org",
        **{name: f"https://git.example.org/{name}" for name in ("authorize_url", "token_url")},
        **{name: f"https://git.example.org/{name}" for name in ("profile_url", "addresses_url")},
    }
    settings = settings_of(PROVIDERS=json.dumps({"github": client, "forge": client | own}))
    providers = settings.sign_in_providers
    assert providers["github"].token_url == "https://github.com/login/oauth/access_token"
    assert providers["forge"].token_url == "https://git.example.org/token_url"


def test_the_first_provider_stays_the_first(settings_of):
    settings = settings_of(
        OIDC_ISSUER="https://id.example.org/",
        OIDC_CLIENT_ID="portal",
        OIDC_CLIENT_SECRET="x",
        **client_of("GOOGLE"),
    )
    providers = settings.sign_in_providers
    assert list(providers) == ["oidc", "google"]
    assert providers["oidc"].name == "id.example.org/"
    well_known = "https://id.example.org/.well-known/openid-configuration"
    assert providers["oidc"].discovery_url == well_known


def test_letters_are_a_way_in_where_they_can_leave(settings_of):
    assert settings_of().has_sign_in_by_email is False
    assert settings_of(SMTP_URL="smtp://127.0.0.1").has_sign_in_by_email is True
    assert settings_of(SIGN_IN_BY_EMAIL="off").has_sign_in_by_email is False
