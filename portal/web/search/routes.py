"""Searching everything that is public, suggestions while typing, and what browsers need for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from starlette.responses import JSONResponse, Response

from portal.core.item_kinds import ItemKind
from portal.core.refusals import NotFoundError
from portal.domain.organizations.queries import organization_named
from portal.domain.search.results import (
    MAX_LISTED,
    Answer,
    Hit,
    answer,
    hits,
    organizations_behind,
    suggested,
)
from portal.domain.search.rules import KINDS, MAX_RESULTS, At, Candidate, Filters, When
from portal.i18n import dates
from portal.i18n.countries import with_names
from portal.i18n.locale import LANGUAGES, OWN_NAMES, gettext_lazy, ngettext
from portal.i18n.locale import gettext as _
from portal.i18n.script_output import convert, convert_text, protect_text
from portal.i18n.translated import LocalizedText
from portal.search.marking import Marker
from portal.search.queries import LONGEST_QUERY
from portal.web.components.item_kinds import NAMES, ROUTES, item_url
from portal.web.http import Cache, Context, Policy, PortalRouter, render
from portal.web.http.layout import site_name
from portal.web.http.pagination import page_asked, page_links
from portal.web.search.rows import row_of

router = PortalRouter()
_ALL_OF_A_KIND: Final = {
    ItemKind.EVENT: gettext_lazy("Events"),
    ItemKind.INITIATIVE: gettext_lazy("Initiatives"),
    ItemKind.STORY: gettext_lazy("Stories"),
    ItemKind.ORGANIZATION: gettext_lazy("Organisations"),
}
_ASKED: Final = ("kind", "when", "at", "language", "country", "organization")


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter: its name in the address, its label, and what may be chosen."""

    name: str
    label: str
    blank: str
    options: tuple[tuple[str, str], ...]


