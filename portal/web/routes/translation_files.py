"""Translations as files, out and in: for an organisation's translators, and by a link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.domain.translation.po_files import read, written
from portal.refusals import NotFoundError, Refusal
from portal.web.files import download
from portal.web.policies import Cache, Policy
from portal.web.routing import Pages
from portal.web.translation_desk import (
    desk_of,
    desk_page,
    save_typed,
    values_of,
    volunteers_desk,
)
from portal.web.translation_form import blank_form

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.web.translation_desk import Desk
    from portal.web.visit import Visit

pages = Pages()
_HERE = "/organizing/translations/{kind}/{slug}/{tongue}"


@pages.get(
    f"{_HERE}/file.po", name="translating.file", policy=Policy.TRANSLATOR, cache=Cache.PRIVATE
)
def file(visit: Visit, kind: str, slug: str, tongue: str) -> Response:
    """The paragraphs and what they are in a language, as a PO file."""
    return _file(visit, desk_of(visit, kind, slug, tongue))


@pages.post(f"{_HERE}/imports", name="translating.import_file", policy=Policy.TRANSLATOR)
def import_file(visit: Visit, kind: str, slug: str, tongue: str) -> Response:
    """Saves what a PO file says."""
    return _import(visit, desk_of(visit, kind, slug, tongue))


@pages.get(
    "/translate/{key}/file.po",
    name="volunteering.file",
    policy=Policy.LINK_HOLDER,
    cache=Cache.PRIVATE,
)
def volunteers_file(visit: Visit, key: str) -> Response:
    """The same file for a volunteer."""
    return _file(visit, volunteers_desk(visit, key))


@pages.post("/translate/{key}/imports", name="volunteering.import_file", policy=Policy.LINK_HOLDER)
def volunteers_import(visit: Visit, key: str) -> Response:
    """Saves what a volunteer's PO file says."""
    return _import(visit, volunteers_desk(visit, key))


def _file(visit: Visit, desk: Desk) -> Response:
    # A volunteer's link is a secret that no file should carry about.
    page = "" if desk.key else visit.absolute("translating.edit", None, **values_of(desk))
    content = written(desk.item, desk.tongue, page)
    name = f"{desk.item.slug}.{desk.tongue}.po"
    return download(content, "text/x-gettext-translation; charset=utf-8", name)


def _import(visit: Visit, desk: Desk) -> Response:
    if visit.submitted is None:
        raise NotFoundError
    content = str(visit.submitted.get("po", ""))
    try:
        typed, lost = read(content, desk.item, desk.tongue)
    except Refusal as refusal:
        form = blank_form(desk.item, desk.tongue)
        form.values["po"] = content
        form.refuse(refusal)
        return desk_page(visit, desk, form, 422)
    return save_typed(visit, desk, typed, lost=lost)
