"""Lists of initiatives and the page of each, seen by everyone."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from markupsafe import Markup
from starlette.responses import Response

from portal.content.markdown import without_links
from portal.core.item_kinds import ItemKind
from portal.core.refusals import NotFoundError, Refusal
from portal.core.time_zones import wall_of
from portal.domain.events import rules as event_rules
from portal.domain.events.models import Funding
from portal.domain.events.vocabulary import TAGS
from portal.domain.initiatives import following, listing, queries, reach
from portal.domain.initiatives.hosts import roles_in
from portal.domain.initiatives.models import Initiative, Stage
from portal.domain.initiatives.queries import InitiativeRow
from portal.domain.initiatives.rules import is_quiet, last_sign
from portal.domain.organizations import queries as organizations
from portal.domain.organizations.rules import is_verified
from portal.domain.publishing.images.queries import cover_of
from portal.domain.publishing.publication import is_public
from portal.domain.publishing.translation_progress.queries import entries_of
from portal.domain.results.rules import round_down
from portal.i18n import dates
from portal.i18n.countries import is_country, with_names
from portal.i18n.locale import gettext as _
from portal.i18n.locale import ngettext
from portal.web.components.covers import cover_of_page
from portal.web.components.event_cards import hosts_line
from portal.web.components.initiative_cards import countries_line, initiative_cards_of, stage_tags
from portal.web.components.labels import FUNDINGS, STAGES
from portal.web.components.open_graph import shared
from portal.web.components.schema_org import linked_project
from portal.web.components.translation_notice import TranslationNotice, translation_notice
from portal.web.http import Cache, Context, Policy, PortalRouter, render
from portal.web.http.pagination import Group, choosing, page_asked, page_links
from portal.web.initiatives.timeline import line_of

router = PortalRouter()


@router.page("/initiatives", name="initiatives.index", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def index(ctx: Context) -> Response:
    """Public initiatives by stage, country, topic and organisation."""
    page = page_asked(ctx)
    names = ("stage", "country", "tag", "organization")
    asked = {name: ctx.request.query_params.get(name) for name in names}
    filters = _filters(ctx, asked)
    found, more = listing.page_of(ctx.db, filters, page)
    countries = listing.countries(ctx.db)
    return render(
        ctx,
        "initiatives/index.html",
        cards=initiative_cards_of(ctx, found),
        groups=_groups(ctx, asked, countries),
        is_narrowed=any(asked.values()),
        pager=page_links(ctx, "initiatives.index", asked, page, more=more),
        index_as=("initiatives.index", {}, asked | {"page": page if page > 1 else None}),
    )


def _filters(ctx: Context, asked: Mapping[str, str | None]) -> listing.Filters:
    stage, tag, slug = asked["stage"], asked["tag"], asked["organization"]
    country = asked["country"]
    if (
        (stage is not None and stage not in STAGES)
        or (tag is not None and tag not in TAGS)
        or (country is not None and not is_country(country))
    ):
        raise NotFoundError
    organization = organizations.organization_named(ctx.db, slug) if slug else None
    organization_id = organization.id if organization is not None else None
    return listing.Filters(stage, country, tag, organization_id)


def _groups(ctx: Context, asked: Mapping[str, str | None], countries: list[str]) -> list[Group]:
    item = choosing(asked, partial(ctx.url, "initiatives.index"))
    return [
        Group(
            _("State"),
            [item("stage", None, _("All"))]
            + [item("stage", stage.value, str(words)) for stage, words in STAGES.items()],
        ),
        Group(
            _("Country"),
            [item("country", None, _("All countries"))]
            + [item("country", code, name) for code, name in with_names(countries)],
        ),
        Group(
            _("Topic"),
            [item("tag", None, _("All topics"))]
            + [item("tag", tag, str(label)) for tag, label in TAGS.items()],
        ),
    ]


@router.page(
    "/initiatives/{slug}", name="initiatives.show", policy=Policy.ANYONE, cache=Cache.PUBLIC
)
def show(ctx: Context, slug: str) -> Response:
    """Show the page of an initiative."""
    return initiative_page(ctx, slug)


def initiative_page(ctx: Context, slug: str, refusal: Refusal | None = None) -> Response:
    """Return the page of an initiative; a refusal is told beside the buttons (409)."""
    initiative = queries.initiative_for(ctx.db, ctx.user, slug)
    roles = roles_in(ctx.db, ctx.user, initiative)
    return render(
        ctx,
        "initiatives/show.html",
        409 if refusal else 200,
        spelled=(ItemKind.INITIATIVE, initiative.id),
        **facts_of_page(ctx, initiative),
        refusal=refusal and refusal.localized(),
        may_analyse=event_rules.may_analyse(roles),
        is_preview=False,
        index_as=("initiatives.show", {"slug": slug}, None)
        if queries.is_seen_by_all(initiative)
        else None,
    )


def facts_of_page(ctx: Context, initiative: Initiative) -> dict[str, Any]:
    """Return what the page shows of the initiative itself, for the page and for its preview."""
    row = queries.row_of(ctx.db, initiative)
    past_events = reach.occasions(ctx.db, initiative.id, ctx.now)
    cover = cover_of(ctx.db, ItemKind.INITIATIVE, initiative.id)
    html: dict[str, str] = initiative.description_html
    language = ctx.language if ctx.language in html else initiative.title.original
    description = html.get(language, "")
    if not is_verified(row.organization_verified_until, ctx.now):
        description = without_links(description)
    partners, people = initiative.partners.localized(), initiative.people.localized()
    return {
        "slug": initiative.slug,
        "title": row.title.localized(),
        "purpose": row.purpose.localized(),
        "tags": stage_tags(row, ctx.now),
        "hosts": [
            (host.name.localized(), ctx.url("organizations.show", slug=host.slug))
            for host in row.hosts
        ],
        "hosts_line": hosts_line(row),
        "partners": partners if partners.text else None,
        "people": people if people.text else None,
        "countries": countries_line(row),
        "since": dates.long(row.since) if row.since else None,
        "since_day": row.since.isoformat() if row.since else None,
        "funding": FUNDINGS[Funding(initiative.funding)] if initiative.funding else None,
        "funding_note": initiative.funding_note.localized(),
        "topics": [
            (str(TAGS[tag]), ctx.url("initiatives.index", {"tag": tag})) for tag in row.tags
        ],
        "published": dates.long(wall_of(row.published_at, ctx.zone).date())
        if row.published_at
        else None,
        "changed": initiative.editions - 1,
        "description": Markup(description),  # noqa: S704 - sanitised when it was saved
        "description_language": language,
        "translation": _translation(ctx, row),
        "cover": cover_of_page(ctx, cover),
        "line": line_of(ctx, initiative),
        "figures": _figures(row, past_events),
        "is_hidden": row.visibility == "hidden",
        "is_public": queries.is_seen_by_all(row),
        "linked_data": linked_project(ctx, row, cover),
        "shared": shared(
            ctx,
            "initiatives.show",
            initiative.slug,
            title=row.title.localized(),
            description=row.purpose.localized(),
            changed_at=initiative.changed_at,
        ),
        **_viewer_state(ctx, row),
    }


def _translation(ctx: Context, initiative: InitiativeRow) -> TranslationNotice | None:
    """Return the line for the reader; nobody asks for what is not there to be read yet."""
    kind, key = ItemKind.INITIATIVE, (initiative.id, ctx.language)
    counts = entries_of(ctx.db, kind, [initiative.id]).get(key)
    line = translation_notice(ctx, kind, initiative.slug, initiative.title.original, counts)
    return line if line is None or is_public(initiative) else replace(line, ask_url=None)


def _figures(initiative: InitiativeRow, past_events: list[reach.Occasion]) -> list[tuple[str, str]]:
    """Numbers for everybody: none at all where fewer than five people stand behind them."""
    least = reach.public_reach(past_events)
    if least is None:
        return []
    figures = [
        (_("%(number)s or more", number=dates.number(least)), _("took part")),
        (dates.number(len(past_events)), ngettext("event held", "events held", len(past_events))),
    ]
    if countries := len(initiative.countries):
        figures.append((dates.number(countries), ngettext("country", "countries", countries)))
    return figures


def _viewer_state(ctx: Context, initiative: InitiativeRow) -> dict[str, Any]:
    """Return what the reader is to the initiative, and what they can do."""
    mine = following.follow_state(ctx.db, ctx.user, initiative.id)
    quiet = is_quiet(initiative, initiative.signs, ctx.now)
    published = initiative.published_at
    least = round_down(following.followers(ctx.db, initiative.id))
    has_asked = (
        published is not None
        and mine.has_asked_at is not None
        and mine.has_asked_at > last_sign(published, initiative.signs)
    )
    return {
        "follows": mine.follows,
        "may_follow": published is not None and initiative.stage != Stage.FINISHED,
        "may_ask": mine.follows and quiet and not has_asked,
        "has_asked": quiet and has_asked,
        "is_quiet": quiet,
        "followers": _("%(number)s or more follow it", number=dates.number(least))
        if least
        else None,
    }
