"""Putting words into other languages: for an organisation's translators, and by a link."""

from __future__ import annotations

from starlette.responses import Response

from portal.core.refusals import Refusal
from portal.domain.publishing.translation_progress import actions as ledger
from portal.web.http.context import Context
from portal.web.http.dependencies import Submitted
from portal.web.http.policies import Cache, Policy
from portal.web.http.routing import LOCALIZED, PortalRouter
from portal.web.translation.form import blank_form
from portal.web.translation.workspace import desk_of, desk_page, save_submitted, volunteers_desk

router = PortalRouter(prefix=LOCALIZED)
_HERE = "/organizing/translations/{kind}/{slug}/{tongue}"


@router.page(_HERE, name="translating.edit", policy=Policy.TRANSLATOR, cache=Cache.PRIVATE)
def edit(ctx: Context, kind: str, slug: str, tongue: str) -> Response:
    """The original's paragraphs, and a field beside each."""
    desk = desk_of(ctx, kind, slug, tongue)
    return desk_page(ctx, desk, blank_form(desk.item, tongue))


@router.form(_HERE, name="translating.update", policy=Policy.TRANSLATOR)
def update(ctx: Context, kind: str, slug: str, tongue: str, data: Submitted) -> Response:
    """Saves the passages; everything else of the item stays as it is."""
    return save_submitted(ctx, desk_of(ctx, kind, slug, tongue), data)


@router.form(f"{_HERE}/links", name="translating.hand_out", policy=Policy.TRANSLATOR)
def hand_out(ctx: Context, kind: str, slug: str, tongue: str) -> Response:
    """A link for a volunteer, shown once."""
    desk = desk_of(ctx, kind, slug, tongue)
    form = blank_form(desk.item, tongue)
    try:
        secret = ledger.hand_out(
            ctx.db, desk.item.kind, desk.item.id, tongue, ctx.signed_in_user, ctx.now
        )
    except Refusal as refusal:
        form.refuse(refusal)
        return desk_page(ctx, desk, form, 409)
    ctx.db.flush()
    address = ctx.site.links.absolute("volunteering.edit", tongue, key=secret)
    return desk_page(ctx, desk, form, new_link=address)


@router.form(
    f"{_HERE}/links/{{link}}/withdrawal", name="translating.withdraw", policy=Policy.TRANSLATOR
)
def withdraw(ctx: Context, kind: str, slug: str, tongue: str, link: str) -> Response:
    """Ends a volunteer's link."""
    desk = desk_of(ctx, kind, slug, tongue)
    ledger.withdraw(ctx.db, desk.item.kind, desk.item.id, tongue, link, ctx.now)
    return ctx.redirect("translating.edit", kind=kind, slug=slug, tongue=tongue)


@router.page(
    "/translate/{key}", name="volunteering.edit", policy=Policy.LINK_HOLDER, cache=Cache.PRIVATE
)
def volunteer(ctx: Context, key: str) -> Response:
    """What a volunteer's link opens: the words of one item in one language, and nothing else."""
    desk = volunteers_desk(ctx, key)
    return desk_page(ctx, desk, blank_form(desk.item, desk.tongue))


@router.form("/translate/{key}", name="volunteering.update", policy=Policy.LINK_HOLDER)
def volunteers_update(ctx: Context, key: str, data: Submitted) -> Response:
    """Saves a volunteer's passages."""
    return save_submitted(ctx, volunteers_desk(ctx, key), data)
