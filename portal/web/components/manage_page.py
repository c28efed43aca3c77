"""The page of a person's organisations and what they hold, for whoever works in them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from starlette.responses import Response

from portal.core.item_kinds import ItemKind
from portal.core.refusals import Refusal
from portal.core.time_zones import city_of, wall_of
from portal.domain.events import organizer_listing
from portal.domain.events import rules as event_rules
from portal.domain.events.actions import hosting
from portal.domain.events.listing import PAST_LISTED
from portal.domain.events.models import Event
from portal.domain.events.queries import EventRow
from portal.domain.initiatives import listing as initiatives
from portal.domain.initiatives.actions import hosting as initiative_hosting
from portal.domain.initiatives.queries import InitiativeRow
from portal.domain.moderation.queries import decisions_in_force
from portal.domain.organizations import queries as organizations
from portal.domain.organizations.host_invitations import HostInvitationRow
from portal.domain.organizations.models import Organization, Role
from portal.domain.organizations.rules import (
    Roles,
    is_verified,
    may_analyse,
    may_edit,
    may_own,
    may_translate,
)
from portal.domain.results.rules import is_awaited
from portal.domain.stories import listing as stories
from portal.i18n import dates
from portal.i18n.locale import LANGUAGES
from portal.i18n.locale import gettext as _
from portal.i18n.script_output import protect_text
from portal.i18n.translated import LocalizedText
from portal.web.components.decision_texts import own_decision_row
from portal.web.components.event_cards import EventCard, Tag, card_of
from portal.web.components.initiative_cards import InitiativeCard, initiative_card_of
from portal.web.components.roles import ROLES
from portal.web.components.story_cards import story_cards
from portal.web.http import Context, render
from portal.web.http.pagination import page_links


class ManagedRows:
    """Knows what the visitor is in organisations, and so in what these hold."""

    def __init__(self, ctx: Context, memberships: Iterable[tuple[Organization, str]]) -> None:
        self._visit = ctx
        self._roles = {
            organization.slug: (organization, role) for organization, role in memberships
        }

    def event(self, event: EventRow) -> EventCard:
        """Say to those who may tell what came of it that nobody has."""
        roles, now = self._roles_in(event), self._visit.now
        card = card_of(self._visit, event)
        tags = card.tags
        if event_rules.may_edit(roles) and is_awaited(event, now, is_published=event.has_result):
            tags += (Tag("few", _("No result published yet")),)
        return replace(card, url=self._first_page(event, roles), tags=tags)

    def initiative(self, line: InitiativeRow) -> InitiativeCard:
        """Lead whoever may not read its numbers to what everybody reads."""
        may = event_rules.may_analyse(self._roles_in(line))
        route = "initiatives.manage" if may else "initiatives.show"
        return initiative_card_of(self._visit, line, route=route)

    def _roles_in(self, item: EventRow | InitiativeRow) -> Roles:
        """Return the roles in the hosts of an event or an initiative (see events.hosts)."""
        mine = (self._roles[host.slug] for host in item.hosts if host.slug in self._roles)
        return frozenset(
            role
            for organization, role in mine
            if organization.suspended_at is None or organization.id == item.organization_id
        )

    def _first_page(self, event: EventRow, roles: Roles) -> str:
        ctx = self._visit
        if event_rules.may_analyse(roles):
            return ctx.url("manage.show", slug=event.slug)
        if event_rules.may_translate(roles):
            original = event.title.original
            wanted = [tag for tag in (ctx.language, *LANGUAGES) if tag != original]
            values = {"kind": ItemKind.EVENT.value, "slug": event.slug, "target": wanted[0]}
            return ctx.url("translations.edit", None, **values)
        return ctx.url("check_in.index", slug=event.slug)


def theirs_of(mine: Sequence[tuple[Organization, str]]) -> organizer_listing.Theirs:
    """Return the organisations of a person, and those whose drafts they may read."""
    return organizer_listing.Theirs(
        [organization.id for organization, _role in mine],
        [o.id for o, role in mine if may_analyse(role) or may_translate(role)],
    )


def edited_of(mine: Sequence[tuple[Organization, str]]) -> list[int]:
    """Return the ids of the organisations that a person edits."""
    return [organization.id for organization, role in mine if may_edit(role)]


def organizations_page(ctx: Context, refusal: Refusal | None = None) -> Response:
    """Return the page; a refusal says why something about one of the organisations was not done."""
    mine = organizations.memberships_of(ctx.db, ctx.signed_in_user)
    own, theirs = ManagedRows(ctx, mine), theirs_of(mine)
    coming, more = organizer_listing.of_organizations(ctx.db, theirs, ctx.now)
    lately, earlier = organizer_listing.of_organizations(
        ctx.db, theirs, ctx.now, past=True, room=PAST_LISTED
    )
    edited = edited_of(mine)
    published, has_more_stories = stories.of_organizations(ctx.db, edited)
    asked = hosting.open_invitations(ctx.db, edited)
    decisions = decisions_in_force(ctx.db, edited)
    return render(
        ctx,
        "events/manage_index.html",
        409 if refusal else 200,
        refusal=refusal and refusal.localized(),
        organizations=[
            {
                "name": organization.name.localized(),
                "slug": organization.slug,
                "role": str(ROLES[Role(role)]),
                "is_verified": is_verified(organization.verified_until, ctx.now),
                "may_edit": may_edit(role),
                "may_own": may_own(role),
                "may_translate": may_translate(role),
            }
            for organization, role in mine
        ],
        invitations=[invitation_of(ctx, each) for each in asked],
        decisions=[own_decision_row(ctx, each) for each in decisions],
        asked_to_hold=[
            {
                "title": each.item.title.localized(),
                "slug": each.item.slug,
                "founder": protect_text(each.founder.name.localized()),
                "organization": protect_text(each.organization.name.localized()),
                "asked": each.organization.slug,
            }
            for each in initiative_hosting.open_invitations(ctx.db, edited)
        ],
        initiatives=[
            own.initiative(each)
            for each in initiatives.of_organizations(
                ctx.db, theirs.organizations, theirs.with_drafts
            )
        ],
        coming=[own.event(each) for each in coming],
        lately=[own.event(each) for each in lately],
        has_earlier=earlier,
        waiting_stories=story_cards(
            ctx, stories.waiting(ctx.db, edited, of_the_portal=False), "workflow.show"
        ),
        stories=story_cards(ctx, published, "workflow.show"),
        has_more_stories=has_more_stories,
        pager=page_links(ctx, "manage.index", {}, 1, more=more),
        is_administrator=ctx.signed_in_user.is_administrator,
    )


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an organisation is asked to hold, in words."""

    title: LocalizedText
    day: str
    city: str
    founder: LocalizedText
    organization: LocalizedText
    url: str


def invitation_of(ctx: Context, asked: HostInvitationRow[Event]) -> Invitation:
    """Return an invitation with its date written where the event takes place."""
    event = asked.item
    return Invitation(
        event.title.localized(),
        dates.stamp(wall_of(event.starts_at, event.time_zone)),
        city_of(event.time_zone),
        asked.founder.name.localized(),
        asked.organization.name.localized(),
        ctx.url("hosts.show", slug=event.slug, organization=asked.organization.slug),
    )
