"""What tests of initiatives look up and put on its line of time."""

from datetime import timedelta

from sqlalchemy import select

from portal.core import clock
from portal.domain.initiatives.models import Initiative
from portal.domain.organizations.queries import organization_named
from tests.factories import (
    make_event,
)


def initiative_of(db, slug):
    return db.scalars(select(Initiative).where(Initiative.slug == slug)).one()


def age(database, slug, days):
    """Publishes it so many days earlier."""
    with database.writing() as db:
        initiative_of(db, slug).published_at = clock.now() - timedelta(days=days)


def put_on_line(database, slug, days, **changes):
    """An event of ours on the line."""
    with database.writing() as db:
        event = make_event(
            db,
            organization_named(db, "ours"),
            starts_at=clock.now() + timedelta(days=days),
            **changes,
        )
        event.initiative_id = initiative_of(db, slug).id
        return event.slug
