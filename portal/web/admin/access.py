"""The question that administrators answer before they enter other people's organisations."""

from typing import Annotated

from pydantic import Field
from starlette.responses import RedirectResponse, Response

from portal.core.urls import safe_next
from portal.domain.moderation.models import Act
from portal.domain.moderation.organization_admin import AdminAccessReason, leave_trace
from portal.domain.organizations.queries import owned_organization
from portal.web.components.labels import ADMIN_ACCESS_REASONS
from portal.web.http import Cache, Context, Guard, Policy, PortalRouter, render
from portal.web.http.forms import Fields, Form, submitted
from portal.web.organizations.admin_access import needs_admin_access, remember_admin_access

router = PortalRouter(guard=Guard.ALWAYS)


class AdminAccessFields(Fields):
    """Why somebody comes, and where they were going."""

    reason: AdminAccessReason
    next: Annotated[str, Field(max_length=500)] = ""


@router.page(
    "/manage/{organization}/admin-access",
    name="admin_access.new",
    policy=Policy.ADMINISTRATOR,
    cache=Cache.PRIVATE,
)
def new(ctx: Context, organization: str) -> Response:
    """Ask an administrator why they come."""
    given = {"next": ctx.request.query_params.get("next", "")}
    return _page(ctx, organization, Form.filled(AdminAccessFields, given))


@router.form(
    "/manage/{organization}/admin-access", name="admin_access.create", policy=Policy.ADMINISTRATOR
)
def create(
    ctx: Context,
    organization: str,
    form: Annotated[Form[AdminAccessFields], submitted(AdminAccessFields)],
) -> Response:
    """Write into the public log that an administrator enters and why, and let them in."""
    if form.fields is None:
        return _page(ctx, organization, form, 422)
    entered = owned_organization(ctx.db, ctx.signed_in_user, organization)
    people = ctx.url("members.index", organization=organization)
    if not needs_admin_access(ctx, entered):
        return ctx.redirect("members.index", organization=organization)
    leave_trace(ctx.db, Act.ENTER, form.fields.reason, ctx.now)
    response = RedirectResponse(safe_next(form.fields.next, people), 303)
    remember_admin_access(ctx, response, entered, form.fields.reason)
    return response


def _page(
    ctx: Context, organization: str, form: Form[AdminAccessFields], status: int = 200
) -> Response:
    return render(
        ctx,
        "admin/access.html",
        status,
        slug=organization,
        organization=owned_organization(ctx.db, ctx.signed_in_user, organization).name.localized(),
        form=form,
        reasons=[(reason.value, str(words)) for reason, words in ADMIN_ACCESS_REASONS.items()],
    )
