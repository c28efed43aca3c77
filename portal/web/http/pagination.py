"""The filters and page links of the lists of events and stories."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any, NamedTuple

from markupsafe import Markup

from portal.core.refusals import NotFoundError
from portal.core.urls import Links
from portal.domain.events.vocabulary import TAGS
from portal.i18n import dates
from portal.i18n.locale import LANGUAGES, OWN_NAMES
from portal.i18n.locale import gettext as _
from portal.templating.environment import macros
from portal.web.http.context import Context

# Spoken languages offered as filters even when few events have them; others come by their links.
OFFERED = (*LANGUAGES, "tr", "de", "zh", "mn")


class FilterChoice(NamedTuple):
    """One choice of a filter."""

    label: str
    url: str
    current: bool


class Group(NamedTuple):
    """One filter."""

    label: str
    items: list[FilterChoice]


class Step(NamedTuple):
    """A neighbouring page."""

    label: str
    url: str


class Pager(NamedTuple):
    """Where the reader is in a list; None where there is nothing further."""

    previous: Step | None
    next: Step | None
    here: str | None


def choosing(
    asked: Mapping[str, str | None], address: Callable[[Mapping[str, str | None]], str]
) -> Callable[[str, str | None, str], FilterChoice]:
    """Return what makes a filter's choice of its name, value and label; others stay."""

    def item(name: str, value: str | None, label: str) -> FilterChoice:
        return FilterChoice(label, address({**asked, name: value}), asked[name] == value)

    return item


def page_asked(ctx: Context) -> int:
    """Return the number of the page asked for, from 1; NotFoundError for what is no such number."""
    number = ctx.request.query_params.get("page", "1")
    if not re.fullmatch(r"[1-9][0-9]{0,3}", number, re.ASCII):
        raise NotFoundError
    return int(number)


def filter_links(ctx: Context, asked: Mapping[str, str | None]) -> Markup:
    """Return links by time, topic and language that keep the other filters."""
    # Rendered once for each combination: thirty links cost as much as ten events.
    return _rendered(ctx.site.links, ctx.tag, tuple(asked.items()))


@lru_cache(maxsize=1024)
def _rendered(links: Links, spoken: str, choices: tuple[tuple[str, str | None], ...]) -> Markup:
    asked = dict(choices)
    filters: Markup = macros("components/filters.html").filters(
        _("Filter events"),
        _groups(links, spoken, asked),
        _("Topic and language"),
        bool(asked["tag"] or asked["language"]),
    )
    return filters


def _groups(links: Links, spoken: str, asked: Mapping[str, str | None]) -> list[Group]:
    item = choosing(asked, partial(links.path, "events.index", spoken))

    return [
        Group(_("When"), [item("when", None, _("Upcoming")), item("when", "past", _("Past"))]),
        Group(
            _("Topic"),
            [item("tag", None, _("All topics"))]
            + [item("tag", tag, str(label)) for tag, label in TAGS.items()],
        ),
        Group(
            _("Spoken language"),
            [item("language", None, _("All languages"))]
            + [item("language", tag, dates.language_name(tag)) for tag in OFFERED],
        ),
    ]


def story_filter_links(ctx: Context, asked: Mapping[str, str | None]) -> Markup:
    """Language and topic of stories as links, rendered once for each combination."""
    return _rendered_for_stories(ctx.site.links, ctx.tag, tuple(asked.items()))


@lru_cache(maxsize=256)
def _rendered_for_stories(
    links: Links, spoken: str, choices: tuple[tuple[str, str | None], ...]
) -> Markup:
    asked = dict(choices)
    item = choosing(asked, partial(links.path, "stories.index", spoken))

    groups = [
        Group(
            _("Can be read in"),
            [item("language", None, _("All languages"))]
            + [item("language", tag, OWN_NAMES[tag]) for tag in LANGUAGES],
        ),
        Group(
            _("Topic"),
            [item("tag", None, _("All topics"))]
            + [item("tag", tag, str(label)) for tag, label in TAGS.items()],
        ),
    ]
    filters: Markup = macros("components/filters.html").filters(
        _("Filter stories"), groups, _("Topic"), bool(asked["tag"])
    )
    return filters


def page_links(
    ctx: Context,
    route: str,
    asked: Mapping[str, Any],
    page: int,
    *,
    more: bool,
    at: str | None = None,
    **values: str,
) -> Pager | None:
    """Return links to the pages around `at`, or None for one page; `values` are the route's."""
    if page == 1 and not more:
        return None

    def step(to: int, label: str) -> Step:
        url = ctx.url(route, {**asked, "page": to if to > 1 else None}, **values)
        return Step(label, f"{url}#{at}" if at else url)

    return Pager(
        step(page - 1, _("Previous page")) if page > 1 else None,
        step(page + 1, _("Next page")) if more else None,
        _("Page %(number)s", number=page),
    )
