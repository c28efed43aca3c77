"""Atom feeds of the whole portal, of a topic, of an organisation and of an author."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.domain.events import news as events
from portal.domain.events.vocabulary import TAGS
from portal.domain.organizations.queries import organization_named
from portal.domain.organizations.rules import is_verified
from portal.domain.stories.authorship import author_named
from portal.inert import inert
from portal.news import Narrowing
from portal.refusals import NotFoundError
from portal.web import shelves
from portal.web.atom import MOST, feed_of
from portal.web.pages import site_name
from portal.web.policies import Cache, Policy
from portal.web.routing import Pages
from portal.written import as_typed, kept

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.web.visit import Visit

pages = Pages()


@pages.get("/feed.atom", name="feeds.site", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def site(visit: Visit) -> Response:
    """What is new on the portal."""
    found = shelves.newest(visit.db, Narrowing(), visit.now, MOST)
    return feed_of(visit, site_name(visit.site), found, own=("feeds.site", {}), page=("home", {}))


@pages.get("/tags/{tag}/feed.atom", name="feeds.topic", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def topic(visit: Visit, tag: str) -> Response:
    """What is new under a topic."""
    if tag not in TAGS:
        raise NotFoundError
    found = shelves.newest(visit.db, Narrowing(tag=tag), visit.now, MOST)
    title = f"{TAGS[tag]} · {site_name(visit.site)}"
    return feed_of(
        visit, title, found, own=("feeds.topic", {"tag": tag}), page=("tags.show", {"tag": tag})
    )


@pages.get(
    "/organizations/{slug}/feed.atom",
    name="feeds.organization",
    policy=Policy.ANYONE,
    cache=Cache.PUBLIC,
)
def organization(visit: Visit, slug: str) -> Response:
    """What is new of an organisation."""
    whose = organization_named(visit.db, slug)
    narrowing = Narrowing(
        organization_id=whose.id, holds_little=events.holds_little(visit.db, whose.id)
    )
    found = shelves.newest(visit.db, narrowing, visit.now, MOST)
    name = whose.name.said()
    text = name.text if is_verified(whose.verified_until, visit.now) else inert(name.text)
    title = f"{kept(text, name.language)} · {site_name(visit.site)}"
    values = {"slug": slug}
    return feed_of(
        visit,
        title,
        found,
        own=("feeds.organization", values),
        page=("organizations.show", values),
    )


@pages.get(
    "/authors/{slug}/feed.atom", name="feeds.author", policy=Policy.ANYONE, cache=Cache.PUBLIC
)
def author(visit: Visit, slug: str) -> Response:
    """What an author has signed with the page's name."""
    whose = author_named(visit.db, slug)
    narrowing = Narrowing(author_id=whose.person_id)
    found = shelves.newest(visit.db, narrowing, visit.now, MOST, of=(shelves.STORIES,))
    title = f"{as_typed(whose.byline)} · {site_name(visit.site)}"
    values = {"slug": slug}
    return feed_of(visit, title, found, own=("feeds.author", values), page=("authors.show", values))
