"""Who watches over a portal, whom to tell of its holes, where secrets lie: PORTAL_<NAME>."""

from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pydantic import field_validator

from portal.config.dsn import destination_of
from portal.config.media import MediaSettings, web_address

SHORTEST_TOKEN: Final = 20


class OperatingSettings(MediaSettings):
    """Settings of `/metrics`, traces, error reports, `security.txt` and the folder of secrets."""

    # Read by portal.config.settings.load_settings alone, before there are settings.
    secrets_dir: Path | None = None
    """Folder whose files stand for settings that the environment does not name, such as
    `portal_smtp_url` for `PORTAL_SMTP_URL`."""
    metrics_token: str = ""
    """Token that Prometheus sends (`Authorization: Bearer …`) to read `/metrics`, 20 characters or
    more. If empty: only this machine may read it."""
    security_contact: str = ""
    """`mailto:…` or `https://…` for reports of security holes, shown in
    `/.well-known/security.txt`. If empty: there is no such page."""
    traces_url: str = ""
    """Where an OpenTelemetry collector takes traces by HTTP, such as
    `http://127.0.0.1:4318/v1/traces`. Needs `pip install '.[telemetry]'`."""
    error_reports_url: str = ""
    """DSN of a Sentry-compatible server (`https://<key>@<host>/<project>`) that receives error
    reports."""

    @field_validator("metrics_token")
    @classmethod
    def _token_is_long(cls, value: str) -> str:
        if value and (len(value) < SHORTEST_TOKEN or not value.isascii()):
            msg = f"needs at least {SHORTEST_TOKEN} characters, ASCII alone"
            raise ValueError(msg)
        return value

    @field_validator("traces_url")
    @classmethod
    def _collector_is_an_address(cls, value: str) -> str:
        return web_address(value, "http://127.0.0.1:4318/v1/traces")

    @field_validator("error_reports_url")
    @classmethod
    def _reports_have_a_destination(cls, value: str) -> str:
        if value:
            destination_of(value)
        return value

    @field_validator("security_contact")
    @classmethod
    def _contact_can_be_followed(cls, value: str) -> str:
        parts = urlsplit(value)
        is_address = parts.scheme == "mailto" and "@" in parts.path
        is_page = parts.scheme == "https" and bool(parts.hostname)
        if value and (not (is_address or is_page) or not value.isprintable() or " " in value):
            msg = "must be mailto:somebody@example.org or https://…"
            raise ValueError(msg)
        return value
