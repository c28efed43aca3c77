"""One request as views see it: who asks, in which language and zone, and how to answer."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal.core import clock
from portal.core.refusals import NotFoundError
from portal.core.time_zones import ASTANA, is_place
from portal.db.changes.versions import Version
from portal.domain.accounts.people.models import Person, SignInSession
from portal.i18n.locale import current_language, current_tag
from portal.web.caching.fragments import Sort
from portal.web.http.cookies import TIME_ZONE
from portal.web.http.rate_limits import Limit
from portal.web.http.site import Site

T = TypeVar("T")
_SECONDS_OF_PARTS = 60


@dataclass
class Context:
    """A request inside its transaction."""

    request: Request
    site: Site
    db: Session
    user: Person | None
    signed_in: SignInSession | None = None
    # The content's version read before the transaction; None where no part may be used.
    known: Version | None = None
    # Whether the transaction may write.
    writes: bool = False

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
    def signed_in_user(self) -> Person:
        """The signed-in user; routes whose policy asks for sign-in always have one."""
        if self.user is None:
            raise NotFoundError
        return self.user

    @property
    def session(self) -> SignInSession:
        """The session of the signed-in visitor."""
        if self.signed_in is None:
            raise NotFoundError
        return self.signed_in

    @property
    def closed_account(self) -> Person:
        """The closed account that its owner came back to, where the policy is RETURNING."""
        return self.session.person

    @property
    def form_data(self) -> FormData | None:
        """The form as it came; views ask for it by `submitted` or `Submitted`."""
        data: FormData | None = getattr(self.request.state, "submitted", None)
        return data

    @cached_property
    def chosen_zone(self) -> str | None:
        """The zone the reader chose: by cookie, else by profile; None if neither."""
        zone = self.request.cookies.get(TIME_ZONE) or (self.user and self.user.time_zone)
        return zone if zone and is_place(zone) else None

    @property
    def zone(self) -> str:
        """The zone to show days by: the reader's, else Astana's."""
        return self.chosen_zone or ASTANA

    def fragment(self, sort: Sort, key: Hashable, make: Callable[["Context"], T]) -> T:
        """Return a part that all readers share as `make` makes it, or has made it before."""
        # Only language, script and zone are the visitor's; whatever it depends on is in the key.
        anybody = Context(self.request, self.site, self.db, None, known=self.known)
        # Known already: one request has one moment, and nobody has a profile with a zone in it.
        vars(anybody).update(now=self.now, chosen_zone=self.chosen_zone)
        known = self.known
        if known is None:
            return make(anybody)
        minute = int(self.now.timestamp()) // _SECONDS_OF_PARTS

        def made() -> T:
            self.site.live.refresh(self.db, known.number)
            return make(anybody)

        return self.site.fragments.get(sort, key, known, minute, made)

    def url(self, name: str, query: Mapping[str, Any] | None = None, **values: Any) -> str:
        """Return a page's path in the reader's language and script."""
        return self.site.links.path(name, self.tag, query, **values)

    def absolute(self, name: str, query: Mapping[str, Any] | None = None, **values: Any) -> str:
        """Return a page's whole address in the reader's language and script."""
        return self.site.links.absolute(name, self.tag, query, **values)

    def rate_limit(self, limit: Limit, address: str | None = None) -> None:
        """Count a form that writes to somebody; TooOftenError if there were too many."""
        self.site.rate_limiter.check(limit, self.request, address, self.form_data)

    def redirect(
        self, name: str, query: Mapping[str, Any] | None = None, **values: Any
    ) -> Response:
        """On to another page after something was done (303)."""
        return RedirectResponse(self.url(name, query, **values), 303)
