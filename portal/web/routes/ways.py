"""The ways into one's account: which there are, adding one, removing one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from starlette.responses import RedirectResponse

from portal import dates, tokens
from portal.domain.people.queries import identities_of
from portal.domain.ways import actions, queries, rules
from portal.i18n import current_tag, gettext_lazy
from portal.refusals import NotFoundError, Refusal
from portal.time_zones import wall_of
from portal.web.cookies import session_token
from portal.web.forms import Form, submitted_form
from portal.web.limits import ASKING_FORM
from portal.web.policies import Cache, Policy
from portal.web.routes.sign_in_links import sent_to
from portal.web.routing import Pages
from portal.web.sign_in_pages import LinkFields, leave_for, name_of_way, offers

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from portal.domain.people.models import Identity
    from portal.web.site import Site
    from portal.web.visit import Visit

pages = Pages()
# What came of trying to add a way, by the word in the address.
SAID: Final = {
    "added": (gettext_lazy("From now on you can sign in this way too."), "good"),
    "taken": (rules.WayTakenError.message, "bad"),
    "failed": (gettext_lazy("This way could not be added. Please try again."), "bad"),
}


class Way(NamedTuple):
    """A row of the list."""

    id: int
    name: str
    added: str
    is_offered: bool
    may_be_removed: bool


@pages.get("/profile/ways", name="ways.index", policy=Policy.SIGNED_IN, cache=Cache.PRIVATE)
def index(visit: Visit) -> Response:
    """The person's ways in, and the others there are."""
    return _page(visit)


@pages.asynchronous(
    "POST", "/profile/ways", name="ways.add", policy=Policy.SIGNED_IN, limits=ASKING_FORM
)
async def add(request: Request) -> Response:
    """Off to a provider; whoever comes back from it is added to the account of this session."""
    site: Site = request.app.state.site
    provider = site.providers.get(str((await submitted_form(request)).get("provider")))
    if provider is None:
        raise NotFoundError
    token = session_token(request, site.settings) or ""
    try:
        return await leave_for(site, request, provider, {"adds": tokens.digest(token)})
    except Refusal:
        back = site.links.path("ways.index", current_tag.get(), {"said": "failed"})
        return RedirectResponse(back, 303)


@pages.post("/profile/ways/email", name="ways.add_email", policy=Policy.SIGNED_IN)
def add_email(visit: Visit) -> Response:
    """A letter to prove another address with."""
    if not visit.site.settings.has_sign_in_by_email:
        return visit.go("ways.index")
    form = Form(LinkFields, visit.submitted)
    if form.fields:
        try:
            return sent_to(visit, form.fields.email, visit.url("ways.index"), person=visit.person)
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(visit, 422, form=form)


@pages.post("/profile/ways/{way}/removal", name="ways.remove", policy=Policy.SIGNED_IN)
def remove(visit: Visit, way: str) -> Response:
    """Takes a way away, unless it is the last."""
    identity = queries.own_way(visit.db, visit.person, way)
    try:
        actions.remove(visit.db, visit.person, identity, _offered(visit.site))
    except Refusal as refusal:
        return _page(visit, 409, refusal=refusal)
    return visit.go("ways.index")


def _offered(site: Site) -> set[str]:
    by_email = {rules.EMAIL} if site.settings.has_sign_in_by_email else set()
    return {*site.providers, *by_email}


def _page(
    visit: Visit,
    status: int = 200,
    *,
    form: Form[LinkFields] | None = None,
    refusal: Refusal | None = None,
) -> Response:
    identities = identities_of(visit.db, visit.person)
    text, kind = SAID.get(visit.request.query_params.get("said", ""), ("", ""))
    return visit.page(
        "ways/index.html",
        status,
        ways=[_row(visit, identity, identities) for identity in identities],
        offers=offers(visit.site),
        by_email=visit.site.settings.has_sign_in_by_email,
        form=form or Form(LinkFields),
        said=(refusal.said(), "bad") if refusal else (str(text), kind),
    )


def _row(visit: Visit, identity: Identity, identities: list[Identity]) -> Way:
    offered = _offered(visit.site)
    return Way(
        identity.id,
        name_of_way(visit.site, identity.provider) or identity.issuer.partition("://")[2],
        dates.long(wall_of(identity.added_at, visit.zone).date()),
        identity.provider in offered,
        rules.may_remove(identity, identities, offered),
    )
