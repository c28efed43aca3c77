"""Lists of initiatives and the page of each, seen by everyone."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from portal import dates
from portal.countries import is_country, with_names
from portal.domain.events import rules as event_rules
from portal.domain.events.models import Funding
from portal.domain.events.vocabulary import TAGS
from portal.domain.initiatives import following, listing, numbers, queries
from portal.domain.initiatives.hosts import roles_in
from portal.domain.initiatives.models import Stage
from portal.domain.initiatives.rules import is_quiet, last_sign
from portal.domain.ledger.queries import entries_of
from portal.domain.media.queries import cover_of
from portal.domain.organizations import queries as organizations
from portal.domain.organizations.rules import is_verified
from portal.domain.results.rules import round_down
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.items import ItemKind
from portal.markdown import without_links
from portal.publication import is_public
from portal.refusals import NotFoundError
from portal.time_zones import wall_of
from portal.web.cards import FUNDINGS, hosts_line
from portal.web.covers import cover_of_page
from portal.web.filters import Group, choosing, page_asked, page_links
from portal.web.initiative_cards import STAGES, countries_line, initiative_cards_of, stage_tags
from portal.web.policies import Cache, Policy
from portal.web.routing import Pages
from portal.web.schema_org import linked_project
from portal.web.sharing import shared
from portal.web.timeline import line_of
from portal.web.translated_line import translated_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from portal.domain.initiatives.models import Initiative
    from portal.domain.initiatives.queries import Shown
    from portal.refusals import Refusal
    from portal.web.translated_line import TranslatedLine
    from portal.web.visit import Visit

pages = Pages()


@pages.get("/initiatives", name="initiatives.index", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def index(visit: Visit) -> Response:
    """Public initiatives by stage, country, topic and organisation."""
    page = page_asked(visit)
    names = ("stage", "country", "tag", "organization")
    asked = {name: visit.request.query_params.get(name) for name in names}
    filters = _filters(visit, asked)
    found, more = listing.page_of(visit.db, filters, page)
    countries = listing.countries(visit.db)
    return visit.page(
        "initiatives/index.html",
        cards=initiative_cards_of(visit, found),
        groups=_groups(visit, asked, countries),
        is_narrowed=any(asked.values()),
        pager=page_links(visit, "initiatives.index", asked, page, more=more),
        index_as=("initiatives.index", {}, asked | {"page": page if page > 1 else None}),
    )


def _filters(visit: Visit, asked: Mapping[str, str | None]) -> listing.Filters:
    stage, tag, slug = asked["stage"], asked["tag"], asked["organization"]
    country = asked["country"]
    if (
        (stage is not None and stage not in STAGES)
        or (tag is not None and tag not in TAGS)
        or (country is not None and not is_country(country))
    ):
        raise NotFoundError
    organization = organizations.organization_named(visit.db, slug) if slug else None
    organization_id = organization.id if organization is not None else None
    return listing.Filters(stage, country, tag, organization_id)


def _groups(visit: Visit, asked: Mapping[str, str | None], countries: list[str]) -> list[Group]:
    item = choosing(asked, partial(visit.url, "initiatives.index"))
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


@pages.get("/initiatives/{slug}", name="initiatives.show", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def show(visit: Visit, slug: str) -> Response:
    """The page of an initiative."""
    return initiative_page(visit, slug)


def initiative_page(visit: Visit, slug: str, refusal: Refusal | None = None) -> Response:
    """The page of an initiative; a refusal is told beside the buttons (409)."""
    initiative = queries.initiative_for(visit.db, visit.visitor, slug)
    roles = roles_in(visit.db, visit.visitor, initiative)
    return visit.page(
        "initiatives/show.html",
        409 if refusal else 200,
        spelled=(ItemKind.INITIATIVE, initiative.id),
        **facts_of_page(visit, initiative),
        refusal=refusal and refusal.said(),
        may_analyse=event_rules.may_analyse(roles),
        is_preview=False,
        index_as=("initiatives.show", {"slug": slug}, None)
        if queries.is_seen_by_all(initiative)
        else None,
    )


def facts_of_page(visit: Visit, initiative: Initiative) -> dict[str, Any]:
    """What the page shows of the initiative itself, for the page and for its preview."""
    row = queries.row_of(visit.db, initiative)
    held = numbers.occasions(visit.db, initiative.id, visit.now)
    cover = cover_of(visit.db, ItemKind.INITIATIVE, initiative.id)
    html: dict[str, str] = initiative.description_html
    language = visit.language if visit.language in html else initiative.title.original
    description = html.get(language, "")
    if not is_verified(row.organization_verified_until, visit.now):
        description = without_links(description)
    partners, people = initiative.partners.said(), initiative.people.said()
    return {
        "slug": initiative.slug,
        "title": row.title.said(),
        "purpose": row.purpose.said(),
        "tags": stage_tags(row, visit.now),
        "hosts": [
            (host.name.said(), visit.url("organizations.show", slug=host.slug))
            for host in row.hosts
        ],
        "hosts_line": hosts_line(row),
        "partners": partners if partners.text else None,
        "people": people if people.text else None,
        "countries": countries_line(row),
        "since": dates.long(row.since) if row.since else None,
        "since_day": row.since.isoformat() if row.since else None,
        "funding": FUNDINGS[Funding(initiative.funding)] if initiative.funding else None,
        "funding_note": initiative.funding_note.said(),
        "topics": [
            (str(TAGS[tag]), visit.url("initiatives.index", {"tag": tag})) for tag in row.tags
        ],
        "published": dates.long(wall_of(row.published_at, visit.zone).date())
        if row.published_at
        else None,
        "changed": initiative.editions - 1,
        "description": Markup(description),  # noqa: S704 - sanitised when it was saved
        "description_language": language,
        "translation": _translation(visit, row),
        "cover": cover_of_page(visit, cover),
        "line": line_of(visit, initiative),
        "figures": _figures(row, held),
        "is_hidden": row.visibility == "hidden",
        "is_public": queries.is_seen_by_all(row),
        "linked_data": linked_project(visit, row, cover),
        "shared": shared(
            visit,
            "initiatives.show",
            initiative.slug,
            title=row.title.said(),
            description=row.purpose.said(),
            changed_at=initiative.changed_at,
        ),
        **_standing(visit, row),
    }


def _translation(visit: Visit, initiative: Shown) -> TranslatedLine | None:
    """The line for the reader; nobody asks for what is not there to be read yet."""
    kind, key = ItemKind.INITIATIVE, (initiative.id, visit.language)
    counts = entries_of(visit.db, kind, [initiative.id]).get(key)
    line = translated_line(visit, kind, initiative.slug, initiative.title.original, counts)
    return line if line is None or is_public(initiative) else line._replace(ask_url=None)


def _figures(initiative: Shown, held: list[numbers.Occasion]) -> list[tuple[str, str]]:
    """Numbers for everybody: none at all where fewer than five people stand behind them."""
    least = numbers.public_reach(held)
    if least is None:
        return []
    figures = [
        (_("%(number)s or more", number=dates.number(least)), _("took part")),
        (dates.number(len(held)), ngettext("event held", "events held", len(held))),
    ]
    if countries := len(initiative.countries):
        figures.append((dates.number(countries), ngettext("country", "countries", countries)))
    return figures


def _standing(visit: Visit, initiative: Shown) -> dict[str, Any]:
    """What the reader is to the initiative, and what they can do."""
    mine = following.standing_of(visit.db, visit.visitor, initiative.id)
    quiet = is_quiet(initiative, initiative.signs, visit.now)
    published = initiative.published_at
    least = round_down(following.followers(visit.db, initiative.id))
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
