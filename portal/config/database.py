"""Where what is written is kept: SQLite beside the portal, or PostgreSQL, maybe with a standby."""

from functools import cached_property
from pathlib import Path
from typing import Self

from pydantic import field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_POSTGRESQL = "postgresql+psycopg://"


class DatabaseSettings(BaseSettings):
    """PORTAL_DATA_DIR, PORTAL_DATABASE_URL and PORTAL_STANDBY_URL."""

    model_config = SettingsConfigDict(use_attribute_docstrings=True)

    data_dir: Path = Path("data")
    """Folder of the embedded database and of the keys that the portal makes."""
    database_url: str = ""
    """`sqlite:///…` or `postgresql://…`. If empty: SQLite in the data folder."""
    standby_url: str = ""
    """`postgresql://…` of a hot standby of that PostgreSQL. Pages are read there whenever it has
    replayed everything that was written."""

    @field_validator("database_url", "standby_url")
    @classmethod
    def _driver_is_named(cls, value: str) -> str:
        if value.startswith(("postgresql://", "postgres://")):
            return _POSTGRESQL + value.partition("://")[2]
        return value

    @field_validator("database_url")
    @classmethod
    def _database_is_known(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:///", _POSTGRESQL)):
            msg = "must start with sqlite:/// or postgresql://"
            raise ValueError(msg)
        return value

    @model_validator(mode="after")
    def _standby_has_a_primary(self) -> Self:
        if self.standby_url and not self.standby_url.startswith(_POSTGRESQL):
            raise ValueError("PORTAL_STANDBY_URL must start with postgresql://")
        if self.standby_url and not self.database_url.startswith(_POSTGRESQL):
            raise ValueError("PORTAL_STANDBY_URL needs PostgreSQL at PORTAL_DATABASE_URL")
        return self

    @cached_property
    def database(self) -> str:
        """The database's SQLAlchemy URL."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'portal.db'}"
