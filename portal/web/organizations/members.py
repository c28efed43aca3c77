"""Who belongs to an organisation: roles, invitations, leaving and handing over."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field
from starlette.responses import Response

from portal.core.refusals import NotFoundError, Refusal
from portal.core.time_zones import wall_of
from portal.core.urls import number_in
from portal.domain.accounts.people.models import Person
from portal.domain.accounts.people.queries import name_of
from portal.domain.emails.actions import notify
from portal.domain.emails.models import NotificationKind
from portal.domain.moderation import organization_admin
from portal.domain.moderation.models import Act
from portal.domain.organizations import actions, invitations, queries
from portal.domain.organizations.models import Organization, Role
from portal.domain.organizations.rules import OwnedError
from portal.i18n import dates
from portal.web.components.manage_page import organizations_page
from portal.web.components.roles import ROLES
from portal.web.http import Cache, Context, Limit, Policy, PortalRouter, render
from portal.web.http.forms import Fields, Form, submitted
from portal.web.organizations.admin_access import entered, trace

router = PortalRouter()


class RoleFields(Fields):
    """A role to give."""

    role: Role


class InvitationFields(RoleFields):
    """A role, and the address of whom it is for; without one a link is handed on by hand."""

    email: Annotated[str, Field(max_length=254)] = ""


@dataclass(frozen=True, slots=True)
class Invited:
    """An open invitation."""

    id: int
    role: str
    address: str | None
    until: str


@dataclass(frozen=True, slots=True)
class Member:
    """A row of the list."""

    id: int
    name: str
    role: str
    is_me: bool
    may_succeed: bool


@router.page(
    "/manage/{organization}/people",
    name="members.index",
    policy=Policy.OWNER,
    cache=Cache.PRIVATE,
    second_factor=True,
)
def index(ctx: Context, organization: str) -> Response:
    """Everybody of the organisation with their roles."""
    return _page(ctx, entered(ctx, organization))


@router.form(
    "/manage/{organization}/invitations",
    name="members.invite",
    policy=Policy.OWNER,
    second_factor=True,
)
def invite(
    ctx: Context,
    organization: str,
    form: Annotated[Form[InvitationFields], submitted(InvitationFields)],
) -> Response:
    """Invite by email, or by a link to hand on that is shown once."""
    owned = entered(ctx, organization)
    if not form.fields:
        return _page(ctx, owned, form, 422)
    role, address = form.fields.role, form.fields.email or None
    if address:
        ctx.rate_limit(Limit.INVITATION, address)
    try:
        token = organization_admin.invite(ctx.db, ctx.signed_in_user, owned, role, ctx.now, address)
    except OwnedError as refusal:
        return _page(ctx, owned, status=409, refusal=refusal)
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(ctx, owned, form, 422)
    link = ctx.absolute("invitations.show", token=token)
    if not address:
        return _page(ctx, owned, link=link)
    notify(
        ctx.db,
        NotificationKind.INVITATION,
        now=ctx.now,
        language=ctx.tag,  # the inviting owner's, since nobody knows the recipient's
        address=address,
        organization=owned.name.localized().text,
        role=str(ROLES[role]),
        url=link,
    )
    return ctx.redirect("members.index", organization=organization)


@router.form(
    "/manage/{organization}/invitations/{invitation}/withdrawal",
    name="members.revoke_invitation",
    policy=Policy.OWNER,
    second_factor=True,
)
def take_back(ctx: Context, organization: str, invitation: str) -> Response:
    """End an invitation nobody has accepted yet."""
    owned = entered(ctx, organization)
    actions.take_back(ctx.db, owned, number_in(invitation), ctx.now)
    trace(ctx, owned, Act.WITHDRAW_INVITATION)
    return ctx.redirect("members.index", organization=organization)


@router.form("/manage/{organization}/departure", name="members.leave", policy=Policy.MEMBER)
def leave(ctx: Context, organization: str) -> Response:
    """End the visitor's own membership; a refusal names nobody, so no second factor is asked."""
    joined = queries.joined_organization(ctx.db, ctx.signed_in_user, organization)
    try:
        actions.leave(ctx.db, joined, ctx.signed_in_user)
    except Refusal as refusal:
        return organizations_page(ctx, refusal)
    return ctx.redirect("manage.index")


