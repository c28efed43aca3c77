"""Putting words into other languages: for an organisation's translators, and by a link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.domain.ledger import actions as ledger
from portal.refusals import Refusal
from portal.web.policies import Cache, Policy
from portal.web.routing import Pages
from portal.web.translation_desk import desk_of, desk_page, save_submitted, volunteers_desk
from portal.web.translation_form import blank_form

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.web.visit import Visit

pages = Pages()
_HERE = "/organizing/translations/{kind}/{slug}/{tongue}"


@pages.get(_HERE, name="translating.edit", policy=Policy.TRANSLATOR, cache=Cache.PRIVATE)
def edit(visit: Visit, kind: str, slug: str, tongue: str) -> Response:
    """The original's paragraphs, and a field beside each."""
    desk = desk_of(visit, kind, slug, tongue)
    return desk_page(visit, desk, blank_form(desk.item, tongue))


@pages.post(_HERE, name="translating.update", policy=Policy.TRANSLATOR)
def update(visit: Visit, kind: str, slug: str, tongue: str) -> Response:
    """Saves the passages; everything else of the item stays as it is."""
    return save_submitted(visit, desk_of(visit, kind, slug, tongue))


@pages.post(f"{_HERE}/links", name="translating.hand_out", policy=Policy.TRANSLATOR)
def hand_out(visit: Visit, kind: str, slug: str, tongue: str) -> Response:
    """A link for a volunteer, shown once."""
    desk = desk_of(visit, kind, slug, tongue)
    form = blank_form(desk.item, tongue)
    try:
        secret = ledger.hand_out(
            visit.db, desk.item.kind, desk.item.id, tongue, visit.person, visit.now
        )
    except Refusal as refusal:
        form.refuse(refusal)
        return desk_page(visit, desk, form, 409)
    visit.db.flush()
    address = visit.site.links.absolute("volunteering.edit", tongue, key=secret)
    return desk_page(visit, desk, form, new_link=address)


@pages.post(
    f"{_HERE}/links/{{link}}/withdrawal", name="translating.withdraw", policy=Policy.TRANSLATOR
)
def withdraw(visit: Visit, kind: str, slug: str, tongue: str, link: str) -> Response:
    """Ends a volunteer's link."""
    desk = desk_of(visit, kind, slug, tongue)
    ledger.withdraw(visit.db, desk.item.kind, desk.item.id, tongue, link, visit.now)
    return visit.go("translating.edit", kind=kind, slug=slug, tongue=tongue)


@pages.get(
    "/translate/{key}", name="volunteering.edit", policy=Policy.LINK_HOLDER, cache=Cache.PRIVATE
)
def volunteer(visit: Visit, key: str) -> Response:
    """What a volunteer's link opens: the words of one item in one language, and nothing else."""
    desk = volunteers_desk(visit, key)
    return desk_page(visit, desk, blank_form(desk.item, desk.tongue))


@pages.post("/translate/{key}", name="volunteering.update", policy=Policy.LINK_HOLDER)
def volunteers_update(visit: Visit, key: str) -> Response:
    """Saves a volunteer's passages."""
    return save_submitted(visit, volunteers_desk(visit, key))
