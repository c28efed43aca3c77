"""Putting words into other languages: for an organisation's translators, and by a link."""

from starlette.responses import Response

from portal.core.refusals import Refusal
from portal.domain.publishing.translation_progress import actions as translation_progress
from portal.web.http import Cache, Context, Policy, PortalRouter
from portal.web.http.forms import Submitted
from portal.web.translation.form import blank_form
from portal.web.translation.workspace import (
    save_submitted,
    volunteer_workspace,
    workspace_for,
    workspace_page,
)

router = PortalRouter()
_HERE = "/manage/translations/{kind}/{slug}/{target}"


@router.page(_HERE, name="translations.edit", policy=Policy.TRANSLATOR, cache=Cache.PRIVATE)
def edit(ctx: Context, kind: str, slug: str, target: str) -> Response:
    """Show the original's paragraphs, and a field beside each."""
    workspace = workspace_for(ctx, kind, slug, target)
    return workspace_page(ctx, workspace, blank_form(workspace.item, target))


@router.form(_HERE, name="translations.update", policy=Policy.TRANSLATOR)
def update(ctx: Context, kind: str, slug: str, target: str, data: Submitted) -> Response:
    """Save the passages; everything else of the item stays as it is."""
    return save_submitted(ctx, workspace_for(ctx, kind, slug, target), data)


@router.form(f"{_HERE}/links", name="translations.create_share_link", policy=Policy.TRANSLATOR)
def create_share_link(ctx: Context, kind: str, slug: str, target: str) -> Response:
    """Create a link for a volunteer, shown once."""
    workspace = workspace_for(ctx, kind, slug, target)
    form = blank_form(workspace.item, target)
    try:
        secret = translation_progress.create_share_link(
            ctx.db, workspace.item.kind, workspace.item.id, target, ctx.signed_in_user, ctx.now
        )
    except Refusal as refusal:
        form.refuse(refusal)
        return workspace_page(ctx, workspace, form, 409)
    ctx.db.flush()
    address = ctx.site.links.absolute("shared_translations.edit", target, key=secret)
    return workspace_page(ctx, workspace, form, new_link=address)


@router.form(
    f"{_HERE}/links/{{link}}/withdrawal", name="translations.withdraw", policy=Policy.TRANSLATOR
)
def withdraw(ctx: Context, kind: str, slug: str, target: str, link: str) -> Response:
    """End a volunteer's link."""
    workspace = workspace_for(ctx, kind, slug, target)
    translation_progress.withdraw(
        ctx.db, workspace.item.kind, workspace.item.id, target, link, ctx.now
    )
    return ctx.redirect("translations.edit", kind=kind, slug=slug, target=target)


@router.page(
    "/translate/{key}",
    name="shared_translations.edit",
    policy=Policy.LINK_HOLDER,
    cache=Cache.PRIVATE,
)
def volunteer(ctx: Context, key: str) -> Response:
    """Show what a volunteer's link opens: one item's words in one language."""
    workspace = volunteer_workspace(ctx, key)
    return workspace_page(ctx, workspace, blank_form(workspace.item, workspace.target))


@router.form("/translate/{key}", name="shared_translations.update", policy=Policy.LINK_HOLDER)
def volunteers_update(ctx: Context, key: str, data: Submitted) -> Response:
    """Save a volunteer's passages."""
    return save_submitted(ctx, volunteer_workspace(ctx, key), data)
