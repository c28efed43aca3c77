"""Writing to an organisation through the portal, which shows nobody's address on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from portal.domain.organizations import contact, queries, rules
from portal.domain.people.queries import address_of
from portal.refusals import Refusal
from portal.web.forms import Fields, Form
from portal.web.policies import Cache, Policy
from portal.web.rate_limits import Limit
from portal.web.routing import Pages

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.web.visit import Visit

pages = Pages()


class MessageFields(Fields):
    """A message; `homepage` is a trap that people do not see."""

    name: Annotated[str, Field(max_length=80)] = ""
    email: Annotated[str, Field(max_length=254)] = ""
    message: Annotated[str, Field(min_length=1, max_length=4_000)]
    homepage: Annotated[str, Field(max_length=2_000)] = ""


@pages.get(
    "/organizations/{slug}/contact", name="contact.new", policy=Policy.ANYONE, cache=Cache.PRIVATE
)
def new(visit: Visit, slug: str) -> Response:
    """The form."""
    return _page(visit, slug, Form(MessageFields))


@pages.post("/organizations/{slug}/contact", name="contact.create", policy=Policy.ANYONE)
def create(visit: Visit, slug: str) -> Response:
    """Owes a letter to whoever runs it. Who fell into the trap is answered like everybody."""
    organization = queries.organization_named(visit.db, slug)
    form = Form(MessageFields, visit.submitted)
    if not form.fields:
        return _page(visit, slug, form, 422)
    said = form.fields
    visit.limit(Limit.CONTACT, slug)
    try:
        if not said.homepage:
            contact.write_to(
                *(visit.db, organization, said.message, visit.now),
                person=visit.visitor,
                name=said.name,
                address=said.email,
            )
    except rules.UnreachableError:
        return _page(visit, slug, form, 409)
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(visit, slug, form, 422)
    return visit.go("contact.sent", slug=slug)


@pages.get(
    "/organizations/{slug}/contact/sent",
    name="contact.sent",
    policy=Policy.ANYONE,
    cache=Cache.PRIVATE,
)
def sent(visit: Visit, slug: str) -> Response:
    """The message is on its way."""
    organization = queries.organization_named(visit.db, slug)
    return visit.page("contact/sent.html", slug=slug, organization=organization.name.said())


def _page(visit: Visit, slug: str, form: Form[MessageFields], status: int = 200) -> Response:
    organization = queries.organization_named(visit.db, slug)
    can_be_written_to = bool(contact.readers_of(visit.db, organization))
    return visit.page(
        "contact/new.html",
        status,
        slug=slug,
        organization=organization.name.said(),
        is_known=visit.visitor is not None and address_of(visit.db, visit.visitor) is not None,
        form=form,
        refusal=None if can_be_written_to else rules.UnreachableError().said(),
        # Nobody begins to write in vain, and what was written is not lost.
        has_form=can_be_written_to or status != 200,  # noqa: PLR2004 - a form that was sent
    )
