"""Who stands behind events: the list of organisations and the page of each."""

from collections.abc import Mapping
from functools import partial

from starlette.responses import Response

from portal.content.defang import defang
from portal.core.item_kinds import ItemKind
from portal.core.refusals import NotFoundError
from portal.domain.events import listing
from portal.domain.initiatives import listing as initiatives
from portal.domain.organizations import queries
from portal.domain.organizations.models import Organization, OrganizationKind
from portal.domain.organizations.rules import is_verified, may_own
from portal.domain.organizations.verification import request_of, voices_for
from portal.domain.publishing.translation_progress.rules import count
from portal.domain.results.queries import Share, organization_with_share
from portal.domain.results.rules import MAX_COUNTED
from portal.domain.stories import listing as stories
from portal.i18n.countries import is_country, with_names
from portal.i18n.locale import gettext as _
from portal.i18n.locale import ngettext
from portal.i18n.script_output import protect_text
from portal.i18n.translated import LocalizedText
from portal.web.components import organization_list
from portal.web.components.event_cards import cards_of
from portal.web.components.event_lists import viewer_statuses
from portal.web.components.feed_kinds import feed_link
from portal.web.components.initiative_cards import initiative_cards_of
from portal.web.components.labels import ORGANIZATION_KINDS
from portal.web.components.open_graph import shared
from portal.web.components.organization_list import row_of
from portal.web.components.story_cards import story_cards
from portal.web.components.translation_notice import TranslationNotice, translation_notice
from portal.web.http import Cache, Context, Policy, PortalRouter, render
from portal.web.http.downloads import FEED_REACHES_BACK, calendar_file
from portal.web.http.pagination import Group, choosing, page_links

router = PortalRouter()
# Of a description, where a link to it is shared.
MAX_SHARED = 300


