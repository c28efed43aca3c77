"""Who belongs to an organisation: roles, invitations by link, leaving."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from portal.domain.organizations import actions, queries
from portal.domain.organizations.models import Role
from portal.domain.people.queries import name_of
from portal.i18n import gettext_lazy as _
from portal.refusals import NotFoundError, Refusal
from portal.web.forms import Fields, Form
from portal.web.routing import Cache, Pages, Policy

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.domain.organizations.models import Organization
    from portal.domain.people.models import Person
    from portal.web.visit import Visit

pages = Pages()
ROLES = {
    Role.OWNER: _("Owner: decides about people"),
    Role.EDITOR: _("Editor: publishes events and sees who comes"),
    Role.ANALYST: _("Analyst: reads numbers and feedback"),
}


class RoleFields(Fields):
    """A role to give."""

    role: Role


class Member(NamedTuple):
    """A row of the list."""

    id: int
    name: str
    role: str
    is_me: bool


@pages.get(
    "/organizing/{organization}/people",
    name="people.index",
    policy=Policy.OWNER,
    cache=Cache.PRIVATE,
    guarded=True,
)
def index(visit: Visit, organization: str) -> Response:
    """Everybody of the organisation with their roles."""
    owned = queries.owned_organization(visit.db, visit.person, organization)
    return _page(visit, owned)


@pages.post(
    "/organizing/{organization}/invitations",
    name="people.invite",
    policy=Policy.OWNER,
    guarded=True,
)
def invite(visit: Visit, organization: str) -> Response:
    """A link to hand on; it is shown on this page once and never again."""
    owned = queries.owned_organization(visit.db, visit.person, organization)
    form = Form(RoleFields, visit.submitted)
    if not form.fields:
        return _page(visit, owned, form, 422)
    try:
        token = actions.invite(visit.db, owned, form.fields.role, visit.now)
    except Refusal as refusal:
        return _page(visit, owned, status=409, refusal=refusal)
    return _page(visit, owned, link=visit.absolute("people.invitation", token=token))


@pages.post(
    "/organizing/{organization}/people/{person}/role",
    name="people.change",
    policy=Policy.OWNER,
    guarded=True,
)
def change(visit: Visit, organization: str, person: str) -> Response:
    """Gives somebody of the organisation another role."""
    owned = queries.owned_organization(visit.db, visit.person, organization)
    form = Form(RoleFields, visit.submitted)
    member = _member(visit, owned, person)
    if not form.fields:
        return _page(visit, owned, form, 422)
    try:
        actions.give_role(visit.db, owned, member, form.fields.role, visit.now)
    except Refusal as refusal:
        return _page(visit, owned, status=409, refusal=refusal)
    return visit.go("people.index", organization=organization)


@pages.post(
    "/organizing/{organization}/people/{person}/dismissal",
    name="people.dismiss",
    policy=Policy.OWNER,
    guarded=True,
)
def dismiss(visit: Visit, organization: str, person: str) -> Response:
    """Ends a membership."""
    owned = queries.owned_organization(visit.db, visit.person, organization)
    member = _member(visit, owned, person)
    try:
        actions.dismiss(visit.db, owned, member.id)
    except Refusal as refusal:
        return _page(visit, owned, status=409, refusal=refusal)
    if member.id == visit.person.id:
        return visit.go("organizing.index")
    return visit.go("people.index", organization=organization)


def _member(visit: Visit, organization: Organization, person: str) -> Person:
    """Somebody of this organisation; everybody else is not found, whether they exist or not."""
    for member, _role in queries.people_of(visit.db, organization):
        if str(member.id) == person:
            return member
    raise NotFoundError


@pages.get(
    "/invitations/{token}", name="people.invitation", policy=Policy.SIGNED_IN, cache=Cache.PRIVATE
)
def invitation(visit: Visit, token: str) -> Response:
    """What one is invited to, and the button that accepts."""
    return _invitation_page(visit, token)


@pages.post("/invitations/{token}", name="people.accept", policy=Policy.SIGNED_IN)
def accept(visit: Visit, token: str) -> Response:
    """Takes the role."""
    try:
        actions.accept(visit.db, visit.person, token, visit.now)
    except Refusal as refusal:
        return _invitation_page(visit, token, refusal)
    return visit.go("organizing.index")


def _invitation_page(visit: Visit, token: str, refusal: Refusal | None = None) -> Response:
    found, organization = queries.invitation_with(visit.db, token)
    return visit.page(
        "people/invitation.html",
        409 if refusal else 200,
        organization=organization.name.said(),
        role=str(ROLES[Role(found.role)]),
        is_open=found.accepted_at is None and found.expires_at > visit.now,
        token=token,
        refusal=refusal and refusal.said(),
    )


def _page(
    visit: Visit,
    organization: Organization,
    form: Form[RoleFields] | None = None,
    status: int = 200,
    *,
    refusal: Refusal | None = None,
    link: str | None = None,
) -> Response:
    return visit.page(
        "people/index.html",
        status,
        organization=organization.name.said(),
        slug=organization.slug,
        members=[
            Member(person.id, name_of(visit.db, person), role, person.id == visit.person.id)
            for person, role in queries.people_of(visit.db, organization)
        ],
        roles=[(role.value, str(words)) for role, words in ROLES.items()],
        form=form or Form.filled(RoleFields, {"role": Role.EDITOR.value}),
        refusal=refusal and refusal.said(),
        link=link,
    )
