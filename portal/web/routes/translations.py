"""How far an organisation's texts are translated, and what is most wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from portal.domain.organizations.queries import translated_organization
from portal.domain.translation.queries import matrix, queue
from portal.i18n import OWN_NAMES
from portal.refusals import NotFoundError
from portal.web.filters import page_asked, page_links
from portal.web.policies import Cache, Policy
from portal.web.routing import Pages
from portal.web.translation_matrix import (
    asked_of,
    entry_of,
    groups_of,
    narrowed_by,
    wanted_entry,
)

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.web.visit import Visit

pages = Pages()
PAGE_SIZE: Final = 50


@pages.get(
    "/organizing/{organization}/translations",
    name="translations.index",
    policy=Policy.TRANSLATOR,
    cache=Cache.PRIVATE,
)
def index(visit: Visit, organization: str) -> Response:
    """The queue, and below it everything in every language, or what is asked for of both."""
    found = translated_organization(visit.db, visit.person, organization)
    page, narrowed = page_asked(visit), narrowed_by(visit)
    everything = matrix(visit.db, found.id, visit.now)
    lines = [line for line in everything if narrowed.holds(line)]
    here = lines[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    if page > 1 and not here:
        raise NotFoundError
    return visit.page(
        "translations/index.html",
        organization=found.name.said(),
        groups=groups_of(visit, narrowed, organization),
        is_narrowed=any(narrowed),
        wanted=[wanted_entry(visit, each) for each in queue(everything, narrowed.seeks)],
        tongues=[(tag, OWN_NAMES[tag]) for tag in narrowed.tongues],
        entries=[entry_of(visit, line, narrowed.tongues) for line in here],
        pager=page_links(
            visit,
            "translations.index",
            asked_of(narrowed),
            page,
            more=len(lines) > page * PAGE_SIZE,
            organization=organization,
        ),
    )
