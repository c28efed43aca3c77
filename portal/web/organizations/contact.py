"""Writing to an organisation through the portal, which shows nobody's address on a page."""

from typing import Annotated

from pydantic import Field
from starlette.responses import Response

from portal.core.refusals import Refusal
from portal.domain.accounts.people.queries import address_of
from portal.domain.organizations import contact, queries, rules
from portal.web.http import Cache, Context, Limit, Policy, PortalRouter, render
from portal.web.http.forms import Fields, Form, submitted

router = PortalRouter()


class MessageFields(Fields):
    """A message; `homepage` is a trap that people do not see."""

    name: Annotated[str, Field(max_length=80)] = ""
    email: Annotated[str, Field(max_length=254)] = ""
    message: Annotated[str, Field(min_length=1, max_length=4_000)]
    homepage: Annotated[str, Field(max_length=2_000)] = ""


@router.page(
    "/organizations/{slug}/contact", name="contact.new", policy=Policy.ANYONE, cache=Cache.PRIVATE
)
def new(ctx: Context, slug: str) -> Response:
    """Show the form."""
    return _page(ctx, slug, Form(MessageFields))


@router.form("/organizations/{slug}/contact", name="contact.create", policy=Policy.ANYONE)
def create(
    ctx: Context, slug: str, form: Annotated[Form[MessageFields], submitted(MessageFields)]
) -> Response:
    """Send an email to whoever runs it; who fell into the trap is answered like everybody."""
    organization = queries.organization_named(ctx.db, slug)
    if not form.fields:
        return _page(ctx, slug, form, 422)
    said = form.fields
    ctx.rate_limit(Limit.CONTACT, slug)
    try:
        if not said.homepage:
            contact.write_to(
                *(ctx.db, organization, said.message, ctx.now),
                person=ctx.user,
                name=said.name,
                address=said.email,
            )
    except rules.UnreachableError:
        return _page(ctx, slug, form, 409)
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(ctx, slug, form, 422)
    return ctx.redirect("contact.sent", slug=slug)


@router.page(
    "/organizations/{slug}/contact/sent",
    name="contact.sent",
    policy=Policy.ANYONE,
    cache=Cache.PRIVATE,
)
def sent(ctx: Context, slug: str) -> Response:
    """Say that the message is on its way."""
    organization = queries.organization_named(ctx.db, slug)
    return render(
        ctx,
        "organizations/contact_sent.html",
        slug=slug,
        organization=organization.name.localized(),
    )


def _page(ctx: Context, slug: str, form: Form[MessageFields], status: int = 200) -> Response:
    organization = queries.organization_named(ctx.db, slug)
    can_be_written_to = bool(contact.readers_of(ctx.db, organization))
    return render(
        ctx,
        "organizations/contact.html",
        status,
        slug=slug,
        organization=organization.name.localized(),
        is_known=ctx.user is not None and address_of(ctx.db, ctx.user) is not None,
        form=form,
        refusal=None if can_be_written_to else rules.UnreachableError().localized(),
        # Nobody begins to write in vain, and what was written is not lost.
        has_form=can_be_written_to or status != 200,  # noqa: PLR2004 - a form that was sent
    )