@router.page("/search", name="search.show", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def show(ctx: Context) -> Response:
    """Show what is found by the words of `q`, ten at a time."""
    asked = {name: ctx.request.query_params.get(name) or None for name in _ASKED}
    typed = ctx.request.query_params.get("q", "").replace("\x00", " ").strip()
    page = page_asked(ctx)
    filters = _filters(ctx, asked)
    is_long = len(typed) > LONGEST_QUERY
    answered = answer(ctx.db, "" if is_long else typed, filters, ctx.language, ctx.now)
    found = answered.found.texts
    start = (page - 1) * MAX_LISTED
    listed = hits(ctx.db, found[start : start + MAX_LISTED])
    marker = Marker(answered.terms)
    query = {"q": typed or None, **asked}
    return render(
        ctx,
        "search/show.html",
        422 if is_long else 200,
        typed=typed[: LONGEST_QUERY + 1],
        most=LONGEST_QUERY,
        is_long=is_long,
        answer=answered,
        instead_url=ctx.url("search.show", {**query, "q": answered.instead}),
        number=_number(answered),
        rows=[row_of(ctx, each, marker) for each in listed],
        choices=_choices(ctx, found, asked),
        chosen=asked,
        is_narrowed=any(asked.values()),
        everything_url=ctx.url("search.show", {"q": typed or None}),
        ways_on=[
            (str(_ALL_OF_A_KIND[kind]), ctx.url(ROUTES[kind].replace("show", "index")))
            for kind in KINDS
        ],
        pager=page_links(ctx, "search.show", query, page, more=len(found) > start + MAX_LISTED),
    )


def _filters(ctx: Context, asked: dict[str, str | None]) -> Filters:
    """NotFoundError for what no filter has."""
    slug, country, language = asked["organization"], asked["country"], asked["language"]
    if (language is not None and language not in LANGUAGES) or (
        country is not None and not (country.isascii() and country.isalpha() and len(country) == 2)  # noqa: PLR2004 - ISO 3166
    ):
        raise NotFoundError
    try:
        kind = ItemKind(asked["kind"]) if asked["kind"] else None
        when = When(asked["when"]) if asked["when"] else None
        at = At(asked["at"]) if asked["at"] else None
    except ValueError:
        raise NotFoundError from None
    if kind is not None and kind not in KINDS:
        raise NotFoundError
    if slug and "\x00" in slug:
        raise NotFoundError
    organization = organization_named(ctx.db, slug) if slug else None
    return Filters(kind, language, when, at, country, organization.id if organization else None)


def _number(answered: Answer) -> str | None:
    """Return how much was found, as far as it was counted."""
    found = answered.found
    if not found.texts:
        return None
    if found.is_cut:
        return _("More than %(number)s results", number=dates.number(MAX_RESULTS))
    number = len(found.texts)
    return ngettext("%(number)s result", "%(number)s results", number, number=dates.number(number))


def _choices(
    ctx: Context, found: Sequence[Candidate], asked: dict[str, str | None]
) -> list[Choice]:
    """Places and organisations are those behind what was found, and the chosen one."""
    countries = {each.country for each in found if each.country} | {asked["country"]} - {None}
    named = organizations_behind(found)
    behind = [(slug, protect_text(name.localized())) for slug, name in named]
    if asked["organization"] and asked["organization"] not in dict(behind):
        chosen = organization_named(ctx.db, asked["organization"])
        behind.append((chosen.slug, protect_text(chosen.name.localized())))
    return [
        Choice(
            "kind",
            _("Kind"),
            _("Everything"),
            tuple((each, str(_ALL_OF_A_KIND[each])) for each in KINDS),
        ),
        Choice(
            "when",
            _("When"),
            _("At any time"),
            ((When.COMING, _("Upcoming events")), (When.PAST, _("Past events"))),
        ),
        Choice(
            "at", _("Where"), _("Anywhere"), ((At.ONLINE, _("Online")), (At.PLACE, _("In person")))
        ),
        Choice(
            "language",
            _("Language of the text"),
            _("All languages"),
            tuple((tag, OWN_NAMES[tag]) for tag in LANGUAGES),
        ),
        Choice(
            "country",
            _("Country"),
            _("All countries"),
            tuple(with_names(each for each in countries if each)),
        ),
        Choice("organization", _("Organisation"), _("All organisations"), tuple(behind)),
    ]


@router.page(
    "/search/suggestions", name="search.suggest", policy=Policy.ANYONE, cache=Cache.PRIVATE
)
def suggest(ctx: Context) -> Response:
    """Titles that `q` may be the beginning of, for the search box while somebody types."""
    typed = ctx.request.query_params.get("q", "")[:LONGEST_QUERY]
    found = suggested(ctx.db, typed, ctx.language, ctx.now)
    return JSONResponse([_suggestion(ctx, hit) for hit in found])


def _suggestion(ctx: Context, hit: Hit) -> dict[str, Any]:
    kind = ItemKind(hit.kind)
    title = convert_text(
        LocalizedText(hit.title, hit.language) if hit.title else hit.name.localized()
    )
    return {
        "title": title.text,
        "lang": title.language,
        "kind": convert(str(NAMES[kind])),
        "url": item_url(ctx, kind, hit.slug),
    }


@router.page("/opensearch.xml", name="search.describe", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def describe(ctx: Context) -> Response:
    """Show what a browser needs to offer this search in its own box (OpenSearch 1.1)."""
    name, address = convert(site_name(ctx.site)), ctx.absolute("search.show")
    about = convert(_("Search %(name)s", name=name))
    return Response(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">\n'
        f"<ShortName>{escape(name[:16])}</ShortName>\n"
        f"<Description>{escape(about)}</Description>\n"
        f"<Language>{ctx.tag}</Language>\n"
        "<InputEncoding>UTF-8</InputEncoding>\n"
        f'<Url type="text/html" template={quoteattr(address + "?q={searchTerms}")}/>\n'
        "</OpenSearchDescription>\n",
        media_type="application/opensearchdescription+xml",
    )
