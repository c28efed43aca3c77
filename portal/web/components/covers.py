"""The cover of an item, as its own page shows it and as others are told of it."""

from dataclasses import dataclass

from markupsafe import Markup

from portal.content.picture_html import Picture, picture_html
from portal.i18n.translated import LocalizedText
from portal.web.http import Context


@dataclass(frozen=True, slots=True)
class Cover:
    """A picture, and its largest size by whole address, for whoever shows links to the page."""

    html: Markup
    alt: LocalizedText
    caption: LocalizedText
    address: str
    width: int
    height: int


def cover_of_page(ctx: Context, picture: Picture | None, *, at_head: bool = False) -> Cover | None:
    """Return the cover in the reader's language, if any; see `picture_html` for `at_head`."""
    if picture is None:
        return None
    html = picture_html(picture, ctx.language, ctx.language, at_head=at_head)
    width = picture.widths[-1]
    return Cover(
        Markup(html),  # noqa: S704 - made by the portal, with the words escaped
        picture.alt.localized(),
        picture.caption.localized(),
        address_of(ctx, picture),
        width,
        round(picture.height * width / picture.width),
    )


def address_of(ctx: Context, picture: Picture) -> str:
    """Return the whole address of the largest size, in the format that everybody reads."""
    return ctx.site.links.address + picture.path(picture.widths[-1], "jpg")
