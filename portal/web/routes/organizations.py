"""Who stands behind events: the list of organisations and the page of each."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from portal import dates
from portal.cities import city_here
from portal.countries import is_country, with_names
from portal.domain.events import listing
from portal.domain.initiatives import listing as initiatives
from portal.domain.ledger.rules import count
from portal.domain.organizations import queries
from portal.domain.organizations.models import Kind, Organization
from portal.domain.organizations.rules import is_verified, may_own
from portal.domain.organizations.verification import request_of, voices_for
from portal.domain.results.queries import organization_with_share
from portal.domain.results.rules import MOST_COUNTED
from portal.domain.stories import listing as stories
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.inert import inert
from portal.items import ItemKind
from portal.refusals import NotFoundError
from portal.web import directory
from portal.web.atom import feed_link
from portal.web.cards import cards_of
from portal.web.event_lists import own_standings
from portal.web.files import calendar_file
from portal.web.filters import Group, choosing, page_links
from portal.web.initiative_cards import initiative_cards_of
from portal.web.organization_form import KINDS
from portal.web.policies import Cache, Policy
from portal.web.routes.calendar import FEED_REACHES_BACK
from portal.web.routing import Pages
from portal.web.sharing import shared
from portal.web.story_cards import story_cards
from portal.web.translated_line import translated_line
from portal.web.trust import verified_line
from portal.written import kept_said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from portal.domain.results.queries import Share
    from portal.translated import Said
    from portal.web.translated_line import TranslatedLine
    from portal.web.visit import Visit

pages = Pages()
# Of a description, where a link to it is shared.
MOST_SHARED = 300


class Row(NamedTuple):
    """An organisation in the list."""

    name: Said
    url: str
    kind: str
    place: str
    verified: str | None


def row_of(visit: Visit, organization: Organization) -> Row:
    """An organisation with its kind and place in words."""
    return Row(
        organization.name.said(),
        visit.url("organizations.show", slug=organization.slug),
        str(KINDS[Kind(organization.kind)]),
        f"{city_here(organization.city)}, {dates.country_name(organization.country)}",
        verified_line(organization, visit.now),
    )


@pages.get("/organizations", name="organizations.index", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def index(visit: Visit) -> Response:
    """All organisations, by kind and country."""
    asked = _asked(visit)
    everyone = directory.everyone(visit)
    listed = directory.page_of(visit, [each for each in everyone if _fits(each, asked)])
    page = listed.page if listed.page > 1 else None
    return visit.page(
        "organizations/index.html",
        rows=[row_of(visit, each) for each in listed.organizations],
        groups=_groups(visit, asked, {each.country for each in everyone}),
        is_narrowed=any(asked.values()),
        pager=page_links(visit, "organizations.index", asked, listed.page, more=listed.more),
        index_as=("organizations.index", {}, asked | {"page": page}),
    )


def _asked(visit: Visit) -> dict[str, str | None]:
    asked = {name: visit.request.query_params.get(name) for name in ("kind", "country")}
    kind, country = asked.values()
    if kind not in {None, *Kind} or (country is not None and not is_country(country)):
        raise NotFoundError
    return asked


def _fits(named: queries.Named, asked: Mapping[str, str | None]) -> bool:
    return asked["kind"] in {None, named.kind} and asked["country"] in {None, named.country}


def _groups(visit: Visit, asked: Mapping[str, str | None], countries: set[str]) -> list[Group]:
    item = choosing(asked, partial(visit.url, "organizations.index"))
    return [
        Group(
            _("Country"),
            [item("country", None, _("All countries"))]
            + [item("country", code, name) for code, name in with_names(countries)],
        ),
        Group(
            _("Kind"),
            [item("kind", None, _("All"))]
            + [item("kind", kind.value, str(words)) for kind, words in KINDS.items()],
        ),
    ]


@pages.get(
    "/organizations/{slug}", name="organizations.show", policy=Policy.ANYONE, cache=Cache.PUBLIC
)
def show(visit: Visit, slug: str) -> Response:
    """An organisation and its events."""
    organization, share = organization_with_share(visit.db, slug, visit.now)
    coming, past = listing.of_organization(visit.db, organization.id, visit.now)
    mine = own_standings(visit, coming)
    row = row_of(visit, organization)
    told, _more = stories.page_of(visit.db, stories.Filters(organization_id=organization.id))
    lines, more_lines = initiatives.page_of(
        visit.db, initiatives.Filters(organization_id=organization.id)
    )
    return visit.page(
        "organizations/show.html",
        spelled=(ItemKind.ORGANIZATION, organization.id),
        row=row,
        slug=slug,
        description=organization.description.parts(),
        translation=_translation(visit, organization),
        shared=shared(
            visit,
            "organizations.show",
            slug,
            title=row.name,
            description=_beginning(organization.description.said()),
            changed_at=organization.created_at,
        ),
        site=organization.site or None,
        voices=_voices(visit, organization),
        vouched_by=[
            (each.name.said(), visit.url("organizations.show", slug=each.slug))
            for each in voices_for(visit.db, organization)
        ]
        if row.verified
        else [],
        coming=cards_of(visit, coming[: listing.PAGE_SIZE], mine),
        past=cards_of(visit, past[: listing.PAST_SHOWN]),
        initiatives=initiative_cards_of(visit, lines),
        all_initiatives=visit.url("initiatives.index", {"organization": slug})
        if more_lines
        else None,
        share_line=_share_line(share),
        all_coming=visit.url("events.index", {"organization": slug})
        if len(coming) > listing.PAGE_SIZE
        else None,
        all_past=visit.url("events.index", {"organization": slug, "when": "past"})
        if len(past) > listing.PAST_SHOWN
        else None,
        stories=story_cards(visit, told[:5]),
        all_stories=visit.url("stories.index", {"organization": slug})
        if len(told) > 5  # noqa: PLR2004 - as many as are shown
        else None,
        feed=visit.url("organizations.feed", slug=slug),
        feeds=[feed_link(visit, row.name.text, "feeds.organization", slug=slug)],
        is_suspended=organization.suspended_at is not None,
        report_url=visit.url("reports.new", {"item": f"organization:{slug}"}),
        index_as=("organizations.show", {"slug": slug}, None),
    )


def _share_line(share: Share) -> str | None:
    """Of how many past events the organisation has told what came of them."""
    if not share.past:
        return None
    if share.past == MOST_COUNTED:
        return _(
            "Of the last %(num)s past events, %(published)s have published results.",
            num=share.past,
            published=share.published,
        )
    return ngettext(
        "%(published)s of %(num)s past event of the last two years has a published result.",
        "%(published)s of %(num)s past events of the last two years have published results.",
        share.past,
        published=share.published,
    )


def _translation(visit: Visit, organization: Organization) -> TranslatedLine | None:
    # Both texts are at hand; asking the ledger would be a question more.
    counts = count((organization.name, organization.description), visit.language)
    original = organization.name.original
    return translated_line(visit, ItemKind.ORGANIZATION, organization.slug, original, counts)


def _voices(visit: Visit, organization: Organization) -> list[tuple[str, Said]]:
    """The visitor's verified organisations that could vouch for one that asks for it."""
    if visit.visitor is None or request_of(visit.db, organization) is None:
        return []
    mine = queries.memberships_of(visit.db, visit.visitor)
    if any(own.id == organization.id for own, _role in mine):
        return []
    return [
        (own.slug, own.name.said())
        for own, role in mine
        if may_own(role) and is_verified(own.verified_until, visit.now) and own.suspended_at is None
    ]


@pages.get(
    "/organizations/{slug}/calendar.ics",
    name="organizations.feed",
    policy=Policy.ANYONE,
    cache=Cache.PUBLIC,
)
def feed(visit: Visit, slug: str) -> Response:
    """An organisation's public events for a calendar that subscribes."""
    organization = queries.organization_named(visit.db, slug)
    since = visit.now - FEED_REACHES_BACK
    found = listing.feed(visit.db, visit.now, since, organization.id)
    name = organization.name.said()
    if not is_verified(organization.verified_until, visit.now):
        name = name._replace(text=inert(name.text))
    return calendar_file(visit, found, slug, kept_said(name))


def _beginning(said: Said) -> Said:
    return said._replace(text=said.text[:MOST_SHARED])
