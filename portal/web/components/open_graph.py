"""What is shown of a page where somebody shares its link (OpenGraph)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from starlette.responses import Response

from portal.i18n.locale import LANGUAGES
from portal.i18n.script_output import convert, convert_text, protect_text
from portal.i18n.translated import LocalizedText
from portal.media import social_cards
from portal.media.social_cards import Card
from portal.web.http import Context
from portal.web.http.etags import conditional_response
from portal.web.http.layout import site_name

_LOCALES: Final = {"kk": "kk_KZ", "ru": "ru_RU", "en": "en_GB"}


@dataclass(frozen=True, slots=True)
class Shared:
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
    ctx: Context,
    page: str,
    slug: str,
    *,
    title: LocalizedText,
    description: LocalizedText,
    changed_at: datetime,
) -> Shared:
    """Return an item's page. Its picture has another address once the item has changed."""
    version = {"v": int(changed_at.timestamp())}
    kind = page.partition(".")[0]
    name = protect_text(title)
    return Shared(
        name,
        protect_text(description) or name,
        ctx.absolute(page, slug=slug),
        _LOCALES[ctx.language],
        tuple(_LOCALES[tag] for tag in LANGUAGES if tag != ctx.language),
        ctx.absolute(f"social_cards.{kind}", version, slug=slug),
        f"{site_name(ctx.site)}: {name}",
        *social_cards.SIZE,
    )


def picture(ctx: Context, *, title: LocalizedText, line: str, by: str) -> Response:
    """Return the picture of an item that the visitor may see."""
    said = (convert_text(title).text, convert(line), convert(by), convert(site_name(ctx.site)))
    card = Card(*said)
    return conditional_response(ctx.request, social_cards.png_of(card), "image/png")
