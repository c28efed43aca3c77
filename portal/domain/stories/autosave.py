"""Keeping what is typed until it is saved: on the server, for whoever types it alone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.domain.accounts.people.models import Person
from portal.domain.stories import rules
from portal.domain.stories.models import Autosave, Story
from portal.domain.stories.queries import autosave_of


def save(
    db: Session,
    story: Story,
    person: Person,
    typed: Mapping[str, Any],
    revision: int,
    now: datetime,
) -> None:
    """Keep what the form holds; ChangedMeanwhileError if somebody saved since `revision`."""
    if story.revision != revision:
        raise rules.ChangedMeanwhileError
    autosave = autosave_of(db, person, story)
    if autosave is None:
        autosave = Autosave(story_id=story.id, person_id=person.id)
        db.add(autosave)
    autosave.typed, autosave.revision, autosave.saved_at = dict(typed), revision, now


def discard(db: Session, story: Story, person: Person) -> None:
    """Forget what somebody has typed and does not want."""
    db.execute(
        delete(Autosave).where(Autosave.story_id == story.id, Autosave.person_id == person.id)
    )
