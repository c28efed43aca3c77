"""Putting words into other languages: for an organisation's translators, and by a link."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse

from portal import dates
from portal.domain.history.queries import former_paragraphs
from portal.domain.ledger import actions as ledger
from portal.domain.ledger.queries import link_with, links_of
from portal.domain.translation.actions import save
from portal.domain.translation.kinds import KINDS, kind_named
from portal.domain.translation.rules import TranslatedMeanwhileError, progress
from portal.i18n import LANGUAGES
from portal.items import ItemKind
from portal.refusals import NotFoundError, Refusal
from portal.time_zones import wall_of
from portal.web.policies import Cache, Policy
from portal.web.routing import Pages
from portal.web.translation_form import (
    PassageFields,
    blank_form,
    form_of,
    item_address,
    page_of,
    parts_of,
    progress_said,
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

pages = Pages()
_HERE = "/organizing/translations/{kind}/{slug}/{tongue}"


@dataclass(frozen=True)
class Desk:
    """What somebody translates into which language; `key` is the link's by which they came."""

    translatable: Translatable
    item: Item
    tongue: str
    key: str | None = None


@pages.get(_HERE, name="translating.edit", policy=Policy.TRANSLATOR, cache=Cache.PRIVATE)
def edit(visit: Visit, kind: str, slug: str, tongue: str) -> Response:
    """The original's paragraphs, and a field beside each."""
    desk = _desk(visit, kind, slug, tongue)
    return _page(visit, desk, blank_form(desk.item, tongue))


@pages.post(_HERE, name="translating.update", policy=Policy.TRANSLATOR)
def update(visit: Visit, kind: str, slug: str, tongue: str) -> Response:
    """Saves the passages; everything else of the item stays as it is."""
    return _save(visit, _desk(visit, kind, slug, tongue))


@pages.post(f"{_HERE}/links", name="translating.hand_out", policy=Policy.TRANSLATOR)
def hand_out(visit: Visit, kind: str, slug: str, tongue: str) -> Response:
    """A link for a volunteer, shown once."""
    desk = _desk(visit, kind, slug, tongue)
    form = blank_form(desk.item, tongue)
    try:
        secret = ledger.hand_out(
            visit.db, desk.item.kind, desk.item.id, tongue, visit.person, visit.now
        )
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(visit, desk, form, 409)
    visit.db.flush()
    address = visit.site.links.absolute("volunteering.edit", tongue, key=secret)
    return _page(visit, desk, form, new_link=address)


@pages.post(
    f"{_HERE}/links/{{link}}/withdrawal", name="translating.withdraw", policy=Policy.TRANSLATOR
)
def withdraw(visit: Visit, kind: str, slug: str, tongue: str, link: str) -> Response:
    """Ends a volunteer's link."""
    desk = _desk(visit, kind, slug, tongue)
    ledger.withdraw(visit.db, desk.item.kind, desk.item.id, tongue, link, visit.now)
    return visit.go("translating.edit", kind=kind, slug=slug, tongue=tongue)


@pages.get(
    "/translate/{key}", name="volunteering.edit", policy=Policy.LINK_HOLDER, cache=Cache.PRIVATE
)
def volunteer(visit: Visit, key: str) -> Response:
    """What a volunteer's link opens: the words of one item in one language, and nothing else."""
    desk = _handed_out(visit, key)
    return _page(visit, desk, blank_form(desk.item, desk.tongue))


@pages.post("/translate/{key}", name="volunteering.update", policy=Policy.LINK_HOLDER)
def volunteers_update(visit: Visit, key: str) -> Response:
    """Saves a volunteer's passages."""
    return _save(visit, _handed_out(visit, key))


def _desk(visit: Visit, kind: str, slug: str, tongue: str) -> Desk:
    translatable = kind_named(kind)
    item_id = translatable.find(visit.db, visit.person, slug)
    return Desk(translatable, _opened(visit, translatable, item_id, tongue), tongue)


def _handed_out(visit: Visit, key: str) -> Desk:
    link = link_with(visit.db, key, visit.now)
    translatable = KINDS[ItemKind(link.item_kind)]
    item = _opened(visit, translatable, link.item_id, link.language)
    return Desk(translatable, item, link.language, key)


def _opened(visit: Visit, translatable: Translatable, item_id: int, tongue: str) -> Item:
    if visit.submitted is not None:
        translatable.lock(visit.db, item_id)
    item = translatable.open(visit.db, item_id)
    if tongue not in LANGUAGES or tongue == item.title.original:
        raise NotFoundError
    return item


def _save(visit: Visit, desk: Desk) -> Response:
    """Saves and goes on; step by step where a script asks, told what the next save goes by."""
    submitted = visit.submitted
    if submitted is None:
        raise NotFoundError
    typed = typed_passages(submitted, desk.item)
    try:
        saved = save(visit.db, desk.translatable, desk.item, desk.tongue, typed, visit.now)
    except Refusal as refusal:
        form = form_of(typed)
        refusal.field = f"passage.{refusal.field}"
        form.refuse(refusal)
        return _page(visit, desk, form, 422)
    now = replace(desk, item=desk.translatable.open(visit.db, desk.item.id))
    if saved.conflicts:
        form = form_of(saved.laid)
        for name, place in saved.conflicts:
            form.refuse(TranslatedMeanwhileError(f"passage.{name}.{place}"))
        return _page(visit, now, form, 422, saved=saved)
    if submitted.get("step") == "yes":
        return _step(now, typed, saved)
    if saved.lost:
        return _page(visit, now, blank_form(now.item, desk.tongue), saved=saved)
    if desk.key is not None:
        return visit.go("volunteering.edit", {"saved": "yes"}, key=desk.key)
    return visit.go("translating.edit", {"saved": "yes"}, **_values(desk))


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


def _values(desk: Desk) -> dict[str, Any]:
    return {"kind": desk.item.kind.value, "slug": desk.item.slug, "tongue": desk.tongue}


def _page(
    visit: Visit,
    desk: Desk,
    form: Form[PassageFields],
    status: int = 200,
    *,
    saved: Saved | None = None,
    new_link: str | None = None,
) -> Response:
    item, tongue, key = desk.item, desk.tongue, desk.key
    former = former_paragraphs(visit.db, item.kind, item.id)
    parts = parts_of(item, tongue, former, saved.conflicts if saved else {})
    links = () if key else links_of(visit.db, item.kind, item.id, tongue, visit.now)
    return visit.page(
        "translating/edit.html",
        status,
        **page_of(item, tongue, parts),
        form=form,
        action=visit.url("volunteering.update", key=key)
        if key
        else visit.url("translating.update", None, **_values(desk)),
        values=_values(desk),
        is_volunteer=key is not None,
        is_saved=visit.request.query_params.get("saved") == "yes",
        lost=saved.lost if saved else [],
        new_link=new_link,
        handed_out=[
            (link.public_id, dates.long(wall_of(link.expires_at, visit.zone).date()))
            for link in links
        ],
        item_url=None if key else item_address(visit, item),
    )
