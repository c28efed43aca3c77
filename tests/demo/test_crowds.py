"""What is seeded by the million keeps every rule that the portal's own writing keeps."""

import pytest
from sqlalchemy import func, select

from portal.core import clock
from portal.demo import seed
from portal.demo.company import Size
from portal.demo.profiles import PROFILES, Amounts
from portal.demo.voices import Voices
from portal.domain.events.models import Event
from portal.domain.feedback.queries import tally
from portal.domain.moderation.models import Report
from portal.domain.registrations.models import Registration
from portal.domain.stories.models import Comment, Story
from portal.ops.invariants import faults

pytestmark = pytest.mark.both_engines


def test_seeded_crowds_break_no_rule(database, settings, monkeypatch):
    amounts = Amounts(12, 100, Size(4, 4, 8), Voices(7, 5, 6))
    monkeypatch.setitem(PROFILES, "1m", amounts)
    ids = seed.fill(database, settings, "1m", 1, indexed=False)
    assert list(faults(database, None, clock.now())) == []
    with database.reading() as db:
        crowded = select(Event.id).where(Event.slug == ids["crowded"]).scalar_subquery()
        counted = select(func.count()).where(Registration.event_id == crowded)
        assert db.scalar(counted) == 10
        named = counted.where(Registration.name_sealed.is_not(None))
        assert db.scalar(named) == 10
        answered = select(Event.id).where(Event.slug == ids["answered"]).scalar_subquery()
        assert tally(db, db.scalar(select(answered))).answers == 7
        discussed = select(Story.id).where(Story.slug == ids["discussed"]).scalar_subquery()
        assert db.scalar(select(func.count()).where(Comment.story_id == discussed)) >= 5
        assert db.scalar(select(func.count()).select_from(Report)) == 6
