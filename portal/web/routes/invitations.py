"""An invitation into an organisation, as whoever has its link sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.domain.organizations import actions
from portal.domain.organizations.invitations import invitation_with
from portal.domain.organizations.models import Role
from portal.domain.organizations.rules import is_open
from portal.refusals import Refusal
from portal.web.policies import Cache, Policy
from portal.web.roles import ROLES
from portal.web.routing import Pages

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.web.visit import Visit

pages = Pages()


@pages.get(
    "/invitations/{token}", name="invitations.show", policy=Policy.SIGNED_IN, cache=Cache.PRIVATE
)
def show(visit: Visit, token: str) -> Response:
    """What one is invited to, and the button that accepts."""
    return _page(visit, token)


@pages.post("/invitations/{token}", name="invitations.accept", policy=Policy.SIGNED_IN)
def accept(visit: Visit, token: str) -> Response:
    """Takes the role."""
    try:
        actions.accept(visit.db, visit.person, token, visit.now)
    except Refusal as refusal:
        return _page(visit, token, refusal)
    return visit.go("organizing.index")


def _page(visit: Visit, token: str, refusal: Refusal | None = None) -> Response:
    found, organization = invitation_with(visit.db, token)
    return visit.page(
        "invitations/show.html",
        409 if refusal else 200,
        organization=organization.name.said(),
        role=str(ROLES[Role(found.role)]),
        is_open=is_open(found, visit.now),
        token=token,
        refusal=refusal and refusal.said(),
    )