@router.page("/organizations", name="organizations.index", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def index(ctx: Context) -> Response:
    """Show all organisations, by kind and country."""
    asked = _asked(ctx)
    everyone = organization_list.everyone(ctx)
    listed = organization_list.page_of(ctx, [each for each in everyone if _fits(each, asked)])
    page = listed.page if listed.page > 1 else None
    return render(
        ctx,
        "organizations/index.html",
        rows=[row_of(ctx, each) for each in listed.organizations],
        groups=_groups(ctx, asked, {each.country for each in everyone}),
        is_narrowed=any(asked.values()),
        pager=page_links(ctx, "organizations.index", asked, listed.page, more=listed.more),
        index_as=("organizations.index", {}, asked | {"page": page}),
    )


def _asked(ctx: Context) -> dict[str, str | None]:
    asked = {name: ctx.request.query_params.get(name) for name in ("kind", "country")}
    kind, country = asked.values()
    if kind not in {None, *OrganizationKind} or (country is not None and not is_country(country)):
        raise NotFoundError
    return asked


def _fits(named: queries.Named, asked: Mapping[str, str | None]) -> bool:
    return asked["kind"] in {None, named.kind} and asked["country"] in {None, named.country}


def _groups(ctx: Context, asked: Mapping[str, str | None], countries: set[str]) -> list[Group]:
    item = choosing(asked, partial(ctx.url, "organizations.index"))
    return [
        Group(
            _("Country"),
            [item("country", None, _("All countries"))]
            + [item("country", code, name) for code, name in with_names(countries)],
        ),
        Group(
            _("Kind"),
            [item("kind", None, _("All"))]
            + [item("kind", kind.value, str(words)) for kind, words in ORGANIZATION_KINDS.items()],
        ),
    ]


@router.page(
    "/organizations/{slug}", name="organizations.show", policy=Policy.ANYONE, cache=Cache.PUBLIC
)
def show(ctx: Context, slug: str) -> Response:
    """Show an organisation and its events."""
    organization, share = organization_with_share(ctx.db, slug, ctx.now)
    coming, past = listing.of_organization(ctx.db, organization.id, ctx.now)
    mine = viewer_statuses(ctx, coming)
    row = row_of(ctx, organization)
    published, _more = stories.page_of(ctx.db, stories.Filters(organization_id=organization.id))
    lines, more_lines = initiatives.page_of(
        ctx.db, initiatives.Filters(organization_id=organization.id)
    )
    return render(
        ctx,
        "organizations/show.html",
        spelled=(ItemKind.ORGANIZATION, organization.id),
        row=row,
        slug=slug,
        description=organization.description.parts(),
        translation=_translation(ctx, organization),
        shared=shared(
            ctx,
            "organizations.show",
            slug,
            title=row.name,
            description=_beginning(organization.description.localized()),
            changed_at=organization.created_at,
        ),
        site=organization.site or None,
        voices=_voices(ctx, organization),
        vouched_by=[
            (each.name.localized(), ctx.url("organizations.show", slug=each.slug))
            for each in voices_for(ctx.db, organization)
        ]
        if row.verified
        else [],
        coming=cards_of(ctx, coming[: listing.PAGE_SIZE], mine),
        past=cards_of(ctx, past[: listing.PAST_LISTED]),
        initiatives=initiative_cards_of(ctx, lines),
        all_initiatives=ctx.url("initiatives.index", {"organization": slug})
        if more_lines
        else None,
        share_line=_share_line(share),
        all_coming=ctx.url("events.index", {"organization": slug})
        if len(coming) > listing.PAGE_SIZE
        else None,
        all_past=ctx.url("events.index", {"organization": slug, "when": "past"})
        if len(past) > listing.PAST_LISTED
        else None,
        stories=story_cards(ctx, published[:5]),
        all_stories=ctx.url("stories.index", {"organization": slug})
        if len(published) > 5  # noqa: PLR2004 - as many as are shown
        else None,
        feed=ctx.url("organizations.feed", slug=slug),
        feeds=[feed_link(ctx, row.name.text, "feeds.organization", slug=slug)],
        is_suspended=organization.suspended_at is not None,
        report_url=ctx.url("reports.new", {"item": f"organization:{slug}"}),
        index_as=("organizations.show", {"slug": slug}, None),
    )


def _share_line(share: Share) -> str | None:
    """Of how many past events the organisation has told what came of them."""
    if not share.past:
        return None
    if share.past == MAX_COUNTED:
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


def _translation(ctx: Context, organization: Organization) -> TranslationNotice | None:
    # Both texts are at hand; asking the ledger would be a question more.
    counts = count((organization.name, organization.description), ctx.language)
    original = organization.name.original
    return translation_notice(ctx, ItemKind.ORGANIZATION, organization.slug, original, counts)


def _voices(ctx: Context, organization: Organization) -> list[tuple[str, LocalizedText]]:
    """Return the visitor's verified organisations that could endorse one that asks for it."""
    if ctx.user is None or request_of(ctx.db, organization) is None:
        return []
    mine = queries.memberships_of(ctx.db, ctx.user)
    if any(own.id == organization.id for own, _role in mine):
        return []
    return [
        (own.slug, own.name.localized())
        for own, role in mine
        if may_own(role) and is_verified(own.verified_until, ctx.now) and own.suspended_at is None
    ]


@router.page(
    "/organizations/{slug}/calendar.ics",
    name="organizations.feed",
    policy=Policy.ANYONE,
    cache=Cache.PUBLIC,
)
def feed(ctx: Context, slug: str) -> Response:
    """Return an organisation's public events for a calendar that subscribes."""
    organization = queries.organization_named(ctx.db, slug)
    since = ctx.now - FEED_REACHES_BACK
    found = listing.feed(ctx.db, ctx.now, since, organization.id)
    name = organization.name.localized()
    if not is_verified(organization.verified_until, ctx.now):
        name = name._replace(text=defang(name.text))
    return calendar_file(ctx, found, slug, protect_text(name))


def _beginning(said: LocalizedText) -> LocalizedText:
    return said._replace(text=said.text[:MAX_SHARED])
