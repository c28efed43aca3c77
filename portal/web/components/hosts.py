"""The page of who holds an item together, for organisers: the same for events and initiatives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Protocol

from pydantic import Field
from starlette.responses import Response

from portal.domain.organizations.models import HostState, Organization
from portal.domain.organizations.queries import memberships_of
from portal.domain.organizations.rules import may_edit
from portal.i18n.locale import LazyText
from portal.i18n.translated import LocalizedText, Translated
from portal.web.components.organization_list import choices
from portal.web.http import Context, render
from portal.web.http.forms import Fields, Form


class HostFields(Fields):
    """Whom to ask, by short name."""

    organization: Annotated[str, Field(min_length=1, max_length=80)]


@dataclass(frozen=True, slots=True)
class HostingKind:
    """What differs between kinds of items: words, and the routes of `index`, `invite` and `end`."""

    states: Mapping[HostState, LazyText]
    # What each of those who hold it may do.
    each: LazyText
    # The route of an item's page, and what the names of these routes begin with.
    item: str
    routes: str


class HostedItem(Protocol):
    """An event or an initiative."""

    slug: str
    title: Translated
    organization_id: int
    organization: Organization


class HostInvitation(Protocol):
    """An organisation's part in it, asked for or taken."""

    state: str


@dataclass(frozen=True, slots=True)
class HostingPage:
    """An item, whom it was offered to, and whether whoever looks may ask others."""

    item: HostedItem
    hosts: Sequence[tuple[HostInvitation, Organization]]
    decides: bool


@dataclass(frozen=True, slots=True)
class HostRow:
    """An organisation that has been asked."""

    name: LocalizedText
    slug: str
    state: str
    # Where to end its part, for whoever may.
    end: str | None


def hosts_page(
    ctx: Context, kind: HostingKind, holding: HostingPage, form: Form[HostFields], status: int = 200
) -> Response:
    """Return who holds an item, who has been asked to, and the form to ask."""
    item, hosts, decides = holding.item, holding.hosts, holding.decides
    mine = memberships_of(ctx.db, ctx.signed_in_user)
    edited = {organization.id for organization, role in mine if may_edit(role)}
    asked = {item.organization_id, *(o.id for h, o in hosts if h.state != HostState.DECLINED)}
    return render(
        ctx,
        "events/hosts.html",
        status,
        title=item.title.localized(),
        founder=item.organization.name.localized(),
        each=str(kind.each),
        rows=[
            HostRow(
                organization.name.localized(),
                organization.slug,
                str(kind.states[HostState(host.state)]),
                ctx.url(f"{kind.routes}.end", slug=item.slug, organization=organization.slug)
                if decides or organization.id in edited
                else None,
            )
            for host, organization in hosts
        ],
        options=choices(ctx, asked),
        item_url=ctx.url(kind.item, slug=item.slug),
        invite_url=ctx.url(f"{kind.routes}.invite", slug=item.slug) if decides else None,
        form=form,
    )
