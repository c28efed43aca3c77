"""The translator's desk: what is translated, by whom it may be, and what comes of saving it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, RedirectResponse

from portal import dates
from portal.domain.history.queries import former_paragraphs
from portal.domain.ledger.queries import link_with, links_of
from portal.domain.translation.actions import gaps, save
from portal.domain.translation.kinds import KINDS, kind_named
from portal.domain.translation.rules import TranslatedMeanwhileError, progress
from portal.i18n import LANGUAGES
from portal.items import ItemKind
from portal.refusals import NotFoundError, Refusal
from portal.time_zones import wall_of
from portal.web.translation_form import (
    PassageFields,
    blank_form,
    form_of,
    page_of,
    parts_of,
    progress_said,
    reader_address,
    steps_of,
    typed_passages,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.responses import Response

    from portal.domain.translation.actions import Saved
    from portal.domain.translation.items import Item, Translatable
    from portal.domain.translation.rules import Typed
    from portal.web.forms import Form
    from portal.web.visit import Visit


@dataclass(frozen=True)
class Desk:
    """What somebody translates into which language; `key` is the link's by which they came."""

    translatable: Translatable
    item: Item
    tongue: str
    key: str | None = None


def desk_of(visit: Visit, kind: str, slug: str, tongue: str) -> Desk:
    """What an address names, for the organisation's translators."""
    translatable = kind_named(kind)
    item_id = translatable.find(visit.db, visit.person, slug)
    return Desk(translatable, _opened(visit, translatable, item_id, tongue), tongue)


def volunteers_desk(visit: Visit, key: str) -> Desk:
    """What a volunteer's link opens."""
    link = link_with(visit.db, key, visit.now)
    translatable = KINDS[ItemKind(link.item_kind)]
    item = _opened(visit, translatable, link.item_id, link.language)
    return Desk(translatable, item, link.language, key)


def _opened(visit: Visit, translatable: Translatable, item_id: int, tongue: str) -> Item:
    if visit.submitted is not None:
        translatable.lock(visit.db, item_id)
    item = translatable.open(visit.db, item_id)
    if tongue not in LANGUAGES or not item.is_translatable(tongue):
        raise NotFoundError
    return item


def save_submitted(visit: Visit, desk: Desk) -> Response:
    """Saves and goes on; step by step where a script asks, told what the next save goes by."""
    submitted = visit.submitted
    if submitted is None:
        raise NotFoundError
    typed = typed_passages(submitted, desk.item)
    return save_typed(visit, desk, typed, in_steps=submitted.get("step") == "yes")


def save_typed(
    visit: Visit,
    desk: Desk,
    typed: Mapping[str, Sequence[Typed]],
    *,
    in_steps: bool = False,
    lost: Sequence[str] = (),
) -> Response:
    """The same with passages from elsewhere; `lost` are those that have no place any more."""
    try:
        saved = save(visit.db, desk.translatable, desk.item, desk.tongue, typed, visit.now)
    except Refusal as refusal:
        form = form_of(typed)
        refusal.field = refusal.field and f"passage.{refusal.field}"
        form.refuse(refusal)
        return desk_page(visit, desk, form, 422)
    saved.lost += lost
    now = replace(desk, item=desk.translatable.open(visit.db, desk.item.id))
    if saved.conflicts:
        form = form_of(saved.laid)
        for name, place in saved.conflicts:
            form.refuse(TranslatedMeanwhileError(f"passage.{name}.{place}"))
        return desk_page(visit, now, form, 422, saved=saved)
    if in_steps:
        return _step(now, typed, saved)
    if saved.lost:
        return desk_page(visit, now, blank_form(now.item, desk.tongue), saved=saved)
    return RedirectResponse(f"{address(visit, desk, 'edit')}?saved=yes", 303)


def _step(desk: Desk, typed: Mapping[str, Sequence[Typed]], saved: Saved) -> Response:
    percent = progress(desk.item.texts, desk.tongue)
    return JSONResponse(
        {
            "before": steps_of(typed),
            "lost": saved.lost,
            "progress": percent,
            "progress_said": progress_said(percent),
        }
    )


def values_of(desk: Desk) -> dict[str, Any]:
    """The path values of a translator's page."""
    return {"kind": desk.item.kind.value, "slug": desk.item.slug, "tongue": desk.tongue}


def address(visit: Visit, desk: Desk, name: str) -> str:
    """An address of this very page: for translators by its name, for a volunteer by the link."""
    if desk.key is not None:
        return visit.url(f"volunteering.{name}", key=desk.key)
    return visit.url(f"translating.{name}", None, **values_of(desk))


def desk_page(
    visit: Visit,
    desk: Desk,
    form: Form[PassageFields],
    status: int = 200,
    *,
    saved: Saved | None = None,
    new_link: str | None = None,
) -> Response:
    """The translator's page, as whoever has come may see it."""
    item, tongue, key = desk.item, desk.tongue, desk.key
    former = former_paragraphs(visit.db, item.kind, item.id)
    parts = parts_of(item, tongue, former, saved.conflicts if saved else {})
    links = () if key else links_of(visit.db, item.kind, item.id, tongue, visit.now)
    return visit.page(
        "translating/edit.html",
        status,
        **page_of(item, tongue, parts),
        form=form,
        action=address(visit, desk, "update"),
        file_url=address(visit, desk, "file"),
        draft_url=None
        if key or visit.site.machine is None or not any(gaps(item, tongue).values())
        else visit.url("translating.draft", None, **values_of(desk)),
        import_url=address(visit, desk, "import_file"),
        values=values_of(desk),
        is_volunteer=key is not None,
        is_saved=visit.request.query_params.get("saved") == "yes",
        lost=saved.lost if saved else [],
        new_link=new_link,
        handed_out=[
            (link.public_id, dates.long(wall_of(link.expires_at, visit.zone).date()))
            for link in links
        ],
        item_url=None if key else reader_address(visit, item),
    )
