"""The images of an item: taking them in, describing, ordering and removing them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from portal import clock
from portal.domain.media import actions as media
from portal.domain.media.queries import image_of
from portal.domain.people.models import Person
from portal.i18n import LANGUAGES
from portal.imaging import NoPictureError
from portal.refusals import Refusal
from portal.web.forms import Form, submitted_file
from portal.web.illustrated import edited_item
from portal.web.limits import PICTURE
from portal.web.picture_pages import WordFields, list_page, picture_page
from portal.web.policies import Cache, Policy
from portal.web.rate_limits import Limit
from portal.web.routing import Pages
from portal.web.uploads import Upload

if TYPE_CHECKING:
    from starlette.datastructures import FormData
    from starlette.requests import Request
    from starlette.responses import Response

    from portal.domain.media.models import Image
    from portal.items import ItemKind
    from portal.translated import Translated
    from portal.web.illustrated import Item
    from portal.web.site import Site
    from portal.web.visit import Visit

pages = Pages()


class Target(NamedTuple):
    """Where a picture goes that is being sent."""

    kind: ItemKind
    item_id: int
    person_id: int


@pages.get(
    "/organizing/images/{kind}/{slug}",
    name="images.index",
    policy=Policy.EDITOR,
    cache=Cache.PRIVATE,
)
def index(visit: Visit, kind: str, slug: str) -> Response:
    """The pictures of an item, and a form for one more."""
    return list_page(visit, edited_item(visit, kind, slug), Form(WordFields))


def _door(visit: Visit, kind: str, slug: str) -> Target:
    item = edited_item(visit, kind, slug)
    return Target(item.kind, item.id, visit.person.id)


def _take(request: Request, submitted: FormData, target: Target) -> str:
    """Keeps the picture, whatever becomes of its words; answers with its key."""
    site: Site = request.app.state.site
    site.rate_limiter.check(Limit.UPLOAD, request, f"person {target.person_id}", submitted)
    file = submitted_file(submitted, "picture")
    if file is None:
        raise NoPictureError
    kept = media.keep(site.storage, file)
    with site.database.writing() as db:
        person = db.get(Person, target.person_id)
        return media.add(db, target.kind, target.item_id, kept, person, clock.now()).key


@pages.post(
    "/organizing/images/{kind}/{slug}",
    name="images.create",
    policy=Policy.EDITOR,
    upload=Upload(PICTURE, _door, _take),
)
def create(visit: Visit, kind: str, slug: str) -> Response:
    """Describes the picture that has just been taken in, or says why it has not been."""
    item = edited_item(visit, kind, slug)
    form = Form(WordFields, visit.submitted)
    if isinstance(visit.taken, Refusal):
        form.refuse(visit.taken)
        return list_page(visit, item, form, 422)
    return _described(visit, item, image_of(visit.db, item.kind, item.id, visit.taken), form)


@pages.get(
    "/organizing/images/{kind}/{slug}/{key}",
    name="images.edit",
    policy=Policy.EDITOR,
    cache=Cache.PRIVATE,
)
def edit(visit: Visit, kind: str, slug: str, key: str) -> Response:
    """One picture and its words."""
    item, image = _found(visit, kind, slug, key)
    texts = {"alt": image.alt.texts(), "caption": image.caption.texts()}
    values = {f"{name}_{tag}": text for name, said in texts.items() for tag, text in said.items()}
    return picture_page(visit, item, image, Form.filled(WordFields, values))


@pages.post("/organizing/images/{kind}/{slug}/{key}", name="images.update", policy=Policy.EDITOR)
def update(visit: Visit, kind: str, slug: str, key: str) -> Response:
    """Saves a picture's words."""
    return _described(visit, *_found(visit, kind, slug, key), Form(WordFields, visit.submitted))


@pages.post(
    "/organizing/images/{kind}/{slug}/{key}/cover", name="images.cover", policy=Policy.EDITOR
)
def cover(visit: Visit, kind: str, slug: str, key: str) -> Response:
    """Shows the item by this picture."""
    item, image = _found(visit, kind, slug, key)
    try:
        media.choose_cover(visit.db, item.kind, item.id, image.key)
    except Refusal as refusal:
        return picture_page(visit, item, image, Form(WordFields), 409, refusal)
    item.rewrite(visit.db, visit.now)
    return visit.go("images.index", kind=kind, slug=slug)


@pages.post(
    "/organizing/images/{kind}/{slug}/{key}/cover/end", name="images.uncover", policy=Policy.EDITOR
)
def uncover(visit: Visit, kind: str, slug: str, key: str) -> Response:
    """Shows the item without a picture again."""
    item, _image = _found(visit, kind, slug, key)
    media.choose_cover(visit.db, item.kind, item.id, None)
    item.rewrite(visit.db, visit.now)
    return visit.go("images.index", kind=kind, slug=slug)


@pages.post(
    "/organizing/images/{kind}/{slug}/{key}/place", name="images.move", policy=Policy.EDITOR
)
def move(visit: Visit, kind: str, slug: str, key: str) -> Response:
    """Puts a picture one place further to the front, or further on."""
    _item, image = _found(visit, kind, slug, key)
    is_earlier = visit.submitted is not None and visit.submitted.get("to") == "earlier"
    media.move(visit.db, image, -1 if is_earlier else 1)
    return visit.go("images.index", kind=kind, slug=slug)


@pages.post(
    "/organizing/images/{kind}/{slug}/{key}/removal", name="images.remove", policy=Policy.EDITOR
)
def remove(visit: Visit, kind: str, slug: str, key: str) -> Response:
    """Takes a picture away, from the texts too."""
    item, image = _found(visit, kind, slug, key)
    media.remove(visit.db, image)
    item.rewrite(visit.db, visit.now)
    return visit.go("images.index", kind=kind, slug=slug)


def _found(visit: Visit, kind: str, slug: str, key: str) -> tuple[Item, Image]:
    item = edited_item(visit, kind, slug)
    return item, image_of(visit.db, item.kind, item.id, key)


def _described(visit: Visit, item: Item, image: Image, form: Form[WordFields]) -> Response:
    """Saves the words, or asks for them again; the picture itself stays in either case."""
    if form.fields:
        try:
            media.describe(
                image,
                _revised(image.alt, item, form.fields, "alt"),
                _revised(image.caption, item, form.fields, "caption"),
            )
            item.rewrite(visit.db, visit.now)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return visit.go("images.index", kind=item.kind.value, slug=item.slug)
    return picture_page(visit, item, image, form, 422)


def _revised(before: Translated, item: Item, fields: WordFields, name: str) -> Translated:
    texts = {tag: getattr(fields, f"{name}_{tag}") for tag in LANGUAGES}
    return before.revised(item.title.original, texts, still_right=bool(fields.small_fix))
