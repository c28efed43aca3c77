"""Who moderates and administers the portal, and who is kept out of it."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field
from starlette.responses import Response

from portal.core.refusals import NotFoundError, Refusal
from portal.core.urls import number_in
from portal.domain.accounts.people.models import Person
from portal.domain.accounts.people.queries import name_of, people_with_address
from portal.domain.moderation import staff
from portal.domain.moderation.models import Reason
from portal.domain.moderation.rules import REASONS
from portal.domain.moderation.staff import StaffRole
from portal.web.components.decision_texts import decision_address
from portal.web.components.labels import STAFF_ROLES
from portal.web.http import Cache, Context, Guard, Policy, PortalRouter, render
from portal.web.http.forms import Fields, Form, submitted

router = PortalRouter(guard=Guard.ALWAYS)


class SearchFields(Fields):
    """An exact address; there is no list to search in parts."""

    email: Annotated[str, Field(min_length=1, max_length=254)]


class StaffRoleFields(Fields):
    """An office to give or to take."""

    role: StaffRole


StaffRoleForm = Annotated[Form[StaffRoleFields], submitted(StaffRoleFields)]


class BanFields(Fields):
    """Why somebody is kept out."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """Somebody with the address asked for."""

    id: int
    name: str
    roles: list[tuple[str, str, bool]]
    is_banned: bool


@router.page(
    "/administration/people",
    name="staff.index",
    policy=Policy.ADMINISTRATOR,
    cache=Cache.PRIVATE,
)
def index(ctx: Context) -> Response:
    """Search by exact address; nobody is listed."""
    return _page(ctx, Form(SearchFields))


@router.form("/administration/people", name="staff.search", policy=Policy.ADMINISTRATOR)
def search(ctx: Context, form: Annotated[Form[SearchFields], submitted(SearchFields)]) -> Response:
    """Find who has this verified address; by POST, so that no log or history keeps it."""
    if not form.fields:
        return _page(ctx, form, status=422)
    return _page(ctx, form, people_with_address(ctx.db, form.fields.email))


@router.form(
    "/administration/people/{person}/appointment",
    name="staff.grant_role",
    policy=Policy.ADMINISTRATOR,
)
def grant_role(ctx: Context, person: str, form: StaffRoleForm) -> Response:
    """Make somebody a moderator or an administrator."""
    someone = _person(ctx, person)
    if not form.fields:
        return _page(ctx, Form(SearchFields), [someone], status=422)
    try:
        staff.grant_role(ctx.db, someone, form.fields.role, ctx.now)
    except Refusal as refusal:
        return _page(ctx, Form(SearchFields), [someone], refusal)
    return ctx.redirect("staff.index", {"done": "yes"})


@router.form(
    "/administration/people/{person}/role/revoke",
    name="staff.revoke_role",
    policy=Policy.ADMINISTRATOR,
)
def revoke_role(ctx: Context, person: str, form: StaffRoleForm) -> Response:
    """Revoke a role."""
    someone = _person(ctx, person)
    if not form.fields:
        return _page(ctx, Form(SearchFields), [someone], status=422)
    try:
        staff.revoke_role(ctx.db, someone, form.fields.role, ctx.now)
    except Refusal as refusal:
        return _page(ctx, Form(SearchFields), [someone], refusal)
    return ctx.redirect("staff.index", {"done": "yes"})


@router.form("/administration/people/{person}/ban", name="staff.ban", policy=Policy.ADMINISTRATOR)
def ban(
    ctx: Context, person: str, form: Annotated[Form[BanFields], submitted(BanFields)]
) -> Response:
    """Keep somebody out."""
    someone = _person(ctx, person)
    if not form.fields:
        return _page(ctx, Form(SearchFields), [someone], status=422)
    reason, address = form.fields.reason, decision_address(ctx)
    try:
        staff.ban(ctx.db, ctx.signed_in_user, someone, reason, ctx.now, address)
    except Refusal as refusal:
        return _page(ctx, Form(SearchFields), [someone], refusal)
    return ctx.redirect("staff.index", {"done": "yes"})


@router.form(
    "/administration/people/{person}/ban-end",
    name="staff.lift_ban",
    policy=Policy.ADMINISTRATOR,
)
def lift_ban(ctx: Context, person: str) -> Response:
    """Let somebody in again."""
    someone = _person(ctx, person)
    try:
        staff.lift_ban(ctx.db, someone, ctx.now, decision_address(ctx))
    except Refusal as refusal:
        return _page(ctx, Form(SearchFields), [someone], refusal)
    return ctx.redirect("staff.index", {"done": "yes"})


def _person(ctx: Context, person: str) -> Person:
    someone = ctx.db.get(Person, number_in(person))
    if someone is None:
        raise NotFoundError
    return someone


def _page(
    ctx: Context,
    form: Form[SearchFields],
    found: list[Person] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> Response:
    return render(
        ctx,
        "admin/staff.html",
        409 if refusal else status,
        form=form,
        found=None if found is None else [_found_person(ctx, person) for person in found],
        reasons=[(reason.value, str(words)) for reason, words in REASONS.items()],
        refusal=refusal and refusal.localized(),
        is_done=ctx.request.query_params.get("done") == "yes",
    )


def _found_person(ctx: Context, person: Person) -> FoundPerson:
    return FoundPerson(
        person.id,
        name_of(ctx.db, person),
        [
            (each.value, str(words), staff.has_role(person, each))
            for each, words in STAFF_ROLES.items()
        ],
        person.banned_at is not None,
    )
