"""Public items as feeds, topics and the sitemap know them, whatever their kind."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.orm import Session

from portal.db.query_hints import limit_param
from portal.db.rows import reader
from portal.i18n.translated import Translated

# Whoever is behind it need not be verified: an editor of the portal has answered for it.
ANSWERED_FOR: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What is asked for; None means all."""

    tag: str | None = None
    organization_id: int | None = None
    author_id: int | None = None
    # Of an organisation: its newest are found by looking through all that it holds, not by going
    # back through what everybody holds.
    hosts_few: bool = False

    @property
    def asked(self) -> frozenset[str]:
        """The names of what it is narrowed by; each set of them has a statement of its own."""
        return frozenset(name for name, value in asdict(self).items() if value)

    def values(self) -> dict[str, object]:
        """Return the values of such statements."""
        values = {name: value for name, value in asdict(self).items() if value}
        values.pop("hosts_few", None)
        if (organization_id := values.pop("organization_id", None)) is not None:
            values["organization_ids"] = [organization_id]
        return values


@dataclass(frozen=True, slots=True)
class News:
    """An item with its words; `html` is sanitised, by language."""

    id: int
    slug: str
    title: Translated
    summary: Translated
    html: Mapping[str, str]
    published_at: datetime
    changed_at: datetime
    organizations: tuple[Translated, ...]
    # Until when whoever is behind it counts as known.
    verified_until: datetime | None
    # The name it is signed with, beside the organisations that stand behind it.
    byline: str = ""


@dataclass(frozen=True, slots=True)
class Headline:
    """An item in one line, as the statements of every kind's `headlines` label it."""

    slug: str
    title: Translated
    summary: Translated
    published_at: datetime
    # A story's byline, an initiative's stage.
    note: str


@dataclass(frozen=True, slots=True)
class Address:
    """An item in the sitemap."""

    slug: str
    changed_at: datetime


_address_from = reader(Address)


class Listed:
    """All public items of a kind, as the sitemap goes through them."""

    def __init__(self, items: Select[*tuple[Any, ...]], key: ColumnElement[Any]) -> None:
        """`items` are their slugs and when each has changed; by `key` new ones come last."""
        self._counted = select(func.count()).select_from(items.subquery())
        self._stretch = items.order_by(key).limit(limit_param()).offset(bindparam("skip"))

    def count(self, db: Session) -> int:
        """Return how many there are."""
        return db.scalar(self._counted) or 0

    def addresses(self, db: Session, skip: int, limit: int) -> list[Address]:
        """Return a stretch of them, in an order that new ones do not disturb."""
        return [
            _address_from(row) for row in db.execute(self._stretch, {"skip": skip, "limit": limit})
        ]