@router.form(
    "/manage/{organization}/people/{person}/ownership",
    name="members.transfer_ownership",
    policy=Policy.OWNER_IN_PERSON,
    second_factor=True,
)
def transfer_ownership(ctx: Context, organization: str, person: str) -> Response:
    """Make somebody else of the organisation its owner, and leave."""
    own = queries.organization_as_owner(ctx.db, ctx.signed_in_user, organization)
    successor = _member(ctx, own, person)
    try:
        actions.transfer_ownership(ctx.db, own, ctx.signed_in_user, successor, ctx.now)
    except Refusal as refusal:
        return _page(ctx, own, status=409, refusal=refusal)
    return ctx.redirect("manage.index")


@router.form(
    "/manage/{organization}/people/{person}/role",
    name="members.change",
    policy=Policy.OWNER_IN_PERSON,
    second_factor=True,
)
def change(
    ctx: Context,
    organization: str,
    person: str,
    form: Annotated[Form[RoleFields], submitted(RoleFields)],
) -> Response:
    """Give somebody of the organisation another role."""
    owned = queries.organization_as_owner(ctx.db, ctx.signed_in_user, organization)
    member = _member(ctx, owned, person)
    if not form.fields:
        return _page(ctx, owned, form, 422)
    try:
        actions.grant_role(ctx.db, owned, member, form.fields.role, ctx.now)
    except Refusal as refusal:
        return _page(ctx, owned, status=409, refusal=refusal)
    return ctx.redirect("members.index", organization=organization)


@router.form(
    "/manage/{organization}/people/{person}/dismissal",
    name="members.remove",
    policy=Policy.OWNER_IN_PERSON,
    second_factor=True,
)
def remove_member(ctx: Context, organization: str, person: str) -> Response:
    """End a membership."""
    owned = queries.organization_as_owner(ctx.db, ctx.signed_in_user, organization)
    member = _member(ctx, owned, person)
    try:
        actions.remove_member(ctx.db, owned, member.id)
    except Refusal as refusal:
        return _page(ctx, owned, status=409, refusal=refusal)
    if member.id == ctx.signed_in_user.id:
        return ctx.redirect("manage.index")
    return ctx.redirect("members.index", organization=organization)


def _member(ctx: Context, organization: Organization, person: str) -> Person:
    """Somebody of this organisation; everybody else is not found, whether they exist or not."""
    for member, _role in queries.people_of(ctx.db, organization):
        if str(member.id) == person:
            return member
    raise NotFoundError


def _member_row(ctx: Context, person: Person, role: str) -> Member:
    name, is_me = name_of(ctx.db, person), person.id == ctx.signed_in_user.id
    return Member(person.id, name, role, is_me, not is_me and person.banned_at is None)


def _page(
    ctx: Context,
    organization: Organization,
    form: Form[InvitationFields] | Form[RoleFields] | None = None,
    status: int = 200,
    *,
    refusal: Refusal | None = None,
    link: str | None = None,
) -> Response:
    is_owner = queries.role_of(ctx.db, ctx.signed_in_user, organization.id) == Role.OWNER
    return render(
        ctx,
        "organizations/members.html",
        status,
        organization=organization.name.localized(),
        slug=organization.slug,
        members=[
            _member_row(ctx, person, role)
            for person, role in queries.people_of(ctx.db, organization)
        ],
        invited=[
            Invited(
                each.id,
                str(ROLES[Role(each.role)]),
                address,
                dates.full(wall_of(each.expires_at, ctx.zone).date()),
            )
            for each, address in invitations.open_invitations(ctx.db, organization, ctx.now)
        ],
        roles=[(role.value, str(words)) for role, words in ROLES.items()],
        form=form or Form.filled(InvitationFields, {"role": Role.EDITOR.value}),
        is_owner=is_owner,
        may_invite=is_owner or not queries.has_active_owner(ctx.db, organization),
        refusal=refusal and refusal.localized(),
        link=link,
    )
