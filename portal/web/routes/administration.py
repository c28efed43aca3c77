"""The portal's administrators: founding and verifying organisations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from portal.domain.moderation import administering
from portal.domain.moderation.rules import GROUNDS, Ground
from portal.domain.organizations import founding, queries, verification
from portal.domain.organizations.models import Method
from portal.domain.organizations.verification_rules import MONTHS, is_proved, lasting
from portal.i18n import gettext_lazy as _
from portal.i18n import ngettext
from portal.refusals import NotFoundError, Refusal
from portal.web import directory, errands
from portal.web.filters import page_links
from portal.web.forms import Fields, Form
from portal.web.organization_form import (
    OrganizationFields,
    empty_form_values,
    form_context,
    profile_from,
)
from portal.web.policies import Cache, Guard, Policy
from portal.web.routes.organizations import row_of
from portal.web.routing import Pages
from portal.written import kept_said

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response

    from portal.domain.organizations.models import Organization
    from portal.web.visit import Visit

pages = Pages(guard=Guard.ALWAYS)
METHODS = {
    Method.DOCUMENT: _("A document was seen"),
    Method.DOMAIN: _("The domain is proved"),
    Method.VOUCHING: _("Two verified organisations vouch"),
}


class VerificationFields(Fields):
    """How the administrators were convinced, and for how long that holds."""

    method: Method
    months: Literal["6", "12", "24"] = "12"


class GroundFields(Fields):
    """Why the administrators do not, or no longer, know an organisation."""

    ground: Ground


@pages.get(
    "/administration/organizations",
    name="administration.show",
    policy=Policy.ADMINISTRATOR,
    cache=Cache.PRIVATE,
)
def show(visit: Visit) -> Response:
    """Organisations, those that wait to be verified, and the form for a new one."""
    return _page(visit, Form.filled(OrganizationFields, empty_form_values(visit)))


@pages.post(
    "/administration/organizations",
    name="administration.found",
    policy=Policy.ADMINISTRATOR,
)
def found(visit: Visit) -> Response:
    """A new organisation; its page of people comes next, to invite the owner."""
    form = Form(OrganizationFields, visit.submitted)
    if form.fields:
        try:
            slug, profile = form.fields.slug, profile_from(form.fields)
            organization = founding.found(visit.db, slug, profile, visit.now)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            response = visit.go("people.index", organization=slug)
            # It is nobody else's yet, so that this leaves no trace; what follows does.
            errands.keep(visit, response, organization, administering.Errand.NO_OWNER)
            return response
    return _page(visit, form, 422)


@pages.post(
    "/administration/organizations/{organization}/verification",
    name="administration.verify",
    policy=Policy.ADMINISTRATOR,
)
def verify(visit: Visit, organization: str) -> Response:
    """Says that the portal knows an organisation, how and until when."""
    form = Form(VerificationFields, visit.submitted)
    if not form.fields:
        raise NotFoundError
    method, lasts = form.fields.method, lasting(int(form.fields.months))
    return _decide(
        visit,
        organization,
        lambda o: administering.verify(visit.db, visit.person, o, method, lasts, visit.now),
    )


@pages.post(
    "/administration/organizations/{organization}/refusal",
    name="administration.decline",
    policy=Policy.ADMINISTRATOR,
)
def decline(visit: Visit, organization: str) -> Response:
    """Takes a request out of the queue unanswered by a yes."""
    return _decide(visit, organization, _because(visit, administering.decline))


@pages.post(
    "/administration/organizations/{organization}/withdrawal",
    name="administration.withdraw",
    policy=Policy.ADMINISTRATOR,
)
def withdraw(visit: Visit, organization: str) -> Response:
    """Takes a verification back."""
    return _decide(visit, organization, _because(visit, administering.withdraw))


def _because(visit: Visit, verb: Callable[..., None]) -> Callable[[Organization], None]:
    """A verb about an organisation with the reason that the form gives."""
    form = Form(GroundFields, visit.submitted)
    if not form.fields:
        raise NotFoundError
    ground = form.fields.ground
    return lambda organization: verb(visit.db, visit.person, organization, ground, visit.now)


def _decide(visit: Visit, slug: str, verb: Callable[[Organization], None]) -> Response:
    organization = queries.organization_named(visit.db, slug)
    try:
        verb(organization)
    except Refusal as refusal:
        form = Form.filled(OrganizationFields, empty_form_values(visit))
        return _page(visit, form, 409, refusal)
    return visit.go("administration.show")


def _page(
    visit: Visit,
    form: Form[OrganizationFields],
    status: int = 200,
    refusal: Refusal | None = None,
) -> Response:
    listed = directory.page_of(visit, directory.everyone(visit))
    return visit.page(
        "administration/show.html",
        status,
        form=form,
        refusal=refusal and refusal.said(),
        rows=[(row_of(visit, each), each.slug) for each in listed.organizations],
        pager=page_links(visit, "administration.show", {}, listed.page, more=listed.more),
        queue=[
            {
                "row": row_of(visit, each.organization),
                "slug": each.organization.slug,
                "method": each.request.method,
                "domain": each.request.domain,
                "proved": is_proved(each.request, visit.now),
                "remark": verification.remark_of(visit.db, each.request),
                "site": each.organization.site,
                "vouchers": [kept_said(voucher.name.said()) for voucher in each.vouchers],
            }
            for each in verification.queue(visit.db, visit.now)
        ],
        methods=[(method.value, str(words)) for method, words in METHODS.items()],
        grounds=[(ground.value, str(words)) for ground, words in GROUNDS.items()],
        spans=[(str(n), ngettext("%(num)s month", "%(num)s months", n)) for n in MONTHS],
        **form_context(visit, form),
    )
