"""Lists of events and the event page, seen by everyone."""

from starlette.responses import Response

from portal.core.refusals import NotFoundError
from portal.domain.events.listing import Filters
from portal.domain.events.queries import event_page as find_event_page
from portal.domain.events.vocabulary import SPOKEN_LANGUAGES, TAGS
from portal.domain.organizations import queries as organizations
from portal.web.components.event_lists import event_rows
from portal.web.events.presenter import event_page
from portal.web.http import Cache, Context, Policy, PortalRouter, render
from portal.web.http.downloads import calendar_file
from portal.web.http.pagination import filter_links, page_asked, page_links

router = PortalRouter()


@router.page("/events", name="events.index", policy=Policy.ANYONE, cache=Cache.PUBLIC, brief=True)
def index(ctx: Context) -> Response:
    """Upcoming or past events, by tag, language and organisation."""
    query = ctx.request.query_params
    past, tag, language = query.get("when") == "past", query.get("tag"), query.get("language")
    page = page_asked(ctx)
    if (
        query.get("when") not in {None, "past", "upcoming"}
        or (tag is not None and tag not in TAGS)
        or (language is not None and language not in SPOKEN_LANGUAGES)
    ):
        raise NotFoundError
    slug = query.get("organization")
    organization = organizations.organization_named(ctx.db, slug) if slug else None
    filters = Filters(past, tag, language, organization.id if organization else None)
    rows, more = event_rows(ctx, filters, page)
    asked = {
        "when": "past" if past else None,
        "tag": tag,
        "language": language,
        "organization": slug,
    }
    return render(
        ctx,
        "events/index.html",
        past=past,
        organization=organization and organization.name.localized(),
        rows=rows,
        filters=filter_links(ctx, asked),
        is_narrowed=any(asked[name] for name in ("tag", "language", "organization")),
        pager=page_links(ctx, "events.index", asked, page, more=more),
        index_as=("events.index", {}, asked | {"page": page if page > 1 else None}),
    )


@router.page(
    "/events/{slug}", name="events.show", policy=Policy.ANYONE, cache=Cache.PUBLIC, brief=True
)
def show(ctx: Context, slug: str) -> Response:
    """Show the event page."""
    return event_page(ctx, slug)


@router.page(
    "/events/{slug}/event.ics", name="events.file", policy=Policy.ANYONE, cache=Cache.PUBLIC
)
def file(ctx: Context, slug: str) -> Response:
    """Return the event for anybody's calendar."""
    event, _words = find_event_page(ctx.db, ctx.user, slug)
    return calendar_file(ctx, [event], event.slug)
