"""Founding an organisation, and changing what it says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.domain.moderation import administering
from portal.domain.moderation.models import Act
from portal.domain.organizations import founding
from portal.domain.organizations.rules import is_verified
from portal.refusals import Refusal
from portal.web.errands import entered, trace
from portal.web.forms import Form
from portal.web.organization_form import (
    OrganizationFields,
    ProfileOfOrganizationFields,
    empty_form_values,
    form_context,
    profile_from,
    values_of,
)
from portal.web.policies import Cache, Policy
from portal.web.routing import Pages

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.domain.organizations.models import Organization
    from portal.web.visit import Visit

# /organizations/new is looked for before the pages of organisations, /organizing/… after events'.
pages, editing = Pages(), Pages()


@pages.get("/organizations/new", name="founding.new", policy=Policy.SIGNED_IN, cache=Cache.PRIVATE)
def new(visit: Visit) -> Response:
    """An empty form."""
    return _new_page(visit, Form.filled(OrganizationFields, empty_form_values(visit)))


@pages.post("/organizations", name="founding.create", policy=Policy.SIGNED_IN)
def create(visit: Visit) -> Response:
    """A new organisation of the visitor's; how to have it verified comes next."""
    form = Form(OrganizationFields, visit.submitted)
    if form.fields:
        try:
            profile = profile_from(form.fields)
            founding.found(visit.db, form.fields.slug, profile, visit.now, visit.person)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return visit.go("verification.show", organization=form.fields.slug)
    return _new_page(visit, form, 422)


def _new_page(visit: Visit, form: Form[OrganizationFields], status: int = 200) -> Response:
    return visit.page("founding/new.html", status, form=form, **form_context(visit, form))


@editing.get(
    "/organizing/{organization}/edit",
    name="founding.edit",
    policy=Policy.OWNER,
    cache=Cache.PRIVATE,
)
def edit(visit: Visit, organization: str) -> Response:
    """The form with what has been saved."""
    owned = entered(visit, organization)
    return _edit_page(visit, owned, Form.filled(ProfileOfOrganizationFields, values_of(owned)))


@editing.post("/organizing/{organization}/edit", name="founding.update", policy=Policy.OWNER)
def update(visit: Visit, organization: str) -> Response:
    """Saves what the organisation says of itself."""
    owned = entered(visit, organization)
    form = Form(ProfileOfOrganizationFields, visit.submitted)
    if form.fields:
        try:
            said, is_small_fix = profile_from(form.fields, owned), bool(form.fields.small_fix)
            has_ended = founding.change(visit.db, owned, said, visit.now, is_small_fix=is_small_fix)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            trace(visit, owned, Act.CHANGE_PROFILE)
            if has_ended:
                administering.note_change(visit.db, visit.now)
                return visit.go("verification.show", organization=organization)
            return visit.go("organizations.show", slug=organization)
    return _edit_page(visit, owned, form, 422)


def _edit_page(
    visit: Visit,
    organization: Organization,
    form: Form[ProfileOfOrganizationFields],
    status: int = 200,
) -> Response:
    return visit.page(
        "founding/edit.html",
        status,
        form=form,
        slug=organization.slug,
        organization=organization.name.said(),
        is_verified=is_verified(organization.verified_until, visit.now),
        domain=organization.verified_domain,
        has_translations=len(organization.name.versions) > 1
        or len(organization.description.versions) > 1,
        **form_context(visit, form),
    )
