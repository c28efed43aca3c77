"""Founding an organisation, and changing what it says of itself."""

from typing import Annotated

from starlette.responses import Response

from portal.core.refusals import Refusal
from portal.domain.moderation import organization_admin
from portal.domain.moderation.models import Act
from portal.domain.organizations import profile as organization_profile
from portal.domain.organizations.models import Organization
from portal.domain.organizations.rules import is_verified
from portal.web.http import Cache, Context, Policy, PortalRouter, render
from portal.web.http.forms import Form, submitted
from portal.web.organizations.admin_access import entered, trace
from portal.web.organizations.form import (
    OrganizationFields,
    ProfileOfOrganizationFields,
    empty_form_values,
    form_context,
    profile_from,
    values_of,
)

# /organizations/new is looked for before the pages of organisations, /manage/… after events'.
router, edit_router = PortalRouter(), PortalRouter()


@router.page(
    "/organizations/new", name="organizations.new", policy=Policy.SIGNED_IN, cache=Cache.PRIVATE
)
def new(ctx: Context) -> Response:
    """Show an empty form."""
    return _new_page(ctx, Form.filled(OrganizationFields, empty_form_values(ctx)))


@router.form("/organizations", name="organizations.create", policy=Policy.SIGNED_IN)
def create(
    ctx: Context, form: Annotated[Form[OrganizationFields], submitted(OrganizationFields)]
) -> Response:
    """Create an organisation of the visitor's; how to have it verified comes next."""
    if form.fields:
        try:
            profile = profile_from(form.fields)
            organization_profile.create(
                ctx.db, form.fields.slug, profile, ctx.now, ctx.signed_in_user
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return ctx.redirect("verification.show", organization=form.fields.slug)
    return _new_page(ctx, form, 422)


def _new_page(ctx: Context, form: Form[OrganizationFields], status: int = 200) -> Response:
    return render(ctx, "organizations/new.html", status, form=form, **form_context(ctx, form))


@edit_router.page(
    "/manage/{organization}/edit",
    name="organizations.edit",
    policy=Policy.OWNER,
    cache=Cache.PRIVATE,
)
def edit(ctx: Context, organization: str) -> Response:
    """Show the form with what has been saved."""
    owned = entered(ctx, organization)
    return _edit_page(ctx, owned, Form.filled(ProfileOfOrganizationFields, values_of(owned)))


@edit_router.form("/manage/{organization}/edit", name="organizations.update", policy=Policy.OWNER)
def update(
    ctx: Context,
    organization: str,
    form: Annotated[Form[ProfileOfOrganizationFields], submitted(ProfileOfOrganizationFields)],
) -> Response:
    """Save what the organisation says of itself."""
    owned = entered(ctx, organization)
    if form.fields:
        try:
            said, is_small_fix = profile_from(form.fields, owned), bool(form.fields.small_fix)
            has_ended = organization_profile.change(
                ctx.db, owned, said, ctx.now, is_small_fix=is_small_fix
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            trace(ctx, owned, Act.CHANGE_PROFILE)
            if has_ended:
                organization_admin.record_change(ctx.db, ctx.now)
                return ctx.redirect("verification.show", organization=organization)
            return ctx.redirect("organizations.show", slug=organization)
    return _edit_page(ctx, owned, form, 422)


def _edit_page(
    ctx: Context,
    organization: Organization,
    form: Form[ProfileOfOrganizationFields],
    status: int = 200,
) -> Response:
    return render(
        ctx,
        "organizations/edit.html",
        status,
        form=form,
        slug=organization.slug,
        organization=organization.name.localized(),
        is_verified=is_verified(organization.verified_until, ctx.now),
        domain=organization.verified_domain,
        has_translations=len(organization.name.versions) > 1
        or len(organization.description.versions) > 1,
        **form_context(ctx, form),
    )
