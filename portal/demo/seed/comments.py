"""What people say by the thousand: about one event, below one story, and to the moderators."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.db.engine import Database
from portal.demo.participants import add_answers
from portal.demo.seed.events import Filling, by_the_hundred
from portal.domain.accounts.people.models import Person
from portal.domain.events.models import Event
from portal.domain.feedback.queries import Read
from portal.domain.feedback.rules import RATINGS, RECOMMENDATIONS
from portal.domain.moderation import actions as moderation
from portal.domain.moderation.actions import Complaint
from portal.domain.moderation.models import Reason
from portal.domain.moderation.targets import Subject
from portal.domain.organizations.models import Organization
from portal.domain.stories import comments as comment_actions
from portal.domain.stories.comments import CommentText
from portal.domain.stories.models import Comment, Story

_COMMENT: Final = "Домбыраның үнін сағындық, рақмет. " * 6


@dataclass(frozen=True, slots=True)
class Voices:
    """How many there are of each."""

    answers: int
    comments: int
    reports: int


def add_voices(database: Database, filling: Filling, how_many: Voices) -> None:
    """Add them where there are events, organisations and stories by the thousand already."""
    with database.writing() as writing:
        crowded = Event.slug == filling.printed["crowded"]
        holder = select(Event.organization_id).where(crowded).scalar_subquery()
        over = (
            select(Event)
            .where(Event.organization_id == holder, Event.ends_at < filling.now)
            .order_by(Event.ends_at.desc())
        )
        event = writing.scalars(over.where(Event.slug.like("event-%")).limit(1)).one()
        filling.printed["answered"] = event.slug
        add_answers(
            writing, event, _answers(filling, how_many.answers), how_many.answers, filling.chance
        )
        # Where somebody may comment, they have.
        discussed = select(Comment.story_id).order_by(Comment.id).limit(1)
        story = writing.get_one(Story, writing.scalars(discussed).one())
        filling.printed["discussed"] = story.slug
        people = writing.scalars(select(Person.id).order_by(Person.id)).all()
        events = writing.scalars(select(Event.id).order_by(Event.id).limit(how_many.reports)).all()
        story_id = story.id

    def comment(db: Session, number: int) -> None:
        person = db.get_one(Person, filling.chance.choice(people))
        at = filling.now - timedelta(seconds=how_many.comments - number)
        said = CommentText(f"{_COMMENT}{number}", "", "kk")
        comment_actions.comment_on(
            db, db.get_one(Story, story_id), person, said, lambda _slug, _language: "", at
        )

    def report(db: Session, number: int) -> None:
        event = db.get_one(Event, events[number % len(events)])
        subject = Subject(db.get_one(Organization, event.organization_id), event)
        at = filling.now - timedelta(minutes=how_many.reports - number)
        moderation.report(db, subject, Complaint(Reason.SPAM, _COMMENT, "", "kk"), at)

    by_the_hundred(database, comment, how_many.comments)
    by_the_hundred(database, report, how_many.reports)


def _answers(filling: Filling, how_many: int) -> list[Read]:
    chance = filling.chance
    return [
        Read(chance.choice(RATINGS), chance.choice(RECOMMENDATIONS), _COMMENT, _COMMENT, True, "kk")
        for _answer in range(how_many)
    ]
