"""Rows of what somebody's organisations hold, each leading to what they do with it first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from portal.core.item_kinds import ItemKind
from portal.domain.events.queries import EventRow
from portal.domain.events.rules import may_analyse, may_edit, may_translate
from portal.domain.initiatives.queries import InitiativeRow
from portal.domain.organizations.models import Organization
from portal.domain.organizations.rules import Roles
from portal.domain.results.rules import is_awaited
from portal.i18n.locale import LANGUAGES
from portal.i18n.locale import gettext as _
from portal.web.components.event_cards import Card, Tag, card_of
from portal.web.components.initiative_cards import InitiativeCard, initiative_card_of
from portal.web.http.context import Context


class OwnRows:
    """Knows what the visitor is in organisations, and so in what these hold."""

    def __init__(self, ctx: Context, memberships: Iterable[tuple[Organization, str]]) -> None:
        self._visit = ctx
        self._roles = {
            organization.slug: (organization, role) for organization, role in memberships
        }

    def event(self, event: EventRow) -> Card:
        """Says to those who may tell what came of it that nobody has."""
        roles, now = self._roles_in(event), self._visit.now
        card = card_of(self._visit, event)
        tags = card.tags
        if may_edit(roles) and is_awaited(event, now, is_told=event.has_result):
            tags += (Tag("few", _("No result published yet")),)
        return replace(card, url=self._first_page(event, roles), tags=tags)

    def initiative(self, line: InitiativeRow) -> InitiativeCard:
        """Leads who may not read its numbers to what everybody reads."""
        may = may_analyse(self._roles_in(line))
        route = "initiative_organizing.show" if may else "initiatives.show"
        return initiative_card_of(self._visit, line, route=route)

    def _roles_in(self, held: EventRow | InitiativeRow) -> Roles:
        """The roles in the hosts of an event or an initiative; as doors see it (events.hosts)."""
        mine = (self._roles[host.slug] for host in held.hosts if host.slug in self._roles)
        return frozenset(
            role
            for organization, role in mine
            if organization.suspended_at is None or organization.id == held.organization_id
        )

    def _first_page(self, event: EventRow, roles: Roles) -> str:
        ctx = self._visit
        if may_analyse(roles):
            return ctx.url("organizing.show", slug=event.slug)
        if may_translate(roles):
            original = event.title.original
            wanted = [tag for tag in (ctx.language, *LANGUAGES) if tag != original]
            values = {"kind": ItemKind.EVENT.value, "slug": event.slug, "tongue": wanted[0]}
            return ctx.url("translating.edit", None, **values)
        return ctx.url("door.index", slug=event.slug)
