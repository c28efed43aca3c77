"""Who belongs to an organisation: roles, invitations, leaving and handing over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple

from pydantic import Field

from portal import dates
from portal.domain.letters.actions import notify
from portal.domain.letters.models import About
from portal.domain.moderation import administering
from portal.domain.moderation.models import Act
from portal.domain.organizations import actions, invitations, queries
from portal.domain.organizations.models import Role
from portal.domain.organizations.rules import OwnedError
from portal.domain.people.queries import name_of
from portal.refusals import NotFoundError, Refusal
from portal.time_zones import wall_of
from portal.web.errands import entered, trace
from portal.web.forms import Fields, Form
from portal.web.links import number_in
from portal.web.policies import Cache, Policy
from portal.web.rate_limits import Limit
from portal.web.roles import ROLES
from portal.web.routes.organizing import organizations_page
from portal.web.routing import Pages

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.domain.organizations.models import Organization
    from portal.domain.people.models import Person
    from portal.web.visit import Visit

pages = Pages()


class RoleFields(Fields):
    """A role to give."""

    role: Role


class InvitationFields(RoleFields):
    """A role, and the address of whom it is for; without one a link is handed on by hand."""

    email: Annotated[str, Field(max_length=254)] = ""


class Invited(NamedTuple):
    """An open invitation."""

    id: int
    role: str
    address: str | None
    until: str


class Member(NamedTuple):
    """A row of the list."""

    id: int
    name: str
    role: str
    is_me: bool
    may_succeed: bool


@pages.get(
    "/organizing/{organization}/people",
    name="people.index",
    policy=Policy.OWNER,
    cache=Cache.PRIVATE,
    guarded=True,
)
def index(visit: Visit, organization: str) -> Response:
    """Everybody of the organisation with their roles."""
    return _page(visit, entered(visit, organization))


@pages.post(
    "/organizing/{organization}/invitations",
    name="people.invite",
    policy=Policy.OWNER,
    guarded=True,
)
def invite(visit: Visit, organization: str) -> Response:
    """An invitation by letter, or a link to hand on that is shown once and never again."""
    owned = entered(visit, organization)
    form = Form(InvitationFields, visit.submitted)
    if not form.fields:
        return _page(visit, owned, form, 422)
    role, address = form.fields.role, form.fields.email or None
    if address:
        visit.limit(Limit.INVITATION, address)
    try:
        token = administering.invite(visit.db, visit.person, owned, role, visit.now, address)
    except OwnedError as refusal:
        return _page(visit, owned, status=409, refusal=refusal)
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(visit, owned, form, 422)
    link = visit.absolute("invitations.show", token=token)
    if not address:
        return _page(visit, owned, link=link)
    notify(
        visit.db,
        About.INVITATION,
        now=visit.now,
        language=visit.tag,  # the inviting owner's, since nobody knows the recipient's
        address=address,
        organization=owned.name.said().text,
        role=str(ROLES[role]),
        url=link,
    )
    return visit.go("people.index", organization=organization)


@pages.post(
    "/organizing/{organization}/invitations/{invitation}/withdrawal",
    name="people.take_back",
    policy=Policy.OWNER,
    guarded=True,
)
def take_back(visit: Visit, organization: str, invitation: str) -> Response:
    """Ends an invitation nobody has accepted yet."""
    owned = entered(visit, organization)
    actions.take_back(visit.db, owned, number_in(invitation), visit.now)
    trace(visit, owned, Act.WITHDRAW_INVITATION)
    return visit.go("people.index", organization=organization)


@pages.post("/organizing/{organization}/departure", name="people.leave", policy=Policy.MEMBER)
def leave(visit: Visit, organization: str) -> Response:
    """Ends the visitor's own membership; a refusal names nobody, so no second factor is asked."""
    joined = queries.joined_organization(visit.db, visit.person, organization)
    try:
        actions.leave(visit.db, joined, visit.person)
    except Refusal as refusal:
        return organizations_page(visit, refusal)
    return visit.go("organizing.index")


@pages.post(
    "/organizing/{organization}/people/{person}/succession",
    name="people.hand_over",
    policy=Policy.OWNER_IN_PERSON,
    guarded=True,
)
def hand_over(visit: Visit, organization: str, person: str) -> Response:
    """Makes somebody else of the organisation its owner, and leaves."""
    own = queries.own_organization(visit.db, visit.person, organization)
    successor = _member(visit, own, person)
    try:
        actions.hand_over(visit.db, own, visit.person, successor, visit.now)
    except Refusal as refusal:
        return _page(visit, own, status=409, refusal=refusal)
    return visit.go("organizing.index")


@pages.post(
    "/organizing/{organization}/people/{person}/role",
    name="people.change",
    policy=Policy.OWNER_IN_PERSON,
    guarded=True,
)
def change(visit: Visit, organization: str, person: str) -> Response:
    """Gives somebody of the organisation another role."""
    owned = queries.own_organization(visit.db, visit.person, organization)
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
    policy=Policy.OWNER_IN_PERSON,
    guarded=True,
)
def dismiss(visit: Visit, organization: str, person: str) -> Response:
    """Ends a membership."""
    owned = queries.own_organization(visit.db, visit.person, organization)
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


def _member_row(visit: Visit, person: Person, role: str) -> Member:
    name, is_me = name_of(visit.db, person), person.id == visit.person.id
    return Member(person.id, name, role, is_me, not is_me and person.banned_at is None)


def _page(
    visit: Visit,
    organization: Organization,
    form: Form[InvitationFields] | Form[RoleFields] | None = None,
    status: int = 200,
    *,
    refusal: Refusal | None = None,
    link: str | None = None,
) -> Response:
    is_owner = queries.role_of(visit.db, visit.person, organization.id) == Role.OWNER
    return visit.page(
        "people/index.html",
        status,
        organization=organization.name.said(),
        slug=organization.slug,
        members=[
            _member_row(visit, person, role)
            for person, role in queries.people_of(visit.db, organization)
        ],
        invited=[
            Invited(
                each.id,
                str(ROLES[Role(each.role)]),
                address,
                dates.full(wall_of(each.expires_at, visit.zone).date()),
            )
            for each, address in invitations.open_invitations(visit.db, organization, visit.now)
        ],
        roles=[(role.value, str(words)) for role, words in ROLES.items()],
        form=form or Form.filled(InvitationFields, {"role": Role.EDITOR.value}),
        is_owner=is_owner,
        may_invite=is_owner or not queries.has_active_owner(visit.db, organization),
        refusal=refusal and refusal.said(),
        link=link,
    )
