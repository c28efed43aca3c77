"""An invitation into an organisation, as whoever has its link sees it."""

from starlette.responses import Response

from portal.core.refusals import Refusal
from portal.domain.organizations import actions
from portal.domain.organizations.invitations import invitation_with
from portal.domain.organizations.models import Role
from portal.domain.organizations.rules import is_open
from portal.web.components.roles import ROLES
from portal.web.http import Cache, Context, Policy, PortalRouter, render

router = PortalRouter()


@router.page(
    "/invitations/{token}", name="invitations.show", policy=Policy.SIGNED_IN, cache=Cache.PRIVATE
)
def show(ctx: Context, token: str) -> Response:
    """Show what one is invited to, and the button that accepts."""
    return _page(ctx, token)


@router.form("/invitations/{token}", name="invitations.accept", policy=Policy.SIGNED_IN)
def accept(ctx: Context, token: str) -> Response:
    """Take the role."""
    try:
        actions.accept(ctx.db, ctx.signed_in_user, token, ctx.now)
    except Refusal as refusal:
        return _page(ctx, token, refusal)
    return ctx.redirect("manage.index")


def _page(ctx: Context, token: str, refusal: Refusal | None = None) -> Response:
    found, organization = invitation_with(ctx.db, token)
    return render(
        ctx,
        "organizations/invitation.html",
        409 if refusal else 200,
        organization=organization.name.localized(),
        role=str(ROLES[Role(found.role)]),
        is_open=is_open(found, ctx.now),
        token=token,
        refusal=refusal and refusal.localized(),
    )
