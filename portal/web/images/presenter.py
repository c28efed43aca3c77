"""The pages of an item's pictures: the list of all, and the words of one."""

from dataclasses import dataclass
from typing import Annotated, Final, Literal

from markupsafe import Markup
from pydantic import Field
from starlette.responses import Response

from portal.content.picture_html import Picture, picture_html
from portal.core.refusals import Refusal
from portal.domain.publishing.images.models import Image
from portal.domain.publishing.images.queries import images_of
from portal.domain.publishing.images.rules import LONGEST_ALT, LONGEST_CAPTION
from portal.i18n.locale import LANGUAGES, OWN_NAMES
from portal.i18n.locale import gettext as _
from portal.i18n.translated import LocalizedText
from portal.media.images import MAX_BYTES
from portal.web.http import Context, render
from portal.web.http.forms import Fields, Form
from portal.web.images.owners import KINDS, PicturedItem

# How wide pictures stand in the list, and on the page of one.
IN_LIST: Final = "(min-width: 40rem) 16rem, calc(100vw - 2rem)"
_Text = Annotated[str, Field(max_length=100_000)]


class WordFields(Fields):
    """What a picture shows, and the line below it."""

    alt_kk: _Text = ""
    alt_ru: _Text = ""
    alt_en: _Text = ""
    caption_kk: _Text = ""
    caption_ru: _Text = ""
    caption_en: _Text = ""
    # What an editor says of the translations when only the original was changed.
    small_fix: Literal["yes", ""] = ""


@dataclass(frozen=True, slots=True)
class ImageRow:
    """A picture as its editors see it."""

    key: str
    html: Markup
    alt: LocalizedText
    caption: LocalizedText
    is_wordless: bool
    is_cover: bool
    reference: str


def list_page(
    ctx: Context, item: PicturedItem, form: Form[WordFields], status: int = 200
) -> Response:
    """Return all pictures of an item, and a form for one more."""
    images = images_of(ctx.db, item.kind, item.id)
    return render(
        ctx,
        "images/index.html",
        status,
        **_about(ctx, item, form),
        rows=[_row(ctx, image) for image in images],
        max_bytes=MAX_BYTES,
    )


def picture_page(
    ctx: Context,
    item: PicturedItem,
    image: Image,
    form: Form[WordFields],
    status: int = 200,
    refusal: Refusal | None = None,
) -> Response:
    """Return one picture with its words, its line for the text, and its removal."""
    return render(
        ctx,
        "images/edit.html",
        status,
        **_about(ctx, item, form),
        row=_row(ctx, image),
        has_translations=any(len(text.versions) > 1 for text in (image.alt, image.caption)),
        refusal=refusal and refusal.localized(),
    )


def _about(ctx: Context, item: PicturedItem, form: Form[WordFields]) -> dict[str, object]:
    original, about = item.title.original, KINDS[item.kind]
    area, list_of_items = about.area
    kinds = (("alt", _("What it shows")), ("caption", _("Caption")))
    return {
        "kind": item.kind.value,
        "slug": item.slug,
        "title": item.title.localized(),
        "area": (str(area), ctx.url(list_of_items)),
        "back": ctx.url(about.manage_route, slug=item.slug),
        "form": form,
        "content_languages": [
            {
                "tag": tag,
                "name": OWN_NAMES[tag],
                "is_original": tag == original,
                "is_open": tag == original or _is_begun(form, tag),
            }
            for tag in (original, *(tag for tag in LANGUAGES if tag != original))
        ],
        "longest": {"alt": LONGEST_ALT, "caption": LONGEST_CAPTION},
        "labels": {
            "picture": _("Picture"),
            **{
                f"{name}_{tag}": f"{label} ({OWN_NAMES[tag]})"
                for name, label in kinds
                for tag in LANGUAGES
            },
        },
    }


def _is_begun(form: Form[WordFields], tag: str) -> bool:
    names = (f"alt_{tag}", f"caption_{tag}")
    return any(form.values.get(name) or name in form.errors for name in names)


def _row(ctx: Context, image: Image) -> ImageRow:
    picture = Picture(image.key, image.width, image.height, image.alt, image.caption)
    html = picture_html(picture, ctx.language, ctx.language, IN_LIST)
    return ImageRow(
        image.key,
        Markup(html),  # noqa: S704 - made here, with the words escaped
        image.alt.localized(),
        image.caption.localized(),
        not image.alt,
        image.is_cover,
        f"![](image:{image.key})",
    )
