"""Administrators in other people's organisations: they say why first, and leave a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from portal.domain.moderation.administering import Errand, leave_trace
from portal.domain.organizations.queries import owned_organization, role_of
from portal.domain.organizations.rules import may_own
from portal.web.policies import ErrandNeededError

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.domain.moderation.models import Act
    from portal.domain.organizations.models import Organization
    from portal.web.visit import Visit

# For as long as a form is typed at leisure; then they say again why they come.
ERRAND_SECONDS: Final = 4 * 3600


def entered(visit: Visit, slug: str) -> Organization:
    """The door for owners; administrators of the portal pass who have said why they come.

    Raises ErrandNeededError for those who have not.
    """
    organization = owned_organization(visit.db, visit.person, slug)
    if needs_errand(visit, organization) and _errand(visit, organization) is None:
        raise ErrandNeededError
    return organization


def needs_errand(visit: Visit, organization: Organization) -> bool:
    """Whether the visitor is there by office alone."""
    return not may_own(role_of(visit.db, visit.person, organization.id))


def trace(visit: Visit, organization: Organization, act: Act) -> None:
    """Writes what an administrator has just done into the public log; owners leave no trace."""
    errand = _errand(visit, organization)
    if errand is not None and needs_errand(visit, organization):
        leave_trace(visit.db, act, errand, visit.now)


def keep(visit: Visit, response: Response, organization: Organization, errand: Errand) -> None:
    """Remembers in the administrator's own browser why they came."""
    note = {"person": visit.person.id, "organization": organization.id, "errand": errand.value}
    visit.site.errand_note.put(response, note)


def _errand(visit: Visit, organization: Organization) -> Errand | None:
    note = visit.site.errand_note.read(visit.request) or {}
    is_this = note.get("person") == visit.person.id and note.get("organization") == organization.id
    return Errand(note["errand"]) if is_this else None
