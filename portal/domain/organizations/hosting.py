"""Who holds an item, and what that makes of a person: one set of statements for every kind."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Protocol

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import Session

from portal.core.refusals import NotAllowedError
from portal.domain.accounts.people.models import Person
from portal.domain.organizations.models import HostState, Membership, Organization
from portal.domain.organizations.rules import Roles, may_edit
from portal.i18n.translated import Translated


@dataclass(frozen=True, slots=True)
class Host:
    """An organisation that holds an item, as lists and pages name it."""

    slug: str
    name: Translated


class HostedItem(Protocol):
    """An item or a row of a list."""

    @property
    def id(self) -> int: ...  # noqa: D102
    @property
    def organization_id(self) -> int: ...  # noqa: D102


# Written into the statement: a separator given as a value is put in anew at every execution.
COMMA: Final[Any] = literal_column("','")
# Who has joined what others founded has no part in it while suspended; an item of a founder that
# is suspended is hidden instead.
SUSPENDED: Final = select(Organization.__table__.c.id).where(
    Organization.__table__.c.suspended_at.is_not(None)
)


@lru_cache(maxsize=1024)
def hosts_from(joined: str) -> tuple[Host, ...]:
    """Return the organisations of `Hosts.names`, by slug."""
    rows = sorted(json.loads(f"[{joined}]"), key=lambda row: str(row["slug"]))
    return tuple(Host(row["slug"], Translated.from_json(row["name"])) for row in rows)


class Hosts:
    """Statements about the organisations that hold items of one kind.

    Of tables, not entities: with a mapped attribute anywhere in it, a statement takes the slower
    road.
    """

    def __init__(self, items: FromClause, hosts: FromClause, key: str) -> None:
        """`key` names the column of `hosts` that leads to an item."""
        self._items, self._hosts = items, hosts
        self.item_id, self.organization_id = hosts.c[key], hosts.c.organization_id
        self.takes_part = and_(
            hosts.c.state == HostState.ACCEPTED.value, self.organization_id.not_in(SUSPENDED)
        )
        joined, members = Organization.__table__.alias(), Membership.__table__.c
        # Two texts in one piece of JSON: a slug needs no escape, and a name is JSON already.
        self.names = (
            select(
                func.aggregate_strings(
                    literal_column('\'{"slug":"\'')
                    + joined.c.slug
                    + literal_column('\'","name":\'')
                    + cast(joined.c.name, Text)
                    + literal_column("'}'"),
                    COMMA,
                )
            )
            .join_from(hosts, joined, joined.c.id == self.organization_id)
            .where(self.item_id == items.c.id, hosts.c.state == literal_column("'accepted'"))
            .correlate(items)
            .scalar_subquery()
        )
        # By the numbers of the person, the item and its founder. Every organisation that holds an
        # item, its founder among them: who else has a say is nobody.
        self.memberships = select(members.organization_id, members.role).where(
            members.person_id == bindparam("person"),
            or_(
                members.organization_id == bindparam("founder"),
                members.organization_id.in_(
                    select(self.organization_id).where(
                        self.item_id == bindparam("item"), self.takes_part
                    )
                ),
            ),
        )
        self._in_order = self.memberships.order_by(members.organization_id)

    def joined_by(self, organization_ids: Any) -> Select[Any]:
        """Return the ids of the items that some organisations have joined."""
        return select(self.item_id).where(
            self.organization_id.in_(organization_ids), self.takes_part
        )

    def hosted_by(self, organization_ids: BindParameter[Any]) -> ColumnElement[bool]:
        """Founded or held by some organisations; the list of what they joined is read once."""
        return or_(
            self._items.c.organization_id.in_(organization_ids),
            self._items.c.id.in_(self.joined_by(organization_ids)),
        )

    def hosted_apart(
        self, organization_ids: BindParameter[Any], *columns: ColumnElement[Any]
    ) -> tuple[Select[Any], Select[Any]]:
        """Columns of the items that some organisations founded, and of those that they joined.

        Each comes from an index: with "or" between them, all that was ever held is read, and by
        SQLite all that is public, for an organisation that holds little.
        """
        founded = select(*columns).where(self._items.c.organization_id.in_(organization_ids))
        joined = select(*columns).join(self._hosts, self.item_id == self._items.c.id)
        return founded, joined.where(self.organization_id.in_(organization_ids), self.takes_part)

    def roles_in(self, db: Session, person: Person | None, item: HostedItem) -> Roles:
        """Return what a person is in the organisations that hold an item now.

        Every door to an item asks here, on every request, so that a host that leaves and a role
        that ends act on the next.
        """
        if person is None:
            return frozenset()
        return frozenset(row.role for row in self._memberships(db, person, item))

    def edited_host(self, db: Session, person: Person, item: HostedItem) -> int:
        """Return the organisation for which a person edits an item: its founder's first."""
        editing = [
            row.organization_id for row in self._memberships(db, person, item) if may_edit(row.role)
        ]
        if not editing:
            raise NotAllowedError
        return item.organization_id if item.organization_id in editing else int(editing[0])

    def slugs(self, db: Session, item: HostedItem) -> list[str]:
        """Return the slugs of those that hold an item, its founder's first: names change."""
        founder = db.get_one(Organization, item.organization_id)
        organizations = Organization.__table__
        joined = (
            select(organizations.c.slug)
            .join(self._hosts, self.organization_id == organizations.c.id)
            .where(self.item_id == item.id, self._hosts.c.state == HostState.ACCEPTED.value)
            .order_by(organizations.c.slug)
        )
        return [founder.slug, *db.scalars(joined)]

    def _memberships(self, db: Session, person: Person, item: HostedItem) -> Sequence[Any]:
        values = {"person": person.id, "item": item.id, "founder": item.organization_id}
        return db.execute(self._in_order, values).all()
