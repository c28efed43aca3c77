"""The ways into one's account: which there are, adding one, removing one."""

from dataclasses import dataclass
from typing import Annotated, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal.core import tokens
from portal.core.refusals import NotFoundError, Refusal
from portal.core.time_zones import wall_of
from portal.domain.accounts.identities import actions, queries, rules
from portal.domain.accounts.people.models import Identity
from portal.domain.accounts.people.queries import identities_of
from portal.i18n import dates
from portal.i18n.locale import current_tag, gettext_lazy
from portal.web.accounts.email_links import sent_to
from portal.web.accounts.sign_in_pages import LinkFields, leave_for, method_name, offers
from portal.web.http import Cache, Context, Policy, PortalRouter, render
from portal.web.http.cookies import session_token
from portal.web.http.forms import Form, Submitted, submitted
from portal.web.http.limits import ASKING_FORM
from portal.web.http.site import Site

router = PortalRouter()
# What came of trying to add a way, by the word in the address.
MESSAGES: Final = {
    "added": (gettext_lazy("From now on you can sign in this way too."), "good"),
    "taken": (rules.IdentityTakenError.message, "bad"),
    "failed": (gettext_lazy("This way could not be added. Please try again."), "bad"),
}


@dataclass(frozen=True, slots=True)
class IdentityRow:
    """A row of the list."""

    id: int
    name: str
    added: str
    is_offered: bool
    may_be_removed: bool


@router.page(
    "/profile/sign-in-methods",
    name="identities.index",
    policy=Policy.SIGNED_IN,
    cache=Cache.PRIVATE,
)
def index(ctx: Context) -> Response:
    """Show the person's ways in, and the others there are."""
    return _page(ctx)


@router.form(
    "/profile/sign-in-methods",
    name="identities.add",
    policy=Policy.SIGNED_IN,
    limits=ASKING_FORM,
    max_seconds=ASKING_FORM.seconds,
)
async def add(request: Request, data: Submitted) -> Response:
    """Off to a provider; whoever comes back from it is added to the account of this session."""
    site: Site = request.app.state.site
    provider = site.providers.get(str(data.get("provider")))
    if provider is None:
        raise NotFoundError
    token = session_token(request, site.settings) or ""
    try:
        return await leave_for(site, request, provider, {"adds": tokens.digest(token)})
    except Refusal:
        back = site.links.path("identities.index", current_tag.get(), {"said": "failed"})
        return RedirectResponse(back, 303)


@router.form("/profile/sign-in-methods/email", name="identities.add_email", policy=Policy.SIGNED_IN)
def add_email(ctx: Context, form: Annotated[Form[LinkFields], submitted(LinkFields)]) -> Response:
    """Send an email to prove another address with."""
    if not ctx.site.settings.has_sign_in_by_email:
        return ctx.redirect("identities.index")
    if form.fields:
        try:
            return sent_to(
                ctx, form.fields.email, ctx.url("identities.index"), person=ctx.signed_in_user
            )
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(ctx, 422, form=form)


@router.form(
    "/profile/sign-in-methods/{way}/removal", name="identities.remove", policy=Policy.SIGNED_IN
)
def remove(ctx: Context, way: str) -> Response:
    """Remove a way to sign in, unless it is the last."""
    identity = queries.own_identity(ctx.db, ctx.signed_in_user, way)
    try:
        actions.remove(ctx.db, ctx.signed_in_user, identity, _offered(ctx.site))
    except Refusal as refusal:
        return _page(ctx, 409, refusal=refusal)
    return ctx.redirect("identities.index")


def _offered(site: Site) -> set[str]:
    by_email = {rules.EMAIL} if site.settings.has_sign_in_by_email else set()
    return {*site.providers, *by_email}


def _page(
    ctx: Context,
    status: int = 200,
    *,
    form: Form[LinkFields] | None = None,
    refusal: Refusal | None = None,
) -> Response:
    identities = identities_of(ctx.db, ctx.signed_in_user)
    text, kind = MESSAGES.get(ctx.request.query_params.get("said", ""), ("", ""))
    return render(
        ctx,
        "accounts/identities.html",
        status,
        ways=[_row(ctx, identity, identities) for identity in identities],
        offers=offers(ctx.site),
        by_email=ctx.site.settings.has_sign_in_by_email,
        form=form or Form(LinkFields),
        status_message=(refusal.localized(), "bad") if refusal else (str(text), kind),
    )


def _row(ctx: Context, identity: Identity, identities: list[Identity]) -> IdentityRow:
    offered = _offered(ctx.site)
    return IdentityRow(
        identity.id,
        method_name(ctx.site, identity.provider) or identity.issuer.partition("://")[2],
        dates.long(wall_of(identity.added_at, ctx.zone).date()),
        identity.provider in offered,
        rules.may_remove(identity, identities, offered),
    )
