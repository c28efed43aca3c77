"""Readers ask for a translation, and are thanked."""

from starlette.responses import Response

from portal.domain.publishing.translation_progress import actions as translation_progress
from portal.domain.translation.kinds import kind_named
from portal.i18n.locale import OWN_NAMES
from portal.web.components.item_kinds import item_url
from portal.web.http import Cache, Context, Limit, Policy, PortalRouter, render
from portal.web.http.rate_limits import client_of

router = PortalRouter()
_HERE = "/translation-requests/{kind}/{slug}"


@router.form(_HERE, name="translation_requests.create", policy=Policy.ANYONE)
def create(ctx: Context, kind: str, slug: str) -> Response:
    """Count a reader of this language, once."""
    translatable = kind_named(kind)
    item_id = translatable.read(ctx.db, ctx.user, slug)
    ctx.rate_limit(Limit.TRANSLATION_REQUEST)
    person, client = ctx.user, client_of(ctx.request)
    asker = f"person {person.id}" if person else f"client {client}"
    translation_progress.request(ctx.db, translatable.kind, item_id, ctx.language, asker, ctx.now)
    return ctx.redirect("translation_requests.sent", kind=kind, slug=slug)


@router.page(_HERE, name="translation_requests.sent", policy=Policy.ANYONE, cache=Cache.PRIVATE)
def sent(ctx: Context, kind: str, slug: str) -> Response:
    """Thanks, and the way back."""
    translatable = kind_named(kind)
    item = translatable.open(ctx.db, translatable.read(ctx.db, ctx.user, slug))
    return render(
        ctx,
        "translation/request_sent.html",
        title=item.title.localized(),
        target_name=OWN_NAMES[ctx.language],
        item_url=item_url(ctx, item.kind, item.slug),
    )
