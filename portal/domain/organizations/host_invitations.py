"""Invite hosts of an item, answer and leave, for every kind; each step locks the item first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from portal.core.refusals import NotAllowedError, NotFoundError, Refusal
from portal.domain.accounts.people.models import Person
from portal.domain.organizations import queries
from portal.domain.organizations.models import HostState, Organization
from portal.domain.organizations.rules import may_edit
from portal.i18n.locale import gettext_lazy as _

# With the one that founded it; open invitations count.
MAX_HOSTS = 10


class AlreadyHostError(Refusal):
    """Invited twice, or the founder itself."""

    message = _("This organisation has been invited already.")
    field = "organization"


class TooManyHostsError(Refusal):
    """More than a line of names can hold."""

    message = _("At most %(most)s organisations hold one event together.")
    field = "organization"


class InvitationAnsweredError(Refusal):
    """Accepted or declined before."""

    message = _("This invitation has been answered already.")


class HostableItem(Protocol):
    """An item that organisations hold together."""

    id: Any
    slug: Any
    organization_id: Any


class Host(Protocol):
    """An organisation that was asked to hold an item."""

    organization_id: Any
    state: Any
    invited_at: Any
    answered_at: Any


I = TypeVar("I", bound=HostableItem)  # noqa: E741 - an item
H = TypeVar("H", bound=Host)


@dataclass(frozen=True, slots=True)
class HostInvitationRow(Generic[I]):
    """An invitation as those see it who may answer."""

    item: I
    founder: Organization
    organization: Organization


@dataclass(frozen=True)
class Hosting(Generic[I, H]):
    """How the items of one kind are held together."""

    item: type[I]
    host: type[H]
    # The column of `host` that leads to an item.
    key: str
    # An item for its hosts' editors, by slug; raises what they may not see or do.
    managed: Callable[[Session, Person, str], I]
    # Reads an item afresh and holds its row.
    lock: Callable[[Session, I], I]
    # Records it in its history.
    note: Callable[[Session, I, datetime], None]

    def decides(self, db: Session, person: Person, item: I) -> bool:
        """Return whether a person edits for the organisation that founded an item."""
        return may_edit(queries.role_of(db, person, item.organization_id))

    def founded(self, db: Session, person: Person, slug: str) -> I:
        """Return an item to invite hosts to; editors of other hosts do not decide who holds it."""
        item = self.managed(db, person, slug)
        if not self.decides(db, person, item):
            raise NotAllowedError
        return item

    def invitation_to(self, db: Session, person: Person, slug: str, organization: str) -> H:
        """Return an invitation, answered or not, for the editors of the invited organisation."""
        return self._host(db, slug, queries.edited_organization(db, person, organization))

    def leavable(self, db: Session, person: Person, slug: str, organization: str) -> H:
        """Return a host or an invitation to end: for its own editors, and for the founder's."""
        named = queries.organization_named(db, organization)
        if not may_edit(queries.role_of(db, person, named.id)):
            self.founded(db, person, slug)
        return self._host(db, slug, named)

    def _host(self, db: Session, slug: str, organization: Organization) -> H:
        host = db.scalars(
            select(self.host)
            .join(self.item, self.item.id == self._item_id)
            .where(self.item.slug == slug, self.host.organization_id == organization.id)
        ).one_or_none()
        if host is None:
            raise NotFoundError
        return host

    def hosts_of(self, db: Session, item: I) -> Sequence[tuple[H, Organization]]:
        """Return every organisation asked to hold an item, in the order of asking."""
        rows = db.execute(
            select(self.host, Organization)
            .join(Organization, Organization.id == self.host.organization_id)
            .where(self._item_id == item.id)
            .order_by(self.host.invited_at, Organization.slug)
        )
        return [(host, organization) for host, organization in rows]

    def asked(self, db: Session, host: H) -> HostInvitationRow[I]:
        """Return what an invitation is about."""
        item = self._item_of(db, host)
        founder = db.get_one(Organization, item.organization_id)
        return HostInvitationRow(item, founder, db.get_one(Organization, host.organization_id))

    def open_invitations(
        self, db: Session, organization_ids: list[int]
    ) -> list[HostInvitationRow[I]]:
        """Return what some organisations are asked to hold; the caller passes edited ones."""
        founder = aliased(Organization)
        rows = db.execute(
            select(self.item, founder, Organization)
            .join(self.host, self._item_id == self.item.id)
            .join(Organization, Organization.id == self.host.organization_id)
            .join(founder, founder.id == self.item.organization_id)
            .where(
                self.host.organization_id.in_(organization_ids),
                self.host.state == HostState.INVITED.value,
            )
            .order_by(self.host.invited_at, self.item.id)
        )
        return [HostInvitationRow(item, asking, asked) for item, asking, asked in rows]

    def invite(self, db: Session, item: I, organization: Organization, now: datetime) -> None:
        """Ask an organisation to hold an item too; one that declined may be asked again."""
        queries.check_not_suspended(db, item.organization_id, organization.id)
        self.lock(db, item)
        if organization.id == item.organization_id:
            raise AlreadyHostError
        host = db.get(self.host, (item.id, organization.id), populate_existing=True)
        if host is not None and host.state != HostState.DECLINED:
            raise AlreadyHostError
        if host is None:
            self._check_room(db, item)
            host = self.host(**{self.key: item.id, "organization_id": organization.id})
        host.state = HostState.INVITED.value
        host.invited_at, host.answered_at = now, None
        db.add(host)

    def _check_room(self, db: Session, item: I) -> None:
        asked = db.scalar(select(func.count()).where(self._item_id == item.id)) or 0
        if asked + 1 >= MAX_HOSTS:
            raise TooManyHostsError(most=MAX_HOSTS)

    def accept(self, db: Session, host: H, now: datetime) -> None:
        """Let the invited organisation hold the item from now on."""
        founder_id = self._item_of(db, host).organization_id
        queries.check_not_suspended(db, founder_id, host.organization_id)
        self._answer(db, host, HostState.ACCEPTED, now)

    def decline(self, db: Session, host: H, now: datetime) -> None:
        """Note that the invited organisation would rather not."""
        self._answer(db, host, HostState.DECLINED, now)

    def _answer(self, db: Session, host: H, state: HostState, now: datetime) -> None:
        item = self._locked(db, host)
        if host.state != HostState.INVITED:
            raise InvitationAnsweredError
        host.state, host.answered_at = state.value, now
        self.note(db, item, now)

    def end(self, db: Session, host: H, now: datetime) -> None:
        """Take an invitation back, or part from a host; either side may, at any time."""
        item = self._locked(db, host)
        db.delete(host)
        self.note(db, item, now)

    def _locked(self, db: Session, host: H) -> I:
        """Lock the item, then read the host afresh: somebody may have ended it meanwhile."""
        item = self.lock(db, self._item_of(db, host))
        if db.get(self.host, (item.id, host.organization_id), populate_existing=True) is None:
            raise NotFoundError
        return item

    def _item_of(self, db: Session, host: H) -> I:
        return db.get_one(self.item, getattr(host, self.key))

    @property
    def _item_id(self) -> Any:
        return getattr(self.host, self.key)
