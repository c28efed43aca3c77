"""The pictures of items for wherever their links are shared, seen by whoever may see the item."""

from starlette.responses import Response

from portal.core.time_zones import city_of, wall_of
from portal.domain.events.models import Status
from portal.domain.events.queries import EventRow, event_page
from portal.domain.initiatives import queries as initiatives
from portal.domain.initiatives.models import Stage
from portal.domain.organizations.queries import organization_named
from portal.domain.stories.queries import story_page
from portal.i18n import dates
from portal.i18n.locale import gettext as _
from portal.i18n.script_output import as_typed, protect_text
from portal.web.components.event_cards import hosts_line
from portal.web.components.initiative_cards import countries_line
from portal.web.components.labels import STAGES
from portal.web.components.open_graph import picture
from portal.web.components.organization_list import row_of
from portal.web.http import Cache, Context, Policy, PortalRouter

router = PortalRouter()


@router.page(
    "/events/{slug}/card.png", name="social_cards.events", policy=Policy.ANYONE, cache=Cache.PUBLIC
)
def event(ctx: Context, slug: str) -> Response:
    """Show an event: its title, its hour where it takes place, its organisers."""
    found, _words = event_page(ctx.db, ctx.user, slug)
    return picture(ctx, title=found.title.localized(), line=_line(found), by=hosts_line(found).text)


def _line(event: EventRow) -> str:
    if event.status == Status.CANCELLED:
        return _("Cancelled")
    if event.status == Status.POSTPONED:
        return _("Postponed")
    starts = wall_of(event.starts_at, event.time_zone)
    day, hour = dates.full(starts.date()), dates.hour(starts)
    return f"{day} · {hour}, {city_of(event.time_zone)}"


@router.page(
    "/stories/{slug}/card.png",
    name="social_cards.stories",
    policy=Policy.ANYONE,
    cache=Cache.PUBLIC,
)
def story(ctx: Context, slug: str) -> Response:
    """Show a story: its title, its day, who signs it and for whom."""
    found, _words = story_page(ctx.db, ctx.user, slug)
    wall = wall_of(found.published_at or found.changed_at, ctx.zone)
    organization = (
        protect_text(found.organization_name.localized()) if found.organization_name else ""
    )
    by = " · ".join(name for name in (as_typed(found.byline), organization) if name)
    return picture(ctx, title=found.title.localized(), line=dates.long(wall.date()), by=by)


@router.page(
    "/initiatives/{slug}/card.png",
    name="social_cards.initiatives",
    policy=Policy.ANYONE,
    cache=Cache.PUBLIC,
)
def initiative(ctx: Context, slug: str) -> Response:
    """Show an initiative: its title, how far it is and where, its organisers."""
    found = initiatives.row_of(ctx.db, initiatives.initiative_for(ctx.db, ctx.user, slug))
    parts = (str(STAGES[Stage(found.stage)]), countries_line(found))
    line = " · ".join(part for part in parts if part)
    return picture(ctx, title=found.title.localized(), line=line, by=hosts_line(found).text)


@router.page(
    "/organizations/{slug}/card.png",
    name="social_cards.organizations",
    policy=Policy.ANYONE,
    cache=Cache.PUBLIC,
)
def organization(ctx: Context, slug: str) -> Response:
    """Show an organisation: its name, what it is and where."""
    row = row_of(ctx, organization_named(ctx.db, slug))
    return picture(ctx, title=row.name, line=row.place, by=row.kind)
