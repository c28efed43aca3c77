"""How instants, wall times and translated texts are kept in columns of either database."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, TypeVar

from sqlalchemy import JSON, DateTime, Dialect
from sqlalchemy.types import TypeDecorator

from portal.i18n.translated import Translated

T = TypeVar("T")


def _utc_from_text(stored: str | None) -> datetime | None:
    return None if stored is None else datetime.fromisoformat(stored).replace(tzinfo=UTC)


def _in_utc(stored: datetime | None) -> datetime | None:
    return None if stored is None else stored.astimezone(UTC)


# json.loads looks twice for blanks around what it reads, and what is stored has none.
_read: Final = json.JSONDecoder().raw_decode


# The texts of what is read again and again, about a kilobyte each; they are immutable.
@lru_cache(maxsize=1024)
def from_text(stored: str | None) -> Translated | None:
    """Read what SQLite stores, or any database shows as text."""
    return None if stored is None else Translated.from_json(_read(stored)[0])


def _from_object(stored: Mapping[str, Any] | None) -> Translated | None:
    return None if stored is None else Translated.from_json(stored)


class _ReadAtOnce(TypeDecorator[T]):
    """Read by one function, without SQLAlchemy's steps between: a list reads hundreds."""

    of_text: Callable[[str | None], T | None]
    of_driver: Callable[[Any], T | None]

    def result_processor(
        self,
        dialect: Dialect,
        coltype: object,  # noqa: ARG002 - SQLAlchemy's signature
    ) -> Callable[[Any], T | None]:
        """Return what reads a column's values."""
        return self.of_text if dialect.name == "sqlite" else self.of_driver


class Instant(_ReadAtOnce[datetime]):
    """A moment in UTC. Refuses a datetime without a zone."""

    impl = DateTime(timezone=True)
    cache_ok = True
    of_text = staticmethod(_utc_from_text)
    of_driver = staticmethod(_in_utc)

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:  # noqa: ARG002
        """To UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "an instant needs a zone"
            raise ValueError(msg)
        return value.astimezone(UTC)


class WallTime(TypeDecorator[datetime]):
    """What a clock on the wall shows; meaningless without the zone stored beside it."""

    impl = DateTime(timezone=False)
    cache_ok = True


class TranslatedText(_ReadAtOnce[Translated]):
    """Stores Translated as a JSON object."""

    impl = JSON
    cache_ok = True
    of_text = staticmethod(from_text)
    of_driver = staticmethod(_from_object)

    def process_bind_param(self, value: Translated | None, dialect: Any) -> Any:  # noqa: ARG002
        """To JSON."""
        return None if value is None else value.to_json()
