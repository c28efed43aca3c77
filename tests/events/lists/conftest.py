"""A programme with an event of every kind."""

from datetime import timedelta

import pytest

from portal.core import clock
from portal.domain.publishing.publication import Visibility
from portal.domain.registrations import event_changes
from tests.factories import make_event, make_organization, titled


@pytest.fixture
def programme(database):
    """One event of every kind; slugs by kind."""
    now = clock.now()
    with database.writing() as db:
        ours = make_organization(db, "ours")
        theirs = make_organization(db, "theirs")
        events = {
            "next": make_event(db, ours, title=titled("Ертеңгі"), tags=("music",)),
            "far": make_event(
                db,
                theirs,
                title=titled("Алыстағы"),
                starts_at=now + timedelta(days=60),
                tags=("youth",),
                languages=("de",),
            ),
            "running": make_event(
                db, ours, title=titled("Қазіргі"), starts_at=now - timedelta(minutes=90)
            ),
            "long": make_event(
                db,
                ours,
                title=titled("Көрме"),
                starts_at=now - timedelta(days=20),
                lasts=timedelta(days=25),
            ),
            "over": make_event(db, ours, title=titled("Өткен"), starts_at=now - timedelta(days=2)),
            "draft": make_event(db, ours, title=titled("Нобай"), published=False),
            "private": make_event(db, ours, title=titled("Жабық"), visibility=Visibility.PRIVATE),
            "over private": make_event(
                db,
                ours,
                title=titled("Жабық өткен"),
                visibility=Visibility.PRIVATE,
                starts_at=now - timedelta(days=2),
            ),
        }
        event_changes.cancel_event(db, events["far"], now)
        return {kind: event.slug for kind, event in events.items()}
