"""Public items as feeds, topics and the sitemap know them, whatever their kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from portal.translated import Translated


class Narrowing(NamedTuple):
    """What is asked for; None means all."""

    tag: str | None = None
    organization_id: int | None = None


class News(NamedTuple):
    """An item with its words; `html` is sanitised, by language."""

    id: int
    slug: str
    title: Translated
    summary: Translated
    html: Mapping[str, str]
    published_at: datetime
    changed_at: datetime
    authors: tuple[Translated, ...]
    # Until when whoever is behind it counts as known.
    verified_until: datetime | None


class Address(NamedTuple):
    """An item in the sitemap."""

    slug: str
    changed_at: datetime
