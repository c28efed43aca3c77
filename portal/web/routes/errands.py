"""The question that administrators answer before they enter other people's organisations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field
from starlette.responses import RedirectResponse, Response

from portal.domain.moderation.administering import Errand, leave_trace
from portal.domain.moderation.models import Act
from portal.domain.organizations.queries import owned_organization
from portal.i18n import gettext_lazy as _
from portal.web.errands import keep, needs_errand
from portal.web.forms import Fields, Form
from portal.web.links import safe_next
from portal.web.policies import Cache, Guard, Policy
from portal.web.routing import Pages

if TYPE_CHECKING:
    from portal.web.visit import Visit

pages = Pages(guard=Guard.ALWAYS)
ERRANDS = {
    Errand.ASKED: _("Its people asked for help"),
    Errand.REPORTED: _("A report is being looked into"),
    Errand.VERIFYING: _("Its verification is being checked"),
    Errand.NO_OWNER: _("Nobody owns it"),
    Errand.LAW: _("The law asks for it"),
}


class ErrandFields(Fields):
    """Why somebody comes, and where they were going."""

    errand: Errand
    next: Annotated[str, Field(max_length=500)] = ""


@pages.get(
    "/organizing/{organization}/errand",
    name="errands.new",
    policy=Policy.ADMINISTRATOR,
    cache=Cache.PRIVATE,
)
def new(visit: Visit, organization: str) -> Response:
    """Asks an administrator why they come."""
    given = {"next": visit.request.query_params.get("next", "")}
    return _page(visit, organization, Form.filled(ErrandFields, given))


@pages.post("/organizing/{organization}/errand", name="errands.create", policy=Policy.ADMINISTRATOR)
def create(visit: Visit, organization: str) -> Response:
    """Writes into the public log that an administrator enters and why, and lets them in."""
    form = Form(ErrandFields, visit.submitted)
    if form.fields is None:
        return _page(visit, organization, form, 422)
    entered = owned_organization(visit.db, visit.person, organization)
    people = visit.url("people.index", organization=organization)
    if not needs_errand(visit, entered):
        return visit.go("people.index", organization=organization)
    leave_trace(visit.db, Act.ENTER, form.fields.errand, visit.now)
    response = RedirectResponse(safe_next(form.fields.next, people), 303)
    keep(visit, response, entered, form.fields.errand)
    return response


def _page(visit: Visit, organization: str, form: Form[ErrandFields], status: int = 200) -> Response:
    return visit.page(
        "errands/new.html",
        status,
        slug=organization,
        organization=owned_organization(visit.db, visit.person, organization).name.said(),
        form=form,
        errands=[(errand.value, str(words)) for errand, words in ERRANDS.items()],
    )
