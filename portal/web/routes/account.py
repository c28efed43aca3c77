"""The account as a whole: what one agreed to, everything that is held, deleting it, coming back."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from portal import dates
from portal.domain.accounts import actions
from portal.domain.accounts.holdings import holdings_of
from portal.domain.accounts.rules import WAY_BACK
from portal.domain.consents import actions as consents
from portal.domain.consents.models import Purpose
from portal.domain.consents.queries import consents_of, optional_purpose
from portal.domain.consents.rules import OPTIONAL, wording_of
from portal.i18n import gettext_lazy as _
from portal.refusals import Refusal
from portal.time_zones import wall_of
from portal.web.archive import archive_of
from portal.web.cookies import drop_session
from portal.web.policies import Cache, Policy
from portal.web.routing import Pages

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.responses import Response

    from portal.web.visit import Visit

pages = Pages()
HEADINGS = {
    Purpose.ACCOUNT: _("Keeping your account"),
    Purpose.OTHER_EVENTS: _("News of other events"),
}


class Agreement(NamedTuple):
    """A purpose, the words last read, and when they were agreed to and taken back."""

    purpose: str
    heading: str
    text: str
    language: str
    times: list[tuple[str, str]]
    holds: bool
    is_optional: bool


@pages.get(
    "/profile/consents", name="account.consents", policy=Policy.SIGNED_IN, cache=Cache.PRIVATE
)
def show_consents(visit: Visit) -> Response:
    """Every purpose with its text; the optional ones with the button that changes them."""
    purposes = [_agreement(visit, purpose) for purpose in HEADINGS]
    return visit.page("account/consents.html", purposes=purposes)


def _agreement(visit: Visit, purpose: Purpose) -> Agreement:
    given = [row for row in consents_of(visit.db, visit.person) if row[0].purpose == purpose]
    holds = any(consent.withdrawn_at is None for consent, _text in given)
    read = given[-1][1] if holds else wording_of(purpose)
    return Agreement(
        purpose=purpose.value,
        heading=str(HEADINGS[purpose]),
        text=read.text,
        language=read.language,
        times=[
            (_day(visit, consent.given_at), _day(visit, consent.withdrawn_at))
            for consent, _text in given
        ],
        holds=holds,
        is_optional=purpose in OPTIONAL,
    )


def _day(visit: Visit, instant: datetime | None) -> str:
    return dates.stamp(wall_of(instant, visit.zone)) if instant else ""


@pages.post("/profile/consents/{purpose}", name="account.consent", policy=Policy.SIGNED_IN)
def consent(visit: Visit, purpose: str) -> Response:
    """Agrees to an optional purpose."""
    consents.give(visit.db, visit.person, optional_purpose(purpose), visit.now)
    return visit.go("account.consents")


@pages.post(
    "/profile/consents/{purpose}/withdrawal", name="account.withdraw", policy=Policy.SIGNED_IN
)
def withdraw(visit: Visit, purpose: str) -> Response:
    """Takes it back."""
    consents.withdraw(visit.db, visit.person, optional_purpose(purpose), visit.now)
    return visit.go("account.consents")


@pages.post("/profile/data", name="account.archive", policy=Policy.SIGNED_IN)
def archive(visit: Visit) -> Response:
    """Everything we hold, in this answer and nowhere else."""
    return archive_of(visit, holdings_of(visit.db, visit.person, visit.now))


@pages.get(
    "/profile/deletion", name="account.deletion", policy=Policy.SIGNED_IN, cache=Cache.PRIVATE
)
def deletion(visit: Visit) -> Response:
    """What happens, and the button that does it."""
    return visit.page("account/deletion.html", refusal=None)


@pages.post("/profile/deletion", name="account.close", policy=Policy.SIGNED_IN)
def close(visit: Visit) -> Response:
    """Closes the account; the worker erases it when the way back ends."""
    try:
        actions.close(visit.db, visit.person, visit.now)
    except Refusal as refusal:
        return visit.page("account/deletion.html", 409, refusal=refusal.said())
    response = visit.go("account.closed")
    drop_session(response, visit.site.settings)
    return response


@pages.get("/account-closed", name="account.closed", policy=Policy.ANYONE, cache=Cache.PRIVATE)
def closed(visit: Visit) -> Response:
    """Goodbye."""
    return visit.page("account/closed.html")


@pages.get("/way-back", name="account.way_back", policy=Policy.RETURNING, cache=Cache.PRIVATE)
def way_back(visit: Visit) -> Response:
    """Whoever signs in to a closed account is asked whether to keep it."""
    ends = (visit.returning.closed_at or visit.now) + WAY_BACK
    return visit.page("account/way_back.html", until=_day(visit, ends))


@pages.post("/way-back", name="account.come_back", policy=Policy.RETURNING)
def come_back(visit: Visit) -> Response:
    """Keeps the account."""
    actions.come_back(visit.returning)
    return visit.go("profile.edit")
