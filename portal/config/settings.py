"""What changes between installations, read once from the environment and checked at start."""

import os
import re
import secrets
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import SettingsConfigDict
from pydantic_settings import SettingsError as UnreadableError

from portal.config.database import DatabaseSettings
from portal.config.operations import OperatingSettings
from portal.config.providers import (
    KEY,
    OIDC,
    RESERVED,
    ProviderSettings,
    check_address,
    is_loopback,
)

SHORTEST_SECRET = 32


class SettingsError(Exception):
    """The environment asks for something the portal cannot be; the text says which and why."""


class Settings(OperatingSettings, DatabaseSettings):
    """All settings: the variable PORTAL_<NAME>, or a file so named in PORTAL_SECRETS_DIR."""

    # An entry of `providers` is PORTAL_PROVIDERS__<KEY>__<NAME>, or all of them are a JSON object.

    model_config = SettingsConfigDict(
        env_prefix="PORTAL_",
        env_nested_delimiter="__",
        extra="ignore",
        frozen=True,
        use_attribute_docstrings=True,
    )

    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    """Port to listen on."""
    host: str = "127.0.0.1"
    """Address to listen on."""
    base_url: str = ""
    """The public address, without a path. It must be https, unless it is this machine.
    If empty: `http://127.0.0.1:<port>`."""
    allowed_hosts: str = ""
    """Further host names to answer to, separated by commas."""
    trusted_proxies: str = ""
    """Proxies whose forwarded addresses are believed, separated by commas. If empty:
    `127.0.0.1`."""
    site_name: Annotated[str, Field(max_length=60)] = ""
    """Name of the portal. If empty: Shanyraq."""
    secret_keys: str = ""
    """Keys of short-lived cookies, newest first, separated by commas, 32 characters or more each.
    If empty: one is made and stored in the data folder."""
    seal_key_file: Path | None = None
    """File with the keys of names, addresses and free texts, newest first, one a line. Keep a copy,
    and keep it apart from the backups. If empty: `seal.key` in the data folder."""
    smtp_url: str = ""
    """Mail server: `smtp://`, `smtps://` or `smtp+starttls://user:password@host:port`. If empty:
    emails wait in the outbox."""
    mail_from: str = ""
    """Address that emails come from. If empty: `portal@` the host of the base URL."""
    oidc_issuer: str = ""
    """Issuer of one OpenID Connect provider, with the callback `/sign-in/callback`."""
    oidc_client_id: str = ""
    """Client that the portal is registered as at that provider."""
    oidc_client_secret: str = ""
    """Secret of that client."""
    oidc_name: str = ""
    """Name of that provider on its button. If empty: its host."""
    second_factor: Literal["staff", "everybody"] = "staff"
    """Who needs a second factor: `staff`, before participants' data, members' roles and
    administration; or `everybody` who signs in."""
    providers: dict[str, ProviderSettings] = Field(default_factory=dict)
    """Further sign-in providers, as `PORTAL_PROVIDERS__<KEY>__<NAME>` or as one JSON object:
    see [Sign-in](sign-in.md)."""
    sign_in_by_email: bool | None = None
    """Whether a link by email is a way to sign in. If unset: on where a mail server is set."""
    machine_translation: Literal["", "libretranslate", "deepl"] = ""
    """Service for drafts that translators ask for and accept: `libretranslate` or `deepl`. If
    empty: no text leaves the portal."""
    machine_translation_url: str = ""
    """Address of that service, such as `https://api.deepl.com`."""
    machine_translation_key: str = ""
    """Key of that service."""
    rate_limits: bool = True
    """Whether forms that write to people are limited. Turn it off only for measuring."""
    rate_limit_url: str = ""
    """`redis://…` or `valkey://…` (`rediss://`, `valkeys://`) where several replicas share one
    count of rate limits. If empty: each process counts for itself."""
    page_cache: Annotated[int, Field(ge=0)] = 8
    """Megabytes of finished pages that each process caches; 0 renders every page each time."""
    cdn_stale_seconds: Annotated[int, Field(ge=0, le=3600)] = 0
    """How old a page may be that a CDN shows while it fetches the newer one, up to 3600:
    see [Monitoring](operate.md#behind-a-cdn). 0: the CDN asks before every answer."""
    worker: bool = True
    """Whether `portal serve` also runs the worker, which delivers emails."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """Least severe level that is logged: `DEBUG`, `INFO`, `WARNING` or `ERROR`."""

    @field_validator("base_url")
    @classmethod
    def _public_address_is_https(cls, value: str) -> str:
        if not value:
            return value
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            msg = "must be an address such as https://portal.example.org"
            raise ValueError(msg)
        if parts.path.strip("/") or parts.query or parts.fragment:
            msg = "must have no path: the portal lives at the root of its host"
            raise ValueError(msg)
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            msg = "must be https; plain http is for this machine alone"
            raise ValueError(msg)
        return value.rstrip("/")

    @field_validator("secret_keys")
    @classmethod
    def _secrets_are_long(cls, value: str) -> str:
        if any(len(key.strip()) < SHORTEST_SECRET for key in value.split(",") if value):
            msg = f"each key needs at least {SHORTEST_SECRET} characters"
            raise ValueError(msg)
        return value

    @field_validator("smtp_url")
    @classmethod
    def _mail_server_is_named(cls, value: str) -> str:
        parts = urlsplit(value)
        known = {"smtp", "smtps", "smtp+starttls"}
        if value and (parts.scheme not in known or not parts.hostname):
            msg = "must be smtp://, smtps:// or smtp+starttls:// with a host"
            raise ValueError(msg)
        if parts.scheme == "smtp" and parts.password and not is_loopback(parts.hostname or ""):
            msg = "would send the password in plain text: use smtps:// or smtp+starttls://"
            raise ValueError(msg)
        return value

    @field_validator("mail_from")
    @classmethod
    def _sender_is_one_address(cls, value: str) -> str:
        if value and not re.fullmatch(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+", value):
            msg = "must be an address alone, such as portal@example.org"
            raise ValueError(msg)
        return value

    _issuer_is_https = field_validator("oidc_issuer", "machine_translation_url")(check_address)

    @field_validator("providers")
    @classmethod
    def _providers_are_whole(
        cls, given: dict[str, ProviderSettings]
    ) -> dict[str, ProviderSettings]:
        for key in given:
            if not KEY.fullmatch(key) or key in RESERVED:
                raise ValueError(f"{key!r} cannot be a provider's key: use a-z, 0-9 and _")
        return {key: given[key].completed(key) for key in sorted(given)}

    @field_validator("rate_limit_url")
    @classmethod
    def _store_is_known(cls, value: str) -> str:
        known = {"redis", "rediss", "valkey", "valkeys"}
        if value and (urlsplit(value).scheme not in known or not urlsplit(value).hostname):
            msg = "must be redis://, rediss://, valkey:// or valkeys:// with a host"
            raise ValueError(msg)
        return value

    @model_validator(mode="after")
    def _provider_is_whole(self) -> Self:
        given = (self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret)
        if any(given) and not all(given):
            msg = "PORTAL_OIDC_ISSUER, _CLIENT_ID and _CLIENT_SECRET go together"
            raise ValueError(msg)
        if self.machine_translation and not self.machine_translation_url:
            raise ValueError("PORTAL_MACHINE_TRANSLATION needs PORTAL_MACHINE_TRANSLATION_URL")
        issuers = [provider.issuer for provider in self.sign_in_providers.values()]
        if len(set(issuers)) < len(issuers):
            msg = "two providers have the same issuer, so their accounts could not be told apart"
            raise ValueError(msg)
        return self

    @cached_property
    def sign_in_providers(self) -> dict[str, ProviderSettings]:
        """All providers by key: the one of PORTAL_OIDC_*, then those of PORTAL_PROVIDERS."""
        if not self.oidc_issuer:
            return self.providers
        first = ProviderSettings(
            client_id=self.oidc_client_id,
            client_secret=self.oidc_client_secret,
            name=self.oidc_name,
            issuer=self.oidc_issuer,
        )
        return {OIDC: first.completed(OIDC), **self.providers}

    @cached_property
    def has_sign_in_by_email(self) -> bool:
        """Whether the portal's own emails are a way in: as said, else if emails can leave."""
        return bool(self.smtp_url) if self.sign_in_by_email is None else self.sign_in_by_email

    @cached_property
    def address(self) -> str:
        """The portal's public address without a slash at the end."""
        return self.base_url or f"http://127.0.0.1:{self.port}"

    @cached_property
    def is_https(self) -> bool:
        """Whether cookies can be Secure and HSTS be promised."""
        return self.address.startswith("https:")

    @cached_property
    def hosts(self) -> frozenset[str]:
        """Host headers the portal answers to, without port."""
        named = {h.strip().lower() for h in self.allowed_hosts.split(",") if h.strip()}
        return frozenset(named | {urlsplit(self.address).hostname or ""})

    @cached_property
    def seal_key_path(self) -> Path:
        """The file that holds the keys of portal.core.encryption."""
        return self.seal_key_file or self.data_dir / "seal.key"

    @cached_property
    def secrets(self) -> tuple[str, ...]:
        """The keys that seal short-lived cookies, newest first; made and kept if none are given."""
        if self.secret_keys:
            return tuple(key.strip() for key in self.secret_keys.split(","))
        path = self.data_dir / "secret.keys"
        if not path.exists():
            self.data_dir.mkdir(parents=True, exist_ok=True)
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                pass  # another process was first
            else:
                with os.fdopen(handle, "w") as file:
                    file.write(secrets.token_urlsafe(SHORTEST_SECRET))
        return tuple(path.read_text().split())

    @cached_property
    def sender(self) -> str:
        """The address emails come from."""
        host = urlsplit(self.address).hostname or "localhost"
        # RFC 5321 writes addresses of machines in brackets; a loopback sender is only for trying.
        return self.mail_from or f"portal@{'localhost' if is_loopback(host) else host}"


def load_settings() -> Settings:
    """Return the settings of this process, or raise SettingsError naming each wrong variable."""
    folder = os.environ.get("PORTAL_SECRETS_DIR")
    if folder and not Path(folder).is_dir():
        raise SettingsError(f"PORTAL_SECRETS_DIR: there is no folder {folder}")
    try:
        return Settings(_secrets_dir=folder or None)  # type: ignore[call-arg]  # pydantic's own
    except UnreadableError:
        # Only this one is read as JSON; the library's own text may quote what it could not read.
        raise SettingsError("PORTAL_PROVIDERS: must be a JSON object") from None
    except ValidationError as invalid:
        lines = []
        for error in invalid.errors(include_input=False, include_url=False):
            said = error["msg"].removeprefix("Value error, ")
            name = "__".join(str(part) for part in error["loc"]).upper()
            lines.append(f"  PORTAL_{name}: {said}" if name else f"  {said}")
        raise SettingsError("\n".join(["These settings cannot be used:", *lines])) from None
