"""What signing in looks like from several routes: the ways offered, and leaving for a provider."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from portal.core.refusals import Refusal
from portal.domain.accounts.identities.rules import EMAIL
from portal.i18n.locale import current_tag
from portal.i18n.locale import gettext as _
from portal.web.http.forms import Fields, Form
from portal.web.http.layout import render_page
from portal.web.http.site import Site
from portal.web.providers.provider import Provider


class LinkFields(Fields):
    """Whom to send a link to."""

    email: Annotated[str, Field(min_length=1, max_length=254)]


@dataclass(frozen=True, slots=True)
class Offer:
    """A provider's button."""

    key: str
    name: str


def offers(site: Site) -> list[Offer]:
    """Return the providers of this portal; none is asked, so one that hangs is offered too."""
    return [Offer(provider.key, provider.name) for provider in site.providers.values()]


def method_name(site: Site, key: str) -> str:
    """Return what a way in is called; empty for one that the portal does not have any more."""
    if key == EMAIL:
        return _("Link by e-mail")
    return site.providers[key].name if key in site.providers else ""


def sign_in_methods(
    site: Site,
    target: str,
    *,
    refusal: Refusal | None = None,
    form: Form[LinkFields] | None = None,
) -> dict[str, Any]:
    """Return what the page of the ways in is given; `target` is where to go afterwards."""
    return {
        "offers": offers(site),
        "by_email": site.settings.has_sign_in_by_email,
        "form": form or Form(LinkFields),
        "next": target,
        "refusal": refusal.localized() if refusal else None,
    }


def refused_sign_in(site: Site, request: Request, refusal: Refusal, target: str) -> Response:
    """Return the other ways in, and why the one taken did not work."""
    context = sign_in_methods(site, target, refusal=refusal)
    html = render_page(site, request, None, "accounts/sign_in.html", context)
    return HTMLResponse(html, 400, {"cache-control": "no-store"})


async def leave_for(
    site: Site, request: Request, provider: Provider, more: dict[str, Any]
) -> Response:
    """Lead to the provider, or raise Refusal if it cannot be reached."""
    # By a page of our own: the content security policy forbids a form to redirect to other sites.
    address, session = await provider.departure(request)
    context = {"provider": provider.name, "address": address}
    html = render_page(site, request, None, "accounts/sign_in_departure.html", context)
    response = HTMLResponse(html, headers={"referrer-policy": "no-referrer"})
    note = {"provider": provider.key, "session": session, "tag": current_tag.get()}
    site.sign_in_cookie.put(response, note | more)
    return response
