"""Lists of events and the event page, seen by everyone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.domain.events.listing import Filters
from portal.domain.events.page import event_page as found_event
from portal.domain.events.rules import is_public, may_analyse
from portal.domain.events.vocabulary import SPOKEN_LANGUAGES, TAGS
from portal.domain.organizations import queries as organizations
from portal.domain.registrations.standings import NOTHING, own_of
from portal.items import ItemKind
from portal.refusals import NotFoundError
from portal.web.event_lists import event_rows
from portal.web.event_page import event_page_for
from portal.web.files import calendar_file
from portal.web.filters import filter_links, page_asked, page_links
from portal.web.policies import Cache, Policy
from portal.web.routing import Pages
from portal.web.sign_up_panel import BLANK, blank_panel, panel

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.refusals import Refusal
    from portal.web.forms import Form
    from portal.web.sign_up_panel import GuestFields
    from portal.web.visit import Visit

pages = Pages()


@pages.get("/events", name="events.index", policy=Policy.ANYONE, cache=Cache.PUBLIC, brief=True)
def index(visit: Visit) -> Response:
    """Upcoming or past events, by tag, language and organisation."""
    query = visit.request.query_params
    past, tag, language = query.get("when") == "past", query.get("tag"), query.get("language")
    page = page_asked(visit)
    if (
        query.get("when") not in {None, "past", "upcoming"}
        or (tag is not None and tag not in TAGS)
        or (language is not None and language not in SPOKEN_LANGUAGES)
    ):
        raise NotFoundError
    slug = query.get("organization")
    organization = organizations.organization_named(visit.db, slug) if slug else None
    filters = Filters(past, tag, language, organization.id if organization else None)
    rows, more = event_rows(visit, filters, page)
    asked = {
        "when": "past" if past else None,
        "tag": tag,
        "language": language,
        "organization": slug,
    }
    return visit.page(
        "events/index.html",
        past=past,
        organization=organization and organization.name.said(),
        rows=rows,
        filters=filter_links(visit, asked),
        is_narrowed=any(asked[name] for name in ("tag", "language", "organization")),
        pager=page_links(visit, "events.index", asked, page, more=more),
        index_as=("events.index", {}, asked | {"page": page if page > 1 else None}),
    )


@pages.get(
    "/events/{slug}", name="events.show", policy=Policy.ANYONE, cache=Cache.PUBLIC, brief=True
)
def show(visit: Visit, slug: str) -> Response:
    """The event page."""
    return event_page(visit, slug)


@pages.get("/events/{slug}/event.ics", name="events.file", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def file(visit: Visit, slug: str) -> Response:
    """The event for anybody's calendar."""
    event, _words = found_event(visit.db, visit.visitor, slug)
    return calendar_file(visit, [event], event.slug)


def event_page(
    visit: Visit,
    slug: str,
    form: Form[GuestFields] = BLANK,
    refusal: Refusal | None = None,
    status: int = 200,
) -> Response:
    """The event page; a refusal or a form's errors are told beside the button."""
    page = event_page_for(visit, slug)
    event = page.event
    own = own_of(visit.db, visit.visitor, event) if visit.visitor else NOTHING
    is_blank = own.standing is None and form is BLANK and refusal is None
    return visit.page(
        "events/show.html",
        status,
        spelled=(ItemKind.EVENT, event.id),
        page=page,
        panel=blank_panel(visit, page.offer)
        if is_blank
        else panel(visit, page.offer, own.standing, form, refusal),
        form=form,
        may_analyse=may_analyse(own.roles),
        is_preview=False,
        index_as=("events.show", {"slug": slug}, None) if is_public(event) else None,
    )
