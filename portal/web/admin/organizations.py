"""The portal's administrators: founding and verifying organisations."""

from collections.abc import Callable
from typing import Annotated, Literal

from starlette.responses import Response

from portal.core.refusals import NotFoundError, Refusal
from portal.domain.moderation import organization_admin
from portal.domain.moderation.rules import GROUNDS, Ground
from portal.domain.organizations import profile as organization_profile
from portal.domain.organizations import queries, verification
from portal.domain.organizations.models import Method, Organization
from portal.domain.organizations.verification_rules import MONTHS, is_proved, lasting
from portal.i18n.locale import ngettext
from portal.i18n.script_output import protect_text
from portal.web.components import organization_list
from portal.web.components.labels import METHODS
from portal.web.components.organization_list import row_of
from portal.web.http import Cache, Context, Guard, Policy, PortalRouter, render
from portal.web.http.forms import Fields, Form, submitted
from portal.web.http.pagination import page_links
from portal.web.organizations import admin_access
from portal.web.organizations.form import (
    OrganizationFields,
    empty_form_values,
    form_context,
    profile_from,
)

router = PortalRouter(guard=Guard.ALWAYS)


class VerificationFields(Fields):
    """How the administrators were convinced, and for how long that holds."""

    method: Method
    months: Literal["6", "12", "24"] = "12"


class GroundFields(Fields):
    """Why the administrators do not, or no longer, know an organisation."""

    ground: Ground


GroundForm = Annotated[Form[GroundFields], submitted(GroundFields)]


@router.page(
    "/administration/organizations",
    name="admin_organizations.show",
    policy=Policy.ADMINISTRATOR,
    cache=Cache.PRIVATE,
)
def show(ctx: Context) -> Response:
    """Organisations, those that wait to be verified, and the form for a new one."""
    return _page(ctx, Form.filled(OrganizationFields, empty_form_values(ctx)))


@router.form(
    "/administration/organizations",
    name="admin_organizations.create",
    policy=Policy.ADMINISTRATOR,
)
def create(
    ctx: Context, form: Annotated[Form[OrganizationFields], submitted(OrganizationFields)]
) -> Response:
    """Create an organisation; its page of people comes next, to invite the owner."""
    if form.fields:
        try:
            slug, profile = form.fields.slug, profile_from(form.fields)
            organization = organization_profile.create(ctx.db, slug, profile, ctx.now)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            response = ctx.redirect("members.index", organization=slug)
            # It is nobody else's yet, so that this leaves no trace; what follows does.
            admin_access.remember_admin_access(
                ctx, response, organization, organization_admin.AdminAccessReason.NO_OWNER
            )
            return response
    return _page(ctx, form, 422)


@router.form(
    "/administration/organizations/{organization}/verification",
    name="admin_organizations.verify",
    policy=Policy.ADMINISTRATOR,
)
def verify(
    ctx: Context,
    organization: str,
    form: Annotated[Form[VerificationFields], submitted(VerificationFields)],
) -> Response:
    """Say that the portal knows an organisation, how and until when."""
    if not form.fields:
        raise NotFoundError
    method, lasts = form.fields.method, lasting(int(form.fields.months))
    return _decide(
        ctx,
        organization,
        lambda o: organization_admin.verify(ctx.db, ctx.signed_in_user, o, method, lasts, ctx.now),
    )


@router.form(
    "/administration/organizations/{organization}/refusal",
    name="admin_organizations.decline",
    policy=Policy.ADMINISTRATOR,
)
def decline(ctx: Context, organization: str, form: GroundForm) -> Response:
    """Decline a request."""
    return _decide(ctx, organization, _because(ctx, form, organization_admin.decline))


@router.form(
    "/administration/organizations/{organization}/withdrawal",
    name="admin_organizations.withdraw",
    policy=Policy.ADMINISTRATOR,
)
def withdraw(ctx: Context, organization: str, form: GroundForm) -> Response:
    """Take a verification back."""
    return _decide(ctx, organization, _because(ctx, form, organization_admin.withdraw))


def _because(
    ctx: Context, form: Form[GroundFields], verb: Callable[..., None]
) -> Callable[[Organization], None]:
    """Do something about an organisation with the form's reason."""
    if not form.fields:
        raise NotFoundError
    ground = form.fields.ground
    return lambda organization: verb(ctx.db, ctx.signed_in_user, organization, ground, ctx.now)


def _decide(ctx: Context, slug: str, verb: Callable[[Organization], None]) -> Response:
    organization = queries.organization_named(ctx.db, slug)
    try:
        verb(organization)
    except Refusal as refusal:
        form = Form.filled(OrganizationFields, empty_form_values(ctx))
        return _page(ctx, form, 409, refusal)
    return ctx.redirect("admin_organizations.show")


def _page(
    ctx: Context,
    form: Form[OrganizationFields],
    status: int = 200,
    refusal: Refusal | None = None,
) -> Response:
    listed = organization_list.page_of(ctx, organization_list.everyone(ctx))
    return render(
        ctx,
        "admin/organizations.html",
        status,
        form=form,
        refusal=refusal and refusal.localized(),
        rows=[(row_of(ctx, each), each.slug) for each in listed.organizations],
        pager=page_links(ctx, "admin_organizations.show", {}, listed.page, more=listed.more),
        queue=[
            {
                "row": row_of(ctx, each.organization),
                "slug": each.organization.slug,
                "method": each.request.method,
                "domain": each.request.domain,
                "proved": is_proved(each.request, ctx.now),
                "remark": verification.remark_of(ctx.db, each.request),
                "site": each.organization.site,
                "vouchers": [protect_text(voucher.name.localized()) for voucher in each.vouchers],
            }
            for each in verification.queue(ctx.db, ctx.now)
        ],
        methods=[(method.value, str(words)) for method, words in METHODS.items()],
        grounds=[(ground.value, str(words)) for ground, words in GROUNDS.items()],
        spans=[(str(n), ngettext("%(num)s month", "%(num)s months", n)) for n in MONTHS],
        **form_context(ctx, form),
    )
