"""The page for those whom a ban keeps out: why, how to appeal, and what they may still do."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session
from starlette.requests import Request

from portal.core.time_zones import ASTANA, wall_of
from portal.core.urls import Links
from portal.domain.accounts.people.models import Person
from portal.domain.moderation.models import Reason
from portal.domain.moderation.notifications import new_key
from portal.domain.moderation.queries import ban_of
from portal.domain.moderation.rules import REASONS
from portal.domain.privacy.rules import REACTIVATION_PERIOD
from portal.i18n import dates
from portal.i18n.locale import current_tag
from portal.web.http.layout import render_page
from portal.web.http.site import Site


@dataclass(frozen=True, slots=True)
class Account:
    """Where the banned take their data and leave; `erased_on` while they can still stay."""

    archive: str
    close: str
    reactivate_url: str
    erased_on: str | None


def account_of(links: Links, key: str, person: Person, zone: str = ASTANA) -> Account:
    """Return the addresses that the secret of a ban's decision opens."""
    tag, closed_at = current_tag.get(), person.closed_at
    return Account(
        links.path("decisions.archive", tag, key=key),
        links.path("decisions.close", tag, key=key),
        links.path("decisions.reactivate", tag, key=key),
        dates.stamp(wall_of(closed_at + REACTIVATION_PERIOD, zone)) if closed_at else None,
    )


def banned_page(request: Request, db: Session, person: Person | None) -> str:
    """Return the page to answer with 403, with a fresh secret that opens the decision."""
    # Call it in the transaction in which `people.actions` raised BannedError, and commit.
    site: Site = request.app.state.site
    decision = ban_of(db, person) if person else None
    context: dict[str, Any] = {"reason": None, "decision_url": None, "account": None}
    if person is not None and decision is not None:
        key = new_key(db, decision)
        context = {
            "reason": str(REASONS[Reason(decision.reason)]),
            "decision_url": site.links.path("decisions.show", current_tag.get(), key=key),
            "account": account_of(site.links, key, person),
        }
    return render_page(site, request, None, "accounts/banned.html", context)
