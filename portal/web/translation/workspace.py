"""The translator's desk: what is translated, by whom it may be, and what comes of saving it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from markupsafe import Markup
from starlette.datastructures import FormData
from starlette.responses import JSONResponse, RedirectResponse, Response

from portal.content.picture_html import Picture, picture_html
from portal.core.item_kinds import ItemKind
from portal.core.refusals import NotFoundError, Refusal
from portal.core.time_zones import wall_of
from portal.domain.publishing.revisions.queries import former_paragraphs
from portal.domain.publishing.translation_progress.queries import link_with, links_of
from portal.domain.translation.actions import Saved, gaps, save
from portal.domain.translation.items import Translatable, TranslatableItem
from portal.domain.translation.kinds import KINDS, kind_named
from portal.domain.translation.rules import TranslatedMeanwhileError, Typed, progress
from portal.i18n import dates
from portal.i18n.locale import LANGUAGES
from portal.i18n.locale import gettext as _
from portal.web.components.item_kinds import item_url
from portal.web.http import Context, render
from portal.web.http.forms import Form
from portal.web.http.policies import SecondFactorNeededError
from portal.web.images.owners import served_image
from portal.web.translation.form import (
    ParagraphFields,
    blank_form,
    form_of,
    page_of,
    parts_of,
    progress_text,
    steps_of,
    typed_paragraphs,
)

# How wide a picture stands on the translator's page.
PICTURE_SIZES: Final = "(min-width: 40rem) 16rem, calc(100vw - 2rem)"


@dataclass(frozen=True)
class Workspace:
    """What somebody translates into which language; `key` is the link's by which they came."""

    translatable: Translatable
    item: TranslatableItem
    target: str
    key: str | None = None


def workspace_for(ctx: Context, kind: str, slug: str, target: str) -> Workspace:
    """Return what an address names, for translators; the portal's pages ask for a second factor."""
    translatable = kind_named(kind)
    item_id = translatable.find(ctx.db, ctx.signed_in_user, slug)
    needs_second_factor = translatable.kind is ItemKind.PAGE
    if needs_second_factor and (ctx.signed_in is None or ctx.signed_in.second_factor_at is None):
        raise SecondFactorNeededError
    return Workspace(translatable, _opened(ctx, translatable, item_id, target), target)


def volunteer_workspace(ctx: Context, key: str) -> Workspace:
    """Return what a volunteer's link opens."""
    link = link_with(ctx.db, key, ctx.now)
    translatable = KINDS[ItemKind(link.item_kind)]
    item = _opened(ctx, translatable, link.item_id, link.language)
    return Workspace(translatable, item, link.language, key)


def _opened(
    ctx: Context, translatable: Translatable, item_id: int, target: str
) -> TranslatableItem:
    if ctx.writes:
        translatable.lock(ctx.db, item_id)
    item = translatable.open(ctx.db, item_id)
    if target not in LANGUAGES or not item.is_translatable(target):
        raise NotFoundError
    return item


def save_submitted(ctx: Context, workspace: Workspace, submitted: FormData) -> Response:
    """Save and go on; step by step where a script asks, told what the next save goes by."""
    typed = typed_paragraphs(submitted, workspace.item)
    return save_typed(ctx, workspace, typed, in_steps=submitted.get("step") == "yes")


def save_typed(
    ctx: Context,
    workspace: Workspace,
    typed: Mapping[str, Sequence[Typed]],
    *,
    in_steps: bool = False,
    lost: Sequence[str] = (),
) -> Response:
    """Save paragraphs from elsewhere; `lost` are those without a place."""
    try:
        saved = save(
            ctx.db, workspace.translatable, workspace.item, workspace.target, typed, ctx.now
        )
    except Refusal as refusal:
        form = form_of(typed)
        refusal.field = refusal.field and f"paragraph.{refusal.field}"
        form.refuse(refusal)
        return workspace_page(ctx, workspace, form, 422)
    saved.lost += lost
    now = replace(workspace, item=workspace.translatable.open(ctx.db, workspace.item.id))
    if saved.conflicts:
        form = form_of(saved.laid)
        for name, place in saved.conflicts:
            form.refuse(TranslatedMeanwhileError(f"paragraph.{name}.{place}"))
        return workspace_page(ctx, now, form, 422, saved=saved)
    if in_steps:
        return _step(now, typed, saved)
    if saved.lost:
        return workspace_page(ctx, now, blank_form(now.item, workspace.target), saved=saved)
    return RedirectResponse(f"{address(ctx, workspace, 'edit')}?saved=yes", 303)


def _step(workspace: Workspace, typed: Mapping[str, Sequence[Typed]], saved: Saved) -> Response:
    percent = progress(workspace.item.texts, workspace.target)
    return JSONResponse(
        {
            "before": steps_of(typed),
            "lost": saved.lost,
            "progress": percent,
            "progress_text": progress_text(percent),
        }
    )


def _picture_row(ctx: Context, picture: Picture) -> Markup | None:
    """Return a picture beside its words; a draft's is not shown to volunteers."""
    try:
        served_image(ctx, picture.key)
    except NotFoundError:
        return None
    html = picture_html(picture, picture.alt.original, ctx.language, PICTURE_SIZES)
    return Markup(html)  # noqa: S704 - made by the portal, with the words escaped


def values_of(workspace: Workspace) -> dict[str, Any]:
    """Return the path values of a translator's page."""
    item = workspace.item
    return {"kind": item.kind.value, "slug": item.slug, "target": workspace.target}


def address(ctx: Context, workspace: Workspace, name: str, **more: str) -> str:
    """Return an address of this page: by name for translators, by link for volunteers."""
    if workspace.key is not None:
        return ctx.url(f"shared_translations.{name}", None, key=workspace.key, **more)
    return ctx.url(f"translations.{name}", None, **values_of(workspace), **more)


def workspace_page(
    ctx: Context,
    workspace: Workspace,
    form: Form[ParagraphFields],
    status: int = 200,
    *,
    saved: Saved | None = None,
    new_link: str | None = None,
) -> Response:
    """Return the translator's page, as whoever has come may see it."""
    item, target, key = workspace.item, workspace.target, workspace.key
    former = former_paragraphs(ctx.db, item.kind, item.id)
    theirs = saved.conflicts if saved else {}
    parts = parts_of(item, target, former, theirs, lambda picture: _picture_row(ctx, picture))
    links = () if key else links_of(ctx.db, item.kind, item.id, target, ctx.now)
    return render(
        ctx,
        "translation/edit.html",
        status,
        **page_of(item, target, parts),
        form=form,
        action=address(ctx, workspace, "update"),
        files=[
            (label, address(ctx, workspace, "file", form=form))
            for form, label in (
                ("po", _("Download as PO file")),
                ("xlf", _("Download as XLIFF file")),
            )
        ],
        draft_url=None
        if key or ctx.site.machine is None or not any(gaps(item, target).values())
        else ctx.url("translations.draft", None, **values_of(workspace)),
        import_url=address(ctx, workspace, "import_file"),
        values=values_of(workspace),
        is_volunteer=key is not None,
        is_saved=ctx.request.query_params.get("saved") == "yes",
        lost=saved.lost if saved else [],
        new_link=new_link,
        handed_out=[
            (link.public_id, dates.long(wall_of(link.expires_at, ctx.zone).date()))
            for link in links
        ],
        item_url=None if key else item_url(ctx, item.kind, item.slug),
    )
