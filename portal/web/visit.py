"""One request as views see it: who asks, in which language and zone, and how to answer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.responses import HTMLResponse, RedirectResponse, Response

from portal import clock
from portal.i18n import current_language, current_tag
from portal.refusals import NotFoundError
from portal.time_zones import ASTANA, is_place
from portal.web import pages
from portal.web.cookies import TIME_ZONE

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session
    from starlette.datastructures import FormData
    from starlette.requests import Request

    from portal.domain.people.models import Person, SignInSession
    from portal.known_changes import Version
    from portal.web.parts import Sort
    from portal.web.rate_limits import Limit
    from portal.web.site import Site

T = TypeVar("T")
_SECONDS_OF_PARTS = 60


@dataclass
class Visit:
    """A visitor's request inside its transaction."""

    request: Request
    site: Site
    db: Session
    visitor: Person | None
    submitted: FormData | None = None
    signed_in: SignInSession | None = None
    # What a route that takes a file has made of it (portal.web.uploads).
    taken: Any = None
    # The content's version read before the transaction; None where no part may be used.
    known: Version | None = None

    @cached_property
    def now(self) -> datetime:
        """The instant at which this request is answered; the same wherever it is asked."""
        return clock.now()

    @cached_property
    def language(self) -> str:
        """The language being spoken."""
        return current_language.get()

    @cached_property
    def tag(self) -> str:
        """The same with the script it is read in (BCP 47)."""
        return current_tag.get()

    @property
    def person(self) -> Person:
        """The signed-in visitor; routes whose policy asks for sign-in always have one."""
        if self.visitor is None:
            raise NotFoundError
        return self.visitor

    @property
    def session(self) -> SignInSession:
        """The session of the signed-in visitor."""
        if self.signed_in is None:
            raise NotFoundError
        return self.signed_in

    @property
    def returning(self) -> Person:
        """Whoever is back at a closed account; routes whose policy asks for it always have one."""
        return self.session.person

    @cached_property
    def chosen_zone(self) -> str | None:
        """The zone the reader chose: by cookie, else by profile; None if neither."""
        zone = self.request.cookies.get(TIME_ZONE) or (self.visitor and self.visitor.time_zone)
        return zone if zone and is_place(zone) else None

    @property
    def zone(self) -> str:
        """The zone to show days by: the reader's, else Astana's."""
        return self.chosen_zone or ASTANA

    def part(self, sort: Sort, key: Hashable, make: Callable[[Visit], T]) -> T:
        """What `make` makes of a part that all readers share, or has made for another of them.

        It is made for nobody in particular: only the language, script and zone are the visitor's,
        and whatever of these it depends on has to be in the key.
        """
        anybody = Visit(self.request, self.site, self.db, None, known=self.known)
        # Known already: one request has one moment, and nobody has a profile with a zone in it.
        vars(anybody).update(now=self.now, chosen_zone=self.chosen_zone)
        known = self.known
        if known is None:
            return make(anybody)
        minute = int(self.now.timestamp()) // _SECONDS_OF_PARTS

        def made() -> T:
            self.site.live.keep_up(self.db, known.number)
            return make(anybody)

        return self.site.parts.get(sort, key, known, minute, made)

    def url(self, name: str, query: Mapping[str, Any] | None = None, **values: Any) -> str:
        """A page's path in the reader's language and script."""
        return self.site.links.path(name, self.tag, query, **values)

    def absolute(self, name: str, query: Mapping[str, Any] | None = None, **values: Any) -> str:
        """A page's whole address in the reader's language and script."""
        return self.site.links.absolute(name, self.tag, query, **values)

    def limit(self, limit: Limit, address: str | None = None) -> None:
        """Counts a form that writes to somebody; TooOftenError if there were too many."""
        self.site.rate_limiter.check(limit, self.request, address, self.submitted)

    def page(self, template: str, status: int = 200, **context: Any) -> Response:
        """A page from a template; see portal.web.pages for what every template is given."""
        text = pages.render_page(self.site, self.request, self, template, context)
        return HTMLResponse(text, status)

    def go(self, name: str, query: Mapping[str, Any] | None = None, **values: Any) -> Response:
        """On to another page after something was done (303)."""
        return RedirectResponse(self.url(name, query, **values), 303)
