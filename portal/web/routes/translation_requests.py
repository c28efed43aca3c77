"""Readers ask for a translation, and are thanked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.domain.ledger import actions as ledger
from portal.domain.translation.kinds import kind_named
from portal.i18n import OWN_NAMES
from portal.web.policies import Cache, Policy
from portal.web.rate_limits import Limit, client_of
from portal.web.routing import Pages
from portal.web.translation_form import reader_address

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.web.visit import Visit

pages = Pages()
_HERE = "/translation-requests/{kind}/{slug}"


@pages.post(_HERE, name="translation_requests.create", policy=Policy.ANYONE)
def create(visit: Visit, kind: str, slug: str) -> Response:
    """Counts a reader of this language, once."""
    translatable = kind_named(kind)
    item_id = translatable.read(visit.db, visit.visitor, slug)
    visit.limit(Limit.TRANSLATION_REQUEST)
    person, client = visit.visitor, client_of(visit.request)
    asker = f"person {person.id}" if person else f"client {client}"
    ledger.request(visit.db, translatable.kind, item_id, visit.language, asker, visit.now)
    return visit.go("translation_requests.sent", kind=kind, slug=slug)


@pages.get(_HERE, name="translation_requests.sent", policy=Policy.ANYONE, cache=Cache.PRIVATE)
def sent(visit: Visit, kind: str, slug: str) -> Response:
    """Thanks, and the way back."""
    translatable = kind_named(kind)
    item = translatable.open(visit.db, translatable.read(visit.db, visit.visitor, slug))
    return visit.page(
        "translation_requests/sent.html",
        title=item.title.said(),
        tongue_name=OWN_NAMES[visit.language],
        item_url=reader_address(visit, item),
    )
