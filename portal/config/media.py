"""Where pictures are kept: a folder of this machine, or a bucket of S3-compatible storage."""

from typing import Self
from urllib.parse import urlsplit

from pydantic import field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

S3 = "s3"


def web_address(value: str, example: str) -> str:
    """Return an address by HTTP, or nothing; raise ValueError with an example for all else."""
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname):
        msg = f"must be an address such as {example}"
        raise ValueError(msg)
    return value


class MediaSettings(BaseSettings):
    """The settings of pictures, PORTAL_MEDIA_<NAME>; the others are beside them in Settings."""

    model_config = SettingsConfigDict(use_attribute_docstrings=True)

    media_url: str = ""
    """Where pictures are stored: `file:///folder` or `s3://bucket/prefix`. Each portal needs a
    place of its own. If empty: the folder `media` in the data folder."""
    media_endpoint: str = ""
    """Address of an S3-compatible store. If empty: Amazon S3."""
    media_region: str = "us-east-1"
    """Region of the bucket."""
    media_access_key_id: str = ""
    """Access key of the bucket. If empty: the role of the machine is used."""
    media_secret_access_key: str = ""
    """Secret of that access key."""

    @field_validator("media_url")
    @classmethod
    def _place_is_known(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme == S3 and parts.hostname and not (parts.query or parts.username):
            return value.rstrip("/")
        if value and not (parts.scheme == "file" and parts.path.startswith("/")):
            msg = "must be s3://bucket/prefix or file:///folder"
            raise ValueError(msg)
        return value

    @field_validator("media_endpoint")
    @classmethod
    def _endpoint_is_an_address(cls, value: str) -> str:
        return web_address(value, "https://storage.example.org").rstrip("/")

    @model_validator(mode="after")
    def _key_is_whole(self) -> Self:
        if bool(self.media_access_key_id) is not bool(self.media_secret_access_key):
            msg = "PORTAL_MEDIA_ACCESS_KEY_ID and _SECRET_ACCESS_KEY go together"
            raise ValueError(msg)
        return self
