"""The images of an item: taking them in, describing, ordering and removing them."""

from dataclasses import dataclass
from typing import Annotated

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from portal.core import clock
from portal.core.item_kinds import ItemKind
from portal.core.refusals import Refusal
from portal.domain.accounts.people.models import Person
from portal.domain.publishing.images import actions as images
from portal.domain.publishing.images.models import Image
from portal.domain.publishing.images.queries import image_of
from portal.i18n.locale import LANGUAGES
from portal.i18n.translated import Translated
from portal.media.images import NoPictureError
from portal.web.http import Cache, Context, Limit, Policy, PortalRouter
from portal.web.http.forms import Form, Submitted, submitted, submitted_file
from portal.web.http.limits import PICTURE
from portal.web.http.site import Site
from portal.web.http.uploads import Received, received
from portal.web.images.owners import PicturedItem, edited_item
from portal.web.images.presenter import WordFields, list_page, picture_page

router = PortalRouter()
WordForm = Annotated[Form[WordFields], submitted(WordFields)]


@dataclass(frozen=True, slots=True)
class Target:
    """Where a picture goes that is being sent."""

    kind: ItemKind
    item_id: int
    person_id: int


@router.page(
    "/manage/images/{kind}/{slug}",
    name="images.index",
    policy=Policy.EDITOR,
    cache=Cache.PRIVATE,
)
def index(ctx: Context, kind: str, slug: str) -> Response:
    """Show the pictures of an item, and a form for one more."""
    return list_page(ctx, edited_item(ctx, kind, slug), Form(WordFields))


def _image_owner(ctx: Context, kind: str, slug: str) -> Target:
    item = edited_item(ctx, kind, slug)
    return Target(item.kind, item.id, ctx.signed_in_user.id)


def _take(request: Request, submitted: FormData, target: Target) -> str:
    """Keep the picture, whatever becomes of its words; answer with its key."""
    site: Site = request.app.state.site
    site.rate_limiter.check(Limit.UPLOAD, request, f"person {target.person_id}", submitted)
    file = submitted_file(submitted, "picture")
    if file is None:
        raise NoPictureError
    stored = images.store_image(site.storage, file)
    with site.database.writing() as db:
        person = db.get(Person, target.person_id)
        return images.add(db, target.kind, target.item_id, stored, person, clock.now()).key


@router.upload(
    "/manage/images/{kind}/{slug}", name="images.create", policy=Policy.EDITOR, limits=PICTURE
)
def create(
    ctx: Context, kind: str, slug: str, picture: Annotated[Received, received(_image_owner, _take)]
) -> Response:
    """Describe the picture that has just been taken in, or say why it has not been."""
    item = edited_item(ctx, kind, slug)
    form = Form(WordFields, picture.data)
    if isinstance(picture.outcome, Refusal):
        form.refuse(picture.outcome)
        return list_page(ctx, item, form, 422)
    return _described(ctx, item, image_of(ctx.db, item.kind, item.id, picture.outcome), form)


@router.page(
    "/manage/images/{kind}/{slug}/{key}",
    name="images.edit",
    policy=Policy.EDITOR,
    cache=Cache.PRIVATE,
)
def edit(ctx: Context, kind: str, slug: str, key: str) -> Response:
    """Show one picture and its words."""
    item, image = _image_by_key(ctx, kind, slug, key)
    texts = {"alt": image.alt.texts(), "caption": image.caption.texts()}
    values = {f"{name}_{tag}": text for name, said in texts.items() for tag, text in said.items()}
    return picture_page(ctx, item, image, Form.filled(WordFields, values))


@router.form("/manage/images/{kind}/{slug}/{key}", name="images.update", policy=Policy.EDITOR)
def update(ctx: Context, kind: str, slug: str, key: str, form: WordForm) -> Response:
    """Save a picture's words."""
    return _described(ctx, *_image_by_key(ctx, kind, slug, key), form)


@router.form("/manage/images/{kind}/{slug}/{key}/cover", name="images.cover", policy=Policy.EDITOR)
def cover(ctx: Context, kind: str, slug: str, key: str) -> Response:
    """Show the item by this picture."""
    item, image = _image_by_key(ctx, kind, slug, key)
    try:
        images.choose_cover(ctx.db, item.kind, item.id, image.key)
    except Refusal as refusal:
        return picture_page(ctx, item, image, Form(WordFields), 409, refusal)
    item.rewrite(ctx.db, ctx.now)
    return ctx.redirect("images.index", kind=kind, slug=slug)


@router.form(
    "/manage/images/{kind}/{slug}/{key}/cover/end", name="images.uncover", policy=Policy.EDITOR
)
def uncover(ctx: Context, kind: str, slug: str, key: str) -> Response:
    """Show the item without a picture again."""
    item, _image = _image_by_key(ctx, kind, slug, key)
    images.choose_cover(ctx.db, item.kind, item.id, None)
    item.rewrite(ctx.db, ctx.now)
    return ctx.redirect("images.index", kind=kind, slug=slug)


@router.form("/manage/images/{kind}/{slug}/{key}/place", name="images.move", policy=Policy.EDITOR)
def move(ctx: Context, kind: str, slug: str, key: str, data: Submitted) -> Response:
    """Put a picture one place further to the front, or further on."""
    _item, image = _image_by_key(ctx, kind, slug, key)
    images.move(ctx.db, image, -1 if data.get("to") == "earlier" else 1)
    return ctx.redirect("images.index", kind=kind, slug=slug)


@router.form(
    "/manage/images/{kind}/{slug}/{key}/removal", name="images.remove", policy=Policy.EDITOR
)
def remove(ctx: Context, kind: str, slug: str, key: str) -> Response:
    """Take a picture away, from the texts too."""
    item, image = _image_by_key(ctx, kind, slug, key)
    images.remove(ctx.db, image)
    item.rewrite(ctx.db, ctx.now)
    return ctx.redirect("images.index", kind=kind, slug=slug)


def _image_by_key(ctx: Context, kind: str, slug: str, key: str) -> tuple[PicturedItem, Image]:
    item = edited_item(ctx, kind, slug)
    return item, image_of(ctx.db, item.kind, item.id, key)


def _described(ctx: Context, item: PicturedItem, image: Image, form: Form[WordFields]) -> Response:
    """Save the words, or ask for them again; the picture itself stays in either case."""
    if form.fields:
        try:
            images.describe(
                image,
                _revised(image.alt, item, form.fields, "alt"),
                _revised(image.caption, item, form.fields, "caption"),
            )
            item.rewrite(ctx.db, ctx.now)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return ctx.redirect("images.index", kind=item.kind.value, slug=item.slug)
    return picture_page(ctx, item, image, form, 422)


def _revised(before: Translated, item: PicturedItem, fields: WordFields, name: str) -> Translated:
    texts = {tag: getattr(fields, f"{name}_{tag}") for tag in LANGUAGES}
    return before.revised(item.title.original, texts, still_right=bool(fields.small_fix))
