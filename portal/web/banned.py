"""The page for those whom a ban keeps out: why, and how to appeal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.domain.moderation.announcements import new_key
from portal.domain.moderation.models import Reason
from portal.domain.moderation.queries import ban_of
from portal.domain.moderation.rules import REASONS
from portal.i18n import current_language
from portal.web.pages import render_page

if TYPE_CHECKING:
    from sqlalchemy.orm import Session
    from starlette.requests import Request

    from portal.domain.people.models import Person
    from portal.web.site import Site


def banned_page(request: Request, db: Session, person: Person) -> str:
    """The page's HTML, with a fresh secret that opens the decision; who came proved who they are.

    Whichever way in somebody took: call it where `people.actions.start_session` has raised
    BannedError, in the same transaction, and answer with 403.
    """
    site: Site = request.app.state.site
    decision = ban_of(db, person)
    address = (
        site.links.path("decisions.show", current_language.get(), key=new_key(db, decision))
        if decision
        else None
    )
    context = {
        "reason": str(REASONS[Reason(decision.reason)]) if decision else None,
        "decision_url": address,
    }
    return render_page(site, request, None, "sign_in/banned.html", context)
