"""Drafts by a machine for what nobody has translated yet, on an organisation's own request."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal.core.refusals import Refusal
from portal.domain.translation.actions import gaps, put_drafts
from portal.i18n.locale import gettext_lazy as _
from portal.web.http import Context, Limit, Policy, PortalRouter
from portal.web.http.limits import MACHINE
from portal.web.http.transactions import in_reading, in_transaction
from portal.web.translation.form import blank_form
from portal.web.translation.workspace import address, workspace_for, workspace_page

router = PortalRouter()


class NoMachineError(Refusal):
    """The operator has not chosen any."""

    message = _("This portal has no translation machine.")


@router.form(
    "/manage/translations/{kind}/{slug}/{target}/drafts",
    name="translations.draft",
    policy=Policy.TRANSLATOR,
    limits=MACHINE,
    max_seconds=MACHINE.seconds,
)
async def draft(kind: str, slug: str, target: str, request: Request) -> Response:
    """Fill the gaps with drafts; no transaction is open while the machine works."""
    place = (kind, slug, target)
    try:
        wanted = await in_reading(request, _begin, *place)
        if (machine := request.app.state.site.machine) is None:
            raise NoMachineError
        made: dict[str, str] = {}
        for original, paragraphs in wanted.items():
            made |= await machine.translated(sorted(paragraphs), original, target)
        return await in_transaction(request, _put, *place, made)
    except Refusal as refusal:
        return await in_reading(request, _refused, *place, refusal)


def _begin(ctx: Context, kind: str, slug: str, target: str) -> dict[str, set[str]]:
    """Collect, by original language, the paragraphs that nobody has translated."""
    workspace = workspace_for(ctx, kind, slug, target)
    ctx.rate_limit(Limit.MACHINE_DRAFT)
    texts, wanted = workspace.item.texts, dict[str, set[str]]()
    for name, passages in gaps(workspace.item, workspace.target).items():
        paragraphs = wanted.setdefault(texts[name].original, set())
        paragraphs.update(paragraph for _place, paragraph in passages)
    return wanted


def _put(ctx: Context, kind: str, slug: str, target: str, made: Mapping[str, str]) -> Response:
    """Ask for the rights again, and look again at what is wanting."""
    workspace = workspace_for(ctx, kind, slug, target)
    drafts = dict.fromkeys(gaps(workspace.item, workspace.target), made)
    put_drafts(ctx.db, workspace.translatable, workspace.item, workspace.target, drafts, ctx.now)
    return RedirectResponse(f"{address(ctx, workspace, 'edit')}?saved=yes", 303)


def _refused(ctx: Context, kind: str, slug: str, target: str, refusal: Refusal) -> Response:
    workspace = workspace_for(ctx, kind, slug, target)
    form = blank_form(workspace.item, workspace.target)
    refusal.field = None
    form.refuse(refusal)
    return workspace_page(ctx, workspace, form, 409)
