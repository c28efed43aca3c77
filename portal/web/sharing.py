"""What is shown of a page where somebody shares its link (OpenGraph)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from portal import social_card
from portal.i18n import LANGUAGES
from portal.social_card import Card
from portal.web.conditional import conditional
from portal.web.pages import site_name
from portal.written import kept_said, written, written_said

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.responses import Response

    from portal.translated import Said
    from portal.web.visit import Visit

_LOCALES: Final = {"kk": "kk_KZ", "ru": "ru_RU", "en": "en_GB"}


class Shared(NamedTuple):
    """What components/shared.html writes."""

    title: str
    description: str
    url: str
    locale: str
    other_locales: tuple[str, ...]
    card: str
    alt: str
    width: int
    height: int
    # OpenGraph's word for what the page is, and since when an article is published.
    type: str = "website"
    published_at: str | None = None


def shared(
    visit: Visit, page: str, slug: str, *, title: Said, description: Said, changed_at: datetime
) -> Shared:
    """An item's page. Its picture has another address once the item has changed."""
    version = {"v": int(changed_at.timestamp())}
    kind = page.partition(".")[0]
    name = kept_said(title)
    return Shared(
        name,
        kept_said(description) or name,
        visit.absolute(page, slug=slug),
        _LOCALES[visit.language],
        tuple(_LOCALES[tag] for tag in LANGUAGES if tag != visit.language),
        visit.absolute(f"social_cards.{kind}", version, slug=slug),
        f"{site_name(visit.site)}: {name}",
        *social_card.SIZE,
    )


def picture(visit: Visit, *, title: Said, line: str, by: str) -> Response:
    """The picture of an item that the visitor may see."""
    said = (written_said(title).text, written(line), written(by), written(site_name(visit.site)))
    card = Card(*said)
    return conditional(visit.request, social_card.png_of(card), "image/png")
