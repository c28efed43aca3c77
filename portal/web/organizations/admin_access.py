"""Administrators in other people's organisations: they say why first, and leave a trace."""

from typing import Final

from starlette.responses import Response

from portal.domain.moderation.models import Act
from portal.domain.moderation.organization_admin import AdminAccessReason, leave_trace
from portal.domain.organizations.models import Organization
from portal.domain.organizations.queries import owned_organization, role_of
from portal.domain.organizations.rules import may_own
from portal.web.http import Context
from portal.web.http.policies import AdminAccessNeededError

# For as long as a form is typed at leisure; then they say again why they come.
ADMIN_ACCESS_SECONDS: Final = 4 * 3600


def entered(ctx: Context, slug: str) -> Organization:
    """Return an organisation to owners; ErrandNeededError for administrators who gave no reason."""
    organization = owned_organization(ctx.db, ctx.signed_in_user, slug)
    if needs_admin_access(ctx, organization) and _admin_access_reason(ctx, organization) is None:
        raise AdminAccessNeededError
    return organization


def needs_admin_access(ctx: Context, organization: Organization) -> bool:
    """Return whether the visitor is there as an administrator alone."""
    return not may_own(role_of(ctx.db, ctx.signed_in_user, organization.id))


def trace(ctx: Context, organization: Organization, act: Act) -> None:
    """Write what an administrator has just done into the public log; owners leave no trace."""
    reason = _admin_access_reason(ctx, organization)
    if reason is not None and needs_admin_access(ctx, organization):
        leave_trace(ctx.db, act, reason, ctx.now)


def remember_admin_access(
    ctx: Context, response: Response, organization: Organization, reason: AdminAccessReason
) -> None:
    """Remember in the administrator's own browser why they came."""
    note = {
        "person": ctx.signed_in_user.id,
        "organization": organization.id,
        "reason": reason.value,
    }
    ctx.site.admin_access_cookie.put(response, note)


def _admin_access_reason(ctx: Context, organization: Organization) -> AdminAccessReason | None:
    note = ctx.site.admin_access_cookie.read(ctx.request) or {}
    is_this = (
        note.get("person") == ctx.signed_in_user.id and note.get("organization") == organization.id
    )
    return AdminAccessReason(note["reason"]) if is_this else None
