"""How far an organisation's texts are translated, and what is most wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from portal.domain.organizations.queries import translated_organization
from portal.domain.translation.queries import Line, Wanted, matrix, queue
from portal.i18n import LANGUAGES, OWN_NAMES, gettext_lazy
from portal.items import ItemKind
from portal.refusals import NotFoundError
from portal.web.filters import page_asked, page_links
from portal.web.policies import Cache, Policy
from portal.web.routing import Pages
from portal.web.translation_form import STATES

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.domain.ledger.rules import Counts
    from portal.domain.translation.items import Row
    from portal.translated import Said
    from portal.web.visit import Visit

pages = Pages()
PAGE_SIZE: Final = 50
KINDS: Final = {
    ItemKind.EVENT: gettext_lazy("Event"),
    ItemKind.INITIATIVE: gettext_lazy("Initiative"),
    ItemKind.ORGANIZATION: gettext_lazy("Organisation"),
    ItemKind.STORY: gettext_lazy("Story"),
}


class Cell(NamedTuple):
    """One item in one language; the original has no page to translate it on."""

    url: str | None
    state: str
    state_kind: str
    done: int
    requests: int
    tongue: str
    tongue_name: str


class Entry(NamedTuple):
    """One item with what stands beside it: a cell for each language, or the one that is wanted."""

    title: Said
    kind: str
    cells: tuple[Cell | None, ...]


@pages.get(
    "/organizing/{organization}/translations",
    name="translations.index",
    policy=Policy.TRANSLATOR,
    cache=Cache.PRIVATE,
)
def index(visit: Visit, organization: str) -> Response:
    """The queue, and below it everything in every language."""
    found = translated_organization(visit.db, visit.person, organization)
    page = page_asked(visit)
    lines = matrix(visit.db, found.id, visit.now)
    here = lines[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    if page > 1 and not here:
        raise NotFoundError
    return visit.page(
        "translations/index.html",
        organization=found.name.said(),
        wanted=[_wanted(visit, each) for each in queue(lines)],
        tongues=[(tag, OWN_NAMES[tag]) for tag in LANGUAGES],
        entries=[_entry(visit, line) for line in here],
        pager=page_links(
            visit,
            "translations.index",
            {},
            page,
            more=len(lines) > page * PAGE_SIZE,
            organization=organization,
        ),
    )


def _entry(visit: Visit, line: Line) -> Entry:
    cells = (
        _cell(visit, line.row, tag, line.counts[tag], line.requests[tag])
        if tag in line.counts
        else None
        for tag in LANGUAGES
    )
    return Entry(line.row.title.said(), str(KINDS[line.row.kind]), tuple(cells))


def _wanted(visit: Visit, wanted: Wanted) -> Entry:
    cell = _cell(visit, wanted.row, wanted.language, wanted.counts, wanted.requests)
    return Entry(wanted.row.title.said(), str(KINDS[wanted.row.kind]), (cell,))


def _cell(visit: Visit, row: Row, tongue: str, counts: Counts, requests: int) -> Cell:
    word, kind = STATES[counts.state]
    url = visit.url("translating.edit", kind=row.kind.value, slug=row.slug, tongue=tongue)
    return Cell(
        None if counts.is_original else url,
        str(word),
        kind,
        counts.done,
        requests,
        tongue,
        OWN_NAMES[tongue],
    )
