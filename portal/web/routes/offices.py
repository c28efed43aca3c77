"""Who moderates and administers the portal, and who is kept out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple

from pydantic import Field

from portal.domain.moderation import appointments
from portal.domain.moderation.appointments import Office
from portal.domain.moderation.models import Reason
from portal.domain.moderation.rules import REASONS
from portal.domain.people.models import Person
from portal.domain.people.queries import name_of, people_with_address
from portal.i18n import gettext_lazy as _
from portal.refusals import NotFoundError, Refusal
from portal.web.cases import decision_address
from portal.web.forms import Fields, Form
from portal.web.links import number_in
from portal.web.policies import Cache, Guard, Policy
from portal.web.routing import Pages

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.web.visit import Visit

pages = Pages(guard=Guard.ALWAYS)
OFFICES = {Office.MODERATOR: _("Moderator"), Office.ADMINISTRATOR: _("Administrator")}


class SearchFields(Fields):
    """An exact address; there is no list to search in parts."""

    email: Annotated[str, Field(min_length=1, max_length=254)]


class OfficeFields(Fields):
    """An office to give or to take."""

    office: Office


class BanFields(Fields):
    """Why somebody is kept out."""

    reason: Reason


class Found(NamedTuple):
    """Somebody with the address asked for."""

    id: int
    name: str
    offices: list[tuple[str, str, bool]]
    is_banned: bool


@pages.get(
    "/administration/people",
    name="offices.index",
    policy=Policy.ADMINISTRATOR,
    cache=Cache.PRIVATE,
)
def index(visit: Visit) -> Response:
    """Searching by exact address; nobody is listed."""
    return _page(visit, Form(SearchFields))


@pages.post("/administration/people", name="offices.search", policy=Policy.ADMINISTRATOR)
def search(visit: Visit) -> Response:
    """Whoever has this verified address; by POST, so that no log or history keeps it."""
    form = Form(SearchFields, visit.submitted)
    if not form.fields:
        return _page(visit, form, status=422)
    return _page(visit, form, people_with_address(visit.db, form.fields.email))


@pages.post(
    "/administration/people/{person}/appointment",
    name="offices.appoint",
    policy=Policy.ADMINISTRATOR,
)
def appoint(visit: Visit, person: str) -> Response:
    """Makes somebody a moderator or an administrator."""
    someone, form = _person(visit, person), Form(OfficeFields, visit.submitted)
    if not form.fields:
        return _page(visit, Form(SearchFields), [someone], status=422)
    try:
        appointments.appoint(visit.db, someone, form.fields.office, visit.now)
    except Refusal as refusal:
        return _page(visit, Form(SearchFields), [someone], refusal)
    return visit.go("offices.index", {"done": "yes"})


@pages.post(
    "/administration/people/{person}/relief",
    name="offices.relieve",
    policy=Policy.ADMINISTRATOR,
)
def relieve(visit: Visit, person: str) -> Response:
    """Takes an office back."""
    someone, form = _person(visit, person), Form(OfficeFields, visit.submitted)
    if not form.fields:
        return _page(visit, Form(SearchFields), [someone], status=422)
    try:
        appointments.relieve(visit.db, someone, form.fields.office, visit.now)
    except Refusal as refusal:
        return _page(visit, Form(SearchFields), [someone], refusal)
    return visit.go("offices.index", {"done": "yes"})


@pages.post("/administration/people/{person}/ban", name="offices.ban", policy=Policy.ADMINISTRATOR)
def ban(visit: Visit, person: str) -> Response:
    """Keeps somebody out."""
    someone, form = _person(visit, person), Form(BanFields, visit.submitted)
    if not form.fields:
        return _page(visit, Form(SearchFields), [someone], status=422)
    reason, address = form.fields.reason, decision_address(visit)
    try:
        appointments.ban(visit.db, visit.person, someone, reason, visit.now, address)
    except Refusal as refusal:
        return _page(visit, Form(SearchFields), [someone], refusal)
    return visit.go("offices.index", {"done": "yes"})


@pages.post(
    "/administration/people/{person}/ban-end",
    name="offices.lift_ban",
    policy=Policy.ADMINISTRATOR,
)
def lift_ban(visit: Visit, person: str) -> Response:
    """Lets somebody in again."""
    someone = _person(visit, person)
    try:
        appointments.lift_ban(visit.db, someone, visit.now, decision_address(visit))
    except Refusal as refusal:
        return _page(visit, Form(SearchFields), [someone], refusal)
    return visit.go("offices.index", {"done": "yes"})


def _person(visit: Visit, person: str) -> Person:
    someone = visit.db.get(Person, number_in(person))
    if someone is None:
        raise NotFoundError
    return someone


def _page(
    visit: Visit,
    form: Form[SearchFields],
    found: list[Person] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> Response:
    return visit.page(
        "offices/index.html",
        409 if refusal else status,
        form=form,
        found=None if found is None else [_found(visit, person) for person in found],
        reasons=[(reason.value, str(words)) for reason, words in REASONS.items()],
        refusal=refusal and refusal.said(),
        is_done=visit.request.query_params.get("done") == "yes",
    )


def _found(visit: Visit, person: Person) -> Found:
    return Found(
        person.id,
        name_of(visit.db, person),
        [
            (each.value, str(words), appointments.holds(person, each))
            for each, words in OFFICES.items()
        ],
        person.banned_at is not None,
    )
